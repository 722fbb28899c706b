//! What happens to projects, an address each.

use super::shown;
use crate::features::projects::dto::{ProjectResponse, SuspendProjectRequest};
use crate::features::projects::model::ProjectAction;
use crate::features::projects::service;
use crate::http::{Json, OptionalJson, Path, Response, TransitionRequest};
use crate::infra::Ctx;
use crate::kernel::{Actor, IfMatch};
use actix_web::{post, web};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_project)
        .service(archive_project)
        .service(restore_project)
        .service(suspend_project)
        .service(unsuspend_project)
        .service(opt_out_project);
}

/// Find a project's ownership good
///
/// A coordinator decides: the project is `listed` and may state needs, and whoever said to lead it does. Coordinators don't
/// decide on projects of their own.
#[utoipa::path(tag = "projects", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything")), request_body = Option<TransitionRequest>,
    extensions(("x-roles" = json!(["coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Listed.", body = ProjectResponse)))]
#[post("/projects/{slug}/list")]
async fn list_project(
    actor: Actor,
    ctx: web::Data<Ctx>,
    slug: Path<String>,
    if_match: IfMatch,
    body: OptionalJson<TransitionRequest>,
) -> Response<ProjectResponse> {
    service::act(&ctx, &actor, slug.0, if_match, ProjectAction::List, body.reason()?).await.map(shown)
}

/// Archive a project
///
/// The verified lead or a coordinator closes the listing; it can be restored.
#[utoipa::path(tag = "projects", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything")), request_body = Option<TransitionRequest>,
    extensions(("x-roles" = json!(["lead", "coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Archived.", body = ProjectResponse)))]
#[post("/projects/{slug}/archive")]
async fn archive_project(
    actor: Actor,
    ctx: web::Data<Ctx>,
    slug: Path<String>,
    if_match: IfMatch,
    body: OptionalJson<TransitionRequest>,
) -> Response<ProjectResponse> {
    service::act(&ctx, &actor, slug.0, if_match, ProjectAction::Archive, body.reason()?).await.map(shown)
}

/// Bring a project back
///
/// An archived or dormant project is listed again; without a verified lead an archived one comes back dormant.
#[utoipa::path(tag = "projects", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything")), request_body = Option<TransitionRequest>,
    extensions(("x-roles" = json!(["lead", "coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Back.", body = ProjectResponse)))]
#[post("/projects/{slug}/restore")]
async fn restore_project(
    actor: Actor,
    ctx: web::Data<Ctx>,
    slug: Path<String>,
    if_match: IfMatch,
    body: OptionalJson<TransitionRequest>,
) -> Response<ProjectResponse> {
    service::act(&ctx, &actor, slug.0, if_match, ProjectAction::Restore, body.reason()?).await.map(shown)
}

/// Suspend a project
///
/// A moderator hides the listing from everybody but its maintainers, coordinators and moderators.
#[utoipa::path(tag = "projects", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything")),
    extensions(("x-roles" = json!(["moderator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Suspended.", body = ProjectResponse)))]
#[post("/projects/{slug}/suspend")]
async fn suspend_project(
    actor: Actor,
    ctx: web::Data<Ctx>,
    slug: Path<String>,
    if_match: IfMatch,
    body: Json<SuspendProjectRequest>,
) -> Response<ProjectResponse> {
    let reason = Some(body.0.reason);
    service::act(&ctx, &actor, slug.0, if_match, ProjectAction::Suspend, reason).await.map(shown)
}

/// Lift a suspension
///
/// A moderator shows the listing again: `listed` with a verified lead, `claim_pending` with one in waiting, else `dormant`.
#[utoipa::path(tag = "projects", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything")), request_body = Option<TransitionRequest>,
    extensions(("x-roles" = json!(["moderator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Shown again.", body = ProjectResponse)))]
#[post("/projects/{slug}/unsuspend")]
async fn unsuspend_project(
    actor: Actor,
    ctx: web::Data<Ctx>,
    slug: Path<String>,
    if_match: IfMatch,
    body: OptionalJson<TransitionRequest>,
) -> Response<ProjectResponse> {
    service::act(&ctx, &actor, slug.0, if_match, ProjectAction::Unsuspend, body.reason()?).await.map(shown)
}

/// Opt out
///
/// The verified lead or a coordinator takes the project off for good: it is shown to nobody else, and no import brings it
/// back.
#[utoipa::path(tag = "projects", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything")), request_body = Option<TransitionRequest>,
    extensions(("x-roles" = json!(["lead", "coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Out, for good.", body = ProjectResponse)))]
#[post("/projects/{slug}/opt-out")]
async fn opt_out_project(
    actor: Actor,
    ctx: web::Data<Ctx>,
    slug: Path<String>,
    if_match: IfMatch,
    body: OptionalJson<TransitionRequest>,
) -> Response<ProjectResponse> {
    service::act(&ctx, &actor, slug.0, if_match, ProjectAction::OptOut, body.reason()?).await.map(shown)
}
