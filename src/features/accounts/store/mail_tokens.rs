//! Single-use tokens that go out by mail.

use crate::features::accounts::model::{MailPurpose, MailToken};
use crate::infra::db::Conn;
use crate::infra::db::schema::mail_tokens;
use crate::kernel::{AccountId, Result, Timestamp, TokenId};
use diesel::prelude::*;

pub(in crate::features::accounts) fn insert_mail_token(conn: &mut Conn, token: &MailToken) -> Result<()> {
    diesel::insert_into(mail_tokens::table).values(token).execute(conn)?;
    Ok(())
}

pub(in crate::features::accounts) fn find_mail_token(
    conn: &mut Conn,
    purpose: MailPurpose,
    hash: &str,
) -> Result<Option<MailToken>> {
    Ok(mail_tokens::table
        .filter(mail_tokens::hash.eq(hash))
        .filter(mail_tokens::purpose.eq(purpose))
        .select(MailToken::as_select())
        .first(conn)
        .optional()?)
}

/// Marks the token as used; false when it was already.
pub(in crate::features::accounts) fn use_mail_token(conn: &mut Conn, id: TokenId, now: Timestamp) -> Result<bool> {
    let used = diesel::update(mail_tokens::table.find(id).filter(mail_tokens::used_at.is_null()))
        .set(mail_tokens::used_at.eq(now))
        .execute(conn)?;
    Ok(used == 1)
}

/// How many tokens of this purpose the account was sent since then.
pub(in crate::features::accounts) fn count_mail_tokens(
    conn: &mut Conn,
    id: AccountId,
    purpose: MailPurpose,
    since: Timestamp,
) -> Result<i64> {
    Ok(mail_tokens::table
        .filter(mail_tokens::account_id.eq(id))
        .filter(mail_tokens::purpose.eq(purpose))
        .filter(mail_tokens::created_at.gt(since))
        .count()
        .get_result(conn)?)
}

/// Makes every unused token of these purposes worthless, as after a change of what they rest on.
pub(in crate::features::accounts) fn void_mail_tokens(
    conn: &mut Conn,
    id: AccountId,
    purposes: &[MailPurpose],
    now: Timestamp,
) -> Result<()> {
    diesel::update(mail_tokens::table)
        .filter(mail_tokens::account_id.eq(id))
        .filter(mail_tokens::purpose.eq_any(purposes))
        .filter(mail_tokens::used_at.is_null())
        .set(mail_tokens::used_at.eq(now))
        .execute(conn)?;
    Ok(())
}
