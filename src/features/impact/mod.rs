//! What became of the hours: reports of organizations, projects and people, and badges to show them with.

mod dto;
mod export;
pub mod policy;
mod routes;
mod service;
mod store;
mod tally;

pub use routes::configure;
