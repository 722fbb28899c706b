//! The ways in which this feature fails.

use crate::kernel::{Kind, Problem};

/// Nothing has been worked out yet.
pub(super) static NOT_KNOWN: Problem = Problem::new(
    "risk.not_known",
    Kind::Conflict,
    "Nothing is known of who depends on this project.",
    "Systemic risk wants a graph in which the project stands (`mainstay import dependencies`) or bills of materials of enough organizations, and criticality scores.",
);

/// The catalogue of this feature.
pub static PROBLEMS: &[&Problem] = &[&NOT_KNOWN];
