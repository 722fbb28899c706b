//! Events on the wire.

use super::Event;
use crate::kernel::{AccountId, EntityId, EventId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A recorded transition.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "from": "draft", "to": "open",
    "actor": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3e", "reason": null, "at": "2026-11-22T09:00:00Z", "request_id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3f"}))]
pub struct EventResponse {
    /// Its id.
    pub id: EventId,
    /// The state before; null at the creation.
    #[schema(required = true, example = "draft")]
    pub from: Option<String>,
    /// The state after.
    #[schema(example = "open")]
    pub to: String,
    /// Who did it; null for the clock.
    #[schema(required = true)]
    pub actor: Option<AccountId>,
    /// Why, if a reason was given.
    #[schema(required = true)]
    pub reason: Option<String>,
    /// When.
    pub at: Timestamp,
    /// The request that did it.
    pub request_id: String,
}

impl From<Event> for EventResponse {
    fn from(event: Event) -> Self {
        Self {
            id: event.id,
            from: event.from_state,
            to: event.to_state,
            actor: event.actor,
            reason: event.reason,
            at: event.at,
            request_id: event.request_id,
        }
    }
}

/// Which records.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListAuditQuery {
    /// Done by this account (its id).
    pub actor: Option<AccountId>,
    /// Of this kind, e.g. `need`, `credentials` or `platform_role`.
    #[param(min_length = 1, max_length = 100, example = "need")]
    pub kind: Option<String>,
    /// About the thing with this id.
    pub entity: Option<EntityId>,
    /// The deed: the state after a transition, or a word such as `password_changed`.
    #[param(min_length = 1, max_length = 100, example = "open")]
    pub action: Option<String>,
    /// Not before this instant.
    pub from: Option<Timestamp>,
    /// Before this instant.
    pub until: Option<Timestamp>,
    /// How many items, 1 to 100; 25 when not said.
    #[param(minimum = 1, maximum = 100, example = 25)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// A record of the audit log.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"seq": 7, "id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "kind": "need",
    "entity": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3a", "from": "draft", "action": "open",
    "actor": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3e", "reason": null, "at": "2026-11-22T09:00:00Z",
    "request_id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3f", "stamp": "m1.0a1b2c3d.77", "previous": "m1.0a1b2c3d.88",
    "link": "m1.0a1b2c3d.99"}))]
pub struct AuditRecordResponse {
    /// Its place in the chain, from 1; null for the moment until it is chained.
    #[schema(required = true)]
    pub seq: Option<i64>,
    /// Its id.
    pub id: EventId,
    /// What kind of thing it is about, e.g. `need`.
    pub kind: String,
    /// The thing's id.
    pub entity: EntityId,
    /// The state before, for transitions.
    #[schema(required = true)]
    pub from: Option<String>,
    /// The state after, or what was done.
    pub action: String,
    /// Who did it; null for the clock and for operators at the machine.
    #[schema(required = true)]
    pub actor: Option<AccountId>,
    /// Why, if a reason was given.
    #[schema(required = true)]
    pub reason: Option<String>,
    /// When.
    pub at: Timestamp,
    /// The request that did it.
    pub request_id: String,
    /// Authenticates all of the above but `seq`.
    #[schema(required = true)]
    pub stamp: Option<String>,
    /// `link` of the record before; empty for the first.
    #[schema(required = true)]
    pub previous: Option<String>,
    /// Authenticates its place.
    #[schema(required = true)]
    pub link: Option<String>,
}

impl From<Event> for AuditRecordResponse {
    fn from(event: Event) -> Self {
        Self {
            seq: event.seq,
            id: event.id,
            kind: event.machine,
            entity: event.entity,
            from: event.from_state,
            action: event.to_state,
            actor: event.actor,
            reason: event.reason,
            at: event.at,
            request_id: event.request_id,
            stamp: event.stamp,
            previous: event.previous,
            link: event.link,
        }
    }
}
