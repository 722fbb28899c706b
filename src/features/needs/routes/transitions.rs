//! The transitions of needs, an address each.

use crate::features::needs::dto::NeedResponse;
use crate::features::needs::model::NeedAction;
use crate::features::needs::service;
use crate::http::{OptionalJson, Path, Reply, Response, TransitionRequest};
use crate::infra::Ctx;
use crate::kernel::{Actor, IfMatch, NeedId};
use actix_web::{post, web};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(publish_need)
        .service(pause_need)
        .service(resume_need)
        .service(renew_need)
        .service(fulfil_need)
        .service(close_need)
        .service(cancel_need);
}

type Body = OptionalJson<TransitionRequest>;

async fn go(
    ctx: &Ctx,
    actor: &Actor,
    id: NeedId,
    if_match: IfMatch,
    action: NeedAction,
    body: Body,
) -> Response<NeedResponse> {
    let card = service::transition(ctx, actor, id, if_match, action, body.reason()?).await?;
    let version = card.need.version;
    Ok(Reply::ok(NeedResponse::from(card)).versioned(version))
}

/// Open a need
///
/// A draft begins to look for people. Wants a listed project, a window that has not passed, and review budget left.
#[utoipa::path(tag = "needs", params(("id" = NeedId, Path, description = "The need.")), request_body = Option<TransitionRequest>,
    extensions(("x-roles" = json!(["maintainer", "lead", "coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Done.", body = NeedResponse)))]
#[post("/needs/{id}/publish")]
async fn publish_need(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<NeedId>,
    if_match: IfMatch,
    body: Body,
) -> Response<NeedResponse> {
    go(&ctx, &actor, id.0, if_match, NeedAction::Publish, body).await
}

/// Pause a need
///
/// It rests and is shown to nobody as an opportunity until it is resumed.
#[utoipa::path(tag = "needs", params(("id" = NeedId, Path, description = "The need.")), request_body = Option<TransitionRequest>,
    extensions(("x-roles" = json!(["maintainer", "lead", "coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Done.", body = NeedResponse)))]
#[post("/needs/{id}/pause")]
async fn pause_need(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<NeedId>,
    if_match: IfMatch,
    body: Body,
) -> Response<NeedResponse> {
    go(&ctx, &actor, id.0, if_match, NeedAction::Pause, body).await
}

/// Resume a need
///
/// A paused need looks for people again, if project, window and review budget allow it.
#[utoipa::path(tag = "needs", params(("id" = NeedId, Path, description = "The need.")), request_body = Option<TransitionRequest>,
    extensions(("x-roles" = json!(["maintainer", "lead", "coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Done.", body = NeedResponse)))]
#[post("/needs/{id}/resume")]
async fn resume_need(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<NeedId>,
    if_match: IfMatch,
    body: Body,
) -> Response<NeedResponse> {
    go(&ctx, &actor, id.0, if_match, NeedAction::Resume, body).await
}

/// Renew a need
///
/// The project confirms that it still stands, every 30 days; this also opens an expired one again.
#[utoipa::path(tag = "needs", params(("id" = NeedId, Path, description = "The need.")), request_body = Option<TransitionRequest>,
    extensions(("x-roles" = json!(["maintainer", "lead", "coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Done.", body = NeedResponse)))]
#[post("/needs/{id}/renew")]
async fn renew_need(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<NeedId>,
    if_match: IfMatch,
    body: Body,
) -> Response<NeedResponse> {
    go(&ctx, &actor, id.0, if_match, NeedAction::Renew, body).await
}

/// Fulfil a need
///
/// The work is done, in the project's own words.
#[utoipa::path(tag = "needs", params(("id" = NeedId, Path, description = "The need.")), request_body = Option<TransitionRequest>,
    extensions(("x-roles" = json!(["maintainer", "lead", "coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Done.", body = NeedResponse)))]
#[post("/needs/{id}/fulfil")]
async fn fulfil_need(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<NeedId>,
    if_match: IfMatch,
    body: Body,
) -> Response<NeedResponse> {
    go(&ctx, &actor, id.0, if_match, NeedAction::Fulfil, body).await
}

/// Close a need
///
/// A fulfilled need is put away.
#[utoipa::path(tag = "needs", params(("id" = NeedId, Path, description = "The need.")), request_body = Option<TransitionRequest>,
    extensions(("x-roles" = json!(["maintainer", "lead", "coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Done.", body = NeedResponse)))]
#[post("/needs/{id}/close")]
async fn close_need(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<NeedId>,
    if_match: IfMatch,
    body: Body,
) -> Response<NeedResponse> {
    go(&ctx, &actor, id.0, if_match, NeedAction::Close, body).await
}

/// Cancel a need
///
/// The project gives it up. It stays on record, but nothing more can happen to it.
#[utoipa::path(tag = "needs", params(("id" = NeedId, Path, description = "The need.")), request_body = Option<TransitionRequest>,
    extensions(("x-roles" = json!(["maintainer", "lead", "coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Done.", body = NeedResponse)))]
#[post("/needs/{id}/cancel")]
async fn cancel_need(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<NeedId>,
    if_match: IfMatch,
    body: Body,
) -> Response<NeedResponse> {
    go(&ctx, &actor, id.0, if_match, NeedAction::Cancel, body).await
}
