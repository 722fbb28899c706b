//! All queries on accounts, sessions and their tokens.

use super::model::{Account, AccountChanges, MailPurpose, MailToken, NewRole, RefreshToken, Session, SigningKeyRow};
use crate::infra::db::schema::{account_roles, accounts, mail_tokens, refresh_tokens, sessions, signing_keys};
use crate::infra::db::{BothExt as _, Conn};
use crate::kernel::{AccountId, Error, PlatformRole, Result, SessionId, Timestamp, TokenId};
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

/// Whether nobody has an account yet.
pub fn is_empty(conn: &mut Conn) -> Result<bool> {
    Ok(accounts::table.select(accounts::id).first::<AccountId>(conn).optional()?.is_none())
}

pub(super) fn insert_account(conn: &mut Conn, account: &Account) -> Result<()> {
    diesel::insert_into(accounts::table).values(account).execute(conn)?;
    Ok(())
}

/// Changes the account if it still has this version.
pub(super) fn update_account(
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

pub(super) fn lock_account(conn: &mut Conn, id: AccountId) -> Result<Account> {
    crate::infra::db::lock_row!(conn, accounts::table.find(id).select(Account::as_select()))?
        .ok_or_else(|| Error::not_found("account"))
}

pub(super) fn set_password_hash(conn: &mut Conn, id: AccountId, hash: &str) -> Result<()> {
    diesel::update(accounts::table.find(id)).set(accounts::password_hash.eq(hash)).execute(conn)?;
    Ok(())
}

pub(super) fn mark_verified(conn: &mut Conn, id: AccountId, now: Timestamp) -> Result<()> {
    diesel::update(accounts::table.find(id).filter(accounts::email_verified_at.is_null()))
        .set((
            accounts::email_verified_at.eq(now),
            accounts::version.eq(accounts::version + 1),
            accounts::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

pub(super) fn list_roles(conn: &mut Conn, id: AccountId) -> Result<Vec<PlatformRole>> {
    Ok(account_roles::table
        .filter(account_roles::account_id.eq(id))
        .order(account_roles::role)
        .select(account_roles::role)
        .load(conn)?)
}

pub(super) fn insert_role(conn: &mut Conn, role: &NewRole) -> Result<()> {
    diesel::insert_into(account_roles::table).values(role).on_conflict_do_nothing().both().execute(conn)?;
    Ok(())
}

pub(super) fn insert_session(conn: &mut Conn, session: &Session) -> Result<()> {
    diesel::insert_into(sessions::table).values(session).execute(conn)?;
    Ok(())
}

/// The session with its account, whether live or not.
pub(super) fn find_session(conn: &mut Conn, id: SessionId) -> Result<Option<(Session, Account)>> {
    Ok(sessions::table
        .inner_join(accounts::table)
        .filter(sessions::id.eq(id))
        .select((Session::as_select(), Account::as_select()))
        .first(conn)
        .optional()?)
}

pub(super) fn touch_session(conn: &mut Conn, id: SessionId, now: Timestamp, expires_at: Timestamp) -> Result<()> {
    diesel::update(sessions::table.find(id))
        .set((sessions::last_used_at.eq(now), sessions::expires_at.eq(expires_at)))
        .execute(conn)?;
    Ok(())
}

pub(super) fn end_session(conn: &mut Conn, id: SessionId, reason: &str, now: Timestamp) -> Result<()> {
    diesel::update(sessions::table.find(id).filter(sessions::ended_at.is_null()))
        .set((sessions::ended_at.eq(now), sessions::ended_reason.eq(reason)))
        .execute(conn)?;
    Ok(())
}

pub(super) fn insert_refresh_token(conn: &mut Conn, token: &RefreshToken) -> Result<()> {
    diesel::insert_into(refresh_tokens::table).values(token).execute(conn)?;
    Ok(())
}

pub(super) fn find_refresh_token(conn: &mut Conn, hash: &str) -> Result<Option<RefreshToken>> {
    Ok(refresh_tokens::table.find(hash).select(RefreshToken::as_select()).first(conn).optional()?)
}

/// Marks the token as used; false when somebody was faster.
pub(super) fn use_refresh_token(conn: &mut Conn, hash: &str, now: Timestamp) -> Result<bool> {
    let used = diesel::update(refresh_tokens::table.find(hash).filter(refresh_tokens::used_at.is_null()))
        .set(refresh_tokens::used_at.eq(now))
        .execute(conn)?;
    Ok(used == 1)
}

pub(super) fn insert_mail_token(conn: &mut Conn, token: &MailToken) -> Result<()> {
    diesel::insert_into(mail_tokens::table).values(token).execute(conn)?;
    Ok(())
}

pub(super) fn find_mail_token(conn: &mut Conn, purpose: MailPurpose, hash: &str) -> Result<Option<MailToken>> {
    Ok(mail_tokens::table
        .filter(mail_tokens::hash.eq(hash))
        .filter(mail_tokens::purpose.eq(purpose))
        .select(MailToken::as_select())
        .first(conn)
        .optional()?)
}

/// Marks the token as used; false when it was already.
pub(super) fn use_mail_token(conn: &mut Conn, id: TokenId, now: Timestamp) -> Result<bool> {
    let used = diesel::update(mail_tokens::table.find(id).filter(mail_tokens::used_at.is_null()))
        .set(mail_tokens::used_at.eq(now))
        .execute(conn)?;
    Ok(used == 1)
}

/// How many tokens of this purpose the account was sent since then.
pub(super) fn count_mail_tokens(conn: &mut Conn, id: AccountId, purpose: MailPurpose, since: Timestamp) -> Result<i64> {
    Ok(mail_tokens::table
        .filter(mail_tokens::account_id.eq(id))
        .filter(mail_tokens::purpose.eq(purpose))
        .filter(mail_tokens::created_at.gt(since))
        .count()
        .get_result(conn)?)
}

pub(super) fn list_signing_keys(conn: &mut Conn, now: Timestamp) -> Result<Vec<SigningKeyRow>> {
    Ok(signing_keys::table
        .filter(signing_keys::expires_at.gt(now))
        .order((signing_keys::created_at.desc(), signing_keys::kid))
        .select(SigningKeyRow::as_select())
        .load(conn)?)
}

pub(super) fn insert_signing_key(conn: &mut Conn, key: &SigningKeyRow) -> Result<()> {
    diesel::insert_into(signing_keys::table).values(key).execute(conn)?;
    Ok(())
}

pub(super) fn delete_expired_signing_keys(conn: &mut Conn, now: Timestamp) -> Result<()> {
    diesel::delete(signing_keys::table.filter(signing_keys::expires_at.le(now))).execute(conn)?;
    Ok(())
}
