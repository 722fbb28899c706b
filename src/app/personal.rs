//! Which features hold personal data, in the order in which they let go of it: one line each.

use crate::features::accounts::personal::{Part, Parts};
use crate::features::{accounts, assignments, matching, organizations, projects, proposals, skills, volunteers};

/// Everybody's share of a person's data.
pub const PARTS: Parts = Parts(ALL);

/// Projects come first: they are locked before people.
const ALL: &[Part] = &[
    assignments::PERSONAL,
    proposals::PERSONAL,
    projects::PERSONAL,
    organizations::PERSONAL,
    skills::PERSONAL,
    volunteers::PERSONAL,
    matching::PERSONAL,
    accounts::personal::PERSONAL,
];
