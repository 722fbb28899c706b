//! Who holds the seats of a need: counted in its row, so that the last one is never given twice.

use crate::features::needs::{NEED_CHANGED, store};
use crate::infra::Ctx;
use crate::infra::db::{Conn, feed};
use crate::infra::queue::{self, NewJob};
use crate::kernel::{Error, NeedId, Result};

/// The job that tells later features that a seat of `need_id` is free again.
pub const SEAT_FREED: &str = "need_seat_freed";
/// The job that tells later features that `need_id` does not look for people any more.
pub const LEFT_THE_MARKET: &str = "need_left_the_market";
/// The job that tells later features that `need_id` asks for something else than those have agreed to who applied.
pub const NEED_REVISED: &str = "need_revised";

/// Takes a seat; false when none is left.
pub fn take_seat(conn: &mut Conn, ctx: &Ctx, id: NeedId) -> Result<bool> {
    let taken = store::take_seat(conn, id)?;
    if taken {
        feed::note(conn, ctx.ids(), NEED_CHANGED, id)?;
    }
    Ok(taken)
}

/// Gives a seat back, which is then offered to whoever waits for one.
pub fn free_seat(conn: &mut Conn, ctx: &Ctx, id: NeedId) -> Result<()> {
    if !store::free_seat(conn, id)? {
        return Err(Error::internal(format!("need {id} has no seat to give back")));
    }
    feed::note(conn, ctx.ids(), NEED_CHANGED, id)?;
    tell(conn, ctx, SEAT_FREED, id)
}

/// Queues one of these jobs.
pub(super) fn tell(conn: &mut Conn, ctx: &Ctx, kind: &'static str, id: NeedId) -> Result<()> {
    let payload = serde_json::json!({ "need_id": id });
    queue::enqueue(conn, ctx.ids(), ctx.now(), NewJob { kind, payload, run_at: ctx.now(), unique_key: None })?;
    Ok(())
}
