//! A dry run every night: nobody publishes it by itself; its prices steer the rankings of the day.

use super::inputs::Aim;
use super::service::{Wanted, ask_in};
use super::store;
use crate::infra::Ctx;
use crate::kernel::{RequestId, Result};
use chrono::{TimeDelta, Timelike as _};

/// The hours of the day, in UTC, in which a dry run may begin.
const NIGHT: std::ops::Range<u32> = 2..5;
/// A round that was asked for in these hours before makes the dry run needless.
const RECENT: TimeDelta = TimeDelta::hours(12);

/// Asks for tonight's dry run, unless it is day, or a round is or was there lately. Says whether it asked.
pub async fn ask_nightly(ctx: &Ctx, request_id: RequestId) -> Result<bool> {
    let now = ctx.now();
    if !NIGHT.contains(&now.naive_utc().hour()) {
        return Ok(false);
    }
    let inner = ctx.clone();
    ctx.store()
        .write(move |conn| {
            if store::find_active(conn)?.is_some() || store::any_since(conn, now - RECENT)? {
                return Ok(false);
            }
            ask_in(conn, &inner, &Wanted::Fresh(Aim::TOTAL), None, &request_id)?;
            Ok(true)
        })
        .await
}
