//! The lease itself: its start, its check-ins, and its pauses.

use super::read::{AssignmentCard, card, find_visible};
use super::step::Step;
use super::tell::tell;
use crate::features::accounts::policy::require_verified;
use crate::features::assignments::letters::Notice;
use crate::features::assignments::model::{
    Assignment, AssignmentAction, AssignmentStatus, CheckIn, LONGEST_PAUSE, Side,
};
use crate::features::assignments::policy::{self, Standing};
use crate::features::assignments::problems::{ONBOARDING_OPEN, OWN_TIME_NEEDED};
use crate::features::assignments::store;
use crate::features::projects::Project;
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{
    Actor, AssignmentId, Check, Cursor, Decision, Error, IfMatch, Limit, Markdown, Page, Result, Timestamp,
};
use chrono::{NaiveDate, NaiveTime};

/// The locked assignment, when the caller may do this with it.
pub(super) fn lock_for(
    conn: &mut Conn,
    actor: &Actor,
    id: AssignmentId,
    if_match: &IfMatch,
    may: fn(&Standing) -> Decision,
) -> Result<(Assignment, Project, Standing)> {
    let (_, project, standing) = find_visible(conn, actor, id)?;
    may(&standing).prove((), "assignment")?;
    require_verified(actor)?;
    let row = store::lock_assignment(conn, id)?;
    if_match.check(row.version)?;
    Ok((row, project, standing))
}

fn step<'a>(action: AssignmentAction, reason: Option<&'a str>, actor: &'a Actor) -> Step<'a> {
    Step { action, reason, by: Some(actor.account_id), request_id: &actor.request_id }
}

/// The work begins: when everything on the list is done, or when the project says why it need not be.
pub(in crate::features::assignments) async fn start(
    ctx: &Ctx,
    actor: &Actor,
    id: AssignmentId,
    if_match: IfMatch,
    reason: Option<String>,
) -> Result<AssignmentCard> {
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let (row, project, standing) = lock_for(conn, &actor, id, &if_match, policy::may_steer)?;
            require_hours(&row)?;
            let hurried = standing.side() == Some(Side::Project) && reason.is_some();
            if row.status == AssignmentStatus::Onboarding && !hurried {
                require_onboarded(conn, id)?;
            }
            let now = ctx.now();
            let row = step(AssignmentAction::Start, reason.as_deref(), &actor).take(conn, &ctx, &row, |new| {
                new.started_at = Some(now);
                new.expect_check_in(now);
            })?;
            tell(conn, &ctx, &row, &[Side::Volunteer, Side::Project], Some(actor.account_id), &Notice::Started)?;
            card(conn, row, project, &standing)
        })
        .await
}

/// Nobody works in the time of an employer they left.
fn require_hours(row: &Assignment) -> Result<()> {
    if row.status.is_live() && row.waits_for_own_time() {
        let detail = "The volunteer left the employer whose hours these were.";
        return Err(Error::new(&OWN_TIME_NEEDED, detail));
    }
    Ok(())
}

fn require_onboarded(conn: &mut Conn, id: AssignmentId) -> Result<()> {
    let tasks = store::list_tasks(conn, &[id])?.remove(&id).unwrap_or_default();
    let open: Vec<&'static str> =
        tasks.iter().filter(|task| task.done_at.is_none()).map(|task| task.task.as_str()).collect();
    if open.is_empty() {
        return Ok(());
    }
    let detail = format!("Not ticked off yet: {}.", open.join(", "));
    Err(Error::new(&ONBOARDING_OPEN, detail).with_extra("open", open))
}

/// How it goes.
#[derive(Debug, Clone)]
pub(in crate::features::assignments) struct Report {
    pub(in crate::features::assignments) note: Option<String>,
    pub(in crate::features::assignments) on_track: Option<bool>,
}

/// Most characters of a note.
const MOST_NOTE: usize = 2000;

/// The volunteer says how it goes, and has two weeks again.
pub(in crate::features::assignments) async fn check_in(
    ctx: &Ctx,
    actor: &Actor,
    id: AssignmentId,
    if_match: IfMatch,
    report: Report,
) -> Result<AssignmentCard> {
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let (row, project, standing) = lock_for(conn, &actor, id, &if_match, policy::may_work)?;
            let mut check = Check::default();
            let note = check.optional("/note", report.note.as_deref().map(|note| Markdown::parse(note, MOST_NOTE)));
            check.done()?;
            let now = ctx.now();
            let row =
                step(AssignmentAction::CheckIn, None, &actor).take(conn, &ctx, &row, |new| new.expect_check_in(now))?;
            let check_in = CheckIn {
                id: ctx.ids().make(),
                assignment_id: id,
                account_id: actor.account_id,
                note: note?.map(Markdown::into_string),
                on_track: report.on_track,
                at: now,
            };
            store::insert_check_in(conn, &check_in)?;
            let notice = Notice::CheckedIn(report.on_track);
            tell(conn, &ctx, &row, &[Side::Project], Some(actor.account_id), &notice)?;
            card(conn, row, project, &standing)
        })
        .await
}

/// The check-ins of an assignment, newest first.
pub(in crate::features::assignments) async fn check_ins(
    ctx: &Ctx,
    actor: &Actor,
    id: AssignmentId,
    limit: Limit,
    after: Option<Cursor>,
) -> Result<Page<CheckIn>> {
    let actor = actor.clone();
    ctx.store()
        .read(move |conn| {
            let (_, _, standing) = find_visible(conn, &actor, id)?;
            policy::may_read_check_ins(&standing).prove((), "assignment")?;
            store::list_check_ins(conn, id, limit, after.as_ref())
        })
        .await
}

/// Lets it rest until a day, at most for four weeks.
pub(in crate::features::assignments) async fn pause(
    ctx: &Ctx,
    actor: &Actor,
    id: AssignmentId,
    if_match: IfMatch,
    until: Option<NaiveDate>,
    reason: String,
) -> Result<AssignmentCard> {
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let (row, project, standing) = lock_for(conn, &actor, id, &if_match, policy::may_steer)?;
            let until = pause_end(ctx.now(), until)?;
            let row = step(AssignmentAction::Pause, Some(&reason), &actor).take(conn, &ctx, &row, |new| {
                new.paused_until = Some(until);
                new.expect_nothing();
            })?;
            let notice = Notice::Paused(until, reason.clone());
            tell(conn, &ctx, &row, &[Side::Volunteer, Side::Project], Some(actor.account_id), &notice)?;
            card(conn, row, project, &standing)
        })
        .await
}

fn pause_end(now: Timestamp, until: Option<NaiveDate>) -> Result<Timestamp> {
    let Some(day) = until else { return Ok(now + LONGEST_PAUSE) };
    let until = Timestamp::from(day.and_time(NaiveTime::MIN).and_utc());
    let last = (now + LONGEST_PAUSE).date_naive();
    if until > now && day <= last {
        return Ok(until);
    }
    let detail = format!("A pause ends on a day to come, at most four weeks away: by {last}; it is {day}.");
    Err(Error::field("/until", "out_of_range", detail))
}

/// Takes it up again.
pub(in crate::features::assignments) async fn resume(
    ctx: &Ctx,
    actor: &Actor,
    id: AssignmentId,
    if_match: IfMatch,
    reason: Option<String>,
) -> Result<AssignmentCard> {
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let (row, project, standing) = lock_for(conn, &actor, id, &if_match, policy::may_steer)?;
            require_hours(&row)?;
            let now = ctx.now();
            let row = step(AssignmentAction::Resume, reason.as_deref(), &actor)
                .take(conn, &ctx, &row, |new| resumed(new, now))?;
            if let Some(next) = row.next_check_in_at {
                let sides = [Side::Volunteer, Side::Project];
                tell(conn, &ctx, &row, &sides, Some(actor.account_id), &Notice::Resumed(next))?;
            }
            card(conn, row, project, &standing)
        })
        .await
}

/// What taking up again does: the clock of check-ins starts anew.
pub(super) fn resumed(row: &mut Assignment, now: Timestamp) {
    row.paused_until = None;
    row.expect_check_in(now);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_at_most_four_weeks() {
        let now: Timestamp = "2026-11-22T09:00:00Z".parse().unwrap();
        let until = |day: &str| pause_end(now, Some(day.parse().unwrap())).map(|at| at.to_string());
        assert_eq!(pause_end(now, None).unwrap().to_string(), "2026-12-20T09:00:00Z");
        assert_eq!(until("2026-11-23").unwrap(), "2026-11-23T00:00:00Z");
        assert_eq!(until("2026-12-20").unwrap(), "2026-12-20T00:00:00Z");
        for wrong in ["2026-11-22", "2026-12-21", "2025-12-01"] {
            assert_eq!(until(wrong).unwrap_err().code(), "input.invalid", "{wrong}");
        }
    }
}
