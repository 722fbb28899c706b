//! The ways in which this feature fails.

use crate::kernel::{Kind, Problem};

/// The state does not allow the transition.
pub(super) static TRANSITION_REFUSED: Problem = Problem::new(
    "proposal.transition_refused",
    Kind::Conflict,
    "The proposal does not allow this in its present state.",
    "Look at `allowed` for what it does allow now.",
);
/// The need takes no applications.
pub(super) static NEED_NOT_OPEN: Problem = Problem::new(
    "proposal.need_not_open",
    Kind::Conflict,
    "The need does not look for people now.",
    "Choose another need, or come back when the project has opened it again.",
);
/// No profile to go by.
pub(super) static NO_PROFILE: Problem = Problem::new(
    "proposal.no_profile",
    Kind::Conflict,
    "There is no volunteer profile to go by.",
    "Say what you offer at PUT /api/v1/me/profile first.",
);
/// The volunteer can't take the need.
pub(super) static NOT_ELIGIBLE: Problem = Problem::new(
    "proposal.not_eligible",
    Kind::Conflict,
    "Something stands between this volunteer and this need.",
    "See `detail`; GET /api/v1/matching/explain names all that stands in the way, and what helps.",
);
/// One live proposal of each need and volunteer.
pub(super) static ALREADY_PROPOSED: Problem = Problem::new(
    "proposal.already_proposed",
    Kind::Conflict,
    "There is a proposal of this need and this volunteer already.",
    "Look at the one that `proposal` names.",
);
/// Too many open proposals.
pub(super) static TOO_MANY_OPEN: Problem = Problem::new(
    "proposal.too_many_open",
    Kind::Conflict,
    "Too many applications of this volunteer wait for an answer.",
    "Wait for an answer, or withdraw one of them.",
);
/// The project has more to look at than it can.
pub(super) static PROJECT_FULL: Problem = Problem::new(
    "proposal.project_full",
    Kind::Conflict,
    "The project has as many applications to look at as it can.",
    "Come back when it has answered some of them.",
);
/// A decline not long ago.
pub(super) static COOLING_DOWN: Problem = Problem::new(
    "proposal.cooling_down",
    Kind::Conflict,
    "A proposal of these two was declined not long ago.",
    "Come back after the day that `detail` names.",
);
/// The employer's rules stand against it.
pub(super) static EMPLOYER_RULES: Problem = Problem::new(
    "proposal.employer_rules",
    Kind::Conflict,
    "The employer's rules don't allow this use of its hours.",
    "See `objections`. Your own time is not bound by them: send `capacity` as `own_time`.",
);
/// No pledge to take the hours from.
pub(super) static NO_PLEDGE: Problem = Problem::new(
    "proposal.no_pledge",
    Kind::Conflict,
    "There is no pledge that these hours could come out of.",
    "Ask a manager of your organization to pledge hours, or offer your own time.",
);
/// The volunteer belongs to the employer no more.
pub(super) static LEFT_EMPLOYER: Problem = Problem::new(
    "proposal.left_employer",
    Kind::Conflict,
    "The volunteer does not belong to the organization any more whose hours were offered.",
    "The volunteer can confirm with `capacity` `own_time`, or withdraw.",
);
/// No seat for a late yes.
pub(super) static NO_SEAT_LEFT: Problem = Problem::new(
    "proposal.no_seat_left",
    Kind::Conflict,
    "Every seat of the need is taken.",
    "Apply anew to be put on the waitlist.",
);
/// The terms have changed.
pub(super) static TERMS_CHANGED: Problem = Problem::new(
    "proposal.terms_changed",
    Kind::Conflict,
    "The need asks for something else than what the volunteer agreed to.",
    "The volunteer has to look at the need again and confirm the proposal first.",
);

/// The catalogue of this feature.
pub static PROBLEMS: &[&Problem] = &[
    &TRANSITION_REFUSED,
    &NEED_NOT_OPEN,
    &NO_PROFILE,
    &NOT_ELIGIBLE,
    &ALREADY_PROPOSED,
    &TOO_MANY_OPEN,
    &PROJECT_FULL,
    &COOLING_DOWN,
    &EMPLOYER_RULES,
    &NO_PLEDGE,
    &LEFT_EMPLOYER,
    &NO_SEAT_LEFT,
    &TERMS_CHANGED,
];
