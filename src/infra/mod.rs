//! What talks to the outside (time, chance, database, mail, keys, settings) and knows no feature.

pub mod clock;
pub mod config;
mod context;
pub mod crypto;
pub mod db;
pub mod dns;
pub mod failures;
pub mod fetch;
pub mod mail;
pub mod outbox;
pub mod queue;
pub mod remembered;
pub mod telemetry;
#[cfg(test)]
pub(crate) mod testing;
pub mod throttle;

pub use context::{Ctx, Parts};
