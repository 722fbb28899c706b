//! All queries on feed tokens.

use super::model::FeedToken;
use crate::infra::db::Conn;
use crate::infra::db::schema::feed_tokens;
use crate::kernel::{AccountId, FeedTokenId, Result, Timestamp};
use diesel::prelude::*;

pub(super) fn insert_feed_token(conn: &mut Conn, token: &FeedToken) -> Result<()> {
    diesel::insert_into(feed_tokens::table).values(token).execute(conn)?;
    Ok(())
}

/// The token with this hash, unless it was revoked.
pub(super) fn find_feed_token(conn: &mut Conn, hash: &str) -> Result<Option<FeedToken>> {
    Ok(feed_tokens::table
        .filter(feed_tokens::hash.eq(hash))
        .filter(feed_tokens::revoked_at.is_null())
        .select(FeedToken::as_select())
        .first(conn)
        .optional()?)
}

/// The account's tokens that are in force, newest first.
pub(super) fn list_feed_tokens(conn: &mut Conn, account: AccountId) -> Result<Vec<FeedToken>> {
    Ok(feed_tokens::table
        .filter(feed_tokens::account_id.eq(account))
        .filter(feed_tokens::revoked_at.is_null())
        .order(feed_tokens::id.desc())
        .select(FeedToken::as_select())
        .load(conn)?)
}

/// Revokes the account's token; false when there is none in force.
pub(super) fn revoke_feed_token(conn: &mut Conn, account: AccountId, id: FeedTokenId, now: Timestamp) -> Result<bool> {
    let own = feed_tokens::table
        .filter(feed_tokens::id.eq(id))
        .filter(feed_tokens::account_id.eq(account))
        .filter(feed_tokens::revoked_at.is_null());
    Ok(diesel::update(own).set(feed_tokens::revoked_at.eq(now)).execute(conn)? == 1)
}

pub(super) fn touch_feed_token(conn: &mut Conn, id: FeedTokenId, now: Timestamp) -> Result<()> {
    diesel::update(feed_tokens::table.find(id)).set(feed_tokens::last_used_at.eq(now)).execute(conn)?;
    Ok(())
}

/// Removes all of the account's tokens, also the revoked ones.
pub(super) fn delete_feed_tokens(conn: &mut Conn, account: AccountId) -> Result<()> {
    diesel::delete(feed_tokens::table.filter(feed_tokens::account_id.eq(account))).execute(conn)?;
    Ok(())
}
