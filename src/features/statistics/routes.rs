//! The address of the public figures.

use super::dto::StatisticsResponse;
use super::service;
use crate::http::{Reply, Response};
use crate::infra::Ctx;
use actix_web::{get, web};
use utoipa_actix_web::service_config::ServiceConfig;

/// Puts the addresses of this feature into the router.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(get_statistics);
}

/// Public figures
///
/// What the marketplace holds at the moment. Whatever is of fewer than five people, organizations, projects or needs is not
/// told, nor anything from which it could be worked out.
#[utoipa::path(tag = "statistics", extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "The figures.", body = StatisticsResponse)))]
#[get("/statistics")]
async fn get_statistics(ctx: web::Data<Ctx>) -> Response<StatisticsResponse> {
    let figures = service::figures(&ctx).await?;
    Ok(Reply::ok(StatisticsResponse::new(ctx.now().date_naive(), figures)).public())
}
