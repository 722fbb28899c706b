//! A company's own plan: the best use of a pledge's free hours, by the engine of the rounds on its own people.

mod capped;
mod dto;
mod routes;
mod service;

pub(super) use routes::configure;
