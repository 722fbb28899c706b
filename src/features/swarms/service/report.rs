//! What comes of a swarm: the after-action report, and statements for others' tools.

use super::read::{About, Card, Notices, about, card, notices};
use super::{lock, log, see};
use crate::features::accounts::policy::require_fresh_factor;
use crate::features::advisories::{self, Advisory};
use crate::features::organizations::{self, policy as runs};
use crate::features::swarms::model::{
    ExposedRow, Finding, ParticipantRole, Report, Swarm, SwarmEntryKind, SwarmStatus,
};
use crate::features::swarms::policy::Sight;
use crate::features::swarms::problems::TRANSITION_REFUSED;
use crate::features::swarms::{store, vex};
use crate::infra::Ctx;
use crate::kernel::{Actor, Caller, Check, Decision, Error, IfMatch, Markdown, Result, SwarmId};
use serde_json::Value;

/// An after-action report with the figures.
#[derive(Debug)]
pub(in crate::features::swarms) struct Outcome {
    pub swarm: Swarm,
    pub about: About,
    pub report: Report,
    pub roles: Vec<(ParticipantRole, i64)>,
    pub notices: Notices,
    pub findings: Vec<(Finding, usize)>,
}

/// Writes the after-action report, or writes it anew, until it is reviewed.
pub(in crate::features::swarms) async fn write_report(
    ctx: &Ctx,
    actor: &Actor,
    id: SwarmId,
    if_match: IfMatch,
    report: Report,
) -> Result<Card> {
    let mut check = Check::default();
    let mut text = |pointer: &str, text: &str| check.value(pointer, Markdown::parse(text, 20_000));
    let parts = (
        text("/summary", &report.summary),
        text("/cause", &report.cause),
        text("/went_well", &report.went_well),
        text("/to_improve", &report.to_improve),
    );
    check.require(!report.summary.trim().is_empty(), "/summary", "too_short", "A report says at least what happened.");
    check.done()?;
    let report = Report {
        summary: parts.0?.into_string(),
        cause: parts.1?.into_string(),
        went_well: parts.2?.into_string(),
        to_improve: parts.3?.into_string(),
    };
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let now = inner.now();
            let seen = lock(conn, &actor, id, now)?;
            seen.standing.require_lead()?;
            require_fresh_factor(&actor, now)?;
            if_match.check(seen.swarm.version)?;
            if seen.swarm.status != SwarmStatus::Resolved {
                let detail = format!("A swarm that is {} has no report to be written.", seen.swarm.status);
                return Err(Error::new(&TRANSITION_REFUSED, detail).with_allowed(Vec::new()));
            }
            store::set_report(conn, id, report.clone(), now)?;
            log(
                conn,
                &inner,
                id,
                Some(actor.account_id),
                SwarmEntryKind::Report,
                "The after-action report was written.",
            )?;
            let swarm = store::get_swarm(conn, id)?;
            card(conn, swarm, Some(&actor), now)
        })
        .await
}

/// The after-action report: for everybody once there is no embargo, until then for those who read the swarm's content.
pub(in crate::features::swarms) async fn outcome(ctx: &Ctx, caller: &Caller, id: SwarmId) -> Result<Outcome> {
    let (actor, now) = (caller.actor.clone(), ctx.now());
    ctx.store()
        .read(move |conn| {
            let seen = see(conn, actor.as_ref(), id, now)?;
            if seen.standing.sight() == Sight::Call {
                seen.standing.require_content()?;
            }
            let missing = || Error::not_found("report");
            let report = seen.swarm.report.clone().filter(|_| seen.swarm.status.has_outcome()).ok_or_else(missing)?.0;
            let rows = store::list_organizations(conn, id)?;
            let count = |finding: &Finding| (*finding, rows.iter().filter(|row| row.finding == *finding).count());
            Ok(Outcome {
                about: about(conn, &seen.swarm)?,
                roles: store::count_roles(conn, id)?,
                notices: notices(conn, id)?,
                findings: Finding::ALL.iter().map(count).collect(),
                report,
                swarm: seen.swarm,
            })
        })
        .await
}

/// The swarm as a VEX document: for everybody once there is no embargo. With an organization, how that one stands, for those
/// who run it.
pub(in crate::features::swarms) async fn vex(
    ctx: &Ctx,
    caller: &Caller,
    id: SwarmId,
    organization: Option<String>,
) -> Result<Value> {
    let (actor, now) = (caller.actor.clone(), ctx.now());
    ctx.store()
        .read(move |conn| {
            let seen = see(conn, actor.as_ref(), id, now)?;
            if seen.standing.sight() == Sight::Call {
                seen.standing.require_content()?;
            }
            let advisory: Advisory = advisories::get_advisory(conn, seen.swarm.advisory_id)?;
            let own = match &organization {
                None => None,
                Some(slug) => Some(own(conn, &seen.swarm, actor.as_ref(), slug)?),
            };
            let packages = advisories::packages_of(conn, advisory.id)?;
            Ok(vex::document(&seen.swarm, &advisory, &packages, own.as_ref(), now))
        })
        .await
}

fn own(
    conn: &mut crate::infra::db::Conn,
    swarm: &Swarm,
    actor: Option<&Actor>,
    slug: &str,
) -> Result<(String, ExposedRow)> {
    let unknown = || Error::field("?organization", "unknown", "No organization of this slug that you run is exposed.");
    let actor = actor.ok_or_else(unknown)?;
    let found = organizations::find_organization_by_slug(conn, slug)?.ok_or_else(unknown)?;
    let role = organizations::role_in(conn, found.id, actor.account_id)?;
    let row = store::find_organization(conn, swarm.id, found.id)?.filter(|_| runs::may_manage(role) == Decision::Allow);
    Ok((found.name, row.ok_or_else(unknown)?))
}
