//! A tighter bound where seats are few: a toll on crowded nodes instead of a limit (Lagrangian relaxation).
//!
//! A pair that can carry `u` hours uses `x / u` of a seat at least. So every plan that obeys the limits also obeys
//! `Σ x / u ≤ seats`, and for any toll λ ≥ 0 a seat the flow with `λ / u` taken off each value, plus λ for every seat, bounds
//! them all. The tolls follow the subgradient with B. T. Polyak's step (1969). What they make scarce guides the rounding.

use super::choice::{float, whole};
use super::instance::usize_of;
use super::rules::{Flow, Market, Terms};
use super::solve::Effort;

/// Values are counted so much finer here that a toll's part an hour keeps three digits.
pub(crate) const FINE: i128 = 1 << 10;
/// Flows on the way only guide: this gap is enough.
const ON_THE_WAY: f64 = 1e-3;
/// Steps without a better bound before the step is halved.
const PATIENCE: u32 = 4;
/// Links looked at in all steps together: with a million links there are fewer steps.
const WORK: usize = 12_000_000;
/// So many steps are taken anyway.
const LEAST_STEPS: u32 = 8;

/// Tolls with the bound they prove.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Tolls {
    /// A toll a partner at each person, and each need, in fine units.
    pub(crate) each: [Vec<i128>; 2],
    /// In fine units times hour units.
    pub(crate) bound: i128,
}

/// The same market with values in fine units.
pub(crate) fn fine(market: &Market) -> Market {
    let mut fine = market.clone();
    for link in &mut fine.links {
        link.value *= FINE;
    }
    for (_, extra) in fine.extra.iter_mut().flatten() {
        *extra *= FINE;
    }
    fine
}

impl Tolls {
    fn none(market: &Market) -> Self {
        let [people, needs] = &market.hours;
        Self { each: [vec![0; people.len()], vec![0; needs.len()]], bound: i128::MAX }
    }

    fn at(&self, side: usize, node: u32) -> i128 {
        self.each.get(side).and_then(|x| x.get(usize_of(node))).copied().unwrap_or(0)
    }

    /// What is taken off each link's value: rounded down, which keeps the bound true.
    fn per_link(&self, market: &Market) -> Vec<i128> {
        let toll = |link: &super::graph::Link| {
            let [person, need] = link.ends;
            (self.at(0, person) + self.at(1, need)) / i128::from(market.reach(link).max(1))
        };
        market.links.iter().map(toll).collect()
    }

    /// The tolls' own part of the bound: one for every partner allowed.
    fn paid(&self, market: &Market) -> i128 {
        let side = |side: usize| {
            let nodes = self.each.get(side).map_or(0, Vec::len);
            (0u32..).take(nodes).map(move |node| self.at(side, node) * i128::from(market.partners_of(side, node))).sum()
        };
        let sums: [i128; 2] = [side(0), side(1)];
        sums.into_iter().sum()
    }

    /// The flow under these tolls, on all links that can be used; it guides, and its bound with the tolls is true.
    pub(crate) fn flow(&mut self, market: &Market, room: &[i64], effort: &Effort) -> Flow {
        let links = market.usable_links();
        let toll = self.per_link(market);
        let terms = Terms { links: &links, room, reserve: false, toll: Some(&toll) };
        let flow = market.solve(&terms, effort, &mut || true);
        self.bound = flow.bound + self.paid(market);
        flow
    }
}

/// Looks for tolls with a better bound, for so many steps or until the bound is within `gap` of what is `known` to be
/// possible (in fine units).
pub(crate) fn tighten(
    market: &Market,
    room: &[i64],
    known: i128,
    gap: f64,
    steps: u32,
    go_on: &mut dyn FnMut() -> bool,
) -> Tolls {
    let mut now = Tolls::none(market);
    let mut best = now.clone();
    let (mut pace, mut stale) = (1.0f64, 0);
    let most = u32::try_from(WORK / market.links.len().max(1)).unwrap_or(u32::MAX).max(LEAST_STEPS);
    for _ in 0..steps.min(most) {
        if !go_on() {
            break;
        }
        let flow = now.flow(market, room, &Effort { gap: ON_THE_WAY, time: None });
        if now.bound < best.bound {
            best = now.clone();
            stale = 0;
        } else {
            stale += 1;
        }
        if stale >= PATIENCE {
            (now, pace, stale) = (best.clone(), pace / 2.0, 0);
            continue;
        }
        let slope = slope(market, &flow);
        let norm: f64 = slope.iter().flatten().map(|x| x * x).sum();
        let short = float(now.bound - known);
        if norm <= 0.0 || short <= gap * float(now.bound) {
            break;
        }
        let step = pace * short / norm;
        for (tolls, slope) in now.each.iter_mut().zip(&slope) {
            for (toll, slope) in tolls.iter_mut().zip(slope) {
                *toll = whole(float(*toll) + step * slope).max(0);
            }
        }
    }
    best
}

/// How much each node's partners exceed its limit in the flow; 0 where there is no limit, or where it is slack and free.
fn slope(market: &Market, flow: &Flow) -> [Vec<f64>; 2] {
    let mut slope = [0, 1].map(|side| {
        let nodes = market.partners.get(side).map_or(&[][..], Vec::as_slice);
        nodes.iter().map(|x| if *x == u32::MAX { 0.0 } else { -f64::from(*x) }).collect::<Vec<f64>>()
    });
    for (link, hours) in market.links.iter().zip(&flow.hours).filter(|(_, hours)| **hours > 0) {
        let part = float(i128::from(*hours)) / float(i128::from(market.reach(link).max(1)));
        for ((side, list), node) in (0..).zip(&mut slope).zip(link.ends) {
            if market.partners_of(side, node) != u32::MAX
                && let Some(slot) = list.get_mut(usize_of(node))
            {
                *slot += part;
            }
        }
    }
    slope
}
