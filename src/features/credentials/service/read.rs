//! Reading credentials.

use crate::features::credentials::keys;
use crate::features::credentials::model::Credential;
use crate::features::credentials::policy;
use crate::features::credentials::statement::status_list::{self, Bits, CACHE_SECONDS};
use crate::features::credentials::statement::{CONTENT, TYPE};
use crate::features::credentials::store::{self, Whose};
use crate::features::{organizations, projects};
use crate::infra::Ctx;
use crate::infra::crypto::jws;
use crate::infra::db::Conn;
use crate::kernel::{Actor, Cursor, Error, Limit, Page, Result, Timestamp};
use chrono::TimeDelta;
use std::collections::HashMap;

/// A credential with what is shown beside it.
#[derive(Debug)]
pub(in crate::features::credentials) struct CredentialCard {
    pub(in crate::features::credentials) credential: Credential,
    pub(in crate::features::credentials) project: String,
}

pub(super) fn card(conn: &mut Conn, credential: Credential) -> Result<CredentialCard> {
    let project = projects::get_project(conn, credential.project_id)?.slug;
    Ok(CredentialCard { credential, project })
}

fn cards(conn: &mut Conn, page: Page<Credential>) -> Result<Page<CredentialCard>> {
    let ids: Vec<_> = page.items.iter().map(|credential| credential.project_id).collect();
    let found = projects::list_projects_by_id(conn, &ids)?;
    let slugs: HashMap<_, _> = found.into_iter().map(|project| (project.id, project.slug)).collect();
    Ok(page.map(|credential| {
        let project = slugs.get(&credential.project_id).cloned().unwrap_or_default();
        CredentialCard { credential, project }
    }))
}

/// The credential at this address, for whoever has it; one whose person has left is gone.
pub(in crate::features::credentials) async fn get(ctx: &Ctx, name: String) -> Result<CredentialCard> {
    ctx.store()
        .read(move |conn| {
            let found = store::find_by_name(conn, &name)?.filter(|credential| credential.jwt.is_some());
            card(conn, found.ok_or_else(|| Error::not_found("credential"))?)
        })
        .await
}

/// The caller's own, newest first.
pub(in crate::features::credentials) async fn list_mine(
    ctx: &Ctx,
    actor: &Actor,
    limit: Limit,
    after: Option<Cursor>,
) -> Result<Page<CredentialCard>> {
    let id = actor.account_id;
    ctx.store()
        .read(move |conn| {
            let page = store::list_credentials(conn, Whose::Volunteer(id), limit, after.as_ref())?;
            cards(conn, page)
        })
        .await
}

/// Those of an organization, newest first.
pub(in crate::features::credentials) async fn list_of_organization(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    limit: Limit,
    after: Option<Cursor>,
) -> Result<Page<CredentialCard>> {
    let account = actor.account_id;
    ctx.store()
        .read(move |conn| {
            let (organization, role) = organizations::load_by_slug(conn, &slug, Some(account))?;
            let organization = policy::may_list_of_organization(role).prove(organization, "organization")?;
            let whose = Whose::Organization(organization.id);
            let page = store::list_credentials(conn, whose, limit, after.as_ref())?;
            cards(conn, page)
        })
        .await
}

/// A status list, signed as of the last full five minutes, so that all who ask within them get the same.
pub(in crate::features::credentials) async fn status_list(ctx: &Ctx, number: i64) -> Result<String> {
    let set = ctx
        .store()
        .read(move |conn| {
            if !store::has_list(conn, number)? {
                return Err(Error::not_found("status list"));
            }
            store::list_ended(conn, number)
        })
        .await?;
    let signer = keys::newest(ctx).await?.ok_or_else(|| Error::not_found("status list"))?;
    let document = status_list::document(ctx.site(), number, &Bits::with(&set), since(ctx.now()))?;
    let bytes = serde_json::to_vec(&document).map_err(Error::internal)?;
    jws::sign(&signer.key, &signer.kid, (TYPE, CONTENT), &bytes)
}

fn since(now: Timestamp) -> Timestamp {
    let over = now.timestamp().rem_euclid(i64::from(CACHE_SECONDS));
    let over = TimeDelta::seconds(over) + TimeDelta::nanoseconds(i64::from(now.timestamp_subsec_nanos()));
    now - over
}
