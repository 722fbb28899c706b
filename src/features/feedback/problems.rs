//! The ways in which this feature fails.

use crate::kernel::{Kind, Problem};

/// The work goes on.
pub(super) static NOT_ENDED: Problem = Problem::new(
    "feedback.assignment_not_ended",
    Kind::Conflict,
    "The assignment has not ended.",
    "Feedback is given once it is completed or has ended.",
);
/// Nothing was done.
pub(super) static NEVER_STARTED: Problem = Problem::new(
    "feedback.never_started",
    Kind::Conflict,
    "The work never began.",
    "There is nothing to say about work that was not done.",
);
/// It is said once.
pub(super) static ALREADY_GIVEN: Problem = Problem::new(
    "feedback.already_given",
    Kind::Conflict,
    "This side has given its feedback.",
    "Feedback is given once and stays as it is; tell a moderator if it must not stay.",
);
/// It is for a limited time.
pub(super) static TOO_LATE: Problem = Problem::new(
    "feedback.too_late",
    Kind::Conflict,
    "The time for feedback is over.",
    "Feedback is given within 90 days of the end of an assignment.",
);

/// The catalogue of this feature.
pub static PROBLEMS: &[&Problem] = &[&NOT_ENDED, &NEVER_STARTED, &ALREADY_GIVEN, &TOO_LATE];
