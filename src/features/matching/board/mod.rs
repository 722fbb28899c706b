//! The marketplace in memory: all open needs and all visible volunteers, ranked for one another.
//!
//! The lists are those of the plain formula over everything, ties included; the indexes behind this face (`index`) only spare
//! looking at what can't be on them.
//!
//! The order of needs: higher score, then more priority points, then the older need, then the smaller id.
//! The order of volunteers: higher score, then more points for required skills, then more free hours in the need's window,
//! then the smaller id (the older account).
//! Both are total, so a list has one order and a cursor one place in it.

mod draft;
mod index;
mod rank;

pub use draft::Draft;
use index::{NeedIndex, PersonIndex};
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

    /// Where the row with this id is, or would be put.
    fn place_of(&self, id: Id) -> usize {
        self.places.get(&id).copied().unwrap_or(self.rows.len())
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

    /// Takes a row out, with the place it had; the last one moves there.
    fn take(&mut self, id: Id, id_of: impl Fn(&Facts) -> Id) -> Option<(usize, Facts)> {
        let at = self.places.remove(&id)?;
        if at >= self.rows.len() {
            return None;
        }
        let (facts, _) = self.rows.swap_remove(at);
        if let Some((moved, _)) = self.rows.get(at) {
            self.places.insert(id_of(moved), at);
        }
        Some((at, facts))
    }
}

/// All open needs and visible volunteers, as of a day.
#[derive(Debug)]
pub struct Board {
    market: Market,
    needs: Shelf<NeedId, NeedFacts, NeedCard>,
    volunteers: Shelf<AccountId, VolunteerFacts, PersonCard>,
    need_index: NeedIndex,
    person_index: PersonIndex,
    /// What skills weigh now, and how much more than another any does at most, against when the index of needs made its bounds.
    weights: OnceLock<(Weights, f64)>,
    /// Of the last allocation; none: there has been none, and needs keep the price that they came with.
    prices: Option<HashMap<NeedId, f64>>,
}

impl Board {
    /// An empty board. What the market says of demand is replaced by the board's own count.
    pub fn new(market: Market) -> Self {
        let market = Market { demand: super::score::Demand::default(), ..market };
        Self {
            market,
            needs: Shelf::new(),
            volunteers: Shelf::new(),
            need_index: NeedIndex::default(),
            person_index: PersonIndex::default(),
            weights: OnceLock::new(),
            prices: None,
        }
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

    /// Bytes that the index of needs takes beside their facts, by what its lists have room for.
    pub fn need_index_bytes(&self) -> usize {
        self.need_index.bytes()
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
        self.file_need(self.needs.place_of(need.id), Need { facts: &need, card: &card });
        if let Some(before) = self.needs.put(need.id, need, card) {
            self.market.demand.take(&before);
        }
        self.weigh_anew();
    }

    /// Takes a need off the board; says whether it was there.
    pub fn remove_need(&mut self, id: NeedId) -> bool {
        let Some((place, before)) = self.needs.take(id, |need| need.id) else { return false };
        self.need_index.take(place);
        self.market.demand.take(&before);
        self.weigh_anew();
        true
    }

    /// Puts a volunteer on the board or replaces them.
    pub fn upsert_volunteer(&mut self, person: VolunteerFacts) {
        let card = self.person_card(&person);
        let place = self.volunteers.place_of(person.account);
        self.person_index.put(place, Person { facts: &person, card: &card }, &self.market.constants);
        self.volunteers.put(person.account, person, card);
    }

    /// Takes a volunteer off the board; says whether they were there.
    pub fn remove_volunteer(&mut self, id: AccountId) -> bool {
        let Some((place, _)) = self.volunteers.take(id, |person| person.account) else { return false };
        self.person_index.take(place);
        true
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
        self.file_everything();
    }

    /// Files all needs and all people by their cards, whatever was filed before.
    fn file_everything(&mut self) {
        let (demand, constants) = (&self.market.demand, &self.market.constants);
        self.need_index.clear();
        for (place, (facts, card)) in self.needs.rows.iter().enumerate() {
            self.need_index.file(place, Need { facts, card }, constants, |term| demand.askers_of(term));
        }
        self.need_index.settle_all();
        self.person_index.clear();
        for (place, (facts, card)) in self.volunteers.rows.iter().enumerate() {
            self.person_index.put(place, Person { facts, card }, constants);
        }
    }

    fn file_need(&mut self, place: usize, need: Need<'_>) {
        let demand = &self.market.demand;
        self.need_index.put(place, need, &self.market.constants, |term| demand.askers_of(term));
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

    fn weights(&self) -> &(Weights, f64) {
        self.weights.get_or_init(|| {
            let weights = self.market.demand.weights();
            let drift = self.need_index.drift(&weights);
            (weights, drift)
        })
    }

    /// Something was put on the board, or taken off it, that changes what skills weigh.
    fn weigh_anew(&mut self) {
        self.need_index.keep_up(|| self.market.demand.weights());
        self.weights.take();
    }

    fn all_needs(&self) -> impl Iterator<Item = Need<'_>> {
        self.needs.rows.iter().map(|(facts, card)| Need { facts, card })
    }

    fn need_at(&self, place: usize) -> Option<Need<'_>> {
        self.needs.rows.get(place).map(|(facts, card)| Need { facts, card })
    }

    fn volunteer_at(&self, place: usize) -> Option<Person<'_>> {
        self.volunteers.rows.get(place).map(|(facts, card)| Person { facts, card })
    }

    fn all_volunteers(&self) -> impl Iterator<Item = Person<'_>> {
        self.volunteers.rows.iter().map(|(facts, card)| Person { facts, card })
    }
}

#[cfg(test)]
mod tests;
