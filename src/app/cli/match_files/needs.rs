//! Needs, a row each.

use super::cells::{Notes, access, date, hours, number, whole, word, word_of};
use super::sheet::{Row, Sheet};
use super::volunteers::PersonRow;
use crate::features::matching::score::{NeedFacts, ProjectFacts, WantedSkill};
use crate::kernel::{self, LanguageTag, Line, NeedId, NeedKind, ProjectId, SpdxId, TimeZone, Timestamp, Urgency, fold};
use chrono::{NaiveDate, NaiveTime};
use std::collections::HashMap;
use uuid::Uuid;

/// A need as it stands in the file.
#[derive(Debug)]
pub(super) struct NeedRow {
    /// Its name in the file.
    pub(super) id: String,
    pub(super) facts: NeedFacts,
}

/// Reads all needs, noting every fault.
pub(super) fn read_needs(sheet: &Sheet, today: NaiveDate, people: &[PersonRow], notes: &mut Notes<'_>) -> Vec<NeedRow> {
    if !sheet.has("skills") && !sheet.has("required_skills") {
        notes.faults.push(sheet.header_fault(
            "There is neither a column skills nor a column required_skills; add one of them.".to_owned(),
        ));
        return Vec::new();
    }
    let mut needs: Vec<NeedRow> = Vec::new();
    let mut lines: HashMap<String, u64> = HashMap::new();
    let mut projects: HashMap<String, ProjectId> = HashMap::new();
    for row in sheet.rows() {
        let Some(id) = row.parse("id", notes.faults, |text| Line::parse(text, 1, 100)) else {
            if row.cell("id").is_none() {
                notes.faults.push(row.fault("id", "A need without an id; give each row its own."));
            }
            continue;
        };
        if let Some(first) = lines.insert(id.as_str().to_owned(), row.line) {
            notes.faults.push(
                row.fault("id", format!("The id {:?} is taken by line {first}; give each need its own.", id.as_str())),
            );
        }
        let number = u128::try_from(needs.len()).unwrap_or_default() + 1;
        let project = row
            .parse("project", notes.faults, |text| Line::parse(text, 1, 120))
            .map(Line::into_string)
            .unwrap_or_default();
        let next = ProjectId(Uuid::from_u128(u128::try_from(projects.len()).unwrap_or_default() + 1));
        // Rows without a project have nothing in common.
        let key = if project.is_empty() { format!("\0{number}") } else { fold(&project) };
        let project_id = *projects.entry(key).or_insert(next);
        let name = if project.is_empty() { "The project".to_owned() } else { project.clone() };
        let title = row.parse("title", notes.faults, |text| Line::parse(text, 1, 200)).unwrap_or(id.clone());
        let facts = NeedFacts::new(
            NeedId(Uuid::from_u128(number)),
            ProjectFacts { id: project_id, slug: project, name },
            title.into_string(),
            noon(row.parse("opened_on", notes.faults, date).unwrap_or(today)),
        );
        needs.push(NeedRow { id: id.into_string(), facts: fill(facts, row, people, notes) });
    }
    if !needs.is_empty() && needs.iter().all(|need| need.facts.skills.iter().all(|wanted| !wanted.required)) {
        let warning = "no skill is marked as required (write rust:3!), so all of them are read as welcome but optional";
        notes.warnings.push(format!("{}: {warning}", sheet.file()));
    }
    needs
}

fn noon(day: NaiveDate) -> Timestamp {
    Timestamp::from(day.and_time(NaiveTime::MIN).and_utc() + chrono::Duration::hours(12))
}

fn fill(facts: NeedFacts, row: Row<'_>, people: &[PersonRow], notes: &mut Notes<'_>) -> NeedFacts {
    let skills = wanted(row, notes);
    let domains = notes.skills(row, "domains");
    let faults = &mut *notes.faults;
    if row.cell("hours_per_week").is_none() {
        faults.push(row.fault("hours_per_week", "The hours are missing; write how many a week are wanted."));
    }
    let maintainers = row.list("maintainers", faults, Ok);
    let maintainers = maintainers.into_iter().filter_map(|handle| {
        people.iter().find(|person| fold(&person.facts.handle) == fold(handle)).map(|person| person.facts.account)
    });
    NeedFacts {
        kind: row.parse("kind", faults, |text| word_of(text, NeedKind::ALL.iter().map(|kind| kind.as_str()))),
        skills,
        hours_per_week: row.parse("hours_per_week", faults, hours(0.5)).unwrap_or_default(),
        min_hours_per_week: row.parse("min_hours_per_week", faults, hours(0.0)),
        weeks: row.parse("weeks", faults, whole(1, 520)),
        seats_left: row.parse("seats", faults, whole(0, 1000)).unwrap_or(1),
        urgency: row
            .parse("urgency", faults, |text| word_of(text, Urgency::ALL.iter().map(|urgency| urgency.as_str())))
            .unwrap_or(Urgency::Normal),
        time_zones: row.list("time_zones", faults, TimeZone::parse),
        overlap_hours: row.parse("overlap_hours", faults, number(0.0, 8.0)),
        domains,
        criticality: row.parse("criticality", faults, number(0.0, 1.0)),
        systemic_risk: row.parse("systemic_risk", faults, number(0.0, 1.0)),
        last_applied_at: row.parse("last_applied_on", faults, date).map(noon),
        pending_applications: row.parse("pending_applications", faults, whole(0, 100_000)).unwrap_or(0),
        starts_on: row.parse("starts_on", faults, date),
        apply_until: row.parse("apply_until", faults, date),
        review_hours_left: row.parse("review_hours_left", faults, number(0.0, 10_000.0)),
        access_level: row.parse("access_level", faults, access),
        vetted_only: row.parse("visibility", faults, vetted_only).unwrap_or(false),
        languages: row.list("languages", faults, LanguageTag::parse),
        license: row.parse("license", faults, SpdxId::parse).map(SpdxId::into_string),
        cla: row.parse("cla", faults, word).unwrap_or(facts.cla),
        ai_policy: row.parse("ai_policy", faults, word).unwrap_or(facts.ai_policy),
        maintainers: maintainers.collect(),
        ..facts
    }
}

/// Whether a need is for vetted people only.
fn vetted_only(text: &str) -> Result<bool, kernel::Fault> {
    match text.to_lowercase().as_str() {
        "vetted" => Ok(true),
        "public" => Ok(false),
        _ => Err(kernel::Fault::new("unknown_word", format!("{text:?} is not known here; use public or vetted."))),
    }
}

fn wanted(row: Row<'_>, notes: &mut Notes<'_>) -> Vec<WantedSkill> {
    let mut all: Vec<WantedSkill> = Vec::new();
    for (column, required) in [("skills", false), ("required_skills", true), ("optional_skills", false)] {
        let found = notes.leveled(row, column);
        all.extend(found.into_iter().map(|(skill, level, marked)| WantedSkill {
            skill,
            level,
            required: required || marked,
        }));
    }
    all
}

/// Turns the names of blocked projects into their ids; a name that no need has blocks nothing.
pub(super) fn note_blocked_projects(needs: &[NeedRow], people: &mut [PersonRow]) {
    for person in people {
        let blocked = person.blocked_projects.iter().filter_map(|name| {
            needs
                .iter()
                .map(|need| &need.facts.project)
                .find(|project| fold(&project.slug) == fold(name))
                .map(|project| project.id)
        });
        person.facts.blocked_projects = blocked.collect();
    }
}
