//! Messages that leave the house: queued in the transaction that causes them, sent after it commits.

mod news;

pub use news::{News, SPREAD_NEWS, announce, read_news};

use super::Ctx;
use super::crypto::Stamped;
use super::db::Conn;
use super::mail::report::{Report, means_nobody};
use super::mail::{Mailer, Message, MessageId, mask};
use super::queue::{self, NewJob};
use crate::kernel::{Email, Error, Result};

/// The job that sends one mail.
pub const SEND_MAIL: &str = "send_mail";
const PURPOSE: &str = "mail";
/// What receipts are stamped for.
const RECEIPT: &str = "mail_receipt";

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

/// An address at which nobody is reached, as the servers on the way say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreached {
    /// The address that was written to.
    pub to: Email,
    /// What was said, with the address masked.
    pub why: String,
}

/// A mail that was not sent.
#[derive(Debug)]
pub struct Unsent {
    /// Whether the queue tries again, and what it keeps.
    pub error: Error,
    /// When it was the address that was refused for good.
    pub unreached: Option<Unreached>,
}

impl From<Error> for Unsent {
    fn from(error: Error) -> Self {
        Self { error, unreached: None }
    }
}

/// Sends what [`post`] queued.
pub async fn deliver(ctx: &Ctx, mailer: &Mailer, payload: &serde_json::Value) -> Result<(), Unsent> {
    let sealed = payload.get("message").and_then(serde_json::Value::as_str);
    let sealed = sealed.ok_or_else(|| Error::internal("a mail job without a message"))?;
    let opened = ctx.sealer().open(PURPOSE, sealed)?;
    let mut message: Message = serde_json::from_slice(&opened).map_err(Error::internal)?;
    message.receipt = Some(ctx.sealer().stamp(RECEIPT, &receipt_of(message.id, &message.to))?);
    match mailer.send(&message).await {
        Ok(_) => Ok(()),
        Err(failure) => {
            let unreached = failure.nobody.then(|| Unreached { to: message.to, why: failure.detail.clone() });
            Err(Unsent { error: failure.into(), unreached })
        }
    }
}

fn receipt_of(id: MessageId, to: &Email) -> Vec<u8> {
    format!("{id} {}", to.folded()).into_bytes()
}

/// What a message that came back tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Returned {
    /// It is no delivery report.
    NoReport,
    /// It is a report of a mail that was not sent from here, or one that does not show which.
    NotOurs,
    /// It tells of a delay, of success, or of a refusal that is not the address's fault.
    Harmless,
    /// Nobody is reached at the address.
    Unreached(Unreached),
}

/// Reads a message that came back. Anybody can write one, so it counts only with the receipt that the mail was given along,
/// and for the address that this was stamped for.
pub fn read_returned(ctx: &Ctx, source: &[u8]) -> Returned {
    let Some(report) = Report::read(source) else { return Returned::NoReport };
    let (Some(id), Some(receipt)) = (report.id, &report.receipt) else { return Returned::NotOurs };
    let genuine = |to: &Email| ctx.sealer().check_stamp(RECEIPT, &receipt_of(id, to), receipt) == Stamped::Genuine;
    let named = report.outcomes.iter().flat_map(|outcome| &outcome.addresses).chain(&report.to);
    let Some(to) = named.cloned().find(genuine) else { return Returned::NotOurs };
    let Some(outcome) = report.outcomes.iter().find(|outcome| outcome.failed && means_nobody(&outcome.status)) else {
        return Returned::Harmless;
    };
    let said = outcome.said.as_deref().unwrap_or_default();
    let said = outcome.addresses.iter().fold(said.to_owned(), |said, address| mask(&said, address));
    let why = mask(&format!("{} {said}", outcome.status), &to).trim().to_owned();
    Returned::Unreached(Unreached { to, why })
}
