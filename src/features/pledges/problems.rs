//! The ways in which this feature fails.

use crate::kernel::{Kind, Problem};

/// The state does not allow the transition.
pub(super) static TRANSITION_REFUSED: Problem = Problem::new(
    "pledge.transition_refused",
    Kind::Conflict,
    "The pledge does not allow this in its present state.",
    "Look at `allowed` for what it does allow now.",
);
/// The last day is over.
pub(super) static PERIOD_PASSED: Problem = Problem::new(
    "pledge.period_passed",
    Kind::Conflict,
    "The pledge's last day has passed.",
    "Set a later `ends_on`, or make a new pledge.",
);
/// Promised hours can't be taken back.
pub(super) static OVERDRAWN: Problem = Problem::new(
    "pledge.overdrawn",
    Kind::Conflict,
    "The pledge's hours do not allow this.",
    "Hours that are reserved or confirmed stay granted: look at `balance`, and at GET /api/v1/pledges/{id}/ledger for how it came about.",
);
/// Hours are taken of active pledges only.
pub(super) static NOT_ACTIVE: Problem = Problem::new(
    "pledge.not_active",
    Kind::Conflict,
    "Only an active pledge gives hours.",
    "Wait until its organization has activated or resumed it, or take another pledge.",
);
/// Hours that are given can't be taken back by pledging fewer.
pub(super) static HOURS_GIVEN: Problem = Problem::new(
    "pledge.hours_given",
    Kind::Conflict,
    "Assignments take more hours a week than the pledge would give.",
    "Keep as many hours as they take, or end one of them first.",
);
/// Ended pledges stay as they are.
pub(super) static ENDED: Problem = Problem::new(
    "pledge.ended",
    Kind::Conflict,
    "The pledge has ended and can't be changed any more.",
    "Make a new pledge.",
);

/// The catalogue of this feature.
pub static PROBLEMS: &[&Problem] =
    &[&TRANSITION_REFUSED, &PERIOD_PASSED, &OVERDRAWN, &NOT_ACTIVE, &HOURS_GIVEN, &ENDED];
