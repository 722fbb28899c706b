//! Reports, as far as the caller may see them.

use super::gather;
use crate::features::accounts;
use crate::features::impact::policy;
use crate::features::impact::store::{self, Days, Whose};
use crate::features::impact::tally::Tally;
use crate::features::{organizations, projects};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{AccountId, Actor, OrganizationId, PlatformRole, ProjectId, Result};
use std::collections::{BTreeSet, HashMap};

/// What to call what a tally's keys stand for.
#[derive(Debug, Default)]
pub(in crate::features::impact) struct Names {
    /// Slugs and names.
    pub(in crate::features::impact) projects: HashMap<ProjectId, (String, String)>,
    /// Handles and names; empty where the caller may not know who it was.
    pub(in crate::features::impact) people: HashMap<AccountId, (String, String)>,
    /// Slugs and names.
    pub(in crate::features::impact) organizations: HashMap<OrganizationId, (String, String)>,
}

/// A report.
#[derive(Debug)]
pub(in crate::features::impact) struct Report {
    pub(in crate::features::impact) tally: Tally,
    pub(in crate::features::impact) names: Names,
    /// The listed projects that the organization's products depend on, with the shortest way to each; none without bills of materials.
    pub(in crate::features::impact) uses: Option<HashMap<ProjectId, Option<i32>>>,
    /// Whether people are told by name.
    pub(in crate::features::impact) tells_people: bool,
}

fn names(conn: &mut Conn, tally: &Tally, tells_people: bool, more: &[ProjectId]) -> Result<Names> {
    let (mut of_projects, mut of_people, mut of_organizations) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    of_projects.extend(more.iter().copied());
    for (key, _) in tally.cells() {
        of_projects.extend(key.project);
        of_people.extend(key.account);
        of_organizations.extend(key.employer);
    }
    let mut names = Names::default();
    for ids in of_projects.into_iter().collect::<Vec<_>>().chunks(500) {
        let found = projects::list_projects_by_id(conn, ids)?;
        names.projects.extend(found.into_iter().map(|one| (one.id, (one.slug, one.name))));
    }
    for ids in of_organizations.into_iter().collect::<Vec<_>>().chunks(500) {
        let found = organizations::list_organizations_by_id(conn, ids)?;
        names.organizations.extend(found.into_iter().map(|one| (one.id, (one.slug, one.name))));
    }
    if tells_people {
        for ids in of_people.into_iter().collect::<Vec<_>>().chunks(500) {
            let found = accounts::list_accounts(conn, ids)?;
            names.people.extend(found.into_iter().map(|one| (one.id, (one.handle, one.display_name))));
        }
    }
    Ok(names)
}

/// What became of an organization's pledges.
pub(in crate::features::impact) async fn of_organization(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    days: Days,
) -> Result<Report> {
    let actor = actor.clone();
    ctx.store()
        .read(move |conn| {
            let (organization, role) = organizations::load_by_slug(conn, &slug, Some(actor.account_id))?;
            let coordinator = actor.has(PlatformRole::Coordinator);
            policy::may_see_of_organization(role, coordinator).prove((), "organization")?;
            let mut tally = Tally::default();
            gather::work(conn, Whose::Organization(organization.id), days, &mut tally)?;
            gather::movements(conn, organization.id, days, &mut tally)?;
            let uses = projects::list_dependencies(conn, &[organization.id])?.remove(&organization.id);
            let uses: Option<HashMap<ProjectId, Option<i32>>> = uses.map(|uses| uses.into_iter().collect());
            let projects_used: Vec<ProjectId> = uses.iter().flat_map(HashMap::keys).copied().collect();
            let tells_people = policy::sees_people(role);
            let names = names(conn, &tally, tells_people, &projects_used)?;
            Ok(Report { tally, names, uses, tells_people })
        })
        .await
}

/// What was done for a project.
pub(in crate::features::impact) async fn of_project(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    days: Days,
) -> Result<Report> {
    let actor = actor.clone();
    ctx.store()
        .read(move |conn| {
            let (project, standing) = projects::find_visible(conn, Some(&actor), &slug)?;
            let project = policy::may_see_of_project(&standing).prove(project, "project")?;
            let mut tally = Tally::default();
            gather::work(conn, Whose::Project(project.id), days, &mut tally)?;
            let names = names(conn, &tally, true, &[])?;
            Ok(Report { tally, names, uses: None, tells_people: true })
        })
        .await
}

/// What the caller did.
pub(in crate::features::impact) async fn of_volunteer(ctx: &Ctx, actor: &Actor, days: Days) -> Result<Report> {
    let id = actor.account_id;
    ctx.store()
        .read(move |conn| {
            let mut tally = Tally::default();
            gather::work(conn, Whose::Volunteer(id), days, &mut tally)?;
            let names = names(conn, &tally, true, &[])?;
            Ok(Report { tally, names, uses: None, tells_people: true })
        })
        .await
}

/// Whole hours that an organization's pledges gave and projects confirmed themselves; for everybody.
pub(in crate::features::impact) async fn hours_given(ctx: &Ctx, slug: String) -> Result<i64> {
    ctx.store()
        .read(move |conn| {
            let (organization, _) = organizations::load_by_slug(conn, &slug, None)?;
            Ok(store::confirmed_by_project(conn, Whose::Organization(organization.id))? / 60)
        })
        .await
}

/// Whole hours that helpers gave a project and it confirmed itself; for everybody who may see the project.
pub(in crate::features::impact) async fn hours_received(ctx: &Ctx, slug: String) -> Result<i64> {
    ctx.store()
        .read(move |conn| {
            let (project, _) = projects::find_visible(conn, None, &slug)?;
            Ok(store::confirmed_by_project(conn, Whose::Project(project.id))? / 60)
        })
        .await
}
