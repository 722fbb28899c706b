//! A round over the board: everybody's free hours to their best use, the value of an hour being the pair's score.

use super::allocate::{Candidate, Flaw, Helper, Opening, Policy, Round, plan};
use super::board::{Board, NeedFilter};
use super::score::{NeedFacts, VolunteerFacts};
use crate::kernel::{AccountId, NeedId};
use std::collections::HashMap;

/// At most so many needs for one person at a time.
const MAX_NEEDS: u32 = 3;
/// Nobody works on a need for less than an hour a week.
const MIN_HOURS: f64 = 1.0;
/// Steps towards a tighter bound.
const STEPS: u32 = 200;

/// Somebody's hours on a need.
#[derive(Debug, Clone, PartialEq)]
pub struct Pairing {
    /// Who.
    pub volunteer: AccountId,
    /// On what.
    pub need: NeedId,
    /// Hours a week.
    pub hours: f64,
    /// The pair's score, 0 to 100.
    pub score: f64,
}

/// What a round came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The pairings, best score first.
    pub pairs: Vec<Pairing>,
    /// Volunteers with hours to give.
    pub volunteers: usize,
    /// Needs with room.
    pub needs: usize,
    /// Sum of score times hours.
    pub value: f64,
    /// No plan that obeys the rules is worth more.
    pub bound: f64,
    /// `(bound − value) / bound`.
    pub gap: f64,
}

fn free_hours(person: &VolunteerFacts) -> f64 {
    let taken: f64 = person.commitments.iter().map(|commitment| commitment.hours_per_week).sum();
    (person.hours_per_week - taken).max(0.0)
}

fn opening(need: &NeedFacts, project: u32) -> Opening {
    Opening {
        hours: need.hours_per_week * f64::from(need.seats_left),
        seats: need.seats_left,
        min_hours: need.min_hours_per_week.unwrap_or(MIN_HOURS).min(need.hours_per_week),
        max_hours: need.hours_per_week,
        project,
        tier: need.tier.unwrap_or(3),
    }
}

/// Plans a round over all that is on the board.
///
/// # Errors
/// When a number on the board is negative or not finite, which its loading rules out.
pub fn round(board: &Board, policy: Policy) -> Result<Outcome, Flaw> {
    let mut needs: Vec<&NeedFacts> = board.needs().filter(|need| need.seats_left > 0).collect();
    let mut people: Vec<&VolunteerFacts> = board.volunteers().filter(|person| free_hours(person) > 0.0).collect();
    // The same board gives the same plan, in whichever order it was filled.
    needs.sort_by_key(|need| need.id);
    people.sort_by_key(|person| person.account);
    let (mut projects, mut budgets) = (HashMap::new(), Vec::new());
    let mut openings = Vec::with_capacity(needs.len());
    for need in &needs {
        let next = u32::try_from(budgets.len()).unwrap_or(u32::MAX);
        let project = *projects.entry(need.project.id).or_insert_with(|| {
            budgets.push(need.review_hours_left.unwrap_or(f64::from(u16::MAX)).max(0.0));
            next
        });
        openings.push(opening(need, project));
    }
    let positions: HashMap<NeedId, u32> = needs.iter().map(|need| need.id).zip(0u32..).collect();
    let mut candidates = Vec::new();
    for (helper, person) in (0u32..).zip(&people) {
        for ranked in board.rank_needs(person, &NeedFilter::default(), None, needs.len()) {
            if let Some(opening) = positions.get(&ranked.id) {
                candidates.push(Candidate { helper, opening: *opening, value: ranked.matching.score });
            }
        }
    }
    let helpers = people.iter().map(|person| Helper { hours: free_hours(person), max_needs: MAX_NEEDS }).collect();
    let round = Round { helpers, openings, budgets, candidates, policy, steps: STEPS };
    let planned = plan(&round, &mut || true)?.unwrap_or_default();
    let at = |index: u32| usize::try_from(index).unwrap_or(usize::MAX);
    let mut pairs: Vec<Pairing> = planned
        .pairs
        .iter()
        .filter_map(|share| {
            let candidate = round.candidates.get(at(share.pair))?;
            let (person, need) = (people.get(at(candidate.helper))?, needs.get(at(candidate.opening))?);
            Some(Pairing { volunteer: person.account, need: need.id, hours: share.hours, score: candidate.value })
        })
        .collect();
    pairs.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.need.cmp(&b.need)).then(a.volunteer.cmp(&b.volunteer)));
    Ok(Outcome {
        pairs,
        volunteers: people.len(),
        needs: needs.len(),
        value: planned.value,
        bound: planned.bound,
        gap: planned.gap,
    })
}
