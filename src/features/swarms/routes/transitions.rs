//! The transitions of swarms, an address each.

use super::shown;
use crate::features::swarms::dto::SwarmResponse;
use crate::features::swarms::model::SwarmAction;
use crate::features::swarms::service;
use crate::http::{OptionalJson, Path, Response, TransitionRequest};
use crate::infra::Ctx;
use crate::kernel::{Actor, IfMatch, SwarmId};
use actix_web::{post, web};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(form_swarm)
        .service(activate_swarm)
        .service(contain_swarm)
        .service(resolve_swarm)
        .service(review_swarm)
        .service(cancel_swarm);
}

type Body = OptionalJson<TransitionRequest>;

async fn go(
    ctx: &Ctx,
    actor: &Actor,
    id: SwarmId,
    if_match: IfMatch,
    action: SwarmAction,
    body: Body,
) -> Response<SwarmResponse> {
    service::transition(ctx, actor, id, if_match, action, body.reason()?).await.map(shown)
}

/// Form a swarm
///
/// Somebody has answered the call, and roles and a plan are being made. It comes by itself with the first consent. For the swarm's coordinators.
#[utoipa::path(tag = "swarms", params(("id" = SwarmId, Path, description = "The swarm.")), request_body = Option<TransitionRequest>,
    extensions(("x-roles" = json!(["coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Done.", body = SwarmResponse)))]
#[post("/swarms/{id}/form")]
async fn form_swarm(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<SwarmId>,
    if_match: IfMatch,
    body: Body,
) -> Response<SwarmResponse> {
    go(&ctx, &actor, id.0, if_match, SwarmAction::Form, body).await
}

/// Begin with a swarm's plan
///
/// It wants a plan with at least one step. For the swarm's coordinators.
#[utoipa::path(tag = "swarms", params(("id" = SwarmId, Path, description = "The swarm.")), request_body = Option<TransitionRequest>,
    extensions(("x-roles" = json!(["coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Done.", body = SwarmResponse)))]
#[post("/swarms/{id}/activate")]
async fn activate_swarm(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<SwarmId>,
    if_match: IfMatch,
    body: Body,
) -> Response<SwarmResponse> {
    go(&ctx, &actor, id.0, if_match, SwarmAction::Activate, body).await
}

/// Say that it is contained
///
/// It spreads no further; this stops the clock of the containment. For the swarm's coordinators.
#[utoipa::path(tag = "swarms", params(("id" = SwarmId, Path, description = "The swarm.")), request_body = Option<TransitionRequest>,
    extensions(("x-roles" = json!(["coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Done.", body = SwarmResponse)))]
#[post("/swarms/{id}/contain")]
async fn contain_swarm(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<SwarmId>,
    if_match: IfMatch,
    body: Body,
) -> Response<SwarmResponse> {
    go(&ctx, &actor, id.0, if_match, SwarmAction::Contain, body).await
}

/// Say that it is mended
///
/// What is left is the report. For the swarm's coordinators.
#[utoipa::path(tag = "swarms", params(("id" = SwarmId, Path, description = "The swarm.")), request_body = Option<TransitionRequest>,
    extensions(("x-roles" = json!(["coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Done.", body = SwarmResponse)))]
#[post("/swarms/{id}/resolve")]
async fn resolve_swarm(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<SwarmId>,
    if_match: IfMatch,
    body: Body,
) -> Response<SwarmResponse> {
    go(&ctx, &actor, id.0, if_match, SwarmAction::Resolve, body).await
}

/// Close a swarm with its report
///
/// It wants the after-action report, which can't be changed any more then. For the swarm's coordinators.
#[utoipa::path(tag = "swarms", params(("id" = SwarmId, Path, description = "The swarm.")), request_body = Option<TransitionRequest>,
    extensions(("x-roles" = json!(["coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Done.", body = SwarmResponse)))]
#[post("/swarms/{id}/review")]
async fn review_swarm(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<SwarmId>,
    if_match: IfMatch,
    body: Body,
) -> Response<SwarmResponse> {
    go(&ctx, &actor, id.0, if_match, SwarmAction::Review, body).await
}

/// Cancel a swarm
///
/// It was called for nothing. For the swarm's coordinators.
#[utoipa::path(tag = "swarms", params(("id" = SwarmId, Path, description = "The swarm.")), request_body = Option<TransitionRequest>,
    extensions(("x-roles" = json!(["coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Done.", body = SwarmResponse)))]
#[post("/swarms/{id}/cancel")]
async fn cancel_swarm(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<SwarmId>,
    if_match: IfMatch,
    body: Body,
) -> Response<SwarmResponse> {
    go(&ctx, &actor, id.0, if_match, SwarmAction::Cancel, body).await
}
