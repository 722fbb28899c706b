//! Second factors, and sign-ins that wait for one.

use crate::features::accounts::model::{Account, Challenge, RecoveryCode, TotpFactor};
use crate::infra::db::schema::{accounts, factor_failures, recovery_codes, sessions, sign_in_challenges, totp_factors};
use crate::infra::db::{Conn, each};
use crate::kernel::{AccountId, AttemptId, Result, SessionId, Timestamp};
use diesel::prelude::*;

/// Locks the account's authenticator app, so that a code is looked at by one request at a time.
pub(in crate::features::accounts) fn lock_totp(conn: &mut Conn, id: AccountId) -> Result<Option<TotpFactor>> {
    Ok(crate::infra::db::lock_row!(conn, totp_factors::table.find(id).select(TotpFactor::as_select()))?)
}

pub(in crate::features::accounts) fn insert_totp(conn: &mut Conn, factor: &TotpFactor) -> Result<()> {
    diesel::insert_into(totp_factors::table).values(factor).execute(conn)?;
    Ok(())
}

pub(in crate::features::accounts) fn delete_totp(conn: &mut Conn, id: AccountId) -> Result<()> {
    diesel::delete(totp_factors::table.find(id)).execute(conn)?;
    Ok(())
}

/// Keeps the step of the code that was used; false when a later one was used meanwhile.
pub(in crate::features::accounts) fn use_step(conn: &mut Conn, id: AccountId, step: i64) -> Result<bool> {
    let used = diesel::update(totp_factors::table.find(id).filter(totp_factors::last_step.lt(step)))
        .set(totp_factors::last_step.eq(step))
        .execute(conn)?;
    Ok(used == 1)
}

pub(in crate::features::accounts) fn confirm_totp(conn: &mut Conn, id: AccountId, now: Timestamp) -> Result<()> {
    diesel::update(totp_factors::table.find(id)).set(totp_factors::confirmed_at.eq(now)).execute(conn)?;
    Ok(())
}

/// Whether the account has an authenticator app that works.
pub(in crate::features::accounts) fn has_totp(conn: &mut Conn, id: AccountId) -> Result<bool> {
    let confirmed = totp_factors::table.find(id).filter(totp_factors::confirmed_at.is_not_null());
    Ok(confirmed.select(totp_factors::account_id).first::<AccountId>(conn).optional()?.is_some())
}

/// Whether the account has a second factor since this instant, or none (any more).
pub(in crate::features::accounts) fn set_mfa(
    conn: &mut Conn,
    id: AccountId,
    since: Option<Timestamp>,
    now: Timestamp,
) -> Result<()> {
    diesel::update(accounts::table.find(id))
        .set((
            accounts::mfa_enabled_at.eq(since),
            accounts::version.eq(accounts::version + 1),
            accounts::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Notes that the session's owner proved a second factor.
pub(in crate::features::accounts) fn set_second_factor(conn: &mut Conn, id: SessionId, now: Timestamp) -> Result<()> {
    diesel::update(sessions::table.find(id)).set(sessions::second_factor_at.eq(now)).execute(conn)?;
    Ok(())
}

pub(in crate::features::accounts) fn insert_recovery_codes(conn: &mut Conn, codes: &[RecoveryCode]) -> Result<()> {
    each!(conn, c => diesel::insert_into(recovery_codes::table).values(codes).execute(c))?;
    Ok(())
}

pub(in crate::features::accounts) fn delete_recovery_codes(conn: &mut Conn, id: AccountId) -> Result<()> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::account_id.eq(id))).execute(conn)?;
    Ok(())
}

/// Uses the code up; false when there is none like it, or it was used already.
pub(in crate::features::accounts) fn use_recovery_code(
    conn: &mut Conn,
    id: AccountId,
    hash: &str,
    now: Timestamp,
) -> Result<bool> {
    let used = diesel::update(recovery_codes::table.find(hash))
        .filter(recovery_codes::account_id.eq(id))
        .filter(recovery_codes::used_at.is_null())
        .set(recovery_codes::used_at.eq(now))
        .execute(conn)?;
    Ok(used == 1)
}

/// How many codes the account has left.
pub(in crate::features::accounts) fn count_recovery_codes(conn: &mut Conn, id: AccountId) -> Result<i64> {
    Ok(recovery_codes::table
        .filter(recovery_codes::account_id.eq(id))
        .filter(recovery_codes::used_at.is_null())
        .count()
        .get_result(conn)?)
}

pub(in crate::features::accounts) fn insert_challenge(conn: &mut Conn, challenge: &Challenge) -> Result<()> {
    diesel::insert_into(sign_in_challenges::table).values(challenge).execute(conn)?;
    Ok(())
}

/// The challenge that can still be met, with its account.
pub(in crate::features::accounts) fn find_challenge(
    conn: &mut Conn,
    hash: &str,
    now: Timestamp,
) -> Result<Option<(Challenge, Account)>> {
    Ok(sign_in_challenges::table
        .inner_join(accounts::table)
        .filter(sign_in_challenges::hash.eq(hash))
        .filter(sign_in_challenges::used_at.is_null())
        .filter(sign_in_challenges::expires_at.gt(now))
        .select((Challenge::as_select(), Account::as_select()))
        .first(conn)
        .optional()?)
}

/// Uses the challenge up; false when somebody was faster.
pub(in crate::features::accounts) fn use_challenge(conn: &mut Conn, hash: &str, now: Timestamp) -> Result<bool> {
    let used = diesel::update(sign_in_challenges::table.find(hash).filter(sign_in_challenges::used_at.is_null()))
        .set(sign_in_challenges::used_at.eq(now))
        .execute(conn)?;
    Ok(used == 1)
}

/// Forgets what was begun and not finished by then: challenges, and failures that no longer count.
pub(in crate::features::accounts) fn delete_old_attempts(
    conn: &mut Conn,
    id: AccountId,
    before: Timestamp,
) -> Result<()> {
    diesel::delete(sign_in_challenges::table)
        .filter(sign_in_challenges::account_id.eq(id))
        .filter(sign_in_challenges::expires_at.le(before))
        .execute(conn)?;
    diesel::delete(factor_failures::table)
        .filter(factor_failures::account_id.eq(id))
        .filter(factor_failures::at.le(before))
        .execute(conn)?;
    Ok(())
}

pub(in crate::features::accounts) fn insert_failure(
    conn: &mut Conn,
    attempt: AttemptId,
    id: AccountId,
    now: Timestamp,
) -> Result<()> {
    diesel::insert_into(factor_failures::table)
        .values((factor_failures::id.eq(attempt), factor_failures::account_id.eq(id), factor_failures::at.eq(now)))
        .execute(conn)?;
    Ok(())
}

/// How many wrong codes were tried for the account since then.
pub(in crate::features::accounts) fn count_failures(conn: &mut Conn, id: AccountId, since: Timestamp) -> Result<i64> {
    Ok(factor_failures::table
        .filter(factor_failures::account_id.eq(id))
        .filter(factor_failures::at.gt(since))
        .count()
        .get_result(conn)?)
}
