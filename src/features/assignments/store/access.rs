//! What volunteers are let into, and who took over from whom.

use crate::features::assignments::model::{Access, AccessStatus, Approval, HandOver, HandOverStatus};
use crate::infra::db::schema::{access_approvals, access_grants, assignments, hand_overs};
use crate::infra::db::{Conn, lock_row};
use crate::kernel::{AccessId, AccountId, AssignmentId, Cursor, Error, HandOverId, Limit, Page, Result, Timestamp};
use diesel::prelude::*;
use std::collections::HashMap;

pub(in crate::features::assignments) fn insert_access(conn: &mut Conn, row: &Access) -> Result<()> {
    diesel::insert_into(access_grants::table).values(row).execute(conn)?;
    Ok(())
}

/// Writes the whole row anew.
pub(in crate::features::assignments) fn update_access(conn: &mut Conn, row: &Access) -> Result<()> {
    diesel::update(access_grants::table.find(row.id)).set(row).execute(conn)?;
    Ok(())
}

/// The access of this assignment, kept from others' changes; 404 when there is none. Lock its assignment before.
pub(in crate::features::assignments) fn lock_access(
    conn: &mut Conn,
    assignment: AssignmentId,
    id: AccessId,
) -> Result<Access> {
    let row = access_grants::table.filter(access_grants::id.eq(id)).filter(access_grants::assignment_id.eq(assignment));
    lock_row!(conn, row.select(Access::as_select()))?.ok_or_else(|| Error::not_found("access"))
}

/// What an assignment's volunteer was ever let into, newest first.
pub(in crate::features::assignments) fn list_access(
    conn: &mut Conn,
    assignment: AssignmentId,
    limit: Limit,
    after: Option<&Cursor>,
) -> Result<Page<Access>> {
    let mut query = access_grants::table.filter(access_grants::assignment_id.eq(assignment)).into_boxed();
    if let Some(after) = after {
        query = query.filter(access_grants::id.lt(AccessId(after.id)));
    }
    let rows: Vec<Access> =
        query.order(access_grants::id.desc()).limit(limit.rows_and_one()).select(Access::as_select()).load(conn)?;
    Ok(Page::cut(rows, limit, |row: &Access| Cursor::by_id(row.id)))
}

/// What stands open in these states, oldest first, by assignment.
pub(in crate::features::assignments) fn list_access_in(
    conn: &mut Conn,
    assignments: &[AssignmentId],
    statuses: &[AccessStatus],
) -> Result<HashMap<AssignmentId, Vec<Access>>> {
    let rows: Vec<Access> = access_grants::table
        .filter(access_grants::assignment_id.eq_any(assignments))
        .filter(access_grants::status.eq_any(statuses))
        .order(access_grants::id)
        .select(Access::as_select())
        .load(conn)?;
    let mut groups: HashMap<AssignmentId, Vec<Access>> = HashMap::new();
    for row in rows {
        groups.entry(row.assignment_id).or_default().push(row);
    }
    Ok(groups)
}

/// Assignments with access that nobody revoked in time.
pub(in crate::features::assignments) fn list_alerts(
    conn: &mut Conn,
    now: Timestamp,
    rows: i64,
) -> Result<Vec<AssignmentId>> {
    Ok(access_grants::table
        .filter(access_grants::alert_at.le(now))
        .order(access_grants::assignment_id)
        .limit(rows)
        .select(access_grants::assignment_id)
        .distinct()
        .load(conn)?)
}

pub(in crate::features::assignments) fn insert_approval(conn: &mut Conn, row: &Approval) -> Result<()> {
    diesel::insert_into(access_approvals::table).values(row).execute(conn)?;
    Ok(())
}

/// Who said yes to these, in that order.
pub(in crate::features::assignments) fn list_approvals(
    conn: &mut Conn,
    ids: &[AccessId],
) -> Result<HashMap<AccessId, Vec<Approval>>> {
    let rows: Vec<Approval> = access_approvals::table
        .filter(access_approvals::access_id.eq_any(ids))
        .order((access_approvals::at, access_approvals::account_id))
        .select(Approval::as_select())
        .load(conn)?;
    let mut groups: HashMap<AccessId, Vec<Approval>> = HashMap::new();
    for row in rows {
        groups.entry(row.access_id).or_default().push(row);
    }
    Ok(groups)
}

pub(in crate::features::assignments) fn insert_hand_over(conn: &mut Conn, row: &HandOver) -> Result<()> {
    diesel::insert_into(hand_overs::table).values(row).execute(conn)?;
    Ok(())
}

/// Writes the whole row anew.
pub(in crate::features::assignments) fn update_hand_over(conn: &mut Conn, row: &HandOver) -> Result<()> {
    diesel::update(hand_overs::table.find(row.id)).set(row).execute(conn)?;
    Ok(())
}

/// The hand-over, or 404.
pub(in crate::features::assignments) fn get_hand_over(conn: &mut Conn, id: HandOverId) -> Result<HandOver> {
    let found = hand_overs::table.find(id).select(HandOver::as_select()).first(conn).optional()?;
    found.ok_or_else(|| Error::not_found("hand-over"))
}

/// The question that stands open about an assignment.
pub(in crate::features::assignments) fn find_open_hand_over(
    conn: &mut Conn,
    assignment: AssignmentId,
) -> Result<Option<HandOver>> {
    Ok(hand_overs::table
        .filter(hand_overs::assignment_id.eq(assignment))
        .filter(hand_overs::status.eq(HandOverStatus::Asked))
        .select(HandOver::as_select())
        .first(conn)
        .optional()?)
}

/// What this person was asked to take over, newest first.
pub(in crate::features::assignments) fn list_hand_overs_to(
    conn: &mut Conn,
    account: AccountId,
    limit: Limit,
    after: Option<&Cursor>,
) -> Result<Page<HandOver>> {
    let mut query = hand_overs::table.filter(hand_overs::account_id.eq(account)).into_boxed();
    if let Some(after) = after {
        query = query.filter(hand_overs::id.lt(HandOverId(after.id)));
    }
    let rows: Vec<HandOver> =
        query.order(hand_overs::id.desc()).limit(limit.rows_and_one()).select(HandOver::as_select()).load(conn)?;
    Ok(Page::cut(rows, limit, |row: &HandOver| Cursor::by_id(row.id)))
}

/// Questions that nobody answered in time, with their assignments.
pub(in crate::features::assignments) fn list_due_hand_overs(
    conn: &mut Conn,
    now: Timestamp,
    rows: i64,
) -> Result<Vec<HandOverId>> {
    Ok(hand_overs::table
        .filter(hand_overs::due_at.le(now))
        .order((hand_overs::due_at, hand_overs::id))
        .limit(rows)
        .select(hand_overs::id)
        .load(conn)?)
}

/// What this person was ever let into, oldest first.
pub(in crate::features::assignments) fn list_access_of(conn: &mut Conn, account: AccountId) -> Result<Vec<Access>> {
    Ok(access_grants::table
        .inner_join(assignments::table)
        .filter(assignments::account_id.eq(account))
        .order(access_grants::id)
        .select(Access::as_select())
        .load(conn)?)
}

/// What this person was ever asked to take over, oldest first.
pub(in crate::features::assignments) fn list_all_hand_overs_to(
    conn: &mut Conn,
    account: AccountId,
) -> Result<Vec<HandOver>> {
    Ok(hand_overs::table
        .filter(hand_overs::account_id.eq(account))
        .order(hand_overs::id)
        .select(HandOver::as_select())
        .load(conn)?)
}
