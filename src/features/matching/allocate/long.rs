//! Bidders whose rows are too long to be read for every few bids: a million arcs read anew each time would take forever.
//!
//! The arcs that gained most when the row was read are in a heap by what they gained when they were last looked at. Prices only
//! rise, so what is on top and still gains as much is the best, as long as it gains no less than what was left out did.

use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::ops::Range;

use super::graph::Whole;

/// Rows longer than this are kept so.
pub(crate) const LONG: usize = 256;
/// One arc in so many is kept: all of them would be a good part of the solver's memory.
const PART: usize = 8;

/// What an arc gained when it was last looked at, and the arc.
type Gained<T> = (T, u32);

/// The best part of a long row.
#[derive(Clone, Default)]
pub(crate) struct Long<T> {
    row: Range<u32>,
    heap: BinaryHeap<Gained<T>>,
    /// No arc that is left out gains more.
    rest: Gained<T>,
}

impl<T: Whole> Long<T> {
    pub(crate) fn new(row: Range<u32>) -> Self {
        Self { row, heap: BinaryHeap::new(), rest: (T::MAX, u32::MAX) }
    }

    /// The arc that gains most, and what the second best gains. `gain` answers what an arc gains now, if it does and may.
    pub(crate) fn best(&mut self, gain: impl Fn(u32) -> Option<T>) -> Option<(u32, T)> {
        let (mut best, mut second) = self.settle(&gain);
        if best.unwrap_or_default() < self.rest || second < self.rest.0 {
            self.read(&gain);
            (best, second) = self.settle(&gain);
        }
        best.map(|(_, arc)| (arc, second))
    }

    /// Takes over that an arc may be used again, which gains so much.
    pub(crate) fn reopen(&mut self, arc: u32, gain: T) {
        if (gain, arc) > self.rest {
            self.heap.push((gain, arc));
        }
    }

    /// Reads the whole row and keeps its best part.
    fn read(&mut self, gain: &impl Fn(u32) -> Option<T>) {
        let part = self.row.len() / PART;
        let mut gained = Vec::with_capacity(self.row.len());
        gained.extend(self.row.clone().filter_map(|arc| Some((gain(arc)?, arc))));
        self.rest = Gained::default();
        if gained.len() > part {
            self.rest = *gained.select_nth_unstable_by(part, |a, b| b.cmp(a)).1;
            gained.truncate(part);
        }
        gained.shrink_to_fit();
        self.heap = gained.into();
    }

    /// The best of the heap and what the second gains, both up to date.
    fn settle(&mut self, gain: &impl Fn(u32) -> Option<T>) -> (Option<Gained<T>>, T) {
        let Some(best) = self.settle_top(None, gain) else { return (None, T::default()) };
        self.heap.pop();
        let second = self.settle_top(Some(best.1), gain).map_or_else(T::default, |x| x.0);
        self.heap.push(best);
        (Some(best), second)
    }

    /// Brings the heap's top up to date and answers it. Arcs that gain nothing any more, and doubles of `taken`, are dropped.
    fn settle_top(&mut self, taken: Option<u32>, gain: &impl Fn(u32) -> Option<T>) -> Option<Gained<T>> {
        while let Some(mut top) = self.heap.peek_mut() {
            match gain(top.1).filter(|_| taken != Some(top.1)) {
                Some(gain) if gain == top.0 => return Some(*top),
                Some(gain) => top.0 = gain,
                None => drop(PeekMut::pop(top)),
            }
        }
        None
    }
}

const _: () = assert!(LONG / PART >= 2, "the best and the second best are in what is kept");

#[cfg(test)]
mod tests {
    use super::super::dice::Dice;
    use super::*;

    /// Prices rise, and arcs fill up and open again, as in an auction: it answers what reading all of them would.
    #[test]
    fn a_part_of_the_row_answers_what_the_whole_row_would() {
        let (mut dice, arcs) = (Dice(5), 300usize);
        for _ in 0..20 {
            let mut gains: Vec<i64> = (0..arcs).map(|_| i64::try_from(dice.below(400)).unwrap()).collect();
            let mut open = vec![true; arcs];
            let mut long = Long::new(0..u32::try_from(arcs).unwrap());
            for _ in 0..2_000 {
                let now = |at: usize| (gains[at] > 0 && open[at]).then_some(gains[at]);
                let mut all: Vec<_> = (0..arcs).filter_map(|at| Some((now(at)?, u32::try_from(at).unwrap()))).collect();
                all.sort_unstable_by(|a, b| b.cmp(a));
                let second = all.get(1).map_or(0, |x| x.0);
                let best = all.first().map(|x| (x.1, second));
                assert_eq!(long.best(|arc| now(usize::try_from(arc).unwrap())), best);
                let Some((arc, _)) = best else { break };
                let at = usize::try_from(arc).unwrap();
                if dice.below(3) == 0 {
                    open[at] = false;
                } else {
                    gains[at] -= i64::try_from(dice.below(60)).unwrap();
                }
                let other = dice.below(arcs);
                if !std::mem::replace(&mut open[other], true) && gains[other] > 0 {
                    long.reopen(u32::try_from(other).unwrap(), gains[other]);
                }
            }
        }
    }
}
