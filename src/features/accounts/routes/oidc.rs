//! Addresses of signing in by OpenID Connect.

use crate::features::accounts::dto::{
    AuthorizationResponse, IdentitiesResponse, LinkIdentityRequest, OidcProvidersResponse, OidcReturnQuery,
    SignInProblem, TokensResponse,
};
use crate::features::accounts::service::oidc::{self, Return, WAITS};
use crate::http::problem::ProblemDocument;
use crate::http::{Json, Path, Query, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, Caller, IdentityId};
use actix_web::http::header;
use actix_web::{HttpRequest, delete, get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_oidc_providers)
        .service(start_oidc)
        .service(finish_oidc)
        .service(list_identities)
        .service(link_identity)
        .service(unlink_identity);
}

/// Over https the name itself has browsers hold to it that no other host set the cookie, and that it is sent by TLS alone.
fn name(ctx: &Ctx) -> (&'static str, &'static str) {
    if ctx.site().starts_with("https://") {
        ("__Host-mainstay_oidc", "Path=/; Secure")
    } else {
        ("mainstay_oidc", "Path=/api/v1/auth/oidc")
    }
}

/// Sent back to us alone, by a navigation from the provider's page, and to no script.
fn cookie(ctx: &Ctx, value: &str, seconds: i64) -> String {
    let (name, reach) = name(ctx);
    format!("{name}={value}; {reach}; Max-Age={seconds}; HttpOnly; SameSite=Lax")
}

fn carried(ctx: &Ctx, request: &HttpRequest) -> Option<String> {
    let (wanted, _) = name(ctx);
    let all = request.headers().get_all(header::COOKIE).filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == wanted).map(|(_, value)| value.to_owned())
}

/// By whom one can sign in
///
/// The providers of OpenID Connect that are set up here.
#[utoipa::path(tag = "auth", extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "The providers.", body = OidcProvidersResponse)))]
#[get("/auth/oidc")]
async fn list_oidc_providers(ctx: web::Data<Ctx>) -> Response<OidcProvidersResponse> {
    let items = ctx.settings().oidc.providers.iter().map(Into::into).collect();
    Ok(Reply::ok(OidcProvidersResponse { items }).public())
}

/// Begin a sign-in at a provider
///
/// Sends the browser to the provider's page, with a cookie that binds the answer to this browser for ten minutes. There is
/// no parameter that says where it ends: it comes back to the callback below.
#[utoipa::path(tag = "auth", params(("provider" = String, Path, description = "The provider's name.")),
    extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 303, description = "To the provider.", headers(("Location" = String, description = "The provider's page."))),
        (status = 404, description = "No such provider.", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The provider can't be reached.", body = ProblemDocument, content_type = "application/problem+json")))]
#[get("/auth/oidc/{provider}/start")]
async fn start_oidc(ctx: web::Data<Ctx>, provider: Path<String>) -> Response<()> {
    let journey = oidc::start(&ctx, &provider.0, None).await?;
    let cookie = cookie(&ctx, &journey.cookie, WAITS.num_seconds());
    Ok(Reply::see_other(journey.url).header(header::SET_COOKIE, cookie))
}

/// Finish a sign-in at a provider
///
/// Where the provider sends the browser back to. Answers as `POST /auth/login` does: tokens, or `auth.mfa_required`. An
/// identity that is not linked yet opens the account with its address, if both sides verified that address; if there is no
/// such account, one is made.
#[utoipa::path(tag = "auth", params(("provider" = String, Path, description = "The provider's name."), OidcReturnQuery),
    extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "Signed in.", body = TokensResponse),
        (status = 401, description = "Nothing is proven, or a second factor is wanted.", body = SignInProblem, content_type = "application/problem+json",
            headers(("WWW-Authenticate" = String, description = "How to authenticate."))),
        (status = 403, description = "The account is suspended, or an address is not verified.", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "No such provider.", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "The identity opens another account.", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The provider can't be reached.", body = ProblemDocument, content_type = "application/problem+json")))]
#[get("/auth/oidc/{provider}/callback")]
async fn finish_oidc(
    caller: Caller,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    provider: Path<String>,
    query: Query<OidcReturnQuery>,
) -> Response<TokensResponse> {
    let OidcReturnQuery { state, code, error, iss } = query.0;
    let back = Return { state, code, error, issuer: iss, cookie: carried(&ctx, &request) };
    let tokens = oidc::finish(&ctx, &caller, &provider.0, back).await?;
    Ok(super::reply(tokens).header(header::SET_COOKIE, cookie(&ctx, "", 0)))
}

/// The own identities
///
/// The accounts at providers that open the own account.
#[utoipa::path(tag = "me", extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "The identities.", body = IdentitiesResponse)))]
#[get("/me/identities")]
async fn list_identities(actor: Actor, ctx: web::Data<Ctx>) -> Response<IdentitiesResponse> {
    let items = oidc::list(&ctx, &actor).await?.into_iter().map(Into::into).collect();
    Ok(Reply::ok(IdentitiesResponse { items }))
}

/// Link an identity
///
/// Answers where the browser is to go, with the cookie that it must carry; coming back links the identity to the own
/// account. Wants a second factor proven within 15 minutes, or of those who have none a sign-in within 15 minutes.
#[utoipa::path(tag = "me", extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "To the provider.", body = AuthorizationResponse),
        (status = 404, description = "No such provider.", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The provider can't be reached.", body = ProblemDocument, content_type = "application/problem+json")))]
#[post("/me/identities")]
async fn link_identity(
    actor: Actor,
    ctx: web::Data<Ctx>,
    body: Json<LinkIdentityRequest>,
) -> Response<AuthorizationResponse> {
    let journey = oidc::start(&ctx, &body.0.provider, Some(&actor)).await?;
    let cookie = cookie(&ctx, &journey.cookie, WAITS.num_seconds());
    Ok(Reply::ok(AuthorizationResponse { authorization_url: journey.url }).header(header::SET_COOKIE, cookie))
}

/// Unlink an identity
///
/// It does not open the own account any more. Wants the same proof as linking.
#[utoipa::path(tag = "me", params(("identity_id" = IdentityId, Path, description = "The identity.")),
    extensions(("x-roles" = json!(["member"]))),
    responses((status = 204, description = "Unlinked.")))]
#[delete("/me/identities/{identity_id}")]
async fn unlink_identity(actor: Actor, ctx: web::Data<Ctx>, identity_id: Path<IdentityId>) -> Response<()> {
    oidc::unlink(&ctx, &actor, identity_id.0).await?;
    Ok(Reply::no_content())
}
