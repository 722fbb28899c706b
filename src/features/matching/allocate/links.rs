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
use super::graph::{Link, Stored, Whole};
use super::solve::{OnLink, Outcome};

impl<S: Stored> Outcome<Placed<S>> {
    /// The same on the caller's links, which are those that the graph was made of, in the order that the hours have.
    pub(crate) fn on_links(
        self,
        count: usize,
        ends: impl Fn(usize) -> [u32; 2],
        link: &dyn Fn(usize) -> Link,
    ) -> Outcome {
        let Self { flow, price, shift, worth } = self;
        let flow = found(&flow, price[0].len(), count, ends, link);
        Outcome { flow, price, shift, worth }
    }
}

/// Each placed hours' link. Their ends and value name it: no two links that are of use share them. Most links are told by
/// their ends alone, which `ends` answers sooner than `link`.
fn found<S: Stored>(
    placed: &[Placed<S>],
    people: usize,
    count: usize,
    ends: impl Fn(usize) -> [u32; 2],
    link: &dyn Fn(usize) -> Link,
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
    let mut flow: Vec<OnLink> = placed.iter().map(|hours| (0, hours.amount)).collect();
    for at in 0..count {
        let [who, need] = ends(at);
        let row = &rows[start[who as usize] as usize..start[who as usize + 1] as usize];
        for (_, place) in row.iter().filter(|(other, _)| *other == need) {
            let Link { value, cap, .. } = link(at);
            if cap > 0 && placed[*place as usize].value.price().wide() == value {
                flow[*place as usize].0 = at as u32;
            }
        }
    }
    flow
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_find_their_links_in_any_order_and_no_link_that_is_of_no_use() {
        let link = |ends, value, cap| Link { ends, value, cap };
        let links = [
            link([2, 0], 5, i64::MAX),
            link([0, 1], 7, 0),
            link([0, 1], 3, 4),
            link([0, 0], 7, 9),
            link([0, 1], 7, 9),
            link([1, 0], -7, 9),
        ];
        let place = |who, need, value, amount| Placed::<i32> { who, need, value, amount };
        let flow = vec![place(2, 0, 5, 1), place(0, 1, 7, 2), place(0, 0, 7, 3), place(0, 1, 3, 4)];
        let found = found(&flow, 3, links.len(), |at| links[at].ends, &|at| links[at]);
        assert_eq!(found, [(0, 1), (4, 2), (3, 3), (2, 4)]);
    }
}
