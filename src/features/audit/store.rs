//! Event rows.

use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::infra::db::schema::events;
use crate::kernel::{AccountId, Cursor, EntityId, EventId, Limit, Page, RequestId, Result, Timestamp};
use diesel::prelude::*;

/// A recorded transition.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = events, treat_none_as_default_value = false)]
pub struct Event {
    /// Its id, which also orders the events.
    pub id: EventId,
    /// The state machine, e.g. `need`.
    pub machine: String,
    /// What changed.
    pub entity: EntityId,
    /// Who did it; none for the clock.
    pub actor: Option<AccountId>,
    /// The state before; none at the creation.
    pub from_state: Option<String>,
    /// The state after.
    pub to_state: String,
    /// Why, if a reason was given.
    pub reason: Option<String>,
    /// The request that did it.
    pub request_id: String,
    /// When.
    pub at: Timestamp,
}

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

/// Writes the event of a transition; call it in the transition's transaction.
pub fn record(conn: &mut Conn, ctx: &Ctx, change: Change<'_>) -> Result<()> {
    let event = Event {
        id: ctx.ids().make(),
        machine: change.machine.to_owned(),
        entity: change.entity,
        actor: change.actor,
        from_state: change.from.map(str::to_owned),
        to_state: change.to.to_owned(),
        reason: change.reason.map(str::to_owned),
        request_id: change.request_id.to_string(),
        at: ctx.now(),
    };
    diesel::insert_into(events::table).values(&event).execute(conn)?;
    Ok(())
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
