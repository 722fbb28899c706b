//! Participants, the plan, the log and exposed organizations on the wire.

use super::{ClockResponse, FindingCount, NoticesResponse, clock, finding_counts, notices};
use crate::features::swarms::model::{
    Entry, Finding, ParticipantOrigin, ParticipantRole, ParticipantStatus, Step, StepStatus, SwarmEntryKind,
};
use crate::features::swarms::service::{Exposure, Named, Owned, StepChange, StepInput};
use crate::kernel::{ParticipantId, StepId, SwarmEntryId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Somebody's part in a swarm.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "handle": "ada", "role": "analyst", "status": "signatory", "origin": "on_call",
    "organization": null, "finding": "checking", "note": null, "invited_at": "2026-11-22T09:00:00Z", "answered_at": "2026-11-22T09:04:00Z"}))]
pub(in crate::features::swarms) struct ParticipantResponse {
    /// Its id.
    pub id: ParticipantId,
    /// Who.
    pub handle: String,
    /// What they do.
    pub role: ParticipantRole,
    /// Where their consent stands.
    pub status: ParticipantStatus,
    /// How they came into it.
    pub origin: ParticipantOrigin,
    /// The slug of the organization for which they act.
    #[schema(required = true)]
    pub organization: Option<String>,
    /// What they found.
    pub finding: Finding,
    /// What they say of it.
    #[schema(required = true)]
    pub note: Option<String>,
    /// When they were invited.
    pub invited_at: Timestamp,
    /// When they answered.
    #[schema(required = true)]
    pub answered_at: Option<Timestamp>,
}

impl From<Named> for ParticipantResponse {
    fn from(named: Named) -> Self {
        let part = named.part;
        Self {
            id: part.id,
            handle: named.handle,
            role: part.role,
            status: part.status,
            origin: part.origin,
            organization: named.organization,
            finding: part.finding,
            note: part.note,
            invited_at: part.invited_at,
            answered_at: part.answered_at,
        }
    }
}

/// A step to be added to the plan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"title": "Switch lookups off by default", "details": "", "owner": "ada", "due_at": "2026-11-22T15:00:00Z"}))]
pub(in crate::features::swarms) struct AddStepRequest {
    /// What is to be done.
    #[schema(min_length = 3, max_length = 200)]
    pub title: String,
    /// More of it (Markdown).
    #[serde(default)]
    #[schema(max_length = 10_000)]
    pub details: String,
    /// Who does it: a handle of somebody in the swarm.
    pub owner: String,
    /// By when.
    pub due_at: Timestamp,
}

impl From<AddStepRequest> for StepInput {
    fn from(body: AddStepRequest) -> Self {
        Self { title: body.title, details: body.details, owner: body.owner, due_at: body.due_at }
    }
}

/// What is to be different about a step; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"status": "done"}))]
pub(in crate::features::swarms) struct UpdateStepRequest {
    /// What is to be done.
    #[serde(default)]
    #[schema(min_length = 3, max_length = 200)]
    pub title: Option<String>,
    /// More of it (Markdown).
    #[serde(default)]
    #[schema(max_length = 10_000)]
    pub details: Option<String>,
    /// Who does it.
    #[serde(default)]
    pub owner: Option<String>,
    /// By when.
    #[serde(default)]
    pub due_at: Option<Timestamp>,
    /// Where it stands.
    #[serde(default)]
    pub status: Option<StepStatus>,
}

impl From<UpdateStepRequest> for StepChange {
    fn from(body: UpdateStepRequest) -> Self {
        Self { title: body.title, details: body.details, owner: body.owner, due_at: body.due_at, status: body.status }
    }
}

/// A step of the containment plan.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "title": "Switch lookups off by default", "details": "", "owner": "ada",
    "due_at": "2026-11-22T15:00:00Z", "status": "open", "created_at": "2026-11-22T09:10:00Z", "closed_at": null}))]
pub(in crate::features::swarms) struct StepResponse {
    /// Its id.
    pub id: StepId,
    /// What is to be done.
    pub title: String,
    /// More of it (Markdown).
    pub details: String,
    /// Who does it.
    #[schema(required = true)]
    pub owner: Option<String>,
    /// By when.
    pub due_at: Timestamp,
    /// Where it stands.
    pub status: StepStatus,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was done or dropped.
    #[schema(required = true)]
    pub closed_at: Option<Timestamp>,
}

impl From<Owned<Step>> for StepResponse {
    fn from(owned: Owned<Step>) -> Self {
        let step = owned.what;
        Self {
            id: step.id,
            title: step.title,
            details: step.details,
            owner: owned.handle,
            due_at: step.due_at,
            status: step.status,
            created_at: step.created_at,
            closed_at: step.closed_at,
        }
    }
}

/// A line for the log.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "The second service is clean."}))]
pub(in crate::features::swarms) struct AddEntryRequest {
    /// What happened.
    #[schema(min_length = 1, max_length = 1000)]
    pub text: String,
}

/// A line of the log.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "kind": "note", "text": "The second service is clean.", "by": "ada",
    "at": "2026-11-22T09:30:00Z"}))]
pub(in crate::features::swarms) struct EntryResponse {
    /// Its id, by which a stream goes on (`Last-Event-ID`).
    pub id: SwarmEntryId,
    /// What it is about.
    pub kind: SwarmEntryKind,
    /// What happened.
    pub text: String,
    /// Who did it; null for the clock, and for contacts of organizations.
    #[schema(required = true)]
    pub by: Option<String>,
    /// When.
    pub at: Timestamp,
}

impl From<Owned<Entry>> for EntryResponse {
    fn from(owned: Owned<Entry>) -> Self {
        let entry = owned.what;
        Self { id: entry.id, kind: entry.kind, text: entry.text, by: owned.handle, at: entry.at }
    }
}

/// An organization that is exposed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"organization": "example-freight", "name": "Example Freight", "products": 2, "finding": "affected",
    "notice": {"at": "2026-11-22T09:30:00Z", "minutes": 30}, "answered_at": "2026-11-22T10:00:00Z"}))]
pub(in crate::features::swarms) struct SwarmOrganization {
    /// Its slug.
    pub organization: String,
    /// Its name.
    pub name: String,
    /// In how many of its products the component is.
    #[schema(minimum = 0)]
    pub products: i32,
    /// How it stands, in its own words.
    pub finding: Finding,
    /// When it was told.
    pub notice: ClockResponse,
    /// When it last said how it stands.
    #[schema(required = true)]
    pub answered_at: Option<Timestamp>,
}

/// How the exposed organizations stand: the counts for all who take part, and those organizations that the caller may know of.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"notices": {"exposed": 1, "notified": 1, "first": {"at": "2026-11-22T09:30:00Z", "minutes": 30}, "last": {"at": "2026-11-22T09:30:00Z", "minutes": 30}},
    "findings": [{"finding": "affected", "organizations": 1}], "organizations": []}))]
pub(in crate::features::swarms) struct SwarmOrganizationsResponse {
    /// How far the news has come.
    pub notices: NoticesResponse,
    /// How many found what.
    pub findings: Vec<FindingCount>,
    /// All of them for the swarm's coordinators; for others those that they run.
    pub organizations: Vec<SwarmOrganization>,
}

impl From<Exposure> for SwarmOrganizationsResponse {
    fn from(exposure: Exposure) -> Self {
        let from = exposure.called_at;
        let organization = |(organization, name, row): (String, String, crate::features::swarms::model::ExposedRow)| {
            SwarmOrganization {
                organization,
                name,
                products: row.products,
                finding: row.finding,
                notice: clock(from, row.notified_at),
                answered_at: row.answered_at,
            }
        };
        Self {
            notices: notices(from, exposure.notices),
            findings: finding_counts(exposure.findings),
            organizations: exposure.rows.into_iter().map(organization).collect(),
        }
    }
}
