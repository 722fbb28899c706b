//! A colleague of the same employer takes over: when both want it, one assignment ends and another begins on its seat.

use super::end::{Ending, lock_whole};
use super::lease::lock_for;
use super::place::Place;
use super::tell::{tell, tell_people};
use crate::features::accounts::policy::require_verified;
use crate::features::accounts::{self, Account};
use crate::features::assignments::letters::Notice;
use crate::features::assignments::model::{
    Assignment, AssignmentAction, EndReason, HandOver, HandOverAction, HandOverStatus, Side, advance, advance_hand_over,
};
use crate::features::assignments::problems::{HAND_OVER_OPEN, NO_COLLEAGUE, NOT_EMPLOYER_TIME};
use crate::features::assignments::{policy, store};
use crate::features::audit;
use crate::features::needs::{self, Need};
use crate::features::organizations;
use crate::features::projects::{self, Project};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{
    AccountId, Actor, AssignmentId, Cursor, Error, HandOverId, IfMatch, Limit, Page, RequestId, Result,
};
use chrono::TimeDelta;

/// So long the colleague has to answer.
const ANSWER_WITHIN: TimeDelta = TimeDelta::days(7);
/// So many questions at a time.
const BATCH: i64 = 100;

/// A hand-over with what is shown beside it.
#[derive(Debug)]
pub(in crate::features::assignments) struct HandOverCard {
    pub(in crate::features::assignments) row: HandOver,
    pub(in crate::features::assignments) from: Account,
    pub(in crate::features::assignments) to: Account,
    pub(in crate::features::assignments) hours_per_week: f64,
    pub(in crate::features::assignments) need: Need,
    pub(in crate::features::assignments) project: Project,
}

fn card(conn: &mut Conn, row: HandOver) -> Result<HandOverCard> {
    let of = store::get_assignment(conn, row.assignment_id)?;
    Ok(HandOverCard {
        from: accounts::get_account(conn, of.account_id)?,
        to: accounts::get_account(conn, row.account_id)?,
        hours_per_week: of.hours_per_week,
        need: needs::get_need(conn, of.need_id)?,
        project: projects::get_project(conn, of.project_id)?,
        row,
    })
}

fn record(
    conn: &mut Conn,
    ctx: &Ctx,
    from: Option<HandOverStatus>,
    row: &HandOver,
    by: Option<AccountId>,
    request_id: &RequestId,
) -> Result<()> {
    let change = audit::Change {
        machine: "hand_over",
        entity: row.id.into(),
        actor: by,
        from: from.map(HandOverStatus::as_str),
        to: row.status.as_str(),
        reason: None,
        request_id,
    };
    audit::record(conn, ctx, change)
}

/// Asks a colleague.
pub(in crate::features::assignments) async fn ask(
    ctx: &Ctx,
    actor: &Actor,
    id: AssignmentId,
    if_match: IfMatch,
    handle: String,
) -> Result<HandOverCard> {
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let (row, ..) = lock_for(conn, &actor, id, &if_match, policy::may_hand_over)?;
            advance(row.status, AssignmentAction::HandOver, row.status)?;
            let (Some(_), Some(employer)) = (row.pledge_id, row.employer_id) else {
                return Err(Error::new(&NOT_EMPLOYER_TIME, "These hours are the volunteer's own."));
            };
            if store::find_open_hand_over(conn, id)?.is_some() {
                return Err(Error::new(&HAND_OVER_OPEN, "Somebody has been asked and did not answer yet."));
            }
            let colleague = accounts::find_account_by_handle(conn, &handle)?;
            let place = match &colleague {
                Some(person) => organizations::role_in(conn, employer, person.id)?,
                None => None,
            };
            let colleague = colleague.filter(|person| place.is_some() && person.id != row.account_id);
            let Some(colleague) = colleague else {
                return Err(Error::new(&NO_COLLEAGUE, format!("{handle:?} is nobody else of the same employer.")));
            };
            let now = ctx.now();
            let question = HandOver {
                id: ctx.ids().make(),
                assignment_id: id,
                account_id: colleague.id,
                asked_by: actor.account_id,
                status: HandOverStatus::Asked,
                next_id: None,
                due_at: Some(now + ANSWER_WITHIN),
                created_at: now,
                answered_at: None,
            };
            store::insert_hand_over(conn, &question)?;
            record(conn, &ctx, None, &question, Some(actor.account_id), &actor.request_id)?;
            let notice = Notice::HandOverAsked(now + ANSWER_WITHIN);
            tell_people(conn, &ctx, &row, std::slice::from_ref(&colleague), &notice)?;
            card(conn, question)
        })
        .await
}

/// What the caller was asked to take over, newest first.
pub(in crate::features::assignments) async fn list_mine(
    ctx: &Ctx,
    actor: &Actor,
    limit: Limit,
    after: Option<Cursor>,
) -> Result<Page<HandOverCard>> {
    let id = actor.account_id;
    ctx.store()
        .read(move |conn| {
            let page = store::list_hand_overs_to(conn, id, limit, after.as_ref())?;
            let items = page.items.into_iter().map(|row| card(conn, row)).collect::<Result<Vec<_>>>()?;
            Ok(Page { items, next: page.next })
        })
        .await
}

/// Answers the question, or takes it back.
pub(in crate::features::assignments) async fn answer(
    ctx: &Ctx,
    actor: &Actor,
    id: HandOverId,
    action: HandOverAction,
) -> Result<HandOverCard> {
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let seen = store::get_hand_over(conn, id)?;
            let (colleague, asker) = (seen.account_id == actor.account_id, seen.asked_by == actor.account_id);
            policy::may_answer(action, colleague, asker).prove((), "hand-over")?;
            require_verified(&actor)?;
            let locked = lock_whole(conn, seen.assignment_id)?;
            // The assignment's lock keeps the question as well.
            let old = store::get_hand_over(conn, id)?;
            let mut new = old.clone();
            new.status = advance_hand_over(old.status, action)?;
            new.answered_at = Some(ctx.now());
            new.due_at = None;
            let (by, request_id) = (Some(actor.account_id), &actor.request_id);
            if action == HandOverAction::Accept {
                new.next_id = Some(take_over(conn, &ctx, &locked, &new, (by, request_id))?.id);
            }
            store::update_hand_over(conn, &new)?;
            record(conn, &ctx, Some(old.status), &new, by, request_id)?;
            if action != HandOverAction::Withdraw {
                let taken = Notice::HandOverAnswered(action == HandOverAction::Accept);
                tell(conn, &ctx, &locked.row, &[Side::Volunteer], by, &taken)?;
            }
            card(conn, new)
        })
        .await
}

/// One assignment ends, another begins on its seat, with hours that the colleague and the employer must have.
fn take_over(
    conn: &mut Conn,
    ctx: &Ctx,
    locked: &super::end::Locked,
    question: &HandOver,
    (by, request_id): (Option<AccountId>, &RequestId),
) -> Result<Assignment> {
    let old = &locked.row;
    advance(old.status, AssignmentAction::HandOver, old.status)?;
    let Some(employer) = old.pledge_id.zip(old.employer_id) else {
        return Err(Error::new(&NOT_EMPLOYER_TIME, "These hours are the volunteer's own by now."));
    };
    let (action, code) = (AssignmentAction::HandOver, EndReason::HandedOver);
    Ending { action, code, words: None, by, request_id }.let_go(conn, ctx, locked)?;
    let place = Place {
        proposal: None,
        project: &locked.project,
        need: &locked.need,
        account: question.account_id,
        employer: Some(employer),
        hours: old.hours_per_week,
        ends_on: Some(old.ends_on),
        by,
        request_id,
    };
    let made = place.take(conn, ctx)?;
    tell(conn, ctx, &made, &[Side::Project], by, &Notice::HandOverAnswered(true))?;
    Ok(made)
}

/// At the end of an assignment nobody is asked to take it over any more.
pub(super) fn close(
    conn: &mut Conn,
    ctx: &Ctx,
    row: &Assignment,
    by: Option<AccountId>,
    request_id: &RequestId,
) -> Result<()> {
    match store::find_open_hand_over(conn, row.id)? {
        // The one by which it ended is answered by whoever took over.
        Some(question) if row.reason_code != Some(EndReason::HandedOver) => {
            settle(conn, ctx, &question, HandOverAction::Withdraw, by, request_id)
        }
        _ => Ok(()),
    }
}

fn settle(
    conn: &mut Conn,
    ctx: &Ctx,
    old: &HandOver,
    action: HandOverAction,
    by: Option<AccountId>,
    request_id: &RequestId,
) -> Result<()> {
    let status = advance_hand_over(old.status, action)?;
    let new = HandOver { status, answered_at: Some(ctx.now()), due_at: None, ..old.clone() };
    store::update_hand_over(conn, &new)?;
    record(conn, ctx, Some(old.status), &new, by, request_id)
}

/// Takes back what nobody answered in time; returns how many. Safe to repeat.
pub(super) async fn expire(ctx: &Ctx, request_id: &RequestId) -> Result<usize> {
    let now = ctx.now();
    let due = ctx.store().read(move |conn| store::list_due_hand_overs(conn, now, BATCH)).await?;
    let mut done = 0;
    for id in due {
        let (inner, request_id) = (ctx.clone(), request_id.clone());
        done += usize::from(ctx.store().write(move |conn| expire_one(conn, &inner, id, &request_id)).await?);
    }
    Ok(done)
}

fn expire_one(conn: &mut Conn, ctx: &Ctx, id: HandOverId, request_id: &RequestId) -> Result<bool> {
    let seen = store::get_hand_over(conn, id)?;
    let locked = lock_whole(conn, seen.assignment_id)?;
    let question = store::get_hand_over(conn, id)?;
    if question.due_at.is_none_or(|at| at > ctx.now()) {
        return Ok(false);
    }
    settle(conn, ctx, &question, HandOverAction::Expire, None, request_id)?;
    tell(conn, ctx, &locked.row, &[Side::Volunteer], None, &Notice::HandOverAnswered(false))?;
    Ok(true)
}
