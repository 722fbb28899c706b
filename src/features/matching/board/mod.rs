//! The marketplace in memory: all open needs and all visible volunteers, ranked for one another.
//!
//! Kept behind this small face so that what is inside can become an index without anybody noticing: the lists are those of
//! the plain formula, ties included.
//!
//! The order of needs: higher score, then more priority points, then the older need, then the smaller id.
//! The order of volunteers: higher score, then more points for required skills, then more free hours in the need's window,
//! then the smaller id (the older account).
//! Both are total, so a list has one order and a cursor one place in it.

mod rank;

pub use rank::{NeedFilter, RankCursor, Ranked, Show, VolunteerFilter};

use super::score::{
    Explanation, Market, Need, NeedCard, NeedFacts, Person, PersonCard, Reader, VolunteerFacts, Weights, explain,
};
use crate::kernel::{AccountId, NeedId};
use chrono::NaiveDate;
use std::collections::HashMap;
use std::hash::Hash;
use std::mem;
use std::sync::OnceLock;

/// Facts with their cards in one row for scanning, found by id.
#[derive(Debug)]
struct Shelf<Id, Facts, Card> {
    rows: Vec<(Facts, Card)>,
    places: HashMap<Id, usize>,
}

impl<Id: Eq + Hash + Copy, Facts, Card> Shelf<Id, Facts, Card> {
    fn new() -> Self {
        Self { rows: Vec::new(), places: HashMap::new() }
    }

    fn get(&self, id: Id) -> Option<&Facts> {
        self.places.get(&id).and_then(|at| self.rows.get(*at)).map(|(facts, _)| facts)
    }

    /// Puts a row in, or in the place of the one with the same id, which it gives back.
    fn put(&mut self, id: Id, facts: Facts, card: Card) -> Option<Facts> {
        if let Some(row) = self.places.get(&id).and_then(|at| self.rows.get_mut(*at)) {
            return Some(mem::replace(row, (facts, card)).0);
        }
        self.places.insert(id, self.rows.len());
        self.rows.push((facts, card));
        None
    }

    /// Takes a row out; the last one moves into its place.
    fn take(&mut self, id: Id, id_of: impl Fn(&Facts) -> Id) -> Option<Facts> {
        let at = self.places.remove(&id)?;
        if at >= self.rows.len() {
            return None;
        }
        let (facts, _) = self.rows.swap_remove(at);
        if let Some((moved, _)) = self.rows.get(at) {
            self.places.insert(id_of(moved), at);
        }
        Some(facts)
    }
}

/// All open needs and visible volunteers, as of a day.
#[derive(Debug)]
pub struct Board {
    market: Market,
    needs: Shelf<NeedId, NeedFacts, NeedCard>,
    volunteers: Shelf<AccountId, VolunteerFacts, PersonCard>,
    weights: OnceLock<Weights>,
    /// Of the last allocation; none: there has been none, and needs keep the price that they came with.
    prices: Option<HashMap<NeedId, f64>>,
}

impl Board {
    /// An empty board. What the market says of demand is replaced by the board's own count.
    pub fn new(market: Market) -> Self {
        let market = Market { demand: super::score::Demand::default(), ..market };
        Self { market, needs: Shelf::new(), volunteers: Shelf::new(), weights: OnceLock::new(), prices: None }
    }

    /// The day, the constants, the prices and the demand that scores are made with.
    pub fn market(&self) -> &Market {
        &self.market
    }

    /// Number of open needs.
    pub fn need_count(&self) -> usize {
        self.needs.rows.len()
    }

    /// Number of visible volunteers.
    pub fn volunteer_count(&self) -> usize {
        self.volunteers.rows.len()
    }

    /// An open need.
    pub fn need(&self, id: NeedId) -> Option<&NeedFacts> {
        self.needs.get(id)
    }

    /// A visible volunteer.
    pub fn volunteer(&self, id: AccountId) -> Option<&VolunteerFacts> {
        self.volunteers.get(id)
    }

    /// Every open need, in no particular order.
    pub fn needs(&self) -> impl Iterator<Item = &NeedFacts> {
        self.needs.rows.iter().map(|(facts, _)| facts)
    }

    /// Every visible volunteer, in no particular order.
    pub fn volunteers(&self) -> impl Iterator<Item = &VolunteerFacts> {
        self.volunteers.rows.iter().map(|(facts, _)| facts)
    }

    /// Puts a need on the board or replaces it; one that is not open is taken off.
    pub fn upsert_need(&mut self, mut need: NeedFacts) {
        if !need.is_open {
            self.remove_need(need.id);
            return;
        }
        if let Some(prices) = &self.prices {
            need.price = prices.get(&need.id).copied();
        }
        self.market.demand.add(&need);
        let card = self.need_card(&need);
        if let Some(before) = self.needs.put(need.id, need, card) {
            self.market.demand.take(&before);
        }
        self.weights.take();
    }

    /// Takes a need off the board; says whether it was there.
    pub fn remove_need(&mut self, id: NeedId) -> bool {
        let Some(before) = self.needs.take(id, |need| need.id) else { return false };
        self.market.demand.take(&before);
        self.weights.take();
        true
    }

    /// Puts a volunteer on the board or replaces them.
    pub fn upsert_volunteer(&mut self, person: VolunteerFacts) {
        let card = self.person_card(&person);
        self.volunteers.put(person.account, person, card);
    }

    /// Takes a volunteer off the board; says whether they were there.
    pub fn remove_volunteer(&mut self, id: AccountId) -> bool {
        self.volunteers.take(id, |person| person.account).is_some()
    }

    /// Goes over to another day: waiting times, windows, evidence and daylight saving follow.
    pub fn set_today(&mut self, today: NaiveDate) {
        if self.market.today != today {
            self.market.today = today;
            self.renew();
        }
    }

    /// Takes over the prices of an allocation; needs it has not seen have none.
    pub fn set_prices(&mut self, prices: HashMap<NeedId, f64>, p95: Option<f64>) {
        self.market.price_p95 = p95;
        for (need, _) in &mut self.needs.rows {
            need.price = prices.get(&need.id).copied();
        }
        self.prices = Some(prices);
        self.renew();
    }

    /// Explains a pair, on the board or not, by the board's demand.
    pub fn explain(&self, need: &NeedFacts, person: &VolunteerFacts, reader: Reader) -> Explanation {
        explain(&self.market, need, person, reader)
    }

    fn renew(&mut self) {
        let mut needs = mem::take(&mut self.needs.rows);
        for (facts, card) in &mut needs {
            *card = self.need_card(facts);
        }
        self.needs.rows = needs;
        let mut volunteers = mem::take(&mut self.volunteers.rows);
        for (facts, card) in &mut volunteers {
            *card = self.person_card(facts);
        }
        self.volunteers.rows = volunteers;
    }

    // The vocabulary is part of the market and grows while the rest of the market is read, hence the swap.
    fn need_card(&mut self, need: &NeedFacts) -> NeedCard {
        let mut vocabulary = mem::take(&mut self.market.demand.vocabulary);
        let card = NeedCard::new(need, &self.market, &mut vocabulary);
        self.market.demand.vocabulary = vocabulary;
        card
    }

    fn person_card(&mut self, person: &VolunteerFacts) -> PersonCard {
        let mut vocabulary = mem::take(&mut self.market.demand.vocabulary);
        let card = PersonCard::new(person, &self.market, |skill| vocabulary.intern(skill));
        self.market.demand.vocabulary = vocabulary;
        card
    }

    fn weights(&self) -> &Weights {
        self.weights.get_or_init(|| self.market.demand.weights())
    }

    fn all_needs(&self) -> impl Iterator<Item = Need<'_>> {
        self.needs.rows.iter().map(|(facts, card)| Need { facts, card })
    }

    fn all_volunteers(&self) -> impl Iterator<Item = Person<'_>> {
        self.volunteers.rows.iter().map(|(facts, card)| Person { facts, card })
    }
}

#[cfg(test)]
mod tests;
