//! Swarms: the call-out around one vulnerability, who helps on which terms, the plan, the clocks, and what was learned.

mod dto;
mod letters;
mod model;
mod personal;
pub mod policy;
mod problems;
mod routes;
mod service;
mod store;
mod vex;

pub use model::{
    Entry, ExposedRow, Finding, Milestone, Participant, ParticipantAction, ParticipantOrigin, ParticipantRole,
    ParticipantStatus, Report, Step, StepStatus, Swarm, SwarmAction, SwarmEntryKind, SwarmStatus, consent_machine,
    machine,
};
pub use personal::PERSONAL;
pub use problems::PROBLEMS;
pub use routes::configure;
pub use service::{CALL_OUT, NOTIFY, Reach, call_out, notify};
