//! How far what is critical reaches: R(v) = Σ C(u) · 0.5^distance(u, v), over all u that depend on v, and v itself.

use super::Graph;

/// Steps that are followed. Who is farther away adds less than a four-billionth of what it is itself.
pub const FARTHEST: usize = 32;
/// What is left of criticality at each step.
const DECAY: f64 = 0.5;

/// Projects that are followed at the same time, a bit each.
const WORDS: usize = 4;
type Bits = [u64; WORDS];
const TOGETHER: usize = WORDS * 64;

/// Those of the critical set that come to depend on a project at one distance.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Ring {
    /// How many.
    pub projects: u32,
    /// Their criticality together.
    pub criticality: f64,
}

/// For each node the rings around it, by distance from 0, which is the node itself.
pub fn rings(graph: &Graph) -> Vec<Vec<Ring>> {
    let critical: Vec<usize> =
        (0..).zip(graph.nodes()).filter(|(_, node)| node.criticality > 0.0).map(|(at, _)| at).collect();
    let mut sweep = Sweep::over(graph);
    for sources in critical.chunks(TOGETHER) {
        sweep.from(sources);
    }
    sweep.rings
}

/// What the rings come to.
pub fn reach(rings: &[Ring]) -> f64 {
    let mut left = 1.0;
    let mut sum = 0.0;
    for ring in rings {
        sum += ring.criticality * left;
        left *= DECAY;
    }
    sum
}

/// A breadth-first search from many nodes at once.
struct Sweep<'a> {
    graph: &'a Graph,
    seen: Vec<Bits>,
    front: Vec<Bits>,
    next: Vec<Bits>,
    rings: Vec<Vec<Ring>>,
    /// Criticality of each of the nodes that are followed, by its bit.
    weights: [f64; TOGETHER],
}

const NONE: Bits = [0; WORDS];

impl<'a> Sweep<'a> {
    fn over(graph: &'a Graph) -> Self {
        let nodes = graph.len();
        let (seen, front, next) = (vec![NONE; nodes], vec![NONE; nodes], vec![NONE; nodes]);
        Self { graph, seen, front, next, rings: vec![Vec::new(); nodes], weights: [0.0; TOGETHER] }
    }

    /// Follows these nodes, at most [`TOGETHER`] of them, to all that they depend on.
    fn from(&mut self, sources: &[usize]) {
        self.seen.fill(NONE);
        for ((bit, source), weight) in sources.iter().enumerate().zip(&mut self.weights) {
            *weight = self.graph.nodes().get(*source).map_or(0.0, |node| node.criticality);
            if let Some(word) = self.front.get_mut(*source).and_then(|bits| bits.get_mut(bit / 64)) {
                *word |= 1 << (bit % 64);
            }
        }
        let mut active: Vec<usize> = sources.to_vec();
        for node in &active {
            self.arrive(*node, 0);
        }
        for distance in 1..=FARTHEST {
            active = self.step(&active);
            if active.is_empty() {
                return;
            }
            for node in &active {
                if let (Some(front), Some(next)) = (self.front.get_mut(*node), self.next.get_mut(*node)) {
                    *front = std::mem::replace(next, NONE);
                }
                self.arrive(*node, distance);
            }
        }
        // Whoever is farther away is left out; nothing of it may stay for the next ones.
        self.front.fill(NONE);
    }

    /// Notes who has come to this node.
    fn arrive(&mut self, node: usize, distance: usize) {
        let (Some(bits), Some(seen)) = (self.front.get(node), self.seen.get_mut(node)) else { return };
        let Some(rings) = self.rings.get_mut(node) else { return };
        if rings.len() <= distance {
            rings.resize(distance + 1, Ring::default());
        }
        let Some(ring) = rings.get_mut(distance) else { return };
        for ((word, seen), weights) in bits.iter().zip(seen).zip(self.weights.chunks(64)) {
            *seen |= word;
            ring.projects += word.count_ones();
            let mut left = *word;
            while left != 0 {
                let bit = usize::try_from(left.trailing_zeros()).unwrap_or(0);
                ring.criticality += weights.get(bit).copied().unwrap_or(0.0);
                left &= left - 1;
            }
        }
    }

    /// One step from all of these along their dependencies; gives where somebody new has come.
    fn step(&mut self, active: &[usize]) -> Vec<usize> {
        let mut reached = Vec::new();
        for from in active {
            let Some(front) = self.front.get_mut(*from) else { continue };
            let bits = std::mem::replace(front, NONE);
            for to in self.graph.needs(*from) {
                let (Some(seen), Some(next)) = (self.seen.get(*to), self.next.get_mut(*to)) else { continue };
                let mut fresh = NONE;
                for (fresh, (bits, seen)) in fresh.iter_mut().zip(bits.iter().zip(seen)) {
                    *fresh = bits & !seen;
                }
                if fresh == NONE {
                    continue;
                }
                if *next == NONE {
                    reached.push(*to);
                }
                for (next, fresh) in next.iter_mut().zip(fresh) {
                    *next |= fresh;
                }
            }
        }
        reached
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::graph;
    use super::*;
    use crate::features::risk::graph::Node;
    use proptest::prelude::*;
    use std::collections::VecDeque;

    fn told(rings: &[Ring]) -> Vec<(u32, f64)> {
        rings.iter().map(|ring| (ring.projects, ring.criticality)).collect()
    }

    #[test]
    fn each_step_halves() {
        // 0 and 1 need 2, 2 needs 3.
        let rings = rings(&graph(4, &[(0, 2), (1, 2), (2, 3)]));
        assert_eq!(told(&rings[3]), [(1, 1.0), (1, 1.0), (2, 2.0)]);
        assert_eq!((reach(&rings[3]), reach(&rings[2]), reach(&rings[0])), (2.0, 2.0, 1.0));
    }

    #[test]
    fn the_shortest_way_counts_and_a_circle_ends() {
        let rings = rings(&graph(3, &[(0, 1), (1, 2), (2, 0), (0, 2)]));
        assert_eq!(told(&rings[2]), [(1, 1.0), (2, 2.0)]);
        assert_eq!(told(&rings[0]), [(1, 1.0), (1, 1.0), (1, 1.0)]);
    }

    #[test]
    fn whoever_is_too_far_away_is_left_out_and_disturbs_nobody() {
        let chain: Vec<(usize, usize)> = (0..299).map(|at| (at, at + 1)).collect();
        let rings = rings(&graph(300, &chain));
        assert!(
            rings[FARTHEST..]
                .iter()
                .all(|rings| rings.len() == FARTHEST + 1 && rings.iter().all(|ring| ring.projects == 1))
        );
        assert!((reach(&rings[299]) - 2.0).abs() < 1e-9);
    }

    #[test]
    fn nothing_critical_is_no_reach() {
        let graph = graph(2, &[(0, 1)]).weighted(|_| 0.0);
        assert!(rings(&graph).iter().all(|rings| reach(rings) == 0.0));
        assert!(rings(&crate::features::risk::graph::Graph::default()).is_empty());
    }

    /// The definition, one node after the other.
    fn slowly(graph: &Graph) -> Vec<f64> {
        let mut sums = vec![0.0; graph.len()];
        for from in 0..graph.len() {
            let mut distance = vec![None; graph.len()];
            distance[from] = Some(0);
            let mut queue = VecDeque::from([from]);
            while let Some(node) = queue.pop_front() {
                let here = distance[node].unwrap();
                sums[node] += graph.nodes()[from].criticality * DECAY.powi(here);
                for next in graph.needs(node) {
                    if distance[*next].is_none() {
                        distance[*next] = Some(here + 1);
                        queue.push_back(*next);
                    }
                }
            }
        }
        sums
    }

    proptest! {
        #[test]
        fn all_at_once_is_the_same_as_one_by_one(edges in proptest::collection::vec((0..30_usize, 0..30_usize), 0..120), weights in proptest::collection::vec(0.0..1.0_f64, 30)) {
            let node = |(at, weight): (usize, &f64)| Node { name: format!("n{at:02}"), criticality: *weight, ..Node::default() };
            let graph = Graph::new(&weights.iter().enumerate().map(node).collect::<Vec<_>>(), &edges);
            for (fast, slow) in rings(&graph).iter().map(|rings| reach(rings)).zip(slowly(&graph)) {
                prop_assert!((fast - slow).abs() < 1e-9, "{fast} for {slow}");
            }
        }
    }
}
