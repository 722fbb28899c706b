//! The ways in which this feature fails.

use crate::kernel::{Kind, Problem};

/// The taxonomy has it already.
pub(super) static ALREADY_KNOWN: Problem = Problem::new(
    "skill.already_known",
    Kind::Conflict,
    "The taxonomy knows this skill already.",
    "Use the skill named in the detail.",
);

/// The catalogue of this feature.
pub static PROBLEMS: &[&Problem] = &[&ALREADY_KNOWN];
