//! Where a project can be funded, in its own words or from its files.

use super::By;
use crate::features::accounts::policy::require_verified;
use crate::features::audit;
use crate::features::projects::funding::{self, FundingFile, Link, MOST_LINKS};
use crate::features::projects::policy::may_maintain;
use crate::features::projects::{PROJECT_CHANGED, find_visible, lock_visible, store};
use crate::infra::Ctx;
use crate::infra::db::feed;
use crate::kernel::{Actor, Caller, Check, Result};

/// Where a project can be funded: platform and address.
pub(in crate::features::projects) async fn get_funding(
    ctx: &Ctx,
    caller: &Caller,
    slug: String,
) -> Result<Vec<(String, String)>> {
    let actor = caller.actor.clone();
    ctx.store()
        .read(move |conn| {
            let (project, _) = find_visible(conn, actor.as_ref(), &slug)?;
            Ok(store::list_funding_links(conn, &[project.id])?.remove(&project.id).unwrap_or_default())
        })
        .await
}

/// What a project says of where it can be funded.
#[derive(Debug)]
pub(in crate::features::projects) enum FundingInput {
    /// Addresses.
    Urls(Vec<String>),
    /// A file of its own.
    File(FundingFile, Vec<u8>),
}

fn check(input: &FundingInput) -> Result<Vec<Link>> {
    match input {
        FundingInput::File(file, bytes) => funding::read(*file, bytes),
        FundingInput::Urls(urls) => {
            let mut check = Check::default();
            let links = check.each("/links", urls, MOST_LINKS, |url| funding::link(None, url));
            check.done()?;
            let mut kept: Vec<Link> = Vec::new();
            for link in links? {
                if !kept.iter().any(|known| known.url == link.url) {
                    kept.push(link);
                }
            }
            Ok(kept)
        }
    }
}

/// Puts these links in place of those that are there.
pub(in crate::features::projects) async fn put_funding(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    input: FundingInput,
) -> Result<Vec<(String, String)>> {
    let links = check(&input)?;
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let (project, standing) = lock_visible(conn, &actor, &slug)?;
            let project = may_maintain(&standing).prove(project, "project")?;
            require_verified(&actor)?;
            store::replace_funding_links(conn, &project, &links)?;
            let by = By { account: Some(actor.account_id), request_id: &actor.request_id };
            let change = audit::Change {
                machine: "project_funding",
                entity: project.id.into(),
                actor: by.account,
                from: None,
                to: "changed",
                reason: None,
                request_id: by.request_id,
            };
            audit::record(conn, &inner, change)?;
            feed::note(conn, inner.ids(), PROJECT_CHANGED, project.id)?;
            Ok(store::list_funding_links(conn, &[project.id])?.remove(&project.id).unwrap_or_default())
        })
        .await
}
