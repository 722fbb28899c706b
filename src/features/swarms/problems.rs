//! The ways in which this feature fails.

use crate::kernel::{Kind, Problem};

/// The state does not allow the transition.
pub(super) static TRANSITION_REFUSED: Problem = Problem::new(
    "swarm.transition_refused",
    Kind::Conflict,
    "The swarm does not allow this in its present state.",
    "Look at `allowed` for what it does allow now.",
);
/// Somebody's part in it does not allow the answer.
pub(super) static ANSWER_REFUSED: Problem = Problem::new(
    "swarm.answer_refused",
    Kind::Conflict,
    "Your part in the swarm does not allow this now.",
    "Look at `allowed` for what it does allow; after a decline somebody has to invite you again.",
);
/// The terms that were read are not those in force.
pub(super) static TERMS_CHANGED: Problem = Problem::new(
    "swarm.terms_changed",
    Kind::Conflict,
    "The terms of the embargo changed since you read them.",
    "Read them again at GET /api/v1/swarms/{id}, and answer with their `version`.",
);
/// Content for signatories.
pub(super) static CONSENT_WANTED: Problem = Problem::new(
    "swarm.consent_wanted",
    Kind::Forbidden,
    "This is for those who consented to the embargo.",
    "Read the terms at GET /api/v1/swarms/{id} and consent to them at POST /api/v1/swarms/{id}/consent.",
);
/// Work can't begin without a plan.
pub(super) static NO_PLAN: Problem = Problem::new(
    "swarm.no_plan",
    Kind::Conflict,
    "The swarm has no containment plan yet.",
    "Add its first step at POST /api/v1/swarms/{id}/plan.",
);
/// A review wants its report.
pub(super) static NO_REPORT: Problem = Problem::new(
    "swarm.no_report",
    Kind::Conflict,
    "The swarm has no after-action report yet.",
    "Write it at PUT /api/v1/swarms/{id}/report.",
);
/// Reached already.
pub(super) static MILESTONE_REACHED: Problem = Problem::new(
    "swarm.milestone_reached",
    Kind::Conflict,
    "This milestone was reached before.",
    "Its clock stopped then, and is not set again.",
);
/// Nothing more can be done to it.
pub(super) static ENDED: Problem = Problem::new(
    "swarm.ended",
    Kind::Conflict,
    "The swarm is over.",
    "Call another one where there is something left to do.",
);
/// What was public can't be hidden again.
pub(super) static LIFTED: Problem = Problem::new(
    "swarm.embargo_lifted",
    Kind::Conflict,
    "The embargo is over, or there never was one.",
    "What everybody may have read can't be put under an embargo again.",
);

/// The catalogue of this feature.
pub static PROBLEMS: &[&Problem] = &[
    &TRANSITION_REFUSED,
    &ANSWER_REFUSED,
    &TERMS_CHANGED,
    &CONSENT_WANTED,
    &NO_PLAN,
    &NO_REPORT,
    &MILESTONE_REACHED,
    &ENDED,
    &LIFTED,
];
