//! An unmet requirement becomes a need, and the need's end asks for the assessment again.

use super::requirement;
use crate::features::accounts::policy::require_verified;
use crate::features::baseline::catalog::{Help, Requirement};
use crate::features::baseline::model::{AssessmentStatus, NeedLink};
use crate::features::baseline::problems::{NEED_EXISTS, NOT_UNMET};
use crate::features::baseline::store;
use crate::features::needs::{self, Need, NeedInput, NeedStatus, NeedVisibility, WantedSkill};
use crate::features::projects::{self, Project};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{Actor, Error, NeedId, Result, Urgency};
use serde_json::Value;

/// States the need that would meet this requirement, as a draft.
pub(in crate::features::baseline) async fn state_need(
    ctx: &Ctx,
    actor: &Actor,
    (slug, id): (String, String),
) -> Result<(Need, &'static Requirement)> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let (project, standing) = projects::lock_visible(conn, &actor, &slug)?;
            let project = projects::policy::may_maintain(&standing).prove(project, "project")?;
            require_verified(&actor)?;
            let requirement = requirement(&id)?;
            require_unmet(conn, &project, requirement)?;
            refuse_double(conn, &project, requirement)?;
            let help = requirement.help.as_ref().ok_or_else(|| Error::not_found("requirement"))?;
            let input = draft(requirement, help);
            let need = needs::create_in(conn, &inner, project.id, &input, Some(actor.account_id), &actor.request_id)?;
            let link = NeedLink {
                need_id: need.id,
                project_id: project.id,
                requirement: requirement.id.to_owned(),
                created_at: inner.now(),
            };
            store::insert_link(conn, &link)?;
            store::touch_standing(conn, project.id, inner.now())?;
            Ok((need, requirement))
        })
        .await
}

fn require_unmet(conn: &mut Conn, project: &Project, requirement: &Requirement) -> Result<()> {
    let current = store::list_current(conn, project.id)?;
    let said = current.iter().find(|(row, _)| row.requirement == requirement.id).map(|(row, _)| row.status);
    match said.unwrap_or(AssessmentStatus::Unknown) {
        AssessmentStatus::Unmet => Ok(()),
        other => Err(Error::new(&NOT_UNMET, format!("{} is assessed as {other}.", requirement.id))),
    }
}

fn refuse_double(conn: &mut Conn, project: &Project, requirement: &Requirement) -> Result<()> {
    let ids = store::list_links(conn, project.id)?.remove(requirement.id).unwrap_or_default();
    let open = |need: &&(Need, Project)| !need.0.status.is_ended() && need.0.status != NeedStatus::Fulfilled;
    let needs = needs::list_needs_by_id(conn, &ids)?;
    match needs.iter().find(open) {
        None => Ok(()),
        Some((need, _)) => {
            let detail = format!("The need /api/v1/needs/{} ({}) is for {}.", need.id, need.status, requirement.id);
            Err(Error::new(&NEED_EXISTS, detail))
        }
    }
}

/// The need in the words of the catalog.
fn draft(requirement: &Requirement, help: &Help) -> NeedInput {
    let (hours_per_week, weeks) = help.effort();
    let level = requirement.levels.iter().min().copied().unwrap_or(1);
    let description = format!(
        "{}\n\nIt is done when this holds: {}\n\nThat is what [{id}]({url}) of the Open Source Project Security Baseline asks for, from level {level} on.",
        help.text,
        requirement.text,
        id = requirement.id,
        url = requirement.url(),
    );
    let skill = |(at, (skill, level)): (usize, &(&str, i64))| WantedSkill {
        skill: (*skill).to_owned(),
        level: *level,
        required: at == 0,
    };
    NeedInput {
        title: help.title.to_owned(),
        kind: help.kind,
        description,
        skills: help.skills.iter().enumerate().map(skill).collect(),
        size: help.size,
        hours_per_week,
        weeks,
        seats: 1,
        urgency: if level == 1 { Urgency::High } else { Urgency::Normal },
        access_level: help.access_level,
        visibility: if help.access_level >= 3 { NeedVisibility::Vetted } else { NeedVisibility::Public },
        time_zones: Vec::new(),
        overlap_hours: None,
        starts_on: None,
        apply_until: None,
        links: vec![requirement.url()],
        response_days: 7,
        sample_note: None,
    }
}

/// Asks for the assessment again whose need is fulfilled: the job [`needs::NEED_FULFILLED`].
pub async fn ask_again(ctx: Ctx, payload: Value) -> Result<()> {
    let id = payload.get("need_id").cloned().unwrap_or_default();
    let id: NeedId = serde_json::from_value(id).map_err(Error::internal)?;
    let inner = ctx.clone();
    ctx.store()
        .write(move |conn| {
            let Some(link) = store::find_link(conn, id)? else { return Ok(()) };
            projects::lock_project(conn, link.project_id)?;
            if store::ask_again(conn, link.project_id, &link.requirement, inner.now())? {
                store::touch_standing(conn, link.project_id, inner.now())?;
            }
            Ok(())
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::baseline::catalog;

    #[test]
    fn every_requirement_gives_a_need_in_words_of_its_own() {
        for requirement in catalog::requirements() {
            let help = requirement.help.as_ref().unwrap();
            let need = draft(requirement, help);
            assert!(need.description.contains(requirement.id) && need.description.contains(requirement.text));
            assert_eq!(need.skills.iter().filter(|skill| skill.required).count(), 1, "{}", requirement.id);
            let vetted = need.visibility == NeedVisibility::Vetted;
            assert_eq!(vetted, need.access_level >= 3, "{}: keys are not handed to strangers", requirement.id);
        }
    }
}
