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
    let claims: Vec<Value> = store::list_claims_of(conn, account)?
        .iter()
        .map(|(claim, project)| {
            json!({
                "project": {"slug": project.slug, "name": project.name},
                "token": claim.token,
                "claimed_at": claim.claimed_at,
                "checked_at": claim.checked_at,
                "proven_at": claim.proven_at,
                "method": claim.method,
                "evidence": claim.evidence,
                "disputing": claim.disputing,
            })
        })
        .collect();
    let invitations: Vec<Value> = store::list_invitations_of(conn, account)?
        .iter()
        .map(|(row, project)| {
            json!({
                "project": {"slug": project.slug, "name": project.name},
                "sent": row.invited_by == account,
                "role": row.role,
                "created_at": row.created_at,
                "expires_at": row.expires_at,
                "ended_as": row.ended_as,
                "ended_at": row.ended_at,
            })
        })
        .collect();
    let statements: Vec<Value> = store::list_statements_by(conn, account)?
        .iter()
        .map(|(row, project)| json!({"project": project, "kind": row.kind, "as_of": row.as_of, "imported_at": row.created_at}))
        .collect();
    let contests: Vec<Value> = store::list_contests_by(conn, account)?
        .iter()
        .map(|(row, project)| {
            json!({"project": project, "status": row.status, "reason": row.reason, "evidence_url": row.evidence_url, "opened_at": row.opened_at})
        })
        .collect();
    Ok(vec![
        ("maintainerships", maintainerships.into()),
        ("project_claims", claims.into()),
        ("project_invitations", invitations.into()),
        ("project_statements", statements.into()),
        ("criticality_contests", contests.into()),
    ])
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
    // Those of projects that the person never was with.
    store::delete_claims_of(conn, account)?;
    store::decline_invitations(conn, account, ctx.now())
}
