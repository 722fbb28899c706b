//! What plans hold of a person: who declared them.

use super::store;
use crate::features::accounts::personal::{Part, Sections, no_ties, nothing_to_erase};
use crate::infra::db::Conn;
use crate::kernel::{AccountId, Result};
use serde_json::{Value, json};

/// Plans' share of personal data. They are the project's and stay: they name the account by its id alone.
pub const PERSONAL: Part = Part { export, ties: no_ties, erase: nothing_to_erase };

fn export(conn: &mut Conn, account: AccountId) -> Result<Sections> {
    let rows = store::list_plans_by(conn, account)?;
    let declared: Vec<Value> = rows
        .iter()
        .map(|(row, project)| json!({"project": project, "note": row.note, "declared_at": row.declared_at}))
        .collect();
    Ok(vec![("plans_declared", declared.into())])
}
