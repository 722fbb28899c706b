//! Addresses of what comes of a swarm.

use super::shown;
use crate::features::swarms::dto::{SwarmReportResponse, SwarmResponse, WriteReportRequest};
use crate::features::swarms::service;
use crate::http::{Json, Path, Query, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, Caller, IfMatch, SwarmId};
use actix_web::{get, put, web};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(write_swarm_report).service(get_swarm_report).service(get_swarm_vex);
}

/// Stands in the contract for a VEX document.
struct VexDocument;

impl utoipa::PartialSchema for VexDocument {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        let affects =
            json!([{"ref": "pkg:npm/left-pad", "versions": [{"range": "vers:npm/<1.3.0", "status": "affected"}]}]);
        let found = json!({"id": "GHSA-jfh8-c2jp-5v3q", "analysis": {"state": "in_triage"}, "affects": affects});
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::Object)
            .description(Some("A VEX document as CycloneDX 1.6 has it."))
            .examples([
                json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "vulnerabilities": [found]}),
            ])
            .into()
    }
}

impl utoipa::ToSchema for VexDocument {}

/// Write a swarm's after-action report
///
/// Once it is resolved; it may be written anew until the swarm is reviewed. For the swarm's coordinators.
#[utoipa::path(tag = "swarms", params(("id" = SwarmId, Path, description = "The swarm.")),
    extensions(("x-roles" = json!(["coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Written.", body = SwarmResponse)))]
#[put("/swarms/{id}/report")]
async fn write_swarm_report(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<SwarmId>,
    if_match: IfMatch,
    body: Json<WriteReportRequest>,
) -> Response<SwarmResponse> {
    service::write_report(&ctx, &actor, id.0, if_match, body.0.into()).await.map(shown)
}

/// A swarm's after-action report
///
/// What happened, what was learned, and what the clocks show; for everybody as soon as there is no embargo, until then for those
/// who consented. It names neither who helped nor who was exposed.
#[utoipa::path(tag = "swarms", params(("id" = SwarmId, Path, description = "The swarm.")),
    extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "The report.", body = SwarmReportResponse)))]
#[get("/swarms/{id}/report")]
async fn get_swarm_report(caller: Caller, ctx: web::Data<Ctx>, id: Path<SwarmId>) -> Response<SwarmReportResponse> {
    let outcome = service::outcome(&ctx, &caller, id.0).await?;
    let version = outcome.swarm.version;
    Ok(Reply::ok(SwarmReportResponse::from(outcome)).versioned(version))
}

/// For whom the statement is.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct VexQuery {
    /// How this exposed organization stands, for those who run it; how the swarm stands when left out.
    #[param(max_length = 64, example = "example-freight")]
    organization: Option<String>,
}

/// A swarm as a VEX document
///
/// `CycloneDX` 1.6: what is affected in which versions, and how it stands. For everybody as soon as there is no embargo, until then for
/// those who consented.
#[utoipa::path(tag = "swarms", params(VexQuery, ("id" = SwarmId, Path, description = "The swarm.")),
    extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "The document.", body = VexDocument)))]
#[get("/swarms/{id}/vex")]
async fn get_swarm_vex(
    caller: Caller,
    ctx: web::Data<Ctx>,
    id: Path<SwarmId>,
    query: Query<VexQuery>,
) -> Response<Value> {
    let document = service::vex(&ctx, &caller, id.0, query.0.organization).await?;
    Ok(Reply::ok(document))
}
