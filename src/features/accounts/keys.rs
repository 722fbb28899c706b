//! The keys that sign access tokens: made here, sealed in the database, shared by all nodes, replaced every 30 days.

use super::model::SigningKeyRow;
use super::store;
use crate::infra::Ctx;
use crate::infra::crypto::{Keyring, Keys, SigningKey};
use crate::kernel::{Error, Result, Timestamp};
use chrono::TimeDelta;

const PURPOSE: &str = "signing_key";
const LIFETIME: TimeDelta = TimeDelta::days(30);

/// Makes a key when there is none or the newest is due for replacement, forgets the expired ones, and puts those in force
/// into this node's keyring. Run at start, daily, and when a token names a key that this node doesn't know.
pub async fn refresh(ctx: &Ctx) -> Result<()> {
    let now = ctx.now();
    let rows = ctx.store().read(move |conn| store::list_signing_keys(conn, now)).await?;
    let fresh = rows.first().is_some_and(|newest| newest.retires_at > now);
    let rows = if fresh { rows } else { rotate(ctx, now).await? };
    let mut keys = Vec::with_capacity(rows.len());
    for row in &rows {
        keys.push(SigningKey::from_pkcs8(&ctx.sealer().open(PURPOSE, &row.sealed)?)?);
    }
    let mut keys = keys.into_iter();
    let current = keys.next().ok_or_else(|| Error::internal("no signing key after rotation"))?;
    ctx.keyring().replace(Keys { current, others: keys.map(|key| key.verifying_key()).collect() });
    Ok(())
}

async fn rotate(ctx: &Ctx, now: Timestamp) -> Result<Vec<SigningKeyRow>> {
    let key = SigningKey::generate(ctx.entropy())?;
    let retires_at = now + LIFETIME;
    let row = SigningKeyRow {
        kid: key.kid().to_owned(),
        sealed: ctx.sealer().seal(PURPOSE, &key.to_pkcs8()?)?,
        created_at: now,
        retires_at,
        expires_at: Keyring::last_use(retires_at, access_lifetime(ctx)),
    };
    ctx.store()
        .write(move |conn| {
            store::delete_expired_signing_keys(conn, now)?;
            store::insert_signing_key(conn, &row)?;
            store::list_signing_keys(conn, now)
        })
        .await
}

/// How long an access token holds.
pub(super) fn access_lifetime(ctx: &Ctx) -> TimeDelta {
    TimeDelta::minutes(i64::from(ctx.settings().auth.access_minutes))
}
