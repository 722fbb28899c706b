//! A marketplace to look at: real projects with needs derived from public signals, and plainly invented people.

mod fill;
pub mod sample;
mod show;

pub use fill::{Filled, PASSWORD, fill};
pub use show::{print_addresses, print_round};
