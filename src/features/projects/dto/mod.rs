//! Projects on the wire.

mod claim;
mod criticality;
mod funding;
mod invitation;
mod statement;

pub(super) use claim::{DecideDisputeRequest, DisputeResponse, VerificationCheckResponse, VerificationResponse};
pub(super) use criticality::{
    AnswerContestRequest, ContestRequest, ContestResponse, PastCriticalityResponse, RatingResponse,
};
pub(super) use funding::{FundingLink, FundingResponse, PutFundingRequest};
pub(super) use invitation::{AcceptProjectInvitationRequest, OwnProjectInvitationResponse, ProjectInvitationResponse};
pub(super) use statement::{PrefilledListingResponse, ScorecardResponse, SecurityInsightsResponse};

use super::model::{Project, ProjectRole, ProjectSource, ProjectStatus};
use super::service::{ProjectCard, ProjectSort};
use crate::http::{HighlightResponse, patch};
use crate::kernel::{AiPolicy, Cla, ProjectId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A project to be listed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Parser of Everything", "description": "Reads what others write.", "repository_url": "https://github.com/example/parser",
    "license": "Apache-2.0", "packages": ["pkg:cargo/parser-of-everything"], "languages": ["rust"], "tags": ["parsing"],
    "review_hours_per_week": 4.0, "ai_policy": "disclose", "cla": "dco"}))]
pub(super) struct CreateProjectRequest {
    /// Its name in addresses; made of the name when left out.
    #[schema(min_length = 2, max_length = 64, pattern = "^[a-z0-9][a-z0-9._+-]*[a-z0-9]$")]
    pub slug: Option<String>,
    /// Its name as shown.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// What it is, in Markdown.
    #[schema(max_length = 5000)]
    pub description: String,
    /// Where its source is; each repository is listed once.
    #[schema(max_length = 500, format = "uri")]
    pub repository_url: String,
    /// Its home page, where that is another address.
    #[schema(max_length = 500, format = "uri")]
    pub homepage_url: Option<String>,
    /// Its license, an SPDX expression.
    #[schema(max_length = 200, example = "MIT OR Apache-2.0")]
    pub license: Option<String>,
    /// The packages that it publishes, as package URLs.
    #[serde(default)]
    #[schema(required = false, max_items = 50)]
    pub packages: Vec<String>,
    /// The languages that it is written in: skills or their aliases.
    #[serde(default)]
    #[schema(required = false, max_items = 20)]
    pub languages: Vec<String>,
    /// What else it is about: skills where they are known, free words else.
    #[serde(default)]
    #[schema(required = false, max_items = 30)]
    pub tags: Vec<String>,
    /// Hours a week, in halves, that its maintainers can spend on helpers. Matching never fills more than that.
    #[schema(minimum = 0, maximum = 1000, multiple_of = 0.5)]
    pub review_hours_per_week: f64,
    /// What it thinks of AI-assisted contributions.
    pub ai_policy: AiPolicy,
    /// The contributor agreement that it asks for.
    pub cla: Cla,
}

/// Changes to a project (JSON Merge Patch).
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"review_hours_per_week": 6.0, "homepage_url": null}))]
pub(super) struct UpdateProjectRequest {
    /// A new name to show.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(min_length = 1, max_length = 100, nullable = false)]
    pub name: Option<String>,
    /// A new description, in Markdown.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(max_length = 5000, nullable = false)]
    pub description: Option<String>,
    /// Where its source is now. A verified lead who changes it has to prove the ownership again: the project is dormant until then.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(max_length = 500, format = "uri", nullable = false)]
    pub repository_url: Option<String>,
    /// A new home page; null removes it.
    #[serde(default, deserialize_with = "patch::nullable")]
    #[schema(value_type = Option<String>, max_length = 500, format = "uri")]
    #[expect(clippy::option_option, reason = "the three cases of a merge patch")]
    pub homepage_url: Option<Option<String>>,
    /// A new license; null removes it.
    #[serde(default, deserialize_with = "patch::nullable")]
    #[schema(value_type = Option<String>, max_length = 200)]
    #[expect(clippy::option_option, reason = "the three cases of a merge patch")]
    pub license: Option<Option<String>>,
    /// All packages, in place of those that are there.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(max_items = 50, nullable = false)]
    pub packages: Option<Vec<String>>,
    /// All languages, in place of those that are there.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(max_items = 20, nullable = false)]
    pub languages: Option<Vec<String>>,
    /// All tags, in place of those that are there.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(max_items = 30, nullable = false)]
    pub tags: Option<Vec<String>>,
    /// Hours a week, in halves, for helpers.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(minimum = 0, maximum = 1000, multiple_of = 0.5, nullable = false)]
    pub review_hours_per_week: Option<f64>,
    /// What it thinks of AI-assisted contributions.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub ai_policy: Option<AiPolicy>,
    /// The contributor agreement that it asks for.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub cla: Option<Cla>,
}

/// Which projects, and in which order.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListProjectsQuery {
    /// Words that must all stand in name, slug, description, repository, languages, tags or packages; a typo, the beginning of
    /// the last word and a phrase in quotation marks will do; empty: all, with `facets`.
    #[param(max_length = 200, example = "parser")]
    pub q: Option<String>,
    /// Only listings in this state. Suspended and opted-out ones are shown to insiders only.
    pub status: Option<ProjectStatus>,
    /// Only projects written in this language: a skill or an alias.
    #[param(max_length = 60, example = "rust")]
    pub language: Option<String>,
    /// Only projects with this skill or free tag.
    #[param(max_length = 60, example = "fuzzing")]
    pub skill: Option<String>,
    /// Only projects that publish packages of this type of package URL.
    #[param(max_length = 32, pattern = "^[a-z][a-z0-9.+-]*$", example = "npm")]
    pub ecosystem: Option<String>,
    /// Only projects of this tier: 1 is the most critical.
    #[param(minimum = 1, maximum = 3)]
    pub criticality_tier: Option<i16>,
    /// Only projects with this person: a handle, or `me`.
    #[param(max_length = 32, example = "me")]
    pub maintainer: Option<String>,
    /// In which order; the newest first when not said, by relevance with `q`.
    #[param(inline)]
    pub sort: Option<ProjectSort>,
    /// How many items, 1 to 100; 25 when not said.
    #[param(minimum = 1, maximum = 100, example = 25)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// How critical a project is, and where that is known from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"score": 0.7132, "tier": 2, "algorithm": "original_pike", "as_of": "2026-11-01T00:00:00Z"}))]
pub(super) struct CriticalityResponse {
    /// 0 (nothing depends on it) to 1; null where only the tier was decided.
    #[schema(required = true, minimum = 0, maximum = 1)]
    pub score: Option<f64>,
    /// 1 (most critical) to 3.
    #[schema(minimum = 1, maximum = 3)]
    pub tier: i16,
    /// What the score was made by.
    pub algorithm: String,
    /// When the signals were collected.
    pub as_of: Timestamp,
}

impl CriticalityResponse {
    fn of(project: &Project) -> Option<Self> {
        Some(Self {
            score: project.criticality_score,
            tier: project.criticality_tier?,
            algorithm: project.criticality_algorithm.clone()?,
            as_of: project.criticality_as_of?,
        })
    }
}

/// How far a project meets the baseline of controls.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"level": 1, "met": 18, "applicable": 24}))]
pub(super) struct BaselineResponse {
    /// The highest level that is met whole, 0 to 3.
    #[schema(minimum = 0, maximum = 3)]
    pub level: i16,
    /// Requirements that are met.
    #[schema(minimum = 0)]
    pub met: i32,
    /// Requirements that apply.
    #[schema(minimum = 0)]
    pub applicable: i32,
}

impl From<super::BaselineFigures> for BaselineResponse {
    fn from(figures: super::BaselineFigures) -> Self {
        Self { level: figures.level, met: figures.met, applicable: figures.applicable }
    }
}

/// A person of a project.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"handle": "ada", "display_name": "Ada L.", "role": "lead", "verified": true, "since": "2026-11-22T09:00:00Z", "pending": false}))]
pub(super) struct MaintainerResponse {
    /// The public name.
    pub handle: String,
    /// The name as shown.
    pub display_name: String,
    /// What they are to the project.
    pub role: ProjectRole,
    /// Whether that is known to be true, or only what they say.
    pub verified: bool,
    /// Since when they are here, or were invited.
    pub since: Timestamp,
    /// Whether they were invited, and have yet to accept.
    pub pending: bool,
}

/// An open source project's listing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "slug": "parser-of-everything", "name": "Parser of Everything",
    "description": "Reads what others write.", "repository_url": "https://github.com/example/parser", "homepage_url": null,
    "license": "Apache-2.0", "packages": ["pkg:cargo/parser-of-everything"], "languages": ["rust"], "tags": ["parsing"],
    "review_hours_per_week": 4.0, "ai_policy": "disclose", "cla": "dco", "status": "listed", "source": "member", "sample": false,
    "criticality": {"score": 0.7132, "tier": 2, "algorithm": "original_pike", "as_of": "2026-11-01T00:00:00Z"},
    "systemic_risk": null, "baseline": null, "open_needs": 3, "funding": [{"platform": "open_collective", "url": "https://opencollective.com/parser"}],
    "maintainers": [{"handle": "ada", "display_name": "Ada L.", "role": "lead", "verified": true, "since": "2026-11-22T09:00:00Z", "pending": false}],
    "created_at": "2026-11-22T09:00:00Z", "updated_at": "2026-11-22T09:00:00Z"}))]
pub(super) struct ProjectResponse {
    /// The project.
    pub id: ProjectId,
    /// Its name in addresses.
    pub slug: String,
    /// Its name as shown.
    pub name: String,
    /// What it is, in Markdown.
    pub description: String,
    /// Where its source is.
    pub repository_url: String,
    /// Its home page.
    #[schema(required = true)]
    pub homepage_url: Option<String>,
    /// Its license, an SPDX expression.
    #[schema(required = true)]
    pub license: Option<String>,
    /// The packages that it publishes, as package URLs.
    pub packages: Vec<String>,
    /// The languages that it is written in, by their skills.
    pub languages: Vec<String>,
    /// Other skills, and free words.
    pub tags: Vec<String>,
    /// Hours a week that its maintainers can spend on helpers.
    #[schema(minimum = 0, maximum = 1000)]
    pub review_hours_per_week: f64,
    /// What it thinks of AI-assisted contributions.
    pub ai_policy: AiPolicy,
    /// The contributor agreement that it asks for.
    pub cla: Cla,
    /// Where the listing stands.
    pub status: ProjectStatus,
    /// Whose words the listing holds: a person's, or those of a public list.
    pub source: ProjectSource,
    /// Whether it belongs to the sample data of the demo.
    pub sample: bool,
    /// How critical it is; null where that is not known.
    #[schema(required = true)]
    pub criticality: Option<CriticalityResponse>,
    /// How much would break with it, 0 to 1; null where that is not known.
    #[schema(required = true, minimum = 0, maximum = 1)]
    pub systemic_risk: Option<f64>,
    /// How far it meets the baseline of controls; null before its first assessment.
    #[schema(required = true)]
    pub baseline: Option<BaselineResponse>,
    /// How many public needs are open.
    #[schema(minimum = 0)]
    pub open_needs: i64,
    /// Where it can be funded; no payment is handled here.
    pub funding: Vec<FundingLink>,
    /// Who maintains it, leads first.
    pub maintainers: Vec<MaintainerResponse>,
    /// When the listing was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Where the words of `q` stand; only in answers to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub highlight: Option<HighlightResponse>,
}

impl From<ProjectCard> for ProjectResponse {
    fn from(card: ProjectCard) -> Self {
        let project = card.project;
        Self {
            criticality: CriticalityResponse::of(&project),
            id: project.id,
            slug: project.slug,
            name: project.name,
            description: project.description,
            repository_url: project.repository_url,
            homepage_url: project.homepage_url,
            license: project.license,
            packages: card.packages,
            languages: card.languages,
            tags: card.tags,
            review_hours_per_week: project.review_hours_per_week,
            ai_policy: project.ai_policy,
            cla: project.cla,
            status: project.status,
            source: project.source,
            sample: project.sample,
            systemic_risk: project.systemic_risk,
            baseline: card.baseline.map(BaselineResponse::from),
            open_needs: card.open_needs,
            funding: card.funding.into_iter().map(FundingLink::from).collect(),
            maintainers: card.people.into_iter().map(MaintainerResponse::from).collect(),
            created_at: project.created_at,
            updated_at: project.updated_at,
            highlight: card.highlight.map(HighlightResponse::from),
        }
    }
}

impl From<super::service::Person> for MaintainerResponse {
    fn from(person: super::service::Person) -> Self {
        Self {
            handle: person.handle,
            display_name: person.display_name,
            role: person.maintainer.role,
            verified: person.maintainer.verified_at.is_some(),
            since: person.maintainer.since,
            pending: person.pending,
        }
    }
}

/// Somebody to be added to a project.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"handle": "grace", "role": "maintainer"}))]
pub(super) struct AddMaintainerRequest {
    /// Whose handle.
    #[schema(min_length = 2, max_length = 32)]
    pub handle: String,
    /// What they are to the project; a maintainer when not said. Only coordinators name leads.
    pub role: Option<ProjectRole>,
}

/// Why a listing is hidden.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "The repository is not the project's own."}))]
pub(super) struct SuspendProjectRequest {
    /// A sentence for those concerned.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

/// How critical a project is, by a coordinator's decision.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"score": 0.83, "tier": 1, "algorithm": "original_pike", "as_of": "2026-11-01T00:00:00Z", "reason": "Signals collected anew."}))]
pub(super) struct SetCriticalityRequest {
    /// 0 to 1; left out where only the tier is decided.
    #[schema(minimum = 0, maximum = 1)]
    pub score: Option<f64>,
    /// 1 to 3; made of the score when left out.
    #[schema(minimum = 1, maximum = 3)]
    pub tier: Option<i16>,
    /// What the score was made by, or `judgment`.
    #[schema(min_length = 1, max_length = 80)]
    pub algorithm: String,
    /// When the signals were collected; not in the future.
    pub as_of: Timestamp,
    /// Why; it is kept with the decision.
    #[schema(min_length = 3, max_length = 500)]
    pub reason: String,
}
