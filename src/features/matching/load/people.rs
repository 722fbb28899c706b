//! People, with what they have promised and been told, and what their employers allow.

use super::{Keys, in_place, level, of};
use crate::features::accounts::{self, Account, AccountGist, AccountStatus};
use crate::features::assignments::{self, Promise};
use crate::features::feedback;
use crate::features::matching::score::{
    Commitment, CoolDown, Dependency, EmployerFacts, EmployerPolicy, Evidence, HeldSkill, Period, VolunteerFacts,
};
use crate::features::organizations::{self, Approval};
use crate::features::projects;
use crate::features::proposals::{self, Declined};
use crate::features::volunteers::{self, Held, Profile, ProfileSkill, ProfileVisibility};
use crate::infra::db::{Among, Conn};
use crate::kernel::{AccessLevel, AccountId, LanguageTag, OrganizationId, ProjectId, Result, TimeZone, Timestamp};
use chrono::NaiveDate;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Whether projects may see a person in their matches: not before the mail address is known to be theirs.
pub(in crate::features::matching) fn is_shown(profile: &Profile, account: &Account) -> bool {
    shows(profile, account.status, account.email_verified_at)
}

/// The same by less of the account.
pub(in crate::features::matching) fn is_offered(profile: &Profile, account: &AccountGist) -> bool {
    shows(profile, account.status, account.email_verified_at)
}

fn shows(profile: &Profile, status: AccountStatus, verified_at: Option<Timestamp>) -> bool {
    profile.visibility != ProfileVisibility::Hidden
        && profile.suspended_at.is_none()
        && status == AccountStatus::Active
        && verified_at.is_some()
}

/// A skill that work has confirmed counts by the day when it last did.
fn held(row: &Held, seen: Option<&HashMap<String, NaiveDate>>, keys: &mut Keys) -> Vec<HeldSkill> {
    let one = |(place, stated, name): (i32, i32, &str)| {
        let evidence = seen.and_then(|seen| seen.get(name)).map_or(Evidence::None, |on| Evidence::Confirmed(*on));
        Some((place, HeldSkill { skill: keys.of(name)?, level: level(stated)?, evidence }))
    };
    in_place(row.skills().filter_map(one).collect())
}

/// A person with what else is known of them.
#[derive(Debug)]
pub(in crate::features::matching) struct Person {
    pub profile: Profile,
    pub skills: Vec<ProfileSkill>,
    pub account: Account,
    pub facts: VolunteerFacts,
}

/// What these people offer, in their order.
pub(in crate::features::matching) fn volunteers(
    conn: &mut Conn,
    rows: Vec<(Profile, AccountGist)>,
    whose: Among<'_, AccountId>,
) -> Result<Vec<VolunteerFacts>> {
    let skills = volunteers::list_held(conn, whose)?;
    let seen = feedback::list_confirmed_skills(conn, whose)?;
    let employers = organizations::list_employers(conn, whose)?;
    let ids: BTreeSet<OrganizationId> = employers.values().map(|(id, _)| *id).collect();
    let ids: Vec<OrganizationId> = ids.into_iter().collect();
    let depends = dependencies(conn, &ids)?;
    let rules = employer_policies(conn, &ids)?;
    let mut promises = assignments::list_promises(conn, whose)?;
    let mut earned = assignments::list_earned(conn, whose)?;
    let mut open: HashMap<AccountId, u32> = HashMap::new();
    for account in proposals::list_open_applications(conn, whose)? {
        *open.entry(account).or_default() += 1;
    }
    let mut declined: HashMap<AccountId, Vec<Declined>> = HashMap::new();
    for no in proposals::list_declined(conn, whose, None)? {
        declined.entry(no.account_id).or_default().push(no);
    }
    let mut shared: HashMap<OrganizationId, Arc<EmployerFacts>> = HashMap::new();
    let mut keys = Keys::default();
    let facts = rows.into_iter().map(|(profile, account)| {
        let id = account.id;
        let employer = employers.get(&id).map(|(employer, name)| {
            let depends_on = || depends.get(employer).cloned().unwrap_or_default();
            let policy = || rules.get(employer).cloned();
            let facts = || EmployerFacts { name: name.clone(), policy: policy(), depends_on: depends_on() };
            shared.entry(*employer).or_insert_with(|| Arc::new(facts())).clone()
        });
        let (seen, noes) = (seen.get(&id), declined.remove(&id).unwrap_or_default());
        VolunteerFacts {
            skills: of(&skills, &id, |row| row.account_id).map(|row| held(row, seen, &mut keys)).unwrap_or_default(),
            earned_on: Some(earned_on(&account, earned.remove(&id).unwrap_or_default())),
            commitments: promises.remove(&id).unwrap_or_default().into_iter().map(commitment).collect(),
            open_proposals: open.get(&id).copied().unwrap_or(0),
            cool_downs: noes.iter().filter_map(cool_down).collect(),
            declined_needs: noes.iter().map(|no| no.need_id).collect(),
            employer,
            ..volunteer_facts(profile, account, &mut keys)
        }
    });
    Ok(facts.collect())
}

/// The same of the people with these ids who may be shown, in no particular order.
pub(in crate::features::matching) fn volunteers_by_id(
    conn: &mut Conn,
    ids: &[AccountId],
) -> Result<Vec<VolunteerFacts>> {
    let mut rows = volunteers::list_offers_by_id(conn, ids)?;
    rows.retain(|(profile, account)| is_offered(profile, account));
    volunteers(conn, rows, Among::Ids(ids))
}

/// What the person with this account offers, if they have said so.
pub(in crate::features::matching) fn offered(conn: &mut Conn, id: AccountId) -> Result<Option<VolunteerFacts>> {
    let rows = volunteers::list_offers_by_id(conn, &[id])?;
    Ok(if rows.is_empty() { None } else { volunteers(conn, rows, Among::Ids(&[id]))?.pop() })
}

/// The same, with everything else that is shown of them.
pub(in crate::features::matching) fn person(conn: &mut Conn, id: AccountId) -> Result<Option<Person>> {
    let Some(facts) = offered(conn, id)? else { return Ok(None) };
    let Some(profile) = volunteers::find_profile(conn, id)? else { return Ok(None) };
    let skills = volunteers::list_profile_skills(conn, &[id])?.remove(&id).unwrap_or_default();
    Ok(Some(Person { profile, skills, account: accounts::get_account(conn, id)?, facts }))
}

/// What these employers' products depend on, by their own bills of materials.
fn dependencies(
    conn: &mut Conn,
    ids: &[OrganizationId],
) -> Result<HashMap<OrganizationId, Vec<(ProjectId, Dependency)>>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let kind = |depth| if depth == Some(1) { Dependency::Direct } else { Dependency::Transitive };
    let found = projects::list_dependencies(conn, ids)?;
    let found = found
        .into_iter()
        .map(|(id, uses)| (id, uses.into_iter().map(|(project, depth)| (project, kind(depth))).collect()));
    Ok(found.collect())
}

/// The rules of those of these employers that have set some.
fn employer_policies(conn: &mut Conn, ids: &[OrganizationId]) -> Result<HashMap<OrganizationId, EmployerPolicy>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let set = organizations::list_policies(conn, ids)?;
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

fn commitment(Promise { hours_per_week, from, until }: Promise) -> Commitment {
    Commitment { hours_per_week, from: Some(from), until: Some(until) }
}

/// The first whole day on which high access is earned, where the account is hard to take over as well.
fn earned_on(account: &AccountGist, earned: Vec<(ProjectId, Timestamp)>) -> Vec<(ProjectId, NaiveDate)> {
    if account.mfa_enabled_at.is_none() {
        return Vec::new();
    }
    earned.into_iter().filter_map(|(project, at)| Some((project, at.date_naive().succ_opt()?))).collect()
}

fn cool_down(no: &Declined) -> Option<CoolDown> {
    let until = (no.at? + proposals::COOL_DOWN).date_naive();
    Some(CoolDown { project: no.project_id, until: until.succ_opt()? })
}

fn volunteer_facts(profile: Profile, account: AccountGist, keys: &mut Keys) -> VolunteerFacts {
    VolunteerFacts {
        learning: profile.learning.0.iter().filter_map(|skill| keys.of(skill)).collect(),
        hours_per_week: profile.hours_per_week,
        time_zone: TimeZone::parse(&profile.time_zone).ok(),
        languages: profile.languages.0.iter().filter_map(|tag| LanguageTag::parse(tag).ok()).collect(),
        interest_kinds: profile.interests.0,
        interest_domains: profile.domains.0.iter().filter_map(|domain| keys.of(domain)).collect(),
        max_access_level: AccessLevel::parse(i64::from(profile.max_access_level)).ok(),
        unavailable: profile.unavailable.0.iter().map(|away| Period { from: away.from, until: away.until }).collect(),
        available_from: profile.available_from,
        ..VolunteerFacts::new(account.id, account.handle)
    }
}
