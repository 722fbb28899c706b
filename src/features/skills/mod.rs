//! The taxonomy of skills: names, aliases, what implies what; and suggestions for what it lacks.

mod dto;
mod model;
mod personal;
mod problems;
mod routes;
mod service;
mod store;
pub mod taxonomy;

pub use personal::PERSONAL;
pub use problems::PROBLEMS;
pub use routes::configure;
pub use service::known_skill;
