//! The ways in which this feature fails.

use crate::kernel::{Kind, Problem};

/// The state does not allow the transition.
pub(super) static TRANSITION_REFUSED: Problem = Problem::new(
    "assignment.transition_refused",
    Kind::Conflict,
    "The assignment does not allow this in its present state.",
    "Look at `allowed` for what it does allow now.",
);
/// The volunteer has not so many hours.
pub(super) static VOLUNTEER_HOURS_FULL: Problem = Problem::new(
    "assignment.volunteer_hours_full",
    Kind::Conflict,
    "The volunteer has not so many hours a week.",
    "Agree on fewer hours, end another assignment, or let the volunteer offer more at PUT /api/v1/me/profile.",
);
/// The pledge has not so many hours.
pub(super) static PLEDGE_HOURS_FULL: Problem = Problem::new(
    "assignment.pledge_hours_full",
    Kind::Conflict,
    "The pledge has not so many hours a week.",
    "Agree on fewer hours, take another pledge or one's own time, or let the organization pledge more.",
);
/// The employer gives one person no more.
pub(super) static PERSON_HOURS_FULL: Problem = Problem::new(
    "assignment.person_hours_full",
    Kind::Conflict,
    "The employer gives one person not so many hours a week.",
    "Agree on fewer hours or on one's own time, or let the organization raise what one person may spend.",
);
/// The pledge's last day is too near.
pub(super) static PLEDGE_OVER: Problem = Problem::new(
    "assignment.pledge_over",
    Kind::Conflict,
    "The pledge ends before the work could begin.",
    "Take another pledge or one's own time, or let the organization set a later last day.",
);
/// Somebody else's hours.
pub(super) static NOT_EMPLOYED: Problem = Problem::new(
    "assignment.not_employed",
    Kind::Conflict,
    "The volunteer does not belong to the organization whose hours these are.",
    "Agree on one's own time instead.",
);
/// The maintainers can't look after more.
pub(super) static REVIEW_BUDGET_FULL: Problem = Problem::new(
    "assignment.review_budget_full",
    Kind::Conflict,
    "The project's maintainers can't look after so many hours a week.",
    "Agree on fewer hours, end another assignment, or raise the project's review_hours_per_week.",
);
/// The need asks for no more.
pub(super) static NEED_HOURS_FULL: Problem = Problem::new(
    "assignment.need_hours_full",
    Kind::Conflict,
    "The need asks for not so many hours a week.",
    "Agree on fewer hours, or raise the need's hours_per_week or seats.",
);
/// The need looks for nobody now.
pub(super) static NEED_NOT_OPEN: Problem = Problem::new(
    "assignment.need_not_open",
    Kind::Conflict,
    "The need does not look for people now.",
    "Open the need again first, or choose another one.",
);
/// The person has an assignment of this need.
pub(super) static ALREADY_ASSIGNED: Problem = Problem::new(
    "assignment.already_assigned",
    Kind::Conflict,
    "This person is at work on this need already.",
    "Go on with the assignment that is there.",
);
/// The volunteer does not want to go so far.
pub(super) static ACCESS_NOT_OFFERED: Problem = Problem::new(
    "assignment.access_not_offered",
    Kind::Conflict,
    "The work wants more access than the volunteer is willing to take.",
    "The volunteer can raise max_access_level at PUT /api/v1/me/profile.",
);
/// Access of level L3 and more is earned.
pub(super) static ACCESS_NOT_EARNED: Problem = Problem::new(
    "assignment.access_not_earned",
    Kind::Conflict,
    "Access of level L3 or L4 is not earned yet.",
    "It wants 90 active days of the volunteer on the project; `detail` says how many there are.",
);
/// An account that is easily taken over is let into nothing high.
pub(super) static VOLUNTEER_FACTOR_NEEDED: Problem = Problem::new(
    "assignment.volunteer_factor_needed",
    Kind::Conflict,
    "Access of level L3 or L4 wants a second factor of the volunteer's account.",
    "The volunteer sets one up at POST /api/v1/me/totp or with a passkey; then ask again.",
);
/// Something is left to be done first.
pub(super) static ONBOARDING_OPEN: Problem = Problem::new(
    "assignment.onboarding_open",
    Kind::Conflict,
    "Something has to be done before the work begins.",
    "Tick off what `open` names, or let the project start it with a reason.",
);
/// Nothing of the kind is on the list.
pub(super) static NO_SUCH_TASK: Problem = Problem::new(
    "assignment.no_such_task",
    Kind::Conflict,
    "This is not on the assignment's list.",
    "Look at `onboarding` for what is.",
);

/// The employer's hours are gone.
pub(super) static OWN_TIME_NEEDED: Problem = Problem::new(
    "assignment.own_time_needed",
    Kind::Conflict,
    "The employer's hours are not there any more.",
    "The volunteer can go on in their own time: POST /api/v1/assignments/{id}/convert-to-own-time.",
);

/// There is no employer's time to leave.
pub(super) static ALREADY_OWN_TIME: Problem = Problem::new(
    "assignment.already_own_time",
    Kind::Conflict,
    "The hours are the volunteer's own.",
    "Nothing has to be done.",
);

/// Access does not allow it.
pub(super) static ACCESS_REFUSED: Problem = Problem::new(
    "assignment.access_refused",
    Kind::Conflict,
    "The access does not allow this in its present state.",
    "Look at `allowed` for what it does allow now.",
);
/// Two approvers from one house.
pub(super) static APPROVERS_TOO_CLOSE: Problem = Problem::new(
    "assignment.approvers_too_close",
    Kind::Conflict,
    "Access of level L3 or L4 wants two approvers from different organizations.",
    "Ask another maintainer or a coordinator, who belongs to another organization than the first approver.",
);
/// One yes each.
pub(super) static APPROVES_ALREADY: Problem = Problem::new(
    "assignment.approves_already",
    Kind::Conflict,
    "You have approved this already.",
    "Wait for the other approver.",
);
/// The approver has no second factor.
pub(super) static FACTOR_NEEDED: Problem = Problem::new(
    "assignment.factor_needed",
    Kind::Forbidden,
    "Whoever approves access of level L3 or L4 needs a second factor.",
    "Set one up at POST /api/v1/me/totp or with a passkey, and approve again.",
);
/// The assignment is over.
pub(super) static OVER: Problem =
    Problem::new("assignment.over", Kind::Conflict, "The assignment is over.", "Nothing can be added to it any more.");
/// Access is not there.
pub(super) static ACCESS_NOT_GIVEN: Problem = Problem::new(
    "assignment.access_not_given",
    Kind::Conflict,
    "The access that the work wants is not given yet.",
    "Ask for it at POST /api/v1/assignments/{id}/access and have it approved first.",
);
/// The hand-over does not allow it.
pub(super) static HAND_OVER_REFUSED: Problem = Problem::new(
    "assignment.hand_over_refused",
    Kind::Conflict,
    "The hand-over does not allow this in its present state.",
    "Look at `allowed` for what it does allow now.",
);
/// Somebody was asked already.
pub(super) static HAND_OVER_OPEN: Problem = Problem::new(
    "assignment.hand_over_open",
    Kind::Conflict,
    "A colleague has been asked to take over already.",
    "Wait for the answer, or withdraw the question.",
);
/// One's own time is nobody else's.
pub(super) static NOT_EMPLOYER_TIME: Problem = Problem::new(
    "assignment.not_employer_time",
    Kind::Conflict,
    "Only work in an employer's time is handed over to a colleague.",
    "End the assignment; the other person can apply for the need.",
);
/// Not a colleague.
pub(super) static NO_COLLEAGUE: Problem = Problem::new(
    "assignment.no_colleague",
    Kind::Conflict,
    "This person is no colleague of the volunteer.",
    "Name somebody else who belongs to the same employer.",
);

/// The catalogue of this feature.
pub static PROBLEMS: &[&Problem] = &[
    &TRANSITION_REFUSED,
    &VOLUNTEER_HOURS_FULL,
    &PLEDGE_HOURS_FULL,
    &PERSON_HOURS_FULL,
    &PLEDGE_OVER,
    &NOT_EMPLOYED,
    &REVIEW_BUDGET_FULL,
    &NEED_HOURS_FULL,
    &NEED_NOT_OPEN,
    &ALREADY_ASSIGNED,
    &ACCESS_NOT_OFFERED,
    &ACCESS_NOT_EARNED,
    &VOLUNTEER_FACTOR_NEEDED,
    &ONBOARDING_OPEN,
    &NO_SUCH_TASK,
    &OWN_TIME_NEEDED,
    &ALREADY_OWN_TIME,
    &ACCESS_REFUSED,
    &APPROVERS_TOO_CLOSE,
    &APPROVES_ALREADY,
    &FACTOR_NEEDED,
    &OVER,
    &ACCESS_NOT_GIVEN,
    &HAND_OVER_REFUSED,
    &HAND_OVER_OPEN,
    &NOT_EMPLOYER_TIME,
    &NO_COLLEAGUE,
];
