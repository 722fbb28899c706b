//! What money pledges hold of a person: who recorded them.

use super::store;
use crate::features::accounts::personal::{Part, Sections, no_ties, nothing_to_erase};
use crate::infra::db::Conn;
use crate::kernel::{AccountId, Result};
use serde_json::{Value, json};

/// Money pledges' share of personal data. They are the organization's and stay: they name the account by its id alone.
pub const PERSONAL: Part = Part { export, ties: no_ties, erase: nothing_to_erase };

fn export(conn: &mut Conn, account: AccountId) -> Result<Sections> {
    let rows = store::list_by(conn, account)?;
    let recorded: Vec<Value> = rows
        .iter()
        .map(|(row, organization)| {
            json!({"organization": organization, "currency": row.currency, "amount_minor": row.amount_minor, "note": row.note, "created_at": row.created_at})
        })
        .collect();
    Ok(vec![("money_pledges_recorded", recorded.into())])
}
