//! Addresses of where projects can be funded.

use crate::features::projects::dto::{FundingResponse, PutFundingRequest};
use crate::features::projects::funding::FundingFile;
use crate::features::projects::service::{self, FundingInput};
use crate::http::extract::read;
use crate::http::problem::UNSUPPORTED_MEDIA;
use crate::http::{Json, Path, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, Caller, Error};
use actix_web::{HttpMessage as _, HttpRequest, get, post, put, web};
use serde_json::json;
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(get_project_funding).service(put_project_funding).service(import_project_funding);
}

/// Stands in the contract for a funding.json; the document is read as it comes, not into this.
struct FundingDocument;

impl utoipa::PartialSchema for FundingDocument {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        let channel =
            json!({"guid": "collective", "type": "payment-provider", "address": "https://opencollective.com/parser"});
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::Object)
            .description(Some("A funding.json, version 1."))
            .examples([json!({"version": "v1.0.0", "funding": {"channels": [channel]}})])
            .into()
    }
}

impl utoipa::ToSchema for FundingDocument {}

/// Where a project can be funded
///
/// Links to the places where the project takes money. No payment is handled here.
#[utoipa::path(tag = "projects", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything")),
    extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "The links.", body = FundingResponse)))]
#[get("/projects/{slug}/funding")]
async fn get_project_funding(caller: Caller, ctx: web::Data<Ctx>, slug: Path<String>) -> Response<FundingResponse> {
    let links = service::get_funding(&ctx, &caller, slug.0).await?;
    Ok(Reply::ok(FundingResponse::from(links)))
}

/// Say where a project can be funded
///
/// All links at once, in place of those that are there.
#[utoipa::path(tag = "projects", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything")),
    extensions(("x-roles" = json!(["maintainer", "lead", "coordinator"]))),
    responses((status = 200, description = "Kept.", body = FundingResponse)))]
#[put("/projects/{slug}/funding")]
async fn put_project_funding(
    actor: Actor,
    ctx: web::Data<Ctx>,
    slug: Path<String>,
    body: Json<PutFundingRequest>,
) -> Response<FundingResponse> {
    service::may_take(&ctx, &actor, slug.0.clone()).await?;
    let links = service::put_funding(&ctx, &actor, slug.0, FundingInput::Urls(body.0.links)).await?;
    Ok(Reply::ok(FundingResponse::from(links)))
}

/// Take over a funding file
///
/// The links of a FUNDING.yml (`application/yaml`) or a funding.json (`application/json`), in place of those that are there.
#[utoipa::path(tag = "projects", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything")),
    extensions(("x-roles" = json!(["maintainer", "lead", "coordinator"]))),
    request_body(description = "The file.", content((String = "application/yaml"), (String = "text/yaml"), (String = "text/plain"), (FundingDocument = "application/json"))),
    responses((status = 200, description = "Kept.", body = FundingResponse)))]
#[post("/projects/{slug}/funding/import")]
async fn import_project_funding(
    actor: Actor,
    ctx: web::Data<Ctx>,
    slug: Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> Response<FundingResponse> {
    service::may_take(&ctx, &actor, slug.0.clone()).await?;
    let file = match request.mime_type() {
        Ok(Some(mime)) => match mime.essence_str() {
            "application/yaml" | "application/x-yaml" | "text/yaml" | "text/plain" => Some(FundingFile::Yml),
            "application/json" => Some(FundingFile::Json),
            _ => None,
        },
        _ => None,
    };
    let detail = "A FUNDING.yml is sent as application/yaml, a funding.json as application/json.";
    let file = file.ok_or_else(|| Error::new(&UNSUPPORTED_MEDIA, detail))?;
    let bytes = read(&request, payload.into_inner()).await?;
    let links = service::put_funding(&ctx, &actor, slug.0, FundingInput::File(file, bytes)).await?;
    Ok(Reply::ok(FundingResponse::from(links)))
}
