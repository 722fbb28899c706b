//! All queries on pledges, their balances and their ledgers.

use super::ledger::Effect;
use super::model::{Balance, LedgerEntry, Pledge, PledgeStatus};
use crate::infra::db::schema::{assignments, ledger_entries, pledge_balances, pledges};
use crate::infra::db::{Conn, lock_row};
use crate::kernel::{
    AccountId, Allowed, Cursor, Error, LedgerEntryId, Limit, OrganizationId, Page, PledgeId, Result, Timestamp,
};
use chrono::NaiveDate;
use diesel::prelude::*;
use std::collections::HashMap;

/// The pledge, or 404.
pub fn get_pledge(conn: &mut Conn, id: PledgeId) -> Result<Pledge> {
    let found = pledges::table.find(id).select(Pledge::as_select()).first(conn).optional()?;
    found.ok_or_else(|| Error::not_found("pledge"))
}

/// The pledge, kept from others' changes until the transaction ends; 404 when there is none. Lock after projects and needs.
pub fn lock_pledge(conn: &mut Conn, id: PledgeId) -> Result<Pledge> {
    lock_row!(conn, pledges::table.find(id).select(Pledge::as_select()))?.ok_or_else(|| Error::not_found("pledge"))
}

/// The pledges of an organization whose hours can be used on this day, oldest first.
pub fn active_pledges_of(conn: &mut Conn, organization: OrganizationId, today: NaiveDate) -> Result<Vec<Pledge>> {
    Ok(pledges::table
        .filter(pledges::organization_id.eq(organization))
        .filter(pledges::status.eq(PledgeStatus::Active))
        .filter(pledges::starts_on.le(today))
        .filter(pledges::ends_on.ge(today))
        .order(pledges::id)
        .select(Pledge::as_select())
        .load(conn)?)
}

/// The pledges of all organizations that are on call for swarms and run on this day, oldest first.
pub fn list_on_call(conn: &mut Conn, today: NaiveDate) -> Result<Vec<Pledge>> {
    Ok(pledges::table
        .filter(pledges::on_call.eq(true))
        .filter(pledges::status.eq_any([PledgeStatus::Active, PledgeStatus::Exhausted]))
        .filter(pledges::starts_on.le(today))
        .filter(pledges::ends_on.ge(today))
        .order(pledges::id)
        .select(Pledge::as_select())
        .load(conn)?)
}

/// The organization's pledges that give hours, or would once some are free, in the order in which they are locked.
pub(super) fn list_giving_ids(conn: &mut Conn, organization: OrganizationId) -> Result<Vec<PledgeId>> {
    Ok(pledges::table
        .filter(pledges::organization_id.eq(organization))
        .filter(pledges::status.eq_any([PledgeStatus::Active, PledgeStatus::Exhausted]))
        .order(pledges::id)
        .select(pledges::id)
        .load(conn)?)
}

/// The balances of those of these pledges that were ever activated.
pub fn list_balances(conn: &mut Conn, ids: &[PledgeId]) -> Result<HashMap<PledgeId, Balance>> {
    let rows: Vec<Balance> = pledge_balances::table
        .filter(pledge_balances::pledge_id.eq_any(ids))
        .select(Balance::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(|row| (row.pledge_id, row)).collect())
}

pub(super) fn find_balance(conn: &mut Conn, id: PledgeId) -> Result<Option<Balance>> {
    Ok(pledge_balances::table.find(id).select(Balance::as_select()).first(conn).optional()?)
}

/// What to list.
#[derive(Debug)]
pub(super) struct Filter {
    pub statuses: Vec<PledgeStatus>,
    pub limit: Limit,
    pub after: Option<Cursor>,
}

pub(super) fn list_pledges(conn: &mut Conn, organization: OrganizationId, filter: &Filter) -> Result<Page<Pledge>> {
    let mut query = pledges::table.filter(pledges::organization_id.eq(organization)).into_boxed();
    if !filter.statuses.is_empty() {
        query = query.filter(pledges::status.eq_any(filter.statuses.clone()));
    }
    if let Some(after) = &filter.after {
        query = query.filter(pledges::id.lt(PledgeId(after.id)));
    }
    let rows =
        query.order(pledges::id.desc()).limit(filter.limit.rows_and_one()).select(Pledge::as_select()).load(conn)?;
    Ok(Page::cut(rows, filter.limit, |row: &Pledge| Cursor::by_id(row.id)))
}

pub(super) fn insert_pledge(conn: &mut Conn, pledge: &Pledge) -> Result<()> {
    diesel::insert_into(pledges::table).values(pledge).execute(conn)?;
    Ok(())
}

/// Writes what people may change anew.
pub(super) fn replace_pledge(conn: &mut Conn, old: &Allowed<Pledge>, new: &Pledge) -> Result<()> {
    diesel::update(pledges::table.find(old.id))
        .set((
            pledges::hours_per_week.eq(new.hours_per_week),
            pledges::starts_on.eq(new.starts_on),
            pledges::ends_on.eq(new.ends_on),
            pledges::approval.eq(new.approval),
            pledges::focus.eq(&new.focus),
            pledges::max_hours_per_person.eq(new.max_hours_per_person),
            pledges::on_call.eq(new.on_call),
            pledges::version.eq(old.version + 1),
            pledges::updated_at.eq(new.updated_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Writes where it stands.
pub(super) fn move_pledge(
    conn: &mut Conn,
    pledge: &Pledge,
    to: PledgeStatus,
    withdraws_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<()> {
    diesel::update(pledges::table.find(pledge.id))
        .set((
            pledges::status.eq(to),
            pledges::withdraws_at.eq(withdraws_at),
            pledges::version.eq(pledge.version + 1),
            pledges::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Hours a week that each person's assignments take of a pledge; they are given under the pledge's lock.
pub(super) fn given_hours(conn: &mut Conn, id: PledgeId) -> Result<HashMap<AccountId, f64>> {
    let live = assignments::table.filter(assignments::pledge_id.eq(id)).filter(assignments::ended_at.is_null());
    let rows: Vec<(AccountId, f64)> = live.select((assignments::account_id, assignments::hours_per_week)).load(conn)?;
    let mut given: HashMap<AccountId, f64> = HashMap::new();
    for (account, hours) in rows {
        *given.entry(account).or_default() += hours;
    }
    Ok(given)
}

/// Running pledges whose last day or notice is over, some of them.
pub(super) fn list_due(conn: &mut Conn, now: Timestamp, rows: i64) -> Result<Vec<PledgeId>> {
    let running = [PledgeStatus::Active, PledgeStatus::Paused, PledgeStatus::Exhausted];
    Ok(pledges::table
        .filter(pledges::status.eq_any(running))
        .filter(pledges::ends_on.lt(now.date_naive()).or(pledges::withdraws_at.le(now).assume_not_null()))
        .order(pledges::id)
        .limit(rows)
        .select(pledges::id)
        .load(conn)?)
}

pub(super) fn insert_balance(conn: &mut Conn, balance: &Balance) -> Result<()> {
    diesel::insert_into(pledge_balances::table).values(balance).execute(conn)?;
    Ok(())
}

/// Adds to the balance where nothing goes below zero by it and no more is promised than granted; says whether it did.
pub(super) fn apply(conn: &mut Conn, id: PledgeId, effect: Effect) -> Result<bool> {
    use pledge_balances::dsl::{
        confirmed_minutes as confirmed, delivered_minutes as delivered, granted_minutes as granted,
        reserved_minutes as reserved,
    };
    let changed = diesel::update(
        pledge_balances::table
            .find(id)
            .filter((granted + effect.granted).ge(0))
            .filter((reserved + effect.reserved).ge(0))
            .filter((delivered + effect.delivered).ge(0))
            .filter((confirmed + effect.confirmed).ge(0))
            .filter((reserved + effect.reserved + confirmed + effect.confirmed).le(granted + effect.granted)),
    )
    .set((
        granted.eq(granted + effect.granted),
        reserved.eq(reserved + effect.reserved),
        delivered.eq(delivered + effect.delivered),
        confirmed.eq(confirmed + effect.confirmed),
    ))
    .execute(conn)?;
    Ok(changed == 1)
}

pub(super) fn insert_entry(conn: &mut Conn, entry: &LedgerEntry) -> Result<()> {
    diesel::insert_into(ledger_entries::table).values(entry).execute(conn)?;
    Ok(())
}

/// The movements of a pledge, oldest first.
pub fn list_entries(conn: &mut Conn, id: PledgeId, limit: Limit, after: Option<&Cursor>) -> Result<Page<LedgerEntry>> {
    let mut query = ledger_entries::table.filter(ledger_entries::pledge_id.eq(id)).into_boxed();
    if let Some(after) = after {
        query = query.filter(ledger_entries::id.gt(LedgerEntryId(after.id)));
    }
    let rows =
        query.order(ledger_entries::id).limit(limit.rows_and_one()).select(LedgerEntry::as_select()).load(conn)?;
    Ok(Page::cut(rows, limit, |row: &LedgerEntry| Cursor::by_id(row.id)))
}
