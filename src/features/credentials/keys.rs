//! The keys that sign credentials, apart from those of access tokens: made here, sealed in the database, replaced every
//! year. The public half stays published as long as anything that it vouches for holds.

use super::model::CredentialKey;
use super::statement::{VALID_FOR, key_address};
use super::store;
use crate::infra::Ctx;
use crate::infra::crypto::SigningKey;
use crate::kernel::{Error, Result, Timestamp};
use chrono::TimeDelta;
use std::sync::Arc;

const PURPOSE: &str = "credential_key";
const SIGNS_FOR: TimeDelta = TimeDelta::days(365);

/// A key that signs, and the address that names it.
#[derive(Debug, Clone)]
pub(super) struct Signer {
    pub key: Arc<SigningKey>,
    pub kid: String,
}

/// The key that signs now. One is made when there is none, or when the newest has signed for a year.
pub(super) async fn signer(ctx: &Ctx) -> Result<Signer> {
    let now = ctx.now();
    match ctx.store().read(store::find_signing_key).await? {
        Some(row) if row.retires_at > now => open(ctx, &row),
        _ => rotate(ctx, now).await,
    }
}

/// The newest key, whether it is due for replacement or not: reading changes nothing.
pub(super) async fn newest(ctx: &Ctx) -> Result<Option<Signer>> {
    let row = ctx.store().read(store::find_signing_key).await?;
    row.map(|row| open(ctx, &row)).transpose()
}

fn open(ctx: &Ctx, row: &CredentialKey) -> Result<Signer> {
    let sealed = row.sealed.as_deref().ok_or_else(|| Error::internal("a credential key without its private half"))?;
    let key = SigningKey::from_pkcs8(&ctx.sealer().open(PURPOSE, sealed)?)?;
    Ok(Signer { key: Arc::new(key), kid: row.kid.clone() })
}

async fn rotate(ctx: &Ctx, now: Timestamp) -> Result<Signer> {
    let key = SigningKey::generate(ctx.entropy())?;
    let retires_at = now + SIGNS_FOR;
    let row = CredentialKey {
        kid: key_address(ctx.site(), key.kid()),
        public_key: key.verifying_key().to_jwk().x,
        sealed: Some(ctx.sealer().seal(PURPOSE, &key.to_pkcs8()?)?),
        created_at: now,
        retires_at,
        expires_at: retires_at + VALID_FOR,
    };
    let kid = row.kid.clone();
    ctx.store().write(move |conn| store::replace_key(conn, &row, now)).await?;
    Ok(Signer { key: Arc::new(key), kid })
}

/// A public key as it is published.
#[derive(Debug, Clone)]
pub struct PublishedKey {
    /// Its address.
    pub kid: String,
    /// The key, base64url.
    pub x: String,
}

/// The keys by which credentials are checked, for the installation's key set.
pub async fn published(ctx: &Ctx) -> Result<Vec<PublishedKey>> {
    let now = ctx.now();
    let rows = ctx.store().read(move |conn| store::list_keys(conn, now)).await?;
    Ok(rows.into_iter().map(|row| PublishedKey { kid: row.kid, x: row.public_key }).collect())
}

/// One of them by its thumbprint; 404 when there is none.
pub(super) async fn find(ctx: &Ctx, thumbprint: &str) -> Result<PublishedKey> {
    let kid = key_address(ctx.site(), thumbprint);
    let found = published(ctx).await?.into_iter().find(|key| key.kid == kid);
    found.ok_or_else(|| Error::not_found("key"))
}
