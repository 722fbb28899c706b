//! Addresses of projects.

mod claims;
mod criticality;
mod funding;
mod import;
mod invitations;
mod link;
mod statements;
mod transitions;

pub use link::configure_pages;

use super::dto::{
    AddMaintainerRequest, CreateProjectRequest, ListProjectsQuery, MaintainerResponse, ProjectResponse,
    UpdateProjectRequest,
};
use super::finder::ProjectFinder;
use super::model::ProjectRole;
use super::service::{self, Edit, ListInput, NewProjectInput, ProjectCard};
use crate::http::page::Window;
use crate::http::{FoundResponse, Json, PageQuery, PageResponse, Path, Query, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, Caller, Check, IfMatch};
use actix_web::{HttpRequest, delete, get, patch, post, web};
use std::sync::Arc;
use utoipa_actix_web::service_config::ServiceConfig;

/// Puts the addresses of this feature into the router.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .configure(claims::configure)
        .configure(invitations::configure)
        .configure(transitions::configure)
        .configure(criticality::configure)
        .configure(funding::configure)
        .configure(statements::configure)
        .service(list_projects)
        .service(create_project)
        .service(import::import_projects)
        .service(get_project)
        .service(update_project)
        .service(list_maintainers)
        .service(add_maintainer)
        .service(remove_maintainer);
}

fn shown(card: ProjectCard) -> Reply<ProjectResponse> {
    let version = card.project.version;
    Reply::ok(ProjectResponse::from(card)).versioned(version)
}

/// Projects
///
/// Listings that everybody may see, the newest first or as `sort` says. Suspended and opted-out ones are shown to their
/// maintainers (`maintainer=me`), coordinators and moderators (`status=suspended`). With `q` the best answer first, each with
/// `highlight`, and with `total` and `facets`: how many of all that was found each filter would still find; not where
/// `maintainer` or a hidden state is asked for.
#[utoipa::path(tag = "projects", params(ListProjectsQuery), extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "A page.", body = FoundResponse<ProjectResponse>)))]
#[get("/projects")]
async fn list_projects(
    caller: Caller,
    ctx: web::Data<Ctx>,
    finder: web::Data<Arc<dyn ProjectFinder>>,
    request: HttpRequest,
    query: Query<ListProjectsQuery>,
) -> Response<FoundResponse<ProjectResponse>> {
    let query = query.0;
    let mut check = Check::default();
    let window = Window::read(&mut check, query.limit, query.cursor.as_deref());
    let Ok(window) = window else { return Err(check.done().err().unwrap_or_else(|| crate::kernel::Failed.into())) };
    let input = ListInput {
        q: query.q,
        status: query.status,
        language: query.language,
        skill: query.skill,
        ecosystem: query.ecosystem,
        criticality_tier: query.criticality_tier,
        maintainer: query.maintainer,
        sort: query.sort,
    };
    let public = input.is_public();
    let reply = if input.is_search() {
        let finder = finder.as_ref().as_ref();
        let mut found = service::search(&ctx, finder, input, check, window.limit, window.after).await?;
        let items = std::mem::take(&mut found.items).into_iter().map(ProjectResponse::from).collect();
        FoundResponse::found(&request, found.with(items))
    } else {
        let page = service::list(&ctx, &caller, input, check, window.limit, window.after).await?;
        FoundResponse::listed(&request, page.map(ProjectResponse::from))
    };
    Ok(if public { reply.public() } else { reply })
}

/// List a project
///
/// Makes a listing, with the caller as its lead in waiting: it is `claim_pending` until its ownership is proven
/// (`POST …/verification`) or a coordinator finds it good. Each repository is listed once. Wants a verified mail address.
#[utoipa::path(tag = "projects", extensions(("x-roles" = json!(["member"]))),
    responses((status = 201, description = "Made.", body = ProjectResponse)))]
#[post("/projects")]
async fn create_project(
    actor: Actor,
    ctx: web::Data<Ctx>,
    body: Json<CreateProjectRequest>,
) -> Response<ProjectResponse> {
    let body = body.0;
    let input = NewProjectInput {
        slug: body.slug,
        name: body.name,
        description: body.description,
        repository_url: body.repository_url,
        homepage_url: body.homepage_url,
        license: body.license,
        packages: body.packages,
        languages: body.languages,
        tags: body.tags,
        review_hours_per_week: body.review_hours_per_week,
        ai_policy: body.ai_policy,
        cla: body.cla,
    };
    let made = service::create(&ctx, &actor, input).await?;
    let version = made.project.version;
    let address = format!("/api/v1/projects/{}", made.project.slug);
    Ok(Reply::created(address, ProjectResponse::from(made)).versioned(version))
}

/// A project
///
/// What it is, who maintains it, how critical it is, and how many needs it has open.
#[utoipa::path(tag = "projects", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything")),
    extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "The project.", body = ProjectResponse)))]
#[get("/projects/{slug}")]
async fn get_project(caller: Caller, ctx: web::Data<Ctx>, slug: Path<String>) -> Response<ProjectResponse> {
    let card = service::get(&ctx, &caller, slug.0).await?;
    let public = card.project.status.is_public();
    let reply = shown(card);
    Ok(if public { reply.public() } else { reply })
}

/// Change a project
///
/// Its maintainers and coordinators change what the listing says (JSON Merge Patch). The slug stays, since others link to
/// it. When the lead of a listed project moves its repository, the ownership has to be proven again, and the project is
/// dormant until then; a coordinator moves it without that.
#[utoipa::path(tag = "projects", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything")),
    extensions(("x-roles" = json!(["maintainer", "lead", "coordinator"])), ("x-if-match" = json!("required"))),
    responses((status = 200, description = "Changed.", body = ProjectResponse)))]
#[patch("/projects/{slug}")]
async fn update_project(
    actor: Actor,
    ctx: web::Data<Ctx>,
    slug: Path<String>,
    if_match: IfMatch,
    body: Json<UpdateProjectRequest>,
) -> Response<ProjectResponse> {
    let body = body.0;
    let edit = Edit {
        name: body.name,
        description: body.description,
        repository_url: body.repository_url,
        homepage_url: body.homepage_url,
        license: body.license,
        packages: body.packages,
        languages: body.languages,
        tags: body.tags,
        review_hours_per_week: body.review_hours_per_week,
        ai_policy: body.ai_policy,
        cla: body.cla,
    };
    service::update(&ctx, &actor, slug.0, if_match, edit).await.map(shown)
}

/// Maintainers
///
/// Who maintains the project, leads first, and whether that is known to be true.
#[utoipa::path(tag = "projects", params(PageQuery, ("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything")),
    extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "A page.", body = PageResponse<MaintainerResponse>)))]
#[get("/projects/{slug}/maintainers")]
async fn list_maintainers(
    caller: Caller,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    slug: Path<String>,
    query: Query<PageQuery>,
) -> Response<PageResponse<MaintainerResponse>> {
    let window = Window::try_from(query.0)?;
    let page = service::list_people(&ctx, &caller, slug.0, window.limit, window.after).await?;
    Ok(PageResponse::reply(&request, page.map(MaintainerResponse::from)))
}

/// Add a maintainer
///
/// The verified lead invites a person who has an account: a mail with a link goes to them, which works once, within 7 days,
/// and they are with the project once they accept (`pending` until then). A coordinator adds a person at once, and only
/// coordinators name leads; naming one for an unclaimed project makes it `claim_pending`. Nobody adds themselves. Wants a
/// fresh second factor of those who have one.
#[utoipa::path(tag = "projects", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything")),
    extensions(("x-roles" = json!(["lead", "coordinator"]))),
    responses((status = 201, description = "Added, or invited.", body = MaintainerResponse)))]
#[post("/projects/{slug}/maintainers")]
async fn add_maintainer(
    actor: Actor,
    ctx: web::Data<Ctx>,
    slug: Path<String>,
    body: Json<AddMaintainerRequest>,
) -> Response<MaintainerResponse> {
    let AddMaintainerRequest { handle, role } = body.0;
    let address = format!("/api/v1/projects/{}/maintainers", slug.0);
    let added = service::add_maintainer(&ctx, &actor, slug.0, handle, role.unwrap_or(ProjectRole::Maintainer)).await?;
    Ok(Reply::created(address, MaintainerResponse::from(added)))
}

/// Take a maintainer off
///
/// People may leave; the verified lead and coordinators may take others off. Without its last verified lead a listed
/// project becomes dormant; without anybody a claimed one is unclaimed again.
#[utoipa::path(tag = "projects", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything"),
        ("handle" = String, Path, description = "The person's handle.", example = "ada")),
    extensions(("x-roles" = json!(["maintainer", "lead", "coordinator"]))),
    responses((status = 204, description = "Gone.")))]
#[delete("/projects/{slug}/maintainers/{handle}")]
async fn remove_maintainer(actor: Actor, ctx: web::Data<Ctx>, path: Path<(String, String)>) -> Response<()> {
    let (slug, handle) = path.0;
    service::remove_maintainer(&ctx, &actor, slug, handle).await?;
    Ok(Reply::no_content())
}
