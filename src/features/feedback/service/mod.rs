//! Use cases of feedback.

mod give;
mod read;
mod record;

pub(super) use give::{FeedbackInput, give};
pub(super) use read::{Said, read};
pub(super) use record::{Answers, ProjectRecord, VolunteerRecord, of_project, of_volunteer};
