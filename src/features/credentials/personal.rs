//! What credentials say of a person, and what becomes of it when the person leaves.

use super::store;
use crate::features::accounts::personal::{Part, Sections, no_ties};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{AccountId, RequestId, Result};
use serde_json::{Value, json};

/// Credentials' share of personal data.
pub const PERSONAL: Part = Part { export, ties: no_ties, erase };

fn export(conn: &mut Conn, account: AccountId) -> Result<Sections> {
    let credentials = store::list_of_account(conn, account)?;
    let credentials = credentials.iter().map(|credential| {
        json!({
            "name": credential.name,
            "assignment_id": credential.assignment_id,
            "minutes": credential.minutes,
            "automatic_minutes": credential.automatic_minutes,
            "status": credential.status,
            "reason": credential.reason,
            "issued_at": credential.issued_at,
            "valid_until": credential.valid_until,
            "jwt": credential.jwt,
        })
    });
    Ok(vec![("credentials", Value::Array(credentials.collect()))])
}

/// The texts that name the person go, and with them their addresses. Whoever was given a copy can still check it: it was true.
fn erase(conn: &mut Conn, _: &Ctx, account: AccountId, _: &RequestId) -> Result<()> {
    store::forget_texts(conn, account)
}
