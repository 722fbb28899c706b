//! Addresses of organizations.

mod domains;
mod invitations;
mod link;
mod members;
mod rules;

pub use link::configure_pages;

use super::dto::{CreateOrganizationRequest, ListOrganizationsQuery, OrganizationResponse, UpdateOrganizationRequest};
use super::service::{self, Edit, NewOrganizationInput};
use super::store::Filter;
use crate::http::page::Window;
use crate::http::{Json, PageResponse, Path, Query, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, Caller, Check, IfMatch, fold};
use actix_web::{HttpRequest, get, patch, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

/// Puts the addresses of this feature into the router.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_organizations)
        .service(create_organization)
        .service(get_organization)
        .service(update_organization)
        .configure(members::configure)
        .configure(invitations::configure)
        .configure(rules::configure)
        .configure(domains::configure);
}

/// Organizations
///
/// All organizations, newest first.
#[utoipa::path(tag = "organizations", params(ListOrganizationsQuery), extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "A page.", body = PageResponse<OrganizationResponse>)))]
#[get("/organizations")]
async fn list_organizations(
    caller: Caller,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    query: Query<ListOrganizationsQuery>,
) -> Response<PageResponse<OrganizationResponse>> {
    let query = query.0;
    let mut check = Check::default();
    let window = Window::read(&mut check, query.limit, query.cursor.as_deref());
    let mine = query.mine.unwrap_or(false);
    check.require(!mine || caller.actor.is_some(), "?mine", "sign_in", "Sign in to list your own organizations.");
    check.require(query.q.as_ref().is_none_or(|q| q.len() <= 100), "?q", "too_long", "At most 100 characters.");
    check.done()?;
    let window = window?;
    let filter = Filter {
        text: query.q.as_deref().map(fold),
        kind: query.kind,
        member: caller.account_id().filter(|_| mine),
        limit: window.limit,
        after: window.after,
    };
    let page = service::list(&ctx, filter).await?;
    let reply = PageResponse::reply(&request, page.map(OrganizationResponse::from));
    Ok(if mine { reply } else { reply.public() })
}

/// Make an organization
///
/// The caller becomes its owner. Wants a verified mail address.
#[utoipa::path(tag = "organizations", extensions(("x-roles" = json!(["member"]))),
    responses((status = 201, description = "Made.", body = OrganizationResponse)))]
#[post("/organizations")]
async fn create_organization(
    actor: Actor,
    ctx: web::Data<Ctx>,
    body: Json<CreateOrganizationRequest>,
) -> Response<OrganizationResponse> {
    let CreateOrganizationRequest { slug, name, kind, description, homepage_url } = body.0;
    let input = NewOrganizationInput { slug, name, kind, description, homepage_url };
    let made = service::create(&ctx, &actor, input).await?;
    let version = made.version;
    Ok(Reply::created(format!("/api/v1/organizations/{}", made.slug), OrganizationResponse::from((made, Vec::new())))
        .versioned(version))
}

/// An organization
///
/// What it says of itself, and the domains proven to be its own. A suspended one is shown to its members, coordinators and
/// moderators alone.
#[utoipa::path(tag = "organizations", params(("slug" = String, Path, description = "The organization's slug.", example = "example-freight")),
    extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "The organization.", body = OrganizationResponse)))]
#[get("/organizations/{slug}")]
async fn get_organization(caller: Caller, ctx: web::Data<Ctx>, slug: Path<String>) -> Response<OrganizationResponse> {
    let found = service::get(&ctx, &caller, slug.0).await?;
    let (version, public) = (found.0.version, found.0.suspended_at.is_none());
    let reply = Reply::ok(OrganizationResponse::from(found)).versioned(version);
    Ok(if public { reply.public() } else { reply })
}

/// Change an organization
///
/// Its owners change what it says of itself (JSON Merge Patch). The slug stays, since others link to it.
#[utoipa::path(tag = "organizations", params(("slug" = String, Path, description = "The organization's slug.", example = "example-freight")),
    extensions(("x-roles" = json!(["org_owner"])), ("x-if-match" = json!("required"))),
    responses((status = 200, description = "Changed.", body = OrganizationResponse)))]
#[patch("/organizations/{slug}")]
async fn update_organization(
    actor: Actor,
    ctx: web::Data<Ctx>,
    slug: Path<String>,
    if_match: IfMatch,
    body: Json<UpdateOrganizationRequest>,
) -> Response<OrganizationResponse> {
    let UpdateOrganizationRequest { name, kind, description, homepage_url } = body.0;
    let changed =
        service::update(&ctx, &actor, slug.0, if_match, Edit { name, kind, description, homepage_url }).await?;
    let version = changed.0.version;
    Ok(Reply::ok(OrganizationResponse::from(changed)).versioned(version))
}
