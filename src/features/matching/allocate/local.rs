//! Makes a plan better by giving people, one or a few at a time, what is best for them while the others stay as they are.

use super::charges::Charges;
use super::choice::{Choice, Item, best};
use super::instance::usize_of;
use super::relax::FINE;
use super::rules::Market;

/// A plan that can be changed person by person.
pub(crate) struct Local<'m> {
    market: &'m Market,
    /// Links of each person, and of each need.
    links: [Vec<Vec<u32>>; 2],
    hours: Vec<i64>,
    /// People of each need.
    seats: Vec<u32>,
    /// Hours given on each need, and left of each budget.
    given: Vec<i64>,
    left: Vec<i64>,
    value: i128,
}

fn at<T: Copy + Default>(list: &[T], node: u32) -> T {
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
        let mut new = Self {
            market,
            links,
            hours: vec![0; market.links.len()],
            seats: vec![0; needs.len()],
            given: vec![0; needs.len()],
            left: market.budget.clone(),
            value: 0,
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

    fn set(&mut self, place: u32, hours: i64) {
        let Some(slot) = self.hours.get_mut(usize_of(place)) else { return };
        let before = std::mem::replace(slot, hours);
        if before == hours {
            return;
        }
        let link = self.market.link(place);
        let [_, need] = link.ends;
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

    fn links_of(&self, side: usize, node: u32) -> &[u32] {
        self.links.get(side).and_then(|lists| lists.get(usize_of(node))).map(Vec::as_slice).unwrap_or_default()
    }

    /// What the person gives now.
    fn taken(&self, person: u32) -> Vec<(u32, i64)> {
        let links = self.links_of(0, person).iter();
        links.map(|place| (*place, at(&self.hours, *place))).filter(|(_, hours)| *hours > 0).collect()
    }

    fn clear(&mut self, person: u32) -> Vec<(u32, i64)> {
        let taken = self.taken(person);
        for (place, _) in &taken {
            self.set(*place, 0);
        }
        taken
    }

    fn put(&mut self, taken: &[(u32, i64)]) {
        for (place, hours) in taken {
            self.set(*place, *hours);
        }
    }

    /// What is best for somebody who gives nothing now; by true worth, or by what is left of it under charges.
    fn choice(&self, person: u32, charges: Option<&Charges>) -> Choice {
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
                Some(charges) => {
                    (charges.rate_of(market, *place, link.value * FINE) + extra * FINE, charges.seat_of(need))
                }
            };
            Item::new(*place, group, rate, seat, (least, most))
        };
        let items = self.links_of(0, person).iter().filter_map(item).collect();
        best(items, market.hours_of(0, person), market.partners_of(0, person), Some(&self.left))
    }

    /// What an hour more is worth extra at this need, and how many hours so much is true of; where the least hours go beyond,
    /// what they are worth on average.
    fn extra(&self, need: u32, least: i64, most: i64) -> (i128, i64) {
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
    fn choose(&mut self, person: u32) {
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
        let there = self.links_of(1, need).iter().filter(|other| at(&self.hours, **other) > 0);
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

    /// Takes what these people give and lets them choose anew in this order, under the charges if there are any and then by true
    /// worth. What falls below the least is taken back.
    fn stir(&mut self, people: &[u32], charges: Option<&Charges>, least: i128) {
        let old: Vec<Vec<(u32, i64)>> = people.iter().map(|person| self.clear(*person)).collect();
        for person in people {
            let choice = self.choice(*person, charges);
            self.put(&choice.taken);
        }
        for person in people {
            self.choose(*person);
        }
        if self.value < least {
            for person in people {
                self.clear(*person);
            }
            for taken in &old {
                self.put(taken);
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

    fn people(&self) -> u32 {
        let [people, _] = &self.market.hours;
        u32::try_from(people.len()).unwrap_or(u32::MAX)
    }

    /// Stirs a few people at a time, those around a need in a random order, until the value is enough or chances are used up, and
    /// goes back to the best there was.
    pub(crate) fn stir_often(
        &mut self,
        charges: &Charges,
        steps: u32,
        enough: &dyn Fn(i128) -> bool,
        go_on: &mut dyn FnMut() -> bool,
    ) {
        let [_, needs] = &self.market.hours;
        let (needs, mut dice) = (needs.len(), Dice(1));
        let times = self.people().saturating_mul(STIRS).clamp(LEAST_STIRS, MOST_STIRS).saturating_mul(steps);
        let mut best = (self.value, self.hours.clone());
        // What may be lost on the way: a part of what a person gives, less and less of it.
        let slack = self.value / i128::from(self.people().max(1)) * SLACK.0 / SLACK.1;
        for time in 0..times {
            if time % 64 == 0 && (enough(best.0) || !go_on()) {
                break;
            }
            let lost = slack * i128::from(times - time) / i128::from(times);
            let Ok(need) = u32::try_from(dice.below(needs)) else { return };
            let person = |place: &u32| {
                let [person, _] = self.market.link(*place).ends;
                person
            };
            let mut people: Vec<u32> = self.links_of(1, need).iter().map(person).collect();
            dice.shuffle(&mut people);
            people.truncate(FEW);
            self.stir(&people, (time % 2 == 0).then_some(charges), self.value.min(best.0 - lost));
            if self.value > best.0 {
                best = (self.value, self.hours.clone());
            }
        }
        for (place, hours) in (0u32..).zip(best.1) {
            self.set(place, hours);
        }
    }
}

/// What a stir may cost for the time being, as a part of what a person gives (G. Dueck, 1993: record-to-record travel).
const SLACK: (i128, i128) = (3, 10);
/// Stirs for each step that is allowed: so many for each person, at least and at most.
const STIRS: u32 = 2;
const LEAST_STIRS: u32 = 500;
const MOST_STIRS: u32 = 1_000;
/// Less than this part of the value is not worth another round.
const WORTH_A_ROUND: i128 = 20_000;
/// So many people are stirred at a time.
const FEW: usize = 6;

/// The same chances each time (`SplitMix64`, G. L. Steele, D. Lea, C. H. Flood, 2014).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let n = u64::try_from(n).unwrap_or(u64::MAX).max(1);
        usize::try_from((z ^ (z >> 31)) % n).unwrap_or(0)
    }

    fn shuffle(&mut self, list: &mut [u32]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at + 1));
        }
    }
}
