//! Messages that leave the house: queued in the transaction that causes them, sent after it commits.

mod news;

pub use news::{News, SPREAD_NEWS, announce, read_news};

use super::Ctx;
use super::db::Conn;
use super::mail::{Mailer, Message};
use super::queue::{self, NewJob};
use crate::kernel::{Error, Result};

/// The job that sends one mail.
pub const SEND_MAIL: &str = "send_mail";
const PURPOSE: &str = "mail";

/// Queues a mail. It is sealed, since it may hold a link that signs somebody in.
pub fn post(conn: &mut Conn, ctx: &Ctx, message: &Message) -> Result<()> {
    queue::enqueue(conn, ctx.ids(), ctx.now(), job(ctx, message)?)?;
    Ok(())
}

/// Queues a mail that goes before all other work: a call-out for help with a vulnerability.
pub fn post_urgent(conn: &mut Conn, ctx: &Ctx, message: &Message) -> Result<()> {
    queue::enqueue_urgent(conn, ctx.ids(), ctx.now(), job(ctx, message)?)?;
    Ok(())
}

fn job(ctx: &Ctx, message: &Message) -> Result<NewJob> {
    let message = serde_json::to_vec(message).map_err(Error::internal)?;
    let payload = serde_json::json!({ "message": ctx.sealer().seal(PURPOSE, &message)? });
    Ok(NewJob { kind: SEND_MAIL, payload, run_at: ctx.now(), unique_key: None })
}

/// Sends what [`post`] queued.
pub async fn deliver(ctx: &Ctx, mailer: &Mailer, payload: &serde_json::Value) -> Result<()> {
    let sealed = payload.get("message").and_then(serde_json::Value::as_str);
    let sealed = sealed.ok_or_else(|| Error::internal("a mail job without a message"))?;
    let message: Message = serde_json::from_slice(&ctx.sealer().open(PURPOSE, sealed)?).map_err(Error::internal)?;
    mailer.send(&message).await?;
    Ok(())
}
