//! What assessments hold of a person.

use super::store;
use crate::features::accounts::personal::{Part, Sections, no_ties, nothing_to_erase};
use crate::infra::db::Conn;
use crate::kernel::{AccountId, Result};
use serde_json::{Value, json};

/// The baseline's share of personal data. Assessments are the project's and stay: they name the account by its id alone.
pub const PERSONAL: Part = Part { export, ties: no_ties, erase: nothing_to_erase };

fn export(conn: &mut Conn, account: AccountId) -> Result<Sections> {
    let rows = store::list_by(conn, account)?;
    let assessments: Vec<Value> = rows
        .iter()
        .map(|(row, project)| {
            json!({
                "project": project,
                "requirement": row.requirement,
                "status": row.status,
                "evidence_url": row.evidence_url,
                "note": row.note,
                "assessed_on": row.assessed_on,
                "created_at": row.created_at,
            })
        })
        .collect();
    Ok(vec![("baseline_assessments", assessments.into())])
}
