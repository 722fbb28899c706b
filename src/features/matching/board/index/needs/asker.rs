//! What a person could score for a need at most.

use super::super::CRUMB;
use super::super::Hope;
use super::entry::{Entry, Head, Wanted};
use super::file::Stretch;
use super::{NOWHERE, Zones};
use crate::features::matching::board::index::usize_of;
use crate::features::matching::score::{
    Cell, Constants, Person, PersonTable, Weights, depends_points, excludes_from_everything, zone_share,
};
use crate::kernel::ProjectId;
use std::collections::HashMap;

/// A person who looks for needs.
#[derive(Debug)]
pub(in super::super::super) struct Asker<'a> {
    table: &'a PersonTable,
    weights: &'a Weights,
    constants: &'a Constants,
    /// How much more any skill weighs at most than when the stretches' bounds were made.
    drift: f64,
    /// The most points beside the need's own and those for required skills.
    beside: f64,
    /// The most points for what only a look at the skills and the project can tell, beside required skills.
    open: f64,
    /// Points by quarters of wanted hours.
    hours: Vec<f64>,
    /// Points for each of the zones that needs ask for.
    zones: Vec<f64>,
    /// Points by kind, as if the person liked all domains of the project that they could.
    interests: Vec<f64>,
    /// Points for projects on which the employer depends, by a part of their ids.
    depends: HashMap<u32, f64>,
    /// The most that any skill is proven.
    proven: f64,
    /// Whether something excludes the person from everything.
    excluded: bool,
}

impl<'a> Asker<'a> {
    /// A person, and which of their factors the reader may learn of.
    pub(super) fn new(
        zones: &Zones,
        person: Person<'_>,
        (table, weights, drift): (&'a PersonTable, &'a Weights, f64),
        constants: &'a Constants,
        with_dependency: bool,
    ) -> Self {
        let (most, card) = (&constants.most, person.card);
        let (kind, domains) = match (card.has_interests, card.domains.is_empty()) {
            (false, _) => (0.0, most.interests * constants.interests_unnamed),
            (true, true) => (constants.interest_kind, 0.0),
            (true, false) => (constants.interest_kind, constants.interest_domain),
        };
        let mut depends = HashMap::new();
        let on = person.facts.employer.iter().filter(|_| with_dependency).flat_map(|employer| &employer.depends_on);
        for (project, dependency) in on {
            let points: &mut f64 = depends.entry(part_of(*project)).or_default();
            *points = points.max(depends_points(constants, *dependency));
        }
        let hours = card.calendar.offered();
        let proven = card.held.iter().fold(0.0f64, |most, held| most.max(held.proven)).min(1.0);
        let depends_most = depends.values().fold(0.0f64, |most, points| most.max(*points));
        let open = most.skills_optional + most.evidence * proven + depends_most + CRUMB;
        let free = |quarters: u8| if quarters == 0 { 1.0 } else { (hours * 4.0 / f64::from(quarters)).min(1.0) };
        let interests: Vec<f64> = (0..=u32::BITS)
            .map(|bit| domains + if card.kinds.checked_shr(bit).is_some_and(|bits| bits & 1 == 1) { kind } else { 0.0 })
            .collect();
        let liked = interests.iter().fold(0.0f64, |most, points| most.max(*points));
        Self {
            table,
            weights,
            drift,
            beside: open + most.availability + most.time_zone + liked,
            open,
            hours: (0..=u8::MAX).map(|quarters| most.availability * free(quarters)).collect(),
            interests,
            constants,
            zones: (zones.list.iter())
                .map(|(overlap, offsets)| most.time_zone * zone_share(*overlap, offsets, card.offset))
                .collect(),
            depends,
            proven,
            excluded: excludes_from_everything(constants, person),
        }
    }

    /// The files in which there could be something for the person.
    pub(super) fn files(&self) -> impl Iterator<Item = u32> + '_ {
        std::iter::once(0).chain(self.table.terms().map(|term| term + 1)).filter(|_| !self.excluded)
    }

    /// Whether the person comes near the skill of a key.
    pub(super) fn is_near(&self, key: u32) -> bool {
        key.checked_sub(1).is_none_or(|term| self.table.is_near(term))
    }

    /// The most points for required skills in a stretch, by the keys of the file and of the stretch; none: the person can be
    /// eligible for nothing there.
    pub(super) fn required(&self, keys: [u32; 2], stretch: &Stretch) -> Option<f64> {
        let others = f64::from(stretch.others) * self.drift;
        let (mut met, mut asked) = (others, others);
        for (key, level) in keys.into_iter().zip(stretch.levels) {
            let Some(term) = key.checked_sub(1) else { continue };
            let fit = self.table.cell(term, level).fit;
            if fit <= 0.0 {
                return None;
            }
            let weight = self.weights.of(Some(term));
            met += weight * fit;
            asked += weight;
        }
        // Nothing required, or nothing known of it.
        let share = if asked > 0.0 && asked.is_finite() { met / asked } else { 1.0 };
        Some(self.constants.most.skills_required * share)
    }

    /// The most points for required skills anywhere.
    pub(super) fn required_at_most(&self) -> f64 {
        self.constants.most.skills_required
    }

    /// The most points beside the need's own and those for required skills.
    pub(super) fn beside(&self) -> f64 {
        self.beside
    }

    /// What the need could score, with at most so many points for required skills; none where the person can't be eligible, or
    /// where it is below the bar.
    pub(super) fn hope(&self, head: Head, entry: &Entry, required: f64, bar: f64) -> Option<Hope> {
        let most = &self.constants.most;
        let known = f64::from(head.prior)
            + self.hours.get(usize::from(head.quarters)).copied().unwrap_or(most.availability)
            + self.zones.get(usize::from(head.zones)).copied().unwrap_or(most.time_zone)
            + self.interests.get(usize::from(head.kind)).copied().unwrap_or(most.interests);
        if known + self.open + required < bar || entry.place == NOWHERE {
            return None;
        }
        let depends = if self.depends.is_empty() { None } else { self.depends.get(&entry.project) };
        let known = known + depends.copied().unwrap_or(0.0) + CRUMB;
        let rest = most.skills_optional + most.evidence * self.proven;
        if known + required + rest < bar {
            return None;
        }
        let mut sums = Sums::default();
        let wanted = |from: u8, until: u8| entry.wanted.get(usize::from(from)..usize::from(until)).unwrap_or_default();
        for one in wanted(0, entry.insisted) {
            let cell = self.cell(*one);
            if cell.fit <= 0.0 {
                return None;
            }
            sums.add(self.weights.of(Some(one.term())), cell);
        }
        for one in wanted(entry.insisted, entry.required) {
            sums.add(self.weights.of(Some(one.term())), self.cell(*one));
        }
        let known = known + most.skills_required * sums.share(f64::from(entry.unlisted.0) * self.weights.most());
        if known + rest < bar {
            return None;
        }
        let mut optional = Sums::default();
        for one in wanted(entry.required, entry.all) {
            optional.add(self.weights.of(Some(one.term())), self.cell(*one));
        }
        let matched = sums.met + optional.met;
        let proven = match entry.unlisted {
            (0, 0) if matched > 0.0 => ((sums.proven + optional.proven) / matched).min(1.0),
            (0, 0) => 0.0,
            _ => self.proven,
        };
        let optional = optional.share(f64::from(entry.unlisted.1) * self.weights.most());
        let most = known + most.skills_optional * optional + most.evidence * proven;
        (most >= bar).then(|| Hope { most, place: usize_of(entry.place) })
    }

    fn cell(&self, wanted: Wanted) -> Cell {
        self.table.cell(wanted.term(), wanted.level())
    }
}

/// Weights, and how much of them is met.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    met: f64,
    asked: f64,
    proven: f64,
}

impl Sums {
    fn add(&mut self, weight: f64, cell: Cell) {
        self.met += weight * cell.fit;
        self.asked += weight;
        self.proven += weight * cell.proven;
    }

    /// The share that is met, with so much weight more that could be.
    fn share(self, unlisted: f64) -> f64 {
        if self.asked + unlisted > 0.0 { (self.met + unlisted) / (self.asked + unlisted) } else { 1.0 }
    }
}

/// Enough of a project's id to tell most projects apart; those that are taken for one another get the better's points.
pub(super) fn part_of(project: ProjectId) -> u32 {
    let (_, _, _, [.., a, b, c, d]) = project.0.as_fields();
    u32::from_be_bytes([*a, *b, *c, *d])
}
