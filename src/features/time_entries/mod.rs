//! Work logged on assignments: what counts, who says so, and what of it a pledge pays for.

mod dto;
mod input;
mod model;
mod personal;
pub mod policy;
mod problems;
mod routes;
mod rules;
mod service;
mod store;
mod table;

pub use input::EntryInput;
pub use model::{ImportOutcome, TRANSITIONS, TimeEntry, TimeEntryAction, TimeEntryStatus, machine};
pub use personal::PERSONAL;
pub use problems::PROBLEMS;
pub use routes::configure;
pub use service::confirm_silent;
pub use store::{Worked, has_pending, work_of_assignment};
