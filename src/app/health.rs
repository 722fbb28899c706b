//! Is it alive, is it ready, and what does it measure.

use crate::features::credentials;
use crate::features::matching::Matcher;
use crate::features::search::Search;
use crate::http::{Reply, Response};
use crate::infra::telemetry::MetricsHandle;
use crate::infra::{Ctx, queue};
use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Puts health, metrics and the public keys into the router.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(live).service(ready).service(get_metrics).service(jwks);
}

/// Whether the process runs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Live, example = json!({"status": "ok", "version": "0.1.0"}))]
struct LiveResponse {
    /// Always `ok`.
    status: &'static str,
    /// The version of the program.
    version: &'static str,
}

/// Alive?
///
/// Answers as long as the process runs; asks nothing else.
#[utoipa::path(tag = "operations", operation_id = "get_liveness", extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "It runs.", body = LiveResponse)))]
#[get("/health/live")]
async fn live() -> Response<LiveResponse> {
    Ok(Reply::ok(LiveResponse { status: "ok", version: env!("CARGO_PKG_VERSION") }))
}

/// One part that readiness depends on.
#[derive(Debug, Serialize, ToSchema)]
struct Check {
    /// The part.
    #[schema(example = "database")]
    name: &'static str,
    /// Whether it is fine.
    ok: bool,
    /// What was seen.
    #[schema(example = "sqlite answers")]
    detail: String,
}

/// Whether requests should be sent here.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Ready, example = json!({"status": "ok", "checks": [{"name": "database", "ok": true, "detail": "sqlite answers"}]}))]
struct ReadyResponse {
    /// `ok`, or `unavailable` when one of the checks fails.
    status: &'static str,
    /// The parts.
    checks: Vec<Check>,
}

/// Jobs may wait this long before the queue counts as stuck.
const QUEUE_LAG_SECONDS: i64 = 300;

/// How long the index may take to take over what is new.
const INDEX_PATIENCE: Duration = Duration::from_secs(2);

/// Ready?
///
/// Whether requests should be sent here: the database answers, its schema is current, the job queue keeps up, and the indexes
/// that rankings and searches come from are built and know all that is committed.
#[utoipa::path(tag = "operations", operation_id = "get_readiness", extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "Ready.", body = ReadyResponse), (status = 503, description = "Not now; the checks say why.", body = ReadyResponse)))]
#[get("/health/ready")]
async fn ready(ctx: web::Data<Ctx>, matcher: web::Data<Matcher>, search: web::Data<Search>) -> HttpResponse {
    let now = ctx.now();
    let database = match ctx.store().ping().await {
        Ok(()) => Check { name: "database", ok: true, detail: format!("{} answers", ctx.store().kind().as_str()) },
        Err(error) => Check { name: "database", ok: false, detail: error.detail().to_owned() },
    };
    let mut checks = vec![database];
    if checks.iter().all(|check| check.ok) {
        checks.push(match ctx.store().pending().await {
            Ok(names) if names.is_empty() => Check { name: "migrations", ok: true, detail: "all applied".to_owned() },
            Ok(names) => Check { name: "migrations", ok: false, detail: format!("{} not applied yet", names.len()) },
            Err(error) => Check { name: "migrations", ok: false, detail: error.detail().to_owned() },
        });
        checks.push(match ctx.store().read(move |conn| queue::counts(conn, now)).await {
            Ok(counts) => {
                let lag = counts.oldest_due.map_or(0, |due| (now - due).num_seconds().max(0));
                let detail = format!("{} due, {} dead, the oldest waits {lag} s", counts.ready, counts.dead);
                Check { name: "queue", ok: lag <= QUEUE_LAG_SECONDS, detail }
            }
            Err(error) => Check { name: "queue", ok: false, detail: error.detail().to_owned() },
        });
        checks.push(match tokio::time::timeout(INDEX_PATIENCE, matcher.refresh(&ctx)).await {
            Ok(Ok(())) => Check { name: "index", ok: true, detail: "current".to_owned() },
            Ok(Err(error)) => Check { name: "index", ok: false, detail: format!("not current: {}", error.detail()) },
            Err(_) => Check { name: "index", ok: false, detail: "it is still being built".to_owned() },
        });
        checks.push(match search.refresh_within(&ctx, INDEX_PATIENCE).await {
            Ok(()) => Check { name: "search", ok: true, detail: search.detail() },
            Err(error) => {
                let lag = search.lag_seconds(ctx.now());
                let behind = lag.map_or("not built yet".to_owned(), |lag| format!("{lag} s behind"));
                Check { name: "search", ok: false, detail: format!("{behind}: {}", error.detail()) }
            }
        });
    }
    let ok = checks.iter().all(|check| check.ok);
    let body = ReadyResponse { status: if ok { "ok" } else { "unavailable" }, checks };
    let mut response = if ok { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    response.insert_header(("cache-control", "no-store")).json(body)
}

/// Metrics
///
/// Counters and histograms of this process in the text format of Prometheus. Served on its own port instead when
/// `server.metrics_listen` is set.
#[utoipa::path(tag = "operations", operation_id = "get_metrics", extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "The metrics.", body = String, content_type = "text/plain"), (status = 404, description = "They are served on another port.", body = crate::http::problem::ProblemDocument, content_type = "application/problem+json")))]
#[get("/metrics")]
async fn get_metrics(
    ctx: web::Data<Ctx>,
    search: web::Data<Search>,
    handle: web::Data<MetricsHandle>,
) -> crate::kernel::Result<HttpResponse> {
    if ctx.settings().server.metrics_listen.is_some() {
        return Err(crate::kernel::Error::new(
            &crate::http::problem::NO_ROUTE,
            "The metrics are served on another port.",
        ));
    }
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(render(&ctx, &search, &handle).await))
}

/// The metrics with the queue's state as of now.
pub async fn render(ctx: &Ctx, search: &Search, handle: &Arc<MetricsHandle>) -> String {
    let now = ctx.now();
    if let Some(lag) = search.lag_seconds(now) {
        ::metrics::gauge!("mainstay_search_lag_seconds").set(f64::from(u32::try_from(lag).unwrap_or(u32::MAX)));
    }
    if let Ok(counts) = ctx.store().read(move |conn| queue::counts(conn, now)).await {
        let gauge = |name: &'static str, value: i64| {
            ::metrics::gauge!(name).set(f64::from(i32::try_from(value).unwrap_or(i32::MAX)));
        };
        gauge("mainstay_jobs_ready", counts.ready);
        gauge("mainstay_jobs_dead", counts.dead);
        gauge("mainstay_jobs_lag_seconds", counts.oldest_due.map_or(0, |due| (now - due).num_seconds().max(0)));
    }
    handle.render()
}

/// A public key (RFC 8037).
#[derive(Debug, Serialize, ToSchema)]
struct PublicKey {
    /// Key type.
    #[schema(example = "OKP")]
    kty: String,
    /// Curve.
    #[schema(example = "Ed25519")]
    crv: String,
    /// Use.
    #[serde(rename = "use")]
    #[schema(example = "sig")]
    usage: String,
    /// Algorithm.
    #[schema(example = "EdDSA")]
    alg: String,
    /// What it vouches for: `access_token` or `credential`. Neither kind of key is taken for the other.
    #[schema(example = "access_token")]
    purpose: &'static str,
    /// Names the key in tokens.
    #[schema(example = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")]
    kid: String,
    /// The key.
    #[schema(example = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")]
    x: String,
}

/// The public keys of this installation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "purpose": "access_token",
    "kid": "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}))]
struct KeysResponse {
    /// All keys whose tokens are accepted, then all that vouch for credentials.
    keys: Vec<PublicKey>,
}

/// Public keys
///
/// The keys that verify this installation's access tokens, and those that verify the credentials it issued, as a JSON Web Key
/// Set (RFC 7517, RFC 8037).
#[utoipa::path(tag = "operations", operation_id = "get_jwks", extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "The keys.", body = KeysResponse)))]
#[get("/.well-known/jwks.json")]
async fn jwks(ctx: web::Data<Ctx>) -> Response<KeysResponse> {
    let public = |purpose, kid, x| PublicKey {
        kty: "OKP".to_owned(),
        crv: "Ed25519".to_owned(),
        usage: "sig".to_owned(),
        alg: "EdDSA".to_owned(),
        purpose,
        kid,
        x,
    };
    let access = ctx.keyring().jwks().keys.into_iter().map(|key| public("access_token", key.kid, key.x));
    let credentials = credentials::published(&ctx).await?.into_iter().map(|key| public("credential", key.kid, key.x));
    Ok(Reply::ok(KeysResponse { keys: access.chain(credentials).collect() }).public())
}
