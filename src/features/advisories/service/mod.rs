//! Use cases of advisories.

mod exposure;
mod open;
mod read;
mod write;

pub use exposure::{Affected, Certainty, Exposed, ExposedComponent, affected_in, exposed_organizations};
pub(super) use exposure::{exposed, own};
pub use open::count_open;
pub use read::{Card, card_of, packages_of};
pub(super) use read::{Listed, get, list, of_project};
pub use write::{Keeper, Outcome};
pub(super) use write::{create, judge};
