//! What somebody could score for a need at most.

use super::super::{CRUMB, round_up, usize_of};
use super::{Packed, Row};
use crate::features::matching::score::{Constants, Need, NeedTable, Term, zone_share};

/// Wants that a bound looks at; of a need with more nothing is known beforehand.
const LOOKED_AT: usize = 12;
/// Levels of a skill, and before them the skill that is being learned.
const LEVELS: usize = 6;

/// More than the rounding of short numbers can hide in a share.
const SLIGHT: f64 = 1e-6;

/// One of the need's wants.
#[derive(Debug, Clone, Copy, Default)]
struct Want {
    weight: f64,
    required: bool,
    insisted: bool,
}

/// A need that looks for people.
#[derive(Debug)]
pub(super) struct Seeker {
    wants: Vec<Want>,
    is_long: bool,
    /// By skill: where its fits begin, in blocks of [`LEVELS`]; 0: it comes near nothing.
    blocks: Vec<u32>,
    /// By block, level, and want, never less than they are; in short numbers, of which more are compared at a time.
    fits: Vec<[f32; LOOKED_AT]>,
    prior: f64,
    hours: f64,
    overlap: Option<f64>,
    zones: Vec<i32>,
    kind: u32,
    constants: Constants,
    with_dependency: bool,
}

impl Seeker {
    pub(super) fn new(need: Need<'_>, table: &NeedTable<'_>, constants: &Constants, with_dependency: bool) -> Self {
        let card = need.card;
        let mut seeker = Self {
            wants: (0..)
                .zip(&card.wants)
                .map(|(at, want)| Want {
                    weight: table.weight(at),
                    required: want.required,
                    insisted: want.required && want.level >= constants.blocking_level,
                })
                .collect(),
            is_long: card.wants.len() > LOOKED_AT,
            blocks: Vec::new(),
            fits: vec![[0.0; LOOKED_AT]; LEVELS],
            prior: (card.priority + card.balance).get(),
            hours: card.hours,
            overlap: card.overlap,
            zones: card.offsets.clone(),
            kind: card.kind,
            constants: constants.clone(),
            with_dependency,
        };
        if !seeker.is_long {
            (0..card.wants.len()).flat_map(|at| table.near(at)).for_each(|term| seeker.spread(*term, table));
        }
        seeker
    }

    /// Notes how well a skill, at each level, meets each want.
    fn spread(&mut self, term: Term, table: &NeedTable<'_>) {
        let at = usize_of(term);
        if self.blocks.len() <= at {
            self.blocks.resize(at + 1, 0);
        }
        let Some(block) = self.blocks.get_mut(at).filter(|block| **block == 0) else { return };
        *block = super::u32_of(self.fits.len() / LEVELS);
        for level in (0u8..).take(LEVELS) {
            let mut row = [0.0; LOOKED_AT];
            for (at, fit) in row.iter_mut().enumerate().take(self.wants.len()) {
                let exact = table.fit(&self.constants, at, term, level.max(1), level == 0);
                *fit = if exact > 0.0 { round_up(exact) } else { 0.0 };
            }
            self.fits.push(row);
        }
    }

    fn fits(&self, skill: Packed) -> Option<&[f32; LOOKED_AT]> {
        let block = self.blocks.get(usize_of(skill.term())).copied().filter(|block| *block != 0)?;
        let level = if skill.is_learning() { 0 } else { usize::from(skill.level()) };
        self.fits.get(usize_of(block) * LEVELS + level)
    }

    /// The most that this person could score; none where they can't be eligible, or where it is below the bar.
    pub(super) fn most(&self, row: &Row, skills: &[Packed], bar: f64) -> Option<f64> {
        let most = &self.constants.most;
        let beside = self.beside(row);
        let at_most = most.skills_required + most.skills_optional + most.evidence + beside;
        if self.is_long || row.unlisted || at_most < bar {
            return Some(at_most).filter(|most| *most >= bar);
        }
        let (mut best, mut evident) = ([0.0f32; LOOKED_AT], [0.0f32; LOOKED_AT]);
        for skill in skills {
            let Some(fits) = self.fits(*skill) else { continue };
            let proven = skill.proven();
            for ((best, evident), fit) in best.iter_mut().zip(&mut evident).zip(fits) {
                *best = if *fit > *best { *fit } else { *best };
                let fit = fit * proven;
                *evident = if fit > *evident { fit } else { *evident };
            }
        }
        let (mut required, mut optional) = ((0.0, 0.0), (0.0, 0.0));
        let mut proven = 0.0;
        for (want, (fit, evident)) in self.wants.iter().zip(best.into_iter().zip(evident)) {
            let (fit, evident) = (f64::from(fit), f64::from(evident));
            if want.insisted && fit <= 0.0 {
                return None;
            }
            let sums = if want.required { &mut required } else { &mut optional };
            sums.0 += want.weight * fit;
            sums.1 += want.weight;
            proven += want.weight * evident;
        }
        let share = |(met, asked): (f64, f64)| if asked > 0.0 { met / asked } else { 1.0 };
        let matched = required.0 + optional.0;
        let proven = if matched > 0.0 { (proven / matched + SLIGHT).min(1.0) } else { 0.0 };
        let skills = most.skills_required * share(required) + most.skills_optional * share(optional);
        Some(skills + most.evidence * proven + beside).filter(|most| *most >= bar)
    }

    /// Everything but skills and evidence.
    fn beside(&self, row: &Row) -> f64 {
        let constants = &self.constants;
        let most = &constants.most;
        let free = if self.hours > 0.0 { (f64::from(row.hours) / self.hours).min(1.0) } else { 1.0 };
        let kind = if self.kind & row.kinds != 0 { constants.interest_kind } else { 0.0 };
        let interests = match row.domains {
            None => most.interests * constants.interests_unnamed,
            Some(false) => kind,
            Some(true) => kind + constants.interest_domain,
        };
        let depends = if self.with_dependency && row.depends { most.dependency } else { 0.0 };
        let zone = most.time_zone * zone_share(self.overlap, &self.zones, row.offset.map(i32::from));
        self.prior + most.availability * free + zone + interests + depends + CRUMB
    }

    /// The most that those could score who come near none of the wanted skills.
    pub(super) fn most_of_strangers(&self) -> f64 {
        let most = &self.constants.most;
        if self.is_long {
            return f64::INFINITY;
        }
        let full = |required: bool| !self.wants.iter().any(|want| want.required == required);
        let skills =
            if full(true) { most.skills_required } else { 0.0 } + if full(false) { most.skills_optional } else { 0.0 };
        let depends = if self.with_dependency { most.dependency } else { 0.0 };
        skills + most.availability + most.time_zone + most.interests + depends + self.prior + CRUMB
    }
}
