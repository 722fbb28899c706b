//! Rules that break the pure flow: so many people a need, so many needs a person, at least so many hours each.
//!
//! Without them the problem is a transportation problem, and its solution an upper bound for any plan that obeys them. Plans
//! are made by choosing which pairs may work together ([`super::support`]) and giving those pairs their hours exactly. A
//! project's review budget is no such rule: it is part of the flow itself, and so are extra values of a need's first hours.

use super::graph::Link;
use super::instance::usize_of;
use super::solve::{Effort, Outcome, optimum};

/// A market in whole units, with its rules.
#[derive(Debug, Clone, Default)]
pub(crate) struct Market {
    /// Hours of people, and of needs.
    pub(crate) hours: [Vec<i64>; 2],
    /// How many partners a person, and a need, may have.
    pub(crate) partners: [Vec<u32>; 2],
    /// Fewest hours of one person on each need; 0 where any are welcome.
    pub(crate) least: Vec<i64>,
    /// Which budget each need draws on.
    pub(crate) group: Vec<Option<u32>>,
    /// Hours each budget allows over all its needs.
    pub(crate) budget: Vec<i64>,
    /// The first hours of each need that are worth something extra, and how much an hour, falling. Empty for none at all.
    pub(crate) extra: Vec<Vec<(i64, i128)>>,
    /// Who could work on what.
    pub(crate) links: Vec<Link>,
}

/// Hours on some links with the prices that go with them.
pub(crate) struct Flow {
    /// Hours on each link of the market, in units.
    pub(crate) hours: Vec<i64>,
    /// Price of an hour of each person and need, in value units; rounded down where they are finer. A need whose next hours
    /// are worth something extra has that taken off its price.
    pub(crate) price: [Vec<i128>; 2],
    /// Worth of the hours, extras included.
    pub(crate) value: i128,
    /// No hours on these links are worth more.
    pub(crate) bound: i128,
}

/// Changes to the market under which one flow is solved.
pub(crate) struct Terms<'t> {
    /// Positions of the links that may be used.
    pub(crate) links: &'t [u32],
    /// Hours each need can take.
    pub(crate) room: &'t [i64],
    /// Whether each of these links carries its need's least hours in any case.
    pub(crate) reserve: bool,
    /// What is taken off each link's value, by position in the market.
    pub(crate) toll: Option<&'t [i128]>,
}

fn at<T: Copy + Default>(list: &[T], node: u32) -> T {
    list.get(usize_of(node)).copied().unwrap_or_default()
}

impl Market {
    pub(crate) fn link(&self, at: u32) -> Link {
        self.links.get(usize_of(at)).copied().unwrap_or(Link { ends: [0, 0], value: 0, cap: 0 })
    }

    pub(crate) fn hours_of(&self, side: usize, node: u32) -> i64 {
        self.hours.get(side).map_or(0, |x| at(x, node))
    }

    pub(crate) fn partners_of(&self, side: usize, node: u32) -> u32 {
        self.partners.get(side).and_then(|x| x.get(usize_of(node))).copied().unwrap_or(u32::MAX)
    }

    pub(crate) fn least_of(&self, need: u32) -> i64 {
        at(&self.least, need)
    }

    pub(crate) fn group_of(&self, need: u32) -> Option<u32> {
        at(&self.group, need)
    }

    pub(crate) fn extra_of(&self, need: u32) -> &[(i64, i128)] {
        self.extra.get(usize_of(need)).map_or(&[], Vec::as_slice)
    }

    /// The most hours the link can carry by itself.
    pub(crate) fn reach(&self, link: &Link) -> i64 {
        let [person, need] = link.ends;
        link.cap.min(self.hours_of(0, person)).min(self.hours_of(1, need))
    }

    /// Whether the link could ever be used.
    pub(crate) fn usable(&self, link: &Link) -> bool {
        let [_, need] = link.ends;
        link.value > 0 && self.reach(link) >= self.least_of(need).max(1)
    }

    /// Positions of all links that could ever be used.
    pub(crate) fn usable_links(&self) -> Vec<u32> {
        (0u32..).zip(&self.links).filter(|(_, x)| self.usable(x)).map(|(at, _)| at).collect()
    }

    /// What hours on the links are worth, extras included.
    pub(crate) fn worth(&self, hours: &[i64]) -> i128 {
        let mut worth: i128 = self.links.iter().zip(hours).map(|(link, hours)| link.value * i128::from(*hours)).sum();
        if self.extra.is_empty() {
            return worth;
        }
        for (need, total) in (0u32..).zip(self.taken(hours)) {
            worth += self.extra_worth(need, total);
        }
        worth
    }

    /// What so many hours of a need are worth extra.
    pub(crate) fn extra_worth(&self, need: u32, hours: i64) -> i128 {
        let (mut left, mut worth) = (hours, 0);
        for (hours, extra) in self.extra_of(need) {
            worth += extra * i128::from(left.min(*hours));
            left -= left.min(*hours);
        }
        worth
    }

    /// Hours each need gets.
    pub(crate) fn taken(&self, hours: &[i64]) -> Vec<i64> {
        let [_, needs] = &self.hours;
        let mut taken = vec![0i64; needs.len()];
        for (link, hours) in self.links.iter().zip(hours) {
            let [_, need] = link.ends;
            if let Some(slot) = taken.get_mut(usize_of(need)) {
                *slot += hours;
            }
        }
        taken
    }

    /// Each need's hours, or fewer where its best-stocked partners together cannot bring so many.
    pub(crate) fn room(&self) -> Vec<i64> {
        let [_, hours] = &self.hours;
        let mut reach: Vec<Vec<i64>> = vec![Vec::new(); hours.len()];
        for link in self.links.iter().filter(|x| self.usable(x)) {
            let [_, need] = link.ends;
            if self.partners_of(1, need) != u32::MAX
                && let Some(list) = reach.get_mut(usize_of(need))
            {
                list.push(self.reach(link));
            }
        }
        let tops = (0u32..).zip(reach).map(|(need, mut list)| match self.partners_of(1, need) {
            u32::MAX => i64::MAX,
            seats => {
                list.sort_unstable_by(|a, b| b.cmp(a));
                list.into_iter().take(usize_of(seats)).fold(0, i64::saturating_add)
            }
        });
        hours.iter().zip(tops).map(|(hours, top)| top.min(*hours)).collect()
    }

    /// The best hours on the given links, where only hours, caps, budgets and extras count.
    pub(crate) fn solve(&self, terms: &Terms<'_>, effort: &Effort, go_on: &mut dyn FnMut() -> bool) -> Flow {
        let least = |at: &u32| {
            let [_, need] = self.link(*at).ends;
            if terms.reserve { self.least_of(need) } else { 0 }
        };
        let (mut flow, mut cut) = self.place(terms, terms.links.iter().map(least).collect(), effort, go_on);
        // Hours that were cut may go elsewhere; what is placed stays, so that this ends.
        while cut && go_on() {
            let kept = terms.links.iter().map(|at| flow.hours.get(usize_of(*at)).copied().unwrap_or(0)).collect();
            let (more, again) = self.place(terms, kept, effort, go_on);
            cut = again && more.value > flow.value;
            if more.value > flow.value {
                (flow.hours, flow.value) = (more.hours, more.value);
            }
        }
        flow
    }

    /// The best hours beyond those `kept` on each of the terms' links, and whether any had to be cut to a link's limit.
    fn place(
        &self,
        terms: &Terms<'_>,
        kept: Vec<i64>,
        effort: &Effort,
        go_on: &mut dyn FnMut() -> bool,
    ) -> (Flow, bool) {
        let mut network = Expanded::new(self, terms, kept);
        let hours = std::mem::take(&mut network.hours);
        network.room = hours.last().cloned().unwrap_or_default();
        let link = |at: usize| network.link(at);
        let outcome = optimum(hours, network.count(), link, effort, &mut |_| go_on());
        network.flow(&outcome)
    }
}

/// The flow problem that a market with budgets and extras becomes.
///
/// A budget becomes a stand-in: somebody who must fill what the needs of the budget ask for beyond it, worth more than any
/// true pair, so that the room left over is the budget; which needs it fills is part of the optimum. A need with extras
/// becomes several needs, one for each step of worth. So the solution and its bound are exact, but for links that have both a
/// limit and steps: there the bound stays a bound, and hours over the limit are cut and placed anew.
struct Expanded<'t> {
    market: &'t Market,
    terms: &'t Terms<'t>,
    /// Hours that stay on each of the terms' links.
    kept: Vec<i64>,
    hours: [Vec<i64>; 2],
    /// Hours of the nodes on the needs' side, kept when `hours` has gone to the solver.
    room: Vec<i64>,
    /// For the nodes after the needs themselves: the need they are a step of, and its extra.
    steps: Vec<(u32, i128)>,
    /// The first of each need's steps among the nodes, and how many.
    of_need: Vec<(u32, u32)>,
    /// Copies of the terms' links at steps: position in the terms, node, extra. After the terms' own links.
    copies: Vec<(u32, u32, i128)>,
    stand_ins: Vec<Link>,
    /// What the stand-ins' hours add to any solution.
    forced: i128,
}

impl<'t> Expanded<'t> {
    fn new(market: &'t Market, terms: &'t Terms<'t>, kept: Vec<i64>) -> Self {
        let [people, needs] = &market.hours;
        let mut mine = people.clone();
        let mut filled = vec![0i64; needs.len()];
        for (position, hours) in terms.links.iter().zip(&kept) {
            let [person, need] = market.link(*position).ends;
            for (list, node, sign) in [(&mut mine, person, -1), (&mut filled, need, 1)] {
                if let Some(slot) = list.get_mut(usize_of(node)) {
                    *slot += sign * hours;
                }
            }
        }
        let mut new = Self {
            market,
            terms,
            kept,
            hours: [mine, Vec::new()],
            room: Vec::new(),
            steps: Vec::new(),
            of_need: vec![(0, 0); if market.extra.is_empty() { 0 } else { needs.len() }],
            copies: Vec::new(),
            stand_ins: Vec::new(),
            forced: 0,
        };
        new.split(&filled);
        new.stand_in();
        new
    }

    fn toll(&self, position: u32) -> i128 {
        self.terms.toll.map_or(0, |x| at(x, position))
    }

    /// Gives each step of a need its own node, and each link at such a need a copy for each step.
    fn split(&mut self, filled: &[i64]) {
        let count = u32::try_from(filled.len()).unwrap_or(u32::MAX);
        let (mut base, mut more) = (Vec::with_capacity(filled.len()), Vec::new());
        for ((need, filled), room) in (0u32..).zip(filled).zip(self.terms.room) {
            let mut from = 0i64;
            for (hours, extra) in self.market.extra_of(need) {
                let to = from.saturating_add(*hours).min(*room);
                let slot = self.of_need.get_mut(usize_of(need));
                if let (Some(slot), Ok(node)) = (slot, u32::try_from(more.len())) {
                    *slot = if slot.1 == 0 { (count + node, 1) } else { (slot.0, slot.1 + 1) };
                }
                more.push((to - from.max(*filled)).max(0));
                self.steps.push((need, *extra));
                from = to;
            }
            base.push((room - from.max(*filled)).max(0));
        }
        if !self.steps.is_empty() {
            for (position, link) in (0u32..).zip(self.terms.links) {
                let [_, need] = self.market.link(*link).ends;
                let (first, steps) = at(&self.of_need, need);
                for node in first..first + steps {
                    let extra = self.steps.get(usize_of(node - count)).map_or(0, |x| x.1);
                    self.copies.push((position, node, extra));
                }
            }
        }
        base.append(&mut more);
        let [_, theirs] = &mut self.hours;
        *theirs = base;
    }

    fn stand_in(&mut self) {
        let mut over: Vec<i64> = self.market.budget.iter().map(|x| x.saturating_neg()).collect();
        for (need, room) in (0u32..).zip(self.terms.room) {
            if let Some(slot) = self.market.group_of(need).and_then(|x| over.get_mut(usize_of(x))) {
                *slot += room;
            }
        }
        let most = (0..self.count()).map(|at| self.link(at).value).max();
        let dearest = most.unwrap_or(0).max(0) + 1;
        let [mine, theirs] = &mut self.hours;
        let mut person: Vec<Option<u32>> = vec![None; over.len()];
        for (over, person) in over.iter().zip(&mut person).filter(|(over, _)| **over > 0) {
            *person = u32::try_from(mine.len()).ok();
            mine.push(*over);
            self.forced += i128::from(*over) * dearest;
        }
        let needs = self.terms.room.len();
        for (node, room) in (0u32..).zip(theirs.iter()).filter(|(_, room)| **room > 0) {
            let step = usize_of(node).checked_sub(needs).and_then(|x| self.steps.get(x));
            let group = self.market.group_of(step.map_or(node, |x| x.0));
            if let Some(person) = group.and_then(|x| at(&person, x)) {
                self.stand_ins.push(Link { ends: [person, node], value: dearest, cap: *room });
            }
        }
    }

    fn count(&self) -> usize {
        self.terms.links.len() + self.copies.len() + self.stand_ins.len()
    }

    fn link(&self, position: usize) -> Link {
        let own = |position: u32| {
            let place = at(self.terms.links, position);
            let link = self.market.link(place);
            let kept = at(&self.kept, position);
            let cap = if link.cap == i64::MAX { i64::MAX } else { link.cap - kept };
            Link { value: link.value - self.toll(place), cap, ..link }
        };
        let Some(after) = position.checked_sub(self.terms.links.len()) else {
            return own(u32::try_from(position).unwrap_or(u32::MAX));
        };
        if let Some((position, node, extra)) = self.copies.get(after) {
            let link = own(*position);
            let [person, _] = link.ends;
            return Link { ends: [person, *node], value: link.value + extra, ..link };
        }
        let blank = Link { ends: [0, 0], value: 0, cap: 0 };
        self.stand_ins.get(after - self.copies.len()).copied().unwrap_or(blank)
    }

    fn flow(&self, outcome: &Outcome) -> (Flow, bool) {
        let market = self.market;
        let (mut hours, mut cut) = (vec![0i64; market.links.len()], false);
        for (position, kept) in self.terms.links.iter().zip(&self.kept) {
            if let Some(slot) = hours.get_mut(usize_of(*position)) {
                *slot = *kept;
            }
        }
        let kept = market.worth(&hours);
        for (position, amount) in &outcome.flow {
            let copy = usize_of(*position).checked_sub(self.terms.links.len());
            let position = match copy {
                None => Some(*position),
                Some(copy) => self.copies.get(copy).map(|x| x.0),
            };
            let link = position.and_then(|x| self.terms.links.get(usize_of(x)));
            // A link's copies know nothing of each other: together they may carry more than the link may.
            if let Some((link, slot)) = link.and_then(|x| Some((market.link(*x), hours.get_mut(usize_of(*x))?))) {
                cut |= *slot + amount > link.cap;
                *slot = (*slot + amount).min(link.cap);
            }
        }
        let [mine, theirs] = &outcome.price;
        let whole = |prices: &[i128]| prices.iter().map(|x| x >> outcome.shift).collect::<Vec<i128>>();
        let [people, needs] = [whole(mine), whole(theirs)];
        let mut price = [people, needs];
        self.fold_prices(&mut price);
        let value = market.worth(&hours);
        (Flow { hours, price, value, bound: outcome.worth.bound - self.forced + kept }, cut)
    }

    /// Leaves a price for each true person and need: a need's is that of its cheapest step, less the step's extra.
    fn fold_prices(&self, price: &mut [Vec<i128>; 2]) {
        let [offered, wanted] = &self.market.hours;
        let [people, needs] = price;
        people.truncate(offered.len());
        let steps = needs.split_off(wanted.len().min(needs.len()));
        let mut open: Vec<bool> = self.room.iter().take(needs.len()).map(|x| *x > 0).collect();
        let room = self.room.iter().skip(wanted.len());
        for (((need, extra), price), _) in self.steps.iter().zip(steps).zip(room).filter(|(_, room)| **room > 0) {
            if let (Some(slot), Some(open)) = (needs.get_mut(usize_of(*need)), open.get_mut(usize_of(*need))) {
                *slot = if *open { (*slot).min(price - extra) } else { price - extra };
                *open = true;
            }
        }
    }
}
