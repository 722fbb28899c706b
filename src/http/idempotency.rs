//! `Idempotency-Key` on POST: the same key and body answer the first response again, for 24 hours.
//!
//! The key is claimed in a row before the handler runs. A crash in between leaves the claim: the outcome is unknown then,
//! and the key answers 409 instead of doing the work twice.

use super::{extract, trace};
use crate::infra::Ctx;
use crate::infra::db::idempotency::{self, Claim, Kept};
use crate::kernel::{Caller, Error, Kind, Problem, Result, hex};
use actix_web::body::{BoxBody, MessageBody, to_bytes};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{HttpMessage as _, HttpResponse, ResponseError as _, web};
use chrono::TimeDelta;
use sha2::{Digest as _, Sha256};

/// The key is no key.
pub static INVALID_KEY: Problem = Problem::new(
    "idempotency.invalid_key",
    Kind::Malformed,
    "The Idempotency-Key is not valid.",
    "Send 1 to 255 visible ASCII characters; a random UUID for each new request is best.",
);
/// The key came with another request before.
pub static OTHER_BODY: Problem = Problem::new(
    "idempotency.other_request",
    Kind::Invalid,
    "This Idempotency-Key was used for another request.",
    "Use a new key for a new request, and the same key only to repeat exactly the same one.",
);
/// The first request is still at work.
pub static RUNNING: Problem = Problem::new(
    "idempotency.running",
    Kind::Conflict,
    "The first request with this Idempotency-Key is still running.",
    "Try again in a few seconds.",
);
/// The first request broke off, and nobody knows what became of it.
pub static INTERRUPTED: Problem = Problem::new(
    "idempotency.interrupted",
    Kind::Conflict,
    "The first request with this Idempotency-Key broke off; its outcome is not known.",
    "Look whether its effect is there; if not, send it again with a new key.",
);

/// Headers of an answer that are kept with it.
const KEPT: &[header::HeaderName] = &[header::LOCATION, header::ETAG, header::CONTENT_TYPE, header::CACHE_CONTROL];

/// The middleware.
pub async fn layer(
    incoming: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let ctx = incoming.app_data::<web::Data<Ctx>>().cloned();
    let (Some(ctx), true) =
        (ctx, incoming.method() == Method::POST && incoming.headers().contains_key("idempotency-key"))
    else {
        return Ok(next.call(incoming).await?.map_into_boxed_body());
    };
    let mut incoming = incoming;
    let claim = match claim(&ctx, &mut incoming).await {
        Ok(Taken::Ours(claim)) => claim,
        Ok(Taken::Before(kept)) => {
            let answer = replay(&ctx, kept).unwrap_or_else(|error| error.error_response());
            return Ok(incoming.into_response(answer));
        }
        Err(error) => return Ok(trace::refuse(incoming, &error)),
    };
    let answer = next.call(incoming).await?.map_into_boxed_body();
    keep(&ctx, claim, answer).await
}

enum Taken {
    Ours(Claim),
    Before(Kept),
}

async fn claim(ctx: &Ctx, incoming: &mut ServiceRequest) -> Result<Taken> {
    let key = incoming
        .headers()
        .get("idempotency-key")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .trim()
        .to_owned();
    if !(1..=255).contains(&key.len()) || !key.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(Error::new(&INVALID_KEY, "The Idempotency-Key must be 1 to 255 visible ASCII characters."));
    }
    let payload = incoming.take_payload();
    let body = extract::read(incoming.request(), payload).await?;
    let mut fingerprint = Sha256::new();
    for part in [incoming.path().as_bytes(), b"\n", incoming.query_string().as_bytes(), b"\n", &body] {
        fingerprint.update(part);
    }
    let fingerprint = hex(&fingerprint.finalize());
    incoming.set_payload(Payload::from(web::Bytes::from(body)));
    let scope = incoming.extensions().get::<Caller>().map_or_else(
        || "nobody".to_owned(),
        |caller| match (caller.account_id(), caller.address) {
            (Some(account), _) => account.to_string(),
            (None, Some(address)) => address.to_string(),
            (None, None) => "nobody".to_owned(),
        },
    );
    let now = ctx.now();
    let claim = Claim {
        id: ctx.ids().make(),
        scope,
        key,
        fingerprint: fingerprint.clone(),
        created_at: now,
        expires_at: now + TimeDelta::hours(24),
    };
    let ours = claim.clone();
    let before = ctx.store().write(move |conn| idempotency::claim(conn, &claim)).await?;
    match before {
        None => Ok(Taken::Ours(ours)),
        Some(first) if first.fingerprint != fingerprint => {
            Err(Error::new(&OTHER_BODY, "The key came with another address or body before."))
        }
        Some(first) => match first.kept {
            Some(kept) => Ok(Taken::Before(kept)),
            None if now - first.created_at > TimeDelta::minutes(5) => {
                Err(Error::new(&INTERRUPTED, "The first request broke off before its answer was kept."))
            }
            None => {
                Err(Error::new(&RUNNING, "The first request with this key has not been answered yet.").retry_after(2))
            }
        },
    }
}

/// Kept answers are sealed, since some of them hold tokens.
const PURPOSE: &str = "idempotent_answer";

fn replay(ctx: &Ctx, kept: Kept) -> Result<HttpResponse> {
    let body = ctx.sealer().open(PURPOSE, &kept.body)?;
    let status = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK);
    let mut response = HttpResponse::build(status);
    for (name, value) in kept.headers {
        response.insert_header((name, value));
    }
    response.insert_header(("idempotent-replayed", "true"));
    Ok(response.body(body.to_vec()))
}

/// Keeps a final answer; one that asks to be tried again (5xx, 429) frees the key instead.
async fn keep(
    ctx: &Ctx,
    claim: Claim,
    answer: ServiceResponse<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let (request, answer) = answer.into_parts();
    let (head, body) = answer.into_parts();
    let status = head.status();
    let Ok(bytes) = to_bytes(body).await else {
        return Ok(ServiceResponse::new(request, Error::internal("an answer could not be read").error_response()));
    };
    let id = claim.id;
    let done =
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::UNAUTHORIZED {
            ctx.store().write(move |conn| idempotency::release(conn, id)).await
        } else {
            let headers = KEPT
                .iter()
                .filter_map(|name| Some((name.to_string(), head.headers().get(name)?.to_str().ok()?.to_owned())))
                .collect();
            match ctx.sealer().seal(PURPOSE, &bytes) {
                Ok(body) => {
                    let kept = Kept { status: status.as_u16(), headers, body };
                    ctx.store().write(move |conn| idempotency::keep(conn, id, &kept)).await
                }
                Err(error) => Err(error),
            }
        };
    if let Err(error) = done {
        tracing::error!(%error, "the answer to an idempotent request could not be kept");
    }
    Ok(ServiceResponse::new(request, head.set_body(BoxBody::new(bytes))))
}
