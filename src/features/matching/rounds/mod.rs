//! Rounds: one run of the allocation over everybody's hours and needs, asked for by a coordinator, worked out as a job from
//! inputs that are kept, and published only when a coordinator says so.

mod dto;
mod inputs;
mod model;
mod nightly;
pub(super) mod policy;
mod problems;
mod publish;
mod routes;
mod run;
mod service;
mod solve;
mod store;

pub use inputs::{Aim, Inputs, Offer, Room, Wish};
pub use model::{Outcome, Prices, Round, RoundAction, RoundPolicy, RoundStatus, machine};
pub use nightly::ask_nightly;
pub use publish::{PUBLISH_ROUND, recommend};
pub use run::{RUN_ROUND, run};
pub use solve::{Pairing, Solved, solve};

pub(super) use problems::PROBLEMS;
pub(super) use routes::configure;
pub(super) use store::newest_prices;

use crate::infra::db::feed::ChangeKind;

/// Stands in the change feed for a round that came to a plan: its prices are new.
pub(super) const ROUND_DONE: ChangeKind = ChangeKind("round");
