//! The transitions of pledges, an address each.

use crate::features::pledges::dto::PledgeResponse;
use crate::features::pledges::model::PledgeAction;
use crate::features::pledges::service;
use crate::http::{OptionalJson, Path, Reply, Response, TransitionRequest};
use crate::infra::Ctx;
use crate::kernel::{Actor, IfMatch, PledgeId};
use actix_web::{post, web};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(activate_pledge).service(pause_pledge).service(resume_pledge).service(withdraw_pledge);
}

type Body = OptionalJson<TransitionRequest>;

async fn go(
    ctx: &Ctx,
    actor: &Actor,
    id: PledgeId,
    if_match: IfMatch,
    action: PledgeAction,
    body: Body,
) -> Response<PledgeResponse> {
    let card = service::transition(ctx, actor, id, if_match, action, body.reason()?).await?;
    let version = card.pledge.version;
    Ok(Reply::ok(PledgeResponse::from(card)).versioned(version))
}

/// Activate a pledge
///
/// Grants its hours: those of each week, for the days from today, or its first day, to its last.
#[utoipa::path(tag = "pledges", params(("id" = PledgeId, Path, description = "The pledge.")), request_body = Option<TransitionRequest>,
    extensions(("x-roles" = json!(["org_manager", "org_owner"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Done.", body = PledgeResponse)))]
#[post("/pledges/{id}/activate")]
async fn activate_pledge(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<PledgeId>,
    if_match: IfMatch,
    body: Body,
) -> Response<PledgeResponse> {
    go(&ctx, &actor, id.0, if_match, PledgeAction::Activate, body).await
}

/// Pause a pledge
///
/// It rests: no more of its hours are reserved until it is resumed. What is reserved stays so.
#[utoipa::path(tag = "pledges", params(("id" = PledgeId, Path, description = "The pledge.")), request_body = Option<TransitionRequest>,
    extensions(("x-roles" = json!(["org_manager", "org_owner"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Done.", body = PledgeResponse)))]
#[post("/pledges/{id}/pause")]
async fn pause_pledge(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<PledgeId>,
    if_match: IfMatch,
    body: Body,
) -> Response<PledgeResponse> {
    go(&ctx, &actor, id.0, if_match, PledgeAction::Pause, body).await
}

/// Resume a pledge
///
/// A paused pledge gives hours again, unless its last day has passed.
#[utoipa::path(tag = "pledges", params(("id" = PledgeId, Path, description = "The pledge.")), request_body = Option<TransitionRequest>,
    extensions(("x-roles" = json!(["org_manager", "org_owner"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Done.", body = PledgeResponse)))]
#[post("/pledges/{id}/resume")]
async fn resume_pledge(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<PledgeId>,
    if_match: IfMatch,
    body: Body,
) -> Response<PledgeResponse> {
    go(&ctx, &actor, id.0, if_match, PledgeAction::Resume, body).await
}

/// Withdraw a pledge
///
/// Gives notice: fourteen days later the pledge ends, and what nobody reserved expires. A draft is dropped at once.
#[utoipa::path(tag = "pledges", params(("id" = PledgeId, Path, description = "The pledge.")), request_body = Option<TransitionRequest>,
    extensions(("x-roles" = json!(["org_manager", "org_owner"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Done.", body = PledgeResponse)))]
#[post("/pledges/{id}/withdraw")]
async fn withdraw_pledge(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<PledgeId>,
    if_match: IfMatch,
    body: Body,
) -> Response<PledgeResponse> {
    go(&ctx, &actor, id.0, if_match, PledgeAction::Withdraw, body).await
}
