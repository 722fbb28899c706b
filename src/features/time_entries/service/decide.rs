//! What becomes of logged work: the project's answer, its lapse, and taking it back.

use super::log::record;
use super::news::tell;
use super::read::{EntryCard, card, find_visible};
use crate::features::accounts::policy::require_verified;
use crate::features::assignments::{self, Assignment};
use crate::features::pledges::ledger::{EntryKind, minutes_from};
use crate::features::pledges::{self, Pledge, PledgeStatus, Posting};
use crate::features::time_entries::model::{TimeEntry, TimeEntryAction, TimeEntryStatus, advance};
use crate::features::time_entries::rules::split;
use crate::features::time_entries::{policy, store};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{AccountId, Actor, Error, IfMatch, RequestId, Result, TimeEntryId};

/// What somebody asks for.
#[derive(Debug, Clone)]
pub(in crate::features::time_entries) struct Wish {
    pub(in crate::features::time_entries) action: TimeEntryAction,
    /// What it counts for when it is adjusted.
    pub(in crate::features::time_entries) minutes: Option<i64>,
    pub(in crate::features::time_entries) reason: Option<String>,
}

/// A person's answer to an entry.
pub(in crate::features::time_entries) async fn decide(
    ctx: &Ctx,
    actor: &Actor,
    id: TimeEntryId,
    if_match: IfMatch,
    wish: Wish,
) -> Result<EntryCard> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let (seen, _, standing) = find_visible(conn, &actor, id)?;
            let decision = match wish.action {
                TimeEntryAction::Void => policy::may_void(&standing, seen.status),
                _ => policy::may_decide(&standing),
            };
            decision.prove((), "time entry")?;
            require_verified(&actor)?;
            let row = assignments::lock_assignment(conn, seen.assignment_id)?;
            let entry = store::lock_entry(conn, id)?;
            if_match.check(entry.version)?;
            let step = Step {
                action: wish.action,
                minutes: wish.minutes,
                reason: wish.reason.as_deref(),
                by: Some(actor.account_id),
                request_id: &actor.request_id,
            };
            let entry = step.take(conn, &inner, &row, &entry)?;
            card(conn, entry, &standing)
        })
        .await
}

/// One transition of a locked entry of a locked assignment.
pub(super) struct Step<'a> {
    pub action: TimeEntryAction,
    pub minutes: Option<i64>,
    pub reason: Option<&'a str>,
    pub by: Option<AccountId>,
    pub request_id: &'a RequestId,
}

impl Step<'_> {
    /// Takes it, with all that it moves in the ledger; returns the entry as it is then.
    pub(super) fn take(&self, conn: &mut Conn, ctx: &Ctx, row: &Assignment, entry: &TimeEntry) -> Result<TimeEntry> {
        let to = advance(entry.status, self.action)?;
        let logged = i64::from(entry.minutes);
        let mut new = TimeEntry {
            status: to,
            reason: self.reason.map(str::to_owned),
            due_at: None,
            decided_by: self.by,
            decided_at: Some(ctx.now()),
            version: entry.version + 1,
            updated_at: ctx.now(),
            ..entry.clone()
        };
        match self.action {
            TimeEntryAction::Dispute => {}
            TimeEntryAction::Confirm => self.count(conn, ctx, row, &mut new, logged)?,
            TimeEntryAction::Lapse => {
                new.confirmed_auto = true;
                self.count(conn, ctx, row, &mut new, logged)?;
            }
            TimeEntryAction::Adjust => {
                let minutes = self.adjusted(logged)?;
                self.count(conn, ctx, row, &mut new, minutes)?;
            }
            TimeEntryAction::Reject => self.count(conn, ctx, row, &mut new, 0)?,
            TimeEntryAction::Void => self.undo(conn, ctx, row, entry)?,
        }
        store::update_entry(conn, &new)?;
        record(conn, ctx, Some(entry.status), &new, self.by, self.request_id)?;
        tell(conn, ctx, &new, self.by)?;
        if let Some(pledge) = entry.pledge_id.filter(|_| self.action != TimeEntryAction::Dispute) {
            // What an ended assignment had kept back for this entry alone is free again.
            let row = assignments::get_assignment(conn, row.id)?;
            assignments::release_rest(conn, ctx, &row, pledge, self.by, self.request_id)?;
        }
        Ok(new)
    }

    fn adjusted(&self, logged: i64) -> Result<i64> {
        let minutes = self.minutes.unwrap_or_default();
        if (1..logged).contains(&minutes) {
            return Ok(minutes);
        }
        let detail = format!(
            "An adjustment counts less than the {logged} minutes that were logged, and 1 at least; it says {minutes}. Confirm or reject the entry instead, or let more be logged."
        );
        Err(Error::field("/minutes", "out_of_range", detail))
    }

    /// Counts so many minutes of the entry as confirmed.
    fn count(&self, conn: &mut Conn, ctx: &Ctx, row: &Assignment, new: &mut TimeEntry, minutes: i64) -> Result<()> {
        if let Some(id) = new.pledge_id {
            let pledge = pledges::lock_pledge(conn, id)?;
            let share = split(minutes, row.reserved_minutes, available(conn, &pledge)?);
            let mut ledger = Ledger { step: self, row, pledge };
            ledger.post(conn, ctx, EntryKind::Reserve, share.reserve)?;
            ledger.post(conn, ctx, EntryKind::Confirm, share.pledged)?;
            ledger.post(conn, ctx, EntryKind::Deliver, share.pledged - i64::from(new.delivered_minutes))?;
            assignments::spend_reserved(conn, row, share.pledged - share.reserve)?;
            new.pledged_minutes = narrow(share.pledged)?;
            new.delivered_minutes = new.pledged_minutes;
        }
        assignments::count_confirmed(conn, row, minutes)?;
        new.confirmed_minutes = narrow(minutes)?;
        Ok(())
    }

    /// Takes back all that the entry counts for, by an entry of its own.
    fn undo(&self, conn: &mut Conn, ctx: &Ctx, row: &Assignment, entry: &TimeEntry) -> Result<()> {
        if let Some(id) = entry.pledge_id {
            let pledge = pledges::lock_pledge(conn, id)?;
            let mut ledger = Ledger { step: self, row, pledge };
            ledger.post(conn, ctx, EntryKind::Confirm, -i64::from(entry.pledged_minutes))?;
            ledger.post(conn, ctx, EntryKind::Deliver, -i64::from(entry.delivered_minutes))?;
            let extra = Self::beyond(conn, row, entry)?;
            ledger.post(conn, ctx, EntryKind::Release, extra)?;
            assignments::spend_reserved(conn, row, extra - i64::from(entry.pledged_minutes))?;
        }
        assignments::count_confirmed(conn, row, -i64::from(entry.confirmed_minutes))?;
        let reversing = TimeEntry {
            id: ctx.ids().make(),
            minutes: -entry.minutes,
            confirmed_minutes: -entry.confirmed_minutes,
            delivered_minutes: -entry.delivered_minutes,
            pledged_minutes: -entry.pledged_minutes,
            status: TimeEntryStatus::Reversing,
            reverses: Some(entry.id),
            import_key: None,
            reason: self.reason.map(str::to_owned),
            decided_by: self.by,
            decided_at: Some(ctx.now()),
            due_at: None,
            version: 1,
            created_at: ctx.now(),
            updated_at: ctx.now(),
            ..entry.clone()
        };
        store::insert_entry(conn, &reversing)?;
        record(conn, ctx, None, &reversing, self.by, self.request_id)
    }
}

impl Step<'_> {
    /// Of the minutes that a live assignment gets back with an entry, those that had been reserved for the entry beyond its
    /// hours a week: nobody counts on them any more.
    fn beyond(conn: &mut Conn, row: &Assignment, entry: &TimeEntry) -> Result<i64> {
        if !row.status.is_live() || row.pledge_id != entry.pledge_id {
            return Ok(0);
        }
        // For somebody who left the employer nothing is held any more.
        let whole = || minutes_from(row.starts_on, row.hours_per_week, row.starts_on, row.ends_on);
        let agreed = if row.waits_for_own_time() { 0 } else { whole() };
        let others = store::pledged_minutes(conn, row.id)? - i64::from(entry.pledged_minutes);
        let back = i64::from(entry.pledged_minutes);
        Ok((row.reserved_minutes + back - (agreed - others).max(0)).clamp(0, back))
    }
}

/// What the pledge can still reserve: nothing while it rests or once it has ended.
fn available(conn: &mut Conn, pledge: &Pledge) -> Result<i64> {
    if pledge.status != PledgeStatus::Active {
        return Ok(0);
    }
    let balances = pledges::list_balances(conn, &[pledge.id])?;
    Ok(balances.get(&pledge.id).map_or(0, pledges::Balance::available_minutes))
}

fn narrow(minutes: i64) -> Result<i32> {
    i32::try_from(minutes).map_err(Error::internal)
}

/// A pledge's ledger, as it is moved for one entry.
struct Ledger<'a> {
    step: &'a Step<'a>,
    row: &'a Assignment,
    pledge: Pledge,
}

impl Ledger<'_> {
    fn post(&mut self, conn: &mut Conn, ctx: &Ctx, kind: EntryKind, minutes: i64) -> Result<()> {
        if minutes == 0 {
            return Ok(());
        }
        let posting = Posting { kind, minutes, reference: Some(self.row.id.into()), note: None };
        self.pledge = pledges::post(conn, ctx, &self.pledge, posting, self.step.by, self.step.request_id)?;
        Ok(())
    }
}
