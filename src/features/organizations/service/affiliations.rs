//! What a verified address says of where somebody belongs: offered, never forced.

use super::members::join;
use crate::features::accounts::{self, Account};
use crate::features::organizations::domain::of_address;
use crate::features::organizations::model::{Organization, OrganizationRole};
use crate::features::organizations::store;
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{Actor, Cursor, Decision, Error, Limit, Page, Result};

/// An organization that the caller's address belongs to, and by which domain.
pub(in crate::features::organizations) type Affiliation = (Organization, String);

fn offered(conn: &mut Conn, account: &Account) -> Result<Option<Affiliation>> {
    if account.email_verified_at.is_none() {
        return Ok(None);
    }
    let domain = of_address(&account.email_folded);
    let found = store::find_affiliation(conn, account.id, domain)?;
    Ok(found.map(|organization| (organization, domain.to_owned())))
}

/// What is offered to the caller now.
pub(in crate::features::organizations) async fn affiliations(
    ctx: &Ctx,
    actor: &Actor,
    limit: Limit,
) -> Result<Page<Affiliation>> {
    let id = actor.account_id;
    ctx.store()
        .read(move |conn| {
            let account = accounts::get_account(conn, id)?;
            let offers = offered(conn, &account)?.into_iter().collect();
            Ok(Page::cut(offers, limit, |row: &Affiliation| Cursor::by_id(row.0.id)))
        })
        .await
}

/// The caller joins as a member what was offered; nothing else is there to be joined.
pub(in crate::features::organizations) async fn accept_affiliation(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
) -> Result<(Organization, OrganizationRole)> {
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let nothing = || Error::not_found("affiliation");
            let found = store::find_organization_by_slug(conn, &slug)?.ok_or_else(nothing)?;
            let organization = store::lock_organization_by_id(conn, found.id)?;
            let account = accounts::get_account(conn, actor.account_id)?;
            let offer = offered(conn, &account)?.filter(|(offer, _)| offer.id == organization.id);
            let decision = if offer.is_some() { Decision::Allow } else { Decision::Hide };
            let organization = decision.prove(organization, "affiliation")?;
            let role = OrganizationRole::Member;
            join(conn, &ctx, &organization, &account, role, &actor.request_id)?;
            Ok((organization.into_inner(), role))
        })
        .await
}
