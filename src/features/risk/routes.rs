//! Addresses of risks.

use super::dto::{PlanResponse, ProjectRiskResponse};
use super::service;
use crate::http::{Path, Query, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, Caller};
use actix_web::{get, web};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

/// Puts the addresses of this feature into the router.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(get_project_risk).service(get_planned_risk);
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
