//! Accounts at providers of OpenID Connect.

use crate::features::accounts::model::Identity;
use crate::infra::db::Conn;
use crate::infra::db::schema::identities;
use crate::kernel::{AccountId, IdentityId, Result, Timestamp};
use diesel::prelude::*;

pub(in crate::features::accounts) fn insert_identity(conn: &mut Conn, identity: &Identity) -> Result<()> {
    diesel::insert_into(identities::table).values(identity).execute(conn)?;
    Ok(())
}

pub(in crate::features::accounts) fn find_identity(
    conn: &mut Conn,
    issuer: &str,
    subject: &str,
) -> Result<Option<Identity>> {
    Ok(identities::table
        .filter(identities::issuer.eq(issuer))
        .filter(identities::subject.eq(subject))
        .select(Identity::as_select())
        .first(conn)
        .optional()?)
}

/// The account's identities, the first one first.
pub(in crate::features::accounts) fn list_identities(conn: &mut Conn, account: AccountId) -> Result<Vec<Identity>> {
    Ok(identities::table
        .filter(identities::account_id.eq(account))
        .order(identities::id)
        .select(Identity::as_select())
        .load(conn)?)
}

pub(in crate::features::accounts) fn touch_identity(conn: &mut Conn, id: IdentityId, now: Timestamp) -> Result<()> {
    diesel::update(identities::table.find(id)).set(identities::last_used_at.eq(now)).execute(conn)?;
    Ok(())
}

/// Forgets the account's identity; false when it has none of this id.
pub(in crate::features::accounts) fn delete_identity(
    conn: &mut Conn,
    account: AccountId,
    id: IdentityId,
) -> Result<bool> {
    let gone = diesel::delete(identities::table.find(id)).filter(identities::account_id.eq(account)).execute(conn)?;
    Ok(gone == 1)
}

pub(in crate::features::accounts) fn delete_identities(conn: &mut Conn, account: AccountId) -> Result<()> {
    diesel::delete(identities::table).filter(identities::account_id.eq(account)).execute(conn)?;
    Ok(())
}
