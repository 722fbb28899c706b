//! Addresses of passkeys.

use super::reply;
use crate::features::accounts::dto::{
    AskPasskeyRequest, AskPasskeyResponse, FinishPasskeyRequest, NewPasskeyResponse, PasskeyLoginRequest,
    PasskeyResponse, StartPasskeyResponse, TokensResponse, UpdatePasskeyRequest,
};
use crate::features::accounts::service::passkey;
use crate::http::page::Window;
use crate::http::{Json, PageQuery, PageResponse, Path, Query, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, Caller, IfMatch, PasskeyId};
use actix_web::{HttpRequest, delete, get, patch, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_passkeys)
        .service(start_passkey)
        .service(finish_passkey)
        .service(get_passkey)
        .service(update_passkey)
        .service(remove_passkey)
        .service(start_passkey_login)
        .service(finish_passkey_login)
        .service(start_passkey_mfa)
        .service(start_passkey_step_up);
}

/// The own passkeys
///
/// What signs in to the own account or proves its second factor, newest first. For signed-in people only.
#[utoipa::path(tag = "me", params(PageQuery), extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "A page.", body = PageResponse<PasskeyResponse>)))]
#[get("/me/passkeys")]
async fn list_passkeys(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    query: Query<PageQuery>,
) -> Response<PageResponse<PasskeyResponse>> {
    let page = passkey::list(&ctx, &actor, Window::try_from(query.0)?).await?;
    Ok(PageResponse::reply(&request, page.map(PasskeyResponse::from)))
}

/// Begin to make a passkey
///
/// Answers the options for `navigator.credentials.create()`. Wants a sign-in within 15 minutes, and of those who have one a
/// second factor proven within 15 minutes.
#[utoipa::path(tag = "me", extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "What the authenticator is asked.", body = StartPasskeyResponse)))]
#[post("/me/passkeys/start")]
async fn start_passkey(actor: Actor, ctx: web::Data<Ctx>) -> Response<StartPasskeyResponse> {
    let (account, asked) = passkey::start(&ctx, &actor).await?;
    Ok(Reply::ok(StartPasskeyResponse::new(account, asked)))
}

/// Finish making a passkey
///
/// Takes the browser's answer within five minutes, once. From now on the passkey signs in by itself if it verifies its
/// user, and a sign-in by password wants a second factor. The first second factor of an account comes with ten recovery
/// codes, shown this once. The owner is told by mail.
#[utoipa::path(tag = "me", extensions(("x-roles" = json!(["member"]))),
    responses((status = 201, description = "Made.", body = NewPasskeyResponse)))]
#[post("/me/passkeys/finish")]
async fn finish_passkey(
    actor: Actor,
    ctx: web::Data<Ctx>,
    body: Json<FinishPasskeyRequest>,
) -> Response<NewPasskeyResponse> {
    let made = passkey::finish(&ctx, &actor, &body.0.making()).await?;
    let location = format!("/api/v1/me/passkeys/{}", made.passkey.id);
    Ok(Reply::created(location, made.into()))
}

/// An own passkey
///
/// What it is, and when it was last used.
#[utoipa::path(tag = "me", params(("passkey_id" = PasskeyId, Path, description = "The passkey.")),
    extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "The passkey.", body = PasskeyResponse)))]
#[get("/me/passkeys/{passkey_id}")]
async fn get_passkey(actor: Actor, ctx: web::Data<Ctx>, passkey_id: Path<PasskeyId>) -> Response<PasskeyResponse> {
    let found = passkey::get(&ctx, &actor, passkey_id.0).await?;
    let version = found.version;
    Ok(Reply::ok(found.into()).versioned(version))
}

/// Rename an own passkey
///
/// Changes the name (JSON Merge Patch). Wants a second factor proven within 15 minutes.
#[utoipa::path(tag = "me", params(("passkey_id" = PasskeyId, Path, description = "The passkey.")),
    extensions(("x-roles" = json!(["member"])), ("x-if-match" = json!("required"))),
    responses((status = 200, description = "The changed passkey.", body = PasskeyResponse)))]
#[patch("/me/passkeys/{passkey_id}")]
async fn update_passkey(
    actor: Actor,
    ctx: web::Data<Ctx>,
    passkey_id: Path<PasskeyId>,
    if_match: IfMatch,
    body: Json<UpdatePasskeyRequest>,
) -> Response<PasskeyResponse> {
    let changed = passkey::rename(&ctx, &actor, passkey_id.0, if_match, body.0.name).await?;
    let version = changed.version;
    Ok(Reply::ok(changed.into()).versioned(version))
}

/// Remove an own passkey
///
/// It signs nobody in any more, and the owner is told by mail. The last way to sign in stays (409
/// `account.last_way_in`); with the last second factor the recovery codes go. Wants a second factor proven within 15
/// minutes.
#[utoipa::path(tag = "me", params(("passkey_id" = PasskeyId, Path, description = "The passkey.")),
    extensions(("x-roles" = json!(["member"]))),
    responses((status = 204, description = "Removed.")))]
#[delete("/me/passkeys/{passkey_id}")]
async fn remove_passkey(actor: Actor, ctx: web::Data<Ctx>, passkey_id: Path<PasskeyId>) -> Response<()> {
    passkey::remove(&ctx, &actor, passkey_id.0).await?;
    Ok(Reply::no_content())
}

/// Begin to sign in with a passkey
///
/// Answers the options for `navigator.credentials.get()`. No account is named: the passkey says whose it is.
#[utoipa::path(tag = "auth", extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "What the authenticator is asked.", body = AskPasskeyResponse)))]
#[post("/auth/passkeys/login/start")]
async fn start_passkey_login(_caller: Caller, ctx: web::Data<Ctx>) -> Response<AskPasskeyResponse> {
    Ok(Reply::ok(AskPasskeyResponse::new(passkey::ask_sign_in(&ctx).await?, "required")))
}

/// Sign in with a passkey
///
/// Takes the browser's answer within five minutes, once. Needs no password and counts as two factors: the authenticator must
/// have verified its user. Whatever does not fit gets the same answer, 401 `auth.wrong_passkey`.
#[utoipa::path(tag = "auth", extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "Signed in.", body = TokensResponse)))]
#[post("/auth/passkeys/login/finish")]
async fn finish_passkey_login(
    caller: Caller,
    ctx: web::Data<Ctx>,
    body: Json<PasskeyLoginRequest>,
) -> Response<TokensResponse> {
    let answer = body.0.credential.read()?;
    passkey::sign_in(&ctx, &caller, answer).await.map(reply)
}

/// Ask for a passkey as the second factor
///
/// For a sign-in that was answered with `auth.mfa_required` and names `passkey` among its methods: answers the options for
/// `navigator.credentials.get()`. What the browser gives goes to `POST /auth/mfa`.
#[utoipa::path(tag = "auth", extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "What the authenticator is asked.", body = AskPasskeyResponse)))]
#[post("/auth/passkeys/mfa/start")]
async fn start_passkey_mfa(
    _caller: Caller,
    ctx: web::Data<Ctx>,
    body: Json<AskPasskeyRequest>,
) -> Response<AskPasskeyResponse> {
    let asked = passkey::ask_second_factor(&ctx, &body.0.mfa_token).await?;
    Ok(Reply::ok(AskPasskeyResponse::new(asked, "preferred")))
}

/// Ask for a passkey within a session
///
/// Answers the options for `navigator.credentials.get()`. What the browser gives goes to `POST /auth/step-up`.
#[utoipa::path(tag = "auth", extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "What the authenticator is asked.", body = AskPasskeyResponse)))]
#[post("/auth/passkeys/step-up/start")]
async fn start_passkey_step_up(actor: Actor, ctx: web::Data<Ctx>) -> Response<AskPasskeyResponse> {
    Ok(Reply::ok(AskPasskeyResponse::new(passkey::ask_step_up(&ctx, &actor).await?, "preferred")))
}
