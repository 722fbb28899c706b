//! Use cases of reports.

mod gather;
mod reports;

pub(super) use reports::{Report, hours_given, hours_received, of_organization, of_project, of_volunteer};
