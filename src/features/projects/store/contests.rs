//! How critical projects were said to be, and their objections to that.

use crate::features::projects::model::{Contest, ContestStatus, CriticalityScore, Project};
use crate::infra::db::schema::{accounts, criticality_contests, project_criticality_scores, projects};
use crate::infra::db::{Conn, each, lock_row};
use crate::kernel::{AccountId, Allowed, ContestId, Cursor, Error, Limit, Page, ProjectId, Result, ScoreId, Timestamp};
use diesel::prelude::*;

/// At most some hundred at once.
pub(in crate::features::projects) fn insert_scores(conn: &mut Conn, rows: &[CriticalityScore]) -> Result<()> {
    if !rows.is_empty() {
        each!(conn, c => diesel::insert_into(project_criticality_scores::table).values(rows).execute(c))?;
    }
    Ok(())
}

/// Every score and decision, the newest first, with the handle of whoever decided.
pub(in crate::features::projects) fn list_scores(
    conn: &mut Conn,
    id: ProjectId,
    limit: Limit,
    after: Option<&Cursor>,
) -> Result<Page<(CriticalityScore, Option<String>)>> {
    let mut query = project_criticality_scores::table
        .left_join(accounts::table)
        .filter(project_criticality_scores::project_id.eq(id))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(project_criticality_scores::id.lt(ScoreId(after.id)));
    }
    let rows = query
        .order(project_criticality_scores::id.desc())
        .limit(limit.rows_and_one())
        .select((CriticalityScore::as_select(), accounts::handle.nullable()))
        .load(conn)?;
    Ok(Page::cut(rows, limit, |(row, _): &(CriticalityScore, Option<String>)| Cursor::by_id(row.id)))
}

/// The newest score that a formula made, which counts again when a decision is lifted.
pub(in crate::features::projects) fn find_last_formula(
    conn: &mut Conn,
    id: ProjectId,
) -> Result<Option<CriticalityScore>> {
    Ok(project_criticality_scores::table
        .filter(project_criticality_scores::project_id.eq(id))
        .filter(project_criticality_scores::is_decision.eq(false))
        .order(project_criticality_scores::id.desc())
        .select(CriticalityScore::as_select())
        .first(conn)
        .optional()?)
}

pub(in crate::features::projects) fn insert_contest(conn: &mut Conn, row: &Contest) -> Result<()> {
    diesel::insert_into(criticality_contests::table).values(row).execute(conn)?;
    Ok(())
}

/// The project's objection that waits for an answer.
pub(in crate::features::projects) fn find_open_contest(conn: &mut Conn, id: ProjectId) -> Result<Option<Contest>> {
    Ok(criticality_contests::table
        .filter(criticality_contests::project_id.eq(id))
        .filter(criticality_contests::status.eq(ContestStatus::Open))
        .select(Contest::as_select())
        .first(conn)
        .optional()?)
}

/// The project's objection with this id, kept from others' changes; lock its project first.
pub(in crate::features::projects) fn lock_contest(
    conn: &mut Conn,
    project: ProjectId,
    id: ContestId,
) -> Result<Contest> {
    lock_row!(
        conn,
        criticality_contests::table
            .find(id)
            .filter(criticality_contests::project_id.eq(project))
            .select(Contest::as_select())
    )?
    .ok_or_else(|| Error::not_found("objection"))
}

/// The project's objection with this id and the handle of whoever made it, or 404.
pub(in crate::features::projects) fn get_contest(
    conn: &mut Conn,
    project: ProjectId,
    id: ContestId,
) -> Result<(Contest, String)> {
    let found = criticality_contests::table
        .inner_join(accounts::table)
        .filter(criticality_contests::id.eq(id))
        .filter(criticality_contests::project_id.eq(project))
        .select((Contest::as_select(), accounts::handle))
        .first(conn)
        .optional()?;
    found.ok_or_else(|| Error::not_found("objection"))
}

/// All objections of a project, the newest first, with the handle of whoever made it.
pub(in crate::features::projects) fn list_contests(
    conn: &mut Conn,
    id: ProjectId,
    limit: Limit,
    after: Option<&Cursor>,
) -> Result<Page<(Contest, String)>> {
    let mut query = criticality_contests::table
        .inner_join(accounts::table)
        .filter(criticality_contests::project_id.eq(id))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(criticality_contests::id.lt(ContestId(after.id)));
    }
    let rows = query
        .order(criticality_contests::id.desc())
        .limit(limit.rows_and_one())
        .select((Contest::as_select(), accounts::handle))
        .load(conn)?;
    Ok(Page::cut(rows, limit, |(row, _): &(Contest, String)| Cursor::by_id(row.id)))
}

/// Where a locked objection stands from now on.
pub(in crate::features::projects) fn move_contest(
    conn: &mut Conn,
    _project: &Allowed<Project>,
    contest: &Contest,
    to: ContestStatus,
    answered: Option<(&str, AccountId, Timestamp)>,
) -> Result<()> {
    use criticality_contests::dsl;
    diesel::update(dsl::criticality_contests.find(contest.id))
        .set((
            dsl::status.eq(to),
            dsl::answer.eq(answered.map(|(text, _, _)| text.to_owned())),
            dsl::answered_by.eq(answered.map(|(_, by, _)| by)),
            dsl::answered_at.eq(answered.map(|(_, _, at)| at)),
            dsl::version.eq(contest.version + 1),
        ))
        .execute(conn)?;
    Ok(())
}

/// What this person objected to, oldest first, with the project's slug.
pub(in crate::features::projects) fn list_contests_by(
    conn: &mut Conn,
    account: AccountId,
) -> Result<Vec<(Contest, String)>> {
    Ok(criticality_contests::table
        .inner_join(projects::table)
        .filter(criticality_contests::opened_by.eq(account))
        .order(criticality_contests::id)
        .select((Contest::as_select(), projects::slug))
        .load(conn)?)
}
