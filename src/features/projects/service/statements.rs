//! Documents from elsewhere, taken for a project.

use crate::features::accounts::policy::require_verified;
use crate::features::projects::model::{Project, ProjectChanges, Statement};
use crate::features::projects::policy::may_maintain;
use crate::features::projects::statements::{self, Insights, StatementKind, Told};
use crate::features::projects::{PROJECT_CHANGED, find_visible, lock_visible, store};
use crate::infra::Ctx;
use crate::infra::db::sql::Json;
use crate::infra::db::{Conn, feed};
use crate::infra::queue::{self, NewJob};
use crate::kernel::{AccountId, Actor, Allowed, Caller, Error, ProjectId, Result};

/// The job that tells later features that a document says something new of a project; `statement_id` in its payload.
pub const STATEMENT_TAKEN: &str = "project_statement_taken";

/// What became of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::features::projects) enum Taken {
    /// It says something new.
    New,
    /// It says what is known.
    Same,
    /// A later one is known.
    Older,
}

/// Takes a document for a project, within a transaction at hand.
pub(in crate::features::projects) fn take_in(
    conn: &mut Conn,
    ctx: &Ctx,
    project: ProjectId,
    told: &Told,
    by: Option<AccountId>,
) -> Result<Taken> {
    let known = store::find_current_statement(conn, project, told.kind)?;
    if let Some(known) = &known {
        if told.as_of.is_some_and(|at| at < known.as_of) {
            return Ok(Taken::Older);
        }
        if known.facts.0 == told.facts && told.as_of.is_none_or(|at| at == known.as_of) {
            return Ok(Taken::Same);
        }
    }
    let row = Statement {
        id: ctx.ids().make(),
        project_id: project,
        kind: told.kind,
        as_of: told.as_of.unwrap_or_else(|| ctx.now()),
        facts: Json(told.facts.clone()),
        imported_by: by,
        is_current: true,
        created_at: ctx.now(),
    };
    store::supersede_statement(conn, &row)?;
    let payload = serde_json::json!({ "statement_id": row.id });
    let job = NewJob { kind: STATEMENT_TAKEN, payload, run_at: ctx.now(), unique_key: None };
    queue::enqueue(conn, ctx.ids(), ctx.now(), job)?;
    Ok(Taken::New)
}

/// Who may not bring documents for this project learns that before what is wrong with one.
pub(in crate::features::projects) async fn may_take(ctx: &Ctx, actor: &Actor, slug: String) -> Result<()> {
    let asking = actor.clone();
    ctx.store()
        .read(move |conn| {
            let (project, standing) = find_visible(conn, Some(&asking), &slug)?;
            may_maintain(&standing).prove(project, "project").map(|_| ())
        })
        .await?;
    require_verified(actor)
}

/// Takes a document that somebody sends for their project.
pub(in crate::features::projects) async fn take(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    kind: StatementKind,
    bytes: Vec<u8>,
) -> Result<Statement> {
    let told = statements::read(kind, &bytes, ctx.now())?;
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let (project, standing) = lock_visible(conn, &actor, &slug)?;
            let project = may_maintain(&standing).prove(project, "project")?;
            require_own(&project, &told)?;
            if take_in(conn, &inner, project.id, &told, Some(actor.account_id))? == Taken::New
                && told.kind == StatementKind::SecurityInsights
            {
                prefill(conn, &inner, &project, &told)?;
            }
            let row = store::find_current_statement(conn, project.id, kind)?;
            row.ok_or_else(|| Error::internal("a statement was taken and is not there"))
        })
        .await
}

/// Refuses a document about another repository.
fn require_own(project: &Project, told: &Told) -> Result<()> {
    if told.repositories.contains(&project.repository_key) {
        return Ok(());
    }
    let pointer = match told.kind {
        StatementKind::Scorecard => "/repo/name",
        StatementKind::SecurityInsights => "/repository/url",
    };
    let seen = told.repositories.first().map_or("none", String::as_str);
    let detail = format!("This is about {seen}, and the project's repository is {}.", project.repository_key);
    Err(Error::field(pointer, "other_repository", detail))
}

/// Fills what the listing does not say yet from what the project says elsewhere.
fn prefill(conn: &mut Conn, ctx: &Ctx, project: &Allowed<Project>, told: &Told) -> Result<()> {
    let facts: Insights = serde_json::from_value(told.facts.clone()).map_err(Error::internal)?;
    let changes = ProjectChanges {
        homepage_url: facts.homepage_url.filter(|_| project.homepage_url.is_none()).map(Some),
        license: facts.license.filter(|_| project.license.is_none()).map(Some),
        ..ProjectChanges::default()
    };
    if changes.homepage_url.is_some() || changes.license.is_some() {
        store::update_project(conn, project, &changes, ctx.now())?;
        feed::note(conn, ctx.ids(), PROJECT_CHANGED, project.id)?;
    }
    Ok(())
}

/// The newest document of a kind about a project.
pub(in crate::features::projects) async fn get_statement(
    ctx: &Ctx,
    caller: &Caller,
    slug: String,
    kind: StatementKind,
) -> Result<Statement> {
    let actor = caller.actor.clone();
    ctx.store()
        .read(move |conn| {
            let (project, _) = find_visible(conn, actor.as_ref(), &slug)?;
            let what = match kind {
                StatementKind::Scorecard => "Scorecard",
                StatementKind::SecurityInsights => "SECURITY-INSIGHTS",
            };
            store::find_current_statement(conn, project.id, kind)?.ok_or_else(|| Error::not_found(what))
        })
        .await
}

/// What a SECURITY-INSIGHTS file says, for a listing that is yet to be made, and the listing that there is already.
pub(in crate::features::projects) async fn read_for_listing(
    ctx: &Ctx,
    actor: &Actor,
    bytes: Vec<u8>,
) -> Result<(Insights, Option<String>)> {
    require_verified(actor)?;
    let told = statements::read(StatementKind::SecurityInsights, &bytes, ctx.now())?;
    let facts: Insights = serde_json::from_value(told.facts).map_err(Error::internal)?;
    let (actor, keys) = (actor.clone(), told.repositories);
    let known = ctx
        .store()
        .read(move |conn| {
            let Some(key) = keys.first() else { return Ok(None) };
            let Some(project) = store::find_project_by_repository(conn, key)? else { return Ok(None) };
            Ok(find_visible(conn, Some(&actor), &project.slug).ok().map(|(project, _)| project.slug))
        })
        .await?;
    Ok((facts, known))
}
