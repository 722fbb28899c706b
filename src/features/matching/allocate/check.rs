//! An independent look at a solution: is it allowed, is it worth what it says, and do its prices prove its bound.
//!
//! Shares nothing with the solver but the instance. By weak duality any prices of at least 0 prove a bound: no allocation is
//! worth more than all hours at their prices plus, for each pair, what it is worth above both its ends' prices times the hours
//! it can have. Where the gap is 0, complementary slackness is looked at too, condition by condition.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::instance::{Flaw, Instance, usize_of};

/// Figures may differ by this part of the larger one: they have passed through decimal text.
const TOLERANCE: f64 = 1e-9;
/// Of each kind of finding so many are listed; the rest is counted.
const LISTED: usize = 20;

/// A solution as its file states it, ids resolved.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Claim {
    /// The stated value.
    pub value: f64,
    /// The stated bound.
    pub bound: f64,
    /// The stated relative gap.
    pub gap: f64,
    /// Positions of volunteer and need, and the hours.
    pub pairs: Vec<(u32, u32, f64)>,
    /// A price an hour for each volunteer.
    pub volunteer_prices: Vec<f64>,
    /// A price an hour for each need.
    pub need_prices: Vec<f64>,
    /// A price a seat for each need.
    pub seat_prices: Vec<f64>,
}

/// What the look at a claim showed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Verdict {
    /// The value of the stated hours, recomputed.
    pub value: f64,
    /// The bound that the stated prices prove.
    pub bound: f64,
    /// The relative gap between these two.
    pub gap: f64,
    /// What is wrong, in sentences; empty for a valid claim.
    pub findings: Vec<String>,
    /// How many conditions of complementary slackness were looked at; 0 when the claim is not of an optimum.
    pub slackness_checked: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    value: f64,
    bound: f64,
    gap: f64,
    pairs: Vec<Entry>,
    prices: Prices,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    volunteer: String,
    need: String,
    hours: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Prices {
    volunteers: BTreeMap<String, f64>,
    needs: BTreeMap<String, f64>,
    #[serde(default)]
    seats: BTreeMap<String, f64>,
}

impl Claim {
    /// Reads a solution document and resolves its ids against the instance. Nodes without a stated price have price 0.
    pub fn read_json(bytes: &[u8], instance: &Instance) -> Result<Self, Flaw> {
        let document: Document = serde_json::from_slice(bytes).map_err(|cause| {
            let place = format!("line {}, column {}", cause.line(), cause.column());
            Flaw::new(place, format!("no solution document: {cause}"))
        })?;
        let volunteers = positions(instance.volunteers().iter().map(|x| &*x.id));
        let needs = positions(instance.needs().iter().map(|x| &*x.id));
        let known = |ids: &HashMap<&str, u32>, id: &str, place: String, what: &str| {
            ids.get(id).copied().ok_or_else(|| Flaw::new(place, format!("no {what} of the instance has the id {id:?}")))
        };
        let mut claim = Self { value: document.value, bound: document.bound, gap: document.gap, ..Self::default() };
        for (at, entry) in document.pairs.iter().enumerate() {
            let volunteer = known(&volunteers, &entry.volunteer, format!("/pairs/{at}/volunteer"), "volunteer")?;
            let need = known(&needs, &entry.need, format!("/pairs/{at}/need"), "need")?;
            claim.pairs.push((volunteer, need, entry.hours));
        }
        let price_list = |stated: BTreeMap<String, f64>, ids: &HashMap<&str, u32>, list: &str, what: &str| {
            let place = list;
            let mut list = vec![0.0; ids.len()];
            for (id, price) in stated {
                let at = known(ids, &id, format!("/prices/{place}/{}", escaped(&id)), what)?;
                if let Some(slot) = list.get_mut(usize_of(at)) {
                    *slot = price;
                }
            }
            Ok::<_, Flaw>(list)
        };
        let Prices { volunteers: of_volunteers, needs: of_needs, seats } = document.prices;
        claim.volunteer_prices = price_list(of_volunteers, &volunteers, "volunteers", "volunteer")?;
        claim.need_prices = price_list(of_needs, &needs, "needs", "need")?;
        claim.seat_prices = price_list(seats, &needs, "seats", "need")?;
        Ok(claim)
    }
}

/// An id as a token of a JSON Pointer (RFC 6901, section 3).
fn escaped(id: &str) -> String {
    id.replace('~', "~0").replace('/', "~1")
}

fn positions<'a>(ids: impl Iterator<Item = &'a str>) -> HashMap<&'a str, u32> {
    ids.zip(0u32..).collect()
}

/// Verifies a claim about an instance.
pub fn check(instance: &Instance, claim: &Claim) -> Verdict {
    let mut look = Look::new(instance, claim);
    look.shares();
    look.capacities();
    look.prices();
    let (value, bound) = (look.value(), look.bound());
    look.figures(value, bound);
    if claim.gap <= 0.0 && !instance.has_seats() {
        look.slackness(TOLERANCE * bound);
    }
    let gap = if bound > 0.0 { ((bound - value) / bound).max(0.0) } else { 0.0 };
    let mut findings = look.findings;
    if look.unlisted > 0 {
        findings.push(format!("and {} more", look.unlisted));
    }
    Verdict { value, bound, gap, findings, slackness_checked: look.slackness_checked }
}

struct Look<'a> {
    instance: &'a Instance,
    claim: &'a Claim,
    /// Hours on each of the instance's pairs.
    hours: Vec<f64>,
    by_volunteer: Vec<f64>,
    by_need: Vec<f64>,
    people: Vec<u32>,
    findings: Vec<String>,
    unlisted: usize,
    slackness_checked: usize,
}

fn at(list: &[f64], position: u32) -> f64 {
    list.get(usize_of(position)).copied().unwrap_or(0.0)
}

fn add<T: std::ops::AddAssign>(list: &mut [T], position: u32, more: T) {
    if let Some(slot) = list.get_mut(usize_of(position)) {
        *slot += more;
    }
}

fn about(x: f64) -> f64 {
    TOLERANCE * x.abs().max(1e-300)
}

/// Sums without the drift that millions of terms would bring (A. Neumaier, 1974).
fn sum(terms: impl Iterator<Item = f64>) -> f64 {
    let (mut total, mut lost) = (0f64, 0f64);
    for x in terms {
        let next = total + x;
        lost += if total.abs() >= x.abs() { (total - next) + x } else { (x - next) + total };
        total = next;
    }
    total + lost
}

impl<'a> Look<'a> {
    fn new(instance: &'a Instance, claim: &'a Claim) -> Self {
        Self {
            instance,
            claim,
            hours: vec![0.0; instance.pairs().len()],
            by_volunteer: vec![0.0; instance.volunteers().len()],
            by_need: vec![0.0; instance.needs().len()],
            people: vec![0; instance.needs().len()],
            findings: Vec::new(),
            unlisted: 0,
            slackness_checked: 0,
        }
    }

    fn report(&mut self, finding: String) {
        if self.findings.len() < LISTED {
            self.findings.push(finding);
        } else {
            self.unlisted += 1;
        }
    }

    fn shares(&mut self) {
        let index: HashMap<(u32, u32), u32> =
            self.instance.pairs().iter().zip(0u32..).map(|(pair, at)| ((pair.volunteer, pair.need), at)).collect();
        for (row, (volunteer, need, hours)) in self.claim.pairs.iter().enumerate() {
            let Some(pair) = index.get(&(*volunteer, *need)) else {
                self.report(format!("/pairs/{row}: the instance has no such pair"));
                continue;
            };
            if !(hours.is_finite() && *hours > 0.0) {
                self.report(format!("/pairs/{row}/hours: {hours} is not a positive number of hours"));
                continue;
            }
            if at(&self.hours, *pair) > 0.0 {
                self.report(format!("/pairs/{row}: the pair is listed twice"));
            }
            let most = self.instance.pairs().get(usize_of(*pair)).map_or(0.0, |x| x.max_hours);
            if *hours > most + about(most) {
                self.report(format!("/pairs/{row}/hours: {hours}, but the pair's max_hours is {most}"));
            }
            add(&mut self.hours, *pair, *hours);
            add(&mut self.by_volunteer, *volunteer, *hours);
            add(&mut self.by_need, *need, *hours);
            add(&mut self.people, *need, 1);
        }
    }

    fn capacities(&mut self) {
        let instance = self.instance;
        for (volunteer, used) in instance.volunteers().iter().zip(self.by_volunteer.clone()) {
            if used > volunteer.hours + about(volunteer.hours) {
                self.report(format!("volunteer {:?} gives {used} hours of {}", volunteer.id, volunteer.hours));
            }
        }
        for ((need, used), people) in instance.needs().iter().zip(self.by_need.clone()).zip(self.people.clone()) {
            if used > need.hours + about(need.hours) {
                self.report(format!("need {:?} takes {used} hours of {}", need.id, need.hours));
            }
            if need.seats.is_some_and(|seats| people > seats) {
                self.report(format!("need {:?} takes {people} people, more than it has seats", need.id));
            }
        }
    }

    fn prices(&mut self) {
        let claim = self.claim;
        let lists = [&claim.volunteer_prices, &claim.need_prices, &claim.seat_prices];
        for (what, prices) in ["volunteers", "needs", "seats"].into_iter().zip(lists) {
            for (row, price) in prices.iter().enumerate() {
                if !(price.is_finite() && *price >= 0.0) {
                    self.report(format!(
                        "/prices/{what}: the price of entry {row} is {price}, not a number of at least 0"
                    ));
                }
            }
        }
    }

    fn value(&self) -> f64 {
        sum(self.instance.pairs().iter().zip(&self.hours).map(|(pair, hours)| pair.value * hours))
    }

    /// Room at each need: its hours, or less when its seats cannot bring so many.
    fn room(&self) -> Vec<f64> {
        let needs = self.instance.needs();
        let mut room: Vec<f64> = needs.iter().map(|x| x.hours).collect();
        if !self.instance.has_seats() {
            return room;
        }
        let mut reach: Vec<Vec<f64>> = vec![Vec::new(); needs.len()];
        for pair in self.instance.pairs().iter() {
            let offered = self.instance.volunteers().get(usize_of(pair.volunteer)).map_or(0.0, |x| x.hours);
            if let Some(list) = reach.get_mut(usize_of(pair.need)).filter(|_| pair.value > 0.0) {
                list.push(offered.min(pair.max_hours));
            }
        }
        for ((need, room), mut reach) in needs.iter().zip(&mut room).zip(reach) {
            if let Some(seats) = need.seats {
                reach.sort_by(|a, b| b.total_cmp(a));
                *room = room.min(sum(reach.into_iter().take(usize_of(seats))));
            }
        }
        room
    }

    fn bound(&self) -> f64 {
        let (instance, claim) = (self.instance, self.claim);
        let room = self.room();
        let price = |list: &[f64], position: u32| at(list, position).max(0.0);
        let mine = instance.volunteers().iter().zip(&claim.volunteer_prices).map(|(x, p)| x.hours * p.max(0.0));
        let theirs = room.iter().zip(&claim.need_prices).map(|(x, p)| x * p.max(0.0));
        // A pair that can carry u hours takes x / u of a seat at least, so a seat's price counts by the hour.
        let seats = instance.needs().iter().zip(&claim.seat_prices);
        let seated = seats.map(|(need, p)| need.seats.map_or(0.0, f64::from) * p.max(0.0));
        let above = instance.pairs().iter().map(|pair| {
            let cost = price(&claim.volunteer_prices, pair.volunteer) + price(&claim.need_prices, pair.need);
            let offered = instance.volunteers().get(usize_of(pair.volunteer)).map_or(0.0, |x| x.hours);
            let need = instance.needs().get(usize_of(pair.need));
            let most = pair.max_hours.min(offered).min(need.map_or(0.0, |x| x.hours));
            let limited = need.is_some_and(|x| x.seats.is_some());
            let seat = if limited && most > 0.0 { price(&claim.seat_prices, pair.need) / most } else { 0.0 };
            (pair.value - cost - seat).max(0.0) * most.min(at(&room, pair.need))
        });
        sum(mine.chain(theirs).chain(seated).chain(above))
    }

    fn figures(&mut self, value: f64, bound: f64) {
        let claim = self.claim;
        if (claim.value - value).abs() > about(value.max(claim.value)) {
            self.report(format!("/value: {} is stated, but the hours are worth {value}", claim.value));
        }
        if bound > claim.bound + about(bound) {
            self.report(format!("/bound: {} is stated, but the prices prove only {bound}", claim.bound));
        }
        if claim.bound < value - about(value) {
            self.report(format!("/bound: {} is less than the value {value}", claim.bound));
        }
        let gap = if claim.bound > 0.0 { (claim.bound - claim.value) / claim.bound } else { 0.0 };
        if (claim.gap - gap).abs() > TOLERANCE {
            self.report(format!("/gap: {} is stated, but value and bound are {gap} apart", claim.gap));
        }
    }

    /// Violations worth no more than `least` in all, hours times value, are beyond what doubles can tell.
    fn slackness(&mut self, least: f64) {
        let (instance, claim) = (self.instance, self.claim);
        let worth = instance.pairs().iter().fold(0f64, |most, pair| most.max(pair.value));
        let near = TOLERANCE * worth;
        for (pair, hours) in instance.pairs().iter().zip(self.hours.clone()) {
            let cost = at(&claim.volunteer_prices, pair.volunteer) + at(&claim.need_prices, pair.need);
            let more = pair.value - cost;
            let full = hours >= pair.max_hours - about(pair.max_hours);
            let offered = instance.volunteers().get(usize_of(pair.volunteer)).map_or(0.0, |x| x.hours);
            self.slackness_checked += 1;
            if hours > 0.0 && more < -near && -more * hours > least {
                let ids = self.ids(pair.volunteer, pair.need);
                self.report(format!("slackness: {ids} is used, but worth {} less than its prices", -more));
            }
            let wanted = instance.needs().get(usize_of(pair.need)).map_or(0.0, |x| x.hours);
            let closed = full || offered <= 0.0 || wanted <= 0.0;
            if more > near && !closed && more * offered.min(wanted) > least {
                let ids = self.ids(pair.volunteer, pair.need);
                self.report(format!("slackness: {ids} could have more hours and is worth {more} above its prices"));
            }
        }
        let volunteers = instance.volunteers().iter().map(|x| (x.hours, &x.id)).zip(&claim.volunteer_prices);
        let mut open: Vec<String> = idle("volunteer", volunteers, &self.by_volunteer, [near, least]);
        let needs = instance.needs().iter().map(|x| (x.hours, &x.id)).zip(&claim.need_prices);
        open.extend(idle("need", needs, &self.by_need, [near, least]));
        self.slackness_checked += instance.volunteers().len() + instance.needs().len();
        for finding in open {
            self.report(finding);
        }
    }

    fn ids(&self, volunteer: u32, need: u32) -> String {
        let volunteer = self.instance.volunteers().get(usize_of(volunteer)).map_or("", |x| &*x.id);
        let need = self.instance.needs().get(usize_of(need)).map_or("", |x| &*x.id);
        format!("volunteer {volunteer:?} on need {need:?}")
    }
}

/// Nodes with a price and hours that nobody uses.
fn idle<'n>(
    what: &str,
    nodes: impl Iterator<Item = ((f64, &'n Box<str>), &'n f64)>,
    used: &[f64],
    [near, least]: [f64; 2],
) -> Vec<String> {
    nodes
        .zip(used)
        .filter(|(((hours, _), price), used)| {
            let unused = hours - **used;
            **price > near && unused > about(*hours) && unused * **price > least
        })
        .map(|(((hours, id), price), used)| {
            format!("slackness: {what} {id:?} has the price {price}, but only {used} of {hours} hours are used")
        })
        .collect()
}
