//! What people type into their profile, checked as a whole.

use super::model::{Away, ProfileVisibility};
use crate::features::skills::known_skill;
use crate::features::skills::taxonomy::{Tag, Taxonomy};
use crate::kernel::{
    AccessLevel, Check, Failed, Fault, HttpsUrl, LanguageTag, Level, NeedKind, Result, TimeZone, half_hours,
};
use chrono::{NaiveDate, TimeDelta};

/// A skill as typed.
#[derive(Debug, Clone)]
pub struct HeldSkill {
    /// Its name, slug or alias.
    pub skill: String,
    /// 1 to 5.
    pub level: i64,
    /// Years of practice, 0 to 80.
    pub years: Option<f64>,
    /// Something that shows it, https.
    pub evidence_url: Option<String>,
}

/// A profile as typed.
#[derive(Debug, Clone)]
pub struct ProfileInput {
    /// At most 50 skills.
    pub skills: Vec<HeldSkill>,
    /// 0 to 60 hours, in halves.
    pub hours_per_week: f64,
    /// An IANA zone.
    pub time_zone: String,
    /// BCP 47 tags.
    pub languages: Vec<String>,
    /// Kinds of help.
    pub interests: Vec<NeedKind>,
    /// Fields of interest; what is no skill is kept as a free tag.
    pub domains: Vec<String>,
    /// 0 to 4.
    pub max_access_level: i64,
    /// Not before this day.
    pub available_from: Option<NaiveDate>,
    /// Days away.
    pub unavailable: Vec<Away>,
    /// Who may see it.
    pub visibility: ProfileVisibility,
    /// Skills to learn.
    pub learning: Vec<String>,
}

/// A skill that was found in the taxonomy.
#[derive(Debug)]
pub(super) struct CheckedSkill {
    pub slug: String,
    pub level: i16,
    pub years: Option<f64>,
    pub evidence_url: Option<String>,
}

/// A profile in which everything is as it should be.
#[derive(Debug)]
pub(super) struct CheckedProfile {
    pub skills: Vec<CheckedSkill>,
    pub hours_per_week: f64,
    pub time_zone: String,
    pub languages: Vec<String>,
    pub interests: Vec<NeedKind>,
    pub domains: Vec<String>,
    pub learning: Vec<String>,
    pub max_access_level: i16,
}

fn tag(text: &str) -> Result<String, Fault> {
    let taxonomy = Taxonomy::shipped();
    match taxonomy.tag(text) {
        Ok(Tag::Skill(found)) => Ok(taxonomy.skill(found).slug.to_string()),
        Ok(Tag::Free(tag)) => Ok(tag.as_str().to_owned()),
        Err(wrong) => Err(Fault::new("invalid_tag", wrong.to_string())),
    }
}

fn skill(check: &mut Check, at: usize, held: &HeldSkill) -> Result<CheckedSkill, Failed> {
    let slug = check.value(format!("/skills/{at}/skill"), known_skill(&held.skill));
    let level = check.value(format!("/skills/{at}/level"), Level::parse(held.level));
    let years = match held.years {
        Some(years) => check.range(format!("/skills/{at}/years"), years, 0.0, 80.0).map(Some),
        None => Ok(None),
    };
    let evidence = held.evidence_url.as_deref().map(HttpsUrl::parse);
    let evidence = check.optional(format!("/skills/{at}/evidence_url"), evidence);
    Ok(CheckedSkill {
        slug: slug?,
        level: i16::from(level?.get()),
        years: years?,
        evidence_url: evidence?.map(HttpsUrl::into_string),
    })
}

fn skills(check: &mut Check, held: &[HeldSkill]) -> Result<Vec<CheckedSkill>, Failed> {
    if held.len() > 50 {
        check.fault("/skills", "too_many", format!("At most 50 skills are allowed; {} were sent.", held.len()));
        return Err(Failed);
    }
    let mut found: Vec<CheckedSkill> = Vec::with_capacity(held.len());
    for (at, each) in held.iter().enumerate() {
        let Ok(one) = skill(check, at, each) else { continue };
        if found.iter().any(|other| other.slug == one.slug) {
            check.fault(
                format!("/skills/{at}/skill"),
                "repeated",
                format!("`{}` is listed already; name it once.", one.slug),
            );
        }
        found.push(one);
    }
    Ok(found)
}

fn unique<T: PartialEq>(list: Vec<T>) -> Vec<T> {
    list.into_iter().fold(Vec::new(), |mut kept, item| {
        if !kept.contains(&item) {
            kept.push(item);
        }
        kept
    })
}

impl ProfileInput {
    /// Checks everything, and names all that is wrong; `today` bounds the dates.
    pub(super) fn check(&self, today: NaiveDate) -> Result<CheckedProfile> {
        let mut check = Check::default();
        let skills = skills(&mut check, &self.skills);
        let hours = check.value("/hours_per_week", half_hours(self.hours_per_week, 0.0, 60.0));
        let zone = check.value("/time_zone", TimeZone::parse(&self.time_zone));
        let languages = check.each("/languages", &self.languages, 20, |text| LanguageTag::parse(text));
        let domains = check.each("/domains", &self.domains, 30, |text| tag(text));
        let learning = check.each("/learning", &self.learning, 30, |text| known_skill(text));
        let access = check.value("/max_access_level", AccessLevel::parse(self.max_access_level));
        check.require(self.interests.len() <= 18, "/interests", "too_many", "At most 18 entries are allowed.");
        self.check_dates(&mut check, today);
        check.done()?;
        Ok(CheckedProfile {
            skills: skills?,
            hours_per_week: hours?,
            time_zone: zone?.to_string(),
            languages: unique(languages?.into_iter().map(LanguageTag::into_string).collect()),
            interests: unique(self.interests.clone()),
            domains: unique(domains?),
            learning: unique(learning?),
            max_access_level: i16::from(access?.get()),
        })
    }

    fn check_dates(&self, check: &mut Check, today: NaiveDate) {
        let horizon = today + TimeDelta::days(3 * 366);
        if let Some(from) = self.available_from {
            check.require(from <= horizon, "/available_from", "out_of_range", "That is more than three years away.");
        }
        if self.unavailable.len() > 50 {
            check.fault("/unavailable", "too_many", "At most 50 entries are allowed.");
            return;
        }
        for (at, away) in self.unavailable.iter().enumerate() {
            check.require(
                away.from <= away.until,
                format!("/unavailable/{at}/until"),
                "out_of_order",
                "Ends before it begins.",
            );
            check.require(
                away.until <= horizon,
                format!("/unavailable/{at}/until"),
                "out_of_range",
                "That is more than three years away.",
            );
        }
    }
}
