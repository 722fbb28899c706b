//! Invitations to join.

use crate::features::organizations::model::{Invitation, InvitationStatus, Organization};
use crate::infra::db::Conn;
use crate::infra::db::schema::{accounts, organization_invitations as invitations, organizations};
use crate::kernel::{AccountId, Allowed, Cursor, InvitationId, Limit, OrganizationId, Page, Result, Timestamp};
use diesel::prelude::*;

/// An invitation with the handle of whoever invited.
pub(in crate::features::organizations) type InvitationRow = (Invitation, String);

pub(in crate::features::organizations) fn insert_invitation(conn: &mut Conn, invitation: &Invitation) -> Result<()> {
    diesel::insert_into(invitations::table).values(invitation).execute(conn)?;
    Ok(())
}

pub(in crate::features::organizations) fn list_invitations(
    conn: &mut Conn,
    organization: &Allowed<Organization>,
    status: Option<InvitationStatus>,
    now: Timestamp,
    limit: Limit,
    after: Option<&Cursor>,
) -> Result<Page<InvitationRow>> {
    let mut query = invitations::table
        .inner_join(accounts::table)
        .filter(invitations::organization_id.eq(organization.id))
        .into_boxed();
    query = match status {
        None => query,
        Some(InvitationStatus::Pending) => {
            query.filter(invitations::ended_at.is_null()).filter(invitations::expires_at.gt(now))
        }
        Some(InvitationStatus::Expired) => {
            query.filter(invitations::ended_at.is_null()).filter(invitations::expires_at.le(now))
        }
        Some(ended) => query.filter(invitations::ended_as.eq(ended)),
    };
    if let Some(after) = after {
        query = query.filter(invitations::id.lt(InvitationId(after.id)));
    }
    let rows: Vec<InvitationRow> = query
        .order(invitations::id.desc())
        .limit(limit.rows_and_one())
        .select((Invitation::as_select(), accounts::handle))
        .load(conn)?;
    Ok(Page::cut(rows, limit, |row| Cursor::by_id(row.0.id)))
}

/// Open invitations to this address that have not run out, newest first, with their organizations and inviters.
pub(in crate::features::organizations) fn list_invitations_to(
    conn: &mut Conn,
    folded: &str,
    now: Timestamp,
    limit: Limit,
    after: Option<&Cursor>,
) -> Result<Page<(Invitation, Organization, String)>> {
    let mut query = invitations::table
        .inner_join(organizations::table)
        .inner_join(accounts::table)
        .filter(invitations::email_folded.eq(folded))
        .filter(invitations::ended_at.is_null())
        .filter(invitations::expires_at.gt(now))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(invitations::id.lt(InvitationId(after.id)));
    }
    let rows: Vec<(Invitation, Organization, String)> = query
        .order(invitations::id.desc())
        .limit(limit.rows_and_one())
        .select((Invitation::as_select(), Organization::as_select(), accounts::handle))
        .load(conn)?;
    Ok(Page::cut(rows, limit, |row| Cursor::by_id(row.0.id)))
}

pub(in crate::features::organizations) fn find_invitation(
    conn: &mut Conn,
    id: InvitationId,
) -> Result<Option<Invitation>> {
    Ok(invitations::table.find(id).select(Invitation::as_select()).first(conn).optional()?)
}

pub(in crate::features::organizations) fn find_invitation_by_hash(
    conn: &mut Conn,
    hash: &str,
) -> Result<Option<Invitation>> {
    Ok(invitations::table.filter(invitations::hash.eq(hash)).select(Invitation::as_select()).first(conn).optional()?)
}

/// Ends the invitation; false when it had ended, or when somebody was faster.
pub(in crate::features::organizations) fn end_invitation(
    conn: &mut Conn,
    id: InvitationId,
    how: InvitationStatus,
    by: AccountId,
    now: Timestamp,
) -> Result<bool> {
    let ended = diesel::update(invitations::table.find(id).filter(invitations::ended_at.is_null()))
        .set((invitations::ended_as.eq(how), invitations::ended_at.eq(now), invitations::ended_by.eq(by)))
        .execute(conn)?;
    Ok(ended == 1)
}

/// Lets a new invitation to this address take the place of an open one.
pub(in crate::features::organizations) fn replace_invitation(
    conn: &mut Conn,
    organization: OrganizationId,
    folded: &str,
    by: AccountId,
    now: Timestamp,
) -> Result<()> {
    diesel::update(invitations::table)
        .filter(invitations::organization_id.eq(organization))
        .filter(invitations::email_folded.eq(folded))
        .filter(invitations::ended_at.is_null())
        .set((
            invitations::ended_as.eq(InvitationStatus::Replaced),
            invitations::ended_at.eq(now),
            invitations::ended_by.eq(by),
        ))
        .execute(conn)?;
    Ok(())
}

/// Everything that went to this person: to the address, if it is given, or answered by the person at a former one.
pub(in crate::features::organizations) fn list_invitations_of(
    conn: &mut Conn,
    account: AccountId,
    address: Option<&str>,
) -> Result<Vec<(Invitation, Organization)>> {
    let answered = [InvitationStatus::Accepted, InvitationStatus::Declined];
    let theirs = invitations::ended_by
        .eq(account)
        .assume_not_null()
        .and(invitations::ended_as.eq_any(answered).assume_not_null());
    Ok(invitations::table
        .inner_join(organizations::table)
        .filter(invitations::email_folded.eq(address.unwrap_or_default()).or(theirs))
        .order(invitations::id)
        .select((Invitation::as_select(), Organization::as_select()))
        .load(conn)?)
}

/// Everything that this person sent.
pub(in crate::features::organizations) fn list_invitations_by(
    conn: &mut Conn,
    account: AccountId,
) -> Result<Vec<Invitation>> {
    let theirs = invitations::table.filter(invitations::invited_by.eq(account)).order(invitations::id);
    Ok(theirs.select(Invitation::as_select()).load(conn)?)
}

/// Ends what waits for an answer from this address, and forgets the address of everything that went to this person.
pub(in crate::features::organizations) fn forget_invitations(
    conn: &mut Conn,
    account: AccountId,
    address: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    let nowhere = "deleted@deleted.invalid";
    if let Some(address) = address {
        diesel::update(invitations::table)
            .filter(invitations::email_folded.eq(address))
            .filter(invitations::ended_at.is_null())
            .set((
                invitations::ended_as.eq(InvitationStatus::Declined),
                invitations::ended_at.eq(now),
                invitations::ended_by.eq(account),
            ))
            .execute(conn)?;
        diesel::update(invitations::table.filter(invitations::email_folded.eq(address)))
            .set((invitations::email.eq(nowhere), invitations::email_folded.eq(nowhere)))
            .execute(conn)?;
    }
    diesel::update(invitations::table)
        .filter(invitations::ended_by.eq(account))
        .filter(invitations::ended_as.eq_any([InvitationStatus::Accepted, InvitationStatus::Declined]))
        .set((invitations::email.eq(nowhere), invitations::email_folded.eq(nowhere)))
        .execute(conn)?;
    Ok(())
}

/// How many invitations of the organization wait for an answer.
pub(in crate::features::organizations) fn count_pending(
    conn: &mut Conn,
    organization: OrganizationId,
    now: Timestamp,
) -> Result<i64> {
    Ok(invitations::table
        .filter(invitations::organization_id.eq(organization))
        .filter(invitations::ended_at.is_null())
        .filter(invitations::expires_at.gt(now))
        .count()
        .get_result(conn)?)
}

/// How many invitations, whosoever, went to this address since then.
pub(in crate::features::organizations) fn count_mailed(conn: &mut Conn, folded: &str, since: Timestamp) -> Result<i64> {
    Ok(invitations::table
        .filter(invitations::email_folded.eq(folded))
        .filter(invitations::created_at.gt(since))
        .count()
        .get_result(conn)?)
}
