//! Use cases of logged work.

mod clocks;
mod decide;
mod import;
mod log;
mod news;
mod read;

pub use clocks::confirm_silent;
pub(super) use decide::{Wish, decide};
pub(super) use import::{RowResult, import};
pub(super) use log::log;
pub(super) use read::{EntryCard, get, list};
