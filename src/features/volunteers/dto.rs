//! Volunteer profiles on the wire.

use super::input::{HeldSkill, ProfileInput};
use super::model::{Away, ProfileVisibility};
use super::service::ProfileCard;
use crate::kernel::{NeedKind, Timestamp};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A skill that a person has.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"skill": "rust", "level": 4, "years": 5.0}))]
pub(super) struct SkillHeld {
    /// Its slug or any of its other names.
    #[schema(min_length = 1, max_length = 50)]
    pub skill: String,
    /// 1 (beginner) to 5 (expert).
    #[schema(minimum = 1, maximum = 5)]
    pub level: i64,
    /// Years of practice.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 80)]
    pub years: Option<f64>,
    /// Something that shows it; https.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub evidence_url: Option<String>,
}

/// What a person offers.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"skills": [{"skill": "rust", "level": 4, "years": 5.0}, {"skill": "fuzzing", "level": 3}], "hours_per_week": 6,
    "time_zone": "Europe/Berlin", "languages": ["en", "de"], "interests": ["fuzzing", "code_review"], "domains": ["cryptography"],
    "max_access_level": 2, "unavailable": [{"from": "2026-12-20", "until": "2027-01-06"}], "visibility": "members", "learning": ["go"]}))]
pub(super) struct PutProfileRequest {
    /// Skills with levels.
    #[schema(max_items = 50)]
    pub skills: Vec<SkillHeld>,
    /// Hours a week offered, in halves; 0 while there are none.
    #[schema(minimum = 0, maximum = 60)]
    pub hours_per_week: f64,
    /// IANA zone.
    #[schema(max_length = 60)]
    pub time_zone: String,
    /// Languages spoken (BCP 47).
    #[serde(default)]
    #[schema(max_items = 20)]
    pub languages: Vec<String>,
    /// Kinds of help the person likes to give.
    #[serde(default)]
    #[schema(max_items = 18)]
    pub interests: Vec<NeedKind>,
    /// Fields the person likes to work in; what is no skill of the taxonomy is kept as a free tag.
    #[serde(default)]
    #[schema(max_items = 30)]
    pub domains: Vec<String>,
    /// How far into a project's systems the person is willing to go, L0 to L4.
    #[schema(minimum = 0, maximum = 4)]
    pub max_access_level: i64,
    /// Not before this day.
    #[serde(default)]
    pub available_from: Option<NaiveDate>,
    /// Days away.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub unavailable: Vec<Away>,
    /// Who may see it.
    pub visibility: ProfileVisibility,
    /// Skills to learn.
    #[serde(default)]
    #[schema(max_items = 30)]
    pub learning: Vec<String>,
}

impl From<PutProfileRequest> for ProfileInput {
    fn from(body: PutProfileRequest) -> Self {
        let skill = |SkillHeld { skill, level, years, evidence_url }| HeldSkill { skill, level, years, evidence_url };
        Self {
            skills: body.skills.into_iter().map(skill).collect(),
            hours_per_week: body.hours_per_week,
            time_zone: body.time_zone,
            languages: body.languages,
            interests: body.interests,
            domains: body.domains,
            max_access_level: body.max_access_level,
            available_from: body.available_from,
            unavailable: body.unavailable,
            visibility: body.visibility,
            learning: body.learning,
        }
    }
}

/// A volunteer profile.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"handle": "ada", "display_name": "Ada L.", "skills": [{"skill": "rust", "level": 4, "years": 5.0, "evidence_url": null}], "hours_per_week": 6.0,
    "time_zone": "Europe/Berlin", "languages": ["en", "de"], "interests": ["fuzzing"], "domains": ["cryptography"], "max_access_level": 2,
    "available_from": null, "unavailable": [], "visibility": "members", "learning": ["go"], "created_at": "2026-11-22T09:00:00Z", "updated_at": "2026-11-22T09:00:00Z", "suspended_at": null}))]
pub(super) struct ProfileResponse {
    /// The public name.
    pub handle: String,
    /// The name as shown.
    pub display_name: String,
    /// Skills with levels.
    pub skills: Vec<SkillHeld>,
    /// Hours a week offered.
    pub hours_per_week: f64,
    /// IANA zone.
    pub time_zone: String,
    /// Languages spoken.
    pub languages: Vec<String>,
    /// Kinds of help the person likes to give.
    pub interests: Vec<NeedKind>,
    /// Fields the person likes to work in.
    pub domains: Vec<String>,
    /// L0 to L4.
    pub max_access_level: i16,
    /// Not before this day.
    #[schema(required = true)]
    pub available_from: Option<NaiveDate>,
    /// Days away.
    pub unavailable: Vec<Away>,
    /// Who may see it.
    pub visibility: ProfileVisibility,
    /// Skills to learn.
    pub learning: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Since when a moderator hides it; null while nobody does.
    #[schema(required = true)]
    pub suspended_at: Option<Timestamp>,
}

impl From<ProfileCard> for ProfileResponse {
    fn from(ProfileCard { profile, skills, handle, display_name }: ProfileCard) -> Self {
        let skill = |row: super::model::ProfileSkill| SkillHeld {
            skill: row.skill,
            level: i64::from(row.level),
            years: row.years,
            evidence_url: row.evidence_url,
        };
        Self {
            handle,
            display_name,
            skills: skills.into_iter().map(skill).collect(),
            hours_per_week: profile.hours_per_week,
            time_zone: profile.time_zone,
            languages: profile.languages.0,
            interests: profile.interests.0,
            domains: profile.domains.0,
            max_access_level: profile.max_access_level,
            available_from: profile.available_from,
            unavailable: profile.unavailable.0,
            visibility: profile.visibility,
            learning: profile.learning.0,
            created_at: profile.created_at,
            updated_at: profile.updated_at,
            suspended_at: profile.suspended_at,
        }
    }
}
