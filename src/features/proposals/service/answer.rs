//! Answers: yes, no, and taking back, by the volunteer, the project and the employer.

use super::notices;
use super::read::{ProposalCard, card, find_visible, sides};
use super::steps::{Mover, Scene, require_employed};
use super::terms::{Terms, settle};
use crate::features::accounts::policy::require_verified;
use crate::features::needs;
use crate::features::proposals::model::{Capacity, DeclineReason, Proposal, ProposalAction, ProposalStatus, advance};
use crate::features::proposals::problems::{ALREADY_PROPOSED, NO_SEAT_LEFT, TERMS_CHANGED, TRANSITION_REFUSED};
use crate::features::proposals::{Hire, policy, store};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{Actor, Error, IfMatch, ProposalId, Result};

/// What comes with an answer.
#[derive(Debug, Clone, Default)]
pub(in crate::features::proposals) struct AnswerInput {
    /// A volunteer's: whose hours they are.
    pub terms: Option<Terms>,
    /// A no's reason.
    pub reason_code: Option<DeclineReason>,
    /// The same in one's own words.
    pub reason: Option<String>,
}

/// An answer of the caller.
pub(in crate::features::proposals) async fn answer(
    ctx: &Ctx,
    hire: Hire,
    actor: &Actor,
    (id, if_match): (ProposalId, IfMatch),
    action: ProposalAction,
    input: AnswerInput,
) -> Result<ProposalCard> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let (seen, seen_as) = find_visible(conn, &actor, id)?;
            policy::may_answer(seen_as, &seen, action).prove((), "proposal")?;
            require_verified(&actor)?;
            let (scene, mut proposal) = Scene::lock_with(conn, id)?;
            if_match.check(proposal.version)?;
            advance(proposal.status, action)?;
            // What was waited for may have changed before the lock.
            let sides = sides(conn, &actor, &proposal)?;
            policy::may_answer(sides, &proposal, action).prove((), "proposal")?;
            let (by, input) = (Some(actor.account_id), input.clone());
            let mover = Mover { ctx: &inner, hire, scene: &scene, by, request_id: &actor.request_id };
            match action {
                ProposalAction::Accept if sides.volunteer => {
                    volunteer_agrees(conn, &mover, &mut proposal, input.terms)?;
                }
                ProposalAction::Accept => project_agrees(conn, &mover, &mut proposal)?,
                ProposalAction::Confirm => confirm(conn, &mover, &mut proposal, input.terms)?,
                ProposalAction::Approve => {
                    in_time(&mover, &proposal)?;
                    require_employed(conn, &proposal)?;
                    (proposal.employer_agreed_at, proposal.employer_agreed_by) = (Some(inner.now()), by);
                    mover.step(conn, &mut proposal, action)?;
                    mover.follow(conn, &mut proposal)?;
                    notices::tell_approved(conn, &mover, &proposal)?;
                    mover.hand_on(conn, &mut proposal)?;
                }
                _ => say_no(conn, &mover, &mut proposal, action, input)?,
            }
            card(conn, proposal)
        })
        .await
}

/// The clock's sweep may be on its way: an answer after its time does not count any more.
fn in_time(mover: &Mover<'_>, proposal: &Proposal) -> Result<()> {
    match proposal.due_at.filter(|due| *due <= mover.ctx.now()) {
        Some(due) => {
            let detail = format!("An answer was due by {due}; the applicant has been free since.");
            Err(Error::new(&TRANSITION_REFUSED, detail).with_allowed(Vec::new()))
        }
        None => Ok(()),
    }
}

/// The project's yes.
pub(super) fn project_agrees(conn: &mut Conn, mover: &Mover<'_>, proposal: &mut Proposal) -> Result<()> {
    mover.scene.require_open()?;
    in_time(mover, proposal)?;
    if proposal.volunteer_agreed_at.is_some() && proposal.need_revision != mover.scene.need.revision {
        let detail = "The need was changed after the volunteer agreed to it; they have been asked to look again.";
        return Err(Error::new(&TERMS_CHANGED, detail));
    }
    require_employed(conn, proposal)?;
    proposal.project_agreed_at = Some(mover.ctx.now());
    if proposal.status == ProposalStatus::Submitted {
        mover.step(conn, proposal, ProposalAction::Accept)?;
    } else {
        store::update_proposal(conn, proposal)?;
    }
    mover.proceed(conn, proposal)
}

/// The yes of a volunteer who was invited or recommended.
pub(super) fn volunteer_agrees(
    conn: &mut Conn,
    mover: &Mover<'_>,
    proposal: &mut Proposal,
    terms: Option<Terms>,
) -> Result<()> {
    mover.scene.require_open()?;
    agree(conn, mover, proposal, terms)?;
    mover.step(conn, proposal, ProposalAction::Accept)?;
    mover.proceed(conn, proposal)
}

/// Notes the volunteer's yes to the need as it is now.
fn agree(conn: &mut Conn, mover: &Mover<'_>, proposal: &mut Proposal, terms: Option<Terms>) -> Result<()> {
    let kept = Terms { capacity: proposal.capacity, pledge: proposal.pledge_id };
    settle(conn, mover.ctx, mover.scene, proposal, terms.unwrap_or(kept))?;
    proposal.need_revision = mover.scene.need.revision;
    proposal.volunteer_agreed_at = Some(mover.ctx.now());
    proposal.final_word = proposal.project_agreed_at.is_some();
    Ok(())
}

/// The volunteer's final word, or their yes to an offer, to changed terms, or after the time.
fn confirm(conn: &mut Conn, mover: &Mover<'_>, proposal: &mut Proposal, terms: Option<Terms>) -> Result<()> {
    mover.scene.require_open()?;
    let offers_employer = terms.is_some_and(|terms| terms.capacity == Capacity::EmployerTime);
    match proposal.status {
        ProposalStatus::Accepted if offers_employer && proposal.capacity == Capacity::OwnTime => {
            let detail = "The project accepted hours of your own; apply anew to offer your employer's.";
            return Err(Error::field("/capacity", "not_now", detail));
        }
        ProposalStatus::UnderReview if proposal.need_revision == mover.scene.need.revision => {
            let detail = "Nothing has changed since you agreed; the project answers now.";
            return Err(Error::new(&TRANSITION_REFUSED, detail).with_allowed(vec!["withdraw"]));
        }
        ProposalStatus::Expired => take_up_again(conn, mover, proposal)?,
        _ => {}
    }
    agree(conn, mover, proposal, terms)?;
    mover.step(conn, proposal, ProposalAction::Confirm)?;
    mover.proceed(conn, proposal)
}

/// A late yes: it counts while a seat is left, and when it was the volunteer who was late.
fn take_up_again(conn: &mut Conn, mover: &Mover<'_>, proposal: &mut Proposal) -> Result<()> {
    if proposal.reason_code.as_deref() != Some("volunteer_silent") {
        let detail = "The other side did not answer in time, and you are free; apply anew if you still would.";
        return Err(Error::new(&TRANSITION_REFUSED, detail).with_allowed(Vec::new()));
    }
    if let Some(live) = store::find_live(conn, proposal.need_id, proposal.account_id)? {
        let detail = format!("There is a newer one, which is {}.", live.status);
        return Err(Error::new(&ALREADY_PROPOSED, detail).with_extra("proposal", live.id.to_string()));
    }
    if !needs::take_seat(conn, mover.ctx, proposal.need_id)? {
        return Err(Error::new(&NO_SEAT_LEFT, "The time was up, and somebody else has taken the seat since."));
    }
    proposal.holds_seat = true;
    Ok(())
}

/// Declining, refusing and withdrawing.
fn say_no(
    conn: &mut Conn,
    mover: &Mover<'_>,
    proposal: &mut Proposal,
    action: ProposalAction,
    input: AnswerInput,
) -> Result<()> {
    let (code, sentence) = match action {
        ProposalAction::Refuse => ("employer_refused", "Your organization can't give these hours now."),
        ProposalAction::Withdraw => ("withdrawn", "It was taken back."),
        _ => {
            let reason = input.reason_code.unwrap_or(DeclineReason::Other);
            (reason.as_str(), reason.sentence())
        }
    };
    proposal.reason_code = Some(code.to_owned());
    proposal.reason = Some(input.reason.unwrap_or_else(|| sentence.to_owned()));
    mover.step(conn, proposal, action)?;
    notices::tell_end(conn, mover, proposal)
}
