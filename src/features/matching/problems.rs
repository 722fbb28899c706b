//! The ways in which this feature fails.

use crate::kernel::{Kind, Problem};

/// Nobody can be matched who has not said what they offer.
pub(super) static NO_PROFILE: Problem = Problem::new(
    "matching.no_profile",
    Kind::Conflict,
    "You have not said yet what you offer.",
    "State your skills and hours at PUT /api/v1/me/profile first.",
);

/// The catalogue of this feature, but for its rounds.
pub static PROBLEMS: &[&Problem] = &[&NO_PROFILE];
