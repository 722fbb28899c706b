//! What cells of both files hold: hours, days, levels, skills.

use super::sheet::{Fault, Row, nearest};
use crate::features::matching::score::SkillKey;
use crate::features::skills::taxonomy::Taxonomy;
use crate::kernel::{self, AccessLevel, Level, Line};
use chrono::NaiveDate;
use std::collections::HashSet;
use std::str::FromStr;

/// Level of a skill that is named without one.
const USUAL_LEVEL: i64 = 3;
/// Hours of a week.
const WEEK_HOURS: f64 = 168.0;

fn wrong(detail: String) -> kernel::Fault {
    kernel::Fault::new("invalid", detail)
}

/// What a file is read into besides its rows.
pub(super) struct Notes<'a> {
    /// What must be put right.
    pub(super) faults: &'a mut Vec<Fault>,
    /// What should be looked at.
    pub(super) warnings: &'a mut Vec<String>,
    /// Tags that have been warned of.
    seen: HashSet<String>,
}

impl<'a> Notes<'a> {
    pub(super) fn new(faults: &'a mut Vec<Fault>, warnings: &'a mut Vec<String>) -> Self {
        Self { faults, warnings, seen: HashSet::new() }
    }

    /// The skill that a text names. One that the taxonomy doesn't know is kept, with a warning the first time.
    pub(super) fn skill(&mut self, row: Row<'_>, text: &str) -> Result<SkillKey, kernel::Fault> {
        let text = Line::parse(text, 1, 60)?;
        let key = SkillKey::parse(text.as_str())
            .map_err(|error| wrong(format!("{:?} can be no skill: {error}.", text.as_str())))?;
        if matches!(key, SkillKey::Tag(_)) && self.seen.insert(key.slug().to_owned()) {
            let taxonomy = Taxonomy::shipped();
            let near = taxonomy.suggest(text.as_str(), 1).into_iter().next();
            let hint = near.map(|skill| format!("; did you mean {}?", skill.slug)).unwrap_or_default();
            self.warnings.push(format!(
                "{}: {:?} is not in the taxonomy and only equals itself{hint}",
                row.place(),
                text.as_str()
            ));
        }
        Ok(key)
    }

    /// A list of skills.
    pub(super) fn skills(&mut self, row: Row<'_>, column: &str) -> Vec<SkillKey> {
        let texts = row.list(column, self.faults, Ok);
        texts.into_iter().filter_map(|text| self.noted(row, column, |notes| notes.skill(row, text))).collect()
    }

    /// A list of skills with levels; a `!` behind an entry is given back as true.
    pub(super) fn leveled(&mut self, row: Row<'_>, column: &str) -> Vec<(SkillKey, Level, bool)> {
        let texts = row.list(column, self.faults, Ok);
        texts.into_iter().filter_map(|text| self.noted(row, column, |notes| notes.one_leveled(row, text))).collect()
    }

    fn one_leveled(&mut self, row: Row<'_>, text: &str) -> Result<(SkillKey, Level, bool), kernel::Fault> {
        let (text, marked) = text.strip_suffix('!').map_or((text, false), |text| (text.trim_end(), true));
        let (name, level) = match text.rsplit_once(':') {
            None => (text, USUAL_LEVEL),
            Some((name, level)) => {
                let level = level.trim().parse().map_err(|_e| {
                    wrong(format!("{level:?} in {text:?} is no level; write NAME:LEVEL, the level from 1 to 5."))
                })?;
                (name.trim(), level)
            }
        };
        let level = Level::parse(level).map_err(|fault| wrong(format!("{text:?}: {}", fault.detail)))?;
        Ok((self.skill(row, name)?, level, marked))
    }

    /// A list of skills, each with a day.
    pub(super) fn dated(&mut self, row: Row<'_>, column: &str) -> Vec<(SkillKey, NaiveDate)> {
        let texts = row.list(column, self.faults, Ok);
        let one = |notes: &mut Self, text: &str| {
            let (name, day) =
                text.rsplit_once(':').ok_or_else(|| wrong(format!("{text:?} has no day; write NAME:YYYY-MM-DD.")))?;
            Ok((notes.skill(row, name.trim())?, date(day.trim())?))
        };
        texts.into_iter().filter_map(|text| self.noted(row, column, |notes| one(notes, text))).collect()
    }

    /// Keeps a value or notes what is wrong with it.
    pub(super) fn noted<T>(
        &mut self,
        row: Row<'_>,
        column: &str,
        parse: impl FnOnce(&mut Self) -> Result<T, kernel::Fault>,
    ) -> Option<T> {
        match parse(self) {
            Ok(value) => Some(value),
            Err(fault) => {
                self.faults.push(row.fault(column, fault.detail));
                None
            }
        }
    }
}

/// A day.
pub(super) fn date(text: &str) -> Result<NaiveDate, kernel::Fault> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_e| wrong(format!("{text:?} is no day; write YYYY-MM-DD.")))
}

/// A number between two bounds.
pub(super) fn number(least: f64, most: f64) -> impl Fn(&str) -> Result<f64, kernel::Fault> {
    move |text| match text.parse::<f64>() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        Ok(number) => Err(wrong(format!("Must be between {least} and {most}; it is {number}."))),
        Err(_) => Err(wrong(format!("{text:?} is no number; write it like 4 or 2.5."))),
    }
}

/// Hours a week, from `least` on.
pub(super) fn hours(least: f64) -> impl Fn(&str) -> Result<f64, kernel::Fault> {
    number(least, WEEK_HOURS)
}

/// A whole number between two bounds.
pub(super) fn whole(least: u32, most: u32) -> impl Fn(&str) -> Result<u32, kernel::Fault> {
    move |text| match text.parse::<u32>() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        _ => Err(wrong(format!("Must be a whole number from {least} to {most}; it is {text:?}."))),
    }
}

/// An access level, with or without its L.
pub(super) fn access(text: &str) -> Result<AccessLevel, kernel::Fault> {
    let digits = text.trim_start_matches(['L', 'l']);
    digits
        .parse()
        .map_err(|_e| wrong(format!("{text:?} is no access level; write 0 to 4.")))
        .and_then(AccessLevel::parse)
}

/// Yes or no.
pub(super) fn yes_or_no(text: &str) -> Result<bool, kernel::Fault> {
    match text.to_lowercase().as_str() {
        "yes" | "y" | "true" | "1" | "x" => Ok(true),
        "no" | "n" | "false" | "0" => Ok(false),
        _ => Err(wrong(format!("{text:?} is neither yes nor no."))),
    }
}

/// A word of a closed vocabulary, in any case and with spaces or hyphens for its underscores.
pub(super) fn word<T: FromStr<Err = kernel::Fault>>(text: &str) -> Result<T, kernel::Fault> {
    plain(text).parse().map_err(|fault: kernel::Fault| wrong(fault.detail))
}

/// As [`word`], naming the nearest one when it is none.
pub(super) fn word_of<T: FromStr<Err = kernel::Fault>>(
    text: &str,
    all: impl Iterator<Item = &'static str>,
) -> Result<T, kernel::Fault> {
    word(text).map_err(|fault| match nearest(&plain(text), all) {
        Some(near) => wrong(format!("{text:?} is not known here; did you mean {near}?")),
        None => fault,
    })
}

fn plain(text: &str) -> String {
    text.trim().to_lowercase().replace([' ', '-'], "_")
}
