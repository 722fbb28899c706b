//! Rows and words of accounts and sessions.

use crate::infra::db::schema::{
    account_roles, accounts, api_tokens, identities, mail_tokens, passkey_challenges, passkeys, recovery_codes,
    refresh_tokens, sessions, sign_in_challenges, signing_keys, totp_factors,
};
use crate::infra::db::sql::Json;
use crate::infra::db::text_column;
use crate::kernel::{
    AccountId, ApiTokenId, IdentityId, PasskeyId, PlatformRole, Scope, SessionId, Timestamp, TokenId, words,
};
use chrono::TimeDelta;
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

words! {
    /// What a challenge to an authenticator was made for.
    PasskeyPurpose {
        /// Making a passkey.
        Register = "register",
        /// Signing in with a passkey alone.
        SignIn = "sign_in",
        /// Proving a passkey after a password, or again within a session.
        SecondFactor = "second_factor",
    }
}

text_column!(AccountStatus, MailPurpose, PasskeyPurpose);

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
    /// Which version of them; none for accounts made before that was kept.
    pub consented_terms: Option<String>,
    /// Since when there is a second factor; none when there is none.
    pub mfa_enabled_at: Option<Timestamp>,
    /// When it is anonymised, if its owner asked for that.
    pub deletes_at: Option<Timestamp>,
    /// Rises with each change.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When a server last said that nobody is reached at the address, if nothing proved the opposite since.
    pub undeliverable_since: Option<Timestamp>,
    /// What it said.
    pub undeliverable_why: Option<String>,
}

/// What matching has to know of an account.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = accounts)]
pub struct AccountGist {
    /// Its id.
    pub id: AccountId,
    /// The public name.
    pub handle: String,
    /// Whether it may be used.
    pub status: AccountStatus,
    /// When the address was verified.
    pub email_verified_at: Option<Timestamp>,
    /// Since when there is a second factor; none when there is none.
    pub mfa_enabled_at: Option<Timestamp>,
}

/// Until a mail is tried again that nobody waits for: servers forget people for a day, too.
const REST: TimeDelta = TimeDelta::days(30);

impl Account {
    /// Whether mails that nobody waits for should not be sent for now, as the last ones came back.
    pub fn rests_from_mail(&self, now: Timestamp) -> bool {
        self.undeliverable_since.is_some_and(|since| now - since < REST)
    }
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

words! {
    /// A way to prove a second factor.
    FactorMethod {
        /// A passkey (`WebAuthn`).
        Passkey = "passkey",
        /// A code from an authenticator app (RFC 6238).
        Totp = "totp",
        /// One of the codes that were shown once, for when the app is lost.
        RecoveryCode = "recovery_code",
    }
}

impl FactorMethod {
    /// The names of all methods, for problem documents.
    pub(super) fn names() -> Vec<&'static str> {
        Self::ALL.iter().map(|method| method.as_str()).collect()
    }
}

/// An authenticator app: its secret, sealed.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = totp_factors, treat_none_as_default_value = false)]
pub(super) struct TotpFactor {
    pub account_id: AccountId,
    pub sealed: String,
    /// The last step whose code was used; 0 before the first.
    pub last_step: i64,
    /// When the first code proved that the app has the secret.
    pub confirmed_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

/// A credential of an authenticator (`WebAuthn`).
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = passkeys, treat_none_as_default_value = false)]
pub(super) struct Passkey {
    pub id: PasskeyId,
    pub account_id: AccountId,
    /// As its owner calls it.
    pub name: String,
    /// The authenticator's own id, base64url.
    pub credential_id: String,
    /// The COSE key, base64url.
    pub public_key: String,
    /// The authenticator's counter after the last use; 0 when it doesn't count.
    pub sign_count: i64,
    /// Whether it ever verified its user: only then it signs in without a password.
    pub user_verified: bool,
    /// Whether it may be copied to its owner's other devices.
    pub backup_eligible: bool,
    /// Whether it was, at the last use.
    pub backed_up: bool,
    /// The authenticator's model, if it says.
    pub aaguid: Option<String>,
    /// How the authenticator is reached, as the browser said.
    pub transports: Json<Vec<String>>,
    /// Rises with each renaming.
    pub version: i64,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
}

/// A challenge to an authenticator, by its hash. It is deleted by the first answer.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = passkey_challenges, treat_none_as_default_value = false)]
pub(super) struct PasskeyChallenge {
    pub hash: String,
    pub purpose: PasskeyPurpose,
    /// Who was asked; nobody in particular when a passkey alone is to sign in.
    pub account_id: Option<AccountId>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// A recovery code, by its hash.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = recovery_codes, treat_none_as_default_value = false)]
pub(super) struct RecoveryCode {
    pub hash: String,
    pub account_id: AccountId,
    pub created_at: Timestamp,
    pub used_at: Option<Timestamp>,
}

/// A right password that waits for its second factor, by the hash of its token.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = sign_in_challenges, treat_none_as_default_value = false)]
pub(super) struct Challenge {
    pub hash: String,
    pub account_id: AccountId,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub used_at: Option<Timestamp>,
}

/// An account at a provider of OpenID Connect that opens this one.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = identities, treat_none_as_default_value = false)]
pub(super) struct Identity {
    pub id: IdentityId,
    pub account_id: AccountId,
    /// The provider.
    pub issuer: String,
    /// Who it is there.
    pub subject: String,
    /// The address there when it was linked.
    pub email: Option<String>,
    pub created_at: Timestamp,
    pub last_used_at: Timestamp,
}

/// A token by which a program acts for an account, by its hash.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = api_tokens, treat_none_as_default_value = false)]
pub(super) struct ApiToken {
    pub id: ApiTokenId,
    pub account_id: AccountId,
    pub name: String,
    pub hash: String,
    pub scopes: Json<Vec<Scope>>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    /// To the minute.
    pub last_used_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}
