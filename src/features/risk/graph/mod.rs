//! Who depends on whom, how far what is critical reaches, and what a planned integration would change. Pure: the same graph
//! gives the same figures, in whatever order it was told.

mod change;
mod rank;
mod reach;
mod read;
mod walk;

pub use change::{Changed, changes};
pub use rank::{Ranked, Ranking, rank};
pub use reach::{FARTHEST, Ring, reach, rings};
pub use read::{GraphError, MAX_NODES, read, written};
pub use walk::walk;

use std::collections::BTreeMap;

/// A project of the graph, as it is told.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Node {
    /// Its name, by which it is known in the graph.
    pub name: String,
    /// How critical it is, 0 to 1: what it adds to everything that it depends on. 0 outside the critical set.
    pub criticality: f64,
    /// Whether it is known to have nobody who looks after it.
    pub is_orphan: bool,
    /// Its home page, where that is told.
    pub homepage: Option<String>,
}

/// Neighbors of each node, one node's after the other's.
#[derive(Debug, Clone, Default)]
struct Neighbors {
    starts: Vec<usize>,
    all: Vec<usize>,
}

impl Neighbors {
    /// Of edges in the order of their first ends.
    fn of(nodes: usize, sorted: &[(usize, usize)]) -> Self {
        let mut starts = vec![0; nodes + 1];
        for (from, _) in sorted {
            if let Some(count) = starts.get_mut(from + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        Self { starts, all: sorted.iter().map(|(_, to)| *to).collect() }
    }

    fn get(&self, node: usize) -> &[usize] {
        let (from, to) = (self.starts.get(node).copied().unwrap_or(0), self.starts.get(node + 1).copied().unwrap_or(0));
        self.all.get(from..to).unwrap_or_default()
    }
}

/// A graph of dependencies in one fixed form: nodes by name, edges in order, none twice, none from a node to itself.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    nodes: Vec<Node>,
    edges: Vec<(usize, usize)>,
    needs: Neighbors,
    needed_by: Neighbors,
}

impl Graph {
    /// The graph of these nodes, in which the first of each edge depends on the second; both are places in `nodes`. A name
    /// that comes twice is one node, as critical as the more critical of both; edges to nowhere are left out.
    pub fn new(nodes: &[Node], edges: &[(usize, usize)]) -> Self {
        let mut places: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, node) in nodes.iter().enumerate() {
            places.entry(node.name.as_str()).or_default().push(at);
        }
        let mut place = vec![0; nodes.len()];
        let mut merged: Vec<Node> = Vec::with_capacity(places.len());
        for (name, told) in &places {
            let mut node = Node { name: (*name).to_owned(), ..Node::default() };
            for at in told {
                if let Some(place) = place.get_mut(*at) {
                    *place = merged.len();
                }
                if let Some(one) = nodes.get(*at) {
                    node.criticality = node.criticality.max(sound(one.criticality));
                    node.is_orphan |= one.is_orphan;
                    node.homepage = node.homepage.into_iter().chain(one.homepage.clone()).min();
                }
            }
            merged.push(node);
        }
        let known = |(from, to): &(usize, usize)| Some((*place.get(*from)?, *place.get(*to)?));
        let edges = edges.iter().filter_map(known).filter(|(from, to)| from != to).collect();
        Self::in_form(merged, edges)
    }

    fn in_form(nodes: Vec<Node>, mut edges: Vec<(usize, usize)>) -> Self {
        edges.sort_unstable();
        edges.dedup();
        let mut back: Vec<(usize, usize)> = edges.iter().map(|(from, to)| (*to, *from)).collect();
        back.sort_unstable();
        let (needs, needed_by) = (Neighbors::of(nodes.len(), &edges), Neighbors::of(nodes.len(), &back));
        Self { nodes, edges, needs, needed_by }
    }

    /// The same graph with these dependencies added.
    #[must_use]
    pub fn with(&self, more: &[(usize, usize)]) -> Self {
        let inside = |(from, to): &&(usize, usize)| from != to && *from < self.len() && *to < self.len();
        let edges = self.edges.iter().chain(more.iter().filter(inside)).copied().collect();
        Self::in_form(self.nodes.clone(), edges)
    }

    /// The same graph with this to say of each node's criticality.
    #[must_use]
    pub fn weighted(mut self, criticality: impl Fn(&Node) -> f64) -> Self {
        for node in &mut self.nodes {
            node.criticality = sound(criticality(node));
        }
        self
    }

    /// How many nodes.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The nodes, by name.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The dependencies, in order.
    pub fn edges(&self) -> &[(usize, usize)] {
        &self.edges
    }

    /// The place of the node with this name.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.nodes.binary_search_by(|node| node.name.as_str().cmp(name)).ok()
    }

    /// What the node depends on itself.
    pub fn needs(&self, node: usize) -> &[usize] {
        self.needs.get(node)
    }

    /// What depends on the node itself.
    pub fn needed_by(&self, node: usize) -> &[usize] {
        self.needed_by.get(node)
    }

    /// The criticality of all nodes together.
    pub fn criticality(&self) -> f64 {
        self.nodes.iter().map(|node| node.criticality).sum()
    }
}

/// A criticality that can be counted with.
fn sound(criticality: f64) -> f64 {
    if criticality.is_finite() { criticality.clamp(0.0, 1.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nodes named a, b, c … with criticality 1, and these edges.
    pub(super) fn graph(nodes: usize, edges: &[(usize, usize)]) -> Graph {
        let node = |at: usize| Node { name: format!("n{at:03}"), criticality: 1.0, ..Node::default() };
        Graph::new(&(0..nodes).map(node).collect::<Vec<_>>(), edges)
    }

    #[test]
    fn loops_doubles_and_edges_to_nowhere_are_left_out() {
        let graph = graph(3, &[(0, 1), (0, 1), (1, 1), (2, 9), (2, 0)]);
        assert_eq!(graph.edges(), [(0, 1), (2, 0)]);
        assert_eq!((graph.needs(0), graph.needed_by(0)), (&[1][..], &[2][..]));
    }

    #[test]
    fn a_name_that_comes_twice_is_one_node() {
        let node = |criticality, homepage: &str| Node {
            name: "x".to_owned(),
            criticality,
            is_orphan: criticality > 0.5,
            homepage: Some(homepage.to_owned()),
        };
        let one = Graph::new(&[node(0.2, "b"), node(0.7, "a"), node(f64::NAN, "c")], &[(0, 1)]);
        let other = Graph::new(&[node(f64::NAN, "c"), node(0.7, "a"), node(0.2, "b")], &[(0, 1)]);
        assert_eq!((one.len(), one.edges().len()), (1, 0));
        assert_eq!(one.nodes(), other.nodes());
        assert_eq!(one.nodes()[0], node(0.7, "a"));
    }
}
