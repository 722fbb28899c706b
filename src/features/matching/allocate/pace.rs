//! How fast ε shrinks in the auction, and from when on shortest paths get to the best sooner than another auction.

use std::ops::Range;

use super::graph::{Graph, Stored, Whole};

/// ε shrinks by `2^BY` from step to step.
pub(crate) const BY: u32 = 3;

/// The steps of ε for one graph.
pub(crate) struct Pace<T> {
    /// The ε of the first step.
    pub(crate) first: T,
    /// The ε from which on paths are short enough: a part of what a pair is usually worth, and the smaller the more nodes there
    /// are, because paths grow with the graph. Chosen by measuring markets of 1,000 to 100,000 people (`just bench large`).
    fine: T,
    /// Near the unit of values a price is as likely rounded to a wrong unit as to the right one: another step is cheaper.
    muddy: Range<T>,
    /// Whether the graph is large, and the needs have hardly room for all hours: who is pushed out goes far then.
    has_long_paths: bool,
}

/// Where paths are long, a step narrows the gap by about so much; measured as above.
const NARROWS: f64 = 12.0;
/// As many nodes as make a graph large.
const LARGE: usize = 50_000;

impl<T: Whole> Pace<T> {
    /// Measures the values of a graph.
    pub(crate) fn of<S: Stored<Price = T>>(graph: &Graph<S>) -> Self {
        let [people, needs] = &graph.sides;
        let rows = (0u32..).zip(&people.hours).map(|(node, _)| people.row(node));
        let mut middle: Vec<S> = rows.filter_map(|row| Some(row.get(row.len() / 2)?.value)).collect();
        let half = middle.len() / 2;
        let usual = if middle.is_empty() { 0 } else { graph.worth(*middle.select_nth_unstable(half).1).wide() };
        let fine = T::narrow(usual / part(people.len() + needs.len())).max(T::ONE);
        // No more than a fourth of the largest value, so that prices stay in the bits that are set aside for them; and no less
        // than a small part of it: where a few pairs come before all others, prices have far to rise.
        let largest = T::narrow(graph.largest) << graph.shift;
        let first = (fine << BY).max(largest >> 9).min(largest >> 2);
        let unit = T::ONE << graph.shift;
        let [offered, wanted] = [people, needs].map(|side| side.hours.iter().map(|x| i128::from(*x)).sum::<i128>());
        let has_long_paths = people.len() + needs.len() >= LARGE && offered >= wanted - wanted / 10;
        Self { first, fine, muddy: unit >> 2..unit << 1, has_long_paths }
    }

    /// Whether another step of the auction gets to a gap that is wanted sooner than paths, which go on to the best.
    pub(crate) fn is_nearly_there(&self, gap: f64, wanted: f64) -> bool {
        self.has_long_paths && gap > wanted && gap <= NARROWS * wanted
    }

    /// Whether a plan to within this ε is worth a try of shortest paths.
    pub(crate) fn is_ready(&self, epsilon: T) -> bool {
        epsilon <= self.fine && !self.muddy.contains(&epsilon)
    }
}

/// Twice the cube root of the number of nodes, rounded up.
fn part(nodes: usize) -> i128 {
    let eightfold = i128::try_from(nodes).unwrap_or(i128::MAX / 8).saturating_mul(8);
    (1..=i128::from(u32::MAX)).find(|x| x.pow(3) >= eightfold).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_step_is_taken_only_where_paths_are_long_and_it_gets_there() {
        let pace = |has_long_paths: bool| Pace { first: 8i64, fine: 4, muddy: 1..2, has_long_paths };
        let cases = [(0.0012, 0.0002, true), (0.003, 0.0002, false), (0.0001, 0.0002, false), (0.0, 0.0, false)];
        for (gap, wanted, is_near) in cases {
            assert_eq!(pace(true).is_nearly_there(gap, wanted), is_near, "{gap} {wanted}");
            assert!(!pace(false).is_nearly_there(gap, wanted));
        }
    }

    #[test]
    fn larger_graphs_get_finer_steps() {
        assert_eq!([0, 1, 8, 9, 1000, 200_000].map(part), [1, 2, 4, 5, 20, 117]);
    }
}
