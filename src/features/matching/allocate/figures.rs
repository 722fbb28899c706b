//! What a plan means for people: who got how much, how fairly, and which critical needs went empty and why.

use super::instance::usize_of;
use super::round::Round;
use super::solve::Share;

/// What one tier of needs got.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Tier {
    /// 1 (most critical) to 3.
    pub tier: u8,
    /// Needs of the tier in the round.
    pub needs: usize,
    /// Those that got any hours.
    pub served: usize,
    /// Hours per week given to the tier.
    pub hours: f64,
    /// Part of all hours given, 0 to 1.
    pub share: f64,
    /// Value of these hours.
    pub value: f64,
    /// The tier could not get more than this even if it were alone.
    pub bound: f64,
    /// The fewest hours that any of its needs got.
    pub least_hours: f64,
}

/// A tier-1 need that got nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unserved {
    /// Position in [`Round::openings`].
    pub opening: u32,
    /// Why.
    pub reason: Why,
}

/// Why a need got nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It has no hours, no seats or no project budget to give.
    NoRoom,
    /// Nobody in the round fits it.
    NobodyFits,
    /// Nobody who fits it has as many hours as it asks of one person.
    TooFewHours,
    /// Its project's budget went to other needs of the project.
    BudgetUsed,
    /// Those who fit it are worth more elsewhere.
    HelpersElsewhere,
}

pub(crate) struct Figures {
    pub(crate) tiers: Vec<Tier>,
    pub(crate) popular_share: f64,
    pub(crate) unserved: Vec<Unserved>,
}

fn add(list: &mut [f64], position: u32, more: f64) {
    if let Some(slot) = list.get_mut(usize_of(position)) {
        *slot += more;
    }
}

fn at(list: &[f64], position: u32) -> f64 {
    list.get(usize_of(position)).copied().unwrap_or(0.0)
}

pub(crate) fn figures(round: &Round, pairs: &[Share], bounds: &[f64]) -> Figures {
    let mut hours = vec![0.0; round.openings.len()];
    let mut values = vec![0.0; round.openings.len()];
    let mut by_project = vec![0.0; round.budgets.len()];
    for share in pairs {
        let Some(candidate) = round.candidates.get(usize_of(share.pair)) else { continue };
        add(&mut hours, candidate.opening, share.hours);
        add(&mut values, candidate.opening, share.hours * candidate.value);
        if let Some(opening) = round.openings.get(usize_of(candidate.opening)) {
            add(&mut by_project, opening.project, share.hours);
        }
    }
    let all: f64 = hours.iter().sum();
    let part = |x: f64| if all > 0.0 { x / all } else { 0.0 };
    let tiers = (1u8..=3).zip(bounds).map(|(tier, bound)| {
        let mut row = Tier { tier, bound: *bound, least_hours: f64::INFINITY, ..Tier::default() };
        for ((opening, hours), value) in round.openings.iter().zip(&hours).zip(&values) {
            if opening.tier == tier {
                row.needs += 1;
                row.served += usize::from(*hours > 0.0);
                row.hours += hours;
                row.value += value;
                row.least_hours = row.least_hours.min(*hours);
            }
        }
        row.share = part(row.hours);
        row.least_hours = if row.needs == 0 { 0.0 } else { row.least_hours };
        row.bound = row.bound.max(row.value);
        row
    });
    let tiers = tiers.collect();
    let unserved = unserved(round, &hours, &by_project);
    by_project.sort_by(|a, b| b.total_cmp(a));
    let tenth = by_project.len().div_ceil(10);
    Figures { tiers, popular_share: part(by_project.iter().take(tenth).sum()), unserved }
}

fn unserved(round: &Round, hours: &[f64], by_project: &[f64]) -> Vec<Unserved> {
    // The most hours of anybody who fits; negative where nobody does.
    let mut reach = vec![-1.0f64; round.openings.len()];
    for candidate in round.candidates.iter().filter(|x| x.value > 0.0) {
        let offered =
            round.helpers.get(usize_of(candidate.helper)).filter(|x| x.max_needs > 0).map_or(0.0, |x| x.hours);
        if let Some(slot) = reach.get_mut(usize_of(candidate.opening)) {
            *slot = slot.max(offered);
        }
    }
    let mut list = Vec::new();
    for (((place, opening), hours), reach) in (0u32..).zip(&round.openings).zip(hours).zip(reach) {
        if opening.tier != 1 || *hours > 0.0 {
            continue;
        }
        let budget = round.budgets.get(usize_of(opening.project)).copied().unwrap_or(0.0);
        let least = opening.min_hours;
        let reason = if opening.seats == 0
            || opening.hours.min(opening.max_hours) < least.max(f64::EPSILON)
            || budget < least
            || budget <= 0.0
        {
            Why::NoRoom
        } else if reach < 0.0 {
            Why::NobodyFits
        } else if reach < least || reach <= 0.0 {
            Why::TooFewHours
        } else if budget - at(by_project, opening.project) < least.max(f64::EPSILON) {
            Why::BudgetUsed
        } else {
            Why::HelpersElsewhere
        };
        list.push(Unserved { opening: place, reason });
    }
    list
}
