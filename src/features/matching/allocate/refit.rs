//! Finds what is best for a few people together while the others stay as they are (large neighborhood search, P. Shaw, 1998).
//!
//! Under the charges everybody has a few best choices. What a plan lacks to its bound is what people miss of theirs, and what is
//! left of seats, hours and budgets that cost something. So all ways to combine the choices of the few are gone through, depth
//! first, each one's best first, as long as they could miss less together than in the plan.

use super::charges::Charges;
use super::choice::{Choice, Item, few};
use super::instance::usize_of;
use super::local::{Local, at};
use super::relax::FINE;
use std::cmp::Reverse;

/// So many people at a time.
const PEOPLE: usize = 10;
/// So many choices of each.
const CHOICES: usize = 12;
/// So many choices are tried in all.
const LOOKS: u32 = 60;

/// What somebody could take, and what that is worth after the charges if nobody else takes anything.
#[derive(Debug, PartialEq)]
struct Way {
    /// Links, and what an hour is worth after the charges, the dearest first.
    links: Vec<(u32, i128)>,
    worth: i128,
}

/// A person's best ways under the charges, the best first.
pub(super) struct Wishes {
    ways: Vec<Way>,
}

impl Wishes {
    fn most(&self) -> i128 {
        self.ways.first().map_or(0, |way| way.worth)
    }
}

/// The search for the best of a few people.
struct Search<'s> {
    charges: &'s Charges,
    people: Vec<(u32, &'s Wishes)>,
    /// The most that they could have together, in fine units.
    most: i128,
    /// Worth of the plan without them.
    rest: i128,
    /// The best worth of the plan so far, and what they have in it where that was found here.
    best: i128,
    found: Option<Vec<(u32, i64)>>,
    looks: u32,
}

impl Search<'_> {
    /// What they may miss together, or more than the best so far is out of reach.
    fn allowed(&self) -> i128 {
        self.most - (self.best - self.rest) * FINE
    }
}

impl Local<'_> {
    /// The person's best ways; none of somebody who may take many needs.
    pub(super) fn wishes(&self, charges: &Charges, person: u32) -> Wishes {
        let market = self.market;
        let rate = |place: u32| charges.rate_of(market, place, market.link(place).value * FINE);
        let item = |place: &u32| {
            let link = market.link(*place);
            let [_, need] = link.ends;
            let hours = (market.least_of(need), market.reach(&link));
            Item::new(*place, None, rate(*place), charges.seat_of(need), hours)
        };
        let items = self.links_of(0, person).iter().filter_map(item).collect();
        let way = |Choice { worth, taken }: Choice| {
            let mut links: Vec<(u32, i128)> = taken.iter().map(|(place, _)| (*place, rate(*place))).collect();
            links.sort_by_key(|(place, rate)| (Reverse(*rate), *place));
            Way { links, worth }
        };
        let choices = few(items, market.hours_of(0, person), market.partners_of(0, person), CHOICES);
        Wishes { ways: choices.into_iter().map(way).collect() }
    }

    /// Gives the first few of these people what is best for them together, if it is better than what they have.
    pub(super) fn refit(&mut self, charges: &Charges, wishes: &[Wishes], people: &[u32]) {
        let one = |person: &u32| wishes.get(usize_of(*person)).map(|wishes| (*person, wishes));
        let people: Vec<(u32, &Wishes)> = people.iter().filter_map(one).take(PEOPLE).collect();
        let best = self.value;
        let taken: Vec<(u32, i64)> = people.iter().flat_map(|(person, _)| self.clear(*person)).collect();
        let most = people.iter().map(|(_, wishes)| wishes.most()).sum::<i128>() + self.unsold(charges, &people);
        let mut search = Search { charges, people, most, rest: self.value, best, found: None, looks: LOOKS };
        self.combine(&mut search, 0, 0);
        let Search { people, found, .. } = search;
        let Some(found) = found else { return self.put(&taken) };
        self.put(&found);
        // By true worth there may be more in what nobody wished for.
        for (person, _) in people {
            self.choose(person);
        }
    }

    /// What all that is free where these people could want it costs.
    fn unsold(&self, charges: &Charges, people: &[(u32, &Wishes)]) -> i128 {
        let market = self.market;
        let links = people.iter().flat_map(|(_, wishes)| &wishes.ways).flat_map(|way| &way.links);
        let mut needs: Vec<u32> = links
            .map(|(place, _)| {
                let [_, need] = market.link(*place).ends;
                need
            })
            .collect();
        needs.sort_unstable();
        needs.dedup();
        let mut groups: Vec<u32> = needs.iter().filter_map(|need| market.group_of(*need)).collect();
        groups.sort_unstable();
        groups.dedup();
        let of_need = |need: &u32| {
            let hours = market.hours_of(1, *need) - at(&self.given, *need);
            let seats = match market.partners_of(1, *need) {
                u32::MAX => 0,
                seats => seats.saturating_sub(at(&self.seats, *need)),
            };
            charges.hour_of(*need).max(0) * i128::from(hours) + charges.seat_of(*need).max(0) * i128::from(seats)
        };
        let of_budget = |group: &u32| charges.budget_of(*group).max(0) * i128::from(at(&self.left, *group));
        needs.iter().map(of_need).sum::<i128>() + groups.iter().map(of_budget).sum::<i128>()
    }

    /// Goes on with the next person, where those before have what they have and miss so much of their best.
    fn combine(&mut self, search: &mut Search<'_>, done: usize, missed: i128) {
        let Some((person, wishes)) = search.people.get(done).copied() else {
            if self.value > search.best {
                search.best = self.value;
                search.found = Some(search.people.iter().flat_map(|(person, _)| self.taken(*person)).collect());
            }
            return;
        };
        for way in &wishes.ways {
            if search.looks == 0 || missed + wishes.most() - way.worth >= search.allowed() {
                break;
            }
            search.looks -= 1;
            let Some((taken, worth)) = self.filled(search.charges, person, way) else { continue };
            let missed = missed + wishes.most() - worth;
            if missed < search.allowed() {
                self.put(&taken);
                self.combine(search, done + 1, missed);
                for (place, _) in taken {
                    self.set(place, 0);
                }
            }
        }
        let missed = missed + wishes.most();
        if search.looks > 0 && missed < search.allowed() {
            self.combine(search, done + 1, missed);
        }
    }

    /// The hours that are free on a way for somebody who gives nothing yet, and what they are worth after the charges; none where
    /// not even the least are.
    fn filled(&self, charges: &Charges, person: u32, way: &Way) -> Option<(Vec<(u32, i64)>, i128)> {
        let market = self.market;
        let need_of = |place: u32| {
            let [_, need] = market.link(place).ends;
            need
        };
        let least = |place: u32| market.least_of(need_of(place)).max(1);
        let mut taken: Vec<(u32, i64)> = way.links.iter().map(|(place, _)| (*place, least(*place))).collect();
        let mut left = market.hours_of(0, person) - taken.iter().map(|(_, hours)| hours).sum::<i64>();
        if left < 0 {
            return None;
        }
        let mut worth = 0;
        for (now, (place, rate)) in way.links.iter().enumerate() {
            let need = need_of(*place);
            let free = market.reach(&market.link(*place)).min(market.hours_of(1, need) - at(&self.given, need));
            let group = market.group_of(need);
            let shared = group.map_or(i64::MAX, |group| {
                let mine = taken.iter().filter(|(other, _)| market.group_of(need_of(*other)) == Some(group));
                at(&self.left, group) - mine.map(|(_, hours)| hours).sum::<i64>()
            });
            let (_, hours) = taken.get_mut(now)?;
            if *hours > free || shared < 0 || at(&self.seats, need) >= market.partners_of(1, need) {
                return None;
            }
            let more = if *rate > 0 { left.min(free - *hours).min(shared) } else { 0 };
            left -= more;
            *hours += more;
            worth += rate * i128::from(*hours) - charges.seat_of(need);
        }
        Some((taken, worth))
    }
}

#[cfg(test)]
mod tests {
    use super::super::dice::Dice;
    use super::super::graph::Link;
    use super::super::rules::Market;
    use super::*;

    #[test]
    fn three_people_pass_their_needs_round_though_no_two_would() {
        let link = |person: u32, need: u32, value: i128| Link { ends: [person, need], value, cap: 4 };
        let market = Market {
            hours: [vec![4; 3], vec![4; 3]],
            partners: [vec![1; 3], vec![1; 3]],
            least: vec![4; 3],
            group: vec![None; 3],
            links: (0..3).flat_map(|at| [link(at, at, 5), link(at, (at + 1) % 3, 6)]).collect(),
            ..Market::default()
        };
        let mut local = Local::new(&market, &[4, 0, 4, 0, 4, 0]);
        local.settle(&mut || true);
        assert_eq!(local.value(), 60, "alone or in pairs they are at their best");
        let charges = Charges::default();
        let wishes: Vec<Wishes> = (0..3).map(|person| local.wishes(&charges, person)).collect();
        local.refit(&charges, &wishes, &[0, 1, 2]);
        assert_eq!((local.value(), local.hours()), (72, &[0, 4, 0, 4, 0, 4][..]));
    }

    fn number(dice: &mut Dice, most: usize) -> i64 {
        i64::try_from(dice.below(most + 1)).unwrap()
    }

    /// Five people, four needs in two budgets, with all rules.
    fn market(dice: &mut Dice) -> Market {
        let mut list = |count: usize, least: i64, most: usize| -> Vec<i64> {
            (0..count).map(|_| least + number(dice, most)).collect()
        };
        let (hours, least, budget) = ([list(5, 1, 6), list(4, 2, 8)], list(4, 0, 2), list(2, 2, 10));
        let seats = list(9, 1, 2).into_iter().map(|x| u32::try_from(x).unwrap()).collect::<Vec<_>>();
        let (people, needs) = seats.split_at(5);
        let links =
            (0..20).map(|at| Link { ends: [at / 4, at % 4], value: number(dice, 9).into(), cap: 1 + number(dice, 5) });
        Market {
            links: links.collect(),
            partners: [people.to_vec(), needs.to_vec()],
            group: vec![Some(0), Some(0), Some(1), None],
            extra: Vec::new(),
            hours,
            least,
            budget,
        }
    }

    fn assert_kept(market: &Market, local: &Local<'_>, case: u64) {
        for side in [0, 1] {
            let (mut given, mut partners) = (vec![0i64; 5], vec![0u32; 5]);
            for (link, hours) in market.links.iter().zip(local.hours()).filter(|(_, hours)| **hours > 0) {
                let [_, need] = link.ends;
                assert!(*hours <= link.cap && *hours >= market.least_of(need), "{case}: {link:?} {hours}");
                given[usize_of(link.ends[side])] += hours;
                partners[usize_of(link.ends[side])] += 1;
            }
            for (node, (given, partners)) in (0u32..).zip(given.into_iter().zip(partners)) {
                let is_within = given <= market.hours_of(side, node) && partners <= market.partners_of(side, node);
                assert!(given == 0 || is_within, "{case}: side {side}, node {node}");
            }
        }
        for (group, budget) in (0u32..).zip(&market.budget) {
            let mine = |link: &Link| market.group_of(link.ends[1]) == Some(group);
            let spent: i64 =
                market.links.iter().zip(local.hours()).filter(|(link, _)| mine(link)).map(|(_, hours)| hours).sum();
            assert!(spent <= *budget, "{case}: budget {group}");
        }
        assert_eq!(local.value(), market.worth(local.hours()), "{case}");
    }

    #[test]
    fn what_is_refitted_keeps_the_rules_and_is_never_worse() {
        let mut better = 0;
        for case in 0..2000 {
            let mut dice = Dice(case);
            let market = market(&mut dice);
            let mut local = Local::new(&market, &[]);
            let mut people: Vec<u32> = (0..5).collect();
            dice.shuffle(&mut people);
            for person in &people {
                local.choose(*person);
            }
            let charges = Charges::default();
            let wishes: Vec<Wishes> = (0..5).map(|person| local.wishes(&charges, person)).collect();
            let before = local.value();
            local.refit(&charges, &wishes, people.get(..1 + dice.below(5)).unwrap());
            assert!(local.value() >= before, "{case}: {} after {before}", local.value());
            better += u32::from(local.value() > before);
            assert_kept(&market, &local, case);
        }
        assert!(better > 500, "{better} of 2,000 got better");
    }
}
