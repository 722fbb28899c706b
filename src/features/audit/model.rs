//! Event rows and the head of their chain.

use crate::infra::db::schema::{audit_heads, events};
use crate::kernel::{AccountId, EntityId, EventId, Timestamp};
use diesel::prelude::*;

/// A recorded deed: most often a transition.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
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
    /// Authenticates all of the above; none in rows older than the chain, until they are chained.
    pub stamp: Option<String>,
    /// Its place in the chain, from 1; none for the moment until it is chained.
    pub seq: Option<i64>,
    /// `link` of the event before it; empty for the first.
    pub previous: Option<String>,
    /// Authenticates its place: made of `seq`, `previous` and `stamp`.
    pub link: Option<String>,
}

/// How far the chain goes.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = audit_heads)]
pub struct Head {
    /// The place of the last event; 0 while there is none.
    pub seq: i64,
    /// Its link.
    pub link: String,
    /// Authenticates both.
    pub stamp: String,
}
