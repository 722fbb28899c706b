//! The allocation engine: everybody's hours to their best use, with proof.

mod auction;
mod charges;
mod check;
mod choice;
mod dice;
mod exact;
mod figures;
mod finish;
mod floor;
mod grain;
mod graph;
mod instance;
mod links;
mod local;
mod long;
mod pace;
mod pairs;
mod plan;
mod read;
mod refit;
mod relax;
mod round;
#[cfg(test)]
mod round_tests;
mod rules;
mod scale;
mod seats;
mod settle;
mod solve;
mod standing;
mod stir;
mod supply;
mod support;
mod table;
#[cfg(test)]
mod tests;
mod write;

pub use check::{Claim, Verdict, check};
pub use figures::{Tier, Unserved, Why};
pub use instance::{Flaw, Instance, Need, Pair, Volunteer};
pub use pairs::Pairs;
pub use read::read_json;
pub use round::{Candidate, Helper, Opening, Policy, Round, RoundPlan, plan};
pub use seats::allocate;
pub use solve::{Effort, Progress, Share, Solution, Watch, transport};
pub use standing::{Side, Standing};
pub use table::{Sheet, read_csv, write_csv};
pub use write::write_json;
