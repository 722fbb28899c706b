//! What the OpenSSF's Open Source Project Security Baseline asks for, in our own words: its controls and requirements by
//! their ids, the maturity levels that each belongs to, and the work by which a project would come to meet it. Pure.
//!
//! Ids, levels and what is asked are facts of the Baseline (<https://baseline.openssf.org>, Community Specification); no
//! sentence of it stands here.

mod access;
mod build;
mod documents;
mod governance;
mod legal;
mod quality;
mod security;
mod vulnerabilities;

use crate::features::needs::NeedSize;
use crate::kernel::NeedKind;

/// Which catalog this is.
pub const NAME: &str = "osps-baseline";
/// Its version, as its authors date it.
pub const VERSION: &str = "2026-02-19";
/// Its page.
pub const URL: &str = "https://baseline.openssf.org/versions/2026-02-19";
/// The maturity levels.
pub const LEVELS: &[i16] = &[1, 2, 3];

/// Something a project should have in hand, made of requirements.
#[derive(Debug)]
pub struct Control {
    /// Such as `OSPS-AC-01`.
    pub id: &'static str,
    /// What it is about, in a line.
    pub title: &'static str,
    /// What it asks for.
    pub requirements: &'static [Requirement],
}

/// One thing that is met or not.
#[derive(Debug)]
pub struct Requirement {
    /// Such as `OSPS-AC-01.01`.
    pub id: &'static str,
    /// The maturity levels that it belongs to.
    pub levels: &'static [i16],
    /// What it asks for.
    pub text: &'static str,
    /// The work that would meet it; none where the requirement was withdrawn by its authors.
    pub help: Option<Help>,
}

/// The work that would meet a requirement.
#[derive(Debug)]
pub struct Help {
    /// What kind of help.
    pub kind: NeedKind,
    /// How much.
    pub size: NeedSize,
    /// Access that it wants, 0 to 4.
    pub access_level: i64,
    /// Skills with the level wanted; the first can't be done without.
    pub skills: &'static [(&'static str, i64)],
    /// What is to be done, in a line.
    pub title: &'static str,
    /// The same at length.
    pub text: &'static str,
}

impl Help {
    /// Hours a week, and for how many weeks.
    pub fn effort(&self) -> (f64, i64) {
        match self.size {
            NeedSize::Session => (1.0, 1),
            NeedSize::Small => (3.0, 2),
            NeedSize::Medium => (4.0, 6),
            NeedSize::Ongoing => (2.0, 26),
        }
    }

    /// The hours of it all.
    pub fn hours(&self) -> f64 {
        let (hours, weeks) = self.effort();
        hours * i32::try_from(weeks).map_or(0.0, f64::from)
    }
}

impl Requirement {
    /// The control that it belongs to.
    pub fn control(&self) -> &'static str {
        self.id.rsplit_once('.').map_or(self.id, |(control, _)| control)
    }

    /// Where its authors explain it.
    pub fn url(&self) -> String {
        format!("{URL}#{}", self.control().to_ascii_lowercase())
    }
}

const FAMILIES: &[&[Control]] = &[
    access::CONTROLS,
    build::CONTROLS,
    documents::CONTROLS,
    governance::CONTROLS,
    legal::CONTROLS,
    quality::CONTROLS,
    security::CONTROLS,
    vulnerabilities::CONTROLS,
];

/// Every control, in the order of the ids.
pub fn controls() -> impl Iterator<Item = &'static Control> {
    FAMILIES.iter().flat_map(|family| family.iter())
}

/// Every requirement that is in force, in the order of the ids.
pub fn requirements() -> impl Iterator<Item = &'static Requirement> {
    controls().flat_map(|control| control.requirements).filter(|requirement| requirement.help.is_some())
}

/// The requirement in force with this id.
pub fn find(id: &str) -> Option<&'static Requirement> {
    requirements().find(|requirement| requirement.id == id)
}

const L1: &[i16] = &[1];
const L123: &[i16] = &[1, 2, 3];
const L23: &[i16] = &[2, 3];
const L3: &[i16] = &[3];

const fn control(id: &'static str, title: &'static str, requirements: &'static [Requirement]) -> Control {
    Control { id, title, requirements }
}

const fn asks(id: &'static str, levels: &'static [i16], text: &'static str, help: Help) -> Requirement {
    Requirement { id, levels, text, help: Some(help) }
}

const fn help(
    (kind, size, access_level): (NeedKind, NeedSize, i64),
    skills: &'static [(&'static str, i64)],
    title: &'static str,
    text: &'static str,
) -> Help {
    Help { kind, size, access_level, skills, title, text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::skills::known_skill;
    use std::collections::BTreeSet;

    #[test]
    fn ids_are_in_order_and_belong_to_their_controls() {
        let ids: Vec<&str> = controls().flat_map(|control| control.requirements).map(|one| one.id).collect();
        assert!(ids.is_sorted() && ids.iter().collect::<BTreeSet<_>>().len() == ids.len(), "{ids:?}");
        assert_eq!((controls().count(), ids.len(), requirements().count()), (41, 65, 64));
        for control in controls() {
            assert!(control.requirements.iter().all(|one| one.control() == control.id), "{}", control.id);
        }
        assert_eq!(find("OSPS-AC-01.01").unwrap().url(), format!("{URL}#osps-ac-01"));
        assert!(find("OSPS-BR-01.02").is_none(), "its authors withdrew it");
    }

    #[test]
    fn the_work_for_each_is_one_that_can_be_stated() {
        for requirement in requirements() {
            let help = requirement.help.as_ref().unwrap();
            assert!((5..=120).contains(&help.title.chars().count()), "{}: {}", requirement.id, help.title);
            assert!(!help.skills.is_empty() && help.hours() > 0.0 && (0..=4).contains(&help.access_level));
            let slugs: Vec<_> =
                help.skills.iter().map(|(skill, _)| known_skill(skill).map_err(|why| why.detail)).collect();
            for ((skill, level), slug) in help.skills.iter().zip(slugs) {
                assert_eq!(slug.as_deref(), Ok(*skill), "{}", requirement.id);
                assert!((1..=5).contains(level), "{}", requirement.id);
            }
        }
    }

    /// The published catalog, where it is at hand: the same ids at the same levels, and no sentence of it in ours.
    #[test]
    fn the_catalog_is_the_published_one_in_other_words() {
        let Some(folder) = crate::published::published("standards/osps-baseline") else { return };
        let files = std::fs::read_dir(folder).unwrap();
        let (mut ours, mut seen) = (controls().flat_map(|control| control.requirements).collect::<Vec<_>>(), 0);
        for file in files.filter_map(Result::ok).filter(|file| file.file_name().to_string_lossy().starts_with("OSPS-"))
        {
            let text = std::fs::read_to_string(file.path()).unwrap();
            let family: serde_json::Value = yaml_serde::from_str(&text).unwrap();
            let requirements = family["controls"].as_array().unwrap().iter().map(|one| &one["assessment-requirements"]);
            for theirs in requirements.flat_map(|list| list.as_array().unwrap()) {
                let id = theirs["id"].as_str().unwrap();
                let at = ours.iter().position(|one| one.id == id).unwrap_or_else(|| panic!("{id} is not here"));
                let mine = ours.remove(at);
                let levels: Vec<String> = mine.levels.iter().map(|level| format!("maturity-{level}")).collect();
                let published: Vec<&str> =
                    theirs["applicability"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
                assert_eq!(levels, published, "{id}");
                assert_eq!(theirs["state"] == "Retired", mine.help.is_none(), "{id}");
                let words = |text: &str| text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>();
                let (mine, theirs) = (words(mine.text), words(theirs["text"].as_str().unwrap()));
                let copied = mine.windows(8).find(|some| theirs.windows(8).any(|other| other == *some));
                assert_eq!(copied, None, "{id}");
                seen += 1;
            }
        }
        assert!(ours.is_empty() && seen == 65, "{seen} seen, {ours:?} are not theirs");
    }
}
