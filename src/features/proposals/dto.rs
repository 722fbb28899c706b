//! Proposals on the wire.

use super::model::{Capacity, DeclineReason, Origin, Party, ProposalStatus};
use super::service::{AnswerInput, ApplyInput, InviteInput, ProposalCard, Terms};
use crate::http::OptionalJson;
use crate::kernel::{AccountId, AssignmentId, Check, Line, NeedId, PledgeId, ProposalId, Result, RoundId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An application for a need.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"capacity": "employer_time", "hours_per_week": 4, "message": "I have kept two parsers alive and would like to fuzz yours."}))]
pub(super) struct ApplyForNeedRequest {
    /// Whose hours they are; your own when left out.
    #[serde(default)]
    pub capacity: Option<Capacity>,
    /// The pledge that an employer's hours come out of; the first of your organization's that allows it when left out.
    #[serde(default)]
    pub pledge: Option<PledgeId>,
    /// Hours a week, in halves, at most what the need asks for; all of that when left out.
    #[serde(default)]
    #[schema(minimum = 0.5, maximum = 60)]
    pub hours_per_week: Option<f64>,
    /// What you would like the project to know, as Markdown.
    #[serde(default)]
    #[schema(max_length = 4000)]
    pub message: String,
}

impl From<ApplyForNeedRequest> for ApplyInput {
    fn from(body: ApplyForNeedRequest) -> Self {
        let capacity = body.capacity.unwrap_or(Capacity::OwnTime);
        Self {
            terms: Terms { capacity, pledge: body.pledge },
            hours_per_week: body.hours_per_week,
            message: body.message,
        }
    }
}

/// An invitation of a volunteer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"volunteer": "grace", "hours_per_week": 4, "message": "Your fuzzing of libfoo is what we lack."}))]
pub(super) struct InviteVolunteerRequest {
    /// The volunteer's handle.
    #[schema(min_length = 1, max_length = 39)]
    pub volunteer: String,
    /// Hours a week, in halves, at most what the need asks for; all of that when left out.
    #[serde(default)]
    #[schema(minimum = 0.5, maximum = 60)]
    pub hours_per_week: Option<f64>,
    /// What the volunteer should know, as Markdown.
    #[serde(default)]
    #[schema(max_length = 4000)]
    pub message: String,
}

impl From<InviteVolunteerRequest> for InviteInput {
    fn from(body: InviteVolunteerRequest) -> Self {
        Self { volunteer: body.volunteer, hours_per_week: body.hours_per_week, message: body.message }
    }
}

/// A yes. Only a volunteer says whose hours they are; a project leaves that out.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"capacity": "own_time"}))]
pub(super) struct AgreeRequest {
    /// Whose hours they are; as they were when left out.
    #[serde(default)]
    pub capacity: Option<Capacity>,
    /// The pledge that an employer's hours come out of.
    #[serde(default)]
    pub pledge: Option<PledgeId>,
}

impl From<OptionalJson<AgreeRequest>> for AnswerInput {
    fn from(body: OptionalJson<AgreeRequest>) -> Self {
        let body = body.0.unwrap_or_default();
        let implied = body.pledge.map(|_| Capacity::EmployerTime);
        let terms = body.capacity.or(implied).map(|capacity| Terms { capacity, pledge: body.pledge });
        Self { terms, ..Self::default() }
    }
}

/// A no. The other side reads the reason's sentence, or yours.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason_code": "timing", "reason": "We cut a release this month; come back in January, please."}))]
pub(super) struct DeclineRequest {
    /// Why, as a word.
    #[serde(default)]
    pub reason_code: Option<DeclineReason>,
    /// Why, in your own words; a kind sentence of the house when left out.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500)]
    pub reason: Option<String>,
}

impl OptionalJson<DeclineRequest> {
    /// The reason, checked.
    pub(super) fn input(self) -> Result<AnswerInput> {
        let body = self.0.unwrap_or_default();
        let mut check = Check::default();
        let reason = check.optional("/reason", body.reason.as_deref().map(|text| Line::parse(text, 1, 500)));
        check.done()?;
        Ok(AnswerInput { reason_code: body.reason_code, reason: reason?.map(Line::into_string), terms: None })
    }
}

/// A need, as proposals name it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "title": "Fuzz the parser", "project": {"slug": "libarchive", "name": "libarchive"}}))]
pub(super) struct ProposedNeed {
    /// Its id.
    pub id: NeedId,
    /// What it is.
    pub title: String,
    /// Whose it is.
    pub project: ProposedProject,
}

/// A project, as proposals name it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"slug": "libarchive", "name": "libarchive"}))]
pub(super) struct ProposedProject {
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
}

/// A volunteer, as proposals name them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"handle": "grace", "display_name": "Grace", "email": null}))]
pub(super) struct ProposedVolunteer {
    /// The handle.
    pub handle: String,
    /// The name as shown.
    pub display_name: String,
    /// The mail address, once the project has accepted; null before.
    #[schema(required = true)]
    pub email: Option<String>,
}

/// Why a proposal ended or waits.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"code": "timing", "text": "The time does not fit this once."}))]
pub(super) struct ProposalReason {
    /// As a word.
    pub code: String,
    /// As a sentence.
    pub text: String,
}

/// A pairing of a need and a volunteer on its way to an agreement.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d",
    "need": {"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "title": "Fuzz the parser", "project": {"slug": "libarchive", "name": "libarchive"}},
    "volunteer": {"handle": "grace", "display_name": "Grace", "email": null}, "origin": "application", "round": null, "status": "under_review",
    "capacity": "own_time", "pledge": null, "employer": null, "hours_per_week": 4.0, "message": "I have kept two parsers alive.",
    "waiting_for": ["project"], "due_at": "2026-12-05T09:00:00Z", "terms_changed": false, "reason": null, "assignment": null,
    "created_at": "2026-11-28T09:00:00Z", "updated_at": "2026-11-28T09:00:00Z"}))]
pub(super) struct ProposalResponse {
    /// Its id.
    pub id: ProposalId,
    /// The need.
    pub need: ProposedNeed,
    /// The volunteer.
    pub volunteer: ProposedVolunteer,
    /// How it came about.
    pub origin: Origin,
    /// The round that recommended it, if one did.
    #[schema(required = true)]
    pub round: Option<RoundId>,
    /// Where it stands.
    pub status: ProposalStatus,
    /// Whose hours they are.
    pub capacity: Capacity,
    /// The pledge that an employer's hours come out of.
    #[schema(required = true)]
    pub pledge: Option<PledgeId>,
    /// The slug of the organization whose hours they are.
    #[schema(required = true)]
    pub employer: Option<String>,
    /// Hours a week.
    pub hours_per_week: f64,
    /// What the side that made it says.
    pub message: String,
    /// Whose answers are missing.
    pub waiting_for: Vec<Party>,
    /// Until when an answer counts.
    #[schema(required = true)]
    pub due_at: Option<Timestamp>,
    /// Whether the need asks for something else than what the volunteer agreed to; they confirm it again.
    pub terms_changed: bool,
    /// Why it ended or waits.
    #[schema(required = true)]
    pub reason: Option<ProposalReason>,
    /// The assignment that came of it.
    #[schema(required = true)]
    pub assignment: Option<AssignmentId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl ProposalResponse {
    /// The proposal as this reader sees it: an address is for its owner and, once accepted, for the project.
    pub(super) fn of(card: ProposalCard, reader: AccountId) -> Self {
        let ProposalCard { proposal, need, project, volunteer, employer } = card;
        let agreed = matches!(proposal.status, ProposalStatus::Accepted | ProposalStatus::Converted);
        let email = (agreed || reader == volunteer.id).then_some(volunteer.email);
        let reason = proposal.reason_code.clone().zip(proposal.reason.clone());
        Self {
            id: proposal.id,
            waiting_for: proposal.waiting_for(need.revision),
            terms_changed: proposal.status.is_live()
                && proposal.volunteer_agreed_at.is_some()
                && proposal.need_revision != need.revision,
            need: ProposedNeed {
                id: need.id,
                title: need.title,
                project: ProposedProject { slug: project.slug, name: project.name },
            },
            volunteer: ProposedVolunteer { handle: volunteer.handle, display_name: volunteer.display_name, email },
            origin: proposal.origin,
            round: proposal.round_id,
            status: proposal.status,
            capacity: proposal.capacity,
            pledge: proposal.pledge_id,
            employer: employer.map(|employer| employer.slug),
            hours_per_week: proposal.hours_per_week,
            message: proposal.message,
            due_at: proposal.due_at,
            reason: reason.map(|(code, text)| ProposalReason { code, text }),
            assignment: proposal.assignment_id,
            created_at: proposal.created_at,
            updated_at: proposal.updated_at,
        }
    }
}
