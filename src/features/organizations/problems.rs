//! The ways in which this feature fails.

use crate::kernel::{Kind, Problem};

/// The slug belongs to another organization.
pub(super) static SLUG_TAKEN: Problem = Problem::new(
    "organization.slug_taken",
    Kind::Conflict,
    "This slug is taken.",
    "Choose another slug, or leave it out to get one made from the name.",
);

/// The catalogue of this feature.
pub static PROBLEMS: &[&Problem] = &[&SLUG_TAKEN];
