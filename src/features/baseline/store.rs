//! All queries on assessments.

use super::model::{Assessment, NeedLink, Standing};
use crate::features::projects::Project;
use crate::infra::db::schema::{accounts, baseline_assessments, baseline_needs, project_baselines, projects};
use crate::infra::db::{BothExt as _, Conn, each};
use crate::kernel::{AccountId, Allowed, AssessmentId, Cursor, Limit, NeedId, Page, ProjectId, Result, Timestamp};
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) fn find_standing(conn: &mut Conn, id: ProjectId) -> Result<Option<Standing>> {
    Ok(project_baselines::table.find(id).select(Standing::as_select()).first(conn).optional()?)
}

/// Writes where the project stands, whether it stood anywhere before or not.
pub(super) fn put_standing(conn: &mut Conn, row: &Standing) -> Result<()> {
    diesel::insert_into(project_baselines::table)
        .values(row)
        .on_conflict(project_baselines::project_id)
        .do_update()
        .set((
            project_baselines::level.eq(row.level),
            project_baselines::met.eq(row.met),
            project_baselines::applicable.eq(row.applicable),
            project_baselines::version.eq(row.version),
            project_baselines::updated_at.eq(row.updated_at),
        ))
        .both()
        .execute(conn)?;
    Ok(())
}

/// What counts now, with the handle of whoever said so.
pub(super) fn list_current(conn: &mut Conn, id: ProjectId) -> Result<Vec<(Assessment, Option<String>)>> {
    Ok(baseline_assessments::table
        .left_join(accounts::table)
        .filter(baseline_assessments::project_id.eq(id))
        .filter(baseline_assessments::is_current.eq(true))
        .order(baseline_assessments::requirement)
        .select((Assessment::as_select(), accounts::handle.nullable()))
        .load(conn)?)
}

/// Which answers of a project's history.
#[derive(Debug)]
pub(super) struct Filter {
    pub requirement: Option<String>,
    pub limit: Limit,
    pub after: Option<Cursor>,
}

/// Every answer, the newest first.
pub(super) fn list_history(
    conn: &mut Conn,
    id: ProjectId,
    filter: &Filter,
) -> Result<Page<(Assessment, Option<String>)>> {
    let mut query = baseline_assessments::table
        .left_join(accounts::table)
        .filter(baseline_assessments::project_id.eq(id))
        .into_boxed();
    if let Some(requirement) = &filter.requirement {
        query = query.filter(baseline_assessments::requirement.eq(requirement.clone()));
    }
    if let Some(after) = &filter.after {
        query = query.filter(baseline_assessments::id.lt(AssessmentId(after.id)));
    }
    let rows = query
        .order(baseline_assessments::id.desc())
        .limit(filter.limit.rows_and_one())
        .select((Assessment::as_select(), accounts::handle.nullable()))
        .load(conn)?;
    Ok(Page::cut(rows, filter.limit, |(row, _): &(Assessment, Option<String>)| Cursor::by_id(row.id)))
}

/// Puts these in place of what counted for their requirements; the project must be locked.
pub(super) fn supersede(conn: &mut Conn, project: &Allowed<Project>, rows: &[Assessment]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let requirements: Vec<&str> = rows.iter().map(|row| row.requirement.as_str()).collect();
    let replaced = baseline_assessments::table
        .filter(baseline_assessments::project_id.eq(project.id))
        .filter(baseline_assessments::is_current.eq(true))
        .filter(baseline_assessments::requirement.eq_any(requirements));
    diesel::update(replaced).set(baseline_assessments::is_current.eq(false)).execute(conn)?;
    each!(conn, c => diesel::insert_into(baseline_assessments::table).values(rows).execute(c))?;
    Ok(())
}

/// Notes that what counts for this requirement has to be looked at again; says whether there was anything.
pub(super) fn ask_again(conn: &mut Conn, id: ProjectId, requirement: &str, now: Timestamp) -> Result<bool> {
    let current = baseline_assessments::table
        .filter(baseline_assessments::project_id.eq(id))
        .filter(baseline_assessments::requirement.eq(requirement))
        .filter(baseline_assessments::is_current.eq(true))
        .filter(baseline_assessments::asked_again_at.is_null());
    Ok(diesel::update(current).set(baseline_assessments::asked_again_at.eq(now)).execute(conn)? > 0)
}

/// A standing that has changed without its figures changing is a new version as well.
pub(super) fn touch_standing(conn: &mut Conn, id: ProjectId, now: Timestamp) -> Result<()> {
    diesel::update(project_baselines::table.find(id))
        .set((project_baselines::version.eq(project_baselines::version + 1), project_baselines::updated_at.eq(now)))
        .execute(conn)?;
    Ok(())
}

pub(super) fn insert_link(conn: &mut Conn, row: &NeedLink) -> Result<()> {
    diesel::insert_into(baseline_needs::table).values(row).execute(conn)?;
    Ok(())
}

/// The requirement that this need was stated for.
pub(super) fn find_link(conn: &mut Conn, need: NeedId) -> Result<Option<NeedLink>> {
    Ok(baseline_needs::table.find(need).select(NeedLink::as_select()).first(conn).optional()?)
}

/// The needs that were stated for requirements of this project, by requirement, oldest first.
pub(super) fn list_links(conn: &mut Conn, id: ProjectId) -> Result<HashMap<String, Vec<NeedId>>> {
    let rows: Vec<(String, NeedId)> = baseline_needs::table
        .filter(baseline_needs::project_id.eq(id))
        .order(baseline_needs::need_id)
        .select((baseline_needs::requirement, baseline_needs::need_id))
        .load(conn)?;
    let mut links: HashMap<String, Vec<NeedId>> = HashMap::new();
    for (requirement, need) in rows {
        links.entry(requirement).or_default().push(need);
    }
    Ok(links)
}

/// What this person said, oldest first, with the project's slug.
pub(super) fn list_by(conn: &mut Conn, account: AccountId) -> Result<Vec<(Assessment, String)>> {
    Ok(baseline_assessments::table
        .inner_join(projects::table)
        .filter(baseline_assessments::assessed_by.eq(account))
        .order(baseline_assessments::id)
        .select((Assessment::as_select(), projects::slug))
        .load(conn)?)
}
