//! Whom a call reaches, by mail that goes before all other mail.

use super::call::{Reach, invited};
use super::log;
use crate::features::advisories::{self, AdvisoryPackage};
use crate::features::organizations;
use crate::features::pledges::{self, Focus};
use crate::features::projects::{self, Project};
use crate::features::swarms::letters;
use crate::features::swarms::model::{
    ExposedRow, Finding, Participant, ParticipantOrigin, ParticipantRole, Swarm, SwarmEntryKind,
};
use crate::features::swarms::store;
use crate::features::volunteers::{self, Profile, ProfileVisibility};
use crate::infra::db::Conn;
use crate::infra::{Ctx, outbox};
use crate::kernel::{AccountId, Error, NeedKind, OrganizationId, Purl, Result, SwarmId};
use chrono::NaiveDate;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The job that finds out who is affected and calls people out.
pub const CALL_OUT: &str = "call_out_swarm";
/// The job that tells organizations that they are affected.
pub const NOTIFY: &str = "notify_exposed";

/// People in one transaction.
const AT_ONCE: usize = 50;
/// Profiles read at a time.
const PROFILES: i64 = 500;
/// So many volunteers are called out at most: more would not help, and a call is an alarm.
const MOST_VOLUNTEERS: usize = 200;

#[derive(Debug, Deserialize)]
struct CallOut {
    swarm: SwarmId,
    reach: Reach,
}

#[derive(Debug, Deserialize)]
struct Notify {
    swarm: SwarmId,
    #[serde(default)]
    organizations: Option<Vec<OrganizationId>>,
}

fn payload<T: serde::de::DeserializeOwned>(payload: &serde_json::Value) -> Result<T> {
    T::deserialize(payload).map_err(Error::internal)
}

/// Offers these people a part, those who have none yet, and mails them; returns how many.
pub(super) fn ask(
    conn: &mut Conn,
    ctx: &Ctx,
    swarm: &Swarm,
    people: &[AccountId],
    role: ParticipantRole,
    origin: ParticipantOrigin,
) -> Result<usize> {
    let known = store::list_known(conn, swarm.id, people)?;
    let fresh: BTreeSet<AccountId> = people.iter().copied().filter(|id| !known.contains(id)).collect();
    let reachable = store::list_reachable(conn, &fresh.into_iter().collect::<Vec<_>>())?;
    let rows: Vec<Participant> = reachable.iter().map(|(id, _, _)| invited(ctx, swarm.id, *id, role, origin)).collect();
    store::insert_participants(conn, &rows)?;
    let facts = letters::Facts::of(conn, ctx, swarm)?;
    for (_, address, name) in &reachable {
        outbox::post_urgent(conn, ctx, &letters::call(ctx, &facts, origin, address, name)?)?;
    }
    Ok(rows.len())
}

/// Writes down the organizations that are affected and were not known to be; returns how many.
fn expose(conn: &mut Conn, ctx: &Ctx, swarm: &Swarm) -> Result<usize> {
    let advisory = advisories::get_advisory(conn, swarm.advisory_id)?;
    let known: BTreeSet<OrganizationId> =
        store::list_organizations(conn, swarm.id)?.into_iter().map(|row| row.organization_id).collect();
    let found = advisories::exposed_organizations(conn, &advisory)?;
    let fresh: Vec<ExposedRow> = found
        .into_iter()
        .filter(|exposed| !known.contains(&exposed.organization_id))
        .map(|exposed| ExposedRow {
            swarm_id: swarm.id,
            organization_id: exposed.organization_id,
            finding: Finding::NotChecked,
            products: i32::try_from(exposed.products).unwrap_or(i32::MAX),
            found_at: ctx.now(),
            notified_at: None,
            answered_at: None,
        })
        .collect();
    store::insert_organizations(conn, &fresh)?;
    Ok(fresh.len())
}

/// Works off a call: who is affected, and who comes to help. Safe to repeat: whoever has a part is not asked again.
///
/// # Errors
/// Where the database fails.
pub async fn call_out(ctx: &Ctx, job: &serde_json::Value) -> Result<()> {
    let CallOut { swarm: id, reach } = payload(job)?;
    let inner = ctx.clone();
    let swarm = ctx
        .store()
        .write(move |conn| {
            let swarm = store::lock_swarm(conn, id)?;
            let exposed = expose(conn, &inner, &swarm)?;
            if exposed > 0 {
                let text = format!("{exposed} organizations are affected by their bills of materials.");
                log(conn, &inner, id, None, SwarmEntryKind::Finding, text)?;
            }
            Ok(swarm)
        })
        .await?;
    if swarm.status.is_over() {
        return Ok(());
    }
    let today = ctx.now().date_naive();
    let found = swarm.clone();
    let (on_call, volunteers) = ctx
        .store()
        .read(move |conn| {
            let topic = Topic::of(conn, &found)?;
            let on_call = if reach == Reach::Nobody { Vec::new() } else { on_call(conn, &topic, today)? };
            let wanted = reach == Reach::OnCallAndVetted;
            let volunteers = if wanted { fitting(conn, &topic, &on_call, today)? } else { Vec::new() };
            Ok((on_call, volunteers))
        })
        .await?;
    let mut asked = 0;
    for (people, origin) in [(on_call, ParticipantOrigin::OnCall), (volunteers, ParticipantOrigin::Matched)] {
        for some in people.chunks(AT_ONCE) {
            let (inner, swarm, some) = (ctx.clone(), swarm.clone(), some.to_vec());
            asked += ctx
                .store()
                .write(move |conn| ask(conn, &inner, &swarm, &some, ParticipantRole::Analyst, origin))
                .await?;
        }
    }
    let inner = ctx.clone();
    ctx.store()
        .write(move |conn| {
            if asked > 0 {
                log(conn, &inner, id, None, SwarmEntryKind::Participant, format!("{asked} people were called out."))?;
            }
            Ok(())
        })
        .await
}

/// What a swarm is about, as far as pledges and people are chosen by it.
struct Topic {
    project: Option<Project>,
    skills: Vec<String>,
    ecosystems: BTreeSet<String>,
}

impl Topic {
    fn of(conn: &mut Conn, swarm: &Swarm) -> Result<Self> {
        let packages = advisories::packages_of(conn, swarm.advisory_id)?;
        let kind = |row: &AdvisoryPackage| {
            let purl: Purl = row.package.as_deref()?.parse().ok()?;
            Some(purl.ty().to_owned())
        };
        let ecosystems = packages.iter().filter_map(kind).collect();
        let (mut project, mut skills) = (None, Vec::new());
        if let Some(id) = swarm.project_id {
            skills = projects::list_project_skills(conn, &[id])?.remove(&id).unwrap_or_default();
            project = Some(projects::get_project(conn, id)?);
        }
        Ok(Self { project, skills, ecosystems })
    }

    fn is_in_focus(&self, focus: &Focus) -> bool {
        let project = self.project.as_ref();
        let fits_project =
            focus.projects.is_empty() || project.is_some_and(|project| focus.projects.contains(&project.id));
        let fits_kind = focus.kinds.is_empty()
            || focus.kinds.iter().any(|kind| matches!(kind, NeedKind::VulnerabilityResponse | NeedKind::SecurityAudit));
        let fits_ecosystem =
            focus.ecosystems.is_empty() || focus.ecosystems.iter().any(|ecosystem| self.ecosystems.contains(ecosystem));
        let license = project.and_then(|project| project.license.as_ref());
        let fits_license = focus.licenses.is_empty() || license.is_none_or(|license| focus.licenses.contains(license));
        fits_project && fits_kind && fits_ecosystem && fits_license
    }
}

/// The people of organizations whose pledges are on call for this.
fn on_call(conn: &mut Conn, topic: &Topic, today: NaiveDate) -> Result<Vec<AccountId>> {
    let mut organizations: BTreeSet<OrganizationId> = BTreeSet::new();
    for pledge in pledges::list_on_call(conn, today)? {
        if topic.is_in_focus(&pledge.focus.0) {
            organizations.insert(pledge.organization_id);
        }
    }
    let mut people = BTreeSet::new();
    for organization in organizations {
        people.extend(organizations::list_member_ids(conn, organization)?);
    }
    Ok(people.into_iter().collect())
}

fn is_available(profile: &Profile, today: NaiveDate) -> bool {
    let away = profile.unavailable.0.iter().any(|away| (away.from..=away.until).contains(&today));
    let offers = profile.hours_per_week > 0.0 && profile.visibility != ProfileVisibility::Hidden;
    offers && !away && profile.available_from.is_none_or(|from| from <= today)
}

/// Vetted volunteers who like such work, have time now, and know a skill of the project where it names any.
fn fitting(conn: &mut Conn, topic: &Topic, others: &[AccountId], today: NaiveDate) -> Result<Vec<AccountId>> {
    let (mut after, mut found) = (None, Vec::new());
    loop {
        let profiles = volunteers::list_profiles(conn, after, PROFILES)?;
        let Some(last) = profiles.last() else { break };
        after = Some(last.account_id);
        let likes = |profile: &&Profile| {
            let kinds = &profile.interests.0;
            kinds.contains(&NeedKind::VulnerabilityResponse) || kinds.contains(&NeedKind::SecurityAudit)
        };
        let willing: Vec<AccountId> = profiles
            .iter()
            .filter(|profile| is_available(profile, today) && !others.contains(&profile.account_id))
            .filter(likes)
            .map(|profile| profile.account_id)
            .collect();
        let held = volunteers::list_profile_skills(conn, &willing)?;
        let skilled = |id: &AccountId| {
            let own = held.get(id).map(Vec::as_slice).unwrap_or_default();
            topic.skills.is_empty() || own.iter().any(|skill| topic.skills.contains(&skill.skill))
        };
        let skilled: Vec<AccountId> = willing.into_iter().filter(skilled).collect();
        found.extend(store::list_vetted(conn, &skilled)?);
        if found.len() >= MOST_VOLUNTEERS {
            break;
        }
    }
    found.truncate(MOST_VOLUNTEERS);
    Ok(found)
}

/// Tells organizations that they are affected: those who run them are asked to take part for them. Safe to repeat: whoever
/// was told is not told again.
///
/// # Errors
/// Where the database fails.
pub async fn notify(ctx: &Ctx, job: &serde_json::Value) -> Result<()> {
    let Notify { swarm: id, organizations } = payload(job)?;
    let inner = ctx.clone();
    let waiting = ctx
        .store()
        .write(move |conn| {
            let swarm = store::lock_swarm(conn, id)?;
            expose(conn, &inner, &swarm)?;
            let rows = store::list_organizations(conn, id)?.into_iter().filter(|row| row.notified_at.is_none());
            let rows = rows.map(|row| row.organization_id);
            let asked = |id: &OrganizationId| organizations.as_ref().is_none_or(|some| some.contains(id));
            Ok(rows.filter(asked).collect::<Vec<_>>())
        })
        .await?;
    for some in waiting.chunks(AT_ONCE) {
        let (inner, some) = (ctx.clone(), some.to_vec());
        ctx.store().write(move |conn| tell(conn, &inner, id, &some)).await?;
    }
    Ok(())
}

fn tell(conn: &mut Conn, ctx: &Ctx, id: SwarmId, organizations: &[OrganizationId]) -> Result<()> {
    let swarm = store::lock_swarm(conn, id)?;
    let managers = store::list_managers(conn, organizations)?;
    let people: Vec<AccountId> = managers.iter().map(|(_, account)| *account).collect();
    let known = store::list_known(conn, id, &people)?;
    let reachable: BTreeMap<AccountId, (String, String)> = store::list_reachable(conn, &people)?
        .into_iter()
        .map(|(account, address, name)| (account, (address, name)))
        .collect();
    let facts = letters::Facts::of(conn, ctx, &swarm)?;
    let (mut rows, mut seen) = (Vec::new(), BTreeSet::new());
    for (organization, account) in managers {
        let Some((address, name)) = reachable.get(&account).filter(|_| seen.insert(account)) else { continue };
        if !known.contains(&account) {
            let row = invited(ctx, id, account, ParticipantRole::Contact, ParticipantOrigin::Notified);
            rows.push(Participant { organization_id: Some(organization), ..row });
        }
        outbox::post_urgent(conn, ctx, &letters::call(ctx, &facts, ParticipantOrigin::Notified, address, name)?)?;
    }
    store::insert_participants(conn, &rows)?;
    store::set_notified(conn, id, organizations, ctx.now())?;
    log(conn, ctx, id, None, SwarmEntryKind::Notice, format!("{} organizations were told.", organizations.len()))
}
