//! Addresses of what documents from elsewhere say of projects.

use crate::features::projects::dto::{PrefilledListingResponse, ScorecardResponse, SecurityInsightsResponse};
use crate::features::projects::service;
use crate::features::projects::statements::StatementKind;
use crate::http::extract::read;
use crate::http::problem::UNSUPPORTED_MEDIA;
use crate::http::{Path, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, Caller, Error, Result};
use actix_web::{HttpMessage as _, HttpRequest, get, post, put, web};
use serde_json::json;
use utoipa_actix_web::service_config::ServiceConfig;

/// Stands in the contract for a Scorecard; the document is read as it comes, not into this.
pub(super) struct ScorecardDocument;

impl utoipa::PartialSchema for ScorecardDocument {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::Object)
            .description(Some("A result of the OpenSSF Scorecard, as its `--format json` writes it."))
            .examples([json!({"date": "2026-11-01", "repo": {"name": "github.com/example/parser", "commit": "0123abc"},
                "scorecard": {"version": "v5.0.0", "commit": "0123abc"}, "score": 10.0, "checks": [{"name": "Maintained", "score": 10, "reason": "30 commits"}]})])
            .into()
    }
}

impl utoipa::ToSchema for ScorecardDocument {}

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(prefill_project)
        .service(get_project_scorecard)
        .service(put_project_scorecard)
        .service(get_project_security_insights)
        .service(put_project_security_insights);
}

const YAML: &[&str] = &["application/yaml", "application/x-yaml", "text/yaml", "text/plain"];

fn check_type(request: &HttpRequest, wanted: &[&str], what: &str) -> Result<()> {
    match request.mime_type() {
        Ok(Some(mime)) if wanted.contains(&mime.essence_str()) => Ok(()),
        _ => Err(Error::new(&UNSUPPORTED_MEDIA, format!("{what} is sent as {}.", wanted.join(" or ")))),
    }
}

/// Prefill a listing
///
/// Reads a SECURITY-INSIGHTS file (version 2) and answers with what of a new listing it tells. Nothing is kept.
#[utoipa::path(tag = "projects", extensions(("x-roles" = json!(["member"]))),
    request_body(description = "The file.", content((String = "application/yaml"), (String = "text/yaml"), (String = "text/plain"))),
    responses((status = 200, description = "What it tells.", body = PrefilledListingResponse)))]
#[post("/projects/prefill")]
async fn prefill_project(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    payload: web::Payload,
) -> Response<PrefilledListingResponse> {
    check_type(&request, YAML, "A SECURITY-INSIGHTS file")?;
    let bytes = read(&request, payload.into_inner()).await?;
    let told = service::read_for_listing(&ctx, &actor, bytes).await?;
    Ok(Reply::ok(PrefilledListingResponse::from(told)))
}

/// A project's Scorecard
///
/// The newest result that was brought here.
#[utoipa::path(tag = "projects", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything")),
    extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "The result.", body = ScorecardResponse)))]
#[get("/projects/{slug}/scorecard")]
async fn get_project_scorecard(caller: Caller, ctx: web::Data<Ctx>, slug: Path<String>) -> Response<ScorecardResponse> {
    let row = service::get_statement(&ctx, &caller, slug.0, StatementKind::Scorecard).await?;
    Ok(Reply::ok(ScorecardResponse::try_from(row)?))
}

/// Bring a Scorecard
///
/// A result of the OpenSSF Scorecard for this project's repository. Its aggregate is worked out again, and one that differs is
/// refused, as is a result of another repository. What it shows of the baseline answers requirements that no person has answered.
#[utoipa::path(tag = "projects", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything")),
    extensions(("x-roles" = json!(["maintainer", "lead", "coordinator"]))),
    request_body(description = "The result.", content((ScorecardDocument = "application/json"))),
    responses((status = 200, description = "The newest result, be it this one or a later one that is known.", body = ScorecardResponse)))]
#[put("/projects/{slug}/scorecard")]
async fn put_project_scorecard(
    actor: Actor,
    ctx: web::Data<Ctx>,
    slug: Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> Response<ScorecardResponse> {
    service::may_take(&ctx, &actor, slug.0.clone()).await?;
    check_type(&request, &["application/json"], "A Scorecard")?;
    let bytes = read(&request, payload.into_inner()).await?;
    let row = service::take(&ctx, &actor, slug.0, StatementKind::Scorecard, bytes).await?;
    Ok(Reply::ok(ScorecardResponse::try_from(row)?))
}

/// What a project says of its own security
///
/// The newest SECURITY-INSIGHTS file that was brought here, without the people whom it names.
#[utoipa::path(tag = "projects", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything")),
    extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "What it says.", body = SecurityInsightsResponse)))]
#[get("/projects/{slug}/security-insights")]
async fn get_project_security_insights(
    caller: Caller,
    ctx: web::Data<Ctx>,
    slug: Path<String>,
) -> Response<SecurityInsightsResponse> {
    let row = service::get_statement(&ctx, &caller, slug.0, StatementKind::SecurityInsights).await?;
    Ok(Reply::ok(SecurityInsightsResponse::try_from(row)?))
}

/// Bring a SECURITY-INSIGHTS file
///
/// A file of version 2 for this project's repository. Home page and license are taken over where the listing has none, and
/// the documents that it names answer requirements of the baseline that no person has answered.
#[utoipa::path(tag = "projects", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything")),
    extensions(("x-roles" = json!(["maintainer", "lead", "coordinator"]))),
    request_body(description = "The file.", content((String = "application/yaml"), (String = "text/yaml"), (String = "text/plain"))),
    responses((status = 200, description = "The newest file, be it this one or a later one that is known.", body = SecurityInsightsResponse)))]
#[put("/projects/{slug}/security-insights")]
async fn put_project_security_insights(
    actor: Actor,
    ctx: web::Data<Ctx>,
    slug: Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> Response<SecurityInsightsResponse> {
    service::may_take(&ctx, &actor, slug.0.clone()).await?;
    check_type(&request, YAML, "A SECURITY-INSIGHTS file")?;
    let bytes = read(&request, payload.into_inner()).await?;
    let row = service::take(&ctx, &actor, slug.0, StatementKind::SecurityInsights, bytes).await?;
    Ok(Reply::ok(SecurityInsightsResponse::try_from(row)?))
}
