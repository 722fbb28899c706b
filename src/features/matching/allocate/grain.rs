//! Hours in grains: coarse enough for an auction, and exact again afterwards.
//!
//! An auction passes hours on from bid to bid. Where hours are reckoned in very fine units, a crumb of a few of them could push
//! out as small a crumb of somebody else's, that one of the next, and so on in a circle, for as many rounds as hours have units.
//! So the auction reckons in grains of which a node usually has some dozens. Its prices are nearly right all the same; what it
//! placed is cut back to the exact hours, and shortest paths, which don't mind how fine hours are, do the rest.

#![expect(
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "lots stand on arcs and nodes that the graph's constructor makes in range"
)]

use super::auction::Lot;
use super::graph::{Graph, Stored};

/// Grains that a node usually has.
const GRAINS: i64 = 64;
/// So many units that a node usually has are grains enough by themselves.
const FINE: i64 = 16 * GRAINS;

/// The exact hours behind the grains.
#[derive(Debug)]
pub(crate) struct Exact {
    /// Units of a grain.
    grain: i64,
    pub(crate) hours: [Vec<i64>; 2],
    /// Limits of side 0's arcs; empty when no arc has one.
    pub(crate) caps: Vec<i64>,
}

impl Exact {
    /// To the nearest grain, but nothing that is there becomes nothing.
    fn grains(&self, units: i64) -> i64 {
        let more = i64::from(units % self.grain > self.grain / 2);
        if units <= 0 { 0 } else { (units / self.grain + more).max(1) }
    }
}

impl<S: Stored> Graph<S> {
    /// Turns hours into grains where they are in much finer units.
    pub(crate) fn coarsen(&mut self) {
        // By the side with the fewer hours a node: a crowd's hours on one need are not to be told by the need.
        let usual = self.sides.each_ref().map(|side| usual(&side.hours)).into_iter().min().unwrap_or(0);
        if usual <= FINE {
            return;
        }
        let hours = self.sides.each_mut().map(|side| std::mem::take(&mut side.hours));
        let exact = Exact { grain: usual / GRAINS, hours, caps: self.sides[0].caps.clone() };
        for (side, hours) in self.sides.iter_mut().zip(&exact.hours) {
            side.hours = hours.iter().map(|x| exact.grains(*x)).collect();
            for cap in side.caps.iter_mut().filter(|cap| **cap < i64::MAX) {
                *cap = exact.grains(*cap);
            }
        }
        self.exact = Some(exact);
    }

    /// The exact hours of a side.
    pub(crate) fn exact_hours(&self, side: usize) -> &[i64] {
        self.exact.as_ref().map_or(&self.sides[side].hours, |exact| &exact.hours[side])
    }

    /// The exact limits of side 0's arcs.
    pub(crate) fn exact_caps(&self) -> &[i64] {
        self.exact.as_ref().map_or(&self.sides[0].caps, |exact| &exact.caps)
    }

    /// Lots on needs in exact hours: no more than everybody has.
    pub(crate) fn exactly<'a>(
        &'a self,
        lots: impl Iterator<Item = (u32, Lot<S::Price>)> + 'a,
    ) -> impl Iterator<Item = (u32, Lot<S::Price>)> + 'a {
        let mut left = self.exact.as_ref().map(|exact| (exact, exact.hours.clone()));
        lots.filter_map(move |(need, lot)| {
            let Some((exact, [people, needs])) = &mut left else { return Some((need, lot)) };
            let (offered, wanted) = (&mut people[lot.who as usize], &mut needs[need as usize]);
            let cap = exact.caps.get(lot.arc as usize).copied().unwrap_or(i64::MAX);
            let amount = lot.amount.saturating_mul(exact.grain).min(*offered).min(*wanted).min(cap);
            *offered -= amount;
            *wanted -= amount;
            (amount > 0).then_some((need, Lot { amount, ..lot }))
        })
    }
}

/// The median of what there is.
fn usual(hours: &[i64]) -> i64 {
    let mut some: Vec<i64> = hours.iter().copied().filter(|x| *x > 0).collect();
    let half = some.len() / 2;
    if some.is_empty() { 0 } else { *some.select_nth_unstable(half).1 }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "a gap of a proven optimum is exactly 0")]
mod tests {
    use crate::features::matching::allocate::tests::{Dice, claim};
    use crate::features::matching::allocate::{Effort, Instance, Need, Pair, Volunteer, check, transport};

    /// A market after somebody's arithmetic: parts of hours on one side, what is left of whole hours on the other, and now and
    /// then a crumb that should have been nothing.
    fn crumbs(dice: &mut Dice, size: u32, capped: bool) -> Instance {
        let whole = |dice: &mut Dice| f64::from(4 * u8::try_from(1 + dice.below(20)).unwrap());
        let part = |dice: &mut Dice| whole(dice) * dice.of(&[0.95, 0.85, 0.7]);
        let rest = |dice: &mut Dice| match dice.below(5) {
            0 => 0.1 + 0.2 - 0.3,
            1 => 0.0,
            _ => whole(dice) + 40.0 - part(dice) / 3.0,
        };
        let volunteers = (0..size).map(|i| Volunteer { id: format!("v{i}").into(), hours: part(dice) }).collect();
        let needs =
            (0..size).map(|j| Need { id: format!("n{j}").into(), hours: rest(dice) / 4.0, seats: None }).collect();
        let mut pairs = vec![];
        for volunteer in 0..size {
            let first = u32::try_from(dice.below(size.into())).unwrap();
            for step in 0..20 {
                let value = f64::from(u16::try_from(1 + dice.below(40_000)).unwrap());
                let max_hours = if capped && dice.below(2) == 0 { part(dice) / 7.0 } else { f64::INFINITY };
                pairs.push(Pair { volunteer, need: (first + 3 * step) % size, value, max_hours });
            }
        }
        Instance::new(volunteers, needs, pairs).unwrap()
    }

    /// In the finest units alone this takes more memory than there is: crumbs go round in circles.
    #[test]
    fn crumbs_of_hours_are_solved_to_proven_optimality() {
        let mut dice = Dice(41);
        for capped in [false, true, false, true] {
            let instance = crumbs(&mut dice, 200, capped);
            let solution = transport(&instance, &Effort::default(), &mut |_| true);
            assert!(solution.value > 1e6, "{}", solution.value);
            assert!(solution.gap <= 1e-12, "{}", solution.gap);
            let verdict = check(&instance, &claim(&instance, &solution));
            assert_eq!(verdict.findings, Vec::<String>::new());
        }
    }

    /// Nobody's hours are usual here: crumbs would go round in circles in any grain, were it not that auctions tire.
    #[test]
    fn some_with_a_billion_times_the_hours_of_others_are_solved_to_proven_optimality() {
        let mut dice = Dice(47);
        for small in [2, 3] {
            let hours = |dice: &mut Dice| if dice.below(small) == 0 { 2f64.powi(31) } else { 1.0 };
            let volunteers =
                (0..400).map(|i| Volunteer { id: format!("v{i}").into(), hours: hours(&mut dice) }).collect();
            let needs =
                (0..400).map(|j| Need { id: format!("n{j}").into(), hours: hours(&mut dice), seats: None }).collect();
            let mut pairs = vec![];
            for volunteer in 0..400 {
                let first = u32::try_from(dice.below(400)).unwrap();
                for step in 0..20 {
                    let value = f64::from(u16::try_from(1 + dice.below(40_000)).unwrap());
                    pairs.push(Pair { volunteer, need: (first + 7 * step) % 400, value, max_hours: f64::INFINITY });
                }
            }
            let instance = Instance::new(volunteers, needs, pairs).unwrap();
            let solution = transport(&instance, &Effort::default(), &mut |_| true);
            assert_eq!(solution.gap, 0.0);
            let verdict = check(&instance, &claim(&instance, &solution));
            assert_eq!(verdict.findings, Vec::<String>::new());
        }
    }

    /// What stops early in grains is a plan in exact hours, with a true bound.
    #[test]
    fn a_rough_plan_gives_nobody_more_hours_than_there_are() {
        let mut dice = Dice(43);
        for capped in [false, true] {
            let instance = crumbs(&mut dice, 120, capped);
            let best = transport(&instance, &Effort::default(), &mut |_| true);
            let mut looks = 0;
            let rough = transport(&instance, &Effort::default(), &mut |_| {
                looks += 1;
                looks < 2
            });
            assert!(rough.value > 0.0 && rough.value <= best.value * (1.0 + 1e-12));
            assert!(rough.bound >= best.value * (1.0 - 1e-12));
            let verdict = check(&instance, &claim(&instance, &rough));
            assert_eq!(verdict.findings, Vec::<String>::new());
        }
    }
}
