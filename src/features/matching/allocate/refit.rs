//! Finds what is best for a few people together while the others stay as they are (large neighborhood search, P. Shaw, 1998).
//!
//! Under the charges everybody has a few best choices. What a plan lacks to its bound is what people miss of theirs, and what is
//! left of seats, hours and budgets that cost something. So the ways to combine the choices of the few are gone through, depth
//! first and each one's best first, as long as they could miss less together than in the plan, but only so many of them.

use super::charges::Charges;
use super::choice::{Choice, Item, all_of, few};
use super::instance::usize_of;
use super::local::{Local, at};
use super::relax::FINE;
use std::cell::OnceCell;

/// So many people at a time.
const PEOPLE: usize = 10;
/// So many choices of each.
const CHOICES: usize = 12;
/// So many choices are tried in all.
const LOOKS: u32 = 60;

/// What somebody could take, and what that is worth after the charges if nobody else takes anything.
#[derive(Debug, PartialEq)]
struct Way {
    /// Links, and what an hour is worth after the charges.
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
    fn wishes(&self, charges: &Charges, person: u32) -> Wishes {
        let market = self.market;
        let worth = |place: u32| market.link(place).value * FINE;
        let item = |place: &u32| charges.item(market, *place, worth(*place));
        let items = self.links_of(0, person).iter().filter_map(item).collect();
        let choices = few(items, market.hours_of(0, person), market.partners_of(0, person), CHOICES);
        let rate = |(place, _): (u32, i64)| (place, charges.rate_of(market, place, worth(place)));
        let way = |Choice { worth, taken }: Choice| Way { links: taken.into_iter().map(rate).collect(), worth };
        Wishes { ways: choices.into_iter().map(way).collect() }
    }

    /// Gives the first few of these people what is best for them together, if it is better than what they have. What somebody wishes
    /// for is found out when it is first asked.
    pub(super) fn refit(&mut self, charges: &Charges, wishes: &[OnceCell<Wishes>], people: &[u32]) {
        let one = |person: &u32| {
            let wishes = wishes.get(usize_of(*person))?.get_or_init(|| self.wishes(charges, *person));
            (!wishes.ways.is_empty()).then_some((*person, wishes))
        };
        let people: Vec<(u32, &Wishes)> = people.iter().filter_map(one).take(PEOPLE).collect();
        let (best, journal) = (self.value, self.journal.len());
        let taken: Vec<(u32, i64)> = people.iter().flat_map(|(person, _)| self.clear(*person)).collect();
        let most = people.iter().map(|(_, wishes)| wishes.most()).sum::<i128>() + self.unsold(charges, &people);
        let mut search = Search { charges, people, most, rest: self.value, best, found: None, looks: LOOKS };
        self.combine(&mut search, 0, 0);
        let Search { people, found, .. } = search;
        let Some(found) = found else {
            self.put(&taken);
            // Nothing has changed.
            return self.journal.truncate(journal);
        };
        self.put(&found);
        // By true worth there may be more in what nobody wished for.
        for (person, _) in people {
            self.choose(person);
        }
    }

    /// The most that all which is free where these people could want it brings: what it costs, and what hours there are worth extra.
    fn unsold(&self, charges: &Charges, people: &[(u32, &Wishes)]) -> i128 {
        let market = self.market;
        let links = people.iter().flat_map(|(_, wishes)| &wishes.ways).flat_map(|way| &way.links);
        let mut needs: Vec<u32> = links.map(|(place, _)| self.need_of(*place)).collect();
        needs.sort_unstable();
        needs.dedup();
        let mut groups: Vec<u32> = needs.iter().filter_map(|need| market.group_of(*need)).collect();
        groups.sort_unstable();
        groups.dedup();
        let of_need = |need: &u32| {
            let seats = match market.partners_of(1, *need) {
                u32::MAX => 0,
                seats => seats.saturating_sub(at(&self.seats, *need)),
            };
            let (mut given, mut free) = (at(&self.given, *need), market.hours_of(1, *need) - at(&self.given, *need));
            let mut worth = charges.seat_of(*need).max(0) * i128::from(seats);
            for (hours, extra) in market.extra_of(*need).iter().copied().chain([(i64::MAX, 0)]) {
                let part = (hours - given.min(hours)).min(free);
                (given, free) = (given - given.min(hours), free - part);
                worth += (extra * FINE + charges.hour_of(*need)).max(0) * i128::from(part);
            }
            worth
        };
        let of_budget = |group: &u32| charges.budget_of(*group).max(0) * i128::from(at(&self.left, *group));
        needs.iter().map(of_need).sum::<i128>() + groups.iter().map(of_budget).sum::<i128>()
    }

    fn need_of(&self, place: u32) -> u32 {
        let [_, need] = self.market.link(place).ends;
        need
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
            let Some(Choice { worth, taken }) = self.filled(search.charges, person, way) else { continue };
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
    fn filled(&self, charges: &Charges, person: u32, way: &Way) -> Option<Choice> {
        let market = self.market;
        let item = |(place, rate): &(u32, i128)| {
            let need = self.need_of(*place);
            if at(&self.seats, need) >= market.partners_of(1, need) {
                return None;
            }
            let least = market.least_of(need).max(1);
            let free = market.reach(&market.link(*place)).min(market.hours_of(1, need) - at(&self.given, need));
            // What is worth extra is in the need's charge, and not true of more hours.
            let (_, free) = self.extra(need, least, free);
            Item::new(*place, market.group_of(need), *rate, charges.seat_of(need), (least, free))
        };
        let items: Vec<Item> = way.links.iter().map(item).collect::<Option<_>>()?;
        all_of(&items, market.hours_of(0, person), &self.left)
    }
}

#[cfg(test)]
mod tests {
    use super::super::charges::charge;
    use super::super::dice::Dice;
    use super::super::graph::Link;
    use super::super::relax::{Tolls, fine};
    use super::super::rules::Market;
    use super::*;

    fn unasked(people: usize) -> Vec<OnceCell<Wishes>> {
        (0..people).map(|_| OnceCell::new()).collect()
    }

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
        local.refit(&charges, &unasked(3), &[0, 1]);
        assert_eq!((local.value(), local.hours()), (60, &[4, 0, 4, 0, 4, 0][..]), "two can't");
        local.refit(&charges, &unasked(3), &[0, 1, 2]);
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
            extra: if dice.below(2) == 0 {
                Vec::new()
            } else {
                vec![vec![(2, 40), (1, 10)], vec![], vec![(3, 10)], vec![]]
            },
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
        let mut better = [0; 2];
        for case in 0..2000 {
            let mut dice = Dice(case);
            let market = market(&mut dice);
            let mut local = Local::new(&market, &[]);
            let mut people: Vec<u32> = (0..5).collect();
            dice.shuffle(&mut people);
            for person in &people {
                local.choose(*person);
            }
            let (tolls, steps) = (Tolls { each: [vec![0; 5], vec![0; 4]], bound: i128::MAX }, dice.below(2) * 5);
            let steps = u32::try_from(steps).unwrap();
            let charges = charge(&fine(&market), &[0; 4], &tolls, local.value() * FINE, 0.0, steps, &mut || true);
            let (before, hours) = (local.value(), local.hours().to_vec());
            local.refit(&charges, &unasked(5), &people[..=dice.below(5)]);
            assert!(local.value() >= before, "{case}: {} after {before}", local.value());
            assert!(local.value() > before || local.hours() == hours, "{case}: other hours for nothing");
            better[usize::from(steps > 0)] += u32::from(local.value() > before);
            assert_kept(&market, &local, case);
        }
        assert!(better.iter().all(|count| *count > 200), "{better:?} of 1,000 each got better");
    }
}
