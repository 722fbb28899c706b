//! Addresses of pledges.

mod transitions;

use super::dto::{CreatePledgeRequest, LedgerEntryResponse, PledgeResponse, UpdatePledgeRequest};
use super::model::PledgeStatus;
use super::service;
use super::store::Filter;
use crate::http::page::Window;
use crate::http::{Json, PageQuery, PageResponse, Path, Query, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, Check, IfMatch, PledgeId};
use actix_web::{HttpRequest, get, patch, post, web};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

/// Puts the addresses of this feature into the router.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_pledges)
        .service(create_pledge)
        .service(get_pledge)
        .service(update_pledge)
        .service(get_pledge_ledger)
        .configure(transitions::configure);
}

/// Which pledges.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListPledgesQuery {
    /// In this state; given more than once: in any of them.
    #[serde(default)]
    #[param(inline)]
    status: Vec<PledgeStatus>,
    /// How many items, 1 to 100; 25 when not said.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// An organization's pledges
///
/// All that the organization ever pledged, newest first. For its members and coordinators.
#[utoipa::path(tag = "pledges", params(ListPledgesQuery, ("slug" = String, Path, description = "The organization's slug.", example = "example-freight")),
    extensions(("x-roles" = json!(["org_member", "org_manager", "org_owner", "coordinator"]))),
    responses((status = 200, description = "A page.", body = PageResponse<PledgeResponse>)))]
#[get("/organizations/{slug}/pledges")]
async fn list_pledges(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    slug: Path<String>,
    query: Query<ListPledgesQuery>,
) -> Response<PageResponse<PledgeResponse>> {
    let query = query.0;
    let mut check = Check::default();
    let window = Window::read(&mut check, query.limit, query.cursor.as_deref());
    check.done()?;
    let window = window?;
    let filter = Filter { statuses: query.status, limit: window.limit, after: window.after };
    let page = service::list(&ctx, &actor, slug.0, filter).await?;
    Ok(PageResponse::reply(&request, page.map(PledgeResponse::from)))
}

/// Pledge hours
///
/// An owner or manager of the organization writes a draft; activating it, which grants the hours, is a step of its own.
#[utoipa::path(tag = "pledges", params(("slug" = String, Path, description = "The organization's slug.", example = "example-freight")),
    extensions(("x-roles" = json!(["org_manager", "org_owner"]))),
    responses((status = 201, description = "Kept as a draft.", body = PledgeResponse)))]
#[post("/organizations/{slug}/pledges")]
async fn create_pledge(
    actor: Actor,
    ctx: web::Data<Ctx>,
    slug: Path<String>,
    body: Json<CreatePledgeRequest>,
) -> Response<PledgeResponse> {
    let mut check = Check::default();
    let other = body.0.organization.as_ref().filter(|named| **named != slug.0);
    if other.is_some() {
        let detail = format!("The address says {:?}; leave `organization` out, or name the same.", slug.0);
        check.fault("/organization", "other_organization", detail);
    }
    check.done()?;
    let card = service::create(&ctx, &actor, slug.0, body.0.into()).await?;
    let (id, version) = (card.pledge.id, card.pledge.version);
    Ok(Reply::created(format!("/api/v1/pledges/{id}"), PledgeResponse::from(card)).versioned(version))
}

/// A pledge
///
/// What was promised, where it stands, and what is left of it. For the organization's members and coordinators.
#[utoipa::path(tag = "pledges", params(("id" = PledgeId, Path, description = "The pledge.")),
    extensions(("x-roles" = json!(["org_member", "org_manager", "org_owner", "coordinator"]))),
    responses((status = 200, description = "The pledge.", body = PledgeResponse)))]
#[get("/pledges/{id}")]
async fn get_pledge(actor: Actor, ctx: web::Data<Ctx>, id: Path<PledgeId>) -> Response<PledgeResponse> {
    let card = service::get(&ctx, &actor, id.0).await?;
    let version = card.pledge.version;
    Ok(Reply::ok(PledgeResponse::from(card)).versioned(version))
}

/// Change a pledge
///
/// A JSON Merge Patch, checked as a whole. On a pledge that was activated, other hours or dates adjust what is granted for
/// the days to come, as far as those hours are not reserved or confirmed.
#[utoipa::path(tag = "pledges", params(("id" = PledgeId, Path, description = "The pledge.")),
    extensions(("x-roles" = json!(["org_manager", "org_owner"])), ("x-if-match" = json!("required"))),
    responses((status = 200, description = "Changed.", body = PledgeResponse)))]
#[patch("/pledges/{id}")]
async fn update_pledge(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<PledgeId>,
    if_match: IfMatch,
    body: Json<UpdatePledgeRequest>,
) -> Response<PledgeResponse> {
    let card = service::update(&ctx, &actor, id.0, if_match, move |old| body.0.over(old)).await?;
    let version = card.pledge.version;
    Ok(Reply::ok(PledgeResponse::from(card)).versioned(version))
}

/// A pledge's ledger
///
/// Every movement of its minutes, oldest first; `balance` is their sum. For the organization's members and coordinators.
#[utoipa::path(tag = "pledges", params(PageQuery, ("id" = PledgeId, Path, description = "The pledge.")),
    extensions(("x-roles" = json!(["org_member", "org_manager", "org_owner", "coordinator"]))),
    responses((status = 200, description = "A page.", body = PageResponse<LedgerEntryResponse>)))]
#[get("/pledges/{id}/ledger")]
async fn get_pledge_ledger(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    id: Path<PledgeId>,
    query: Query<PageQuery>,
) -> Response<PageResponse<LedgerEntryResponse>> {
    let window = Window::try_from(query.0)?;
    let page = service::ledger(&ctx, &actor, id.0, window.limit, window.after).await?;
    Ok(PageResponse::reply(&request, page.map(LedgerEntryResponse::from)))
}
