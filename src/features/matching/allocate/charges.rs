//! A bound that knows what each person can really do: charges for seats, hours and budgets in place of their limits, and
//! everybody takes the few needs that are best for themselves then (Lagrangian relaxation by person).
//!
//! The flow's bound lets people help on halves of seats, and on more needs than they may. Here each person's choice is a true
//! one: at most so many needs, each with its least hours, within the person's hours; and so is each project's ([`supply`]). For
//! any charges the worth of all the choices, plus the most that the charges can bring the projects, bounds every plan. The charges follow the subgradient with B. T. Polyak's step
//! (1969), deflected by the step before (P. M. Camerini, L. Fratta, F. Maffioli, 1975).

use super::choice::{Choice, Item, best, float, whole};
use super::instance::usize_of;
use super::relax::Tolls;
use super::rules::Market;
use super::supply::{Stand, supply};

/// Steps without a better bound before the pace is halved: a twentieth of all steps, at least and at most.
const PATIENCE: (u32, u32) = (12, 40);
/// So many steps for each of a flow's, but only so many looks at links in all, and so many steps in any case.
const FACTOR: u32 = 8;
const WORK: usize = 80_000_000;
const LEAST_STEPS: u32 = 20;
/// A pace below which nothing comes any more.
const SLOW: f64 = 1e-4;

/// Charges, in fine units of value: for a seat of each need, an hour of it, and an hour of each budget.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Charges {
    seat: Vec<i128>,
    hour: Vec<i128>,
    budget: Vec<i128>,
    /// No plan is worth more, in fine units times hour units.
    pub(crate) bound: i128,
}

fn at<T: Copy + Default>(list: &[T], node: u32) -> T {
    list.get(usize_of(node)).copied().unwrap_or_default()
}

/// The market as the charges see it: who could do what, and which limits can bind at all.
struct Field<'m> {
    market: &'m Market,
    /// Links of each person.
    of: Vec<Vec<u32>>,
    /// The most hours of one person on each need; what a seat is measured by.
    size: Vec<i64>,
    /// Needs that share a budget, and the budget.
    groups: Vec<(Vec<u32>, i64)>,
    /// Whether the hours of a need, and of a budget, could be asked for too often.
    tight: [Vec<bool>; 2],
}

impl<'m> Field<'m> {
    fn new(market: &'m Market) -> Self {
        let [people, needs] = &market.hours;
        let (mut of, mut size, mut reach) =
            (vec![Vec::new(); people.len()], vec![0i64; needs.len()], vec![Vec::new(); needs.len()]);
        for at in market.usable_links() {
            let link = market.link(at);
            let [person, need] = link.ends;
            if let Some(list) = of.get_mut(usize_of(person)) {
                list.push(at);
            }
            if let (Some(size), Some(reach)) = (size.get_mut(usize_of(need)), reach.get_mut(usize_of(need))) {
                *size = (*size).max(market.reach(&link));
                reach.push(market.reach(&link));
            }
        }
        let mut wanted = vec![0i64; market.budget.len()];
        let mut tight = Vec::with_capacity(needs.len());
        for ((need, hours), mut reach) in (0u32..).zip(needs).zip(reach) {
            reach.sort_unstable_by(|a, b| b.cmp(a));
            let seats = usize_of(market.partners_of(1, need));
            let most = reach.into_iter().take(seats).fold(0i64, i64::saturating_add);
            tight.push(most > *hours || !market.extra_of(need).is_empty());
            if let Some(slot) = market.group_of(need).and_then(|group| wanted.get_mut(usize_of(group))) {
                *slot = slot.saturating_add(most.min(*hours));
            }
        }
        let budgets = wanted.iter().zip(&market.budget).map(|(wanted, budget)| wanted > budget).collect();
        let mut groups: Vec<(Vec<u32>, i64)> = market.budget.iter().map(|hours| (Vec::new(), *hours)).collect();
        for (need, _) in (0u32..).zip(needs) {
            match market.group_of(need).and_then(|group| groups.get_mut(usize_of(group))) {
                Some((members, _)) => members.push(need),
                None => groups.push((vec![need], i64::MAX)),
            }
        }
        Self { market, of, size, groups, tight: [tight, budgets] }
    }

    fn choice(&self, charges: &Charges, person: u32) -> Choice {
        let market = self.market;
        let item = |place: &u32| charges.item(market, *place, market.link(*place).value);
        let list = self.of.get(usize_of(person)).map(Vec::as_slice).unwrap_or_default();
        let items = list.iter().filter_map(item).collect();
        best(items, market.hours_of(0, person), market.partners_of(0, person), None)
    }

    /// What the charges bring on all that there is at best, and the seats, and hours, that each need takes then.
    fn supply(&self, charges: &Charges) -> (i128, Vec<i64>, Vec<i64>) {
        let market = self.market;
        let [_, needs] = &market.hours;
        let (mut paid, mut seats, mut hours) = (0i128, vec![0i64; needs.len()], vec![0i64; needs.len()]);
        let mut stands = Vec::new();
        for (members, budget) in &self.groups {
            stands.clear();
            for need in members {
                let rate =
                    at(&charges.hour, *need) + market.group_of(*need).map_or(0, |group| at(&charges.budget, group));
                let extra = market.extra_of(*need).iter().copied().chain([(i64::MAX, 0)]);
                let limit = market.partners_of(1, *need);
                stands.push(Stand {
                    seats: (limit != u32::MAX).then_some(limit),
                    seat: (market.least_of(*need).max(1), at(&self.size, *need)),
                    hours: market.hours_of(1, *need),
                    charge: charges.seat_of(*need),
                    rates: extra.map(|(hours, extra)| (hours, extra + rate)).collect(),
                });
            }
            let (worth, taken) = supply(&stands, *budget);
            paid += worth;
            for (need, (mine, given)) in members.iter().zip(taken) {
                for (list, amount) in [(&mut seats, mine), (&mut hours, given)] {
                    if let Some(slot) = list.get_mut(usize_of(*need)) {
                        *slot = amount;
                    }
                }
            }
        }
        (paid, seats, hours)
    }

    /// Everybody's choice under these charges: the bound, and how much of everything is asked for beyond what there is, in hours.
    fn look(&self, charges: &mut Charges) -> Asked {
        let market = self.market;
        let [people, needs] = &market.hours;
        let (paid, have_seats, have_hours) = self.supply(charges);
        charges.bound = paid;
        let mut seats = vec![0i64; needs.len()];
        let mut hours = vec![0i64; needs.len()];
        let mut budget = vec![0i64; market.budget.len()];
        let everybody = u32::try_from(people.len()).unwrap_or(u32::MAX);
        for person in 0..everybody {
            let choice = self.choice(charges, person);
            charges.bound += choice.worth;
            for (link, given) in choice.taken {
                let [_, need] = market.link(link).ends;
                let lists = [(&mut seats, 1), (&mut hours, given)];
                for (list, more) in lists {
                    if let Some(slot) = list.get_mut(usize_of(need)) {
                        *slot += more;
                    }
                }
                if let Some(slot) = market.group_of(need).and_then(|group| budget.get_mut(usize_of(group))) {
                    *slot += given;
                }
            }
        }
        let number = |x: i64| float(i128::from(x));
        let mut have_budget = vec![0i64; market.budget.len()];
        for (need, have) in (0u32..).zip(&have_hours) {
            if let Some(slot) = market.group_of(need).and_then(|group| have_budget.get_mut(usize_of(group))) {
                *slot += have;
            }
        }
        let over = |(asked, have): (&i64, &i64)| number(asked - have);
        Asked {
            seat: seats
                .iter()
                .zip(&have_seats)
                .zip(&self.size)
                .map(|((asked, have), size)| number(asked - have) * number(*size))
                .collect(),
            hour: hours.iter().zip(&have_hours).map(over).collect(),
            budget: budget.iter().zip(&have_budget).map(over).collect(),
        }
    }
}

/// What is asked for beyond what there is: by seats (in hours), hours of needs, and budgets. Also a direction to go.
#[derive(Clone, Default)]
struct Asked {
    seat: Vec<f64>,
    hour: Vec<f64>,
    budget: Vec<f64>,
}

impl Asked {
    fn all(&self) -> impl Iterator<Item = f64> + '_ {
        self.seat.iter().chain(&self.hour).chain(&self.budget).copied()
    }

    fn dot(&self, other: &Self) -> f64 {
        self.all().zip(other.all()).map(|(a, b)| a * b).sum()
    }

    /// This way, turned from where the last step went back and forth.
    fn deflected(self, last: &Self) -> Self {
        let (norm, turn) = (last.dot(last), self.dot(last));
        if norm <= 0.0 || turn >= 0.0 {
            return self;
        }
        let part = -1.5 * turn / norm;
        let mix = |new: &[f64], old: &[f64]| new.iter().zip(old).map(|(new, old)| new + part * old).collect();
        Self {
            seat: mix(&self.seat, &last.seat),
            hour: mix(&self.hour, &last.hour),
            budget: mix(&self.budget, &last.budget),
        }
    }
}

/// Looks for charges with a low bound, from a flow's prices of needs' hours and its tolls on, until the bound is within `gap` of
/// what is `known` to be possible (in fine units) or the `steps` are used up: each of these, solutions of a flow, buys a few of
/// ours, fewer in large markets. The market is in fine units.
pub(crate) fn charge(
    market: &Market,
    hour: &[i128],
    tolls: &Tolls,
    known: i128,
    gap: f64,
    steps: u32,
    go_on: &mut dyn FnMut() -> bool,
) -> Charges {
    let field = Field::new(market);
    let mut now = begin(&field, hour, tolls);
    let mut lowest = Charges { bound: i128::MAX, ..Charges::default() };
    let (mut pace, mut stale, mut last) = (1.0f64, 0, Asked::default());
    let most = u32::try_from(WORK / market.links.len().max(1)).unwrap_or(u32::MAX).max(LEAST_STEPS);
    let most = steps.saturating_mul(FACTOR).min(most);
    let patience = (most / 20).clamp(PATIENCE.0, PATIENCE.1);
    for _ in 0..most {
        if !go_on() || pace < SLOW {
            break;
        }
        let asked = field.look(&mut now);
        if now.bound < lowest.bound {
            if float(lowest.bound - now.bound) > 1e-5 * float(now.bound) {
                stale = 0;
            }
            lowest = now.clone();
        }
        stale += 1;
        if stale > patience {
            (pace, stale, now, last) = (pace / 2.0, 0, lowest.clone(), Asked::default());
            continue;
        }
        let short = float(now.bound - known);
        let way = asked.deflected(&last);
        let norm = way.dot(&way);
        if norm <= 0.0 || short <= gap * float(now.bound) {
            break;
        }
        now.step(&way, pace * short / norm, market, &field.size);
        last = way;
    }
    lowest
}

/// The first charges: the flow's prices, split into what the budget and what the need itself makes scarce.
fn begin(field: &Field<'_>, hour: &[i128], tolls: &Tolls) -> Charges {
    let market = field.market;
    let [_, seat] = &tolls.each;
    let [_, needs] = &market.hours;
    let [tight, tight_budgets] = &field.tight;
    let mut budget = vec![i128::MAX; market.budget.len()];
    for (need, price) in (0u32..).zip(hour) {
        if let Some(slot) = market.group_of(need).and_then(|group| budget.get_mut(usize_of(group))) {
            *slot = (*slot).min((*price).max(0));
        }
    }
    for (charge, tight) in budget.iter_mut().zip(tight_budgets) {
        *charge = if *tight && *charge < i128::MAX { *charge } else { 0 };
    }
    let own = |need: u32| {
        let shared = market.group_of(need).map_or(0, |group| at(&budget, group));
        // Where the next hours are worth something extra the flow's price is far below nothing, and a bad start.
        (at(hour, need) - shared).max(0)
    };
    let count = u32::try_from(needs.len()).unwrap_or(u32::MAX);
    let is_tight = |need: u32| tight.get(usize_of(need)).copied().unwrap_or(true);
    let seat = |need: u32| {
        let hours = if is_tight(need) { 0 } else { own(need) * i128::from(at(&field.size, need)) };
        if market.partners_of(1, need) == u32::MAX { 0 } else { at(seat, need) + hours }
    };
    Charges {
        seat: (0..count).map(seat).collect(),
        hour: (0..count).map(|need| if is_tight(need) { own(need) } else { 0 }).collect(),
        budget,
        bound: i128::MAX,
    }
}

impl Charges {
    /// What is left of an hour's worth on this link after the charges.
    pub(crate) fn rate_of(&self, market: &Market, place: u32, worth: i128) -> i128 {
        let [_, need] = market.link(place).ends;
        let budget = market.group_of(need).map_or(0, |group| at(&self.budget, group));
        worth - at(&self.hour, need) - budget
    }

    /// The link as somebody can take it if nobody else takes anything, an hour on it being worth so much; none where it brings
    /// nothing.
    pub(crate) fn item(&self, market: &Market, place: u32, worth: i128) -> Option<Item> {
        let link = market.link(place);
        let [_, need] = link.ends;
        let hours = (market.least_of(need), market.reach(&link));
        Item::new(place, None, self.rate_of(market, place, worth), self.seat_of(need), hours)
    }

    /// What an hour of the need costs, beside its budget's.
    pub(crate) fn hour_of(&self, need: u32) -> i128 {
        at(&self.hour, need)
    }

    /// What an hour of the budget costs.
    pub(crate) fn budget_of(&self, group: u32) -> i128 {
        at(&self.budget, group)
    }

    /// What a seat of the need costs.
    pub(crate) fn seat_of(&self, need: u32) -> i128 {
        at(&self.seat, need)
    }

    fn step(&mut self, way: &Asked, step: f64, market: &Market, size: &[i64]) {
        for (((need, charge), way), size) in (0u32..).zip(&mut self.seat).zip(&way.seat).zip(size) {
            if market.partners_of(1, need) != u32::MAX {
                *charge = whole(float(*charge) + step * way * float(i128::from(*size)));
            }
        }
        for (charge, way) in self.hour.iter_mut().zip(&way.hour) {
            *charge = whole(float(*charge) + step * way);
        }
        for (charge, way) in self.budget.iter_mut().zip(&way.budget) {
            *charge = whole(float(*charge) + step * way).max(0);
        }
    }
}
