//! People, filed under each skill that they have or are learning; and of each what a bound needs to know, in one row.

use super::{Hope, u32_of, usize_of};
use crate::features::matching::score::{Constants, Held, Need, NeedTable, Person, Term, excludes_from_everything};
use std::mem;

mod bits;
mod seeker;

use bits::Bits;
use seeker::Seeker;

/// Where a row is filed: which file, and where in it.
#[derive(Debug, Clone, Copy, Default)]
struct Spot {
    file: u32,
    at: u32,
}

/// A skill that somebody has, in one word: its number, the level, whether they are only learning it, and how far it is proven.
#[derive(Debug, Clone, Copy)]
struct Packed(u32);

const PROVEN_BITS: u32 = 8;
const LEVEL_BITS: u32 = 3;
/// Below this number a skill can be packed.
const TERMS: Term = 1 << (u32::BITS - PROVEN_BITS - LEVEL_BITS - 1);

impl Packed {
    /// None for a skill whose number is too large.
    fn new(held: &Held) -> Option<Self> {
        let term = held.term.filter(|term| *term < TERMS)?;
        let word = (term << LEVEL_BITS | u32::from(held.level)) << 1 | u32::from(held.learning);
        Some(Self(word << PROVEN_BITS | u32::from(part_up(held.proven))))
    }

    fn term(self) -> Term {
        self.0 >> (PROVEN_BITS + 1 + LEVEL_BITS)
    }

    fn level(self) -> u8 {
        u8::try_from(self.0 >> (PROVEN_BITS + 1) & ((1 << LEVEL_BITS) - 1)).unwrap_or(0)
    }

    fn is_learning(self) -> bool {
        self.0 >> PROVEN_BITS & 1 == 1
    }

    /// How far it is proven at most, 0 to 1.
    fn proven(self) -> f64 {
        f64::from(self.0 & ((1 << PROVEN_BITS) - 1)) / f64::from(u8::MAX)
    }
}

/// A share in 255ths, never less than it is.
#[expect(clippy::as_conversions, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
fn part_up(share: f64) -> u8 {
    (share * f64::from(u8::MAX)).ceil() as u8
}

/// What the bound needs to know of a person.
#[derive(Debug, Clone, Copy)]
struct Row {
    /// Where the skills are in the list of all.
    from: u32,
    skills: u32,
    /// Offered hours a week.
    hours: f32,
    /// Offset from UTC in minutes.
    offset: Option<i32>,
    /// The bits of the kinds that the person likes.
    kinds: u32,
    /// Whether domains are among the person's interests; none: there are no interests.
    domains: Option<bool>,
    /// Whether the employer depends on anything.
    depends: bool,
    /// Whether some skill is not in the list.
    unlisted: bool,
}

/// People by each skill that they have or are learning.
#[derive(Debug, Default)]
pub(in super::super) struct PersonIndex {
    files: Vec<Vec<u32>>,
    /// By place on the shelf: where the person is filed.
    spots: Vec<Vec<Spot>>,
    /// By place on the shelf; none for people whom something excludes from every need.
    rows: Vec<Option<Row>>,
    skills: Vec<Packed>,
    /// Skills in the list that no row has any more.
    gone: usize,
}

impl PersonIndex {
    /// Files the person at this place, which is the next one or one that was filed before.
    pub(in super::super) fn put(&mut self, place: usize, person: Person<'_>, constants: &Constants) {
        self.unfile(place);
        if place >= self.rows.len() {
            self.spots.push(Vec::new());
            self.rows.push(None);
        }
        if excludes_from_everything(constants, person) {
            return;
        }
        let card = person.card;
        let mut files: Vec<u32> = card.held.iter().filter_map(|held| held.term).collect();
        files.sort_unstable();
        files.dedup();
        let mut spots = Vec::with_capacity(files.len());
        for file in files {
            let at = usize_of(file);
            if self.files.len() <= at {
                self.files.resize_with(at + 1, Vec::new);
            }
            if let Some(list) = self.files.get_mut(at) {
                spots.push(Spot { file, at: u32_of(list.len()) });
                list.push(u32_of(place));
            }
        }
        let from = self.skills.len();
        self.skills.extend(card.held.iter().filter_map(Packed::new));
        let skills = self.skills.len() - from;
        let row = Row {
            from: u32_of(from),
            skills: u32_of(skills),
            hours: super::round_up(card.calendar.offered()),
            offset: card.offset,
            kinds: card.kinds,
            domains: card.has_interests.then_some(!card.domains.is_empty()),
            depends: person.facts.employer.as_ref().is_some_and(|employer| !employer.depends_on.is_empty()),
            unlisted: skills < card.held.len(),
        };
        if let (Some(old_spots), Some(old_row)) = (self.spots.get_mut(place), self.rows.get_mut(place)) {
            (*old_spots, *old_row) = (spots, Some(row));
        }
        if self.gone > self.skills.len() / 2 {
            self.pack();
        }
    }

    /// Leaves out the skills that no row has any more.
    fn pack(&mut self) {
        let old = mem::take(&mut self.skills);
        self.skills.reserve(old.len() - self.gone);
        for row in self.rows.iter_mut().flatten() {
            let from = usize_of(row.from);
            row.from = u32_of(self.skills.len());
            self.skills.extend(old.get(from..from + usize_of(row.skills)).unwrap_or_default());
        }
        self.gone = 0;
    }

    fn unfile(&mut self, place: usize) {
        let spots = self.spots.get_mut(place).map(mem::take).unwrap_or_default();
        for spot in spots {
            let Some(list) = self.files.get_mut(usize_of(spot.file)) else { continue };
            let at = usize_of(spot.at);
            if at >= list.len() {
                continue;
            }
            list.swap_remove(at);
            let moved = list.get(at).and_then(|moved| self.spots.get_mut(usize_of(*moved)));
            if let Some(slot) = moved.and_then(|spots| spots.iter_mut().find(|one| one.file == spot.file)) {
                slot.at = spot.at;
            }
        }
        if let Some(row) = self.rows.get_mut(place).and_then(Option::take) {
            self.gone += usize_of(row.skills);
        }
    }

    /// Forgets the person at this place; the last one takes their place.
    pub(in super::super) fn take(&mut self, place: usize) {
        self.unfile(place);
        if place >= self.spots.len() {
            return;
        }
        self.spots.swap_remove(place);
        self.rows.swap_remove(place);
        for spot in self.spots.get(place).into_iter().flatten() {
            let entry = self.files.get_mut(usize_of(spot.file)).and_then(|list| list.get_mut(usize_of(spot.at)));
            if let Some(entry) = entry {
                *entry = u32_of(place);
            }
        }
    }

    /// Forgets everything.
    pub(in super::super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Begins to look for people who could be eligible for the need.
    pub(in super::super) fn hopes(
        &self,
        need: Need<'_>,
        table: &NeedTable<'_>,
        constants: &Constants,
        with_dependency: bool,
    ) -> Hopes<'_> {
        let seeker = Seeker::new(need, table, constants, with_dependency);
        let insisted = |at: &usize| {
            need.card.wants.get(*at).is_some_and(|want| want.required && want.level >= constants.blocking_level)
        };
        let all = 0..need.card.wants.len();
        let mut lists: Vec<&[Term]> = all.clone().filter(insisted).map(|at| table.near(at)).collect();
        let length = |terms: &&[Term]| terms.iter().map(|term| self.file(*term).len()).sum::<usize>();
        lists.sort_by_cached_key(length);
        let is_open = lists.is_empty();
        let mut found = Bits::new(self.rows.len());
        if is_open {
            // Whoever comes near anything first: what the others could score at most is little.
            all.flat_map(|at| table.near(at)).for_each(|term| found.add(self.file(*term)));
        }
        let mut near = Bits::new(self.rows.len());
        for (n, terms) in lists.into_iter().enumerate() {
            near.clear();
            for term in terms {
                near.add(self.file(*term));
            }
            if n == 0 { mem::swap(&mut found, &mut near) } else { found.keep(&near) }
        }
        Hopes { index: self, seeker, found, is_open }
    }

    fn file(&self, term: Term) -> &[u32] {
        self.files.get(usize_of(term)).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Those who could be eligible for a need.
#[derive(Debug)]
pub(in super::super) struct Hopes<'a> {
    index: &'a PersonIndex,
    seeker: Seeker,
    found: Bits,
    /// Whether those who come near nothing could be eligible, too.
    is_open: bool,
}

impl Hopes<'_> {
    /// Those who come near everything that is insisted on, or near anything where nothing is.
    pub(in super::super) fn near(&mut self) -> Vec<Hope> {
        let mut hopes = Vec::new();
        self.found.for_each(|place| hopes.extend(self.hope(place)));
        hopes
    }

    /// All others that could score as much as the bar.
    pub(in super::super) fn others(&mut self, bar: f64) -> Vec<Hope> {
        if !self.is_open || self.seeker.most_of_strangers() < bar {
            return Vec::new();
        }
        let others = (0..self.index.rows.len()).filter(|place| !self.found.has(*place));
        others.filter_map(|place| self.hope(place)).filter(|hope| hope.most >= bar).collect()
    }

    fn hope(&self, place: usize) -> Option<Hope> {
        let row = self.index.rows.get(place)?.as_ref()?;
        let from = usize_of(row.from);
        let skills = self.index.skills.get(from..from + usize_of(row.skills))?;
        Some(Hope { most: self.seeker.most(row, skills)?, place })
    }
}
