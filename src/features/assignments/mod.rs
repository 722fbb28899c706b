//! Agreed pairings: leases on somebody's hours, with check-ins, an end, and what has to be tidied up then.

mod dto;
mod ladder;
mod model;
pub mod policy;
mod problems;
mod routes;
mod service;
mod store;

pub use model::{Assignment, AssignmentAction, AssignmentStatus, EndReason, LIVE, TRANSITIONS};
pub use policy::Standing;
pub use problems::PROBLEMS;
pub use routes::configure;
pub use service::{find_visible, hire, release_rest, standing, work_off_clocks};
pub use store::{count_confirmed, get_assignment, hours_of_pledge, list_of_account, lock_assignment, spend_reserved};

use crate::infra::db::feed::ChangeKind;

/// Stands in the change feed for an assignment that was made, moved or ended.
pub const ASSIGNMENT_CHANGED: ChangeKind = ChangeKind("assignment");
