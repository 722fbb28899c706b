//! Saying that a project is one's own, and the dispute when two say so.

use super::read::{ProjectCard, card};
use super::transitions::{leads, step};
use super::{By, write_or_look_again};
use crate::features::accounts::{self, policy::require_verified};
use crate::features::audit;
use crate::features::projects::model::{
    Claim, Dispute, Leads, Maintainer, Project, ProjectAction, ProjectChanges, ProjectRole, ProjectSource,
    ProjectStatus,
};
use crate::features::projects::problems::{ALREADY_MAINTAINER, NOT_DISPUTED};
use crate::features::projects::{PROJECT_CHANGED, find_visible, lock_visible, policy, proof, store};
use crate::infra::Ctx;
use crate::infra::db::{Conn, feed};
use crate::kernel::{AccountId, Actor, Allowed, Check, Error, IfMatch, Line, Result, Timestamp};

/// The caller says that a project is theirs. The first to say so of an unclaimed one is its lead in waiting; whoever says so
/// of one that another person waits for makes a dispute; of a listed or dormant one they have to prove it first.
pub(in crate::features::projects) async fn claim(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    if_match: IfMatch,
) -> Result<ProjectCard> {
    require_verified(actor)?;
    let (inner, actor) = (ctx.clone(), actor.clone());
    write_or_look_again(ctx, move |conn| {
        let (project, standing) = lock_visible(conn, &actor, &slug)?;
        let project = policy::may_see(&standing).prove(project, "project")?;
        if_match.check(project.version)?;
        if standing.role.is_some() {
            return Err(Error::new(&ALREADY_MAINTAINER, "You are with this project already."));
        }
        let later =
            matches!(project.status, ProjectStatus::ClaimPending | ProjectStatus::Listed | ProjectStatus::Dormant);
        if later {
            claim_too(conn, &inner, &project, &actor)?;
        } else {
            claim_first(conn, &inner, &project, &actor)?;
        }
        let project = store::get_project(conn, project.id)?;
        card(conn, project)
    })
    .await
}

fn claim_first(conn: &mut Conn, ctx: &Ctx, project: &Allowed<Project>, actor: &Actor) -> Result<()> {
    // Words that somebody wrote before are not the claimant's to change until the claim is found good. A home page that
    // such a person chose, who may be the claimant, must not prove anything either.
    let of_member = project.source == ProjectSource::Member;
    let changes = ProjectChanges {
        source: of_member.then_some(ProjectSource::Curated),
        homepage_url: of_member.then_some(None),
        ..ProjectChanges::default()
    };
    let by = By { account: Some(actor.account_id), request_id: &actor.request_id };
    step(conn, ctx, project, ProjectAction::Claim, changes, None, by)?;
    let now = ctx.now();
    let lead = Maintainer {
        project_id: project.id,
        account_id: actor.account_id,
        role: ProjectRole::Lead,
        verified_at: None,
        since: now,
    };
    store::insert_maintainer(conn, &lead)?;
    claim_of(conn, ctx, project, actor.account_id).map(|_claim| ())
}

fn claim_too(conn: &mut Conn, ctx: &Ctx, project: &Allowed<Project>, actor: &Actor) -> Result<()> {
    let mut claim = claim_of(conn, ctx, project, actor.account_id)?;
    if project.status == ProjectStatus::ClaimPending && !claim.disputing {
        claim.disputing = true;
        store::update_claim(conn, &claim)?;
        open_dispute(conn, ctx, project, actor)?;
    }
    Ok(())
}

/// The person's claim, made if there is none yet.
pub(super) fn claim_of(conn: &mut Conn, ctx: &Ctx, project: &Allowed<Project>, account_id: AccountId) -> Result<Claim> {
    if let Some(claim) = store::find_claim(conn, project.id, account_id)? {
        return Ok(claim);
    }
    let claim = Claim {
        project_id: project.id,
        account_id,
        token: proof::token(ctx.entropy()),
        claimed_at: ctx.now(),
        checked_at: None,
        proven_at: None,
        method: None,
        evidence: None,
        disputing: false,
    };
    store::insert_claim(conn, &claim)?;
    Ok(claim)
}

/// From now on nobody acts for the project until a moderator decides.
pub(super) fn open_dispute(conn: &mut Conn, ctx: &Ctx, project: &Allowed<Project>, actor: &Actor) -> Result<()> {
    if store::find_open_dispute(conn, project.id)?.is_some() {
        return Ok(());
    }
    let dispute = Dispute {
        id: ctx.ids().make(),
        project_id: project.id,
        opened_by: actor.account_id,
        opened_at: ctx.now(),
        decided_at: None,
        decided_by: None,
        kept: None,
        reason: None,
    };
    store::insert_dispute(conn, &dispute)?;
    record(conn, ctx, project, (None, "open"), None, actor)?;
    store::update_project(conn, project, &ProjectChanges::default(), ctx.now())?;
    feed::note(conn, ctx.ids(), PROJECT_CHANGED, project.id)
}

fn record(
    conn: &mut Conn,
    ctx: &Ctx,
    project: &Project,
    (from, to): (Option<&'static str>, &'static str),
    reason: Option<&str>,
    actor: &Actor,
) -> Result<()> {
    let change = audit::Change {
        machine: "project_dispute",
        entity: project.id.into(),
        actor: Some(actor.account_id),
        from,
        to,
        reason,
        request_id: &actor.request_id,
    };
    audit::record(conn, ctx, change)
}

/// One side of a dispute.
#[derive(Debug, Clone)]
pub(in crate::features::projects) struct Party {
    pub account_id: AccountId,
    pub handle: String,
    pub display_name: String,
    pub leads: bool,
    pub since: Timestamp,
    pub proven_at: Option<Timestamp>,
}

/// The open dispute, if there is one.
#[derive(Debug, Clone)]
pub(in crate::features::projects) struct DisputeCard {
    pub opened_at: Option<Timestamp>,
    pub parties: Vec<Party>,
}

fn parties(conn: &mut Conn, project: &Project) -> Result<Vec<Party>> {
    let mut sides = Vec::new();
    for row in store::list_maintainers(conn, project.id)? {
        if row.role == ProjectRole::Lead {
            let claim = store::find_claim(conn, project.id, row.account_id)?;
            sides.push((row.account_id, true, row.since, row.verified_at.or(claim.and_then(|claim| claim.proven_at))));
        }
    }
    for claim in store::list_disputing(conn, project.id)? {
        if !sides.iter().any(|(known, ..)| *known == claim.account_id) {
            sides.push((claim.account_id, false, claim.claimed_at, claim.proven_at));
        }
    }
    let ids: Vec<AccountId> = sides.iter().map(|(id, ..)| *id).collect();
    let accounts = accounts::list_accounts(conn, &ids)?;
    let party = |(account_id, leads, since, proven_at): (AccountId, bool, Timestamp, Option<Timestamp>)| {
        let account = accounts.iter().find(|account| account.id == account_id)?;
        let (handle, display_name) = (account.handle.clone(), account.display_name.clone());
        Some(Party { account_id, handle, display_name, leads, since, proven_at })
    };
    Ok(sides.into_iter().filter_map(party).collect())
}

/// The project's open dispute, for its people, coordinators and moderators.
pub(in crate::features::projects) async fn get_dispute(ctx: &Ctx, actor: &Actor, slug: String) -> Result<DisputeCard> {
    let actor = actor.clone();
    ctx.store()
        .read(move |conn| {
            let (project, standing) = find_visible(conn, Some(&actor), &slug)?;
            let project = policy::may_see_dispute(&standing).prove(project, "project")?;
            let Some(dispute) = store::find_open_dispute(conn, project.id)? else {
                return Ok(DisputeCard { opened_at: None, parties: Vec::new() });
            };
            Ok(DisputeCard { opened_at: Some(dispute.opened_at), parties: parties(conn, &project)? })
        })
        .await
}

/// A moderator says whose the project is: that person leads it, the other sides are out.
pub(in crate::features::projects) async fn decide(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    if_match: IfMatch,
    keep: String,
    reason: String,
) -> Result<ProjectCard> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let (project, standing) = lock_visible(conn, &actor, &slug)?;
            let parties = parties(conn, &project)?;
            let party = parties.iter().any(|party| party.account_id == actor.account_id);
            let project = policy::may_settle(&standing, party).prove(project, "project")?;
            if_match.check(project.version)?;
            let Some(dispute) = store::find_open_dispute(conn, project.id)? else {
                return Err(Error::new(&NOT_DISPUTED, "Nobody disputes who this project belongs to."));
            };
            let mut check = Check::default();
            let reason = check.value("/reason", Line::parse(&reason, 3, 500));
            check.done()?;
            let reason = reason?;
            let Some(kept) = parties.iter().find(|party| party.handle == keep) else {
                let sides: Vec<&str> = parties.iter().map(|party| party.handle.as_str()).collect();
                let detail = format!("The sides of this dispute are {}.", sides.join(", "));
                return Err(Error::field("/keep", "not_a_party", detail));
            };
            let now = inner.now();
            for party in parties.iter().filter(|party| party.account_id != kept.account_id) {
                store::delete_maintainer(conn, &project, party.account_id)?;
                store::delete_claim(conn, &project, party.account_id)?;
            }
            store::put_lead(conn, &project, kept.account_id, now)?;
            let mut claim = claim_of(conn, &inner, &project, kept.account_id)?;
            claim.disputing = false;
            store::update_claim(conn, &claim)?;
            store::close_dispute(conn, &dispute, (now, actor.account_id), kept.account_id, reason.as_str())?;
            record(conn, &inner, &project, (Some("open"), "decided"), Some(reason.as_str()), &actor)?;
            settle(conn, &inner, &project, Some("dispute_decided"), &actor)?;
            let project = store::get_project(conn, project.id)?;
            card(conn, project)
        })
        .await
}

/// The project now has a verified lead: one that waited for that is listed.
pub(super) fn settle(
    conn: &mut Conn,
    ctx: &Ctx,
    project: &Allowed<Project>,
    reason: Option<&str>,
    actor: &Actor,
) -> Result<()> {
    debug_assert_eq!(leads(&store::list_maintainers(conn, project.id)?), Leads::Verified);
    let action = match project.status {
        ProjectStatus::ClaimPending => ProjectAction::List,
        ProjectStatus::Dormant => ProjectAction::Restore,
        _ => {
            store::update_project(conn, project, &ProjectChanges::default(), ctx.now())?;
            return feed::note(conn, ctx.ids(), PROJECT_CHANGED, project.id);
        }
    };
    let by = By { account: Some(actor.account_id), request_id: &actor.request_id };
    step(conn, ctx, project, action, ProjectChanges::default(), reason, by)
}
