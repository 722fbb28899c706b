//! Whom a call reaches.

use crate::features::accounts::AccountStatus;
use crate::features::organizations::OrganizationRole;
use crate::features::projects::ProjectStatus;
use crate::infra::db::Conn;
use crate::infra::db::schema::{
    accounts, memberships, organization_domains, project_maintainers, projects, swarm_participants, swarms,
};
use crate::kernel::{AccountId, OrganizationId, Result, SwarmId};
use diesel::prelude::*;
use std::collections::BTreeSet;

/// So many ids go into one statement.
const CHUNK: usize = 500;

/// Those of these people who can be reached: active, with a verified address. Who it is, and where.
pub(in crate::features::swarms) fn list_reachable(
    conn: &mut Conn,
    people: &[AccountId],
) -> Result<Vec<(AccountId, String, String)>> {
    let mut found = Vec::new();
    for some in people.chunks(CHUNK) {
        let rows: Vec<(AccountId, String, String)> = accounts::table
            .filter(accounts::id.eq_any(some))
            .filter(accounts::status.eq(AccountStatus::Active))
            .filter(accounts::email_verified_at.is_not_null())
            .order(accounts::id)
            .select((accounts::id, accounts::email, accounts::display_name))
            .load(conn)?;
        found.extend(rows);
    }
    Ok(found)
}

/// Those of these people for whom somebody stands: they maintain a project whose ownership is proven, or belong to an
/// organization with a proven domain.
pub(in crate::features::swarms) fn list_vetted(conn: &mut Conn, people: &[AccountId]) -> Result<BTreeSet<AccountId>> {
    let mut vetted = BTreeSet::new();
    for some in people.chunks(CHUNK) {
        let maintainers: Vec<AccountId> = project_maintainers::table
            .inner_join(projects::table)
            .filter(project_maintainers::account_id.eq_any(some))
            .filter(projects::status.eq(ProjectStatus::Listed))
            .select(project_maintainers::account_id)
            .load(conn)?;
        let proven = organization_domains::table
            .filter(organization_domains::status.eq_any(["verified", "failing"]))
            .select(organization_domains::organization_id);
        let members: Vec<AccountId> = memberships::table
            .filter(memberships::account_id.eq_any(some))
            .filter(memberships::until_at.is_null())
            .filter(memberships::organization_id.eq_any(proven))
            .select(memberships::account_id)
            .load(conn)?;
        vetted.extend(maintainers);
        vetted.extend(members);
    }
    Ok(vetted)
}

/// Who runs these organizations.
pub(in crate::features::swarms) fn list_managers(
    conn: &mut Conn,
    organizations: &[OrganizationId],
) -> Result<Vec<(OrganizationId, AccountId)>> {
    let mut found = Vec::new();
    for some in organizations.chunks(CHUNK) {
        let rows: Vec<(OrganizationId, AccountId)> = memberships::table
            .filter(memberships::organization_id.eq_any(some))
            .filter(memberships::role.eq_any([OrganizationRole::Owner, OrganizationRole::Manager]))
            .filter(memberships::until_at.is_null())
            .order((memberships::organization_id, memberships::id))
            .select((memberships::organization_id, memberships::account_id))
            .load(conn)?;
        found.extend(rows);
    }
    Ok(found)
}

/// Those of these people who have a part in the swarm already.
pub(in crate::features::swarms) fn list_known(
    conn: &mut Conn,
    swarm: SwarmId,
    people: &[AccountId],
) -> Result<BTreeSet<AccountId>> {
    let mut known = BTreeSet::new();
    for some in people.chunks(CHUNK) {
        let rows: Vec<AccountId> = swarm_participants::table
            .filter(swarm_participants::swarm_id.eq(swarm))
            .filter(swarm_participants::account_id.eq_any(some))
            .select(swarm_participants::account_id)
            .load(conn)?;
        known.extend(rows);
    }
    Ok(known)
}

/// The swarms in which somebody has or had a part, with what they did there.
pub(in crate::features::swarms) fn list_parts(
    conn: &mut Conn,
    account: AccountId,
) -> Result<Vec<(super::super::model::Participant, String)>> {
    use super::super::model::Participant;
    Ok(swarm_participants::table
        .inner_join(swarms::table)
        .filter(swarm_participants::account_id.eq(account))
        .order(swarm_participants::id)
        .select((Participant::as_select(), swarms::title))
        .load(conn)?)
}

/// Forgets what somebody wrote about their own finding.
pub(in crate::features::swarms) fn forget_notes(conn: &mut Conn, account: AccountId) -> Result<()> {
    diesel::update(swarm_participants::table.filter(swarm_participants::account_id.eq(account)))
        .set(swarm_participants::note.eq(None::<String>))
        .execute(conn)?;
    Ok(())
}
