//! Events on the wire.

use super::Event;
use crate::kernel::{AccountId, EventId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

/// A recorded transition.
#[derive(Debug, Serialize, ToSchema)]
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
