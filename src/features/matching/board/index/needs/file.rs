//! The needs of one rarest skill, and the bounds of those that are alike.

use super::super::{part_up, round_up, usize_of};
use super::NOWHERE;
use super::entry::{Keys, LEVELS, Prior, Row, Skills};
use crate::features::matching::score::Weights;
use std::cmp::Reverse;

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
    /// What is alike among the sorted ones: first where the second skill is insisted on, and in either part the most urgent first, ...
    stretches: Vec<Stretch>,
    /// ... and where the rows of each are.
    places: Vec<(u32, u32)>,
    /// So many of the stretches come first whose second skill is insisted on.
    firm: usize,
}

/// What no row exceeds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Top {
    /// Points that are the same for everybody.
    pub(super) prior: f64,
    /// The share that the required skills beside the keys have in what all of them weigh, by the index's own weights, in 255ths: as
    /// in the stretches, which no part may promise less than.
    pub(super) rest: u8,
    /// The share that the second key has in what both keys weigh.
    pub(super) tilt: f32,
    /// The least level at which the first skill is wanted.
    pub(super) level: u8,
}

impl Default for Top {
    fn default() -> Self {
        Self { prior: f64::NEG_INFINITY, rest: 0, tilt: 0.0, level: u8::MAX }
    }
}

impl Top {
    fn raise(&mut self, prior: f64, level: u8, rest: f32, tilt: f32) {
        self.prior = self.prior.max(prior);
        self.rest = self.rest.max(part_up(rest.into()));
        self.tilt = self.tilt.max(tilt);
        self.level = self.level.min(level);
    }

    /// Whether there is anything.
    pub(super) fn is_empty(&self) -> bool {
        self.level == u8::MAX
    }
}

/// Rows that are filed under the same two skills. Most are passed over without a look at anything else, so they are small: ten to a
/// line of the processor's cache.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch {
    /// The key of the second skill.
    pub(super) second: u16,
    /// As in [`Top`].
    pub(super) prior: Prior,
    /// As in [`Top`].
    pub(super) rest: u8,
    /// The least levels at which the rows want the two skills, the first in the upper half.
    levels: u8,
}

impl Stretch {
    fn new(second: u16, prior: Prior, [low, high]: [u8; 2], rest: f32) -> Self {
        Self { second, prior, rest: part_up(rest.into()), levels: low << HALF | high }
    }

    /// The least levels at which the rows want the two skills.
    pub(super) fn levels(self) -> [u8; 2] {
        [self.levels >> HALF, self.levels & ((1 << HALF) - 1)]
    }

    /// Takes in another row, which is no more urgent.
    fn raise(&mut self, [low, high]: [u8; 2], rest: f32) {
        let [first, second] = self.levels();
        *self = Self {
            rest: self.rest.max(part_up(rest.into())),
            levels: first.min(low) << HALF | second.min(high),
            ..*self
        };
    }
}

/// Bits for one of two numbers in a byte.
const HALF: u32 = 4;
const _: () = assert!(LEVELS <= 1 << HALF);

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
        self.stretches.clear();
        self.places.clear();
        (self.tops, self.tail_top, self.firm) = ([Top::default(); 2], Top::default(), 0);
        let mut last = None;
        let mut found: Vec<(Keys, Stretch, (u32, u32))> = Vec::new();
        for (row, at) in self.rows.iter().take(self.sorted).zip(0..) {
            let (keys, levels, (rest, tilt)) = (row.keys(), row.levels(), old.shares(row, row.key_count()));
            let [level, _] = levels;
            let [firm, loose] = &mut self.tops;
            let top = if keys.is_loose { loose } else { firm };
            top.raise(row.prior.points(), level, rest, tilt);
            if last.replace(keys) != Some(keys) {
                found.push((keys, Stretch::new(keys.second, row.prior, levels, rest), (at, at + 1)));
            } else if let Some((_, stretch, (_, until))) = found.last_mut() {
                stretch.raise(levels, rest);
                *until = at + 1;
            }
        }
        found.sort_by_key(|(keys, stretch, _)| (keys.is_loose, Reverse(stretch.prior)));
        self.firm = found.partition_point(|(keys, ..)| !keys.is_loose);
        self.stretches.extend(found.iter().map(|(_, stretch, _)| *stretch));
        self.places.extend(found.iter().map(|(_, _, places)| *places));
        let tail = self.rows.split_off(self.sorted);
        for row in tail {
            self.push(row, old);
        }
    }

    /// The stretches whose second skill is insisted on, or the others, the most urgent first; and the number of the first.
    pub(super) fn stretches(&self, is_loose: bool) -> (usize, &[Stretch]) {
        let part = if is_loose { self.firm..self.stretches.len() } else { 0..self.firm };
        (part.start, self.stretches.get(part).unwrap_or_default())
    }

    /// The rows of a stretch.
    pub(super) fn rows_of(&self, number: usize) -> &[Row] {
        let (from, until) = self.places.get(number).copied().unwrap_or_default();
        self.rows.get(usize_of(from)..usize_of(until)).unwrap_or_default()
    }

    /// Bytes that it takes, itself included.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>()
            + self.rows.capacity() * size_of::<Row>()
            + self.stretches.capacity() * size_of::<Stretch>()
            + self.places.capacity() * size_of::<(u32, u32)>()
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
        let share = |part: f64, all: f64| match (part > 0.0, all > 0.0) {
            (_, false) => 1.0,
            // Nothing is nothing, and often: rounded up it would be a part.
            (false, true) => 0.0,
            (true, true) => round_up(part / all).min(1.0),
        };
        let second = if row.insisted > 0 { weight(1) } else { weight(0) };
        (share(others, of_keys + others), share(second, of_keys))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_keeps_the_least_levels_and_the_most_of_the_rest() {
        let prior = Prior::new(3.0);
        let mut stretch = Stretch::new(7, prior, [2, 5], 0.25);
        assert_eq!((stretch.levels(), stretch.rest), ([2, 5], 64));
        stretch.raise([3, 1], 0.5);
        assert_eq!((stretch.levels(), stretch.rest), ([2, 1], 128));
        stretch.raise([1, 4], 0.0);
        assert_eq!((stretch.levels(), stretch.rest, stretch.prior, stretch.second), ([1, 1], 128, prior, 7));
    }
}
