//! What an organization's products depend on, as far as it is listed here, which advisories affect it, and where a pledge would
//! help most.

mod export;
mod priority;
mod routes;

pub(super) use routes::configure;

use super::model::SeverityLevel;
use super::policy;
use super::service::{Certainty, affected_in};
use crate::features::organizations;
use crate::features::projects::{self, Project};
use crate::features::sboms::{self, Sbom, SbomComponent};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{Actor, Decision, OrganizationId, ProjectId, Result, SbomId, Timestamp};
use priority::{Facts, Priority};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// So many projects are asked for at a time.
const CHUNK: usize = 500;

/// A listed project that products depend on.
#[derive(Debug)]
struct Exposed {
    project: Project,
    by_package: bool,
    depth: Option<i32>,
    products: BTreeSet<String>,
    versions: BTreeSet<String>,
    /// None before its first assessment.
    baseline_level: Option<i16>,
    open_needs: i64,
    maintainers: usize,
    /// None for those who may not see them.
    advisories: Option<BTreeSet<Concern>>,
    priority: Priority,
}

/// An advisory that affects a version in use.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Concern {
    id: String,
    severity: Option<SeverityLevel>,
    certainty: Certainty,
}

/// Advisories by the components that they are about: package URL and version.
type Concerns = HashMap<(Option<String>, Option<String>), BTreeSet<Concern>>;

/// All of it, what helps most first.
#[derive(Debug)]
struct Exposure {
    organization: String,
    as_of: Timestamp,
    products: usize,
    components: usize,
    traced: usize,
    projects: Vec<Exposed>,
}

#[derive(Default)]
struct Use {
    by_package: bool,
    depth: Option<i32>,
    products: BTreeSet<String>,
    versions: BTreeSet<String>,
    concerns: BTreeSet<Concern>,
}

fn nearer(one: Option<i32>, other: Option<i32>) -> Option<i32> {
    one.into_iter().chain(other).min()
}

/// The exposure of an organization, for its own people.
async fn exposure(ctx: &Ctx, actor: &Actor, slug: String) -> Result<Exposure> {
    let (actor, as_of) = (actor.clone(), ctx.now());
    ctx.store()
        .read(move |conn| {
            let organization = sboms::organization_seen(conn, &slug, &actor)?;
            let concerns = concerns(conn, organization.id, &actor, as_of)?;
            let sboms = sboms::list_current(conn, organization.id)?;
            let ids: Vec<SbomId> = sboms.iter().map(|sbom| sbom.id).collect();
            let components = sboms::list_traceable(conn, &ids)?;
            let (uses, traced) = uses(conn, &sboms, &components, concerns.as_ref())?;
            let products: BTreeSet<&str> = sboms.iter().map(|sbom| sbom.product_folded.as_str()).collect();
            let all = sboms.iter().filter_map(|sbom| usize::try_from(sbom.components).ok()).sum();
            let projects = exposed(conn, uses, products.len(), concerns.is_some())?;
            let products = products.len();
            Ok(Exposure { organization: organization.name, as_of, products, components: all, traced, projects })
        })
        .await
}

/// Which advisories affect what, for those who may see that.
fn concerns(conn: &mut Conn, organization: OrganizationId, actor: &Actor, now: Timestamp) -> Result<Option<Concerns>> {
    let role = organizations::role_in(conn, organization, actor.account_id)?;
    if policy::may_see_own(role) != Decision::Allow {
        return Ok(None);
    }
    let mut found = Concerns::new();
    for affected in affected_in(conn, organization, now)? {
        for component in affected.components {
            let (id, severity) = (affected.advisory.osv_id.clone(), affected.advisory.severity);
            let concern = Concern { id, severity, certainty: component.certainty };
            found.entry((component.purl, component.version)).or_default().insert(concern);
        }
    }
    Ok(Some(found))
}

/// Which projects are used how, and how many components were traced to one.
fn uses(
    conn: &mut Conn,
    sboms: &[Sbom],
    components: &[SbomComponent],
    concerns: Option<&Concerns>,
) -> Result<(BTreeMap<ProjectId, Use>, usize)> {
    let names: HashMap<SbomId, &str> = sboms.iter().map(|sbom| (sbom.id, sbom.product.as_str())).collect();
    let unique = |field: fn(&SbomComponent) -> Option<&String>| -> Vec<String> {
        components.iter().filter_map(field).collect::<BTreeSet<_>>().into_iter().cloned().collect()
    };
    let packages = projects::find_projects_by_packages(conn, &unique(|row| row.package.as_ref()))?;
    let repositories = projects::find_projects_by_repositories(conn, &unique(|row| row.repository_key.as_ref()))?;
    let packages: HashMap<String, ProjectId> = packages.into_iter().collect();
    let repositories: HashMap<String, ProjectId> = repositories.into_iter().collect();
    let (mut uses, mut traced): (BTreeMap<ProjectId, Use>, usize) = (BTreeMap::new(), 0);
    for component in components {
        let by_package = component.package.as_ref().and_then(|package| packages.get(package));
        let by_repository = || component.repository_key.as_ref().and_then(|key| repositories.get(key));
        let Some(project) = by_package.or_else(by_repository) else { continue };
        traced += 1;
        let entry = uses.entry(*project).or_default();
        entry.by_package |= by_package.is_some();
        entry.depth = nearer(entry.depth, component.depth);
        entry.products.extend(names.get(&component.sbom_id).map(|name| (*name).to_owned()));
        entry.versions.extend(component.version.clone());
        let key = (component.purl.clone(), component.version.clone());
        entry.concerns.extend(concerns.and_then(|all| all.get(&key)).into_iter().flatten().cloned());
    }
    Ok((uses, traced))
}

fn exposed(
    conn: &mut Conn,
    mut uses: BTreeMap<ProjectId, Use>,
    products: usize,
    sees_advisories: bool,
) -> Result<Vec<Exposed>> {
    let ids: Vec<ProjectId> = uses.keys().copied().collect();
    let mut found = Vec::with_capacity(ids.len());
    for some in ids.chunks(CHUNK) {
        let open = projects::count_open_needs(conn, some)?;
        let people = projects::list_maintainer_ids(conn, some)?;
        let baselines = projects::list_baselines(conn, some)?;
        for project in projects::list_projects_by_id(conn, some)? {
            let Some(usage) = uses.remove(&project.id) else { continue };
            let open_needs = open.get(&project.id).copied().unwrap_or(0);
            let maintainers = people.get(&project.id).map_or(0, Vec::len);
            let facts = Facts {
                criticality: project.criticality_score,
                systemic_risk: project.systemic_risk,
                is_direct: usage.depth == Some(1),
                products: usage.products.len(),
                all_products: products,
                open_needs,
                maintainers,
            };
            found.push(Exposed {
                priority: priority::of(&facts),
                baseline_level: baselines.get(&project.id).map(|figures| figures.level),
                project,
                by_package: usage.by_package,
                depth: usage.depth,
                products: usage.products,
                versions: usage.versions,
                advisories: sees_advisories.then_some(usage.concerns),
                open_needs,
                maintainers,
            });
        }
    }
    found.sort_by(|one, other| {
        let by_score = other.priority.score().total_cmp(&one.priority.score());
        by_score.then_with(|| one.project.slug.cmp(&other.project.slug))
    });
    Ok(found)
}
