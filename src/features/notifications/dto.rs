//! Notices and wishes on the wire.

use super::model::{Cadence, Notice};
use super::service::{Wishes, WishesInput};
use crate::kernel::{NoticeId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// Which notices.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListNoticesQuery {
    /// Only those that were not read.
    pub unread: Option<bool>,
    /// How many items, 1 to 100; 25 when not said.
    #[param(minimum = 1, maximum = 100, example = 25)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// A piece of news.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "topic": "pledge.exhausted", "title": "A pledge of Example Freight (40 hours a week) has no free hour left.",
    "url": "/api/v1/pledges/01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3e", "at": "2026-11-22T09:00:00Z", "read_at": null}))]
pub(super) struct NoticeResponse {
    /// Its id.
    pub id: NoticeId,
    /// What it is about.
    pub topic: String,
    /// What happened, in a sentence.
    pub title: String,
    /// Where the thing is.
    pub url: String,
    /// When it happened.
    pub at: Timestamp,
    /// When it was read; null while it was not.
    #[schema(required = true)]
    pub read_at: Option<Timestamp>,
}

impl From<Notice> for NoticeResponse {
    fn from(row: Notice) -> Self {
        Self {
            id: row.id,
            url: format!("/api/v1{}", row.path),
            topic: row.topic,
            title: row.title,
            at: row.at,
            read_at: row.read_at,
        }
    }
}

/// Up to where notices were read.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"until": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d"}))]
pub(super) struct ReadNoticesRequest {
    /// The newest notice that was seen; all when left out.
    #[serde(default)]
    pub until: Option<NoticeId>,
}

/// Hours in which nothing is mailed, by the person's own clock; they may go over midnight.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"from": "22:00", "until": "07:00"}))]
pub(super) struct QuietHours {
    /// When they begin.
    #[schema(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    pub from: String,
    /// When they end.
    #[schema(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    pub until: String,
}

/// What a person wants to be mailed about, as a whole.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"topics": {"pledge": "weekly", "pledge.exhausted": "at_once", "need": "none"}, "quiet_hours": {"from": "22:00", "until": "07:00"}, "time_zone": "Europe/Berlin"}))]
pub(super) struct PutNotificationPreferencesRequest {
    /// How often, by thing (`pledge`) or topic (`pledge.exhausted`); what is not named is as usual.
    #[serde(default)]
    pub topics: BTreeMap<String, Cadence>,
    /// When nothing is mailed; none when null or left out.
    #[serde(default)]
    pub quiet_hours: Option<QuietHours>,
    /// The zone (IANA) of the hours and of digests; the volunteer profile's, or UTC, when null or left out.
    #[serde(default)]
    #[schema(max_length = 64)]
    pub time_zone: Option<String>,
}

impl From<PutNotificationPreferencesRequest> for WishesInput {
    fn from(body: PutNotificationPreferencesRequest) -> Self {
        Self {
            topics: body.topics,
            quiet_hours: body.quiet_hours.map(|hours| (hours.from, hours.until)),
            time_zone: body.time_zone,
        }
    }
}

/// What a person is mailed about.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"topics": {"proposal": "at_once", "pledge": "weekly"}, "quiet_hours": {"from": "22:00", "until": "07:00"}, "time_zone": "Europe/Berlin",
    "security": "at_once", "updated_at": "2026-11-22T09:00:00Z"}))]
pub(super) struct NotificationPreferencesResponse {
    /// How often, by thing, and by topic where that differs.
    pub topics: BTreeMap<String, Cadence>,
    /// When nothing is mailed.
    #[schema(required = true)]
    pub quiet_hours: Option<QuietHours>,
    /// The zone of the hours and of digests.
    pub time_zone: String,
    /// Mails about the account's security always arrive at once, quiet hours or not.
    pub security: Cadence,
    /// When it was last set; null while it never was.
    #[schema(required = true)]
    pub updated_at: Option<Timestamp>,
}

impl From<Wishes> for NotificationPreferencesResponse {
    fn from(Wishes { preferences, topics, zone }: Wishes) -> Self {
        let quiet = preferences.quiet_from.zip(preferences.quiet_until);
        Self {
            topics,
            quiet_hours: quiet.map(|(from, until)| QuietHours { from, until }),
            time_zone: zone.to_string(),
            security: Cadence::AtOnce,
            updated_at: (preferences.version > 0).then_some(preferences.updated_at),
        }
    }
}
