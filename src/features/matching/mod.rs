//! Who fits what, and why: the score with its reasons, the board in memory that ranks, and the allocation of everybody's
//! hours.

pub mod allocate;
pub mod board;
mod build;
mod dto;
mod feeds;
mod load;
mod matcher;
mod plan;
mod problems;
pub mod rounds;
mod routes;
pub mod score;
mod service;
mod shortages;

pub use feeds::PERSONAL;
pub use matcher::Matcher;
pub use problems::PROBLEMS;
pub use routes::configure;

/// The catalogue of rounds.
pub static ROUND_PROBLEMS: &[&crate::kernel::Problem] = rounds::PROBLEMS;
