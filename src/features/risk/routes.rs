//! Addresses of risks.

use super::dto::{PlanResponse, PlansResponse, ProjectRiskResponse, PutPlansRequest};
use super::{plans, service};
use crate::http::{Json, Path, Query, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, Caller};
use actix_web::{get, put, web};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

/// Puts the addresses of this feature into the router.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(get_project_risk).service(get_planned_risk).service(get_project_plans).service(put_project_plans);
}

/// A project's risk
///
/// How much would break with it and who depends on it by distance; how easily it breaks, each sign with its source and date;
/// how much it needs help by both; and the level of the baseline that it should have, with the hours and skills to get there.
#[utoipa::path(tag = "risk", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything")),
    extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "What is known.", body = ProjectRiskResponse)))]
#[get("/projects/{slug}/risk")]
async fn get_project_risk(caller: Caller, ctx: web::Data<Ctx>, slug: Path<String>) -> Response<ProjectRiskResponse> {
    Ok(Reply::ok(ProjectRiskResponse::from(service::get(&ctx, &caller, slug.0).await?)))
}

/// What is planned.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PlannedRiskQuery {
    /// A project that it would come to depend on, by its slug; may be given more than once.
    #[serde(default)]
    #[param(max_items = 20, example = json!(["libarchive"]))]
    needs: Vec<String>,
}

/// What a planned integration would change
///
/// If the project came to depend on these others: which listed projects' risk would rise by it, all the way down.
#[utoipa::path(tag = "risk", params(PlannedRiskQuery, ("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything")),
    extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "What would change.", body = PlanResponse),
        (status = 409, description = "Nothing is known of who depends on one of them.", body = crate::http::problem::ProblemDocument, content_type = "application/problem+json")))]
#[get("/projects/{slug}/risk/planned")]
async fn get_planned_risk(
    actor: Actor,
    ctx: web::Data<Ctx>,
    slug: Path<String>,
    query: Query<PlannedRiskQuery>,
) -> Response<PlanResponse> {
    Ok(Reply::ok(PlanResponse::from(service::planned(&ctx, &actor, slug.0, query.0.needs).await?)))
}

/// What a project plans to depend on
///
/// As its people declared. It counts for nothing that is, and shows in the planned risk of whatever it reaches.
#[utoipa::path(tag = "risk", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything")),
    extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "The plans.", body = PlansResponse)))]
#[get("/projects/{slug}/risk/plans")]
async fn get_project_plans(caller: Caller, ctx: web::Data<Ctx>, slug: Path<String>) -> Response<PlansResponse> {
    Ok(Reply::ok(PlansResponse::from(plans::list(&ctx, &caller, slug.0).await?)))
}

/// Declare what a project plans to depend on
///
/// All plans at once, in place of those that are there. The risks are worked out anew.
#[utoipa::path(tag = "risk", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything")),
    extensions(("x-roles" = json!(["maintainer", "lead", "coordinator"]))),
    responses((status = 200, description = "Kept.", body = PlansResponse)))]
#[put("/projects/{slug}/risk/plans")]
async fn put_project_plans(
    actor: Actor,
    ctx: web::Data<Ctx>,
    slug: Path<String>,
    body: Json<PutPlansRequest>,
) -> Response<PlansResponse> {
    Ok(Reply::ok(PlansResponse::from(plans::declare(&ctx, &actor, slug.0, body.0.into()).await?)))
}
