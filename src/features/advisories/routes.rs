//! Addresses of advisories.

use super::dto::{
    AdvisoryResponse, AdvisorySummary, AffectedByResponse, ExposedOrganizationResponse, ExposedOrganizationsResponse,
    JudgeAdvisoryRequest, OsvDocument,
};
use super::model::SeverityLevel;
use super::service::{self, Affected, Keeper, Outcome};
use super::store::{Filter, Place};
use crate::http::extract::{parse, read};
use crate::http::page::Window;
use crate::http::{Json, PageResponse, Path, Query, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, Caller, Check, Cursor, IfMatch, Line, Page, Purl, Result, Timestamp};
use actix_web::{HttpRequest, get, post, put, web};
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

/// Puts the addresses of this feature into the router.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_advisories)
        .service(create_advisory)
        .service(get_advisory)
        .service(get_advisory_record)
        .service(judge_advisory)
        .service(list_exposed_organizations)
        .service(list_project_advisories)
        .service(list_organization_advisories)
        .configure(super::exposure::configure);
}

/// Which advisories.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListAdvisoriesQuery {
    /// Words that are in the ids or the summary.
    #[param(max_length = 200, example = "log4j")]
    q: Option<String>,
    /// About packages of this ecosystem, named as OSV does.
    #[param(max_length = 100, example = "Maven")]
    ecosystem: Option<String>,
    /// About this package: a package URL; its version doesn't count.
    #[param(max_length = 2048, example = "pkg:maven/org.apache.logging.log4j/log4j-core")]
    package: Option<String>,
    /// As severe as this; given more than once: as any of them.
    #[serde(default)]
    #[param(inline)]
    severity: Vec<SeverityLevel>,
    /// Changed by their database at this instant or later.
    since: Option<Timestamp>,
    /// Only those in the catalog of what is exploited, or only the others.
    exploited: Option<bool>,
    /// Only those that were taken back, or only those in force.
    withdrawn: Option<bool>,
    /// How many items, 1 to 100; 25 when not said.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

fn filter(query: ListAdvisoriesQuery, caller: &Caller, now: Timestamp) -> Result<Filter> {
    let mut check = Check::default();
    let window = Window::read(&mut check, query.limit, query.cursor.as_deref());
    let package = check.optional("?package", query.package.as_deref().map(Purl::parse));
    let after = window.as_ref().ok().and_then(|window| window.after.as_ref().map(Place::read));
    let after = check.optional("?cursor", after);
    let text = check.optional("?q", query.q.as_deref().map(|text| Line::parse(text, 0, 200)));
    let ecosystem = check.optional("?ecosystem", query.ecosystem.as_deref().map(|name| Line::parse(name, 0, 100)));
    let text = text.map(|text| text.map(Line::into_string).unwrap_or_default()).unwrap_or_default();
    let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    check.require(words.len() <= 10, "?q", "too_many", "At most 10 words are looked for.");
    check.done()?;
    Ok(Filter {
        words,
        ecosystem: ecosystem?.map(Line::into_string),
        package: package?.map(|purl| purl.package().to_owned()),
        severities: query.severity,
        since: query.since,
        exploited: query.exploited,
        withdrawn: query.withdrawn,
        project: None,
        caller: caller.account_id(),
        now,
        limit: window?.limit,
        after: after?,
    })
}

/// Advisories
///
/// Records of vulnerabilities, those that changed last first. Records under embargo are shown to whoever put them in alone.
#[utoipa::path(tag = "advisories", params(ListAdvisoriesQuery), extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "A page.", body = PageResponse<AdvisorySummary>)))]
#[get("/advisories")]
async fn list_advisories(
    caller: Caller,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    query: Query<ListAdvisoriesQuery>,
) -> Response<PageResponse<AdvisorySummary>> {
    let filter = filter(query.0, &caller, ctx.now())?;
    let page = service::list(&ctx, filter).await?;
    Ok(PageResponse::reply(&request, page.map(AdvisorySummary::from)))
}

/// Under which conditions a record is brought in.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CreateAdvisoryQuery {
    /// Until then nobody sees the record but whoever put it in, and the swarm that is called for it.
    embargo_until: Option<Timestamp>,
}

/// Bring in an advisory
///
/// A coordinator sends an OSV record. Of two records with one id the one that changed later counts: 201 where it is new here,
/// else 200 with the record that counts, and `X-Advisory-Outcome` says what became of the one that was sent (`created`, `updated`,
/// `unchanged`, `older`). Whole databases are for `mainstay import osv` at the machine.
#[utoipa::path(tag = "advisories", params(CreateAdvisoryQuery), extensions(("x-roles" = json!(["coordinator"]))),
    request_body(description = "The record.", content((OsvDocument = "application/json"))),
    responses((status = 200, description = "There was a record of this id.", body = AdvisoryResponse),
        (status = 201, description = "Kept.", body = AdvisoryResponse)))]
#[post("/advisories")]
async fn create_advisory(
    actor: Actor,
    ctx: web::Data<Ctx>,
    query: Query<CreateAdvisoryQuery>,
    request: HttpRequest,
    payload: web::Payload,
) -> Response<AdvisoryResponse> {
    Keeper::of(&actor)?;
    crate::http::extract::json_type(&request)?;
    let bytes = read(&request, payload.into_inner()).await?;
    let (outcome, card) = service::create(&ctx, &actor, parse(&bytes)?, query.0.embargo_until).await?;
    let (place, version) = (format!("/api/v1/advisories/{}", card.advisory.osv_id), card.advisory.version);
    let body = AdvisoryResponse::from(card);
    let reply = if outcome == Outcome::Created { Reply::created(place, body) } else { Reply::ok(body) };
    let name = actix_web::http::header::HeaderName::from_static("x-advisory-outcome");
    Ok(reply.versioned(version).header(name, outcome.as_str()))
}

/// An advisory
///
/// By its id or one of its aliases: the record, what it is about, how severe it is, whether it is exploited, what to do about it and
/// why, and what took its place where it was withdrawn.
#[utoipa::path(tag = "advisories", params(("id" = String, Path, description = "Its id, or an alias.", example = "GHSA-jfh8-c2jp-5v3q")),
    extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "The advisory.", body = AdvisoryResponse)))]
#[get("/advisories/{id}")]
async fn get_advisory(caller: Caller, ctx: web::Data<Ctx>, id: Path<String>) -> Response<AdvisoryResponse> {
    let card = service::get(&ctx, &caller, id.0).await?;
    let version = card.advisory.version;
    Ok(Reply::ok(AdvisoryResponse::from(card)).versioned(version))
}

/// An advisory's record
///
/// As OSV has it, for programs that read OSV.
#[utoipa::path(tag = "advisories", params(("id" = String, Path, description = "Its id, or an alias.", example = "GHSA-jfh8-c2jp-5v3q")),
    extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "The record.", body = OsvDocument)))]
#[get("/advisories/{id}/osv")]
async fn get_advisory_record(caller: Caller, ctx: web::Data<Ctx>, id: Path<String>) -> Response<Value> {
    let card = service::get(&ctx, &caller, id.0).await?;
    let record = serde_json::to_value(&card.advisory.record.0).map_err(crate::kernel::Error::internal)?;
    Ok(Reply::ok(record).versioned(card.advisory.version))
}

/// Answer the questions of an advisory's decision
///
/// A coordinator's answers stand over what follows from the record. Without any answer in the body they are taken back.
#[utoipa::path(tag = "advisories", params(("id" = String, Path, description = "Its id, or an alias.", example = "GHSA-jfh8-c2jp-5v3q")),
    extensions(("x-roles" = json!(["coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Kept.", body = AdvisoryResponse)))]
#[put("/advisories/{id}/judgment")]
async fn judge_advisory(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<String>,
    if_match: IfMatch,
    body: Json<JudgeAdvisoryRequest>,
) -> Response<AdvisoryResponse> {
    let card = service::judge(&ctx, &actor, id.0, if_match, body.0.into()).await?;
    let version = card.advisory.version;
    Ok(Reply::ok(AdvisoryResponse::from(card)).versioned(version))
}

/// Which organizations an advisory affects
///
/// Those with a product whose newest bill of materials has an affected component. For coordinators, who tell them; which
/// products these are is seen by the organization alone.
#[utoipa::path(tag = "advisories", params(("id" = String, Path, description = "Its id, or an alias.", example = "GHSA-jfh8-c2jp-5v3q")),
    extensions(("x-roles" = json!(["coordinator"]))),
    responses((status = 200, description = "All of them.", body = ExposedOrganizationsResponse)))]
#[get("/advisories/{id}/exposed")]
async fn list_exposed_organizations(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<String>,
) -> Response<ExposedOrganizationsResponse> {
    let found = service::exposed(&ctx, &actor, id.0).await?;
    let organizations: Vec<_> = found.into_iter().map(ExposedOrganizationResponse::from).collect();
    Ok(Reply::ok(ExposedOrganizationsResponse { count: organizations.len(), organizations }))
}

/// A project's advisories
///
/// Those about packages that the project publishes, with the filters of the list of all.
#[utoipa::path(tag = "advisories", params(ListAdvisoriesQuery, ("slug" = String, Path, description = "The project's slug.", example = "log4j")),
    extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "A page.", body = PageResponse<AdvisorySummary>)))]
#[get("/projects/{slug}/advisories")]
async fn list_project_advisories(
    caller: Caller,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    slug: Path<String>,
    query: Query<ListAdvisoriesQuery>,
) -> Response<PageResponse<AdvisorySummary>> {
    let filter = filter(query.0, &caller, ctx.now())?;
    let page = service::of_project(&ctx, &caller, slug.0, filter).await?;
    Ok(PageResponse::reply(&request, page.map(AdvisorySummary::from)))
}

/// Which of an organization's advisories.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OwnAdvisoriesQuery {
    /// As severe as this; given more than once: as any of them.
    #[serde(default)]
    #[param(inline)]
    severity: Vec<SeverityLevel>,
    /// Only those in the catalog of what is exploited, or only the others.
    exploited: Option<bool>,
    /// How many items, 1 to 100; 25 when not said.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// What an organization's products are affected by
///
/// Every advisory in force about a component of a product's newest bill of materials, the most severe first. For the
/// organization's managers and owners alone.
#[utoipa::path(tag = "advisories", params(OwnAdvisoriesQuery, ("slug" = String, Path, description = "The organization's slug.", example = "example-freight")),
    extensions(("x-roles" = json!(["org_manager", "org_owner"]))),
    responses((status = 200, description = "A page.", body = PageResponse<AffectedByResponse>)))]
#[get("/organizations/{slug}/advisories")]
async fn list_organization_advisories(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    slug: Path<String>,
    query: Query<OwnAdvisoriesQuery>,
) -> Response<PageResponse<AffectedByResponse>> {
    let query = query.0;
    let mut check = Check::default();
    let window = Window::read(&mut check, query.limit, query.cursor.as_deref());
    check.done()?;
    let window = window?;
    let mut all = service::own(&ctx, &actor, slug.0).await?;
    all.retain(|one| {
        let severe =
            query.severity.is_empty() || one.advisory.severity.is_some_and(|own| query.severity.contains(&own));
        let later = window.after.as_ref().is_none_or(|after| one.rank() > after.key);
        severe && later && query.exploited.is_none_or(|wanted| wanted == one.exploited)
    });
    let page = Page::cut(all, window.limit, |one: &Affected| Cursor { key: one.rank(), id: one.advisory.id.0 });
    Ok(PageResponse::reply(&request, page.map(AffectedByResponse::from)))
}
