//! Claims, proofs and disputes on the wire.

use crate::features::projects::model::{AttemptOutcome, ProjectStatus, ProofMethod, ProofStatus};
use crate::features::projects::proof::{self, Attempt, Place};
use crate::features::projects::service::{CheckCard, DisputeCard, Party, ProofCard};
use crate::kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A place where a proof is looked for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"method": "repository_file", "address": "https://raw.githubusercontent.com/example/parser/HEAD/.well-known/mainstay.txt"}))]
pub(in crate::features::projects) struct PlaceResponse {
    /// In which way it would be proven there.
    pub method: ProofMethod,
    /// The address that is fetched, or the name whose text records are read.
    pub address: String,
}

impl From<Place> for PlaceResponse {
    fn from(place: Place) -> Self {
        Self { method: place.method, address: place.address }
    }
}

/// Where the caller's proof of ownership stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"status": "pending", "token": "f3a91c60b2de4785a1c09e7742d6b8105fe3c927",
    "line": "mainstay-verification=f3a91c60b2de4785a1c09e7742d6b8105fe3c927",
    "places": [{"method": "repository_file", "address": "https://raw.githubusercontent.com/example/parser/HEAD/.well-known/mainstay.txt"}],
    "checked_at": null, "proven_at": null, "method": null, "evidence": null, "verified_at": null, "expires_at": null,
    "renewable_from": null, "disputed": false}))]
pub(in crate::features::projects) struct VerificationResponse {
    /// Where it stands.
    pub status: ProofStatus,
    /// The token; null before one was asked for. It is for this person and project alone.
    #[schema(required = true)]
    pub token: Option<String>,
    /// The line to put into a file of its own, or the text record.
    #[schema(required = true)]
    pub line: Option<String>,
    /// Where it is looked for; one of them is enough.
    pub places: Vec<PlaceResponse>,
    /// When the places were looked at last.
    #[schema(required = true)]
    pub checked_at: Option<Timestamp>,
    /// When the token was found.
    #[schema(required = true)]
    pub proven_at: Option<Timestamp>,
    /// In which way.
    #[schema(required = true)]
    pub method: Option<ProofMethod>,
    /// Where.
    #[schema(required = true)]
    pub evidence: Option<String>,
    /// Since when the caller is known to lead the project.
    #[schema(required = true)]
    pub verified_at: Option<Timestamp>,
    /// When that has to be proven again.
    #[schema(required = true)]
    pub expires_at: Option<Timestamp>,
    /// From when on a new proof is asked for.
    #[schema(required = true)]
    pub renewable_from: Option<Timestamp>,
    /// Whether a dispute holds everything up until a moderator decides.
    pub disputed: bool,
}

impl From<ProofCard> for VerificationResponse {
    fn from(card: ProofCard) -> Self {
        let expires_at = card.verified_at.map(proof::expires_at);
        let status = match &card.claim {
            None => ProofStatus::None,
            Some(claim) if claim.proven_at.is_some() => ProofStatus::Proven,
            Some(_) => ProofStatus::Pending,
        };
        let claim = card.claim.as_ref();
        Self {
            status,
            token: claim.map(|claim| claim.token.clone()),
            line: claim.map(|claim| proof::line(&claim.token)),
            places: card.places.into_iter().map(PlaceResponse::from).collect(),
            checked_at: claim.and_then(|claim| claim.checked_at),
            proven_at: claim.and_then(|claim| claim.proven_at),
            method: claim.and_then(|claim| claim.method),
            evidence: claim.and_then(|claim| claim.evidence.clone()),
            verified_at: card.verified_at,
            expires_at,
            renewable_from: expires_at.map(|end| end - proof::RENEWABLE),
            disputed: card.disputed,
        }
    }
}

/// What was fetched from a place, and what was found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"method": "dns", "address": "_mainstay.parser.example.org", "outcome": "missing", "detail": "There is no text record at this name."}))]
pub(in crate::features::projects) struct AttemptResponse {
    /// In which way it would be proven there.
    pub method: ProofMethod,
    /// The address that was fetched, or the name whose text records were read.
    pub address: String,
    /// What came of it.
    pub outcome: AttemptOutcome,
    /// The same in a sentence.
    pub detail: String,
}

impl From<Attempt> for AttemptResponse {
    fn from(attempt: Attempt) -> Self {
        let Attempt { place, outcome, detail } = attempt;
        Self { method: place.method, address: place.address, outcome, detail }
    }
}

/// A proof that was found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"verified": true, "disputed": false, "project_status": "listed", "method": "repository_file",
    "evidence": "https://raw.githubusercontent.com/example/parser/HEAD/.well-known/mainstay.txt",
    "attempts": [{"method": "repository_file", "address": "https://raw.githubusercontent.com/example/parser/HEAD/.well-known/mainstay.txt", "outcome": "found", "detail": "The line is there."}]}))]
pub(in crate::features::projects) struct VerificationCheckResponse {
    /// Whether the caller is known to lead the project now; not while another verified lead disputes it.
    pub verified: bool,
    /// Whether a moderator has to decide between two who proved it.
    pub disputed: bool,
    /// Where the listing stands now.
    pub project_status: ProjectStatus,
    /// In which way it was proven.
    pub method: ProofMethod,
    /// Where the token was found.
    pub evidence: String,
    /// What each place gave.
    pub attempts: Vec<AttemptResponse>,
}

impl From<CheckCard> for VerificationCheckResponse {
    fn from(card: CheckCard) -> Self {
        Self {
            verified: !card.disputed,
            disputed: card.disputed,
            project_status: card.status,
            method: card.method,
            evidence: card.evidence,
            attempts: card.attempts.into_iter().map(AttemptResponse::from).collect(),
        }
    }
}

/// One side of a dispute.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"handle": "ada", "display_name": "Ada L.", "leads": true, "since": "2026-11-22T09:00:00Z", "proven_at": null}))]
pub(in crate::features::projects) struct PartyResponse {
    /// The public name.
    pub handle: String,
    /// The name as shown.
    pub display_name: String,
    /// Whether they stood as a lead before the dispute.
    pub leads: bool,
    /// Since when they say that the project is theirs.
    pub since: Timestamp,
    /// When they last proved it, if they did.
    #[schema(required = true)]
    pub proven_at: Option<Timestamp>,
}

impl From<Party> for PartyResponse {
    fn from(party: Party) -> Self {
        let Party { handle, display_name, leads, since, proven_at, .. } = party;
        Self { handle, display_name, leads, since, proven_at }
    }
}

/// A dispute over who a project belongs to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"open": true, "opened_at": "2026-11-23T09:00:00Z",
    "parties": [{"handle": "ada", "display_name": "Ada L.", "leads": true, "since": "2026-11-22T09:00:00Z", "proven_at": null}]}))]
pub(in crate::features::projects) struct DisputeResponse {
    /// Whether there is one.
    pub open: bool,
    /// Since when.
    #[schema(required = true)]
    pub opened_at: Option<Timestamp>,
    /// Its sides.
    pub parties: Vec<PartyResponse>,
}

impl From<DisputeCard> for DisputeResponse {
    fn from(card: DisputeCard) -> Self {
        Self {
            open: card.opened_at.is_some(),
            opened_at: card.opened_at,
            parties: card.parties.into_iter().map(PartyResponse::from).collect(),
        }
    }
}

/// Whose a disputed project is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"keep": "ada", "reason": "Her key signed every release of the last years."}))]
pub(in crate::features::projects) struct DecideDisputeRequest {
    /// The handle of the side that is right.
    #[schema(min_length = 2, max_length = 32)]
    pub keep: String,
    /// Why; it is kept with the decision.
    #[schema(min_length = 3, max_length = 500)]
    pub reason: String,
}
