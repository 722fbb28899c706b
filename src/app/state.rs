//! What all workers of a node share.

use crate::features::accounts::SessionAuthenticator;
use crate::features::assignments;
use crate::features::matching::Matcher;
use crate::features::proposals::Hire;
use crate::features::search::Search;
use crate::http::Authenticator;
use crate::http::authenticate::TrustedProxies;
use crate::http::limit::Limits;
use crate::http::openapi::Document;
use crate::infra::Ctx;
use crate::infra::telemetry::MetricsHandle;
use std::sync::Arc;

/// What all workers of a node share.
#[derive(Clone)]
pub struct State {
    /// The outside.
    pub ctx: Ctx,
    /// Turns bearer tokens into accounts.
    pub authenticator: Arc<dyn Authenticator>,
    /// The marketplace in memory, for ranking.
    pub matcher: Matcher,
    /// Needs and projects in memory, for finding them by words.
    pub search: Search,
    /// Makes assignments of what was agreed.
    pub hire: Hire,
    /// Rate limits of this node.
    pub limits: Arc<Limits>,
    /// The OpenAPI document.
    pub document: Arc<Document>,
    /// The metrics of this process.
    pub metrics: Arc<MetricsHandle>,
    /// Proxies whose word on the client's address is believed.
    pub proxies: TrustedProxies,
}

impl State {
    /// Builds the shared state over the outside.
    ///
    /// # Errors
    /// When the OpenAPI document is not complete, which the build's tests rule out.
    pub fn new(ctx: Ctx, metrics: MetricsHandle) -> Result<Self, String> {
        let server = &ctx.settings().server;
        Ok(Self {
            authenticator: Arc::new(SessionAuthenticator(ctx.clone())),
            matcher: Matcher::new(&ctx),
            search: Search::default(),
            hire: assignments::hire,
            limits: Arc::new(Limits::new(&ctx.settings().rate_limit)),
            document: Arc::new(Document::new(&super::router::generate())?),
            metrics: Arc::new(metrics),
            proxies: TrustedProxies(server.trusted_proxies.clone()),
            ctx,
        })
    }
}
