//! Use cases of credentials.

mod issue;
mod read;
mod revoke;

pub use issue::issue_due;
pub(super) use issue::issue;
pub(super) use read::{CredentialCard, get, list_mine, list_of_organization, status_list};
pub(super) use revoke::revoke;
