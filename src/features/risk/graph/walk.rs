//! Personalized `PageRank`: where somebody ends up who starts at what is critical and walks along dependencies. It tells
//! apart what reaches as far.

use super::Graph;

/// How often the walk goes on instead of starting anew.
const GOES_ON: f64 = 0.85;
const MOST_ROUNDS: usize = 100;
const GOOD_ENOUGH: f64 = 1e-12;

fn number(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

/// The share of the walk at each node; they sum to 1. Starts are spread by criticality, evenly where nothing is critical.
pub fn walk(graph: &Graph) -> Vec<f64> {
    if graph.is_empty() {
        return Vec::new();
    }
    let (all, even) = (graph.criticality(), 1.0 / number(graph.len()));
    let start = |node: &super::Node| if all > 0.0 { node.criticality / all } else { even };
    let starts: Vec<f64> = graph.nodes().iter().map(start).collect();
    let ways: Vec<f64> = (0..graph.len()).map(|node| number(graph.needs(node).len())).collect();
    let mut shares = starts.clone();
    for _ in 0..MOST_ROUNDS {
        let stuck: f64 = shares.iter().zip(&ways).filter(|(_, ways)| **ways < 1.0).map(|(share, _)| share).sum();
        let flow: Vec<f64> =
            shares.iter().zip(&ways).map(|(share, ways)| if *ways < 1.0 { 0.0 } else { share / ways }).collect();
        let arrived = |node: usize| -> f64 { graph.needed_by(node).iter().filter_map(|from| flow.get(*from)).sum() };
        let next: Vec<f64> = (0..)
            .zip(&starts)
            .map(|(node, start)| (1.0 - GOES_ON) * start + GOES_ON * (arrived(node) + stuck * start))
            .collect();
        let moved: f64 = next.iter().zip(&shares).map(|(new, old)| (new - old).abs()).sum();
        shares = next;
        if moved < GOOD_ENOUGH {
            break;
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::super::tests::graph;
    use super::*;

    #[test]
    fn what_more_depend_on_is_met_more_often() {
        let shares = walk(&graph(5, &[(0, 3), (1, 3), (2, 4)]));
        assert!(shares[3] > shares[4] && shares[4] > shares[0], "{shares:?}");
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn circles_and_dead_ends_lose_nothing() {
        for edges in [&[(0, 1), (1, 0)][..], &[(0, 1), (1, 2)], &[]] {
            assert!((walk(&graph(3, edges)).iter().sum::<f64>() - 1.0).abs() < 1e-9, "{edges:?}");
        }
        let nothing = graph(2, &[]).weighted(|_| 0.0);
        assert_eq!(walk(&nothing), [0.5, 0.5]);
        assert!(walk(&Graph::default()).is_empty());
    }
}
