//! Needs, filed under the rarest skill that each insists on, and there in stretches by the next that it requires; the most urgent
//! stretches come first in a file, and the most urgent needs in a stretch. What is new waits in an unsorted tail; a file is put in
//! order when its tail has grown, or when much of it is gone.

use super::{u32_of, usize_of};
use crate::features::matching::score::{
    Constants, Need, NeedCard, Person, PersonTable, Term, Weights, excludes_everybody,
};
use std::collections::HashMap;
use std::mem;

mod asker;
mod entry;
mod file;
mod hunt;

use asker::Asker;
use entry::Row;
use file::{File, OldWeights};
use hunt::Hunt;

/// So many rows may be gone before a file is put in order, and a quarter of it.
const SLACK: usize = 16;
/// So many rows may wait unsorted, and a part of the file: every question has to look at them one by one.
const TAIL: (usize, usize) = (4, 32);
/// The place of a row that is gone.
const NOWHERE: u32 = u32::MAX;

/// Where a need is filed: which file, and where in it; rows of the tail are counted behind the sorted ones.
#[derive(Debug, Clone, Copy)]
struct Spot {
    file: u32,
    at: u32,
}

const UNFILED: Spot = Spot { file: NOWHERE, at: NOWHERE };

/// The zones that needs ask for: each combination once.
#[derive(Debug, Default)]
struct Zones {
    numbers: HashMap<(Option<u64>, Vec<i32>), u16>,
    /// Wanted overlap in minutes, and offsets from UTC.
    list: Vec<(Option<f64>, Vec<i32>)>,
}

impl Zones {
    /// The number of the need's zones; one that is not in the list when there are too many.
    fn number(&mut self, card: &NeedCard) -> u16 {
        let key = (card.overlap.map(f64::to_bits), card.offsets.clone());
        if let Some(number) = self.numbers.get(&key) {
            return *number;
        }
        let number = u16::try_from(self.list.len()).unwrap_or(u16::MAX);
        if number < u16::MAX {
            self.numbers.insert(key, number);
            self.list.push((card.overlap, card.offsets.clone()));
        }
        number
    }
}

/// Needs by the skills that they can't do without; the first file is for those that insist on none.
#[derive(Debug, Default)]
pub(in super::super) struct NeedIndex {
    files: Vec<File>,
    /// By place on the shelf.
    spots: Vec<Spot>,
    zones: Zones,
    old: OldWeights,
}

impl NeedIndex {
    /// Files the need at this place, which is the next one or one that was filed before.
    pub(in super::super) fn put(
        &mut self,
        place: usize,
        need: Need<'_>,
        constants: &Constants,
        askers: impl Fn(Term) -> u32,
    ) {
        self.file(place, need, constants, askers);
        if let Some(Spot { file, .. }) = self.spots.get(place).copied() {
            self.settle(file, |file| file.tail() > TAIL.0 + file.sorted / TAIL.1);
        }
    }

    /// Files it as [`Self::put`] does, and leaves the file in no order: for many, with [`Self::settle_all`] after them.
    pub(in super::super) fn file(
        &mut self,
        place: usize,
        need: Need<'_>,
        constants: &Constants,
        askers: impl Fn(Term) -> u32,
    ) {
        self.unfile(place);
        if place >= self.spots.len() {
            self.spots.push(UNFILED);
        }
        if excludes_everybody(need) {
            return;
        }
        let row = Row::new(place, need, self.zones.number(need.card), constants, askers);
        let number = u32::from(row.keys().first);
        if self.files.len() <= usize_of(number) {
            self.files.resize_with(usize_of(number) + 1, File::default);
        }
        let Some(file) = self.files.get_mut(usize_of(number)) else { return };
        if let Some(spot) = self.spots.get_mut(place) {
            *spot = Spot { file: number, at: u32_of(file.rows.len()) };
        }
        file.push(row, &self.old);
    }

    /// Puts every file in order, after many needs were filed.
    pub(in super::super) fn settle_all(&mut self) {
        (0..u32_of(self.files.len())).for_each(|number| self.settle(number, |file| file.tail() > 0));
    }

    /// Makes the bounds anew after many changes.
    pub(in super::super) fn keep_up(&mut self, weights: impl FnOnce() -> Weights) {
        self.old.changes += 1;
        if self.old.changes > SLACK + self.spots.len() / 4 {
            self.weigh(weights());
        }
    }

    /// Makes the bounds by these weights from now on.
    pub(in super::super) fn weigh(&mut self, weights: Weights) {
        self.old = OldWeights { weights: Some(weights), changes: 0 };
        self.files.iter_mut().for_each(|file| file.measure(&self.old));
    }

    /// How much more than another any skill weighs at most, against when the bounds were made; infinite: there are none.
    pub(in super::super) fn drift(&self, weights: &Weights) -> f64 {
        self.old.weights.as_ref().map_or(f64::INFINITY, |old| weights.drift(old) * old.drift(weights))
    }

    /// Takes the row of this place out of its file.
    fn unfile(&mut self, place: usize) {
        let Some(spot) = self.spots.get_mut(place).map(|spot| mem::replace(spot, UNFILED)) else { return };
        let Some(file) = self.files.get_mut(usize_of(spot.file)) else { return };
        let at = usize_of(spot.at);
        if at < file.sorted {
            if let Some(row) = file.rows.get_mut(at) {
                row.place = NOWHERE;
                file.gone += 1;
            }
            self.settle(spot.file, |file| file.gone > SLACK + file.sorted / 4);
        } else if at < file.rows.len() {
            file.rows.swap_remove(at);
            let moved = file.rows.get(at).map(|moved| usize_of(moved.place));
            if let Some(slot) = moved.and_then(|moved| self.spots.get_mut(moved)) {
                slot.at = spot.at;
            }
        }
    }

    fn settle(&mut self, number: u32, is_due: impl Fn(&File) -> bool) {
        let Some(file) = self.files.get_mut(usize_of(number)).filter(|file| is_due(file)) else { return };
        let spots = &mut self.spots;
        file.settle(&self.old, |place, at| {
            if let Some(spot) = spots.get_mut(usize_of(place)) {
                spot.at = at;
            }
        });
    }

    /// Forgets the need at this place; the last one takes its place.
    pub(in super::super) fn take(&mut self, place: usize) {
        self.unfile(place);
        if place >= self.spots.len() {
            return;
        }
        self.spots.swap_remove(place);
        if let Some(moved) = self.spots.get(place).copied()
            && let Some(row) =
                self.files.get_mut(usize_of(moved.file)).and_then(|file| file.rows.get_mut(usize_of(moved.at)))
        {
            row.place = u32_of(place);
        }
    }

    /// Forgets every need, but not what skills weighed: the bounds of those that are put back are made with that.
    pub(in super::super) fn clear(&mut self) {
        self.files.clear();
        self.spots.clear();
        self.zones = Zones::default();
    }

    /// Makes ready what the person could score at most.
    pub(in super::super) fn asker<'a>(
        &self,
        person: Person<'_>,
        rule: (&'a PersonTable, &'a Weights, f64),
        constants: &'a Constants,
        with_dependency: bool,
    ) -> Asker<'a> {
        Asker::new(&self.zones, person, rule, constants, with_dependency)
    }

    /// Begins to look for needs that the person could be eligible for.
    pub(in super::super) fn hunt<'a>(&'a self, asker: &'a Asker<'a>) -> Hunt<'a> {
        Hunt::new(asker, &self.files)
    }

    /// Bytes that it takes, by what its lists have room for.
    pub(in super::super) fn bytes(&self) -> usize {
        let unused = self.files.capacity() - self.files.len();
        self.files.iter().map(File::bytes).sum::<usize>()
            + unused * size_of::<File>()
            + self.spots.capacity() * size_of::<Spot>()
    }
}
