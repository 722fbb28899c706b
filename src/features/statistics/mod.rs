//! Public figures, in which nobody can be found again.

mod cells;
mod dto;
mod routes;
mod service;
mod store;

pub use routes::configure;
