//! Swarms on the wire.

mod work;

pub(super) use work::*;

use super::model::{Finding, Milestone, ParticipantOrigin, ParticipantRole, ParticipantStatus, Report, SwarmStatus};
use super::service::{Call, Card, Invitation, Outcome, Reach, Terms};
use crate::features::advisories::SeverityLevel;
use crate::kernel::{SwarmId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A call for help with a vulnerability.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"title": "Help with a parser that everybody uses", "advisory": "TEST-2026-1", "project": "parser",
    "details": "The lookup runs whatever it is given.", "embargo_until": null, "terms": "", "reach": "on_call_and_vetted"}))]
pub(super) struct CallSwarmRequest {
    /// The call. All who are invited read it, so it says nothing that the embargo covers.
    #[schema(min_length = 3, max_length = 120)]
    pub title: String,
    /// The advisory: its id or an alias.
    #[schema(min_length = 1, max_length = 200)]
    pub advisory: String,
    /// The project whose vulnerability it is; its maintainers are invited. Coordinators may leave it out.
    #[serde(default)]
    pub project: Option<String>,
    /// What those read who take part (Markdown).
    #[serde(default)]
    #[schema(max_length = 20_000)]
    pub details: String,
    /// Until then nobody outside may know of it; left out where there is no embargo.
    #[serde(default)]
    pub embargo_until: Option<Timestamp>,
    /// What those consent to who take part (Markdown); an embargo wants some.
    #[serde(default)]
    #[schema(max_length = 20_000)]
    pub terms: String,
    /// Whom the call reaches at once; `on_call_and_vetted` when left out.
    #[serde(default)]
    pub reach: Option<Reach>,
}

impl From<CallSwarmRequest> for Call {
    fn from(body: CallSwarmRequest) -> Self {
        Self {
            title: body.title,
            advisory: body.advisory,
            project: body.project,
            details: body.details,
            embargo_until: body.embargo_until,
            terms: body.terms,
            reach: body.reach.unwrap_or(Reach::OnCallAndVetted),
        }
    }
}

/// What a swarm is about.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "GHSA-jfh8-c2jp-5v3q", "summary": "Remote code execution in Log4j", "severity": "critical"}))]
pub(super) struct SwarmAdvisory {
    /// The advisory's id.
    pub id: String,
    /// One line.
    pub summary: String,
    /// How severe it is.
    #[schema(required = true)]
    pub severity: Option<SeverityLevel>,
}

/// The embargo.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"until": "2026-12-01T00:00:00Z", "in_force": true, "terms": "Tell nobody outside of the swarm.", "terms_version": 1}))]
pub(super) struct EmbargoResponse {
    /// When it ends, or ended; null where there never was one.
    #[schema(required = true)]
    pub until: Option<Timestamp>,
    /// Whether it is in force.
    pub in_force: bool,
    /// What those consent to who take part; null for those who are not asked to.
    #[schema(required = true)]
    pub terms: Option<String>,
    /// Their version, which a consent names.
    #[schema(minimum = 1)]
    pub terms_version: i32,
}

/// When something was reached.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"at": "2026-11-22T09:30:00Z", "minutes": 30}))]
pub(super) struct ClockResponse {
    /// When; null while it is not reached.
    #[schema(required = true)]
    pub at: Option<Timestamp>,
    /// Minutes after the call.
    #[schema(required = true, minimum = 0)]
    pub minutes: Option<i64>,
}

fn clock(from: Timestamp, at: Option<Timestamp>) -> ClockResponse {
    ClockResponse { at, minutes: at.map(|at| (at - from).num_minutes()) }
}

/// What the clocks show.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"called_at": "2026-11-22T09:00:00Z", "first_responder": {"at": "2026-11-22T09:04:00Z", "minutes": 4}, "plan": {"at": null, "minutes": null},
    "containment": {"at": null, "minutes": null}, "fix": {"at": null, "minutes": null}, "release": {"at": null, "minutes": null}, "resolution": {"at": null, "minutes": null}}))]
pub(super) struct ClocksResponse {
    /// When it was called; all other clocks count from here.
    pub called_at: Timestamp,
    /// When somebody else than the caller first consented.
    pub first_responder: ClockResponse,
    /// When the plan had its first step.
    pub plan: ClockResponse,
    /// When it was contained.
    pub containment: ClockResponse,
    /// When there was a fix.
    pub fix: ClockResponse,
    /// When the fix was released.
    pub release: ClockResponse,
    /// When it was mended.
    pub resolution: ClockResponse,
}

fn clocks(swarm: &super::model::Swarm) -> ClocksResponse {
    let from = swarm.called_at;
    ClocksResponse {
        called_at: from,
        first_responder: clock(from, swarm.first_responder_at),
        plan: clock(from, swarm.planned_at),
        containment: clock(from, swarm.contained_at),
        fix: clock(from, swarm.fixed_at),
        release: clock(from, swarm.released_at),
        resolution: clock(from, swarm.resolved_at),
    }
}

/// How far the news has come among the organizations that are exposed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"exposed": 200, "notified": 180, "first": {"at": "2026-11-22T09:30:00Z", "minutes": 30}, "last": {"at": "2026-11-22T09:31:00Z", "minutes": 31}}))]
pub(super) struct NoticesResponse {
    /// How many are exposed.
    #[schema(minimum = 0)]
    pub exposed: usize,
    /// How many were told.
    #[schema(minimum = 0)]
    pub notified: usize,
    /// When the first one was told.
    pub first: ClockResponse,
    /// When the last one was told.
    pub last: ClockResponse,
}

fn notices(from: Timestamp, notices: super::service::Notices) -> NoticesResponse {
    NoticesResponse {
        exposed: notices.exposed,
        notified: notices.notified,
        first: clock(from, notices.first),
        last: clock(from, notices.last),
    }
}

/// The caller's own part.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"role": "analyst", "status": "invited", "origin": "on_call", "finding": "not_checked"}))]
pub(super) struct OwnPart {
    /// What the caller does.
    pub role: ParticipantRole,
    /// Where the caller's consent stands.
    pub status: ParticipantStatus,
    /// How the caller came into it.
    pub origin: ParticipantOrigin,
    /// What the caller found.
    pub finding: Finding,
}

/// A swarm, as far as the caller sees it. Under embargo those who are invited see the call, the terms and the clocks; all else is
/// for those who consented.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "status": "called", "title": "Help with a parser that everybody uses",
    "advisory": {"id": "TEST-2026-1", "summary": "Remote code execution", "severity": "critical"}, "project": "parser", "details": null, "called_by": null,
    "embargo": {"until": null, "in_force": false, "terms": null, "terms_version": 1},
    "clocks": {"called_at": "2026-11-22T09:00:00Z", "first_responder": {"at": null, "minutes": null}, "plan": {"at": null, "minutes": null},
        "containment": {"at": null, "minutes": null}, "fix": {"at": null, "minutes": null}, "release": {"at": null, "minutes": null}, "resolution": {"at": null, "minutes": null}},
    "notices": null, "part": null, "leads": false}))]
pub(super) struct SwarmResponse {
    /// Its id.
    pub id: SwarmId,
    /// Where it stands.
    pub status: SwarmStatus,
    /// The call.
    pub title: String,
    /// What it is about; null for those who have to consent first.
    #[schema(required = true)]
    pub advisory: Option<SwarmAdvisory>,
    /// The project's slug; null where there is none, and for those who have to consent first.
    #[schema(required = true)]
    pub project: Option<String>,
    /// What those read who take part (Markdown).
    #[schema(required = true)]
    pub details: Option<String>,
    /// Who called it; null for outsiders.
    #[schema(required = true)]
    pub called_by: Option<String>,
    /// The embargo.
    pub embargo: EmbargoResponse,
    /// What the clocks show.
    pub clocks: ClocksResponse,
    /// How far the news has come; for those who take part.
    #[schema(required = true)]
    pub notices: Option<NoticesResponse>,
    /// The caller's own part, if any.
    #[schema(required = true)]
    pub part: Option<OwnPart>,
    /// Whether the caller leads it.
    pub leads: bool,
}

impl From<Card> for SwarmResponse {
    fn from(card: Card) -> Self {
        use super::policy::Sight;
        let clocks = clocks(&card.swarm);
        let swarm = card.swarm;
        let all = card.sight == Sight::Everything;
        let asked = card.sight != Sight::Public;
        let project = card.about.as_ref().and_then(|about| about.project.clone());
        let advisory = card.about.map(|about| SwarmAdvisory {
            id: about.advisory,
            summary: about.summary,
            severity: about.severity,
        });
        Self {
            id: swarm.id,
            status: swarm.status,
            title: swarm.title,
            advisory,
            project,
            details: all.then_some(swarm.details),
            called_by: card.called_by,
            embargo: EmbargoResponse {
                until: swarm.embargo_until,
                in_force: card.embargoed,
                terms: asked.then_some(swarm.terms),
                terms_version: swarm.terms_version,
            },
            clocks,
            notices: card.notices.map(|found| notices(swarm.called_at, found)),
            part: card.part.map(|part| OwnPart {
                role: part.role,
                status: part.status,
                origin: part.origin,
                finding: part.finding,
            }),
            leads: card.leads,
        }
    }
}

/// Whom to invite.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"handle": "ada", "role": "reviewer"}))]
pub(super) struct InviteParticipantRequest {
    /// Their handle.
    pub handle: String,
    /// What they are to do.
    pub role: ParticipantRole,
}

impl From<InviteParticipantRequest> for Invitation {
    fn from(body: InviteParticipantRequest) -> Self {
        Self { handle: body.handle, role: body.role }
    }
}

/// An answer to the call.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"accept": true, "terms_version": 1}))]
pub(super) struct ConsentRequest {
    /// Whether one takes part, on these terms.
    pub accept: bool,
    /// The version of the terms that one read.
    #[schema(minimum = 1)]
    pub terms_version: i32,
}

/// New terms.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"terms": "Tell nobody outside of the swarm.", "embargo_until": "2026-12-08T00:00:00Z"}))]
pub(super) struct ChangeTermsRequest {
    /// The terms (Markdown); as they are when left out.
    #[serde(default)]
    #[schema(max_length = 20_000)]
    pub terms: Option<String>,
    /// When the embargo ends; null lifts it.
    #[schema(required = true)]
    pub embargo_until: Option<Timestamp>,
}

impl From<ChangeTermsRequest> for Terms {
    fn from(body: ChangeTermsRequest) -> Self {
        Self { terms: body.terms, embargo_until: body.embargo_until }
    }
}

/// What somebody found.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"finding": "affected", "note": "By way of the logging of two services.", "organization": null}))]
pub(super) struct StateFindingRequest {
    /// What was found.
    pub finding: Finding,
    /// A sentence on it.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500)]
    pub note: Option<String>,
    /// For this exposed organization, which one runs; for oneself when left out.
    #[serde(default)]
    pub organization: Option<String>,
}

/// Which exposed organizations are to be told; the body may be left out.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"organizations": ["example-freight"]}))]
pub(super) struct NotifyRequest {
    /// Their slugs; all that were not told yet when left out.
    #[serde(default)]
    #[schema(max_items = 1000)]
    pub organizations: Option<Vec<String>>,
}

/// What was reached.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"milestone": "fix"}))]
pub(super) struct ReachMilestoneRequest {
    /// `fix` or `release`.
    pub milestone: Milestone,
}

/// What was learned (Markdown each).
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"summary": "A lookup ran what it was given.", "cause": "Nobody had looked at lookups since 2013.", "went_well": "The first answer came after four minutes.",
    "to_improve": "Know beforehand who can release."}))]
pub(super) struct WriteReportRequest {
    /// What happened.
    #[schema(min_length = 1, max_length = 20_000)]
    pub summary: String,
    /// Why it could happen.
    #[serde(default)]
    #[schema(max_length = 20_000)]
    pub cause: String,
    /// What went well.
    #[serde(default)]
    #[schema(max_length = 20_000)]
    pub went_well: String,
    /// What is to be done better.
    #[serde(default)]
    #[schema(max_length = 20_000)]
    pub to_improve: String,
}

impl From<WriteReportRequest> for Report {
    fn from(body: WriteReportRequest) -> Self {
        Self { summary: body.summary, cause: body.cause, went_well: body.went_well, to_improve: body.to_improve }
    }
}

/// How many took part in a role.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"role": "analyst", "people": 3}))]
pub(super) struct RoleCount {
    /// The role.
    pub role: ParticipantRole,
    /// How many.
    #[schema(minimum = 0)]
    pub people: i64,
}

/// How many organizations found what.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"finding": "fixed", "organizations": 180}))]
pub(super) struct FindingCount {
    /// What they found.
    pub finding: Finding,
    /// How many.
    #[schema(minimum = 0)]
    pub organizations: usize,
}

pub(super) fn finding_counts(counts: Vec<(Finding, usize)>) -> Vec<FindingCount> {
    counts.into_iter().map(|(finding, organizations)| FindingCount { finding, organizations }).collect()
}

/// An after-action report. It names nobody: neither who helped nor who was exposed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"swarm": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "status": "reviewed", "title": "Help with a parser that everybody uses",
    "advisory": {"id": "TEST-2026-1", "summary": "Remote code execution", "severity": "critical"}, "project": "parser",
    "summary": "A lookup ran what it was given.", "cause": "", "went_well": "", "to_improve": "",
    "clocks": {"called_at": "2026-11-22T09:00:00Z", "first_responder": {"at": null, "minutes": null}, "plan": {"at": null, "minutes": null},
        "containment": {"at": null, "minutes": null}, "fix": {"at": null, "minutes": null}, "release": {"at": null, "minutes": null}, "resolution": {"at": null, "minutes": null}},
    "notices": {"exposed": 200, "notified": 200, "first": {"at": "2026-11-22T09:30:00Z", "minutes": 30}, "last": {"at": "2026-11-22T09:31:00Z", "minutes": 31}},
    "people": [{"role": "analyst", "people": 3}], "findings": [{"finding": "fixed", "organizations": 180}]}))]
pub(super) struct SwarmReportResponse {
    /// The swarm.
    pub swarm: SwarmId,
    /// Where it stands.
    pub status: SwarmStatus,
    /// The call.
    pub title: String,
    /// What it was about.
    pub advisory: SwarmAdvisory,
    /// The project's slug.
    #[schema(required = true)]
    pub project: Option<String>,
    /// What happened.
    pub summary: String,
    /// Why it could happen.
    pub cause: String,
    /// What went well.
    pub went_well: String,
    /// What is to be done better.
    pub to_improve: String,
    /// What the clocks show.
    pub clocks: ClocksResponse,
    /// How far the news came.
    pub notices: NoticesResponse,
    /// How many took part.
    pub people: Vec<RoleCount>,
    /// How the exposed organizations stand.
    pub findings: Vec<FindingCount>,
}

impl From<Outcome> for SwarmReportResponse {
    fn from(outcome: Outcome) -> Self {
        let swarm = outcome.swarm;
        let about = outcome.about;
        Self {
            swarm: swarm.id,
            status: swarm.status,
            advisory: SwarmAdvisory { id: about.advisory, summary: about.summary, severity: about.severity },
            project: about.project,
            summary: outcome.report.summary,
            cause: outcome.report.cause,
            went_well: outcome.report.went_well,
            to_improve: outcome.report.to_improve,
            clocks: clocks(&swarm),
            notices: notices(swarm.called_at, outcome.notices),
            people: outcome.roles.into_iter().map(|(role, people)| RoleCount { role, people }).collect(),
            findings: finding_counts(outcome.findings),
            title: swarm.title,
        }
    }
}
