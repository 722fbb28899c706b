//! All queries on organizations and memberships.

mod domains;
mod invitations;
mod members;
mod policies;

pub(super) use domains::{
    count_domains, find_affiliation, find_domain, find_holder, insert_domain, list_domains, list_due_domains,
    list_verified_domains, update_domain,
};
pub(super) use invitations::{
    InvitationRow, count_mailed, count_pending, end_invitation, find_invitation, find_invitation_by_hash,
    forget_invitations, insert_invitation, list_invitations, list_invitations_by, list_invitations_of,
    list_invitations_to, replace_invitation,
};
pub use members::list_owner_ids;
pub(super) use members::{MemberRow, end_membership, find_member, insert_member, list_members, list_staying, set_role};

pub(super) use policies::put_policy;
pub use policies::{find_policy, list_policies};
pub use policies::{list_manager_ids, list_member_ids};

use super::model::{Membership, Organization, OrganizationChanges, OrganizationKind, OrganizationRole};
use crate::infra::db::schema::{memberships, organizations};
use crate::infra::db::{Among, Conn, among, lock_row};
use crate::kernel::{AccountId, Allowed, Cursor, Error, Limit, OrganizationId, Page, Result, Timestamp, like_pattern};
use diesel::prelude::*;
use std::collections::HashMap;

/// The organization, or 404.
pub fn get_organization(conn: &mut Conn, id: OrganizationId) -> Result<Organization> {
    let found = organizations::table.find(id).select(Organization::as_select()).first(conn).optional()?;
    found.ok_or_else(|| Error::not_found("organization"))
}

/// The organization with this slug.
pub fn find_organization_by_slug(conn: &mut Conn, slug: &str) -> Result<Option<Organization>> {
    Ok(organizations::table
        .filter(organizations::slug.eq(slug))
        .select(Organization::as_select())
        .first(conn)
        .optional()?)
}

/// The organizations with these ids, in no particular order.
pub fn list_organizations_by_id(conn: &mut Conn, ids: &[OrganizationId]) -> Result<Vec<Organization>> {
    Ok(organizations::table.filter(organizations::id.eq_any(ids)).select(Organization::as_select()).load(conn)?)
}

/// What to list.
#[derive(Debug)]
pub(super) struct Filter {
    pub text: Option<String>,
    pub kind: Option<OrganizationKind>,
    pub member: Option<AccountId>,
    pub limit: Limit,
    pub after: Option<Cursor>,
}

pub(super) fn list_organizations(conn: &mut Conn, filter: &Filter) -> Result<Page<Organization>> {
    let mut query = organizations::table.into_boxed();
    if filter.member.is_none() {
        query = query.filter(organizations::suspended_at.is_null());
    }
    if let Some(text) = &filter.text {
        query = query.filter(organizations::search.like(like_pattern(text)).escape('\\'));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(organizations::kind.eq(kind));
    }
    if let Some(member) = filter.member {
        let theirs = memberships::table
            .filter(memberships::account_id.eq(member))
            .filter(memberships::until_at.is_null())
            .select(memberships::organization_id);
        query = query.filter(organizations::id.eq_any(theirs));
    }
    if let Some(after) = &filter.after {
        query = query.filter(organizations::id.lt(OrganizationId(after.id)));
    }
    let rows = query
        .order(organizations::id.desc())
        .limit(filter.limit.rows_and_one())
        .select(Organization::as_select())
        .load(conn)?;
    Ok(Page::cut(rows, filter.limit, |row: &Organization| Cursor::by_id(row.id)))
}

pub(super) fn insert_organization(conn: &mut Conn, organization: &Organization) -> Result<()> {
    diesel::insert_into(organizations::table).values(organization).execute(conn)?;
    Ok(())
}

/// The organization with this slug, kept from others' changes until the transaction ends, or 404.
pub fn lock_organization(conn: &mut Conn, slug: &str) -> Result<Organization> {
    lock_row!(conn, organizations::table.filter(organizations::slug.eq(slug)).select(Organization::as_select()))?
        .ok_or_else(|| Error::not_found("organization"))
}

/// The same by its id.
pub fn lock_organization_by_id(conn: &mut Conn, id: OrganizationId) -> Result<Organization> {
    lock_row!(conn, organizations::table.find(id).select(Organization::as_select()))?
        .ok_or_else(|| Error::not_found("organization"))
}

pub(super) fn update_organization(
    conn: &mut Conn,
    organization: &Allowed<Organization>,
    changes: &OrganizationChanges,
    now: Timestamp,
) -> Result<()> {
    diesel::update(organizations::table.find(organization.id))
        .set((changes, organizations::version.eq(organization.version + 1), organizations::updated_at.eq(now)))
        .execute(conn)?;
    Ok(())
}

pub(super) fn set_suspended(
    conn: &mut Conn,
    organization: &Allowed<Organization>,
    since: Option<Timestamp>,
    now: Timestamp,
) -> Result<()> {
    diesel::update(organizations::table.find(organization.id))
        .set((
            organizations::suspended_at.eq(since),
            organizations::version.eq(organization.version + 1),
            organizations::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// The current role of the account, if it belongs to the organization.
pub fn role_in(conn: &mut Conn, organization: OrganizationId, account: AccountId) -> Result<Option<OrganizationRole>> {
    Ok(memberships::table
        .filter(memberships::organization_id.eq(organization))
        .filter(memberships::account_id.eq(account))
        .filter(memberships::until_at.is_null())
        .select(memberships::role)
        .first(conn)
        .optional()?)
}

/// The organization that an account belongs to now: the one it joined first, when there are several.
pub fn employer_of(conn: &mut Conn, account: AccountId) -> Result<Option<Organization>> {
    Ok(memberships::table
        .inner_join(organizations::table)
        .filter(memberships::account_id.eq(account))
        .filter(memberships::until_at.is_null())
        .order((memberships::from_at, memberships::id))
        .select(Organization::as_select())
        .first(conn)
        .optional()?)
}

/// The same for many accounts at once: its id and its name.
pub fn list_employers(
    conn: &mut Conn,
    whose: Among<'_, AccountId>,
) -> Result<HashMap<AccountId, (OrganizationId, String)>> {
    let query = memberships::table
        .inner_join(organizations::table)
        .filter(memberships::until_at.is_null())
        .order((memberships::from_at, memberships::id))
        .select((memberships::account_id, (organizations::id, organizations::name)));
    let rows: Vec<(AccountId, (OrganizationId, String))> =
        among!(query.into_boxed(), memberships::account_id, whose).load(conn)?;
    let mut employers = HashMap::new();
    for (account, organization) in rows {
        employers.entry(account).or_insert(organization);
    }
    Ok(employers)
}

/// The organizations that this person belongs to now.
pub fn list_organization_ids(conn: &mut Conn, account: AccountId) -> Result<Vec<OrganizationId>> {
    Ok(memberships::table
        .filter(memberships::account_id.eq(account))
        .filter(memberships::until_at.is_null())
        .order(memberships::organization_id)
        .select(memberships::organization_id)
        .load(conn)?)
}

/// Where the account belongs or belonged, the first one first.
pub(super) fn list_memberships(conn: &mut Conn, account: AccountId) -> Result<Vec<(Membership, Organization)>> {
    Ok(memberships::table
        .inner_join(organizations::table)
        .filter(memberships::account_id.eq(account))
        .order((memberships::from_at, memberships::id))
        .select((Membership::as_select(), Organization::as_select()))
        .load(conn)?)
}

/// The current roles of everybody else in the organization who does not ask to be deleted.
pub(super) fn list_other_roles(
    conn: &mut Conn,
    organization: OrganizationId,
    account: AccountId,
) -> Result<Vec<OrganizationRole>> {
    Ok(list_staying(conn, organization, account)?.into_iter().map(|row| row.role).collect())
}

/// Ends every current membership of the account.
pub(super) fn end_memberships(conn: &mut Conn, account: AccountId, now: Timestamp) -> Result<()> {
    let current =
        memberships::table.filter(memberships::account_id.eq(account)).filter(memberships::until_at.is_null());
    diesel::update(current).set(memberships::until_at.eq(now)).execute(conn)?;
    Ok(())
}
