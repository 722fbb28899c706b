//! Rows and words of assessments.

use crate::infra::db::schema::{baseline_assessments, baseline_needs, project_baselines};
use crate::infra::db::text_column;
use crate::kernel::{AccountId, AssessmentId, NeedId, ProjectId, Timestamp, words};
use chrono::NaiveDate;
use diesel::prelude::*;

words! {
    /// What is said of a requirement.
    AssessmentStatus {
        /// The project does what it asks for.
        Met = "met",
        /// The project does not, or not wholly.
        Unmet = "unmet",
        /// It does not concern the project.
        NotApplicable = "not_applicable",
        /// Nobody has looked.
        Unknown = "unknown",
    }
}

words! {
    /// Who said so.
    AssessmentSource {
        /// A person.
        Person = "person",
        /// A result of the OpenSSF Scorecard.
        Scorecard = "scorecard",
        /// The project's SECURITY-INSIGHTS file.
        SecurityInsights = "security_insights",
    }
}

text_column!(AssessmentStatus, AssessmentSource);

/// One answer to one requirement.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = baseline_assessments, treat_none_as_default_value = false)]
pub(super) struct Assessment {
    pub id: AssessmentId,
    pub project_id: ProjectId,
    /// The requirement's id in the catalog.
    pub requirement: String,
    pub status: AssessmentStatus,
    pub evidence_url: Option<String>,
    pub note: Option<String>,
    /// The day for which it holds.
    pub assessed_on: NaiveDate,
    pub source: AssessmentSource,
    /// Who said so; none for imports at the machine.
    pub assessed_by: Option<AccountId>,
    /// Whether no later one has taken its place.
    pub is_current: bool,
    /// Since when it waits to be looked at again, as the work for it is done.
    pub asked_again_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

/// A project's standing, made of its current assessments.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = project_baselines, treat_none_as_default_value = false)]
pub(super) struct Standing {
    pub project_id: ProjectId,
    pub level: i16,
    pub met: i32,
    pub applicable: i32,
    /// Rises with each change.
    pub version: i64,
    pub updated_at: Timestamp,
}

/// Which need was stated to meet which requirement.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = baseline_needs, treat_none_as_default_value = false)]
pub(super) struct NeedLink {
    pub need_id: NeedId,
    pub project_id: ProjectId,
    pub requirement: String,
    pub created_at: Timestamp,
}
