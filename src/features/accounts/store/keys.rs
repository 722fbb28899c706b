//! Signing keys, sealed.

use crate::features::accounts::model::SigningKeyRow;
use crate::infra::db::Conn;
use crate::infra::db::schema::signing_keys;
use crate::kernel::{Result, Timestamp};
use diesel::prelude::*;

pub(in crate::features::accounts) fn list_signing_keys(conn: &mut Conn, now: Timestamp) -> Result<Vec<SigningKeyRow>> {
    Ok(signing_keys::table
        .filter(signing_keys::expires_at.gt(now))
        .order((signing_keys::created_at.desc(), signing_keys::kid))
        .select(SigningKeyRow::as_select())
        .load(conn)?)
}

pub(in crate::features::accounts) fn insert_signing_key(conn: &mut Conn, key: &SigningKeyRow) -> Result<()> {
    diesel::insert_into(signing_keys::table).values(key).execute(conn)?;
    Ok(())
}

pub(in crate::features::accounts) fn delete_expired_signing_keys(conn: &mut Conn, now: Timestamp) -> Result<()> {
    diesel::delete(signing_keys::table.filter(signing_keys::expires_at.le(now))).execute(conn)?;
    Ok(())
}
