//! What organizations hold of a person, and what becomes of it when the person leaves.

use super::model::{Invitation, Membership, OrganizationRole};
use super::service::hand_on;
use super::{MEMBERSHIP_CHANGED, store};
use crate::features::accounts;
use crate::features::accounts::personal::{Part, Sections, Tie};
use crate::infra::Ctx;
use crate::infra::db::{Conn, feed};
use crate::kernel::{AccountId, RequestId, Result};
use serde_json::{Value, json};

/// Organizations' share of personal data.
pub const PERSONAL: Part = Part { export, ties, erase };

fn export(conn: &mut Conn, account: AccountId) -> Result<Sections> {
    let rows = store::list_memberships(conn, account)?;
    let memberships: Vec<Value> = rows
        .iter()
        .map(|(row, organization)| {
            json!({
                "organization": {"slug": organization.slug, "name": organization.name},
                "role": row.role,
                "from": row.from_at,
                "until": row.until_at,
            })
        })
        .collect();
    let person = accounts::get_account(conn, account)?;
    // Whoever has not proven to read mail at an address does not learn what went there.
    let address = person.email_verified_at.map(|_| person.email_folded.as_str());
    let received: Vec<Value> = store::list_invitations_of(conn, account, address)?
        .iter()
        .map(|(row, organization)| {
            json!({
                "organization": {"slug": organization.slug, "name": organization.name},
                "email": row.email,
                "role": row.role,
                "created_at": row.created_at,
                "expires_at": row.expires_at,
                "ended_as": row.ended_as,
                "ended_at": row.ended_at,
            })
        })
        .collect();
    let sent: Vec<Value> = store::list_invitations_by(conn, account)?.iter().map(sent).collect();
    Ok(vec![
        ("memberships", memberships.into()),
        ("organization_invitations", json!({"received": received, "sent": sent})),
    ])
}

/// The address is somebody else's to hand out.
fn sent(row: &Invitation) -> Value {
    json!({
        "organization_id": row.organization_id,
        "role": row.role,
        "created_at": row.created_at,
        "ended_as": row.ended_as,
        "ended_at": row.ended_at,
    })
}

/// Who is about to leave, too, keeps nothing going.
fn ties(conn: &mut Conn, account: AccountId) -> Result<Vec<Tie>> {
    let mut ties = Vec::new();
    for (row, organization) in store::list_memberships(conn, account)? {
        if row.until_at.is_some() || row.role != OrganizationRole::Owner {
            continue;
        }
        let others = store::list_other_roles(conn, organization.id, account)?;
        if others.contains(&OrganizationRole::Owner) {
            continue;
        }
        let blocks = !others.is_empty();
        let detail = if blocks {
            "You are the last owner of this organization who stays, and it has other members: make one of them an owner first."
        } else {
            "Nobody is left in this organization without you."
        };
        ties.push(Tie { kind: "organization", slug: organization.slug, blocks, detail: detail.to_owned() });
    }
    Ok(ties)
}

/// The memberships stay, dated: assignments count on who was where. They name the account by its id alone. An organization
/// that lost its other owners meanwhile is handed on, and invitations forget the address.
fn erase(conn: &mut Conn, ctx: &Ctx, account: AccountId, request_id: &RequestId) -> Result<()> {
    let owned: Vec<Membership> = store::list_memberships(conn, account)?
        .into_iter()
        .map(|(row, _)| row)
        .filter(|row| row.until_at.is_none() && row.role == OrganizationRole::Owner)
        .collect();
    for row in &owned {
        hand_on(conn, ctx, row.organization_id, account, request_id)?;
    }
    store::end_memberships(conn, account, ctx.now())?;
    let person = accounts::get_account(conn, account)?;
    let address = person.email_verified_at.map(|_| person.email_folded.as_str());
    store::forget_invitations(conn, account, address, ctx.now())?;
    feed::note(conn, ctx.ids(), MEMBERSHIP_CHANGED, account)
}
