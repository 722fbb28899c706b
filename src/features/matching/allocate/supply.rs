//! What a project's needs take at best, given what each pays for an hour and for a seat: whole seats, each with its least and
//! most hours, within the project's budget.

/// A need as its project sees it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Stand {
    /// Seats; none where there is no limit.
    pub(crate) seats: Option<u32>,
    /// Fewest and most hours of one seat.
    pub(crate) seat: (i64, i64),
    /// Hours in all.
    pub(crate) hours: i64,
    /// What a seat brings.
    pub(crate) charge: i128,
    /// What an hour brings, of so many hours each time, the first ones first: falling, the last for any number.
    pub(crate) rates: Vec<(i64, i128)>,
}

/// More choices of seats than these are not looked at: each need's seats are taken in parts then.
const CHOICES: u64 = 300;

/// The most that these needs can bring within a budget, with the seats and hours of each.
pub(crate) fn supply(needs: &[Stand], budget: i64) -> (i128, Vec<(i64, i64)>) {
    let choices = |need: &Stand| u64::from(need.seats.unwrap_or(0)) + 1;
    let all = needs.iter().fold(1u64, |all, need| all.saturating_mul(choices(need)));
    if all > CHOICES {
        return in_parts(needs, budget);
    }
    let mut best: (i128, Vec<(i64, i64)>) = (i128::MIN, Vec::new());
    let mut fill = Fill::default();
    for code in 0..all {
        let mut rest = code;
        fill.clear();
        let mut paid = 0i128;
        for need in needs {
            let seats = i64::try_from(rest % choices(need)).unwrap_or(0);
            rest /= choices(need);
            let (least, most) = match need.seats {
                Some(_) => (seats * need.seat.0, need.hours.min(seats.saturating_mul(need.seat.1))),
                None => (0, need.hours),
            };
            paid += need.charge * i128::from(seats);
            fill.add(need, seats, least, most, 0);
        }
        if let Some(more) = fill.fill(budget)
            && paid + more > best.0
        {
            best = (paid + more, fill.taken.clone());
        }
    }
    best
}

/// The same with seats in parts: at least as much.
fn in_parts(needs: &[Stand], budget: i64) -> (i128, Vec<(i64, i64)>) {
    let mut fill = Fill::default();
    let mut paid = 0i128;
    for need in needs {
        let Some(seats) = need.seats else {
            fill.add(need, 0, 0, need.hours, 0);
            continue;
        };
        let seats = i64::from(seats);
        let most = need.hours.min(seats.saturating_mul(need.seat.1));
        if need.charge >= 0 {
            paid += need.charge * i128::from(seats);
            fill.add(need, seats, 0, most, 0);
        } else {
            // What an hour costs of its seat, rounded to the safe side.
            fill.add(need, -1, 0, most, need.charge / i128::from(need.seat.1.max(1)));
        }
    }
    let more = fill.fill(budget).unwrap_or(0);
    for (taken, need) in fill.taken.iter_mut().zip(needs) {
        if taken.0 < 0 {
            taken.0 = (taken.1 + need.seat.1 - 1) / need.seat.1.max(1);
        }
    }
    (paid + more, fill.taken)
}

/// Hours poured where they bring most, beyond those that the seats take in any case.
#[derive(Default)]
struct Fill {
    /// Seats and hours of each need.
    taken: Vec<(i64, i64)>,
    /// What an hour brings, which need, how many hours.
    parts: Vec<(i128, usize, i64)>,
    /// What the least hours bring, and how many they are.
    sure: i128,
    used: i64,
}

impl Fill {
    fn clear(&mut self) {
        self.taken.clear();
        self.parts.clear();
        (self.sure, self.used) = (0, 0);
    }

    /// Adds a need's seats, with what an hour brings `more` than its rates say.
    fn add(&mut self, need: &Stand, seats: i64, least: i64, most: i64, more: i128) {
        let place = self.taken.len();
        let (mut sure, mut left) = (least, most);
        for (hours, rate) in &need.rates {
            let part = (*hours).min(left);
            left -= part;
            let first = sure.min(part);
            sure -= first;
            self.sure += rate * i128::from(first);
            if rate + more > 0 && part > first {
                self.parts.push((rate + more, place, part - first));
            }
        }
        // Seats whose least hours the need does not have are none.
        self.used = if sure > 0 { i64::MAX } else { self.used.saturating_add(least) };
        self.taken.push((seats, least));
    }

    /// What it all brings within the budget. None where the least hours are too many.
    fn fill(&mut self, budget: i64) -> Option<i128> {
        if self.used > budget {
            return None;
        }
        let (mut left, mut worth) = (budget - self.used, self.sure);
        self.parts.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        for (rate, place, hours) in &self.parts {
            let part = (*hours).min(left);
            left -= part;
            worth += rate * i128::from(part);
            if let Some(taken) = self.taken.get_mut(*place) {
                taken.1 += part;
            }
        }
        Some(worth)
    }
}

#[cfg(test)]
mod tests {
    use super::super::dice::Dice;
    use super::*;

    fn small(dice: &mut Dice, low: i64, high: i64) -> i64 {
        low + i64::try_from(dice.below(usize::try_from(high - low + 1).unwrap())).unwrap()
    }

    fn worth(need: &Stand, hours: i64) -> i128 {
        let (mut left, mut worth) = (hours, 0);
        for (part, rate) in &need.rates {
            worth += rate * i128::from(left.min(*part));
            left -= left.min(*part);
        }
        worth
    }

    /// The best by trying all seats and hours.
    fn by_trying(needs: &[Stand], budget: i64) -> i128 {
        let Some((need, rest)) = needs.split_first() else { return 0 };
        let mut best = i128::MIN;
        for seats in 0..=i64::from(need.seats.unwrap_or(0)) {
            let (least, most) = match need.seats {
                Some(_) => (seats * need.seat.0, seats * need.seat.1),
                None => (0, need.hours),
            };
            for hours in least..=most.min(need.hours).min(budget) {
                let mine = need.charge * i128::from(seats) + worth(need, hours);
                best = best.max(mine.saturating_add(by_trying(rest, budget - hours)));
            }
        }
        best
    }

    #[test]
    fn the_supply_is_the_best_there_is_and_one_in_parts_no_less() {
        let mut dice = Dice(6);
        for case in 0..2000 {
            let need = |dice: &mut Dice| {
                let least = small(dice, 1, 2);
                let rate = small(dice, -4, 9);
                let first = (small(dice, 0, 3), i128::from(rate + small(dice, 0, 5)));
                let seats = [None, Some(0), Some(1), Some(2), Some(3)][dice.below(5)];
                Stand {
                    seats,
                    seat: (least, least + small(dice, 0, 3)),
                    hours: small(dice, 0, 9),
                    charge: if seats.is_some() { i128::from(small(dice, -12, 12)) } else { 0 },
                    rates: vec![first, (i64::MAX, i128::from(rate))],
                }
            };
            let needs: Vec<Stand> = (0..=dice.below(2)).map(|_| need(&mut dice)).collect();
            let budget = small(&mut dice, 0, 14);
            let most = by_trying(&needs, budget);
            let (paid, taken) = supply(&needs, budget);
            assert_eq!(paid, most, "{case}: {needs:?} {budget}");
            assert!(taken.iter().map(|(_, hours)| hours).sum::<i64>() <= budget, "{case}: {taken:?}");
            assert!(in_parts(&needs, budget).0 >= most, "{case}: in parts less than {most}: {needs:?} {budget}");
        }
    }
}
