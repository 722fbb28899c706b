//! How critical a project is, by decision.

use super::By;
use super::read::{ProjectCard, card};
use crate::features::audit;
use crate::features::projects::criticality::tier;
use crate::features::projects::model::{CriticalityScore, Project, ProjectChanges};
use crate::features::projects::policy::may_rate;
use crate::features::projects::{PROJECT_CHANGED, lock_visible, store};
use crate::infra::Ctx;
use crate::infra::db::sql::Json;
use crate::infra::db::{Conn, feed};
use crate::kernel::{Actor, Allowed, Check, Decision, IfMatch, Line, ProjectId, RequestId, Result, Timestamp};
use serde_json::Value;

/// How critical a project is, as typed.
#[derive(Debug, Clone)]
pub(in crate::features::projects) struct CriticalityInput {
    pub score: Option<f64>,
    pub tier: Option<i16>,
    pub algorithm: String,
    pub as_of: Timestamp,
    pub reason: String,
}

/// How critical a project is.
#[derive(Debug, Clone, PartialEq)]
pub struct Criticality {
    /// 0 to 1, where a score was worked out.
    pub score: Option<f64>,
    /// 1 (most critical) to 3.
    pub tier: i16,
    /// What the score was made by.
    pub algorithm: String,
    /// When the signals were collected.
    pub as_of: Timestamp,
    /// Whether somebody decided so; imports leave it alone then.
    pub curated: bool,
}

impl Criticality {
    /// The tier of a score.
    pub fn tier_of(score: f64) -> i16 {
        i16::from(tier(score))
    }

    /// The tier as events name it.
    pub(in crate::features::projects) fn tier_word(tier: i16) -> &'static str {
        match tier {
            1 => "tier_1",
            2 => "tier_2",
            _ => "tier_3",
        }
    }

    /// The change that notes it.
    pub(in crate::features::projects) fn into_changes(self) -> ProjectChanges {
        ProjectChanges {
            criticality_score: Some(self.score),
            criticality_tier: Some(Some(self.tier)),
            criticality_algorithm: Some(Some(self.algorithm)),
            criticality_as_of: Some(Some(self.as_of)),
            criticality_curated: Some(self.curated),
            ..ProjectChanges::default()
        }
    }
}

pub(super) fn check(input: &CriticalityInput, now: Timestamp) -> Result<(Criticality, String)> {
    let mut check = Check::default();
    let score = input.score.map(|score| check.range("/score", score, 0.0, 1.0)).transpose();
    let tier = input.tier.map(|tier| check.range("/tier", tier, 1, 3)).transpose();
    let said = input.score.is_some() || input.tier.is_some();
    check.require(said, "/tier", "missing", "Send a score, a tier, or both.");
    let algorithm = check.value("/algorithm", Line::parse(&input.algorithm, 1, 80));
    check.require(input.as_of <= now, "/as_of", "in_future", "Signals can't have been collected in the future.");
    let reason = check.value("/reason", Line::parse(&input.reason, 3, 500));
    check.done()?;
    let score = score?;
    let tier = tier?.or(score.map(Criticality::tier_of)).unwrap_or(3);
    let algorithm = algorithm?.into_string();
    Ok((Criticality { score, tier, algorithm, as_of: input.as_of, curated: true }, reason?.into_string()))
}

/// Decides how critical a project is; imports leave the decision alone from now on.
pub(in crate::features::projects) async fn set_criticality(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    if_match: IfMatch,
    input: CriticalityInput,
) -> Result<ProjectCard> {
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store_handle = ctx.store().clone();
    store_handle
        .write(move |conn| {
            let (project, standing) = lock_visible(conn, &actor, &slug)?;
            let project = may_rate(&standing).prove(project, "project")?;
            if_match.check(project.version)?;
            let (criticality, reason) = check(&input, ctx.now())?;
            let by = By { account: Some(actor.account_id), request_id: &actor.request_id };
            note(conn, &ctx, &project, criticality, Some(&reason), by)?;
            let project = store::get_project(conn, project.id)?;
            card(conn, project)
        })
        .await
}

/// The same within a transaction at hand, for a project that the program itself made.
pub fn set_criticality_in(
    conn: &mut Conn,
    ctx: &Ctx,
    project: &Project,
    criticality: Criticality,
    request_id: &RequestId,
) -> Result<()> {
    let project = Decision::Allow.prove(project.clone(), "project")?;
    note(conn, ctx, &project, criticality, None, By { account: None, request_id })
}

pub(super) fn note(
    conn: &mut Conn,
    ctx: &Ctx,
    project: &Allowed<Project>,
    criticality: Criticality,
    reason: Option<&str>,
    by: By<'_>,
) -> Result<()> {
    let change = audit::Change {
        machine: "project_criticality",
        entity: project.id.into(),
        actor: by.account,
        from: project.criticality_tier.map(Criticality::tier_word),
        to: Criticality::tier_word(criticality.tier),
        reason,
        request_id: by.request_id,
    };
    let mut row = history_row(ctx, project.id, &criticality, None);
    row.reason = reason.map(str::to_owned);
    row.decided_by = by.account;
    store::insert_scores(conn, &[row])?;
    store::update_project(conn, project, &criticality.into_changes(), ctx.now())?;
    audit::record(conn, ctx, change)?;
    feed::note(conn, ctx.ids(), PROJECT_CHANGED, project.id)
}

/// The row that keeps what was said of a project's criticality.
pub(in crate::features::projects) fn history_row(
    ctx: &Ctx,
    project_id: ProjectId,
    criticality: &Criticality,
    inputs: Option<Value>,
) -> CriticalityScore {
    CriticalityScore {
        id: ctx.ids().make(),
        project_id,
        score: criticality.score,
        tier: criticality.tier,
        algorithm: criticality.algorithm.clone(),
        as_of: criticality.as_of,
        inputs: inputs.map(Json),
        is_decision: criticality.curated,
        reason: None,
        decided_by: None,
        created_at: ctx.now(),
    }
}

/// What a decision was made by that only differs in the tier: the formula of the score that stays, else judgment.
pub(super) fn tier_input(project: &Project, score: Option<f64>) -> String {
    let same = score.is_some() && score == project.criticality_score;
    project.criticality_algorithm.clone().filter(|_| same).unwrap_or_else(|| "judgment".to_owned())
}

/// Lifts the decision that stands over a locked project.
pub(super) fn lift(conn: &mut Conn, ctx: &Ctx, project: &Allowed<Project>, by: By<'_>) -> Result<()> {
    let last = store::find_last_formula(conn, project.id)?;
    let changes = match &last {
        Some(row) => ProjectChanges {
            criticality_score: Some(row.score),
            criticality_tier: Some(Some(row.tier)),
            criticality_algorithm: Some(Some(row.algorithm.clone())),
            criticality_as_of: Some(Some(row.as_of)),
            criticality_curated: Some(false),
            ..ProjectChanges::default()
        },
        None => ProjectChanges {
            criticality_score: Some(None),
            criticality_tier: Some(None),
            criticality_algorithm: Some(None),
            criticality_as_of: Some(None),
            criticality_curated: Some(false),
            ..ProjectChanges::default()
        },
    };
    let mut again = last.clone();
    if let Some(row) = &mut again {
        row.id = ctx.ids().make();
        row.created_at = ctx.now();
    }
    store::insert_scores(conn, again.as_slice())?;
    store::update_project(conn, project, &changes, ctx.now())?;
    let change = audit::Change {
        machine: "project_criticality",
        entity: project.id.into(),
        actor: by.account,
        from: project.criticality_tier.map(Criticality::tier_word),
        to: last.map_or("unrated", |row| Criticality::tier_word(row.tier)),
        reason: Some("decision_lifted"),
        request_id: by.request_id,
    };
    audit::record(conn, ctx, change)?;
    feed::note(conn, ctx.ids(), PROJECT_CHANGED, project.id)
}

/// Notes how much would break with a project, within a transaction at hand; it was worked out, so nobody's words change.
pub fn set_systemic_risk_in(conn: &mut Conn, ctx: &Ctx, id: ProjectId, risk: Option<f64>) -> Result<()> {
    store::set_systemic_risk(conn, id, risk)?;
    feed::note(conn, ctx.ids(), PROJECT_CHANGED, id)
}
