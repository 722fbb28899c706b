//! What proposals hold of a person, and what becomes of it when the person leaves.

use super::{service, store};
use crate::features::accounts::personal::{Part, Sections, no_ties};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{AccountId, RequestId, Result};
use serde_json::{Value, json};

/// Proposals' share of personal data.
pub const PERSONAL: Part = Part { export, ties: no_ties, erase };

fn export(conn: &mut Conn, account: AccountId) -> Result<Sections> {
    let rows = store::list_all_of(conn, account)?;
    let proposals: Vec<Value> = rows
        .iter()
        .map(|row| {
            json!({
                "id": row.id,
                "need": row.need_id,
                "origin": row.origin,
                "status": row.status,
                "capacity": row.capacity,
                "pledge": row.pledge_id,
                "hours_per_week": row.hours_per_week,
                "message": row.message,
                "reason_code": row.reason_code,
                "reason": row.reason,
                "volunteer_agreed_at": row.volunteer_agreed_at,
                "ended_at": row.ended_at,
                "created_at": row.created_at,
            })
        })
        .collect();
    Ok(vec![("proposals", proposals.into())])
}

/// What is open ends; what was agreed or declined stays without the person's words.
fn erase(conn: &mut Conn, ctx: &Ctx, account: AccountId, request_id: &RequestId) -> Result<()> {
    service::withdraw_all(conn, ctx, account, request_id)?;
    store::clear_messages(conn, account)
}
