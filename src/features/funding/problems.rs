//! The ways in which this feature fails.

use crate::kernel::{Kind, Problem};

/// The state does not allow the transition.
pub(super) static TRANSITION_REFUSED: Problem = Problem::new(
    "money_pledge.transition_refused",
    Kind::Conflict,
    "The money pledge does not allow this in its present state.",
    "Look at `allowed` for what it does allow now.",
);
/// Only what is planned may be changed.
pub(super) static NOT_PLANNED: Problem = Problem::new(
    "money_pledge.not_planned",
    Kind::Conflict,
    "Only a planned money pledge can be changed.",
    "Cancel it and record another one.",
);

/// The catalogue of this feature.
pub static PROBLEMS: &[&Problem] = &[&TRANSITION_REFUSED, &NOT_PLANNED];
