//! Facts from rows: what the other features know of needs and people, gathered for scoring.
//!
//! What no feature keeps yet (endorsements) stays neutral.

use super::score::{
    Commitment, CoolDown, Dependency, EmployerFacts, EmployerPolicy, Evidence, HeldSkill, NeedFacts, Period,
    ProjectFacts, SkillKey, VolunteerFacts, WantedSkill,
};
use crate::features::accounts::{self, Account, AccountStatus};
use crate::features::assignments::{self, Promise};
use crate::features::feedback;
use crate::features::needs::{self, Need, NeedSkill, NeedVisibility};
use crate::features::organizations::{self, Approval};
use crate::features::projects::{self, Project, ProjectStatus};
use crate::features::proposals::{self, Declined};
use crate::features::volunteers::{self, Profile, ProfileSkill, ProfileVisibility};
use crate::infra::db::Conn;
use crate::kernel::{
    AccessLevel, AccountId, LanguageTag, Level, NeedId, OrganizationId, ProjectId, Result, TimeZone, Timestamp,
};
use chrono::NaiveDate;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Whether people can be matched with a need: it looks for some, and its project is listed.
pub(super) fn is_open(need: &Need, project: &Project) -> bool {
    need.status.is_live() && project.status == ProjectStatus::Listed
}

/// Whether projects may see a person in their matches: not before the mail address is known to be theirs.
pub(super) fn is_shown(profile: &Profile, account: &Account) -> bool {
    profile.visibility != ProfileVisibility::Hidden
        && profile.suspended_at.is_none()
        && account.status == AccountStatus::Active
        && account.email_verified_at.is_some()
}

/// Seats that nobody holds.
pub(super) fn seats_left(need: &Need) -> u32 {
    u32::try_from(need.seats_left()).unwrap_or(0)
}

/// The facts of these needs, in their order.
pub(super) fn need_facts(conn: &mut Conn, rows: &[(Need, Project)]) -> Result<Vec<NeedFacts>> {
    let ids: Vec<NeedId> = rows.iter().map(|(need, _)| need.id).collect();
    let of: BTreeSet<ProjectId> = rows.iter().map(|(_, project)| project.id).collect();
    let of: Vec<ProjectId> = of.into_iter().collect();
    let mut skills = needs::list_need_skills(conn, &ids)?;
    let tags = projects::list_project_skills(conn, &of)?;
    let packages = projects::list_project_packages(conn, &of)?;
    let maintainers = projects::list_maintainer_ids(conn, &of)?;
    let given = assignments::list_given_hours(conn, &of)?;
    let facts = rows.iter().map(|(need, project)| {
        let mut ecosystems: Vec<String> = Vec::new();
        for package in packages.get(&project.id).into_iter().flatten() {
            if !ecosystems.contains(&package.ecosystem) {
                ecosystems.push(package.ecosystem.clone());
            }
        }
        NeedFacts {
            skills: skills.remove(&need.id).unwrap_or_default().iter().filter_map(wanted).collect(),
            domains: tags.get(&project.id).into_iter().flatten().filter_map(|tag| key(tag)).collect(),
            ecosystems,
            maintainers: maintainers.get(&project.id).cloned().unwrap_or_default(),
            review_hours_left: Some(
                (project.review_hours_per_week - given.get(&project.id).copied().unwrap_or(0.0)).max(0.0),
            ),
            ..own_facts(need, project)
        }
    });
    Ok(facts.collect())
}

fn own_facts(need: &Need, project: &Project) -> NeedFacts {
    let stated_by = ProjectFacts { id: project.id, slug: project.slug.clone(), name: project.name.clone() };
    NeedFacts {
        kind: Some(need.kind),
        size: Some(need.size),
        hours_per_week: need.hours_per_week,
        weeks: u32::try_from(need.weeks).ok(),
        seats_left: seats_left(need),
        is_open: is_open(need, project),
        urgency: need.urgency,
        access_level: AccessLevel::parse(i64::from(need.access_level)).ok(),
        vetted_only: need.visibility == NeedVisibility::Vetted,
        time_zones: need.time_zones.0.iter().filter_map(|zone| TimeZone::parse(zone).ok()).collect(),
        overlap_hours: need.overlap_hours,
        starts_on: need.starts_on,
        apply_until: need.apply_until,
        systemic_risk: project.systemic_risk,
        criticality: project.criticality_score,
        tier: project.criticality_tier.and_then(|tier| u8::try_from(tier).ok()),
        license: project.license.clone(),
        cla: project.cla,
        ai_policy: project.ai_policy,
        ..NeedFacts::new(need.id, stated_by, need.title.clone(), need.opened_at.unwrap_or(need.created_at))
    }
}

/// Stored names were checked when they were stored; one that can be no tag any more counts for nothing.
fn key(skill: &str) -> Option<SkillKey> {
    SkillKey::parse(skill).ok()
}

fn level(level: i16) -> Option<Level> {
    Level::parse(i64::from(level)).ok()
}

fn wanted(row: &NeedSkill) -> Option<WantedSkill> {
    Some(WantedSkill { skill: key(&row.skill)?, level: level(row.level)?, required: row.required })
}

/// A skill that work has confirmed counts by the day when it last did.
fn held(row: &ProfileSkill, seen: Option<&HashMap<String, NaiveDate>>) -> Option<HeldSkill> {
    let evidence = seen.and_then(|seen| seen.get(&row.skill)).map_or(Evidence::None, |on| Evidence::Confirmed(*on));
    Some(HeldSkill { skill: key(&row.skill)?, level: level(row.level)?, evidence })
}

/// A person with what else is known of them.
#[derive(Debug)]
pub(super) struct Person {
    pub profile: Profile,
    pub skills: Vec<ProfileSkill>,
    pub account: Account,
    pub facts: VolunteerFacts,
}

/// The people of these profiles, in their order.
pub(super) fn people(conn: &mut Conn, profiles: Vec<Profile>) -> Result<Vec<Person>> {
    let ids: Vec<AccountId> = profiles.iter().map(|profile| profile.account_id).collect();
    let mut skills = volunteers::list_profile_skills(conn, &ids)?;
    let seen = feedback::list_confirmed_skills(conn, &ids)?;
    let accounts = accounts::list_accounts(conn, &ids)?;
    let mut accounts: HashMap<AccountId, Account> = accounts.into_iter().map(|account| (account.id, account)).collect();
    let employers = organizations::list_employers(conn, &ids)?;
    let depends = dependencies(conn, employers.values().map(|employer| employer.id))?;
    let rules = employer_policies(conn, employers.values().map(|employer| employer.id))?;
    let mut promises = assignments::list_promises(conn, &ids)?;
    let mut earned = assignments::list_earned(conn, &ids)?;
    let open = proposals::list_open_applications(conn, &ids)?;
    let declined = proposals::list_declined(conn, &ids, None)?;
    let mut shared: HashMap<OrganizationId, Arc<EmployerFacts>> = HashMap::new();
    let mut found = Vec::with_capacity(profiles.len());
    for profile in profiles {
        let id = profile.account_id;
        let Some(account) = accounts.remove(&id) else { continue };
        let skills = skills.remove(&id).unwrap_or_default();
        let employer = employers.get(&id).map(|employer| {
            let depends_on = || depends.get(&employer.id).cloned().unwrap_or_default();
            let policy = || rules.get(&employer.id).cloned();
            let facts = || EmployerFacts { name: employer.name.clone(), policy: policy(), depends_on: depends_on() };
            shared.entry(employer.id).or_insert_with(|| Arc::new(facts())).clone()
        });
        let facts = VolunteerFacts {
            earned_on: Some(earned_on(&account, earned.remove(&id).unwrap_or_default())),
            commitments: promises.remove(&id).unwrap_or_default().into_iter().map(commitment).collect(),
            open_proposals: u32::try_from(open.iter().filter(|one| **one == id).count()).unwrap_or(u32::MAX),
            cool_downs: declined.iter().filter(|no| no.account_id == id).filter_map(cool_down).collect(),
            declined_needs: declined.iter().filter(|no| no.account_id == id).map(|no| no.need_id).collect(),
            ..volunteer_facts(&profile, &skills, seen.get(&id), &account, employer)
        };
        found.push(Person { profile, skills, account, facts });
    }
    Ok(found)
}

/// What these employers' products depend on, by their own bills of materials.
fn dependencies(
    conn: &mut Conn,
    employers: impl Iterator<Item = OrganizationId>,
) -> Result<HashMap<OrganizationId, Vec<(ProjectId, Dependency)>>> {
    let ids: BTreeSet<OrganizationId> = employers.collect();
    let ids: Vec<OrganizationId> = ids.into_iter().collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let kind = |depth| if depth == Some(1) { Dependency::Direct } else { Dependency::Transitive };
    let found = projects::list_dependencies(conn, &ids)?;
    let found = found
        .into_iter()
        .map(|(id, uses)| (id, uses.into_iter().map(|(project, depth)| (project, kind(depth))).collect()));
    Ok(found.collect())
}

/// The rules of those of these employers that have set some.
fn employer_policies(
    conn: &mut Conn,
    of: impl Iterator<Item = OrganizationId>,
) -> Result<HashMap<OrganizationId, EmployerPolicy>> {
    let of: BTreeSet<OrganizationId> = of.collect();
    let set = organizations::list_policies(conn, &of.into_iter().collect::<Vec<_>>())?;
    let slugs: BTreeSet<String> = set.iter().flat_map(|policy| policy.projects.0.iter().cloned()).collect();
    let known = projects::list_project_ids_by_slug(conn, &slugs.into_iter().collect::<Vec<_>>())?;
    let policies = set.into_iter().map(|policy| {
        let listed = || policy.projects.0.iter().filter_map(|slug| known.get(slug).copied()).collect();
        let facts = EmployerPolicy {
            projects: (policy.approval == Approval::List).then(listed),
            licenses: policy.licenses.0,
            kinds: policy.kinds.0,
            clas: policy.cla_kinds.0,
            max_hours_per_week: policy.max_hours_per_person,
        };
        (policy.organization_id, facts)
    });
    Ok(policies.collect())
}

/// The person with this account, if they have said what they offer.
pub(super) fn person(conn: &mut Conn, id: AccountId) -> Result<Option<Person>> {
    let profile = volunteers::find_profile(conn, id)?;
    Ok(people(conn, profile.into_iter().collect())?.pop())
}

fn commitment(Promise { hours_per_week, from, until }: Promise) -> Commitment {
    Commitment { hours_per_week, from: Some(from), until: Some(until) }
}

/// The first whole day on which high access is earned, where the account is hard to take over as well.
fn earned_on(account: &Account, earned: Vec<(ProjectId, Timestamp)>) -> Vec<(ProjectId, NaiveDate)> {
    if account.mfa_enabled_at.is_none() {
        return Vec::new();
    }
    earned.into_iter().filter_map(|(project, at)| Some((project, at.date_naive().succ_opt()?))).collect()
}

fn cool_down(no: &Declined) -> Option<CoolDown> {
    let until = (no.at? + proposals::COOL_DOWN).date_naive();
    Some(CoolDown { project: no.project_id, until: until.succ_opt()? })
}

fn volunteer_facts(
    profile: &Profile,
    skills: &[ProfileSkill],
    seen: Option<&HashMap<String, NaiveDate>>,
    account: &Account,
    employer: Option<Arc<EmployerFacts>>,
) -> VolunteerFacts {
    VolunteerFacts {
        skills: skills.iter().filter_map(|row| held(row, seen)).collect(),
        learning: profile.learning.0.iter().filter_map(|skill| key(skill)).collect(),
        hours_per_week: profile.hours_per_week,
        time_zone: TimeZone::parse(&profile.time_zone).ok(),
        languages: profile.languages.0.iter().filter_map(|tag| LanguageTag::parse(tag).ok()).collect(),
        interest_kinds: profile.interests.0.clone(),
        interest_domains: profile.domains.0.iter().filter_map(|domain| key(domain)).collect(),
        max_access_level: AccessLevel::parse(i64::from(profile.max_access_level)).ok(),
        unavailable: profile.unavailable.0.iter().map(|away| Period { from: away.from, until: away.until }).collect(),
        available_from: profile.available_from,
        employer,
        ..VolunteerFacts::new(account.id, account.handle.clone())
    }
}
