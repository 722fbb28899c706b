//! Addresses of the access ladder and of hand-overs.

use crate::features::assignments::dto::{AccessResponse, AskAccessRequest, HandOverRequest, HandOverResponse};
use crate::features::assignments::model::{AccessAction, HandOverAction};
use crate::features::assignments::service::{access, hand_over};
use crate::http::page::Window;
use crate::http::{Json, PageQuery, PageResponse, Path, Query, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{AccessId, Actor, AssignmentId, HandOverId, IfMatch};
use actix_web::{HttpRequest, get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_access)
        .service(ask_access)
        .service(approve_access)
        .service(refuse_access)
        .service(revoke_access)
        .service(ask_hand_over)
        .service(list_my_hand_overs)
        .service(accept_hand_over)
        .service(decline_hand_over)
        .service(withdraw_hand_over);
}

/// What a volunteer is let into
///
/// Everything that was ever asked for on this assignment, newest first. For the volunteer, the project's maintainers, and
/// coordinators.
#[utoipa::path(tag = "assignments", params(PageQuery, ("id" = AssignmentId, Path, description = "The assignment.")),
    extensions(("x-roles" = json!(["volunteer", "maintainer", "lead", "coordinator"]))),
    responses((status = 200, description = "A page.", body = PageResponse<AccessResponse>)))]
#[get("/assignments/{id}/access")]
async fn list_access(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    id: Path<AssignmentId>,
    query: Query<PageQuery>,
) -> Response<PageResponse<AccessResponse>> {
    let window = Window::try_from(query.0)?;
    let page = access::list(&ctx, &actor, id.0, window.limit, window.after).await?;
    Ok(PageResponse::reply(&request, page.map(AccessResponse::from)))
}

/// Ask for access
///
/// Up to L2 the project gives it by asking, and one of its people approves what the volunteer asks for. From L3 on it wants
/// ninety active days of the volunteer on the project, a second factor of their account, and two approvers from different
/// organizations, neither of whom asked for it.
#[utoipa::path(tag = "assignments", params(("id" = AssignmentId, Path, description = "The assignment.")),
    extensions(("x-roles" = json!(["volunteer", "maintainer", "lead", "coordinator"]))),
    responses((status = 201, description = "Asked for, or given.", body = AccessResponse)))]
#[post("/assignments/{id}/access")]
async fn ask_access(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<AssignmentId>,
    body: Json<AskAccessRequest>,
) -> Response<AccessResponse> {
    let card = access::ask(&ctx, &actor, id.0, body.0.what, body.0.level).await?;
    Ok(Reply::created(format!("/api/v1/assignments/{}/access", id.0), AccessResponse::from(card)))
}

/// Approve access
///
/// The yes of one of the project's people or a coordinator, who did not ask for it. From L3 on whoever approves proves their
/// second factor, and the second approver belongs to another organization than the first.
#[utoipa::path(tag = "assignments", params(("id" = AssignmentId, Path, description = "The assignment."), ("access_id" = AccessId, Path, description = "The access.")),
    extensions(("x-roles" = json!(["maintainer", "lead", "coordinator"]))),
    responses((status = 200, description = "Approved.", body = AccessResponse)))]
#[post("/assignments/{id}/access/{access_id}/approve")]
async fn approve_access(
    actor: Actor,
    ctx: web::Data<Ctx>,
    ids: Path<(AssignmentId, AccessId)>,
) -> Response<AccessResponse> {
    let card = access::decide(&ctx, &actor, ids.0, AccessAction::Approve).await?;
    Ok(Reply::ok(AccessResponse::from(card)))
}

/// Refuse access
///
/// It is not given.
#[utoipa::path(tag = "assignments", params(("id" = AssignmentId, Path, description = "The assignment."), ("access_id" = AccessId, Path, description = "The access.")),
    extensions(("x-roles" = json!(["maintainer", "lead", "coordinator"]))),
    responses((status = 200, description = "Refused.", body = AccessResponse)))]
#[post("/assignments/{id}/access/{access_id}/refuse")]
async fn refuse_access(
    actor: Actor,
    ctx: web::Data<Ctx>,
    ids: Path<(AssignmentId, AccessId)>,
) -> Response<AccessResponse> {
    let card = access::decide(&ctx, &actor, ids.0, AccessAction::Refuse).await?;
    Ok(Reply::ok(AccessResponse::from(card)))
}

/// Tick off that access was revoked
///
/// At the end of an assignment each access is to be taken back and ticked off; leads and coordinators are reminded of what is
/// left after seven days, and every week from then on.
#[utoipa::path(tag = "assignments", params(("id" = AssignmentId, Path, description = "The assignment."), ("access_id" = AccessId, Path, description = "The access.")),
    extensions(("x-roles" = json!(["maintainer", "lead", "coordinator"]))),
    responses((status = 200, description = "Revoked.", body = AccessResponse)))]
#[post("/assignments/{id}/access/{access_id}/revoke")]
async fn revoke_access(
    actor: Actor,
    ctx: web::Data<Ctx>,
    ids: Path<(AssignmentId, AccessId)>,
) -> Response<AccessResponse> {
    let card = access::decide(&ctx, &actor, ids.0, AccessAction::Revoke).await?;
    Ok(Reply::ok(AccessResponse::from(card)))
}

/// Ask a colleague to take over
///
/// Work in an employer's time goes on in a colleague's hands when both want it: this assignment ends, and the colleague's
/// begins on the same seat. For the volunteer, and the owners and managers of the employer.
#[utoipa::path(tag = "assignments", params(("id" = AssignmentId, Path, description = "The assignment.")),
    extensions(("x-roles" = json!(["volunteer", "org_manager", "org_owner"])), ("x-if-match" = json!("optional"))),
    responses((status = 201, description = "Asked.", body = HandOverResponse)))]
#[post("/assignments/{id}/hand-over")]
async fn ask_hand_over(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<AssignmentId>,
    if_match: IfMatch,
    body: Json<HandOverRequest>,
) -> Response<HandOverResponse> {
    let card = hand_over::ask(&ctx, &actor, id.0, if_match, body.0.handle).await?;
    Ok(Reply::created("/api/v1/me/hand-overs", HandOverResponse::from(card)))
}

/// What the caller is asked to take over
///
/// All that colleagues ever asked, newest first.
#[utoipa::path(tag = "assignments", params(PageQuery), extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "A page.", body = PageResponse<HandOverResponse>)))]
#[get("/me/hand-overs")]
async fn list_my_hand_overs(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    query: Query<PageQuery>,
) -> Response<PageResponse<HandOverResponse>> {
    let window = Window::try_from(query.0)?;
    let page = hand_over::list_mine(&ctx, &actor, window.limit, window.after).await?;
    Ok(PageResponse::reply(&request, page.map(HandOverResponse::from)))
}

/// Take over
///
/// The colleague who was asked says yes; hours are looked at as for any new assignment.
#[utoipa::path(tag = "assignments", params(("id" = HandOverId, Path, description = "The hand-over.")),
    extensions(("x-roles" = json!(["colleague"]))),
    responses((status = 200, description = "Taken over.", body = HandOverResponse)))]
#[post("/hand-overs/{id}/accept")]
async fn accept_hand_over(actor: Actor, ctx: web::Data<Ctx>, id: Path<HandOverId>) -> Response<HandOverResponse> {
    let card = hand_over::answer(&ctx, &actor, id.0, HandOverAction::Accept).await?;
    Ok(Reply::ok(HandOverResponse::from(card)))
}

/// Decline to take over
///
/// The colleague who was asked says no; everything stays as it is.
#[utoipa::path(tag = "assignments", params(("id" = HandOverId, Path, description = "The hand-over.")),
    extensions(("x-roles" = json!(["colleague"]))),
    responses((status = 200, description = "Declined.", body = HandOverResponse)))]
#[post("/hand-overs/{id}/decline")]
async fn decline_hand_over(actor: Actor, ctx: web::Data<Ctx>, id: Path<HandOverId>) -> Response<HandOverResponse> {
    let card = hand_over::answer(&ctx, &actor, id.0, HandOverAction::Decline).await?;
    Ok(Reply::ok(HandOverResponse::from(card)))
}

/// Take the question back
///
/// By whoever asked.
#[utoipa::path(tag = "assignments", params(("id" = HandOverId, Path, description = "The hand-over.")),
    extensions(("x-roles" = json!(["volunteer", "org_manager", "org_owner"]))),
    responses((status = 200, description = "Taken back.", body = HandOverResponse)))]
#[post("/hand-overs/{id}/withdraw")]
async fn withdraw_hand_over(actor: Actor, ctx: web::Data<Ctx>, id: Path<HandOverId>) -> Response<HandOverResponse> {
    let card = hand_over::answer(&ctx, &actor, id.0, HandOverAction::Withdraw).await?;
    Ok(Reply::ok(HandOverResponse::from(card)))
}
