//! All queries on reports, appeals and suspensions.

use super::model::{Report, ReportCode, ReportKind, ReportStatus, SubjectKind, Suspension, Verdict};
use crate::infra::db::schema::{memberships, needs, project_maintainers, reports, suspensions};
use crate::infra::db::{Conn, lock_row};
use crate::kernel::{
    AccountId, Allowed, Cursor, EntityId, Error, Limit, Page, ReportId, Result, SuspensionId, Timestamp,
};
use diesel::dsl::not;
use diesel::prelude::*;

pub(super) fn insert_report(conn: &mut Conn, report: &Report) -> Result<()> {
    diesel::insert_into(reports::table).values(report).execute(conn)?;
    Ok(())
}

/// The report, or 404.
pub(super) fn get_report(conn: &mut Conn, id: ReportId) -> Result<Report> {
    let found = reports::table.find(id).select(Report::as_select()).first(conn).optional()?;
    found.ok_or_else(|| Error::not_found("report"))
}

/// The same, kept from others' changes until the transaction ends.
pub(super) fn lock_report(conn: &mut Conn, id: ReportId) -> Result<Report> {
    lock_row!(conn, reports::table.find(id).select(Report::as_select()))?.ok_or_else(|| Error::not_found("report"))
}

/// What to list.
#[derive(Debug)]
pub(super) struct Filter {
    pub status: Option<ReportStatus>,
    pub kind: Option<ReportKind>,
    pub subject_kind: Option<SubjectKind>,
    pub code: Option<ReportCode>,
    pub limit: Limit,
    pub after: Option<Cursor>,
}

/// The queue, the longest waiting first, without what concerns this moderator.
pub(super) fn list_queue(conn: &mut Conn, reader: AccountId, filter: &Filter) -> Result<Page<Report>> {
    let projects = || {
        project_maintainers::table
            .filter(project_maintainers::account_id.eq(reader))
            .select(project_maintainers::project_id)
    };
    let organizations = memberships::table
        .filter(memberships::account_id.eq(reader))
        .filter(memberships::until_at.is_null())
        .select(memberships::organization_id);
    let of_projects = needs::table.filter(needs::project_id.eq_any(projects())).select(needs::id);
    let mut query = reports::table
        .filter(reports::subject_id.ne(EntityId::from(reader)))
        .filter(not(reports::subject_id.eq_any(projects())))
        .filter(not(reports::subject_id.eq_any(of_projects)))
        .filter(not(reports::subject_id.eq_any(organizations)))
        .into_boxed();
    if let Some(status) = filter.status {
        query = query.filter(reports::status.eq(status));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(reports::kind.eq(kind));
    }
    if let Some(kind) = filter.subject_kind {
        query = query.filter(reports::subject_kind.eq(kind));
    }
    if let Some(code) = filter.code {
        query = query.filter(reports::code.eq(code));
    }
    if let Some(after) = &filter.after {
        query = query.filter(reports::id.gt(ReportId(after.id)));
    }
    let rows = query.order(reports::id).limit(filter.limit.rows_and_one()).select(Report::as_select()).load(conn)?;
    Ok(Page::cut(rows, filter.limit, |row: &Report| Cursor::by_id(row.id)))
}

/// What this person wrote, newest first.
pub(super) fn list_by_author(
    conn: &mut Conn,
    author: AccountId,
    limit: Limit,
    after: Option<&Cursor>,
) -> Result<Page<Report>> {
    let mut query = reports::table.filter(reports::author_id.eq(author)).into_boxed();
    if let Some(after) = after {
        query = query.filter(reports::id.lt(ReportId(after.id)));
    }
    let rows = query.order(reports::id.desc()).limit(limit.rows_and_one()).select(Report::as_select()).load(conn)?;
    Ok(Page::cut(rows, limit, |row: &Report| Cursor::by_id(row.id)))
}

/// The same, all of it.
pub(super) fn list_all_by_author(conn: &mut Conn, author: AccountId) -> Result<Vec<Report>> {
    let theirs = reports::table.filter(reports::author_id.eq(author)).order(reports::id);
    Ok(theirs.select(Report::as_select()).load(conn)?)
}

/// Whether the person's report on this waits for a moderator.
pub(super) fn has_open_report(conn: &mut Conn, author: AccountId, kind: SubjectKind, id: EntityId) -> Result<bool> {
    let open: i64 = reports::table
        .filter(reports::author_id.eq(author))
        .filter(reports::kind.eq(ReportKind::Report))
        .filter(reports::status.eq(ReportStatus::Open))
        .filter(reports::subject_kind.eq(kind))
        .filter(reports::subject_id.eq(id))
        .count()
        .get_result(conn)?;
    Ok(open > 0)
}

/// When the person made reports since then, the first one first.
pub(super) fn list_times_since(conn: &mut Conn, author: AccountId, since: Timestamp) -> Result<Vec<Timestamp>> {
    Ok(reports::table
        .filter(reports::author_id.eq(author))
        .filter(reports::kind.eq(ReportKind::Report))
        .filter(reports::opened_at.gt(since))
        .order(reports::opened_at)
        .select(reports::opened_at)
        .load(conn)?)
}

/// The appeal against this suspension that waits for a moderator.
pub(super) fn find_open_appeal(conn: &mut Conn, id: SuspensionId) -> Result<Option<Report>> {
    Ok(reports::table
        .filter(reports::suspension_id.eq(id))
        .filter(reports::status.eq(ReportStatus::Open))
        .select(Report::as_select())
        .first(conn)
        .optional()?)
}

/// Writes what was decided.
pub(super) fn decide_report(conn: &mut Conn, report: &Allowed<Report>, verdict: &Verdict<'_>) -> Result<()> {
    let text = if verdict.forget { "" } else { report.text.as_str() };
    diesel::update(reports::table.find(report.id))
        .set((
            reports::status.eq(verdict.to),
            reports::decided_at.eq(verdict.at),
            reports::decided_by.eq(verdict.by),
            reports::decision.eq(verdict.decision),
            reports::text.eq(text),
            reports::version.eq(report.version + 1),
        ))
        .execute(conn)?;
    Ok(())
}

/// Forgets the words of this person's reports that were decided.
pub(super) fn forget_texts(conn: &mut Conn, author: AccountId) -> Result<()> {
    diesel::update(reports::table)
        .filter(reports::author_id.eq(author))
        .filter(reports::status.ne(ReportStatus::Open))
        .set(reports::text.eq(""))
        .execute(conn)?;
    Ok(())
}

pub(super) fn insert_suspension(conn: &mut Conn, suspension: &Suspension) -> Result<()> {
    diesel::insert_into(suspensions::table).values(suspension).execute(conn)?;
    Ok(())
}

/// The suspension, or 404.
pub(super) fn get_suspension(conn: &mut Conn, id: SuspensionId) -> Result<Suspension> {
    let found = suspensions::table.find(id).select(Suspension::as_select()).first(conn).optional()?;
    found.ok_or_else(|| Error::not_found("suspension"))
}

/// The suspension that lasts, if any.
pub(super) fn find_open_suspension(conn: &mut Conn, kind: SubjectKind, id: EntityId) -> Result<Option<Suspension>> {
    Ok(suspensions::table
        .filter(suspensions::subject_kind.eq(kind))
        .filter(suspensions::subject_id.eq(id))
        .filter(suspensions::ended_at.is_null())
        .select(Suspension::as_select())
        .first(conn)
        .optional()?)
}

/// The suspension whose token has this hash.
pub(super) fn find_suspension_by_hash(conn: &mut Conn, hash: &str) -> Result<Option<Suspension>> {
    let found = suspensions::table.filter(suspensions::appeal_hash.eq(hash));
    Ok(found.select(Suspension::as_select()).first(conn).optional()?)
}

/// All suspensions of this person's account and profile, the first one first.
pub(super) fn list_suspensions_of(conn: &mut Conn, person: AccountId) -> Result<Vec<Suspension>> {
    Ok(suspensions::table
        .filter(suspensions::subject_id.eq(EntityId::from(person)))
        .order(suspensions::id)
        .select(Suspension::as_select())
        .load(conn)?)
}

/// Keeps that the suspension was appealed; false when it was already, or has ended.
pub(super) fn mark_appealed(conn: &mut Conn, id: SuspensionId, now: Timestamp) -> Result<bool> {
    let open =
        suspensions::table.find(id).filter(suspensions::appealed_at.is_null()).filter(suspensions::ended_at.is_null());
    Ok(diesel::update(open).set(suspensions::appealed_at.eq(now)).execute(conn)? == 1)
}

/// The suspension is over.
pub(super) fn end_suspension(
    conn: &mut Conn,
    id: SuspensionId,
    by: AccountId,
    reason: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    diesel::update(suspensions::table.find(id))
        .set((suspensions::ended_at.eq(now), suspensions::ended_by.eq(by), suspensions::ended_reason.eq(reason)))
        .execute(conn)?;
    Ok(())
}
