//! Addresses of webhooks.

use super::dto::{
    CreateWebhookRequest, DeliveryResponse, ListDeliveriesQuery, NewWebhookResponse, UpdateWebhookRequest,
    WebhookResponse,
};
use super::service;
use super::store::DeliveryFilter;
use crate::http::page::Window;
use crate::http::{Json, PageQuery, PageResponse, Path, Query, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, Check, DeliveryId, IfMatch, WebhookId};
use actix_web::{HttpRequest, delete, get, patch, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

/// Puts the addresses of this feature into the router.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_webhooks)
        .service(create_webhook)
        .service(get_webhook)
        .service(update_webhook)
        .service(remove_webhook)
        .service(rotate_webhook_secret)
        .service(list_webhook_deliveries)
        .service(replay_webhook_delivery);
}

/// Webhooks
///
/// Programs of the organization that are told what concerns it, by the Standard Webhooks specification. For its owners and managers.
#[utoipa::path(tag = "webhooks", params(PageQuery, ("slug" = String, Path, description = "The organization's slug.", example = "example-freight")),
    extensions(("x-roles" = json!(["org_manager", "org_owner"]))),
    responses((status = 200, description = "A page.", body = PageResponse<WebhookResponse>)))]
#[get("/organizations/{slug}/webhooks")]
async fn list_webhooks(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    slug: Path<String>,
    query: Query<PageQuery>,
) -> Response<PageResponse<WebhookResponse>> {
    let window = Window::try_from(query.0)?;
    let page = service::list(&ctx, &actor, slug.0, window.limit, window.after).await?;
    Ok(PageResponse::reply(&request, page.map(WebhookResponse::from)))
}

/// Make a webhook
///
/// The answer holds the secret that its messages are signed with; it is shown this once.
#[utoipa::path(tag = "webhooks", params(("slug" = String, Path, description = "The organization's slug.", example = "example-freight")),
    extensions(("x-roles" = json!(["org_manager", "org_owner"]))),
    responses((status = 201, description = "Made.", body = NewWebhookResponse)))]
#[post("/organizations/{slug}/webhooks")]
async fn create_webhook(
    actor: Actor,
    ctx: web::Data<Ctx>,
    slug: Path<String>,
    body: Json<CreateWebhookRequest>,
) -> Response<NewWebhookResponse> {
    let (webhook, secret) = service::create(&ctx, &actor, slug.0.clone(), body.0.into()).await?;
    let (place, version) = (format!("/api/v1/organizations/{}/webhooks/{}", slug.0, webhook.id), webhook.version);
    Ok(Reply::created(place, NewWebhookResponse { webhook: webhook.into(), secret }).versioned(version))
}

/// A webhook
///
/// Without its secret, which is shown only when it is made.
#[utoipa::path(tag = "webhooks", params(("slug" = String, Path, description = "The organization's slug.", example = "example-freight"),
    ("webhook_id" = WebhookId, Path, description = "The webhook.")),
    extensions(("x-roles" = json!(["org_manager", "org_owner"]))),
    responses((status = 200, description = "The webhook.", body = WebhookResponse)))]
#[get("/organizations/{slug}/webhooks/{webhook_id}")]
async fn get_webhook(actor: Actor, ctx: web::Data<Ctx>, path: Path<(String, WebhookId)>) -> Response<WebhookResponse> {
    let (slug, id) = path.0;
    let found = service::get(&ctx, &actor, slug, id).await?;
    let version = found.version;
    Ok(Reply::ok(WebhookResponse::from(found)).versioned(version))
}

/// Change a webhook
///
/// Its address, its topics, or whether it is called (JSON Merge Patch). What happens while it is paused is not delivered later.
#[utoipa::path(tag = "webhooks", params(("slug" = String, Path, description = "The organization's slug.", example = "example-freight"),
    ("webhook_id" = WebhookId, Path, description = "The webhook.")),
    extensions(("x-roles" = json!(["org_manager", "org_owner"])), ("x-if-match" = json!("required"))),
    responses((status = 200, description = "Changed.", body = WebhookResponse)))]
#[patch("/organizations/{slug}/webhooks/{webhook_id}")]
async fn update_webhook(
    actor: Actor,
    ctx: web::Data<Ctx>,
    path: Path<(String, WebhookId)>,
    if_match: IfMatch,
    body: Json<UpdateWebhookRequest>,
) -> Response<WebhookResponse> {
    let changed = service::update(&ctx, &actor, path.0, if_match, body.0.into()).await?;
    let version = changed.version;
    Ok(Reply::ok(WebhookResponse::from(changed)).versioned(version))
}

/// Remove a webhook
///
/// Nothing is sent to it any more, not even what is under way.
#[utoipa::path(tag = "webhooks", params(("slug" = String, Path, description = "The organization's slug.", example = "example-freight"),
    ("webhook_id" = WebhookId, Path, description = "The webhook.")),
    extensions(("x-roles" = json!(["org_manager", "org_owner"])), ("x-if-match" = json!("required"))),
    responses((status = 204, description = "Removed.")))]
#[delete("/organizations/{slug}/webhooks/{webhook_id}")]
async fn remove_webhook(
    actor: Actor,
    ctx: web::Data<Ctx>,
    path: Path<(String, WebhookId)>,
    if_match: IfMatch,
) -> Response<()> {
    service::remove(&ctx, &actor, path.0, if_match).await?;
    Ok(Reply::no_content())
}

/// Rotate a webhook's secret
///
/// The answer holds the new one, which is shown this once. For 24 hours messages carry two signatures, by the new secret and
/// by the one before, so that the receiver has time to change over.
#[utoipa::path(tag = "webhooks", params(("slug" = String, Path, description = "The organization's slug.", example = "example-freight"),
    ("webhook_id" = WebhookId, Path, description = "The webhook.")),
    extensions(("x-roles" = json!(["org_manager", "org_owner"]))),
    responses((status = 200, description = "Rotated.", body = NewWebhookResponse)))]
#[post("/organizations/{slug}/webhooks/{webhook_id}/rotate-secret")]
async fn rotate_webhook_secret(
    actor: Actor,
    ctx: web::Data<Ctx>,
    path: Path<(String, WebhookId)>,
) -> Response<NewWebhookResponse> {
    let (slug, id) = path.0;
    let (webhook, secret) = service::rotate(&ctx, &actor, slug, id).await?;
    let version = webhook.version;
    Ok(Reply::ok(NewWebhookResponse { webhook: webhook.into(), secret }).versioned(version))
}

/// A webhook's deliveries
///
/// What was sent to it and what came of that, newest first; those that ended are kept for 30 days.
#[utoipa::path(tag = "webhooks", params(ListDeliveriesQuery, ("slug" = String, Path, description = "The organization's slug.", example = "example-freight"),
    ("webhook_id" = WebhookId, Path, description = "The webhook.")),
    extensions(("x-roles" = json!(["org_manager", "org_owner"]))),
    responses((status = 200, description = "A page.", body = PageResponse<DeliveryResponse>)))]
#[get("/organizations/{slug}/webhooks/{webhook_id}/deliveries")]
async fn list_webhook_deliveries(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    path: Path<(String, WebhookId)>,
    query: Query<ListDeliveriesQuery>,
) -> Response<PageResponse<DeliveryResponse>> {
    let query = query.0;
    let mut check = Check::default();
    let window = Window::read(&mut check, query.limit, query.cursor.as_deref());
    check.done()?;
    let window = window?;
    let filter = DeliveryFilter { status: query.status, limit: window.limit, after: window.after };
    let page = service::deliveries(&ctx, &actor, path.0, filter).await?;
    Ok(PageResponse::reply(&request, page.map(DeliveryResponse::from)))
}

/// Replay a delivery
///
/// One that ended is sent again, with the same body and `webhook-id`, and as often as a new one where it fails.
#[utoipa::path(tag = "webhooks", params(("slug" = String, Path, description = "The organization's slug.", example = "example-freight"),
    ("webhook_id" = WebhookId, Path, description = "The webhook."), ("delivery_id" = DeliveryId, Path, description = "The delivery.")),
    extensions(("x-roles" = json!(["org_manager", "org_owner"]))),
    responses((status = 202, description = "It is sent again soon.", body = DeliveryResponse)))]
#[post("/organizations/{slug}/webhooks/{webhook_id}/deliveries/{delivery_id}/replay")]
async fn replay_webhook_delivery(
    actor: Actor,
    ctx: web::Data<Ctx>,
    path: Path<(String, WebhookId, DeliveryId)>,
) -> Response<DeliveryResponse> {
    let again = service::replay(&ctx, &actor, path.0).await?;
    Ok(Reply::accepted(DeliveryResponse::from(again)))
}
