//! How assignments end, and what is given back then.

use super::read::{AssignmentCard, card, find_visible};
use super::step::{Step, keep, record};
use super::tell::tell;
use crate::features::accounts::policy::require_verified;
use crate::features::assignments::letters::Notice;
use crate::features::assignments::model::{Assignment, AssignmentAction, AssignmentStatus, EndReason, Side, advance};
use crate::features::assignments::{policy, store};
use crate::features::needs::{self, Need, NeedAction, NeedStatus};
use crate::features::pledges::ledger::EntryKind;
use crate::features::pledges::{self, Posting};
use crate::features::projects::{self, Project};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{AccountId, Actor, AssignmentId, IfMatch, PledgeId, RequestId, Result};

/// An assignment with what it stands on, all locked in the order of the house.
pub(super) struct Locked {
    pub project: Project,
    pub need: Need,
    pub row: Assignment,
}

pub(super) fn lock_whole(conn: &mut Conn, id: AssignmentId) -> Result<Locked> {
    let seen = store::get_assignment(conn, id)?;
    let project = projects::lock_project(conn, seen.project_id)?;
    let need = needs::lock_need(conn, seen.need_id)?;
    let row = store::lock_assignment(conn, id)?;
    Ok(Locked { project, need, row })
}

/// How one ends.
#[derive(Debug, Clone, Copy)]
pub(in crate::features::assignments) struct Ending<'a> {
    pub(in crate::features::assignments) action: AssignmentAction,
    pub(in crate::features::assignments) code: EndReason,
    /// The reason in somebody's words.
    pub(in crate::features::assignments) words: Option<&'a str>,
    /// None for the clock.
    pub(in crate::features::assignments) by: Option<AccountId>,
    pub(in crate::features::assignments) request_id: &'a RequestId,
}

impl Ending<'_> {
    /// Ends it: what the pledge still holds for it is released, and the seat is free for the next one.
    pub(super) fn take(&self, conn: &mut Conn, ctx: &Ctx, locked: &Locked) -> Result<Assignment> {
        let ended = self.let_go(conn, ctx, locked)?;
        needs::free_seat(conn, ctx, ended.need_id)?;
        if locked.need.status == NeedStatus::InProgress && !store::has_live(conn, ended.need_id)? {
            let of = (&locked.project, &needs::get_need(conn, ended.need_id)?);
            needs::transition_in(conn, ctx, of, NeedAction::Rest, self.by, self.request_id)?;
        }
        self.tell(conn, ctx, &ended)?;
        Ok(ended)
    }

    /// Tells both sides, but not whoever did it.
    fn tell(&self, conn: &mut Conn, ctx: &Ctx, ended: &Assignment) -> Result<()> {
        let notice = match ended.status {
            AssignmentStatus::Completed => Notice::Completed,
            AssignmentStatus::Released => Notice::Released(self.code),
            _ => Notice::Ended(self.code, self.words.map(str::to_owned)),
        };
        tell(conn, ctx, ended, &[Side::Volunteer, Side::Project], self.by, &notice)
    }

    /// The same without the seat, which passes on.
    pub(super) fn let_go(&self, conn: &mut Conn, ctx: &Ctx, locked: &Locked) -> Result<Assignment> {
        let step =
            Step { action: self.action, reason: Some(self.code.as_str()), by: self.by, request_id: self.request_id };
        let now = ctx.now();
        let ended = step.take(conn, ctx, &locked.row, |new| {
            new.ended_at = Some(now);
            new.ended_by = self.by;
            new.reason_code = Some(self.code);
            new.reason = self.words.map(str::to_owned);
            new.expect_nothing();
            new.paused_until = None;
            new.notice_ends_at = None;
        })?;
        super::revoke::close(conn, ctx, &ended, self.by, self.request_id)?;
        super::hand_over::close(conn, ctx, &ended, self.by, self.request_id)?;
        match ended.pledge_id {
            Some(pledge) => release_rest(conn, ctx, &ended, pledge, self.by, self.request_id),
            None => Ok(ended),
        }
    }
}

/// Releases what the pledge's ledger holds for the assignment beyond the work that was logged and waits for a decision. For
/// an assignment that ended or is in one's own time now; it must be locked. Returns it as it is then.
pub fn release_rest(
    conn: &mut Conn,
    ctx: &Ctx,
    row: &Assignment,
    pledge: PledgeId,
    by: Option<AccountId>,
    request_id: &RequestId,
) -> Result<Assignment> {
    if row.status.is_live() && row.pledge_id == Some(pledge) {
        return Ok(row.clone());
    }
    release(conn, ctx, row, pledge, by, request_id)
}

/// The same whatever the state.
pub(super) fn release(
    conn: &mut Conn,
    ctx: &Ctx,
    row: &Assignment,
    pledge: PledgeId,
    by: Option<AccountId>,
    request_id: &RequestId,
) -> Result<Assignment> {
    let minutes = row.reserved_minutes - store::pending_minutes(conn, row.id, pledge)?;
    if minutes <= 0 {
        return Ok(row.clone());
    }
    let locked = pledges::lock_pledge(conn, pledge)?;
    let posting = Posting { kind: EntryKind::Release, minutes, reference: Some(row.id.into()), note: None };
    pledges::post(conn, ctx, &locked, posting, by, request_id)?;
    store::spend_reserved(conn, row, minutes)?;
    Ok(Assignment { reserved_minutes: row.reserved_minutes - minutes, ..row.clone() })
}

/// What a person asks for.
#[derive(Debug, Clone)]
pub(in crate::features::assignments) enum Wish {
    /// It is done, says this side.
    Complete(Option<String>),
    /// It ends before its time.
    End(EndReason, Option<String>),
}

/// Ends it before its time, or says that it is done; the second side to say so completes it.
pub(in crate::features::assignments) async fn end(
    ctx: &Ctx,
    actor: &Actor,
    id: AssignmentId,
    if_match: IfMatch,
    wish: Wish,
) -> Result<AssignmentCard> {
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let (_, _, standing) = find_visible(conn, &actor, id)?;
            let decision = match &wish {
                Wish::Complete(_) => policy::may_steer(&standing),
                Wish::End(..) => policy::may_end(&standing),
            };
            decision.prove((), "assignment")?;
            require_verified(&actor)?;
            let mut locked = lock_whole(conn, id)?;
            if_match.check(locked.row.version)?;
            let (by, request_id) = (Some(actor.account_id), &actor.request_id);
            let row = match &wish {
                Wish::End(code, words) => {
                    let (action, words) = (AssignmentAction::End, words.as_deref());
                    Ending { action, code: *code, words, by, request_id }.take(conn, &ctx, &locked)?
                }
                Wish::Complete(words) => {
                    advance(locked.row.status, AssignmentAction::Complete, AssignmentStatus::Active)?;
                    let said = match standing.side() {
                        Some(Side::Volunteer) => &mut locked.row.volunteer_done_at,
                        _ => &mut locked.row.project_done_at,
                    };
                    let again = said.replace(ctx.now()).is_some();
                    complete(conn, &ctx, &locked, again, (words.as_deref(), by, request_id))?
                }
            };
            card(conn, row, locked.project, &standing)
        })
        .await
}

/// What follows from a side's saying that it is done, which stands in the row already.
fn complete(
    conn: &mut Conn,
    ctx: &Ctx,
    locked: &Locked,
    again: bool,
    (words, by, request_id): (Option<&str>, Option<AccountId>, &RequestId),
) -> Result<Assignment> {
    let row = &locked.row;
    if row.volunteer_done_at.is_some() && row.project_done_at.is_some() {
        let (action, code) = (AssignmentAction::Complete, EndReason::Agreed);
        return Ending { action, code, words, by, request_id }.take(conn, ctx, locked);
    }
    if again {
        return store::get_assignment(conn, row.id);
    }
    let kept = keep(conn, ctx, row.clone())?;
    record(conn, ctx, Some(&kept), &kept, Some("said_to_be_done"), by, request_id)?;
    if let Some(at) = kept.completes_at() {
        let (side, other) = if kept.project_done_at.is_some() {
            (Side::Project, Side::Volunteer)
        } else {
            (Side::Volunteer, Side::Project)
        };
        tell(conn, ctx, &kept, &[other], by, &Notice::SaidDone(side, at))?;
    }
    Ok(kept)
}

/// Ends whatever this person works on, since their account ends.
pub(in crate::features::assignments) fn end_all(
    conn: &mut Conn,
    ctx: &Ctx,
    account: AccountId,
    request_id: &RequestId,
) -> Result<()> {
    for row in store::list_of_account(conn, account)?.into_iter().filter(|row| row.status.is_live()) {
        let locked = lock_whole(conn, row.id)?;
        if locked.row.status.is_live() {
            let (action, code) = (AssignmentAction::End, EndReason::AccountDeleted);
            Ending { action, code, words: None, by: None, request_id }.take(conn, ctx, &locked)?;
        }
    }
    Ok(())
}
