//! What swarms hold of a person, and what becomes of it when the person leaves.

use super::store;
use crate::features::accounts::personal::{Part, Sections, no_ties};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{AccountId, RequestId, Result};
use serde_json::{Value, json};

/// Swarms' share of personal data.
pub const PERSONAL: Part = Part { export, ties: no_ties, erase };

fn export(conn: &mut Conn, account: AccountId) -> Result<Sections> {
    let parts: Vec<Value> = store::list_parts(conn, account)?
        .into_iter()
        .map(|(part, title)| {
            json!({
                "swarm": {"id": part.swarm_id, "title": title},
                "role": part.role,
                "status": part.status,
                "origin": part.origin,
                "terms_version": part.terms_version,
                "finding": part.finding,
                "note": part.note,
                "invited_at": part.invited_at,
                "answered_at": part.answered_at,
            })
        })
        .collect();
    Ok(vec![("swarms", parts.into())])
}

/// Consents stay: others rely on them. They name the account by its id alone.
fn erase(conn: &mut Conn, _: &Ctx, account: AccountId, _: &RequestId) -> Result<()> {
    store::forget_notes(conn, account)
}
