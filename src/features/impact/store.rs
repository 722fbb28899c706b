//! All queries of the reports: rows in a stream, so that however many there are, few are held at a time.

use crate::features::pledges::ledger::EntryKind;
use crate::features::time_entries::TimeEntryStatus;
use crate::infra::db::Conn;
use crate::infra::db::schema::{assignments, ledger_entries, needs, pledges, time_entries};
use crate::kernel::{
    AccountId, AssignmentId, EntityId, LedgerEntryId, NeedKind, OrganizationId, ProjectId, Result, TimeEntryId,
    Timestamp,
};
use chrono::NaiveDate;
use diesel::dsl::sum;
use diesel::prelude::*;
use std::collections::HashMap;

/// Rows read at a time.
const BATCH: i64 = 2_000;

/// Whose work is reported.
#[derive(Debug, Clone, Copy)]
pub(super) enum Whose {
    Organization(OrganizationId),
    Project(ProjectId),
    Volunteer(AccountId),
}

/// Days, both included.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Days {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

/// Logged work with what it was for.
#[derive(Debug, Clone, Queryable)]
pub(super) struct WorkRow {
    pub id: TimeEntryId,
    pub project_id: ProjectId,
    pub account_id: AccountId,
    pub employer_id: Option<OrganizationId>,
    pub kind: NeedKind,
    pub worked_on: NaiveDate,
    pub status: TimeEntryStatus,
    pub minutes: i32,
    pub confirmed_minutes: i32,
    pub confirmed_auto: bool,
    pub delivered_minutes: i32,
    pub pledged_minutes: i32,
}

/// Hands every row of logged work to `take`.
pub(super) fn each_work(conn: &mut Conn, whose: Whose, days: Days, mut take: impl FnMut(WorkRow)) -> Result<()> {
    let mut after: Option<TimeEntryId> = None;
    loop {
        let mut query =
            time_entries::table.inner_join(needs::table.on(needs::id.eq(time_entries::need_id))).into_boxed();
        query = match whose {
            Whose::Organization(id) => query.filter(time_entries::employer_id.eq(id)),
            Whose::Project(id) => query.filter(time_entries::project_id.eq(id)),
            Whose::Volunteer(id) => query.filter(time_entries::account_id.eq(id)),
        };
        if let Some(from) = days.from {
            query = query.filter(time_entries::worked_on.ge(from));
        }
        if let Some(to) = days.to {
            query = query.filter(time_entries::worked_on.le(to));
        }
        if let Some(after) = after {
            query = query.filter(time_entries::id.gt(after));
        }
        let rows: Vec<WorkRow> = query
            .order(time_entries::id)
            .limit(BATCH)
            .select((
                time_entries::id,
                time_entries::project_id,
                time_entries::account_id,
                time_entries::employer_id,
                needs::kind,
                time_entries::worked_on,
                time_entries::status,
                time_entries::minutes,
                time_entries::confirmed_minutes,
                time_entries::confirmed_auto,
                time_entries::delivered_minutes,
                time_entries::pledged_minutes,
            ))
            .load(conn)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = Some(last.id);
        rows.into_iter().for_each(&mut take);
    }
}

/// A movement of an organization's pledges.
#[derive(Debug, Clone, Queryable)]
pub(super) struct LedgerRow {
    pub id: LedgerEntryId,
    pub kind: EntryKind,
    pub minutes: i64,
    pub reference: Option<EntityId>,
    pub at: Timestamp,
}

/// Hands the movements of an organization's pledges to `take`, some at a time, oldest first.
pub(super) fn each_movement(
    conn: &mut Conn,
    organization: OrganizationId,
    days: Days,
    mut take: impl FnMut(&mut Conn, Vec<LedgerRow>) -> Result<()>,
) -> Result<()> {
    let start = |day: NaiveDate| Timestamp::from(day.and_time(chrono::NaiveTime::MIN).and_utc());
    let mut after: Option<LedgerEntryId> = None;
    loop {
        let mut query = ledger_entries::table
            .inner_join(pledges::table)
            .filter(pledges::organization_id.eq(organization))
            .into_boxed();
        if let Some(from) = days.from {
            query = query.filter(ledger_entries::at.ge(start(from)));
        }
        if let Some(next) = days.to.and_then(|to| to.succ_opt()) {
            query = query.filter(ledger_entries::at.lt(start(next)));
        }
        if let Some(after) = after {
            query = query.filter(ledger_entries::id.gt(after));
        }
        let rows: Vec<LedgerRow> = query
            .order(ledger_entries::id)
            .limit(BATCH)
            .select((
                ledger_entries::id,
                ledger_entries::kind,
                ledger_entries::minutes,
                ledger_entries::reference,
                ledger_entries::at,
            ))
            .load(conn)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = Some(last.id);
        take(conn, rows)?;
    }
}

/// What these assignments are for: project, person and kind of work.
pub(super) fn list_purposes(
    conn: &mut Conn,
    ids: &[AssignmentId],
) -> Result<HashMap<AssignmentId, (ProjectId, AccountId, NeedKind)>> {
    let mut found = HashMap::new();
    for ids in ids.chunks(500) {
        let rows: Vec<(AssignmentId, ProjectId, AccountId, NeedKind)> = assignments::table
            .inner_join(needs::table)
            .filter(assignments::id.eq_any(ids))
            .select((assignments::id, assignments::project_id, assignments::account_id, needs::kind))
            .load(conn)?;
        found.extend(rows.into_iter().map(|(id, project, account, kind)| (id, (project, account, kind))));
    }
    Ok(found)
}

/// Minutes that the project itself confirmed: without those that counted for lack of an answer.
pub(super) fn confirmed_by_project(conn: &mut Conn, whose: Whose) -> Result<i64> {
    let query = time_entries::table.filter(time_entries::confirmed_auto.eq(false)).into_boxed();
    let minutes: Option<i64> = match whose {
        Whose::Organization(id) => {
            query.filter(time_entries::employer_id.eq(id)).select(sum(time_entries::pledged_minutes)).first(conn)?
        }
        Whose::Project(id) => {
            query.filter(time_entries::project_id.eq(id)).select(sum(time_entries::confirmed_minutes)).first(conn)?
        }
        Whose::Volunteer(id) => {
            query.filter(time_entries::account_id.eq(id)).select(sum(time_entries::confirmed_minutes)).first(conn)?
        }
    };
    Ok(minutes.unwrap_or(0))
}
