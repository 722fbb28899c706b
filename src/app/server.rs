//! Serves, and stops so that no request is lost.

use super::state::State;
use super::{health, router, worker};
use crate::http::{authenticate, idempotency, limit, query, trace};
use crate::infra::Ctx;
use crate::infra::queue::Worker;
use actix_cors::Cors;
use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::{Condition, from_fn};
use actix_web::{App, HttpResponse, HttpServer, http::header, web};
use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Set once the server is about to stop: answers then ask clients to close their connections.
#[derive(Debug, Clone, Default)]
pub struct Draining(Arc<AtomicBool>);

/// Builds the server on this socket; nothing runs until it is awaited.
pub fn bind(state: &State, listener: TcpListener, threads: usize, draining: &Draining) -> io::Result<Server> {
    let (state, draining) = (state.clone(), draining.clone());
    let settings = &state.ctx.settings().server;
    let grace = settings.shutdown_grace_seconds;
    let origins = state.ctx.settings().cors.origins.clone();
    let header_timeout = Duration::from_secs(settings.body_timeout_seconds);
    let server = HttpServer::new(move || {
        let draining = draining.clone();
        App::new()
            .wrap(from_fn(query::layer))
            .wrap(from_fn(idempotency::layer))
            .wrap(from_fn(limit::by_account))
            .wrap(from_fn(authenticate::layer))
            .wrap(from_fn(limit::by_address))
            .wrap(from_fn(authenticate::introduce))
            .wrap(Condition::new(!origins.is_empty(), cors(&origins)))
            .wrap(from_fn(trace::layer))
            .wrap(from_fn(move |incoming, next| close_when_draining(draining.clone(), incoming, next)))
            .configure(router::configure(&state))
    });
    Ok(server
        .workers(threads)
        .disable_signals()
        .client_request_timeout(header_timeout)
        .shutdown_timeout(grace)
        .listen(listener)?
        .run())
}

async fn close_when_draining(
    draining: Draining,
    incoming: actix_web::dev::ServiceRequest,
    next: actix_web::middleware::Next<impl actix_web::body::MessageBody>,
) -> Result<actix_web::dev::ServiceResponse<impl actix_web::body::MessageBody>, actix_web::Error> {
    let mut answer = next.call(incoming).await?;
    if draining.0.load(Ordering::Relaxed) {
        answer.headers_mut().insert(header::CONNECTION, header::HeaderValue::from_static("close"));
        answer.response_mut().head_mut().set_connection_type(actix_web::http::ConnectionType::Close);
    }
    Ok(answer)
}

fn cors(origins: &[String]) -> Cors {
    let mut cors = Cors::default()
        .allowed_methods(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
        .allowed_headers([
            "authorization",
            "content-type",
            "if-match",
            "if-none-match",
            "idempotency-key",
            "x-request-id",
        ])
        .expose_headers([
            "etag",
            "location",
            "link",
            "ratelimit",
            "ratelimit-policy",
            "retry-after",
            "x-request-id",
            "idempotent-replayed",
        ])
        .max_age(3600);
    for origin in origins {
        cors = cors.allowed_origin(origin);
    }
    cors
}

/// Serves until SIGTERM or SIGINT, then finishes what is running, requests and jobs alike.
pub async fn serve(state: State, listener: TcpListener, jobs: Worker<Ctx>) -> io::Result<()> {
    let draining = Draining::default();
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let server = bind(&state, listener, threads, &draining)?;
    let handle = server.handle();
    let metrics = metrics_server(&state)?;
    let (stop_jobs, told_to_stop) = tokio::sync::watch::channel(false);
    let working = tokio::spawn(async move { jobs.run(told_to_stop).await });
    let chores = tokio::spawn(worker::chores(state.clone(), Duration::from_mins(5)));
    let following = tokio::spawn(worker::keep_current(state.clone()));
    let chaining = tokio::spawn(worker::chain_events(state.ctx.clone()));
    let metering = tokio::spawn(worker::keep_up_metrics(state.clone()));
    let stopper = tokio::spawn(stop_on_signal(handle, draining));
    if let Some(metrics) = metrics {
        tokio::spawn(metrics);
    }
    let outcome = server.await;
    stopper.abort();
    chores.abort();
    metering.abort();
    following.abort();
    chaining.abort();
    let _ = stop_jobs.send(true);
    let _ = working.await;
    outcome
}

/// Answers that come after the signal close their connections; new ones are taken for two more seconds, until the proxy
/// has noticed; then what is running gets its grace.
async fn stop_on_signal(handle: ServerHandle, draining: Draining) {
    signal().await;
    tracing::info!("stopping: finishing what is running");
    draining.0.store(true, Ordering::Relaxed);
    handle.pause().await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    handle.stop(true).await;
}

async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    if let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) {
        tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
    } else {
        tracing::error!("no signal handler could be set; stop the process by SIGKILL");
        std::future::pending::<()>().await;
    }
}

/// The metrics on a port of their own, if so configured.
fn metrics_server(state: &State) -> io::Result<Option<Server>> {
    let Some(listen) = state.ctx.settings().server.metrics_listen else { return Ok(None) };
    let state = state.clone();
    let server = HttpServer::new(move || {
        let state = state.clone();
        App::new().route(
            "/metrics",
            web::get().to(move || {
                let state = state.clone();
                async move {
                    HttpResponse::Ok()
                        .content_type("text/plain; version=0.0.4")
                        .body(health::render(&state.ctx, &state.search, &state.metrics).await)
                }
            }),
        )
    });
    Ok(Some(server.workers(1).disable_signals().bind(listen)?.run()))
}
