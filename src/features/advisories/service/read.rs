//! Reading advisories, as far as the caller may see them.

use crate::features::advisories::model::{Advisory, AdvisoryPackage, Exploited, Head, Prediction};
use crate::features::advisories::store::Filter;
use crate::features::advisories::weigh::{Evidence, Weighed, weigh};
use crate::features::advisories::{policy, store};
use crate::features::projects;
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{AccountId, AdvisoryId, Allowed, Caller, Error, Page, Result, Timestamp};
use std::collections::HashMap;

/// An advisory with all that is known of it here.
#[derive(Debug)]
pub struct Card {
    /// The advisory itself.
    pub advisory: Advisory,
    /// All its names, its id among them.
    pub names: Vec<String>,
    /// Its packages.
    pub packages: Vec<AdvisoryPackage>,
    pub(in crate::features::advisories) kin: Vec<Head>,
    pub(in crate::features::advisories) exploited: Option<Exploited>,
    pub(in crate::features::advisories) prediction: Option<Prediction>,
    pub(in crate::features::advisories) weighed: Weighed,
    /// Slugs of the public projects that publish its packages.
    pub projects: Vec<String>,
}

/// An advisory in a list.
#[derive(Debug)]
pub(in crate::features::advisories) struct Listed {
    pub head: Head,
    pub names: Vec<String>,
}

/// The advisory of this name; 404 when there is none or the caller may not know of it.
pub(super) fn visible(
    conn: &mut Conn,
    name: &str,
    caller: Option<AccountId>,
    now: Timestamp,
) -> Result<Allowed<Advisory>> {
    let found = store::find_by_name(conn, name)?.ok_or_else(|| Error::not_found("advisory"))?;
    let embargoed = policy::is_embargoed(found.embargo_until, now);
    policy::may_see(embargoed, found.created_by, caller).prove(found, "advisory")
}

/// Looks up all that is known of an advisory.
pub fn card_of(conn: &mut Conn, advisory: Advisory, now: Timestamp) -> Result<Card> {
    let names = store::list_names(conn, &[advisory.id])?.remove(&advisory.id).unwrap_or_default();
    let mut kin = store::list_kin(conn, advisory.id, &names)?;
    kin.retain(|other| !policy::is_embargoed(other.embargo_until, now));
    let exploited = store::find_exploited(conn, &names)?;
    let prediction = store::find_prediction(conn, &names)?;
    let ids = store::list_project_ids(conn, advisory.id)?;
    let mut projects = projects::list_projects_by_id(conn, &ids)?;
    projects.retain(|project| project.status.is_public());
    projects.sort_by(|one, other| one.slug.cmp(&other.slug));
    let evidence = Evidence {
        exploited_since: exploited.as_ref().map(|entry| entry.added_on.to_string()),
        public_poc: advisory.record.0.references.iter().any(|reference| reference.kind == "EVIDENCE"),
        vector: advisory.vector.as_deref(),
        tier: projects.iter().filter_map(|project| project.criticality_tier).min(),
        judgment: advisory.judgment.as_ref().map(|judgment| &judgment.0),
    };
    let weighed = weigh(&evidence);
    let packages = store::list_packages(conn, advisory.id)?;
    let projects = projects.into_iter().map(|project| project.slug).collect();
    Ok(Card { names, packages, kin, exploited, prediction, weighed, projects, advisory })
}

/// The packages of an advisory, as records and as bills of materials name them.
pub fn packages_of(conn: &mut Conn, id: AdvisoryId) -> Result<Vec<AdvisoryPackage>> {
    store::list_packages(conn, id)
}

/// One advisory.
pub(in crate::features::advisories) async fn get(ctx: &Ctx, caller: &Caller, name: String) -> Result<Card> {
    let (caller, now) = (caller.account_id(), ctx.now());
    ctx.store()
        .read(move |conn| {
            let advisory = visible(conn, &name, caller, now)?.into_inner();
            card_of(conn, advisory, now)
        })
        .await
}

fn listed(conn: &mut Conn, filter: &Filter) -> Result<Page<Listed>> {
    let page = store::list_advisories(conn, filter)?;
    let ids: Vec<AdvisoryId> = page.items.iter().map(|head| head.id).collect();
    let mut names: HashMap<AdvisoryId, Vec<String>> = store::list_names(conn, &ids)?;
    Ok(page.map(|head| Listed { names: names.remove(&head.id).unwrap_or_default(), head }))
}

/// Advisories that the caller may see.
pub(in crate::features::advisories) async fn list(ctx: &Ctx, filter: Filter) -> Result<Page<Listed>> {
    ctx.store().read(move |conn| listed(conn, &filter)).await
}

/// The advisories about a project's packages.
pub(in crate::features::advisories) async fn of_project(
    ctx: &Ctx,
    caller: &Caller,
    slug: String,
    mut filter: Filter,
) -> Result<Page<Listed>> {
    let actor = caller.actor.clone();
    ctx.store()
        .read(move |conn| {
            let (project, _) = projects::find_visible(conn, actor.as_ref(), &slug)?;
            filter.project = Some(project.id);
            listed(conn, &filter)
        })
        .await
}
