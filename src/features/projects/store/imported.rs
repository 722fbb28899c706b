//! Listings that come from files, many at once.

use crate::features::projects::model::{Project, ProjectChanges, ProjectSkill};
use crate::infra::db::schema::{project_skills, projects};
use crate::infra::db::{Conn, each};
use crate::kernel::{Allowed, Result, Timestamp};
use diesel::prelude::*;

/// The projects whose source is at one of these repositories, by their one spelling.
pub(in crate::features::projects) fn list_by_repositories(conn: &mut Conn, keys: &[String]) -> Result<Vec<Project>> {
    Ok(projects::table.filter(projects::repository_key.eq_any(keys)).select(Project::as_select()).load(conn)?)
}

/// Rows that go into one statement, well below what the databases bind.
const SKILLS_AT_ONCE: usize = 2000;

/// At most some hundred projects at once.
pub(in crate::features::projects) fn insert_imported(
    conn: &mut Conn,
    _may_import: &Allowed<()>,
    rows: &[Project],
    skills: &[ProjectSkill],
) -> Result<()> {
    if !rows.is_empty() {
        each!(conn, c => diesel::insert_into(projects::table).values(rows).execute(c))?;
    }
    for some in skills.chunks(SKILLS_AT_ONCE) {
        each!(conn, c => diesel::insert_into(project_skills::table).values(some).execute(c))?;
    }
    Ok(())
}

/// Changes a project if it still has the version that was read; false when somebody was faster.
pub(in crate::features::projects) fn update_imported(
    conn: &mut Conn,
    _may_import: &Allowed<()>,
    project: &Project,
    changes: &ProjectChanges,
    now: Timestamp,
) -> Result<bool> {
    let as_read = projects::table.find(project.id).filter(projects::version.eq(project.version));
    let rows = diesel::update(as_read)
        .set((changes, projects::version.eq(project.version + 1), projects::updated_at.eq(now)))
        .execute(conn)?;
    Ok(rows == 1)
}
