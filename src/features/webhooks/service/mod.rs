//! Use cases of webhooks.

mod deliver;
mod handle;
mod hear;
mod replay;

pub use deliver::{DELIVER, deliver};
pub(super) use handle::{Edit, NewWebhook, create, get, list, remove, rotate, update};
pub use hear::hear;
pub use replay::prune_deliveries;
pub(super) use replay::{deliveries, replay};

use super::model::Webhook;
use super::{policy, store};
use crate::features::audit;
use crate::features::organizations::{self, Organization};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{AccountId, Actor, Error, RequestId, Result, WebhookId};

/// The organization, for those who may handle its webhooks.
fn own_organization(conn: &mut Conn, actor: &Actor, slug: &str) -> Result<Organization> {
    let (organization, role) = organizations::load_by_slug(conn, slug, Some(actor.account_id))?;
    Ok(policy::may_handle_webhooks(role).prove(organization, "organization")?.into_inner())
}

/// One of its webhooks.
fn own_webhook(conn: &mut Conn, actor: &Actor, slug: &str, id: WebhookId) -> Result<Webhook> {
    let organization = own_organization(conn, actor, slug)?;
    store::find_own_webhook(conn, organization.id, id)?.ok_or_else(|| Error::not_found("webhook"))
}

/// Writes down what happened to a webhook.
fn record(
    conn: &mut Conn,
    ctx: &Ctx,
    webhook: &Webhook,
    (from, to): (Option<&'static str>, &'static str),
    (actor, request_id): (Option<AccountId>, &RequestId),
) -> Result<()> {
    let entity = webhook.id.into();
    let change = audit::Change { machine: "webhook", entity, actor, from, to, reason: None, request_id };
    audit::record(conn, ctx, change)
}
