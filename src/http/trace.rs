//! The outermost layer: names the request, logs it, measures it, bounds its time, and puts the common headers on the answer.

use super::{headers, problem, request};
use crate::infra::Ctx;
use crate::kernel::{Error, RequestId};
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::{ResponseError as _, web};
use std::time::{Duration, Instant};
use tracing::Instrument as _;

/// The middleware.
pub async fn layer(
    mut incoming: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let started = Instant::now();
    let ctx = incoming.app_data::<web::Data<Ctx>>().cloned();
    let id = name(&incoming, ctx.as_deref().map(AsRef::as_ref));
    let method = incoming.method().clone();
    if method == Method::HEAD {
        // Routes are declared for GET; the connection drops the body of an answer to HEAD by itself.
        incoming.head_mut().method = Method::GET;
    }
    let path = incoming.path().to_owned();
    let span = tracing::info_span!("request", request_id = %id, %method, %path, trace_id = trace_id(&incoming), account = tracing::field::Empty);
    let limit = ctx
        .as_ref()
        .map_or(Duration::from_mins(1), |ctx| Duration::from_secs(ctx.settings().server.request_timeout_seconds));
    // The request itself must not be cloned here: the router wants it for itself.
    let work = async {
        match tokio::time::timeout(limit, next.call(incoming)).await {
            Ok(Ok(answer)) => Ok(answer.map_into_boxed_body()),
            Ok(Err(error)) => Err(recast(&error)),
            Err(_) => Err(Error::unavailable("the request ran out of time").error_response()),
        }
    };
    let mut answer = match request::scope(id.clone(), path.clone(), work.instrument(span.clone())).await {
        Ok(answer) => answer,
        Err(mut bare) => {
            headers::put(bare.headers_mut(), &id, &path);
            span.in_scope(|| tracing::warn!(status = bare.status().as_u16(), "broken off"));
            return Err(InternalError::from_response("broken off", bare).into());
        }
    };
    headers::put(answer.headers_mut(), &id, &path);
    let status = answer.status().as_u16();
    let route = answer.request().match_pattern().unwrap_or_else(|| "unmatched".to_owned());
    let elapsed = started.elapsed();
    if !is_discreet(&route) {
        ::metrics::histogram!("mainstay_http_request_seconds", "method" => method.to_string(), "route" => route, "status" => status.to_string())
            .record(elapsed.as_secs_f64());
    }
    span.in_scope(|| {
        tracing::info!(status, elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX), "answered");
    });
    Ok(answer)
}

/// Whether requests for it are left out of the metrics, whoever may read those: that a swarm is called or busy would tell of an embargo.
fn is_discreet(route: &str) -> bool {
    route.starts_with("/api/v1/swarms")
}

fn name(incoming: &ServiceRequest, ctx: Option<&Ctx>) -> RequestId {
    let given = incoming.headers().get("x-request-id").and_then(|value| value.to_str().ok());
    given
        .and_then(RequestId::accept)
        .or_else(|| ctx.map(|ctx| RequestId::new(ctx.ids().make())))
        .unwrap_or_else(|| RequestId::new(uuid::Uuid::nil()))
}

/// The trace id of a W3C `traceparent` header (version 00), so that our logs join the caller's trace.
fn trace_id(incoming: &ServiceRequest) -> Option<String> {
    let value = incoming.headers().get("traceparent")?.to_str().ok()?;
    let mut parts = value.split('-');
    let (version, trace) = (parts.next()?, parts.next()?);
    let sane = version.len() == 2 && trace.len() == 32 && trace.bytes().all(|b| b.is_ascii_hexdigit());
    (sane && trace.bytes().any(|b| b != b'0')).then(|| trace.to_owned())
}

/// Errors of the framework itself, such as a malformed path, as a problem document.
fn recast(error: &actix_web::Error) -> actix_web::HttpResponse {
    if let Some(ours) = error.as_error::<Error>() {
        return ours.error_response();
    }
    let status = error.as_response_error().status_code();
    if status.is_client_error() {
        return Error::new(&problem::MALFORMED, "The request could not be understood.").error_response();
    }
    Error::internal(error.to_string()).error_response()
}

/// Answers with the given error from within a middleware.
pub fn refuse(incoming: ServiceRequest, error: &Error) -> ServiceResponse<BoxBody> {
    incoming.into_response(error.error_response()).map_into_boxed_body()
}

/// Whether the answer to this path is written for machines of ours, not for a person's browser.
pub fn is_docs(path: &str) -> bool {
    path == "/docs" || path.starts_with("/docs/") || path.starts_with("/problems")
}

/// Drops what a cache must not keep when nothing else was said.
pub fn default_cache(headers: &mut header::HeaderMap) {
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    }
}
