//! A person's matches for feed readers, and their assignments for calendars, neither of which can sign in: by a token that
//! opens nothing else.

mod calendar;
mod dto;
mod model;
mod personal;
pub(super) mod routes;
mod service;
mod store;

pub use personal::PERSONAL;
