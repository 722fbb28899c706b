//! A company's plan on the wire.

use super::service::{PlannedPair, PledgePlan};
use crate::features::matching::dto::{MatchProject, MatchReason};
use crate::features::matching::score::Reason;
use crate::kernel::{NeedId, PledgeId};
use serde::Serialize;
use utoipa::ToSchema;

/// A need of a plan.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "title": "Fuzz the archive parser", "project": {"slug": "libarchive", "name": "libarchive"}}))]
pub(super) struct PlannedNeed {
    /// Its id.
    pub id: NeedId,
    /// What it is, in a line.
    pub title: String,
    /// The project that states it.
    pub project: MatchProject,
}

/// A person of a plan.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"handle": "ada", "display_name": "Ada L."}))]
pub(super) struct PlannedVolunteer {
    /// The public name in addresses.
    pub handle: String,
    /// The name that is shown.
    pub display_name: String,
}

/// Somebody's hours on a need.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"need": {"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "title": "Fuzz the archive parser", "project": {"slug": "libarchive", "name": "libarchive"}},
    "volunteer": {"handle": "ada", "display_name": "Ada L."}, "hours_per_week": 4.0, "score": 80.25, "reasons": []}))]
pub(super) struct PlannedPairResponse {
    /// On what.
    pub need: PlannedNeed,
    /// Who.
    pub volunteer: PlannedVolunteer,
    /// Hours a week.
    pub hours_per_week: f64,
    /// How well they fit, 0 to 100.
    #[schema(minimum = 0, maximum = 100)]
    pub score: f64,
    /// Why: the points sum to the score. Your own dependencies are among them.
    pub reasons: Vec<MatchReason>,
}

impl From<PlannedPair> for PlannedPairResponse {
    fn from(PlannedPair { pairing, reasons, need, project, volunteer }: PlannedPair) -> Self {
        let reason = |Reason { factor, points, max_points, text }| MatchReason { factor, points, max_points, text };
        Self {
            need: PlannedNeed {
                id: need.id,
                title: need.title,
                project: MatchProject { slug: project.slug, name: project.name },
            },
            volunteer: PlannedVolunteer { handle: volunteer.handle, display_name: volunteer.display_name },
            hours_per_week: pairing.hours,
            score: pairing.score,
            reasons: reasons.into_iter().map(reason).collect(),
        }
    }
}

/// The best use of a pledge's free hours.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"pledge": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "free_hours_per_week": 12.0, "people": 3, "pairs": [], "value": 0.0, "bound": 0.0, "gap": 0.0}))]
pub(super) struct PledgePlanResponse {
    /// The pledge.
    pub pledge: PledgeId,
    /// Its hours a week that no assignment takes.
    pub free_hours_per_week: f64,
    /// How many of the organization's people have hours to give.
    pub people: usize,
    /// Who would best work on what, the best fit first.
    pub pairs: Vec<PlannedPairResponse>,
    /// Sum of score times hours a week.
    pub value: f64,
    /// No plan within these hours is worth more.
    pub bound: f64,
    /// How far the plan may be from the best, as a share of the bound.
    pub gap: f64,
}

impl From<PledgePlan> for PledgePlanResponse {
    fn from(plan: PledgePlan) -> Self {
        Self {
            pledge: plan.pledge,
            free_hours_per_week: plan.hours,
            people: plan.people,
            pairs: plan.pairs.into_iter().map(PlannedPairResponse::from).collect(),
            value: plan.value,
            bound: plan.bound,
            gap: plan.gap,
        }
    }
}
