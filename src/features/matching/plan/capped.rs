//! The allocation under a limit on all hours together. Pure.
//!
//! The limit is priced (Lagrange): every hour costs λ, and the smallest λ at which the plan keeps to the limit is found by
//! halving. For any λ, the priced bound plus λ times the limit is a bound on every plan within the limit; the best one seen is
//! kept. What is left of the limit is filled from the plan at the next smaller price, the dearest hours first.

use crate::features::matching::allocate::Flaw;
use crate::features::matching::rounds::{Inputs, Pairing, solve};
use std::collections::HashMap;

/// Halvings of the price; scores reach to 100, so the last step is under a millionth.
const HALVINGS: u32 = 28;
/// Hours that make no difference.
const NOTHING: f64 = 1e-9;

/// A plan within a limit.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Capped {
    /// Who works on what, best score first.
    pub pairings: Vec<Pairing>,
    /// Sum of score times hours a week.
    pub value: f64,
    /// No plan within the limit is worth more.
    pub bound: f64,
}

impl Capped {
    /// How far the value may be from the best, as a share of the bound.
    pub(super) fn gap(&self) -> f64 {
        if self.bound > 0.0 { ((self.bound - self.value) / self.bound).max(0.0) } else { 0.0 }
    }
}

fn hours(pairings: &[Pairing]) -> f64 {
    pairings.iter().map(|pairing| pairing.hours).sum()
}

fn value(pairings: &[Pairing]) -> f64 {
    pairings.iter().map(|pairing| pairing.score * pairing.hours).sum()
}

/// The plan at this price of an hour, with its true scores, and the bound that follows from it.
fn priced(inputs: &Inputs, price: f64, limit: f64) -> Result<(Vec<Pairing>, f64), Flaw> {
    let mut cheaper = inputs.clone();
    cheaper.pairs =
        inputs.pairs.iter().filter(|pair| pair.2 > price).map(|pair| (pair.0, pair.1, pair.2 - price)).collect();
    let solved = solve(&cheaper, &mut || true)?;
    let Some(mut solved) = solved else { return Ok((Vec::new(), f64::INFINITY)) };
    for pairing in &mut solved.pairings {
        pairing.score += price;
    }
    Ok((solved.pairings, solved.outcome.bound + price * limit))
}

/// The best use of at most so many hours a week.
pub(super) fn plan(inputs: &Inputs, limit: f64) -> Result<Capped, Flaw> {
    if limit <= 0.0 || inputs.pairs.is_empty() {
        return Ok(Capped::default());
    }
    let (free, mut bound) = priced(inputs, 0.0, limit)?;
    if hours(&free) <= limit + NOTHING {
        return Ok(Capped { value: value(&free), pairings: free, bound });
    }
    let (mut below, mut above) = ((0.0, free), (100.0, Vec::new()));
    for _ in 0..HALVINGS {
        let price = f64::midpoint(below.0, above.0);
        let (pairings, at) = priced(inputs, price, limit)?;
        bound = bound.min(at);
        if hours(&pairings) > limit + NOTHING {
            below = (price, pairings);
        } else {
            above = (price, pairings);
        }
    }
    let filled = fill(&above.1, &below.1, inputs, limit);
    let trimmed = fill(&[], &below.1, inputs, limit);
    let best = if value(&trimmed) > value(&filled) { trimmed } else { filled };
    Ok(Capped { value: value(&best), bound: bound.max(value(&best)), pairings: best })
}

/// What there is, and what the wider plan adds to it, the dearest hours first, as far as limit and people's hours go.
fn fill(have: &[Pairing], wider: &[Pairing], inputs: &Inputs, limit: f64) -> Vec<Pairing> {
    let least: HashMap<_, f64> = inputs.wishes.iter().map(|wish| (wish.need, wish.min_hours)).collect();
    let mut people: HashMap<_, f64> = inputs.offers.iter().map(|offer| (offer.account, offer.hours)).collect();
    let mut seats: HashMap<_, u32> = inputs.wishes.iter().map(|wish| (wish.need, wish.seats)).collect();
    let mut budgets: Vec<f64> = inputs.projects.iter().map(|room| room.hours).collect();
    let project: HashMap<_, u32> = inputs.wishes.iter().map(|wish| (wish.need, wish.project)).collect();
    let mut left = limit;
    let mut kept: Vec<Pairing> = Vec::new();
    let mut wider = wider.to_vec();
    wider.sort_by(|a, b| b.score.total_cmp(&a.score));
    for (pairing, extra) in have.iter().map(|one| (one, false)).chain(wider.iter().map(|one| (one, true))) {
        if extra && kept.iter().any(|one| one.need == pairing.need && one.volunteer == pairing.volunteer) {
            continue;
        }
        let budget =
            project.get(&pairing.need).and_then(|at| usize::try_from(*at).ok()).and_then(|at| budgets.get_mut(at));
        let (Some(own), Some(seat), Some(budget)) =
            (people.get_mut(&pairing.volunteer), seats.get_mut(&pairing.need), budget)
        else {
            continue;
        };
        let room = pairing.hours.min(left).min(*own).min(*budget);
        // Hours are agreed on in halves.
        let given = (room * 2.0).floor() / 2.0;
        let given = if extra { given } else { room };
        if *seat == 0 || given + NOTHING < least.get(&pairing.need).copied().unwrap_or(0.0) || given <= 0.0 {
            continue;
        }
        left -= given;
        *own -= given;
        *budget -= given;
        *seat -= 1;
        kept.push(Pairing { hours: given, ..pairing.clone() });
    }
    kept.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.need.cmp(&b.need)).then(a.volunteer.cmp(&b.volunteer)));
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::matching::rounds::{Aim, Offer, Room, Wish};
    use crate::features::matching::score::Constants;
    use crate::kernel::{AccountId, NeedId, ProjectId};
    use uuid::Uuid;

    /// One need of four hours for each score; one person of 40 hours, who may take all of them.
    fn inputs(scores: &[f64]) -> Inputs {
        let number = |at: usize| u32::try_from(at).unwrap();
        let id = |at: usize| Uuid::from_u128(u128::try_from(at).unwrap() + 1);
        let wish = |at: usize| Wish {
            need: NeedId(id(at)),
            hours: 4.0,
            seats: 1,
            min_hours: 1.0,
            max_hours: 4.0,
            project: number(at),
            tier: 3,
            skills: Vec::new(),
        };
        Inputs {
            today: "2026-11-28".parse().unwrap(),
            constants: Constants::default(),
            aim: Aim::TOTAL,
            steps: 50,
            offers: vec![Offer { account: AccountId(id(99)), hours: 40.0, max_needs: 9, skills: Vec::new() }],
            wishes: (0..scores.len()).map(wish).collect(),
            projects: (0..scores.len()).map(|at| Room { project: ProjectId(id(at)), hours: 40.0 }).collect(),
            pairs: scores.iter().enumerate().map(|(at, score)| (0, number(at), *score)).collect(),
        }
    }

    #[test]
    fn the_dearest_hours_are_used_and_no_more_than_the_limit() {
        let inputs = inputs(&[50.0, 90.0, 70.0]);
        for (limit, expected) in [
            (0.0, 0.0),
            (4.0, 4.0 * 90.0),
            (6.0, 4.0 * 90.0 + 2.0 * 70.0),
            (8.0, 4.0 * 160.0),
            (10.0, 4.0 * 160.0 + 2.0 * 50.0),
            (40.0, 4.0 * 210.0),
        ] {
            let planned = plan(&inputs, limit).unwrap();
            assert!(hours(&planned.pairings) <= limit + 1e-6, "{limit}: {planned:?}");
            assert!((planned.value - expected).abs() < 1e-3, "{limit}: {} of {expected}", planned.value);
            assert!(planned.bound >= planned.value - 1e-6 && planned.gap() < 1e-4, "{limit}: {planned:?}");
        }
    }
}
