//! What moderation holds of a person, and what becomes of it when the person leaves.

use super::model::Report;
use super::store;
use crate::features::accounts::personal::{Part, Sections, no_ties};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{AccountId, RequestId, Result};
use serde_json::{Value, json};

/// Moderation's share of personal data: what the person wrote, and how the person was suspended. What others wrote about the
/// person would tell who they are.
pub const PERSONAL: Part = Part { export, ties: no_ties, erase };

fn export(conn: &mut Conn, account: AccountId) -> Result<Sections> {
    let reports: Vec<Value> = store::list_all_by_author(conn, account)?.iter().map(report).collect();
    let suspensions: Vec<Value> = store::list_suspensions_of(conn, account)?
        .iter()
        .map(|row| {
            json!({
                "of": row.subject_kind,
                "reason": row.reason,
                "suspended_at": row.suspended_at,
                "appealed_at": row.appealed_at,
                "ended_at": row.ended_at,
                "ended_reason": row.ended_reason,
            })
        })
        .collect();
    Ok(vec![("reports", reports.into()), ("suspensions", suspensions.into())])
}

fn report(row: &Report) -> Value {
    json!({
        "id": row.id,
        "kind": row.kind,
        "subject": {"kind": row.subject_kind, "id": row.subject_id},
        "reason": row.code,
        "text": row.text,
        "status": row.status,
        "opened_at": row.opened_at,
        "decided_at": row.decided_at,
    })
}

/// What waits for a moderator keeps its words until it is decided; it names the account by its id alone.
fn erase(conn: &mut Conn, _: &Ctx, account: AccountId, _: &RequestId) -> Result<()> {
    store::forget_texts(conn, account)
}
