//! The ways in which this feature fails.

use crate::kernel::{Kind, Problem};

/// The slug belongs to another project.
pub(super) static SLUG_TAKEN: Problem = Problem::new(
    "project.slug_taken",
    Kind::Conflict,
    "Another project has this slug.",
    "Choose another slug, or leave it out to get one made of the name.",
);
/// The repository stands in another listing.
pub(super) static REPOSITORY_LISTED: Problem = Problem::new(
    "project.repository_listed",
    Kind::Conflict,
    "This repository is listed already.",
    "Look at the listing that the detail names. If the project is yours and nobody has claimed it, claim it at POST /api/v1/projects/{slug}/claim.",
);
/// The project wants no listing.
pub(super) static OPTED_OUT: Problem = Problem::new(
    "project.opted_out",
    Kind::Conflict,
    "This project has opted out.",
    "It does not want to be listed, and that is final. If you speak for the project and it changed its mind, write to the people who run this installation.",
);
/// The state machine says no.
pub(super) static TRANSITION_REFUSED: Problem = Problem::new(
    "project.transition_refused",
    Kind::Conflict,
    "The project's state does not allow this.",
    "`allowed` names what its state allows.",
);
/// The person has a role already.
pub(super) static ALREADY_MAINTAINER: Problem = Problem::new(
    "project.already_maintainer",
    Kind::Conflict,
    "This person is with the project already.",
    "See GET /api/v1/projects/{slug}/maintainers for who is.",
);
/// The invitation can't be answered (any more).
pub(super) static WRONG_INVITATION: Problem = Problem::new(
    "project.invalid_invitation",
    Kind::Invalid,
    "The invitation is not valid.",
    "Invitations work once and for 7 days, for the account that was invited, while who invited still leads the project. Ask for a new one.",
);
/// The invitation has ended.
pub(super) static INVITATION_ENDED: Problem = Problem::new(
    "project.invitation_ended",
    Kind::Conflict,
    "The invitation has ended already.",
    "Look at its `status`; the person can be invited again.",
);
/// Enough invitations are open, or went to this person.
pub(super) static TOO_MANY_INVITATIONS: Problem = Problem::new(
    "project.too_many_invitations",
    Kind::TooMany,
    "Too many invitations.",
    "Revoke some that nobody answered, or wait an hour before you invite the same person again.",
);
/// Two people say that the project is theirs.
pub(super) static DISPUTED: Problem = Problem::new(
    "project.disputed",
    Kind::Conflict,
    "Two people say that this project is theirs.",
    "Wait until a moderator has decided; neither side acts for the project until then.",
);
/// There is no dispute.
pub(super) static NOT_DISPUTED: Problem = Problem::new(
    "project.not_disputed",
    Kind::Conflict,
    "Nobody disputes this project.",
    "Look at the project again; another moderator may have decided.",
);
/// The caller has not claimed the project.
pub(super) static CLAIM_FIRST: Problem = Problem::new(
    "project.not_claimed",
    Kind::Conflict,
    "You have not claimed this project.",
    "Claim it at POST /api/v1/projects/{slug}/claim, then ask for a token at POST /api/v1/projects/{slug}/verification.",
);
/// The token was found before.
pub(super) static PROOF_SPENT: Problem = Problem::new(
    "project.proof_spent",
    Kind::Conflict,
    "This proof was found already.",
    "To renew it ask for a new token at POST /api/v1/projects/{slug}/verification, and put that one up.",
);
/// The token is nowhere.
pub(super) static PROOF_NOT_FOUND: Problem = Problem::new(
    "project.proof_not_found",
    Kind::Conflict,
    "The proof of ownership was not found.",
    "`attempts` says what was fetched and what was found. Put the line into one of these places, on the default branch, and ask again; caches of forges keep files for some minutes.",
);
/// The places were looked at a moment ago.
pub(super) static CHECKED_JUST_NOW: Problem = Problem::new(
    "project.checked_just_now",
    Kind::TooMany,
    "The proof was looked for a moment ago.",
    "Wait some seconds: Retry-After says how many.",
);
/// The objection's state does not allow this.
pub(super) static CONTEST_TRANSITION_REFUSED: Problem = Problem::new(
    "criticality.contest_transition_refused",
    Kind::Conflict,
    "The objection does not allow this in its present state.",
    "It was answered or withdrawn; make another one if it is still wrong.",
);
/// One objection at a time.
pub(super) static CONTEST_OPEN: Problem = Problem::new(
    "criticality.contest_open",
    Kind::Conflict,
    "The project has objected already.",
    "Wait for the answer, or withdraw the objection that is open.",
);
/// There is no decision to lift.
pub(super) static NOT_DECIDED: Problem = Problem::new(
    "criticality.not_decided",
    Kind::Conflict,
    "Nobody decided how critical this project is.",
    "Look at GET /api/v1/projects/{slug}/criticality for what counts.",
);
/// The file is not of the format that was named.
pub(super) static WRONG_FILE: Problem = Problem::new(
    "import.not_this_format",
    Kind::Invalid,
    "This is no file of that format.",
    "Nothing was imported. The detail names line and column; check that the file is the one you meant, and `format` its format.",
);

/// Hours that are given can't be taken back by a smaller budget.
pub(super) static HOURS_GIVEN: Problem = Problem::new(
    "project.hours_given",
    Kind::Conflict,
    "The project's assignments take more hours a week than would be reviewed.",
    "Keep as many review_hours_per_week as they take, or end one of them first.",
);

/// The catalogue of this feature.
pub static PROBLEMS: &[&Problem] = &[
    &SLUG_TAKEN,
    &REPOSITORY_LISTED,
    &OPTED_OUT,
    &TRANSITION_REFUSED,
    &ALREADY_MAINTAINER,
    &WRONG_INVITATION,
    &INVITATION_ENDED,
    &TOO_MANY_INVITATIONS,
    &DISPUTED,
    &NOT_DISPUTED,
    &CLAIM_FIRST,
    &PROOF_SPENT,
    &PROOF_NOT_FOUND,
    &CHECKED_JUST_NOW,
    &CONTEST_TRANSITION_REFUSED,
    &CONTEST_OPEN,
    &NOT_DECIDED,
    &WRONG_FILE,
    &HOURS_GIVEN,
];
