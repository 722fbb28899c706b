//! One step after the other: what follows from the answers that are there.

use super::notices;
use crate::features::audit;
use crate::features::needs::{self, Need};
use crate::features::organizations;
use crate::features::projects::ProjectStatus;
use crate::features::projects::{self, Project};
use crate::features::proposals::calendar::clock;
use crate::features::proposals::model::{Capacity, Origin, Proposal, ProposalAction, ProposalStatus, advance};
use crate::features::proposals::problems::{LEFT_EMPLOYER, NEED_NOT_OPEN};
use crate::features::proposals::{Agreed, Hire, PROPOSAL_CHANGED, store};
use crate::infra::Ctx;
use crate::infra::db::{Conn, feed};
use crate::kernel::{AccountId, Error, NeedId, ProposalId, RequestId, Result};

/// A need with its project, both locked.
#[derive(Debug)]
pub(super) struct Scene {
    pub project: Project,
    pub need: Need,
}

impl Scene {
    /// Locks them in their order.
    pub(super) fn lock(conn: &mut Conn, need: NeedId) -> Result<Self> {
        let project = needs::get_need(conn, need)?.project_id;
        let project = projects::lock_project(conn, project)?;
        Ok(Self { project, need: needs::lock_need(conn, need)? })
    }

    /// Locks them and the proposal.
    pub(super) fn lock_with(conn: &mut Conn, id: ProposalId) -> Result<(Self, Proposal)> {
        let need = store::get_proposal(conn, id)?.need_id;
        let scene = Self::lock(conn, need)?;
        let proposal = store::lock_proposal(conn, id)?;
        Ok((scene, proposal))
    }

    /// Fails when the need does not look for people.
    pub(super) fn require_open(&self) -> Result<()> {
        if !self.need.status.is_live() {
            return Err(Error::new(&NEED_NOT_OPEN, format!("The need is {}.", self.need.status)));
        }
        if self.project.status != ProjectStatus::Listed {
            return Err(Error::new(&NEED_NOT_OPEN, format!("The project is {}.", self.project.status)));
        }
        Ok(())
    }
}

/// Who moves proposals of a need, and why now.
pub(super) struct Mover<'a> {
    pub ctx: &'a Ctx,
    pub hire: Hire,
    pub scene: &'a Scene,
    pub by: Option<AccountId>,
    pub request_id: &'a RequestId,
}

/// Why somebody can't have a seat.
pub(super) const FULL: (&str, &str) =
    ("no_seat_left", "Every seat is taken; the next one that comes free is offered in turn.");

impl Mover<'_> {
    /// Takes the proposal from state to state, with its event; an end gives back the seat that it holds. The row is locked
    /// or new.
    pub(super) fn step(&self, conn: &mut Conn, proposal: &mut Proposal, action: ProposalAction) -> Result<()> {
        let from = proposal.status;
        proposal.status = advance(from, action)?;
        let now = self.ctx.now();
        if proposal.status != from || action == ProposalAction::Accept {
            (proposal.due_at, proposal.remind_at) = clock(proposal.status, now, self.scene.need.response_days);
        }
        let ended = !proposal.status.is_live();
        proposal.ended_at = ended.then_some(now);
        if proposal.status.is_live() && proposal.status != ProposalStatus::Waitlisted {
            (proposal.reason_code, proposal.reason) = (None, None);
        }
        if ended && proposal.holds_seat {
            // An assignment takes its seat over.
            proposal.holds_seat = false;
            if proposal.status != ProposalStatus::Converted {
                needs::free_seat(conn, self.ctx, proposal.need_id)?;
            }
        }
        proposal.version += 1;
        proposal.updated_at = now;
        store::update_proposal(conn, proposal)?;
        self.record(conn, proposal, Some(from))?;
        feed::note(conn, self.ctx.ids(), PROPOSAL_CHANGED, proposal.account_id)
    }

    pub(super) fn record(&self, conn: &mut Conn, proposal: &Proposal, from: Option<ProposalStatus>) -> Result<()> {
        let change = audit::Change {
            machine: "proposal",
            entity: proposal.id.into(),
            actor: self.by,
            from: from.map(ProposalStatus::as_str),
            to: proposal.status.as_str(),
            reason: proposal.reason_code.as_deref(),
            request_id: self.request_id,
        };
        audit::record(conn, self.ctx, change)?;
        if from == Some(proposal.status) { Ok(()) } else { notices::tell_programs(conn, self, proposal) }
    }

    /// Goes on as far as the answers that are there allow, and tells whose turn it is, where that changes.
    pub(super) fn proceed(&self, conn: &mut Conn, proposal: &mut Proposal) -> Result<()> {
        let before = proposal.status;
        self.follow(conn, proposal)?;
        if proposal.status == before { Ok(()) } else { self.hand_on(conn, proposal) }
    }

    /// Goes on as far as the answers that are there allow.
    pub(super) fn follow(&self, conn: &mut Conn, proposal: &mut Proposal) -> Result<()> {
        while let Some(action) = self.next(conn, proposal)? {
            match action {
                ProposalAction::Convert => self.convert(conn, proposal)?,
                ProposalAction::Wait => self.wait(conn, proposal)?,
                action => self.step(conn, proposal, action)?,
            }
        }
        Ok(())
    }

    /// Tells whose turn it is. While others were asked the need may have become another one.
    pub(super) fn hand_on(&self, conn: &mut Conn, proposal: &mut Proposal) -> Result<()> {
        notices::tell_turn(conn, self, proposal)?;
        super::clocks::mark_changed(conn, self, proposal)
    }

    /// What follows by itself, if anything does. Takes the seat that an acceptance wants.
    fn next(&self, conn: &mut Conn, proposal: &mut Proposal) -> Result<Option<ProposalAction>> {
        let agreed = proposal.project_agreed_at.is_some();
        let unasked = proposal.capacity == Capacity::EmployerTime && proposal.employer_agreed_at.is_none();
        let next = match proposal.status {
            ProposalStatus::Submitted
                if proposal.volunteer_agreed_at.is_none() || !agreed && proposal.origin != Origin::Application =>
            {
                None
            }
            ProposalStatus::Submitted if !proposal.holds_seat && self.scene.need.seats_left() <= 0 => {
                Some(ProposalAction::Wait)
            }
            ProposalStatus::Submitted if unasked => Some(ProposalAction::Ask),
            ProposalStatus::Submitted => Some(ProposalAction::Review),
            ProposalStatus::UnderReview if !agreed || proposal.need_revision != self.scene.need.revision => None,
            ProposalStatus::UnderReview => {
                require_employed(conn, proposal)?;
                proposal.holds_seat = proposal.holds_seat || needs::take_seat(conn, self.ctx, proposal.need_id)?;
                Some(if proposal.holds_seat { ProposalAction::Accept } else { ProposalAction::Wait })
            }
            ProposalStatus::Accepted if proposal.final_word => Some(ProposalAction::Convert),
            _ => None,
        };
        Ok(next)
    }

    fn wait(&self, conn: &mut Conn, proposal: &mut Proposal) -> Result<()> {
        (proposal.reason_code, proposal.reason) = (Some(FULL.0.to_owned()), Some(FULL.1.to_owned()));
        self.step(conn, proposal, ProposalAction::Wait)
    }

    fn convert(&self, conn: &mut Conn, proposal: &mut Proposal) -> Result<()> {
        require_employed(conn, proposal)?;
        let Scene { project, need } = self.scene;
        let agreed = Agreed { proposal, project, need, by: self.by, request_id: self.request_id };
        let assignment = (self.hire)(conn, self.ctx, &agreed)?;
        proposal.assignment_id = Some(assignment);
        self.step(conn, proposal, ProposalAction::Convert)
    }
}

/// Employer's hours are for who belongs to the employer.
pub(super) fn require_employed(conn: &mut Conn, proposal: &Proposal) -> Result<()> {
    let Some(employer) = proposal.employer_id else { return Ok(()) };
    if organizations::role_in(conn, employer, proposal.account_id)?.is_some() {
        return Ok(());
    }
    let detail = "The volunteer has left the organization whose hours these would be; their own time is not concerned.";
    Err(Error::new(&LEFT_EMPLOYER, detail))
}
