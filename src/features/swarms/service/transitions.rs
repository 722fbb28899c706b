//! The transitions of swarms, and what stops their clocks.

use super::read::{Card, card};
use super::{By, lock, log, record};
use crate::features::accounts::policy::require_fresh_factor;
use crate::features::swarms::model::{
    Milestone, ParticipantRole, Swarm, SwarmAction, SwarmEntryKind, SwarmStatus, advance,
};
use crate::features::swarms::policy::Standing;
use crate::features::swarms::problems::{ENDED, MILESTONE_REACHED, NO_PLAN, NO_REPORT};
use crate::features::swarms::store;
use crate::infra::Ctx;
use crate::kernel::{Actor, Error, IfMatch, Result, SwarmId, Timestamp};

/// A transition that one of the swarm's coordinators asks for.
pub(in crate::features::swarms) async fn transition(
    ctx: &Ctx,
    actor: &Actor,
    id: SwarmId,
    if_match: IfMatch,
    action: SwarmAction,
    reason: Option<String>,
) -> Result<Card> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let now = inner.now();
            let mut seen = lock(conn, &actor, id, now)?;
            seen.standing.require_lead()?;
            require_fresh_factor(&actor, now)?;
            if_match.check(seen.swarm.version)?;
            let from = seen.swarm.status;
            let to = advance(from, action)?;
            guard(&seen.swarm, to)?;
            stop(&mut seen.swarm, to, now);
            store::move_swarm(conn, &seen.swarm)?;
            record(conn, &inner, "swarm", id, Some(from.as_str()), to.as_str(), By::actor(&actor))?;
            let why = reason.as_ref().map(|reason| format!(" {reason}")).unwrap_or_default();
            log(conn, &inner, id, Some(actor.account_id), SwarmEntryKind::State, format!("It is {to} now.{why}"))?;
            let swarm = store::get_swarm(conn, id)?;
            card(conn, swarm, Some(&actor), now)
        })
        .await
}

fn guard(swarm: &Swarm, to: SwarmStatus) -> Result<()> {
    match to {
        SwarmStatus::Active if swarm.planned_at.is_none() => {
            Err(Error::new(&NO_PLAN, "Work begins with a plan: who does what, until when."))
        }
        SwarmStatus::Reviewed if swarm.report.is_none() => {
            Err(Error::new(&NO_REPORT, "A review ends with what was learned."))
        }
        _ => Ok(()),
    }
}

/// Each state that is reached stops a clock.
fn stop(swarm: &mut Swarm, to: SwarmStatus, now: Timestamp) {
    swarm.status = to;
    swarm.updated_at = now;
    match to {
        SwarmStatus::Contained => swarm.contained_at = Some(now),
        SwarmStatus::Resolved => swarm.resolved_at = Some(now),
        SwarmStatus::Reviewed => swarm.reviewed_at = Some(now),
        SwarmStatus::Cancelled => swarm.cancelled_at = Some(now),
        SwarmStatus::Called | SwarmStatus::Forming | SwarmStatus::Active => {}
    }
}

/// Whoever works on it says that it is reached.
fn may_reach(standing: Standing, milestone: Milestone) -> Result<()> {
    standing.require_part()?;
    let role = standing.part.map(|(_, role)| role);
    let roles: &[ParticipantRole] = match milestone {
        Milestone::Fix => &[ParticipantRole::RemediationDeveloper, ParticipantRole::Reviewer],
        Milestone::Release => &[ParticipantRole::Release],
    };
    if standing.leads() || role.is_some_and(|role| roles.contains(&role)) {
        return Ok(());
    }
    Err(Error::forbidden("The swarm's coordinators say this, and those whose role it is."))
}

/// There is a fix, or it is released.
pub(in crate::features::swarms) async fn reach(
    ctx: &Ctx,
    actor: &Actor,
    id: SwarmId,
    milestone: Milestone,
) -> Result<Card> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let now = inner.now();
            let mut seen = lock(conn, &actor, id, now)?;
            may_reach(seen.standing, milestone)?;
            if seen.swarm.status.is_over() {
                return Err(Error::new(&ENDED, format!("It is {}.", seen.swarm.status)));
            }
            let clock = match milestone {
                Milestone::Fix => &mut seen.swarm.fixed_at,
                Milestone::Release => &mut seen.swarm.released_at,
            };
            if let Some(at) = clock {
                return Err(Error::new(&MILESTONE_REACHED, format!("It was reached at {at}.")));
            }
            *clock = Some(now);
            seen.swarm.updated_at = now;
            store::move_swarm(conn, &seen.swarm)?;
            record(conn, &inner, "swarm_milestone", id, None, milestone.as_str(), By::actor(&actor))?;
            let text = match milestone {
                Milestone::Fix => "There is a fix.",
                Milestone::Release => "The fix is released.",
            };
            log(conn, &inner, id, Some(actor.account_id), SwarmEntryKind::Milestone, text)?;
            let swarm = store::get_swarm(conn, id)?;
            card(conn, swarm, Some(&actor), now)
        })
        .await
}
