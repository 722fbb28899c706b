//! Open source projects' listings: what they are, who maintains them, how critical they are, and lists of them imported.

pub mod criticality;
mod dto;
mod finder;
pub mod funding;
pub mod import;
mod letters;
mod model;
mod personal;
pub mod policy;
mod problems;
mod proof;
mod routes;
mod service;
pub mod statements;
mod store;
#[cfg(test)]
pub(crate) mod testing;

pub use finder::{ProjectFilter, ProjectFinder};
pub use model::{
    AttemptOutcome, ContestAction, ContestStatus, Leads, Maintainer, Project, ProjectAction, ProjectGist,
    ProjectPackage, ProjectRole, ProjectSource, ProjectStatus, ProofMethod, ProofStatus, Statement, TRANSITIONS,
    Transition, contest_machine, machine,
};
pub use personal::PERSONAL;
pub use policy::Standing;
pub use problems::PROBLEMS;
pub use routes::{configure, configure_pages};
pub use service::{
    Beginning, CAME_OR_WENT, Criticality, LEFT_THE_LIST, MODERATED, NewProjectInput, ProjectSort, STATEMENT_TAKEN,
    TERMS_CHANGED, add_maintainer_in, create_in, lapse_verifications, moderate_in, remind_of_proofs,
    set_criticality_in, set_systemic_risk_in,
};
pub use statements::{Insights, Scorecard, ScorecardCheck, StatementKind};
pub use store::{
    BaselineFigures, count_open_needs, find_current_statement, find_maintainer, find_project_by_slug,
    find_projects_by_packages, find_projects_by_repositories, find_statement, get_project, holds_sample,
    list_baselines, list_current_statements, list_dependencies, list_ecosystems, list_funding_links, list_gists,
    list_listed, list_maintainer_ids, list_maintainers, list_project_ids_by_slug, list_project_languages,
    list_project_packages, list_project_skills, list_projects_after, list_projects_by_id, list_tags,
    list_their_maintainers, lock_project, project_role,
};

use crate::infra::db::Conn;
use crate::infra::db::feed::ChangeKind;
use crate::kernel::{Actor, Error, Result, Slug};

/// Stands in the change feed for a project whose row, skills, packages or maintainers changed.
pub const PROJECT_CHANGED: ChangeKind = ChangeKind("project");

/// The project at this address with the caller's standing in it; 404 when there is none or the caller may not see it.
pub fn find_visible(conn: &mut Conn, actor: Option<&Actor>, slug: &str) -> Result<(Project, Standing)> {
    let hidden = || Error::not_found("project");
    let slug = Slug::parse(slug).map_err(|_fault| hidden())?;
    let project = find_project_by_slug(conn, slug.as_str())?.ok_or_else(hidden)?;
    let standing = standing(conn, actor, &project)?;
    Ok((policy::may_see(&standing).prove(project, "project")?.into_inner(), standing))
}

/// The same, with the project kept from others' changes until the transaction ends.
pub fn lock_visible(conn: &mut Conn, actor: &Actor, slug: &str) -> Result<(Project, Standing)> {
    let (seen, _) = find_visible(conn, Some(actor), slug)?;
    let project = lock_project(conn, seen.id)?;
    let standing = standing(conn, Some(actor), &project)?;
    Ok((policy::may_see(&standing).prove(project, "project")?.into_inner(), standing))
}

/// What the caller is to this project.
pub fn standing(conn: &mut Conn, actor: Option<&Actor>, project: &Project) -> Result<Standing> {
    let maintainer = match actor {
        Some(actor) => find_maintainer(conn, project.id, actor.account_id)?,
        None => None,
    };
    let frozen = actor.is_some() && store::find_open_dispute(conn, project.id)?.is_some();
    Ok(Standing { frozen, ..Standing::of(project, maintainer.as_ref(), actor) })
}
