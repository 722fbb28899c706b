//! What matching weighs of projects, for many of them at once.

use crate::features::projects::model::{ProjectGist, ProjectStatus};
use crate::infra::db::schema::{project_maintainers, project_packages, project_skills, projects};
use crate::infra::db::{Among, Conn, among};
use crate::kernel::{AccountId, ProjectId, Result};
use diesel::prelude::*;

/// Every listed project, after this id, for loading them all in a stream.
pub fn list_listed(conn: &mut Conn, after: Option<ProjectId>, rows: i64) -> Result<Vec<ProjectGist>> {
    let mut query = projects::table.filter(projects::status.eq(ProjectStatus::Listed)).into_boxed();
    if let Some(after) = after {
        query = query.filter(projects::id.gt(after));
    }
    Ok(query.order(projects::id).limit(rows).select(ProjectGist::as_select()).load(conn)?)
}

/// The same of the projects with these ids, listed or not.
pub fn list_gists(conn: &mut Conn, ids: &[ProjectId]) -> Result<Vec<ProjectGist>> {
    Ok(projects::table.filter(projects::id.eq_any(ids)).select(ProjectGist::as_select()).load(conn)?)
}

/// Skills and free tags of these projects: languages first, then in each project's own order.
pub fn list_tags(conn: &mut Conn, whose: Among<'_, ProjectId>) -> Result<Vec<(ProjectId, String)>> {
    let order = (project_skills::is_language.desc(), project_skills::position, project_skills::skill);
    let query = project_skills::table.order(order).select((project_skills::project_id, project_skills::skill));
    Ok(among!(query.into_boxed(), project_skills::project_id, whose).load(conn)?)
}

/// Of which ecosystems the packages of these projects are, in each project's own order; one may come more than once.
pub fn list_ecosystems(conn: &mut Conn, whose: Among<'_, ProjectId>) -> Result<Vec<(ProjectId, String)>> {
    let query = project_packages::table
        .order((project_packages::position, project_packages::package))
        .select((project_packages::project_id, project_packages::ecosystem));
    Ok(among!(query.into_boxed(), project_packages::project_id, whose).load(conn)?)
}

/// Who is with these projects, verified or not.
pub fn list_their_maintainers(conn: &mut Conn, whose: Among<'_, ProjectId>) -> Result<Vec<(ProjectId, AccountId)>> {
    let query = project_maintainers::table
        .order((project_maintainers::project_id, project_maintainers::account_id))
        .select((project_maintainers::project_id, project_maintainers::account_id));
    Ok(among!(query.into_boxed(), project_maintainers::project_id, whose).load(conn)?)
}
