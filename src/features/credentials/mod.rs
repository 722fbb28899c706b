//! Confirmed work as signed statements that can be checked without us.

mod statement;
mod verify;

pub use statement::{Achieved, Issued, StatusPlace, Subject};
pub use verify::{Against, Checked, Fault, KeySet, MOST_BYTES, Outcome, Verdict, verify};
