//! The ways in which this feature fails.

use crate::kernel::{Kind, Problem};

/// The state does not allow the transition.
pub(super) static TRANSITION_REFUSED: Problem = Problem::new(
    "time_entry.transition_refused",
    Kind::Conflict,
    "The time entry does not allow this in its present state.",
    "Look at `allowed` for what it does allow now.",
);
/// Work is logged on what has begun.
pub(super) static ASSIGNMENT_NOT_OPEN: Problem = Problem::new(
    "time_entry.assignment_not_open",
    Kind::Conflict,
    "No work can be logged on this assignment now.",
    "Work is logged from the start of an assignment until 14 days after its end.",
);

/// The catalogue of this feature.
pub static PROBLEMS: &[&Problem] = &[&TRANSITION_REFUSED, &ASSIGNMENT_NOT_OPEN];
