//! Passkeys, and challenges that wait for an authenticator's answer.

use crate::features::accounts::model::{Passkey, PasskeyChallenge, PasskeyPurpose};
use crate::infra::crypto::webauthn::Proof;
use crate::infra::db::Conn;
use crate::infra::db::schema::{passkey_challenges, passkeys};
use crate::kernel::{AccountId, Cursor, Limit, Page, PasskeyId, Result, Timestamp};
use diesel::prelude::*;

pub(in crate::features::accounts) fn insert_passkey(conn: &mut Conn, passkey: &Passkey) -> Result<()> {
    diesel::insert_into(passkeys::table).values(passkey).execute(conn)?;
    Ok(())
}

/// Locks the passkey with this credential id, whoever's it is, so that its counter is looked at by one request at a time.
pub(in crate::features::accounts) fn lock_passkey_by_credential(
    conn: &mut Conn,
    credential_id: &str,
) -> Result<Option<Passkey>> {
    Ok(crate::infra::db::lock_row!(
        conn,
        passkeys::table.filter(passkeys::credential_id.eq(credential_id)).select(Passkey::as_select())
    )?)
}

/// The account's passkey of this id.
pub(in crate::features::accounts) fn find_own_passkey(
    conn: &mut Conn,
    account: AccountId,
    id: PasskeyId,
) -> Result<Option<Passkey>> {
    Ok(passkeys::table
        .find(id)
        .filter(passkeys::account_id.eq(account))
        .select(Passkey::as_select())
        .first(conn)
        .optional()?)
}

/// All passkeys of the account, newest first; an account has few.
pub(in crate::features::accounts) fn list_all_passkeys(conn: &mut Conn, account: AccountId) -> Result<Vec<Passkey>> {
    Ok(passkeys::table
        .filter(passkeys::account_id.eq(account))
        .order(passkeys::id.desc())
        .select(Passkey::as_select())
        .load(conn)?)
}

/// The account's passkeys, newest first.
pub(in crate::features::accounts) fn list_passkeys(
    conn: &mut Conn,
    account: AccountId,
    limit: Limit,
    after: Option<&Cursor>,
) -> Result<Page<Passkey>> {
    let mut query = passkeys::table.filter(passkeys::account_id.eq(account)).into_boxed();
    if let Some(after) = after {
        query = query.filter(passkeys::id.lt(PasskeyId(after.id)));
    }
    let rows = query.order(passkeys::id.desc()).limit(limit.rows_and_one()).select(Passkey::as_select()).load(conn)?;
    Ok(Page::cut(rows, limit, |passkey| Cursor::by_id(passkey.id)))
}

/// Keeps what a use of the passkey said.
pub(in crate::features::accounts) fn note_passkey_use(
    conn: &mut Conn,
    passkey: &Passkey,
    proof: Proof,
    now: Timestamp,
) -> Result<()> {
    diesel::update(passkeys::table.find(passkey.id))
        .set((
            passkeys::sign_count.eq(i64::from(proof.sign_count)),
            passkeys::backed_up.eq(proof.flags.backed_up()),
            passkeys::user_verified.eq(passkey.user_verified || proof.flags.user_verified()),
            passkeys::last_used_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

pub(in crate::features::accounts) fn rename_passkey(conn: &mut Conn, passkey: &Passkey, name: &str) -> Result<()> {
    diesel::update(passkeys::table.find(passkey.id))
        .set((passkeys::name.eq(name), passkeys::version.eq(passkey.version + 1)))
        .execute(conn)?;
    Ok(())
}

pub(in crate::features::accounts) fn delete_passkey(conn: &mut Conn, id: PasskeyId) -> Result<()> {
    diesel::delete(passkeys::table.find(id)).execute(conn)?;
    Ok(())
}

pub(in crate::features::accounts) fn insert_passkey_challenge(
    conn: &mut Conn,
    challenge: &PasskeyChallenge,
) -> Result<()> {
    diesel::insert_into(passkey_challenges::table).values(challenge).execute(conn)?;
    Ok(())
}

/// Takes the challenge away; none when it was never made for this, is too old, or somebody was faster.
pub(in crate::features::accounts) fn take_passkey_challenge(
    conn: &mut Conn,
    hash: &str,
    purpose: PasskeyPurpose,
    now: Timestamp,
) -> Result<Option<PasskeyChallenge>> {
    let found = passkey_challenges::table
        .find(hash)
        .filter(passkey_challenges::purpose.eq(purpose))
        .filter(passkey_challenges::expires_at.gt(now))
        .select(PasskeyChallenge::as_select())
        .first(conn)
        .optional()?;
    let Some(found) = found else { return Ok(None) };
    let taken = diesel::delete(passkey_challenges::table.find(hash)).execute(conn)?;
    Ok((taken == 1).then_some(found))
}

/// Forgets the challenges that nobody answered in time.
pub(in crate::features::accounts) fn delete_old_passkey_challenges(conn: &mut Conn, now: Timestamp) -> Result<()> {
    diesel::delete(passkey_challenges::table.filter(passkey_challenges::expires_at.le(now))).execute(conn)?;
    Ok(())
}
