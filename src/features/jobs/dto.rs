//! The queue on the wire.

use super::service::mask;
use crate::infra::queue::{DeadJob, KindCounts};
use crate::kernel::{JobId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which of the dead jobs.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListJobsQuery {
    /// Only this kind.
    #[param(min_length = 1, max_length = 100, example = "send_mail")]
    pub kind: Option<String>,
    /// How many items, 1 to 100; 25 when not said.
    #[param(minimum = 1, maximum = 100, example = 25)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// A job that was given up. What it carries is not shown.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "kind": "send_mail", "attempts": 20,
    "last_error": "unavailable: A part that this needs can't be reached.: mail was not sent (worth trying again): connection refused",
    "created_at": "2026-11-22T09:00:00Z", "dead_at": "2026-11-23T20:00:00Z"}))]
pub(super) struct DeadJobResponse {
    /// Its id.
    pub id: JobId,
    /// Which work it is.
    pub kind: String,
    /// How often it was begun.
    pub attempts: i32,
    /// What went wrong the last time, with mail addresses masked.
    #[schema(required = true)]
    pub last_error: Option<String>,
    /// When it was enqueued.
    pub created_at: Timestamp,
    /// When it was given up.
    #[schema(required = true)]
    pub dead_at: Option<Timestamp>,
}

impl From<DeadJob> for DeadJobResponse {
    fn from(job: DeadJob) -> Self {
        Self {
            id: job.id,
            kind: job.kind,
            attempts: job.attempts,
            last_error: job.last_error.as_deref().map(mask),
            created_at: job.created_at,
            dead_at: job.dead_at,
        }
    }
}

/// How many jobs of one kind there are.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"kind": "send_mail", "scheduled": 2, "ready": 0, "leased": 1, "dead": 1}))]
pub(super) struct JobCountsResponse {
    /// Which work.
    pub kind: String,
    /// Their instant has not come.
    pub scheduled: i64,
    /// Due, and waiting for a worker.
    pub ready: i64,
    /// A worker has them.
    pub leased: i64,
    /// Given up.
    pub dead: i64,
}

impl From<KindCounts> for JobCountsResponse {
    fn from(counts: KindCounts) -> Self {
        Self {
            kind: counts.kind,
            scheduled: counts.scheduled,
            ready: counts.ready,
            leased: counts.leased,
            dead: counts.dead,
        }
    }
}

/// The queue: how full it is, and a page of what was given up.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"counts": [{"kind": "send_mail", "scheduled": 2, "ready": 0, "leased": 1, "dead": 0}], "items": [], "next_cursor": null}))]
pub(super) struct JobsResponse {
    /// By kind, sorted; the whole queue, whatever page this is.
    pub counts: Vec<JobCountsResponse>,
    /// Jobs that were given up, newest first.
    pub items: Vec<DeadJobResponse>,
    /// Send it as `cursor` for the next page; null on the last one.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}
