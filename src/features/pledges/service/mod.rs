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
pub(super) use transitions::transition;
pub use transitions::{activate_in, pause_all_in};
pub use write::create_in;
pub(super) use write::{create, update};
