//! All queries on money pledges.

use super::model::{MoneyPledge, MoneyStatus};
use crate::infra::db::schema::{money_pledges, organizations, projects};
use crate::infra::db::{Conn, lock_row};
use crate::kernel::{AccountId, Allowed, Cursor, Error, Limit, MoneyPledgeId, OrganizationId, Page, Result, Timestamp};
use diesel::prelude::*;

/// A row with the slug of its project.
pub(super) type Shown = (MoneyPledge, Option<String>);

pub(super) fn insert(conn: &mut Conn, row: &MoneyPledge) -> Result<()> {
    diesel::insert_into(money_pledges::table).values(row).execute(conn)?;
    Ok(())
}

/// The organization's money pledge with this id, or 404.
pub(super) fn get(conn: &mut Conn, organization: OrganizationId, id: MoneyPledgeId) -> Result<Shown> {
    let found = money_pledges::table
        .left_join(projects::table)
        .filter(money_pledges::id.eq(id))
        .filter(money_pledges::organization_id.eq(organization))
        .select((MoneyPledge::as_select(), projects::slug.nullable()))
        .first(conn)
        .optional()?;
    found.ok_or_else(|| Error::not_found("money pledge"))
}

/// The same, kept from others' changes until the transaction ends.
pub(super) fn lock(conn: &mut Conn, organization: OrganizationId, id: MoneyPledgeId) -> Result<MoneyPledge> {
    lock_row!(
        conn,
        money_pledges::table
            .find(id)
            .filter(money_pledges::organization_id.eq(organization))
            .select(MoneyPledge::as_select())
    )?
    .ok_or_else(|| Error::not_found("money pledge"))
}

/// The organization's money pledges, the newest first.
pub(super) fn list(
    conn: &mut Conn,
    organization: OrganizationId,
    statuses: &[MoneyStatus],
    limit: Limit,
    after: Option<&Cursor>,
) -> Result<Page<Shown>> {
    let mut query = money_pledges::table
        .left_join(projects::table)
        .filter(money_pledges::organization_id.eq(organization))
        .into_boxed();
    if !statuses.is_empty() {
        query = query.filter(money_pledges::status.eq_any(statuses.to_vec()));
    }
    if let Some(after) = after {
        query = query.filter(money_pledges::id.lt(MoneyPledgeId(after.id)));
    }
    let rows = query
        .order(money_pledges::id.desc())
        .limit(limit.rows_and_one())
        .select((MoneyPledge::as_select(), projects::slug.nullable()))
        .load(conn)?;
    Ok(Page::cut(rows, limit, |(row, _): &Shown| Cursor::by_id(row.id)))
}

/// All of the organization's money pledges that are not cancelled, for its report.
pub(super) fn list_counting(conn: &mut Conn, organization: OrganizationId) -> Result<Vec<MoneyPledge>> {
    Ok(money_pledges::table
        .filter(money_pledges::organization_id.eq(organization))
        .filter(money_pledges::status.ne(MoneyStatus::Cancelled))
        .order((money_pledges::currency, money_pledges::id))
        .select(MoneyPledge::as_select())
        .load(conn)?)
}

/// Writes what people may change anew.
pub(super) fn replace(conn: &mut Conn, old: &Allowed<MoneyPledge>, new: &MoneyPledge) -> Result<()> {
    use money_pledges::dsl;
    diesel::update(dsl::money_pledges.find(old.id))
        .set((
            dsl::project_id.eq(new.project_id),
            dsl::amount_minor.eq(new.amount_minor),
            dsl::currency.eq(&new.currency),
            dsl::period.eq(new.period),
            dsl::starts_on.eq(new.starts_on),
            dsl::ends_on.eq(new.ends_on),
            dsl::note.eq(&new.note),
            dsl::version.eq(old.version + 1),
            dsl::updated_at.eq(new.updated_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Writes where a locked one stands.
pub(super) fn advance(conn: &mut Conn, row: &Allowed<MoneyPledge>, to: MoneyStatus, now: Timestamp) -> Result<()> {
    diesel::update(money_pledges::table.find(row.id))
        .set((
            money_pledges::status.eq(to),
            money_pledges::version.eq(row.version + 1),
            money_pledges::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// What this person recorded, oldest first, with the organization's slug.
pub(super) fn list_by(conn: &mut Conn, account: AccountId) -> Result<Vec<(MoneyPledge, String)>> {
    Ok(money_pledges::table
        .inner_join(organizations::table)
        .filter(money_pledges::recorded_by.eq(account))
        .order(money_pledges::id)
        .select((MoneyPledge::as_select(), organizations::slug))
        .load(conn)?)
}
