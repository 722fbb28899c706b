//! Use cases of assignments.

mod clocks;
mod end;
mod lease;
mod onboarding;
mod place;
mod read;
mod step;

pub use clocks::work_off_clocks;
pub use end::release_rest;
pub(super) use end::{Wish, end};
pub(super) use lease::{Report, check_in, check_ins, pause, resume, start};
pub(super) use onboarding::tick;
pub use place::hire;
pub(super) use read::{AssignmentCard, get, list_mine, list_of_employer, list_of_project};
pub use read::{find_visible, standing};
