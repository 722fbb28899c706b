//! The nine factors, each exactly as documented, as numbers alone; the sentences are in [`super::reasons`].

use super::card::{Need, Person};
use super::days::overlap_minutes;
use super::fit::Grade;
use super::{Constants, Dependency, Market, NeedFacts, Points, Tally};
use crate::kernel::{Timestamp, Urgency};

/// All points of a pair. `with_dependency` is off wherever the reader must not learn what an employer depends on.
pub(crate) fn tally(
    constants: &Constants,
    need: Need<'_>,
    person: Person<'_>,
    grades: &[Grade],
    with_dependency: bool,
) -> Tally {
    let most = &constants.most;
    let shares = skills(grades);
    Tally {
        skills_required: Points::new(most.skills_required * shares.required),
        skills_optional: Points::new(most.skills_optional * shares.optional),
        evidence: Points::new(most.evidence * shares.proven),
        priority: need.card.priority,
        availability: Points::new(most.availability * availability(need, person)),
        time_zone: Points::new(most.time_zone * zone_share(need.card.overlap, &need.card.offsets, person.card.offset)),
        interests: Points::new(interests(constants, need, person)),
        balance: need.card.balance,
        dependency: if with_dependency { dependency(constants, need, person) } else { Points::ZERO },
    }
}

/// Shares of the skills' points, each 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Shares {
    pub(crate) required: f64,
    pub(crate) optional: f64,
    pub(crate) proven: f64,
}

/// Weighted means of the fits, and the proven share of all matched weight. Nothing asked for is fully met.
pub(crate) fn skills(grades: &[Grade]) -> Shares {
    let share = |required: bool| {
        let (mut met, mut asked) = (0.0, 0.0);
        for grade in grades.iter().filter(|grade| grade.required == required) {
            met += grade.weight * grade.fit;
            asked += grade.weight;
        }
        if asked > 0.0 { met / asked } else { 1.0 }
    };
    let (mut proven, mut matched) = (0.0, 0.0);
    for grade in grades {
        proven += grade.weight * grade.proven;
        matched += grade.weight * grade.fit;
    }
    let proven = if matched > 0.0 { (proven / matched).min(1.0) } else { 0.0 };
    Shares { required: share(true), optional: share(false), proven }
}

/// The project's risk, 0 to 1: systemic risk, else criticality, else none.
pub(crate) fn risk(need: &NeedFacts) -> f64 {
    need.systemic_risk.or(need.criticality).filter(|risk| risk.is_finite()).unwrap_or(0.0).clamp(0.0, 1.0)
}

/// Whole days for which the need has been open without an applicant.
pub(crate) fn days_waiting(need: &NeedFacts, market: &Market) -> i64 {
    let since: Timestamp = need.last_applied_at.map_or(need.opened_at, |last| last.max(need.opened_at));
    (market.today - since.date_naive()).num_days().max(0)
}

/// Points for the need's priority.
pub(crate) fn priority(need: &NeedFacts, market: &Market) -> Points {
    let constants = &market.constants;
    let urgency = match need.urgency {
        Urgency::Low => 0.0,
        Urgency::Normal => 1.0 / 3.0,
        Urgency::High => 2.0 / 3.0,
        Urgency::Critical => 1.0,
    };
    let days = u32::try_from(days_waiting(need, market)).unwrap_or(u32::MAX);
    let wait = (f64::from(days) / constants.wait_days).min(1.0);
    let pending = f64::from(need.pending_applications) / f64::from(need.seats_left.max(1));
    let whole = constants.risk_share * risk(need) + constants.urgency_share * urgency + constants.wait_share * wait;
    Points::new(constants.most.priority * whole.min(1.0) / (1.0 + constants.pending_weight * pending))
}

/// Points for balance: all of them while there is no price.
pub(crate) fn balance(price: Option<f64>, market: &Market) -> Points {
    let most = market.constants.most.balance;
    let crowded = match (price, market.price_p95) {
        (Some(price), Some(p95)) if p95 > 0.0 && price > 0.0 => (price / p95).min(1.0),
        _ => 0.0,
    };
    Points::new(most * (1.0 - crowded))
}

/// Free hours of the person against wanted ones, 0 to 1.
fn availability(need: Need<'_>, person: Person<'_>) -> f64 {
    if need.card.hours <= 0.0 {
        return 1.0;
    }
    (person.card.calendar.free(need.card.window).average() / need.card.hours).min(1.0)
}

/// Minutes of overlap with the nearest of these zones; none when the person's zone is not known.
pub(crate) fn overlap(zones: &[i32], person: Option<i32>) -> Option<i32> {
    let offset = person?;
    zones.iter().map(|zone| overlap_minutes(*zone, offset)).max()
}

/// Overlap against wanted overlap in minutes, 0 to 1; full when the need doesn't care.
pub(crate) fn zone_share(wanted: Option<f64>, zones: &[i32], person: Option<i32>) -> f64 {
    match wanted {
        None => 1.0,
        Some(wanted) if wanted <= 0.0 => 1.0,
        Some(wanted) => (overlap(zones, person).map_or(0.0, f64::from) / wanted).min(1.0),
    }
}

/// Whether the person likes the need's kind.
pub(crate) fn likes_kind(need: Need<'_>, person: Person<'_>) -> bool {
    need.card.kind & person.card.kinds != 0
}

/// Whether the person likes one of the project's domains.
pub(crate) fn likes_domain(need: Need<'_>, person: Person<'_>) -> bool {
    person.card.domains.iter().any(|domain| need.card.domains.binary_search(domain).is_ok())
}

/// Points for interests.
fn interests(constants: &Constants, need: Need<'_>, person: Person<'_>) -> f64 {
    if !person.card.has_interests {
        return constants.most.interests * constants.interests_unnamed;
    }
    let kind = if likes_kind(need, person) { constants.interest_kind } else { 0.0 };
    let domain = if likes_domain(need, person) { constants.interest_domain } else { 0.0 };
    kind + domain
}

/// How the person's employer depends on the need's project.
pub(crate) fn depends(need: Need<'_>, person: Person<'_>) -> Option<Dependency> {
    let employer = person.facts.employer.as_deref()?;
    let project = need.facts.project.id;
    employer.depends_on.iter().filter(|(on, _)| *on == project).map(|(_, dependency)| *dependency).max()
}

/// Points for an employer that depends on the project.
fn dependency(constants: &Constants, need: Need<'_>, person: Person<'_>) -> Points {
    depends(need, person).map_or(Points::ZERO, |how| Points::new(depends_points(constants, how)))
}

/// Points for depending on a project in this way.
pub(crate) fn depends_points(constants: &Constants, how: Dependency) -> f64 {
    match how {
        Dependency::Transitive => constants.most.dependency * constants.transitive_dependency,
        Dependency::Direct => constants.most.dependency,
    }
}
