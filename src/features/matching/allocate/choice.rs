//! What is best for one person: a few needs, each with its least hours, within the person's hours.

use std::cmp::Reverse;

/// Somebody who may take more needs than this at a time is taken for somebody without such a limit.
const DEEP: u32 = 4;

/// A need that somebody could take.
#[derive(Clone, Copy)]
pub(crate) struct Item {
    /// The link.
    pub(crate) at: u32,
    /// Which budget the need draws on.
    pub(crate) group: Option<u32>,
    /// What an hour is worth after the charges.
    pub(crate) rate: i128,
    /// What the seat costs.
    pub(crate) seat: i128,
    /// Fewest hours, and most.
    pub(crate) least: i64,
    pub(crate) most: i64,
    /// The most that an hour can bring, the seat paid, and that all can.
    density: f64,
    gain: f64,
}

impl Item {
    /// None where it brings nothing.
    pub(crate) fn new(at: u32, group: Option<u32>, rate: i128, seat: i128, hours: (i64, i64)) -> Option<Self> {
        let (least, most) = (hours.0.max(1), hours.1);
        let worth = |hours: i64| rate * i128::from(hours) - seat;
        let gain = worth(least).max(worth(most));
        // A seat that costs makes many hours the better ones, a seat that brings something few.
        let dense = if seat < 0 { least } else { most };
        let density = float(worth(dense)) / float(i128::from(dense.max(1)));
        (gain > 0 && least <= most).then_some(Self { at, group, rate, seat, least, most, density, gain: float(gain) })
    }
}

/// What somebody takes: links with hours, and what that is worth after the charges.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Choice {
    pub(crate) worth: i128,
    pub(crate) taken: Vec<(u32, i64)>,
}

#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "guides alone; what counts is counted in whole units"
)]
pub(crate) fn float(x: i128) -> f64 {
    x as f64
}

/// The same back, cut where it would be too much to reckon with.
#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "what is cut is far beyond any worth")]
pub(crate) fn whole(x: f64) -> i128 {
    x.clamp(-1e30, 1e30) as i128
}

/// The best choice of somebody with so many hours, who may take so many needs. `budget` says what is left of each budget; none:
/// they don't count. Of somebody who may take many needs the choice is one in parts of seats, worth at least that of any true one.
pub(crate) fn best(items: Vec<Item>, hours: i64, partners: u32, budget: Option<&[i64]>) -> Choice {
    if partners > DEEP {
        return in_parts(items, hours, budget);
    }
    Search::new(&sorted(items), hours, budget, 1).all(partners).pop().unwrap_or_default()
}

/// The best few choices, the best first, where no budget counts; none of somebody who may take many needs.
pub(crate) fn few(items: Vec<Item>, hours: i64, partners: u32, limit: usize) -> Vec<Choice> {
    if partners > DEEP { Vec::new() } else { Search::new(&sorted(items), hours, None, limit).all(partners) }
}

fn sorted(mut items: Vec<Item>) -> Vec<Item> {
    items.sort_by(|a, b| b.density.total_cmp(&a.density).then(a.at.cmp(&b.at)));
    items
}

/// The most that any item from each on brings.
fn gains(items: &[Item]) -> Vec<f64> {
    let mut gains: Vec<f64> = items
        .iter()
        .rev()
        .scan(0f64, |most, item| {
            *most = most.max(item.gain);
            Some(*most)
        })
        .collect();
    gains.reverse();
    gains
}

fn left_of(budget: &[i64], group: Option<u32>) -> i64 {
    let place = group.and_then(|group| usize::try_from(group).ok());
    place.and_then(|place| budget.get(place)).copied().unwrap_or(i64::MAX)
}

/// What somebody gets of these needs, all of them, with the hours at their best; none where the least are too many.
pub(crate) fn all_of(items: &[Item], hours: i64, budget: &[i64]) -> Option<Choice> {
    let mut given = Vec::with_capacity(items.len());
    let worth = spread(items, hours, Some(budget), &mut given)?;
    Some(Choice { worth, taken: given.iter().map(|(item, hours)| (item.at, *hours)).collect() })
}

/// What needs are worth with the hours at their best: each its least, the rest to the dearest, which come first in what is `given`.
/// None where the least are too many.
fn spread(items: &[Item], hours: i64, budget: Option<&[i64]>, given: &mut Vec<(Item, i64)>) -> Option<i128> {
    let mut left = hours - items.iter().map(|item| item.least).sum::<i64>();
    if left < 0 {
        return None;
    }
    given.clear();
    given.extend(items.iter().map(|item| (*item, item.least)));
    given.sort_by_key(|(item, _)| Reverse(item.rate));
    let mut worth = 0;
    for place in 0..given.len() {
        let shared = budget.map_or(i64::MAX, |budget| unspent(given, budget, place));
        if shared < 0 {
            return None;
        }
        if let Some((item, hours)) = given.get_mut(place) {
            let more = if item.rate > 0 { left.min(item.most - item.least).min(shared) } else { 0 };
            left -= more;
            *hours += more;
            worth += item.rate * i128::from(*hours) - item.seat;
        }
    }
    Some(worth)
}

/// What the hours that are given so far leave of the budget of one of the needs.
fn unspent(given: &[(Item, i64)], budget: &[i64], place: usize) -> i64 {
    let group = given.get(place).and_then(|(item, _)| item.group);
    let spent: i64 = given.iter().filter(|(item, _)| item.group == group).map(|(_, hours)| hours).sum();
    if group.is_none() { i64::MAX } else { left_of(budget, group).saturating_sub(spent) }
}

/// Depth first, the densest needs first, cut where nothing better can follow.
struct Search<'i> {
    items: &'i [Item],
    hours: i64,
    budget: Option<&'i [i64]>,
    /// The most that any need from each on brings.
    gains: Vec<f64>,
    chosen: Vec<Item>,
    /// Room for the chosen ones with their hours.
    spread: Vec<(Item, i64)>,
    /// The best so far, the best first, and how many of them are kept.
    found: Vec<Choice>,
    limit: usize,
}

impl<'i> Search<'i> {
    fn new(items: &'i [Item], hours: i64, budget: Option<&'i [i64]>, limit: usize) -> Self {
        let (gains, chosen) = (gains(items), Vec::new());
        Self { items, hours, budget, gains, chosen, spread: Vec::new(), found: Vec::new(), limit }
    }

    fn all(mut self, partners: u32) -> Vec<Choice> {
        self.deepen(0, partners);
        self.found
    }

    /// What a choice must be worth more than.
    fn bar(&self) -> i128 {
        self.limit.checked_sub(1).and_then(|last| self.found.get(last)).map_or(0, |choice| choice.worth)
    }

    fn keep(&mut self, worth: i128) {
        let taken = self.spread.iter().map(|(item, hours)| (item.at, *hours)).collect();
        let place = self.found.partition_point(|choice| choice.worth >= worth);
        self.found.truncate(self.limit - 1);
        self.found.insert(place, Choice { worth, taken });
    }

    fn deepen(&mut self, from: usize, more: u32) {
        let mut mine = 0;
        if !self.chosen.is_empty() {
            match spread(&self.chosen, self.hours, self.budget, &mut self.spread) {
                Some(worth) => mine = worth,
                None => return,
            }
            if mine > self.bar() {
                self.keep(mine);
            }
        }
        if more == 0 {
            return;
        }
        let (mut left, mut sure) = (self.hours, 0.0);
        for item in &self.chosen {
            let hours = left.min(item.most);
            left -= hours;
            sure += item.density * float(i128::from(hours));
        }
        let items = self.items;
        for (place, item) in items.iter().enumerate().skip(from) {
            // No later need has a denser hour. A little is added, so that rounding never cuts what is best.
            let most = sure + item.density * float(i128::from(left));
            if most * (1.0 + 1e-9) + 1.0 < float(self.bar()) {
                break;
            }
            // Its least hours are taken from denser ones where none are left; a later need may ask for fewer.
            let short = (item.least - left).max(0);
            let loose = self.chosen.last().map_or(0.0, |last| last.density) * float(i128::from(short));
            let most = sure + item.density * float(i128::from(left + short)) - loose;
            if most * (1.0 + 1e-9) + 1.0 < float(self.bar()) {
                continue;
            }
            // Nor do more needs bring more than each alone.
            let gain = self.gains.get(place).copied().unwrap_or(0.0);
            if (float(mine) + gain * f64::from(more)) * (1.0 + 1e-9) + 1.0 < float(self.bar()) {
                break;
            }
            self.chosen.push(*item);
            self.deepen(place + 1, more - 1);
            self.chosen.pop();
        }
    }
}

/// Any number of needs, in parts of seats, the best hours first.
fn in_parts(mut items: Vec<Item>, hours: i64, budget: Option<&[i64]>) -> Choice {
    let (mut choice, mut left) = (Choice::default(), hours);
    let slope = |item: &Item| if item.seat < 0 { float(item.rate) } else { item.density };
    items.sort_by(|a, b| slope(b).total_cmp(&slope(a)).then(a.at.cmp(&b.at)));
    let mut spent: Vec<(Option<u32>, i64)> = Vec::new();
    for item in items {
        let mut part = left.min(item.most);
        if let Some(budget) = budget {
            let used: i64 = spent.iter().filter(|(group, _)| *group == item.group).map(|(_, hours)| hours).sum();
            part = part.min(left_of(budget, item.group).saturating_sub(used));
            if part < item.least {
                continue;
            }
            spent.push((item.group, part));
        }
        // What a seat brings is counted in any case, and what hours then cost in none: the worth stays on the safe side.
        choice.worth -= item.seat.min(0);
        if part <= 0 || (item.seat < 0 && item.rate <= 0) {
            continue;
        }
        left -= part;
        // The seat's part, rounded down.
        choice.worth +=
            item.rate * i128::from(part) - item.seat.max(0) * i128::from(part) / i128::from(item.most.max(1));
        choice.taken.push((item.at, part));
    }
    choice
}

#[cfg(test)]
mod tests {
    use super::super::dice::Dice;
    use super::*;

    fn small(dice: &mut Dice, low: i64, high: i64) -> i64 {
        low + i64::try_from(dice.below(usize::try_from(high - low + 1).unwrap())).unwrap()
    }

    /// The best by trying all hours on all needs.
    fn by_trying(all: &[(i128, i128, i64, i64)], hours: i64, partners: u32) -> i128 {
        let Some(((rate, seat, least, most), rest)) = all.split_first() else { return 0 };
        let mut best = by_trying(rest, hours, partners);
        for given in (*least).max(1)..=(*most).min(hours) {
            if partners > 0 {
                best = best.max(rate * i128::from(given) - seat + by_trying(rest, hours - given, partners - 1));
            }
        }
        best
    }

    /// The most that exactly these needs bring; none where the hours are too few for all.
    fn by_trying_all_of(all: &[(i128, i128, i64, i64)], hours: i64) -> Option<i128> {
        let Some(((rate, seat, least, most), rest)) = all.split_first() else { return Some(0) };
        let given = (*least).max(1)..=(*most).min(hours);
        given.filter_map(|given| Some(rate * i128::from(given) - seat + by_trying_all_of(rest, hours - given)?)).max()
    }

    /// Hours from 0 to 3 or more, on up to four needs.
    fn some_needs(dice: &mut Dice) -> Vec<(i128, i128, i64, i64)> {
        let number = |dice: &mut Dice| {
            let hours = (small(dice, 0, 3), small(dice, 1, 6));
            (i128::from(small(dice, -3, 9)), i128::from(small(dice, -12, 12)), hours.0, hours.1)
        };
        (0..=dice.below(4)).map(|_| number(dice)).collect()
    }

    fn items(all: &[(i128, i128, i64, i64)]) -> Vec<Item> {
        (0u32..).zip(all).filter_map(|(at, x)| Item::new(at, None, x.0, x.1, (x.2, x.3))).collect()
    }

    #[test]
    fn the_choice_is_the_best_there_is_and_one_in_parts_worth_no_less() {
        let mut dice = Dice(5);
        for case in 0..3000 {
            let all = some_needs(&mut dice);
            let (hours, partners) = (small(&mut dice, 0, 12), u32::try_from(dice.below(6)).unwrap());
            let choice = best(items(&all), hours, partners, None);
            let most = by_trying(&all, hours, partners);
            assert!(choice.worth >= most, "{case}: {} under {most} {all:?} {hours} {partners}", choice.worth);
            assert!(partners > DEEP || choice.worth == most, "{case}: {} for {most} {all:?}", choice.worth);
        }
    }

    #[test]
    fn the_few_best_choices_are_those_of_all_sets_of_needs() {
        let mut dice = Dice(6);
        for case in 0..3000 {
            let all = some_needs(&mut dice);
            let (hours, partners) = (small(&mut dice, 0, 12), u32::try_from(dice.below(4)).unwrap());
            // What brings nothing alone is never chosen.
            let useful: Vec<_> = items(&all).iter().map(|item| all[usize::try_from(item.at).unwrap()]).collect();
            let sets = (1u32..1 << useful.len()).filter(|set| set.count_ones() <= partners);
            let of = |set: u32| -> Vec<_> {
                useful.iter().zip(0..).filter(|(_, at)| set >> at & 1 == 1).map(|(x, _)| *x).collect()
            };
            let mut worths: Vec<i128> =
                sets.filter_map(|set| by_trying_all_of(&of(set), hours)).filter(|worth| *worth > 0).collect();
            worths.sort_unstable_by_key(|worth| Reverse(*worth));
            worths.truncate(3);
            let found: Vec<i128> = few(items(&all), hours, partners, 3).iter().map(|choice| choice.worth).collect();
            assert_eq!(found, worths, "{case}: {all:?} {hours} {partners}");
        }
    }
}
