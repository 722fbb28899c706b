//! All queries on projects, their skills, packages and maintainers.

mod claims;
mod contests;
mod funding;
mod gist;
mod imported;
mod invitations;
mod list;
mod statements;
mod supply;
mod write;

pub(super) use claims::{
    close_dispute, delete_claim, delete_claims_of, find_claim, find_open_dispute, insert_claim, insert_dispute,
    list_claims_of, list_disputing, list_leads_verified_before, list_unreminded, note_reminder, put_lead,
    unverify_lead, unverify_leads, update_claim,
};
pub(super) use contests::{
    find_last_formula, find_open_contest, get_contest, insert_contest, insert_scores, list_contests, list_contests_by,
    list_scores, lock_contest, move_contest,
};
pub use funding::list_funding_links;
pub(super) use funding::replace_funding_links;
pub use gist::{list_ecosystems, list_gists, list_listed, list_tags, list_their_maintainers};
pub(super) use imported::{insert_imported, list_by_repositories, update_imported};
pub(super) use invitations::{
    count_mailed, count_pending, decline_invitations, end_invitation, find_invitation, find_invitation_by_hash,
    insert_invitation, list_invitations, list_invitations_of, list_invitations_to, replace_invitation,
};
pub(super) use list::{Filter, Place, Seen, list_projects};
pub use statements::{find_current_statement, find_statement, list_current_statements};
pub(super) use statements::{list_statements_by, supersede_statement};
pub use supply::{
    BaselineFigures, find_projects_by_packages, find_projects_by_repositories, list_baselines, list_dependencies,
};
pub(super) use write::{
    delete_maintainer, insert_maintainer, insert_packages, insert_project, insert_skills, replace_packages,
    replace_skills, set_systemic_risk, update_project, verify_leads,
};

use super::model::{Maintainer, Project, ProjectPackage, ProjectRole, ProjectSkill};
use crate::features::accounts::{self, Account};
use crate::infra::db::Conn;
use crate::infra::db::schema::{assignments, needs, project_maintainers, project_packages, project_skills, projects};
use crate::kernel::{AccountId, Allowed, Error, ProjectId, Result, Timestamp};
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};

/// The project, or 404.
pub fn get_project(conn: &mut Conn, id: ProjectId) -> Result<Project> {
    let found = projects::table.find(id).select(Project::as_select()).first(conn).optional()?;
    found.ok_or_else(|| Error::not_found("project"))
}

/// Whether any project is sample data.
pub fn holds_sample(conn: &mut Conn) -> Result<bool> {
    let found: Option<ProjectId> =
        projects::table.filter(projects::sample.eq(true)).select(projects::id).first(conn).optional()?;
    Ok(found.is_some())
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

/// Every project after this id, for loading them all in a stream.
pub fn list_projects_after(conn: &mut Conn, after: Option<ProjectId>, rows: i64) -> Result<Vec<Project>> {
    let mut query = projects::table.into_boxed();
    if let Some(after) = after {
        query = query.filter(projects::id.gt(after));
    }
    Ok(query.order(projects::id).limit(rows).select(Project::as_select()).load(conn)?)
}

/// The projects with these ids, in no particular order.
pub fn list_projects_by_id(conn: &mut Conn, ids: &[ProjectId]) -> Result<Vec<Project>> {
    Ok(projects::table.filter(projects::id.eq_any(ids)).select(Project::as_select()).load(conn)?)
}

/// The ids of the projects with these slugs.
pub fn list_project_ids_by_slug(conn: &mut Conn, slugs: &[String]) -> Result<HashMap<String, ProjectId>> {
    if slugs.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(String, ProjectId)> =
        projects::table.filter(projects::slug.eq_any(slugs)).select((projects::slug, projects::id)).load(conn)?;
    Ok(rows.into_iter().collect())
}

/// The project whose source is at this repository, by its one spelling.
pub(super) fn find_project_by_repository(conn: &mut Conn, key: &str) -> Result<Option<Project>> {
    Ok(projects::table.filter(projects::repository_key.eq(key)).select(Project::as_select()).first(conn).optional()?)
}

/// Which of these slugs belong to projects.
pub(super) fn list_taken_slugs(conn: &mut Conn, slugs: &[String]) -> Result<HashSet<String>> {
    let taken: Vec<String> = projects::table.filter(projects::slug.eq_any(slugs)).select(projects::slug).load(conn)?;
    Ok(taken.into_iter().collect())
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

/// The projects that this person is with, in the order in which they are locked.
pub(super) fn list_maintainerships(conn: &mut Conn, account: AccountId) -> Result<Vec<(Maintainer, Project)>> {
    Ok(project_maintainers::table
        .inner_join(projects::table)
        .filter(project_maintainers::account_id.eq(account))
        .order(project_maintainers::project_id)
        .select((Maintainer::as_select(), Project::as_select()))
        .load(conn)?)
}

/// Who is with these projects, verified or not.
pub fn list_maintainer_ids(conn: &mut Conn, ids: &[ProjectId]) -> Result<HashMap<ProjectId, Vec<AccountId>>> {
    let rows: Vec<(ProjectId, AccountId)> = project_maintainers::table
        .filter(project_maintainers::project_id.eq_any(ids))
        .order((project_maintainers::project_id, project_maintainers::account_id))
        .select((project_maintainers::project_id, project_maintainers::account_id))
        .load(conn)?;
    Ok(grouped(rows))
}

/// Skills and free tags of these projects, languages first, in each project's own order.
pub fn list_project_skills(conn: &mut Conn, ids: &[ProjectId]) -> Result<HashMap<ProjectId, Vec<String>>> {
    let rows = list_skill_rows(conn, ids)?;
    Ok(rows.into_iter().map(|(id, rows)| (id, rows.into_iter().map(|row| row.skill).collect())).collect())
}

/// The languages of these projects, in each project's own order.
pub fn list_project_languages(conn: &mut Conn, ids: &[ProjectId]) -> Result<HashMap<ProjectId, Vec<String>>> {
    let languages = |rows: Vec<ProjectSkill>| rows.into_iter().filter(|row| row.is_language).map(|row| row.skill);
    Ok(list_skill_rows(conn, ids)?.into_iter().map(|(id, rows)| (id, languages(rows).collect())).collect())
}

/// The same as rows.
pub(super) fn list_skill_rows(conn: &mut Conn, ids: &[ProjectId]) -> Result<HashMap<ProjectId, Vec<ProjectSkill>>> {
    let rows: Vec<ProjectSkill> = project_skills::table
        .filter(project_skills::project_id.eq_any(ids))
        .order((project_skills::is_language.desc(), project_skills::position, project_skills::skill))
        .select(ProjectSkill::as_select())
        .load(conn)?;
    Ok(grouped(rows.into_iter().map(|row| (row.project_id, row)).collect()))
}

/// The people of these projects with their accounts, leads first, then by how long they are there.
pub(super) fn list_people(
    conn: &mut Conn,
    ids: &[ProjectId],
) -> Result<HashMap<ProjectId, Vec<(Maintainer, Account)>>> {
    let rows: Vec<Maintainer> = project_maintainers::table
        .filter(project_maintainers::project_id.eq_any(ids))
        .order((project_maintainers::role, project_maintainers::since, project_maintainers::account_id))
        .select(Maintainer::as_select())
        .load(conn)?;
    let accounts: HashSet<AccountId> = rows.iter().map(|row| row.account_id).collect();
    let accounts: Vec<AccountId> = accounts.into_iter().collect();
    let accounts: HashMap<AccountId, Account> =
        accounts::list_accounts(conn, &accounts)?.into_iter().map(|account| (account.id, account)).collect();
    let with_account = |row: Maintainer| {
        let account = accounts.get(&row.account_id)?.clone();
        Some((row.project_id, (row, account)))
    };
    Ok(grouped(rows.into_iter().filter_map(with_account).collect()))
}

/// How many of these projects' needs everybody may see and answer.
pub fn count_open_needs(conn: &mut Conn, ids: &[ProjectId]) -> Result<HashMap<ProjectId, i64>> {
    let rows: Vec<(ProjectId, i64)> = needs::table
        .filter(needs::project_id.eq_any(ids))
        .filter(needs::status.eq_any(["open", "in_progress"]))
        .filter(needs::visibility.eq("public"))
        .group_by(needs::project_id)
        .select((needs::project_id, diesel::dsl::count_star()))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Hours a week that a project's assignments take; they are given under the project's lock.
pub(super) fn given_hours(conn: &mut Conn, id: ProjectId) -> Result<f64> {
    let live = assignments::table.filter(assignments::project_id.eq(id)).filter(assignments::ended_at.is_null());
    let sum: Option<f64> = live.select(diesel::dsl::sum(assignments::hours_per_week)).first(conn)?;
    Ok(sum.unwrap_or(0.0))
}

/// Makes a new revision of each of the project's needs that people may have agreed to, since what it asks of everybody changed.
pub(super) fn revise_needs(conn: &mut Conn, project: &Allowed<Project>, now: Timestamp) -> Result<()> {
    let ended = ["fulfilled", "closed", "cancelled"];
    diesel::update(needs::table.filter(needs::project_id.eq(project.id)).filter(needs::status.ne_all(ended)))
        .set((
            needs::revision.eq(needs::revision + 1),
            needs::version.eq(needs::version + 1),
            needs::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
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
