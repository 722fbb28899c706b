//! API tokens.

use crate::features::accounts::model::{Account, ApiToken};
use crate::infra::db::Conn;
use crate::infra::db::schema::{accounts, api_tokens};
use crate::kernel::{AccountId, ApiTokenId, Cursor, Limit, Page, Result, Timestamp};
use diesel::prelude::*;

pub(in crate::features::accounts) fn insert_api_token(conn: &mut Conn, token: &ApiToken) -> Result<()> {
    diesel::insert_into(api_tokens::table).values(token).execute(conn)?;
    Ok(())
}

/// The token with this hash, if it can still be used, and whose it is.
pub(in crate::features::accounts) fn find_api_token(
    conn: &mut Conn,
    hash: &str,
    now: Timestamp,
) -> Result<Option<(ApiToken, Account)>> {
    Ok(api_tokens::table
        .inner_join(accounts::table)
        .filter(api_tokens::hash.eq(hash))
        .filter(api_tokens::revoked_at.is_null())
        .filter(api_tokens::expires_at.gt(now))
        .select((ApiToken::as_select(), Account::as_select()))
        .first(conn)
        .optional()?)
}

/// The account's token of this id, unless it was revoked.
pub(in crate::features::accounts) fn find_own_api_token(
    conn: &mut Conn,
    account: AccountId,
    id: ApiTokenId,
) -> Result<Option<ApiToken>> {
    Ok(api_tokens::table
        .find(id)
        .filter(api_tokens::account_id.eq(account))
        .filter(api_tokens::revoked_at.is_null())
        .select(ApiToken::as_select())
        .first(conn)
        .optional()?)
}

/// The account's tokens, newest first, also the expired ones, until they are revoked.
pub(in crate::features::accounts) fn list_api_tokens(
    conn: &mut Conn,
    account: AccountId,
    limit: Limit,
    after: Option<&Cursor>,
) -> Result<Page<ApiToken>> {
    let mut query = api_tokens::table
        .filter(api_tokens::account_id.eq(account))
        .filter(api_tokens::revoked_at.is_null())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(api_tokens::id.lt(ApiTokenId(after.id)));
    }
    let rows =
        query.order(api_tokens::id.desc()).limit(limit.rows_and_one()).select(ApiToken::as_select()).load(conn)?;
    Ok(Page::cut(rows, limit, |token| Cursor::by_id(token.id)))
}

/// How many tokens of the account can be used.
pub(in crate::features::accounts) fn count_api_tokens(
    conn: &mut Conn,
    account: AccountId,
    now: Timestamp,
) -> Result<i64> {
    Ok(api_tokens::table
        .filter(api_tokens::account_id.eq(account))
        .filter(api_tokens::revoked_at.is_null())
        .filter(api_tokens::expires_at.gt(now))
        .count()
        .get_result(conn)?)
}

/// Revokes the token; false when it was already.
pub(in crate::features::accounts) fn revoke_api_token(conn: &mut Conn, id: ApiTokenId, now: Timestamp) -> Result<bool> {
    let revoked = diesel::update(api_tokens::table.find(id).filter(api_tokens::revoked_at.is_null()))
        .set(api_tokens::revoked_at.eq(now))
        .execute(conn)?;
    Ok(revoked == 1)
}

/// Notes the use of the token.
pub(in crate::features::accounts) fn touch_api_token(conn: &mut Conn, id: ApiTokenId, now: Timestamp) -> Result<()> {
    diesel::update(api_tokens::table.find(id)).set(api_tokens::last_used_at.eq(now)).execute(conn)?;
    Ok(())
}
