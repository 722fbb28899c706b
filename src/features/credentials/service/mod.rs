//! Use cases of credentials.

mod issue;
mod read;
mod revoke;

pub(super) use issue::issue;
pub use issue::issue_due;
pub(super) use read::{CredentialCard, get, list_mine, list_of_organization, status_list};
pub(super) use revoke::revoke;
