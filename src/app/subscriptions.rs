//! Who hears which news.

use crate::features::{notifications, webhooks};
use crate::infra::{Ctx, outbox};
use crate::kernel::Result;

/// Brings one piece of news to everybody whom it concerns: the job [`outbox::SPREAD_NEWS`]. All hear it in one transaction,
/// and none of them twice.
pub async fn spread(ctx: Ctx, payload: serde_json::Value) -> Result<()> {
    let news = outbox::read_news(payload)?;
    let inner = ctx.clone();
    let spread = ctx.store().write(move |conn| {
        webhooks::hear(conn, &inner, &news)?;
        notifications::hear(conn, &inner, &news)
    });
    spread.await
}
