//! Matches on the wire.

use super::score::{Blocker, Change, Factor, Match, Obstacle, Reason, Suggestion};
use super::service::{Explained, NeedRow, VolunteerRow};
use super::shortages::Shortage;
use crate::features::accounts::Account;
use crate::features::needs::{Need, NeedSize, NeedSkill, NeedStatus};
use crate::features::projects::Project;
use crate::features::volunteers::{Profile, ProfileSkill};
use crate::kernel::{NeedId, NeedKind, Urgency};
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

/// The project that states a need.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"slug": "libarchive", "name": "libarchive"}))]
pub(super) struct MatchProject {
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
}

/// A skill that a need asks for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"skill": "rust", "level": 3, "required": true}))]
pub(super) struct MatchWantedSkill {
    /// Its slug.
    pub skill: String,
    /// 1 (beginner) to 5 (expert).
    #[schema(minimum = 1, maximum = 5)]
    pub level: i16,
    /// Whether the need can't do without.
    pub required: bool,
}

/// A need in a ranked list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "title": "Fuzz the archive parser", "kind": "fuzzing",
    "project": {"slug": "libarchive", "name": "libarchive"}, "urgency": "high", "size": "medium", "hours_per_week": 4.0, "weeks": 8, "seats_left": 1,
    "skills": [{"skill": "rust", "level": 3, "required": true}], "status": "open", "apply_until": null, "sample_note": null}))]
pub(super) struct MatchNeed {
    /// Its id.
    pub id: NeedId,
    /// What it is, in a line.
    pub title: String,
    /// What kind of help.
    pub kind: NeedKind,
    /// The project that states it.
    pub project: MatchProject,
    /// How urgent.
    pub urgency: Urgency,
    /// How large a piece of work it is.
    pub size: NeedSize,
    /// Hours a week of each person.
    pub hours_per_week: f64,
    /// For so many weeks.
    pub weeks: i32,
    /// Seats that are not taken.
    pub seats_left: u32,
    /// The skills it asks for.
    pub skills: Vec<MatchWantedSkill>,
    /// Where it stands.
    pub status: NeedStatus,
    /// Last day to apply.
    #[schema(required = true)]
    pub apply_until: Option<NaiveDate>,
    /// For sample data: from which public signal it was derived, and that the project did not ask for it.
    #[schema(required = true)]
    pub sample_note: Option<String>,
}

impl MatchNeed {
    fn new(need: Need, project: Project, skills: Vec<NeedSkill>) -> Self {
        let skill = |row: NeedSkill| MatchWantedSkill { skill: row.skill, level: row.level, required: row.required };
        Self {
            id: need.id,
            seats_left: super::load::seats_left(&need),
            title: need.title,
            kind: need.kind,
            project: MatchProject { slug: project.slug, name: project.name },
            urgency: need.urgency,
            size: need.size,
            hours_per_week: need.hours_per_week,
            weeks: need.weeks,
            skills: skills.into_iter().map(skill).collect(),
            status: need.status,
            apply_until: need.apply_until,
            sample_note: need.sample_note,
        }
    }
}

/// A skill that a person has.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"skill": "rust", "level": 4}))]
pub(super) struct MatchHeldSkill {
    /// Its slug.
    pub skill: String,
    /// 1 (beginner) to 5 (expert).
    #[schema(minimum = 1, maximum = 5)]
    pub level: i16,
}

/// A person in a ranked list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"handle": "ada", "display_name": "Ada L.", "skills": [{"skill": "rust", "level": 4}], "hours_per_week": 6.0,
    "time_zone": "Europe/Berlin", "languages": ["en", "de"]}))]
pub(super) struct MatchVolunteer {
    /// The public name.
    pub handle: String,
    /// The name as shown.
    pub display_name: String,
    /// Skills with levels.
    pub skills: Vec<MatchHeldSkill>,
    /// Hours a week offered.
    pub hours_per_week: f64,
    /// IANA zone.
    pub time_zone: String,
    /// Languages spoken (BCP 47).
    pub languages: Vec<String>,
}

impl MatchVolunteer {
    fn new(account: Account, profile: Profile, skills: Vec<ProfileSkill>) -> Self {
        Self {
            handle: account.handle,
            display_name: account.display_name,
            skills: skills.into_iter().map(|row| MatchHeldSkill { skill: row.skill, level: row.level }).collect(),
            hours_per_week: profile.hours_per_week,
            time_zone: profile.time_zone,
            languages: profile.languages.0,
        }
    }
}

/// One factor's part of a score.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"factor": "skills_required", "points": 36.0, "max_points": 36.0, "text": "Rust: you have level 4, wanted is 3."}))]
pub(super) struct MatchReason {
    /// Which factor.
    pub factor: Factor,
    /// The points it gives here.
    pub points: f64,
    /// The most it can give.
    pub max_points: f64,
    /// Why.
    pub text: String,
}

/// Why a pair is excluded.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"code": "no_free_hours", "text": "You offer no hours a week.", "remedy": "Set the hours a week in your profile."}))]
pub(super) struct MatchBlocker {
    /// Which obstacle.
    pub code: Obstacle,
    /// What stands in the way.
    pub text: String,
    /// What to do about it.
    pub remedy: String,
}

fn reasons(reasons: Vec<Reason>) -> Vec<MatchReason> {
    let wire = |Reason { factor, points, max_points, text }| MatchReason { factor, points, max_points, text };
    reasons.into_iter().map(wire).collect()
}

fn blockers(blockers: Vec<Blocker>) -> Vec<MatchBlocker> {
    blockers.into_iter().map(|Blocker { code, text, remedy }| MatchBlocker { code, text, remedy }).collect()
}

/// How a need fits the caller.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"need": {"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "title": "Fuzz the archive parser", "kind": "fuzzing",
    "project": {"slug": "libarchive", "name": "libarchive"}, "urgency": "high", "size": "medium", "hours_per_week": 4.0, "weeks": 8, "seats_left": 1,
    "skills": [{"skill": "rust", "level": 3, "required": true}], "status": "open", "apply_until": null, "sample_note": null},
    "score": 36.0, "eligible": true, "reasons": [{"factor": "skills_required", "points": 36.0, "max_points": 36.0, "text": "Rust: you have level 4, wanted is 3."}],
    "blockers": []}))]
pub(super) struct NeedMatch {
    /// The need.
    pub need: MatchNeed,
    /// 0 to 100: the sum of the reasons' points. Of an excluded pair it is what the score would be.
    #[schema(minimum = 0, maximum = 100)]
    pub score: f64,
    /// Whether nothing excludes the pair.
    pub eligible: bool,
    /// All nine factors.
    pub reasons: Vec<MatchReason>,
    /// What excludes the pair.
    pub blockers: Vec<MatchBlocker>,
}

impl From<NeedRow> for NeedMatch {
    fn from(NeedRow { need, project, skills, matching }: NeedRow) -> Self {
        let Match { score, eligible, reasons: why, blockers: against } = matching;
        let need = MatchNeed::new(need, project, skills);
        Self { need, score, eligible, reasons: reasons(why), blockers: blockers(against) }
    }
}

/// How a person fits a need.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"volunteer": {"handle": "ada", "display_name": "Ada L.", "skills": [{"skill": "rust", "level": 4}], "hours_per_week": 6.0,
    "time_zone": "Europe/Berlin", "languages": ["en", "de"]}, "score": 36.0, "eligible": true,
    "reasons": [{"factor": "skills_required", "points": 36.0, "max_points": 36.0, "text": "Rust: ada has level 4, wanted is 3."}], "blockers": []}))]
pub(super) struct VolunteerMatch {
    /// The person.
    pub volunteer: MatchVolunteer,
    /// 0 to 100: the sum of the reasons' points. Of an excluded pair it is what the score would be.
    #[schema(minimum = 0, maximum = 100)]
    pub score: f64,
    /// Whether nothing excludes the pair.
    pub eligible: bool,
    /// All nine factors.
    pub reasons: Vec<MatchReason>,
    /// What excludes the pair. What is private to the person or an employer is told as `unavailable`.
    pub blockers: Vec<MatchBlocker>,
}

impl From<VolunteerRow> for VolunteerMatch {
    fn from(VolunteerRow { account, profile, skills, matching }: VolunteerRow) -> Self {
        let Match { score, eligible, reasons: why, blockers: against } = matching;
        let volunteer = MatchVolunteer::new(account, profile, skills);
        Self { volunteer, score, eligible, reasons: reasons(why), blockers: blockers(against) }
    }
}

/// Something that would help.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"change": "raise_skill", "skill": "fuzzing", "text": "Raising Fuzzing from level 1 to 2 gains 4.5 points.", "gain": 4.5, "removes": []}))]
pub(super) struct MatchSuggestion {
    /// What to change.
    pub change: Change,
    /// Which skill, by its slug.
    #[schema(required = true)]
    pub skill: Option<String>,
    /// What it would do.
    pub text: String,
    /// Points gained.
    pub gain: f64,
    /// Blockers that would be gone.
    pub removes: Vec<Obstacle>,
}

/// A pair explained.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"need": {"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "title": "Fuzz the archive parser", "kind": "fuzzing",
    "project": {"slug": "libarchive", "name": "libarchive"}, "urgency": "high", "size": "medium", "hours_per_week": 4.0, "weeks": 8, "seats_left": 1,
    "skills": [{"skill": "rust", "level": 3, "required": true}], "status": "open", "apply_until": null, "sample_note": null},
    "volunteer": {"handle": "ada", "display_name": "Ada L.", "skills": [{"skill": "rust", "level": 4}], "hours_per_week": 0.0, "time_zone": "Europe/Berlin", "languages": ["en"]},
    "score": 36.0, "eligible": false, "reasons": [{"factor": "skills_required", "points": 36.0, "max_points": 36.0, "text": "Rust: you have level 4, wanted is 3."}],
    "blockers": [{"code": "no_free_hours", "text": "You offer no hours a week.", "remedy": "Set the hours a week in your profile."}],
    "suggestions": [{"change": "offer_hours", "skill": null, "text": "Offering 4 hours more a week gains 10 points and removes what blocks this pair (no_free_hours).", "gain": 10.0, "removes": ["no_free_hours"]}]}))]
pub(super) struct MatchExplanation {
    /// The need.
    pub need: MatchNeed,
    /// The person.
    pub volunteer: MatchVolunteer,
    /// 0 to 100: the sum of the reasons' points. Of an excluded pair it is what the score would be.
    #[schema(minimum = 0, maximum = 100)]
    pub score: f64,
    /// Whether nothing excludes the pair.
    pub eligible: bool,
    /// All nine factors.
    pub reasons: Vec<MatchReason>,
    /// What excludes the pair.
    pub blockers: Vec<MatchBlocker>,
    /// What would help, the most useful first, at most five.
    pub suggestions: Vec<MatchSuggestion>,
}

impl From<Explained> for MatchExplanation {
    fn from(Explained { need, project, wanted, person, explanation }: Explained) -> Self {
        let suggestion =
            |Suggestion { change, skill, text, gain, removes }| MatchSuggestion { change, skill, text, gain, removes };
        let Match { score, eligible, reasons: why, blockers: against } = explanation.matching;
        Self {
            need: MatchNeed::new(need, project, wanted),
            volunteer: MatchVolunteer::new(person.account, person.profile, person.skills),
            score,
            eligible,
            reasons: reasons(why),
            blockers: blockers(against),
            suggestions: explanation.suggestions.into_iter().map(suggestion).collect(),
        }
    }
}

/// How scarce a skill is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"skill": "fuzzing", "name": "Fuzzing", "level": 3, "needs": 14, "wanted_hours": 62.0, "people": 7, "offered_hours": 30.0, "coverage": 0.48, "price": null}))]
pub(super) struct SkillShortage {
    /// Its slug.
    pub skill: String,
    /// Its name.
    pub name: String,
    /// At least half of the wanted hours ask for this level or less.
    #[schema(minimum = 1, maximum = 5)]
    pub level: u8,
    /// How many open needs require it.
    pub needs: u32,
    /// Hours a week that they want, over all seats that are left.
    pub wanted_hours: f64,
    /// How many people offer hours at that level or above, with this skill or one that implies it; null below five people.
    #[schema(required = true)]
    pub people: Option<u32>,
    /// The hours a week that they offer, in steps of five; null below five people. Who has several skills counts for each.
    #[schema(required = true)]
    pub offered_hours: Option<f64>,
    /// Offered against wanted hours; null below five people.
    #[schema(required = true)]
    pub coverage: Option<f64>,
    /// What one more hour would be worth by the last published round; null while there is none.
    #[schema(required = true)]
    pub price: Option<f64>,
}

impl From<Shortage> for SkillShortage {
    fn from(one: Shortage) -> Self {
        Self {
            skill: one.skill.slug().to_owned(),
            name: one.skill.name().to_owned(),
            level: one.level.get(),
            needs: one.needs,
            wanted_hours: one.wanted_hours,
            people: one.offered.map(|offered| offered.people),
            offered_hours: one.offered.map(|offered| offered.hours),
            coverage: one.offered.map(|offered| offered.coverage),
            price: None,
        }
    }
}
