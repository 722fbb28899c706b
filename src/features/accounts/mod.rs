//! People who can sign in: registration, mail verification, sessions with rotating refresh tokens, and the signing keys.

mod dto;
pub mod keys;
mod letters;
mod model;
pub mod personal;
pub mod policy;
mod problems;
mod routes;
mod service;
mod store;
#[cfg(test)]
pub(crate) mod testing;

pub use model::{Account, AccountGist, AccountStatus, FactorMethod};
pub use problems::PROBLEMS;
pub use routes::{configure, configure_pages};
pub use service::{
    NewPerson, Registrar, SEND_LINK, SessionAuthenticator, SignOut, erase_due, grant_role, note_failures,
    note_unreached, send_link, sign_out, suspend_in, unsuspend_in, verified_actor,
};
pub use store::{
    find_account_by_email, find_account_by_handle, get_account, is_empty, last_seen, list_accounts, list_holders,
    list_roles, lock_account,
};

/// Stands in the change feed for an account whose public name changed, or that may not be used any more.
pub const ACCOUNT_CHANGED: crate::infra::db::feed::ChangeKind = crate::infra::db::feed::ChangeKind("account");
