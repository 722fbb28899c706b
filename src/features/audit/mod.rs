//! What happened to what: one event row for each transition, written in its transaction.

mod dto;
mod store;

pub use dto::EventResponse;
pub use store::{Change, Event, list_events, record};
