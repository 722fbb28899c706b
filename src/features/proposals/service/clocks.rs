//! What follows from the clock, from seats that come free, and from needs that leave the market.

use super::nobody_hires;
use super::notices;
use super::steps::{Mover, Scene};
use crate::features::needs;
use crate::features::proposals::calendar::next_reminder;
use crate::features::proposals::model::{Party, Proposal, ProposalAction, ProposalStatus};
use crate::features::proposals::store;
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{AccountId, Error, NeedId, ProjectId, RequestId, Result};

/// Why a proposal was declined without the project or the volunteer having said no to each other.
pub(in crate::features::proposals) const OF_THE_HOUSE: [&str; 4] =
    ["need_cancelled", "need_fulfilled", "need_expired", "employer_refused"];

/// So many at a time.
const BATCH: i64 = 100;

/// Ends what nobody answered in time, and reminds whoever has to answer. Safe to repeat.
pub async fn work_off_clocks(ctx: &Ctx, request_id: RequestId) -> Result<usize> {
    let mut worked = 0;
    loop {
        let (inner, request_id) = (ctx.clone(), request_id.clone());
        let (due, done) = ctx
            .store()
            .write(move |conn| {
                let due = store::list_due(conn, inner.now(), BATCH)?;
                let mut done = 0;
                for id in &due {
                    let (scene, mut proposal) = Scene::lock_with(conn, *id)?;
                    let mover = mover(&inner, &scene, &request_id);
                    done += usize::from(look_at(conn, &mover, &mut proposal)?);
                }
                Ok((due.len(), done))
            })
            .await?;
        worked += done;
        if due == 0 || done == 0 {
            return Ok(worked);
        }
    }
}

fn mover<'a>(ctx: &'a Ctx, scene: &'a Scene, request_id: &'a RequestId) -> Mover<'a> {
    Mover { ctx, hire: nobody_hires, scene, by: None, request_id }
}

/// Whether there was something to do.
fn look_at(conn: &mut Conn, mover: &Mover<'_>, proposal: &mut Proposal) -> Result<bool> {
    let now = mover.ctx.now();
    if !proposal.status.is_live() {
        return Ok(false);
    }
    if proposal.due_at.is_some_and(|due| due <= now) {
        expire(conn, mover, proposal)?;
        return Ok(true);
    }
    let (Some(reminded), Some(due)) = (proposal.remind_at.filter(|at| *at <= now), proposal.due_at) else {
        return Ok(false);
    };
    notices::remind(conn, mover, proposal)?;
    proposal.remind_at = next_reminder(proposal.status, reminded, due);
    store::update_proposal(conn, proposal)?;
    Ok(true)
}

fn expire(conn: &mut Conn, mover: &Mover<'_>, proposal: &mut Proposal) -> Result<()> {
    let missing = proposal.waiting_for(mover.scene.need.revision);
    let (code, sentence) = match missing.first() {
        Some(Party::Employer) => ("employer_silent", "The employer did not answer in time."),
        Some(Party::Volunteer) => ("volunteer_silent", "The volunteer did not answer in time."),
        _ => ("project_silent", "The project did not answer in time."),
    };
    (proposal.reason_code, proposal.reason) = (Some(code.to_owned()), Some(sentence.to_owned()));
    mover.step(conn, proposal, ProposalAction::Expire)?;
    notices::tell_end(conn, mover, proposal)
}

fn need_of(payload: &serde_json::Value) -> Result<NeedId> {
    serde_json::from_value(payload.get("need_id").cloned().unwrap_or_default()).map_err(Error::internal)
}

/// Offers free seats to whoever waits for one: the job [`needs::SEAT_FREED`].
pub async fn offer_next(ctx: Ctx, payload: serde_json::Value) -> Result<()> {
    let (need, inner, request_id) = (need_of(&payload)?, ctx.clone(), RequestId::new(ctx.ids().make()));
    ctx.store()
        .write(move |conn| {
            let scene = Scene::lock(conn, need)?;
            if scene.require_open().is_err() {
                return Ok(());
            }
            for id in store::list_waiting(conn, need)? {
                if !needs::take_seat(conn, &inner, need)? {
                    break;
                }
                let mut proposal = store::lock_proposal(conn, id)?;
                proposal.holds_seat = true;
                let mover = mover(&inner, &scene, &request_id);
                mover.step(conn, &mut proposal, ProposalAction::Offer)?;
                notices::tell_turn(conn, &mover, &proposal)?;
            }
            Ok(())
        })
        .await
}

/// Answers every proposal of a need that does not look for people any more: the job [`needs::LEFT_THE_MARKET`].
pub async fn close_all(ctx: Ctx, payload: serde_json::Value) -> Result<()> {
    let (need, inner, request_id) = (need_of(&payload)?, ctx.clone(), RequestId::new(ctx.ids().make()));
    ctx.store()
        .write(move |conn| {
            let scene = Scene::lock(conn, need)?;
            let (code, sentence) = match scene.need.status {
                needs::NeedStatus::Cancelled => ("need_cancelled", "The project has given the need up."),
                needs::NeedStatus::Fulfilled | needs::NeedStatus::Closed => {
                    ("need_fulfilled", "The work has been done; thank you for offering.")
                }
                needs::NeedStatus::Expired => ("need_expired", "The project did not confirm the need any more."),
                // Opened again meanwhile.
                _ => return Ok(()),
            };
            for id in store::list_live(conn, need)? {
                let mut proposal = store::lock_proposal(conn, id)?;
                (proposal.reason_code, proposal.reason) = (Some(code.to_owned()), Some(sentence.to_owned()));
                let mover = mover(&inner, &scene, &request_id);
                mover.step(conn, &mut proposal, ProposalAction::Close)?;
                notices::tell_end(conn, &mover, &proposal)?;
            }
            Ok(())
        })
        .await
}

/// Why a proposal waits whose volunteer agreed to the need as it was.
const CHANGED: (&str, &str) = ("need_changed", "The need was changed after the volunteer agreed to it.");

/// Asks those again who agreed to a need as it was: the job [`needs::NEED_REVISED`]. Nobody is asked twice before they answer.
pub async fn ask_again(ctx: Ctx, payload: serde_json::Value) -> Result<()> {
    ask_about(&ctx, need_of(&payload)?).await
}

/// The same about all needs of a project that changed what it asks of everybody: the job
/// [`TERMS_CHANGED`](crate::features::projects::TERMS_CHANGED).
pub async fn ask_all_again(ctx: Ctx, payload: serde_json::Value) -> Result<()> {
    let id = payload.get("project_id").cloned().unwrap_or_default();
    let project: ProjectId = serde_json::from_value(id).map_err(Error::internal)?;
    for need in ctx.store().read(move |conn| store::list_live_needs(conn, project)).await? {
        ask_about(&ctx, need).await?;
    }
    Ok(())
}

async fn ask_about(ctx: &Ctx, need: NeedId) -> Result<()> {
    let (inner, request_id) = (ctx.clone(), RequestId::new(ctx.ids().make()));
    ctx.store()
        .write(move |conn| {
            let scene = Scene::lock(conn, need)?;
            let mover = mover(&inner, &scene, &request_id);
            for id in store::list_live(conn, need)? {
                let mut proposal = store::lock_proposal(conn, id)?;
                mark_changed(conn, &mover, &mut proposal)?;
            }
            Ok(())
        })
        .await
}

/// Notes that the volunteer has to look again, where they can say so now, and tells them. A yes to what was recommended is asked
/// for anew.
pub(super) fn mark_changed(conn: &mut Conn, mover: &Mover<'_>, proposal: &mut Proposal) -> Result<()> {
    let agreed = proposal.volunteer_agreed_at.is_some() && proposal.need_revision != mover.scene.need.revision;
    let recommended = proposal.status == ProposalStatus::Submitted;
    let waits = recommended || proposal.status == ProposalStatus::UnderReview;
    if !agreed || !waits || proposal.reason_code.as_deref() == Some(CHANGED.0) {
        return Ok(());
    }
    if recommended {
        proposal.volunteer_agreed_at = None;
    }
    (proposal.reason_code, proposal.reason) = (Some(CHANGED.0.to_owned()), Some(CHANGED.1.to_owned()));
    proposal.version += 1;
    proposal.updated_at = mover.ctx.now();
    store::update_proposal(conn, proposal)?;
    notices::tell_revised(conn, mover, proposal)
}

/// Ends what a person who leaves has open.
pub(in crate::features::proposals) fn withdraw_all(
    conn: &mut Conn,
    ctx: &Ctx,
    account: AccountId,
    request_id: &RequestId,
) -> Result<()> {
    for id in store::list_live_of(conn, account)? {
        let (scene, mut proposal) = Scene::lock_with(conn, id)?;
        let mover = mover(ctx, &scene, request_id);
        let text = "The volunteer has left Mainstay.";
        (proposal.reason_code, proposal.reason) = (Some("volunteer_left".to_owned()), Some(text.to_owned()));
        mover.step(conn, &mut proposal, ProposalAction::Withdraw)?;
    }
    Ok(())
}
