//! Turning news into deliveries.

use super::deliver::enqueue;
use crate::features::webhooks::model::{Delivery, DeliveryStatus};
use crate::features::webhooks::store;
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::infra::outbox::News;
use crate::kernel::{Error, Result};
use serde_json::json;

/// Makes one delivery for each webhook that is to hear this; hearing it again makes no second one.
pub fn hear(conn: &mut Conn, ctx: &Ctx, news: &News) -> Result<()> {
    let Some((news_id, at)) = news.announced() else { return Ok(()) };
    if !news.public && news.webhooks_of.is_empty() {
        return Ok(());
    }
    let of = (!news.public).then_some(news.webhooks_of.as_slice());
    // The body as the specification shapes it; made once, so that all tries and all receivers get the same.
    let body = json!({ "type": news.topic, "timestamp": at, "data": news.data });
    let body = serde_json::to_string(&body).map_err(Error::internal)?;
    for webhook in store::list_active(conn, of)?.into_iter().filter(|webhook| webhook.listens_to(news.topic)) {
        let now = ctx.now();
        let delivery = Delivery {
            id: ctx.ids().make(),
            webhook_id: webhook.id,
            news_id,
            topic: news.topic.as_str().to_owned(),
            body: body.clone(),
            status: DeliveryStatus::Pending,
            attempts: 0,
            tries: 0,
            next_attempt_at: Some(now),
            last_attempt_at: None,
            response_code: None,
            response_excerpt: None,
            last_error: None,
            created_at: now,
            updated_at: now,
        };
        if store::insert_delivery(conn, &delivery)? {
            enqueue(conn, ctx, &delivery, now)?;
        }
    }
    Ok(())
}
