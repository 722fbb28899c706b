//! Who belongs to an organization, and did.

use crate::features::organizations::model::{Membership, Organization, OrganizationRole};
use crate::infra::db::Conn;
use crate::infra::db::schema::{accounts, memberships};
use crate::kernel::{AccountId, Allowed, Cursor, EventId, Limit, OrganizationId, Page, Result, Timestamp};
use diesel::prelude::*;

pub(in crate::features::organizations) fn insert_member(conn: &mut Conn, membership: &Membership) -> Result<()> {
    diesel::insert_into(memberships::table).values(membership).execute(conn)?;
    Ok(())
}

/// A membership with the names to show.
pub(in crate::features::organizations) type MemberRow = (Membership, String, String);

pub(in crate::features::organizations) fn list_members(
    conn: &mut Conn,
    organization: &Allowed<Organization>,
    past: bool,
    limit: Limit,
    after: Option<&Cursor>,
) -> Result<Page<MemberRow>> {
    let mut query = memberships::table
        .inner_join(accounts::table)
        .filter(memberships::organization_id.eq(organization.id))
        .into_boxed();
    query = if past {
        query.filter(memberships::until_at.is_not_null())
    } else {
        query.filter(memberships::until_at.is_null())
    };
    if let Some(after) = after {
        query = query.filter(memberships::id.gt(EventId(after.id)));
    }
    let rows: Vec<MemberRow> = query
        .order(memberships::id)
        .limit(limit.rows_and_one())
        .select((Membership::as_select(), accounts::handle, accounts::display_name))
        .load(conn)?;
    Ok(Page::cut(rows, limit, |row| Cursor::by_id(row.0.id)))
}

/// The membership that lasts, if any.
pub(in crate::features::organizations) fn find_member(
    conn: &mut Conn,
    organization: OrganizationId,
    account: AccountId,
) -> Result<Option<Membership>> {
    Ok(memberships::table
        .filter(memberships::organization_id.eq(organization))
        .filter(memberships::account_id.eq(account))
        .filter(memberships::until_at.is_null())
        .select(Membership::as_select())
        .first(conn)
        .optional()?)
}

/// Who else belongs to it now and does not ask to be deleted, the longest first.
pub(in crate::features::organizations) fn list_staying(
    conn: &mut Conn,
    organization: OrganizationId,
    but: AccountId,
) -> Result<Vec<Membership>> {
    Ok(memberships::table
        .inner_join(accounts::table)
        .filter(memberships::organization_id.eq(organization))
        .filter(memberships::account_id.ne(but))
        .filter(memberships::until_at.is_null())
        .filter(accounts::deletes_at.is_null())
        .order((memberships::from_at, memberships::id))
        .select(Membership::as_select())
        .load(conn)?)
}

/// Its owners now.
pub fn list_owner_ids(conn: &mut Conn, organization: OrganizationId) -> Result<Vec<AccountId>> {
    Ok(memberships::table
        .filter(memberships::organization_id.eq(organization))
        .filter(memberships::role.eq(OrganizationRole::Owner))
        .filter(memberships::until_at.is_null())
        .order(memberships::id)
        .select(memberships::account_id)
        .load(conn)?)
}

pub(in crate::features::organizations) fn set_role(
    conn: &mut Conn,
    membership: &Allowed<Membership>,
    role: OrganizationRole,
) -> Result<()> {
    diesel::update(memberships::table.find(membership.id)).set(memberships::role.eq(role)).execute(conn)?;
    Ok(())
}

/// The membership has an end from now on; the row stays.
pub(in crate::features::organizations) fn end_membership(
    conn: &mut Conn,
    membership: &Allowed<Membership>,
    now: Timestamp,
) -> Result<()> {
    // A clock may have been set back since.
    let until = now.max(membership.from_at);
    diesel::update(memberships::table.find(membership.id)).set(memberships::until_at.eq(until)).execute(conn)?;
    Ok(())
}
