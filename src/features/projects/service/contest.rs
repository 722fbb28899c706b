//! A project objects to how critical it is said to be, and a coordinator answers.

use super::By;
use super::rate::{Criticality, CriticalityInput, check as check_rating, note, tier_input};
use crate::features::accounts::policy::require_verified;
use crate::features::audit;
use crate::features::projects::model::{
    Contest, ContestAction, ContestStatus, CriticalityScore, Project, advance_contest,
};
use crate::features::projects::policy::{may_answer_contest, may_contest, may_rate, may_see_contests};
use crate::features::projects::problems::{CONTEST_OPEN, NOT_DECIDED};
use crate::features::projects::{find_visible, lock_visible, store};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{
    Actor, Caller, Check, ContestId, Cursor, Error, HttpsUrl, IfMatch, Limit, Line, Markdown, Page, Result,
};

/// How critical a project is, with what that rests on.
#[derive(Debug)]
pub(in crate::features::projects) struct RatingCard {
    pub project: Project,
    /// The newest score or decision.
    pub newest: Option<(CriticalityScore, Option<String>)>,
    /// Whether an objection waits for an answer.
    pub contested: bool,
}

/// An objection, as typed.
#[derive(Debug, Clone)]
pub(in crate::features::projects) struct ContestInput {
    pub reason: String,
    pub evidence_url: Option<String>,
    pub tier_wanted: Option<i16>,
}

/// An answer to an objection, as typed.
#[derive(Debug, Clone)]
pub(in crate::features::projects) struct AnswerInput {
    pub upheld: bool,
    pub answer: String,
    pub score: Option<f64>,
    pub tier: Option<i16>,
}

/// How critical a project is.
pub(in crate::features::projects) async fn get_rating(ctx: &Ctx, caller: &Caller, slug: String) -> Result<RatingCard> {
    let actor = caller.actor.clone();
    ctx.store()
        .read(move |conn| {
            let (project, _) = find_visible(conn, actor.as_ref(), &slug)?;
            let newest = store::list_scores(conn, project.id, Limit::parse(Some(1)).map_err(into_error)?, None)?;
            let contested = store::find_open_contest(conn, project.id)?.is_some();
            Ok(RatingCard { project, newest: newest.items.into_iter().next(), contested })
        })
        .await
}

fn into_error(fault: crate::kernel::Fault) -> Error {
    Error::internal(fault.detail)
}

/// Every score and decision of a project, the newest first.
pub(in crate::features::projects) async fn list_scores(
    ctx: &Ctx,
    caller: &Caller,
    slug: String,
    limit: Limit,
    after: Option<Cursor>,
) -> Result<Page<(CriticalityScore, Option<String>)>> {
    let actor = caller.actor.clone();
    ctx.store()
        .read(move |conn| {
            let (project, _) = find_visible(conn, actor.as_ref(), &slug)?;
            store::list_scores(conn, project.id, limit, after.as_ref())
        })
        .await
}

/// The objections of a project, for its own people and coordinators.
pub(in crate::features::projects) async fn list_contests(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    limit: Limit,
    after: Option<Cursor>,
) -> Result<Page<(Contest, String)>> {
    let actor = actor.clone();
    ctx.store()
        .read(move |conn| {
            let (project, standing) = find_visible(conn, Some(&actor), &slug)?;
            let project = may_see_contests(&standing).prove(project, "project")?;
            store::list_contests(conn, project.id, limit, after.as_ref())
        })
        .await
}

/// A project objects.
pub(in crate::features::projects) async fn contest(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    input: ContestInput,
) -> Result<(Contest, String)> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let (project, standing) = lock_visible(conn, &actor, &slug)?;
            let project = may_contest(&standing).prove(project, "project")?;
            require_verified(&actor)?;
            let mut check = Check::default();
            let reason = check.value("/reason", Markdown::parse(&input.reason, 5000));
            let said = reason.as_ref().is_ok_and(|text| text.as_str().chars().count() >= 10);
            check.require(reason.is_err() || said, "/reason", "too_short", "Needs at least 10 characters.");
            let url = check.optional("/evidence_url", input.evidence_url.as_deref().map(HttpsUrl::parse));
            let tier = input.tier_wanted.map(|tier| check.range("/tier_wanted", tier, 1, 3)).transpose();
            check.done()?;
            if let Some(open) = store::find_open_contest(conn, project.id)? {
                let detail = format!("The objection {} of {} waits for an answer.", open.id, open.opened_at);
                return Err(Error::new(&CONTEST_OPEN, detail));
            }
            let row = Contest {
                id: inner.ids().make(),
                project_id: project.id,
                status: ContestStatus::Open,
                reason: reason?.into_string(),
                evidence_url: url?.map(HttpsUrl::into_string),
                tier_wanted: tier?,
                opened_by: actor.account_id,
                opened_at: inner.now(),
                answer: None,
                answered_by: None,
                answered_at: None,
                version: 1,
            };
            store::insert_contest(conn, &row)?;
            record(conn, &inner, &row, None, row.status, None, &actor)?;
            store::get_contest(conn, project.id, row.id)
        })
        .await
}

/// The project takes its objection back.
pub(in crate::features::projects) async fn withdraw_contest(
    ctx: &Ctx,
    actor: &Actor,
    (slug, id): (String, ContestId),
    if_match: IfMatch,
) -> Result<(Contest, String)> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let (project, standing) = lock_visible(conn, &actor, &slug)?;
            let project = may_contest(&standing).prove(project, "project")?;
            let contest = store::lock_contest(conn, project.id, id)?;
            if_match.check(contest.version)?;
            let to = advance_contest(contest.status, ContestAction::Withdraw)?;
            store::move_contest(conn, &project, &contest, to, None)?;
            record(conn, &inner, &contest, Some(contest.status), to, None, &actor)?;
            store::get_contest(conn, project.id, id)
        })
        .await
}

/// A coordinator answers; an objection that is upheld comes with a new decision.
pub(in crate::features::projects) async fn answer_contest(
    ctx: &Ctx,
    actor: &Actor,
    (slug, id): (String, ContestId),
    if_match: IfMatch,
    input: AnswerInput,
) -> Result<(Contest, String)> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let (project, standing) = lock_visible(conn, &actor, &slug)?;
            let project = may_answer_contest(&standing).prove(project, "project")?;
            let contest = store::lock_contest(conn, project.id, id)?;
            if_match.check(contest.version)?;
            let action = if input.upheld { ContestAction::Uphold } else { ContestAction::Reject };
            let to = advance_contest(contest.status, action)?;
            let (answer, decision) = check_answer(&inner, &project, &input)?;
            let answered = Some((answer.as_str(), actor.account_id, inner.now()));
            store::move_contest(conn, &project, &contest, to, answered)?;
            record(conn, &inner, &contest, Some(contest.status), to, Some(&answer), &actor)?;
            if let Some(criticality) = decision {
                let by = By { account: Some(actor.account_id), request_id: &actor.request_id };
                note(conn, &inner, &project, criticality, Some(&answer), by)?;
            }
            store::get_contest(conn, project.id, id)
        })
        .await
}

/// The answer's text, and the decision that an upheld objection brings.
fn check_answer(ctx: &Ctx, project: &Project, input: &AnswerInput) -> Result<(String, Option<Criticality>)> {
    let mut check = Check::default();
    let answer = check.value("/answer", Line::parse(&input.answer, 3, 500));
    let decides = input.tier.is_some() || input.score.is_some();
    let detail = "Whoever upholds an objection decides anew: send a tier, a score, or both.";
    check.require(!input.upheld || decides, "/tier", "missing", detail);
    let detail = "An objection that is rejected changes nothing: leave tier and score out.";
    check.require(input.upheld || !decides, "/tier", "not_here", detail);
    check.done()?;
    let answer = answer?.into_string();
    if !input.upheld {
        return Ok((answer, None));
    }
    let rating = CriticalityInput {
        score: input.score,
        tier: input.tier,
        algorithm: tier_input(project, input.score),
        as_of: ctx.now(),
        reason: answer.clone(),
    };
    let (criticality, _) = check_rating(&rating, ctx.now())?;
    Ok((answer, Some(criticality)))
}

/// Lifts a coordinator's decision: what the formula said last counts again, and imports may change it.
pub(in crate::features::projects) async fn lift_decision(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    if_match: IfMatch,
) -> Result<()> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let (project, standing) = lock_visible(conn, &actor, &slug)?;
            let project = may_rate(&standing).prove(project, "project")?;
            if_match.check(project.version)?;
            if !project.criticality_curated {
                return Err(Error::new(
                    &NOT_DECIDED,
                    "What counts is what a formula says; no decision stands over it.",
                ));
            }
            let by = By { account: Some(actor.account_id), request_id: &actor.request_id };
            super::rate::lift(conn, &inner, &project, by)
        })
        .await
}

fn record(
    conn: &mut Conn,
    ctx: &Ctx,
    contest: &Contest,
    from: Option<ContestStatus>,
    to: ContestStatus,
    reason: Option<&str>,
    actor: &Actor,
) -> Result<()> {
    let change = audit::Change {
        machine: "criticality_contest",
        entity: contest.id.into(),
        actor: Some(actor.account_id),
        from: from.map(ContestStatus::as_str),
        to: to.as_str(),
        reason,
        request_id: &actor.request_id,
    };
    audit::record(conn, ctx, change)
}
