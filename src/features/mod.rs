//! One folder a feature. A later one may use the public face of an earlier one, never the reverse; news that must travel
//! upwards goes through the change feed.

pub mod accounts;
pub mod advisories;
pub mod assignments;
pub mod audit;
pub mod baseline;
pub mod credentials;
pub mod feedback;
pub mod funding;
pub mod impact;
pub mod jobs;
pub mod matching;
pub mod moderation;
pub mod needs;
pub mod notifications;
pub mod organizations;
pub mod pledges;
pub mod projects;
pub mod proposals;
pub mod risk;
pub mod sboms;
pub mod search;
pub mod skills;
pub mod statistics;
pub mod swarms;
pub mod time_entries;
pub mod volunteers;
pub mod webhooks;

/// The catalogues of all features, for the problem pages.
pub fn problems() -> impl Iterator<Item = &'static [&'static crate::kernel::Problem]> {
    [
        accounts::PROBLEMS,
        organizations::PROBLEMS,
        skills::PROBLEMS,
        projects::PROBLEMS,
        needs::PROBLEMS,
        volunteers::PROBLEMS,
        baseline::PROBLEMS,
        pledges::PROBLEMS,
        funding::PROBLEMS,
        proposals::PROBLEMS,
        assignments::PROBLEMS,
        time_entries::PROBLEMS,
        credentials::PROBLEMS,
        feedback::PROBLEMS,
        matching::PROBLEMS,
        matching::ROUND_PROBLEMS,
        moderation::PROBLEMS,
        webhooks::PROBLEMS,
        advisories::PROBLEMS,
        swarms::PROBLEMS,
        risk::PROBLEMS,
    ]
    .into_iter()
}
