//! Reading needs, as far as the caller may see them.

use crate::features::audit::{self, Event};
use crate::features::needs::model::{Need, NeedSkill};
use crate::features::needs::{NeedFilter, NeedFinder, policy, store};
use crate::features::projects::{self, Project, ProjectStatus, Standing};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::search::{Found, Highlight, Question};
use crate::kernel::{Actor, Caller, Cursor, Decision, Limit, NeedId, Page, ProjectId, Result};
use std::collections::HashMap;

/// A need with what is shown beside it.
#[derive(Debug)]
pub(in crate::features::needs) struct NeedCard {
    pub(in crate::features::needs) need: Need,
    pub(in crate::features::needs) project: Project,
    pub(in crate::features::needs) skills: Vec<NeedSkill>,
    /// Where the project can be funded.
    pub(in crate::features::needs) funding: Vec<String>,
    /// In what was found by words: where they stand.
    pub(in crate::features::needs) highlight: Option<Highlight>,
}

/// The need with its project and the caller's standing there; 404 when there is none or the caller may not know of it.
pub fn find_visible(conn: &mut Conn, actor: Option<&Actor>, id: NeedId) -> Result<(Need, Project, Standing)> {
    let need = store::get_need(conn, id)?;
    let project = projects::get_project(conn, need.project_id)?;
    let standing = projects::standing(conn, actor, &project)?;
    let decision = policy::may_see(&standing, need.status, need.visibility, actor.is_some());
    Ok((decision.prove(need, "need")?.into_inner(), project, standing))
}

pub(in crate::features::needs) fn card(conn: &mut Conn, need: Need, project: Project) -> Result<NeedCard> {
    let skills = store::list_need_skills(conn, &[need.id])?.remove(&need.id).unwrap_or_default();
    let funding = addresses(projects::list_funding_links(conn, &[project.id])?.remove(&project.id).as_deref());
    Ok(NeedCard { need, project, skills, funding, highlight: None })
}

/// The addresses alone.
fn addresses(links: Option<&[(String, String)]>) -> Vec<String> {
    links.unwrap_or_default().iter().map(|(_, url)| url.clone()).collect()
}

fn cards(conn: &mut Conn, page: Page<(Need, Project)>) -> Result<Page<NeedCard>> {
    let ids: Vec<NeedId> = page.items.iter().map(|(need, _)| need.id).collect();
    let mut skills = store::list_need_skills(conn, &ids)?;
    let projects: Vec<ProjectId> = page.items.iter().map(|(_, project)| project.id).collect();
    let links = projects::list_funding_links(conn, &projects)?;
    Ok(page.map(|(need, project)| {
        let skills = skills.remove(&need.id).unwrap_or_default();
        let funding = addresses(links.get(&project.id).map(Vec::as_slice));
        NeedCard { need, project, skills, funding, highlight: None }
    }))
}

/// One need.
pub(in crate::features::needs) async fn get(ctx: &Ctx, caller: &Caller, id: NeedId) -> Result<NeedCard> {
    let actor = caller.actor.clone();
    ctx.store()
        .read(move |conn| {
            let (need, project, _) = find_visible(conn, actor.as_ref(), id)?;
            card(conn, need, project)
        })
        .await
}

/// The needs that fit; `project` is a slug.
pub(in crate::features::needs) async fn list(
    ctx: &Ctx,
    caller: &Caller,
    mut filter: NeedFilter,
    project: Option<String>,
) -> Result<Page<NeedCard>> {
    filter.signed_in = caller.actor.is_some();
    let actor = caller.actor.clone();
    ctx.store()
        .read(move |conn| {
            if let Some(slug) = &project {
                filter.project = Some(projects::find_visible(conn, actor.as_ref(), slug)?.0.id);
            }
            let page = store::list_needs(conn, &filter)?;
            cards(conn, page)
        })
        .await
}

/// The needs that answer the words of the filter; `project` is a slug.
pub(in crate::features::needs) async fn search(
    ctx: &Ctx,
    caller: &Caller,
    finder: &dyn NeedFinder,
    mut filter: NeedFilter,
    project: Option<String>,
) -> Result<Found<NeedCard>> {
    let signed_in = caller.actor.is_some();
    filter.signed_in = signed_in;
    if let Some(slug) = project {
        let actor = caller.actor.clone();
        let find = move |conn: &mut Conn| projects::find_visible(conn, actor.as_ref(), &slug);
        filter.project = Some(ctx.store().read(find).await?.0.id);
    }
    let question = Question::parse(filter.text.as_deref().unwrap_or_default());
    let found = finder.find_needs(ctx, filter).await?;
    let ids = found.items.clone();
    let cards = ctx.store().read(move |conn| shown(conn, &ids, signed_in, &question)).await?;
    Ok(found.with(cards))
}

/// What the database says of these needs, in their order; without those that are not to be seen any more.
fn shown(conn: &mut Conn, ids: &[NeedId], signed_in: bool, question: &Question) -> Result<Vec<NeedCard>> {
    let rows = store::list_needs_by_id(conn, ids)?;
    let mut rows: HashMap<NeedId, (Need, Project)> = rows.into_iter().map(|row| (row.0.id, row)).collect();
    let mut skills = store::list_need_skills(conn, ids)?;
    let projects: Vec<ProjectId> = rows.values().map(|(_, project)| project.id).collect();
    let links = projects::list_funding_links(conn, &projects)?;
    let card = |id: &NeedId| {
        let (need, project) = rows.remove(id)?;
        let stranger = Standing::of(&project, None, None);
        let seen = policy::may_see(&stranger, need.status, need.visibility, signed_in);
        let skills = skills.remove(id).unwrap_or_default();
        let highlight = Some(question.highlight(&need.title, &need.description));
        let funding = addresses(links.get(&project.id).map(Vec::as_slice));
        (seen == Decision::Allow).then_some(NeedCard { need, project, skills, funding, highlight })
    };
    Ok(ids.iter().filter_map(card).collect())
}

/// The needs of one project; its own people see drafts as well.
pub(in crate::features::needs) async fn list_of_project(
    ctx: &Ctx,
    caller: &Caller,
    mut filter: NeedFilter,
    slug: String,
) -> Result<Page<NeedCard>> {
    filter.signed_in = caller.actor.is_some();
    let actor = caller.actor.clone();
    ctx.store()
        .read(move |conn| {
            let (project, standing) = projects::find_visible(conn, actor.as_ref(), &slug)?;
            filter.project = Some(project.id);
            filter.own = projects::policy::may_maintain(&standing) == Decision::Allow;
            let page = store::list_needs(conn, &filter)?;
            cards(conn, page)
        })
        .await
}

/// How many people the project looks for, by its needs that everybody may see; 404 when nobody may see the project.
pub async fn helpers_wanted(ctx: &Ctx, slug: String) -> Result<i64> {
    ctx.store()
        .read(move |conn| {
            let (project, _) = projects::find_visible(conn, None, &slug)?;
            if project.status == ProjectStatus::Listed { store::seats_wanted(conn, project.id) } else { Ok(0) }
        })
        .await
}

/// What happened to a need; for its project's eyes.
pub(in crate::features::needs) async fn events(
    ctx: &Ctx,
    actor: &Actor,
    id: NeedId,
    limit: Limit,
    after: Option<Cursor>,
) -> Result<Page<Event>> {
    let actor = actor.clone();
    ctx.store()
        .read(move |conn| {
            let (need, _, standing) = find_visible(conn, Some(&actor), id)?;
            policy::may_edit(&standing, need.status, need.visibility).prove((), "need")?;
            audit::list_events(conn, id.into(), limit, after.as_ref())
        })
        .await
}
