//! Webhooks: organizations' own programs, told what concerns the organization, by the Standard Webhooks specification.

mod dto;
mod letters;
mod model;
pub mod policy;
mod problems;
mod routes;
mod schedule;
mod service;
mod sign;
mod store;

pub use model::{WebhookAction, WebhookStatus, machine};
pub use problems::PROBLEMS;
pub use routes::configure;
pub use service::{DELIVER, deliver, hear, prune_deliveries};
