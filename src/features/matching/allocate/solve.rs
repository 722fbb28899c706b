//! The solver: from an instance to the best allocation, its value, and the prices that prove the bound.

use std::time::{Duration, Instant};

use super::exact::Placed;
use super::finish::finish;
use super::graph::{Graph, Link, Stored, Whole};
use super::instance::{Instance, usize_of};
use super::pace::{BY, Pace};
use super::plan::{Plan, Worth};
use super::scale::{Scale, total};
use super::{auction, auction::End};

/// Hours of one pair in an allocation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// Position in [`Instance::pairs`].
    pub pair: u32,
    /// Hours, more than 0.
    pub hours: f64,
}

/// An allocation with its proof.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Solution {
    /// Sum of value times hours over the shares.
    pub value: f64,
    /// No allocation is worth more than this. Proven by the prices.
    pub bound: f64,
    /// `(bound − value) / bound`, 0 when the bound is: how much better another allocation can be at most.
    pub gap: f64,
    /// Who gives how many hours to what, by pair.
    pub shares: Vec<Share>,
    /// What one more hour of each volunteer is worth.
    pub volunteer_prices: Vec<f64>,
    /// What one more hour of each need's room is worth: its congestion.
    pub need_prices: Vec<f64>,
    /// What one more seat of each need is worth; empty where seats play no part.
    pub seat_prices: Vec<f64>,
}

/// When to be content.
#[derive(Debug, Clone, Copy, Default)]
pub struct Effort {
    /// Stop at this relative gap; 0 asks for the proven optimum.
    pub gap: f64,
    /// Stop after so long, with the best so far and its bound.
    pub time: Option<Duration>,
}

/// How far a solve has come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// Worth of the plan at hand.
    pub value: f64,
    /// What no plan can exceed.
    pub bound: f64,
}

/// Told of progress now and then; answering `false` stops the solver with the best so far.
pub type Watch<'w> = &'w mut dyn FnMut(Option<Progress>) -> bool;

/// A flow in whole units, its prices and its bound.
pub(crate) struct Outcome<Hours = OnLink> {
    pub(crate) flow: Vec<Hours>,
    /// Prices of both sides in fractions of a value unit.
    pub(crate) price: [Vec<i128>; 2],
    /// A value unit has `2^shift` price units.
    pub(crate) shift: u32,
    pub(crate) worth: Worth,
}

/// One of the caller's links, by its position, and hours on it in units.
pub(crate) type OnLink = (u32, i64);

/// Allocates without regard to seats: the pure transportation problem.
pub fn transport(instance: &Instance, effort: &Effort, watch: Watch<'_>) -> Solution {
    transport_with(instance, None, effort, watch)
}

/// The same with other room at the needs than the instance says, in hours a need.
pub(crate) fn transport_with(instance: &Instance, room: Option<&[f64]>, effort: &Effort, watch: Watch<'_>) -> Solution {
    let units = Units::of(instance, room);
    let link = |at: usize| units.link(instance, at);
    let mut report = |now: Option<Worth>| {
        watch(now.map(|x| Progress { value: units.product(x.value), bound: units.product(x.bound) }))
    };
    let outcome = optimum(units.whole_hours(), instance.pairs().len(), link, effort, &mut report);
    Answer { instance, units: &units }.solution(&outcome)
}

/// The hours of both sides, and in which units they and the values are reckoned.
pub(crate) struct Units {
    /// Hours of each volunteer, and of each need.
    pub(crate) hours: [Vec<f64>; 2],
    hour: Scale,
    worth: Scale,
}

impl Units {
    /// Those of an instance, with other room at the needs where it is given.
    pub(crate) fn of(instance: &Instance, room: Option<&[f64]>) -> Self {
        let wanted: Vec<f64> = match room {
            Some(room) => room.to_vec(),
            None => instance.needs().iter().map(|x| x.hours).collect(),
        };
        let offered: Vec<f64> = instance.volunteers().iter().map(|x| x.hours).collect();
        let caps = instance.pairs().iter().map(|x| x.max_hours).filter(|x| x.is_finite());
        let nodes = offered.len() + wanted.len();
        let spread = usize::BITS - nodes.leading_zeros();
        let hour = Scale::of(offered.iter().chain(&wanted).copied().chain(caps), 61u32.saturating_sub(spread).max(53));
        let mut units = Self { hours: [offered, wanted], hour, worth: Scale::Decimal(0) };
        let bits = (TOTAL_BITS - 1 - total_bits(&units.whole_hours())).max(53);
        units.worth = Scale::of(instance.pairs().iter().map(|x| x.value), bits);
        units
    }

    /// The hours of both sides in whole units.
    pub(crate) fn whole_hours(&self) -> [Vec<i64>; 2] {
        self.hours.each_ref().map(|list| list.iter().map(|x| self.units(*x)).collect())
    }

    fn units(&self, hours: f64) -> i64 {
        i64::try_from(self.hour.units_within(hours)).unwrap_or(i64::MAX)
    }

    /// Hours in whole units, where they are so many exactly.
    pub(crate) fn whole(&self, hours: f64) -> Option<i64> {
        let amount = (0.0..WHOLE_HOURS).contains(&hours);
        let units = amount.then(|| self.units(hours))?;
        (self.hour.number(i128::from(units)).to_bits() == (hours + 0.0).to_bits()).then_some(units)
    }

    /// A pair in units.
    #[inline]
    pub(crate) fn link(&self, instance: &Instance, at: usize) -> Link {
        let blank = Link { ends: [0, 0], value: 0, cap: 0 };
        instance.pairs().get(at).map_or(blank, |x| Link {
            ends: [x.volunteer, x.need],
            value: self.worth.units(x.value),
            cap: if x.max_hours.is_finite() { self.units(x.max_hours) } else { i64::MAX },
        })
    }

    /// A worth in units as a number.
    pub(crate) fn product(&self, worth: i128) -> f64 {
        self.worth.product(self.hour, worth)
    }
}

/// Hours above are no hours of anybody, and their units would not fit.
const WHOLE_HOURS: f64 = 1e15;

/// A price times all hours fits so many bits.
pub(crate) const TOTAL_BITS: u32 = 125;

/// Bits that the sum of all hours takes.
fn total_bits(hours: &[Vec<i64>; 2]) -> u32 {
    128 - hours.iter().flatten().map(|x| i128::from(*x)).sum::<i128>().leading_zeros()
}

/// Solves in whole units: no two links with the same ends, link values at least 0, hours so small that their sum fits 62 bits, and
/// the largest value times that sum [`TOTAL_BITS`].
pub(crate) fn optimum(
    hours: [Vec<i64>; 2],
    count: usize,
    link: impl Fn(usize) -> Link,
    effort: &Effort,
    report: &mut dyn FnMut(Option<Worth>) -> bool,
) -> Outcome {
    let (mut largest, mut step) = (0i128, 0i128);
    for at in 0..count {
        let value = link(at).value.max(0);
        largest = largest.max(value);
        if step != 1 {
            step = greatest_common_divisor(step, value);
        }
    }
    if step <= 1 || largest > i128::from(i64::MAX) {
        return in_units(hours, count, largest, link, effort, report);
    }
    // Where all values are multiples of one, so are the best prices: a coarser unit leaves less to search. Longer values have
    // no bits to spare for turning prices back.
    let coarse = |at: usize| {
        let x = link(at);
        Link { value: x.value / step, ..x }
    };
    let mut outcome =
        in_units(hours, count, largest / step, coarse, effort, &mut |now| report(now.map(|x| x.times(step))));
    outcome.worth = outcome.worth.times(step);
    for price in outcome.price.iter_mut().flatten() {
        *price *= step;
    }
    outcome
}

/// Euclid's algorithm.
fn greatest_common_divisor(mut a: i128, mut b: i128) -> i128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// The same with values in numbers as short as they fit, the largest being known.
fn in_units(
    hours: [Vec<i64>; 2],
    count: usize,
    largest: i128,
    link: impl Fn(usize) -> Link,
    effort: &Effort,
    report: &mut dyn FnMut(Option<Worth>) -> bool,
) -> Outcome {
    let ends = |at: usize| link(at).ends;
    let bits = 128 - largest.leading_zeros();
    // Room below the unit for ε: with less than one part in the number of nodes, the auction itself ends at the best.
    let wanted = usize::BITS - (hours.iter().map(Vec::len).sum::<usize>()).leading_zeros() + 1;
    if bits <= 31 {
        let shift = wanted.min(60 - bits);
        solve(Graph::<i32>::new(hours, count, &link, shift), effort, report).on_links(count, ends)
    } else if bits <= 58 {
        let shift = wanted.min(60 - bits);
        solve(Graph::<i64>::new(hours, count, &link, shift), effort, report).on_links(count, ends)
    } else {
        let shift = wanted.min(TOTAL_BITS.saturating_sub(bits + total_bits(&hours)));
        solve(Graph::<i128>::new(hours, count, &link, shift), effort, report).on_links(count, ends)
    }
}

fn solve<S: Stored>(
    mut graph: Graph<S>,
    effort: &Effort,
    report: &mut dyn FnMut(Option<Worth>) -> bool,
) -> Outcome<Placed<S>> {
    let deadline = effort.time.map(|time| Instant::now() + time);
    let late = move || deadline.is_some_and(|x| Instant::now() >= x);
    graph.coarsen();
    let mut plan = Plan::empty(&graph);
    let pace = Pace::of(&graph);
    for epsilon in auction::steps(pace.first, BY) {
        let end = plan.refine(epsilon, &mut || late() || !report(None));
        let worth = plan.worth();
        let gap = gap_of(worth);
        if end == End::Stopped || late() || !report(Some(worth)) || (effort.gap > 0.0 && gap <= effort.gap) {
            return rough(&plan, worth);
        }
        let last = epsilon <= S::Price::ONE || end == End::Tired;
        if (last || (pace.is_ready(epsilon) && !pace.is_nearly_there(gap, effort.gap)))
            && let Some(outcome) = finish(&plan, epsilon, last, &mut || late() || !report(None))
        {
            return outcome;
        }
    }
    // Not reached: the last step is always finished. A feasible plan with its bound is the right answer all the same.
    rough(&plan, plan.worth())
}

fn gap_of(worth: Worth) -> f64 {
    relative_gap(Scale::Decimal(0).number(worth.value), Scale::Decimal(0).number(worth.bound))
}

/// `(bound − value) / bound`, at least 0, and 0 where the bound is 0.
pub(crate) fn relative_gap(value: f64, bound: f64) -> f64 {
    if bound > 0.0 { ((bound - value) / bound).max(0.0) } else { 0.0 }
}

fn rough<S: Stored>(plan: &Plan<'_, S>, worth: Worth) -> Outcome<Placed<S>> {
    let graph = plan.graph;
    let profit = auction::gains(graph, 0, &plan.price, &plan.room());
    Outcome {
        flow: plan.placed().collect(),
        price: [profit.iter().map(|x| x.wide()).collect(), plan.price.iter().map(|x| x.wide()).collect()],
        shift: graph.shift,
        worth,
    }
}

/// Turns whole units back into hours and values.
pub(crate) struct Answer<'i> {
    pub(crate) instance: &'i Instance,
    pub(crate) units: &'i Units,
}

impl Answer<'_> {
    pub(crate) fn solution(&self, outcome: &Outcome) -> Solution {
        let Units { hour, worth, .. } = self.units;
        let mut flow = outcome.flow.clone();
        flow.sort_unstable();
        let shares: Vec<Share> =
            flow.iter().map(|(pair, hours)| Share { pair: *pair, hours: hour.number(i128::from(*hours)) }).collect();
        let price = |x: &i128| worth.number(*x) / 2f64.powi(i32::try_from(outcome.shift).unwrap_or(0));
        let [people, needs] = &outcome.price;
        let mut solution = Solution {
            shares,
            volunteer_prices: people.iter().map(price).collect(),
            need_prices: needs.iter().map(price).collect(),
            ..Solution::default()
        };
        self.complete(&mut solution);
        if hour.exact() && worth.exact() {
            solution.value = self.units.product(outcome.worth.value);
            solution.bound = self.units.product(outcome.worth.bound).max(solution.value);
        } else {
            // Rounded inputs: what was lost to rounding is added to the bound, by way of the true numbers.
            solution.value = self.true_value(&solution);
            solution.bound = self.true_bound(&solution).max(solution.value);
        }
        solution.gap = relative_gap(solution.value, solution.bound);
        solution
    }

    /// Prices of nodes that took no part, because they have no hours: what their pairs are worth at the others' prices.
    fn complete(&self, solution: &mut Solution) {
        let [offered, wanted] = &self.units.hours;
        for pair in self.instance.pairs().iter() {
            let (i, j) = (usize_of(pair.volunteer), usize_of(pair.need));
            let idle = |hours: Option<&f64>| hours.is_none_or(|x| self.units.hour.units_within(*x) == 0);
            let cost = solution.volunteer_prices.get(i).copied().unwrap_or(0.0)
                + solution.need_prices.get(j).copied().unwrap_or(0.0);
            if pair.value <= cost || pair.max_hours <= 0.0 {
                continue;
            }
            let free = if idle(offered.get(i)) {
                solution.volunteer_prices.get_mut(i)
            } else if idle(wanted.get(j)) {
                solution.need_prices.get_mut(j)
            } else {
                None
            };
            if let Some(price) = free {
                *price += pair.value - cost;
            }
        }
    }

    fn true_value(&self, solution: &Solution) -> f64 {
        let value = |x: &Share| self.instance.pairs().get(usize_of(x.pair)).map_or(0.0, |pair| pair.value) * x.hours;
        total(solution.shares.iter().map(value))
    }

    /// Duality with the true numbers: every hour at its price, and what a pair is worth above both its ends' prices. The last
    /// factor covers the roundings of the products and of the sum.
    fn true_bound(&self, solution: &Solution) -> f64 {
        let [offered, wanted] = &self.units.hours;
        let mine = offered.iter().zip(&solution.volunteer_prices).map(|(h, p)| h * p);
        let theirs = wanted.iter().zip(&solution.need_prices).map(|(h, p)| h * p);
        let above = self.instance.pairs().iter().map(|pair| {
            let (i, j) = (usize_of(pair.volunteer), usize_of(pair.need));
            let cost = solution.volunteer_prices.get(i).copied().unwrap_or(0.0)
                + solution.need_prices.get(j).copied().unwrap_or(0.0);
            let most = [offered.get(i), wanted.get(j)].into_iter().flatten().copied();
            most.fold(pair.max_hours, f64::min) * (pair.value - cost).max(0.0)
        });
        total(mine.chain(theirs).chain(above)) * (1.0 + 2f64.powi(-50))
    }
}
