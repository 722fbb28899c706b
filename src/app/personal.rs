//! Which features hold personal data, in the order in which they let go of it: one line each.

use crate::features::accounts::personal::{Part, Parts};
use crate::features::{
    accounts, assignments, baseline, credentials, feedback, funding, matching, moderation, notifications,
    organizations, projects, proposals, skills, swarms, time_entries, volunteers,
};

/// Everybody's share of a person's data.
pub const PARTS: Parts = Parts(ALL);

/// Projects come first: they are locked before people.
const ALL: &[Part] = &[
    assignments::PERSONAL,
    proposals::PERSONAL,
    projects::PERSONAL,
    baseline::PERSONAL,
    funding::PERSONAL,
    organizations::PERSONAL,
    skills::PERSONAL,
    volunteers::PERSONAL,
    time_entries::PERSONAL,
    credentials::PERSONAL,
    feedback::PERSONAL,
    matching::PERSONAL,
    moderation::PERSONAL,
    swarms::PERSONAL,
    notifications::PERSONAL,
    accounts::personal::PERSONAL,
];
