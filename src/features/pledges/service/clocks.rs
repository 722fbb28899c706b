//! What comes to pledges by time alone.

use super::transitions::Step;
use crate::features::pledges::model::{Pledge, PledgeAction};
use crate::features::pledges::store;
use crate::infra::Ctx;
use crate::kernel::{RequestId, Result, Timestamp};

/// So many pledges a transaction, so that other writers get their turn.
const BATCH: i64 = 100;

/// Ends the pledges whose last day is over, and those whose notice of withdrawal is; returns how many. Safe to repeat, and
/// for several nodes at once.
pub async fn work_off_clocks(ctx: &Ctx, request_id: RequestId) -> Result<usize> {
    let mut ended = 0;
    loop {
        let (inner, request_id, now) = (ctx.clone(), request_id.clone(), ctx.now());
        let (due, done) = ctx
            .store()
            .write(move |conn| {
                let due = store::list_due(conn, now, BATCH)?;
                let mut done = 0;
                for id in &due {
                    let pledge = store::lock_pledge(conn, *id)?;
                    if let Some((action, reason)) = what_is_due(&pledge, now) {
                        let step = Step { action, reason: Some(reason), by: None, request_id: &request_id };
                        step.take(conn, &inner, &pledge)?;
                        done += 1;
                    }
                }
                Ok((due.len(), done))
            })
            .await?;
        ended += done;
        if due == 0 || done == 0 {
            return Ok(ended);
        }
    }
}

/// The end of the period or of the notice, whichever came first.
fn what_is_due(pledge: &Pledge, now: Timestamp) -> Option<(PledgeAction, &'static str)> {
    if !pledge.status.is_running() {
        return None;
    }
    let left = pledge.withdraws_at.filter(|at| *at <= now);
    match left {
        Some(at) if at.date_naive() <= pledge.ends_on => Some((PledgeAction::Leave, "notice_over")),
        _ if pledge.ends_on < now.date_naive() => Some((PledgeAction::End, "period_over")),
        _ => None,
    }
}
