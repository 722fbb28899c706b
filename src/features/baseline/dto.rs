//! Assessments on the wire.

use super::catalog::{self, Control, Requirement};
use super::model::{Assessment, AssessmentSource, AssessmentStatus};
use super::service::{AssessmentInput, Card, RequirementCard};
use crate::features::needs::NeedSize;
use crate::kernel::{AssessmentId, NeedId, NeedKind, Timestamp};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The work by which a project would come to meet a requirement.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"kind": "infrastructure", "size": "session", "hours": 1.0, "skills": ["github", "security"], "access_level": 4,
    "title": "Turn on the demand for a second factor at the forge", "text": "Switch on mandatory multi-factor authentication."}))]
pub(super) struct HelpResponse {
    /// What kind of help.
    pub kind: NeedKind,
    /// How large a piece of work it usually is.
    pub size: NeedSize,
    /// The hours that it usually takes.
    pub hours: f64,
    /// The skills that it asks for, the first of which it can't do without.
    pub skills: Vec<&'static str>,
    /// L0 to L4.
    pub access_level: i64,
    /// What is to be done, in a line.
    pub title: &'static str,
    /// The same at length.
    pub text: &'static str,
}

/// Something that is met or not.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "OSPS-AC-01.01", "levels": [1, 2, 3], "text": "Nobody reads or changes sensitive parts of the main repository without having proven a second factor.",
    "url": "https://baseline.openssf.org/versions/2026-02-19#osps-ac-01", "is_retired": false, "help": null}))]
pub(super) struct RequirementResponse {
    /// Its id.
    pub id: &'static str,
    /// The maturity levels that it belongs to.
    pub levels: &'static [i16],
    /// What it asks for, in our words.
    pub text: &'static str,
    /// Where its authors explain it.
    pub url: String,
    /// Whether its authors withdrew it: it is not assessed then.
    pub is_retired: bool,
    /// The work by which a project would come to meet it; null where it is withdrawn.
    #[schema(required = true)]
    pub help: Option<HelpResponse>,
}

/// Something a project should have in hand.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "OSPS-AC-01", "title": "A second factor guards what is sensitive", "requirements": []}))]
pub(super) struct ControlResponse {
    /// Its id.
    pub id: &'static str,
    /// What it is about.
    pub title: &'static str,
    /// What it asks for.
    pub requirements: Vec<RequirementResponse>,
}

/// What the baseline asks for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"catalog": "osps-baseline", "version": "2026-02-19", "url": "https://baseline.openssf.org/versions/2026-02-19", "controls": []}))]
pub(super) struct BaselineCatalogResponse {
    /// Its name.
    pub catalog: &'static str,
    /// Its version, as its authors date it.
    pub version: &'static str,
    /// Its page.
    pub url: &'static str,
    /// Its controls, in the order of their ids.
    pub controls: Vec<ControlResponse>,
}

impl BaselineCatalogResponse {
    pub(super) fn whole() -> Self {
        let controls = catalog::controls().map(ControlResponse::from).collect();
        Self { catalog: catalog::NAME, version: catalog::VERSION, url: catalog::URL, controls }
    }
}

impl From<&'static Control> for ControlResponse {
    fn from(control: &'static Control) -> Self {
        let requirements = control.requirements.iter().map(RequirementResponse::from).collect();
        Self { id: control.id, title: control.title, requirements }
    }
}

impl From<&'static Requirement> for RequirementResponse {
    fn from(requirement: &'static Requirement) -> Self {
        let help = requirement.help.as_ref().map(|help| HelpResponse {
            kind: help.kind,
            size: help.size,
            hours: help.hours(),
            skills: help.skills.iter().map(|(skill, _)| *skill).collect(),
            access_level: help.access_level,
            title: help.title,
            text: help.text,
        });
        Self {
            id: requirement.id,
            levels: requirement.levels,
            text: requirement.text,
            url: requirement.url(),
            is_retired: help.is_none(),
            help,
        }
    }
}

/// An answer to a requirement.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"status": "met", "evidence_url": "https://github.com/example/parser/blob/main/SECURITY.md", "note": null, "assessed_on": "2026-11-20"}))]
pub(super) struct AssessRequest {
    /// What is said of it.
    pub status: AssessmentStatus,
    /// Where that can be seen; https. Wanted for `met`, unless a note says it.
    #[serde(default)]
    #[schema(max_length = 500, format = "uri")]
    pub evidence_url: Option<String>,
    /// What else is to be said, as Markdown. Wanted for `not_applicable`: why not.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub note: Option<String>,
    /// The day on which somebody looked; today when not said.
    #[serde(default)]
    pub assessed_on: Option<NaiveDate>,
}

/// An answer to one of several requirements.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"requirement": "OSPS-VM-02.01", "status": "met", "evidence_url": "https://github.com/example/parser/blob/main/SECURITY.md"}))]
pub(super) struct RequirementAssessment {
    /// The requirement's id.
    #[schema(max_length = 40)]
    pub requirement: String,
    /// What is said of it.
    pub status: AssessmentStatus,
    /// Where that can be seen; https. Wanted for `met`, unless a note says it.
    #[serde(default)]
    #[schema(max_length = 500, format = "uri")]
    pub evidence_url: Option<String>,
    /// What else is to be said, as Markdown. Wanted for `not_applicable`: why not.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub note: Option<String>,
    /// The day on which somebody looked; today when not said.
    #[serde(default)]
    pub assessed_on: Option<NaiveDate>,
}

/// All answers anew.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"assessments": [
    {"requirement": "OSPS-VM-02.01", "status": "met", "evidence_url": "https://github.com/example/parser/blob/main/SECURITY.md"},
    {"requirement": "OSPS-BR-06.01", "status": "unmet", "note": "Releases are not signed yet."}]}))]
pub(super) struct AssessAllRequest {
    /// Each requirement at most once; one that is left out is unknown from then on.
    #[schema(max_items = 100)]
    pub assessments: Vec<RequirementAssessment>,
}

impl From<AssessRequest> for AssessmentInput {
    fn from(body: AssessRequest) -> Self {
        let AssessRequest { status, evidence_url, note, assessed_on } = body;
        Self { status, evidence_url, note, assessed_on }
    }
}

impl AssessAllRequest {
    pub(super) fn into_inputs(self) -> Vec<(String, AssessmentInput)> {
        let input = |one: RequirementAssessment| {
            let RequirementAssessment { requirement, status, evidence_url, note, assessed_on } = one;
            (requirement, AssessmentInput { status, evidence_url, note, assessed_on })
        };
        self.assessments.into_iter().map(input).collect()
    }
}

/// What a project says of a requirement.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"requirement": "OSPS-VM-02.01", "control": "OSPS-VM-02", "levels": [1], "text": "The documentation names whom to contact about security.",
    "url": "https://baseline.openssf.org/versions/2026-02-19#osps-vm-02", "status": "met", "evidence_url": "https://github.com/example/parser/blob/main/SECURITY.md",
    "note": null, "assessed_on": "2026-11-20", "assessed_by": "ada", "source": "person", "asked_again_at": null, "need": null}))]
pub(super) struct AssessmentResponse {
    /// The requirement's id.
    pub requirement: &'static str,
    /// Its control's.
    pub control: &'static str,
    /// The maturity levels that it belongs to.
    pub levels: &'static [i16],
    /// What it asks for.
    pub text: &'static str,
    /// Where its authors explain it.
    pub url: String,
    /// What is said of it; `unknown` before anybody did.
    pub status: AssessmentStatus,
    /// Where that can be seen.
    #[schema(required = true)]
    pub evidence_url: Option<String>,
    /// What else is said, as Markdown.
    #[schema(required = true)]
    pub note: Option<String>,
    /// The day for which it holds.
    #[schema(required = true)]
    pub assessed_on: Option<NaiveDate>,
    /// The handle of whoever said so; null for imports at the machine.
    #[schema(required = true)]
    pub assessed_by: Option<String>,
    /// Where it comes from.
    #[schema(required = true)]
    pub source: Option<AssessmentSource>,
    /// Since when it waits to be looked at again, since the need for it is fulfilled.
    #[schema(required = true)]
    pub asked_again_at: Option<Timestamp>,
    /// The need that is to meet it, where there is one that the caller may see.
    #[schema(required = true)]
    pub need: Option<NeedId>,
}

impl From<RequirementCard> for AssessmentResponse {
    fn from(card: RequirementCard) -> Self {
        let (requirement, row) = (card.requirement, card.assessment);
        Self {
            requirement: requirement.id,
            control: requirement.control(),
            levels: requirement.levels,
            text: requirement.text,
            url: requirement.url(),
            status: row.as_ref().map_or(AssessmentStatus::Unknown, |row| row.status),
            evidence_url: row.as_ref().and_then(|row| row.evidence_url.clone()),
            note: row.as_ref().and_then(|row| row.note.clone()),
            assessed_on: row.as_ref().map(|row| row.assessed_on),
            assessed_by: card.assessed_by,
            source: row.as_ref().map(|row| row.source),
            asked_again_at: row.and_then(|row| row.asked_again_at),
            need: card.need,
        }
    }
}

/// What is missing for the next level.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"level": 2, "missing": ["OSPS-BR-06.01"], "hours": 24.0}))]
pub(super) struct NextLevelResponse {
    /// The level.
    #[schema(minimum = 1, maximum = 3)]
    pub level: i16,
    /// The requirements that are unmet or unknown.
    pub missing: Vec<&'static str>,
    /// The hours that it would usually take to meet them all.
    pub hours: f64,
}

/// How far a project meets the baseline.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"catalog": "osps-baseline", "version": "2026-02-19", "level": 1, "met": 30, "applicable": 60, "asked_again": 0,
    "next": {"level": 2, "missing": ["OSPS-BR-06.01"], "hours": 24.0}, "requirements": [], "updated_at": "2026-11-22T09:00:00Z"}))]
pub(super) struct ProjectBaselineResponse {
    /// The catalog's name.
    pub catalog: &'static str,
    /// Its version.
    pub version: &'static str,
    /// The highest level that is met whole, 0 to 3.
    #[schema(minimum = 0, maximum = 3)]
    pub level: i16,
    /// Requirements that are met.
    #[schema(minimum = 0)]
    pub met: i32,
    /// Requirements that apply.
    #[schema(minimum = 0)]
    pub applicable: i32,
    /// How many wait to be looked at again.
    pub asked_again: usize,
    /// What is missing for the next level; null when the highest is reached.
    #[schema(required = true)]
    pub next: Option<NextLevelResponse>,
    /// All requirements in force, in the order of their ids.
    pub requirements: Vec<AssessmentResponse>,
    /// When any of it last changed; null before the first assessment.
    #[schema(required = true)]
    pub updated_at: Option<Timestamp>,
}

impl From<Card> for ProjectBaselineResponse {
    fn from(card: Card) -> Self {
        let next = card.next().map(|(level, missing, hours)| NextLevelResponse {
            level,
            missing: missing.into_iter().map(|one| one.id).collect(),
            hours,
        });
        let waits = |one: &&RequirementCard| one.assessment.as_ref().is_some_and(|row| row.asked_again_at.is_some());
        let standing = card.standing;
        Self {
            catalog: catalog::NAME,
            version: catalog::VERSION,
            level: standing.as_ref().map_or(0, |row| row.level),
            met: standing.as_ref().map_or(0, |row| row.met),
            applicable: standing.as_ref().map_or_else(all, |row| row.applicable),
            asked_again: card.requirements.iter().filter(waits).count(),
            next,
            requirements: card.requirements.into_iter().map(AssessmentResponse::from).collect(),
            updated_at: standing.map(|row| row.updated_at),
        }
    }
}

fn all() -> i32 {
    i32::try_from(catalog::requirements().count()).unwrap_or(i32::MAX)
}

/// An answer that was given once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "requirement": "OSPS-VM-02.01", "status": "met",
    "evidence_url": "https://github.com/example/parser/blob/main/SECURITY.md", "note": null, "assessed_on": "2026-11-20", "assessed_by": "ada",
    "source": "person", "is_current": true, "created_at": "2026-11-22T09:00:00Z"}))]
pub(super) struct PastAssessmentResponse {
    /// The answer.
    pub id: AssessmentId,
    /// The requirement's id.
    pub requirement: String,
    /// What was said of it.
    pub status: AssessmentStatus,
    /// Where that could be seen.
    #[schema(required = true)]
    pub evidence_url: Option<String>,
    /// What else was said.
    #[schema(required = true)]
    pub note: Option<String>,
    /// The day for which it held.
    pub assessed_on: NaiveDate,
    /// The handle of whoever said so; null for imports at the machine.
    #[schema(required = true)]
    pub assessed_by: Option<String>,
    /// Where it came from.
    pub source: AssessmentSource,
    /// Whether no later one has taken its place.
    pub is_current: bool,
    /// When it was given.
    pub created_at: Timestamp,
}

impl From<(Assessment, Option<String>)> for PastAssessmentResponse {
    fn from((row, assessed_by): (Assessment, Option<String>)) -> Self {
        Self {
            id: row.id,
            requirement: row.requirement,
            status: row.status,
            evidence_url: row.evidence_url,
            note: row.note,
            assessed_on: row.assessed_on,
            assessed_by,
            source: row.source,
            is_current: row.is_current,
            created_at: row.created_at,
        }
    }
}

/// The draft that was made of an unmet requirement.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "requirement": "OSPS-BR-06.01", "status": "draft",
    "title": "Sign releases and publish their hashes", "kind": "provenance_and_signing", "size": "medium", "hours_per_week": 4.0, "weeks": 6,
    "skills": ["provenance-and-signing", "release-engineering"], "description": "Choose a way to sign.", "created_at": "2026-11-22T09:00:00Z"}))]
pub(super) struct BaselineNeedResponse {
    /// The need: see `GET /needs/{id}` for all of it.
    pub id: NeedId,
    /// The requirement that it is to meet.
    pub requirement: &'static str,
    /// Where it stands.
    pub status: crate::features::needs::NeedStatus,
    /// What it is, in a line.
    pub title: String,
    /// What kind of help.
    pub kind: NeedKind,
    /// How large a piece of work it is.
    pub size: NeedSize,
    /// Hours a week.
    pub hours_per_week: f64,
    /// For so many weeks.
    pub weeks: i32,
    /// The skills that it asks for.
    pub skills: Vec<&'static str>,
    /// What it is, as Markdown.
    pub description: String,
    /// When it was made.
    pub created_at: Timestamp,
}

impl From<(crate::features::needs::Need, &'static Requirement)> for BaselineNeedResponse {
    fn from((need, requirement): (crate::features::needs::Need, &'static Requirement)) -> Self {
        let skills = requirement.help.as_ref().map_or(&[][..], |help| help.skills);
        Self {
            id: need.id,
            requirement: requirement.id,
            status: need.status,
            title: need.title,
            kind: need.kind,
            size: need.size,
            hours_per_week: need.hours_per_week,
            weeks: need.weeks,
            skills: skills.iter().map(|(skill, _)| *skill).collect(),
            description: need.description,
            created_at: need.created_at,
        }
    }
}
