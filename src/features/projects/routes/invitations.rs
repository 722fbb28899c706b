//! Addresses of invitations to maintain: the project's own, and those to the caller.

use crate::features::projects::dto::{
    AcceptProjectInvitationRequest, OwnProjectInvitationResponse, ProjectInvitationResponse,
};
use crate::features::projects::service::{self, Which};
use crate::http::page::Window;
use crate::http::{Json, PageQuery, PageResponse, Path, Query, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, InvitationId};
use actix_web::{HttpRequest, delete, get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_project_invitations)
        .service(revoke_project_invitation)
        .service(list_own_project_invitations)
        .service(accept_mailed_project_invitation)
        .service(accept_project_invitation)
        .service(decline_project_invitation);
}

/// Invitations to maintain
///
/// Whom the lead invited, newest first, and what became of it. Invite at `POST …/maintainers`.
#[utoipa::path(tag = "projects", params(PageQuery, ("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything")),
    extensions(("x-roles" = json!(["lead", "coordinator"]))),
    responses((status = 200, description = "A page.", body = PageResponse<ProjectInvitationResponse>)))]
#[get("/projects/{slug}/maintainer-invitations")]
async fn list_project_invitations(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    slug: Path<String>,
    query: Query<PageQuery>,
) -> Response<PageResponse<ProjectInvitationResponse>> {
    let (window, now) = (Window::try_from(query.0)?, ctx.now());
    let page = service::list_invitations(&ctx, &actor, slug.0, window.limit, window.after).await?;
    Ok(PageResponse::reply(&request, page.map(|card| ProjectInvitationResponse::at(now, card))))
}

/// Take an invitation to maintain back
///
/// Its link works no more.
#[utoipa::path(tag = "projects", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything"),
        ("invitation_id" = InvitationId, Path, description = "The invitation.")),
    extensions(("x-roles" = json!(["lead", "coordinator"]))),
    responses((status = 204, description = "Taken back.")))]
#[delete("/projects/{slug}/maintainer-invitations/{invitation_id}")]
async fn revoke_project_invitation(
    actor: Actor,
    ctx: web::Data<Ctx>,
    path: Path<(String, InvitationId)>,
) -> Response<()> {
    let (slug, id) = path.0;
    service::revoke_invitation(&ctx, &actor, slug, id).await?;
    Ok(Reply::no_content())
}

/// Invitations to projects
///
/// Open invitations of the caller to maintain projects, newest first.
#[utoipa::path(tag = "me", params(PageQuery), extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "A page.", body = PageResponse<OwnProjectInvitationResponse>)))]
#[get("/me/project-invitations")]
async fn list_own_project_invitations(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    query: Query<PageQuery>,
) -> Response<PageResponse<OwnProjectInvitationResponse>> {
    let (window, now) = (Window::try_from(query.0)?, ctx.now());
    let page = service::own_invitations(&ctx, &actor, window.limit, window.after).await?;
    Ok(PageResponse::reply(&request, page.map(|card| OwnProjectInvitationResponse::at(now, card))))
}

/// Accept a mailed invitation to maintain
///
/// By the token from the mail, for the account that was invited. Wants a verified mail address.
#[utoipa::path(tag = "me", extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "Accepted.", body = OwnProjectInvitationResponse)))]
#[post("/me/project-invitations/accept")]
async fn accept_mailed_project_invitation(
    actor: Actor,
    ctx: web::Data<Ctx>,
    body: Json<AcceptProjectInvitationRequest>,
) -> Response<OwnProjectInvitationResponse> {
    let card = service::answer_invitation(&ctx, &actor, Which::Token(body.0.token), true).await?;
    Ok(Reply::ok(OwnProjectInvitationResponse::at(ctx.now(), card)))
}

/// Accept an invitation to maintain
///
/// The caller is with the project from now on, in the role that the invitation names, while whoever invited still leads it.
/// Wants a verified mail address.
#[utoipa::path(tag = "me", params(("invitation_id" = InvitationId, Path, description = "The invitation.")),
    extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "Accepted.", body = OwnProjectInvitationResponse)))]
#[post("/me/project-invitations/{invitation_id}/accept")]
async fn accept_project_invitation(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<InvitationId>,
) -> Response<OwnProjectInvitationResponse> {
    let card = service::answer_invitation(&ctx, &actor, Which::Id(id.0), true).await?;
    Ok(Reply::ok(OwnProjectInvitationResponse::at(ctx.now(), card)))
}

/// Decline an invitation to maintain
///
/// It can't be answered again.
#[utoipa::path(tag = "me", params(("invitation_id" = InvitationId, Path, description = "The invitation.")),
    extensions(("x-roles" = json!(["member"]))),
    responses((status = 204, description = "Declined.")))]
#[post("/me/project-invitations/{invitation_id}/decline")]
async fn decline_project_invitation(actor: Actor, ctx: web::Data<Ctx>, id: Path<InvitationId>) -> Response<()> {
    service::answer_invitation(&ctx, &actor, Which::Id(id.0), false).await?;
    Ok(Reply::no_content())
}
