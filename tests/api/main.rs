//! Everything through HTTP, a file a feature, each test on both databases.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::assigning_clones,
    clippy::case_sensitive_file_extension_comparisons,
    clippy::float_cmp,
    clippy::format_collect,
    clippy::needless_pass_by_value,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::similar_names,
    clippy::string_slice,
    clippy::too_many_lines,
    reason = "tests may"
)]

#[path = "../support/app.rs"]
mod app;
#[path = "../support/authenticator.rs"]
mod authenticator;
#[path = "../support/client.rs"]
mod client;
#[path = "../support/clock.rs"]
mod clock;
#[path = "../support/contract.rs"]
mod contract;
#[path = "../support/db.rs"]
mod db;
#[path = "../support/dice.rs"]
mod dice;
#[path = "../support/dns.rs"]
mod dns;
#[path = "../support/lease.rs"]
mod lease;
#[path = "../support/market.rs"]
mod market;
#[path = "../support/provider.rs"]
mod provider;
#[path = "../support/published.rs"]
mod published;
#[path = "../support/receiver.rs"]
mod receiver;
#[path = "../support/seed.rs"]
mod seed;
#[path = "../support/site.rs"]
mod site;
#[path = "../../src/infra/mail/tests/server.rs"]
mod smtp;
#[path = "../support/work.rs"]
mod work;

mod accounts;
mod advisories;
mod api_tokens;
mod assignments;
mod assignments_access;
mod assignments_ends;
mod assignments_terms;
mod audit;
mod authorization;
mod authorization_scopes;
mod authorization_tenants;
mod base;
mod baseline;
mod bounces;
mod calendar;
mod credentials;
mod criticality;
mod drill;
mod exposure;
mod factors;
mod feedback;
mod feeds;
mod fetch;
mod flow;
mod followed;
mod funding;
mod hostile;
mod impact;
mod import;
mod jobs;
mod maintainers;
mod matching;
mod members;
mod moderation;
mod needs;
mod needs_lists;
mod notifications;
mod oidc;
mod organization_domains;
mod organization_policies;
mod organizations;
mod outage;
mod ownership;
mod passkeys;
mod password;
mod personal;
mod plans;
mod pledges;
mod projects;
mod proposals;
mod races;
mod risk;
mod rounds;
mod sboms;
mod search;
mod sessions;
mod skills;
mod statements;
mod statistics;
mod step_up;
mod story;
mod swarms;
mod throttle;
mod time_entries;
mod timing;
mod webhooks;
