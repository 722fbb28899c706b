//! The address of a company's plan.

use super::dto::PledgePlanResponse;
use super::service;
use crate::features::matching::Matcher;
use crate::http::{Path, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, PledgeId};
use actix_web::{get, web};
use utoipa_actix_web::service_config::ServiceConfig;

pub(in crate::features::matching) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(get_pledge_plan);
}

/// The best use of a pledge
///
/// Who of the organization's people would best work on which need, with what the pledge has left: the engine of the rounds, on
/// its own people, its focus and policy, and what its products depend on. Nothing comes of it by itself. For its managers and
/// owners.
#[utoipa::path(tag = "matching", params(("id" = PledgeId, Path, description = "The pledge.")),
    extensions(("x-roles" = json!(["org_manager", "org_owner"]))),
    responses((status = 200, description = "The plan.", body = PledgePlanResponse),
        (status = 409, description = "The pledge gives no hours.", body = crate::http::problem::ProblemDocument, content_type = "application/problem+json")))]
#[get("/pledges/{id}/plan")]
async fn get_pledge_plan(
    actor: Actor,
    ctx: web::Data<Ctx>,
    matcher: web::Data<Matcher>,
    id: Path<PledgeId>,
) -> Response<PledgePlanResponse> {
    Ok(Reply::ok(service::plan(&ctx, &matcher, &actor, id.0).await?.into()))
}
