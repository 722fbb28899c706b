//! Use cases of projects.

mod claims;
mod contest;
mod create;
mod funding;
mod input;
mod invitations;
mod news;
mod people;
mod rate;
mod read;
mod statements;
mod transitions;
mod update;
mod verify;

pub(super) use claims::{DisputeCard, Party, claim, decide, get_dispute};
pub(super) use contest::{
    AnswerInput, ContestInput, RatingCard, answer_contest, contest, get_rating, lift_decision, list_contests,
    list_scores, withdraw_contest,
};
pub use create::{Beginning, create_in};
pub(super) use create::{create, slugs};
pub(super) use funding::{FundingInput, get_funding, put_funding};
pub use input::NewProjectInput;
pub(super) use input::{Words, repository, skill_rows, tag};
pub(super) use invitations::{
    InvitationCard, Which, answer_by_mail, answer_invitation, list_invitations, own_invitations, revoke_invitation,
};
pub use people::add_maintainer_in;
pub(super) use people::{add_maintainer, list_people, remove_maintainer, take_off};
pub use rate::{Criticality, set_criticality_in, set_systemic_risk_in};
pub(super) use rate::{CriticalityInput, history_row, set_criticality};
pub use read::ProjectSort;
pub(super) use read::{ListInput, Person, ProjectCard, get, list, search};
pub use statements::STATEMENT_TAKEN;
pub(super) use statements::{Taken, get_statement, may_take, read_for_listing, take, take_in};
pub use transitions::{CAME_OR_WENT, LEFT_THE_LIST, MODERATED, moderate_in};
pub(super) use transitions::{act, leads};
pub use update::TERMS_CHANGED;
pub(super) use update::{Edit, update};
pub(super) use verify::{CheckCard, ProofCard, ask_for_proof, check_proof, get_proof};
pub use verify::{lapse_verifications, remind_of_proofs};

use super::model::ProjectStatus;
use crate::features::audit;
use crate::infra::Ctx;
use crate::infra::db::{Conn, ViolationKind, violation};
use crate::kernel::{AccountId, Error, ProjectId, RequestId, Result};

/// Who does something, and in which request.
#[derive(Debug, Clone, Copy)]
pub(super) struct By<'a> {
    pub account: Option<AccountId>,
    pub request_id: &'a RequestId,
}

/// Writes the event of a project's transition.
fn record(
    conn: &mut Conn,
    ctx: &Ctx,
    id: ProjectId,
    from: Option<ProjectStatus>,
    to: ProjectStatus,
    reason: Option<&str>,
    by: By<'_>,
) -> Result<()> {
    let change = audit::Change {
        machine: "project",
        entity: id.into(),
        actor: by.account,
        from: from.map(ProjectStatus::as_str),
        to: to.as_str(),
        reason,
        request_id: by.request_id,
    };
    audit::record(conn, ctx, change)
}

/// Whether the transaction failed because another one was faster with the same slug, repository or person.
pub(super) fn lost_race(error: &Error) -> bool {
    violation(error).is_some_and(|broken| broken.kind == ViolationKind::Unique)
}

/// Runs a transaction that looks before it writes; when another one wrote the same in between, it looks again, and
/// answers as it would have then.
async fn write_or_look_again<T: Send + 'static>(
    ctx: &Ctx,
    f: impl FnMut(&mut Conn) -> Result<T> + Clone + Send + 'static,
) -> Result<T> {
    for _ in 0..4 {
        match ctx.store().write(f.clone()).await {
            Err(error) if lost_race(&error) => {}
            done => return done,
        }
    }
    ctx.store().write(f).await
}
