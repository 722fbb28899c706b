//! All queries on notices and on what people want to be mailed about.

use super::model::{Notice, Preferences};
use crate::infra::db::schema::{notices, notification_preferences as preferences};
use crate::infra::db::{BothExt as _, Conn};
use crate::kernel::{AccountId, Cursor, Limit, NoticeId, Page, Result, Timestamp};
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) fn find_preferences(conn: &mut Conn, account: AccountId) -> Result<Option<Preferences>> {
    Ok(preferences::table.find(account).select(Preferences::as_select()).first(conn).optional()?)
}

pub(super) fn list_preferences(conn: &mut Conn, accounts: &[AccountId]) -> Result<HashMap<AccountId, Preferences>> {
    let rows: Vec<Preferences> = preferences::table
        .filter(preferences::account_id.eq_any(accounts))
        .select(Preferences::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(|row| (row.account_id, row)).collect())
}

/// Writes the row, whether there is one already or not; the account is locked.
pub(super) fn put_preferences(conn: &mut Conn, row: &Preferences) -> Result<()> {
    let changed = diesel::update(preferences::table.find(row.account_id))
        .set((
            preferences::topics.eq(&row.topics),
            preferences::quiet_from.eq(&row.quiet_from),
            preferences::quiet_until.eq(&row.quiet_until),
            preferences::time_zone.eq(&row.time_zone),
            preferences::unread_digests.eq(row.unread_digests),
            preferences::last_digest_at.eq(row.last_digest_at),
            preferences::version.eq(row.version),
            preferences::updated_at.eq(row.updated_at),
        ))
        .execute(conn)?;
    if changed == 0 {
        diesel::insert_into(preferences::table).values(row).execute(conn)?;
    }
    Ok(())
}

/// Writes a notice down; false when the person has one of this news already.
pub(super) fn insert_notice(conn: &mut Conn, row: &Notice) -> Result<bool> {
    let added = diesel::insert_into(notices::table)
        .values(row.clone())
        .on_conflict((notices::account_id, notices::news_id))
        .do_nothing()
        .both()
        .execute(conn)?;
    Ok(added == 1)
}

/// What to list.
#[derive(Debug)]
pub(super) struct Filter {
    pub unread: bool,
    pub limit: Limit,
    pub after: Option<Cursor>,
}

/// A person's notices, newest first.
pub(super) fn list_notices(conn: &mut Conn, account: AccountId, filter: &Filter) -> Result<Page<Notice>> {
    let mut query = notices::table.filter(notices::account_id.eq(account)).into_boxed();
    if filter.unread {
        query = query.filter(notices::read_at.is_null());
    }
    if let Some(after) = &filter.after {
        query = query.filter(notices::id.lt(NoticeId(after.id)));
    }
    let rows =
        query.order(notices::id.desc()).limit(filter.limit.rows_and_one()).select(Notice::as_select()).load(conn)?;
    Ok(Page::cut(rows, filter.limit, |row: &Notice| Cursor::by_id(row.id)))
}

/// Marks one of the person's notices as read, and lets it be mailed no more; false when there is no such notice.
pub(super) fn mark_read(conn: &mut Conn, account: AccountId, id: NoticeId, now: Timestamp) -> Result<bool> {
    let own = notices::table.find(id).filter(notices::account_id.eq(account));
    let found: Option<Option<Timestamp>> = own.select(notices::read_at).first(conn).optional()?;
    if found == Some(None) {
        diesel::update(notices::table.find(id))
            .set((notices::read_at.eq(now), notices::mail_due_at.eq(None::<Timestamp>)))
            .execute(conn)?;
    }
    Ok(found.is_some())
}

/// Marks all of the person's notices up to this one, or simply all, as read.
pub(super) fn mark_all_read(
    conn: &mut Conn,
    account: AccountId,
    until: Option<NoticeId>,
    now: Timestamp,
) -> Result<()> {
    let unread = notices::table.filter(notices::account_id.eq(account)).filter(notices::read_at.is_null());
    let read = (notices::read_at.eq(now), notices::mail_due_at.eq(None::<Timestamp>));
    match until {
        Some(until) => diesel::update(unread.filter(notices::id.le(until))).set(read).execute(conn)?,
        None => diesel::update(unread).set(read).execute(conn)?,
    };
    Ok(())
}

/// People of whom something is due to be mailed, some at a time.
pub(super) fn list_due_accounts(conn: &mut Conn, now: Timestamp, rows: i64) -> Result<Vec<AccountId>> {
    Ok(notices::table
        .filter(notices::mail_due_at.le(now).assume_not_null())
        .select(notices::account_id)
        .distinct()
        .limit(rows)
        .load(conn)?)
}

/// What waits to be mailed to this person, oldest first.
pub(super) fn list_waiting(conn: &mut Conn, account: AccountId) -> Result<Vec<Notice>> {
    Ok(notices::table
        .filter(notices::account_id.eq(account))
        .filter(notices::mail_due_at.is_not_null())
        .order(notices::id)
        .select(Notice::as_select())
        .load(conn)?)
}

/// When, and how, a notice is to be mailed.
pub(super) fn set_mailing(conn: &mut Conn, row: &Notice) -> Result<()> {
    diesel::update(notices::table.find(row.id))
        .set((
            notices::cadence.eq(row.cadence),
            notices::mail_due_at.eq(row.mail_due_at),
            notices::mailed_at.eq(row.mailed_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Everything that this person was told, oldest first.
pub(super) fn list_all(conn: &mut Conn, account: AccountId) -> Result<Vec<Notice>> {
    let own = notices::table.filter(notices::account_id.eq(account));
    Ok(own.order(notices::id).select(Notice::as_select()).load(conn)?)
}

/// Forgets the person.
pub(super) fn delete_all(conn: &mut Conn, account: AccountId) -> Result<()> {
    diesel::delete(notices::table.filter(notices::account_id.eq(account))).execute(conn)?;
    diesel::delete(preferences::table.find(account)).execute(conn)?;
    Ok(())
}

/// Removes notices from before this instant, some at a time; returns how many.
pub(super) fn delete_old(conn: &mut Conn, before: Timestamp, rows: i64) -> Result<usize> {
    let old: Vec<NoticeId> = notices::table
        .filter(notices::at.lt(before))
        .filter(notices::mail_due_at.is_null())
        .limit(rows)
        .select(notices::id)
        .load(conn)?;
    Ok(diesel::delete(notices::table.filter(notices::id.eq_any(old))).execute(conn)?)
}
