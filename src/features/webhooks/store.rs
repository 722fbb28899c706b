//! All queries on webhooks and their deliveries.

use super::model::{Delivery, DeliveryStatus, Webhook, WebhookStatus};
use crate::infra::db::schema::{webhook_deliveries as deliveries, webhooks};
use crate::infra::db::{BothExt as _, Conn, lock_row};
use crate::kernel::{Cursor, DeliveryId, Limit, OrganizationId, Page, Result, Timestamp, WebhookId};
use diesel::prelude::*;

pub(super) fn insert_webhook(conn: &mut Conn, row: &Webhook) -> Result<()> {
    diesel::insert_into(webhooks::table).values(row).execute(conn)?;
    Ok(())
}

pub(super) fn count_webhooks(conn: &mut Conn, organization: OrganizationId) -> Result<i64> {
    let theirs = webhooks::table.filter(webhooks::organization_id.eq(organization));
    Ok(theirs.filter(webhooks::status.ne(WebhookStatus::Removed)).count().get_result(conn)?)
}

pub(super) fn list_webhooks(
    conn: &mut Conn,
    organization: OrganizationId,
    limit: Limit,
    after: Option<&Cursor>,
) -> Result<Page<Webhook>> {
    let mut query = webhooks::table
        .filter(webhooks::organization_id.eq(organization))
        .filter(webhooks::status.ne(WebhookStatus::Removed))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(webhooks::id.gt(WebhookId(after.id)));
    }
    let rows = query.order(webhooks::id).limit(limit.rows_and_one()).select(Webhook::as_select()).load(conn)?;
    Ok(Page::cut(rows, limit, |row: &Webhook| Cursor::by_id(row.id)))
}

/// The organization's webhook with this id, unless it was removed.
pub(super) fn find_own_webhook(
    conn: &mut Conn,
    organization: OrganizationId,
    id: WebhookId,
) -> Result<Option<Webhook>> {
    Ok(webhooks::table
        .find(id)
        .filter(webhooks::organization_id.eq(organization))
        .filter(webhooks::status.ne(WebhookStatus::Removed))
        .select(Webhook::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn find_webhook(conn: &mut Conn, id: WebhookId) -> Result<Option<Webhook>> {
    Ok(webhooks::table.find(id).select(Webhook::as_select()).first(conn).optional()?)
}

pub(super) fn lock_webhook(conn: &mut Conn, id: WebhookId) -> Result<Option<Webhook>> {
    Ok(lock_row!(conn, webhooks::table.find(id).select(Webhook::as_select()))?)
}

/// Writes the row, which is locked, over what is there.
pub(super) fn update_webhook(conn: &mut Conn, row: &Webhook) -> Result<()> {
    diesel::update(webhooks::table.find(row.id))
        .set((
            webhooks::url.eq(&row.url),
            webhooks::description.eq(&row.description),
            webhooks::topics.eq(&row.topics),
            webhooks::secret.eq(&row.secret),
            webhooks::previous_secret.eq(&row.previous_secret),
            webhooks::previous_until.eq(row.previous_until),
            webhooks::status.eq(row.status),
            webhooks::failing_since.eq(row.failing_since),
            webhooks::version.eq(row.version),
            webhooks::updated_at.eq(row.updated_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Since when nothing gets through. The version stays: nobody edits that.
pub(super) fn set_failing_since(conn: &mut Conn, id: WebhookId, since: Option<Timestamp>) -> Result<()> {
    diesel::update(webhooks::table.find(id)).set(webhooks::failing_since.eq(since)).execute(conn)?;
    Ok(())
}

/// The active webhooks of these organizations, or of all.
pub(super) fn list_active(conn: &mut Conn, of: Option<&[OrganizationId]>) -> Result<Vec<Webhook>> {
    let mut query = webhooks::table.filter(webhooks::status.eq(WebhookStatus::Active)).into_boxed();
    if let Some(of) = of {
        query = query.filter(webhooks::organization_id.eq_any(of.to_vec()));
    }
    Ok(query.order(webhooks::id).select(Webhook::as_select()).load(conn)?)
}

/// Writes a delivery down; false when the webhook has one of this news already.
pub(super) fn insert_delivery(conn: &mut Conn, row: &Delivery) -> Result<bool> {
    let added = diesel::insert_into(deliveries::table)
        .values(row.clone())
        .on_conflict((deliveries::webhook_id, deliveries::news_id))
        .do_nothing()
        .both()
        .execute(conn)?;
    Ok(added == 1)
}

/// What to list.
#[derive(Debug)]
pub(super) struct DeliveryFilter {
    pub status: Option<DeliveryStatus>,
    pub limit: Limit,
    pub after: Option<Cursor>,
}

/// A webhook's deliveries, newest first.
pub(super) fn list_deliveries(conn: &mut Conn, webhook: WebhookId, filter: &DeliveryFilter) -> Result<Page<Delivery>> {
    let mut query = deliveries::table.filter(deliveries::webhook_id.eq(webhook)).into_boxed();
    if let Some(status) = filter.status {
        query = query.filter(deliveries::status.eq(status));
    }
    if let Some(after) = &filter.after {
        query = query.filter(deliveries::id.lt(DeliveryId(after.id)));
    }
    let rows = query
        .order(deliveries::id.desc())
        .limit(filter.limit.rows_and_one())
        .select(Delivery::as_select())
        .load(conn)?;
    Ok(Page::cut(rows, filter.limit, |row: &Delivery| Cursor::by_id(row.id)))
}

pub(super) fn find_delivery(conn: &mut Conn, id: DeliveryId) -> Result<Option<Delivery>> {
    Ok(deliveries::table.find(id).select(Delivery::as_select()).first(conn).optional()?)
}

pub(super) fn lock_delivery(conn: &mut Conn, id: DeliveryId) -> Result<Option<Delivery>> {
    Ok(lock_row!(conn, deliveries::table.find(id).select(Delivery::as_select()))?)
}

/// Writes what became of a delivery, which is locked.
pub(super) fn update_delivery(conn: &mut Conn, row: &Delivery) -> Result<()> {
    diesel::update(deliveries::table.find(row.id))
        .set((
            deliveries::status.eq(row.status),
            deliveries::attempts.eq(row.attempts),
            deliveries::tries.eq(row.tries),
            deliveries::next_attempt_at.eq(row.next_attempt_at),
            deliveries::last_attempt_at.eq(row.last_attempt_at),
            deliveries::response_code.eq(row.response_code),
            deliveries::response_excerpt.eq(&row.response_excerpt),
            deliveries::last_error.eq(&row.last_error),
            deliveries::updated_at.eq(row.updated_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Removes deliveries that ended before this instant, some at a time; returns how many.
pub(super) fn delete_ended(conn: &mut Conn, before: Timestamp, rows: i64) -> Result<usize> {
    let old: Vec<DeliveryId> = deliveries::table
        .filter(deliveries::updated_at.lt(before))
        .filter(deliveries::status.ne(DeliveryStatus::Pending))
        .order(deliveries::updated_at)
        .limit(rows)
        .select(deliveries::id)
        .load(conn)?;
    Ok(diesel::delete(deliveries::table.filter(deliveries::id.eq_any(old))).execute(conn)?)
}
