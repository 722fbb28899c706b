//! Addresses of second factors.

use super::reply;
use crate::features::accounts::dto::{
    ConfirmTotpRequest, MfaRequest, RecoveryCodesResponse, StepUpRequest, StepUpResponse, TokensResponse,
    TotpSetupResponse,
};
use crate::features::accounts::service::{factor, mfa};
use crate::http::{Json, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, Caller};
use actix_web::{delete, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(finish_sign_in)
        .service(step_up)
        .service(start_totp)
        .service(confirm_totp)
        .service(remove_totp)
        .service(renew_recovery_codes);
}

/// Sign in, second half
///
/// Proves the second factor for a sign-in that was answered with `auth.mfa_required`. A wrong code may be followed by
/// another one within five minutes.
#[utoipa::path(tag = "auth", extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "Signed in.", body = TokensResponse)))]
#[post("/auth/mfa")]
async fn finish_sign_in(caller: Caller, ctx: web::Data<Ctx>, body: Json<MfaRequest>) -> Response<TokensResponse> {
    let (mfa_token, evidence) = body.0.read()?;
    mfa::finish(&ctx, &caller, mfa_token, evidence).await.map(reply)
}

/// Prove the second factor again
///
/// Counts for 15 minutes in this session, for operations that answer `auth.step_up_required` without it.
#[utoipa::path(tag = "auth", extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "Proven.", body = StepUpResponse)))]
#[post("/auth/step-up")]
async fn step_up(actor: Actor, ctx: web::Data<Ctx>, body: Json<StepUpRequest>) -> Response<StepUpResponse> {
    let fresh_until = factor::step_up(&ctx, &actor, body.0.evidence()?).await?;
    Ok(Reply::ok(StepUpResponse { fresh_until }))
}

/// Begin to set up an authenticator app
///
/// Makes a secret (RFC 6238: SHA-1, six digits, 30 seconds) and shows it this once. It protects the account once the app's
/// first code was sent to `POST /me/totp/confirm`. Wants a sign-in within 15 minutes.
#[utoipa::path(tag = "me", extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "The secret.", body = TotpSetupResponse)))]
#[post("/me/totp")]
async fn start_totp(actor: Actor, ctx: web::Data<Ctx>) -> Response<TotpSetupResponse> {
    Ok(Reply::ok(factor::start(&ctx, &actor).await?.into()))
}

/// Finish setting up an authenticator app
///
/// Takes the app's first code and answers ten recovery codes, shown this once. From now on signing in wants a code.
#[utoipa::path(tag = "me", extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "Set up.", body = RecoveryCodesResponse)))]
#[post("/me/totp/confirm")]
async fn confirm_totp(
    actor: Actor,
    ctx: web::Data<Ctx>,
    body: Json<ConfirmTotpRequest>,
) -> Response<RecoveryCodesResponse> {
    let recovery_codes = factor::confirm(&ctx, &actor, body.0.code).await?;
    Ok(Reply::ok(RecoveryCodesResponse { recovery_codes }))
}

/// Remove the authenticator app
///
/// Removes it, and the recovery codes unless a passkey is left, and tells the owner by mail. Wants a second factor proven
/// within 15 minutes.
#[utoipa::path(tag = "me", extensions(("x-roles" = json!(["member"]))),
    responses((status = 204, description = "Removed."),
        (status = 404, description = "There is none.", body = crate::http::problem::ProblemDocument, content_type = "application/problem+json")))]
#[delete("/me/totp")]
async fn remove_totp(actor: Actor, ctx: web::Data<Ctx>) -> Response<()> {
    factor::remove(&ctx, &actor).await?;
    Ok(Reply::no_content())
}

/// Make new recovery codes
///
/// Answers ten new codes, shown this once; the old ones are worthless from now on. Wants a second factor proven within 15
/// minutes.
#[utoipa::path(tag = "me", extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "The codes.", body = RecoveryCodesResponse)))]
#[post("/me/recovery-codes")]
async fn renew_recovery_codes(actor: Actor, ctx: web::Data<Ctx>) -> Response<RecoveryCodesResponse> {
    let recovery_codes = factor::renew_codes(&ctx, &actor).await?;
    Ok(Reply::ok(RecoveryCodesResponse { recovery_codes }))
}
