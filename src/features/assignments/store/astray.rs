//! Assignments that are not in step with what they stand on.

use crate::features::assignments::model::{AssignmentStatus, EndReason, LIVE};
use crate::features::needs::NeedStatus;
use crate::features::pledges::PledgeStatus;
use crate::features::projects::ProjectStatus;
use crate::infra::db::Conn;
use crate::infra::db::schema::{assignment_terms, assignments, memberships, needs, pledges, projects};
use crate::kernel::{AssignmentId, Result};
use diesel::prelude::*;

/// Some of those whose project, need, pledge or employer is not what it was; whether anything is to be done shows when they
/// are locked.
pub(in crate::features::assignments) fn list_astray(conn: &mut Conn, rows: i64) -> Result<Vec<AssignmentId>> {
    let mut found = of_projects(conn, rows)?;
    found.extend(of_needs(conn, rows)?);
    found.extend(of_terms(conn, rows)?);
    found.extend(of_pledges(conn, rows)?);
    found.extend(of_employers(conn, rows)?);
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

fn of_projects(conn: &mut Conn, rows: i64) -> Result<Vec<AssignmentId>> {
    let gone = [ProjectStatus::Archived, ProjectStatus::OptedOut];
    let suspended = AssignmentStatus::Suspended;
    Ok(assignments::table
        .inner_join(projects::table)
        .filter(assignments::status.eq_any(LIVE))
        .filter(
            projects::status
                .eq_any(gone)
                .or(projects::status.eq(ProjectStatus::Suspended).and(assignments::status.ne(suspended)))
                .or(projects::status.ne(ProjectStatus::Suspended).and(assignments::status.eq(suspended))),
        )
        .order(assignments::id)
        .limit(rows)
        .select(assignments::id)
        .load(conn)?)
}

fn of_needs(conn: &mut Conn, rows: i64) -> Result<Vec<AssignmentId>> {
    let done = [NeedStatus::Fulfilled, NeedStatus::Closed];
    let working = [AssignmentStatus::Active, AssignmentStatus::Overdue, AssignmentStatus::Paused];
    let to_end = LIVE.into_iter().filter(|status| *status != AssignmentStatus::Suspended);
    Ok(assignments::table
        .inner_join(needs::table)
        .filter(
            needs::status.eq(NeedStatus::Cancelled).and(assignments::status.eq_any(to_end)).or(needs::status
                .eq_any(done)
                .and(assignments::status.eq_any(working))
                .and(assignments::project_done_at.is_null())),
        )
        .order(assignments::id)
        .limit(rows)
        .select(assignments::id)
        .load(conn)?)
}

/// Those whose people were told of another agreement, or of another policy on AI, than the project's.
fn of_terms(conn: &mut Conn, rows: i64) -> Result<Vec<AssignmentId>> {
    let running = LIVE.into_iter().filter(|status| *status != AssignmentStatus::Suspended);
    Ok(assignments::table
        .inner_join(projects::table)
        .inner_join(assignment_terms::table)
        .filter(assignments::status.eq_any(running))
        .filter(projects::status.ne(ProjectStatus::Suspended))
        .filter(assignment_terms::cla.ne(projects::cla).or(assignment_terms::ai_policy.ne(projects::ai_policy)))
        .order(assignments::id)
        .limit(rows)
        .select(assignments::id)
        .load(conn)?)
}

fn of_pledges(conn: &mut Conn, rows: i64) -> Result<Vec<AssignmentId>> {
    let over = pledges::status.eq(PledgeStatus::Ended).and(assignments::ends_on.gt(pledges::ends_on));
    Ok(assignments::table
        .inner_join(pledges::table)
        .filter(assignments::status.eq_any(LIVE))
        .filter(assignments::notice_ends_at.is_null())
        .filter(pledges::withdraws_at.is_not_null().or(over))
        .order(assignments::id)
        .limit(rows)
        .select(assignments::id)
        .load(conn)?)
}

fn of_employers(conn: &mut Conn, rows: i64) -> Result<Vec<AssignmentId>> {
    let member = memberships::table
        .filter(memberships::account_id.eq(assignments::account_id))
        .filter(memberships::organization_id.nullable().eq(assignments::employer_id))
        .filter(memberships::until_at.is_null());
    let told = assignments::reason_code.eq(EndReason::LeftEmployer).assume_not_null();
    Ok(assignments::table
        .filter(assignments::status.eq_any(LIVE))
        .filter(assignments::pledge_id.is_not_null())
        .filter(assignments::reason_code.is_null().or(diesel::dsl::not(told)))
        .filter(diesel::dsl::not(diesel::dsl::exists(member)))
        .order(assignments::id)
        .limit(rows)
        .select(assignments::id)
        .load(conn)?)
}
