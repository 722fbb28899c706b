//! From the employer's time to one's own: when the volunteer says so, and what happens when the employer's hours go.
//!
//! A pledge that is withdrawn, or ends before the assignment does, gives notice: the assignment goes on until then. Whoever
//! leaves the employer can't work in its time any more, so that assignment pauses at once. Either ends with the notice, unless
//! the volunteer goes on in their own time: silence is no consent to work for nothing.

use super::end::release;
use super::lease::{lock_for, resumed};
use super::read::{AssignmentCard, card};
use super::step::{Step, keep, record};
use super::tell::tell;
use crate::features::assignments::letters::Notice;
use crate::features::assignments::model::{
    Assignment, AssignmentAction, AssignmentStatus, EndReason, START_WITHIN, Side, advance,
};
use crate::features::assignments::policy;
use crate::features::assignments::problems::ALREADY_OWN_TIME;
use crate::features::organizations;
use crate::features::pledges::{self, PledgeStatus};
use crate::features::proposals::Capacity;
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{Actor, AssignmentId, Error, IfMatch, RequestId, Result, Timestamp};
use chrono::TimeDelta;

/// From the day on which the hours are gone to the end, where the pledge's own notice does not say so.
const NOTICE: TimeDelta = TimeDelta::days(14);

/// The volunteer goes on in their own time; what the pledge held for it is released.
pub(in crate::features::assignments) async fn convert(
    ctx: &Ctx,
    actor: &Actor,
    id: AssignmentId,
    if_match: IfMatch,
) -> Result<AssignmentCard> {
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let (old, project, standing) = lock_for(conn, &actor, id, &if_match, policy::may_work)?;
            let (by, request_id) = (Some(actor.account_id), &actor.request_id);
            if !old.status.is_live() {
                // Refused, with what is allowed now: nothing.
                advance(old.status, AssignmentAction::End, old.status)?;
            }
            let Some(pledge) = old.pledge_id else {
                return Err(Error::new(&ALREADY_OWN_TIME, "These hours are the volunteer's own already."));
            };
            let (waited, now) = (old.waits_for_own_time() && old.status == AssignmentStatus::Paused, ctx.now());
            let change = |new: &mut Assignment| {
                new.capacity = Capacity::OwnTime;
                new.pledge_id = None;
                new.notice_ends_at = None;
                new.reason_code = None;
            };
            let new = if waited {
                let reason = Some("own_time");
                let step = Step { action: AssignmentAction::Resume, reason, by, request_id };
                step.take(conn, &ctx, &old, |new| {
                    change(new);
                    resumed(new, now);
                })?
            } else {
                let mut new = old.clone();
                change(&mut new);
                let new = keep(conn, &ctx, new)?;
                record(conn, &ctx, Some(&old), &new, Some("own_time"), by, request_id)?;
                new
            };
            let new = release(conn, &ctx, &new, pledge, by, request_id)?;
            tell(conn, &ctx, &new, &[Side::Project], by, &Notice::OwnTime)?;
            card(conn, new, project, &standing)
        })
        .await
}

/// Gives notice where the employer's hours are going. The assignment must be locked, and its need and project before.
pub(super) fn give_notice(
    conn: &mut Conn,
    ctx: &Ctx,
    row: &Assignment,
    request_id: &RequestId,
) -> Result<Option<Assignment>> {
    let (Some(pledge), Some(employer), true) = (row.pledge_id, row.employer_id, row.status.is_live()) else {
        return Ok(None);
    };
    if organizations::role_in(conn, employer, row.account_id)?.is_none() {
        if row.waits_for_own_time() {
            return Ok(None);
        }
        let ends_at = ctx.now() + NOTICE;
        let new = notice(conn, ctx, row, (EndReason::LeftEmployer, ends_at), request_id)?;
        return release(conn, ctx, &new, pledge, None, request_id).map(Some);
    }
    if row.notice_ends_at.is_some() {
        return Ok(None);
    }
    let pledge = pledges::get_pledge(conn, pledge)?;
    let over = pledge.status == PledgeStatus::Ended && row.ends_on > pledge.ends_on;
    match pledge.withdraws_at.or_else(|| over.then(|| ctx.now() + NOTICE)) {
        Some(ends_at) => notice(conn, ctx, row, (EndReason::PledgeWithdrawn, ends_at), request_id).map(Some),
        None => Ok(None),
    }
}

fn notice(
    conn: &mut Conn,
    ctx: &Ctx,
    row: &Assignment,
    (code, ends_at): (EndReason, Timestamp),
    request_id: &RequestId,
) -> Result<Assignment> {
    let change = |new: &mut Assignment| {
        new.notice_ends_at = Some(ends_at);
        new.reason_code = Some(code);
    };
    let new = if code == EndReason::LeftEmployer && row.status == AssignmentStatus::Active {
        let reason = Some(code.as_str());
        Step { action: AssignmentAction::Pause, reason, by: None, request_id }.take(conn, ctx, row, |new| {
            change(new);
            new.expect_nothing();
        })?
    } else {
        let mut new = row.clone();
        change(&mut new);
        if code == EndReason::LeftEmployer {
            // A pause of its own would end before the notice does.
            new.paused_until = None;
        }
        let new = keep(conn, ctx, new)?;
        record(conn, ctx, Some(row), &new, Some(code.as_str()), None, request_id)?;
        new
    };
    tell(conn, ctx, &new, &[Side::Volunteer, Side::Project], None, &Notice::HoursGone(code, ends_at))?;
    Ok(new)
}

/// What coming back from a suspension does: the clocks start anew.
pub(super) fn unsuspended(row: &mut Assignment, now: Timestamp) {
    match row.status {
        AssignmentStatus::Onboarding => row.next_check_in_at = Some(now + START_WITHIN),
        AssignmentStatus::Active => row.expect_check_in(now),
        _ => row.expect_nothing(),
    }
}
