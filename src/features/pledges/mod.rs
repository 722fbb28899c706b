//! Engineer time that organizations commit: a pledge, its state machine, and the ledger of its minutes.

mod dto;
mod input;
pub mod ledger;
mod model;
pub mod policy;
mod problems;
mod routes;
mod service;
mod store;

pub use crate::features::organizations::Approval;
pub use input::{FocusInput, PledgeInput};
pub use model::{Balance, Focus, LedgerEntry, Pledge, PledgeAction, PledgeStatus, machine};
pub use problems::PROBLEMS;
pub use routes::configure;
pub use service::{Posting, activate_in, create_in, pause_all_in, post, work_off_clocks};
pub use store::{active_pledges_of, get_pledge, list_balances, list_entries, list_on_call, lock_pledge};

use crate::infra::db::feed::ChangeKind;

/// Stands in the change feed for a pledge whose row or balance changed.
pub const PLEDGE_CHANGED: ChangeKind = ChangeKind("pledge");
