//! The ways in which this feature fails.

use crate::kernel::{Kind, Problem};

/// The state does not allow the transition.
pub(super) static TRANSITION_REFUSED: Problem = Problem::new(
    "credential.transition_refused",
    Kind::Conflict,
    "The credential does not allow this in its present state.",
    "Look at `allowed` for what it does allow now.",
);
/// The work goes on.
pub(super) static NOT_ENDED: Problem = Problem::new(
    "credential.assignment_not_ended",
    Kind::Conflict,
    "The assignment has not ended.",
    "Ask again once it is completed or has ended.",
);
/// Hours wait for an answer.
pub(super) static HOURS_PENDING: Problem = Problem::new(
    "credential.hours_pending",
    Kind::Conflict,
    "Some of the logged hours have not been answered.",
    "Ask again once the project has answered them; after 14 days they count as confirmed.",
);
/// There is nothing to state.
pub(super) static NO_CONFIRMED_WORK: Problem = Problem::new(
    "credential.no_confirmed_work",
    Kind::Conflict,
    "There is no confirmed work to be stated.",
    "Work counts once it is logged and confirmed; an organization's credential states the hours that its pledge paid for.",
);
/// A moderator took it back.
pub(super) static WAS_REVOKED: Problem = Problem::new(
    "credential.was_revoked",
    Kind::Conflict,
    "A moderator took the credential for this work back.",
    "Ask a moderator; the reason stands in the credential.",
);

/// The catalogue of this feature.
pub static PROBLEMS: &[&Problem] = &[&TRANSITION_REFUSED, &NOT_ENDED, &HOURS_PENDING, &NO_CONFIRMED_WORK, &WAS_REVOKED];
