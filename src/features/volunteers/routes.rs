//! Addresses of volunteer profiles.

use super::dto::{ProfileResponse, PutProfileRequest};
use super::service;
use crate::http::{Json, Path, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, Caller, IfMatch};
use actix_web::{get, put, web};
use utoipa_actix_web::service_config::ServiceConfig;

/// Puts the addresses of this feature into the router.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(get_own_profile).service(put_own_profile).service(get_volunteer);
}

/// The own volunteer profile
///
/// What the caller offers; 404 while nothing has been said yet.
#[utoipa::path(tag = "me", extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "The profile.", body = ProfileResponse), (status = 404, description = "There is none yet.", body = crate::http::problem::ProblemDocument, content_type = "application/problem+json")))]
#[get("/me/profile")]
async fn get_own_profile(actor: Actor, ctx: web::Data<Ctx>) -> Response<ProfileResponse> {
    let card = service::own(&ctx, &actor).await?;
    let version = card.profile.version;
    Ok(Reply::ok(ProfileResponse::from(card)).versioned(version))
}

/// Offer help
///
/// Makes the own volunteer profile, or replaces it as a whole.
#[utoipa::path(tag = "me", extensions(("x-roles" = json!(["member"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Replaced.", body = ProfileResponse), (status = 201, description = "Made.", body = ProfileResponse)))]
#[put("/me/profile")]
async fn put_own_profile(
    actor: Actor,
    ctx: web::Data<Ctx>,
    if_match: IfMatch,
    body: Json<PutProfileRequest>,
) -> Response<ProfileResponse> {
    let (card, new) = service::put(&ctx, &actor, if_match, body.0.into()).await?;
    let (version, body) = (card.profile.version, ProfileResponse::from(card));
    let reply = if new { Reply::created("/api/v1/me/profile", body) } else { Reply::ok(body) };
    Ok(reply.versioned(version))
}

/// A volunteer
///
/// Somebody's profile, as far as they let the caller see it.
#[utoipa::path(tag = "volunteers", params(("handle" = String, Path, description = "The person's handle.", example = "ada")),
    extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "The profile.", body = ProfileResponse)))]
#[get("/volunteers/{handle}")]
async fn get_volunteer(caller: Caller, ctx: web::Data<Ctx>, handle: Path<String>) -> Response<ProfileResponse> {
    let card = service::of(&ctx, &caller, handle.0).await?;
    let version = card.profile.version;
    Ok(Reply::ok(ProfileResponse::from(card)).versioned(version))
}
