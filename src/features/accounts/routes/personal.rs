//! Addresses of personal data and of leaving.

use crate::features::accounts::dto::{DepartureResponse, ExportResponse, MeResponse};
use crate::features::accounts::personal::Parts;
use crate::features::accounts::service::leave;
use crate::http::{Reply, Response};
use crate::infra::Ctx;
use crate::kernel::Actor;
use actix_web::http::header;
use actix_web::{delete, get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(export_me).service(delete_me).service(restore_me);
}

/// Export the own data
///
/// Everything that is held of the caller, as one JSON document; secrets such as the text of tokens are left out, since only
/// their hashes are kept. Of those who have a second factor it wants one proven within 15 minutes.
#[utoipa::path(tag = "me", extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "Everything.", body = ExportResponse)))]
#[get("/me/export")]
async fn export_me(actor: Actor, ctx: web::Data<Ctx>, parts: web::Data<Parts>) -> Response<ExportResponse> {
    let export = leave::export(&ctx, &actor, **parts).await?;
    let name = format!("attachment; filename=\"mainstay-{}.json\"", export.handle);
    Ok(Reply::ok(export.into()).header(header::CONTENT_DISPOSITION, name))
}

/// Delete the own account
///
/// Ends all other sessions, and anonymises the account after 14 days: address, names, profile, sessions, tokens and factors
/// go; what others count on, such as confirmed work, stays without a name. Until then signing in works, and
/// `POST /me/restore` takes it back. Wants a second factor proven within 15 minutes, or of those who have none a sign-in
/// within 15 minutes. The last owner of an organization with other members is answered 409 `account.hand_over_first`, with
/// `hand_over` naming what others would be left without.
#[utoipa::path(tag = "me", extensions(("x-roles" = json!(["member"]))),
    responses((status = 202, description = "The account will be deleted.", body = DepartureResponse)))]
#[delete("/me")]
async fn delete_me(actor: Actor, ctx: web::Data<Ctx>, parts: web::Data<Parts>) -> Response<DepartureResponse> {
    let departure = leave::leave(&ctx, &actor, **parts).await?;
    Ok(Reply::accepted(departure.into()).header(header::LOCATION, "/api/v1/me"))
}

/// Keep the own account after all
///
/// Takes `DELETE /me` back within the 14 days.
#[utoipa::path(tag = "me", extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "The account stays.", body = MeResponse)))]
#[post("/me/restore")]
async fn restore_me(actor: Actor, ctx: web::Data<Ctx>) -> Response<MeResponse> {
    let (account, roles) = leave::restore(&ctx, &actor).await?;
    let version = account.version;
    Ok(Reply::ok(MeResponse::new(account, roles)).versioned(version))
}
