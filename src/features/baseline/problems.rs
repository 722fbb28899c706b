//! The ways in which this feature fails.

use crate::kernel::{Kind, Problem};

/// Only what is unmet becomes a need.
pub(super) static NOT_UNMET: Problem = Problem::new(
    "baseline.not_unmet",
    Kind::Conflict,
    "This requirement does not stand as unmet.",
    "Assess it as `unmet` first, at PUT /api/v1/projects/{slug}/baseline/{requirement}.",
);
/// There is a need for it.
pub(super) static NEED_EXISTS: Problem = Problem::new(
    "baseline.need_exists",
    Kind::Conflict,
    "There is a need for this requirement already.",
    "Go on with the need that the detail names, or cancel it first.",
);

/// The catalogue of this feature.
pub static PROBLEMS: &[&Problem] = &[&NOT_UNMET, &NEED_EXISTS];
