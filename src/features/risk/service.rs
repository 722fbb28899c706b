//! What is known of a project's risk, and what a planned integration would change.

use super::fragility::{Facts, Fragility, Known, fragility, level_wanted, need_for_help};
use super::graph::{changes, read};
use super::model::{ProjectRisk, RiskRun};
use super::problems::NOT_KNOWN;
use super::store;
use crate::features::advisories;
use crate::features::baseline::{self, Distance};
use crate::features::projects::{self, Project, Scorecard, StatementKind};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::problems::NOT_FOUND;
use crate::kernel::{Actor, Caller, Check, Error, ProjectId, Result, Timestamp};
use std::collections::HashMap;

/// What is known of a project.
#[derive(Debug)]
pub(super) struct RiskCard {
    pub risk: Option<ProjectRisk>,
    /// When everything was worked out last, and over how many nodes.
    pub run: Option<(Timestamp, i32)>,
    pub fragility: Fragility,
    pub need_for_help: Option<f64>,
    /// The level of the baseline that it should have, and how far that is.
    pub assurance: Option<(i16, Distance)>,
}

/// What is known of a project's risk.
pub(super) async fn get(ctx: &Ctx, caller: &Caller, slug: String) -> Result<RiskCard> {
    let (actor, now) = (caller.actor.clone(), ctx.now());
    ctx.store()
        .read(move |conn| {
            let (project, _) = projects::find_visible(conn, actor.as_ref(), &slug)?;
            card(conn, &project, now)
        })
        .await
}

fn card(conn: &mut Conn, project: &Project, now: Timestamp) -> Result<RiskCard> {
    let risk = store::find_risk(conn, project.id)?;
    let run = store::find_run_figures(conn)?;
    let facts = facts(conn, project, risk.as_ref(), run.map_or(now, |(at, _)| at), now)?;
    let fragility = fragility(&facts);
    let value = risk.as_ref().map(|row| row.risk);
    let assurance = match value.map(level_wanted) {
        Some(level) => Some((level, baseline::distance(conn, project.id, level)?)),
        None => None,
    };
    Ok(RiskCard { need_for_help: need_for_help(value, &fragility), risk, run, fragility, assurance })
}

fn facts(
    conn: &mut Conn,
    project: &Project,
    risk: Option<&ProjectRisk>,
    told_at: Timestamp,
    now: Timestamp,
) -> Result<Facts> {
    let people = projects::list_maintainers(conn, project.id)?;
    let verified = people.iter().filter(|row| row.verified_at.is_some()).count();
    // Whoever is not verified may be nobody, so a project without anybody verified is not known to be alone.
    let maintainers = (verified > 0).then(|| Known {
        value: u32::try_from(verified).unwrap_or(u32::MAX),
        source: "listing".to_owned(),
        as_of: Some(now),
    });
    let orphaned = risk.filter(|row| row.is_orphan).map(|row| Known {
        value: true,
        source: row.graph.clone().unwrap_or_default(),
        as_of: Some(told_at),
    });
    let scorecard = projects::find_current_statement(conn, project.id, StatementKind::Scorecard)?;
    let maintained = scorecard.and_then(|row| {
        let facts: Scorecard = serde_json::from_value(row.facts.0).ok()?;
        Some(Known { value: facts.check("Maintained")?, source: "scorecard".to_owned(), as_of: Some(row.as_of) })
    });
    let open_advisories = advisories::count_open(conn, project.id, now)?.map(|(value, as_of)| Known {
        value,
        source: "advisories".to_owned(),
        as_of: Some(as_of),
    });
    Ok(Facts { maintainers, orphaned, maintained, open_advisories })
}

/// A listed project whose reach would be another.
#[derive(Debug)]
pub(super) struct PlannedCard {
    pub slug: String,
    pub name: String,
    pub reach: f64,
    pub planned_reach: f64,
    pub risk: f64,
    pub planned_risk: f64,
}

/// Projects that are told of a plan, those that would rise most.
const MOST_SHOWN: usize = 50;
/// Projects that one plan may name.
const MOST_NEEDS: usize = 20;

/// What would change if the project came to depend on these others.
pub(super) async fn planned(ctx: &Ctx, actor: &Actor, slug: String, needs: Vec<String>) -> Result<Vec<PlannedCard>> {
    let mut check = Check::default();
    let many = needs.len();
    check.require(many > 0, "?needs", "missing", "Name at least one project that it would come to depend on.");
    check.require(
        many <= MOST_NEEDS,
        "?needs",
        "too_many",
        format!("At most {MOST_NEEDS} projects are allowed; {many} were sent."),
    );
    check.done()?;
    let actor = actor.clone();
    let (ends, run, weights) = ctx
        .store()
        .read(move |conn| {
            let (project, _) = projects::find_visible(conn, Some(&actor), &slug)?;
            let mut ends = Vec::with_capacity(needs.len() + 1);
            ends.push(project.id);
            for (at, slug) in needs.iter().enumerate() {
                let (needed, _) = projects::find_visible(conn, Some(&actor), slug).map_err(|error| {
                    let detail = format!("There is no project {slug:?} that you may see.");
                    let hidden = error.code() == NOT_FOUND.code;
                    if hidden { Error::field(format!("?needs/{at}"), "unknown_project", detail) } else { error }
                })?;
                ends.push(needed.id);
            }
            let run = store::find_last_run(conn)?;
            let run = run.ok_or_else(|| Error::new(&NOT_KNOWN, "No graph of dependencies has been worked out yet."))?;
            let listed = store::list_listed(conn)?;
            let weights: HashMap<ProjectId, f64> =
                listed.into_iter().map(|one| (one.id, one.criticality.unwrap_or(0.0))).collect();
            Ok((ends, run, weights))
        })
        .await?;
    let working = move || work_out(&run, &ends, &weights);
    let found = tokio::task::spawn_blocking(working).await.map_err(Error::internal)??;
    ctx.store()
        .read(move |conn| {
            let ids: Vec<ProjectId> = found.iter().map(|one| one.0).collect();
            let projects = projects::list_projects_by_id(conn, &ids)?;
            let names: HashMap<ProjectId, Project> = projects.into_iter().map(|one| (one.id, one)).collect();
            let card = |(id, before, after): &(ProjectId, (f64, f64), (f64, f64))| {
                let project = names.get(id).filter(|project| project.status.is_public())?;
                Some(PlannedCard {
                    slug: project.slug.clone(),
                    name: project.name.clone(),
                    reach: before.0,
                    planned_reach: after.0,
                    risk: before.1,
                    planned_risk: after.1,
                })
            };
            Ok(found.iter().filter_map(card).take(MOST_SHOWN).collect())
        })
        .await
}

/// A project, its reach and risk as they are, and as they would be.
type Rise = (ProjectId, (f64, f64), (f64, f64));

fn work_out(run: &RiskRun, ends: &[ProjectId], weights: &HashMap<ProjectId, f64>) -> Result<Vec<Rise>> {
    let graph = read(run.document.as_bytes()).map_err(Error::internal)?;
    let project = |name: &str| -> Option<ProjectId> { name.strip_prefix("project ")?.parse().ok() };
    let graph = graph.weighted(|node| project(&node.name).and_then(|id| weights.get(&id).copied()).unwrap_or(0.0));
    let place = |id: &ProjectId| {
        graph.find(&format!("project {id}")).ok_or_else(|| {
            Error::new(
                &NOT_KNOWN,
                "One of these projects stands in no graph of dependencies, so nothing can be said of the plan.",
            )
        })
    };
    let ends = ends.iter().map(place).collect::<Result<Vec<_>>>()?;
    let Some((from, needed)) = ends.split_first() else { return Ok(Vec::new()) };
    let plan: Vec<(usize, usize)> = needed.iter().map(|to| (*from, *to)).collect();
    let rise = |one: super::graph::Changed| {
        let id = project(&graph.nodes().get(one.node)?.name)?;
        Some((id, (one.before.reach, one.before.risk), (one.after.reach, one.after.risk)))
    };
    Ok(changes(&graph, &plan).into_iter().filter_map(rise).collect())
}
