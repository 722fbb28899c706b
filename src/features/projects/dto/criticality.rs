//! How critical projects are, and their objections to that, on the wire.

use super::CriticalityResponse;
use crate::features::projects::criticality::{TIER_1_FROM, TIER_2_FROM};
use crate::features::projects::model::{Contest, ContestStatus, CriticalityScore};
use crate::features::projects::service::{AnswerInput, ContestInput, RatingCard};
use crate::kernel::{ContestId, ScoreId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Where the tiers begin.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"tier_1_from": 0.8, "tier_2_from": 0.6}))]
pub(in crate::features::projects) struct TierThresholds {
    /// Scores from here on are tier 1.
    pub tier_1_from: f64,
    /// Scores from here on, up to tier 1, are tier 2; those below are tier 3.
    pub tier_2_from: f64,
}

/// How critical a project is, and what that rests on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"criticality": {"score": 0.7132, "tier": 1, "algorithm": "original_pike", "as_of": "2026-11-01T00:00:00Z"}, "is_decision": true,
    "reason": "Every mirror needs it.", "decided_by": "grace", "inputs": null, "contested": false, "thresholds": {"tier_1_from": 0.8, "tier_2_from": 0.6}}))]
pub(in crate::features::projects) struct RatingResponse {
    /// What counts; null where nothing is known.
    #[schema(required = true)]
    pub criticality: Option<CriticalityResponse>,
    /// Whether a coordinator decided so; imports leave it alone then.
    pub is_decision: bool,
    /// Why, where somebody decided.
    #[schema(required = true)]
    pub reason: Option<String>,
    /// The handle of whoever decided.
    #[schema(required = true)]
    pub decided_by: Option<String>,
    /// The signals and what each was worth, where the score was made here.
    #[schema(required = true, value_type = Option<Vec<Object>>)]
    pub inputs: Option<Value>,
    /// Whether the project has objected and waits for an answer.
    pub contested: bool,
    /// Where the tiers begin.
    pub thresholds: TierThresholds,
}

impl From<RatingCard> for RatingResponse {
    fn from(card: RatingCard) -> Self {
        let curated = card.project.criticality_curated;
        let (row, handle) = card.newest.unzip();
        let decision = row.as_ref().filter(|row| row.is_decision && curated);
        Self {
            is_decision: curated,
            reason: decision.and_then(|row| row.reason.clone()),
            decided_by: handle.flatten().filter(|_| curated),
            inputs: row.and_then(|row| row.inputs).map(|inputs| inputs.0),
            contested: card.contested,
            thresholds: TierThresholds { tier_1_from: TIER_1_FROM, tier_2_from: TIER_2_FROM },
            criticality: CriticalityResponse::of(&card.project),
        }
    }
}

/// One score or decision of a project.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "score": 0.7132, "tier": 2, "algorithm": "original_pike", "as_of": "2026-11-01T00:00:00Z",
    "is_decision": false, "reason": null, "decided_by": null, "inputs": null, "created_at": "2026-11-22T09:00:00Z"}))]
pub(in crate::features::projects) struct PastCriticalityResponse {
    /// The row.
    pub id: ScoreId,
    /// 0 to 1; null where only the tier was decided.
    #[schema(required = true, minimum = 0, maximum = 1)]
    pub score: Option<f64>,
    /// 1 (most critical) to 3.
    #[schema(minimum = 1, maximum = 3)]
    pub tier: i16,
    /// What the score was made by.
    pub algorithm: String,
    /// When the signals were collected.
    pub as_of: Timestamp,
    /// Whether somebody decided so, instead of a formula.
    pub is_decision: bool,
    /// Why.
    #[schema(required = true)]
    pub reason: Option<String>,
    /// The handle of whoever decided.
    #[schema(required = true)]
    pub decided_by: Option<String>,
    /// The signals and what each was worth, where the score was made here.
    #[schema(required = true, value_type = Option<Vec<Object>>)]
    pub inputs: Option<Value>,
    /// When it came to count.
    pub created_at: Timestamp,
}

impl From<(CriticalityScore, Option<String>)> for PastCriticalityResponse {
    fn from((row, decided_by): (CriticalityScore, Option<String>)) -> Self {
        Self {
            id: row.id,
            score: row.score,
            tier: row.tier,
            algorithm: row.algorithm,
            as_of: row.as_of,
            is_decision: row.is_decision,
            reason: row.reason,
            decided_by,
            inputs: row.inputs.map(|inputs| inputs.0),
            created_at: row.created_at,
        }
    }
}

/// An objection to how critical a project is said to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "The mirror counts as our repository; ours has three times the contributors.", "evidence_url": "https://github.com/example/parser", "tier_wanted": 1}))]
pub(in crate::features::projects) struct ContestRequest {
    /// Why it is wrong, as Markdown.
    #[schema(min_length = 10, max_length = 5000)]
    pub reason: String,
    /// Where that can be seen; https.
    #[serde(default)]
    #[schema(max_length = 500, format = "uri")]
    pub evidence_url: Option<String>,
    /// The tier that would be right.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 3)]
    pub tier_wanted: Option<i16>,
}

impl From<ContestRequest> for ContestInput {
    fn from(body: ContestRequest) -> Self {
        Self { reason: body.reason, evidence_url: body.evidence_url, tier_wanted: body.tier_wanted }
    }
}

/// A coordinator's answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"upheld": true, "answer": "The mirror was counted, indeed.", "tier": 1}))]
pub(in crate::features::projects) struct AnswerContestRequest {
    /// Whether the project is right; it is decided anew then.
    pub upheld: bool,
    /// A sentence for the project.
    #[schema(min_length = 3, max_length = 500)]
    pub answer: String,
    /// The new score, 0 to 1, where it is upheld.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1)]
    pub score: Option<f64>,
    /// The new tier, 1 to 3, where it is upheld; made of the score when left out.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 3)]
    pub tier: Option<i16>,
}

impl From<AnswerContestRequest> for AnswerInput {
    fn from(body: AnswerContestRequest) -> Self {
        Self { upheld: body.upheld, answer: body.answer, score: body.score, tier: body.tier }
    }
}

/// An objection, and where it stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "status": "open", "reason": "The mirror counts as our repository.",
    "evidence_url": null, "tier_wanted": 1, "opened_by": "ada", "opened_at": "2026-11-22T09:00:00Z", "answer": null, "answered_at": null}))]
pub(in crate::features::projects) struct ContestResponse {
    /// The objection.
    pub id: ContestId,
    /// Where it stands.
    pub status: ContestStatus,
    /// Why it was made, as Markdown.
    pub reason: String,
    /// Where that can be seen.
    #[schema(required = true)]
    pub evidence_url: Option<String>,
    /// The tier that would be right.
    #[schema(required = true)]
    pub tier_wanted: Option<i16>,
    /// The handle of whoever made it.
    pub opened_by: String,
    /// When it was made.
    pub opened_at: Timestamp,
    /// The coordinator's answer.
    #[schema(required = true)]
    pub answer: Option<String>,
    /// When it was answered.
    #[schema(required = true)]
    pub answered_at: Option<Timestamp>,
}

impl From<(Contest, String)> for ContestResponse {
    fn from((row, opened_by): (Contest, String)) -> Self {
        Self {
            id: row.id,
            status: row.status,
            reason: row.reason,
            evidence_url: row.evidence_url,
            tier_wanted: row.tier_wanted,
            opened_by,
            opened_at: row.opened_at,
            answer: row.answer,
            answered_at: row.answered_at,
        }
    }
}
