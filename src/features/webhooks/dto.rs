//! Webhooks on the wire.

use super::model::{Delivery, DeliveryStatus, Webhook, WebhookStatus};
use super::service::{Edit, NewWebhook};
use crate::http::patch;
use crate::kernel::{DeliveryId, NewsId, Timestamp, WebhookId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A webhook to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"url": "https://hooks.example.org/mainstay", "description": "Posts to the team's chat.", "topics": ["pledge.*", "time_entry.confirmed"]}))]
pub(super) struct CreateWebhookRequest {
    /// Where it is called; https, with a public address. It may hold a secret: managers alone see it.
    #[schema(max_length = 500)]
    pub url: String,
    /// What it is for.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub description: String,
    /// What it listens to: topics, or all of a thing such as `pledge.*`. Everything when empty or left out.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub topics: Vec<String>,
}

impl From<CreateWebhookRequest> for NewWebhook {
    fn from(CreateWebhookRequest { url, description, topics }: CreateWebhookRequest) -> Self {
        Self { url, description, topics }
    }
}

/// Changes to a webhook (JSON Merge Patch).
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"topics": ["pledge.*"], "status": "active"}))]
pub(super) struct UpdateWebhookRequest {
    /// Another address.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(max_length = 500, nullable = false)]
    pub url: Option<String>,
    /// Another description.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(max_length = 500, nullable = false)]
    pub description: Option<String>,
    /// All topics anew.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(max_items = 100, nullable = false)]
    pub topics: Option<Vec<String>>,
    /// `paused` lets it rest, `active` puts it back to work, also after it was disabled.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub status: Option<WebhookStatus>,
}

impl From<UpdateWebhookRequest> for Edit {
    fn from(UpdateWebhookRequest { url, description, topics, status }: UpdateWebhookRequest) -> Self {
        Self { url, description, topics, status }
    }
}

/// A webhook.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "url": "https://hooks.example.org/mainstay", "description": "Posts to the team's chat.",
    "topics": ["pledge.*"], "status": "active", "failing_since": null, "previous_secret_until": null,
    "created_at": "2026-11-22T09:00:00Z", "updated_at": "2026-11-22T09:00:00Z"}))]
pub(super) struct WebhookResponse {
    /// Its id.
    pub id: WebhookId,
    /// Where it is called.
    pub url: String,
    /// What it is for.
    pub description: String,
    /// What it listens to; everything when empty.
    pub topics: Vec<String>,
    /// Where it stands.
    pub status: WebhookStatus,
    /// Since when nothing gets through; after three days it is disabled.
    #[schema(required = true)]
    pub failing_since: Option<Timestamp>,
    /// Until when messages are signed with the secret before, too.
    #[schema(required = true)]
    pub previous_secret_until: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl From<Webhook> for WebhookResponse {
    fn from(row: Webhook) -> Self {
        Self {
            id: row.id,
            url: row.url,
            description: row.description,
            topics: row.topics.0,
            status: row.status,
            failing_since: row.failing_since,
            previous_secret_until: row.previous_until,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// A webhook with its secret, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "url": "https://hooks.example.org/mainstay", "description": "",
    "topics": [], "status": "active", "failing_since": null, "previous_secret_until": null, "created_at": "2026-11-22T09:00:00Z",
    "updated_at": "2026-11-22T09:00:00Z", "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"}))]
pub(super) struct NewWebhookResponse {
    /// The webhook.
    #[serde(flatten)]
    pub webhook: WebhookResponse,
    /// What messages are signed with: `whsec_` and the key in base64.
    pub secret: String,
}

/// Which deliveries.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListDeliveriesQuery {
    /// Only those that stand so.
    #[param(inline)]
    pub status: Option<DeliveryStatus>,
    /// How many items, 1 to 100; 25 when not said.
    #[param(minimum = 1, maximum = 100, example = 25)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// One message to a webhook.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "webhook_id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3e", "topic": "pledge.activated",
    "status": "pending", "attempts": 2, "next_attempt_at": "2026-11-22T09:05:00Z", "last_attempt_at": "2026-11-22T09:00:05Z",
    "response_code": 503, "response_excerpt": "try later", "last_error": "The receiver answered 503.", "created_at": "2026-11-22T09:00:00Z"}))]
pub(super) struct DeliveryResponse {
    /// Its id.
    pub id: DeliveryId,
    /// The `webhook-id` that it carries each time.
    pub webhook_id: NewsId,
    /// What it tells.
    pub topic: String,
    /// Where it stands.
    pub status: DeliveryStatus,
    /// How often it was sent.
    pub attempts: i32,
    /// When it is sent again; null once it has ended.
    #[schema(required = true)]
    pub next_attempt_at: Option<Timestamp>,
    /// When it was last sent.
    #[schema(required = true)]
    pub last_attempt_at: Option<Timestamp>,
    /// The status of the last answer; null when there was none.
    #[schema(required = true)]
    pub response_code: Option<i32>,
    /// The beginning of the last answer, at most 300 characters.
    #[schema(required = true)]
    pub response_excerpt: Option<String>,
    /// Why it last failed.
    #[schema(required = true)]
    pub last_error: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl From<Delivery> for DeliveryResponse {
    fn from(row: Delivery) -> Self {
        Self {
            id: row.id,
            webhook_id: row.news_id,
            topic: row.topic,
            status: row.status,
            attempts: row.attempts,
            next_attempt_at: row.next_attempt_at,
            last_attempt_at: row.last_attempt_at,
            response_code: row.response_code,
            response_excerpt: row.response_excerpt,
            last_error: row.last_error,
            created_at: row.created_at,
        }
    }
}
