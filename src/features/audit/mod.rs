//! What happened to what: one event for each transition and each deed that bears on security, stamped and written in its
//! transaction, and chained right after it. Why so: `docs/adr/0005-audit-chain.md`.

mod chain;
mod dto;
mod model;
mod policy;
mod routes;
mod service;
mod store;

pub use chain::{Finding, Tampering};
pub use dto::{AuditRecordResponse, EventResponse};
pub use model::{Event, Head};
pub use routes::configure;
pub use service::{Verdict, chain_committed, next_for_export, verify};
pub use store::{Change, list_by_actor, list_events, record, tells_since};
