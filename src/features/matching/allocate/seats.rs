//! Allocation by an instance's own rules: the pure flow, or with seats the best plan found and the bound it is held to.

use std::time::Instant;

use super::charges::{Charges, charge};
use super::graph::Link;
use super::instance::{Instance, usize_of};
use super::local::Local;
use super::relax::{FINE, Tolls, fine, tighten};
use super::rules::{Market, Terms};
use super::scale::Scale;
use super::solve::{Effort, Progress, Share, Solution, Watch, relative_gap, transport};
use super::support::{Packed, pack};

/// With seats, a gap that is not worth more steps.
const CONTENT: f64 = 2e-4;
/// Steps towards a tighter bound.
const STEPS: u32 = 60;

/// Allocates an instance by its rules: hours, `max_hours`, and seats where given. Without seats the answer is the proven
/// optimum unless `effort` asks for less; with seats, a plan with the bound that its prices prove.
pub fn allocate(instance: &Instance, effort: &Effort, watch: Watch<'_>) -> Solution {
    if instance.has_seats() { with_seats(instance, effort, watch) } else { transport(instance, effort, watch) }
}

/// The scales of an instance's hours and values.
pub(crate) struct Units {
    pub(crate) hour: Scale,
    pub(crate) worth: Scale,
}

impl Units {
    /// Values keep fewer bits than in the pure flow: tolls are finer than they are.
    pub(crate) fn of(instance: &Instance) -> Self {
        let offered = instance.volunteers().iter().map(|x| x.hours);
        let wanted = instance.needs().iter().map(|x| x.hours);
        let caps = instance.pairs().iter().map(|x| x.max_hours).filter(|x| x.is_finite());
        let hour = Scale::of(offered.chain(wanted).chain(caps), 53);
        Self { hour, worth: Scale::of(instance.pairs().iter().map(|x| x.value), 53) }
    }

    pub(crate) fn hours(&self, x: f64) -> i64 {
        if x.is_finite() { i64::try_from(self.hour.units_within(x)).unwrap_or(i64::MAX) } else { i64::MAX }
    }
}

fn market(instance: &Instance, units: &Units) -> Market {
    let people = instance.volunteers().iter().map(|x| units.hours(x.hours)).collect::<Vec<_>>();
    let needs = instance.needs().iter().map(|x| units.hours(x.hours)).collect::<Vec<_>>();
    let seats = instance.needs().iter().map(|x| x.seats.unwrap_or(u32::MAX)).collect();
    let link = |x: super::instance::Pair| Link {
        ends: [x.volunteer, x.need],
        value: units.worth.units(x.value),
        cap: units.hours(x.max_hours),
    };
    Market {
        partners: [vec![u32::MAX; people.len()], seats],
        least: vec![0; needs.len()],
        group: vec![None; needs.len()],
        budget: Vec::new(),
        extra: Vec::new(),
        links: instance.pairs().iter().map(link).collect(),
        hours: [people, needs],
    }
}

/// A plan and the tolls that bound it, for a market in coarse units.
pub(crate) struct Best {
    pub(crate) plan: Packed,
    pub(crate) tolls: Tolls,
    pub(crate) prices: [Vec<i128>; 2],
    /// The lower of the bounds that tolls and charges prove, in fine units.
    pub(crate) bound: i128,
}

fn near(value: i128, bound: i128, gap: f64) -> bool {
    relative_gap(Scale::Decimal(0).number(value * FINE), Scale::Decimal(0).number(bound)) <= gap
}

/// The best plan found within `steps` towards a tighter bound, the bound and its prices; the last two in fine units.
pub(crate) fn best_plan(market: &Market, gap: f64, steps: u32, go_on: &mut dyn FnMut() -> bool) -> Best {
    let fine = fine(market);
    let room = fine.room();
    let mut tolls = Tolls { each: Tolls::default().each, bound: 0 };
    let first = tolls.flow(&fine, &room, &Effort::default());
    let nothing = || Packed { hours: vec![0; market.links.len()], value: 0 };
    let mut plan = pack(market, &first, go_on).unwrap_or_else(nothing);
    let mut prices = first.price;
    let mut bound = tolls.bound;
    if !near(plan.value, bound, gap) && go_on() {
        let mut tighter = tighten(&fine, &room, plan.value * FINE, gap, steps, go_on);
        let guide = tighter.flow(&fine, &room, &Effort::default());
        if let Some(second) = pack(market, &guide, go_on).filter(|x| x.value > plan.value) {
            plan = second;
        }
        if tighter.bound < tolls.bound {
            (tolls, prices) = (tighter, guide.price);
        }
        bound = tolls.bound;
        if !near(plan.value, bound, gap) && go_on() {
            let [_, hour] = &prices;
            let charges = charge(&fine, hour, &tolls, plan.value * FINE, gap, steps, go_on);
            bound = bound.min(charges.bound);
            let enough = |value: i128| near(value, bound, gap);
            let better = improved(market, &plan.hours, &charges, steps, &enough, go_on);
            plan = better.filter(|x| x.value > plan.value).unwrap_or(plan);
        }
    }
    Best { plan, tolls, prices, bound }
}

/// A bound for plans of which one is worth `known`, in coarse units; the bound in fine ones.
pub(crate) fn bound_of(market: &Market, known: i128, gap: f64, steps: u32, go_on: &mut dyn FnMut() -> bool) -> i128 {
    let fine = fine(market);
    let room = fine.room();
    let mut tolls = tighten(&fine, &room, known * FINE, gap, steps, go_on);
    let guide = tolls.flow(&fine, &room, &Effort::default());
    if near(known, tolls.bound, gap) || !go_on() {
        return tolls.bound;
    }
    let [_, hour] = &guide.price;
    tolls.bound.min(charge(&fine, hour, &tolls, known * FINE, gap, steps, go_on).bound)
}

/// The better of this plan and one that the charges suggest, made better person by person, with the best hours on its pairs.
fn improved(
    market: &Market,
    hours: &[i64],
    charges: &Charges,
    steps: u32,
    enough: &dyn Fn(i128) -> bool,
    go_on: &mut dyn FnMut() -> bool,
) -> Option<Packed> {
    let mut local = Local::new(market, hours);
    local.settle(go_on);
    let mut other = Local::new(market, &[]);
    other.follow(charges);
    other.settle(go_on);
    if other.value() > local.value() {
        local = other;
    }
    local.stir_often(charges, steps, enough, go_on);
    local.settle(go_on);
    let links: Vec<u32> = (0u32..).zip(local.hours()).filter(|(_, x)| **x > 0).map(|(at, _)| at).collect();
    let [_, room] = &market.hours;
    let terms = Terms { links: &links, room, reserve: true, toll: None };
    let flow = market.solve(&terms, &Effort::default(), &mut || true);
    let (hours, value) = (local.hours().to_vec(), local.value());
    go_on().then_some(if flow.value > value {
        Packed { hours: flow.hours, value: flow.value }
    } else {
        Packed { hours, value }
    })
}

fn with_seats(instance: &Instance, effort: &Effort, watch: Watch<'_>) -> Solution {
    let units = Units::of(instance);
    let market = market(instance, &units);
    let deadline = effort.time.map(|time| Instant::now() + time);
    let mut go_on = || watch(None) && deadline.is_none_or(|x| Instant::now() < x);
    let best = best_plan(&market, effort.gap.max(CONTENT), STEPS, &mut go_on);
    let share = |(pair, hours): (u32, &i64)| Share { pair, hours: units.hour.number(i128::from(*hours)) };
    let shares = (0u32..).zip(&best.plan.hours).filter(|(_, x)| **x > 0).map(share).collect();
    let [people, needs] = &best.prices;
    let price = |x: &i128| units.worth.number(*x) / Scale::Decimal(0).number(FINE);
    let [_, seats] = &best.tolls.each;
    let mut seat_prices: Vec<f64> = seats.iter().map(|x| price(x) * units.hour.number(1)).collect();
    seat_prices.resize(instance.needs().len(), 0.0);
    let mut solution = Solution {
        value: units.worth.product(units.hour, best.plan.value),
        bound: units.worth.product(units.hour, best.tolls.bound) / Scale::Decimal(0).number(FINE),
        shares,
        volunteer_prices: people.iter().map(price).collect(),
        need_prices: needs.iter().map(price).collect(),
        seat_prices,
        gap: 0.0,
    };
    if !(units.hour.exact() && units.worth.exact()) {
        let value = |x: &Share| instance.pairs().get(usize_of(x.pair)).map_or(0.0, |pair| pair.value) * x.hours;
        solution.value = solution.shares.iter().map(value).sum();
        // One unit up for every hour and every value covers all that rounding can hide.
        solution.bound = rounded_up(instance, &units, solution.bound);
    }
    solution.bound = solution.bound.max(solution.value);
    solution.gap = relative_gap(solution.value, solution.bound);
    watch(Some(Progress { value: solution.value, bound: solution.bound }));
    solution
}

/// A bound of the rounded instance as one of the true: values are off by half a unit at most an hour, hours by one unit.
fn rounded_up(instance: &Instance, units: &Units, bound: f64) -> f64 {
    let dearest = instance.pairs().iter().fold(0f64, |most, x| most.max(x.value));
    let people: f64 = instance.volunteers().iter().map(|x| x.hours).sum();
    let nodes = Scale::Decimal(0).number(i128::try_from(instance.pairs().len()).unwrap_or(i128::MAX));
    (bound + people * units.worth.number(1) + nodes * 2.0 * units.hour.number(1) * dearest) * (1.0 + 2f64.powi(-40))
}
