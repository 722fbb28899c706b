//! Rounds on the wire.

use super::model::{Outcome, PairReason, Round, RoundPolicy, RoundStatus, UnservedReason};
use super::service::PairCard;
use crate::features::matching::dto::{MatchProject, MatchReason};
use crate::kernel::{NeedId, RoundId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A round to be run.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"policy": "floor", "floor_hours": 2.0}))]
pub(super) struct CreateRoundRequest {
    /// What to make the most of; `total` when not said.
    pub policy: Option<RoundPolicy>,
    /// With the policy `floor`: hours a week that every tier-1 need is to get, as evenly as possible where not all can.
    #[schema(minimum = 0, maximum = 168)]
    pub floor_hours: Option<f64>,
    /// Work out the kept inputs of this round once more instead; it gives the same plan.
    pub repeats: Option<RoundId>,
}

/// What one tier of needs got.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"tier": 1, "needs": 12, "served": 11, "hours": 44.0, "share": 0.4, "value": 3300.0, "bound": 3350.0, "least_hours": 2.0}))]
pub(super) struct RoundTier {
    /// 1 (most critical) to 3.
    #[schema(minimum = 1, maximum = 3)]
    pub tier: u8,
    /// Needs of the tier in the round.
    pub needs: usize,
    /// Those that got any hours.
    pub served: usize,
    /// Hours a week given to the tier.
    pub hours: f64,
    /// Part of all hours given, 0 to 1.
    pub share: f64,
    /// Score times hours of these.
    pub value: f64,
    /// The tier could not get more value than this even if it were alone.
    pub bound: f64,
    /// The fewest hours that any of its needs got.
    pub least_hours: f64,
}

/// A tier-1 need that got nothing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"need": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "reason": "nobody_fits"}))]
pub(super) struct RoundUnserved {
    /// Which.
    pub need: NeedId,
    /// Why.
    pub reason: UnservedReason,
}

/// How scarce a skill was.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"skill": "fuzzing", "level": 3, "wanted_hours": 40.0, "offered_hours": 12.0, "price": 61.5}))]
pub(super) struct RoundSkillShortage {
    /// Its slug.
    pub skill: String,
    /// At least this level.
    #[schema(minimum = 1, maximum = 5)]
    pub level: u8,
    /// Hours a week that needs requiring it had room for.
    pub wanted_hours: f64,
    /// Hours a week that people with it offered.
    pub offered_hours: f64,
    /// What one more hour of somebody with it would have been worth, in score points.
    pub price: f64,
}

/// What a round came to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"volunteers": 130, "needs": 272, "candidates": 9120, "pairs": 188, "value": 37120.0, "bound": 37130.5, "gap": 0.0003,
    "popular_share": 0.31, "tiers": [], "unserved": [], "shortages": []}))]
pub(super) struct RoundOutcome {
    /// Volunteers with hours to give.
    pub volunteers: usize,
    /// Needs with room.
    pub needs: usize,
    /// Pairs that matching allows.
    pub candidates: usize,
    /// Pairs of the plan.
    pub pairs: usize,
    /// Sum of score times hours a week.
    pub value: f64,
    /// No plan that obeys the rules is worth more.
    pub bound: f64,
    /// `(bound − value) / bound`; under a policy other than `total` the price of the policy is in it.
    pub gap: f64,
    /// Part of all hours that went to the tenth of the projects that got most, 0 to 1.
    pub popular_share: f64,
    /// By tier.
    pub tiers: Vec<RoundTier>,
    /// Tier-1 needs that got nothing, and why.
    pub unserved: Vec<RoundUnserved>,
    /// What is scarce: first what nobody offers, then by the price of an hour. At most 50.
    pub shortages: Vec<RoundSkillShortage>,
}

/// A round.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "status": "running", "policy": "total", "floor_hours": null, "repeats": null,
    "nightly": false, "progress": 40, "outcome": null, "failure": null, "created_at": "2026-11-22T09:00:00Z", "started_at": "2026-11-22T09:00:01Z",
    "finished_at": null, "published_at": null}))]
pub(super) struct RoundResponse {
    /// Its id.
    pub id: RoundId,
    /// Where it stands.
    pub status: RoundStatus,
    /// What it makes the most of.
    pub policy: RoundPolicy,
    /// For the floor: hours a week of each tier-1 need.
    #[schema(required = true)]
    pub floor_hours: Option<f64>,
    /// The round whose inputs it uses again.
    #[schema(required = true)]
    pub repeats: Option<RoundId>,
    /// Whether it is a nightly dry run.
    pub nightly: bool,
    /// How far it is, an estimate of 0 to 100.
    #[schema(minimum = 0, maximum = 100)]
    pub progress: i16,
    /// What it came to; null until it is done.
    #[schema(required = true)]
    pub outcome: Option<RoundOutcome>,
    /// Why it came to nothing.
    #[schema(required = true)]
    pub failure: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When a worker took it.
    #[schema(required = true)]
    pub started_at: Option<Timestamp>,
    /// When its plan was there, or it ended without one.
    #[schema(required = true)]
    pub finished_at: Option<Timestamp>,
    /// When its pairs went out as recommendations.
    #[schema(required = true)]
    pub published_at: Option<Timestamp>,
}

impl From<Outcome> for RoundOutcome {
    fn from(outcome: Outcome) -> Self {
        let tiers = outcome.tiers.into_iter().map(|x| RoundTier {
            tier: x.tier,
            needs: x.needs,
            served: x.served,
            hours: x.hours,
            share: x.share,
            value: x.value,
            bound: x.bound,
            least_hours: x.least_hours,
        });
        let unserved = outcome.unserved.into_iter().map(|x| RoundUnserved { need: x.need, reason: x.reason });
        let shortages = outcome.shortages.into_iter().map(|x| RoundSkillShortage {
            skill: x.skill,
            level: x.level,
            wanted_hours: x.wanted_hours,
            offered_hours: x.offered_hours,
            price: x.price,
        });
        Self {
            volunteers: outcome.volunteers,
            needs: outcome.needs,
            candidates: outcome.candidates,
            pairs: outcome.pairs,
            value: outcome.value,
            bound: outcome.bound,
            gap: outcome.gap,
            popular_share: outcome.popular_share,
            tiers: tiers.collect(),
            unserved: unserved.collect(),
            shortages: shortages.collect(),
        }
    }
}

impl From<Round> for RoundResponse {
    fn from(round: Round) -> Self {
        Self {
            id: round.id,
            status: round.status,
            policy: round.policy,
            floor_hours: round.floor_hours,
            repeats: round.repeats,
            nightly: round.requested_by.is_none(),
            progress: round.progress,
            outcome: round.outcome.map(|outcome| outcome.0.into()),
            failure: round.failure,
            created_at: round.created_at,
            started_at: round.started_at,
            finished_at: round.finished_at,
            published_at: round.published_at,
        }
    }
}

/// The need of a pair.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "title": "Fuzz the archive parser", "project": {"slug": "libarchive", "name": "libarchive"}}))]
pub(super) struct RoundNeed {
    /// Its id.
    pub id: NeedId,
    /// What it is, in a line.
    pub title: String,
    /// The project that states it.
    pub project: MatchProject,
}

/// The volunteer of a pair.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"handle": "ada", "display_name": "Ada L."}))]
pub(super) struct RoundVolunteer {
    /// The public name in addresses.
    pub handle: String,
    /// The name that is shown.
    pub display_name: String,
}

/// A pair of a plan.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"need": {"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "title": "Fuzz the archive parser", "project": {"slug": "libarchive", "name": "libarchive"}},
    "volunteer": {"handle": "ada", "display_name": "Ada L."}, "hours_per_week": 4.0, "score": 80.25, "reasons": []}))]
pub(super) struct RoundPairResponse {
    /// On what.
    pub need: RoundNeed,
    /// Who.
    pub volunteer: RoundVolunteer,
    /// Hours a week.
    pub hours_per_week: f64,
    /// The pair's score, 0 to 100, without what its reader may not know.
    #[schema(minimum = 0, maximum = 100)]
    pub score: f64,
    /// Why: the points sum to the score. Empty when either side changed while the round ran.
    pub reasons: Vec<MatchReason>,
}

impl From<PairCard> for RoundPairResponse {
    fn from(card: PairCard) -> Self {
        let reason =
            |x: PairReason| MatchReason { factor: x.factor, points: x.points, max_points: x.max_points, text: x.text };
        Self {
            need: RoundNeed {
                id: card.need.id,
                title: card.need.title,
                project: MatchProject { slug: card.project.slug, name: card.project.name },
            },
            volunteer: RoundVolunteer { handle: card.volunteer.handle, display_name: card.volunteer.display_name },
            hours_per_week: card.pair.hours_per_week,
            score: card.pair.score,
            reasons: card.pair.reasons.0.into_iter().map(reason).collect(),
        }
    }
}
