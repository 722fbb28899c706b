//! The composition root: what is built from the rooms below, and in which order.

pub mod cli;
pub mod contract;
pub mod demo;
pub mod health;
pub mod machines;
pub mod pages;
pub mod personal;
pub mod router;
pub mod server;
pub mod start;
pub mod state;
pub mod subscriptions;
pub mod worker;
