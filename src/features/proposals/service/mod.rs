//! Use cases of proposals.

mod answer;
mod apply;
mod clocks;
mod notices;
mod read;
mod steps;
mod terms;

pub(super) use answer::{AnswerInput, answer};
pub(super) use apply::{ApplyInput, InviteInput, apply, invite};
pub use apply::{COOL_DOWN, recommend_in, supersede_recommendations};
pub(super) use clocks::{OF_THE_HOUSE, withdraw_all};
pub use clocks::{ask_again, ask_all_again, close_all, offer_next, work_off_clocks};
pub(super) use read::{ProposalCard, get, list_approvals, list_mine, list_of_project};
pub(super) use terms::Terms;

use super::Agreed;
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{AssignmentId, Error, Result};

/// Stands where nothing can be agreed: the clock asks, reminds and ends, but says yes for nobody.
fn nobody_hires(_: &mut Conn, _: &Ctx, _: &Agreed<'_>) -> Result<AssignmentId> {
    Err(Error::internal("an assignment was to be made where nobody makes any"))
}
