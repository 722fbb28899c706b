//! What the score is made of: plain facts, gathered by other features.
//!
//! Whatever is not known stays at its neutral default, which neither helps nor excludes.

use super::SkillKey;
use crate::features::needs::NeedSize;
use crate::kernel::{
    AccessLevel, AccountId, AiPolicy, Cla, LanguageTag, Level, NeedId, NeedKind, ProjectId, TimeZone, Timestamp,
    Urgency,
};
use chrono::NaiveDate;
use std::sync::Arc;

/// A skill that a need asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedSkill {
    /// Which one.
    pub skill: SkillKey,
    /// From which level on it is fully met.
    pub level: Level,
    /// Whether the work can't be done without it.
    pub required: bool,
}

/// The project that states a need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectFacts {
    /// Its id.
    pub id: ProjectId,
    /// Its address name.
    pub slug: String,
    /// Its name.
    pub name: String,
}

/// One stated need and what its project says and is.
#[derive(Debug, Clone, PartialEq)]
pub struct NeedFacts {
    /// Its id.
    pub id: NeedId,
    /// Who states it; all its needs share this.
    pub project: Arc<ProjectFacts>,
    /// Its title.
    pub title: String,
    /// What kind of work it is; none where an input did not say.
    pub kind: Option<NeedKind>,
    /// The skills it asks for. A skill named twice counts once: at its higher level, required if either is.
    pub skills: Vec<WantedSkill>,
    /// How large it is.
    pub size: Option<NeedSize>,
    /// Wanted hours a week.
    pub hours_per_week: f64,
    /// Least hours a week with which somebody is of use; none: the constant.
    pub min_hours_per_week: Option<f64>,
    /// For how many weeks; none: without an end.
    pub weeks: Option<u32>,
    /// Seats − active assignments − live invitations.
    pub seats_left: u32,
    /// Whether its state takes applications at all.
    pub is_open: bool,
    /// How urgent the project says it is.
    pub urgency: Urgency,
    /// How far into the project's systems the work reaches; none: reading is enough.
    pub access_level: Option<AccessLevel>,
    /// Whether only vetted people may see and take it.
    pub vetted_only: bool,
    /// Zones in whose working day somebody should be reachable; empty: the need doesn't care.
    pub time_zones: Vec<TimeZone>,
    /// Wanted overlap in hours a day; none: the constant.
    pub overlap_hours: Option<f64>,
    /// Not before this day.
    pub starts_on: Option<NaiveDate>,
    /// Last day for applications.
    pub apply_until: Option<NaiveDate>,
    /// Since when it is open.
    pub opened_at: Timestamp,
    /// Applications that nobody has decided yet.
    pub pending_applications: u32,
    /// When somebody last applied.
    pub last_applied_at: Option<Timestamp>,
    /// The project's systemic risk, 0 to 1.
    pub systemic_risk: Option<f64>,
    /// The project's criticality, 0 to 1; stands in where the systemic risk is not known.
    pub criticality: Option<f64>,
    /// The project's tier, 1 to 3.
    pub tier: Option<u8>,
    /// The project's fields and tags.
    pub domains: Vec<SkillKey>,
    /// Package ecosystems of the project, e.g. `cargo`.
    pub ecosystems: Vec<String>,
    /// Hours a week that the project's maintainers can still spend on helpers.
    pub review_hours_left: Option<f64>,
    /// The project's license, an SPDX expression.
    pub license: Option<String>,
    /// The contributor agreement it asks for.
    pub cla: Cla,
    /// What it thinks of AI-assisted contributions.
    pub ai_policy: AiPolicy,
    /// Languages to work in, any of them will do; empty: any at all.
    pub languages: Vec<LanguageTag>,
    /// The project's maintainers.
    pub maintainers: Vec<AccountId>,
    /// People the project does not want to hear from.
    pub blocked: Vec<AccountId>,
    /// Congestion price from the last allocation (the dual price of its seats); none: no round has seen it.
    pub price: Option<f64>,
}

impl NeedFacts {
    /// An open need with one seat that asks for nothing in particular.
    pub fn new(
        id: NeedId,
        project: impl Into<Arc<ProjectFacts>>,
        title: impl Into<String>,
        opened_at: Timestamp,
    ) -> Self {
        Self {
            id,
            project: project.into(),
            title: title.into(),
            kind: None,
            skills: Vec::new(),
            size: None,
            hours_per_week: 0.0,
            min_hours_per_week: None,
            weeks: None,
            seats_left: 1,
            is_open: true,
            urgency: Urgency::Normal,
            access_level: None,
            vetted_only: false,
            time_zones: Vec::new(),
            overlap_hours: None,
            starts_on: None,
            apply_until: None,
            opened_at,
            pending_applications: 0,
            last_applied_at: None,
            systemic_risk: None,
            criticality: None,
            tier: None,
            domains: Vec::new(),
            ecosystems: Vec::new(),
            review_hours_left: None,
            license: None,
            cla: Cla::None,
            ai_policy: AiPolicy::Welcome,
            languages: Vec::new(),
            maintainers: Vec::new(),
            blocked: Vec::new(),
            price: None,
        }
    }
}

/// What a claimed skill rests on, with the day of the latest proof.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Evidence {
    /// The person's own word.
    #[default]
    None,
    /// Somebody who may judge it vouched for it.
    Endorsed(NaiveDate),
    /// A project confirmed work with it.
    Confirmed(NaiveDate),
}

/// A skill that a person has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldSkill {
    /// Which one.
    pub skill: SkillKey,
    /// How well.
    pub level: Level,
    /// What it rests on.
    pub evidence: Evidence,
}

/// Hours that are promised already: an active assignment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Commitment {
    /// Hours a week.
    pub hours_per_week: f64,
    /// First day; none: it has begun.
    pub from: Option<NaiveDate>,
    /// Last day; none: without an end.
    pub until: Option<NaiveDate>,
}

/// Days on which somebody is away, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub until: NaiveDate,
}

/// No proposals to a project until a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CoolDown {
    /// Which project declined.
    pub project: ProjectId,
    /// First day on which a proposal is welcome again.
    pub until: NaiveDate,
}

/// How an employer depends on a project, by its own bills of materials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dependency {
    /// Through others.
    Transitive,
    /// By itself.
    Direct,
}

/// What an employer allows its people to do in its time. Empty lists allow everything.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EmployerPolicy {
    /// SPDX ids of the licenses that may be contributed to.
    pub licenses: Vec<String>,
    /// Kinds of work.
    pub kinds: Vec<NeedKind>,
    /// Contributor agreements that may be signed.
    pub clas: Vec<Cla>,
    /// Most hours a week on one need.
    pub max_hours_per_week: Option<f64>,
    /// The only projects that may be helped (approval `list`); none: any.
    pub projects: Option<Vec<ProjectId>>,
}

impl EmployerPolicy {
    /// Whether its people may work where this agreement is asked for; none at all is never in the way.
    pub fn allows_cla(&self, cla: Cla) -> bool {
        cla.is_allowed(&self.clas)
    }
}

/// Whom a person works for.
#[derive(Debug, Clone, PartialEq)]
pub struct EmployerFacts {
    /// The organization's name.
    pub name: String,
    /// Its rules; none where it has set none.
    pub policy: Option<EmployerPolicy>,
    /// The projects it depends on. Private: members of the employer alone may learn of it.
    pub depends_on: Vec<(ProjectId, Dependency)>,
}

/// What a person offers and minds.
#[derive(Debug, Clone, PartialEq)]
pub struct VolunteerFacts {
    /// The person's account.
    pub account: AccountId,
    /// The person's public name.
    pub handle: String,
    /// The person's skills.
    pub skills: Vec<HeldSkill>,
    /// Skills that the person is only learning.
    pub learning: Vec<SkillKey>,
    /// Offered hours a week.
    pub hours_per_week: f64,
    /// Least hours a week that a need should ask for; none: any.
    pub min_hours_per_week: Option<f64>,
    /// Active assignments.
    pub commitments: Vec<Commitment>,
    /// Where the person works from.
    pub time_zone: Option<TimeZone>,
    /// Languages the person works in; empty: not said.
    pub languages: Vec<LanguageTag>,
    /// Kinds of work the person likes.
    pub interest_kinds: Vec<NeedKind>,
    /// Fields the person likes.
    pub interest_domains: Vec<SkillKey>,
    /// How much access the person is ready to be trusted with; none: any.
    pub max_access_level: Option<AccessLevel>,
    /// How much access the person has earned; none: not known.
    pub earned_access: Option<AccessLevel>,
    /// Projects on which the person has earned access of level L3 and more, each with the first day; none: not known.
    pub earned_on: Option<Vec<(ProjectId, NaiveDate)>>,
    /// Whether the person has been vetted.
    pub vetted: bool,
    /// When the person is away.
    pub unavailable: Vec<Period>,
    /// First day on which the person can help.
    pub available_from: Option<NaiveDate>,
    /// Whom the person works for.
    pub employer: Option<Arc<EmployerFacts>>,
    /// Proposals of the person that are not answered yet.
    pub open_proposals: u32,
    /// Projects that declined the person lately.
    pub cool_downs: Vec<CoolDown>,
    /// Needs for which a proposal with this person was declined.
    pub declined_needs: Vec<NeedId>,
    /// Projects the person does not want to hear from.
    pub blocked_projects: Vec<ProjectId>,
    /// Projects whose contributor agreement is signed; none: not known, so nobody is stopped by it.
    pub cla_signed: Option<Vec<ProjectId>>,
    /// Whether the person works with AI assistance; none: not said.
    pub uses_ai: Option<bool>,
}

impl VolunteerFacts {
    /// A person who offers nothing yet.
    pub fn new(account: AccountId, handle: impl Into<String>) -> Self {
        Self {
            account,
            handle: handle.into(),
            skills: Vec::new(),
            learning: Vec::new(),
            hours_per_week: 0.0,
            min_hours_per_week: None,
            commitments: Vec::new(),
            time_zone: None,
            languages: Vec::new(),
            interest_kinds: Vec::new(),
            interest_domains: Vec::new(),
            max_access_level: None,
            earned_access: None,
            earned_on: None,
            vetted: false,
            unavailable: Vec::new(),
            available_from: None,
            employer: None,
            open_proposals: 0,
            cool_downs: Vec::new(),
            declined_needs: Vec::new(),
            blocked_projects: Vec::new(),
            cla_signed: None,
            uses_ai: None,
        }
    }
}
