//! What comes to logged work by time alone.

use super::decide::Step;
use crate::features::assignments;
use crate::features::time_entries::model::{TimeEntryAction, TimeEntryStatus};
use crate::features::time_entries::store;
use crate::infra::Ctx;
use crate::kernel::{RequestId, Result, TimeEntryId};

/// So many are looked up at a time.
const BATCH: i64 = 100;

/// Confirms what nobody answered in time; returns how many. Safe to repeat, and for several nodes at once: each entry is a
/// transaction of its own, so that one that fails does not hold up the others.
pub async fn confirm_silent(ctx: &Ctx, request_id: RequestId) -> Result<usize> {
    let (mut confirmed, mut after) = (0, None);
    loop {
        let now = ctx.now();
        let due = ctx.store().read(move |conn| store::list_due(conn, now, after, BATCH)).await?;
        let Some(last) = due.last().copied() else { return Ok(confirmed) };
        after = Some(last);
        for id in due {
            match lapse(ctx, id, request_id.clone()).await {
                Ok(done) => confirmed += usize::from(done),
                Err(error) => {
                    tracing::warn!(%error, entry = %id, "an entry could not be confirmed; trying again later");
                }
            }
        }
    }
}

async fn lapse(ctx: &Ctx, id: TimeEntryId, request_id: RequestId) -> Result<bool> {
    let inner = ctx.clone();
    ctx.store()
        .write(move |conn| {
            let seen = store::get_entry(conn, id)?;
            let row = assignments::lock_assignment(conn, seen.assignment_id)?;
            let entry = store::lock_entry(conn, id)?;
            let due = entry.status == TimeEntryStatus::Submitted && entry.due_at.is_some_and(|at| at <= inner.now());
            if !due {
                return Ok(false);
            }
            let reason = Some("not_answered_in_time");
            let step =
                Step { action: TimeEntryAction::Lapse, minutes: None, reason, by: None, request_id: &request_id };
            step.take(conn, &inner, &row, &entry)?;
            Ok(true)
        })
        .await
}
