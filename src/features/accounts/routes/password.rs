//! Addresses of passwords and of the mail address.

use crate::features::accounts::dto::{
    ChangeEmailRequest, ChangePasswordRequest, ForgotPasswordRequest, MessageResponse, ResetPasswordRequest,
};
use crate::features::accounts::service;
use crate::http::{Json, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, Caller};
use actix_web::http::header;
use actix_web::{delete, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(forgot_password)
        .service(reset_password)
        .service(change_password)
        .service(remove_password)
        .service(change_email);
}

/// Ask for a new password
///
/// Mails a link that sets a new password if the address belongs to an account, at most three an hour. Answer and work are
/// the same for every address.
#[utoipa::path(tag = "auth", extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 202, description = "Taken; look into your mail.", body = MessageResponse)))]
#[post("/auth/password/forgot")]
async fn forgot_password(ctx: web::Data<Ctx>, body: Json<ForgotPasswordRequest>) -> Response<MessageResponse> {
    service::password::forgot(&ctx, &body.0.email).await?;
    let message = "If this address belongs to an account, a link to set a new password is on its way to it.".to_owned();
    Ok(Reply::accepted(MessageResponse { message }).header(header::LOCATION, "/api/v1/auth/password/reset"))
}

/// Set a new password by a mailed token
///
/// Takes the single-use token from the mail, sets the new password, ends all sessions and tells the owner. A second factor
/// stays as it is, and nobody is signed in by this.
#[utoipa::path(tag = "auth", extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "The new password is set.", body = MessageResponse)))]
#[post("/auth/password/reset")]
async fn reset_password(
    caller: Caller,
    ctx: web::Data<Ctx>,
    body: Json<ResetPasswordRequest>,
) -> Response<MessageResponse> {
    let ResetPasswordRequest { token, new_password } = body.0;
    service::password::reset(&ctx, &caller, token, new_password).await?;
    Ok(Reply::ok(MessageResponse { message: "Your new password is set; sign in with it.".to_owned() }))
}

/// Change the password
///
/// Sets a new password in the place of the old one, ends all other sessions and tells the owner by mail. Of an account
/// without a password the old one is not looked at.
#[utoipa::path(tag = "me", extensions(("x-roles" = json!(["member"]))),
    responses((status = 204, description = "Changed.")))]
#[post("/me/password")]
async fn change_password(actor: Actor, ctx: web::Data<Ctx>, body: Json<ChangePasswordRequest>) -> Response<()> {
    let ChangePasswordRequest { current_password, new_password } = body.0;
    service::password::change(&ctx, &actor, current_password, new_password).await?;
    Ok(Reply::no_content())
}

/// Remove the password
///
/// For whoever has a passkey that verifies its user: that is the way to sign in from now on. `POST /me/password` and
/// `POST /auth/password/forgot` set a new password. The owner is told by mail. Wants a second factor proven within 15
/// minutes.
#[utoipa::path(tag = "me", extensions(("x-roles" = json!(["member"]))),
    responses((status = 204, description = "Removed."),
        (status = 404, description = "There is none.", body = crate::http::problem::ProblemDocument, content_type = "application/problem+json")))]
#[delete("/me/password")]
async fn remove_password(actor: Actor, ctx: web::Data<Ctx>) -> Response<()> {
    service::password::remove(&ctx, &actor).await?;
    Ok(Reply::no_content())
}

/// Change the mail address
///
/// Mails a link to the new address and a notice to the old one. The address changes once the link's token was sent to
/// `POST /auth/verify-email`; the answer is the same whether or not the new address is somebody else's already.
#[utoipa::path(tag = "me", extensions(("x-roles" = json!(["member"]))),
    responses((status = 202, description = "Taken; look into the mail of the new address.", body = MessageResponse)))]
#[post("/me/email")]
async fn change_email(actor: Actor, ctx: web::Data<Ctx>, body: Json<ChangeEmailRequest>) -> Response<MessageResponse> {
    let ChangeEmailRequest { new_email, password } = body.0;
    service::ask_change(&ctx, &actor, &new_email, password).await?;
    let message = "Look into the mail of the new address: a link to verify it is on its way.".to_owned();
    Ok(Reply::accepted(MessageResponse { message }).header(header::LOCATION, "/api/v1/me"))
}
