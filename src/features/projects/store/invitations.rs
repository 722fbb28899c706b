//! Invitations to maintain projects.

use crate::features::organizations::InvitationStatus;
use crate::features::projects::model::{Project, ProjectInvitation};
use crate::infra::db::Conn;
use crate::infra::db::schema::{project_invitations as invitations, projects};
use crate::kernel::{AccountId, Allowed, Cursor, InvitationId, Limit, Page, ProjectId, Result, Timestamp};
use diesel::prelude::*;

pub(in crate::features::projects) fn insert_invitation(conn: &mut Conn, invitation: &ProjectInvitation) -> Result<()> {
    diesel::insert_into(invitations::table).values(invitation).execute(conn)?;
    Ok(())
}

/// The project's invitations, newest first.
pub(in crate::features::projects) fn list_invitations(
    conn: &mut Conn,
    project: &Allowed<Project>,
    limit: Limit,
    after: Option<&Cursor>,
) -> Result<Page<ProjectInvitation>> {
    let mut query = invitations::table.filter(invitations::project_id.eq(project.id)).into_boxed();
    if let Some(after) = after {
        query = query.filter(invitations::id.lt(InvitationId(after.id)));
    }
    let rows = query
        .order(invitations::id.desc())
        .limit(limit.rows_and_one())
        .select(ProjectInvitation::as_select())
        .load(conn)?;
    Ok(Page::cut(rows, limit, |row: &ProjectInvitation| Cursor::by_id(row.id)))
}

/// What waits for this person's answer and has not run out, newest first, with the projects.
pub(in crate::features::projects) fn list_invitations_to(
    conn: &mut Conn,
    account: AccountId,
    now: Timestamp,
    limit: Limit,
    after: Option<&Cursor>,
) -> Result<Page<(ProjectInvitation, Project)>> {
    let mut query = invitations::table
        .inner_join(projects::table)
        .filter(invitations::account_id.eq(account))
        .filter(invitations::ended_at.is_null())
        .filter(invitations::expires_at.gt(now))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(invitations::id.lt(InvitationId(after.id)));
    }
    let rows: Vec<(ProjectInvitation, Project)> = query
        .order(invitations::id.desc())
        .limit(limit.rows_and_one())
        .select((ProjectInvitation::as_select(), Project::as_select()))
        .load(conn)?;
    Ok(Page::cut(rows, limit, |row| Cursor::by_id(row.0.id)))
}

/// Everything that went to this person or that the person sent, with the projects.
pub(in crate::features::projects) fn list_invitations_of(
    conn: &mut Conn,
    account: AccountId,
) -> Result<Vec<(ProjectInvitation, Project)>> {
    Ok(invitations::table
        .inner_join(projects::table)
        .filter(invitations::account_id.eq(account).or(invitations::invited_by.eq(account)))
        .order(invitations::id)
        .select((ProjectInvitation::as_select(), Project::as_select()))
        .load(conn)?)
}

pub(in crate::features::projects) fn find_invitation(
    conn: &mut Conn,
    id: InvitationId,
) -> Result<Option<ProjectInvitation>> {
    Ok(invitations::table.find(id).select(ProjectInvitation::as_select()).first(conn).optional()?)
}

pub(in crate::features::projects) fn find_invitation_by_hash(
    conn: &mut Conn,
    hash: &str,
) -> Result<Option<ProjectInvitation>> {
    let found = invitations::table.filter(invitations::hash.eq(hash));
    Ok(found.select(ProjectInvitation::as_select()).first(conn).optional()?)
}

/// Ends the invitation; false when it had ended, or when somebody was faster.
pub(in crate::features::projects) fn end_invitation(
    conn: &mut Conn,
    id: InvitationId,
    how: InvitationStatus,
    by: AccountId,
    now: Timestamp,
) -> Result<bool> {
    let open = invitations::table.find(id).filter(invitations::ended_at.is_null());
    let ended = diesel::update(open)
        .set((invitations::ended_as.eq(how), invitations::ended_at.eq(now), invitations::ended_by.eq(by)))
        .execute(conn)?;
    Ok(ended == 1)
}

/// Ends every open invitation of this person to this project.
pub(in crate::features::projects) fn replace_invitation(
    conn: &mut Conn,
    project: ProjectId,
    account: AccountId,
    by: AccountId,
    now: Timestamp,
) -> Result<()> {
    diesel::update(invitations::table)
        .filter(invitations::project_id.eq(project))
        .filter(invitations::account_id.eq(account))
        .filter(invitations::ended_at.is_null())
        .set((
            invitations::ended_as.eq(InvitationStatus::Replaced),
            invitations::ended_at.eq(now),
            invitations::ended_by.eq(by),
        ))
        .execute(conn)?;
    Ok(())
}

/// Declines whatever waits for this person's answer.
pub(in crate::features::projects) fn decline_invitations(
    conn: &mut Conn,
    account: AccountId,
    now: Timestamp,
) -> Result<()> {
    diesel::update(invitations::table)
        .filter(invitations::account_id.eq(account))
        .filter(invitations::ended_at.is_null())
        .set((
            invitations::ended_as.eq(InvitationStatus::Declined),
            invitations::ended_at.eq(now),
            invitations::ended_by.eq(account),
        ))
        .execute(conn)?;
    Ok(())
}

/// How many invitations of the project wait for an answer.
pub(in crate::features::projects) fn count_pending(conn: &mut Conn, project: ProjectId, now: Timestamp) -> Result<i64> {
    Ok(invitations::table
        .filter(invitations::project_id.eq(project))
        .filter(invitations::ended_at.is_null())
        .filter(invitations::expires_at.gt(now))
        .count()
        .get_result(conn)?)
}

/// How many invitations, to whatever project, went to this person since then.
pub(in crate::features::projects) fn count_mailed(
    conn: &mut Conn,
    account: AccountId,
    since: Timestamp,
) -> Result<i64> {
    Ok(invitations::table
        .filter(invitations::account_id.eq(account))
        .filter(invitations::created_at.gt(since))
        .count()
        .get_result(conn)?)
}
