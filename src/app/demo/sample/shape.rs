//! The entries of the sample's files.

use crate::kernel::{AiPolicy, Cla, NeedKind, PlatformRole, Urgency};
use chrono::NaiveDate;
use serde::Deserialize;

/// A real open source project.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleProject {
    /// Its name in addresses; unique.
    pub slug: String,
    /// Its name as shown.
    pub name: String,
    /// What it is, in our words; one sentence or two.
    pub description: String,
    /// Where its source is kept, or its official mirror (https).
    pub repository_url: String,
    /// Its site (https).
    pub homepage_url: Option<String>,
    /// Its license as an SPDX expression; none where one expression would not be true.
    pub license: Option<String>,
    /// Some of the packages it is published as: canonical package URLs without a version; no two projects share one.
    pub packages: Vec<String>,
    /// Its languages, as skills; the main one first.
    pub languages: Vec<String>,
    /// What it is about, as skills; the foremost first.
    pub domains: Vec<String>,
    /// Whether the OpenSSF working group's set of critical projects (version 1.1) names it.
    pub critical_set: bool,
    /// Its criticality, where the published signals have it.
    pub criticality: Option<SampleCriticality>,
    /// `listed` or `unclaimed`. Sample setting.
    pub status: String,
    /// Hours per week its maintainers can spend on helpers; set for listed projects alone. Sample setting.
    pub review_hours_per_week: Option<f64>,
    /// What it thinks of AI-assisted contributions. Sample setting.
    pub ai_policy: AiPolicy,
    /// The contributor agreement it asks for. Sample setting.
    pub cla: Cla,
}

/// A published criticality.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleCriticality {
    /// 0 to 1.
    pub score: f64,
    /// The parameter set that made the score, always `original_pike`.
    pub algorithm: String,
    /// The day of the newest signals in the collection.
    pub as_of: NaiveDate,
}

/// A need that was derived from a public signal.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleNeed {
    /// Names it among the samples: the project's slug, `/`, a word.
    pub key: String,
    /// The slug of its project.
    pub project: String,
    /// Its title.
    pub title: String,
    /// What kind of help it asks for.
    pub kind: NeedKind,
    /// Markdown; says that it is sample data and that the project did not ask for it.
    pub description: String,
    /// 2 to 5 skills, at least one required.
    pub skills: Vec<WantedSkill>,
    /// `session`, `small`, `medium` or `ongoing`.
    pub size: String,
    /// Hours per week and seat, in quarters.
    pub hours_per_week: f64,
    /// How long, 1 to 52.
    pub weeks: u32,
    /// How many people.
    pub seats: u32,
    /// How urgent.
    pub urgency: Urgency,
    /// 0 (read) to 4 (admin).
    pub access_level: u8,
    /// `public` or `vetted`.
    pub visibility: String,
    /// Where overlap in working hours is wanted, as IANA time zones.
    #[serde(default)]
    pub time_zones: Vec<String>,
    /// How many hours of overlap; set with `time_zones` alone.
    pub overlap_hours: Option<f64>,
    /// Days from filling the demo to the first day of work; at once when not set.
    pub starts_in_days: Option<u32>,
    /// Days from filling the demo to the last day for applications; open-ended when not set.
    pub apply_within_days: Option<u32>,
    /// The project's repository and what explains the signal.
    pub links: Vec<String>,
    /// Days until an applicant is answered.
    pub response_days: u32,
    /// `open`, `draft` or `paused`.
    pub status: String,
    /// The signal it comes from.
    pub derived_from: Signal,
}

impl SampleNeed {
    /// What it takes from the project's review budget while it is open, in hours per week over all seats.
    pub fn weekly_hours(&self) -> f64 {
        self.hours_per_week * f64::from(self.seats)
    }
}

/// A skill that a need asks for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WantedSkill {
    /// The skill's name.
    pub skill: String,
    /// 1 (beginner) to 5 (expert).
    pub level: u8,
    /// Whether it can't do without.
    pub required: bool,
}

/// Who publishes a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum SignalSource {
    /// The OpenSSF Scorecard results of 2022; the signal is a check, the value `n of 10`.
    #[serde(rename = "openssf_scorecard")]
    Scorecard,
    /// The OpenSSF criticality signals of June 2022; the signal is a column.
    #[serde(rename = "openssf_criticality_signals")]
    CriticalitySignals,
    /// The package index of Debian 12; the value counts source packages.
    #[serde(rename = "debian_12_dependencies")]
    Debian,
    /// The RustSec advisory database; the value counts advisories.
    #[serde(rename = "rustsec_advisories")]
    RustSec,
    /// A published CVE record; the value is its id.
    #[serde(rename = "cve")]
    Cve,
}

/// The public signal behind a need.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signal {
    /// Who publishes it.
    pub source: SignalSource,
    /// What was measured.
    pub signal: String,
    /// What it was.
    pub value: String,
    /// When: a year, a month or a day (ISO 8601), as exact as the source.
    pub as_of: String,
}

/// An invented person with an account.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SamplePerson {
    /// The public name; unique.
    pub handle: String,
    /// The name as shown.
    pub display_name: String,
    /// At example.org or example.com; unique.
    pub email: String,
    /// What the person may do on the platform beyond being a member.
    #[serde(default)]
    pub platform_roles: Vec<PlatformRole>,
    /// The sample projects the person stands for.
    #[serde(default)]
    pub maintains: Vec<Maintains>,
    /// What the person offers; none for people who offer no hours.
    pub profile: Option<SampleProfile>,
}

/// A part in a sample project.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Maintains {
    /// The project's slug.
    pub project: String,
    /// `lead` or `maintainer`.
    pub role: String,
}

/// What a person offers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleProfile {
    /// What the person can do.
    pub skills: Vec<OfferedSkill>,
    /// Hours per week.
    pub hours_per_week: f64,
    /// IANA time zone.
    pub time_zone: String,
    /// BCP 47 tags, the first language first.
    pub languages: Vec<String>,
    /// Kinds of need the person likes; empty when none were named.
    pub interests: Vec<NeedKind>,
    /// Fields the person likes, as skills.
    pub domains: Vec<String>,
    /// Skills the person wants to learn.
    pub learning: Vec<String>,
    /// The highest access the person wants, 0 to 4.
    pub max_access_level: u8,
    /// Days from filling the demo until the person is free; free at once when not set.
    pub available_in_days: Option<u32>,
    /// When the person is away.
    #[serde(default)]
    pub unavailable: Vec<Away>,
    /// `public`, `members` or `hidden`.
    pub visibility: String,
}

/// A skill that a person offers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfferedSkill {
    /// The skill's name.
    pub skill: String,
    /// 1 (beginner) to 5 (expert).
    pub level: u8,
    /// Years of practice.
    pub years: Option<u8>,
}

/// Days on which a person is away, counted from the day the demo is filled; both belong to it.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Away {
    /// The first day.
    pub from_day: u32,
    /// The last day.
    pub until_day: u32,
}

/// An invented organization.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleOrganization {
    /// Its name in addresses; unique.
    pub slug: String,
    /// Its name as shown.
    pub name: String,
    /// `company`, `foundation`, `government`, `academic` or `community`.
    pub kind: String,
    /// What it claims to be.
    pub description: String,
    /// Its site, below example.org or example.com.
    pub homepage_url: String,
    /// Its people; nobody is in two organizations.
    pub members: Vec<Member>,
    /// What it pledges.
    #[serde(default, rename = "pledge")]
    pub pledges: Vec<SamplePledge>,
}

/// A place in an organization.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// The person's handle.
    pub handle: String,
    /// `owner`, `manager` or `member`.
    pub role: String,
}

/// A commitment of engineer time.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SamplePledge {
    /// Names it among the samples: the organization's slug, `/`, a word.
    pub key: String,
    /// Hours per week.
    pub hours_per_week: f64,
    /// Days from filling the demo to its first day.
    pub starts_in_days: u32,
    /// Days from filling the demo to its last day.
    pub ends_in_days: u32,
    /// `auto`, `manager` or `list`.
    pub approval: String,
    /// Where the hours may go.
    pub focus: SampleFocus,
    /// The most one person gives of it, in hours per week.
    pub max_hours_per_person: f64,
    /// Whether it may be called on for swarms.
    pub on_call: bool,
    /// `active` or `draft`.
    pub status: String,
}

/// Where a pledge's hours may go; an empty list allows everything.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleFocus {
    /// Slugs of projects.
    pub projects: Vec<String>,
    /// Types of package URLs, e.g. `cargo`.
    pub ecosystems: Vec<String>,
    /// Kinds of need.
    pub kinds: Vec<NeedKind>,
    /// SPDX expressions, as projects state theirs.
    pub licenses: Vec<String>,
}
