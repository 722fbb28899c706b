//! Reports on listings, the moderators' queue, suspensions with their reasons, and appeals against them.
//!
//! Whoever is reported never learns by whom: the queue hides what concerns a moderator from that moderator, mails name
//! nobody, and the log names a report by its own id alone.

mod dto;
mod letters;
mod model;
mod personal;
mod policy;
mod problems;
mod routes;
mod service;
mod store;
mod subject;

pub use model::{ReportAction, ReportCode, ReportKind, ReportStatus, SubjectKind, TRANSITIONS, machine};
pub use personal::PERSONAL;
pub use problems::PROBLEMS;
pub use routes::{configure, configure_pages};
pub use service::project_moderated;
