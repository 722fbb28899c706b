//! Every factor, blocker and promise of the score.

mod blockers;
mod explained;
mod factors;
mod properties;
mod skills;

use super::*;
use crate::kernel::{AccountId, Level, NeedId, ProjectId, Timestamp};
use chrono::NaiveDate;
use uuid::Uuid;

/// A Monday.
pub(super) const TODAY: &str = "2026-03-02";

pub(super) fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(super) fn at(text: &str) -> Timestamp {
    format!("{text}T12:00:00Z").parse().unwrap()
}

pub(super) fn skill(text: &str) -> SkillKey {
    SkillKey::parse(text).unwrap()
}

pub(super) fn level(level: i64) -> Level {
    Level::parse(level).unwrap()
}

pub(super) fn market() -> Market {
    Market::new(date(TODAY))
}

pub(super) fn project() -> ProjectFacts {
    ProjectFacts { id: ProjectId(Uuid::from_u128(1)), slug: "zlib".to_owned(), name: "zlib".to_owned() }
}

/// Opened today, asks for nothing: 36 + 8 + 0 + 1.8 + 10 + 5 + 2.5 + 8 + 0 = 71.3 points for anybody.
pub(super) fn need() -> NeedFacts {
    NeedFacts::new(NeedId(Uuid::from_u128(2)), project(), "Help", at(TODAY))
}

pub(super) fn person() -> VolunteerFacts {
    VolunteerFacts { hours_per_week: 8.0, ..VolunteerFacts::new(AccountId(Uuid::from_u128(3)), "ada") }
}

pub(super) fn wanted(text: &str, at: i64, required: bool) -> WantedSkill {
    WantedSkill { skill: skill(text), level: level(at), required }
}

pub(super) fn held(text: &str, at: i64) -> HeldSkill {
    HeldSkill { skill: skill(text), level: level(at), evidence: Evidence::None }
}

/// The points of one factor, as the volunteer sees them.
pub(super) fn points(market: &Market, need: &NeedFacts, person: &VolunteerFacts, factor: Factor) -> f64 {
    score(market, need, person, Reader::Volunteer).of(factor).get()
}

pub(super) fn close(got: f64, wanted: f64) {
    assert!((got - wanted).abs() < 1e-6, "got {got}, wanted {wanted}");
}

pub(super) fn codes(need: &NeedFacts, person: &VolunteerFacts) -> Vec<Obstacle> {
    let explained = explain(&market(), need, person, Reader::Volunteer).matching;
    assert_eq!(explained.eligible, explained.blockers.is_empty());
    for blocker in &explained.blockers {
        assert!(blocker.text.ends_with('.') && blocker.remedy.ends_with('.'), "{blocker:?}");
    }
    explained.blockers.into_iter().map(|blocker| blocker.code).collect()
}
