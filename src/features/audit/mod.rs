//! What happened to what: one event row for each transition, written in its transaction.

mod dto;
mod store;

pub use dto::EventResponse;
pub use store::{Change, Event, list_by_actor, list_events, record};
