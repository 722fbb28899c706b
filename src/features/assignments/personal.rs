//! What assignments hold of a person, and what becomes of it when the person leaves.

use super::service::end_all;
use super::store;
use crate::features::accounts::personal::{Part, Sections, Tie};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{AccountId, RequestId, Result};
use serde_json::{Value, json};

/// Assignments' share of personal data.
pub const PERSONAL: Part = Part { export, ties, erase };

fn export(conn: &mut Conn, account: AccountId) -> Result<Sections> {
    let rows = store::list_of_account(conn, account)?;
    let assignments: Vec<Value> = rows
        .iter()
        .map(|row| {
            json!({
                "id": row.id,
                "need": row.need_id,
                "status": row.status,
                "capacity": row.capacity,
                "hours_per_week": row.hours_per_week,
                "access_level": row.access_level,
                "cla": row.cla,
                "starts_on": row.starts_on,
                "ends_on": row.ends_on,
                "started_at": row.started_at,
                "ended_at": row.ended_at,
                "reason_code": row.reason_code,
                "reason": row.reason,
                "minutes_confirmed": row.confirmed_minutes,
                "created_at": row.created_at,
            })
        })
        .collect();
    let check_ins: Vec<Value> = store::list_check_ins_of(conn, account)?
        .iter()
        .map(|row| json!({"assignment": row.assignment_id, "note": row.note, "on_track": row.on_track, "at": row.at}))
        .collect();
    let access: Vec<Value> = store::list_access_of(conn, account)?
        .iter()
        .map(|row| {
            json!({
                "assignment": row.assignment_id,
                "what": row.what,
                "level": row.level,
                "status": row.status,
                "asked_at": row.asked_at,
                "granted_at": row.granted_at,
                "ended_at": row.ended_at,
            })
        })
        .collect();
    let hand_overs: Vec<Value> = store::list_all_hand_overs_to(conn, account)?
        .iter()
        .map(|row| {
            json!({
                "assignment": row.assignment_id,
                "status": row.status,
                "created_at": row.created_at,
                "answered_at": row.answered_at,
            })
        })
        .collect();
    Ok(vec![
        ("assignments", assignments.into()),
        ("check_ins", check_ins.into()),
        ("access", access.into()),
        ("hand_overs", hand_overs.into()),
    ])
}

fn ties(conn: &mut Conn, account: AccountId) -> Result<Vec<Tie>> {
    let live = store::list_of_account(conn, account)?.into_iter().filter(|row| row.status.is_live());
    let detail = "This assignment ends with your account; its seat goes to somebody else.";
    let tie = |id: crate::kernel::AssignmentId| Tie {
        kind: "assignment",
        slug: id.to_string(),
        blocks: false,
        detail: detail.to_owned(),
    };
    Ok(live.map(|row| tie(row.id)).collect())
}

/// The assignments stay, since confirmed work is counted by them, and name the account by its id alone; what the person
/// wrote goes.
fn erase(conn: &mut Conn, ctx: &Ctx, account: AccountId, request_id: &RequestId) -> Result<()> {
    end_all(conn, ctx, account, request_id)?;
    store::clear_words(conn, account)
}
