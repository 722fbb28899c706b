//! What organizations let their people do.

use crate::features::organizations::model::{Organization, OrganizationPolicy, OrganizationRole};
use crate::infra::db::Conn;
use crate::infra::db::schema::{memberships, organization_policies};
use crate::kernel::{AccountId, Allowed, OrganizationId, Result};
use diesel::prelude::*;

/// The organization's policy, if it has set one.
pub fn find_policy(conn: &mut Conn, id: OrganizationId) -> Result<Option<OrganizationPolicy>> {
    Ok(organization_policies::table.find(id).select(OrganizationPolicy::as_select()).first(conn).optional()?)
}

/// The policies of those of these organizations that have set one.
pub fn list_policies(conn: &mut Conn, ids: &[OrganizationId]) -> Result<Vec<OrganizationPolicy>> {
    Ok(organization_policies::table
        .filter(organization_policies::organization_id.eq_any(ids))
        .select(OrganizationPolicy::as_select())
        .load(conn)?)
}

/// Writes the policy of the organization, which is locked.
pub(in crate::features::organizations) fn put_policy(
    conn: &mut Conn,
    organization: &Allowed<Organization>,
    policy: &OrganizationPolicy,
) -> Result<()> {
    let changed =
        diesel::update(organization_policies::table.find(organization.id)).set(policy.clone()).execute(conn)?;
    if changed == 0 {
        diesel::insert_into(organization_policies::table).values(policy).execute(conn)?;
    }
    Ok(())
}

/// Its owners and managers.
pub fn list_manager_ids(conn: &mut Conn, organization: OrganizationId) -> Result<Vec<AccountId>> {
    let managing = [OrganizationRole::Owner, OrganizationRole::Manager];
    Ok(memberships::table
        .filter(memberships::organization_id.eq(organization))
        .filter(memberships::until_at.is_null())
        .filter(memberships::role.eq_any(managing))
        .order(memberships::id)
        .select(memberships::account_id)
        .load(conn)?)
}

/// Everybody who belongs to it now.
pub fn list_member_ids(conn: &mut Conn, organization: OrganizationId) -> Result<Vec<AccountId>> {
    Ok(memberships::table
        .filter(memberships::organization_id.eq(organization))
        .filter(memberships::until_at.is_null())
        .order(memberships::id)
        .select(memberships::account_id)
        .load(conn)?)
}
