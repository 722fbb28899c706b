//! What was sent, sending it again, and forgetting it.

use super::deliver::enqueue;
use super::{own_webhook, record};
use crate::features::webhooks::model::{Delivery, DeliveryStatus, WebhookStatus};
use crate::features::webhooks::problems::{NOT_ACTIVE, STILL_PENDING};
use crate::features::webhooks::store::{self, DeliveryFilter};
use crate::infra::Ctx;
use crate::kernel::{Actor, DeliveryId, Error, Page, Result, WebhookId};
use chrono::TimeDelta;

/// For so long what was sent can be looked at and replayed.
const KEPT: TimeDelta = TimeDelta::days(30);
/// Deliveries removed in one transaction.
const BATCH: i64 = 1_000;

/// A webhook's deliveries.
pub(in crate::features::webhooks) async fn deliveries(
    ctx: &Ctx,
    actor: &Actor,
    (slug, id): (String, WebhookId),
    filter: DeliveryFilter,
) -> Result<Page<Delivery>> {
    let actor = actor.clone();
    ctx.store()
        .read(move |conn| {
            let webhook = own_webhook(conn, &actor, &slug, id)?;
            store::list_deliveries(conn, webhook.id, &filter)
        })
        .await
}

/// Sends a delivery again, with the same `webhook-id`, and with all its tries before it.
pub(in crate::features::webhooks) async fn replay(
    ctx: &Ctx,
    actor: &Actor,
    (slug, webhook, id): (String, WebhookId, DeliveryId),
) -> Result<Delivery> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let webhook = own_webhook(conn, &actor, &slug, webhook)?;
            let found = store::lock_delivery(conn, id)?.filter(|delivery| delivery.webhook_id == webhook.id);
            let delivery = found.ok_or_else(|| Error::not_found("delivery"))?;
            if webhook.status != WebhookStatus::Active {
                return Err(Error::new(&NOT_ACTIVE, format!("This webhook is {}.", webhook.status)));
            }
            if delivery.status == DeliveryStatus::Pending {
                return Err(Error::new(&STILL_PENDING, "It is tried again by itself at `next_attempt_at`."));
            }
            let now = inner.now();
            let again = Delivery {
                status: DeliveryStatus::Pending,
                tries: 0,
                next_attempt_at: Some(now),
                updated_at: now,
                ..delivery
            };
            store::update_delivery(conn, &again)?;
            enqueue(conn, &inner, &again, now)?;
            let by = (Some(actor.account_id), &actor.request_id);
            record(conn, &inner, &webhook, (Some(webhook.status.as_str()), "delivery_replayed"), by)?;
            Ok(again)
        })
        .await
}

/// Forgets deliveries that ended long ago; returns how many.
pub async fn prune_deliveries(ctx: &Ctx) -> Result<usize> {
    let before = ctx.now() - KEPT;
    ctx.store().write(move |conn| store::delete_ended(conn, before, BATCH)).await
}
