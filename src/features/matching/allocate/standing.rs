//! An optimum that is kept: a changed pledge or need costs a few shortest paths, not a solve.
//!
//! The plan and its prices stay in memory. More hours are placed along cheapest paths from where they are; fewer hours are taken
//! from pairs that are worth their prices and no more, and their partners look for others. Each step keeps the conditions by
//! which the prices prove the plan (complementary slackness), so what is there after it is the optimum of the changed instance,
//! with its proof.

use super::exact::{Kept, Network, Placed, Search};
use super::graph::{Graph, Link, Stored, Whole};
use super::instance::{Flaw, Instance, usize_of};
use super::plan::Worth;
use super::solve::{Answer, Effort, Outcome, Solution, TOTAL_BITS, Units, optimum};

/// Which side a changed node is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// A volunteer, by the position in [`Instance::volunteers`].
    Volunteer,
    /// A need, by the position in [`Instance::needs`].
    Need,
}

/// The best allocation of an instance without regard to seats, kept at the best while hours change.
pub struct Standing {
    instance: Instance,
    units: Units,
    /// All hours of both sides, in units, and how many of them can be reckoned with.
    total: i128,
    most: i128,
    kept: Box<dyn Keep>,
}

impl std::fmt::Debug for Standing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Standing")
    }
}

impl Standing {
    /// Solves the instance and keeps the optimum.
    pub fn new(instance: Instance) -> Self {
        let units = Units::of(&instance, None);
        let hours = units.whole_hours();
        let total = hours.iter().flatten().map(|hours| i128::from(*hours)).sum();
        let link = |at: usize| units.link(&instance, at);
        let count = instance.pairs().len();
        let outcome = optimum(hours.clone(), count, link, &Effort::default(), &mut |_| true);
        let largest = (0..count).map(|at| link(at).value).max().unwrap_or(0);
        let kept: Box<dyn Keep> = if largest < 1 << 31 {
            Box::new(OnGraph::<i32>::new(&hours, count, &link, &outcome))
        } else if largest < 1 << 58 {
            Box::new(OnGraph::<i64>::new(&hours, count, &link, &outcome))
        } else {
            Box::new(OnGraph::<i128>::new(&hours, count, &link, &outcome))
        };
        // A price times all hours has to fit, and so does the sum of all hours alone.
        let bits = (TOTAL_BITS - (128 - largest.leading_zeros())).min(62);
        Self { instance, units, total, most: 1 << bits, kept }
    }

    /// Sets how many hours a volunteer offers or a need wants, and makes the plan the best one again.
    ///
    /// # Errors
    /// When there is no such node, the hours are no amount, or finer than the unit that the instance's hours are multiples of;
    /// the plan then stays as it was.
    pub fn set_hours(&mut self, side: Side, node: u32, hours: f64) -> Result<(), Flaw> {
        let (at, name) = match side {
            Side::Volunteer => (0, "volunteers"),
            Side::Need => (1, "needs"),
        };
        let place = || format!("/{name}/{node}/hours");
        let known = self.units.hours.get(at).and_then(|list| list.get(usize_of(node))).copied();
        let before = known.ok_or_else(|| Flaw::new(format!("/{name}/{node}"), "no such node in the instance"))?;
        let wanted = self.units.whole(hours).ok_or_else(|| {
            Flaw::new(place(), "wants a finite number of at least 0, a multiple of the unit of the instance's hours")
        })?;
        let total = self.total + i128::from(wanted) - i128::from(self.units.whole(before).unwrap_or(0));
        if total > self.most.max(self.total) {
            return Err(Flaw::new(place(), "is so much that the sum of all hours could not be reckoned exactly"));
        }
        self.total = total;
        if let Some(known) = self.units.hours.get_mut(at).and_then(|list| list.get_mut(usize_of(node))) {
            *known = hours;
        }
        self.kept.set_hours(at, node, wanted);
        Ok(())
    }

    /// What the plan is worth: the best there is.
    pub fn value(&self) -> f64 {
        self.units.product(self.kept.worth().value)
    }

    /// The plan with its prices and its bound.
    pub fn solution(&self) -> Solution {
        let Self { instance, units, .. } = self;
        let ends = |at: usize| instance.pairs().get(at).map_or([0, 0], |pair| [pair.volunteer, pair.need]);
        let outcome = self.kept.outcome(instance.pairs().len(), &ends);
        Answer { instance, units }.solution(&outcome)
    }
}

/// A kept optimum, whatever its values are stored in.
trait Keep {
    fn set_hours(&mut self, side: usize, node: u32, hours: i64);
    fn worth(&self) -> Worth;
    /// The plan on the links that it was made of.
    fn outcome(&self, count: usize, ends: &dyn Fn(usize) -> [u32; 2]) -> Outcome;
}

struct OnGraph<S: Stored> {
    graph: Graph<S>,
    kept: Kept<S>,
    search: Search<S::Price>,
}

impl<S: Stored> OnGraph<S> {
    fn new(hours: &[Vec<i64>; 2], count: usize, link: &dyn Fn(usize) -> Link, outcome: &Outcome) -> Self {
        // With an hour at least at every node no pair is left out; those without any give it back below.
        let some = hours.each_ref().map(|list| list.iter().map(|hours| (*hours).max(1)).collect());
        let graph = Graph::<S>::standing(some, count, link);
        let unit = 1i128 << outcome.shift;
        let prices = outcome.price.get(1).into_iter().flatten();
        let prices = prices.map(|price| S::Price::narrow((*price + unit - 1) / unit)).collect();
        let placed = outcome.flow.iter().map(|(pair, amount)| {
            let Link { ends: [who, need], value, .. } = link(usize_of(*pair));
            Placed { who, need, value: S::store(value), amount: *amount }
        });
        let mut network = Network::new(&graph, prices, placed);
        network.repair(usize::MAX, &mut || false);
        let (search, kept) = (Search::new(&network), network.keep());
        let mut standing = Self { graph, kept, search };
        for (side, list) in hours.iter().enumerate() {
            for (node, _) in (0u32..).zip(list).filter(|(_, hours)| **hours == 0) {
                standing.set_hours(side, node, 0);
            }
        }
        standing
    }
}

impl<S: Stored> Keep for OnGraph<S> {
    fn set_hours(&mut self, side: usize, node: u32, hours: i64) {
        let known = self.graph.sides.get_mut(side).and_then(|side| side.hours.get_mut(usize_of(node)));
        let Some(known) = known else { return };
        let change = hours - std::mem::replace(known, hours);
        let mut network = Network::resume(&self.graph, std::mem::take(&mut self.kept));
        network.change(&mut self.search, side, node, change);
        self.kept = network.keep();
    }

    fn worth(&self) -> Worth {
        Network::resume(&self.graph, self.kept.clone()).worth()
    }

    fn outcome(&self, count: usize, ends: &dyn Fn(usize) -> [u32; 2]) -> Outcome {
        super::finish::proven(&Network::resume(&self.graph, self.kept.clone())).on_links(count, ends)
    }
}

#[cfg(test)]
#[expect(clippy::as_conversions, clippy::float_cmp, reason = "counts in a small range, and results that must be exact")]
mod tests {
    use super::super::tests::{Dice, claim, small};
    use super::*;
    use crate::features::matching::allocate::{Need, Volunteer, check, transport};

    fn changed(instance: &Instance, side: Side, node: u32, hours: f64) -> Instance {
        let (mut people, mut needs): (Vec<Volunteer>, Vec<Need>) =
            (instance.volunteers().to_vec(), instance.needs().to_vec());
        match side {
            Side::Volunteer => people[usize_of(node)].hours = hours,
            Side::Need => needs[usize_of(node)].hours = hours,
        }
        Instance::new(people, needs, instance.pairs().iter().collect()).unwrap()
    }

    #[test]
    fn after_every_change_it_is_the_optimum_of_the_changed_instance_with_its_proof() {
        let (mut dice, mut changes) = (Dice(41), 0);
        for _ in 0..400 {
            let (mut instance, unit) = small(&mut dice);
            let mut standing = Standing::new(instance.clone());
            for _ in 0..8 {
                let side = dice.of(&[Side::Volunteer, Side::Need]);
                let count = match side {
                    Side::Volunteer => instance.volunteers().len(),
                    Side::Need => instance.needs().len(),
                };
                if count == 0 {
                    continue;
                }
                let node = u32::try_from(dice.below(count as u64)).unwrap();
                let hours = dice.of(&[0.0, 1.0, 2.0, 5.0, 40.0, 3.0]) * unit;
                standing.set_hours(side, node, hours).unwrap();
                instance = changed(&instance, side, node, hours);
                let (anew, kept) = (transport(&instance, &Effort::default(), &mut |_| true), standing.solution());
                let apart = (kept.value - anew.value).abs() / anew.value.max(1.0);
                assert!(apart < 1e-12 && kept.gap == 0.0, "{side:?} {node} {hours}: {kept:?} of {instance:?}");
                assert_eq!(standing.value(), kept.value);
                assert_eq!(check(&instance, &claim(&instance, &kept)).findings, [""; 0]);
                changes += 1;
            }
        }
        assert!(changes > 2_000, "{changes}");
    }

    #[test]
    fn what_it_cannot_keep_is_refused_and_changes_nothing() {
        let instance = Instance::new(
            vec![Volunteer { id: "v".into(), hours: 2.0 }],
            vec![Need { id: "n".into(), hours: 3.0, seats: None }],
            vec![super::super::Pair { volunteer: 0, need: 0, value: 5.0, max_hours: f64::INFINITY }],
        );
        let mut standing = Standing::new(instance.unwrap());
        for (side, node, hours, place) in [
            (Side::Volunteer, 1, 1.0, "/volunteers/1"),
            (Side::Need, 7, 1.0, "/needs/7"),
            (Side::Need, 0, -1.0, "/needs/0/hours"),
            (Side::Need, 0, f64::NAN, "/needs/0/hours"),
            (Side::Volunteer, 0, 0.3, "/volunteers/0/hours"),
            (Side::Volunteer, 0, 1e300, "/volunteers/0/hours"),
        ] {
            assert_eq!(standing.set_hours(side, node, hours).unwrap_err().place, place);
        }
        assert_eq!(standing.value(), 10.0);
    }
}
