//! Use cases of swarms.

mod alert;
mod call;
mod circle;
mod findings;
mod read;
mod report;
mod transitions;
mod work;

pub use alert::{CALL_OUT, NOTIFY, call_out, notify};
pub use call::Reach;
pub(super) use call::{Call, call};
pub(super) use circle::{Answer, Invitation, Named, Terms, change_terms, invite, participants, reply};
pub(super) use findings::{Exposure, ask_to_notify, organizations, state_finding};
pub(super) use read::{Card, Notices, advisory, get, list};
pub(super) use report::{Outcome, outcome, vex, write_report};
pub(super) use transitions::{reach, transition};
pub(super) use work::{Owned, StepChange, StepInput, add_step, change_step, entries, entries_after, note, plan};

use super::model::{Entry, Participant, Swarm, SwarmEntryKind};
use super::policy::Standing;
use super::store;
use crate::features::advisories::policy::is_embargoed;
use crate::features::audit;
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{AccountId, Actor, Error, PlatformRole, RequestId, Result, SwarmId, Timestamp};

/// A swarm, and what the caller is to it.
#[derive(Debug)]
struct Seen {
    swarm: Swarm,
    standing: Standing,
    part: Option<Participant>,
}

fn standing(swarm: &Swarm, part: Option<&Participant>, actor: Option<&Actor>, now: Timestamp) -> Standing {
    Standing {
        embargoed: is_embargoed(swarm.embargo_until, now),
        part: part.map(|part| (part.status, part.role)),
        coordinator: actor.is_some_and(|actor| actor.has(PlatformRole::Coordinator)),
    }
}

/// The swarm with the caller's standing; 404 when there is none or the caller may not know of it.
fn see(conn: &mut Conn, actor: Option<&Actor>, id: SwarmId, now: Timestamp) -> Result<Seen> {
    let swarm = store::find_swarm(conn, id)?.ok_or_else(|| Error::not_found("swarm"))?;
    let part = match actor {
        Some(actor) => store::find_participant(conn, id, actor.account_id)?,
        None => None,
    };
    let standing = standing(&swarm, part.as_ref(), actor, now);
    let swarm = standing.may_know().prove(swarm, "swarm")?.into_inner();
    Ok(Seen { swarm, standing, part })
}

/// The same, with the swarm kept from others' changes until the transaction ends.
fn lock(conn: &mut Conn, actor: &Actor, id: SwarmId, now: Timestamp) -> Result<Seen> {
    see(conn, Some(actor), id, now)?;
    let swarm = store::lock_swarm(conn, id)?;
    let part = store::find_participant(conn, id, actor.account_id)?;
    let standing = standing(&swarm, part.as_ref(), Some(actor), now);
    let swarm = standing.may_know().prove(swarm, "swarm")?.into_inner();
    Ok(Seen { swarm, standing, part })
}

fn log(
    conn: &mut Conn,
    ctx: &Ctx,
    swarm: SwarmId,
    who: Option<AccountId>,
    kind: SwarmEntryKind,
    text: impl Into<String>,
) -> Result<()> {
    let entry =
        Entry { id: ctx.ids().make(), swarm_id: swarm, account_id: who, kind, text: text.into(), at: ctx.now() };
    store::insert_entry(conn, &entry)
}

/// Who does something, in which request.
#[derive(Debug, Clone, Copy)]
struct By<'a> {
    actor: Option<AccountId>,
    request_id: &'a RequestId,
}

impl<'a> By<'a> {
    fn actor(actor: &'a Actor) -> Self {
        Self { actor: Some(actor.account_id), request_id: &actor.request_id }
    }
}

fn record(
    conn: &mut Conn,
    ctx: &Ctx,
    machine: &'static str,
    entity: impl Into<crate::kernel::EntityId>,
    from: Option<&'static str>,
    to: &'static str,
    by: By<'_>,
) -> Result<()> {
    let change = audit::Change {
        machine,
        entity: entity.into(),
        actor: by.actor,
        from,
        to,
        reason: None,
        request_id: by.request_id,
    };
    audit::record(conn, ctx, change)
}
