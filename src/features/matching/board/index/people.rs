//! People, filed under each skill that they have or are learning; and of each what a bound needs to know, in one row that is one
//! line of the processor's cache.

use super::{Hope, part_up, u32_of, usize_of};
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
#[derive(Debug, Clone, Copy, Default)]
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
    fn proven(self) -> f32 {
        let [.., part] = self.0.to_be_bytes();
        f32::from(part) / f32::from(u8::MAX)
    }
}

/// Skills that have room in a row; a longer list stands apart.
const IN_ROW: usize = 12;

/// What the bound needs to know of a person.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
struct Row {
    skills: [Packed; IN_ROW],
    /// Offered hours a week.
    hours: f32,
    /// Offset from UTC in minutes.
    offset: Option<i16>,
    /// The bits of the kinds that the person likes.
    kinds: u32,
    /// How many skills there are; more than [`IN_ROW`]: they stand apart.
    count: u8,
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
    /// By place on the shelf: the skills of those who have many.
    long: Vec<Box<[Packed]>>,
}

impl PersonIndex {
    /// Files the person at this place, which is the next one or one that was filed before.
    pub(in super::super) fn put(&mut self, place: usize, person: Person<'_>, constants: &Constants) {
        self.unfile(place);
        if place >= self.rows.len() {
            self.spots.push(Vec::new());
            self.rows.push(None);
            self.long.push(Box::default());
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
        let packed: Vec<Packed> = card.held.iter().filter_map(Packed::new).collect();
        let mut skills = [Packed::default(); IN_ROW];
        skills.iter_mut().zip(&packed).for_each(|(slot, one)| *slot = *one);
        let row = Row {
            skills,
            count: u8::try_from(packed.len()).unwrap_or(u8::MAX),
            hours: super::round_up(card.calendar.offered()),
            offset: card.offset.and_then(|minutes| i16::try_from(minutes).ok()),
            kinds: card.kinds,
            domains: card.has_interests.then_some(!card.domains.is_empty()),
            depends: person.facts.employer.as_ref().is_some_and(|employer| !employer.depends_on.is_empty()),
            unlisted: packed.len() < card.held.len(),
        };
        if let (Some(old_spots), Some(old_row)) = (self.spots.get_mut(place), self.rows.get_mut(place)) {
            (*old_spots, *old_row) = (spots, Some(row));
        }
        if let Some(long) = self.long.get_mut(place).filter(|_| packed.len() > IN_ROW) {
            *long = packed.into();
        }
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
        self.rows.get_mut(place).and_then(Option::take);
        self.long.get_mut(place).map(mem::take);
    }

    /// Forgets the person at this place; the last one takes their place.
    pub(in super::super) fn take(&mut self, place: usize) {
        self.unfile(place);
        if place >= self.spots.len() {
            return;
        }
        self.spots.swap_remove(place);
        self.rows.swap_remove(place);
        self.long.swap_remove(place);
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

/// So many of those who come near are bounded before there is a bar; where there are no more than these it is not worth while.
const FIRST: usize = 4096;

impl Hopes<'_> {
    /// Gives everybody who could be among the best; `work_off` is told of some of them at a time, best or not, and says what a
    /// person must score from there on.
    pub(in super::super) fn run(&self, mut bar: f64, mut work_off: impl FnMut(Vec<Hope>) -> f64) {
        // Those who come near everything that is insisted on, or near anything where nothing is.
        let (mut hopes, mut looked_at) = (Vec::new(), 0);
        self.found.for_each(|place| {
            hopes.extend(self.hope(place, bar));
            looked_at += 1;
            if looked_at == FIRST {
                bar = work_off(mem::take(&mut hopes));
            }
        });
        bar = work_off(hopes);
        if self.is_open && self.seeker.most_of_strangers() >= bar {
            let others = (0..self.index.rows.len()).filter(|place| !self.found.has(*place));
            work_off(others.filter_map(|place| self.hope(place, bar)).collect());
        }
    }

    fn hope(&self, place: usize, bar: f64) -> Option<Hope> {
        let row = self.index.rows.get(place)?.as_ref()?;
        let in_row = row.skills.get(..usize::from(row.count));
        let skills = in_row.or_else(|| self.index.long.get(place).map(|skills| &**skills))?;
        Some(Hope { most: self.seeker.most(row, skills, bar)?, place })
    }
}
