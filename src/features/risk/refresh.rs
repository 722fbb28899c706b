//! Working the risks of all projects out, when a graph comes and once a day.

use super::graph::{rank, read, written};
use super::join::{Joined, Known, Told, join};
use super::model::{ProjectRisk, RingRow, RiskRun};
use super::store;
use crate::features::projects;
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::infra::db::sql::Json;
use crate::infra::queue::{self, NewJob};
use crate::kernel::{Error, ProjectId, Result, RiskRunId};
use chrono::TimeDelta;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The job that works everything out.
pub const REFRESH_RISK: &str = "refresh_risk";
/// What was worked out holds for so long.
const FRESH_FOR: TimeDelta = TimeDelta::days(1);
/// Figures that differ by less are the same.
const SAME: f64 = 1e-6;

/// Asks for it, unless it is asked for already.
pub(super) fn ask_in(conn: &mut Conn, ctx: &Ctx) -> Result<()> {
    let key = Some(REFRESH_RISK.to_owned());
    let job = NewJob { kind: REFRESH_RISK, payload: serde_json::json!({}), run_at: ctx.now(), unique_key: key };
    queue::enqueue(conn, ctx.ids(), ctx.now(), job)?;
    Ok(())
}

/// Asks for it where it was worked out longer than a day ago. Says whether it asked.
pub async fn ask_daily(ctx: &Ctx) -> Result<bool> {
    let inner = ctx.clone();
    ctx.store()
        .write(move |conn| {
            let last = store::last_run_at(conn)?;
            let fresh = last.is_some_and(|at| at + FRESH_FOR > inner.now());
            if !fresh {
                ask_in(conn, &inner)?;
            }
            Ok(!fresh)
        })
        .await
}

/// Everything that is known, as it was read.
struct Facts {
    known: Vec<Known>,
    risks: HashMap<ProjectId, Option<f64>>,
    packages: HashMap<String, ProjectId>,
    graphs: Vec<(String, Option<String>, String)>,
    shared: BTreeMap<(ProjectId, ProjectId), usize>,
}

fn facts(conn: &mut Conn) -> Result<Facts> {
    let listed = store::list_listed(conn)?;
    let risks = listed.iter().map(|one| (one.id, one.risk)).collect();
    let known = listed.into_iter().map(|one| Known {
        id: one.id,
        repository_key: one.repository_key,
        homepage_url: one.homepage_url,
        criticality: one.criticality,
    });
    let graphs = store::list_graphs(conn)?.into_iter().map(|row| (row.name, row.ecosystem, row.document));
    let mut by: BTreeMap<(ProjectId, ProjectId), BTreeSet<_>> = BTreeMap::new();
    for (sbom, organization) in store::list_current_sboms(conn)? {
        for edge in store::list_shared(conn, sbom)? {
            by.entry(edge).or_default().insert(organization);
        }
    }
    Ok(Facts {
        known: known.collect(),
        risks,
        packages: store::list_packages(conn)?.into_iter().collect(),
        graphs: graphs.collect(),
        shared: by.into_iter().map(|(edge, organizations)| (edge, organizations.len())).collect(),
    })
}

/// What came of it.
struct Outcome {
    rows: Vec<ProjectRisk>,
    run: RiskRun,
}

/// Works everything out, and writes what changed: the job [`REFRESH_RISK`].
pub async fn refresh(ctx: Ctx, _payload: serde_json::Value) -> Result<()> {
    let facts = ctx.store().read(facts).await?;
    let (id, inner) = (ctx.ids().make(), ctx.clone());
    let before = facts.risks.clone();
    let working = move || outcome(&facts, id, inner.now());
    let Outcome { rows, run } = tokio::task::spawn_blocking(working).await.map_err(Error::internal)??;
    let after: HashMap<ProjectId, f64> = rows.iter().map(|row| (row.project_id, row.risk)).collect();
    let changed: Vec<(ProjectId, Option<f64>)> = before
        .iter()
        .map(|(id, known)| (*id, *known, after.get(id).copied()))
        .filter(|(_, known, new)| match (known, new) {
            (Some(known), Some(new)) => (known - new).abs() > SAME,
            (known, new) => known.is_some() != new.is_some(),
        })
        .map(|(id, _, new)| (id, new))
        .collect();
    let inner = ctx.clone();
    ctx.store()
        .write(move |conn| {
            store::replace_risks(conn, &rows)?;
            for (id, risk) in &changed {
                projects::set_systemic_risk_in(conn, &inner, *id, *risk)?;
            }
            store::insert_run(conn, &run)
        })
        .await
}

fn outcome(facts: &Facts, id: RiskRunId, now: crate::kernel::Timestamp) -> Result<Outcome> {
    let read_one = |(name, ecosystem, document): &(String, Option<String>, String)| -> Result<Told> {
        let graph = read(document.as_bytes()).map_err(Error::internal)?;
        Ok(Told { name: name.clone(), ecosystem: ecosystem.clone(), graph })
    };
    let graphs = facts.graphs.iter().map(read_one).collect::<Result<Vec<_>>>()?;
    let (Joined { graph, places }, shared) = join(&facts.known, &facts.packages, &graphs, &facts.shared);
    let number = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
    let critical = graph.nodes().iter().filter(|node| node.criticality > 0.0).count();
    let mut rows = Vec::with_capacity(places.len());
    if critical > 0 {
        let by_node: HashMap<usize, (ProjectId, Option<String>)> =
            places.into_iter().map(|(id, (node, told))| (node, (id, told))).collect();
        for row in rank(&graph).ranked {
            let Some((project_id, told)) = by_node.get(&row.node) else { continue };
            let rings = row.rings.iter().map(|ring| RingRow { projects: ring.projects, criticality: ring.criticality });
            rows.push(ProjectRisk {
                project_id: *project_id,
                risk: row.risk,
                reach: row.reach,
                page_rank: row.walk,
                place: number(row.rank),
                direct_place: number(row.direct_rank),
                rings: Json(rings.collect()),
                reason: row.reason(critical),
                is_orphan: graph.nodes().get(row.node).is_some_and(|node| node.is_orphan),
                graph: told.clone(),
                run_id: id,
            });
        }
    }
    let run = RiskRun {
        id,
        nodes: number(graph.len()),
        edges: number(graph.edges().len()),
        shared_edges: number(shared),
        critical: number(critical),
        projects: number(rows.len()),
        document: written(&graph),
        created_at: now,
    };
    Ok(Outcome { rows, run })
}
