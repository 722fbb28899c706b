//! What people type when they pledge, checked as a whole.

use super::model::Focus;
use crate::features::organizations::Approval;
use crate::features::projects;
use crate::infra::db::Conn;
use crate::kernel::{Actor, Check, Failed, Fault, Kind, NeedKind, ProjectId, Result, SpdxId, half_hours, purl};
use chrono::{Months, NaiveDate};
use std::fmt::Display;

/// Hours a week of a whole pledge, at most.
const MOST_HOURS: f64 = 10_000.0;
/// Hours a week of one person, at most.
const MOST_HOURS_PER_PERSON: f64 = 60.0;
/// A pledge lasts at most five years, and starts within as many.
const LONGEST: Months = Months::new(60);

/// A pledge as typed.
#[derive(Debug, Clone)]
pub struct PledgeInput {
    /// Hours a week of all its people together: 0.5 to 10,000, in halves.
    pub hours_per_week: f64,
    /// The first day.
    pub starts_on: NaiveDate,
    /// The last day.
    pub ends_on: NaiveDate,
    /// Who agrees to a use of its hours.
    pub approval: Approval,
    /// Where its hours may go.
    pub focus: FocusInput,
    /// Hours a week of each person: 0.5 to 60, in halves, and no more than the whole; as much as that allows when left out.
    pub max_hours_per_person: Option<f64>,
    /// Whether its people may be called for swarms.
    pub on_call: bool,
}

/// Where a pledge's hours may go, as typed. An empty list allows everything.
#[derive(Debug, Clone, Default)]
pub struct FocusInput {
    /// Slugs of projects, at most 100.
    pub projects: Vec<String>,
    /// Package URL types, at most 40.
    pub ecosystems: Vec<String>,
    /// Kinds of needs.
    pub kinds: Vec<NeedKind>,
    /// SPDX ids of licenses, at most 50.
    pub licenses: Vec<String>,
}

/// A pledge in which everything is as it should be.
#[derive(Debug)]
pub(super) struct CheckedPledge {
    pub hours_per_week: f64,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    pub approval: Approval,
    pub focus: Focus,
    pub max_hours_per_person: f64,
    pub on_call: bool,
}

/// Who asks, and what the pledge names already: that stays allowed, whatever became of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asking<'a> {
    pub actor: Option<&'a Actor>,
    pub named: &'a [(String, ProjectId)],
}

impl PledgeInput {
    /// Checks everything, and names all that is wrong; `today` bounds the dates.
    pub(super) fn check(&self, conn: &mut Conn, asking: Asking<'_>, today: NaiveDate) -> Result<CheckedPledge> {
        let mut check = Check::default();
        let hours = check.value("/hours_per_week", half_hours(self.hours_per_week, 0.5, MOST_HOURS));
        let most = hours.map_or(MOST_HOURS_PER_PERSON, |hours| hours.min(MOST_HOURS_PER_PERSON));
        let each = self.max_hours_per_person.unwrap_or(most);
        let each = check.value("/max_hours_per_person", half_hours(each, 0.5, most));
        self.check_dates(&mut check, today);
        let focus = self.focus.check(conn, &mut check, asking)?;
        check.done()?;
        Ok(CheckedPledge {
            hours_per_week: hours?,
            starts_on: self.starts_on,
            ends_on: self.ends_on,
            approval: self.approval,
            focus: focus?,
            max_hours_per_person: each?,
            on_call: self.on_call,
        })
    }

    fn check_dates(&self, check: &mut Check, today: NaiveDate) {
        let (starts, ends) = (self.starts_on, self.ends_on);
        let after = |day: NaiveDate| day.checked_add_months(LONGEST).unwrap_or(NaiveDate::MAX);
        if starts > after(today) {
            check.fault("/starts_on", "out_of_range", format!("{starts} is more than five years away."));
        }
        if ends < starts {
            check.fault(
                "/ends_on",
                "out_of_order",
                format!("The last day can't come before the first, {starts}; it is {ends}."),
            );
        } else if ends < today {
            check.fault(
                "/ends_on",
                "in_the_past",
                format!("The last day has passed: it is {ends}, and today is {today}."),
            );
        } else if ends > after(starts) {
            let detail = format!("A pledge lasts at most five years; from {starts} that is until {}.", after(starts));
            check.fault("/ends_on", "out_of_range", detail);
        }
    }
}

impl FocusInput {
    /// The outer error is the database's; what is wrong with the input is noted in `check`.
    fn check(&self, conn: &mut Conn, check: &mut Check, asking: Asking<'_>) -> Result<Result<Focus, Failed>> {
        let mut found = Vec::new();
        for slug in self.projects.iter().take(100) {
            found.push(find(conn, asking, slug)?);
        }
        let mut found = found.into_iter();
        let projects = list(check, "/focus/projects", &self.projects, 100, |slug| {
            found.next().flatten().ok_or_else(|| {
                let shown: String = slug.chars().take(64).collect();
                let detail = format!("There is no project {shown:?}; look its slug up at GET /api/v1/projects?q=.");
                Fault::new("unknown_project", detail)
            })
        });
        let ecosystems = list(check, "/focus/ecosystems", &self.ecosystems, 40, |text| ecosystem(text));
        let kinds = list(check, "/focus/kinds", &self.kinds, NeedKind::ALL.len(), |kind| Ok(*kind));
        let licenses = list(check, "/focus/licenses", &self.licenses, 50, |text| license(text));
        Ok(match (projects, ecosystems, kinds, licenses) {
            (Ok(projects), Ok(ecosystems), Ok(kinds), Ok(licenses)) => {
                Ok(Focus { projects, ecosystems, kinds, licenses })
            }
            _ => Err(Failed),
        })
    }
}

/// Parses each item, at most so many, and refuses what was named before.
fn list<I: Display, T: PartialEq>(
    check: &mut Check,
    pointer: &str,
    items: &[I],
    most: usize,
    mut parse: impl FnMut(&I) -> Result<T, Fault>,
) -> Result<Vec<T>, Failed> {
    if items.len() > most {
        check.fault(pointer, "too_many", format!("At most {most} entries are allowed; {} were sent.", items.len()));
        return Err(Failed);
    }
    let mut kept = Vec::with_capacity(items.len());
    for (at, item) in items.iter().enumerate() {
        let Ok(value) = check.value(format!("{pointer}/{at}"), parse(item)) else { continue };
        if kept.contains(&value) {
            check.fault(
                format!("{pointer}/{at}"),
                "repeated",
                format!("`{item}` is in the list already; name it once."),
            );
        }
        kept.push(value);
    }
    if kept.len() == items.len() { Ok(kept) } else { Err(Failed) }
}

fn find(conn: &mut Conn, asking: Asking<'_>, slug: &str) -> Result<Option<ProjectId>> {
    if let Some((_, id)) = asking.named.iter().find(|(named, _)| named == slug) {
        return Ok(Some(*id));
    }
    match projects::find_visible(conn, asking.actor, slug) {
        Ok((project, _)) => Ok(Some(project.id)),
        Err(error) if error.kind() == Kind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn ecosystem(text: &str) -> Result<String, Fault> {
    let ty = text.trim().to_ascii_lowercase();
    if purl::is_registered(&ty) {
        return Ok(ty);
    }
    let shown: String = text.chars().take(50).collect();
    let detail = format!("{shown:?} is no package URL type; use one such as cargo, npm, pypi, maven, golang or deb.");
    Err(Fault::new("unknown_ecosystem", detail))
}

/// One license: a list of them says already that any of them will do.
fn license(text: &str) -> Result<String, Fault> {
    let license = SpdxId::parse(text)?;
    let words = license.as_str().split_whitespace();
    let joined = words.into_iter().any(|word| matches!(word, "AND" | "OR")) || license.as_str().contains(['(', ')']);
    if joined {
        let detail =
            format!("Name each license by itself, such as Apache-2.0; this is an expression: {:?}.", license.as_str());
        return Err(Fault::new("invalid_license", detail));
    }
    Ok(license.into_string())
}
