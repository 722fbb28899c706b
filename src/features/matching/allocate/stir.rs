//! Makes a plan better by chains of changes, kept by chance: rarely where they cost much, and ever more rarely (simulated
//! annealing, S. Kirkpatrick, C. D. Gelatt, M. P. Vecchi, 1983).
//!
//! Somebody takes what is best under the charges, as if no seat were full and no budget spent. Who has to make place does the
//! same after that, for a few people on end (ejection chains, F. Glover, 1996); then all whom this touched, and a few who might
//! use what has become free, take what is best by true worth; where the plan is no better for it, they get what is best for
//! them together ([`super::refit`]).

use super::charges::Charges;
use super::choice::{Choice, Item, best, float, whole};
use super::dice::Dice;
use super::instance::usize_of;
use super::local::{Local, at};
use super::refit::Wishes;
use super::relax::FINE;
use std::cell::OnceCell;

/// Chains for each step that is allowed: so many for each two people, at least and at most.
const CHAINS: u32 = 15;
const LEAST_CHAINS: u32 = 500;
const MOST_CHAINS: u32 = 5_000;
/// What a chain may cost at first, usually: a part of what a person gives.
const WARMTH: f64 = 0.1;
/// How far an hour's worth is mistaken on purpose, in thousandths, so that chains differ.
const NOISE: i128 = 20;
/// So many people on end at most make others give way.
const DEPTH: usize = 6;
/// So many people at most look at what has become free.
const HEIRS: usize = 3;

/// The people whom one change leads to.
struct Chain {
    /// Links that were given hours by it; nobody takes these away.
    locked: Vec<u32>,
    /// Left of each budget by these.
    open: Vec<i64>,
    /// Who chooses anew, and who has; at last all whom it touched.
    queue: Vec<u32>,
    /// Who lost hours, but keeps the rest.
    trimmed: Vec<u32>,
}

/// The best plan so far, as what has changed since, or whole where that is too much.
struct Record {
    value: i128,
    since: Vec<(u32, i64)>,
    whole: Option<Vec<i64>>,
}

impl Local<'_> {
    /// Makes chains of changes until the value is enough or chances are used up, and goes back to the best plan there was.
    pub(crate) fn stir_often(
        &mut self,
        charges: &Charges,
        steps: u32,
        enough: &dyn Fn(i128) -> bool,
        go_on: &mut dyn FnMut() -> bool,
    ) {
        let people = self.people();
        let Ok(count) = usize::try_from(people) else { return };
        let times = (people.saturating_mul(CHAINS) / 2).clamp(LEAST_CHAINS, MOST_CHAINS).saturating_mul(steps);
        let mut dice = Dice(1);
        let mut chain =
            Chain { locked: Vec::new(), open: self.market.budget.clone(), queue: Vec::new(), trimmed: Vec::new() };
        let wishes: Vec<OnceCell<Wishes>> = (0..people).map(|_| OnceCell::new()).collect();
        let mut record = Record { value: self.value, since: Vec::new(), whole: None };
        // Extra worth is no measure: it can be far more than all the rest.
        let plain = self.market.links.iter().zip(&self.hours).map(|(link, hours)| link.value * i128::from(*hours));
        let warmth = WARMTH * float(plain.sum()) / f64::from(people.max(1));
        for time in 0..times {
            if time % 64 == 0 && (enough(record.value) || !go_on()) {
                break;
            }
            let left = f64::from(times - time) / f64::from(times);
            let lost = whole(warmth * left * left * left * dice.exponential());
            let before = self.value;
            self.journal.clear();
            let Ok(first) = u32::try_from(dice.below(count)) else { break };
            let depth = 1 + dice.below(DEPTH);
            self.chain(&mut chain, first, depth, charges, &mut dice);
            if self.value < before {
                self.refit(charges, &wishes, &chain.queue);
            }
            if self.value < before - lost {
                let journal = std::mem::take(&mut self.journal);
                self.undo(&journal);
            } else {
                self.keep(&mut record);
            }
        }
        match record.whole {
            Some(hours) => (0u32..).zip(hours).for_each(|(place, hours)| self.set(place, hours)),
            None => self.undo(&record.since),
        }
        self.journal = Vec::new();
    }

    fn undo(&mut self, journal: &[(u32, i64)]) {
        for (place, hours) in journal.iter().rev() {
            self.set(*place, *hours);
        }
    }

    /// Remembers how to get back to the best plan.
    fn keep(&self, record: &mut Record) {
        if self.value > record.value {
            record.value = self.value;
            record.since.clear();
            record.whole = None;
        } else if record.whole.is_none() {
            record.since.extend_from_slice(&self.journal);
            if record.since.len() > self.hours.len() {
                let mut hours = self.hours.clone();
                for (place, before) in record.since.drain(..).rev() {
                    if let Some(slot) = hours.get_mut(usize_of(place)) {
                        *slot = before;
                    }
                }
                record.whole = Some(hours);
            }
        }
    }

    fn chain(&mut self, chain: &mut Chain, first: u32, depth: usize, charges: &Charges, dice: &mut Dice) {
        for place in std::mem::take(&mut chain.locked) {
            self.reopen(chain, place);
        }
        chain.trimmed.clear();
        chain.queue.clear();
        chain.queue.push(first);
        self.clear(first);
        let mut done = 0;
        while let Some(person) = chain.queue.get(done).copied() {
            done += 1;
            if done <= depth {
                let choice = self.wish(chain, person, charges, dice);
                self.take(chain, &choice, charges);
            } else {
                let choice = self.choice(person, Some(charges));
                self.put(&choice.taken);
            }
        }
        let mut people = std::mem::take(&mut chain.queue);
        people.append(&mut chain.trimmed);
        self.heirs(&mut people, dice);
        people.sort_unstable();
        people.dedup();
        dice.shuffle(&mut people);
        for person in &people {
            self.choose(*person);
        }
        chain.queue = people;
    }

    /// Adds a few people who could work on needs that have changed.
    fn heirs(&self, people: &mut Vec<u32>, dice: &mut Dice) {
        let need = |(place, _): &(u32, i64)| {
            let [_, need] = self.market.link(*place).ends;
            need
        };
        let mut needs: Vec<u32> = self.journal.iter().map(need).collect();
        needs.sort_unstable();
        needs.dedup();
        for need in needs.iter().filter(|need| !self.market.extra_of(**need).is_empty()) {
            for place in self.there(*need) {
                let [person, _] = self.market.link(*place).ends;
                people.push(person);
            }
        }
        dice.shuffle(&mut needs);
        for need in needs.into_iter().take(HEIRS) {
            let links = self.links_of(1, need);
            if let Some(place) = links.get(dice.below(links.len())) {
                let [person, _] = self.market.link(*place).ends;
                people.push(person);
            }
        }
    }

    fn reopen(&self, chain: &mut Chain, place: u32) {
        let [_, need] = self.market.link(place).ends;
        let Some(group) = self.market.group_of(need).map(usize_of) else { return };
        if let (Some(open), Some(budget)) = (chain.open.get_mut(group), self.market.budget.get(group)) {
            *open = *budget;
        }
    }

    /// What is best for somebody who gives nothing now, under the charges, if all but the chain's own people made place.
    fn wish(&self, chain: &Chain, person: u32, charges: &Charges, dice: &mut Dice) -> Choice {
        let market = self.market;
        let item = |place: &u32| {
            let link = market.link(*place);
            let [_, need] = link.ends;
            let (mut seats, mut hours) = (0u32, 0i64);
            for other in self.there(need).iter().filter(|other| chain.locked.contains(other)) {
                seats += 1;
                hours += at(&self.hours, *other);
            }
            if seats >= market.partners_of(1, need) {
                return None;
            }
            let group = market.group_of(need);
            let budget = group.map_or(i64::MAX, |group| at(&chain.open, group));
            let least = market.least_of(need).max(1);
            let most = market.reach(&link).min(market.hours_of(1, need) - hours).min(budget);
            // What is worth extra is in the need's charge.
            let (_, most) = self.extra(need, least, most);
            let worth = link.value * FINE;
            let part = i128::try_from(dice.below(2001)).unwrap_or(0) - 1000;
            let rate = charges.rate_of(market, *place, worth + worth / 1_000_000 * NOISE * part);
            Item::new(*place, group, rate, charges.seat_of(need), (least, most))
        };
        let items = self.links_of(0, person).iter().filter_map(item).collect();
        best(items, market.hours_of(0, person), market.partners_of(0, person), Some(&chain.open))
    }

    /// Gives somebody this choice, whoever must make place for it.
    fn take(&mut self, chain: &mut Chain, choice: &Choice, charges: &Charges) {
        let market = self.market;
        for (place, hours) in &choice.taken {
            let [_, need] = market.link(*place).ends;
            while at(&self.seats, need) >= market.partners_of(1, need)
                || at(&self.given, need) + hours > market.hours_of(1, need)
            {
                let worth = |x: &&u32| (market.link(**x).value * i128::from(at(&self.hours, **x)), **x);
                let free = self.there(need).iter().filter(|x| !chain.locked.contains(x));
                let Some(out) = free.min_by_key(worth).copied() else { return };
                self.oust(chain, out);
            }
            if let Some(group) = market.group_of(need) {
                while at(&self.left, group) < *hours {
                    if !self.spare(chain, group, hours - at(&self.left, group), charges) {
                        return;
                    }
                }
                if let Some(open) = chain.open.get_mut(usize_of(group)) {
                    *open -= hours;
                }
            }
            self.set(*place, *hours);
            chain.locked.push(*place);
        }
    }

    /// Takes so many hours from whoever uses a budget least well, or all of them. False where nobody is left.
    fn spare(&mut self, chain: &mut Chain, group: u32, hours: i64, charges: &Charges) -> bool {
        let market = self.market;
        let needs = self.needs_of.get(usize_of(group)).map(Vec::as_slice).unwrap_or_default();
        let there = needs.iter().flat_map(|need| self.there(*need));
        let rate = |x: &&u32| (charges.rate_of(market, **x, market.link(**x).value * FINE), **x);
        let Some(out) = there.filter(|x| !chain.locked.contains(x)).min_by_key(rate).copied() else { return false };
        let [person, need] = market.link(out).ends;
        let rest = at(&self.hours, out) - hours;
        if rest >= market.least_of(need).max(1) {
            self.set(out, rest);
            chain.trimmed.push(person);
        } else {
            self.oust(chain, out);
        }
        true
    }

    /// Takes from somebody all that the chain did not give, to choose anew.
    fn oust(&mut self, chain: &mut Chain, out: u32) {
        let [person, _] = self.market.link(out).ends;
        if !chain.queue.contains(&person) {
            chain.queue.push(person);
        }
        for (place, _) in self.taken(person) {
            if !chain.locked.contains(&place) {
                self.set(place, 0);
            }
        }
    }
}
