//! What people say of requirements, checked.

use crate::features::baseline::catalog;
use crate::features::baseline::model::AssessmentStatus;
use crate::kernel::{Check, HttpsUrl, Markdown, Result};
use chrono::{NaiveDate, TimeDelta};
use std::collections::BTreeSet;

/// An answer to a requirement, as typed.
#[derive(Debug, Clone)]
pub(in crate::features::baseline) struct AssessmentInput {
    pub status: AssessmentStatus,
    pub evidence_url: Option<String>,
    pub note: Option<String>,
    pub assessed_on: Option<NaiveDate>,
}

/// An answer in which everything is as it should be.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    pub requirement: &'static str,
    pub status: AssessmentStatus,
    pub evidence_url: Option<String>,
    pub note: Option<String>,
    pub assessed_on: NaiveDate,
}

/// Answers that are older say nothing of today.
const OLDEST: TimeDelta = TimeDelta::days(3 * 366);
const MOST_NOTE: usize = 2000;

fn answer(
    check: &mut Check,
    at: &str,
    requirement: &'static str,
    input: &AssessmentInput,
    today: NaiveDate,
) -> Option<Answer> {
    use AssessmentStatus::{Met, NotApplicable};
    let url = check.optional(format!("{at}/evidence_url"), input.evidence_url.as_deref().map(HttpsUrl::parse));
    let note = check.optional(format!("{at}/note"), input.note.as_deref().map(|text| Markdown::parse(text, MOST_NOTE)));
    let assessed_on = input.assessed_on.unwrap_or(today);
    let place = format!("{at}/assessed_on");
    check.require(assessed_on <= today, &*place, "in_future", "Nobody can have looked in the future.");
    let recent = assessed_on >= today - OLDEST;
    check.require(recent, place, "out_of_range", "That was more than three years ago; look again.");
    let (url, note) = (url.ok()?, note.ok()?);
    let note = note.map(Markdown::into_string).filter(|text| !text.is_empty());
    if input.status == Met && url.is_none() && note.is_none() {
        let detail = "Say where that can be seen: an `evidence_url`, or a `note`.";
        check.fault(format!("{at}/evidence_url"), "missing", detail);
    }
    if input.status == NotApplicable && note.is_none() {
        check.fault(format!("{at}/note"), "missing", "Say why it does not concern the project.");
    }
    Some(Answer { requirement, status: input.status, evidence_url: url.map(HttpsUrl::into_string), note, assessed_on })
}

/// Checks one answer.
pub(super) fn check_one(requirement: &'static str, input: &AssessmentInput, today: NaiveDate) -> Result<Answer> {
    let mut check = Check::default();
    let answer = answer(&mut check, "", requirement, input, today);
    check.done()?;
    answer.ok_or_else(|| crate::kernel::Failed.into())
}

/// Checks answers to several requirements, each named once.
pub(super) fn check_all(inputs: &[(String, AssessmentInput)], today: NaiveDate) -> Result<Vec<Answer>> {
    let (mut check, mut answers, mut named) = (Check::default(), Vec::with_capacity(inputs.len()), BTreeSet::new());
    for (at, (id, input)) in inputs.iter().enumerate() {
        let place = format!("/assessments/{at}");
        let Some(requirement) = catalog::find(&id.to_ascii_uppercase()) else {
            let detail = format!("{id:?} is no requirement in force of the baseline; GET /api/v1/baseline names them.");
            check.fault(format!("{place}/requirement"), "unknown_requirement", detail);
            continue;
        };
        let once = named.insert(requirement.id);
        check.require(once, format!("{place}/requirement"), "repeated", "This requirement stands above already.");
        answers.extend(answer(&mut check, &place, requirement.id, input, today));
    }
    check.done()?;
    Ok(answers)
}
