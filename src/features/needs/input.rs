//! What people type when they state a need, checked as a whole.

use super::model::{NeedSize, NeedVisibility};
use crate::features::skills::known_skill;
use crate::kernel::{
    AccessLevel, Check, Failed, Fault, HttpsUrl, Level, Line, Markdown, NeedKind, Result, TimeZone, Urgency, half_hours,
};
use chrono::{NaiveDate, TimeDelta};

/// A year that holds any.
const YEAR: TimeDelta = TimeDelta::days(366);

/// A need as typed.
#[derive(Debug, Clone)]
pub struct NeedInput {
    /// What it is, in a line of 5 to 120 characters.
    pub title: String,
    /// What kind of help.
    pub kind: NeedKind,
    /// What it is, as Markdown of at most 20,000 characters.
    pub description: String,
    /// The skills it asks for, at most 12.
    pub skills: Vec<WantedSkill>,
    /// How large.
    pub size: NeedSize,
    /// Hours a week of each person: 0.5 to 60, in halves.
    pub hours_per_week: f64,
    /// 1 to 104.
    pub weeks: i64,
    /// 1 to 100 people.
    pub seats: i64,
    /// How urgent.
    pub urgency: Urgency,
    /// 0 to 4.
    pub access_level: i64,
    /// Who may see it.
    pub visibility: NeedVisibility,
    /// Zones that helpers should overlap with.
    pub time_zones: Vec<String>,
    /// Hours of overlap wanted, 0 to 8.
    pub overlap_hours: Option<f64>,
    /// First day of work.
    pub starts_on: Option<NaiveDate>,
    /// Last day to apply.
    pub apply_until: Option<NaiveDate>,
    /// Issues, boards, documents.
    pub links: Vec<String>,
    /// The project answers within so many days, 1 to 30.
    pub response_days: i64,
    /// For sample data: from which public signal it was derived.
    pub sample_note: Option<String>,
}

/// A wanted skill as typed.
#[derive(Debug, Clone)]
pub struct WantedSkill {
    /// Its name, slug or alias.
    pub skill: String,
    /// 1 to 5.
    pub level: i64,
    /// Whether the need can't do without.
    pub required: bool,
}

/// A skill that was found in the taxonomy.
#[derive(Debug, Clone)]
pub(super) struct CheckedSkill {
    pub slug: String,
    pub level: i16,
    pub required: bool,
}

/// A need in which everything is as it should be.
#[derive(Debug)]
pub(super) struct CheckedNeed {
    pub title: String,
    pub description: String,
    pub skills: Vec<CheckedSkill>,
    pub hours_per_week: f64,
    pub weeks: i32,
    pub seats: i32,
    pub access_level: i16,
    pub time_zones: Vec<String>,
    pub overlap_hours: Option<f64>,
    pub links: Vec<String>,
    pub response_days: i32,
}

fn whole<N: TryFrom<i64>>(check: &mut Check, pointer: &str, number: i64, least: i64, most: i64) -> Result<N, Failed> {
    check.range(pointer, number, least, most).and_then(|number| N::try_from(number).map_err(|_e| Failed))
}

fn skill(wanted: &WantedSkill) -> Result<String, Fault> {
    known_skill(&wanted.skill)
}

fn skills(check: &mut Check, wanted: &[WantedSkill]) -> Result<Vec<CheckedSkill>, Failed> {
    check.require(!wanted.is_empty(), "/skills", "missing", "A need asks for at least one skill.");
    if wanted.len() > 12 {
        check.fault("/skills", "too_many", format!("At most 12 skills are allowed; {} were sent.", wanted.len()));
        return Err(Failed);
    }
    let mut found: Vec<CheckedSkill> = Vec::with_capacity(wanted.len());
    for (at, each) in wanted.iter().enumerate() {
        let slug = check.value(format!("/skills/{at}/skill"), skill(each));
        let level = check.value(format!("/skills/{at}/level"), Level::parse(each.level));
        let (Ok(slug), Ok(level)) = (slug, level) else { continue };
        if found.iter().any(|other| other.slug == slug) {
            check.fault(
                format!("/skills/{at}/skill"),
                "repeated",
                format!("`{slug}` is asked for already; name it once."),
            );
        }
        found.push(CheckedSkill { slug, level: i16::from(level.get()), required: each.required });
    }
    if check.is_clean() || found.len() == wanted.len() { Ok(found) } else { Err(Failed) }
}

impl NeedInput {
    /// Checks everything, and names all that is wrong; `today` bounds the dates.
    pub(super) fn check(&self, today: NaiveDate) -> Result<CheckedNeed> {
        let mut check = Check::default();
        let title = check.value("/title", Line::parse(&self.title, 5, 120));
        let description = check.value("/description", Markdown::parse(&self.description, 20_000));
        let skills = skills(&mut check, &self.skills);
        let hours_per_week = check.value("/hours_per_week", half_hours(self.hours_per_week, 0.5, 60.0));
        let weeks = whole(&mut check, "/weeks", self.weeks, 1, 104);
        let seats = whole(&mut check, "/seats", self.seats, 1, 100);
        let access = check.value("/access_level", AccessLevel::parse(self.access_level));
        let zones = check.each("/time_zones", &self.time_zones, 10, |zone| TimeZone::parse(zone));
        let overlap = check.optional("/overlap_hours", self.overlap_hours.map(|wanted| half_hours(wanted, 0.0, 8.0)));
        let links = check.each("/links", &self.links, 10, |link| HttpsUrl::parse(link));
        let response_days = whole(&mut check, "/response_days", self.response_days, 1, 30);
        self.check_dates(&mut check, today);
        check.done()?;
        Ok(CheckedNeed {
            title: title?.into_string(),
            description: description?.into_string(),
            skills: skills?,
            hours_per_week: hours_per_week?,
            weeks: weeks?,
            seats: seats?,
            access_level: i16::from(access?.get()),
            time_zones: zones?.into_iter().map(|zone| zone.to_string()).collect(),
            overlap_hours: overlap?,
            links: links?.into_iter().map(HttpsUrl::into_string).collect(),
            response_days: response_days?,
        })
    }

    fn check_dates(&self, check: &mut Check, today: NaiveDate) {
        let (earliest, latest) = (today - YEAR * 10, today + YEAR * 3);
        for (pointer, date) in [("/starts_on", self.starts_on), ("/apply_until", self.apply_until)] {
            match date {
                Some(date) if date > latest => {
                    check.fault(pointer, "out_of_range", format!("{date} is more than three years away."));
                }
                Some(date) if date < earliest => {
                    check.fault(pointer, "out_of_range", format!("{date} is more than ten years ago."));
                }
                _ => {}
            }
        }
        if let (Some(starts), Some(until)) = (self.starts_on, self.apply_until) {
            check.require(
                starts.checked_add_signed(YEAR).is_none_or(|last| until <= last),
                "/apply_until",
                "out_of_order",
                "Applications can't be taken for more than a year after the work starts.",
            );
        }
    }
}
