//! What the taxonomy holds of a person: the skills that somebody missed in it.

use super::store;
use crate::features::accounts::personal::{Part, Sections, no_ties, nothing_to_erase};
use crate::infra::db::Conn;
use crate::kernel::{AccountId, Result};
use serde_json::{Value, json};

/// The taxonomy's share of personal data. Suggestions stay: they name the account by its id alone.
pub const PERSONAL: Part = Part { export, ties: no_ties, erase: nothing_to_erase };

fn export(conn: &mut Conn, account: AccountId) -> Result<Sections> {
    let rows = store::list_suggestions_by(conn, account)?;
    let suggestions: Vec<Value> = rows
        .iter()
        .map(|row| json!({"id": row.id, "name": row.name, "note": row.note, "created_at": row.created_at}))
        .collect();
    Ok(vec![("skill_suggestions", suggestions.into())])
}
