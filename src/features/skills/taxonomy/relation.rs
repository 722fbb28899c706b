//! Who is what to whom: implied, implying, sibling, related.

use std::collections::{BTreeMap, VecDeque};

use super::SkillIx;

/// What the skill somebody has is to the skill somebody wants. When two hold at once, the one listed first counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    /// It is the wanted skill.
    Same,
    /// Having it implies the wanted skill, over this many steps (at least 1, the shortest way).
    Implies {
        /// Parents to climb; 255 stands for more.
        steps: u8,
    },
    /// The wanted skill implies it, over this many steps (at least 1, the shortest way).
    ImpliedBy {
        /// Parents to climb; 255 stands for more.
        steps: u8,
    },
    /// Both imply the same skill directly.
    Sibling,
    /// The data call them close.
    Related,
    /// Nothing to do with each other.
    None,
}

impl Relation {
    /// What the other of the two is to the one.
    #[must_use]
    pub fn reversed(self) -> Self {
        match self {
            Self::Implies { steps } => Self::ImpliedBy { steps },
            Self::ImpliedBy { steps } => Self::Implies { steps },
            same => same,
        }
    }
}

/// The direct edges between skills, by position.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) parents: Vec<Vec<SkillIx>>,
    pub(super) related: Vec<Vec<SkillIx>>,
}

impl Graph {
    fn parents_of(&self, of: SkillIx) -> &[SkillIx] {
        self.parents.get(of.index()).map_or(&[], |list| list)
    }

    /// Everything `from` implies, with the shortest number of steps. Ends on cycles too; a cycle shows in that `from`
    /// is among the answers.
    pub(super) fn ancestors(&self, from: SkillIx) -> BTreeMap<SkillIx, u8> {
        let mut steps = BTreeMap::new();
        let mut queue: VecDeque<(SkillIx, u8)> = self.parents_of(from).iter().map(|&parent| (parent, 1)).collect();
        while let Some((at, distance)) = queue.pop_front() {
            if let std::collections::btree_map::Entry::Vacant(place) = steps.entry(at) {
                place.insert(distance);
                queue.extend(self.parents_of(at).iter().map(|&parent| (parent, distance.saturating_add(1))));
            }
        }
        steps
    }

    /// For each skill, all it is related to, sorted; `ancestors` as [`Self::ancestors`] gives them. Needs a graph
    /// without cycles, whose related skills are listed on both sides.
    pub(super) fn relations(&self, ancestors: &[BTreeMap<SkillIx, u8>]) -> Vec<Box<[(SkillIx, Relation)]>> {
        let all = || (0..).map(SkillIx).zip(ancestors);
        let mut children: Vec<Vec<SkillIx>> = vec![Vec::new(); ancestors.len()];
        let mut descendants: Vec<Vec<(SkillIx, u8)>> = vec![Vec::new(); ancestors.len()];
        for (skill, above) in all() {
            for (&ancestor, &steps) in above {
                if let Some(list) = descendants.get_mut(ancestor.index()) {
                    list.push((skill, steps));
                }
                if let Some(list) = children.get_mut(ancestor.index()).filter(|_| steps == 1) {
                    list.push(skill);
                }
            }
        }
        let mut table = Vec::with_capacity(ancestors.len());
        for (skill, above) in all() {
            // Sorting is stable and keeps the first of each skill: the closer relation stands before the weaker one.
            let mut known = vec![(skill, Relation::Same)];
            known.extend(above.iter().map(|(&ancestor, &steps)| (ancestor, Relation::Implies { steps })));
            let below = descendants.get(skill.index()).into_iter().flatten();
            known.extend(below.map(|&(descendant, steps)| (descendant, Relation::ImpliedBy { steps })));
            let siblings = self.parents_of(skill).iter().filter_map(|parent| children.get(parent.index())).flatten();
            known.extend(siblings.map(|&sibling| (sibling, Relation::Sibling)));
            let close = self.related.get(skill.index()).into_iter().flatten();
            known.extend(close.map(|&close| (close, Relation::Related)));
            known.sort_by_key(|&(other, _)| other);
            known.dedup_by_key(|&mut (other, _)| other);
            table.push(known.into());
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ix(numbers: &[u32]) -> Vec<SkillIx> {
        numbers.iter().map(|&n| SkillIx(n)).collect()
    }

    /// 0 ← 1 ← 2 and 0 ← 3, 4 next to 2, 5 alone; 2 also implies 6 directly.
    fn graph() -> Graph {
        Graph {
            parents: vec![ix(&[]), ix(&[0]), ix(&[1, 6]), ix(&[0]), ix(&[]), ix(&[]), ix(&[])],
            related: vec![ix(&[]), ix(&[]), ix(&[4]), ix(&[]), ix(&[2]), ix(&[]), ix(&[])],
        }
    }

    fn table(graph: &Graph) -> Vec<Box<[(SkillIx, Relation)]>> {
        let ancestors: Vec<_> = (0..).map(SkillIx).take(graph.parents.len()).map(|ix| graph.ancestors(ix)).collect();
        graph.relations(&ancestors)
    }

    #[test]
    fn ancestors_are_reached_by_the_shortest_way() {
        let mut graph = graph();
        assert_eq!(graph.ancestors(SkillIx(2)), BTreeMap::from([(SkillIx(0), 2), (SkillIx(1), 1), (SkillIx(6), 1)]));
        graph.parents[6] = ix(&[1, 3, 0]);
        graph.parents[2] = ix(&[6]);
        assert_eq!(graph.ancestors(SkillIx(2)).get(&SkillIx(0)), Some(&2));
    }

    #[test]
    fn a_cycle_shows_and_does_not_hang() {
        let graph = Graph { parents: vec![ix(&[1]), ix(&[2]), ix(&[0])], related: Vec::new() };
        assert_eq!(graph.ancestors(SkillIx(0)).get(&SkillIx(0)), Some(&3));
    }

    #[test]
    fn every_relation_is_found_from_both_sides() {
        let table = table(&graph());
        let of = |have: usize, want: u32| {
            table[have].iter().find(|(other, _)| other.0 == want).map_or(Relation::None, |&(_, relation)| relation)
        };
        assert_eq!(of(2, 2), Relation::Same);
        assert_eq!(of(2, 1), Relation::Implies { steps: 1 });
        assert_eq!(of(2, 0), Relation::Implies { steps: 2 });
        assert_eq!(of(0, 2), Relation::ImpliedBy { steps: 2 });
        assert_eq!(of(1, 3), Relation::Sibling);
        assert_eq!(of(3, 1), Relation::Sibling);
        assert_eq!(of(2, 4), Relation::Related);
        assert_eq!(of(4, 2), Relation::Related);
        assert_eq!(of(2, 3), Relation::None);
        assert_eq!(of(5, 0), Relation::None);
        for row in &table {
            assert!(row.is_sorted_by_key(|&(other, _)| other));
        }
    }

    #[test]
    fn the_closer_relation_counts() {
        let mut graph = graph();
        graph.related[1] = ix(&[3]);
        let table = table(&graph);
        assert!(table[1].contains(&(SkillIx(3), Relation::Sibling)));
    }

    #[test]
    fn steps_stop_counting_rather_than_wrap() {
        let chain = (0..400_u32).map(|n| if n == 0 { vec![] } else { ix(&[n - 1]) }).collect();
        let graph = Graph { parents: chain, related: Vec::new() };
        assert_eq!(graph.ancestors(SkillIx(399)).get(&SkillIx(0)), Some(&255));
    }
}
