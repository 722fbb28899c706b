//! Pairings of a need and a volunteer on their way to an agreement: applications, invitations and recommendations.

mod calendar;
mod dto;
mod model;
mod personal;
mod policy;
mod problems;
mod routes;
mod service;
mod store;
mod terms;

pub use model::{
    Capacity, DeclineReason, Origin, Party, Proposal, ProposalAction, ProposalStatus, TRANSITIONS, machine,
};
pub use personal::PERSONAL;
pub use problems::PROBLEMS;
pub use routes::configure;
pub use service::{
    COOL_DOWN, ask_again, ask_all_again, close_all, offer_next, recommend_in, supersede_recommendations,
    work_off_clocks,
};
pub use store::{Declined, get_proposal, list_declined, list_open_applications};

use crate::features::needs::Need;
use crate::features::projects::Project;
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::infra::db::feed::ChangeKind;
use crate::kernel::{AccountId, AssignmentId, RequestId, Result};

/// Stands in the change feed for a volunteer one of whose proposals changed; the entity is the account.
pub const PROPOSAL_CHANGED: ChangeKind = ChangeKind("proposal");

/// What all sides agreed to. Project and need are locked.
#[derive(Debug, Clone, Copy)]
pub struct Agreed<'a> {
    /// The proposal.
    pub proposal: &'a Proposal,
    /// The project.
    pub project: &'a Project,
    /// The need, a seat of which the proposal holds and hands over.
    pub need: &'a Need,
    /// Whose yes was the last one; none when it was the clock's.
    pub by: Option<AccountId>,
    /// The request that brought it about.
    pub request_id: &'a RequestId,
}

/// Makes an assignment of what was agreed, in the transaction at hand, or says which hours are missing (409). A later
/// feature does it; the composition root hands it over.
pub type Hire = fn(&mut Conn, &Ctx, &Agreed<'_>) -> Result<AssignmentId>;
