//! What was found: by each participant, and by the organizations that are exposed.

use super::alert::NOTIFY;
use super::circle::{require_running, slugs};
use super::read::{Card, Notices, card, notices};
use super::{Seen, lock, log, see};
use crate::features::accounts;
use crate::features::accounts::policy::require_fresh_factor;
use crate::features::organizations::{self, OrganizationRole, policy as runs};
use crate::features::swarms::model::{ExposedRow, Finding, Participant, SwarmEntryKind};
use crate::features::swarms::store;
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::infra::queue::{self, NewJob};
use crate::kernel::{Actor, Check, Decision, Error, Line, OrganizationId, Result, SwarmId, Timestamp};
use serde_json::json;

/// Says what one found: for oneself, or for an organization that one runs.
pub(in crate::features::swarms) async fn state_finding(
    ctx: &Ctx,
    actor: &Actor,
    id: SwarmId,
    organization: Option<String>,
    finding: Finding,
    note: Option<String>,
) -> Result<Card> {
    let mut check = Check::default();
    let note = check.optional("/note", note.as_deref().map(|text| Line::parse(text, 1, 500)));
    check.done()?;
    let note = note?.map(Line::into_string);
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let now = inner.now();
            let seen = lock(conn, &actor, id, now)?;
            seen.standing.require_content()?;
            require_running(&seen.swarm)?;
            if let Some(slug) = &organization {
                let row = exposed(conn, &seen, &actor, slug)?;
                store::set_finding(conn, id, row.organization_id, finding, now)?;
                let text = format!("An organization that is exposed says: {finding}.");
                log(conn, &inner, id, None, SwarmEntryKind::Finding, text)?;
            } else {
                seen.standing.require_part()?;
                let alone = || Error::forbidden("Only those who take part say what they found.");
                let part = seen.part.clone().ok_or_else(alone)?;
                let changed = Participant { finding, note: note.clone(), found_at: Some(now), ..part };
                store::update_participant(conn, &changed)?;
                let name = accounts::get_account(conn, actor.account_id)?.handle;
                let said = note.as_ref().map(|note| format!(" {note}")).unwrap_or_default();
                let text = format!("{name} says: {finding}.{said}");
                log(conn, &inner, id, Some(actor.account_id), SwarmEntryKind::Finding, text)?;
            }
            card(conn, seen.swarm, Some(&actor), now)
        })
        .await
}

/// The row of an exposed organization, for those who run it and for the swarm's coordinators.
fn exposed(conn: &mut Conn, seen: &Seen, actor: &Actor, slug: &str) -> Result<ExposedRow> {
    let unknown =
        || Error::field("/organization", "unknown", "No organization of this slug that you may speak for is exposed.");
    let found = organizations::find_organization_by_slug(conn, slug)?.ok_or_else(unknown)?;
    let role = organizations::role_in(conn, found.id, actor.account_id)?;
    let row = store::find_organization(conn, seen.swarm.id, found.id)?.ok_or_else(unknown)?;
    let runs = row.notified_at.is_some() && runs::may_manage(role) == Decision::Allow;
    if runs || seen.standing.leads() { Ok(row) } else { Err(unknown()) }
}

/// How exposed organizations stand, and those of them that the caller may know of.
#[derive(Debug)]
pub(in crate::features::swarms) struct Exposure {
    pub notices: Notices,
    pub findings: Vec<(Finding, usize)>,
    /// Slug, name and row.
    pub rows: Vec<(String, String, ExposedRow)>,
    pub called_at: Timestamp,
}

/// The counts for all who take part; the organizations for the swarm's coordinators, and one's own.
pub(in crate::features::swarms) async fn organizations(ctx: &Ctx, actor: &Actor, id: SwarmId) -> Result<Exposure> {
    let (actor, now) = (actor.clone(), ctx.now());
    ctx.store()
        .read(move |conn| {
            let seen = see(conn, Some(&actor), id, now)?;
            seen.standing.require_content()?;
            let all = store::list_organizations(conn, id)?;
            let count = |finding: &Finding| (*finding, all.iter().filter(|row| row.finding == *finding).count());
            let findings = Finding::ALL.iter().map(count).collect();
            let notices = notices(conn, id)?;
            let mut shown = Vec::new();
            for row in all {
                let leads = seen.standing.leads();
                if leads || runs_it(conn, &row, &actor)? {
                    shown.push(row);
                }
            }
            let ids: Vec<_> = shown.iter().map(|row| row.organization_id).collect();
            let slugs = slugs(conn, &ids)?;
            let name = |row: ExposedRow| {
                let (slug, name) = slugs.get(&row.organization_id).cloned().unwrap_or_default();
                (slug, name, row)
            };
            let mut rows: Vec<_> = shown.into_iter().map(name).collect();
            rows.sort_by(|one, other| one.0.cmp(&other.0));
            Ok(Exposure { notices, findings, rows, called_at: seen.swarm.called_at })
        })
        .await
}

fn runs_it(conn: &mut Conn, row: &ExposedRow, actor: &Actor) -> Result<bool> {
    if row.notified_at.is_none() {
        return Ok(false);
    }
    let role: Option<OrganizationRole> = organizations::role_in(conn, row.organization_id, actor.account_id)?;
    Ok(runs::may_manage(role) == Decision::Allow)
}

/// Has the exposed organizations told that were not told yet: all of them, or those named.
pub(in crate::features::swarms) async fn ask_to_notify(
    ctx: &Ctx,
    actor: &Actor,
    id: SwarmId,
    named: Option<Vec<String>>,
) -> Result<Card> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let now = inner.now();
            let seen = lock(conn, &actor, id, now)?;
            seen.standing.require_lead()?;
            require_running(&seen.swarm)?;
            require_fresh_factor(&actor, now)?;
            let chosen = match &named {
                None => None,
                Some(slugs) => Some(choose(conn, id, slugs)?),
            };
            let payload = json!({ "swarm": id, "organizations": chosen });
            let job = NewJob { kind: NOTIFY, payload, run_at: now, unique_key: None };
            queue::enqueue_urgent(conn, inner.ids(), now, job)?;
            card(conn, seen.swarm, Some(&actor), now)
        })
        .await
}

fn choose(conn: &mut Conn, id: SwarmId, slugs: &[String]) -> Result<Vec<OrganizationId>> {
    let (mut check, mut chosen) = (Check::default(), Vec::new());
    for (at, slug) in slugs.iter().enumerate() {
        let row = match organizations::find_organization_by_slug(conn, slug)? {
            Some(found) => store::find_organization(conn, id, found.id)?,
            None => None,
        };
        match row {
            Some(row) => chosen.push(row.organization_id),
            None => check.fault(format!("/organizations/{at}"), "unknown", "No exposed organization has this slug."),
        }
    }
    check.done()?;
    Ok(chosen)
}
