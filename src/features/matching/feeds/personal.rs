//! What is held of a person for feed readers, and what becomes of it when the person leaves.

use super::store;
use crate::features::accounts::personal::{Part, Sections, no_ties};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{AccountId, RequestId, Result};
use serde_json::{Value, json};

/// Feed tokens' share of personal data.
pub const PERSONAL: Part = Part { export, ties: no_ties, erase };

fn export(conn: &mut Conn, account: AccountId) -> Result<Sections> {
    let tokens: Vec<Value> = store::list_feed_tokens(conn, account)?
        .iter()
        .map(|token| json!({"name": token.name, "created_at": token.created_at, "last_used_at": token.last_used_at}))
        .collect();
    Ok(vec![("feed_tokens", Value::Array(tokens))])
}

fn erase(conn: &mut Conn, _: &Ctx, account: AccountId, _: &RequestId) -> Result<()> {
    store::delete_feed_tokens(conn, account)
}
