//! Risks on the wire.

use super::fragility::Signal;
use super::service::{PlannedCard, RiskCard};
use crate::kernel::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// Those who depend on a project at one distance.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"distance": 1, "projects": 152, "criticality": 61.4}))]
pub(super) struct RingResponse {
    /// Over so many steps; 0 is the project itself.
    pub distance: usize,
    /// How many of the critical set.
    pub projects: u32,
    /// Their criticality together, of which each step halves what counts.
    pub criticality: f64,
}

/// A sign of how easily a project breaks.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"name": "maintainers", "weight": 0.6, "most": 0.6, "text": "One person maintains it.", "source": "listing", "as_of": "2026-11-22T09:00:00Z"}))]
pub(super) struct SignalResponse {
    /// Which.
    pub name: &'static str,
    /// What it adds by itself.
    pub weight: f64,
    /// The most that it can add.
    pub most: f64,
    /// A sentence.
    pub text: String,
    /// Who says so; null where nothing is known.
    #[schema(required = true)]
    pub source: Option<String>,
    /// As of when.
    #[schema(required = true)]
    pub as_of: Option<Timestamp>,
}

impl From<Signal> for SignalResponse {
    fn from(signal: Signal) -> Self {
        let Signal { name, weight, most, text, source, as_of } = signal;
        Self { name, weight, most, text, source, as_of }
    }
}

/// Hours of one skill.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"skill": "provenance-and-signing", "hours": 24.0}))]
pub(super) struct SkillHours {
    /// The skill.
    pub skill: &'static str,
    /// The hours.
    pub hours: f64,
}

/// The assurance that a project of this risk should give, and how far that is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"level_wanted": 2, "level_reached": 1, "missing": ["OSPS-BR-06.01"], "hours": 24.0, "skills": [{"skill": "provenance-and-signing", "hours": 24.0}]}))]
pub(super) struct AssuranceResponse {
    /// The level of the baseline that it should reach, 1 to 3.
    pub level_wanted: i16,
    /// The level that it reaches.
    pub level_reached: i16,
    /// Requirements that are unmet or unknown on the way there.
    pub missing: Vec<&'static str>,
    /// The hours that it would usually take to meet them.
    pub hours: f64,
    /// The skills that this wants, most hours first.
    pub skills: Vec<SkillHours>,
}

/// How much would break with a project, how easily it breaks, and what it should have.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"risk": 0.71, "reach": 3733.3, "page_rank": 0.004, "place": 19, "of": 34169, "by_distance": [{"distance": 0, "projects": 1, "criticality": 0.7}],
    "reason": "152 depend on it directly, 28596 (84%) over up to 10 steps.", "graph": "debian", "as_of": "2026-11-22T09:00:00Z", "fragility": 0.6, "signals": [],
    "need_for_help": 0.43, "assurance": null}))]
pub(super) struct ProjectRiskResponse {
    /// How much would break with it, 0 to 1; null where nothing is known of who depends on it.
    #[schema(required = true, minimum = 0, maximum = 1)]
    pub risk: Option<f64>,
    /// The criticality of all that depends on it, halved at each step.
    #[schema(required = true)]
    pub reach: Option<f64>,
    /// Where a walk along dependencies ends up; it breaks ties.
    #[schema(required = true)]
    pub page_rank: Option<f64>,
    /// Its place among all nodes, from 1.
    #[schema(required = true)]
    pub place: Option<i32>,
    /// How many nodes there are.
    #[schema(required = true)]
    pub of: Option<i32>,
    /// Who depends on it, by distance.
    pub by_distance: Vec<RingResponse>,
    /// Why, in a sentence.
    #[schema(required = true)]
    pub reason: Option<String>,
    /// The graph in which it stands; null where it is known from bills of materials alone.
    #[schema(required = true)]
    pub graph: Option<String>,
    /// When it was worked out.
    #[schema(required = true)]
    pub as_of: Option<Timestamp>,
    /// How easily it breaks, 0 to 1; null where nothing is known of it.
    #[schema(required = true, minimum = 0, maximum = 1)]
    pub fragility: Option<f64>,
    /// What that rests on.
    pub signals: Vec<SignalResponse>,
    /// Risk times fragility; null where either is not known.
    #[schema(required = true, minimum = 0, maximum = 1)]
    pub need_for_help: Option<f64>,
    /// What it should have; null where its risk is not known.
    #[schema(required = true)]
    pub assurance: Option<AssuranceResponse>,
}

impl From<RiskCard> for ProjectRiskResponse {
    fn from(card: RiskCard) -> Self {
        let risk = card.risk.as_ref();
        let known = card.run.filter(|_| risk.is_some());
        let rings = risk.map_or(&[][..], |row| row.rings.0.as_slice()).iter().enumerate();
        let rings = rings.map(|(distance, ring)| RingResponse {
            distance,
            projects: ring.projects,
            criticality: ring.criticality,
        });
        let assurance = card.assurance.map(|(level_wanted, distance)| AssuranceResponse {
            level_wanted,
            level_reached: distance.level,
            missing: distance.missing,
            hours: distance.hours,
            skills: distance.skills.into_iter().map(|(skill, hours)| SkillHours { skill, hours }).collect(),
        });
        Self {
            risk: risk.map(|row| row.risk),
            reach: risk.map(|row| row.reach),
            page_rank: risk.map(|row| row.page_rank),
            place: risk.map(|row| row.place),
            of: known.map(|(_, nodes)| nodes),
            by_distance: rings.collect(),
            reason: risk.map(|row| row.reason.clone()),
            graph: risk.and_then(|row| row.graph.clone()),
            as_of: known.map(|(at, _)| at),
            fragility: card.fragility.value,
            signals: card.fragility.signals.into_iter().map(SignalResponse::from).collect(),
            need_for_help: card.need_for_help,
            assurance,
        }
    }
}

/// A project that a plan would make riskier.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"slug": "libarchive", "name": "libarchive", "reach": 12.5, "planned_reach": 13.0, "risk": 0.61, "planned_risk": 0.62}))]
pub(super) struct PlannedRiskResponse {
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What reaches it now.
    pub reach: f64,
    /// What would.
    pub planned_reach: f64,
    /// How much would break with it now.
    pub risk: f64,
    /// How much would.
    pub planned_risk: f64,
}

/// What a plan would change.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"changed": [{"slug": "libarchive", "name": "libarchive", "reach": 12.5, "planned_reach": 13.0, "risk": 0.61, "planned_risk": 0.62}]}))]
pub(super) struct PlanResponse {
    /// Listed projects whose risk would rise, those that would rise most first; at most 50.
    pub changed: Vec<PlannedRiskResponse>,
}

impl From<Vec<PlannedCard>> for PlanResponse {
    fn from(cards: Vec<PlannedCard>) -> Self {
        let response = |card: PlannedCard| {
            let PlannedCard { slug, name, reach, planned_reach, risk, planned_risk } = card;
            PlannedRiskResponse { slug, name, reach, planned_reach, risk, planned_risk }
        };
        Self { changed: cards.into_iter().map(response).collect() }
    }
}
