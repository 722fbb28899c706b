//! How far projects meet the OpenSSF's security baseline: what they say of each requirement, with evidence and history, the
//! level that they reach by it, and unmet requirements turned into needs.

pub mod catalog;
mod dto;
mod evidence;
mod level;
mod model;
mod personal;
mod problems;
mod routes;
mod service;
mod store;

pub use level::{Reached, reached};
pub use model::{AssessmentSource, AssessmentStatus};
pub use personal::PERSONAL;
pub use problems::PROBLEMS;
pub use routes::configure;
pub use service::{Distance, ask_again, distance, take_up};
