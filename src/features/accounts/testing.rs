//! Somebody for the tests of what is written to people.

use super::model::{Account, AccountStatus};
use crate::kernel::{AccountId, Timestamp};
use uuid::Uuid;

/// A person whose name would be markup if it were not escaped.
pub(crate) fn ada(now: Timestamp) -> Account {
    Account {
        id: AccountId(Uuid::nil()),
        email: "ada@example.org".to_owned(),
        email_folded: "ada@example.org".to_owned(),
        email_verified_at: Some(now),
        handle: "ada".to_owned(),
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
        undeliverable_since: None,
        undeliverable_why: None,
    }
}
