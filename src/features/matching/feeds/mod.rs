//! A person's matches for feed readers, which can't sign in: by a token that opens nothing else.

mod dto;
mod model;
mod personal;
pub(super) mod routes;
mod service;
mod store;

pub use personal::PERSONAL;
