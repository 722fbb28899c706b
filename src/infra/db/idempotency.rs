//! The rows behind `Idempotency-Key`.

use super::schema::idempotency_keys;
use super::sql::Json;
use super::{BothExt as _, Conn};
use crate::kernel::{JobId, Result, Timestamp};
use diesel::prelude::*;

/// A key claimed by a request that is about to run.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The row.
    pub id: JobId,
    /// Whose key: an account or an address.
    pub scope: String,
    /// The key as sent.
    pub key: String,
    /// Digest of address and body.
    pub fingerprint: String,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when the answer is kept.
    pub expires_at: Timestamp,
}

/// A kept answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// HTTP status.
    pub status: u16,
    /// The headers worth repeating.
    pub headers: Vec<(String, String)>,
    /// The body, sealed by the caller.
    pub body: String,
}

/// What an earlier request with the same key left.
#[derive(Debug, Clone)]
pub struct Earlier {
    /// Digest of its address and body.
    pub fingerprint: String,
    /// When it came.
    pub created_at: Timestamp,
    /// Its answer, unless it is still running.
    pub kept: Option<Kept>,
}

type Row = (String, Timestamp, Option<i32>, Option<Json<Vec<(String, String)>>>, Option<String>);

/// Claims the key; when an earlier request holds it, says what that left. An expired claim is taken over.
pub fn claim(conn: &mut Conn, claim: &Claim) -> Result<Option<Earlier>> {
    use idempotency_keys::dsl;
    diesel::delete(
        dsl::idempotency_keys
            .filter(dsl::scope.eq(&claim.scope))
            .filter(dsl::key.eq(&claim.key))
            .filter(dsl::expires_at.le(claim.created_at)),
    )
    .execute(conn)?;
    let inserted = diesel::insert_into(dsl::idempotency_keys)
        .values((
            dsl::id.eq(claim.id),
            dsl::scope.eq(&claim.scope),
            dsl::key.eq(&claim.key),
            dsl::fingerprint.eq(&claim.fingerprint),
            dsl::state.eq("running"),
            dsl::created_at.eq(claim.created_at),
            dsl::expires_at.eq(claim.expires_at),
        ))
        .on_conflict_do_nothing()
        .both()
        .execute(conn)?;
    if inserted == 1 {
        return Ok(None);
    }
    let (fingerprint, created_at, status, headers, body): Row = dsl::idempotency_keys
        .filter(dsl::scope.eq(&claim.scope))
        .filter(dsl::key.eq(&claim.key))
        .select((dsl::fingerprint, dsl::created_at, dsl::status, dsl::headers, dsl::body))
        .first(conn)?;
    let kept = match (status.and_then(|status| u16::try_from(status).ok()), headers, body) {
        (Some(status), Some(Json(headers)), Some(body)) => Some(Kept { status, headers, body }),
        _ => None,
    };
    Ok(Some(Earlier { fingerprint, created_at, kept }))
}

/// Keeps the answer under its claim.
pub fn keep(conn: &mut Conn, id: JobId, kept: &Kept) -> Result<()> {
    use idempotency_keys::dsl;
    diesel::update(dsl::idempotency_keys.filter(dsl::id.eq(id)))
        .set((
            dsl::state.eq("done"),
            dsl::status.eq(i32::from(kept.status)),
            dsl::headers.eq(Json(kept.headers.clone())),
            dsl::body.eq(&kept.body),
        ))
        .execute(conn)?;
    Ok(())
}

/// Frees the key, so that the same request can be tried again.
pub fn release(conn: &mut Conn, id: JobId) -> Result<()> {
    diesel::delete(idempotency_keys::table.filter(idempotency_keys::id.eq(id))).execute(conn)?;
    Ok(())
}

/// Forgets what has expired; returns how many.
pub fn prune(conn: &mut Conn, now: Timestamp) -> Result<usize> {
    Ok(diesel::delete(idempotency_keys::table.filter(idempotency_keys::expires_at.le(now))).execute(conn)?)
}
