//! Systemic risk: how much would break with a project, how easily it breaks, and so where help is needed most.

mod dto;
pub mod fragility;
pub mod graph;
mod import;
mod join;
mod model;
mod personal;
mod plans;
mod problems;
mod refresh;
mod routes;
mod service;
mod store;

pub use import::{GraphImport, Imported, SoundGraph, import, keep};
pub use personal::PERSONAL;
pub use problems::PROBLEMS;
pub use refresh::{REFRESH_RISK, ask_daily, refresh};
pub use routes::configure;
