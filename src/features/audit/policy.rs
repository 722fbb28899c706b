//! Who may read the log.

use crate::kernel::{Actor, Decision, PlatformRole};

/// Administrators: it tells of everybody.
pub(super) fn may_read_log(actor: &Actor) -> Decision {
    Decision::allow_if(actor.has(PlatformRole::Admin), "The audit log is for administrators.")
}
