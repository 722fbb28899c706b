//! All queries on logged work.

use super::model::{TimeEntry, TimeEntryStatus};
use crate::infra::db::schema::time_entries;
use crate::infra::db::{Conn, lock_row};
use crate::kernel::{AccountId, AssignmentId, Cursor, Error, Limit, Page, Result, TimeEntryId, Timestamp};
use chrono::NaiveDate;
use diesel::dsl::{max, min, sum};
use diesel::prelude::*;

pub(super) fn get_entry(conn: &mut Conn, id: TimeEntryId) -> Result<TimeEntry> {
    let found = time_entries::table.find(id).select(TimeEntry::as_select()).first(conn).optional()?;
    found.ok_or_else(|| Error::not_found("time entry"))
}

pub(super) fn lock_entry(conn: &mut Conn, id: TimeEntryId) -> Result<TimeEntry> {
    lock_row!(conn, time_entries::table.find(id).select(TimeEntry::as_select()))?
        .ok_or_else(|| Error::not_found("time entry"))
}

/// What was logged under this key of an import.
pub(super) fn find_by_key(conn: &mut Conn, account: AccountId, key: &str) -> Result<Option<TimeEntry>> {
    Ok(time_entries::table
        .filter(time_entries::account_id.eq(account))
        .filter(time_entries::import_key.eq(key))
        .select(TimeEntry::as_select())
        .first(conn)
        .optional()?)
}

/// The person's minutes on this day over all assignments, as far as they count or may come to count.
pub(super) fn day_minutes(conn: &mut Conn, account: AccountId, day: NaiveDate) -> Result<i64> {
    use TimeEntryStatus::{Adjusted, Confirmed, Disputed, Submitted};
    let of_day =
        || time_entries::table.filter(time_entries::account_id.eq(account)).filter(time_entries::worked_on.eq(day));
    let logged: Option<i64> = of_day()
        .filter(time_entries::status.eq_any([Submitted, Disputed, Confirmed]))
        .select(sum(time_entries::minutes))
        .first(conn)?;
    let adjusted: Option<i64> =
        of_day().filter(time_entries::status.eq(Adjusted)).select(sum(time_entries::confirmed_minutes)).first(conn)?;
    Ok(logged.unwrap_or(0) + adjusted.unwrap_or(0))
}

pub(super) fn insert_entry(conn: &mut Conn, entry: &TimeEntry) -> Result<()> {
    diesel::insert_into(time_entries::table).values(entry).execute(conn)?;
    Ok(())
}

/// Writes the whole row anew.
pub(super) fn update_entry(conn: &mut Conn, entry: &TimeEntry) -> Result<()> {
    diesel::update(time_entries::table.find(entry.id)).set(entry).execute(conn)?;
    Ok(())
}

/// What to list.
#[derive(Debug)]
pub(super) struct Filter {
    pub statuses: Vec<TimeEntryStatus>,
    pub limit: Limit,
    pub after: Option<Cursor>,
}

/// What was logged on an assignment, newest first.
pub(super) fn list_entries(conn: &mut Conn, id: AssignmentId, filter: &Filter) -> Result<Page<TimeEntry>> {
    let mut query = time_entries::table.filter(time_entries::assignment_id.eq(id)).into_boxed();
    if !filter.statuses.is_empty() {
        query = query.filter(time_entries::status.eq_any(filter.statuses.clone()));
    }
    if let Some(after) = &filter.after {
        query = query.filter(time_entries::id.lt(TimeEntryId(after.id)));
    }
    let rows: Vec<TimeEntry> = query
        .order(time_entries::id.desc())
        .limit(filter.limit.rows_and_one())
        .select(TimeEntry::as_select())
        .load(conn)?;
    Ok(Page::cut(rows, filter.limit, |row: &TimeEntry| Cursor::by_id(row.id)))
}

/// Everything that this person ever logged, oldest first.
pub(super) fn list_of_account(conn: &mut Conn, account: AccountId) -> Result<Vec<TimeEntry>> {
    Ok(time_entries::table
        .filter(time_entries::account_id.eq(account))
        .order(time_entries::id)
        .select(TimeEntry::as_select())
        .load(conn)?)
}

/// Takes out what the person wrote; days and minutes stay.
pub(super) fn blank_notes(conn: &mut Conn, account: AccountId, note: &str) -> Result<()> {
    let links = crate::infra::db::sql::Json(Vec::<String>::new());
    diesel::update(time_entries::table.filter(time_entries::account_id.eq(account)))
        .set((time_entries::note.eq(note), time_entries::links.eq(links)))
        .execute(conn)?;
    Ok(())
}

/// Entries that nobody answered in time, those that wait longest first, after this place.
pub(super) fn list_due(
    conn: &mut Conn,
    now: Timestamp,
    after: Option<TimeEntryId>,
    rows: i64,
) -> Result<Vec<TimeEntryId>> {
    let mut query = time_entries::table.filter(time_entries::due_at.le(now)).into_boxed();
    if let Some(after) = after {
        query = query.filter(time_entries::id.gt(after));
    }
    Ok(query.order(time_entries::id).limit(rows).select(time_entries::id).load(conn)?)
}

/// The confirmed work of an assignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Worked {
    /// All confirmed minutes.
    pub minutes: i64,
    /// Those among them that were confirmed by lapse of time.
    pub automatic_minutes: i64,
    /// Those among them that were the employer's.
    pub pledged_minutes: i64,
    /// The employer's that were confirmed by lapse of time.
    pub automatic_pledged_minutes: i64,
    /// The first day worked on.
    pub first_day: NaiveDate,
    /// The last day worked on.
    pub last_day: NaiveDate,
}

/// The confirmed work of an assignment, if there is any.
pub fn work_of_assignment(conn: &mut Conn, id: AssignmentId) -> Result<Option<Worked>> {
    let of = || time_entries::table.filter(time_entries::assignment_id.eq(id));
    let (minutes, pledged): (Option<i64>, Option<i64>) =
        of().select((sum(time_entries::confirmed_minutes), sum(time_entries::pledged_minutes))).first(conn)?;
    let (automatic, automatic_pledged): (Option<i64>, Option<i64>) = of()
        .filter(time_entries::confirmed_auto.eq(true))
        .select((sum(time_entries::confirmed_minutes), sum(time_entries::pledged_minutes)))
        .first(conn)?;
    let counted = [TimeEntryStatus::Confirmed, TimeEntryStatus::Adjusted];
    let (first, last): (Option<NaiveDate>, Option<NaiveDate>) = of()
        .filter(time_entries::status.eq_any(counted))
        .select((min(time_entries::worked_on), max(time_entries::worked_on)))
        .first(conn)?;
    Ok(match (minutes, first, last) {
        (Some(minutes @ 1..), Some(first_day), Some(last_day)) => Some(Worked {
            minutes,
            automatic_minutes: automatic.unwrap_or(0),
            pledged_minutes: pledged.unwrap_or(0),
            automatic_pledged_minutes: automatic_pledged.unwrap_or(0),
            first_day,
            last_day,
        }),
        _ => None,
    })
}

/// What the pledge's ledger has confirmed for this assignment, less what was taken back.
pub(super) fn pledged_minutes(conn: &mut Conn, id: AssignmentId) -> Result<i64> {
    let of = time_entries::table.filter(time_entries::assignment_id.eq(id));
    let pledged: Option<i64> = of.select(sum(time_entries::pledged_minutes)).first(conn)?;
    Ok(pledged.unwrap_or(0))
}

/// Whether the project has yet to answer something of this assignment.
pub fn has_pending(conn: &mut Conn, id: AssignmentId) -> Result<bool> {
    let found: Option<TimeEntryId> = time_entries::table
        .filter(time_entries::assignment_id.eq(id))
        .filter(time_entries::status.eq_any(super::model::PENDING))
        .select(time_entries::id)
        .first(conn)
        .optional()?;
    Ok(found.is_some())
}
