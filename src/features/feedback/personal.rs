//! What was said by and of a person, and what becomes of it when the person leaves.

use super::store;
use crate::features::accounts::personal::{Part, Sections, no_ties};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{AccountId, RequestId, Result};
use serde_json::{Value, json};

/// Feedback's share of personal data.
pub const PERSONAL: Part = Part { export, ties: no_ties, erase };

fn export(conn: &mut Conn, account: AccountId) -> Result<Sections> {
    let given = store::list_of_author(conn, account)?;
    let given = given.iter().map(|one| {
        json!({"assignment_id": one.assignment_id, "side": one.side, "again": one.again, "text": one.text, "given_at": one.created_at})
    });
    let skills = store::list_skills_of_account(conn, account)?;
    let skills = skills.iter().map(|one| json!({"skill": one.skill, "confirmed_on": one.confirmed_on}));
    Ok(vec![("feedback_given", Value::Array(given.collect())), ("confirmed_skills", Value::Array(skills.collect()))])
}

/// Words by and to the person go; that a side would work together again stays, naming nobody.
fn erase(conn: &mut Conn, _: &Ctx, account: AccountId, _: &RequestId) -> Result<()> {
    store::forget(conn, account)
}
