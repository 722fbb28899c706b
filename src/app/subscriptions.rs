//! Who hears which news.

use crate::infra::{Ctx, outbox};
use crate::kernel::Result;

/// Brings one piece of news to everybody whom it concerns: the job [`outbox::SPREAD_NEWS`].
pub async fn spread(_: Ctx, payload: serde_json::Value) -> Result<()> {
    outbox::read_news(payload)?;
    Ok(())
}
