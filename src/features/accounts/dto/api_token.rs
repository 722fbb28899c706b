//! API tokens on the wire.

use crate::features::accounts::model::ApiToken;
use crate::infra::crypto::Token;
use crate::kernel::{ApiTokenId, Scope, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

fn ninety() -> u32 {
    90
}

/// A token as wished.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "nightly import", "scopes": ["read", "needs"], "expires_in_days": 90}))]
pub(in crate::features::accounts) struct CreateApiTokenRequest {
    /// What it is for: 1 to 80 characters.
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    /// What it may be used for: `read` to read, `write` for every change but to sign-in, factors and tokens, `needs` and
    /// `pledges` for changes to those alone, `admin` to use the own platform roles.
    #[schema(min_items = 1, max_items = 5)]
    pub scopes: Vec<Scope>,
    /// Days until it expires, 1 to 366.
    #[serde(default = "ninety")]
    #[schema(minimum = 1, maximum = 366, default = 90)]
    pub expires_in_days: u32,
}

/// A token, without its text.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "name": "nightly import", "scopes": ["read", "needs"],
    "created_at": "2026-11-22T09:00:00Z", "expires_at": "2027-02-20T09:00:00Z", "last_used_at": null}))]
pub(in crate::features::accounts) struct ApiTokenResponse {
    /// Its id.
    pub id: ApiTokenId,
    /// What it is for.
    pub name: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it expires.
    pub expires_at: Timestamp,
    /// When it was last used, to the minute; null before the first time.
    #[schema(required = true)]
    pub last_used_at: Option<Timestamp>,
}

impl From<ApiToken> for ApiTokenResponse {
    fn from(token: ApiToken) -> Self {
        Self {
            id: token.id,
            name: token.name,
            scopes: token.scopes.0,
            created_at: token.created_at,
            expires_at: token.expires_at,
            last_used_at: token.last_used_at,
        }
    }
}

/// A new token, with its text.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "name": "nightly import", "scopes": ["read", "needs"],
    "created_at": "2026-11-22T09:00:00Z", "expires_at": "2027-02-20T09:00:00Z", "last_used_at": null, "token": "mst_api_3q2-7wAA…"}))]
pub(in crate::features::accounts) struct NewApiTokenResponse {
    /// What it is.
    #[serde(flatten)]
    pub described: ApiTokenResponse,
    /// Send it as `Authorization: Bearer …`. It is shown this once.
    pub token: String,
}

impl NewApiTokenResponse {
    pub(in crate::features::accounts) fn new(row: ApiToken, token: &Token) -> Self {
        Self { described: row.into(), token: token.expose().to_owned() }
    }
}
