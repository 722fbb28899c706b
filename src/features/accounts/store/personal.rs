//! What is held of a person, and what becomes of it when the person leaves.

use crate::features::accounts::model::{Account, AccountStatus, ApiToken, MailToken, Session, TotpFactor};
use crate::features::accounts::personal::Nobody;
use crate::infra::db::Conn;
use crate::infra::db::schema::{
    account_roles, accounts, api_tokens, factor_failures, mail_tokens, passkey_challenges, passkeys, recovery_codes,
    refresh_tokens, sessions, sign_in_challenges, totp_factors,
};
use crate::kernel::{AccountId, PlatformRole, Result, SessionId, Timestamp};
use diesel::prelude::*;

pub(in crate::features::accounts) fn list_granted_roles(
    conn: &mut Conn,
    id: AccountId,
) -> Result<Vec<(PlatformRole, Timestamp)>> {
    Ok(account_roles::table
        .filter(account_roles::account_id.eq(id))
        .order(account_roles::role)
        .select((account_roles::role, account_roles::granted_at))
        .load(conn)?)
}

pub(in crate::features::accounts) fn find_totp(conn: &mut Conn, id: AccountId) -> Result<Option<TotpFactor>> {
    Ok(totp_factors::table.find(id).select(TotpFactor::as_select()).first(conn).optional()?)
}

pub(in crate::features::accounts) fn list_failures(conn: &mut Conn, id: AccountId) -> Result<Vec<Timestamp>> {
    Ok(factor_failures::table
        .filter(factor_failures::account_id.eq(id))
        .order(factor_failures::at)
        .select(factor_failures::at)
        .load(conn)?)
}

/// Also those that have ended.
pub(in crate::features::accounts) fn list_all_sessions(conn: &mut Conn, id: AccountId) -> Result<Vec<Session>> {
    Ok(sessions::table
        .filter(sessions::account_id.eq(id))
        .order(sessions::id)
        .select(Session::as_select())
        .load(conn)?)
}

/// Also those that were revoked.
pub(in crate::features::accounts) fn list_all_api_tokens(conn: &mut Conn, id: AccountId) -> Result<Vec<ApiToken>> {
    Ok(api_tokens::table
        .filter(api_tokens::account_id.eq(id))
        .order(api_tokens::id)
        .select(ApiToken::as_select())
        .load(conn)?)
}

pub(in crate::features::accounts) fn list_mail_tokens(conn: &mut Conn, id: AccountId) -> Result<Vec<MailToken>> {
    Ok(mail_tokens::table
        .filter(mail_tokens::account_id.eq(id))
        .order(mail_tokens::id)
        .select(MailToken::as_select())
        .load(conn)?)
}

/// Sets or clears the instant at which the account is anonymised.
pub(in crate::features::accounts) fn set_deletes_at(
    conn: &mut Conn,
    account: &Account,
    at: Option<Timestamp>,
    now: Timestamp,
) -> Result<()> {
    diesel::update(accounts::table.find(account.id))
        .set((accounts::deletes_at.eq(at), accounts::version.eq(account.version + 1), accounts::updated_at.eq(now)))
        .execute(conn)?;
    Ok(())
}

/// The accounts whose grace is over, the earliest first.
pub(in crate::features::accounts) fn list_leaving(
    conn: &mut Conn,
    now: Timestamp,
    rows: i64,
) -> Result<Vec<AccountId>> {
    Ok(accounts::table
        .filter(accounts::deletes_at.le(now))
        .order((accounts::deletes_at, accounts::id))
        .limit(rows)
        .select(accounts::id)
        .load(conn)?)
}

/// Everything by which somebody could sign in or act for the account, and its platform roles.
pub(in crate::features::accounts) fn delete_credentials(conn: &mut Conn, id: AccountId) -> Result<()> {
    let theirs: Vec<SessionId> = sessions::table.filter(sessions::account_id.eq(id)).select(sessions::id).load(conn)?;
    diesel::delete(refresh_tokens::table).filter(refresh_tokens::session_id.eq_any(theirs)).execute(conn)?;
    diesel::delete(sessions::table.filter(sessions::account_id.eq(id))).execute(conn)?;
    diesel::delete(api_tokens::table.filter(api_tokens::account_id.eq(id))).execute(conn)?;
    diesel::delete(mail_tokens::table.filter(mail_tokens::account_id.eq(id))).execute(conn)?;
    diesel::delete(totp_factors::table.filter(totp_factors::account_id.eq(id))).execute(conn)?;
    diesel::delete(passkey_challenges::table.filter(passkey_challenges::account_id.eq(id))).execute(conn)?;
    diesel::delete(passkeys::table.filter(passkeys::account_id.eq(id))).execute(conn)?;
    diesel::delete(recovery_codes::table.filter(recovery_codes::account_id.eq(id))).execute(conn)?;
    diesel::delete(sign_in_challenges::table.filter(sign_in_challenges::account_id.eq(id))).execute(conn)?;
    diesel::delete(factor_failures::table.filter(factor_failures::account_id.eq(id))).execute(conn)?;
    diesel::delete(account_roles::table.filter(account_roles::account_id.eq(id))).execute(conn)?;
    Ok(())
}

/// Puts nobody in the place of the person whose grace is over; false when the person stayed or is gone already.
pub(in crate::features::accounts) fn anonymize(conn: &mut Conn, id: AccountId, nobody: &Nobody) -> Result<bool> {
    let gone = diesel::update(accounts::table.find(id).filter(accounts::deletes_at.le(nobody.at)))
        .set((
            accounts::email.eq(&nobody.email),
            accounts::email_folded.eq(&nobody.email),
            accounts::email_verified_at.eq(None::<Timestamp>),
            accounts::handle.eq(&nobody.handle),
            accounts::display_name.eq(nobody.display_name),
            accounts::password_hash.eq(None::<String>),
            accounts::mfa_enabled_at.eq(None::<Timestamp>),
            accounts::status.eq(AccountStatus::Deleted),
            accounts::deletes_at.eq(None::<Timestamp>),
            accounts::undeliverable_since.eq(None::<Timestamp>),
            accounts::undeliverable_why.eq(None::<String>),
            accounts::version.eq(accounts::version + 1),
            accounts::updated_at.eq(nobody.at),
        ))
        .execute(conn)?;
    Ok(gone == 1)
}
