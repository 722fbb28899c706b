//! The containment plan and the log.

use super::read::handles;
use super::{lock, log, see};
use crate::features::accounts;
use crate::features::swarms::model::{Entry, ParticipantStatus, Step, StepStatus, SwarmEntryKind};
use crate::features::swarms::problems::ENDED;
use crate::features::swarms::store;
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{
    AccountId, Actor, Check, Cursor, Error, Limit, Line, Markdown, Page, Result, StepId, SwarmEntryId, SwarmId,
    Timestamp,
};

/// A new step.
#[derive(Debug, Clone)]
pub(in crate::features::swarms) struct StepInput {
    pub title: String,
    pub details: String,
    pub owner: String,
    pub due_at: Timestamp,
}

/// What is to be different about a step.
#[derive(Debug, Clone, Default)]
pub(in crate::features::swarms) struct StepChange {
    pub title: Option<String>,
    pub details: Option<String>,
    pub owner: Option<String>,
    pub due_at: Option<Timestamp>,
    pub status: Option<StepStatus>,
}

/// Something with the handle of whose it is.
#[derive(Debug)]
pub(in crate::features::swarms) struct Owned<T> {
    pub what: T,
    pub handle: Option<String>,
}

/// Somebody in the swarm who has not declined.
fn owner(conn: &mut Conn, id: SwarmId, handle: &str) -> Result<AccountId> {
    let unknown = || Error::field("/owner", "unknown", "Nobody in the swarm has this handle; invite them first.");
    let account = accounts::find_account_by_handle(conn, handle)?.ok_or_else(unknown)?;
    let part = store::find_participant(conn, id, account.id)?.ok_or_else(unknown)?;
    if part.status == ParticipantStatus::Declined { Err(unknown()) } else { Ok(account.id) }
}

fn texts(title: Option<&str>, details: Option<&str>) -> Result<(Option<String>, Option<String>)> {
    let mut check = Check::default();
    let title = check.optional("/title", title.map(|text| Line::parse(text, 3, 200)));
    let details = check.optional("/details", details.map(|text| Markdown::parse(text, 10_000)));
    check.done()?;
    Ok((title?.map(Line::into_string), details?.map(Markdown::into_string)))
}

/// Adds a step to the plan; the first one stops a clock.
pub(in crate::features::swarms) async fn add_step(
    ctx: &Ctx,
    actor: &Actor,
    id: SwarmId,
    input: StepInput,
) -> Result<Owned<Step>> {
    let (title, details) = texts(Some(&input.title), Some(&input.details))?;
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let now = inner.now();
            let mut seen = lock(conn, &actor, id, now)?;
            seen.standing.require_lead()?;
            if seen.swarm.status.is_over() {
                return Err(Error::new(&ENDED, format!("It is {}.", seen.swarm.status)));
            }
            let step = Step {
                id: inner.ids().make(),
                swarm_id: id,
                title: title.clone().unwrap_or_default(),
                details: details.clone().unwrap_or_default(),
                owner_id: owner(conn, id, &input.owner)?,
                due_at: input.due_at,
                status: StepStatus::Open,
                created_at: now,
                closed_at: None,
            };
            store::insert_step(conn, &step)?;
            if seen.swarm.planned_at.is_none() {
                seen.swarm.planned_at = Some(now);
                seen.swarm.updated_at = now;
                store::move_swarm(conn, &seen.swarm)?;
            }
            let text = format!("Planned until {}: {} ({}).", step.due_at, step.title, input.owner);
            log(conn, &inner, id, Some(actor.account_id), SwarmEntryKind::Plan, text)?;
            Ok(Owned { what: step, handle: Some(input.owner.clone()) })
        })
        .await
}

/// Changes a step: its owner says how it stands, the swarm's coordinators change all of it.
pub(in crate::features::swarms) async fn change_step(
    ctx: &Ctx,
    actor: &Actor,
    id: SwarmId,
    step: StepId,
    change: StepChange,
) -> Result<Owned<Step>> {
    let (title, details) = texts(change.title.as_deref(), change.details.as_deref())?;
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let now = inner.now();
            let seen = lock(conn, &actor, id, now)?;
            seen.standing.require_part()?;
            let mut step = store::find_step(conn, id, step)?.ok_or_else(|| Error::not_found("step"))?;
            let only_status = title.is_none() && details.is_none() && change.owner.is_none() && change.due_at.is_none();
            if !(seen.standing.leads() || (step.owner_id == actor.account_id && only_status)) {
                let detail = "A step's owner says how it stands; the rest is for the swarm's coordinators.";
                return Err(Error::forbidden(detail));
            }
            if let Some(handle) = &change.owner {
                step.owner_id = owner(conn, id, handle)?;
            }
            step.title = title.clone().unwrap_or(step.title);
            step.details = details.clone().unwrap_or(step.details);
            step.due_at = change.due_at.unwrap_or(step.due_at);
            if let Some(status) = change.status.filter(|status| *status != step.status) {
                step.status = status;
                step.closed_at = (status != StepStatus::Open).then_some(now);
            }
            store::update_step(conn, &step)?;
            let text = format!("{}: {}, due {}.", step.title, step.status, step.due_at);
            log(conn, &inner, id, Some(actor.account_id), SwarmEntryKind::Plan, text)?;
            let handle = handles(conn, &[step.owner_id])?.remove(&step.owner_id);
            Ok(Owned { what: step, handle })
        })
        .await
}

fn owned<T>(conn: &mut Conn, page: Page<T>, whose: impl Fn(&T) -> Option<AccountId>) -> Result<Page<Owned<T>>> {
    let ids: Vec<AccountId> = page.items.iter().filter_map(&whose).collect();
    let handles = handles(conn, &ids)?;
    Ok(page.map(|what| Owned { handle: whose(&what).and_then(|id| handles.get(&id).cloned()), what }))
}

/// The plan.
pub(in crate::features::swarms) async fn plan(
    ctx: &Ctx,
    actor: &Actor,
    id: SwarmId,
    limit: Limit,
    after: Option<Cursor>,
) -> Result<Page<Owned<Step>>> {
    let (actor, now) = (actor.clone(), ctx.now());
    ctx.store()
        .read(move |conn| {
            see(conn, Some(&actor), id, now)?.standing.require_content()?;
            let page = store::list_steps(conn, id, limit, after.as_ref())?;
            owned(conn, page, |step| Some(step.owner_id))
        })
        .await
}

/// Writes a line into the log.
pub(in crate::features::swarms) async fn note(
    ctx: &Ctx,
    actor: &Actor,
    id: SwarmId,
    text: String,
) -> Result<Owned<Entry>> {
    let mut check = Check::default();
    let text = check.value("/text", Line::parse(&text, 1, 1_000));
    check.done()?;
    let text = text?.into_string();
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let now = inner.now();
            let seen = lock(conn, &actor, id, now)?;
            seen.standing.require_part()?;
            let entry = Entry {
                id: inner.ids().make(),
                swarm_id: id,
                account_id: Some(actor.account_id),
                kind: SwarmEntryKind::Note,
                text: text.clone(),
                at: now,
            };
            store::insert_entry(conn, &entry)?;
            let handle = handles(conn, &[actor.account_id])?.remove(&actor.account_id);
            Ok(Owned { what: entry, handle })
        })
        .await
}

/// The log.
pub(in crate::features::swarms) async fn entries(
    ctx: &Ctx,
    actor: &Actor,
    id: SwarmId,
    limit: Limit,
    after: Option<Cursor>,
) -> Result<Page<Owned<Entry>>> {
    let (actor, now) = (actor.clone(), ctx.now());
    ctx.store()
        .read(move |conn| {
            see(conn, Some(&actor), id, now)?.standing.require_content()?;
            let page = store::list_entries(conn, id, limit, after.as_ref())?;
            owned(conn, page, |entry| entry.account_id)
        })
        .await
}

/// The lines behind this one, for a stream; it fails as soon as the caller may not read on.
pub(in crate::features::swarms) async fn entries_after(
    ctx: &Ctx,
    actor: &Actor,
    id: SwarmId,
    after: Option<SwarmEntryId>,
) -> Result<Vec<Owned<Entry>>> {
    let limit = Limit::parse(Some(100)).map_err(|fault| Error::internal(fault.detail))?;
    Ok(entries(ctx, actor, id, limit, after.map(Cursor::by_id)).await?.items)
}
