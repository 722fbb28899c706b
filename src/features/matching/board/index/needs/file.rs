//! The needs of one rarest skill, and the bounds of those that are alike.

use super::super::{round_up, usize_of};
use super::NOWHERE;
use super::entry::{Keys, Prior, Row, Skills};
use crate::features::matching::score::Weights;
use std::cmp::Reverse;
use std::ops::Range;

/// The needs of one rarest skill: the sorted ones, by second skill and the most urgent first, and behind them what came since.
#[derive(Debug, Default)]
pub(super) struct File {
    /// What is most among rows whose second skill is insisted on, and among the others.
    pub(super) tops: [Top; 2],
    /// What is most among the rows of the tail, whatever their second skill is.
    pub(super) tail_top: Top,
    pub(super) rows: Vec<Row>,
    /// How many are sorted, ...
    pub(super) sorted: usize,
    /// ... and how many of those are gone.
    pub(super) gone: usize,
    /// The second skill of each stretch, ...
    seconds: Vec<u16>,
    /// ... and what else is to know of it.
    stretches: Vec<Stretch>,
    /// So many of the stretches come first whose second skill is insisted on.
    firm: usize,
}

/// What no row exceeds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Top {
    /// Points that are the same for everybody.
    pub(super) prior: f64,
    /// The share that the required skills beside the keys have in what all of them weigh, by the index's own weights.
    pub(super) rest: f32,
    /// The share that the second key has in what both keys weigh.
    pub(super) tilt: f32,
    /// The least level at which the first skill is wanted.
    pub(super) level: u8,
}

impl Default for Top {
    fn default() -> Self {
        Self { prior: f64::NEG_INFINITY, rest: 0.0, tilt: 0.0, level: u8::MAX }
    }
}

impl Top {
    fn raise(&mut self, prior: f64, level: u8, rest: f32, tilt: f32) {
        self.prior = self.prior.max(prior);
        self.rest = self.rest.max(rest);
        self.tilt = self.tilt.max(tilt);
        self.level = self.level.min(level);
    }

    /// Whether there is anything.
    pub(super) fn is_empty(&self) -> bool {
        self.level == u8::MAX
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch {
    /// Where its rows begin.
    from: u32,
    /// As in [`Top`].
    pub(super) rest: f32,
    /// The most of these points, here too: most stretches are passed over without a look at their rows.
    pub(super) prior: Prior,
    /// The least levels at which the rows want the two skills.
    pub(super) levels: [u8; 2],
}

impl File {
    pub(super) fn tail(&self) -> usize {
        self.rows.len() - self.sorted
    }

    /// Adds a row to the tail.
    pub(super) fn push(&mut self, row: Row, old: &OldWeights) {
        let (rest, _) = old.shares(&row, usize::from(row.insisted.min(1)));
        let [level, _] = row.levels();
        self.tail_top.raise(row.prior.points(), level, rest, 0.0);
        self.rows.push(row);
    }

    /// Puts everything in order; tells each row's place and where it is now.
    pub(super) fn settle(&mut self, old: &OldWeights, mut moved: impl FnMut(u32, u32)) {
        self.rows.retain(|row| row.place != NOWHERE);
        let order = |row: &Row| {
            let Keys { is_loose, second, .. } = row.keys();
            (is_loose, second, Reverse(row.prior))
        };
        // A stable sort takes what is in order already as it is.
        self.rows.sort_by_key(order);
        self.rows.iter().zip(0..).for_each(|(row, at)| moved(row.place, at));
        (self.sorted, self.gone) = (self.rows.len(), 0);
        self.measure(old);
    }

    /// Says anew where the stretches begin, and what is in them.
    pub(super) fn measure(&mut self, old: &OldWeights) {
        self.seconds.clear();
        self.stretches.clear();
        (self.tops, self.tail_top, self.firm) = ([Top::default(); 2], Top::default(), 0);
        let mut last = None;
        for (row, from) in self.rows.iter().take(self.sorted).zip(0..) {
            let (keys, levels, (rest, tilt)) = (row.keys(), row.levels(), old.shares(row, row.key_count()));
            let [level, _] = levels;
            let [firm, loose] = &mut self.tops;
            let top = if keys.is_loose { loose } else { firm };
            top.raise(row.prior.points(), level, rest, tilt);
            if last.replace(keys) != Some(keys) {
                self.seconds.push(keys.second);
                self.stretches.push(Stretch { from, rest, prior: row.prior, levels });
                self.firm += usize::from(!keys.is_loose);
            } else if let Some(stretch) = self.stretches.last_mut() {
                stretch.rest = stretch.rest.max(rest);
                for (least, level) in stretch.levels.iter_mut().zip(levels) {
                    *least = level.min(*least);
                }
            }
        }
        let tail = self.rows.split_off(self.sorted);
        for row in tail {
            self.push(row, old);
        }
    }

    /// Where the stretches are whose second skill is insisted on, or the others.
    fn part(&self, is_loose: bool) -> Range<usize> {
        if is_loose { self.firm..self.seconds.len() } else { 0..self.firm }
    }

    /// The second skill of each stretch of a part, with its number.
    pub(super) fn seconds(&self, is_loose: bool) -> impl Iterator<Item = (usize, u16)> {
        let part = self.part(is_loose);
        (part.start..).zip(self.seconds.get(part).unwrap_or_default().iter().copied())
    }

    /// A stretch, and its rows.
    pub(super) fn stretch(&self, number: usize) -> Option<(&Stretch, Range<usize>)> {
        let stretch = self.stretches.get(number)?;
        let until = self.stretches.get(number + 1).map_or(self.sorted, |next| usize_of(next.from));
        Some((stretch, usize_of(stretch.from)..until))
    }

    /// Bytes that it takes, itself included.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>()
            + self.rows.capacity() * size_of::<Row>()
            + self.seconds.capacity() * size_of::<u16>()
            + self.stretches.capacity() * size_of::<Stretch>()
    }
}

/// What skills weighed when the index last looked. Weights change with every need; the stretches' bounds are made with these,
/// and stretched by how much more than others any skill weighs by now.
#[derive(Debug, Default)]
pub(super) struct OldWeights {
    pub(super) weights: Option<Weights>,
    /// Needs that came or went since.
    pub(super) changes: usize,
}

impl OldWeights {
    /// The share that the required skills behind the first so many have in what all weigh, and that the second of two has in
    /// what both weigh, or the only one where it is not insisted on. Never less than they are.
    fn shares(&self, row: &Row, keys: usize) -> (f32, f32) {
        let Skills { listed, unlisted } = row.required();
        let (Some(weights), Some(unlisted)) = (&self.weights, unlisted) else { return (1.0, 1.0) };
        let weight = |at: usize| listed.get(at).map_or(0.0, |wanted| weights.of(Some(wanted.term())));
        let of_keys: f64 = (0..keys).map(weight).sum();
        let others = (keys..listed.len()).map(weight).sum::<f64>() + f64::from(unlisted) * weights.most();
        let share = |part: f64, all: f64| if all > 0.0 { round_up(part / all).min(1.0) } else { 1.0 };
        let second = if row.insisted > 0 { weight(1) } else { weight(0) };
        (share(others, of_keys + others), share(second, of_keys))
    }
}
