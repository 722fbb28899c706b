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

pub use model::{Account, AccountStatus, FactorMethod};
pub use problems::PROBLEMS;
pub use routes::{configure, configure_pages};
pub use service::{
    NewPerson, Registrar, SEND_LINK, SessionAuthenticator, erase_due, grant_role, note_failures, send_link, suspend_in,
    unsuspend_in, verified_actor,
};
pub use store::{
    find_account_by_email, find_account_by_handle, get_account, is_empty, last_seen, list_accounts, list_holders,
    list_roles, lock_account,
};

/// Stands in the change feed for an account whose public name changed, or that may not be used any more.
pub const ACCOUNT_CHANGED: crate::infra::db::feed::ChangeKind = crate::infra::db::feed::ChangeKind("account");

/// Somebody for the tests of features that write to people.
#[cfg(test)]
pub(crate) fn test_account(now: crate::kernel::Timestamp) -> Account {
    Account {
        id: crate::kernel::AccountId(uuid::Uuid::nil()),
        email: "ada@example.org".to_owned(),
        email_folded: "ada@example.org".to_owned(),
        email_verified_at: Some(now),
        handle: "ada".to_owned(),
        // It would be markup if it were not escaped.
        display_name: "Ada <b>Lovelace</b>".to_owned(),
        password_hash: None,
        status: AccountStatus::Active,
        consented_at: now,
        consented_terms: None,
        mfa_enabled_at: None,
        deletes_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}
