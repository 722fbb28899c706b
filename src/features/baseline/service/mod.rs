//! Use cases of assessments.

mod assess;
mod input;
mod need;
mod read;
mod take_up;

pub(super) use assess::{assess, assess_all};
pub(super) use input::AssessmentInput;
pub use need::ask_again;
pub(super) use need::state_need;
pub(super) use read::{Card, HistoryInput, RequirementCard, get, get_requirement, history};
pub use read::{Distance, distance};
pub use take_up::take_up;

use super::catalog::{self, Requirement};
use crate::kernel::{Error, Result};

/// The requirement in force with this id, whichever letters it is written in; else 404.
fn requirement(id: &str) -> Result<&'static Requirement> {
    catalog::find(&id.to_ascii_uppercase()).ok_or_else(|| Error::not_found("requirement"))
}
