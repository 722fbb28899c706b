//! Establishes who is asking, before any handler runs: bad credentials end here with 401.

use super::{request, scope, trace};
use crate::infra::config::Network;
use crate::kernel::{Actor, Caller, Error, Kind, Problem, RequestId, Result};
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{HttpMessage as _, web};
use std::net::IpAddr;
use std::sync::Arc;

/// The operation wants a signed-in caller.
pub static MISSING: Problem = Problem::new(
    "auth.required",
    Kind::Unauthenticated,
    "You need to sign in for this.",
    "Sign in at POST /api/v1/auth/login and send the access token as `Authorization: Bearer …`.",
);
/// The credentials are no good (any more).
pub static WRONG: Problem = Problem::new(
    "auth.invalid_token",
    Kind::Unauthenticated,
    "The access token is not valid.",
    "Access tokens live 15 minutes: get a new one at POST /api/v1/auth/refresh, or sign in again. API tokens expire, too.",
);

/// Turns the text of a bearer token into the account behind it.
#[async_trait::async_trait]
pub trait Authenticator: Send + Sync {
    /// Fails with [`WRONG`] when the token is no good.
    async fn authenticate(&self, bearer: &str, request_id: RequestId) -> Result<Actor>;
}

/// Addresses of proxies whose `X-Forwarded-For` is believed.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(pub Vec<Network>);

/// The first half of the middleware: from where the request comes. Placed before the limit per address.
pub async fn introduce(
    incoming: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let Some(request_id) = request::current_id() else {
        return Ok(trace::refuse(incoming, &Error::internal("a request without an id")));
    };
    let address = address(&incoming);
    let user_agent = text(&incoming, &header::USER_AGENT).map(|agent| agent.chars().take(200).collect());
    incoming.extensions_mut().insert(Caller { actor: None, request_id, address, user_agent });
    Ok(next.call(incoming).await?.map_into_boxed_body())
}

/// The second half: who sends it.
pub async fn layer(
    incoming: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    match actor(&incoming).await {
        Ok(actor) => {
            if let Some(caller) = incoming.extensions_mut().get_mut::<Caller>() {
                caller.actor = actor;
            }
            Ok(next.call(incoming).await?.map_into_boxed_body())
        }
        Err(error) => Ok(trace::refuse(incoming, &error)),
    }
}

async fn actor(incoming: &ServiceRequest) -> Result<Option<Actor>> {
    let Some(token) = bearer(incoming)? else { return Ok(None) };
    let authenticator = incoming.app_data::<web::Data<Arc<dyn Authenticator>>>().cloned();
    let authenticator = authenticator.ok_or_else(|| Error::internal("no authenticator is wired"))?;
    let request_id = request::current_id().ok_or_else(|| Error::internal("a request without an id"))?;
    let actor = authenticator.authenticate(&token, request_id).await?;
    // Also of what is refused the log then says to whom.
    tracing::Span::current().record("account", tracing::field::display(actor.account_id));
    // The path as the router reads it: an escaped letter must not lead around the check.
    scope::require(&actor, incoming.method().as_str(), incoming.match_info().as_str())?;
    Ok(Some(actor))
}

fn text<'a>(incoming: &'a ServiceRequest, name: &header::HeaderName) -> Option<&'a str> {
    incoming.headers().get(name)?.to_str().ok()
}

fn bearer(incoming: &ServiceRequest) -> Result<Option<String>> {
    let mut values = incoming.headers().get_all(header::AUTHORIZATION);
    let Some(value) = values.next() else { return Ok(None) };
    let wrong = |detail| Error::new(&WRONG, detail);
    if values.next().is_some() {
        return Err(wrong("There is more than one Authorization header."));
    }
    let value = value.to_str().map_err(|_e| wrong("The Authorization header is not plain text."))?;
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    if !scheme.eq_ignore_ascii_case("bearer") || token.trim().is_empty() {
        return Err(wrong("The Authorization header must be `Bearer <access_token>`."));
    }
    Ok(Some(token.trim().to_owned()))
}

/// The peer's address, or what a trusted proxy says of it: the right-most hop that is no trusted proxy itself.
fn address(incoming: &ServiceRequest) -> Option<IpAddr> {
    let peer = incoming.peer_addr()?.ip();
    let trusted = incoming.app_data::<web::Data<TrustedProxies>>();
    let is_trusted = |ip: &IpAddr| trusted.is_some_and(|list| list.0.iter().any(|network| network.contains(*ip)));
    if !is_trusted(&peer) {
        return Some(peer);
    }
    let hops: Vec<&str> = incoming
        .headers()
        .get_all("x-forwarded-for")
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    for hop in hops.iter().rev() {
        match hop.trim().parse::<IpAddr>() {
            Ok(ip) if is_trusted(&ip) => {}
            Ok(ip) => return Some(ip),
            Err(_) => break,
        }
    }
    Some(peer)
}
