//! Bills of materials inverted: from packages to the components that name them. What versions are affected is for the caller
//! to evaluate; here packages are found by their names, over an index.

use super::CHUNK;
use crate::infra::db::Conn;
use crate::infra::db::schema::{advisories, advisory_packages, organizations, sbom_components, sboms};
use crate::kernel::{AdvisoryId, OrganizationId, Result, SbomId, Timestamp};
use diesel::prelude::*;

/// A component of somebody's product.
#[derive(Debug, Clone, Queryable)]
pub(in crate::features::advisories) struct Found {
    pub organization_id: OrganizationId,
    pub slug: String,
    pub organization: String,
    pub sbom_id: SbomId,
    pub version: Option<String>,
    pub purl: Option<String>,
}

/// The components of all organizations' newest bills of materials that are one of these packages.
pub(in crate::features::advisories) fn list_found(conn: &mut Conn, packages: &[String]) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    for some in packages.chunks(CHUNK) {
        let rows: Vec<Found> = sbom_components::table
            .inner_join(sboms::table)
            .inner_join(organizations::table.on(organizations::id.eq(sboms::organization_id)))
            .filter(sbom_components::package.eq_any(some))
            .filter(sboms::is_ready.eq(true))
            .filter(sboms::is_current.eq(true))
            .select((
                organizations::id,
                organizations::slug,
                organizations::name,
                sboms::id,
                sbom_components::version,
                sbom_components::purl,
            ))
            .load(conn)?;
        found.extend(rows);
    }
    Ok(found)
}

/// A component of one's own, with an advisory that is about its package.
#[derive(Debug, Clone, Queryable)]
pub(in crate::features::advisories) struct Joined {
    pub advisory_id: AdvisoryId,
    pub product: String,
    pub name: String,
    pub version: Option<String>,
    pub purl: Option<String>,
    pub depth: Option<i32>,
}

/// Every pair of an advisory in force and a component of the organization's newest bills of materials that share a package.
pub(in crate::features::advisories) fn list_joined(
    conn: &mut Conn,
    organization: OrganizationId,
    now: Timestamp,
) -> Result<Vec<Joined>> {
    Ok(sbom_components::table
        .inner_join(sboms::table)
        .inner_join(advisory_packages::table.on(advisory_packages::package.eq(sbom_components::package)))
        .inner_join(advisories::table.on(advisories::id.eq(advisory_packages::advisory_id)))
        .filter(sboms::organization_id.eq(organization))
        .filter(sboms::is_ready.eq(true))
        .filter(sboms::is_current.eq(true))
        .filter(advisories::withdrawn.is_null())
        .filter(advisories::embargo_until.is_null().or(advisories::embargo_until.le(now).assume_not_null()))
        .order((advisories::id, sboms::product_folded, sbom_components::position))
        .select((
            advisories::id,
            sboms::product,
            sbom_components::name,
            sbom_components::version,
            sbom_components::purl,
            sbom_components::depth,
        ))
        .load(conn)?)
}
