//! What comes to assignments by time alone.

use super::end::{Ending, Locked, lock_whole};
use super::hand_over::expire;
use super::lease::resumed;
use super::revoke::alert;
use super::step::{Step, keep};
use super::tell::tell;
use crate::features::assignments::letters::Notice;
use crate::features::assignments::model::{Assignment, AssignmentAction, Due, EndReason, Side};
use crate::features::assignments::store;
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{AssignmentId, RequestId, Result};

/// So many assignments at a time.
const BATCH: i64 = 100;

/// Does what is due to assignments, each in a transaction of its own; returns how many things were done. Safe to repeat, and
/// for several nodes at once.
pub async fn work_off_clocks(ctx: &Ctx, request_id: RequestId) -> Result<usize> {
    let mut total = 0;
    loop {
        let now = ctx.now();
        let due = ctx.store().read(move |conn| store::list_due(conn, now, BATCH)).await?;
        let mut done = 0;
        for id in due {
            let (inner, request_id) = (ctx.clone(), request_id.clone());
            let worked = ctx.store().write(move |conn| work_off(conn, &inner, id, &request_id)).await;
            // One that fails must not keep the others waiting; it is tried again in the next round.
            match worked {
                Ok(worked) => done += worked,
                Err(error) => tracing::warn!(%error, %id, "a clock of an assignment could not be worked off"),
            }
        }
        total += done;
        if done == 0 {
            return Ok(total + alert(ctx).await? + expire(ctx, &request_id).await?);
        }
    }
}

fn work_off(conn: &mut Conn, ctx: &Ctx, id: AssignmentId, request_id: &RequestId) -> Result<usize> {
    let (mut locked, now, mut done) = (lock_whole(conn, id)?, ctx.now(), 0);
    // After long silence more than one thing is due, such as overdue and then released.
    while let Some((_, due)) = locked.row.next_due().filter(|(at, _)| *at <= now) {
        locked.row = work_off_one(conn, ctx, &locked, due, request_id)?;
        done += 1;
    }
    Ok(done)
}

fn work_off_one(conn: &mut Conn, ctx: &Ctx, locked: &Locked, due: Due, request_id: &RequestId) -> Result<Assignment> {
    let end = |action, code| Ending { action, code, words: None, by: None, request_id };
    let step = |action, reason| Step { action, reason: Some(reason), by: None, request_id };
    let now = ctx.now();
    match due {
        Due::Resumed => {
            let step = step(AssignmentAction::Resume, "pause_over");
            let row = step.take(conn, ctx, &locked.row, |new| resumed(new, now))?;
            if let Some(next) = row.next_check_in_at {
                tell(conn, ctx, &row, &[Side::Volunteer], None, &Notice::Resumed(next))?;
            }
            Ok(row)
        }
        Due::Reminded => {
            let row = keep(conn, ctx, Assignment { remind_at: None, ..locked.row.clone() })?;
            if let Some(at) = row.next_check_in_at {
                tell(conn, ctx, &row, &[Side::Volunteer], None, &Notice::Reminder(at))?;
            }
            Ok(row)
        }
        Due::Overdue => {
            let row = step(AssignmentAction::Miss, "check_in_missed").take(conn, ctx, &locked.row, |_| {})?;
            if let Some((at, _)) = row.next_due() {
                tell(conn, ctx, &row, &[Side::Volunteer], None, &Notice::Overdue(at))?;
            }
            Ok(row)
        }
        Due::Released => end(AssignmentAction::Release, EndReason::CheckInMissed).take(conn, ctx, locked),
        Due::NeverStarted => end(AssignmentAction::Release, EndReason::NeverStarted).take(conn, ctx, locked),
        Due::Completed => end(AssignmentAction::Complete, EndReason::Silence).take(conn, ctx, locked),
        Due::NoticeOver => {
            let code = locked.row.reason_code.unwrap_or(EndReason::Other);
            end(AssignmentAction::End, code).take(conn, ctx, locked)
        }
    }
}
