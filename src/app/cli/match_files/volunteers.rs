//! Volunteers, a row each.

use super::cells::{Notes, access, date, hours, whole, word, yes_or_no};
use super::sheet::{Row, Sheet};
use crate::features::matching::score::{Commitment, Evidence, HeldSkill, Period, VolunteerFacts};
use crate::kernel::{self, AccountId, LanguageTag, Line, TimeZone, fold};
use std::collections::HashMap;
use uuid::Uuid;

/// A volunteer as they stand in the file.
#[derive(Debug)]
pub(super) struct PersonRow {
    pub(super) facts: VolunteerFacts,
    /// Names of projects, as written.
    pub(super) blocked_projects: Vec<String>,
}

/// Reads all volunteers, noting every fault.
pub(super) fn read_volunteers(sheet: &Sheet, notes: &mut Notes<'_>) -> Vec<PersonRow> {
    let mut people: Vec<PersonRow> = Vec::new();
    let mut lines: HashMap<String, u64> = HashMap::new();
    for row in sheet.rows() {
        let Some(handle) = row.parse("handle", notes.faults, |text| Line::parse(text, 1, 80)) else {
            if row.cell("handle").is_none() {
                notes.faults.push(row.fault("handle", "A volunteer without a handle; give each row its own."));
            }
            continue;
        };
        if let Some(first) = lines.insert(fold(handle.as_str()), row.line) {
            let detail =
                format!("The handle {:?} is taken by line {first}; give each volunteer their own.", handle.as_str());
            notes.faults.push(row.fault("handle", detail));
        }
        let account = AccountId(Uuid::from_u128(u128::try_from(people.len()).unwrap_or_default() + 1));
        let facts = fill(VolunteerFacts::new(account, handle.into_string()), row, notes);
        let blocked_projects = row.list("blocked_projects", notes.faults, |name| Ok(name.to_owned()));
        people.push(PersonRow { facts, blocked_projects });
    }
    people
}

fn fill(facts: VolunteerFacts, row: Row<'_>, notes: &mut Notes<'_>) -> VolunteerFacts {
    let skills = held(row, notes);
    let learning = notes.skills(row, "learning");
    let (mut interest_kinds, mut interest_domains) = (Vec::new(), Vec::new());
    for text in row.list("interests", notes.faults, Ok) {
        match word(text) {
            Ok(kind) => interest_kinds.push(kind),
            Err(_) => interest_domains.extend(notes.noted(row, "interests", |notes| notes.skill(row, text))),
        }
    }
    let faults = &mut *notes.faults;
    if row.cell("hours_per_week").is_none() {
        faults.push(row.fault("hours_per_week", "The hours are missing; write how many a week are offered."));
    }
    let committed = row.parse("committed_hours_per_week", faults, hours(0.0)).filter(|hours| *hours > 0.0);
    VolunteerFacts {
        skills,
        learning,
        hours_per_week: row.parse("hours_per_week", faults, hours(0.0)).unwrap_or_default(),
        min_hours_per_week: row.parse("min_hours_per_week", faults, hours(0.0)),
        commitments: committed
            .map(|hours_per_week| Commitment { hours_per_week, from: None, until: None })
            .into_iter()
            .collect(),
        time_zone: row.parse("time_zone", faults, TimeZone::parse),
        languages: row.list("languages", faults, LanguageTag::parse),
        interest_kinds,
        interest_domains,
        max_access_level: row.parse("max_access_level", faults, access),
        earned_access: row.parse("earned_access_level", faults, access),
        vetted: row.parse("vetted", faults, yes_or_no).unwrap_or(false),
        unavailable: row.list("unavailable", faults, period),
        available_from: row.parse("available_from", faults, date),
        open_proposals: row.parse("open_proposals", faults, whole(0, 1000)).unwrap_or(0),
        uses_ai: row.parse("uses_ai", faults, yes_or_no),
        ..facts
    }
}

fn held(row: Row<'_>, notes: &mut Notes<'_>) -> Vec<HeldSkill> {
    let mut skills: Vec<HeldSkill> = Vec::new();
    for (skill, level, marked) in notes.leveled(row, "skills") {
        if marked {
            notes.faults.push(row.fault(
                "skills",
                format!("The ! behind {} belongs to a need's required skills; remove it.", skill.slug()),
            ));
        }
        skills.push(HeldSkill { skill, level, evidence: Evidence::None });
    }
    for (skill, on) in notes.dated(row, "confirmed") {
        let mut known = false;
        for held in skills.iter_mut().filter(|held| held.skill == skill) {
            held.evidence = Evidence::Confirmed(on);
            known = true;
        }
        if !known {
            notes.faults.push(row.fault(
                "confirmed",
                format!("{} is confirmed but not among the skills; add it there with its level.", skill.slug()),
            ));
        }
    }
    skills
}

fn period(text: &str) -> Result<Period, kernel::Fault> {
    let wrong =
        |why: &str| kernel::Fault::new("invalid_period", format!("{text:?} {why}; write 2026-08-01..2026-08-14."));
    let (from, until) = text.split_once("..").ok_or_else(|| wrong("is no period"))?;
    let (from, until) = (date(from.trim())?, date(until.trim())?);
    if from <= until { Ok(Period { from, until }) } else { Err(wrong("ends before it begins")) }
}
