//! What people send, and their check-ins.

use crate::features::assignments::model::{CheckIn, EndReason, OnboardingTask};
use crate::kernel::{CheckInId, Error, Line, Result, Timestamp, words};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A task to be ticked off.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"task": "first_contact"}))]
pub(in crate::features::assignments) struct TickTaskRequest {
    /// Which one.
    pub task: OnboardingTask,
    /// Whether it is done; false takes that back.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub done: bool,
}

fn yes() -> bool {
    true
}

/// How it goes.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"note": "Two parsers are covered, the third is next.", "on_track": true}))]
pub(in crate::features::assignments) struct CheckInRequest {
    /// In the volunteer's words, as Markdown.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub note: Option<String>,
    /// Whether it will be done in time.
    #[serde(default)]
    pub on_track: Option<bool>,
}

/// A check-in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "note": "Two parsers are covered.", "on_track": true, "at": "2026-12-06T09:00:00Z"}))]
pub(in crate::features::assignments) struct CheckInResponse {
    /// Its id.
    pub id: CheckInId,
    /// In the volunteer's words, as Markdown.
    #[schema(required = true)]
    pub note: Option<String>,
    /// Whether it will be done in time; null where the volunteer did not say.
    #[schema(required = true)]
    pub on_track: Option<bool>,
    /// When.
    pub at: Timestamp,
}

impl From<CheckIn> for CheckInResponse {
    fn from(row: CheckIn) -> Self {
        Self { id: row.id, note: row.note, on_track: row.on_track, at: row.at }
    }
}

/// A pause.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Holidays.", "until": "2026-12-14"}))]
pub(in crate::features::assignments) struct PauseAssignmentRequest {
    /// Why; the other side reads it.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
    /// The first day on which it goes on, at most four weeks away; four weeks when not said.
    #[serde(default)]
    #[schema(example = "2026-12-14")]
    pub until: Option<NaiveDate>,
}

words! {
    /// Why somebody ends an assignment before its time.
    EndingReason {
        /// The volunteer has no time any more.
        NoTime = "no_time",
        /// It did not fit.
        NotAFit = "not_a_fit",
        /// The work is not needed any more.
        NoLongerNeeded = "no_longer_needed",
        /// The other side does not answer.
        Unresponsive = "unresponsive",
        /// Somebody did not behave.
        Conduct = "conduct",
        /// The employer needs the hours elsewhere.
        EmployerNeeds = "employer_needs",
        /// Something else.
        Other = "other",
    }
}

impl From<EndingReason> for EndReason {
    fn from(reason: EndingReason) -> Self {
        match reason {
            EndingReason::NoTime => Self::NoTime,
            EndingReason::NotAFit => Self::NotAFit,
            EndingReason::NoLongerNeeded => Self::NoLongerNeeded,
            EndingReason::Unresponsive => Self::Unresponsive,
            EndingReason::Conduct => Self::Conduct,
            EndingReason::EmployerNeeds => Self::EmployerNeeds,
            EndingReason::Other => Self::Other,
        }
    }
}

/// An end before its time.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason_code": "no_time", "reason": "A new job takes all my evenings."}))]
pub(in crate::features::assignments) struct EndAssignmentRequest {
    /// Why.
    pub reason_code: EndingReason,
    /// The same in your own words; the other sides read it.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500)]
    pub reason: Option<String>,
}

/// The line that somebody typed as a reason.
pub(in crate::features::assignments) fn line(text: &str) -> Result<String> {
    Line::parse(text, 1, 500).map(Line::into_string).map_err(|fault| Error::field("/reason", fault.code, fault.detail))
}
