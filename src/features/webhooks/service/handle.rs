//! Making, changing and removing webhooks.

use super::{own_organization, own_webhook, record};
use crate::features::accounts::policy::{require_fresh_factor, require_verified};
use crate::features::webhooks::model::{Webhook, WebhookAction, WebhookStatus, advance};
use crate::features::webhooks::problems::TOO_MANY;
use crate::features::webhooks::{sign, store};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::infra::db::sql::Json;
use crate::kernel::{
    Actor, Check, Cursor, Error, Failed, Fault, IfMatch, Limit, Markdown, Page, Result, Topic, WebhookId,
};
use chrono::TimeDelta;
use url::Url;

/// Most webhooks of one organization.
const MOST: i64 = 20;
/// Most topics that one names.
const MOST_TOPICS: usize = 100;
/// For how long the secret before is still signed with.
const OVERLAP: TimeDelta = TimeDelta::hours(24);

/// A webhook to be made, as typed.
#[derive(Debug, Clone)]
pub(in crate::features::webhooks) struct NewWebhook {
    pub url: String,
    pub description: String,
    pub topics: Vec<String>,
}

/// Changes to one, as typed.
#[derive(Debug, Clone)]
pub(in crate::features::webhooks) struct Edit {
    pub url: Option<String>,
    pub description: Option<String>,
    pub topics: Option<Vec<String>>,
    pub status: Option<WebhookStatus>,
}

/// An address that may be called: what the guarded client refuses at once is told now, not after three days.
fn address(ctx: &Ctx, text: &str) -> Result<String, Fault> {
    let text = text.trim();
    if text.len() > 500 {
        return Err(Fault::new("too_long", "At most 500 characters."));
    }
    let url = Url::parse(text).map_err(|cause| Fault::new("invalid_url", format!("This is no address: {cause}.")))?;
    if url.fragment().is_some() {
        return Err(Fault::new("invalid_url", "Leave out the part after `#`: it is never sent."));
    }
    ctx.fetcher().check(&url).map_err(|refused| Fault::new("invalid_url", refused.to_string()))?;
    Ok(url.into())
}

/// One word of the filter: a topic, or `<thing>.*`.
fn topic(text: &str) -> Result<String, Fault> {
    let known = match text.strip_suffix(".*") {
        Some(thing) => Topic::ALL.iter().any(|topic| topic.thing() == thing),
        None => text.parse::<Topic>().is_ok(),
    };
    if known {
        return Ok(text.to_owned());
    }
    let detail = "No topic is called that; name one such as `pledge.activated`, or all of a thing by `pledge.*`.";
    Err(Fault::new("unknown_topic", detail))
}

fn topics(check: &mut Check, typed: &[String]) -> Result<Vec<String>, Failed> {
    let mut parsed = check.each("/topics", typed, MOST_TOPICS, |text| topic(text))?;
    parsed.sort_unstable();
    parsed.dedup();
    Ok(parsed)
}

fn require_proof(ctx: &Ctx, actor: &Actor) -> Result<()> {
    require_verified(actor)?;
    require_fresh_factor(actor, ctx.now())
}

/// Makes a webhook; its secret is shown this once.
pub(in crate::features::webhooks) async fn create(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    input: NewWebhook,
) -> Result<(Webhook, String)> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let organization = own_organization(conn, &actor, &slug)?;
            require_proof(&inner, &actor)?;
            let mut check = Check::default();
            let url = check.value("/url", address(&inner, &input.url));
            let description = check.value("/description", Markdown::parse(&input.description, 500));
            let topics = topics(&mut check, &input.topics);
            check.done()?;
            if store::count_webhooks(conn, organization.id)? >= MOST {
                let detail = format!("An organization has at most {MOST} webhooks; remove one first.");
                return Err(Error::new(&TOO_MANY, detail));
            }
            let ((shown, secret), now) = (sign::new_secret(&inner)?, inner.now());
            let webhook = Webhook {
                id: inner.ids().make(),
                organization_id: organization.id,
                url: url?,
                description: description?.into_string(),
                topics: Json(topics?),
                secret,
                previous_secret: None,
                previous_until: None,
                status: WebhookStatus::Active,
                failing_since: None,
                created_by: actor.account_id,
                version: 1,
                created_at: now,
                updated_at: now,
            };
            store::insert_webhook(conn, &webhook)?;
            let by = (Some(actor.account_id), &actor.request_id);
            record(conn, &inner, &webhook, (None, webhook.status.as_str()), by)?;
            Ok((webhook, shown))
        })
        .await
}

/// The organization's webhooks, in the order in which they were made.
pub(in crate::features::webhooks) async fn list(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    limit: Limit,
    after: Option<Cursor>,
) -> Result<Page<Webhook>> {
    let actor = actor.clone();
    ctx.store()
        .read(move |conn| {
            let organization = own_organization(conn, &actor, &slug)?;
            store::list_webhooks(conn, organization.id, limit, after.as_ref())
        })
        .await
}

/// One of them.
pub(in crate::features::webhooks) async fn get(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    id: WebhookId,
) -> Result<Webhook> {
    let actor = actor.clone();
    ctx.store().read(move |conn| own_webhook(conn, &actor, &slug, id)).await
}

fn lock(conn: &mut Conn, ctx: &Ctx, actor: &Actor, slug: &str, id: WebhookId) -> Result<Webhook> {
    own_webhook(conn, actor, slug, id)?;
    require_proof(ctx, actor)?;
    let locked = store::lock_webhook(conn, id)?.filter(|webhook| webhook.status != WebhookStatus::Removed);
    locked.ok_or_else(|| Error::not_found("webhook"))
}

/// Changes a webhook.
pub(in crate::features::webhooks) async fn update(
    ctx: &Ctx,
    actor: &Actor,
    (slug, id): (String, WebhookId),
    if_match: IfMatch,
    edit: Edit,
) -> Result<Webhook> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let old = lock(conn, &inner, &actor, &slug, id)?;
            if_match.require(old.version)?;
            let mut check = Check::default();
            let url = check.optional("/url", edit.url.as_deref().map(|text| address(&inner, text)));
            let description =
                check.optional("/description", edit.description.as_deref().map(|text| Markdown::parse(text, 500)));
            let topics = edit.topics.as_deref().map(|typed| topics(&mut check, typed)).transpose();
            let settable = !matches!(edit.status, Some(WebhookStatus::Disabled | WebhookStatus::Removed));
            check.require(settable, "/status", "not_settable", "Set it to `active` or `paused`; DELETE removes it.");
            check.done()?;
            let action = match edit.status.filter(|wanted| *wanted != old.status) {
                Some(WebhookStatus::Active) => Some(WebhookAction::Activate),
                Some(_) => Some(WebhookAction::Pause),
                None => None,
            };
            let status = action.map_or(Ok(old.status), |action| advance(old.status, action))?;
            let new = Webhook {
                url: url?.unwrap_or_else(|| old.url.clone()),
                description: description?.map_or_else(|| old.description.clone(), Markdown::into_string),
                topics: topics?.map_or_else(|| old.topics.clone(), Json),
                status,
                // Whoever puts it back to work gets all the patience again.
                failing_since: old.failing_since.filter(|_| action.is_none()),
                version: old.version + 1,
                updated_at: inner.now(),
                ..old.clone()
            };
            store::update_webhook(conn, &new)?;
            let by = (Some(actor.account_id), &actor.request_id);
            let to = if action.is_some() { status.as_str() } else { "changed" };
            record(conn, &inner, &new, (Some(old.status.as_str()), to), by)?;
            Ok(new)
        })
        .await
}

/// Gives a webhook a new secret, shown this once; for a day messages are signed with both.
pub(in crate::features::webhooks) async fn rotate(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    id: WebhookId,
) -> Result<(Webhook, String)> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let old = lock(conn, &inner, &actor, &slug, id)?;
            let ((shown, secret), now) = (sign::new_secret(&inner)?, inner.now());
            let new = Webhook {
                secret,
                previous_secret: Some(old.secret.clone()),
                previous_until: Some(now + OVERLAP),
                version: old.version + 1,
                updated_at: now,
                ..old.clone()
            };
            store::update_webhook(conn, &new)?;
            let by = (Some(actor.account_id), &actor.request_id);
            record(conn, &inner, &new, (Some(old.status.as_str()), "secret_rotated"), by)?;
            Ok((new, shown))
        })
        .await
}

/// Removes a webhook: nothing is sent to it any more, not even what is under way.
pub(in crate::features::webhooks) async fn remove(
    ctx: &Ctx,
    actor: &Actor,
    (slug, id): (String, WebhookId),
    if_match: IfMatch,
) -> Result<()> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let old = lock(conn, &inner, &actor, &slug, id)?;
            if_match.require(old.version)?;
            let status = advance(old.status, WebhookAction::Remove)?;
            let new = Webhook { status, version: old.version + 1, updated_at: inner.now(), ..old.clone() };
            store::update_webhook(conn, &new)?;
            let by = (Some(actor.account_id), &actor.request_id);
            record(conn, &inner, &new, (Some(old.status.as_str()), status.as_str()), by)
        })
        .await
}
