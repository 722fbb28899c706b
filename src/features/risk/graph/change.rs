//! What a planned integration would change.

use super::{Graph, Ranked, rank};

/// A node whose reach would be another.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// Its place in the graph.
    pub node: usize,
    /// How it stands.
    pub before: Ranked,
    /// How it would stand.
    pub after: Ranked,
}

/// The nodes whose reach would rise by these dependencies, those that rise most first.
pub fn changes(graph: &Graph, planned: &[(usize, usize)]) -> Vec<Changed> {
    let (before, after) = (rank(graph), rank(&graph.with(planned)));
    let mut by_node: Vec<Option<Ranked>> = vec![None; graph.len()];
    for row in before.ranked {
        let node = row.node;
        if let Some(place) = by_node.get_mut(node) {
            *place = Some(row);
        }
    }
    let changed = |after: Ranked| {
        let before = by_node.get_mut(after.node).and_then(Option::take)?;
        (after.reach - before.reach > 1e-9).then_some(Changed { node: after.node, before, after })
    };
    let mut changed: Vec<Changed> = after.ranked.into_iter().filter_map(changed).collect();
    let rise = |one: &Changed| ((one.after.reach - one.before.reach) * 1e9).round();
    changed.sort_by(|one, other| rise(other).total_cmp(&rise(one)).then(one.node.cmp(&other.node)));
    changed
}

#[cfg(test)]
mod tests {
    use super::super::tests::graph;
    use super::*;

    #[test]
    fn what_is_planned_shows_all_the_way_down() {
        // 0 needs 1, 1 needs 2; 3 stands alone and plans to use 1.
        let graph = graph(4, &[(0, 1), (1, 2)]);
        let told: Vec<_> =
            changes(&graph, &[(3, 1)]).iter().map(|one| (one.node, one.before.reach, one.after.reach)).collect();
        assert_eq!(told, [(1, 1.5, 2.0), (2, 1.75, 2.0)]);
    }

    #[test]
    fn what_is_there_already_or_nowhere_changes_nothing() {
        let graph = graph(2, &[(0, 1)]);
        assert!(changes(&graph, &[(0, 1), (1, 1), (7, 0)]).is_empty());
    }
}
