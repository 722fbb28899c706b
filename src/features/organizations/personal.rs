//! What organizations hold of a person, and what becomes of it when the person leaves.

use super::model::OrganizationRole;
use super::{MEMBERSHIP_CHANGED, store};
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
    Ok(vec![("memberships", memberships.into())])
}

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
            "You are the last owner of this organization, and it has other members: make one of them an owner first."
        } else {
            "Nobody is left in this organization without you."
        };
        ties.push(Tie { kind: "organization", slug: organization.slug, blocks, detail: detail.to_owned() });
    }
    Ok(ties)
}

/// The memberships stay, dated: assignments count on who was where. They name the account by its id alone.
fn erase(conn: &mut Conn, ctx: &Ctx, account: AccountId, _: &RequestId) -> Result<()> {
    store::end_memberships(conn, account, ctx.now())?;
    feed::note(conn, ctx.ids(), MEMBERSHIP_CHANGED, account)
}
