//! All queries on accounts, sessions and their tokens.

mod api_tokens;
mod factors;
mod identities;
mod keys;
mod mail_tokens;
mod passkeys;
mod personal;
mod sessions;

pub(super) use api_tokens::{
    count_api_tokens, find_api_token, find_own_api_token, insert_api_token, list_api_tokens, revoke_api_token,
    touch_api_token,
};
pub(super) use factors::{
    confirm_totp, count_failures, count_recovery_codes, delete_old_attempts, delete_recovery_codes, delete_totp,
    find_challenge, has_totp, insert_challenge, insert_failure, insert_recovery_codes, insert_totp, lock_totp, set_mfa,
    set_second_factor, use_challenge, use_recovery_code, use_step,
};
pub(super) use identities::{
    delete_identities, delete_identity, find_identity, insert_identity, list_identities, touch_identity,
};
pub(super) use keys::{delete_expired_signing_keys, insert_signing_key, list_signing_keys};
pub(super) use mail_tokens::{count_mail_tokens, find_mail_token, insert_mail_token, use_mail_token, void_mail_tokens};
pub(super) use passkeys::{
    delete_old_passkey_challenges, delete_passkey, find_own_passkey, insert_passkey, insert_passkey_challenge,
    list_all_passkeys, list_passkeys, lock_passkey_by_credential, note_passkey_use, rename_passkey,
    take_passkey_challenge,
};
pub(super) use personal::{
    anonymize, delete_credentials, find_totp, list_all_api_tokens, list_all_sessions, list_failures,
    list_granted_roles, list_leaving, list_mail_tokens, set_deletes_at,
};
pub use sessions::last_seen;
pub(super) use sessions::{
    end_session, end_sessions, find_own_session, find_refresh_token, find_session, insert_refresh_token,
    insert_session, knows_device, list_sessions, list_signed_in, touch_session, use_refresh_token,
};

use super::model::{Account, AccountChanges, AccountStatus, NewRole};
use crate::infra::db::schema::{account_roles, accounts};
use crate::infra::db::{BothExt as _, Conn};
use crate::kernel::{AccountId, Allowed, Email, Error, PlatformRole, Result, Timestamp};
use diesel::prelude::*;

/// The account, or 404.
pub fn get_account(conn: &mut Conn, id: AccountId) -> Result<Account> {
    let found = accounts::table.find(id).select(Account::as_select()).first(conn).optional()?;
    found.ok_or_else(|| Error::not_found("account"))
}

/// The account with this address, in its folded form.
pub fn find_account_by_email(conn: &mut Conn, folded: &str) -> Result<Option<Account>> {
    Ok(accounts::table.filter(accounts::email_folded.eq(folded)).select(Account::as_select()).first(conn).optional()?)
}

/// The account with this handle.
pub fn find_account_by_handle(conn: &mut Conn, handle: &str) -> Result<Option<Account>> {
    Ok(accounts::table.filter(accounts::handle.eq(handle)).select(Account::as_select()).first(conn).optional()?)
}

/// The accounts with these ids, in no particular order.
pub fn list_accounts(conn: &mut Conn, ids: &[AccountId]) -> Result<Vec<Account>> {
    Ok(accounts::table.filter(accounts::id.eq_any(ids)).select(Account::as_select()).load(conn)?)
}

/// The active accounts with this platform role, oldest first.
pub fn list_holders(conn: &mut Conn, role: PlatformRole) -> Result<Vec<Account>> {
    Ok(accounts::table
        .inner_join(account_roles::table)
        .filter(account_roles::role.eq(role))
        .filter(accounts::status.eq(AccountStatus::Active))
        .order(accounts::id)
        .select(Account::as_select())
        .load(conn)?)
}

/// Whether nobody has an account yet.
pub fn is_empty(conn: &mut Conn) -> Result<bool> {
    Ok(accounts::table.select(accounts::id).first::<AccountId>(conn).optional()?.is_none())
}

pub(in crate::features::accounts) fn insert_account(conn: &mut Conn, account: &Account) -> Result<()> {
    diesel::insert_into(accounts::table).values(account).execute(conn)?;
    Ok(())
}

/// Changes the account if it still has this version.
pub(in crate::features::accounts) fn update_account(
    conn: &mut Conn,
    account: &Account,
    changes: &AccountChanges,
    now: Timestamp,
) -> Result<()> {
    diesel::update(accounts::table.find(account.id))
        .set((changes, accounts::version.eq(account.version + 1), accounts::updated_at.eq(now)))
        .execute(conn)?;
    Ok(())
}

/// The account, kept from others' changes until the transaction ends; 404 when there is none.
pub fn lock_account(conn: &mut Conn, id: AccountId) -> Result<Account> {
    crate::infra::db::lock_row!(conn, accounts::table.find(id).select(Account::as_select()))?
        .ok_or_else(|| Error::not_found("account"))
}

/// Writes whether the account may be used.
pub(in crate::features::accounts) fn set_status(
    conn: &mut Conn,
    account: &Allowed<Account>,
    to: AccountStatus,
    now: Timestamp,
) -> Result<()> {
    diesel::update(accounts::table.find(account.id))
        .set((accounts::status.eq(to), accounts::version.eq(account.version + 1), accounts::updated_at.eq(now)))
        .execute(conn)?;
    Ok(())
}

/// Sets the password, or takes it away.
pub(in crate::features::accounts) fn set_password_hash(
    conn: &mut Conn,
    id: AccountId,
    hash: Option<&str>,
) -> Result<()> {
    diesel::update(accounts::table.find(id)).set(accounts::password_hash.eq(hash)).execute(conn)?;
    Ok(())
}

/// Gives the account another, verified address.
pub(in crate::features::accounts) fn set_email(
    conn: &mut Conn,
    id: AccountId,
    email: &Email,
    now: Timestamp,
) -> Result<()> {
    diesel::update(accounts::table.find(id))
        .set((
            accounts::email.eq(email.as_str()),
            accounts::email_folded.eq(email.folded()),
            accounts::email_verified_at.eq(now),
            accounts::undeliverable_since.eq(None::<Timestamp>),
            accounts::undeliverable_why.eq(None::<String>),
            accounts::version.eq(accounts::version + 1),
            accounts::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Notes that nobody is reached at the address.
pub(in crate::features::accounts) fn set_undeliverable(
    conn: &mut Conn,
    id: AccountId,
    since: Timestamp,
    why: &str,
) -> Result<()> {
    diesel::update(accounts::table.find(id))
        .set((
            accounts::undeliverable_since.eq(since),
            accounts::undeliverable_why.eq(why),
            accounts::version.eq(accounts::version + 1),
            accounts::updated_at.eq(since),
        ))
        .execute(conn)?;
    Ok(())
}

/// Notes that the address is its owner's: a mail was read there.
pub(in crate::features::accounts) fn mark_verified(conn: &mut Conn, id: AccountId, now: Timestamp) -> Result<()> {
    diesel::update(accounts::table.find(id).filter(accounts::undeliverable_since.is_not_null()))
        .set((
            accounts::undeliverable_since.eq(None::<Timestamp>),
            accounts::undeliverable_why.eq(None::<String>),
            accounts::version.eq(accounts::version + 1),
            accounts::updated_at.eq(now),
        ))
        .execute(conn)?;
    diesel::update(accounts::table.find(id).filter(accounts::email_verified_at.is_null()))
        .set((
            accounts::email_verified_at.eq(now),
            accounts::version.eq(accounts::version + 1),
            accounts::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// The platform roles that the account holds.
pub fn list_roles(conn: &mut Conn, id: AccountId) -> Result<Vec<PlatformRole>> {
    Ok(account_roles::table
        .filter(account_roles::account_id.eq(id))
        .order(account_roles::role)
        .select(account_roles::role)
        .load(conn)?)
}

/// Whether the account did not have it before.
pub(in crate::features::accounts) fn insert_role(conn: &mut Conn, role: &NewRole) -> Result<bool> {
    let new = diesel::insert_into(account_roles::table).values(role).on_conflict_do_nothing().both().execute(conn)?;
    Ok(new > 0)
}
