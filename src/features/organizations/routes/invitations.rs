//! Addresses of invitations: the organization's own, and those to the caller.

use crate::features::organizations::dto::{
    AcceptInvitationRequest, InvitationResponse, InviteRequest, JoinedResponse, ListInvitationsQuery,
    OwnInvitationResponse,
};
use crate::features::organizations::service::{self, Which};
use crate::http::page::Window;
use crate::http::{Json, PageQuery, PageResponse, Path, Query, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, Check, InvitationId};
use actix_web::{HttpRequest, delete, get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_organization_invitations)
        .service(invite_member)
        .service(revoke_organization_invitation)
        .service(list_own_organization_invitations)
        .service(accept_mailed_organization_invitation)
        .service(accept_organization_invitation)
        .service(decline_organization_invitation);
}

/// Invitations
///
/// Whom the organization invited, newest first, and what became of it.
#[utoipa::path(tag = "organizations", params(ListInvitationsQuery, ("slug" = String, Path, description = "The organization's slug.", example = "example-freight")),
    extensions(("x-roles" = json!(["org_manager", "org_owner"]))),
    responses((status = 200, description = "A page.", body = PageResponse<InvitationResponse>)))]
#[get("/organizations/{slug}/invitations")]
async fn list_organization_invitations(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    slug: Path<String>,
    query: Query<ListInvitationsQuery>,
) -> Response<PageResponse<InvitationResponse>> {
    let query = query.0;
    let mut check = Check::default();
    let window = Window::read(&mut check, query.limit, query.cursor.as_deref());
    check.done()?;
    let (window, now) = (window?, ctx.now());
    let page = service::list_invitations(&ctx, &actor, slug.0, query.status, window.limit, window.after).await?;
    Ok(PageResponse::reply(&request, page.map(|row| InvitationResponse::at(now, row))))
}

/// Invite somebody
///
/// A mail with a link goes to the address, whether or not it has an account; it works once, within 7 days, for the account
/// that has this address verified. An open invitation to the same address is replaced. Only owners invite owners. Wants a
/// fresh second factor of those who have one.
#[utoipa::path(tag = "organizations", params(("slug" = String, Path, description = "The organization's slug.", example = "example-freight")),
    extensions(("x-roles" = json!(["org_manager", "org_owner"]))),
    responses((status = 201, description = "Invited.", body = InvitationResponse)))]
#[post("/organizations/{slug}/invitations")]
async fn invite_member(
    actor: Actor,
    ctx: web::Data<Ctx>,
    slug: Path<String>,
    body: Json<InviteRequest>,
) -> Response<InvitationResponse> {
    let InviteRequest { email, role } = body.0;
    let place = format!("/api/v1/organizations/{}/invitations", slug.0);
    let row = service::invite(&ctx, &actor, slug.0, email, role).await?;
    Ok(Reply::created(place, InvitationResponse::at(ctx.now(), row)))
}

/// Take an invitation back
///
/// Its link works no more. Only owners take back an owner's.
#[utoipa::path(tag = "organizations", params(("slug" = String, Path, description = "The organization's slug.", example = "example-freight"),
        ("invitation_id" = InvitationId, Path, description = "The invitation.")),
    extensions(("x-roles" = json!(["org_manager", "org_owner"]))),
    responses((status = 204, description = "Taken back.")))]
#[delete("/organizations/{slug}/invitations/{invitation_id}")]
async fn revoke_organization_invitation(
    actor: Actor,
    ctx: web::Data<Ctx>,
    path: Path<(String, InvitationId)>,
) -> Response<()> {
    let (slug, id) = path.0;
    service::revoke(&ctx, &actor, slug, id).await?;
    Ok(Reply::no_content())
}

/// Invitations to you
///
/// Open invitations to organizations that went to your verified address, newest first.
#[utoipa::path(tag = "me", params(PageQuery), extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "A page.", body = PageResponse<OwnInvitationResponse>)))]
#[get("/me/organization-invitations")]
async fn list_own_organization_invitations(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    query: Query<PageQuery>,
) -> Response<PageResponse<OwnInvitationResponse>> {
    let window = Window::try_from(query.0)?;
    let page = service::own_invitations(&ctx, &actor, window.limit, window.after).await?;
    Ok(PageResponse::reply(&request, page.map(OwnInvitationResponse::from)))
}

/// Accept a mailed invitation
///
/// By the token from the mail. The account's own verified address must be the one that was invited.
#[utoipa::path(tag = "me", extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "Joined.", body = JoinedResponse)))]
#[post("/me/organization-invitations/accept")]
async fn accept_mailed_organization_invitation(
    actor: Actor,
    ctx: web::Data<Ctx>,
    body: Json<AcceptInvitationRequest>,
) -> Response<JoinedResponse> {
    let joined = service::answer(&ctx, &actor, Which::Token(body.0.token), true).await?;
    Ok(Reply::ok(JoinedResponse::from(joined)))
}

/// Accept an invitation
///
/// The caller joins the organization with the role that the invitation names.
#[utoipa::path(tag = "me", params(("invitation_id" = InvitationId, Path, description = "The invitation.")),
    extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "Joined.", body = JoinedResponse)))]
#[post("/me/organization-invitations/{invitation_id}/accept")]
async fn accept_organization_invitation(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<InvitationId>,
) -> Response<JoinedResponse> {
    let joined = service::answer(&ctx, &actor, Which::Id(id.0), true).await?;
    Ok(Reply::ok(JoinedResponse::from(joined)))
}

/// Decline an invitation
///
/// It can't be answered again.
#[utoipa::path(tag = "me", params(("invitation_id" = InvitationId, Path, description = "The invitation.")),
    extensions(("x-roles" = json!(["member"]))),
    responses((status = 204, description = "Declined.")))]
#[post("/me/organization-invitations/{invitation_id}/decline")]
async fn decline_organization_invitation(actor: Actor, ctx: web::Data<Ctx>, id: Path<InvitationId>) -> Response<()> {
    service::answer(&ctx, &actor, Which::Id(id.0), false).await?;
    Ok(Reply::no_content())
}
