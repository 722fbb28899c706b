//! All queries on assignments.

mod access;
mod astray;
mod parts;
mod sums;

pub(super) use access::{
    find_open_hand_over, get_hand_over, insert_access, insert_approval, insert_hand_over, list_access, list_access_in,
    list_access_of, list_alerts, list_all_hand_overs_to, list_approvals, list_due_hand_overs, list_hand_overs_to,
    lock_access, update_access, update_hand_over,
};
pub(super) use astray::list_astray;
pub(super) use parts::{
    clear_words, close_spell, drop_open_task, find_terms, insert_check_in, insert_tasks, insert_terms, list_check_ins,
    list_check_ins_of, list_spells, list_spells_of, list_tasks, open_spell, tick_task, update_terms,
};
pub use sums::hours_of_pledge;
pub(super) use sums::{Of, live_hours, pending_minutes};
pub use sums::{Promise, list_given_hours, list_promises};

use super::model::{Assignment, AssignmentStatus, LIVE};
use crate::features::needs::Need;
use crate::features::projects::Project;
use crate::infra::db::schema::{assignments, needs, projects};
use crate::infra::db::{Conn, lock_row};
use crate::kernel::{
    AccountId, AssignmentId, Cursor, Error, Limit, NeedId, OrganizationId, Page, ProjectId, Result, Timestamp,
};
use diesel::prelude::*;

/// The assignment, or 404.
pub fn get_assignment(conn: &mut Conn, id: AssignmentId) -> Result<Assignment> {
    let found = assignments::table.find(id).select(Assignment::as_select()).first(conn).optional()?;
    found.ok_or_else(|| Error::not_found("assignment"))
}

/// The assignment, kept from others' changes until the transaction ends; 404 when there is none. Lock its project and need
/// before, its pledge and volunteer after.
pub fn lock_assignment(conn: &mut Conn, id: AssignmentId) -> Result<Assignment> {
    lock_row!(conn, assignments::table.find(id).select(Assignment::as_select()))?
        .ok_or_else(|| Error::not_found("assignment"))
}

pub(super) fn insert_assignment(conn: &mut Conn, row: &Assignment) -> Result<()> {
    diesel::insert_into(assignments::table).values(row).execute(conn)?;
    Ok(())
}

/// Writes the whole row anew.
pub(super) fn update_assignment(conn: &mut Conn, row: &Assignment) -> Result<()> {
    diesel::update(assignments::table.find(row.id)).set(row).execute(conn)?;
    Ok(())
}

/// Counts minutes that the project confirmed; below zero where a confirmation is reversed. The assignment must be locked.
pub fn count_confirmed(conn: &mut Conn, assignment: &Assignment, minutes: i64) -> Result<()> {
    diesel::update(assignments::table.find(assignment.id))
        .set(assignments::confirmed_minutes.eq(assignments::confirmed_minutes + minutes))
        .execute(conn)?;
    Ok(())
}

/// Notes that the pledge's ledger holds so many minutes less for it; below zero where more was reserved. The assignment must
/// be locked.
pub fn spend_reserved(conn: &mut Conn, assignment: &Assignment, minutes: i64) -> Result<()> {
    diesel::update(assignments::table.find(assignment.id))
        .set(assignments::reserved_minutes.eq(assignments::reserved_minutes - minutes))
        .execute(conn)?;
    Ok(())
}

/// Whether anybody is at work on the need.
pub(super) fn has_live(conn: &mut Conn, need: NeedId) -> Result<bool> {
    let found: Option<AssignmentId> = assignments::table
        .filter(assignments::need_id.eq(need))
        .filter(assignments::status.eq_any(LIVE))
        .select(assignments::id)
        .first(conn)
        .optional()?;
    Ok(found.is_some())
}

/// What to list.
#[derive(Debug)]
pub(super) struct Listing {
    pub statuses: Vec<AssignmentStatus>,
    pub limit: Limit,
    pub after: Option<Cursor>,
}

/// Whose assignments.
#[derive(Debug, Clone, Copy)]
pub(super) enum Whose {
    Volunteer(AccountId),
    Project(ProjectId),
    /// Those in this organization's time.
    Employer(OrganizationId),
}

/// An assignment with its need and project.
pub(super) type Row = (Assignment, Need, Project);

pub(super) fn list_assignments(conn: &mut Conn, whose: Whose, filter: &Listing) -> Result<Page<Row>> {
    let mut query = assignments::table.inner_join(needs::table.inner_join(projects::table)).into_boxed();
    query = match whose {
        Whose::Volunteer(id) => query.filter(assignments::account_id.eq(id)),
        Whose::Project(id) => query.filter(assignments::project_id.eq(id)),
        Whose::Employer(id) => {
            query.filter(assignments::employer_id.eq(id)).filter(assignments::pledge_id.is_not_null())
        }
    };
    if !filter.statuses.is_empty() {
        query = query.filter(assignments::status.eq_any(filter.statuses.clone()));
    }
    if let Some(after) = &filter.after {
        query = query.filter(assignments::id.lt(AssignmentId(after.id)));
    }
    let rows: Vec<Row> = query
        .order(assignments::id.desc())
        .limit(filter.limit.rows_and_one())
        .select((Assignment::as_select(), Need::as_select(), Project::as_select()))
        .load(conn)?;
    Ok(Page::cut(rows, filter.limit, |(row, _, _): &Row| Cursor::by_id(row.id)))
}

/// The newest assignments of this person, each with its need and project.
pub fn list_latest(conn: &mut Conn, account: AccountId, rows: i64) -> Result<Vec<(Assignment, Need, Project)>> {
    let rows: Vec<Row> = assignments::table
        .inner_join(needs::table.inner_join(projects::table))
        .filter(assignments::account_id.eq(account))
        .order(assignments::id.desc())
        .limit(rows)
        .select((Assignment::as_select(), Need::as_select(), Project::as_select()))
        .load(conn)?;
    Ok(rows)
}

/// Every assignment that this person ever had, oldest first.
pub fn list_of_account(conn: &mut Conn, account: AccountId) -> Result<Vec<Assignment>> {
    Ok(assignments::table
        .filter(assignments::account_id.eq(account))
        .order(assignments::id)
        .select(Assignment::as_select())
        .load(conn)?)
}

/// Assignments to which something is due, those that wait longest first.
pub(super) fn list_due(conn: &mut Conn, now: Timestamp, rows: i64) -> Result<Vec<AssignmentId>> {
    Ok(assignments::table
        .filter(assignments::due_at.le(now))
        .order((assignments::due_at, assignments::id))
        .limit(rows)
        .select(assignments::id)
        .load(conn)?)
}
