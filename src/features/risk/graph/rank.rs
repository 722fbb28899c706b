//! All nodes by how much would break with them.

use super::reach::{Ring, reach, rings};
use super::{Graph, walk};
use std::cmp::Ordering;

/// A node's place.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    /// Its place in the graph.
    pub node: usize,
    /// From 1.
    pub rank: usize,
    /// Its rank by those alone who depend on it directly; equals share the best.
    pub direct_rank: usize,
    /// R(v): the criticality of all that depends on it, halved at each step.
    pub reach: f64,
    /// The same on a scale from 0 to 1, the logarithm of what it could be at most.
    pub risk: f64,
    /// Its share of the walk.
    pub walk: f64,
    /// Who depends on it, by distance from 0.
    pub rings: Vec<Ring>,
}

impl Ranked {
    /// How many of the critical set depend on it, over however many steps.
    pub fn dependents(&self) -> u32 {
        self.rings.iter().skip(1).map(|ring| ring.projects).sum()
    }

    /// How many of the critical set depend on it directly.
    pub fn direct(&self) -> u32 {
        self.rings.get(1).map_or(0, |ring| ring.projects)
    }

    /// Why it stands where it stands, in a sentence or two.
    pub fn reason(&self, of: usize) -> String {
        let (direct, all) = (self.direct(), self.dependents());
        if all == 0 {
            return "Nothing of the critical set depends on it.".to_owned();
        }
        let share = f64::from(all) / u32::try_from(of.max(2) - 1).map_or(f64::MAX, f64::from) * 100.0;
        let farthest = self.rings.len().saturating_sub(1);
        let mut text = format!("{direct} depend on it directly, {all} ({share:.0}%) over up to {farthest} steps");
        let fullest = (1..).zip(self.rings.iter().skip(1)).max_by(|(_, a), (_, b)| a.projects.cmp(&b.projects));
        if let Some((distance, ring)) = fullest.filter(|(distance, _)| *distance > 1) {
            text = format!("{text}, most of them ({}) at distance {distance}", ring.projects);
        }
        if self.direct_rank < self.rank.saturating_mul(3).max(10) {
            return format!("{text}.");
        }
        let (direct_rank, rank) = (self.direct_rank, self.rank);
        format!(
            "{text}. Few name it, many need it: by direct dependents alone it would be number {direct_rank}, not {rank}."
        )
    }
}

/// All nodes, the riskiest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ranking {
    /// In the order of rank.
    pub ranked: Vec<Ranked>,
    /// The criticality of all nodes together: what no reach can exceed.
    pub criticality: f64,
}

impl Ranking {
    /// The place of a node of the graph.
    pub fn of(&self, node: usize) -> Option<&Ranked> {
        self.ranked.iter().find(|one| one.node == node)
    }
}

/// Ranks by reach, then by the walk, then by name. Reaches that differ by less than a billionth are the same.
pub fn rank(graph: &Graph) -> Ranking {
    let criticality = graph.criticality();
    let most = criticality.ln_1p();
    let scaled = |reach: f64| if most > 0.0 { (reach.ln_1p() / most).clamp(0.0, 1.0) } else { 0.0 };
    let row = |(node, (rings, walk)): (usize, (Vec<Ring>, f64))| {
        let reach = reach(&rings);
        Ranked { node, rank: 0, direct_rank: 0, reach, risk: scaled(reach), walk, rings }
    };
    let mut ranked: Vec<Ranked> = rings(graph).into_iter().zip(walk(graph)).enumerate().map(row).collect();
    let mut by_direct: Vec<u32> = ranked.iter().map(Ranked::direct).collect();
    by_direct.sort_unstable_by(|one, other| other.cmp(one));
    ranked.sort_by(before);
    for (rank, row) in (1..).zip(&mut ranked) {
        let direct = row.direct();
        row.direct_rank = by_direct.partition_point(|more| *more > direct) + 1;
        row.rank = rank;
    }
    Ranking { ranked, criticality }
}

/// Nodes are in the order of their names, so their places break what is left of ties.
fn before(one: &Ranked, other: &Ranked) -> Ordering {
    let rounded = |value: f64, digits: f64| (value * digits).round();
    let by_reach = rounded(other.reach, 1e9).total_cmp(&rounded(one.reach, 1e9));
    let by_walk = rounded(other.walk, 1e12).total_cmp(&rounded(one.walk, 1e12));
    by_reach.then(by_walk).then(one.node.cmp(&other.node))
}

#[cfg(test)]
mod tests {
    use super::super::tests::graph;
    use super::*;
    use crate::features::risk::graph::{Node, read};
    use proptest::prelude::*;
    use std::time::Instant;

    fn names(graph: &Graph, ranking: &Ranking) -> Vec<(String, u64, u64)> {
        let told = |row: &Ranked| (graph.nodes()[row.node].name.clone(), row.reach.to_bits(), row.walk.to_bits());
        ranking.ranked.iter().map(told).collect()
    }

    #[test]
    fn the_walk_breaks_ties_and_then_the_name() {
        // Both 1 and 3 are needed by one; 2, which needs 3, needs nothing else, while 0 needs 4 as well.
        let graph = graph(5, &[(0, 1), (0, 4), (2, 3)]);
        let order: Vec<usize> = rank(&graph).ranked.iter().map(|row| row.node).collect();
        assert_eq!(order, [3, 1, 4, 0, 2]);
    }

    #[test]
    fn risk_is_between_nothing_and_all() {
        let star: Vec<(usize, usize)> = (1..50).map(|from| (from, 0)).collect();
        let ranking = rank(&graph(50, &star));
        assert!(ranking.ranked.iter().all(|row| row.risk > 0.0 && row.risk <= 1.0));
        assert_eq!((ranking.ranked[0].node, ranking.ranked[0].reach, ranking.ranked[0].direct()), (0, 25.5, 49));
        assert!(ranking.ranked[0].reason(50).starts_with("49 depend on it directly, 49 (100%)"));
        assert_eq!(ranking.ranked[1].reason(50), "Nothing of the critical set depends on it.");
        assert_eq!(rank(&Graph::default()), Ranking::default());
    }

    proptest! {
        #[test]
        fn the_order_of_the_input_does_not_matter(
            edges in proptest::collection::vec((0..20_usize, 0..20_usize), 0..60),
            order in Just((0..20).collect::<Vec<usize>>()).prop_shuffle(),
            seed in 0..1000_usize,
        ) {
            let node = |at: &usize| Node { name: format!("n{at:02}"), criticality: f64::from(u32::try_from(at * 37 % 10).unwrap()) / 9.0, ..Node::default() };
            let one = Graph::new(&(0..20).collect::<Vec<_>>().iter().map(node).collect::<Vec<_>>(), &edges);
            let place = |at: usize| order.iter().position(|one| *one == at).unwrap();
            let mut shuffled: Vec<(usize, usize)> = edges.iter().map(|(from, to)| (place(*from), place(*to))).collect();
            shuffled.rotate_left(if edges.is_empty() { 0 } else { seed % edges.len() });
            let other = Graph::new(&order.iter().map(node).collect::<Vec<_>>(), &shuffled);
            prop_assert_eq!(names(&one, &rank(&one)), names(&other, &rank(&other)));
        }
    }

    /// The sources of a distribution, where their graph is at hand.
    fn distribution() -> Option<Vec<u8>> {
        let file = crate::published::published("graph/debian-bookworm-source-dependency-graph.tsv.gz")?;
        Some(crate::features::projects::import::unpack(std::fs::read(file).unwrap(), 1 << 26).unwrap())
    }

    /// The same graph, its lines in an order that the seed decides.
    fn shuffled(text: &str, seed: u64) -> String {
        let mut state = seed;
        let mut shuffle = |list: &mut Vec<String>| {
            for at in (1..list.len()).rev() {
                // SplitMix64.
                state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
                let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
                let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
                let other = (mixed ^ (mixed >> 31)) % u64::try_from(at + 1).unwrap();
                list.swap(at, usize::try_from(other).unwrap());
            }
        };
        let nodes: Vec<&str> = text.lines().filter(|line| line.starts_with("N\t")).collect();
        let mut order: Vec<String> = (0..nodes.len()).map(|at| at.to_string()).collect();
        shuffle(&mut order);
        let order: Vec<usize> = order.iter().map(|at| at.parse().unwrap()).collect();
        let mut place = vec![0; nodes.len()];
        for (new, old) in order.iter().enumerate() {
            place[*old] = new;
        }
        let edge = |line: &str| {
            let ends: Vec<usize> = line.strip_prefix("E\t")?.split('\t').map(|at| at.parse().unwrap()).collect();
            Some(format!("E\t{}\t{}", place[ends[0]], place[ends[1]]))
        };
        let mut edges: Vec<String> = text.lines().filter_map(edge).collect();
        shuffle(&mut edges);
        // Some dependencies stand before the projects that they are between, some after.
        let (before, after) = edges.split_at(edges.len() / 3);
        let nodes: Vec<String> = order.iter().map(|old| nodes[*old].to_owned()).collect();
        [before, &nodes, after].concat().join("\n")
    }

    #[test]
    fn a_whole_distribution_is_ranked_the_same_in_whatever_order_it_comes() {
        let Some(text) = distribution() else { return };
        let text = String::from_utf8(text).unwrap();
        let graph = read(text.as_bytes()).unwrap();
        let ranking = rank(&graph);
        // What is not optimized takes its time: one order is enough with every `cargo test`.
        let seeds: &[u64] = if cfg!(debug_assertions) { &[20_261_128] } else { &[20_261_128, 1, 2, 3] };
        for &seed in seeds {
            let other = shuffled(&text, seed);
            assert_ne!(other, text);
            let other = read(other.as_bytes()).unwrap();
            assert_eq!((other.nodes(), other.edges()), (graph.nodes(), graph.edges()));
            let again = rank(&other);
            assert_eq!(names(&other, &again), names(&graph, &ranking), "to the last bit");
            assert!(again == ranking, "seed {seed}");
        }
    }

    #[test]
    fn a_whole_distribution_is_ranked_and_xz_utils_stands_out() {
        let Some(text) = distribution() else { return };
        let graph = read(&text).unwrap();
        assert_eq!((graph.len(), graph.edges().len()), (34_169, 157_637));
        let begun = Instant::now();
        let ranking = rank(&graph);
        let took = begun.elapsed();
        if !cfg!(debug_assertions) {
            assert!(took.as_secs_f64() < 1.0, "{took:?}");
        }
        assert_eq!(graph.nodes()[ranking.ranked[0].node].name, "glibc");
        let xz = ranking.of(graph.find("xz-utils").unwrap()).unwrap();
        assert!((xz.reach - 3_733.258_789_062_5).abs() < 1e-9, "{}", xz.reach);
        let counts: Vec<u32> = xz.rings.iter().map(|ring| ring.projects).collect();
        assert_eq!(counts, [1, 152, 3649, 20_350, 2372, 1343, 576, 115, 34, 4, 1]);
        assert!(xz.rank <= 30 && xz.direct_rank > 3 * xz.rank, "{} {}", xz.rank, xz.direct_rank);
        assert!(xz.reason(graph.len()).contains("Few name it, many need it"), "{}", xz.reason(graph.len()));
    }
}
