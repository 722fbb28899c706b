//! What projects hold of a person, and what becomes of it when the person leaves.

use super::model::{Leads, ProjectStatus};
use super::service::{leads, take_off};
use super::store;
use crate::features::accounts::personal::{Part, Sections, Tie};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{AccountId, RequestId, Result};
use serde_json::{Value, json};

/// Projects' share of personal data.
pub const PERSONAL: Part = Part { export, ties, erase };

fn export(conn: &mut Conn, account: AccountId) -> Result<Sections> {
    let rows = store::list_maintainerships(conn, account)?;
    let maintainerships: Vec<Value> = rows
        .iter()
        .map(|(row, project)| {
            json!({
                "project": {"slug": project.slug, "name": project.name},
                "role": row.role,
                "verified_at": row.verified_at,
                "since": row.since,
            })
        })
        .collect();
    let statements: Vec<Value> = store::list_statements_by(conn, account)?
        .iter()
        .map(|(row, project)| json!({"project": project, "kind": row.kind, "as_of": row.as_of, "imported_at": row.created_at}))
        .collect();
    Ok(vec![("maintainerships", maintainerships.into()), ("project_statements", statements.into())])
}

/// A project that loses its last verified lead becomes dormant; that is told, and does not keep anybody here.
fn ties(conn: &mut Conn, account: AccountId) -> Result<Vec<Tie>> {
    let mut ties = Vec::new();
    for (_, project) in store::list_maintainerships(conn, account)? {
        if project.status != ProjectStatus::Listed {
            continue;
        }
        let people = store::list_maintainers(conn, project.id)?;
        let rest: Vec<_> = people.iter().filter(|row| row.account_id != account).cloned().collect();
        if leads(&people) == Leads::Verified && leads(&rest) < Leads::Verified {
            let detail = "Without its last verified lead this project becomes dormant; make somebody else a lead if it should go on.";
            ties.push(Tie { kind: "project", slug: project.slug, blocks: false, detail: detail.to_owned() });
        }
    }
    Ok(ties)
}

fn erase(conn: &mut Conn, ctx: &Ctx, account: AccountId, request_id: &RequestId) -> Result<()> {
    for (row, _) in store::list_maintainerships(conn, account)? {
        take_off(conn, ctx, row.project_id, account, request_id)?;
    }
    Ok(())
}
