//! Projects by what others are made of: packages, repositories, and the bills of materials of organizations.

use crate::features::projects::ProjectStatus;
use crate::infra::db::Conn;
use crate::infra::db::schema::{project_baselines, project_packages, projects, sbom_components, sboms};
use crate::kernel::{OrganizationId, ProjectId, Result};
use diesel::prelude::*;
use std::collections::{BTreeMap, HashMap};

/// So many names are asked for at a time.
const CHUNK: usize = 500;

/// Those that everybody may see. Asked of the database, this makes SQLite go through all projects for every name: it begins with
/// the status, which it takes to be rarer than it is.
fn public(rows: Vec<(String, ProjectId, ProjectStatus)>) -> impl Iterator<Item = (String, ProjectId)> {
    rows.into_iter().filter(|(_, _, status)| status.is_public()).map(|(name, id, _)| (name, id))
}

/// Which public projects publish these packages (package URLs without version).
pub fn find_projects_by_packages(conn: &mut Conn, packages: &[String]) -> Result<Vec<(String, ProjectId)>> {
    let mut found = Vec::new();
    for some in packages.chunks(CHUNK) {
        let rows: Vec<(String, ProjectId, ProjectStatus)> = project_packages::table
            .inner_join(projects::table)
            .filter(project_packages::package.eq_any(some))
            .order((project_packages::package, projects::id))
            .select((project_packages::package, projects::id, projects::status))
            .load(conn)?;
        found.extend(public(rows));
    }
    Ok(found)
}

/// Which public projects' sources are at these repositories, in their one spelling.
pub fn find_projects_by_repositories(conn: &mut Conn, keys: &[String]) -> Result<Vec<(String, ProjectId)>> {
    let mut found = Vec::new();
    for some in keys.chunks(CHUNK) {
        let rows: Vec<(String, ProjectId, ProjectStatus)> = projects::table
            .filter(projects::repository_key.eq_any(some))
            .order((projects::repository_key, projects::id))
            .select((projects::repository_key, projects::id, projects::status))
            .load(conn)?;
        found.extend(public(rows));
    }
    Ok(found)
}

/// How far a project meets the baseline of controls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BaselineFigures {
    /// The highest level that is met whole, 0 to 3.
    pub level: i16,
    /// Requirements that are met.
    pub met: i32,
    /// Requirements that apply.
    pub applicable: i32,
}

/// How far those of these projects meet the baseline of controls that were ever assessed.
pub fn list_baselines(conn: &mut Conn, ids: &[ProjectId]) -> Result<HashMap<ProjectId, BaselineFigures>> {
    use project_baselines::dsl;
    let rows: Vec<(ProjectId, i16, i32, i32)> = dsl::project_baselines
        .filter(dsl::project_id.eq_any(ids))
        .select((dsl::project_id, dsl::level, dsl::met, dsl::applicable))
        .load(conn)?;
    let figures = |(id, level, met, applicable)| (id, BaselineFigures { level, met, applicable });
    Ok(rows.into_iter().map(figures).collect())
}

/// A project, and how far its nearest use is.
pub(in crate::features::projects) type DependencyRow = (ProjectId, Option<i32>);

/// Which projects these organizations' newest bills of materials name by package or repository, and how far the nearest
/// use is: 1 for what a product needs itself, none where nothing says so. Private to each organization.
pub fn list_dependencies(
    conn: &mut Conn,
    organizations: &[OrganizationId],
) -> Result<HashMap<OrganizationId, Vec<DependencyRow>>> {
    let by_package = sbom_components::table
        .inner_join(sboms::table)
        .inner_join(project_packages::table.on(project_packages::package.nullable().eq(sbom_components::package)))
        .filter(sboms::organization_id.eq_any(organizations))
        .filter(sboms::is_ready.eq(true))
        .filter(sboms::is_current.eq(true))
        .filter(sbom_components::depth.is_null().or(sbom_components::depth.gt(0).assume_not_null()))
        .select((sboms::organization_id, project_packages::project_id, sbom_components::depth));
    let mut rows: Vec<(OrganizationId, ProjectId, Option<i32>)> = by_package.load(conn)?;
    let by_repository = sbom_components::table
        .inner_join(sboms::table)
        .inner_join(projects::table.on(projects::repository_key.nullable().eq(sbom_components::repository_key)))
        .filter(sboms::organization_id.eq_any(organizations))
        .filter(sboms::is_ready.eq(true))
        .filter(sboms::is_current.eq(true))
        .filter(sbom_components::depth.is_null().or(sbom_components::depth.gt(0).assume_not_null()))
        .select((sboms::organization_id, projects::id, sbom_components::depth));
    let more: Vec<(OrganizationId, ProjectId, Option<i32>)> = by_repository.load(conn)?;
    rows.extend(more);
    let mut nearest: BTreeMap<(OrganizationId, ProjectId), Option<i32>> = BTreeMap::new();
    for (organization, project, depth) in rows {
        let known = nearest.entry((organization, project)).or_default();
        *known = (*known).into_iter().chain(depth).min();
    }
    let mut found: HashMap<OrganizationId, Vec<DependencyRow>> = HashMap::new();
    for ((organization, project), depth) in nearest {
        found.entry(organization).or_default().push((project, depth));
    }
    Ok(found)
}
