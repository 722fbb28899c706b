//! Reading proposals, as far as the caller is a side of them.

use crate::features::accounts::{self, Account};
use crate::features::needs::{self, Need};
use crate::features::organizations::{self, Organization};
use crate::features::projects::{self, Project};
use crate::features::proposals::model::{Proposal, ProposalStatus};
use crate::features::proposals::policy::{self, Sides};
use crate::features::proposals::store::{self, Filter, Of};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{AccountId, Actor, Decision, NeedId, OrganizationId, Page, ProposalId, Result};
use std::collections::HashMap;

/// A proposal with what is shown beside it.
#[derive(Debug)]
pub(in crate::features::proposals) struct ProposalCard {
    pub proposal: Proposal,
    pub need: Need,
    pub project: Project,
    pub volunteer: Account,
    pub employer: Option<Organization>,
}

/// What the caller is to a proposal.
pub(super) fn sides(conn: &mut Conn, actor: &Actor, proposal: &Proposal) -> Result<Sides> {
    let project = projects::get_project(conn, proposal.project_id)?;
    let standing = projects::standing(conn, Some(actor), &project)?;
    let role = match proposal.employer_id {
        Some(employer) => organizations::role_in(conn, employer, actor.account_id)?,
        None => None,
    };
    Ok(Sides {
        volunteer: proposal.account_id == actor.account_id,
        project: projects::policy::may_maintain(&standing) == Decision::Allow
            && proposal.account_id != actor.account_id,
        employer: organizations::policy::may_manage(role) == Decision::Allow,
    })
}

/// The proposal with what the caller is to it; 404 when there is none or the caller may not know of it.
pub(super) fn find_visible(conn: &mut Conn, actor: &Actor, id: ProposalId) -> Result<(Proposal, Sides)> {
    let proposal = store::get_proposal(conn, id)?;
    let sides = sides(conn, actor, &proposal)?;
    Ok((policy::may_see(sides).prove(proposal, "proposal")?.into_inner(), sides))
}

pub(super) fn card(conn: &mut Conn, proposal: Proposal) -> Result<ProposalCard> {
    Ok(ProposalCard {
        need: needs::get_need(conn, proposal.need_id)?,
        project: projects::get_project(conn, proposal.project_id)?,
        volunteer: accounts::get_account(conn, proposal.account_id)?,
        employer: match proposal.employer_id {
            Some(id) => Some(organizations::get_organization(conn, id)?),
            None => None,
        },
        proposal,
    })
}

fn cards(conn: &mut Conn, page: Page<Proposal>) -> Result<Page<ProposalCard>> {
    let of = |pick: fn(&Proposal) -> NeedId| page.items.iter().map(pick).collect::<Vec<_>>();
    let wanted = of(|row| row.need_id);
    let needs: HashMap<NeedId, (Need, Project)> =
        needs::list_needs_by_id(conn, &wanted)?.into_iter().map(|(need, project)| (need.id, (need, project))).collect();
    let people: Vec<AccountId> = page.items.iter().map(|row| row.account_id).collect();
    let people: HashMap<AccountId, Account> =
        accounts::list_accounts(conn, &people)?.into_iter().map(|account| (account.id, account)).collect();
    let employers: Vec<OrganizationId> = page.items.iter().filter_map(|row| row.employer_id).collect();
    let employers: HashMap<OrganizationId, Organization> = organizations::list_organizations_by_id(conn, &employers)?
        .into_iter()
        .map(|organization| (organization.id, organization))
        .collect();
    let mut items = Vec::with_capacity(page.items.len());
    for proposal in page.items {
        let (Some((need, project)), Some(volunteer)) =
            (needs.get(&proposal.need_id).cloned(), people.get(&proposal.account_id).cloned())
        else {
            continue;
        };
        let employer = proposal.employer_id.and_then(|id| employers.get(&id).cloned());
        items.push(ProposalCard { proposal, need, project, volunteer, employer });
    }
    Ok(Page { items, next: page.next })
}

/// One proposal.
pub(in crate::features::proposals) async fn get(ctx: &Ctx, actor: &Actor, id: ProposalId) -> Result<ProposalCard> {
    let actor = actor.clone();
    ctx.store()
        .read(move |conn| {
            let (proposal, _) = find_visible(conn, &actor, id)?;
            card(conn, proposal)
        })
        .await
}

/// The caller's own.
pub(in crate::features::proposals) async fn list_mine(
    ctx: &Ctx,
    actor: &Actor,
    filter: Filter,
) -> Result<Page<ProposalCard>> {
    let id = actor.account_id;
    ctx.store()
        .read(move |conn| {
            let page = store::list_proposals(conn, &Of::Volunteer(id), &filter)?;
            cards(conn, page)
        })
        .await
}

/// Those of a project, for whoever acts for it.
pub(in crate::features::proposals) async fn list_of_project(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    filter: Filter,
) -> Result<Page<ProposalCard>> {
    let actor = actor.clone();
    ctx.store()
        .read(move |conn| {
            let (project, standing) = projects::find_visible(conn, Some(&actor), &slug)?;
            let project = projects::policy::may_maintain(&standing).prove(project.id, "project")?;
            let page = store::list_proposals(conn, &Of::Project(project), &filter)?;
            cards(conn, page)
        })
        .await
}

/// Those in which an organization's hours are offered: what waits for its approval, unless other states are asked for.
pub(in crate::features::proposals) async fn list_approvals(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    mut filter: Filter,
) -> Result<Page<ProposalCard>> {
    if filter.statuses.is_empty() {
        filter.statuses.push(ProposalStatus::EmployerPending);
    }
    let actor = actor.clone();
    ctx.store()
        .read(move |conn| {
            let (organization, role) = organizations::load_by_slug(conn, &slug, Some(actor.account_id))?;
            let organization = organizations::policy::may_manage(role).prove(organization.id, "organization")?;
            let page = store::list_proposals(conn, &Of::Employer(organization), &filter)?;
            cards(conn, page)
        })
        .await
}
