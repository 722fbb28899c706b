//! Rows of graphs, and of what was worked out from them.

use crate::infra::db::schema::{dependency_graphs, project_risks, risk_runs};
use crate::infra::db::sql::Json;
use crate::kernel::{AccountId, GraphId, ProjectId, RiskRunId, Timestamp};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// A graph, as it was imported, in its one form.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = dependency_graphs, treat_none_as_default_value = false)]
pub(super) struct DependencyGraph {
    pub id: GraphId,
    /// What it is a graph of, such as `debian`.
    pub name: String,
    /// Type and namespace of the package URLs that its names stand for, such as `deb/debian`.
    pub ecosystem: Option<String>,
    /// SHA-256 of the document.
    pub digest: String,
    pub nodes: i32,
    pub edges: i32,
    pub document: String,
    pub imported_by: Option<AccountId>,
    pub is_current: bool,
    pub created_at: Timestamp,
}

/// Those who depend on a project at one distance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct RingRow {
    pub projects: u32,
    pub criticality: f64,
}

/// What was worked out for a project.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = project_risks, treat_none_as_default_value = false)]
pub(super) struct ProjectRisk {
    pub project_id: ProjectId,
    pub risk: f64,
    pub reach: f64,
    pub page_rank: f64,
    /// Its place among all nodes, from 1.
    pub place: i32,
    pub direct_place: i32,
    /// By distance from 0.
    pub rings: Json<Vec<RingRow>>,
    pub reason: String,
    /// Whether a graph says that nobody looks after it.
    pub is_orphan: bool,
    /// The graph in which it stands; none where it is known from bills of materials alone.
    pub graph: Option<String>,
    pub run_id: RiskRunId,
}

/// One time that everything was worked out.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = risk_runs, treat_none_as_default_value = false)]
pub(super) struct RiskRun {
    pub id: RiskRunId,
    pub nodes: i32,
    pub edges: i32,
    /// Dependencies between listed projects that bills of materials of enough organizations show.
    pub shared_edges: i32,
    /// Nodes of the critical set.
    pub critical: i32,
    pub projects: i32,
    /// The graph of everything, in its one form; empty once a later run has taken its place.
    pub document: String,
    pub created_at: Timestamp,
}
