//! **Mainstay**, the marketplace for open source maintenance: it pairs contributors' skills with critical projects'
//! stated needs, and turns a company's pledge of engineer time into confirmed hours.
//!
//! The map of the house, each room importing only from those before it (`tests/architecture.rs` keeps the order):
//!
//! - [`kernel`]: the pure words of the domain. If you hold one of its types, it is valid.
//! - [`infra`]: what talks to the outside (database, mail, crypto, settings) and knows no feature.
//! - [`http`]: the actix-web glue that all routes share.
//! - [`features`]: one folder a feature, each with its model, store, service, policy, wire types and routes.
//! - [`app`]: the composition root: router, server, worker, command line, demo.

pub mod app;
pub mod features;
pub mod http;
pub mod infra;
pub mod kernel;

#[cfg(test)]
#[path = "../tests/support/published.rs"]
mod published;
