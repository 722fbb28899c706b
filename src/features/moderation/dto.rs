//! Reports, appeals and suspensions on the wire.

use super::model::{ReportCode, ReportKind, ReportStatus, SubjectKind};
use super::service::{ReportCard, ReportInput, SuspensionCard};
use crate::kernel::{ReportId, SuspensionId, Timestamp};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What is wrong with a listing.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"subject_kind": "project", "subject": "parser-of-everything", "reason": "impersonation",
    "text": "The repository is a copy of another project's, with another package behind it."}))]
pub(super) struct CreateReportRequest {
    /// What kind of listing; accounts themselves are none.
    pub subject_kind: SubjectKind,
    /// Its name in addresses: a slug, a need's id, or a handle.
    #[schema(min_length = 1, max_length = 100)]
    pub subject: String,
    /// What is wrong.
    pub reason: ReportCode,
    /// What a moderator should know. The reported never see it.
    #[schema(min_length = 10, max_length = 2000)]
    pub text: String,
}

impl From<CreateReportRequest> for ReportInput {
    fn from(body: CreateReportRequest) -> Self {
        let CreateReportRequest { subject_kind, subject, reason, text } = body;
        Self { subject_kind, subject, code: reason, text }
    }
}

/// What it is about.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"kind": "project", "name": "parser-of-everything", "title": "Parser of everything"}))]
pub(super) struct ReportSubject {
    /// What kind of thing.
    pub kind: SubjectKind,
    /// Its name in addresses: a slug, a need's id, or a handle.
    pub name: String,
    /// Its name as shown.
    pub title: String,
}

/// A report or an appeal as moderators see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "kind": "report",
    "subject": {"kind": "project", "name": "parser-of-everything", "title": "Parser of everything"}, "reason": "impersonation",
    "text": "The repository is a copy of another project's.", "author": "ada", "status": "open", "opened_at": "2026-11-22T09:00:00Z",
    "decided_at": null, "decided_by": null, "decision": null, "suspension": null}))]
pub(super) struct ReportResponse {
    /// Its id.
    pub id: ReportId,
    /// Whether it is a report or an appeal.
    pub kind: ReportKind,
    /// What it is about.
    pub subject: ReportSubject,
    /// What is said to be wrong; null for appeals.
    #[schema(required = true)]
    pub reason: Option<ReportCode>,
    /// The author's words; empty once a decided report's author has left.
    pub text: String,
    /// The author's handle; null for an appeal of nobody in particular. Never to be told to the reported.
    #[schema(required = true)]
    pub author: Option<String>,
    /// Where it stands.
    pub status: ReportStatus,
    /// Since when.
    pub opened_at: Timestamp,
    /// When it was decided.
    #[schema(required = true)]
    pub decided_at: Option<Timestamp>,
    /// The moderator who decided.
    #[schema(required = true)]
    pub decided_by: Option<String>,
    /// Why it was decided so.
    #[schema(required = true)]
    pub decision: Option<String>,
    /// What an appeal is against; null for reports.
    #[schema(required = true)]
    pub suspension: Option<SuspensionResponse>,
}

fn subject(card: &ReportCard) -> ReportSubject {
    let about = &card.subject;
    ReportSubject { kind: about.kind(), name: about.name(), title: about.title().to_owned() }
}

impl From<ReportCard> for ReportResponse {
    fn from(card: ReportCard) -> Self {
        let subject = subject(&card);
        let ReportCard { report, author, decided_by, suspension, .. } = card;
        Self {
            id: report.id,
            kind: report.kind,
            subject,
            reason: report.code,
            text: report.text,
            author,
            status: report.status,
            opened_at: report.opened_at,
            decided_at: report.decided_at,
            decided_by,
            decision: report.decision,
            suspension: suspension.map(SuspensionResponse::from),
        }
    }
}

/// A report or an appeal as its author sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "kind": "report",
    "subject": {"kind": "project", "name": "parser-of-everything", "title": "Parser of everything"}, "reason": "impersonation",
    "text": "The repository is a copy of another project's.", "status": "open", "opened_at": "2026-11-22T09:00:00Z", "decided_at": null}))]
pub(super) struct OwnReportResponse {
    /// Its id.
    pub id: ReportId,
    /// Whether it is a report or an appeal.
    pub kind: ReportKind,
    /// What it is about.
    pub subject: ReportSubject,
    /// What is said to be wrong; null for appeals.
    #[schema(required = true)]
    pub reason: Option<ReportCode>,
    /// Your words.
    pub text: String,
    /// Where it stands.
    pub status: ReportStatus,
    /// Since when.
    pub opened_at: Timestamp,
    /// When it was decided.
    #[schema(required = true)]
    pub decided_at: Option<Timestamp>,
}

impl From<ReportCard> for OwnReportResponse {
    fn from(card: ReportCard) -> Self {
        let subject = subject(&card);
        let report = card.report;
        Self {
            id: report.id,
            kind: report.kind,
            subject,
            reason: report.code,
            text: report.text,
            status: report.status,
            opened_at: report.opened_at,
            decided_at: report.decided_at,
        }
    }
}

/// Which reports and appeals.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListReportsQuery {
    /// Those that stand so.
    #[param(inline)]
    pub status: Option<ReportStatus>,
    /// Only reports, or only appeals.
    #[param(inline)]
    pub kind: Option<ReportKind>,
    /// About things of this kind.
    #[param(inline)]
    pub subject_kind: Option<SubjectKind>,
    /// For this reason.
    #[param(inline)]
    pub reason: Option<ReportCode>,
    /// How many items, 1 to 100; 25 when not said.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Why nothing comes of it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "The repository is the project's own; its new lead proved it."}))]
pub(super) struct DismissReportRequest {
    /// A sentence for the record. Of an appeal it is told to those concerned.
    #[schema(min_length = 3, max_length = 500)]
    pub reason: String,
}

/// Why it is right, and what follows.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "The package behind it is not the project's own.", "suspend": true}))]
pub(super) struct UpholdReportRequest {
    /// A sentence for the record, told to those concerned when it suspends something or lifts that. Don't name who reported.
    #[schema(min_length = 3, max_length = 500)]
    pub reason: String,
    /// Whether what was reported is suspended for that; `false` when not said.
    #[serde(default)]
    pub suspend: bool,
}

/// Why something is suspended.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "It offers work that it does not do."}))]
pub(super) struct SuspendRequest {
    /// A sentence for those concerned. Don't name who reported.
    #[schema(min_length = 3, max_length = 500)]
    pub reason: String,
}

/// A suspension.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "subject_kind": "organization", "subject": "example-freight",
    "reason": "It offers work that it does not do.", "suspended_by": "grace", "suspended_at": "2026-11-22T09:00:00Z", "appealed_at": null,
    "ended_at": null, "ended_by": null, "ended_reason": null}))]
pub(super) struct SuspensionResponse {
    /// Its id.
    pub id: SuspensionId,
    /// What kind of thing is suspended.
    pub subject_kind: SubjectKind,
    /// Its name in addresses.
    pub subject: String,
    /// Why, as those concerned were told.
    pub reason: String,
    /// The moderator who suspended it.
    pub suspended_by: String,
    /// Since when.
    pub suspended_at: Timestamp,
    /// When it was appealed.
    #[schema(required = true)]
    pub appealed_at: Option<Timestamp>,
    /// When it was lifted; null while it lasts.
    #[schema(required = true)]
    pub ended_at: Option<Timestamp>,
    /// The moderator who lifted it.
    #[schema(required = true)]
    pub ended_by: Option<String>,
    /// Why it was lifted, if that was said.
    #[schema(required = true)]
    pub ended_reason: Option<String>,
}

impl From<SuspensionCard> for SuspensionResponse {
    fn from(card: SuspensionCard) -> Self {
        let SuspensionCard { suspension, name, suspended_by, ended_by } = card;
        Self {
            id: suspension.id,
            subject_kind: suspension.subject_kind,
            subject: name,
            reason: suspension.reason,
            suspended_by,
            suspended_at: suspension.suspended_at,
            appealed_at: suspension.appealed_at,
            ended_at: suspension.ended_at,
            ended_by,
            ended_reason: suspension.ended_reason,
        }
    }
}

/// An appeal against a suspension.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"token": "mst_appeal_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8k2aOCA", "text": "We do the work; here is what we merged this month."}))]
pub(super) struct AppealRequest {
    /// The token from the mail that told of the suspension.
    #[schema(value_type = String, max_length = 200)]
    pub token: SecretString,
    /// Why it should be lifted.
    #[schema(min_length = 10, max_length = 2000)]
    pub text: String,
}

/// What comes next.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"message": "Another moderator will look at it; you are told by mail."}))]
pub(super) struct AppealResponse {
    /// A sentence.
    pub message: String,
}
