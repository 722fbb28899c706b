//! What the two sides of an assignment say of each other once it has ended, and the facts that follow: skills seen at work,
//! leases kept, answers given in time. No stars.

mod answers;
mod dto;
mod fading;
mod model;
mod personal;
pub mod policy;
mod problems;
mod routes;
mod service;
mod store;

pub use model::{Feedback, FeedbackSide};
pub use personal::PERSONAL;
pub use problems::PROBLEMS;
pub use routes::configure;
pub use store::list_confirmed_skills;
