//! Addresses of domains and of what they say of the caller.

use crate::features::organizations::dto::{AddDomainRequest, AffiliationResponse, DomainResponse, JoinedResponse};
use crate::features::organizations::service;
use crate::http::page::Window;
use crate::http::{Json, PageQuery, PageResponse, Path, Query, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::Actor;
use actix_web::{HttpRequest, delete, get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_organization_domains)
        .service(add_organization_domain)
        .service(verify_organization_domain)
        .service(remove_organization_domain)
        .service(list_own_affiliations)
        .service(accept_affiliation);
}

/// Domains
///
/// What the organization claims to be its own, how each is proven and where that stands. For its members' eyes; the proven
/// ones stand in the organization itself.
#[utoipa::path(tag = "organizations", params(PageQuery, ("slug" = String, Path, description = "The organization's slug.", example = "example-freight")),
    extensions(("x-roles" = json!(["org_member", "org_manager", "org_owner"]))),
    responses((status = 200, description = "A page.", body = PageResponse<DomainResponse>)))]
#[get("/organizations/{slug}/domains")]
async fn list_organization_domains(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    slug: Path<String>,
    query: Query<PageQuery>,
) -> Response<PageResponse<DomainResponse>> {
    let window = Window::try_from(query.0)?;
    let page = service::list_domains(&ctx, &actor, slug.0, window.limit, window.after).await?;
    Ok(PageResponse::reply(&request, page.map(DomainResponse::from)))
}

/// Claim a domain
///
/// The answer says what proves it: a text record, or a file below `/.well-known`.
#[utoipa::path(tag = "organizations", params(("slug" = String, Path, description = "The organization's slug.", example = "example-freight")),
    extensions(("x-roles" = json!(["org_owner"]))),
    responses((status = 201, description = "Claimed.", body = DomainResponse)))]
#[post("/organizations/{slug}/domains")]
async fn add_organization_domain(
    actor: Actor,
    ctx: web::Data<Ctx>,
    slug: Path<String>,
    body: Json<AddDomainRequest>,
) -> Response<DomainResponse> {
    let place = format!("/api/v1/organizations/{}/domains", slug.0);
    let row = service::add_domain(&ctx, &actor, slug.0, body.0.domain).await?;
    Ok(Reply::created(place, DomainResponse::from(row)))
}

/// Verify a domain
///
/// Looks for the record and the file now. Once proven, it is looked for again every 30 days; when that fails for 7 days, the
/// domain lapses and can be verified anew. A domain belongs to one organization at a time.
#[utoipa::path(tag = "organizations", params(("slug" = String, Path, description = "The organization's slug.", example = "example-freight"),
        ("domain" = String, Path, description = "The domain.", example = "freight.example.org")),
    extensions(("x-roles" = json!(["org_owner"]))),
    responses((status = 200, description = "Proven.", body = DomainResponse)))]
#[post("/organizations/{slug}/domains/{domain}/verify")]
async fn verify_organization_domain(
    actor: Actor,
    ctx: web::Data<Ctx>,
    path: Path<(String, String)>,
) -> Response<DomainResponse> {
    let (slug, domain) = path.0;
    let row = service::verify_domain(&ctx, &actor, slug, domain).await?;
    Ok(Reply::ok(DomainResponse::from(row)))
}

/// Give a domain up
///
/// Members stay members; the domain is offered to nobody any more.
#[utoipa::path(tag = "organizations", params(("slug" = String, Path, description = "The organization's slug.", example = "example-freight"),
        ("domain" = String, Path, description = "The domain.", example = "freight.example.org")),
    extensions(("x-roles" = json!(["org_owner"]))),
    responses((status = 204, description = "Given up.")))]
#[delete("/organizations/{slug}/domains/{domain}")]
async fn remove_organization_domain(actor: Actor, ctx: web::Data<Ctx>, path: Path<(String, String)>) -> Response<()> {
    let (slug, domain) = path.0;
    service::remove_domain(&ctx, &actor, slug, domain).await?;
    Ok(Reply::no_content())
}

/// Affiliations offered to you
///
/// Organizations that have proven the domain of your verified address, as long as you never belonged to them.
#[utoipa::path(tag = "me", params(PageQuery), extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "A page.", body = PageResponse<AffiliationResponse>)))]
#[get("/me/affiliations")]
async fn list_own_affiliations(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    query: Query<PageQuery>,
) -> Response<PageResponse<AffiliationResponse>> {
    let window = Window::try_from(query.0)?;
    let page = service::affiliations(&ctx, &actor, window.limit).await?;
    Ok(PageResponse::reply(&request, page.map(AffiliationResponse::from)))
}

/// Accept an affiliation
///
/// You join the organization as a member. Nobody is joined without this.
#[utoipa::path(tag = "me", params(("organization" = String, Path, description = "The organization's slug.", example = "example-freight")),
    extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "Joined.", body = JoinedResponse)))]
#[post("/me/affiliations/{organization}/accept")]
async fn accept_affiliation(actor: Actor, ctx: web::Data<Ctx>, organization: Path<String>) -> Response<JoinedResponse> {
    let joined = service::accept_affiliation(&ctx, &actor, organization.0).await?;
    Ok(Reply::ok(JoinedResponse::from(joined)))
}
