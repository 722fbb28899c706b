//! What is held of a person as a reader of notices, and what becomes of it when the person leaves.

use super::store;
use crate::features::accounts::personal::{Part, Sections, no_ties};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{AccountId, RequestId, Result};
use serde_json::{Value, json};

/// Notices' share of personal data.
pub const PERSONAL: Part = Part { export, ties: no_ties, erase };

fn export(conn: &mut Conn, account: AccountId) -> Result<Sections> {
    let preferences = store::find_preferences(conn, account)?.map(|row| {
        json!({
            "topics": row.topics.0,
            "quiet_from": row.quiet_from,
            "quiet_until": row.quiet_until,
            "time_zone": row.time_zone,
            "last_digest_at": row.last_digest_at,
            "updated_at": row.updated_at,
        })
    });
    let notices: Vec<Value> = store::list_all(conn, account)?
        .iter()
        .map(|row| {
            json!({
                "topic": row.topic,
                "title": row.title,
                "path": row.path,
                "at": row.at,
                "read_at": row.read_at,
                "mailed_at": row.mailed_at,
            })
        })
        .collect();
    Ok(vec![("notification_preferences", preferences.unwrap_or(Value::Null)), ("notifications", notices.into())])
}

fn erase(conn: &mut Conn, _: &Ctx, account: AccountId, _: &RequestId) -> Result<()> {
    store::delete_all(conn, account)
}
