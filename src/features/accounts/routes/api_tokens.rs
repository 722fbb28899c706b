//! Addresses of the caller's API tokens.

use crate::features::accounts::dto::{ApiTokenResponse, CreateApiTokenRequest, NewApiTokenResponse};
use crate::features::accounts::service::api_token::{self, Wish};
use crate::http::page::Window;
use crate::http::{Json, PageQuery, PageResponse, Path, Query, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, ApiTokenId};
use actix_web::{HttpRequest, delete, get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_api_tokens).service(create_api_token).service(get_api_token).service(revoke_api_token);
}

/// The own API tokens
///
/// What programs may act for the own account, newest first, without the tokens' texts. For signed-in people only.
#[utoipa::path(tag = "me", params(PageQuery), extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "A page.", body = PageResponse<ApiTokenResponse>)))]
#[get("/me/api-tokens")]
async fn list_api_tokens(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    query: Query<PageQuery>,
) -> Response<PageResponse<ApiTokenResponse>> {
    let page = api_token::list(&ctx, &actor, Window::try_from(query.0)?).await?;
    Ok(PageResponse::reply(&request, page.map(ApiTokenResponse::from)))
}

/// Make an API token
///
/// Lets a program act for the own account within the scopes named, until it expires or is revoked. Its text is shown this
/// once, and the owner is told by mail. Wants a verified address and, of those who have one, a second factor proven within
/// 15 minutes.
#[utoipa::path(tag = "me", extensions(("x-roles" = json!(["member"]))),
    responses((status = 201, description = "Made.", body = NewApiTokenResponse)))]
#[post("/me/api-tokens")]
async fn create_api_token(
    actor: Actor,
    ctx: web::Data<Ctx>,
    body: Json<CreateApiTokenRequest>,
) -> Response<NewApiTokenResponse> {
    let CreateApiTokenRequest { name, scopes, expires_in_days } = body.0;
    let (row, token) = api_token::make(&ctx, &actor, Wish { name, scopes, days: expires_in_days }).await?;
    let location = format!("/api/v1/me/api-tokens/{}", row.id);
    Ok(Reply::created(location, NewApiTokenResponse::new(row, &token)))
}

/// An own API token
///
/// What it may be used for, and when it was last used; never its text.
#[utoipa::path(tag = "me", params(("token_id" = ApiTokenId, Path, description = "The token.")),
    extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "The token.", body = ApiTokenResponse)))]
#[get("/me/api-tokens/{token_id}")]
async fn get_api_token(actor: Actor, ctx: web::Data<Ctx>, token_id: Path<ApiTokenId>) -> Response<ApiTokenResponse> {
    Ok(Reply::ok(api_token::get(&ctx, &actor, token_id.0).await?.into()))
}

/// Revoke an own API token
///
/// The token is refused from now on.
#[utoipa::path(tag = "me", params(("token_id" = ApiTokenId, Path, description = "The token.")),
    extensions(("x-roles" = json!(["member"]))),
    responses((status = 204, description = "Revoked.")))]
#[delete("/me/api-tokens/{token_id}")]
async fn revoke_api_token(actor: Actor, ctx: web::Data<Ctx>, token_id: Path<ApiTokenId>) -> Response<()> {
    api_token::revoke(&ctx, &actor, token_id.0).await?;
    Ok(Reply::no_content())
}
