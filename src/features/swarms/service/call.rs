//! Calling a swarm.

use super::alert::CALL_OUT;
use super::read::{Card, card};
use super::{By, log, record};
use crate::features::accounts::policy::{require_fresh_factor, require_verified};
use crate::features::advisories::policy::{is_embargoed, may_see};
use crate::features::advisories::{self, Advisory};
use crate::features::projects::{self, Project, ProjectStatus};
use crate::features::swarms::model::{
    Finding, Participant, ParticipantOrigin, ParticipantRole, ParticipantStatus, Swarm, SwarmEntryKind, SwarmStatus,
};
use crate::features::swarms::{policy, store};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::infra::queue::{self, NewJob};
use crate::kernel::{
    AccountId, Actor, Check, Error, Kind, Line, Markdown, PlatformRole, Result, SwarmId, Timestamp, words,
};
use serde_json::json;

words! {
    /// Whom a call reaches at once, besides the project's maintainers.
    Reach {
        /// The people of organizations whose pledges are on call, and vetted volunteers who fit.
        OnCallAndVetted = "on_call_and_vetted",
        /// The people of organizations whose pledges are on call.
        OnCall = "on_call",
        /// Nobody.
        Nobody = "nobody",
    }
}

/// What is said with a call.
#[derive(Debug, Clone)]
pub(in crate::features::swarms) struct Call {
    pub title: String,
    pub advisory: String,
    pub project: Option<String>,
    pub details: String,
    pub embargo_until: Option<Timestamp>,
    pub terms: String,
    pub reach: Reach,
}

/// What was checked of it.
struct Checked {
    title: String,
    details: String,
    terms: String,
}

fn check(call: &Call, now: Timestamp) -> Result<Checked> {
    let mut check = Check::default();
    let title = check.value("/title", Line::parse(&call.title, 3, 120));
    let details = check.value("/details", Markdown::parse(&call.details, 20_000));
    let terms = check.value("/terms", Markdown::parse(&call.terms, 20_000));
    check.require(
        call.embargo_until.is_none_or(|until| until > now),
        "/embargo_until",
        "in_the_past",
        "An embargo ends in the future; leave it out where there is none.",
    );
    check.require(
        call.embargo_until.is_none() || !call.terms.trim().is_empty(),
        "/terms",
        "missing",
        "An embargo wants terms that people consent to.",
    );
    check.done()?;
    let (title, details, terms) = (title?.into_string(), details?.into_string(), terms?.into_string());
    Ok(Checked { title, details, terms })
}

/// Calls a swarm for an advisory.
pub(in crate::features::swarms) async fn call(ctx: &Ctx, actor: &Actor, call: Call) -> Result<Card> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let now = inner.now();
            let project = match &call.project {
                Some(slug) => Some(find_project(conn, &actor, slug)?),
                None => None,
            };
            let maintains = match &project {
                Some(project) => {
                    let role = projects::project_role(conn, project.id, actor.account_id)?;
                    role.is_some() && project.status == ProjectStatus::Listed
                }
                None => false,
            };
            policy::may_call(maintains, actor.has(PlatformRole::Coordinator)).prove((), "swarm")?;
            require_verified(&actor)?;
            require_fresh_factor(&actor, now)?;
            let checked = check(&call, now)?;
            let advisory = find_advisory(conn, &call, project.as_ref(), &actor, now)?;
            let swarm = swarm(&inner, &call, checked, &advisory, project.as_ref(), actor.account_id);
            store::insert_swarm(conn, &swarm)?;
            if is_embargoed(advisory.embargo_until, now) {
                advisories::set_embargo(conn, advisory.id, swarm.embargo_until, now)?;
            }
            record(conn, &inner, "swarm", swarm.id, None, swarm.status.as_str(), By::actor(&actor))?;
            log(
                conn,
                &inner,
                swarm.id,
                Some(actor.account_id),
                SwarmEntryKind::Called,
                format!("Called: {}", swarm.title),
            )?;
            gather(conn, &inner, &swarm, project.as_ref(), &actor)?;
            let payload = json!({ "swarm": swarm.id, "reach": call.reach, "request_id": actor.request_id.as_str() });
            let job = NewJob { kind: CALL_OUT, payload, run_at: now, unique_key: None };
            queue::enqueue_urgent(conn, inner.ids(), now, job)?;
            card(conn, swarm, Some(&actor), now)
        })
        .await
}

fn find_project(conn: &mut Conn, actor: &Actor, slug: &str) -> Result<Project> {
    match projects::find_visible(conn, Some(actor), slug) {
        Ok((project, _)) => Ok(project),
        Err(error) if error.kind() == Kind::NotFound => {
            let detail = "There is no project of this slug that you may see; look it up at GET /api/v1/projects?q=.";
            Err(Error::field("/project", "unknown_project", detail))
        }
        Err(error) => Err(error),
    }
}

/// The advisory, as far as the caller may see it; one under embargo wants a swarm under embargo.
fn find_advisory(
    conn: &mut Conn,
    call: &Call,
    project: Option<&Project>,
    actor: &Actor,
    now: Timestamp,
) -> Result<Advisory> {
    let unknown = || Error::field("/advisory", "unknown", "There is no advisory of this id or alias that you may see.");
    let found = advisories::find_by_name(conn, &call.advisory)?.ok_or_else(unknown)?;
    let embargoed = is_embargoed(found.embargo_until, now);
    let found = may_see(embargoed, found.created_by, Some(actor.account_id)).prove(found, "advisory");
    let found = found.map_err(|_hidden| unknown())?.into_inner();
    let mut check = Check::default();
    if let Some(project) = project
        && !actor.has(PlatformRole::Coordinator)
    {
        let published = advisories::list_project_ids(conn, found.id)?.contains(&project.id);
        let detail = "The advisory is about none of the packages that the project publishes.";
        check.require(published, "/advisory", "other_project", detail);
    }
    let detail = "The advisory is under embargo, so the swarm is too: say until when.";
    check.require(!embargoed || call.embargo_until.is_some(), "/embargo_until", "missing", detail);
    check.done()?;
    Ok(found)
}

fn swarm(
    ctx: &Ctx,
    call: &Call,
    checked: Checked,
    advisory: &Advisory,
    project: Option<&Project>,
    by: AccountId,
) -> Swarm {
    let now = ctx.now();
    Swarm {
        id: ctx.ids().make::<SwarmId>(),
        status: SwarmStatus::Called,
        title: checked.title,
        advisory_id: advisory.id,
        project_id: project.map(|project| project.id),
        details: checked.details,
        terms: checked.terms,
        terms_version: 1,
        embargo_until: call.embargo_until,
        called_by: by,
        report: None,
        version: 1,
        called_at: now,
        first_responder_at: None,
        planned_at: None,
        contained_at: None,
        fixed_at: None,
        released_at: None,
        resolved_at: None,
        reviewed_at: None,
        cancelled_at: None,
        updated_at: now,
    }
}

/// The caller leads it and has consented; the project's other maintainers are invited.
fn gather(conn: &mut Conn, ctx: &Ctx, swarm: &Swarm, project: Option<&Project>, actor: &Actor) -> Result<()> {
    let caller = Participant {
        status: ParticipantStatus::Signatory,
        terms_version: Some(swarm.terms_version),
        answered_at: Some(ctx.now()),
        ..invited(ctx, swarm.id, actor.account_id, ParticipantRole::Coordinator, ParticipantOrigin::Caller)
    };
    store::insert_participants(conn, &[caller])?;
    let Some(project) = project else { return Ok(()) };
    let people = projects::list_maintainer_ids(conn, &[project.id])?.remove(&project.id).unwrap_or_default();
    let people: Vec<AccountId> = people.into_iter().filter(|id| *id != actor.account_id).collect();
    super::alert::ask(conn, ctx, swarm, &people, ParticipantRole::RemediationDeveloper, ParticipantOrigin::Maintainer)?;
    Ok(())
}

/// A part that is offered to somebody.
pub(super) fn invited(
    ctx: &Ctx,
    swarm: SwarmId,
    account: AccountId,
    role: ParticipantRole,
    origin: ParticipantOrigin,
) -> Participant {
    Participant {
        id: ctx.ids().make(),
        swarm_id: swarm,
        account_id: account,
        role,
        status: ParticipantStatus::Invited,
        origin,
        organization_id: None,
        terms_version: None,
        finding: Finding::NotChecked,
        note: None,
        invited_at: ctx.now(),
        answered_at: None,
        found_at: None,
    }
}
