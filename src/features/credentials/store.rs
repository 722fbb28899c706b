//! All queries on credentials, their keys and their status lists.

use super::model::{Credential, CredentialKey, CredentialStatus, CredentialSubject, StatusList};
use crate::features::accounts::AccountStatus;
use crate::features::assignments::AssignmentStatus;
use crate::infra::db::schema::{accounts, assignments, credential_keys, credentials, status_lists, time_entries};
use crate::infra::db::{BothExt as _, Conn, lock_row};
use crate::kernel::{
    AccountId, AssignmentId, CredentialId, Cursor, Error, Limit, OrganizationId, Page, Result, Timestamp,
};
use diesel::dsl::{exists, not};
use diesel::prelude::*;

/// The key that signs: the newest whose private half is there.
pub(super) fn find_signing_key(conn: &mut Conn) -> Result<Option<CredentialKey>> {
    Ok(credential_keys::table
        .filter(credential_keys::sealed.is_not_null())
        .order((credential_keys::created_at.desc(), credential_keys::kid))
        .select(CredentialKey::as_select())
        .first(conn)
        .optional()?)
}

/// The keys by which what still holds can be checked, newest first.
pub(super) fn list_keys(conn: &mut Conn, now: Timestamp) -> Result<Vec<CredentialKey>> {
    Ok(credential_keys::table
        .filter(credential_keys::expires_at.gt(now))
        .order((credential_keys::created_at.desc(), credential_keys::kid))
        .select(CredentialKey::as_select())
        .load(conn)?)
}

/// Puts a new key in force: private halves of those before are forgotten, and what expired goes.
pub(super) fn replace_key(conn: &mut Conn, key: &CredentialKey, now: Timestamp) -> Result<()> {
    diesel::delete(credential_keys::table.filter(credential_keys::expires_at.le(now))).execute(conn)?;
    diesel::update(credential_keys::table).set(credential_keys::sealed.eq(None::<String>)).execute(conn)?;
    diesel::insert_into(credential_keys::table).values(key).execute(conn)?;
    Ok(())
}

pub(super) fn find_by_name(conn: &mut Conn, name: &str) -> Result<Option<Credential>> {
    Ok(credentials::table.filter(credentials::name.eq(name)).select(Credential::as_select()).first(conn).optional()?)
}

pub(super) fn lock_credential(conn: &mut Conn, id: CredentialId) -> Result<Credential> {
    lock_row!(conn, credentials::table.find(id).select(Credential::as_select()))?
        .ok_or_else(|| Error::not_found("credential"))
}

/// Every credential of this work and subject, newest first.
pub(super) fn list_of_work(
    conn: &mut Conn,
    assignment: AssignmentId,
    subject: CredentialSubject,
) -> Result<Vec<Credential>> {
    Ok(credentials::table
        .filter(credentials::assignment_id.eq(assignment))
        .filter(credentials::subject.eq(subject))
        .order(credentials::id.desc())
        .select(Credential::as_select())
        .load(conn)?)
}

/// Whose credentials.
#[derive(Debug, Clone, Copy)]
pub(super) enum Whose {
    Volunteer(AccountId),
    Organization(OrganizationId),
}

pub(super) fn list_credentials(
    conn: &mut Conn,
    whose: Whose,
    limit: Limit,
    after: Option<&Cursor>,
) -> Result<Page<Credential>> {
    let mut query = credentials::table.into_boxed();
    query = match whose {
        Whose::Volunteer(id) => {
            query.filter(credentials::account_id.eq(id)).filter(credentials::subject.eq(CredentialSubject::Volunteer))
        }
        Whose::Organization(id) => query.filter(credentials::organization_id.eq(id)),
    };
    if let Some(after) = after {
        query = query.filter(credentials::id.lt(CredentialId(after.id)));
    }
    let rows: Vec<Credential> =
        query.order(credentials::id.desc()).limit(limit.rows_and_one()).select(Credential::as_select()).load(conn)?;
    Ok(Page::cut(rows, limit, |row: &Credential| Cursor::by_id(row.id)))
}

/// All that speak of this person, oldest first.
pub(super) fn list_of_account(conn: &mut Conn, account: AccountId) -> Result<Vec<Credential>> {
    Ok(credentials::table
        .filter(credentials::account_id.eq(account))
        .filter(credentials::subject.eq(CredentialSubject::Volunteer))
        .order(credentials::id)
        .select(Credential::as_select())
        .load(conn)?)
}

/// Forgets the texts that name this person.
pub(super) fn forget_texts(conn: &mut Conn, account: AccountId) -> Result<()> {
    let theirs = credentials::table
        .filter(credentials::account_id.eq(account))
        .filter(credentials::subject.eq(CredentialSubject::Volunteer));
    diesel::update(theirs).set(credentials::jwt.eq(None::<String>)).execute(conn)?;
    Ok(())
}

pub(super) fn insert_credential(conn: &mut Conn, credential: &Credential) -> Result<()> {
    diesel::insert_into(credentials::table).values(credential).execute(conn)?;
    Ok(())
}

/// Writes where it stands.
pub(super) fn move_credential(conn: &mut Conn, new: &Credential) -> Result<()> {
    diesel::update(credentials::table.find(new.id))
        .set((
            credentials::status.eq(new.status),
            credentials::reason.eq(&new.reason),
            credentials::ended_at.eq(new.ended_at),
            credentials::ended_by.eq(new.ended_by),
            credentials::version.eq(new.version),
        ))
        .execute(conn)?;
    Ok(())
}

/// The newest list, kept from others' changes; the first one is begun when there is none.
pub(super) fn lock_newest_list(conn: &mut Conn) -> Result<StatusList> {
    let newest: Option<i64> =
        status_lists::table.order(status_lists::number.desc()).select(status_lists::number).first(conn).optional()?;
    let number = newest.unwrap_or(1);
    if newest.is_none() {
        begin_list(conn, number)?;
    }
    lock_row!(conn, status_lists::table.find(number).select(StatusList::as_select()))?
        .ok_or_else(|| Error::internal("a status list is gone"))
}

/// Begins a list, unless somebody has.
pub(super) fn begin_list(conn: &mut Conn, number: i64) -> Result<()> {
    let list = StatusList { number, issued: 0 };
    diesel::insert_into(status_lists::table).values(list).on_conflict_do_nothing().both().execute(conn)?;
    Ok(())
}

pub(super) fn has_list(conn: &mut Conn, number: i64) -> Result<bool> {
    let found: Option<i64> = status_lists::table.find(number).select(status_lists::number).first(conn).optional()?;
    Ok(found.is_some())
}

pub(super) fn count_issued(conn: &mut Conn, number: i64) -> Result<()> {
    diesel::update(status_lists::table.find(number))
        .set(status_lists::issued.eq(status_lists::issued + 1))
        .execute(conn)?;
    Ok(())
}

pub(super) fn is_taken(conn: &mut Conn, list: i64, index: i64) -> Result<bool> {
    let found: Option<CredentialId> = credentials::table
        .filter(credentials::status_list.eq(list))
        .filter(credentials::status_index.eq(index))
        .select(credentials::id)
        .first(conn)
        .optional()?;
    Ok(found.is_some())
}

/// The bits that are set in a list.
pub(super) fn list_ended(conn: &mut Conn, list: i64) -> Result<Vec<i64>> {
    Ok(credentials::table
        .filter(credentials::status_list.eq(list))
        .filter(credentials::status.ne(CredentialStatus::Issued))
        .order(credentials::status_index)
        .select(credentials::status_index)
        .load(conn)?)
}

/// Completed work of people who are still here, all of it answered, that no credential states as it is counted now.
pub(super) fn list_unstated(conn: &mut Conn, rows: i64) -> Result<Vec<AssignmentId>> {
    let stated = credentials::table
        .filter(credentials::assignment_id.eq(assignments::id))
        .filter(credentials::subject.eq(CredentialSubject::Volunteer))
        .filter(
            credentials::status.eq(CredentialStatus::Revoked).or(credentials::status
                .eq(CredentialStatus::Issued)
                .and(credentials::minutes.eq(assignments::confirmed_minutes))),
        )
        .select(credentials::id);
    let pending = time_entries::table
        .filter(time_entries::assignment_id.eq(assignments::id))
        .filter(time_entries::due_at.is_not_null().or(time_entries::status.eq("disputed")))
        .select(time_entries::id);
    Ok(assignments::table
        .inner_join(accounts::table.on(accounts::id.eq(assignments::account_id)))
        .filter(assignments::status.eq(AssignmentStatus::Completed))
        .filter(assignments::confirmed_minutes.gt(0))
        .filter(accounts::status.eq(AccountStatus::Active))
        .filter(not(exists(stated)))
        .filter(not(exists(pending)))
        .order(assignments::id)
        .limit(rows)
        .select(assignments::id)
        .load(conn)?)
}

/// Credentials of work that does not count any more.
pub(super) fn list_unfounded(conn: &mut Conn, rows: i64) -> Result<Vec<CredentialId>> {
    Ok(credentials::table
        .inner_join(assignments::table.on(assignments::id.eq(credentials::assignment_id)))
        .filter(credentials::status.eq(CredentialStatus::Issued))
        .filter(assignments::confirmed_minutes.eq(0))
        .order(credentials::id)
        .limit(rows)
        .select(credentials::id)
        .load(conn)?)
}
