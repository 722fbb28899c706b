//! Rows and words of feedback.

use crate::infra::db::schema::{confirmed_skills, feedback};
use crate::infra::db::text_column;
use crate::kernel::{AccountId, AssignmentId, FeedbackId, Timestamp, words};
use chrono::NaiveDate;
use diesel::prelude::*;

words! {
    /// Which side of an assignment says it.
    FeedbackSide {
        /// Whoever did the work.
        Volunteer = "volunteer",
        /// The project that it was done for.
        Project = "project",
    }
}

text_column!(FeedbackSide);

/// What one side says of the other.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = feedback, treat_none_as_default_value = false)]
pub struct Feedback {
    /// Its id.
    pub id: FeedbackId,
    /// The work.
    pub assignment_id: AssignmentId,
    /// Which side.
    pub side: FeedbackSide,
    /// Who wrote it.
    pub account_id: AccountId,
    /// Whether they would work together again.
    pub again: bool,
    /// What they say to the other side.
    pub text: Option<String>,
    /// When.
    pub created_at: Timestamp,
}

/// A skill that a project saw at work.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = confirmed_skills)]
pub(super) struct ConfirmedSkill {
    pub assignment_id: AssignmentId,
    pub skill: String,
    pub account_id: AccountId,
    pub confirmed_on: NaiveDate,
}
