//! Assignments follow what they stand on: the project, the need, the pledge, and the volunteer's place at the employer.

use super::end::{Ending, Locked, lock_whole};
use super::own_time::{give_notice, unsuspended};
use super::step::{Step, keep, record};
use super::tell::tell;
use super::terms;
use crate::features::assignments::letters::Notice;
use crate::features::assignments::model::{Assignment, AssignmentAction, AssignmentStatus, EndReason, Side};
use crate::features::assignments::store;
use crate::features::needs::NeedStatus;
use crate::features::projects::ProjectStatus;
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{AssignmentId, RequestId, Result};

/// So many assignments at a time.
const BATCH: i64 = 100;

/// The job of a project that was suspended, came back, left, or asks something else of contributors: see [`follow`].
pub async fn follow_project(ctx: Ctx, _: serde_json::Value) -> Result<()> {
    let request_id = RequestId::new(ctx.ids().make());
    follow(&ctx, request_id).await.map(|_| ())
}

/// Brings assignments in step with what they stand on, each in a transaction of its own; returns how many. Safe to repeat,
/// and for several nodes at once.
pub async fn follow(ctx: &Ctx, request_id: RequestId) -> Result<usize> {
    let mut total = 0;
    loop {
        let astray = ctx.store().read(|conn| store::list_astray(conn, BATCH)).await?;
        let mut done = 0;
        for id in astray {
            let (inner, request_id) = (ctx.clone(), request_id.clone());
            match ctx.store().write(move |conn| catch_up(conn, &inner, id, &request_id)).await {
                Ok(true) => done += 1,
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, %id, "an assignment could not follow what it stands on"),
            }
        }
        total += done;
        if done == 0 {
            return Ok(total);
        }
    }
}

fn catch_up(conn: &mut Conn, ctx: &Ctx, id: AssignmentId, request_id: &RequestId) -> Result<bool> {
    let locked = lock_whole(conn, id)?;
    let row = &locked.row;
    if !row.status.is_live() {
        return Ok(false);
    }
    let end = |code| Ending { action: AssignmentAction::End, code, words: None, by: None, request_id };
    match (locked.project.status, row.status) {
        (ProjectStatus::Archived | ProjectStatus::OptedOut, _) => {
            end(EndReason::ProjectGone).take(conn, ctx, &locked)?;
        }
        (ProjectStatus::Suspended, AssignmentStatus::Suspended) => {
            return Ok(give_notice(conn, ctx, row, request_id)?.is_some());
        }
        (ProjectStatus::Suspended, _) => suspend(conn, ctx, row, request_id)?,
        (_, AssignmentStatus::Suspended) => unsuspend(conn, ctx, row, request_id)?,
        _ if locked.need.status == NeedStatus::Cancelled => {
            end(EndReason::NeedCancelled).take(conn, ctx, &locked)?;
        }
        _ if says_done(&locked) => project_says_done(conn, ctx, &locked, request_id)?,
        _ => {
            let asked = terms::follow(conn, ctx, &locked, request_id)?;
            return Ok(asked || give_notice(conn, ctx, row, request_id)?.is_some());
        }
    }
    Ok(true)
}

fn suspend(conn: &mut Conn, ctx: &Ctx, row: &Assignment, request_id: &RequestId) -> Result<()> {
    let reason = Some("project_suspended");
    let step = Step { action: AssignmentAction::Suspend, reason, by: None, request_id };
    let new = step.take(conn, ctx, row, Assignment::expect_nothing)?;
    tell(conn, ctx, &new, &[Side::Volunteer], None, &Notice::Suspended)
}

fn unsuspend(conn: &mut Conn, ctx: &Ctx, row: &Assignment, request_id: &RequestId) -> Result<()> {
    let (now, reason) = (ctx.now(), Some("project_back"));
    let step = Step { action: AssignmentAction::Unsuspend, reason, by: None, request_id };
    let new = step.take(conn, ctx, row, |new| unsuspended(new, now))?;
    tell(conn, ctx, &new, &[Side::Volunteer], None, &Notice::Unsuspended)
}

/// Whether the project said of the whole need what it has not said of this assignment yet.
fn says_done(locked: &Locked) -> bool {
    use AssignmentStatus::{Active, Overdue, Paused};
    matches!(locked.need.status, NeedStatus::Fulfilled | NeedStatus::Closed)
        && locked.row.project_done_at.is_none()
        && matches!(locked.row.status, Active | Overdue | Paused)
}

fn project_says_done(conn: &mut Conn, ctx: &Ctx, locked: &Locked, request_id: &RequestId) -> Result<()> {
    let said = Assignment { project_done_at: Some(ctx.now()), ..locked.row.clone() };
    if said.volunteer_done_at.is_some() {
        let (action, code) = (AssignmentAction::Complete, EndReason::Agreed);
        let ending = Ending { action, code, words: None, by: None, request_id };
        let locked = Locked { project: locked.project.clone(), need: locked.need.clone(), row: said };
        return ending.take(conn, ctx, &locked).map(|_| ());
    }
    let kept = keep(conn, ctx, said)?;
    record(conn, ctx, Some(&locked.row), &kept, Some("need_fulfilled"), None, request_id)?;
    match kept.completes_at() {
        Some(at) => tell(conn, ctx, &kept, &[Side::Volunteer], None, &Notice::SaidDone(Side::Project, at)),
        None => Ok(()),
    }
}
