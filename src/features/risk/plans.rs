//! What projects say that they will come to depend on: declared by their people, counted apart from what is.

use super::model::PlannedDependency;
use super::refresh::ask_in;
use super::store;
use crate::features::accounts::policy::require_verified;
use crate::features::audit;
use crate::features::projects::{self, Project, policy::may_maintain};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{Actor, Caller, Check, Fault, Line, ProjectId, Result};
use std::collections::HashMap;

/// Projects that one project may plan to depend on.
const MOST_PLANS: usize = 20;

/// One thing that a project plans.
#[derive(Debug, Clone)]
pub(super) struct PlanInput {
    pub needs: String,
    pub note: Option<String>,
}

/// A plan, and the project that it names.
pub(super) type Plan = (PlannedDependency, Project);

fn of(conn: &mut Conn, project: ProjectId) -> Result<Vec<Plan>> {
    let rows = store::list_plans(conn, project)?;
    let ids: Vec<ProjectId> = rows.iter().map(|row| row.needed_id).collect();
    let found = projects::list_projects_by_id(conn, &ids)?;
    let mut found: HashMap<ProjectId, Project> = found.into_iter().map(|one| (one.id, one)).collect();
    let plan = |row: PlannedDependency| {
        let needed = found.remove(&row.needed_id).filter(|needed| needed.status.is_public())?;
        Some((row, needed))
    };
    let mut plans: Vec<Plan> = rows.into_iter().filter_map(plan).collect();
    plans.sort_by(|one, other| one.1.slug.cmp(&other.1.slug));
    Ok(plans)
}

/// What a project plans to depend on.
pub(super) async fn list(ctx: &Ctx, caller: &Caller, slug: String) -> Result<Vec<Plan>> {
    let actor = caller.actor.clone();
    ctx.store()
        .read(move |conn| {
            let (project, _) = projects::find_visible(conn, actor.as_ref(), &slug)?;
            of(conn, project.id)
        })
        .await
}

/// Puts these plans in place of those that are there, and asks for the risks to be worked out anew.
pub(super) async fn declare(ctx: &Ctx, actor: &Actor, slug: String, input: Vec<PlanInput>) -> Result<Vec<Plan>> {
    let mut check = Check::default();
    let note = |plan: &PlanInput| plan.note.as_deref().map(|text| Line::parse(text, 1, 300)).transpose();
    let notes = check.each("/plans", &input, MOST_PLANS, note);
    check.done()?;
    let notes: Vec<Option<String>> = notes?.into_iter().map(|note| note.map(Line::into_string)).collect();
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let (project, standing) = projects::lock_visible(conn, &actor, &slug)?;
            let project = may_maintain(&standing).prove(project, "project")?;
            require_verified(&actor)?;
            let slugs: Vec<String> = input.iter().map(|plan| plan.needs.clone()).collect();
            let ids: Vec<ProjectId> = projects::list_project_ids_by_slug(conn, &slugs)?.into_values().collect();
            let mut public = projects::list_projects_by_id(conn, &ids)?;
            public.retain(|one| one.status.is_public());
            let known: HashMap<String, ProjectId> = public.into_iter().map(|one| (one.slug, one.id)).collect();
            let mut check = Check::default();
            let ids = check.each("/plans", &slugs, MOST_PLANS, |slug| match known.get(slug) {
                Some(id) if *id == project.id => {
                    Err(Fault::new("not_here", "A project does not come to depend on itself."))
                }
                Some(id) => Ok(*id),
                None => Err(Fault::new("unknown_project", format!("There is no project {slug:?} that you may see."))),
            });
            check.done()?;
            let mut rows: Vec<PlannedDependency> = Vec::new();
            for (needed_id, note) in ids?.into_iter().zip(&notes) {
                if rows.iter().all(|row| row.needed_id != needed_id) {
                    let (declared_by, declared_at) = (actor.account_id, inner.now());
                    let note = note.clone();
                    rows.push(PlannedDependency { project_id: project.id, needed_id, note, declared_by, declared_at });
                }
            }
            store::replace_plans(conn, project.id, &rows)?;
            let change = audit::Change {
                machine: "project_plans",
                entity: project.id.into(),
                actor: Some(actor.account_id),
                from: None,
                to: "declared",
                reason: None,
                request_id: &actor.request_id,
            };
            audit::record(conn, &inner, change)?;
            ask_in(conn, &inner)?;
            of(conn, project.id)
        })
        .await
}
