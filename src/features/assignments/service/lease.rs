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

/// Who does the work, and whoever it is for.
const BOTH: [Side; 2] = [Side::Volunteer, Side::Project];

/// A locked assignment, and who asks for something of it.
struct Hand<'a> {
    ctx: &'a Ctx,
    actor: &'a Actor,
    row: &'a Assignment,
    standing: &'a Standing,
}

impl Hand<'_> {
    /// Takes a step in the caller's name.
    fn take(
        &self,
        conn: &mut Conn,
        action: AssignmentAction,
        reason: Option<&str>,
        change: impl FnOnce(&mut Assignment),
    ) -> Result<Assignment> {
        let step = Step { action, reason, by: Some(self.actor.account_id), request_id: &self.actor.request_id };
        step.take(conn, self.ctx, self.row, change)
    }

    /// Tells these sides, but not the caller.
    fn tell(&self, conn: &mut Conn, row: &Assignment, sides: &[Side], notice: &Notice) -> Result<()> {
        tell(conn, self.ctx, row, sides, Some(self.actor.account_id), notice)
    }
}

/// What is asked for of one assignment, in one transaction under its lock.
async fn in_hand(
    ctx: &Ctx,
    actor: &Actor,
    (id, if_match): (AssignmentId, IfMatch),
    may: fn(&Standing) -> Decision,
    work: impl Fn(&mut Conn, &Hand<'_>) -> Result<Assignment> + Send + 'static,
) -> Result<AssignmentCard> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let (row, project, standing) = lock_for(conn, &actor, id, &if_match, may)?;
            let hand = Hand { ctx: &inner, actor: &actor, row: &row, standing: &standing };
            let row = work(conn, &hand)?;
            card(conn, row, project, &standing)
        })
        .await
}

/// The work begins: when everything on the list is done, or when the project says why it need not be.
pub(in crate::features::assignments) async fn start(
    ctx: &Ctx,
    actor: &Actor,
    id: AssignmentId,
    if_match: IfMatch,
    reason: Option<String>,
) -> Result<AssignmentCard> {
    in_hand(ctx, actor, (id, if_match), policy::may_steer, move |conn, hand| {
        require_hours(hand.row)?;
        let hurried = hand.standing.side() == Some(Side::Project) && reason.is_some();
        if hand.row.status == AssignmentStatus::Onboarding && !hurried {
            require_onboarded(conn, id)?;
        }
        let now = hand.ctx.now();
        let row = hand.take(conn, AssignmentAction::Start, reason.as_deref(), |new| {
            new.started_at = Some(now);
            new.expect_check_in(now);
        })?;
        hand.tell(conn, &row, &BOTH, &Notice::Started)?;
        Ok(row)
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
    in_hand(ctx, actor, (id, if_match), policy::may_work, move |conn, hand| {
        let mut check = Check::default();
        let note = check.optional("/note", report.note.as_deref().map(|note| Markdown::parse(note, MOST_NOTE)));
        check.done()?;
        let now = hand.ctx.now();
        let row = hand.take(conn, AssignmentAction::CheckIn, None, |new| new.expect_check_in(now))?;
        let check_in = CheckIn {
            id: hand.ctx.ids().make(),
            assignment_id: id,
            account_id: hand.actor.account_id,
            note: note?.map(Markdown::into_string),
            on_track: report.on_track,
            at: now,
        };
        store::insert_check_in(conn, &check_in)?;
        hand.tell(conn, &row, &[Side::Project], &Notice::CheckedIn(report.on_track))?;
        Ok(row)
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
    in_hand(ctx, actor, (id, if_match), policy::may_steer, move |conn, hand| {
        let until = pause_end(hand.ctx.now(), until)?;
        let row = hand.take(conn, AssignmentAction::Pause, Some(&reason), |new| {
            new.paused_until = Some(until);
            new.expect_nothing();
        })?;
        hand.tell(conn, &row, &BOTH, &Notice::Paused(until, reason.clone()))?;
        Ok(row)
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
    in_hand(ctx, actor, (id, if_match), policy::may_steer, move |conn, hand| {
        require_hours(hand.row)?;
        let now = hand.ctx.now();
        let row = hand.take(conn, AssignmentAction::Resume, reason.as_deref(), |new| resumed(new, now))?;
        if let Some(next) = row.next_check_in_at {
            hand.tell(conn, &row, &BOTH, &Notice::Resumed(next))?;
        }
        Ok(row)
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
