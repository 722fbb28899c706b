//! Who is affected: components of the newest bills of materials, found by package in the database, their versions compared here.

use crate::features::advisories::model::{Advisory, SeverityLevel};
use crate::features::advisories::osv::{OsvIndex, PackageKey};
use crate::features::advisories::policy;
use crate::features::advisories::service::read::visible;
use crate::features::advisories::store::{self, Joined};
use crate::features::organizations::{self};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{Actor, AdvisoryId, OrganizationId, PlatformRole, Purl, Result, SbomId, Timestamp, words};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

words! {
    /// How sure it is that a component is affected.
    Certainty {
        /// Its version could not be compared: the order of its ecosystem's versions is not known here, it has no version, or
        /// the record can't be read.
        Unknown = "unknown",
        /// Its version is in the record's ranges, or listed.
        Affected = "affected",
    }
}

/// An organization that is affected by an advisory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposed {
    /// The organization.
    pub organization_id: OrganizationId,
    /// Its slug.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// In how many of its products.
    pub products: usize,
    /// The surest of them.
    pub certainty: Certainty,
}

/// A component of one's own that an advisory is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ExposedComponent {
    /// The product.
    pub product: String,
    /// The component's name.
    pub name: String,
    /// Its version, as written.
    pub version: Option<String>,
    /// Its package URL.
    pub purl: Option<String>,
    /// How far from the product.
    pub depth: Option<i32>,
    /// How sure it is.
    pub certainty: Certainty,
}

/// An advisory, and which of one's own components it is about.
#[derive(Debug)]
pub struct Affected {
    /// The advisory.
    pub advisory: Advisory,
    /// All its names.
    pub names: Vec<String>,
    /// Whether it is known to be exploited.
    pub exploited: bool,
    /// The components, each once.
    pub components: BTreeSet<ExposedComponent>,
}

impl Affected {
    /// By what a list of them is ordered: the most severe first, then by id.
    pub(in crate::features::advisories) fn rank(&self) -> String {
        let word = match self.advisory.severity {
            Some(SeverityLevel::Critical) => 90.0,
            Some(SeverityLevel::High) => 70.0,
            Some(SeverityLevel::Medium) => 40.0,
            Some(SeverityLevel::Low) => 10.0,
            Some(SeverityLevel::None) | None => 0.0,
        };
        let tenths = self.advisory.base_score.map_or(word, |score| score * 10.0);
        format!("{:03.0}|{}", 100.0 - tenths, self.advisory.osv_id)
    }
}

/// One advisory, ready to be compared with components.
struct Judge {
    index: OsvIndex,
    known: HashMap<(Option<String>, Option<String>), Option<Certainty>>,
}

impl Judge {
    fn new(advisory: &Advisory) -> Self {
        let mut index = OsvIndex::default();
        index.insert(advisory.record.0.clone());
        Self { index, known: HashMap::new() }
    }

    /// Whether a component with this package URL and version is affected; `None` where it is not.
    fn judge(&mut self, purl: Option<&str>, version: Option<&str>) -> Option<Certainty> {
        let key = (purl.map(str::to_owned), version.map(str::to_owned));
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let verdict = self.compare(purl, version);
        self.known.insert(key, verdict);
        verdict
    }

    fn compare(&self, purl: Option<&str>, version: Option<&str>) -> Option<Certainty> {
        let unknown = Some(Certainty::Unknown);
        let Some(mut purl) = purl.and_then(|text| Purl::read_leniently(text).ok()) else { return unknown };
        if PackageKey::of_purl(&purl).is_none() {
            return unknown;
        }
        if purl.version().is_none() {
            let mut parts = purl.into_parts();
            parts.version = version.map(str::to_owned);
            let Ok(whole) = Purl::build(parts) else { return unknown };
            purl = whole;
        }
        match self.index.affecting(&purl) {
            Ok(answer) if !answer.ids.is_empty() => Some(Certainty::Affected),
            Ok(answer) if answer.exact_only.is_empty() && answer.unreadable.is_empty() => None,
            Ok(_) | Err(_) => unknown,
        }
    }
}

/// Every organization with a component that the advisory is about and may affect, by slug.
pub fn exposed_organizations(conn: &mut Conn, advisory: &Advisory) -> Result<Vec<Exposed>> {
    if advisory.withdrawn.is_some() {
        return Ok(Vec::new());
    }
    let packages: BTreeSet<String> =
        store::list_packages(conn, advisory.id)?.into_iter().filter_map(|row| row.package).collect();
    let packages: Vec<String> = packages.into_iter().collect();
    let mut judge = Judge::new(advisory);
    let mut products: HashMap<OrganizationId, HashSet<SbomId>> = HashMap::new();
    let mut found: BTreeMap<String, Exposed> = BTreeMap::new();
    for row in store::list_found(conn, &packages)? {
        let Some(certainty) = judge.judge(row.purl.as_deref(), row.version.as_deref()) else { continue };
        let sboms = products.entry(row.organization_id).or_default();
        sboms.insert(row.sbom_id);
        let entry = found.entry(row.slug.clone()).or_insert_with(|| Exposed {
            organization_id: row.organization_id,
            slug: row.slug,
            name: row.organization,
            products: 0,
            certainty,
        });
        entry.products = sboms.len();
        entry.certainty = entry.certainty.max(certainty);
    }
    Ok(found.into_values().collect())
}

/// Which organizations an advisory affects, for coordinators.
pub(in crate::features::advisories) async fn exposed(ctx: &Ctx, actor: &Actor, name: String) -> Result<Vec<Exposed>> {
    policy::may_see_exposed(actor.has(PlatformRole::Coordinator)).prove((), "advisory")?;
    let (caller, now) = (actor.account_id, ctx.now());
    ctx.store()
        .read(move |conn| {
            let advisory = visible(conn, &name, Some(caller), now)?.into_inner();
            exposed_organizations(conn, &advisory)
        })
        .await
}

/// Which advisories in force are about components of the organization's products, the most severe first.
pub fn affected_in(conn: &mut Conn, organization: OrganizationId, now: Timestamp) -> Result<Vec<Affected>> {
    let joined = store::list_joined(conn, organization, now)?;
    let ids: BTreeSet<AdvisoryId> = joined.iter().map(|row| row.advisory_id).collect();
    let ids: Vec<AdvisoryId> = ids.into_iter().collect();
    let advisories = store::list_advisories_by_id(conn, &ids)?;
    let mut components = compare(joined, &advisories);
    components.retain(|_, found| !found.is_empty());
    let hit: Vec<AdvisoryId> = components.keys().copied().collect();
    let mut names = store::list_names(conn, &hit)?;
    let exploited: HashSet<String> = store::list_exploited(conn)?.into_iter().map(|row| row.cve).collect();
    let mut all = Vec::with_capacity(components.len());
    for (id, advisory) in advisories {
        let Some(components) = components.remove(&id) else { continue };
        let names = names.remove(&id).unwrap_or_default();
        let exploited = names.iter().any(|name| exploited.contains(name));
        all.push(Affected { advisory, names, exploited, components });
    }
    all.sort_by_cached_key(Affected::rank);
    Ok(all)
}

fn compare(
    joined: Vec<Joined>,
    advisories: &BTreeMap<AdvisoryId, Advisory>,
) -> BTreeMap<AdvisoryId, BTreeSet<ExposedComponent>> {
    let mut judges: HashMap<AdvisoryId, Judge> = HashMap::new();
    let mut found: BTreeMap<AdvisoryId, BTreeSet<ExposedComponent>> = BTreeMap::new();
    for row in joined {
        let Some(advisory) = advisories.get(&row.advisory_id) else { continue };
        let judge = judges.entry(row.advisory_id).or_insert_with(|| Judge::new(advisory));
        let Some(certainty) = judge.judge(row.purl.as_deref(), row.version.as_deref()) else { continue };
        found.entry(row.advisory_id).or_default().insert(ExposedComponent {
            product: row.product,
            name: row.name,
            version: row.version,
            purl: row.purl,
            depth: row.depth,
            certainty,
        });
    }
    found
}

/// What an organization's own products are affected by, for those who run it.
pub(in crate::features::advisories) async fn own(ctx: &Ctx, actor: &Actor, slug: String) -> Result<Vec<Affected>> {
    let (caller, now) = (actor.account_id, ctx.now());
    ctx.store()
        .read(move |conn| {
            let (organization, role) = organizations::load_by_slug(conn, &slug, Some(caller))?;
            let organization = policy::may_see_own(role).prove(organization, "organization")?;
            affected_in(conn, organization.id, now)
        })
        .await
}
