//! The ways in which this feature fails.

use crate::kernel::{Kind, Problem};

/// The id belongs to a record that the caller may not know more of.
pub(super) static ID_TAKEN: Problem = Problem::new(
    "advisory.id_taken",
    Kind::Conflict,
    "This id is in use for another record.",
    "Choose another id, or ask the coordinator who holds the record.",
);
/// A file is of another format.
pub(super) static WRONG_FILE: Problem = Problem::new(
    "advisory.not_this_format",
    Kind::Invalid,
    "The file is of another format.",
    "Look at the place named in `detail`, and at `mainstay import --help` for what is read.",
);

/// The catalogue of this feature.
pub static PROBLEMS: &[&Problem] = &[&ID_TAKEN, &WRONG_FILE];
