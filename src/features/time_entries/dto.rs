//! Logged work on the wire.

use super::input::EntryInput;
use super::model::{ImportOutcome, TimeEntryAction, TimeEntryStatus};
use super::service::{EntryCard, RowResult, Wish};
use crate::kernel::{AssignmentId, Check, FieldError, Line, PledgeId, Result, TimeEntryId, Timestamp};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Work to be logged.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LogTimeEntry, example = json!({"worked_on": "2026-11-20", "minutes": 90, "note": "Reviewed the new lexer, #1042.",
    "links": ["https://github.com/example/parser/pull/1042"]}))]
pub(super) struct LogTimeEntryRequest {
    /// The day, in the volunteer's time zone: not in the future there, not before the assignment, not over 90 days ago.
    pub worked_on: NaiveDate,
    /// Whole minutes; may be left out where both times are given. Less than the time between them where there were breaks.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 960)]
    pub minutes: Option<i64>,
    /// When it began that day in the volunteer's time zone, such as `09:30`.
    #[serde(default)]
    #[schema(pattern = "^[0-9]{2}:[0-9]{2}$", example = "09:30")]
    pub started_at: Option<String>,
    /// When it ended that day.
    #[serde(default)]
    #[schema(pattern = "^[0-9]{2}:[0-9]{2}$", example = "11:00")]
    pub ended_at: Option<String>,
    /// What was done, as Markdown.
    #[schema(min_length = 1, max_length = 2000)]
    pub note: String,
    /// Where it shows.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub links: Vec<String>,
}

impl From<LogTimeEntryRequest> for EntryInput {
    fn from(body: LogTimeEntryRequest) -> Self {
        let LogTimeEntryRequest { worked_on, minutes, started_at, ended_at, note, links } = body;
        Self { worked_on, minutes, started_at, ended_at, note, links }
    }
}

/// Why an entry is doubted or does not count.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DisputeTimeEntry, example = json!({"reason": "The pull request was opened a week later."}))]
pub(super) struct DisputeTimeEntryRequest {
    /// A sentence for the volunteer.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

impl DisputeTimeEntryRequest {
    pub(super) fn wish(&self, action: TimeEntryAction) -> Result<Wish> {
        let mut check = Check::default();
        let reason = check.value("/reason", Line::parse(&self.reason, 1, 500));
        check.done()?;
        Ok(Wish { action, minutes: None, reason: Some(reason?.into_string()) })
    }
}

/// What an entry counts for instead.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AdjustTimeEntry, example = json!({"minutes": 60, "reason": "As agreed in the review."}))]
pub(super) struct AdjustTimeEntryRequest {
    /// Whole minutes, fewer than were logged.
    #[schema(minimum = 1, maximum = 959)]
    pub minutes: i64,
    /// A sentence for the volunteer.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

impl AdjustTimeEntryRequest {
    pub(super) fn wish(&self) -> Result<Wish> {
        let mut check = Check::default();
        let reason = check.value("/reason", Line::parse(&self.reason, 1, 500));
        let minutes = check.range("/minutes", self.minutes, 1, 959);
        check.done()?;
        Ok(Wish { action: TimeEntryAction::Adjust, minutes: Some(minutes?), reason: Some(reason?.into_string()) })
    }
}

/// Logged work.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TimeEntry, example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "assignment": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3e", "volunteer": "ada",
    "worked_on": "2026-11-20", "minutes": 90, "started_at": null, "ended_at": null, "note": "Reviewed the new lexer, #1042.",
    "links": ["https://github.com/example/parser/pull/1042"], "status": "confirmed", "confirmed_minutes": 90, "automatic": false,
    "pledge": null, "pledged_minutes": 0, "own_time_minutes": 90, "reverses": null, "reason": null, "due_at": null,
    "decided_at": "2026-11-22T09:00:00Z", "created_at": "2026-11-20T17:00:00Z", "updated_at": "2026-11-22T09:00:00Z"}))]
pub(super) struct TimeEntryResponse {
    /// Its id.
    pub id: TimeEntryId,
    /// The assignment.
    pub assignment: AssignmentId,
    /// The handle of whoever did it.
    pub volunteer: String,
    /// The day, in the volunteer's time zone.
    pub worked_on: NaiveDate,
    /// Minutes as logged; below zero where it undoes another entry.
    pub minutes: i32,
    /// When it began that day.
    #[schema(required = true)]
    pub started_at: Option<String>,
    /// When it ended.
    #[schema(required = true)]
    pub ended_at: Option<String>,
    /// What was done.
    pub note: String,
    /// Where it shows.
    pub links: Vec<String>,
    /// Where it stands.
    pub status: TimeEntryStatus,
    /// Minutes that count as confirmed.
    pub confirmed_minutes: i32,
    /// Whether it was confirmed by 14 days without an answer alone.
    pub automatic: bool,
    /// The pledge that it was logged against; null where it was the volunteer's own time, and for the project.
    #[schema(required = true)]
    pub pledge: Option<PledgeId>,
    /// Confirmed minutes that the pledge paid for.
    pub pledged_minutes: i32,
    /// Confirmed minutes that are the volunteer's own time: all of them without a pledge, else those for which it had none left.
    pub own_time_minutes: i32,
    /// The entry that this one undoes.
    #[schema(required = true)]
    pub reverses: Option<TimeEntryId>,
    /// Why it was disputed, adjusted, rejected or undone.
    #[schema(required = true)]
    pub reason: Option<String>,
    /// When it counts as confirmed unless the project answers.
    #[schema(required = true)]
    pub due_at: Option<Timestamp>,
    /// When it was answered.
    #[schema(required = true)]
    pub decided_at: Option<Timestamp>,
    /// When it was logged.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl From<EntryCard> for TimeEntryResponse {
    fn from(EntryCard { entry, volunteer, shows_pledge }: EntryCard) -> Self {
        Self {
            id: entry.id,
            assignment: entry.assignment_id,
            volunteer,
            worked_on: entry.worked_on,
            minutes: entry.minutes,
            started_at: entry.started_at,
            ended_at: entry.ended_at,
            note: entry.note,
            links: entry.links.0,
            status: entry.status,
            confirmed_minutes: entry.confirmed_minutes,
            automatic: entry.confirmed_auto,
            pledge: entry.pledge_id.filter(|_| shows_pledge),
            pledged_minutes: entry.pledged_minutes,
            own_time_minutes: entry.confirmed_minutes - entry.pledged_minutes,
            reverses: entry.reverses,
            reason: entry.reason,
            due_at: entry.due_at,
            decided_at: entry.decided_at,
            created_at: entry.created_at,
            updated_at: entry.updated_at,
        }
    }
}

/// What is wrong with a cell of a row.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportedTimeEntryFault, example = json!({"pointer": "/minutes", "code": "not_whole", "detail": "\"1.5\" is no whole number of minutes, such as 90."}))]
pub(super) struct RowFault {
    /// The column, as a JSON Pointer; empty for the whole row.
    pub pointer: String,
    /// A stable name.
    pub code: String,
    /// What was wrong and what to do.
    pub detail: String,
}

impl From<FieldError> for RowFault {
    fn from(fault: FieldError) -> Self {
        Self { pointer: fault.pointer, code: fault.code.to_owned(), detail: fault.detail }
    }
}

/// What became of a row.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportedTimeEntry, example = json!({"line": 2, "outcome": "created", "id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "errors": []}))]
pub(super) struct ImportedRow {
    /// Its line in the file, the heading being the first.
    pub line: u64,
    /// What became of it.
    pub outcome: ImportOutcome,
    /// The entry, new or of an earlier import.
    #[schema(required = true)]
    pub id: Option<TimeEntryId>,
    /// Why it was refused.
    pub errors: Vec<RowFault>,
}

/// What became of a file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportedTimeEntries, example = json!({"created": 1, "already_there": 0, "refused": 0,
    "rows": [{"line": 2, "outcome": "created", "id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "errors": []}]}))]
pub(super) struct ImportResponse {
    /// How many rows were logged.
    pub created: usize,
    /// How many were logged by an earlier import.
    pub already_there: usize,
    /// How many were refused.
    pub refused: usize,
    /// Each row, in the order of the file.
    pub rows: Vec<ImportedRow>,
}

impl From<Vec<RowResult>> for ImportResponse {
    fn from(rows: Vec<RowResult>) -> Self {
        let count = |outcome| rows.iter().filter(|row| row.outcome == outcome).count();
        Self {
            created: count(ImportOutcome::Created),
            already_there: count(ImportOutcome::AlreadyThere),
            refused: count(ImportOutcome::Refused),
            rows: rows
                .into_iter()
                .map(|row| ImportedRow {
                    line: row.line,
                    outcome: row.outcome,
                    id: row.id,
                    errors: row.faults.into_iter().map(RowFault::from).collect(),
                })
                .collect(),
        }
    }
}
