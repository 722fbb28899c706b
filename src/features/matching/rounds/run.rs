//! The job that works a round out: inputs frozen and kept, then the plan, then its pairs with their reasons.

use super::inputs::{Aim, Inputs};
use super::model::{Outcome, PairReason, Round, RoundAction, RoundPair, RoundStatus};
use super::service::step;
use super::solve::{Pairing, Solved, solve};
use super::store;
use crate::features::matching::Matcher;
use crate::features::matching::board::Board;
use crate::features::matching::score::Reader;
use crate::infra::Ctx;
use crate::infra::db::sql::Json;
use crate::kernel::{Error, RequestId, Result, RoundId};
use serde::Deserialize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;
use tokio::task::spawn_blocking;

/// The kind of the job.
pub const RUN_ROUND: &str = "run_round";

/// How often the database is told how far a round is, and asked whether it was cancelled.
const LOOK: Duration = Duration::from_millis(500);
/// What is done when the inputs are frozen, in hundredths.
const FROZEN: i16 = 10;
/// What is done when the plan is there.
const PLANNED: i16 = 95;
/// Scores that are closer than this are the same.
const SAME: f64 = 1e-9;

#[derive(Deserialize)]
struct Payload {
    round: RoundId,
}

/// Works out the round that the job names. Doing it again after a crash begins it anew from the inputs that were kept.
///
/// # Errors
/// When the database can't be had: the job comes back.
pub async fn run(ctx: &Ctx, matcher: &Matcher, payload: &serde_json::Value) -> Result<()> {
    let Payload { round: id } = Payload::deserialize(payload).map_err(Error::internal)?;
    let Some(round) = begin(ctx, id).await? else { return Ok(()) };
    let inputs = Arc::new(inputs(ctx, matcher, &round).await?);
    match work_out(ctx, id, inputs).await? {
        Worked::Out(solved) => finish(ctx, matcher, &round, *solved).await,
        Worked::Cancelled => Ok(()),
        Worked::Flawed(why) => end(ctx, id, End::Failure(why)).await,
    }
}

/// The round, running; none when it was called off before or has come to its end already.
async fn begin(ctx: &Ctx, id: RoundId) -> Result<Option<Round>> {
    let inner = ctx.clone();
    ctx.store()
        .write(move |conn| {
            let round = store::lock_round(conn, id)?;
            match round.status {
                RoundStatus::Running => Ok(Some(round)),
                RoundStatus::Queued => {
                    let started = Round { started_at: Some(inner.now()), ..round };
                    let request_id = RequestId::new(inner.ids().make());
                    step(conn, &inner, started, RoundAction::Start, None, &request_id).map(Some)
                }
                _ => Ok(None),
            }
        })
        .await
}

/// The inputs that were kept; frozen now when there are none yet.
async fn inputs(ctx: &Ctx, matcher: &Matcher, round: &Round) -> Result<Inputs> {
    let id = round.id;
    let kept = ctx.store().read(move |conn| store::find_inputs(conn, id)).await?;
    let text = if let Some(text) = kept {
        text
    } else {
        matcher.refresh(ctx).await?;
        let aim = Aim { policy: round.policy, floor_hours: round.floor_hours };
        let packed = matcher.look(move |board| Inputs::freeze(board, aim)).await?.pack()?;
        let text = packed.clone();
        ctx.store().write(move |conn| store::keep_inputs(conn, id, &text)).await?;
        packed
    };
    spawn_blocking(move || Inputs::unpack(&text)).await.map_err(Error::internal)?
}

enum Worked {
    Out(Box<Solved>),
    Cancelled,
    Flawed(String),
}

/// Solves on a thread of its own, tells how far it is, and stops it when the round is called off.
async fn work_out(ctx: &Ctx, id: RoundId, inputs: Arc<Inputs>) -> Result<Worked> {
    let (cancelled, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
    let (stop, count, steps) = (cancelled.clone(), asked.clone(), inputs.steps);
    let mut solving = spawn_blocking(move || {
        solve(&inputs, &mut || {
            count.fetch_add(1, Ordering::Relaxed);
            !stop.load(Ordering::Relaxed)
        })
    });
    let solved = loop {
        if let Ok(solved) = tokio::time::timeout(LOOK, &mut solving).await {
            break solved.map_err(Error::internal)?;
        }
        let progress = progress(asked.load(Ordering::Relaxed), steps);
        let running = ctx.store().write(move |conn| store::note_progress(conn, id, progress)).await?;
        cancelled.store(!running, Ordering::Relaxed);
    };
    Ok(match solved {
        Ok(Some(solved)) => Worked::Out(Box::new(solved)),
        Ok(None) => Worked::Cancelled,
        Err(flaw) => Worked::Flawed(flaw.to_string()),
    })
}

/// An estimate: nobody knows how many steps it will take, but hardly more than a few times those towards the bound.
fn progress(asked: u32, steps: u32) -> i16 {
    let (asked, steps) = (u64::from(asked), u64::from(steps.max(1)));
    let part = asked * u64::try_from(PLANNED - FROZEN).unwrap_or(0) / (asked + steps);
    FROZEN + i16::try_from(part).unwrap_or(0)
}

async fn finish(ctx: &Ctx, matcher: &Matcher, round: &Round, solved: Solved) -> Result<()> {
    let (id, outcome) = (round.id, solved.outcome);
    let told = match round.repeats {
        None => matcher.look(move |board| told(board, id, &solved.pairings)).await?,
        Some(before) => {
            let rows = i64::try_from(solved.pairings.len()).unwrap_or(i64::MAX);
            let kept = ctx.store().read(move |conn| store::list_pairs(conn, before, 0, rows)).await?;
            retold(id, &solved.pairings, kept)
        }
    };
    end(ctx, id, End::Plan(Json(outcome), told)).await
}

/// How a round ends that nobody calls off.
enum End {
    Plan(Json<Outcome>, Vec<RoundPair>),
    Failure(String),
}

async fn end(ctx: &Ctx, id: RoundId, end: End) -> Result<()> {
    let inner = ctx.clone();
    ctx.store()
        .write(move |conn| {
            let mut round = store::lock_round(conn, id)?;
            if round.status != RoundStatus::Running {
                return Ok(());
            }
            round.finished_at = Some(inner.now());
            round.progress = 100;
            let action = match &end {
                End::Plan(outcome, pairs) => {
                    round.outcome = Some(outcome.clone());
                    store::insert_pairs(conn, pairs)?;
                    RoundAction::Finish
                }
                End::Failure(why) => {
                    round.failure = Some(why.clone());
                    RoundAction::Fail
                }
            };
            step(conn, &inner, round, action, None, &RequestId::new(inner.ids().make()))?;
            Ok(())
        })
        .await
}

fn row(id: RoundId, position: i32, pairing: &Pairing) -> RoundPair {
    RoundPair {
        round_id: id,
        position,
        need_id: pairing.need,
        account_id: pairing.volunteer,
        hours_per_week: pairing.hours,
        score: pairing.score,
        reasons: Json(Vec::new()),
    }
}

/// The pairs with the reasons that coordinators may read: what an employer depends on is in the value, not in them.
fn told(board: &Board, id: RoundId, pairings: &[Pairing]) -> Vec<RoundPair> {
    (0i32..)
        .zip(pairings)
        .map(|(position, pairing)| {
            let mut pair = row(id, position, pairing);
            if let (Some(need), Some(person)) = (board.need(pairing.need), board.volunteer(pairing.volunteer)) {
                let whole = board.explain(need, person, Reader::Volunteer).matching.score;
                if (whole - pairing.score).abs() <= SAME {
                    let shown = board.explain(need, person, Reader::Other).matching;
                    pair.score = shown.score;
                    pair.reasons = Json(shown.reasons.into_iter().map(PairReason::from).collect());
                }
            }
            pair
        })
        .collect()
}

/// The pairs of a repetition, with the scores and reasons of the round that it repeats.
fn retold(id: RoundId, pairings: &[Pairing], kept: Vec<RoundPair>) -> Vec<RoundPair> {
    let mut kept: std::collections::HashMap<_, RoundPair> =
        kept.into_iter().map(|pair| ((pair.need_id, pair.account_id), pair)).collect();
    let again = |(position, pairing): (i32, &Pairing)| {
        let new = row(id, position, pairing);
        match kept.remove(&(pairing.need, pairing.volunteer)) {
            Some(old) => RoundPair { score: old.score, reasons: old.reasons, ..new },
            None => new,
        }
    };
    (0i32..).zip(pairings).map(again).collect()
}
