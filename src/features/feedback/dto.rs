//! Feedback on the wire.

use super::fading::HALF_LIFE_DAYS;
use super::model::FeedbackSide;
use super::service::{FeedbackInput, ProjectRecord, Said, VolunteerRecord};
use crate::kernel::Timestamp;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What one side says of the other.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = GiveFeedback, example = json!({"again": true, "skills": ["rust"], "text": "Clear reports, each with a fix. Thank you!"}))]
pub(super) struct GiveFeedbackRequest {
    /// Whether you would work together again.
    pub again: bool,
    /// Skills that the project saw at work, by their names, slugs or aliases; of the project only.
    #[serde(default)]
    #[schema(max_items = 12)]
    pub skills: Vec<String>,
    /// Something to the other side, as Markdown; only it and moderators read it.
    #[serde(default)]
    #[schema(max_length = 4000)]
    pub text: Option<String>,
}

impl From<GiveFeedbackRequest> for FeedbackInput {
    fn from(body: GiveFeedbackRequest) -> Self {
        let GiveFeedbackRequest { again, skills, text } = body;
        Self { again, skills, text }
    }
}

/// What a side said.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SideFeedback, example = json!({"side": "project", "again": true, "text": "Clear reports, each with a fix. Thank you!", "given_at": "2026-11-28T12:00:00Z"}))]
pub(super) struct SideResponse {
    /// Which side.
    pub side: FeedbackSide,
    /// Whether it would work together again.
    pub again: bool,
    /// What it said.
    #[schema(required = true)]
    pub text: Option<String>,
    /// When.
    pub given_at: Timestamp,
}

/// What the two sides said of each other.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Feedback, example = json!({"items": [{"side": "project", "again": true, "text": null, "given_at": "2026-11-28T12:00:00Z"}],
    "sealed": ["volunteer"], "skills_confirmed": ["rust"]}))]
pub(super) struct FeedbackResponse {
    /// What the caller may read of it.
    pub items: Vec<SideResponse>,
    /// Sides that have spoken, but are not read yet: each is read once the caller's own has spoken, or 30 days after the end.
    pub sealed: Vec<FeedbackSide>,
    /// The skills that the project saw at work.
    pub skills_confirmed: Vec<String>,
}

impl From<Said> for FeedbackResponse {
    fn from(Said { by, sealed, skills }: Said) -> Self {
        let side = |one: super::model::Feedback| SideResponse {
            side: one.side,
            again: one.again,
            text: one.text,
            given_at: one.created_at,
        };
        Self { items: by.into_iter().map(side).collect(), sealed, skills_confirmed: skills }
    }
}

/// A skill seen at work.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"skill": "rust", "confirmed_on": "2026-11-28"}))]
pub(super) struct SkillSeen {
    /// Its slug.
    pub skill: String,
    /// When it was last confirmed.
    pub confirmed_on: NaiveDate,
}

/// What is remembered of a volunteer. Facts fade: each counts half after `half_life_days`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VolunteerRecord, example = json!({"half_life_days": 365, "leases_ended": 4, "leases_kept": 0.91, "skills_confirmed": [{"skill": "rust", "confirmed_on": "2026-11-28"}]}))]
pub(super) struct VolunteerRecordResponse {
    /// Days after which a fact counts half.
    pub half_life_days: i64,
    /// How many assignments ended that say something: completed, released for missed check-ins, or ended early by the volunteer.
    #[schema(minimum = 0)]
    pub leases_ended: usize,
    /// The share of them that was completed or handed over, by weight; null without any.
    #[schema(required = true, minimum = 0, maximum = 1)]
    pub leases_kept: Option<f64>,
    /// Skills that projects saw at work, the last ones first.
    pub skills_confirmed: Vec<SkillSeen>,
}

impl From<VolunteerRecord> for VolunteerRecordResponse {
    fn from(record: VolunteerRecord) -> Self {
        let skill = |(skill, confirmed_on)| SkillSeen { skill, confirmed_on };
        Self {
            half_life_days: HALF_LIFE_DAYS,
            leases_ended: record.leases,
            leases_kept: record.kept,
            skills_confirmed: record.skills.into_iter().map(skill).collect(),
        }
    }
}

/// What is remembered of a project. Facts fade: each counts half after `half_life_days`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProjectRecord, example = json!({"half_life_days": 365, "hours_entries": 20, "answered_in_time": 0.95, "answer_hours": 26.5}))]
pub(super) struct ProjectRecordResponse {
    /// Days after which a fact counts half.
    pub half_life_days: i64,
    /// How many entries of logged hours were due for an answer.
    #[schema(minimum = 0)]
    pub hours_entries: usize,
    /// The share of them that somebody answered within 14 days, by weight; null without any.
    #[schema(required = true, minimum = 0, maximum = 1)]
    pub answered_in_time: Option<f64>,
    /// Hours until an answer, the middle one by weight; null without any.
    #[schema(required = true)]
    pub answer_hours: Option<f64>,
}

impl From<ProjectRecord> for ProjectRecordResponse {
    fn from(record: ProjectRecord) -> Self {
        Self {
            half_life_days: HALF_LIFE_DAYS,
            hours_entries: record.entries,
            answered_in_time: record.answered,
            answer_hours: record.answer_hours,
        }
    }
}
