//! Domains of organizations.

use crate::features::organizations::model::{DomainRow, DomainStatus, Organization};
use crate::infra::db::Conn;
use crate::infra::db::schema::{memberships, organization_domains as domains, organizations};
use crate::kernel::{AccountId, Allowed, Cursor, Limit, OrganizationDomainId, OrganizationId, Page, Result, Timestamp};
use diesel::prelude::*;
use std::collections::HashMap;

/// States in which a domain counts as the organization's own.
const HELD: [DomainStatus; 2] = [DomainStatus::Verified, DomainStatus::Failing];

pub(in crate::features::organizations) fn insert_domain(conn: &mut Conn, row: &DomainRow) -> Result<()> {
    diesel::insert_into(domains::table).values(row).execute(conn)?;
    Ok(())
}

pub(in crate::features::organizations) fn list_domains(
    conn: &mut Conn,
    organization: &Allowed<Organization>,
    limit: Limit,
    after: Option<&Cursor>,
) -> Result<Page<DomainRow>> {
    let mut query = domains::table
        .filter(domains::organization_id.eq(organization.id))
        .filter(domains::status.ne(DomainStatus::Removed))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(domains::id.gt(OrganizationDomainId(after.id)));
    }
    let rows = query.order(domains::id).limit(limit.rows_and_one()).select(DomainRow::as_select()).load(conn)?;
    Ok(Page::cut(rows, limit, |row: &DomainRow| Cursor::by_id(row.id)))
}

pub(in crate::features::organizations) fn count_domains(conn: &mut Conn, organization: OrganizationId) -> Result<i64> {
    Ok(domains::table
        .filter(domains::organization_id.eq(organization))
        .filter(domains::status.ne(DomainStatus::Removed))
        .count()
        .get_result(conn)?)
}

/// The organization's own claim to the domain.
pub(in crate::features::organizations) fn find_domain(
    conn: &mut Conn,
    organization: OrganizationId,
    domain: &str,
) -> Result<Option<DomainRow>> {
    Ok(domains::table
        .filter(domains::organization_id.eq(organization))
        .filter(domains::domain.eq(domain))
        .filter(domains::status.ne(DomainStatus::Removed))
        .select(DomainRow::as_select())
        .first(conn)
        .optional()?)
}

/// Whose the domain is now.
pub(in crate::features::organizations) fn find_holder(conn: &mut Conn, domain: &str) -> Result<Option<OrganizationId>> {
    Ok(domains::table
        .filter(domains::domain.eq(domain))
        .filter(domains::status.eq_any(HELD))
        .select(domains::organization_id)
        .first(conn)
        .optional()?)
}

/// Writes the row if it is still of this version; false when somebody was faster.
pub(in crate::features::organizations) fn update_domain(conn: &mut Conn, old: i64, row: &DomainRow) -> Result<bool> {
    let changed = diesel::update(domains::table.find(row.id).filter(domains::version.eq(old)))
        .set((
            domains::status.eq(row.status),
            domains::method.eq(row.method),
            domains::verified_at.eq(row.verified_at),
            domains::checked_at.eq(row.checked_at),
            domains::check_at.eq(row.check_at),
            domains::failing_since.eq(row.failing_since),
            domains::version.eq(old + 1),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Domains whose next check is due, longest due first.
pub(in crate::features::organizations) fn list_due_domains(
    conn: &mut Conn,
    now: Timestamp,
    rows: i64,
) -> Result<Vec<DomainRow>> {
    Ok(domains::table
        .filter(domains::status.eq_any(HELD))
        .filter(domains::check_at.le(now).assume_not_null())
        .order((domains::check_at, domains::id))
        .limit(rows)
        .select(DomainRow::as_select())
        .load(conn)?)
}

/// The domains of these organizations that are proven to be theirs, by name.
pub(in crate::features::organizations) fn list_verified_domains(
    conn: &mut Conn,
    ids: &[OrganizationId],
) -> Result<HashMap<OrganizationId, Vec<String>>> {
    let rows: Vec<(OrganizationId, String)> = domains::table
        .filter(domains::organization_id.eq_any(ids))
        .filter(domains::status.eq_any(HELD))
        .order(domains::domain)
        .select((domains::organization_id, domains::domain))
        .load(conn)?;
    let mut found: HashMap<OrganizationId, Vec<String>> = HashMap::new();
    for (organization, domain) in rows {
        found.entry(organization).or_default().push(domain);
    }
    Ok(found)
}

/// The organization that holds the domain, unless the account belongs to it, or did: who was let go is invited anew, if at all.
pub(in crate::features::organizations) fn find_affiliation(
    conn: &mut Conn,
    account: AccountId,
    domain: &str,
) -> Result<Option<Organization>> {
    let theirs = memberships::table.filter(memberships::account_id.eq(account)).select(memberships::organization_id);
    Ok(domains::table
        .inner_join(organizations::table)
        .filter(domains::domain.eq(domain))
        .filter(domains::status.eq_any(HELD))
        .filter(domains::organization_id.ne_all(theirs))
        .select(Organization::as_select())
        .first(conn)
        .optional()?)
}
