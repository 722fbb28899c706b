//! Feedback on the wire.

use super::fading::HALF_LIFE_DAYS;
use super::model::FeedbackSide;
use super::service::{Answers, FeedbackInput, ProjectRecord, Said, VolunteerRecord};
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

/// How somebody answers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"asked": 20, "answered_in_time": 0.95, "answer_hours": 26.5}))]
pub(super) struct AnswerFacts {
    /// How often they were asked, and answered or let the time run out.
    #[schema(minimum = 0)]
    pub asked: usize,
    /// The share that was answered in time, by weight; null without any.
    #[schema(required = true, minimum = 0, maximum = 1)]
    pub answered_in_time: Option<f64>,
    /// Hours until an answer, the middle one by weight; null without any.
    #[schema(required = true)]
    pub answer_hours: Option<f64>,
}

impl From<Answers> for AnswerFacts {
    fn from(answers: Answers) -> Self {
        Self { asked: answers.asked, answered_in_time: answers.in_time, answer_hours: answers.hours }
    }
}

/// What is remembered of a volunteer. Facts fade: each counts half after `half_life_days`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VolunteerRecord, example = json!({"half_life_days": 365, "leases_ended": 4, "leases_kept": 0.91,
    "invitations": {"asked": 2, "answered_in_time": 1.0, "answer_hours": 12.0}, "skills_confirmed": [{"skill": "rust", "confirmed_on": "2026-11-28"}]}))]
pub(super) struct VolunteerRecordResponse {
    /// Days after which a fact counts half.
    pub half_life_days: i64,
    /// How many assignments ended that say something: completed, released for missed check-ins, or ended early by the volunteer.
    #[schema(minimum = 0)]
    pub leases_ended: usize,
    /// The share of them that was completed or handed over, by weight; null without any.
    #[schema(required = true, minimum = 0, maximum = 1)]
    pub leases_kept: Option<f64>,
    /// How they answer invitations and recommendations.
    pub invitations: AnswerFacts,
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
            invitations: record.invitations.into(),
            skills_confirmed: record.skills.into_iter().map(skill).collect(),
        }
    }
}

/// What is remembered of a project. Facts fade: each counts half after `half_life_days`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProjectRecord, example = json!({"half_life_days": 365, "applications": {"asked": 4, "answered_in_time": 1.0, "answer_hours": 40.0},
    "logged_hours": {"asked": 20, "answered_in_time": 0.95, "answer_hours": 26.5}}))]
pub(super) struct ProjectRecordResponse {
    /// Days after which a fact counts half.
    pub half_life_days: i64,
    /// How it answers applications, from when all others have said yes.
    pub applications: AnswerFacts,
    /// How it answers for logged hours.
    pub logged_hours: AnswerFacts,
}

impl From<ProjectRecord> for ProjectRecordResponse {
    fn from(record: ProjectRecord) -> Self {
        Self {
            half_life_days: HALF_LIFE_DAYS,
            applications: record.applications.into(),
            logged_hours: record.hours.into(),
        }
    }
}
