//! What is held of a person's work, and what becomes of it when the person leaves.

use super::store;
use crate::features::accounts::personal::{Part, Sections, no_ties};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{AccountId, RequestId, Result};
use serde_json::{Value, json};

/// Logged work's share of personal data.
pub const PERSONAL: Part = Part { export, ties: no_ties, erase };

/// Stands where a person's words were.
const REMOVED: &str = "Removed with the account.";

fn export(conn: &mut Conn, account: AccountId) -> Result<Sections> {
    let entries = store::list_of_account(conn, account)?;
    let entries = entries.iter().map(|entry| {
        json!({
            "id": entry.id,
            "assignment_id": entry.assignment_id,
            "worked_on": entry.worked_on,
            "minutes": entry.minutes,
            "started_at": entry.started_at,
            "ended_at": entry.ended_at,
            "note": entry.note,
            "links": entry.links.0,
            "status": entry.status,
            "confirmed_minutes": entry.confirmed_minutes,
            "automatic": entry.confirmed_auto,
            "reason": entry.reason,
            "logged_at": entry.created_at,
            "decided_at": entry.decided_at,
        })
    });
    Ok(vec![("time_entries", Value::Array(entries.collect()))])
}

/// Days and minutes stay, since pledges and reports count on them; the words go.
fn erase(conn: &mut Conn, _: &Ctx, account: AccountId, _: &RequestId) -> Result<()> {
    store::blank_notes(conn, account, REMOVED)
}
