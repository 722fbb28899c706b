//! Every state machine there is, for the page that draws them.

pub use crate::kernel::machine::{Machine, Row};

use crate::features::matching::rounds;
use crate::features::{
    assignments, credentials, funding, moderation, needs, pledges, projects, proposals, swarms, time_entries, webhooks,
};

/// All of them, in the order in which they are read.
pub fn all() -> Vec<Machine> {
    vec![
        projects::machine(),
        projects::contest_machine(),
        needs::machine(),
        pledges::machine(),
        funding::machine(),
        proposals::machine(),
        assignments::machine(),
        assignments::access_machine(),
        assignments::hand_over_machine(),
        time_entries::machine(),
        credentials::machine(),
        rounds::machine(),
        swarms::machine(),
        swarms::consent_machine(),
        moderation::machine(),
        webhooks::machine(),
    ]
}
