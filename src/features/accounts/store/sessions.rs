//! Sessions and their refresh tokens.

use crate::features::accounts::model::{Account, RefreshToken, Session};
use crate::infra::db::Conn;
use crate::infra::db::schema::{accounts, refresh_tokens, sessions};
use crate::kernel::{AccountId, Cursor, Limit, Page, Result, SessionId, Timestamp};
use diesel::prelude::*;

pub(in crate::features::accounts) fn insert_session(conn: &mut Conn, session: &Session) -> Result<()> {
    diesel::insert_into(sessions::table).values(session).execute(conn)?;
    Ok(())
}

/// The session with its account, whether live or not.
pub(in crate::features::accounts) fn find_session(
    conn: &mut Conn,
    id: SessionId,
) -> Result<Option<(Session, Account)>> {
    Ok(sessions::table
        .inner_join(accounts::table)
        .filter(sessions::id.eq(id))
        .select((Session::as_select(), Account::as_select()))
        .first(conn)
        .optional()?)
}

pub(in crate::features::accounts) fn touch_session(
    conn: &mut Conn,
    id: SessionId,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<()> {
    diesel::update(sessions::table.find(id))
        .set((sessions::last_used_at.eq(now), sessions::expires_at.eq(expires_at)))
        .execute(conn)?;
    Ok(())
}

/// The account's sessions that can still be used, newest first.
pub(in crate::features::accounts) fn list_sessions(
    conn: &mut Conn,
    account: AccountId,
    now: Timestamp,
    limit: Limit,
    after: Option<&Cursor>,
) -> Result<Page<Session>> {
    let mut query = sessions::table
        .filter(sessions::account_id.eq(account))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(sessions::id.lt(SessionId(after.id)));
    }
    let rows = query.order(sessions::id.desc()).limit(limit.rows_and_one()).select(Session::as_select()).load(conn)?;
    Ok(Page::cut(rows, limit, |session| Cursor::by_id(session.id)))
}

/// The account's session of this id, if it can still be used.
pub(in crate::features::accounts) fn find_own_session(
    conn: &mut Conn,
    account: AccountId,
    id: SessionId,
    now: Timestamp,
) -> Result<Option<Session>> {
    Ok(sessions::table
        .find(id)
        .filter(sessions::account_id.eq(account))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .select(Session::as_select())
        .first(conn)
        .optional()?)
}

/// Whether the account was signed in to since then from this address by this client.
pub(in crate::features::accounts) fn knows_device(
    conn: &mut Conn,
    account: AccountId,
    address: Option<&str>,
    user_agent: Option<&str>,
    since: Timestamp,
) -> Result<bool> {
    let (Some(address), Some(user_agent)) = (address, user_agent) else { return Ok(false) };
    let found = sessions::table
        .filter(sessions::account_id.eq(account))
        .filter(sessions::address.eq(address))
        .filter(sessions::user_agent.eq(user_agent))
        .filter(sessions::created_at.gt(since))
        .count()
        .get_result::<i64>(conn)?;
    Ok(found > 0)
}

/// The accounts with a session that can still be used.
pub(in crate::features::accounts) fn list_signed_in(conn: &mut Conn, now: Timestamp) -> Result<Vec<AccountId>> {
    Ok(sessions::table
        .filter(sessions::ended_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .select(sessions::account_id)
        .distinct()
        .order(sessions::account_id)
        .load(conn)?)
}

/// Ends the session; false when it had ended already.
pub(in crate::features::accounts) fn end_session(
    conn: &mut Conn,
    id: SessionId,
    reason: &str,
    now: Timestamp,
) -> Result<bool> {
    let ended = diesel::update(sessions::table.find(id).filter(sessions::ended_at.is_null()))
        .set((sessions::ended_at.eq(now), sessions::ended_reason.eq(reason)))
        .execute(conn)?;
    Ok(ended == 1)
}

/// Ends every session of the account but the one to keep.
pub(in crate::features::accounts) fn end_sessions(
    conn: &mut Conn,
    account: AccountId,
    keep: Option<SessionId>,
    reason: &str,
    now: Timestamp,
) -> Result<()> {
    // No session has the nil id.
    let keep = keep.unwrap_or(SessionId(uuid::Uuid::nil()));
    diesel::update(sessions::table)
        .filter(sessions::account_id.eq(account))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::id.ne(keep))
        .set((sessions::ended_at.eq(now), sessions::ended_reason.eq(reason)))
        .execute(conn)?;
    Ok(())
}

pub(in crate::features::accounts) fn insert_refresh_token(conn: &mut Conn, token: &RefreshToken) -> Result<()> {
    diesel::insert_into(refresh_tokens::table).values(token).execute(conn)?;
    Ok(())
}

pub(in crate::features::accounts) fn find_refresh_token(conn: &mut Conn, hash: &str) -> Result<Option<RefreshToken>> {
    Ok(refresh_tokens::table.find(hash).select(RefreshToken::as_select()).first(conn).optional()?)
}

/// Marks the token as used; false when somebody was faster.
pub(in crate::features::accounts) fn use_refresh_token(conn: &mut Conn, hash: &str, now: Timestamp) -> Result<bool> {
    let used = diesel::update(refresh_tokens::table.find(hash).filter(refresh_tokens::used_at.is_null()))
        .set(refresh_tokens::used_at.eq(now))
        .execute(conn)?;
    Ok(used == 1)
}

/// When the account was last signed in to, or went on with a session.
pub fn last_seen(conn: &mut Conn, account: AccountId) -> Result<Option<Timestamp>> {
    let own = sessions::table.filter(sessions::account_id.eq(account));
    Ok(own.select(diesel::dsl::max(sessions::last_used_at)).first(conn)?)
}
