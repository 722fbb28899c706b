//! Skills on the wire.

use super::taxonomy::{Kind, Skill, Taxonomy};
use crate::kernel::{SuggestionId, words};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

words! {
    /// What kind of skill it is.
    SkillKind {
        /// A programming, markup or query language.
        Language = "language",
        /// A framework or library.
        Framework = "framework",
        /// A platform, tool or service.
        Platform = "platform",
        /// A field of knowledge.
        Domain = "domain",
        /// A kind of maintenance work.
        Activity = "activity",
    }
}

impl From<Kind> for SkillKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Language => Self::Language,
            Kind::Framework => Self::Framework,
            Kind::Platform => Self::Platform,
            Kind::Domain => Self::Domain,
            Kind::Activity => Self::Activity,
        }
    }
}

impl From<SkillKind> for Kind {
    fn from(kind: SkillKind) -> Self {
        match kind {
            SkillKind::Language => Self::Language,
            SkillKind::Framework => Self::Framework,
            SkillKind::Platform => Self::Platform,
            SkillKind::Domain => Self::Domain,
            SkillKind::Activity => Self::Activity,
        }
    }
}

/// A skill of the taxonomy.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"slug": "actix-web", "name": "Actix Web", "kind": "framework", "aliases": ["actix"], "implies": ["rust"], "related": []}))]
pub(super) struct SkillResponse {
    /// Its name in needs and profiles.
    pub slug: String,
    /// Its name as written.
    pub name: String,
    /// What kind of skill it is.
    pub kind: SkillKind,
    /// Other names that mean it.
    pub aliases: Vec<String>,
    /// Who knows it knows these too.
    pub implies: Vec<String>,
    /// Skills close to it.
    pub related: Vec<String>,
}

impl From<&Skill> for SkillResponse {
    fn from(skill: &Skill) -> Self {
        let taxonomy = Taxonomy::shipped();
        let slug = |ix: &super::taxonomy::SkillIx| taxonomy.skill(*ix).slug.to_string();
        Self {
            slug: skill.slug.to_string(),
            name: skill.name.to_string(),
            kind: skill.kind.into(),
            aliases: skill.aliases.iter().map(ToString::to_string).collect(),
            implies: skill.parents.iter().map(slug).collect(),
            related: skill.related.iter().map(slug).collect(),
        }
    }
}

/// Skills that fit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": [{"slug": "rust", "name": "Rust", "kind": "language", "aliases": ["rustlang"], "implies": [], "related": []}]}))]
pub(super) struct SkillsResponse {
    /// Best first.
    pub items: Vec<SkillResponse>,
}

/// Which skills.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListSkillsQuery {
    /// The beginning of a name or alias, as typed so far; all skills by name when left out.
    #[param(max_length = 100)]
    pub q: Option<String>,
    /// Of this kind.
    #[param(inline)]
    pub kind: Option<SkillKind>,
    /// How many items, 1 to 100; 25 when not said.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
}

/// A skill that the taxonomy lacks.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Frobnication", "note": "Used by three listed projects."}))]
pub(super) struct SuggestSkillRequest {
    /// Its usual name.
    #[schema(min_length = 1, max_length = 50)]
    pub name: String,
    /// Why it is wanted.
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub note: Option<String>,
}

/// The suggestion was noted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d"}))]
pub(super) struct SuggestionResponse {
    /// Its id.
    pub id: SuggestionId,
}
