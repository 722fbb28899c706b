//! From hours by their ends back to the caller's links.
//!
//! The solver sorts its arcs and leaves some out. To carry each arc's link along would cost a number for each of millions of
//! arcs, of which a few in a hundred have hours in the end: those are looked for once, when all is done.

#![expect(
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "places in lists that are made here; the graph's constructor makes node and link counts fit 32 bits"
)]

use super::exact::Placed;
use super::graph::Stored;
use super::solve::{OnLink, Outcome};

impl<S: Stored> Outcome<Placed<S>> {
    /// The same on the caller's links, which are those that the graph was made of, in the order that the hours have.
    pub(crate) fn on_links(self, count: usize, ends: impl Fn(usize) -> [u32; 2]) -> Outcome {
        let Self { flow, price, shift, worth } = self;
        let flow = found(&flow, price[0].len(), count, ends);
        Outcome { flow, price, shift, worth }
    }
}

/// Hours whose link is not found yet.
const NOWHERE: u32 = u32::MAX;

/// Each placed hours' link. Its ends name it: no two links share them.
fn found<S: Stored>(
    placed: &[Placed<S>],
    people: usize,
    count: usize,
    ends: impl Fn(usize) -> [u32; 2],
) -> Vec<OnLink> {
    let mut start = vec![0u32; people + 2];
    for hours in placed {
        start[hours.who as usize + 2] += 1;
    }
    for at in 2..start.len() {
        start[at] += start[at - 1];
    }
    // Each person's hours by their need and their place; what is filled moves the start of the next person to where it belongs.
    let mut rows = vec![(0u32, 0u32); placed.len()];
    for (at, hours) in (0u32..).zip(placed) {
        let slot = &mut start[hours.who as usize + 1];
        rows[*slot as usize] = (hours.need, at);
        *slot += 1;
    }
    let mut flow: Vec<OnLink> = placed.iter().map(|hours| (NOWHERE, hours.amount)).collect();
    // By bisection: somebody may have hours on very many needs.
    for who in 0..people {
        rows[start[who] as usize..start[who + 1] as usize].sort_unstable();
    }
    for at in 0..count {
        let [who, need] = ends(at);
        let row = &rows[start[who as usize] as usize..start[who as usize + 1] as usize];
        if let Ok(found) = row.binary_search_by_key(&need, |(need, _)| *need) {
            flow[row[found].1 as usize].0 = at as u32;
        }
    }
    debug_assert!(flow.iter().all(|(at, _)| *at != NOWHERE), "two links have the same ends, or hours are on none");
    flow
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_find_their_links_in_any_order() {
        let links = [[2, 0], [0, 2], [0, 0], [0, 1], [1, 0]];
        let place = |who, need, amount| Placed::<i32> { who, need, value: 7, amount };
        let flow = vec![place(2, 0, 1), place(0, 1, 2), place(0, 0, 3)];
        assert_eq!(found(&flow, 3, links.len(), |at| links[at]), [(0, 1), (3, 2), (2, 3)]);
    }
}
