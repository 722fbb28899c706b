//! The taxonomy of skills: names, aliases, what implies what; and suggestions for what it lacks.

mod dto;
mod model;
mod problems;
mod routes;
mod service;
mod store;
pub mod taxonomy;

pub use problems::PROBLEMS;
pub use routes::configure;
pub use service::known_skill;
