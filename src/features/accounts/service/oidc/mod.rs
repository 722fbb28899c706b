//! Signing in by OpenID Connect: authorization code with PKCE, state and nonce, both bound to the browser by a sealed cookie.

mod person;
mod provider;

use super::session::Tokens;
use crate::features::accounts::model::Identity;
use crate::features::accounts::problems::{OIDC_STATE, OIDC_UNKNOWN};
use crate::features::accounts::{policy, store};
use crate::infra::Ctx;
use crate::infra::config::OidcProvider;
use crate::kernel::{AccountId, Actor, Caller, Error, IdentityId, Result, Timestamp};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use url::Url;

/// How long the provider may take with the person.
pub(in crate::features::accounts) const WAITS: TimeDelta = TimeDelta::minutes(10);
const SEALED_FOR: &str = "oidc_attempt";

/// What the browser carries to the provider and back, sealed.
#[derive(Serialize, Deserialize)]
struct Attempt {
    provider: String,
    state: String,
    nonce: String,
    verifier: String,
    /// The signed-in account to which the identity is to be linked.
    account: Option<AccountId>,
    until: Timestamp,
}

/// Where the browser goes, and what it carries.
pub(in crate::features::accounts) struct Journey {
    pub(in crate::features::accounts) url: String,
    pub(in crate::features::accounts) cookie: String,
}

/// What came back by the browser.
pub(in crate::features::accounts) struct Return {
    pub(in crate::features::accounts) state: Option<String>,
    pub(in crate::features::accounts) code: Option<String>,
    pub(in crate::features::accounts) error: Option<String>,
    pub(in crate::features::accounts) issuer: Option<String>,
    pub(in crate::features::accounts) cookie: Option<String>,
}

fn known<'a>(ctx: &'a Ctx, name: &str) -> Result<&'a OidcProvider> {
    let unknown = || Error::new(&OIDC_UNKNOWN, "No provider of this name is set up here; see GET /api/v1/auth/oidc.");
    ctx.settings().oidc.provider(name).ok_or_else(unknown)
}

fn callback(ctx: &Ctx, provider: &OidcProvider) -> String {
    format!("{}/api/v1/auth/oidc/{}/callback", ctx.settings().server.public_url, provider.name)
}

fn random(ctx: &Ctx) -> String {
    let mut bytes = [0u8; 32];
    ctx.entropy().fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Begins a sign-in, or, of somebody who signed in lately, the linking of one more identity.
pub(in crate::features::accounts) async fn start(ctx: &Ctx, name: &str, link: Option<&Actor>) -> Result<Journey> {
    if let Some(actor) = link {
        policy::require_fresh_sign_in(actor, ctx.now())?;
    }
    let provider = known(ctx, name)?;
    let discovery = provider::discover(ctx, provider).await?;
    let attempt = Attempt {
        provider: provider.name.clone(),
        state: random(ctx),
        nonce: random(ctx),
        verifier: random(ctx),
        account: link.map(|actor| actor.account_id),
        until: ctx.now() + WAITS,
    };
    let mut url = Url::parse(&discovery.authorization_endpoint)
        .ok()
        .filter(|url| url.scheme() == "https" || (url.scheme() == "http" && ctx.settings().fetch.allow_http))
        .ok_or_else(|| provider::refused("the authorization endpoint is no https address"))?;
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", &provider.client_id)
        .append_pair("redirect_uri", &callback(ctx, provider))
        .append_pair("scope", &provider.scopes.join(" "))
        .append_pair("state", &attempt.state)
        .append_pair("nonce", &attempt.nonce)
        .append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(Sha256::digest(attempt.verifier.as_bytes())))
        .append_pair("code_challenge_method", "S256");
    if let Some(prompt) = &provider.prompt {
        url.query_pairs_mut().append_pair("prompt", prompt);
    }
    let attempt = serde_json::to_vec(&attempt).map_err(Error::internal)?;
    Ok(Journey { url: url.into(), cookie: ctx.sealer().seal(SEALED_FOR, &attempt)? })
}

/// The attempt that this browser began with this provider and this state, if it is not too old.
fn attempt(ctx: &Ctx, provider: &OidcProvider, back: &Return) -> Option<Attempt> {
    let sealed = ctx.sealer().open(SEALED_FOR, back.cookie.as_deref()?).ok()?;
    let attempt: Attempt = serde_json::from_slice(&sealed).ok()?;
    let state = back.state.as_deref()?;
    let fits = bool::from(attempt.state.as_bytes().ct_eq(state.as_bytes())) && attempt.provider == provider.name;
    (fits && attempt.until > ctx.now()).then_some(attempt)
}

/// Finishes what [`start`] began: signs in, with the second factor of those who have one still to come.
pub(in crate::features::accounts) async fn finish(
    ctx: &Ctx,
    caller: &Caller,
    name: &str,
    back: Return,
) -> Result<Tokens> {
    let provider = known(ctx, name)?;
    let lost = || Error::new(&OIDC_STATE, "This sign-in was not begun in this browser, or more than ten minutes ago.");
    let attempt = attempt(ctx, provider, &back).ok_or_else(lost)?;
    if back.issuer.as_ref().is_some_and(|issuer| *issuer != provider.issuer) {
        return Err(provider::refused("the answer comes from another issuer (RFC 9207)"));
    }
    if let Some(error) = back.error {
        return Err(provider::refused(format!("the provider answered {error:?}")));
    }
    let code = back.code.ok_or_else(lost)?;
    let token =
        provider::redeem(ctx, provider, &callback(ctx, provider), &code, &attempt.verifier, &attempt.nonce).await?;
    person::sign_in(ctx, caller, provider, token, attempt.account).await
}

/// The caller's identities.
pub(in crate::features::accounts) async fn list(ctx: &Ctx, actor: &Actor) -> Result<Vec<Identity>> {
    let account = actor.account_id;
    ctx.store().read(move |conn| store::list_identities(conn, account)).await
}

/// Unlinks one of the caller's identities.
pub(in crate::features::accounts) async fn unlink(ctx: &Ctx, actor: &Actor, id: IdentityId) -> Result<()> {
    policy::require_fresh_sign_in(actor, ctx.now())?;
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let account = actor.account_id;
            if !store::delete_identity(conn, account, id)? {
                return Err(Error::not_found("identity"));
            }
            super::trail::note(conn, &ctx, account, Some(account), "identity_unlinked", &actor.request_id)
        })
        .await
}
