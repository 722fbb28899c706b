//! Use cases of pledges.

mod clocks;
mod news;
mod posting;
mod read;
mod transitions;
mod write;

pub use clocks::work_off_clocks;
pub use posting::{Posting, post};
pub(super) use read::{PledgeCard, get, ledger, list};
pub use transitions::activate_in;
pub(super) use transitions::transition;
pub use write::create_in;
pub(super) use write::{create, update};
