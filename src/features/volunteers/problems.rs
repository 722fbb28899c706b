//! The ways in which this feature fails.

use crate::kernel::{Kind, Problem};

/// The profile is (not) hidden already.
pub(super) static SUSPENSION_REFUSED: Problem = Problem::new(
    "volunteer.suspension_refused",
    Kind::Conflict,
    "The profile's state does not allow this.",
    "`allowed` names what its state allows; another moderator may have been faster.",
);

/// The catalogue of this feature.
pub static PROBLEMS: &[&Problem] = &[&SUSPENSION_REFUSED];
