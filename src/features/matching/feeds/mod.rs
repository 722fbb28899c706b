//! A person's matches for feed readers, which can't sign in: by a token that opens nothing else.

mod dto;
mod model;
pub(super) mod routes;
mod service;
mod store;
