//! Use cases of assignments.

pub(super) mod access;
mod clocks;
mod end;
mod follow;
pub(super) mod hand_over;
mod lease;
mod onboarding;
mod own_time;
mod place;
mod read;
mod revoke;
mod step;
mod tell;
mod terms;

pub use clocks::work_off_clocks;
pub use end::release_rest;
pub(super) use end::{Wish, end, end_all};
pub use follow::{follow, follow_project};
pub(super) use lease::{Report, check_in, check_ins, pause, resume, start};
pub(super) use onboarding::tick;
pub(super) use own_time::convert;
pub use place::{hire, list_earned};
pub(super) use read::{AssignmentCard, get, list_mine, list_of_employer, list_of_project};
pub use read::{find_visible, standing};
