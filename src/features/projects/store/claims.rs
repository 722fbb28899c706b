//! Claims, their proofs, and disputes over them.

use crate::features::projects::model::{Claim, Dispute, Maintainer, Project, ProjectRole, ProjectStatus};
use crate::infra::db::Conn;
use crate::infra::db::schema::{project_claims, project_disputes, project_maintainers, projects};
use crate::kernel::{AccountId, Allowed, ProjectId, Result, Timestamp};
use diesel::prelude::*;

pub(in crate::features::projects) fn find_claim(
    conn: &mut Conn,
    project_id: ProjectId,
    account_id: AccountId,
) -> Result<Option<Claim>> {
    let row = project_claims::table.find((project_id, account_id)).select(Claim::as_select());
    Ok(row.first(conn).optional()?)
}

/// The person's claims with their projects, in the order of these.
pub(in crate::features::projects) fn list_claims_of(
    conn: &mut Conn,
    account_id: AccountId,
) -> Result<Vec<(Claim, Project)>> {
    Ok(project_claims::table
        .inner_join(projects::table)
        .filter(project_claims::account_id.eq(account_id))
        .order(project_claims::project_id)
        .select((Claim::as_select(), Project::as_select()))
        .load(conn)?)
}

/// Forgets the person's claims.
pub(in crate::features::projects) fn delete_claims_of(conn: &mut Conn, account_id: AccountId) -> Result<()> {
    diesel::delete(project_claims::table.filter(project_claims::account_id.eq(account_id))).execute(conn)?;
    Ok(())
}

/// The claims that are sides of the project's open dispute.
pub(in crate::features::projects) fn list_disputing(conn: &mut Conn, project_id: ProjectId) -> Result<Vec<Claim>> {
    Ok(project_claims::table
        .filter(project_claims::project_id.eq(project_id))
        .filter(project_claims::disputing.eq(true))
        .order((project_claims::claimed_at, project_claims::account_id))
        .select(Claim::as_select())
        .load(conn)?)
}

pub(in crate::features::projects) fn insert_claim(conn: &mut Conn, claim: &Claim) -> Result<()> {
    diesel::insert_into(project_claims::table).values(claim).execute(conn)?;
    Ok(())
}

/// Writes the whole claim anew.
pub(in crate::features::projects) fn update_claim(conn: &mut Conn, claim: &Claim) -> Result<()> {
    diesel::update(project_claims::table.find((claim.project_id, claim.account_id))).set(claim).execute(conn)?;
    Ok(())
}

pub(in crate::features::projects) fn delete_claim(
    conn: &mut Conn,
    project: &Allowed<Project>,
    account_id: AccountId,
) -> Result<()> {
    diesel::delete(project_claims::table.find((project.id, account_id))).execute(conn)?;
    Ok(())
}

pub(in crate::features::projects) fn find_open_dispute(
    conn: &mut Conn,
    project_id: ProjectId,
) -> Result<Option<Dispute>> {
    Ok(project_disputes::table
        .filter(project_disputes::project_id.eq(project_id))
        .filter(project_disputes::decided_at.is_null())
        .select(Dispute::as_select())
        .first(conn)
        .optional()?)
}

pub(in crate::features::projects) fn insert_dispute(conn: &mut Conn, dispute: &Dispute) -> Result<()> {
    diesel::insert_into(project_disputes::table).values(dispute).execute(conn)?;
    Ok(())
}

/// Closes a dispute for good.
pub(in crate::features::projects) fn close_dispute(
    conn: &mut Conn,
    dispute: &Dispute,
    (at, by): (Timestamp, AccountId),
    kept: AccountId,
    reason: &str,
) -> Result<()> {
    diesel::update(project_disputes::table.find(dispute.id))
        .set((
            project_disputes::decided_at.eq(Some(at)),
            project_disputes::decided_by.eq(Some(by)),
            project_disputes::kept.eq(Some(kept)),
            project_disputes::reason.eq(Some(reason)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The person leads the project, known to be true since now, whatever they were to it before.
pub(in crate::features::projects) fn put_lead(
    conn: &mut Conn,
    project: &Allowed<Project>,
    account_id: AccountId,
    now: Timestamp,
) -> Result<()> {
    let known = project_maintainers::table.find((project.id, account_id));
    let changed = diesel::update(known)
        .set((
            project_maintainers::role.eq(ProjectRole::Lead),
            project_maintainers::verified_at.eq(Some(now)),
            project_maintainers::reminders.eq(0),
        ))
        .execute(conn)?;
    if changed == 0 {
        let row = Maintainer {
            project_id: project.id,
            account_id,
            role: ProjectRole::Lead,
            verified_at: Some(now),
            since: now,
        };
        super::insert_maintainer(conn, &row)?;
    }
    Ok(())
}

/// Nobody is known to lead the project any more; its maintainers stay.
pub(in crate::features::projects) fn unverify_leads(conn: &mut Conn, project: &Allowed<Project>) -> Result<()> {
    let leads = project_maintainers::table
        .filter(project_maintainers::project_id.eq(project.id))
        .filter(project_maintainers::role.eq(ProjectRole::Lead));
    diesel::update(leads).set(project_maintainers::verified_at.eq(None::<Timestamp>)).execute(conn)?;
    Ok(())
}

/// One lead is not known to be one any more.
pub(in crate::features::projects) fn unverify_lead(
    conn: &mut Conn,
    project: &Allowed<Project>,
    account_id: AccountId,
) -> Result<()> {
    diesel::update(project_maintainers::table.find((project.id, account_id)))
        .set(project_maintainers::verified_at.eq(None::<Timestamp>))
        .execute(conn)?;
    Ok(())
}

/// Leads of whom that was known before then, some at a time.
pub(in crate::features::projects) fn list_leads_verified_before(
    conn: &mut Conn,
    before: Timestamp,
    rows: i64,
) -> Result<Vec<(ProjectId, AccountId)>> {
    Ok(project_maintainers::table
        .filter(project_maintainers::role.eq(ProjectRole::Lead))
        .filter(project_maintainers::verified_at.lt(before))
        .order((project_maintainers::project_id, project_maintainers::account_id))
        .limit(rows)
        .select((project_maintainers::project_id, project_maintainers::account_id))
        .load(conn)?)
}

/// Leads of listed projects of whom that was known before then, and who were reminded less often, some at a time.
pub(in crate::features::projects) fn list_unreminded(
    conn: &mut Conn,
    before: Timestamp,
    reminders: i16,
    rows: i64,
) -> Result<Vec<(ProjectId, AccountId)>> {
    Ok(project_maintainers::table
        .inner_join(projects::table)
        .filter(projects::status.eq(ProjectStatus::Listed))
        .filter(project_maintainers::role.eq(ProjectRole::Lead))
        .filter(project_maintainers::verified_at.lt(before))
        .filter(project_maintainers::reminders.lt(reminders))
        .order((project_maintainers::project_id, project_maintainers::account_id))
        .limit(rows)
        .select((project_maintainers::project_id, project_maintainers::account_id))
        .load(conn)?)
}

/// Keeps how often the lead was reminded; false when somebody was faster.
pub(in crate::features::projects) fn note_reminder(
    conn: &mut Conn,
    project: ProjectId,
    account: AccountId,
    reminders: i16,
) -> Result<bool> {
    let row = project_maintainers::table.find((project, account)).filter(project_maintainers::reminders.lt(reminders));
    Ok(diesel::update(row).set(project_maintainers::reminders.eq(reminders)).execute(conn)? == 1)
}
