//! Addresses of notices.

mod link;

pub use link::configure_pages;

use super::dto::{
    ListNoticesQuery, NoticeResponse, NotificationPreferencesResponse, PutNotificationPreferencesRequest,
    ReadNoticesRequest,
};
use super::service;
use super::store::Filter;
use crate::http::page::Window;
use crate::http::{Json, OptionalJson, PageResponse, Path, Query, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, Check, IfMatch, NoticeId};
use actix_web::{HttpRequest, get, post, put, web};
use utoipa_actix_web::service_config::ServiceConfig;

/// Puts the addresses of this feature into the router.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_notifications)
        .service(read_notifications)
        .service(read_notification)
        .service(get_notification_preferences)
        .service(put_notification_preferences);
}

/// Your notices
///
/// What happened that concerns you, newest first; kept for 180 days. What you read here is mailed no more.
#[utoipa::path(tag = "me", params(ListNoticesQuery), extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "A page.", body = PageResponse<NoticeResponse>)))]
#[get("/me/notifications")]
async fn list_notifications(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    query: Query<ListNoticesQuery>,
) -> Response<PageResponse<NoticeResponse>> {
    let query = query.0;
    let mut check = Check::default();
    let window = Window::read(&mut check, query.limit, query.cursor.as_deref());
    check.done()?;
    let window = window?;
    let filter = Filter { unread: query.unread.unwrap_or(false), limit: window.limit, after: window.after };
    let page = service::list(&ctx, &actor, filter).await?;
    Ok(PageResponse::reply(&request, page.map(NoticeResponse::from)))
}

/// Mark your notices as read
///
/// All of them, or those up to the newest one that was seen.
#[utoipa::path(tag = "me", extensions(("x-roles" = json!(["member"]))),
    responses((status = 204, description = "They count as read.")))]
#[post("/me/notifications/read")]
async fn read_notifications(actor: Actor, ctx: web::Data<Ctx>, body: OptionalJson<ReadNoticesRequest>) -> Response<()> {
    service::read_all(&ctx, &actor, body.0.unwrap_or_default().until).await?;
    Ok(Reply::no_content())
}

/// Mark a notice as read
///
/// It is not mailed any more, if it still was to be.
#[utoipa::path(tag = "me", params(("id" = NoticeId, Path, description = "The notice.")), extensions(("x-roles" = json!(["member"]))),
    responses((status = 204, description = "It counts as read.")))]
#[post("/me/notifications/{id}/read")]
async fn read_notification(actor: Actor, ctx: web::Data<Ctx>, id: Path<NoticeId>) -> Response<()> {
    service::read(&ctx, &actor, id.0).await?;
    Ok(Reply::no_content())
}

/// What you are mailed about
///
/// By thing or topic: at once, in a daily or a weekly digest, or not at all. Mails about your account's security always arrive.
#[utoipa::path(tag = "me", extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "What is in force.", body = NotificationPreferencesResponse)))]
#[get("/me/notification-preferences")]
async fn get_notification_preferences(actor: Actor, ctx: web::Data<Ctx>) -> Response<NotificationPreferencesResponse> {
    let wishes = service::get(&ctx, &actor).await?;
    let version = wishes.preferences.version;
    Ok(Reply::ok(NotificationPreferencesResponse::from(wishes)).versioned(version))
}

/// Set what you are mailed about
///
/// As a whole. What waits to be mailed goes by it, too.
#[utoipa::path(tag = "me", extensions(("x-roles" = json!(["member"])), ("x-if-match" = json!("required"))),
    responses((status = 200, description = "Set.", body = NotificationPreferencesResponse)))]
#[put("/me/notification-preferences")]
async fn put_notification_preferences(
    actor: Actor,
    ctx: web::Data<Ctx>,
    if_match: IfMatch,
    body: Json<PutNotificationPreferencesRequest>,
) -> Response<NotificationPreferencesResponse> {
    let wishes = service::put(&ctx, &actor, if_match, body.0.into()).await?;
    let version = wishes.preferences.version;
    Ok(Reply::ok(NotificationPreferencesResponse::from(wishes)).versioned(version))
}
