//! Puts the sample into an empty database, through the same services that people use, in one transaction.

use super::sample::{Sample, SampleNeed, SampleOrganization, SamplePerson, SampleProject, Signal, SignalSource};
use crate::features::accounts::{self, NewPerson, Registrar};
use crate::features::needs::{self, NeedAction, NeedInput, WantedSkill};
use crate::features::organizations::{self, Membership, NewOrganizationInput, OrganizationRole};
use crate::features::pledges::{self, FocusInput, PledgeInput};
use crate::features::projects::{self, Beginning, Criticality, NewProjectInput, ProjectRole};
use crate::features::volunteers::{self, Away, HeldSkill, ProfileInput};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{AccountId, Error, Fault, OrganizationId, ProjectId, RequestId, Result, Timestamp};
use chrono::{Days, NaiveDate, NaiveTime};
use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;

/// The password of everybody in the demo.
pub const PASSWORD: &str = "mainstay-demo-2026";

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filled {
    /// The database was empty; the sample is in it now.
    Now,
    /// The sample was there already, and was kept as it is.
    Before,
    /// The database holds something else; nothing was done.
    Refused,
}

/// Fills an empty database with the sample.
pub async fn fill(ctx: &Ctx) -> Result<Filled> {
    let sample = Sample::shipped().map_err(Error::internal)?;
    let hash = ctx.hasher().hash(PASSWORD.to_owned().into()).await?;
    let (inner, sample) = (ctx.clone(), Arc::new(sample));
    ctx.store()
        .write(move |conn| {
            match (accounts::is_empty(conn)?, projects::holds_sample(conn)?) {
                (true, _) => {}
                (false, true) => return Ok(Filled::Before),
                (false, false) => return Ok(Filled::Refused),
            }
            Filler::new(&inner, &hash).run(conn, &sample)?;
            Ok(Filled::Now)
        })
        .await
}

struct Filler<'a> {
    ctx: &'a Ctx,
    hash: &'a str,
    today: NaiveDate,
    request_id: RequestId,
    people: HashMap<String, AccountId>,
    projects: HashMap<String, ProjectId>,
}

/// A word of the sample's files as the enum it stands for.
fn word<T: FromStr<Err = Fault>>(text: &str) -> Result<T> {
    text.parse().map_err(|fault: Fault| Error::internal(fault.detail))
}

fn unknown(what: &str) -> Error {
    Error::internal(format!("the sample names {what}, which it does not hold"))
}

impl<'a> Filler<'a> {
    fn new(ctx: &'a Ctx, hash: &'a str) -> Self {
        let request_id = RequestId::new(ctx.ids().make());
        let today = ctx.now().date_naive();
        Self { ctx, hash, today, request_id, people: HashMap::new(), projects: HashMap::new() }
    }

    fn run(mut self, conn: &mut Conn, sample: &Sample) -> Result<()> {
        for person in &sample.people {
            self.person(conn, person)?;
        }
        for organization in &sample.organizations {
            let id = self.organization(conn, organization)?;
            for member in organization.members.iter().filter(|member| member.role != "owner") {
                self.member(conn, id, &member.handle, word(&member.role)?)?;
            }
        }
        for project in &sample.projects {
            self.project(conn, sample, project)?;
        }
        for organization in &sample.organizations {
            self.pledges(conn, organization)?;
        }
        // What rests was open once: first, while the review budgets are untouched.
        let (resting, others): (Vec<_>, Vec<_>) = sample.needs.iter().partition(|need| need.status == "paused");
        for need in resting.into_iter().chain(others) {
            self.need(conn, need)?;
        }
        Ok(())
    }

    fn day(&self, days: u32) -> NaiveDate {
        self.today.checked_add_days(Days::new(days.into())).unwrap_or(self.today)
    }

    fn account(&self, handle: &str) -> Result<AccountId> {
        self.people.get(handle).copied().ok_or_else(|| unknown(handle))
    }

    fn person(&mut self, conn: &mut Conn, person: &SamplePerson) -> Result<()> {
        let new = NewPerson {
            email: person.email.clone(),
            password: PASSWORD.to_owned().into(),
            handle: person.handle.clone(),
            display_name: person.display_name.clone(),
        };
        let account = Registrar(self.ctx).insert(conn, &new, self.hash, &self.request_id)?;
        for role in &person.platform_roles {
            accounts::grant_role(conn, self.ctx, account.id, *role, None, &self.request_id)?;
        }
        self.people.insert(person.handle.clone(), account.id);
        let Some(profile) = &person.profile else { return Ok(()) };
        let skill = |offered: &super::sample::OfferedSkill| HeldSkill {
            skill: offered.skill.clone(),
            level: i64::from(offered.level),
            years: offered.years.map(f64::from),
            evidence_url: None,
        };
        let away = |away: &super::sample::Away| Away { from: self.day(away.from_day), until: self.day(away.until_day) };
        let input = ProfileInput {
            skills: profile.skills.iter().map(skill).collect(),
            hours_per_week: profile.hours_per_week,
            time_zone: profile.time_zone.clone(),
            languages: profile.languages.clone(),
            interests: profile.interests.clone(),
            domains: profile.domains.clone(),
            max_access_level: i64::from(profile.max_access_level),
            available_from: profile.available_in_days.map(|days| self.day(days)),
            unavailable: profile.unavailable.iter().map(away).collect(),
            visibility: word(&profile.visibility)?,
            learning: profile.learning.clone(),
        };
        volunteers::put_in(conn, self.ctx, account.id, &input)?;
        Ok(())
    }

    fn organization(&self, conn: &mut Conn, sample: &SampleOrganization) -> Result<OrganizationId> {
        let owner = sample.members.iter().find(|member| member.role == "owner").ok_or_else(|| unknown("an owner"))?;
        let input = NewOrganizationInput {
            slug: Some(sample.slug.clone()),
            name: sample.name.clone(),
            kind: word(&sample.kind)?,
            description: sample.description.clone(),
            homepage_url: Some(sample.homepage_url.clone()),
        };
        let made = organizations::create_in(conn, self.ctx, &input, self.account(&owner.handle)?, &self.request_id)?;
        for other in sample.members.iter().filter(|member| member.role == "owner" && member.handle != owner.handle) {
            self.member(conn, made.id, &other.handle, OrganizationRole::Owner)?;
        }
        Ok(made.id)
    }

    fn member(&self, conn: &mut Conn, id: OrganizationId, handle: &str, role: OrganizationRole) -> Result<()> {
        let membership = Membership {
            id: self.ctx.ids().make(),
            organization_id: id,
            account_id: self.account(handle)?,
            role,
            from_at: self.ctx.now(),
            until_at: None,
        };
        organizations::add_member(conn, self.ctx, &membership)
    }

    fn project(&mut self, conn: &mut Conn, sample: &Sample, project: &SampleProject) -> Result<()> {
        let input = NewProjectInput {
            slug: Some(project.slug.clone()),
            name: project.name.clone(),
            description: project.description.clone(),
            repository_url: project.repository_url.clone(),
            homepage_url: project.homepage_url.clone(),
            license: project.license.clone(),
            packages: project.packages.clone(),
            languages: project.languages.clone(),
            tags: project.domains.clone(),
            review_hours_per_week: project.review_hours_per_week.unwrap_or(0.0),
            ai_policy: project.ai_policy,
            cla: project.cla,
        };
        let people: Vec<_> = sample.maintainers_of(&project.slug).collect();
        let lead = people.iter().find(|(_, role)| *role == "lead").map(|(person, _)| self.account(&person.handle));
        let lead = lead.transpose()?;
        let beginning = Beginning { lead, verified: lead.is_some(), sample: true };
        let made = projects::create_in(conn, self.ctx, &input, beginning, &self.request_id)?;
        for (person, _) in people.iter().filter(|(_, role)| *role == "maintainer") {
            let account = self.account(&person.handle)?;
            projects::add_maintainer_in(conn, self.ctx, made.id, account, ProjectRole::Maintainer)?;
        }
        if let Some(known) = &project.criticality {
            let criticality = Criticality {
                score: Some(known.score),
                tier: Criticality::tier_of(known.score),
                algorithm: known.algorithm.clone(),
                as_of: Timestamp::from(known.as_of.and_time(NaiveTime::MIN).and_utc()),
                curated: false,
            };
            projects::set_criticality_in(conn, self.ctx, &made, criticality, &self.request_id)?;
        }
        self.projects.insert(project.slug.clone(), made.id);
        Ok(())
    }

    fn pledges(&self, conn: &mut Conn, sample: &SampleOrganization) -> Result<()> {
        let owner = sample.members.iter().find(|member| member.role == "owner").ok_or_else(|| unknown("an owner"))?;
        let by = self.account(&owner.handle)?;
        let (organization, _) = organizations::load_by_slug(conn, &sample.slug, None)?;
        for pledge in &sample.pledges {
            let input = PledgeInput {
                hours_per_week: pledge.hours_per_week,
                starts_on: self.day(pledge.starts_in_days),
                ends_on: self.day(pledge.ends_in_days),
                approval: word(&pledge.approval)?,
                focus: FocusInput {
                    projects: pledge.focus.projects.clone(),
                    ecosystems: pledge.focus.ecosystems.clone(),
                    kinds: pledge.focus.kinds.clone(),
                    licenses: pledge.focus.licenses.clone(),
                },
                max_hours_per_person: Some(pledge.max_hours_per_person),
                on_call: pledge.on_call,
            };
            let made = pledges::create_in(conn, self.ctx, organization.id, &input, Some(by), &self.request_id)?;
            if pledge.status == "active" {
                pledges::activate_in(conn, self.ctx, &made, Some(by), &self.request_id)?;
            }
        }
        Ok(())
    }

    fn need(&self, conn: &mut Conn, sample: &SampleNeed) -> Result<()> {
        let project_id = *self.projects.get(&sample.project).ok_or_else(|| unknown(&sample.project))?;
        let skill = |wanted: &super::sample::WantedSkill| WantedSkill {
            skill: wanted.skill.clone(),
            level: i64::from(wanted.level),
            required: wanted.required,
        };
        let input = NeedInput {
            title: sample.title.clone(),
            kind: sample.kind,
            description: sample.description.clone(),
            skills: sample.skills.iter().map(skill).collect(),
            size: word(&sample.size)?,
            hours_per_week: sample.hours_per_week,
            weeks: i64::from(sample.weeks),
            seats: i64::from(sample.seats),
            urgency: sample.urgency,
            access_level: i64::from(sample.access_level),
            visibility: word(&sample.visibility)?,
            time_zones: sample.time_zones.clone(),
            overlap_hours: sample.overlap_hours,
            starts_on: sample.starts_in_days.map(|days| self.day(days)),
            apply_until: sample.apply_within_days.map(|days| self.day(days)),
            links: sample.links.clone(),
            response_days: i64::from(sample.response_days),
            sample_note: Some(note(&sample.derived_from)),
        };
        let need = needs::create_in(conn, self.ctx, project_id, &input, None, &self.request_id)?;
        let actions: &[NeedAction] = match sample.status.as_str() {
            "open" => &[NeedAction::Publish],
            "paused" => &[NeedAction::Publish, NeedAction::Pause],
            _ => &[],
        };
        let mut need = need;
        for action in actions {
            let project = projects::lock_project(conn, project_id)?;
            need = needs::transition_in(conn, self.ctx, (&project, &need), *action, None, &self.request_id)?;
        }
        Ok(())
    }
}

/// Says from which public signal a sample need was derived.
fn note(signal: &Signal) -> String {
    let source = match signal.source {
        SignalSource::Scorecard => "the OpenSSF Scorecard",
        SignalSource::CriticalitySignals => "the OpenSSF criticality signals",
        SignalSource::Debian => "Debian 12's package index",
        SignalSource::RustSec => "the RustSec advisory database",
        SignalSource::Cve => "a published CVE record",
    };
    format!(
        "Sample data, derived from {source}: {} was {} as of {}. The project did not ask for this.",
        signal.signal, signal.value, signal.as_of
    )
}
