//! Needs on the wire.

use super::input::{NeedInput, WantedSkill};
use super::model::{NeedSize, NeedSkill, NeedStatus, NeedVisibility};
use super::service::NeedCard;
use crate::http::{HighlightResponse, patch};
use crate::kernel::{NeedId, NeedKind, Timestamp, Urgency};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A skill that a need asks for.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"skill": "rust", "level": 3, "required": true}))]
pub(super) struct SkillWanted {
    /// Its slug or any of its other names.
    #[schema(min_length = 1, max_length = 50)]
    pub skill: String,
    /// 1 (beginner) to 5 (expert).
    #[schema(minimum = 1, maximum = 5)]
    pub level: i64,
    /// Whether the need can't do without.
    pub required: bool,
}

fn default_response_days() -> i64 {
    7
}

/// A need to be stated.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"title": "Fuzz the archive parser", "kind": "fuzzing", "description": "The parser has no fuzz targets yet.",
    "skills": [{"skill": "rust", "level": 3, "required": true}, {"skill": "fuzzing", "level": 2, "required": false}],
    "size": "medium", "hours_per_week": 4, "weeks": 8, "seats": 1, "urgency": "high", "access_level": 0, "visibility": "public", "response_days": 7}))]
pub(super) struct CreateNeedRequest {
    /// What it is, in a line.
    #[schema(min_length = 5, max_length = 120)]
    pub title: String,
    /// What kind of help.
    pub kind: NeedKind,
    /// What it is, as Markdown.
    #[schema(max_length = 20000)]
    pub description: String,
    /// The skills it asks for.
    #[schema(min_items = 1, max_items = 12)]
    pub skills: Vec<SkillWanted>,
    /// How large a piece of work it is.
    pub size: NeedSize,
    /// Hours a week of each person, in halves.
    #[schema(minimum = 0.5, maximum = 60)]
    pub hours_per_week: f64,
    /// For so many weeks.
    #[schema(minimum = 1, maximum = 104)]
    pub weeks: i64,
    /// For so many people.
    #[schema(minimum = 1, maximum = 100)]
    pub seats: i64,
    /// How urgent.
    pub urgency: Urgency,
    /// L0 (read, triage) to L4 (admin).
    #[schema(minimum = 0, maximum = 4)]
    pub access_level: i64,
    /// Who may see it.
    pub visibility: NeedVisibility,
    /// IANA zones that helpers should overlap with.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub time_zones: Vec<String>,
    /// Hours of overlap wanted, in halves.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 8)]
    pub overlap_hours: Option<f64>,
    /// First day of work.
    #[serde(default)]
    pub starts_on: Option<NaiveDate>,
    /// Last day to apply.
    #[serde(default)]
    pub apply_until: Option<NaiveDate>,
    /// Issues, boards, documents; https.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub links: Vec<String>,
    /// The project answers applications within so many days.
    #[serde(default = "default_response_days")]
    #[schema(minimum = 1, maximum = 30, default = 7)]
    pub response_days: i64,
}

fn wanted(skills: Vec<SkillWanted>) -> Vec<WantedSkill> {
    skills.into_iter().map(|SkillWanted { skill, level, required }| WantedSkill { skill, level, required }).collect()
}

impl From<CreateNeedRequest> for NeedInput {
    fn from(body: CreateNeedRequest) -> Self {
        Self {
            title: body.title,
            kind: body.kind,
            description: body.description,
            skills: wanted(body.skills),
            size: body.size,
            hours_per_week: body.hours_per_week,
            weeks: body.weeks,
            seats: body.seats,
            urgency: body.urgency,
            access_level: body.access_level,
            visibility: body.visibility,
            time_zones: body.time_zones,
            overlap_hours: body.overlap_hours,
            starts_on: body.starts_on,
            apply_until: body.apply_until,
            links: body.links,
            response_days: body.response_days,
            sample_note: None,
        }
    }
}

/// Changes to a need (JSON Merge Patch). Other skills or another access level make a new revision.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"urgency": "critical", "apply_until": null}))]
#[expect(clippy::option_option, reason = "the three cases of a merge patch")]
pub(super) struct UpdateNeedRequest {
    /// A new line.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(min_length = 5, max_length = 120, nullable = false)]
    pub title: Option<String>,
    /// Another kind.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub kind: Option<NeedKind>,
    /// A new description.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(max_length = 20000, nullable = false)]
    pub description: Option<String>,
    /// All skills anew.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(min_items = 1, max_items = 12, nullable = false)]
    pub skills: Option<Vec<SkillWanted>>,
    /// Another size.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub size: Option<NeedSize>,
    /// Other hours a week.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(minimum = 0.5, maximum = 60, nullable = false)]
    pub hours_per_week: Option<f64>,
    /// Other weeks.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(minimum = 1, maximum = 104, nullable = false)]
    pub weeks: Option<i64>,
    /// Other seats.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(minimum = 1, maximum = 100, nullable = false)]
    pub seats: Option<i64>,
    /// Another urgency.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub urgency: Option<Urgency>,
    /// Another access level.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(minimum = 0, maximum = 4, nullable = false)]
    pub access_level: Option<i64>,
    /// Another circle.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub visibility: Option<NeedVisibility>,
    /// All zones anew.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(max_items = 10, nullable = false)]
    pub time_zones: Option<Vec<String>>,
    /// Other hours of overlap; null removes them.
    #[serde(default, deserialize_with = "patch::nullable")]
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 8)]
    pub overlap_hours: Option<Option<f64>>,
    /// Another first day; null removes it.
    #[serde(default, deserialize_with = "patch::nullable")]
    #[schema(value_type = Option<NaiveDate>)]
    pub starts_on: Option<Option<NaiveDate>>,
    /// Another last day to apply; null removes it.
    #[serde(default, deserialize_with = "patch::nullable")]
    #[schema(value_type = Option<NaiveDate>)]
    pub apply_until: Option<Option<NaiveDate>>,
    /// All links anew.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(max_items = 10, nullable = false)]
    pub links: Option<Vec<String>>,
    /// Other days to answer.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(minimum = 1, maximum = 30, nullable = false)]
    pub response_days: Option<i64>,
}

impl UpdateNeedRequest {
    /// Lays the changes over what is there.
    pub(super) fn over(&self, old: NeedInput) -> NeedInput {
        let new = self.clone();
        NeedInput {
            title: new.title.unwrap_or(old.title),
            kind: new.kind.unwrap_or(old.kind),
            description: new.description.unwrap_or(old.description),
            skills: new.skills.map_or(old.skills, wanted),
            size: new.size.unwrap_or(old.size),
            hours_per_week: new.hours_per_week.unwrap_or(old.hours_per_week),
            weeks: new.weeks.unwrap_or(old.weeks),
            seats: new.seats.unwrap_or(old.seats),
            urgency: new.urgency.unwrap_or(old.urgency),
            access_level: new.access_level.unwrap_or(old.access_level),
            visibility: new.visibility.unwrap_or(old.visibility),
            time_zones: new.time_zones.unwrap_or(old.time_zones),
            overlap_hours: new.overlap_hours.unwrap_or(old.overlap_hours),
            starts_on: new.starts_on.unwrap_or(old.starts_on),
            apply_until: new.apply_until.unwrap_or(old.apply_until),
            links: new.links.unwrap_or(old.links),
            response_days: new.response_days.unwrap_or(old.response_days),
            sample_note: old.sample_note,
        }
    }
}

/// The project of a need.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"slug": "libarchive", "name": "libarchive", "funding": ["https://opencollective.com/libarchive"]}))]
pub(super) struct NeedProject {
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Where it can be funded; no payment is handled here.
    pub funding: Vec<String>,
}

/// A need.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "project": {"slug": "libarchive", "name": "libarchive", "funding": []},
    "title": "Fuzz the archive parser", "kind": "fuzzing", "description": "The parser has no fuzz targets yet.",
    "skills": [{"skill": "rust", "level": 3, "required": true}], "size": "medium", "hours_per_week": 4.0, "weeks": 8, "seats": 1, "seats_left": 1,
    "urgency": "high", "access_level": 0, "visibility": "public", "time_zones": [], "overlap_hours": null, "starts_on": null, "apply_until": null,
    "links": [], "response_days": 7, "sample_note": null, "status": "open", "revision": 1, "opened_at": "2026-11-22T09:00:00Z",
    "renew_by": "2026-12-22T09:00:00Z", "created_at": "2026-11-22T09:00:00Z", "updated_at": "2026-11-22T09:00:00Z"}))]
pub(super) struct NeedResponse {
    /// Its id.
    pub id: NeedId,
    /// The project that states it.
    pub project: NeedProject,
    /// What it is, in a line.
    pub title: String,
    /// What kind of help.
    pub kind: NeedKind,
    /// What it is, as Markdown.
    pub description: String,
    /// The skills it asks for.
    pub skills: Vec<SkillWanted>,
    /// How large a piece of work it is.
    pub size: NeedSize,
    /// Hours a week of each person.
    pub hours_per_week: f64,
    /// For so many weeks.
    pub weeks: i32,
    /// For so many people.
    pub seats: i32,
    /// Seats that are not taken.
    pub seats_left: i32,
    /// How urgent.
    pub urgency: Urgency,
    /// L0 to L4.
    pub access_level: i16,
    /// Who may see it.
    pub visibility: NeedVisibility,
    /// IANA zones that helpers should overlap with.
    pub time_zones: Vec<String>,
    /// Hours of overlap wanted.
    #[schema(required = true)]
    pub overlap_hours: Option<f64>,
    /// First day of work.
    #[schema(required = true)]
    pub starts_on: Option<NaiveDate>,
    /// Last day to apply.
    #[schema(required = true)]
    pub apply_until: Option<NaiveDate>,
    /// Issues, boards, documents.
    pub links: Vec<String>,
    /// The project answers applications within so many days.
    pub response_days: i32,
    /// For sample data: from which public signal it was derived, and that the project did not ask for it.
    #[schema(required = true)]
    pub sample_note: Option<String>,
    /// Where it stands.
    pub status: NeedStatus,
    /// Rises when applicants have to look again.
    pub revision: i32,
    /// When it was first opened.
    #[schema(required = true)]
    pub opened_at: Option<Timestamp>,
    /// The project confirms it until then, or it expires a week later.
    #[schema(required = true)]
    pub renew_by: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Where the words of `q` stand; only in answers to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub highlight: Option<HighlightResponse>,
}

impl From<NeedCard> for NeedResponse {
    fn from(NeedCard { need, project, skills, funding, highlight }: NeedCard) -> Self {
        let skill =
            |row: NeedSkill| SkillWanted { skill: row.skill, level: i64::from(row.level), required: row.required };
        let seats_left = need.seats_left();
        Self {
            id: need.id,
            project: NeedProject { slug: project.slug, name: project.name, funding },
            title: need.title,
            kind: need.kind,
            description: need.description,
            skills: skills.into_iter().map(skill).collect(),
            size: need.size,
            hours_per_week: need.hours_per_week,
            weeks: need.weeks,
            seats: need.seats,
            seats_left,
            urgency: need.urgency,
            access_level: need.access_level,
            visibility: need.visibility,
            time_zones: need.time_zones.0,
            overlap_hours: need.overlap_hours,
            starts_on: need.starts_on,
            apply_until: need.apply_until,
            links: need.links.0,
            response_days: need.response_days,
            sample_note: need.sample_note,
            status: need.status,
            revision: need.revision,
            opened_at: need.opened_at,
            renew_by: need.renew_by,
            created_at: need.created_at,
            updated_at: need.updated_at,
            highlight: highlight.map(HighlightResponse::from),
        }
    }
}
