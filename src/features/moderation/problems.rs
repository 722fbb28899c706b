//! The ways in which this feature fails.

use crate::kernel::{Kind, Problem};

/// The state machine says no.
pub(super) static TRANSITION_REFUSED: Problem = Problem::new(
    "report.already_decided",
    Kind::Conflict,
    "This was decided already.",
    "Look at it again; another moderator was faster.",
);
/// One at a time.
pub(super) static ALREADY_OPEN: Problem = Problem::new(
    "report.already_open",
    Kind::Conflict,
    "You have reported this already.",
    "Wait until a moderator has looked at it; GET /api/v1/me/reports tells what becomes of it.",
);
/// Enough for a day.
pub(super) static TOO_MANY: Problem = Problem::new(
    "report.too_many",
    Kind::TooMany,
    "Too many reports.",
    "Wait for the seconds in Retry-After. If something urgent is going on, write to the people who run this installation.",
);
/// The token is of no suspension.
pub(super) static WRONG_APPEAL: Problem = Problem::new(
    "appeal.invalid_token",
    Kind::Invalid,
    "The token for an appeal is not valid.",
    "Take it from the mail that told of the suspension as it is.",
);
/// An appeal is made once, while the suspension lasts.
pub(super) static APPEAL_REFUSED: Problem = Problem::new(
    "appeal.not_open",
    Kind::Conflict,
    "There is no appeal against this (any more).",
    "Each suspension can be appealed once, while it lasts. What was decided was mailed to those concerned.",
);

/// The catalogue of this feature.
pub static PROBLEMS: &[&Problem] = &[&TRANSITION_REFUSED, &ALREADY_OPEN, &TOO_MANY, &WRONG_APPEAL, &APPEAL_REFUSED];
