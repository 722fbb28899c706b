//! All queries on projects, their skills, packages and maintainers.

use super::model::{Maintainer, Project, ProjectPackage, ProjectRole};
use crate::infra::db::Conn;
use crate::infra::db::schema::{project_maintainers, project_packages, project_skills, projects};
use crate::kernel::{AccountId, Error, ProjectId, Result};
use diesel::prelude::*;
use std::collections::HashMap;

/// The project, or 404.
pub fn get_project(conn: &mut Conn, id: ProjectId) -> Result<Project> {
    let found = projects::table.find(id).select(Project::as_select()).first(conn).optional()?;
    found.ok_or_else(|| Error::not_found("project"))
}

/// The project with this slug, whoever may see it.
pub fn find_project_by_slug(conn: &mut Conn, slug: &str) -> Result<Option<Project>> {
    Ok(projects::table.filter(projects::slug.eq(slug)).select(Project::as_select()).first(conn).optional()?)
}

/// The project, kept from others' changes until the transaction ends; 404 when there is none. Lock before a need, a pledge
/// or a volunteer.
pub fn lock_project(conn: &mut Conn, id: ProjectId) -> Result<Project> {
    crate::infra::db::lock_row!(conn, projects::table.find(id).select(Project::as_select()))?
        .ok_or_else(|| Error::not_found("project"))
}

/// The projects with these ids, in no particular order.
pub fn list_projects_by_id(conn: &mut Conn, ids: &[ProjectId]) -> Result<Vec<Project>> {
    Ok(projects::table.filter(projects::id.eq_any(ids)).select(Project::as_select()).load(conn)?)
}

/// What the account is to the project, verified or not.
pub fn project_role(conn: &mut Conn, project_id: ProjectId, account_id: AccountId) -> Result<Option<ProjectRole>> {
    Ok(find_maintainer(conn, project_id, account_id)?.map(|row| row.role))
}

/// The account's place in the project.
pub fn find_maintainer(conn: &mut Conn, project_id: ProjectId, account_id: AccountId) -> Result<Option<Maintainer>> {
    Ok(project_maintainers::table
        .find((project_id, account_id))
        .select(Maintainer::as_select())
        .first(conn)
        .optional()?)
}

/// The people of the project, leads first, then by how long they are there.
pub fn list_maintainers(conn: &mut Conn, project_id: ProjectId) -> Result<Vec<Maintainer>> {
    Ok(project_maintainers::table
        .filter(project_maintainers::project_id.eq(project_id))
        .order((project_maintainers::role, project_maintainers::since, project_maintainers::account_id))
        .select(Maintainer::as_select())
        .load(conn)?)
}

/// Skills and free tags of these projects, languages first, in each project's own order.
pub fn list_project_skills(conn: &mut Conn, ids: &[ProjectId]) -> Result<HashMap<ProjectId, Vec<String>>> {
    let rows: Vec<(ProjectId, String)> = project_skills::table
        .filter(project_skills::project_id.eq_any(ids))
        .order((project_skills::is_language.desc(), project_skills::position, project_skills::skill))
        .select((project_skills::project_id, project_skills::skill))
        .load(conn)?;
    Ok(grouped(rows))
}

/// The packages that these projects publish, in each project's own order.
pub fn list_project_packages(conn: &mut Conn, ids: &[ProjectId]) -> Result<HashMap<ProjectId, Vec<ProjectPackage>>> {
    let rows: Vec<ProjectPackage> = project_packages::table
        .filter(project_packages::project_id.eq_any(ids))
        .order((project_packages::position, project_packages::package))
        .select(ProjectPackage::as_select())
        .load(conn)?;
    Ok(grouped(rows.into_iter().map(|row| (row.project_id, row)).collect()))
}

fn grouped<T>(rows: Vec<(ProjectId, T)>) -> HashMap<ProjectId, Vec<T>> {
    let mut groups: HashMap<ProjectId, Vec<T>> = HashMap::new();
    for (id, value) in rows {
        groups.entry(id).or_default().push(value);
    }
    groups
}
