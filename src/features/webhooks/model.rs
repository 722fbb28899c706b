//! Rows, words and the state machine of webhooks.

use super::problems::TRANSITION_REFUSED;
use crate::infra::db::schema::{webhook_deliveries, webhooks};
use crate::infra::db::sql::Json;
use crate::infra::db::text_column;
use crate::kernel::machine::{Machine, tried};
use crate::kernel::{AccountId, DeliveryId, Error, NewsId, OrganizationId, Result, Timestamp, Topic, WebhookId, words};
use diesel::prelude::*;

words! {
    /// Where a webhook stands.
    WebhookStatus {
        /// It is called.
        Active = "active",
        /// The organization lets it rest; news of that time is not delivered later.
        Paused = "paused",
        /// It failed for three days, or its receiver wants no more.
        Disabled = "disabled",
        /// The organization removed it.
        Removed = "removed",
    }
}

words! {
    /// What can happen to a webhook.
    WebhookAction {
        /// Call it again.
        Activate = "activate",
        /// Let it rest.
        Pause = "pause",
        /// Give it up, since nobody is there.
        Disable = "disable",
        /// Take it away for good.
        Remove = "remove",
    }
}

words! {
    /// Where a delivery stands.
    DeliveryStatus {
        /// It is tried, or tried again.
        Pending = "pending",
        /// The receiver took it.
        Delivered = "delivered",
        /// It is not tried any more.
        Failed = "failed",
    }
}

text_column!(WebhookStatus, DeliveryStatus);

/// Every transition there is: from, action, to.
pub(super) const TRANSITIONS: &[(WebhookStatus, WebhookAction, WebhookStatus)] = {
    use WebhookAction::{Activate, Disable, Pause, Remove};
    use WebhookStatus::{Active, Disabled, Paused, Removed};
    &[
        (Active, Pause, Paused),
        (Active, Disable, Disabled),
        (Active, Remove, Removed),
        (Paused, Activate, Active),
        (Paused, Remove, Removed),
        (Disabled, Activate, Active),
        (Disabled, Pause, Paused),
        (Disabled, Remove, Removed),
    ]
};

/// The state after the action, or 409 with the actions that this state allows to people.
pub(super) fn advance(from: WebhookStatus, action: WebhookAction) -> Result<WebhookStatus> {
    if let Some((_, _, to)) = TRANSITIONS.iter().find(|(state, act, _)| *state == from && *act == action) {
        return Ok(*to);
    }
    let allowed = TRANSITIONS
        .iter()
        .filter(|(state, act, _)| *state == from && *act != WebhookAction::Disable)
        .map(|(_, act, _)| act.as_str());
    let detail = format!("A webhook that is {from} does not allow {action}.");
    Err(Error::new(&TRANSITION_REFUSED, detail).with_allowed(allowed.collect()))
}

/// The machine as it is drawn.
pub fn machine() -> Machine {
    let about = "An address of an organization's that is called when something happens.";
    let asked = |action| action != WebhookAction::Disable;
    Machine::of(("Webhook", about), (WebhookStatus::Active, TRANSITIONS), asked, |from, action| {
        tried(from, action, advance)
    })
}

/// An organization's webhook.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = webhooks, treat_none_as_default_value = false)]
pub(super) struct Webhook {
    pub id: WebhookId,
    pub organization_id: OrganizationId,
    /// Where it is called.
    pub url: String,
    /// What it is for.
    pub description: String,
    /// What it listens to, such as `pledge.*`; empty for everything.
    pub topics: Json<Vec<String>>,
    /// What its messages are signed with, sealed.
    pub secret: String,
    /// What they were signed with before, and still are until then.
    pub previous_secret: Option<String>,
    pub previous_until: Option<Timestamp>,
    pub status: WebhookStatus,
    /// Since when nothing got through; none while all is well.
    pub failing_since: Option<Timestamp>,
    pub created_by: AccountId,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Webhook {
    /// Whether it is called for this topic.
    pub(super) fn listens_to(&self, topic: Topic) -> bool {
        let heard = |wanted: &String| match wanted.strip_suffix(".*") {
            Some(thing) => thing == topic.thing(),
            None => wanted == topic.as_str(),
        };
        self.topics.0.is_empty() || self.topics.0.iter().any(heard)
    }
}

/// One message to one webhook. Its body is kept as it goes out, so that each try sends the same bytes.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = webhook_deliveries, treat_none_as_default_value = false)]
pub(super) struct Delivery {
    pub id: DeliveryId,
    pub webhook_id: WebhookId,
    pub news_id: NewsId,
    pub topic: String,
    pub body: String,
    pub status: DeliveryStatus,
    /// How often it was sent in all.
    pub attempts: i32,
    /// How often it was sent since it was made, or replayed.
    pub tries: i32,
    pub next_attempt_at: Option<Timestamp>,
    pub last_attempt_at: Option<Timestamp>,
    pub response_code: Option<i32>,
    /// The beginning of the last answer.
    pub response_excerpt: Option<String>,
    /// Why the last try failed.
    pub last_error: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn each_pair_of_state_and_action_is_in_the_table_or_refused() {
        for from in WebhookStatus::ALL {
            for action in WebhookAction::ALL {
                let rows: Vec<_> = TRANSITIONS.iter().filter(|row| row.0 == *from && row.1 == *action).collect();
                match (rows.as_slice(), advance(*from, *action)) {
                    ([(_, _, to)], Ok(reached)) => assert_eq!(*to, reached),
                    ([], Err(refused)) => assert_eq!(refused.code(), "webhook.transition_refused"),
                    other => panic!("{from} {action}: {other:?}"),
                }
            }
        }
        assert_eq!(advance(WebhookStatus::Paused, WebhookAction::Pause).unwrap_err().allowed(), ["activate", "remove"]);
        assert!(advance(WebhookStatus::Removed, WebhookAction::Activate).unwrap_err().allowed().is_empty());
    }

    #[test]
    fn a_webhook_hears_what_it_listens_to() {
        let now: Timestamp = "2026-11-22T09:00:00Z".parse().unwrap();
        let listening = |topics: &[&str]| Webhook {
            id: WebhookId(Uuid::nil()),
            organization_id: OrganizationId(Uuid::nil()),
            url: String::new(),
            description: String::new(),
            topics: Json(topics.iter().map(|topic| (*topic).to_owned()).collect()),
            secret: String::new(),
            previous_secret: None,
            previous_until: None,
            status: WebhookStatus::Active,
            failing_since: None,
            created_by: AccountId(Uuid::nil()),
            version: 1,
            created_at: now,
            updated_at: now,
        };
        for (topics, pledge, need) in [
            (&[][..], true, true),
            (&["pledge.*"], true, false),
            (&["pledge.activated"], true, false),
            (&["pledge.ended", "need.*"], false, true),
            (&["need.opened", "pledge.activated"], true, true),
        ] {
            let webhook = listening(topics);
            let heard = (webhook.listens_to(Topic::PledgeActivated), webhook.listens_to(Topic::NeedOpened));
            assert_eq!(heard, (pledge, need), "{topics:?}");
        }
    }
}
