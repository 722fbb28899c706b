//! Which needs could be among the best for a person, and which people for a need, without looking at all of them.
//!
//! Nobody is eligible for a need that requires a skill (from the blocking level on) which nothing of theirs comes near. So each
//! need is filed under one such skill, the rarest when it came; whoever is eligible comes near that one, and looks only into the
//! files of skills that they come near. Of what is found there a bound says what the score could be at most, from the skills
//! (exactly), the points that are the same for everybody (exactly), the hours, and the most of everything else for this person;
//! the best bounds are worked out first, until no bound is as good as what is there. People are filed under each skill they have:
//! a need looks into the files of the skills that come near that one of its wants which the fewest people come near.
//!
//! So the list is that of the plain formula, ties included: what is left out could not be on it.

use crate::features::matching::score::{
    Constants, Need, NeedCard, PersonCard, PersonTable, Term, VolunteerFacts, Weights,
};

/// Required skills that are looked at in a bound; what a need requires beyond them counts as met.
const LOOKED_AT: usize = 6;
/// Bits of a level in [`Wanted`].
const LEVEL_BITS: u32 = 3;
/// More than the rounding of a score can hide, in points.
const CRUMB: f64 = 1e-6;

/// A required skill: its number and the wanted level. 0: none.
#[derive(Debug, Clone, Copy, Default)]
struct Wanted(u32);

impl Wanted {
    fn new(term: Option<Term>, level: u8) -> Self {
        term.and_then(|term| term.checked_add(1)).map_or(Self(0), |term| Self(term << LEVEL_BITS | u32::from(level)))
    }

    fn get(self) -> Option<(Term, u8)> {
        let term = (self.0 >> LEVEL_BITS).checked_sub(1)?;
        Some((term, u8::try_from(self.0 & ((1 << LEVEL_BITS) - 1)).unwrap_or(0)))
    }
}

/// What the bound needs to know of a need.
#[derive(Debug, Clone, Copy)]
struct Entry {
    place: u32,
    /// Points that are the same for everybody.
    prior: f64,
    /// Wanted hours a week.
    hours: f64,
    wanted: [Wanted; LOOKED_AT],
    /// Required skills beyond those that are looked at, or without a number.
    beyond: u32,
}

/// Where a row is filed: which file, and where in it.
#[derive(Debug, Clone, Copy, Default)]
struct Spot {
    file: u32,
    at: u32,
}

fn usize_of(n: u32) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

fn u32_of(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Needs by a skill that they can't do without; the first file is for those that need none.
#[derive(Debug, Default)]
pub(super) struct NeedIndex {
    files: Vec<Vec<Entry>>,
    /// By place on the shelf.
    spots: Vec<Spot>,
}

/// A need that could be on the list, and the most it could score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Hope {
    pub(super) most: f64,
    pub(super) place: usize,
}

impl Eq for Hope {}
impl PartialOrd for Hope {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Hope {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.most.total_cmp(&other.most).then(other.place.cmp(&self.place))
    }
}

impl NeedIndex {
    /// Files the need at this place, which is the next one or one that was filed before.
    pub(super) fn put(&mut self, place: usize, card: &NeedCard, constants: &Constants, askers: impl Fn(Term) -> u32) {
        if place < self.spots.len() {
            self.unfile(place);
        }
        let blocking = card.wants.iter().filter(|want| want.required && want.level >= constants.blocking_level);
        let rarest = blocking.filter_map(|want| want.term).min_by_key(|term| (askers(*term), *term));
        let file = rarest.map_or(0, |term| usize_of(term) + 1);
        if self.files.len() <= file {
            self.files.resize_with(file + 1, Vec::new);
        }
        let mut entry = Entry {
            place: u32_of(place),
            prior: (card.priority + card.balance).get(),
            hours: card.hours,
            wanted: [Wanted::default(); LOOKED_AT],
            beyond: 0,
        };
        let mut slots = entry.wanted.iter_mut();
        for want in card.wants.iter().filter(|want| want.required) {
            match slots.next() {
                Some(slot) if want.term.is_some() => *slot = Wanted::new(want.term, want.level),
                _ => entry.beyond += 1,
            }
        }
        let Some(list) = self.files.get_mut(file) else { return };
        let spot = Spot { file: u32_of(file), at: u32_of(list.len()) };
        list.push(entry);
        match self.spots.get_mut(place) {
            Some(slot) => *slot = spot,
            None => self.spots.push(spot),
        }
    }

    /// Takes the entry of this place out of its file; its spot is left as it was.
    fn unfile(&mut self, place: usize) {
        let Some(spot) = self.spots.get(place).copied() else { return };
        let Some(list) = self.files.get_mut(usize_of(spot.file)) else { return };
        let at = usize_of(spot.at);
        if at >= list.len() {
            return;
        }
        list.swap_remove(at);
        if let Some(moved) = list.get(at).map(|entry| usize_of(entry.place))
            && let Some(slot) = self.spots.get_mut(moved)
        {
            slot.at = spot.at;
        }
    }

    /// Forgets the need at this place; the last one takes its place.
    pub(super) fn take(&mut self, place: usize) {
        self.unfile(place);
        if place >= self.spots.len() {
            return;
        }
        self.spots.swap_remove(place);
        if let Some(moved) = self.spots.get(place).copied()
            && let Some(entry) = self.files.get_mut(usize_of(moved.file)).and_then(|x| x.get_mut(usize_of(moved.at)))
        {
            entry.place = u32_of(place);
        }
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.files.clear();
        self.spots.clear();
    }

    /// The needs that the person could be eligible for, with the most that each could score: the best last, as a heap's vector
    /// wants no order.
    pub(super) fn hopes(
        &self,
        limits: &Limits,
        table: &PersonTable,
        weights: &Weights,
        constants: &Constants,
    ) -> Vec<Hope> {
        let mut hopes = Vec::new();
        let near = table.terms().map(|term| usize_of(term) + 1);
        for file in std::iter::once(0).chain(near).filter_map(|file| self.files.get(file)) {
            hopes.extend(file.iter().filter_map(|entry| limits.hope(entry, table, weights, constants)));
        }
        hopes
    }
}

/// What a person could get at most for everything but the skills that a need requires.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Optional skills, evidence, time zone, interests, dependency.
    rest: f64,
    /// Offered hours a week.
    hours: f64,
}

impl Limits {
    pub(super) fn of(person: &VolunteerFacts, card: &PersonCard, constants: &Constants, with_dependency: bool) -> Self {
        let most = &constants.most;
        let proven = card.held.iter().fold(0.0f64, |most, held| most.max(held.proven));
        let interests = if card.has_interests {
            constants.interest_kind.max(0.0) + constants.interest_domain.max(0.0)
        } else {
            most.interests * constants.interests_unnamed
        };
        let depends = person.employer.as_ref().is_some_and(|employer| !employer.depends_on.is_empty());
        let dependency = if with_dependency && depends { most.dependency } else { 0.0 };
        let rest = most.skills_optional + most.evidence * proven.min(1.0) + most.time_zone + interests + dependency;
        Self { rest: rest + CRUMB, hours: card.calendar.offered().max(0.0) }
    }

    /// What the need could score for the person; none where they can't be eligible.
    fn hope(&self, entry: &Entry, table: &PersonTable, weights: &Weights, constants: &Constants) -> Option<Hope> {
        let beyond = f64::from(entry.beyond) * weights.most();
        let (mut met, mut asked) = (beyond, beyond);
        for (term, level) in entry.wanted.iter().filter_map(|wanted| wanted.get()) {
            let fit = table.fit(term, level);
            if fit <= 0.0 && level >= constants.blocking_level {
                return None;
            }
            let weight = weights.of(Some(term));
            met += weight * fit;
            asked += weight;
        }
        let share = if asked > 0.0 { met / asked } else { 1.0 };
        let free = if entry.hours > 0.0 { (self.hours / entry.hours).min(1.0) } else { 1.0 };
        let most = &constants.most;
        let most = entry.prior + most.skills_required * share + most.availability * free + self.rest;
        Some(Hope { most, place: usize_of(entry.place) })
    }
}

/// People by each skill that they have or are learning.
#[derive(Debug, Default)]
pub(super) struct PersonIndex {
    files: Vec<Vec<u32>>,
    /// By place on the shelf: where the person is filed.
    spots: Vec<Vec<Spot>>,
}

impl PersonIndex {
    /// Files the person at this place, which is the next one or one that was filed before.
    pub(super) fn put(&mut self, place: usize, card: &PersonCard) {
        if place < self.spots.len() {
            self.unfile(place);
        }
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
        match self.spots.get_mut(place) {
            Some(slot) => *slot = spots,
            None => self.spots.push(spots),
        }
    }

    fn unfile(&mut self, place: usize) {
        let spots = self.spots.get_mut(place).map(std::mem::take).unwrap_or_default();
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
    }

    /// Forgets the person at this place; the last one takes their place.
    pub(super) fn take(&mut self, place: usize) {
        self.unfile(place);
        if place >= self.spots.len() {
            return;
        }
        self.spots.swap_remove(place);
        for spot in self.spots.get(place).into_iter().flatten() {
            let entry = self.files.get_mut(usize_of(spot.file)).and_then(|list| list.get_mut(usize_of(spot.at)));
            if let Some(entry) = entry {
                *entry = u32_of(place);
            }
        }
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.files.clear();
        self.spots.clear();
    }

    /// The places of everybody who could be eligible for the need, each once; none: that could be anybody. `near` gives the
    /// skills that come near a wanted one, by its place among the wants.
    pub(super) fn near(
        &self,
        need: Need<'_>,
        constants: &Constants,
        near: impl Fn(usize) -> Vec<Term>,
    ) -> Option<Vec<usize>> {
        let wants = need.card.wants.iter().enumerate();
        let blocking = wants.filter(|(_, want)| want.required && want.level >= constants.blocking_level);
        let lists = blocking.map(|(at, _)| near(at));
        let length = |terms: &Vec<Term>| terms.iter().map(|term| self.file(*term).len()).sum::<usize>();
        let fewest = lists.min_by_key(length)?;
        let mut places: Vec<usize> =
            fewest.iter().flat_map(|term| self.file(*term)).map(|place| usize_of(*place)).collect();
        places.sort_unstable();
        places.dedup();
        Some(places)
    }

    fn file(&self, term: Term) -> &[u32] {
        self.files.get(usize_of(term)).map(Vec::as_slice).unwrap_or_default()
    }
}
