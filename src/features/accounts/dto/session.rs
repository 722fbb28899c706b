//! Sessions on the wire.

use crate::features::accounts::model::Session;
use crate::kernel::{SessionId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

/// A signed-in device.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "current": true, "user_agent": "Mozilla/5.0 (X11; Linux x86_64)",
    "address": "203.0.113.7", "created_at": "2026-11-22T09:00:00Z", "last_used_at": "2026-11-22T09:15:00Z", "expires_at": "2026-12-22T09:15:00Z"}))]
pub(in crate::features::accounts) struct SessionResponse {
    /// The session.
    pub id: SessionId,
    /// Whether this request comes from it.
    pub current: bool,
    /// What the client called itself at the sign-in.
    #[schema(required = true)]
    pub user_agent: Option<String>,
    /// The network address of the sign-in.
    #[schema(required = true, example = "203.0.113.7")]
    pub address: Option<String>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it was last renewed.
    pub last_used_at: Timestamp,
    /// When it ends if it is not renewed.
    pub expires_at: Timestamp,
}

impl SessionResponse {
    pub(in crate::features::accounts) fn new(session: Session, current: SessionId) -> Self {
        Self {
            current: session.id == current,
            id: session.id,
            user_agent: session.user_agent,
            address: session.address,
            created_at: session.created_at,
            last_used_at: session.last_used_at,
            expires_at: session.expires_at,
        }
    }
}
