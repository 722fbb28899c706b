//! Stating and changing needs.

use super::read::{NeedCard, card, find_visible};
use crate::features::accounts::policy::require_verified;
use crate::features::audit;
use crate::features::needs::input::{CheckedNeed, NeedInput, WantedSkill};
use crate::features::needs::model::{Need, NeedSkill, NeedStatus};
use crate::features::needs::problems::{ENDED, HOURS_GIVEN, SEATS_TAKEN};
use crate::features::needs::{NEED_CHANGED, policy, store};
use crate::features::projects::{self, Project};
use crate::infra::Ctx;
use crate::infra::db::sql::Json;
use crate::infra::db::{Conn, feed};
use crate::kernel::{AccountId, Actor, Allowed, Error, IfMatch, NeedId, ProjectId, RequestId, Result, Timestamp, fold};
use std::collections::BTreeSet;

/// States a need as a draft.
pub(in crate::features::needs) async fn create(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    input: NeedInput,
) -> Result<NeedCard> {
    let (probe, asking) = (slug.clone(), actor.clone());
    // Who may not do it learns that before what is wrong with the input.
    ctx.store().read(move |conn| may_state(conn, &asking, &probe).map(|_| ())).await?;
    require_verified(actor)?;
    input.check(ctx.now().date_naive())?;
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let project = may_state(conn, &actor, &slug)?;
            let need = create_in(conn, &inner, project.id, &input, Some(actor.account_id), &actor.request_id)?;
            card(conn, need, project.into_inner())
        })
        .await
}

fn may_state(conn: &mut Conn, actor: &Actor, slug: &str) -> Result<Allowed<Project>> {
    let (project, standing) = projects::find_visible(conn, Some(actor), slug)?;
    projects::policy::may_maintain(&standing).prove(project, "project")
}

/// The same within a transaction at hand.
pub fn create_in(
    conn: &mut Conn,
    ctx: &Ctx,
    project: ProjectId,
    input: &NeedInput,
    by: Option<AccountId>,
    request_id: &RequestId,
) -> Result<Need> {
    let now = ctx.now();
    let checked = input.check(now.date_naive())?;
    let id: NeedId = ctx.ids().make();
    let skills = skill_rows(id, &checked);
    let need = Need {
        status: NeedStatus::Draft,
        revision: 1,
        version: 1,
        opened_at: None,
        renew_by: None,
        created_at: now,
        ..row(id, project, input, checked, now)
    };
    store::insert_need(conn, &need, &skills)?;
    let change = audit::Change {
        machine: "need",
        entity: id.into(),
        actor: by,
        from: None,
        to: NeedStatus::Draft.as_str(),
        reason: None,
        request_id,
    };
    audit::record(conn, ctx, change)?;
    Ok(need)
}

fn row(id: NeedId, project_id: ProjectId, input: &NeedInput, checked: CheckedNeed, now: Timestamp) -> Need {
    Need {
        id,
        project_id,
        search: fold(&format!("{} {}", checked.title, checked.description)),
        title: checked.title,
        kind: input.kind,
        description: checked.description,
        size: input.size,
        hours_per_week: checked.hours_per_week,
        weeks: checked.weeks,
        seats: checked.seats,
        urgency: input.urgency,
        access_level: checked.access_level,
        visibility: input.visibility,
        time_zones: Json(checked.time_zones),
        overlap_hours: checked.overlap_hours,
        starts_on: input.starts_on,
        apply_until: input.apply_until,
        links: Json(checked.links),
        response_days: checked.response_days,
        sample_note: input.sample_note.clone(),
        status: NeedStatus::Draft,
        revision: 1,
        version: 1,
        opened_at: None,
        renew_by: None,
        created_at: now,
        updated_at: now,
        seats_taken: 0,
    }
}

fn skill_rows(need_id: NeedId, checked: &CheckedNeed) -> Vec<NeedSkill> {
    let skills = checked.skills.iter().zip(0i16..);
    let row = |(skill, position): (&crate::features::needs::input::CheckedSkill, i16)| NeedSkill {
        need_id,
        skill: skill.slug.clone(),
        position,
        level: skill.level,
        required: skill.required,
    };
    skills.map(row).collect()
}

/// Changes a need: `edit` is laid over what is there, and the whole is checked anew.
pub(in crate::features::needs) async fn update(
    ctx: &Ctx,
    actor: &Actor,
    id: NeedId,
    if_match: IfMatch,
    edit: impl Fn(NeedInput) -> NeedInput + Send + 'static,
) -> Result<NeedCard> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let (seen, _, standing) = find_visible(conn, Some(&actor), id)?;
            policy::may_edit(&standing, seen.status, seen.visibility).prove((), "need")?;
            require_verified(&actor)?;
            let project = projects::lock_project(conn, seen.project_id)?;
            let need = store::lock_need(conn, id)?;
            let old = policy::may_edit(&standing, need.status, need.visibility).prove(need, "need")?;
            if_match.require(old.version)?;
            if old.status.is_ended() {
                return Err(Error::new(&ENDED, format!("This need is {}; it stays as it is.", old.status)));
            }
            let skills = store::list_need_skills(conn, &[id])?.remove(&id).unwrap_or_default();
            let input = edit(input_of(&old, &skills));
            let checked = input.check(inner.now().date_naive())?;
            let rows = skill_rows(id, &checked);
            let new = row(id, old.project_id, &input, checked, inner.now());
            if new.seats < old.seats_taken {
                let detail = format!("{} seats are taken, so there can't be only {}.", old.seats_taken, new.seats);
                return Err(Error::new(&SEATS_TAKEN, detail));
            }
            require_room(conn, &old, &new)?;
            let revision = old.revision + i32::from(asks_more(&old, &skills, &new, &rows));
            let new = Need { revision, status: old.status, ..new };
            if old.status.is_live() {
                super::transitions::require_budget(conn, &project, &new)?;
            }
            store::replace_need(conn, &old, &new, &rows)?;
            feed::note(conn, inner.ids(), NEED_CHANGED, id)?;
            if new.revision != old.revision {
                super::seats::tell(conn, &inner, super::seats::NEED_REVISED, id)?;
            }
            let need = store::get_need(conn, id)?;
            card(conn, need, project)
        })
        .await
}

/// Whoever is at work already keeps their hours.
fn require_room(conn: &mut Conn, old: &Need, new: &Need) -> Result<()> {
    let hours = |need: &Need| need.hours_per_week * f64::from(need.seats);
    if hours(new) >= hours(old) {
        return Ok(());
    }
    let given = store::given_hours(conn, old.id)?;
    if given <= hours(new) {
        return Ok(());
    }
    let detail = format!("Assignments take {given} hours a week; over all seats it would ask for {}.", hours(new));
    Err(Error::new(&HOURS_GIVEN, detail).with_extra("hours_given", given))
}

/// Whether those who applied have to look again: other skills, in whatever order, or another access level.
fn asks_more(old: &Need, old_skills: &[NeedSkill], new: &Need, new_skills: &[NeedSkill]) -> bool {
    let asked = |skills: &[NeedSkill]| -> BTreeSet<(String, i16, bool)> {
        skills.iter().map(|row| (row.skill.clone(), row.level, row.required)).collect()
    };
    old.access_level != new.access_level || asked(old_skills) != asked(new_skills)
}

fn input_of(need: &Need, skills: &[NeedSkill]) -> NeedInput {
    let skill =
        |row: &NeedSkill| WantedSkill { skill: row.skill.clone(), level: i64::from(row.level), required: row.required };
    NeedInput {
        title: need.title.clone(),
        kind: need.kind,
        description: need.description.clone(),
        skills: skills.iter().map(skill).collect(),
        size: need.size,
        hours_per_week: need.hours_per_week,
        weeks: i64::from(need.weeks),
        seats: i64::from(need.seats),
        urgency: need.urgency,
        access_level: i64::from(need.access_level),
        visibility: need.visibility,
        time_zones: need.time_zones.0.clone(),
        overlap_hours: need.overlap_hours,
        starts_on: need.starts_on,
        apply_until: need.apply_until,
        links: need.links.0.clone(),
        response_days: i64::from(need.response_days),
        sample_note: need.sample_note.clone(),
    }
}
