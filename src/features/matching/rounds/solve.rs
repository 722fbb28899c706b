//! From inputs to a plan with its figures. Pure.

use super::inputs::Inputs;
use super::model::{Outcome, RoundShortage, TierShare, UnservedNeed, UnservedReason};
use crate::features::matching::allocate::{Flaw, RoundPlan, Tier, Why, plan};
use crate::kernel::{AccountId, NeedId};
use std::collections::BTreeMap;

/// How many shortages are told.
const MOST_SHORTAGES: usize = 50;

/// Somebody's hours on a need.
#[derive(Debug, Clone, PartialEq)]
pub struct Pairing {
    /// Who.
    pub volunteer: AccountId,
    /// On what.
    pub need: NeedId,
    /// Hours a week.
    pub hours: f64,
    /// The pair's score, 0 to 100.
    pub score: f64,
}

/// A plan: the pairings, best score first, and what they come to.
#[derive(Debug, Clone, PartialEq)]
pub struct Solved {
    /// Who works on what.
    pub pairings: Vec<Pairing>,
    /// The figures.
    pub outcome: Outcome,
}

fn at<T>(list: &[T], position: u32) -> Option<&T> {
    usize::try_from(position).ok().and_then(|at| list.get(at))
}

/// Works the inputs out. `go_on` is asked now and then; once it answers `false` there is no plan, only `Ok(None)`.
///
/// # Errors
/// When a number among the inputs is negative or not finite, which freezing rules out.
pub fn solve(inputs: &Inputs, go_on: &mut dyn FnMut() -> bool) -> Result<Option<Solved>, Flaw> {
    let Some(planned) = plan(&inputs.problem()?, go_on)? else { return Ok(None) };
    let pairing = |share: &crate::features::matching::allocate::Share| {
        let (person, need, score) = at(&inputs.pairs, share.pair)?;
        let (person, need) = (at(&inputs.offers, *person)?, at(&inputs.wishes, *need)?);
        Some(Pairing { volunteer: person.account, need: need.need, hours: share.hours, score: *score })
    };
    let mut pairings: Vec<Pairing> = planned.pairs.iter().filter_map(pairing).collect();
    pairings.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.need.cmp(&b.need)).then(a.volunteer.cmp(&b.volunteer)));
    let unserved = planned.unserved.iter().filter_map(|one| {
        let need = at(&inputs.wishes, one.opening)?.need;
        Some(UnservedNeed { need, reason: one.reason.into() })
    });
    let prices = inputs.wishes.iter().zip(&planned.opening_prices).filter(|(_, price)| **price > 0.0);
    let outcome = Outcome {
        volunteers: inputs.offers.len(),
        needs: inputs.wishes.len(),
        candidates: inputs.pairs.len(),
        pairs: pairings.len(),
        value: planned.value,
        bound: planned.bound,
        gap: planned.gap,
        tiers: planned.tiers.iter().map(TierShare::from).collect(),
        popular_share: planned.popular_share,
        unserved: unserved.collect(),
        shortages: shortages(inputs, &planned),
        prices: prices.map(|(wish, price)| (wish.need, *price)).collect(),
    };
    Ok(Some(Solved { pairings, outcome }))
}

impl From<&Tier> for TierShare {
    fn from(tier: &Tier) -> Self {
        let Tier { tier, needs, served, hours, share, value, bound, least_hours } = *tier;
        Self { tier, needs, served, hours, share, value, bound, least_hours }
    }
}

impl From<Why> for UnservedReason {
    fn from(why: Why) -> Self {
        match why {
            Why::NoRoom => Self::NoRoom,
            Why::NobodyFits => Self::NobodyFits,
            Why::TooFewHours => Self::TooFewHours,
            Why::BudgetUsed => Self::BudgetUsed,
            Why::HelpersElsewhere => Self::HelpersElsewhere,
        }
    }
}

/// Hours wanted and offered of a skill, and what the offered ones' prices sum to.
#[derive(Default)]
struct Scarce {
    wanted: f64,
    offered: f64,
    worth: f64,
}

/// What an hour of each skill is worth at each level that is asked for: the dearest first, then the more wanted.
fn shortages(inputs: &Inputs, planned: &RoundPlan) -> Vec<RoundShortage> {
    let mut scarce: BTreeMap<(&str, u8), Scarce> = BTreeMap::new();
    for wish in &inputs.wishes {
        for (skill, level) in &wish.skills {
            scarce.entry((skill, *level)).or_default().wanted += wish.hours;
        }
    }
    for (offer, price) in inputs.offers.iter().zip(&planned.helper_prices) {
        for (skill, level) in &offer.skills {
            for (_, row) in scarce.range_mut((skill.as_str(), 0)..=(skill.as_str(), *level)) {
                row.offered += offer.hours;
                row.worth += offer.hours * price;
            }
        }
    }
    let row = |((skill, level), row): ((&str, u8), Scarce)| RoundShortage {
        skill: skill.to_owned(),
        level,
        wanted_hours: row.wanted,
        offered_hours: row.offered,
        price: if row.offered > 0.0 { row.worth / row.offered } else { 0.0 },
    };
    let mut rows: Vec<RoundShortage> = scarce.into_iter().map(row).collect();
    // What nobody offers has no price, and is scarcer than anything that has one.
    let absent = |row: &RoundShortage| row.offered_hours <= 0.0;
    rows.sort_by(|a, b| {
        let by_price = absent(b).cmp(&absent(a)).then(b.price.total_cmp(&a.price));
        by_price.then(b.wanted_hours.total_cmp(&a.wanted_hours)).then(a.skill.cmp(&b.skill)).then(a.level.cmp(&b.level))
    });
    rows.truncate(MOST_SHORTAGES);
    rows
}
