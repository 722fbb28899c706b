//! The ways in which this feature fails.

use crate::kernel::{Kind, Problem};

/// Hours that are promised can't be taken back by offering fewer.
pub(super) static HOURS_PROMISED: Problem = Problem::new(
    "profile.hours_promised",
    Kind::Conflict,
    "More hours a week are promised than would be offered.",
    "Offer as many as your assignments take, or end one of them first: GET /api/v1/me/assignments.",
);

/// The profile is (not) hidden already.
pub(super) static SUSPENSION_REFUSED: Problem = Problem::new(
    "volunteer.suspension_refused",
    Kind::Conflict,
    "The profile's state does not allow this.",
    "`allowed` names what its state allows; another moderator may have been faster.",
);

/// The catalogue of this feature.
pub static PROBLEMS: &[&Problem] = &[&HOURS_PROMISED, &SUSPENSION_REFUSED];
