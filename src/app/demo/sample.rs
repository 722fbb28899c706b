//! The sample marketplace of `mainstay demo`, as data: real projects, needs derived from public signals, invented people
//! and organizations.
//!
//! The data stands in `data/*.toml`, whose heads say what in them is fact, where it comes from and what is made up. Reading
//! is pure: days count from the day the demo is filled, and nothing here knows a clock or a database. Words that a feature
//! owns (a need's size, an organization's kind) stay text here and are parsed again by that feature when the demo is
//! filled; [`Sample::parse`] refuses the ones the domain does not know, so that a mistake is found by a test.

mod check;
mod shape;
#[cfg(test)]
mod tests;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;

pub use shape::{
    Away, Maintains, Member, OfferedSkill, SampleCriticality, SampleFocus, SampleNeed, SampleOrganization,
    SamplePerson, SamplePledge, SampleProfile, SampleProject, Signal, SignalSource, WantedSkill,
};

/// The addresses that the demo prints as sign-ins, each with whom it shows.
pub const SIGN_INS: [(&str, &str); 4] = [
    ("volunteer@example.org", "a volunteer with a Rust and security profile"),
    ("maintainer@example.org", "the lead of several listed projects"),
    ("company@example.org", "the owner of a company with pledges"),
    ("coordinator@example.org", "a coordinator of the platform"),
];

/// The whole sample.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Real projects with true facts and invented settings.
    pub projects: Vec<SampleProject>,
    /// Needs that nobody asked for, each from one public signal.
    pub needs: Vec<SampleNeed>,
    /// Invented people.
    pub people: Vec<SamplePerson>,
    /// Invented organizations with their pledges.
    pub organizations: Vec<SampleOrganization>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Projects {
    project: Vec<SampleProject>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Needs {
    need: Vec<SampleNeed>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct People {
    person: Vec<SamplePerson>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Organizations {
    organization: Vec<SampleOrganization>,
}

fn read<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, String> {
    toml::from_str(text).map_err(|cause| format!("{file}: {cause}"))
}

impl Sample {
    /// The sample that comes with the product.
    ///
    /// # Errors
    /// Where [`Sample::parse`] fails, which a test rules out.
    pub fn shipped() -> Result<Self, String> {
        Self::parse(
            include_str!("data/projects.toml"),
            include_str!("data/needs.toml"),
            include_str!("data/people.toml"),
            include_str!("data/organizations.toml"),
        )
    }

    /// Reads the four files and checks them against the domain's rules and each other.
    ///
    /// # Errors
    /// The first place where a file is no TOML of this shape, with line and column; else every broken rule, a line each.
    pub fn parse(projects: &str, needs: &str, people: &str, organizations: &str) -> Result<Self, String> {
        let sample = Self {
            projects: read::<Projects>("projects.toml", projects)?.project,
            needs: read::<Needs>("needs.toml", needs)?.need,
            people: read::<People>("people.toml", people)?.person,
            organizations: read::<Organizations>("organizations.toml", organizations)?.organization,
        };
        let faults = check::faults(&sample);
        if faults.is_empty() { Ok(sample) } else { Err(faults.join("\n")) }
    }

    /// The people who stand for a project, each with the role.
    pub fn maintainers_of<'a>(&'a self, project: &'a str) -> impl Iterator<Item = (&'a SamplePerson, &'a str)> {
        self.people.iter().flat_map(move |person| {
            let parts = person.maintains.iter().filter(move |part| part.project == project);
            parts.map(move |part| (person, part.role.as_str()))
        })
    }

    /// The organization a person belongs to, with the role there.
    pub fn employer_of(&self, handle: &str) -> Option<(&SampleOrganization, &str)> {
        self.organizations.iter().find_map(|organization| {
            let member = organization.members.iter().find(|member| member.handle == handle)?;
            Some((organization, member.role.as_str()))
        })
    }

    /// Every skill that the sample names, for checking them against the taxonomy.
    pub fn skills(&self) -> BTreeSet<&str> {
        let profiles = || self.people.iter().filter_map(|person| person.profile.as_ref());
        let projects = self.projects.iter().flat_map(|project| project.languages.iter().chain(&project.domains));
        let wanted = self.needs.iter().flat_map(|need| &need.skills).map(|wanted| &wanted.skill);
        let offered = profiles().flat_map(|profile| &profile.skills).map(|offered| &offered.skill);
        let liked = profiles().flat_map(|profile| profile.domains.iter().chain(&profile.learning));
        projects.chain(wanted).chain(offered).chain(liked).map(String::as_str).collect()
    }
}
