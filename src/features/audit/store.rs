//! All queries of the audit log.

use super::chain;
use super::model::{Event, Head};
use crate::infra::Ctx;
use crate::infra::db::schema::{audit_heads, events};
use crate::infra::db::{Conn, lock_row};
use crate::kernel::{AccountId, Cursor, EntityId, EventId, Limit, Page, RequestId, Result, Timestamp};
use diesel::prelude::*;

/// A transition to be recorded.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// The state machine, e.g. `need`.
    pub machine: &'static str,
    /// What changes.
    pub entity: EntityId,
    /// Who does it; none for the clock.
    pub actor: Option<AccountId>,
    /// The state before; none at the creation.
    pub from: Option<&'static str>,
    /// The state after.
    pub to: &'static str,
    /// Why.
    pub reason: Option<&'a str>,
    /// The request that does it.
    pub request_id: &'a RequestId,
}

/// Writes the event of a transition, stamped; call it in the transition's transaction. It is chained soon after the commit.
pub fn record(conn: &mut Conn, ctx: &Ctx, change: Change<'_>) -> Result<()> {
    let mut event = Event {
        id: ctx.ids().make(),
        machine: change.machine.to_owned(),
        entity: change.entity,
        actor: change.actor,
        from_state: change.from.map(str::to_owned),
        to_state: change.to.to_owned(),
        reason: change.reason.map(str::to_owned),
        request_id: change.request_id.to_string(),
        at: ctx.now(),
        stamp: None,
        seq: None,
        previous: None,
        link: None,
    };
    event.stamp = Some(chain::stamp(ctx.sealer(), &event)?);
    diesel::insert_into(events::table).values(&event).execute(conn)?;
    Ok(())
}

/// Whether this was recorded of the thing since then.
pub fn tells_since(conn: &mut Conn, entity: EntityId, machine: &str, to: &str, since: Timestamp) -> Result<bool> {
    let found = events::table
        .filter(events::entity.eq(entity))
        .filter(events::machine.eq(machine))
        .filter(events::to_state.eq(to))
        .filter(events::at.gt(since))
        .select(events::id);
    Ok(found.first::<EventId>(conn).optional()?.is_some())
}

/// The events of one thing, oldest first.
pub fn list_events(conn: &mut Conn, entity: EntityId, limit: Limit, after: Option<&Cursor>) -> Result<Page<Event>> {
    let mut query = events::table.filter(events::entity.eq(entity)).into_boxed();
    if let Some(after) = after {
        query = query.filter(events::id.gt(EventId(after.id)));
    }
    let rows = query.order(events::id).limit(limit.rows_and_one()).select(Event::as_select()).load(conn)?;
    Ok(Page::cut(rows, limit, |event| Cursor::by_id(event.id)))
}

/// Everything that this account did, oldest first.
pub fn list_by_actor(conn: &mut Conn, actor: AccountId) -> Result<Vec<Event>> {
    Ok(events::table.filter(events::actor.eq(actor)).order(events::id).select(Event::as_select()).load(conn)?)
}

/// Which events of the log.
#[derive(Debug, Clone)]
pub(super) struct Filter {
    /// Done by this account.
    pub actor: Option<AccountId>,
    /// Of this machine.
    pub kind: Option<String>,
    /// About this thing.
    pub entity: Option<EntityId>,
    /// With this state after it.
    pub action: Option<String>,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
    /// How many.
    pub limit: Limit,
    /// After this one.
    pub after: Option<Cursor>,
}

/// The log, newest first.
pub(super) fn search_events(conn: &mut Conn, filter: &Filter) -> Result<Page<Event>> {
    let mut query = events::table.into_boxed();
    if let Some(actor) = filter.actor {
        query = query.filter(events::actor.eq(actor));
    }
    if let Some(kind) = &filter.kind {
        query = query.filter(events::machine.eq(kind));
    }
    if let Some(entity) = filter.entity {
        query = query.filter(events::entity.eq(entity));
    }
    if let Some(action) = &filter.action {
        query = query.filter(events::to_state.eq(action));
    }
    if let Some(from) = filter.from {
        query = query.filter(events::at.ge(from));
    }
    if let Some(until) = filter.until {
        query = query.filter(events::at.lt(until));
    }
    if let Some(after) = &filter.after {
        query = query.filter(events::id.lt(EventId(after.id)));
    }
    let rows =
        query.order(events::id.desc()).limit(filter.limit.rows_and_one()).select(Event::as_select()).load(conn)?;
    Ok(Page::cut(rows, filter.limit, |event| Cursor::by_id(event.id)))
}

/// Whether an event waits to be chained.
pub(super) fn has_unchained(conn: &mut Conn) -> Result<bool> {
    let first: Option<EventId> =
        events::table.filter(events::seq.is_null()).select(events::id).first(conn).optional()?;
    Ok(first.is_some())
}

/// Chains up to `most` of the events that were committed, past the given id and in the order of their ids; returns how many
/// were, and the last one looked at. Nobody else chains meanwhile, and no writer of events waits for it.
pub(super) fn chain_next(
    conn: &mut Conn,
    ctx: &Ctx,
    after: Option<EventId>,
    most: i64,
) -> Result<(usize, Option<EventId>)> {
    let found: Option<Head> = lock_row!(conn, audit_heads::table.select(Head::as_select()))?;
    // Without a head nothing is chained: beginning anew would hide that it was taken away.
    let Some(mut head) = found else { return Ok((0, None)) };
    // What was written before there was a chain makes its beginning, all of it at once: later nothing unstamped gets in.
    let begins = head.seq == 0;
    let loose = list_loose(conn, after, if begins { i64::MAX } else { most })?;
    let last = loose.last().map(|event| event.id);
    let mut chained = 0;
    for event in loose {
        let Some((linked, next)) = chain::link(ctx.sealer(), &head, &event, begins)? else { continue };
        diesel::update(events::table.find(linked.id).filter(events::seq.is_null()))
            .set((
                events::stamp.eq(linked.stamp),
                events::seq.eq(linked.seq),
                events::previous.eq(linked.previous),
                events::link.eq(linked.link),
            ))
            .execute(conn)?;
        head = next;
        chained += 1;
    }
    if chained > 0 {
        diesel::update(audit_heads::table.find(1)).set(&head).execute(conn)?;
    }
    Ok((chained, last))
}

/// How far the chain goes.
pub(super) fn find_head(conn: &mut Conn) -> Result<Option<Head>> {
    Ok(audit_heads::table.select(Head::as_select()).first(conn).optional()?)
}

/// Chained events after this place, in the order of the chain.
pub(super) fn list_chained(conn: &mut Conn, after: i64, most: i64) -> Result<Vec<Event>> {
    let chained = events::table.filter(events::seq.gt(after));
    Ok(chained.order(events::seq).limit(most).select(Event::as_select()).load(conn)?)
}

/// Events that are not chained, after this id.
pub(super) fn list_loose(conn: &mut Conn, after: Option<EventId>, most: i64) -> Result<Vec<Event>> {
    let mut query = events::table.filter(events::seq.is_null()).into_boxed();
    if let Some(after) = after {
        query = query.filter(events::id.gt(after));
    }
    Ok(query.order(events::id).limit(most).select(Event::as_select()).load(conn)?)
}
