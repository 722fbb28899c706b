//! Logging work.

use super::news::tell;
use super::read::{EntryCard, card, find_visible};
use crate::features::accounts::{self, policy::require_verified};
use crate::features::assignments::{self, Assignment, AssignmentStatus};
use crate::features::audit;
use crate::features::pledges::ledger::EntryKind;
use crate::features::pledges::{self, Posting};
use crate::features::time_entries::input::{CheckedEntry, EntryInput};
use crate::features::time_entries::model::{TimeEntry, TimeEntryStatus};
use crate::features::time_entries::problems::ASSIGNMENT_NOT_OPEN;
use crate::features::time_entries::rules::{AFTERMATH, ANSWER_WITHIN, Frame, check_day_total};
use crate::features::time_entries::{policy, store};
use crate::features::volunteers;
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::infra::db::sql::Json;
use crate::kernel::{
    AccountId, Actor, AssignmentId, Check, Error, RequestId, Result, TimeEntryId, TimeZone, Timestamp,
};

/// Logs work on an assignment.
pub(in crate::features::time_entries) async fn log(
    ctx: &Ctx,
    actor: &Actor,
    id: AssignmentId,
    input: EntryInput,
) -> Result<EntryCard> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let (entry, _) = log_in(conn, &inner, &actor, id, &input, None)?;
            tell(conn, &inner, &entry, Some(actor.account_id))?;
            let (entry, _, standing) = find_visible(conn, &actor, entry.id)?;
            card(conn, entry, &standing)
        })
        .await
}

/// The same within a transaction at hand; `key` names the row of an import. Says whether it was logged now: under a key that
/// is known already it was before.
pub(super) fn log_in(
    conn: &mut Conn,
    ctx: &Ctx,
    actor: &Actor,
    id: AssignmentId,
    input: &EntryInput,
    key: Option<&str>,
) -> Result<(TimeEntry, bool)> {
    let (seen, _, standing) = assignments::find_visible(conn, actor, id)?;
    policy::may_log(&standing).prove((), "assignment")?;
    require_verified(actor)?;
    let row = assignments::lock_assignment(conn, seen.id)?;
    let frame = frame(conn, &row, ctx.now())?;
    let checked = input.check(&frame)?;
    let pledge = row.pledge_id.map(|id| pledges::lock_pledge(conn, id)).transpose()?;
    // The day is the person's, over all assignments: two requests at once must see each other.
    accounts::lock_account(conn, row.account_id)?;
    if let Some(known) = key.map(|key| store::find_by_key(conn, row.account_id, key)).transpose()?.flatten() {
        return Ok((known, false));
    }
    let others = store::day_minutes(conn, row.account_id, checked.worked_on)?;
    let mut check = Check::default();
    let _ = check.value("/minutes", check_day_total(checked.worked_on, others, checked.minutes));
    check.done()?;
    let mut entry = new_entry(ctx, &row, checked, key)?;
    if let Some(pledge) = &pledge {
        entry.delivered_minutes = entry.minutes;
        let (minutes, reference) = (i64::from(entry.minutes), Some(row.id.into()));
        let posting = Posting { kind: EntryKind::Deliver, minutes, reference, note: None };
        pledges::post(conn, ctx, pledge, posting, Some(actor.account_id), &actor.request_id)?;
    }
    store::insert_entry(conn, &entry)?;
    record(conn, ctx, None, &entry, Some(actor.account_id), &actor.request_id)?;
    Ok((entry, true))
}

/// The days on which work may have been done for this assignment.
fn frame(conn: &mut Conn, row: &Assignment, now: Timestamp) -> Result<Frame> {
    let over = row.ended_at.is_some_and(|at| now > at + AFTERMATH);
    let resting = matches!(row.status, AssignmentStatus::Onboarding | AssignmentStatus::Suspended);
    let Some(started_at) = row.started_at.filter(|_| !over && !resting) else {
        return Err(Error::new(&ASSIGNMENT_NOT_OPEN, format!("The assignment is {}.", row.status)));
    };
    let profile = volunteers::find_profile(conn, row.account_id)?;
    let zone = profile.map_or_else(|| "UTC".to_owned(), |profile| profile.time_zone);
    let zone = TimeZone::parse(&zone).map_err(|fault| Error::internal(fault.detail))?;
    Ok(Frame { zone, now, started_at, ended_at: row.ended_at })
}

fn new_entry(ctx: &Ctx, row: &Assignment, checked: CheckedEntry, key: Option<&str>) -> Result<TimeEntry> {
    let now = ctx.now();
    let (started_at, ended_at) = checked.times.unzip();
    Ok(TimeEntry {
        id: ctx.ids().make(),
        assignment_id: row.id,
        need_id: row.need_id,
        project_id: row.project_id,
        account_id: row.account_id,
        pledge_id: row.pledge_id,
        employer_id: row.pledge_id.and(row.employer_id),
        worked_on: checked.worked_on,
        minutes: i32::try_from(checked.minutes).map_err(Error::internal)?,
        started_at,
        ended_at,
        note: checked.note,
        links: Json(checked.links),
        import_key: key.map(str::to_owned),
        reverses: None::<TimeEntryId>,
        status: TimeEntryStatus::Submitted,
        confirmed_minutes: 0,
        confirmed_auto: false,
        delivered_minutes: 0,
        pledged_minutes: 0,
        decided_by: None,
        reason: None,
        due_at: Some(now + ANSWER_WITHIN),
        decided_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    })
}

/// Writes the event of a change.
pub(super) fn record(
    conn: &mut Conn,
    ctx: &Ctx,
    from: Option<TimeEntryStatus>,
    entry: &TimeEntry,
    by: Option<AccountId>,
    request_id: &RequestId,
) -> Result<()> {
    let change = audit::Change {
        machine: "time_entry",
        entity: entry.id.into(),
        actor: by,
        from: from.map(TimeEntryStatus::as_str),
        to: entry.status.as_str(),
        reason: entry.reason.as_deref(),
        request_id,
    };
    audit::record(conn, ctx, change)
}
