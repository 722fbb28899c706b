//! Addresses of the caller's sessions.

use crate::features::accounts::dto::SessionResponse;
use crate::features::accounts::service;
use crate::http::page::Window;
use crate::http::{PageQuery, PageResponse, Path, Query, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, SessionId};
use actix_web::{HttpRequest, delete, get, web};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_sessions).service(end_other_sessions).service(end_session);
}

/// The own sessions
///
/// The devices that are signed in to the own account, newest first; `current` marks the one that asks.
#[utoipa::path(tag = "me", params(PageQuery), extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "A page.", body = PageResponse<SessionResponse>)))]
#[get("/me/sessions")]
async fn list_sessions(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    query: Query<PageQuery>,
) -> Response<PageResponse<SessionResponse>> {
    let page = service::list_sessions(&ctx, &actor, Window::try_from(query.0)?).await?;
    Ok(PageResponse::reply(&request, page.map(|session| SessionResponse::new(session, actor.session_id))))
}

/// End all other sessions
///
/// Signs the own account out everywhere else: all access and refresh tokens but those of the session at hand are refused
/// from now on. Wants a second factor or, of accounts without one, a sign-in within 15 minutes.
#[utoipa::path(tag = "me", extensions(("x-roles" = json!(["member"]))),
    responses((status = 204, description = "Ended.")))]
#[delete("/me/sessions")]
async fn end_other_sessions(actor: Actor, ctx: web::Data<Ctx>) -> Response<()> {
    service::end_other_sessions(&ctx, &actor).await?;
    Ok(Reply::no_content())
}

/// End a session
///
/// Signs one of the own devices out: its access and refresh tokens are refused from now on. Ending the session at hand is
/// signing out; any other wants a second factor or, of accounts without one, a sign-in within 15 minutes.
#[utoipa::path(tag = "me", params(("session_id" = SessionId, Path, description = "The session.")),
    extensions(("x-roles" = json!(["member"]))),
    responses((status = 204, description = "Ended.")))]
#[delete("/me/sessions/{session_id}")]
async fn end_session(actor: Actor, ctx: web::Data<Ctx>, session_id: Path<SessionId>) -> Response<()> {
    service::end_session(&ctx, &actor, session_id.0).await?;
    Ok(Reply::no_content())
}
