//! Agreed pairings: leases on somebody's hours, with check-ins, an end, and what has to be tidied up then.

mod dto;
mod ladder;
mod letters;
mod model;
mod personal;
pub mod policy;
mod problems;
mod routes;
mod service;
mod store;

pub use ladder::{EARNED_BY_DAYS, EARNED_FROM};
pub use model::{
    ACCESS_TRANSITIONS, AccessAction, AccessStatus, Assignment, AssignmentAction, AssignmentStatus, EndReason,
    HAND_OVER_TRANSITIONS, HandOverAction, HandOverStatus, LIVE, TRANSITIONS, access_machine, hand_over_machine,
    machine,
};
pub use personal::PERSONAL;
pub use policy::Standing;
pub use problems::PROBLEMS;
pub use routes::configure;
pub use service::{find_visible, follow, follow_project, hire, list_earned, release_rest, standing, work_off_clocks};
pub use store::{
    Promise, count_confirmed, get_assignment, hours_of_pledge, list_given_hours, list_latest, list_of_account,
    list_promises, lock_assignment, spend_reserved,
};

use crate::infra::db::feed::ChangeKind;

/// Stands in the change feed for an assignment that was made, moved or ended.
pub const ASSIGNMENT_CHANGED: ChangeKind = ChangeKind("assignment");
