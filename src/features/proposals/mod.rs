//! Pairings of a need and a volunteer on their way to an agreement: applications, invitations and recommendations.

mod model;
mod problems;

pub use model::{
    Capacity, DeclineReason, Origin, Party, Proposal, ProposalAction, ProposalStatus, TRANSITIONS, machine,
};
pub use problems::PROBLEMS;

use crate::features::needs::Need;
use crate::features::projects::Project;
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{AccountId, AssignmentId, RequestId, Result};

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
