//! Reading pledges, as far as the caller may see them.

use crate::features::organizations::{self, Organization, OrganizationRole};
use crate::features::pledges::model::{Balance, LedgerEntry, Pledge};
use crate::features::pledges::{policy, store};
use crate::features::projects;
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{Actor, Cursor, Limit, Page, PlatformRole, PledgeId, ProjectId, Result};
use std::collections::HashMap;

/// A pledge with what is shown beside it.
#[derive(Debug)]
pub(in crate::features::pledges) struct PledgeCard {
    pub(in crate::features::pledges) pledge: Pledge,
    pub(in crate::features::pledges) organization: String,
    pub(in crate::features::pledges) balance: Balance,
    /// Slugs of the projects in the focus, in its order.
    pub(in crate::features::pledges) projects: Vec<String>,
}

/// What the caller is to an organization.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    pub role: Option<OrganizationRole>,
    pub coordinator: bool,
}

pub(super) fn organization(conn: &mut Conn, actor: &Actor, slug: &str) -> Result<(Organization, Standing)> {
    let (organization, role) = organizations::load_by_slug(conn, slug, Some(actor.account_id))?;
    Ok((organization, Standing { role, coordinator: actor.has(PlatformRole::Coordinator) }))
}

/// The pledge with its organization and the caller's standing there; 404 when there is none or the caller may not know of it.
pub(super) fn find_visible(conn: &mut Conn, actor: &Actor, id: PledgeId) -> Result<(Pledge, Organization, Standing)> {
    let pledge = store::get_pledge(conn, id)?;
    let role = organizations::role_in(conn, pledge.organization_id, actor.account_id)?;
    let standing = Standing { role, coordinator: actor.has(PlatformRole::Coordinator) };
    let pledge = policy::may_see(role, standing.coordinator).prove(pledge, "pledge")?.into_inner();
    let organization = organizations::get_organization(conn, pledge.organization_id)?;
    Ok((pledge, organization, standing))
}

/// Slugs by id of every project that these pledges name.
pub(super) fn slugs<'a>(
    conn: &mut Conn,
    pledges: impl Iterator<Item = &'a Pledge>,
) -> Result<HashMap<ProjectId, String>> {
    let mut ids: Vec<ProjectId> = pledges.flat_map(|pledge| pledge.focus.0.projects.iter().copied()).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found = projects::list_projects_by_id(conn, &ids)?;
    Ok(found.into_iter().map(|project| (project.id, project.slug)).collect())
}

fn cards(conn: &mut Conn, page: Page<Pledge>, organization: &str) -> Result<Page<PledgeCard>> {
    let ids: Vec<PledgeId> = page.items.iter().map(|pledge| pledge.id).collect();
    let balances = store::list_balances(conn, &ids)?;
    let slugs = slugs(conn, page.items.iter())?;
    Ok(page.map(|pledge| PledgeCard {
        balance: balances.get(&pledge.id).copied().unwrap_or_else(|| Balance::zero(pledge.id)),
        organization: organization.to_owned(),
        projects: pledge.focus.0.projects.iter().filter_map(|id| slugs.get(id).cloned()).collect(),
        pledge,
    }))
}

pub(super) fn card(conn: &mut Conn, pledge: Pledge, organization: String) -> Result<PledgeCard> {
    let slugs = slugs(conn, std::iter::once(&pledge))?;
    Ok(PledgeCard {
        balance: store::find_balance(conn, pledge.id)?.unwrap_or_else(|| Balance::zero(pledge.id)),
        organization,
        projects: pledge.focus.0.projects.iter().filter_map(|id| slugs.get(id).cloned()).collect(),
        pledge,
    })
}

/// One pledge.
pub(in crate::features::pledges) async fn get(ctx: &Ctx, actor: &Actor, id: PledgeId) -> Result<PledgeCard> {
    let actor = actor.clone();
    ctx.store()
        .read(move |conn| {
            let (pledge, organization, _) = find_visible(conn, &actor, id)?;
            card(conn, pledge, organization.slug)
        })
        .await
}

/// What an organization pledges.
pub(in crate::features::pledges) async fn list(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    filter: store::Filter,
) -> Result<Page<PledgeCard>> {
    let actor = actor.clone();
    ctx.store()
        .read(move |conn| {
            let (organization, standing) = organization(conn, &actor, &slug)?;
            policy::may_list(standing.role, standing.coordinator).prove((), "organization")?;
            let page = store::list_pledges(conn, organization.id, &filter)?;
            cards(conn, page, &organization.slug)
        })
        .await
}

/// The movements of a pledge's minutes.
pub(in crate::features::pledges) async fn ledger(
    ctx: &Ctx,
    actor: &Actor,
    id: PledgeId,
    limit: Limit,
    after: Option<Cursor>,
) -> Result<Page<LedgerEntry>> {
    let actor = actor.clone();
    ctx.store()
        .read(move |conn| {
            find_visible(conn, &actor, id)?;
            store::list_entries(conn, id, limit, after.as_ref())
        })
        .await
}
