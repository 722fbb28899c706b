//! Events on the wire.

use super::Event;
use crate::kernel::{AccountId, EventId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

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
