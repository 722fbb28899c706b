//! What is asked of a provider, and what of its answers is believed.

use crate::features::accounts::problems::{OIDC_REFUSED, OIDC_UNREACHABLE};
use crate::infra::Ctx;
use crate::infra::config::OidcProvider;
use crate::infra::fetch::{FetchError, Fetched, Request, shown};
use crate::infra::remembered::Kept;
use crate::kernel::{Error, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use jsonwebtoken::jwk::{AlgorithmParameters, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use subtle::ConstantTimeEq as _;

/// The least time between two looks for the keys of one provider: anybody can name one that there isn't.
const LOOK_AGAIN: TimeDelta = TimeDelta::minutes(1);
/// Seconds by which the provider's clock may differ from ours.
const LEEWAY_SECONDS: i64 = 60;
/// Signatures by a private key alone: with `HS256` a public key would do to forge, with `none` nothing is needed.
const ALGORITHMS: &[Algorithm] = &[
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// Of the discovery document what we use (OpenID Connect Discovery 1.0, section 3).
#[derive(Deserialize)]
pub(super) struct Discovery {
    issuer: String,
    pub(super) authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    userinfo_endpoint: Option<String>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
}

/// Of the ID token what we use.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct IdToken {
    pub(super) sub: String,
    exp: i64,
    iat: i64,
    #[serde(default)]
    nbf: Option<i64>,
    #[serde(default)]
    nonce: Option<String>,
    aud: Audience,
    #[serde(default)]
    azp: Option<String>,
    #[serde(default)]
    pub(super) email: Option<String>,
    /// Some providers write it as text; anything but true is no.
    #[serde(default)]
    email_verified: serde_json::Value,
    #[serde(default)]
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) preferred_username: Option<String>,
}

/// Of what the provider says of the person when it is asked (section 5.3) what we use.
#[derive(Deserialize)]
struct UserInfo {
    sub: String,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    email_verified: serde_json::Value,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    preferred_username: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl IdToken {
    /// The address, if the provider says that the person reads it.
    pub(super) fn verified_email(&self) -> Option<&str> {
        let says = self.email_verified == serde_json::Value::Bool(true) || self.email_verified == "true";
        self.email.as_deref().filter(|_| says)
    }
}

#[derive(Deserialize)]
struct TokenAnswer {
    id_token: String,
    #[serde(default)]
    access_token: Option<SecretString>,
}

fn unreachable(error: impl std::fmt::Display) -> Error {
    Error::new(&OIDC_UNREACHABLE, "The provider can't be reached; try again later, or sign in another way.")
        .with_source(error.to_string())
}

/// The provider said no, or what it said is not to be believed; the cause is for the log.
pub(super) fn refused(cause: impl Into<String>) -> Error {
    Error::new(&OIDC_REFUSED, "The provider's answer does not prove who you are; begin again.")
        .with_source(cause.into())
}

fn good(answer: Result<Fetched, FetchError>) -> Result<Fetched> {
    let answer = answer.map_err(unreachable)?;
    match answer.status {
        200 => Ok(answer),
        status @ 500.. => Err(unreachable(format!("{} answered {status}", shown(&answer.url)))),
        status => Err(refused(format!("{} answered {status}", shown(&answer.url)))),
    }
}

/// A document of the provider's, fetched now and kept for the next time.
async fn fetch(ctx: &Ctx, url: &str) -> Result<Kept> {
    let answer = good(ctx.fetcher().get(url).await)?;
    ctx.remembered().keep(url, &answer.body, answer.header("cache-control"), ctx.now());
    ctx.remembered().find(url, ctx.now()).ok_or_else(|| Error::internal("a document was not kept"))
}

/// The provider's keys: those that are kept, unless the token names one that is not among them and they are not quite new.
async fn keys(ctx: &Ctx, url: &str, token: &str) -> Result<JwkSet> {
    let read = |kept: &Kept| -> Result<JwkSet> {
        serde_json::from_slice(&kept.body).map_err(|error| refused(format!("the provider's keys: {error}")))
    };
    if let Some(kept) = ctx.remembered().find(url, ctx.now()) {
        let known = read(&kept)?;
        if names_one(&known, token) || ctx.now() - kept.at < LOOK_AGAIN {
            return Ok(known);
        }
    }
    read(&fetch(ctx, url).await?)
}

/// Whether the key that the token names is among these.
fn names_one(keys: &JwkSet, token: &str) -> bool {
    let kid = jsonwebtoken::decode_header(token).ok().and_then(|header| header.kid);
    kid.is_none_or(|kid| keys.keys.iter().any(|key| key.common.key_id.as_deref() == Some(kid.as_str())))
}

/// Where the provider's endpoints are. The document must be of the very issuer that was configured.
pub(super) async fn discover(ctx: &Ctx, provider: &OidcProvider) -> Result<Discovery> {
    let at = format!("{}/.well-known/openid-configuration", provider.issuer.trim_end_matches('/'));
    let kept = match ctx.remembered().find(&at, ctx.now()) {
        Some(kept) => kept,
        None => fetch(ctx, &at).await?,
    };
    let document: Discovery = serde_json::from_slice(&kept.body).map_err(|error| refused(format!("{at}: {error}")))?;
    if document.issuer != provider.issuer {
        return Err(refused(format!("{at} is of the issuer {:?}", document.issuer)));
    }
    Ok(document)
}

/// Trades the code for an ID token, and believes it after every check of OpenID Connect Core 1.0, section 3.1.3.7.
pub(super) async fn redeem(
    ctx: &Ctx,
    provider: &OidcProvider,
    redirect_uri: &str,
    code: &str,
    verifier: &str,
    nonce: &str,
) -> Result<IdToken> {
    let discovery = discover(ctx, provider).await?;
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", redirect_uri),
        ("client_id", provider.client_id.as_str()),
        ("code_verifier", verifier),
    ];
    let methods = &discovery.token_endpoint_auth_methods_supported;
    let knows = |method: &str| methods.iter().any(|known| known == method);
    let by_body = knows("client_secret_post") && !knows("client_secret_basic");
    let secret = provider.client_secret.as_ref().map(|secret| secret.expose_secret().to_owned());
    if let Some(secret) = secret.as_deref().filter(|_| by_body) {
        fields.push(("client_secret", secret));
    }
    let mut request =
        Request::post_form(&discovery.token_endpoint, &fields).map_err(unreachable)?.accept("application/json");
    if let Some(secret) = secret.as_deref().filter(|_| !by_body) {
        // RFC 6749, section 2.3.1: both halves are form-encoded first.
        let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let pair = STANDARD.encode(format!("{}:{}", encoded(&provider.client_id), encoded(secret)));
        request = request.header("authorization", &format!("Basic {pair}")).map_err(unreachable)?;
    }
    let answer: TokenAnswer = good(ctx.fetcher().send(request).await)?
        .json()
        .map_err(|error| refused(format!("the token endpoint's answer: {error}")))?;
    let keys = keys(ctx, &discovery.jwks_uri, &answer.id_token).await?;
    let token = verify(&answer.id_token, &keys, provider, nonce, ctx.now().timestamp())?;
    match (&discovery.userinfo_endpoint, answer.access_token) {
        (Some(at), Some(access)) if token.email.is_none() => ask(ctx, at, &access, token).await,
        _ => Ok(token),
    }
}

/// Asks the provider of whom it spoke: one that follows section 5.4 to the letter says addresses and names there alone. What
/// it says of somebody else is not believed (section 5.3.2).
async fn ask(ctx: &Ctx, at: &str, access: &SecretString, token: IdToken) -> Result<IdToken> {
    let request = Request::get(at)
        .and_then(|request| {
            request.accept("application/json").header("authorization", &format!("Bearer {}", access.expose_secret()))
        })
        .map_err(unreachable)?;
    let told: UserInfo = good(ctx.fetcher().send(request).await)?
        .json()
        .map_err(|error| refused(format!("the userinfo endpoint's answer: {error}")))?;
    if told.sub != token.sub {
        return Err(refused("the userinfo endpoint speaks of somebody else"));
    }
    Ok(IdToken {
        email: told.email,
        email_verified: told.email_verified,
        name: token.name.or(told.name),
        preferred_username: token.preferred_username.or(told.preferred_username),
        ..token
    })
}

fn verify(text: &str, keys: &JwkSet, provider: &OidcProvider, nonce: &str, now: i64) -> Result<IdToken> {
    let header = jsonwebtoken::decode_header(text).map_err(|error| refused(format!("ID token: {error}")))?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err(refused(format!("ID token: the algorithm {:?} is not accepted", header.alg)));
    }
    let mut fitting = keys.keys.iter().filter(|key| {
        let named = header.kid.is_none() || header.kid == key.common.key_id;
        named && !matches!(key.algorithm, AlgorithmParameters::OctetKey(_))
    });
    let (Some(key), None) = (fitting.next(), fitting.next()) else {
        return Err(refused("ID token: no single key of the provider's is meant"));
    };
    let key = DecodingKey::from_jwk(key).map_err(|error| refused(format!("ID token: its key: {error}")))?;
    let mut validation = Validation::new(header.alg);
    validation.set_issuer(&[&provider.issuer]);
    validation.set_audience(&[&provider.client_id]);
    validation.set_required_spec_claims(&["iss", "aud", "exp", "sub"]);
    // By our clock, below.
    validation.validate_exp = false;
    validation.validate_nbf = false;
    let claims = jsonwebtoken::decode::<IdToken>(text, &key, &validation)
        .map_err(|error| refused(format!("ID token: {error}")))?
        .claims;
    check(&claims, provider, nonce, now).map_err(refused)?;
    Ok(claims)
}

fn check(claims: &IdToken, provider: &OidcProvider, nonce: &str, now: i64) -> Result<(), &'static str> {
    if claims.exp + LEEWAY_SECONDS <= now {
        return Err("ID token: it has expired");
    }
    if claims.iat - LEEWAY_SECONDS > now || claims.nbf.is_some_and(|nbf| nbf - LEEWAY_SECONDS > now) {
        return Err("ID token: it does not hold yet");
    }
    if matches!(&claims.aud, Audience::Many(all) if all.len() > 1) && claims.azp.is_none() {
        return Err("ID token: it is for several, and does not say who may use it");
    }
    if matches!(&claims.aud, Audience::One(one) if *one != provider.client_id) {
        return Err("ID token: it is for somebody else");
    }
    if claims.azp.as_ref().is_some_and(|azp| *azp != provider.client_id) {
        return Err("ID token: somebody else may use it");
    }
    let said = claims.nonce.as_deref().unwrap_or_default();
    if !bool::from(said.as_bytes().ct_eq(nonce.as_bytes())) {
        return Err("ID token: it answers another request");
    }
    if claims.sub.is_empty() || claims.sub.len() > 255 {
        return Err("ID token: its subject is no subject");
    }
    Ok(())
}
