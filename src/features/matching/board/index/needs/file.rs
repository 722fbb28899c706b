//! The needs of one rarest skill, and the bounds of those that are alike.

use super::super::{round_up, usize_of};
use super::NOWHERE;
use super::entry::{Entry, Head};
use crate::features::matching::score::Weights;
use std::ops::Range;

/// The needs of one rarest skill: the sorted ones, by second skill and the most urgent first, and behind them what came since.
#[derive(Debug, Default)]
pub(super) struct File {
    pub(super) heads: Vec<Head>,
    pub(super) entries: Vec<Entry>,
    /// How many are sorted, ...
    pub(super) sorted: usize,
    /// ... and how many of those are gone.
    pub(super) gone: usize,
    /// The second skill of each stretch, ...
    pub(super) seconds: Vec<u32>,
    /// ... and what else is to know of it.
    pub(super) stretches: Vec<Stretch>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch {
    /// Where its rows begin.
    pub(super) from: u32,
    /// The most points that are the same for everybody.
    pub(super) prior: f32,
    /// The least levels at which the rows want the two skills.
    pub(super) levels: [u8; 2],
    /// The most that the other required skills of one of the rows weigh, by the index's own weights.
    pub(super) others: f32,
}

impl File {
    pub(super) fn tail(&self) -> usize {
        self.entries.len() - self.sorted
    }

    /// Puts everything in order; tells each row's place and where it is now.
    pub(super) fn settle(&mut self, old: &OldWeights, mut moved: impl FnMut(u32, u32)) {
        let mut rows: Vec<(Head, Entry)> = self.heads.drain(..).zip(self.entries.drain(..)).collect();
        rows.retain(|(_, entry)| entry.place != NOWHERE);
        // A stable sort takes what is in order already as it is.
        rows.sort_by(|(a, one), (b, other)| (one.keys().1.cmp(&other.keys().1)).then(b.prior.total_cmp(&a.prior)));
        rows.iter().zip(0..).for_each(|((_, entry), at)| moved(entry.place, at));
        (self.heads, self.entries) = rows.into_iter().unzip();
        (self.sorted, self.gone) = (self.entries.len(), 0);
        self.measure(old);
    }

    /// Says anew where the stretches begin, and what is in them.
    pub(super) fn measure(&mut self, old: &OldWeights) {
        self.seconds.clear();
        self.stretches.clear();
        for ((head, entry), from) in self.heads.iter().zip(&self.entries).take(self.sorted).zip(0..) {
            let ((_, second), levels, others) = (entry.keys(), entry.levels(), old.others(entry));
            if self.seconds.last() != Some(&second) {
                self.seconds.push(second);
                self.stretches.push(Stretch { from, prior: head.prior, levels, others });
            } else if let Some(stretch) = self.stretches.last_mut() {
                stretch.others = stretch.others.max(others);
                for (least, level) in stretch.levels.iter_mut().zip(levels) {
                    *least = level.min(*least);
                }
            }
        }
    }

    /// The rows of a stretch.
    pub(super) fn rows(&self, number: usize, stretch: &Stretch) -> Rows<'_> {
        let until = self.stretches.get(number + 1).map_or(self.sorted, |next| usize_of(next.from));
        self.rows_at(usize_of(stretch.from)..until)
    }

    pub(super) fn rows_at(&self, range: Range<usize>) -> Rows<'_> {
        Rows {
            heads: self.heads.get(range.clone()).unwrap_or_default(),
            entries: self.entries.get(range).unwrap_or_default(),
        }
    }
}

/// Some rows of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows<'a> {
    pub(super) heads: &'a [Head],
    pub(super) entries: &'a [Entry],
}

impl Rows<'_> {
    /// The first so many, and the others.
    pub(super) fn split_at(self, many: usize) -> (Self, Self) {
        let many = many.min(self.heads.len()).min(self.entries.len());
        let ((heads, more), (entries, others)) = (self.heads.split_at(many), self.entries.split_at(many));
        (Self { heads, entries }, Self { heads: more, entries: others })
    }
}

/// What skills weighed when the index last looked. Weights change with every need; the stretches' bounds are made with these,
/// and stretched by how much any skill weighs more by now.
#[derive(Debug, Default)]
pub(super) struct OldWeights {
    pub(super) weights: Option<Weights>,
    /// Needs that came or went since.
    pub(super) changes: usize,
}

impl OldWeights {
    pub(super) fn others(&self, entry: &Entry) -> f32 {
        let Some(weights) = &self.weights else { return f32::INFINITY };
        let listed: f64 = entry.others().iter().map(|wanted| weights.of(Some(wanted.term()))).sum();
        round_up(listed + f64::from(entry.unlisted.0) * weights.most())
    }
}
