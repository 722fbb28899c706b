//! Changes to projects' rows.

use crate::features::projects::model::{
    Maintainer, Project, ProjectChanges, ProjectPackage, ProjectRole, ProjectSkill,
};
use crate::infra::db::schema::{project_maintainers, project_packages, project_skills, projects};
use crate::infra::db::{Conn, each};
use crate::kernel::{AccountId, Allowed, ProjectId, Result, Timestamp};
use diesel::prelude::*;

pub(in crate::features::projects) fn insert_project(conn: &mut Conn, project: &Project) -> Result<()> {
    diesel::insert_into(projects::table).values(project).execute(conn)?;
    Ok(())
}

/// At most some thousand at once.
pub(in crate::features::projects) fn insert_packages(conn: &mut Conn, rows: &[ProjectPackage]) -> Result<()> {
    if !rows.is_empty() {
        each!(conn, c => diesel::insert_into(project_packages::table).values(rows).execute(c))?;
    }
    Ok(())
}

/// At most some thousand at once.
pub(in crate::features::projects) fn insert_skills(conn: &mut Conn, rows: &[ProjectSkill]) -> Result<()> {
    if !rows.is_empty() {
        each!(conn, c => diesel::insert_into(project_skills::table).values(rows).execute(c))?;
    }
    Ok(())
}

pub(in crate::features::projects) fn replace_packages(
    conn: &mut Conn,
    project: &Allowed<Project>,
    rows: &[ProjectPackage],
) -> Result<()> {
    diesel::delete(project_packages::table.filter(project_packages::project_id.eq(project.id))).execute(conn)?;
    insert_packages(conn, rows)
}

pub(in crate::features::projects) fn replace_skills(
    conn: &mut Conn,
    project: &Allowed<Project>,
    rows: &[ProjectSkill],
) -> Result<()> {
    diesel::delete(project_skills::table.filter(project_skills::project_id.eq(project.id))).execute(conn)?;
    insert_skills(conn, rows)
}

/// Changes a locked project; its version rises.
pub(in crate::features::projects) fn update_project(
    conn: &mut Conn,
    project: &Allowed<Project>,
    changes: &ProjectChanges,
    now: Timestamp,
) -> Result<()> {
    diesel::update(projects::table.find(project.id))
        .set((changes, projects::version.eq(project.version + 1), projects::updated_at.eq(now)))
        .execute(conn)?;
    Ok(())
}

pub(in crate::features::projects) fn insert_maintainer(conn: &mut Conn, row: &Maintainer) -> Result<()> {
    diesel::insert_into(project_maintainers::table).values(row).execute(conn)?;
    Ok(())
}

/// The leads who said so are known to be leads from now on.
pub(in crate::features::projects) fn verify_leads(
    conn: &mut Conn,
    project: &Allowed<Project>,
    now: Timestamp,
) -> Result<()> {
    let candidates = project_maintainers::table
        .filter(project_maintainers::project_id.eq(project.id))
        .filter(project_maintainers::role.eq(ProjectRole::Lead))
        .filter(project_maintainers::verified_at.is_null());
    diesel::update(candidates)
        .set((project_maintainers::verified_at.eq(now), project_maintainers::reminders.eq(0)))
        .execute(conn)?;
    Ok(())
}

pub(in crate::features::projects) fn delete_maintainer(
    conn: &mut Conn,
    project: &Allowed<Project>,
    account_id: AccountId,
) -> Result<()> {
    diesel::delete(project_maintainers::table.find((project.id, account_id))).execute(conn)?;
    Ok(())
}

/// Notes a figure that was worked out; the row's version is for what people change.
pub(in crate::features::projects) fn set_systemic_risk(
    conn: &mut Conn,
    id: ProjectId,
    risk: Option<f64>,
) -> Result<()> {
    diesel::update(projects::table.find(id)).set(projects::systemic_risk.eq(risk)).execute(conn)?;
    Ok(())
}
