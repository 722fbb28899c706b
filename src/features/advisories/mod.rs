//! Vulnerabilities: records in OSV's format, which versions they affect, how severe they are, what a coordinator decides, and
//! who is affected.

pub mod cvss;
mod dto;
mod exposure;
pub mod import;
mod model;
pub mod osv;
mod packages;
pub mod policy;
mod prepare;
mod problems;
pub mod range;
mod routes;
mod service;
pub mod ssvc;
mod store;
pub mod versions;
mod weigh;

pub use dto::AdvisoryResponse;
pub use model::{Advisory, AdvisoryPackage, SeverityLevel};
pub use problems::PROBLEMS;
pub use routes::configure;
pub use service::{
    Affected, Card, Certainty, Exposed, ExposedComponent, affected_in, card_of, count_open, exposed_organizations,
    packages_of,
};
pub use store::{find_by_name, get_advisory, list_project_ids, set_embargo};
