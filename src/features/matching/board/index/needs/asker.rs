//! What a person could score for a need at most.

use super::super::CRUMB;
use super::super::{Hope, round_up, usize_of};
use super::entry::{LEVELS, Row, Skills, Wanted, key_of, term_of};
use super::file::{Stretch, Top};
use super::{NOWHERE, Zones};
use crate::features::matching::score::{
    Constants, Person, PersonTable, Term, Weights, depends_points, excludes_from_everything, zone_share,
};
use crate::kernel::ProjectId;
use std::collections::HashMap;

/// So many stretches are looked at together.
pub(super) const BLOCK: usize = 16;
/// More than the rounding of a share can hide.
const SLIGHT: f64 = 1e-6;

/// A person who looks for needs.
#[derive(Debug)]
pub(in super::super::super) struct Asker<'a> {
    table: &'a PersonTable,
    weights: &'a Weights,
    constants: &'a Constants,
    /// By skill and level, how well the person meets it, never less than it is.
    fits: Fits,
    /// How much more than another any skill weighs at most, against when the stretches' bounds were made.
    drift: f64,
    /// By 255ths of a share in weights of some time ago: as it could be by now.
    rests: Vec<f64>,
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
    depends: HashMap<u16, f64>,
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
            fits: Fits::new(table),
            drift,
            rests: (0..=u8::MAX).map(|part| by_now(f64::from(part) / f64::from(u8::MAX), drift)).collect(),
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

    /// The keys under which there could be something for the person.
    pub(super) fn keys(&self) -> impl Iterator<Item = u16> + '_ {
        std::iter::once(0).chain(self.fits.keys.iter().copied()).filter(|_| !self.excluded)
    }

    /// Which of some stretches have a second skill that the person meets so well at most, and how many. It is found without a branch: no
    /// processor guesses it.
    #[inline]
    pub(super) fn near<'s>(&self, block: impl IntoIterator<Item = &'s Stretch>, least: f32) -> ([u8; BLOCK], usize) {
        let (mut near, mut count) = ([0; BLOCK], 0);
        for (stretch, at) in block.into_iter().zip(0..) {
            if let Some(slot) = near.get_mut(count & (BLOCK - 1)) {
                *slot = at;
            }
            count += usize::from(self.best_of(stretch.second) >= least);
        }
        (near, count)
    }

    /// How well the person meets the skill of a key at most, at whatever level.
    fn best_of(&self, key: u16) -> f32 {
        self.fits.best.get(usize::from(key)).copied().unwrap_or(0.0)
    }

    /// The most that could be met of the required skills in a part of a file; none: the person can be eligible for nothing there.
    pub(super) fn share_of_top(&self, key: u16, top: &Top) -> Option<f64> {
        let first = self.first(key, top)?;
        let keys = first + (self.fits.most - first).max(0.0) * by_now(top.tilt.into(), self.drift);
        Some(keys + (1.0 - keys) * self.rest(top.rest))
    }

    /// How well the skill of a file is met at most; none: the person can be eligible for nothing there.
    fn first(&self, key: u16, top: &Top) -> Option<f64> {
        let first = term_of(key).map(|term| self.fits.of(term, top.level));
        first.map_or(Some(0.0), |fit| Some(f64::from(fit)).filter(|fit| *fit > 0.0))
    }

    /// How well the second skill must be met in a part of a file.
    pub(super) fn demand(&self, key: u16, top: &Top, is_loose: bool) -> SecondDemand {
        SecondDemand {
            any: if is_loose { 0.0 } else { f32::MIN_POSITIVE },
            first: self.first(key, top).unwrap_or(0.0),
            tilt: by_now(top.tilt.into(), self.drift),
            rest: self.rest(top.rest),
        }
    }

    /// The share of the required skills that must be met at least for a score of the bar, beside so many points for the need's own.
    pub(super) fn least_share(&self, bar: f64, prior: f64) -> f64 {
        (bar - self.beside - prior) / self.constants.most.skills_required
    }

    /// What is the same for all stretches of the file with this key.
    pub(super) fn first_key(&self, key: u16) -> FirstKey {
        match term_of(key) {
            Some(term) => FirstKey { fits: *self.fits.row(term), weight: self.weights.of(Some(term)), is_any: false },
            None => FirstKey { fits: NO_FIT, weight: 0.0, is_any: true },
        }
    }

    /// The most points for required skills in a stretch of a file, with the keys of both of its skills; none: the person can be
    /// eligible for nothing there.
    #[inline]
    pub(super) fn required(&self, first: &FirstKey, is_loose: bool, stretch: Stretch) -> Option<f64> {
        let [first_level, second_level] = stretch.levels();
        let fit = first.fits.get(usize::from(first_level)).copied().unwrap_or(0.0);
        if fit <= 0.0 && !first.is_any {
            return None;
        }
        let (mut met, mut asked) = (first.weight * f64::from(fit), first.weight);
        if let Some(term) = term_of(stretch.second) {
            let fit = self.fits.of(term, second_level);
            if fit <= 0.0 && !is_loose {
                return None;
            }
            let weight = self.weights.of(Some(term));
            met += weight * f64::from(fit);
            asked += weight;
        }
        let keys = if asked > 0.0 { met / asked } else { 1.0 };
        Some(self.required_at(keys + (1.0 - keys) * self.rest(stretch.rest)))
    }

    /// A share in 255ths, as it could be by now.
    fn rest(&self, part: u8) -> f64 {
        self.rests.get(usize::from(part)).copied().unwrap_or(1.0)
    }

    /// Points for required skills that are met to this share.
    pub(super) fn required_at(&self, share: f64) -> f64 {
        self.constants.most.skills_required * share
    }

    /// The most points beside the need's own and those for required skills.
    pub(super) fn beside(&self) -> f64 {
        self.beside
    }

    /// What the need could score, with at most so many points for required skills; none where the person can't be eligible, or
    /// where it is below the bar.
    pub(super) fn hope(&self, row: &Row, required: f64, bar: f64) -> Option<Hope> {
        let most = &self.constants.most;
        let known = row.prior.points()
            + self.hours.get(usize::from(row.quarters)).copied().unwrap_or(most.availability)
            + self.zones.get(usize::from(row.zones)).copied().unwrap_or(most.time_zone)
            + self.interests.get(usize::from(row.kind)).copied().unwrap_or(most.interests);
        if known + self.open + required < bar || row.place == NOWHERE {
            return None;
        }
        // Most rows were found by their keys; of what else is insisted on, something mostly is not met.
        if row.insisted_beside_keys().iter().any(|one| self.best_of(one.key()) <= 0.0) {
            return None;
        }
        let depends = if self.depends.is_empty() { None } else { self.depends.get(&row.project) };
        let known = known + depends.copied().unwrap_or(0.0) + CRUMB;
        let evidence = most.evidence * self.proven;
        // The optional skills first: there are fewer of them, and mostly they are not met.
        let mut optional = Sums::default();
        for one in row.optional().listed {
            optional.add(self.weights.of(Some(one.term())), self.fits.of_wanted(*one));
        }
        let known = known + most.skills_optional * optional.share(self.weights, row.optional());
        if known + required + evidence < bar {
            return None;
        }
        let mut sums = Sums::default();
        for (one, at) in row.required().listed.iter().zip(0..) {
            let fit = self.fits.of_wanted(*one);
            if fit <= 0.0 && at < row.insisted {
                return None;
            }
            sums.add(self.weights.of(Some(one.term())), fit);
        }
        let known = known + most.skills_required * sums.share(self.weights, row.required());
        if known + evidence < bar {
            return None;
        }
        let most = known + most.evidence * self.proven_of(row, sums.met + optional.met);
        (most >= bar).then(|| Hope { most, place: usize_of(row.place) })
    }

    /// How far is proven at most what is met.
    fn proven_of(&self, row: &Row, met: f64) -> f64 {
        let (required, optional) = (row.required(), row.optional());
        if (required.unlisted, optional.unlisted) != (Some(0), Some(0)) {
            return self.proven;
        }
        let proven = |one: &Wanted| self.weights.of(Some(one.term())) * self.table.cell(one.term(), one.level()).proven;
        let proven: f64 = required.listed.iter().chain(optional.listed).map(proven).sum();
        // What is met is rounded up here and there, which must not lower the share.
        if met > 0.0 { (proven / met + SLIGHT).min(self.proven) } else { 0.0 }
    }
}

/// A share of weights of some time ago, as it could be by now that any of them grew so many times more than another at most.
fn by_now(share: f64, drift: f64) -> f64 {
    if share >= 1.0 || drift.is_infinite() { 1.0 } else { (share * drift / (share * drift + 1.0 - share)).min(1.0) }
}

/// How well the second skill must be met for a share of all required ones: what the others in a part of a file give at most.
#[derive(Debug)]
pub(super) struct SecondDemand {
    /// What it must be met at least, whatever the share.
    any: f32,
    /// How well the first skill is met at most.
    first: f64,
    /// The share that the second has in what both weigh, at most.
    tilt: f64,
    /// The share that the others have in what all weigh, at most.
    rest: f64,
}

impl SecondDemand {
    /// How well the second skill must be met at least where all are to be met to this share.
    pub(super) fn at(&self, share: f64) -> f32 {
        let Self { any, first, tilt, rest } = *self;
        let keys = (share - rest) / (1.0 - rest);
        // Nothing but a number tells: there may be no bar, or no room for a doubt.
        if !keys.is_finite() || keys <= first || tilt <= 0.0 {
            return if keys > first && tilt <= 0.0 && rest < 1.0 { f32::INFINITY } else { any };
        }
        round_up(first + (keys - first) / tilt - SLIGHT).next_down().next_down().max(any)
    }
}

/// The rarest skill of a file's needs, as a person meets it.
#[derive(Debug)]
pub(super) struct FirstKey {
    /// By level.
    fits: [f32; LEVELS],
    weight: f64,
    /// The needs insist on none.
    is_any: bool,
}

/// Of a skill that a person comes not near, by level.
const NO_FIT: [f32; LEVELS] = [0.0; LEVELS];

/// How well a person meets skills, never less than it is.
#[derive(Debug)]
struct Fits {
    /// The keys of the skills that they come near, in order.
    keys: Vec<u16>,
    /// By key: where the skill's fits are.
    places: Vec<u16>,
    /// By place and level; the first is for all skills that they come not near.
    rows: Vec<[f32; LEVELS]>,
    /// By key: at whatever level.
    best: Vec<f32>,
    /// For whatever skill.
    most: f64,
}

impl Fits {
    fn new(table: &PersonTable) -> Self {
        let mut fits = Self { keys: Vec::new(), places: Vec::new(), rows: vec![NO_FIT], best: Vec::new(), most: 0.0 };
        for term in table.terms() {
            let Some(key) = key_of(term) else { break };
            let mut row = [0.0; LEVELS];
            let mut best = 0.0f32;
            for (fit, level) in row.iter_mut().zip(0..) {
                let cell = table.cell(term, level).fit;
                *fit = if cell > 0.0 { round_up(cell) } else { 0.0 };
                best = best.max(*fit);
            }
            fits.places.resize(usize::from(key), 0);
            fits.places.push(u16::try_from(fits.rows.len()).unwrap_or(0));
            fits.best.resize(usize::from(key), 0.0);
            fits.best.push(best);
            fits.rows.push(row);
            fits.keys.push(key);
            fits.most = fits.most.max(f64::from(best));
        }
        fits
    }

    /// By level.
    fn row(&self, term: Term) -> &[f32; LEVELS] {
        let place = key_of(term).and_then(|key| self.places.get(usize::from(key))).copied().unwrap_or(0);
        self.rows.get(usize::from(place)).unwrap_or(&NO_FIT)
    }

    fn of(&self, term: Term, level: u8) -> f32 {
        self.row(term).get(usize::from(level)).copied().unwrap_or(0.0)
    }

    fn of_wanted(&self, wanted: Wanted) -> f64 {
        f64::from(self.of(wanted.term(), wanted.level()))
    }
}

/// Weights, and how much of them is met.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    met: f64,
    asked: f64,
}

impl Sums {
    fn add(&mut self, weight: f64, fit: f64) {
        self.met += weight * fit;
        self.asked += weight;
    }

    /// The share that is met, if those that are not listed are.
    fn share(self, weights: &Weights, Skills { unlisted, .. }: Skills<'_>) -> f64 {
        let unlisted = unlisted.map_or(f64::INFINITY, |count| f64::from(count) * weights.most());
        let asked = self.asked + unlisted;
        if asked > 0.0 && asked.is_finite() { (self.met + unlisted) / asked } else { 1.0 }
    }
}

/// Enough of a project's id to tell most projects apart; those that are taken for one another get the better's points.
pub(super) fn part_of(project: ProjectId) -> u16 {
    let (_, _, _, [.., a, b]) = project.0.as_fields();
    u16::from_be_bytes([*a, *b])
}
