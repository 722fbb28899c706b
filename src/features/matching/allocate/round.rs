//! A round: the best use of everybody's hours under the rules that people and projects really have.
//!
//! Hard rules: nobody gives more hours than offered or works on more needs than wanted; no need takes more hours or people
//! than it has room for; nobody works on a need for fewer hours than it asks of one person, or for more than one seat's; a
//! project's maintainers review no more hours a week than they can, over all its needs. The bound is that of a relaxation solved exactly, so the gap says
//! how much better any plan could be at most.

use std::collections::HashSet;

use super::figures::{Figures, Tier, Unserved, figures};
use super::floor::{Floor, MILD, chain};
use super::graph::Link;
use super::instance::{Flaw, amount, usize_of};
use super::rules::{Flow, Market, Terms};
use super::scale::Scale;
use super::seats::{best_plan, bound_of};
use super::solve::{Effort, Share, relative_gap};

/// Somebody who offers hours to a round.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Helper {
    /// Hours per week that are free, finite and at least 0. Counted in hundredths, rounded down.
    pub hours: f64,
    /// At most so many needs at a time.
    pub max_needs: u32,
}

/// A need that takes part in a round.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Opening {
    /// Hours per week wanted, finite and at least 0.
    pub hours: f64,
    /// At most so many people.
    pub seats: u32,
    /// Nobody works on it for fewer hours than this; finite, at least 0.
    pub min_hours: f64,
    /// Nobody works on it for more hours than this: those of one seat. At least `min_hours`, or it takes nobody.
    pub max_hours: f64,
    /// Position of its project in [`Round::budgets`].
    pub project: u32,
    /// 1 (most critical) to 3.
    pub tier: u8,
}

/// A pairing that the matching allows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// Position in [`Round::helpers`].
    pub helper: u32,
    /// Position in [`Round::openings`].
    pub opening: u32,
    /// What an hour is worth, finite and at least 0.
    pub value: f64,
}

/// What a round is to make the most of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Policy {
    /// The total value.
    Total,
    /// First the value on tier 1, then on tier 2, then on tier 3.
    CriticalFirst,
    /// First that every tier-1 need gets so many hours (or all it wants, if fewer), as evenly as possible where not all can;
    /// then the total.
    Floor {
        /// Hours per week.
        hours: f64,
    },
}

/// Everything that goes into a round: kept with it, it gives the same plan again.
#[derive(Debug, Clone, PartialEq)]
pub struct Round {
    /// Who offers hours.
    pub helpers: Vec<Helper>,
    /// What wants hours.
    pub openings: Vec<Opening>,
    /// Hours per week that each project's maintainers can review.
    pub budgets: Vec<f64>,
    /// Who could work on what, each pair once.
    pub candidates: Vec<Candidate>,
    /// What to make the most of.
    pub policy: Policy,
    /// How many steps towards a tighter bound and a better plan are allowed: about one solution each. A floor is planned up to three times.
    pub steps: u32,
}

/// The plan of a round.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RoundPlan {
    /// Hours by position in [`Round::candidates`].
    pub pairs: Vec<Share>,
    /// Sum of value times hours.
    pub value: f64,
    /// No plan that obeys the rules has a greater total value, whatever the policy.
    pub bound: f64,
    /// `(bound − value) / bound`; under a policy other than `total` the price of the policy is in it.
    pub gap: f64,
    /// By tier: what it got, and what it could have got at most.
    pub tiers: Vec<Tier>,
    /// Part of all hours that went to the tenth of the projects that got most, 0 to 1.
    pub popular_share: f64,
    /// Tier-1 needs that got nothing, and why.
    pub unserved: Vec<Unserved>,
    /// What one more hour of each helper would be worth: shortages by person.
    pub helper_prices: Vec<f64>,
    /// What room for one more hour at each need would be worth: its congestion.
    pub opening_prices: Vec<f64>,
}

/// Plans a round. `go_on` is asked now and then; once it answers `false` there is no plan, only `Ok(None)`.
///
/// # Errors
/// A [`Flaw`] for numbers that are negative or not finite, tiers other than 1 to 3, and positions out of range.
pub fn plan(round: &Round, go_on: &mut dyn FnMut() -> bool) -> Result<Option<RoundPlan>, Flaw> {
    validate(round)?;
    let counted = Counted::new(round);
    let plain = counted.market(round);
    let mut aimed = plain.clone();
    let mut floor = None;
    match round.policy {
        Policy::Total => {}
        Policy::CriticalFirst => counted.rank_tiers(round, &mut aimed),
        Policy::Floor { hours } => {
            let new = Floor::of(round, &plain, counted.hours(hours));
            new.set(&mut aimed, chain(&plain));
            floor = Some(new).filter(|x| !x.is_empty());
        }
    }
    let mut cancelled = false;
    let mut watch = || {
        cancelled |= !go_on();
        !cancelled
    };
    let mut best = best_plan(&aimed, CONTENT, round.steps, &mut watch);
    if let Some(floor) = floor {
        // Where a floor outranks everything, nothing else seems worth a step. Where it is only dear the total counts too, and
        // mostly the floor is kept all the same.
        for times in MILD {
            if !watch() {
                break;
            }
            let mut mild = plain.clone();
            floor.set(&mut mild, times);
            let other = best_plan(&mild, CONTENT, round.steps, &mut watch);
            if aimed.worth(&other.plan.hours) > aimed.worth(&best.plan.hours) {
                best = other;
                break;
            }
        }
    }
    let bound = match round.policy {
        Policy::Total => best.bound,
        _ if watch() => bound_of(&plain, plain.worth(&best.plan.hours), CONTENT, round.steps, &mut watch),
        _ => 0,
    };
    let prices = relaxed(&plain).price;
    let tiers: Vec<f64> = (1..=3).map(|tier| counted.value(tier_bound(round, &plain, tier))).collect();
    if cancelled {
        return Ok(None);
    }
    let share = |(pair, hours): (u32, &i64)| Share { pair, hours: counted.hour.number(i128::from(*hours)) };
    let pairs: Vec<Share> = (0u32..).zip(&best.plan.hours).filter(|(_, x)| **x > 0).map(share).collect();
    let worth = |x: &Share| round.candidates.get(usize_of(x.pair)).map_or(0.0, |c| c.value * x.hours);
    let value = pairs.iter().map(worth).sum();
    let bound = (counted.value(bound) / Scale::Decimal(0).number(super::relax::FINE)).max(value);
    let Figures { tiers, popular_share, unserved } = figures(round, &pairs, &tiers);
    let [helpers, openings] = &prices;
    let price = |x: &i128| counted.unit * Scale::Decimal(0).number(*x);
    Ok(Some(RoundPlan {
        value,
        bound,
        gap: relative_gap(value, bound),
        tiers,
        popular_share,
        unserved,
        helper_prices: helpers.iter().map(price).collect(),
        opening_prices: openings.iter().map(price).collect(),
        pairs,
    }))
}

/// A gap that is not worth more steps.
const CONTENT: f64 = 2e-4;
/// Values are counted in this part of the largest: `2^-PLAIN_BITS`.
const PLAIN_BITS: u32 = 34;
/// Bits for a weighted value times hours times the bound's own resolution, with room to add.
const ALL_BITS: u32 = 112;

fn validate(round: &Round) -> Result<(), Flaw> {
    let number = |x: f64, place: String| amount(x).map_err(|why| Flaw::new(place, why));
    for (at, helper) in round.helpers.iter().enumerate() {
        number(helper.hours, format!("/helpers/{at}/hours"))?;
    }
    for (at, budget) in round.budgets.iter().enumerate() {
        number(*budget, format!("/budgets/{at}"))?;
    }
    for (at, opening) in round.openings.iter().enumerate() {
        number(opening.hours, format!("/openings/{at}/hours"))?;
        number(opening.min_hours, format!("/openings/{at}/min_hours"))?;
        number(opening.max_hours, format!("/openings/{at}/max_hours"))?;
        if usize_of(opening.project) >= round.budgets.len() {
            return Err(Flaw::new(format!("/openings/{at}/project"), "no such project in the round"));
        }
        if !(1..=3).contains(&opening.tier) {
            return Err(Flaw::new(format!("/openings/{at}/tier"), "tiers are 1, 2 and 3"));
        }
    }
    let mut known = HashSet::with_capacity(round.candidates.len());
    for (at, candidate) in round.candidates.iter().enumerate() {
        if !known.insert((candidate.helper, candidate.opening)) {
            let place = format!("/candidates/{at}");
            return Err(Flaw::new(place, "this helper and this opening are paired before: list each pair once"));
        }
        number(candidate.value, format!("/candidates/{at}/value"))?;
        if usize_of(candidate.helper) >= round.helpers.len() {
            return Err(Flaw::new(format!("/candidates/{at}/helper"), "no such helper in the round"));
        }
        if usize_of(candidate.opening) >= round.openings.len() {
            return Err(Flaw::new(format!("/candidates/{at}/opening"), "no such opening in the round"));
        }
    }
    if let Policy::Floor { hours } = round.policy {
        number(hours, "/policy/hours".to_owned())?;
    }
    Ok(())
}

/// How a round's numbers are counted.
struct Counted {
    /// Hours in at most hundredths.
    hour: Scale,
    /// One unit of value.
    unit: f64,
    /// The largest number of units of any candidate.
    largest: i128,
    /// Hour units that can be placed at all, at most.
    placeable: i128,
}

impl Counted {
    fn new(round: &Round) -> Self {
        let offered = round.helpers.iter().map(|x| x.hours);
        let wanted = round.openings.iter().flat_map(|x| [x.hours, x.min_hours, x.max_hours]);
        let hour = match Scale::of(offered.chain(wanted).chain(round.budgets.iter().copied()), 53) {
            Scale::Decimal(digits) if digits < 2 => Scale::Decimal(digits),
            _ => Scale::Decimal(2),
        };
        let dearest = round.candidates.iter().fold(0f64, |most, x| most.max(x.value));
        let mut counted = Self { hour, unit: 1.0, largest: 0, placeable: 0 };
        counted.placeable = round.helpers.iter().map(|x| i128::from(counted.hours(x.hours))).sum();
        let bits = match round.policy {
            // Three tiers, each outranking all that can be had on the next.
            Policy::CriticalFirst => (ALL_BITS / 3).saturating_sub(128 - counted.placeable.leading_zeros()).max(8),
            _ => PLAIN_BITS,
        };
        let whole = round.candidates.iter().all(|x| x.value.fract() <= 0.0) && dearest < 2f64.powi(bits.cast_signed());
        if dearest > 0.0 && !whole {
            counted.unit = dearest / 2f64.powi(bits.cast_signed());
        }
        counted.largest = counted.units(dearest);
        counted
    }

    /// Hours in units, rounded down.
    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        reason = "hours saturate far above any real number"
    )]
    fn hours(&self, x: f64) -> i64 {
        let near = self.hour.units(x);
        let units = if self.hour.number(near) > x { near - 1 } else { near };
        units.min(i128::from(u32::MAX)) as i64
    }

    /// A value in units, rounded up, so that a bound of the counted is a bound of the true.
    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        reason = "at most 2^40 units by the choice of the unit"
    )]
    fn units(&self, x: f64) -> i128 {
        (x / self.unit).ceil() as i128
    }

    fn value(&self, units: i128) -> f64 {
        self.hour.number(units) * self.unit
    }

    fn market(&self, round: &Round) -> Market {
        let helper = |x: &Helper| self.hours(x.hours);
        let seat = |at: u32| round.openings.get(usize_of(at)).map_or(0, |x| self.hours(x.max_hours.min(x.hours)));
        let link =
            |x: &Candidate| Link { ends: [x.helper, x.opening], value: self.units(x.value), cap: seat(x.opening) };
        Market {
            hours: [
                round.helpers.iter().map(helper).collect(),
                round.openings.iter().map(|x| self.hours(x.hours)).collect(),
            ],
            partners: [
                round.helpers.iter().map(|x| x.max_needs).collect(),
                round.openings.iter().map(|x| x.seats).collect(),
            ],
            least: round.openings.iter().map(|x| self.least(x.min_hours)).collect(),
            group: round.openings.iter().map(|x| Some(x.project)).collect(),
            budget: round.budgets.iter().map(|x| self.hours(*x)).collect(),
            extra: Vec::new(),
            links: round.candidates.iter().map(link).collect(),
        }
    }

    /// Fewest hours of one person, rounded up.
    fn least(&self, x: f64) -> i64 {
        let down = self.hours(x);
        if self.hour.number(i128::from(down)) < x { down + 1 } else { down }
    }

    /// Makes an hour unit on a tier outrank everything that can be had on the tiers after it.
    fn rank_tiers(&self, round: &Round, market: &mut Market) {
        let factor = self.largest.saturating_mul(self.placeable).saturating_add(1);
        for (link, candidate) in market.links.iter_mut().zip(&round.candidates) {
            let tier = round.openings.get(usize_of(candidate.opening)).map_or(3, |x| x.tier);
            for _ in tier..3 {
                link.value = link.value.saturating_mul(factor);
            }
        }
    }
}

/// The market's flow without the rules of people, whose prices are the shortages.
fn relaxed(market: &Market) -> Flow {
    let links = market.usable_links();
    let room = market.room();
    let terms = Terms { links: &links, room: &room, reserve: false, toll: None };
    market.solve(&terms, &Effort::default(), &mut || true)
}

/// The most that one tier's needs can get when nobody else wants anything.
fn tier_bound(round: &Round, market: &Market, tier: u8) -> i128 {
    let mut alone = market.clone();
    for (link, candidate) in alone.links.iter_mut().zip(&round.candidates) {
        if round.openings.get(usize_of(candidate.opening)).is_none_or(|x| x.tier != tier) {
            link.value = 0;
        }
    }
    relaxed(&alone).bound
}
