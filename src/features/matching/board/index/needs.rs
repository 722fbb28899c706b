//! Needs, filed under the rarest skill that each insists on, and there in stretches by the second rarest; the most urgent come
//! first in a stretch. What is new waits in an unsorted tail; a file is put in order when its tail has grown, or when much of it
//! is gone.

use super::{round_up, u32_of, usize_of};
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
use entry::{Head, entry, quarters};
use file::{File, OldWeights};
use hunt::{Hunt, Lead};

/// So many rows may wait unsorted before a file is put in order, and a sixteenth of the file; or be gone, and a quarter of it.
const SLACK: usize = 16;
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
            self.settle(file, |file| file.tail() > SLACK + file.sorted / 16);
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
        let head = self.head(need);
        let entry = entry(place, need, constants, askers);
        let (number, _) = entry.keys();
        if self.files.len() <= usize_of(number) {
            self.files.resize_with(usize_of(number) + 1, File::default);
        }
        let Some(file) = self.files.get_mut(usize_of(number)) else { return };
        if let Some(spot) = self.spots.get_mut(place) {
            *spot = Spot { file: number, at: u32_of(file.entries.len()) };
        }
        file.heads.push(head);
        file.entries.push(entry);
    }

    /// Puts every file in order, after many needs were filed.
    pub(in super::super) fn settle_all(&mut self) {
        (0..u32_of(self.files.len())).for_each(|number| self.settle(number, |file| file.tail() > 0));
    }

    fn head(&mut self, Need { card, .. }: Need<'_>) -> Head {
        Head {
            prior: round_up((card.priority + card.balance).get()),
            zones: self.zones.number(card),
            quarters: quarters(card.hours),
            kind: u8::try_from(card.kind.trailing_zeros()).unwrap_or(u8::MAX),
        }
    }

    /// Makes the bounds anew after many changes.
    pub(in super::super) fn keep_up(&mut self, weights: impl FnOnce() -> Weights) {
        self.old.changes += 1;
        if self.old.changes > SLACK + self.spots.len() / 4 {
            self.old = OldWeights { weights: Some(weights()), changes: 0 };
            self.files.iter_mut().for_each(|file| file.measure(&self.old));
        }
    }

    /// How much more any skill weighs at most than when the bounds were made; infinite: there are none.
    pub(in super::super) fn drift(&self, weights: &Weights) -> f64 {
        self.old.weights.as_ref().map_or(f64::INFINITY, |old| weights.drift(old))
    }

    /// Takes the row of this place out of its file.
    fn unfile(&mut self, place: usize) {
        let Some(spot) = self.spots.get_mut(place).map(|spot| mem::replace(spot, UNFILED)) else { return };
        let Some(file) = self.files.get_mut(usize_of(spot.file)) else { return };
        let at = usize_of(spot.at);
        if at < file.sorted {
            if let Some(entry) = file.entries.get_mut(at) {
                entry.place = NOWHERE;
                file.gone += 1;
            }
            self.settle(spot.file, |file| file.gone > SLACK + file.sorted / 4);
        } else if at < file.entries.len() {
            file.heads.swap_remove(at);
            file.entries.swap_remove(at);
            let moved = file.entries.get(at).map(|moved| usize_of(moved.place));
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
            && let Some(entry) =
                self.files.get_mut(usize_of(moved.file)).and_then(|file| file.entries.get_mut(usize_of(moved.at)))
        {
            entry.place = u32_of(place);
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
        let (mut leads, mut tails) = (Vec::new(), Vec::new());
        for number in asker.files() {
            let Some(file) = self.files.get(usize_of(number)) else { continue };
            let near = (0..).zip(&file.seconds).zip(&file.stretches).filter(|((_, second), _)| asker.is_near(**second));
            for ((at, second), stretch) in near {
                let Some(required) = asker.required([number, *second], stretch) else { continue };
                let most = f64::from(stretch.prior) + asker.beside() + required;
                leads.push(Lead { most, required, rows: file.rows(at, stretch) });
            }
            // The tail is in no order: its rows stand for themselves, and wait for a bar.
            if file.tail() > 0 {
                tails.push(file.rows_at(file.sorted..file.entries.len()));
            }
        }
        Hunt { asker, leads, tails }
    }
}
