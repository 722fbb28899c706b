//! Rows and words of accounts and sessions.

use crate::infra::db::schema::{account_roles, accounts, mail_tokens, refresh_tokens, sessions, signing_keys};
use crate::infra::db::text_column;
use crate::kernel::{AccountId, PlatformRole, SessionId, Timestamp, TokenId, words};
use diesel::prelude::*;

words! {
    /// Whether an account may be used.
    AccountStatus {
        /// In use.
        Active = "active",
        /// Locked by a moderator.
        Suspended = "suspended",
        /// Gone; kept for the counts of confirmed work.
        Deleted = "deleted",
    }
}

words! {
    /// What a mailed token is good for.
    MailPurpose {
        /// Proving that the address is read by its owner.
        VerifyEmail = "verify_email",
        /// Setting a new password.
        ResetPassword = "reset_password",
        /// Proving a new address before it takes the place of the old one.
        ChangeEmail = "change_email",
    }
}

text_column!(AccountStatus, MailPurpose);

/// A person who can sign in.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = accounts, treat_none_as_default_value = false)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// The mail address as typed.
    pub email: String,
    /// The mail address as compared.
    pub email_folded: String,
    /// When the address was verified.
    pub email_verified_at: Option<Timestamp>,
    /// The public name.
    pub handle: String,
    /// The name as shown.
    pub display_name: String,
    /// The password's hash (argon2id, PHC string); none for accounts without a password.
    pub password_hash: Option<String>,
    /// Whether it may be used.
    pub status: AccountStatus,
    /// When the terms were agreed to.
    pub consented_at: Timestamp,
    /// Rises with each change.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A change to an account by its owner.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = accounts)]
pub(super) struct AccountChanges {
    pub handle: Option<String>,
    pub display_name: Option<String>,
}

/// A platform role that an account holds.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = account_roles, treat_none_as_default_value = false)]
pub(super) struct NewRole {
    pub account_id: AccountId,
    pub role: PlatformRole,
    pub granted_at: Timestamp,
    pub granted_by: Option<AccountId>,
}

/// A signed-in device.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions, treat_none_as_default_value = false)]
pub(super) struct Session {
    pub id: SessionId,
    pub account_id: AccountId,
    pub user_agent: Option<String>,
    pub address: Option<String>,
    pub created_at: Timestamp,
    pub last_used_at: Timestamp,
    pub expires_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    pub ended_reason: Option<String>,
    /// When its owner last proved a second factor in it.
    pub second_factor_at: Option<Timestamp>,
}

impl Session {
    /// Whether the session can still be used.
    pub(super) fn is_live(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && self.expires_at > now
    }
}

/// A refresh token, by its hash.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = refresh_tokens, treat_none_as_default_value = false)]
pub(super) struct RefreshToken {
    pub hash: String,
    pub session_id: SessionId,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub used_at: Option<Timestamp>,
}

/// A single-use token sent by mail, by its hash.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = mail_tokens, treat_none_as_default_value = false)]
pub(super) struct MailToken {
    pub id: TokenId,
    pub account_id: AccountId,
    pub purpose: MailPurpose,
    pub hash: String,
    /// The address that it was sent to; for a change of address the new one, as typed.
    pub email: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub used_at: Option<Timestamp>,
}

/// A signing key, sealed.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = signing_keys, treat_none_as_default_value = false)]
pub(super) struct SigningKeyRow {
    pub kid: String,
    pub sealed: String,
    pub created_at: Timestamp,
    pub retires_at: Timestamp,
    pub expires_at: Timestamp,
}
