//! Makes a plan better by giving people, one or a few at a time, what is best for them while the others stay as they are.

use super::charges::Charges;
use super::choice::{Choice, Item, best};
use super::instance::usize_of;
use super::relax::FINE;
use super::rules::Market;

/// A plan that can be changed person by person.
pub(crate) struct Local<'m> {
    pub(super) market: &'m Market,
    /// Links of each person, and of each need.
    links: [Vec<Vec<u32>>; 2],
    pub(super) hours: Vec<i64>,
    /// People of each need, and the links that they use.
    pub(super) seats: Vec<u32>,
    there: Vec<Vec<u32>>,
    /// Needs of each budget.
    pub(super) needs_of: Vec<Vec<u32>>,
    /// Hours given on each need, and left of each budget.
    pub(super) given: Vec<i64>,
    pub(super) left: Vec<i64>,
    pub(super) value: i128,
    /// What has been changed: links with their hours before.
    pub(super) journal: Vec<(u32, i64)>,
}

pub(super) fn at<T: Copy + Default>(list: &[T], node: u32) -> T {
    list.get(usize_of(node)).copied().unwrap_or_default()
}

impl<'m> Local<'m> {
    pub(crate) fn new(market: &'m Market, hours: &[i64]) -> Self {
        let [people, needs] = &market.hours;
        let mut links = [vec![Vec::new(); people.len()], vec![Vec::new(); needs.len()]];
        for place in market.usable_links() {
            for (lists, node) in links.iter_mut().zip(market.link(place).ends) {
                if let Some(list) = lists.get_mut(usize_of(node)) {
                    list.push(place);
                }
            }
        }
        let mut needs_of = vec![Vec::new(); market.budget.len()];
        for (need, _) in (0u32..).zip(needs) {
            if let Some(list) = market.group_of(need).and_then(|group| needs_of.get_mut(usize_of(group))) {
                list.push(need);
            }
        }
        let mut new = Self {
            market,
            links,
            hours: vec![0; market.links.len()],
            seats: vec![0; needs.len()],
            there: vec![Vec::new(); needs.len()],
            needs_of,
            given: vec![0; needs.len()],
            left: market.budget.clone(),
            value: 0,
            journal: Vec::new(),
        };
        for (place, hours) in (0u32..).zip(hours) {
            new.set(place, *hours);
        }
        new
    }

    pub(crate) fn value(&self) -> i128 {
        self.value
    }

    pub(crate) fn hours(&self) -> &[i64] {
        &self.hours
    }

    pub(super) fn set(&mut self, place: u32, hours: i64) {
        let Some(slot) = self.hours.get_mut(usize_of(place)) else { return };
        let before = std::mem::replace(slot, hours);
        if before == hours {
            return;
        }
        self.journal.push((place, before));
        let link = self.market.link(place);
        let [_, need] = link.ends;
        if let Some(there) = self.there.get_mut(usize_of(need)) {
            if hours == 0 {
                there.retain(|other| *other != place);
            } else if before == 0 {
                there.push(place);
            }
        }
        self.value += link.value * i128::from(hours - before);
        if let Some(given) = self.given.get_mut(usize_of(need)) {
            let was = std::mem::replace(given, *given + hours - before);
            self.value += self.market.extra_worth(need, was + hours - before) - self.market.extra_worth(need, was);
        }
        if let Some(left) = self.market.group_of(need).and_then(|group| self.left.get_mut(usize_of(group))) {
            *left -= hours - before;
        }
        if let Some(seats) = self.seats.get_mut(usize_of(need)) {
            *seats = *seats + u32::from(hours > 0) - u32::from(before > 0);
        }
    }

    /// Links in use at a need.
    pub(super) fn there(&self, need: u32) -> &[u32] {
        self.there.get(usize_of(need)).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn links_of(&self, side: usize, node: u32) -> &[u32] {
        self.links.get(side).and_then(|lists| lists.get(usize_of(node))).map(Vec::as_slice).unwrap_or_default()
    }

    /// What the person gives now.
    pub(super) fn taken(&self, person: u32) -> Vec<(u32, i64)> {
        let links = self.links_of(0, person).iter();
        links.map(|place| (*place, at(&self.hours, *place))).filter(|(_, hours)| *hours > 0).collect()
    }

    pub(super) fn clear(&mut self, person: u32) -> Vec<(u32, i64)> {
        let taken = self.taken(person);
        for (place, _) in &taken {
            self.set(*place, 0);
        }
        taken
    }

    pub(super) fn put(&mut self, taken: &[(u32, i64)]) {
        for (place, hours) in taken {
            self.set(*place, *hours);
        }
    }

    /// What is best for somebody who gives nothing now; by true worth, or by what is left of it under charges.
    pub(super) fn choice(&self, person: u32, charges: Option<&Charges>) -> Choice {
        let market = self.market;
        let item = |place: &u32| {
            let link = market.link(*place);
            let [_, need] = link.ends;
            if at(&self.seats, need) >= market.partners_of(1, need) {
                return None;
            }
            let group = market.group_of(need);
            let budget = group.map_or(i64::MAX, |group| at(&self.left, group));
            let least = market.least_of(need).max(1);
            let most = market.reach(&link).min(market.hours_of(1, need) - at(&self.given, need)).min(budget);
            let (extra, most) = self.extra(need, least, most);
            let (rate, seat) = match charges {
                None => (link.value + extra, 0),
                // What is worth extra is in the need's charge.
                Some(charges) => (charges.rate_of(market, *place, link.value * FINE), charges.seat_of(need)),
            };
            Item::new(*place, group, rate, seat, (least, most))
        };
        let items = self.links_of(0, person).iter().filter_map(item).collect();
        best(items, market.hours_of(0, person), market.partners_of(0, person), Some(&self.left))
    }

    /// What an hour more is worth extra at this need, and how many hours so much is true of; where the least hours go beyond,
    /// what they are worth on average.
    pub(super) fn extra(&self, need: u32, least: i64, most: i64) -> (i128, i64) {
        let mut from = at(&self.given, need);
        for (hours, extra) in self.market.extra_of(need) {
            if from < *hours {
                let left = hours - from;
                let part = extra * i128::from(left.min(least)) / i128::from(least);
                return (part, most.min(left.max(least)));
            }
            from -= hours;
        }
        (0, most)
    }

    /// Gives the person what is best for them now, if that is better than what they have.
    pub(super) fn choose(&mut self, person: u32) {
        let before = self.value;
        let taken = self.clear(person);
        let choice = self.choice(person, None);
        self.put(&choice.taken);
        if self.value <= before {
            for (place, _) in &choice.taken {
                self.set(*place, 0);
            }
            self.put(&taken);
        }
    }

    /// Lets somebody have a need that is full, if that is better: who gives least worth there makes place and chooses anew.
    fn push(&mut self, place: u32) {
        let [person, need] = self.market.link(place).ends;
        let there = self.there(need).iter();
        let worth = |other: &&u32| self.market.link(**other).value * i128::from(at(&self.hours, **other));
        let Some(out) = there.min_by_key(worth).copied() else { return };
        let [other, _] = self.market.link(out).ends;
        if other == person {
            return;
        }
        let before = self.value;
        let (mine, theirs) = (self.taken(person), self.taken(other));
        self.set(out, 0);
        self.choose(person);
        self.choose(other);
        if self.value <= before {
            self.clear(person);
            self.clear(other);
            self.put(&theirs);
            self.put(&mine);
        }
    }

    /// Whether pushing into this need could bring the person anything.
    fn tempting(&self, place: u32) -> bool {
        let link = self.market.link(place);
        let [person, need] = link.ends;
        if at(&self.hours, place) > 0 || at(&self.seats, need) < self.market.partners_of(1, need) {
            return false;
        }
        let taken = self.taken(person);
        let used: i64 = taken.iter().map(|(_, hours)| hours).sum();
        let least = taken.iter().map(|(place, _)| self.market.link(*place).value).min().unwrap_or(0);
        used < self.market.hours_of(0, person) || link.value > least
    }

    /// Goes round until nobody can have much more, by choosing anew or by pushing others out.
    pub(crate) fn settle(&mut self, go_on: &mut dyn FnMut() -> bool) {
        loop {
            self.journal.clear();
            let before = self.value;
            for person in 0..self.people() {
                self.choose(person);
            }
            for (time, place) in self.market.usable_links().into_iter().enumerate() {
                if time % 4096 == 0 && !go_on() {
                    return;
                }
                if self.tempting(place) {
                    self.push(place);
                }
            }
            if self.value - before <= before / WORTH_A_ROUND {
                return;
            }
        }
    }

    /// Everybody who gives nothing yet chooses under the charges, in their order.
    pub(crate) fn follow(&mut self, charges: &Charges) {
        for person in 0..self.people() {
            if self.taken(person).is_empty() {
                let choice = self.choice(person, Some(charges));
                self.put(&choice.taken);
            }
        }
    }

    pub(super) fn people(&self) -> u32 {
        let [people, _] = &self.market.hours;
        u32::try_from(people.len()).unwrap_or(u32::MAX)
    }
}

/// Less than this part of the value is not worth another round.
const WORTH_A_ROUND: i128 = 20_000;
