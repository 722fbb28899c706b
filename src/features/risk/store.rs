//! All queries on graphs and risks.

use super::model::{DependencyGraph, ProjectRisk, RiskRun};
use crate::features::projects::ProjectStatus;
use crate::infra::db::schema::{
    dependency_graphs, project_packages, project_risks, projects, risk_runs, sbom_components, sbom_dependencies, sboms,
};
use crate::infra::db::{Conn, each};
use crate::kernel::{OrganizationId, ProjectId, Result, SbomId, Timestamp};
use diesel::prelude::*;
use std::collections::HashMap;

/// So many rows go into one statement, and so many names are asked for at a time.
const CHUNK: usize = 500;

pub(super) fn find_graph(conn: &mut Conn, name: &str) -> Result<Option<DependencyGraph>> {
    Ok(dependency_graphs::table
        .filter(dependency_graphs::name.eq(name))
        .filter(dependency_graphs::is_current.eq(true))
        .select(DependencyGraph::as_select())
        .first(conn)
        .optional()?)
}

/// Puts this graph in place of the newest of its name; the document of the one before is let go.
pub(super) fn supersede_graph(conn: &mut Conn, row: &DependencyGraph) -> Result<()> {
    let before = dependency_graphs::table.filter(dependency_graphs::name.eq(&row.name));
    diesel::update(before)
        .set((dependency_graphs::is_current.eq(false), dependency_graphs::document.eq("")))
        .execute(conn)?;
    diesel::insert_into(dependency_graphs::table).values(row).execute(conn)?;
    Ok(())
}

/// The newest graph of each name.
pub(super) fn list_graphs(conn: &mut Conn) -> Result<Vec<DependencyGraph>> {
    Ok(dependency_graphs::table
        .filter(dependency_graphs::is_current.eq(true))
        .order(dependency_graphs::name)
        .select(DependencyGraph::as_select())
        .load(conn)?)
}

/// A public project, as far as graphs care.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Listed {
    pub id: ProjectId,
    pub repository_key: String,
    pub homepage_url: Option<String>,
    pub criticality: Option<f64>,
    pub risk: Option<f64>,
}

pub(super) fn list_listed(conn: &mut Conn) -> Result<Vec<Listed>> {
    Ok(projects::table
        .filter(projects::status.eq_any(ProjectStatus::PUBLIC))
        .order(projects::id)
        .select((
            projects::id,
            projects::repository_key,
            projects::homepage_url,
            projects::criticality_score,
            projects::systemic_risk,
        ))
        .load(conn)?)
}

/// Packages of public projects.
pub(super) fn list_packages(conn: &mut Conn) -> Result<Vec<(String, ProjectId)>> {
    Ok(project_packages::table
        .inner_join(projects::table)
        .filter(projects::status.eq_any(ProjectStatus::PUBLIC))
        .order((project_packages::package, project_packages::project_id))
        .select((project_packages::package, project_packages::project_id))
        .load(conn)?)
}

/// The newest bills of materials of all organizations.
pub(super) fn list_current_sboms(conn: &mut Conn) -> Result<Vec<(SbomId, OrganizationId)>> {
    Ok(sboms::table
        .filter(sboms::is_ready.eq(true))
        .filter(sboms::is_current.eq(true))
        .order(sboms::id)
        .select((sboms::id, sboms::organization_id))
        .load(conn)?)
}

/// Which listed projects depend on which others directly, by one bill of materials.
pub(super) fn list_shared(conn: &mut Conn, sbom: SbomId) -> Result<Vec<(ProjectId, ProjectId)>> {
    let by_package: Vec<(i32, ProjectId)> = sbom_components::table
        .inner_join(project_packages::table.on(project_packages::package.nullable().eq(sbom_components::package)))
        .filter(sbom_components::sbom_id.eq(sbom))
        .select((sbom_components::position, project_packages::project_id))
        .load(conn)?;
    let by_repository: Vec<(i32, ProjectId)> = sbom_components::table
        .inner_join(projects::table.on(projects::repository_key.nullable().eq(sbom_components::repository_key)))
        .filter(sbom_components::sbom_id.eq(sbom))
        .select((sbom_components::position, projects::id))
        .load(conn)?;
    let mut listed: HashMap<i32, ProjectId> = by_repository.into_iter().collect();
    listed.extend(by_package);
    let positions: Vec<i32> = listed.keys().copied().collect();
    let mut found = Vec::new();
    for some in positions.chunks(CHUNK) {
        let rows: Vec<(i32, i32)> = sbom_dependencies::table
            .filter(sbom_dependencies::sbom_id.eq(sbom))
            .filter(sbom_dependencies::needing.eq_any(some))
            .select((sbom_dependencies::needing, sbom_dependencies::needed))
            .load(conn)?;
        found.extend(rows.iter().filter_map(|(needing, needed)| Some((*listed.get(needing)?, *listed.get(needed)?))));
    }
    Ok(found)
}

pub(super) fn insert_run(conn: &mut Conn, row: &RiskRun) -> Result<()> {
    diesel::update(risk_runs::table.filter(risk_runs::document.ne("")))
        .set(risk_runs::document.eq(""))
        .execute(conn)?;
    diesel::insert_into(risk_runs::table).values(row).execute(conn)?;
    Ok(())
}

/// When everything was worked out last.
pub(super) fn last_run_at(conn: &mut Conn) -> Result<Option<Timestamp>> {
    Ok(risk_runs::table.order(risk_runs::id.desc()).select(risk_runs::created_at).first(conn).optional()?)
}

pub(super) fn find_last_run(conn: &mut Conn) -> Result<Option<RiskRun>> {
    Ok(risk_runs::table.order(risk_runs::id.desc()).select(RiskRun::as_select()).first(conn).optional()?)
}

/// Puts these in place of everything that was known.
pub(super) fn replace_risks(conn: &mut Conn, rows: &[ProjectRisk]) -> Result<()> {
    diesel::delete(project_risks::table).execute(conn)?;
    for some in rows.chunks(CHUNK) {
        each!(conn, c => diesel::insert_into(project_risks::table).values(some).execute(c))?;
    }
    Ok(())
}

pub(super) fn find_risk(conn: &mut Conn, id: ProjectId) -> Result<Option<ProjectRisk>> {
    Ok(project_risks::table.find(id).select(ProjectRisk::as_select()).first(conn).optional()?)
}

/// When everything was worked out last, and over how many nodes.
pub(super) fn find_run_figures(conn: &mut Conn) -> Result<Option<(Timestamp, i32)>> {
    let newest = risk_runs::table.order(risk_runs::id.desc());
    Ok(newest.select((risk_runs::created_at, risk_runs::nodes)).first(conn).optional()?)
}
