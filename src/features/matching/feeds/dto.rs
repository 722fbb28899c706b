//! Feed tokens on the wire.

use super::model::FeedToken;
use crate::infra::crypto::Token;
use crate::kernel::{FeedTokenId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A feed token as wished.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "reader on my phone"}))]
pub(super) struct CreateFeedTokenRequest {
    /// What it is for: 1 to 80 characters.
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
}

/// A feed token, without its text.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "name": "reader on my phone", "created_at": "2026-11-22T09:00:00Z", "last_used_at": null}))]
pub(super) struct FeedTokenResponse {
    /// Its id.
    pub id: FeedTokenId,
    /// What it is for.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When a reader last used it, to the hour; null before the first time.
    #[schema(required = true)]
    pub last_used_at: Option<Timestamp>,
}

impl From<FeedToken> for FeedTokenResponse {
    fn from(token: FeedToken) -> Self {
        Self { id: token.id, name: token.name, created_at: token.created_at, last_used_at: token.last_used_at }
    }
}

/// The feed tokens in force.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": []}))]
pub(super) struct FeedTokenList {
    /// The tokens, newest first; ten at most.
    #[schema(max_items = 10)]
    pub items: Vec<FeedTokenResponse>,
}

/// A new feed token, with the addresses to give to a reader.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "name": "reader on my phone", "created_at": "2026-11-22T09:00:00Z", "last_used_at": null,
    "token": "mst_feed_3q2-7wAA…", "atom_url": "https://mainstay.example.org/api/v1/feeds/matches.atom?token=…", "json_url": "https://mainstay.example.org/api/v1/feeds/matches.json?token=…",
    "calendar_url": "https://mainstay.example.org/api/v1/feeds/assignments.ics?token=…"}))]
pub(super) struct NewFeedTokenResponse {
    /// What it is.
    #[serde(flatten)]
    pub described: FeedTokenResponse,
    /// The token. It is shown this once.
    pub token: String,
    /// The Atom feed's address, with the token in it: keep it as you keep a password.
    pub atom_url: String,
    /// The JSON feed's address, likewise.
    pub json_url: String,
    /// The address of the calendar of assignments, likewise.
    pub calendar_url: String,
}

impl NewFeedTokenResponse {
    pub(super) fn new(site: &str, row: FeedToken, token: &Token) -> Self {
        let url = |feed: &str| format!("{site}/api/v1/feeds/{feed}?token={}", token.expose());
        Self {
            described: row.into(),
            token: token.expose().to_owned(),
            atom_url: url("matches.atom"),
            json_url: url("matches.json"),
            calendar_url: url("assignments.ics"),
        }
    }
}
