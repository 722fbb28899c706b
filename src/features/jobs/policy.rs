//! Who may look after the queue.

use crate::kernel::{Actor, Decision, PlatformRole};

/// Administrators: it holds everybody's mail.
pub(super) fn may_look_after_jobs(actor: &Actor) -> Decision {
    Decision::allow_if(actor.has(PlatformRole::Admin), "The queue is for administrators.")
}
