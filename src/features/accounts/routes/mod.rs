//! Addresses of accounts and sessions.

mod api_tokens;
mod factors;
mod link;
mod oidc;
mod passkeys;
mod password;
mod personal;
mod sessions;

pub use link::configure_pages;

use super::dto::{
    LoginRequest, MeResponse, MessageResponse, RefreshRequest, RegisterRequest, ResendRequest, SignInProblem,
    TokensResponse, UpdateMeRequest, VerifyEmailRequest,
};
use super::service::{self, NewPerson, Tokens};
use crate::http::{Json, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, Caller, IfMatch};
use actix_web::{get, patch, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

/// Puts the addresses of this feature into the router.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(register)
        .service(verify_email)
        .service(resend_verification)
        .service(log_in)
        .service(refresh)
        .service(log_out)
        .service(get_me)
        .service(update_me)
        .configure(sessions::configure)
        .configure(personal::configure)
        .configure(oidc::configure)
        .configure(password::configure)
        .configure(factors::configure)
        .configure(passkeys::configure)
        .configure(api_tokens::configure);
}

/// Register
///
/// Makes an account and mails a link that verifies the address. The answer is the same whether or not the address is
/// known already; what to do next stands in the mail.
#[utoipa::path(tag = "auth", extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 202, description = "Taken; look into your mail.", body = MessageResponse)))]
#[post("/auth/register")]
async fn register(caller: Caller, ctx: web::Data<Ctx>, body: Json<RegisterRequest>) -> Response<MessageResponse> {
    let body = body.0;
    let person =
        NewPerson { email: body.email, password: body.password, handle: body.handle, display_name: body.display_name };
    service::register(&ctx, &caller, person).await?;
    let message = "Look into your mail: what to do next is on its way to this address.".to_owned();
    Ok(Reply::accepted(MessageResponse { message }).header(actix_web::http::header::LOCATION, "/api/v1/auth/login"))
}

/// Verify a mail address
///
/// Takes the single-use token from the mail as proof that the address is read by its owner: the first address of a new
/// account, or the one that was asked for at `POST /me/email`.
#[utoipa::path(tag = "auth", extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "The address is verified.", body = MessageResponse)))]
#[post("/auth/verify-email")]
async fn verify_email(
    caller: Caller,
    ctx: web::Data<Ctx>,
    body: Json<VerifyEmailRequest>,
) -> Response<MessageResponse> {
    service::verify_email(&ctx, &caller, body.0.token).await?;
    Ok(Reply::ok(MessageResponse { message: "Your mail address is verified.".to_owned() }))
}

/// Send the verification mail again
///
/// Mails a new link to the address if it belongs to an account that is not verified yet, at most three an hour. The answer
/// is the same for every address.
#[utoipa::path(tag = "auth", extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 202, description = "Taken; look into your mail.", body = MessageResponse)))]
#[post("/auth/verify-email/resend")]
async fn resend_verification(ctx: web::Data<Ctx>, body: Json<ResendRequest>) -> Response<MessageResponse> {
    service::resend_verification(&ctx, &body.0.email).await?;
    let message = "If this address waits for its verification, a new link is on its way to it.".to_owned();
    Ok(Reply::accepted(MessageResponse { message }).header(actix_web::http::header::LOCATION, "/api/v1/auth/login"))
}

/// Sign in
///
/// Trades address and password for an access token of 15 minutes and a refresh token. Unknown addresses and wrong
/// passwords get the same answer after the same time. An account with a second factor is answered 401 `auth.mfa_required`
/// with `mfa_token` and `methods`, for `POST /auth/mfa`.
#[utoipa::path(tag = "auth", extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "Signed in.", body = TokensResponse),
        (status = 401, description = "Wrong credentials, or a second factor is wanted.", body = SignInProblem, content_type = "application/problem+json",
            headers(("WWW-Authenticate" = String, description = "How to authenticate.")))))]
#[post("/auth/login")]
async fn log_in(caller: Caller, ctx: web::Data<Ctx>, body: Json<LoginRequest>) -> Response<TokensResponse> {
    let LoginRequest { email, password } = body.0;
    service::log_in(&ctx, &caller, &email, password).await.map(reply)
}

/// Renew a session
///
/// Trades a refresh token for a new pair. Each works once; using one twice ends the session and tells the owner by mail,
/// since somebody else may have a copy of it.
#[utoipa::path(tag = "auth", extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "A new pair.", body = TokensResponse)))]
#[post("/auth/refresh")]
async fn refresh(caller: Caller, ctx: web::Data<Ctx>, body: Json<RefreshRequest>) -> Response<TokensResponse> {
    service::refresh(&ctx, &caller, body.0.refresh_token).await.map(reply)
}

fn reply(tokens: Tokens) -> Reply<TokensResponse> {
    Reply::ok(TokensResponse {
        access_token: tokens.access,
        token_type: "Bearer",
        expires_in: tokens.expires_in_seconds,
        refresh_token: tokens.refresh,
    })
}

/// Sign out
///
/// Ends the session at hand: its access and refresh tokens are refused from now on.
#[utoipa::path(tag = "auth", extensions(("x-roles" = json!(["member"]))),
    responses((status = 204, description = "Signed out.")))]
#[post("/auth/logout")]
async fn log_out(actor: Actor, ctx: web::Data<Ctx>) -> Response<()> {
    service::log_out(&ctx, &actor).await?;
    Ok(Reply::no_content())
}

/// The own account
///
/// Who is signed in, with platform roles and whether the address is verified.
#[utoipa::path(tag = "me", extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "The own account.", body = MeResponse)))]
#[get("/me")]
async fn get_me(actor: Actor, ctx: web::Data<Ctx>) -> Response<MeResponse> {
    let (account, roles) = service::me(&ctx, &actor).await?;
    let version = account.version;
    Ok(Reply::ok(MeResponse::new(account, roles)).versioned(version))
}

/// Change the own account
///
/// Changes handle or display name (JSON Merge Patch). `If-Match` guards against overwriting another change.
#[utoipa::path(tag = "me", extensions(("x-roles" = json!(["member"])), ("x-if-match" = json!("required"))),
    responses((status = 200, description = "The changed account.", body = MeResponse)))]
#[patch("/me")]
async fn update_me(
    actor: Actor,
    ctx: web::Data<Ctx>,
    if_match: IfMatch,
    body: Json<UpdateMeRequest>,
) -> Response<MeResponse> {
    let UpdateMeRequest { handle, display_name } = body.0;
    let (account, roles) = service::update_me(&ctx, &actor, if_match, handle, display_name).await?;
    let version = account.version;
    Ok(Reply::ok(MeResponse::new(account, roles)).versioned(version))
}
