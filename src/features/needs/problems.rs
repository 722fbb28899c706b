//! The ways in which this feature fails.

use crate::kernel::{Kind, Problem};

/// The state does not allow the transition.
pub(super) static TRANSITION_REFUSED: Problem = Problem::new(
    "need.transition_refused",
    Kind::Conflict,
    "The need does not allow this in its present state.",
    "Look at `allowed` for what it does allow now.",
);
/// The project is not listed.
pub(super) static PROJECT_NOT_LISTED: Problem = Problem::new(
    "need.project_not_listed",
    Kind::Conflict,
    "Only listed projects open needs.",
    "Keep it as a draft until a coordinator has listed the project.",
);
/// The budget is spent.
pub(super) static BUDGET_SPENT: Problem = Problem::new(
    "need.review_budget_spent",
    Kind::Conflict,
    "The project's review budget does not allow more open needs.",
    "Ask for fewer hours or seats, pause another need, or raise the project's review_hours_per_week.",
);
/// The window has passed.
pub(super) static WINDOW_PASSED: Problem = Problem::new(
    "need.window_passed",
    Kind::Conflict,
    "The time in which to apply has passed.",
    "Set a later `apply_until`, or remove it.",
);
/// People hold more seats than would be left.
pub(super) static SEATS_TAKEN: Problem = Problem::new(
    "need.seats_taken",
    Kind::Conflict,
    "More seats are taken than the need would have.",
    "Keep as many seats as are taken, or end an assignment, an offer or an invitation first.",
);
/// Hours that are given can't be taken back by asking for fewer.
pub(super) static HOURS_GIVEN: Problem = Problem::new(
    "need.hours_given",
    Kind::Conflict,
    "The need's assignments take more hours a week than it would ask for.",
    "Keep hours_per_week and seats as large as they take, or end one of them first.",
);
/// Ended needs stay as they are.
pub(super) static ENDED: Problem = Problem::new(
    "need.ended",
    Kind::Conflict,
    "The need has ended and can't be changed any more.",
    "State a new need.",
);

/// The catalogue of this feature.
pub static PROBLEMS: &[&Problem] =
    &[&TRANSITION_REFUSED, &PROJECT_NOT_LISTED, &BUDGET_SPENT, &WINDOW_PASSED, &SEATS_TAKEN, &HOURS_GIVEN, &ENDED];
