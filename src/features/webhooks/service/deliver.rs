//! Sending a delivery, and what follows from the answer.

use super::record;
use crate::features::organizations;
use crate::features::webhooks::model::{Delivery, DeliveryStatus, Webhook, WebhookAction, WebhookStatus, advance};
use crate::features::webhooks::schedule::{PATIENCE, next_try};
use crate::features::webhooks::{letters, sign, store};
use crate::infra::db::Conn;
use crate::infra::fetch::{FetchError, Fetched, Request};
use crate::infra::queue::{self, NewJob};
use crate::infra::{Ctx, outbox};
use crate::kernel::{DeliveryId, Error, RequestId, Result, Timestamp};
use url::Url;

/// The job that sends one delivery once; `delivery_id` in its payload. Each try is a job of its own: the pauses are the
/// delivery's, not the queue's.
pub const DELIVER: &str = "deliver_webhook";
/// So much of an answer is kept, in characters.
const EXCERPT: usize = 300;

pub(super) fn enqueue(conn: &mut Conn, ctx: &Ctx, delivery: &Delivery, run_at: Timestamp) -> Result<()> {
    let payload = serde_json::json!({ "delivery_id": delivery.id });
    let job = NewJob { kind: DELIVER, payload, run_at, unique_key: None };
    queue::enqueue(conn, ctx.ids(), ctx.now(), job)?;
    Ok(())
}

/// What came of one try.
#[derive(Debug, Default)]
struct Outcome {
    taken: bool,
    /// The receiver wants no more (410).
    gone: bool,
    code: Option<i32>,
    excerpt: Option<String>,
    error: Option<String>,
    /// Seconds that the receiver asks us to wait.
    asked: Option<i64>,
}

impl Outcome {
    fn of(answer: Result<Fetched, FetchError>) -> Self {
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return Self { error: Some(error.to_string()), ..Self::default() },
        };
        let taken = answer.is_success();
        let plain = |c: char| if c.is_control() { ' ' } else { c };
        let excerpt: String = answer.text().chars().take(EXCERPT).map(plain).collect();
        Self {
            taken,
            gone: answer.status == 410,
            code: Some(i32::from(answer.status)),
            excerpt: Some(excerpt.trim().to_owned()).filter(|text| !text.is_empty()),
            error: (!taken).then(|| format!("The receiver answered {}.", answer.status)),
            asked: answer.header("retry-after").and_then(|text| text.trim().parse().ok()),
        }
    }
}

/// Sends one delivery: the job [`DELIVER`].
pub async fn deliver(ctx: Ctx, payload: serde_json::Value) -> Result<()> {
    let id = payload.get("delivery_id").cloned().unwrap_or_default();
    let id: DeliveryId = serde_json::from_value(id).map_err(Error::internal)?;
    let found = ctx
        .store()
        .read(move |conn| {
            let Some(delivery) = store::find_delivery(conn, id)? else { return Ok(None) };
            let webhook = store::find_webhook(conn, delivery.webhook_id)?;
            Ok(webhook.map(|webhook| (delivery, webhook)))
        })
        .await?;
    let Some((delivery, webhook)) = found else { return Ok(()) };
    let due = delivery.next_attempt_at.is_some_and(|at| at <= ctx.now());
    if delivery.status != DeliveryStatus::Pending || !due {
        return Ok(());
    }
    let outcome =
        if webhook.status == WebhookStatus::Active { Some(send(&ctx, &webhook, &delivery).await?) } else { None };
    let mut chance = [0; 4];
    ctx.entropy().fill(&mut chance);
    let (inner, chance) = (ctx.clone(), u32::from_be_bytes(chance));
    ctx.store().write(move |conn| settle(conn, &inner, &delivery, outcome.as_ref(), chance)).await
}

async fn send(ctx: &Ctx, webhook: &Webhook, delivery: &Delivery) -> Result<Outcome> {
    let (id, now) = (delivery.news_id.to_string(), ctx.now());
    let timestamp = now.timestamp();
    let mut signatures = sign::signature(ctx, &webhook.secret, &id, timestamp, &delivery.body)?;
    if let Some(previous) =
        webhook.previous_secret.as_ref().filter(|_| webhook.previous_until.is_some_and(|at| at > now))
    {
        signatures.push(' ');
        signatures.push_str(&sign::signature(ctx, previous, &id, timestamp, &delivery.body)?);
    }
    let request = Request::post(&webhook.url, "application/json", delivery.body.clone().into_bytes());
    let request = request.and_then(|request| {
        let request = request.header("webhook-id", &id)?.header("webhook-timestamp", &timestamp.to_string())?;
        request.header("webhook-signature", &signatures)
    });
    Ok(Outcome::of(match request {
        Ok(request) => ctx.fetcher().send(request).await,
        Err(refused) => Err(refused),
    }))
}

/// Writes down what came of the try, if nobody else did, and says what follows. Without an outcome nothing was sent, since
/// the webhook rests.
fn settle(conn: &mut Conn, ctx: &Ctx, sent: &Delivery, outcome: Option<&Outcome>, chance: u32) -> Result<()> {
    let Some(webhook) = store::lock_webhook(conn, sent.webhook_id)? else { return Ok(()) };
    let Some(delivery) = store::lock_delivery(conn, sent.id)? else { return Ok(()) };
    let same = delivery.status == DeliveryStatus::Pending && delivery.attempts == sent.attempts;
    if !same {
        return Ok(());
    }
    let now = ctx.now();
    let Some(outcome) = outcome else {
        let last_error = Some("The webhook was not active.".to_owned());
        let ended =
            Delivery { status: DeliveryStatus::Failed, next_attempt_at: None, last_error, updated_at: now, ..delivery };
        return store::update_delivery(conn, &ended);
    };
    let (attempts, tries) = (delivery.attempts + 1, delivery.tries + 1);
    let next = if outcome.taken || outcome.gone { None } else { next_try(tries, now, chance, outcome.asked) };
    let status = match (outcome.taken, next) {
        (true, _) => DeliveryStatus::Delivered,
        (false, Some(_)) => DeliveryStatus::Pending,
        (false, None) => DeliveryStatus::Failed,
    };
    let settled = Delivery {
        status,
        attempts,
        tries,
        next_attempt_at: next,
        last_attempt_at: Some(now),
        response_code: outcome.code,
        response_excerpt: outcome.excerpt.clone(),
        last_error: outcome.error.clone(),
        updated_at: now,
        ..delivery
    };
    store::update_delivery(conn, &settled)?;
    if let Some(next) = next {
        enqueue(conn, ctx, &settled, next)?;
    }
    judge(conn, ctx, &webhook, outcome)
}

/// What the outcome means for the webhook itself.
fn judge(conn: &mut Conn, ctx: &Ctx, webhook: &Webhook, outcome: &Outcome) -> Result<()> {
    if outcome.taken {
        if webhook.failing_since.is_some() {
            store::set_failing_since(conn, webhook.id, None)?;
        }
        return Ok(());
    }
    if webhook.status != WebhookStatus::Active {
        return Ok(());
    }
    let now = ctx.now();
    let since = webhook.failing_since.unwrap_or(now);
    if !outcome.gone && now - since < PATIENCE {
        if webhook.failing_since.is_none() {
            store::set_failing_since(conn, webhook.id, Some(now))?;
        }
        return Ok(());
    }
    let status = advance(webhook.status, WebhookAction::Disable)?;
    let (version, updated_at) = (webhook.version + 1, now);
    let disabled = Webhook { status, failing_since: Some(since), version, updated_at, ..webhook.clone() };
    store::update_webhook(conn, &disabled)?;
    let request_id = RequestId::new(ctx.ids().make());
    record(conn, ctx, &disabled, (Some(webhook.status.as_str()), status.as_str()), (None, &request_id))?;
    tell_owners(conn, ctx, &disabled, outcome.gone)
}

fn tell_owners(conn: &mut Conn, ctx: &Ctx, webhook: &Webhook, gone: bool) -> Result<()> {
    let organization = organizations::get_organization(conn, webhook.organization_id)?;
    let host = Url::parse(&webhook.url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    let path = format!("/api/v1/organizations/{}/webhooks/{}", organization.slug, webhook.id);
    let why = if gone {
        "The receiver said that it wants no more (410)."
    } else {
        "Nothing got through to it for three days."
    };
    for owner in organizations::list_owners(conn, organization.id)? {
        let letter = letters::disabled(ctx, (&organization, &owner), (&host, &path), why)?;
        outbox::post(conn, ctx, &letter)?;
    }
    Ok(())
}
