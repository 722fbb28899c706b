//! Addresses of money pledges.

use super::dto::{MoneyPledgeRequest, MoneyPledgeResponse, MoneyTotalsResponse};
use super::model::{MoneyAction, MoneyStatus};
use super::service::{self, Filter};
use super::store::Shown;
use crate::http::page::Window;
use crate::http::{Json, OptionalJson, PageResponse, Path, Query, Reply, Response, TransitionRequest};
use crate::infra::Ctx;
use crate::kernel::{Actor, Check, IfMatch, MoneyPledgeId};
use actix_web::{HttpRequest, get, post, put, web};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

/// Puts the addresses of this feature into the router.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_money_pledges)
        .service(create_money_pledge)
        .service(get_money_totals)
        .service(get_money_pledge)
        .service(update_money_pledge)
        .service(activate_money_pledge)
        .service(fulfil_money_pledge)
        .service(cancel_money_pledge);
}

fn shown(row: Shown) -> Reply<MoneyPledgeResponse> {
    let version = row.0.version;
    Reply::ok(MoneyPledgeResponse::from(row)).versioned(version)
}

/// Which money pledges.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListMoneyPledgesQuery {
    /// Only in this state; may be given more than once.
    #[serde(default)]
    #[param(inline, max_items = 4)]
    status: Vec<MoneyStatus>,
    /// How many items, 1 to 100; 25 when not said.
    #[param(minimum = 1, maximum = 100, example = 25)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// An organization's money pledges
///
/// All that it ever recorded, the newest first. For its members and coordinators.
#[utoipa::path(tag = "funding", params(ListMoneyPledgesQuery, ("slug" = String, Path, description = "The organization's slug.", example = "example-freight")),
    extensions(("x-roles" = json!(["org_member", "org_manager", "org_owner", "coordinator"]))),
    responses((status = 200, description = "A page.", body = PageResponse<MoneyPledgeResponse>)))]
#[get("/organizations/{slug}/funding")]
async fn list_money_pledges(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    slug: Path<String>,
    query: Query<ListMoneyPledgesQuery>,
) -> Response<PageResponse<MoneyPledgeResponse>> {
    let query = query.0;
    let mut check = Check::default();
    let window = Window::read(&mut check, query.limit, query.cursor.as_deref());
    check.done()?;
    let window = window?;
    let filter = Filter { statuses: query.status, limit: window.limit, after: window.after };
    let page = service::list(&ctx, &actor, slug.0, filter).await?;
    Ok(PageResponse::reply(&request, page.map(MoneyPledgeResponse::from)))
}

/// Record a money pledge
///
/// An owner or manager records what the organization promises, as planned. It is paid elsewhere.
#[utoipa::path(tag = "funding", params(("slug" = String, Path, description = "The organization's slug.", example = "example-freight")),
    extensions(("x-roles" = json!(["org_manager", "org_owner"]))),
    responses((status = 201, description = "Recorded.", body = MoneyPledgeResponse)))]
#[post("/organizations/{slug}/funding")]
async fn create_money_pledge(
    actor: Actor,
    ctx: web::Data<Ctx>,
    slug: Path<String>,
    body: Json<MoneyPledgeRequest>,
) -> Response<MoneyPledgeResponse> {
    let place = format!("/api/v1/organizations/{}/funding", slug.0);
    let row = service::create(&ctx, &actor, slug.0, body.0.into()).await?;
    let (id, version) = (row.0.id, row.0.version);
    Ok(Reply::created(format!("{place}/{id}"), MoneyPledgeResponse::from(row)).versioned(version))
}

/// What an organization promises in money
///
/// Sums by currency and period, for its report. For its members and coordinators.
#[utoipa::path(tag = "funding", params(("slug" = String, Path, description = "The organization's slug.", example = "example-freight")),
    extensions(("x-roles" = json!(["org_member", "org_manager", "org_owner", "coordinator"]))),
    responses((status = 200, description = "The sums.", body = MoneyTotalsResponse)))]
#[get("/organizations/{slug}/funding-totals")]
async fn get_money_totals(actor: Actor, ctx: web::Data<Ctx>, slug: Path<String>) -> Response<MoneyTotalsResponse> {
    Ok(Reply::ok(MoneyTotalsResponse::from(service::totals(&ctx, &actor, slug.0).await?)))
}

/// A money pledge
///
/// What was promised, and where it stands. For the organization's members and coordinators.
#[utoipa::path(tag = "funding", params(("slug" = String, Path, description = "The organization's slug.", example = "example-freight"), ("money_pledge_id" = MoneyPledgeId, Path, description = "The money pledge.")),
    extensions(("x-roles" = json!(["org_member", "org_manager", "org_owner", "coordinator"]))),
    responses((status = 200, description = "The money pledge.", body = MoneyPledgeResponse)))]
#[get("/organizations/{slug}/funding/{money_pledge_id}")]
async fn get_money_pledge(
    actor: Actor,
    ctx: web::Data<Ctx>,
    path: Path<(String, MoneyPledgeId)>,
) -> Response<MoneyPledgeResponse> {
    service::get(&ctx, &actor, path.0).await.map(shown)
}

/// Change a money pledge
///
/// The whole anew, as long as it is planned.
#[utoipa::path(tag = "funding", params(("slug" = String, Path, description = "The organization's slug.", example = "example-freight"), ("money_pledge_id" = MoneyPledgeId, Path, description = "The money pledge.")),
    extensions(("x-roles" = json!(["org_manager", "org_owner"])), ("x-if-match" = json!("required"))),
    responses((status = 200, description = "Changed.", body = MoneyPledgeResponse)))]
#[put("/organizations/{slug}/funding/{money_pledge_id}")]
async fn update_money_pledge(
    actor: Actor,
    ctx: web::Data<Ctx>,
    path: Path<(String, MoneyPledgeId)>,
    if_match: IfMatch,
    body: Json<MoneyPledgeRequest>,
) -> Response<MoneyPledgeResponse> {
    service::update(&ctx, &actor, path.0, if_match, body.0.into()).await.map(shown)
}

type Body = OptionalJson<TransitionRequest>;

/// Activate a money pledge
///
/// It is being paid from now on.
#[utoipa::path(tag = "funding", params(("slug" = String, Path, description = "The organization's slug.", example = "example-freight"), ("money_pledge_id" = MoneyPledgeId, Path, description = "The money pledge.")),
    request_body = Option<TransitionRequest>, extensions(("x-roles" = json!(["org_manager", "org_owner"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Done.", body = MoneyPledgeResponse)))]
#[post("/organizations/{slug}/funding/{money_pledge_id}/activate")]
async fn activate_money_pledge(
    actor: Actor,
    ctx: web::Data<Ctx>,
    path: Path<(String, MoneyPledgeId)>,
    if_match: IfMatch,
    body: Body,
) -> Response<MoneyPledgeResponse> {
    service::transition(&ctx, &actor, path.0, if_match, MoneyAction::Activate, body.reason()?).await.map(shown)
}

/// Fulfil a money pledge
///
/// It was paid as promised.
#[utoipa::path(tag = "funding", params(("slug" = String, Path, description = "The organization's slug.", example = "example-freight"), ("money_pledge_id" = MoneyPledgeId, Path, description = "The money pledge.")),
    request_body = Option<TransitionRequest>, extensions(("x-roles" = json!(["org_manager", "org_owner"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Done.", body = MoneyPledgeResponse)))]
#[post("/organizations/{slug}/funding/{money_pledge_id}/fulfil")]
async fn fulfil_money_pledge(
    actor: Actor,
    ctx: web::Data<Ctx>,
    path: Path<(String, MoneyPledgeId)>,
    if_match: IfMatch,
    body: Body,
) -> Response<MoneyPledgeResponse> {
    service::transition(&ctx, &actor, path.0, if_match, MoneyAction::Fulfil, body.reason()?).await.map(shown)
}

/// Cancel a money pledge
///
/// It is given up.
#[utoipa::path(tag = "funding", params(("slug" = String, Path, description = "The organization's slug.", example = "example-freight"), ("money_pledge_id" = MoneyPledgeId, Path, description = "The money pledge.")),
    request_body = Option<TransitionRequest>, extensions(("x-roles" = json!(["org_manager", "org_owner"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Done.", body = MoneyPledgeResponse)))]
#[post("/organizations/{slug}/funding/{money_pledge_id}/cancel")]
async fn cancel_money_pledge(
    actor: Actor,
    ctx: web::Data<Ctx>,
    path: Path<(String, MoneyPledgeId)>,
    if_match: IfMatch,
    body: Body,
) -> Response<MoneyPledgeResponse> {
    service::transition(&ctx, &actor, path.0, if_match, MoneyAction::Cancel, body.reason()?).await.map(shown)
}
