//! Who may do what with rounds. Pure.

use crate::kernel::{Actor, Decision, PlatformRole};

/// Rounds tell of everybody's hours: they are for coordinators.
pub(in crate::features::matching) fn may_run(actor: &Actor) -> Decision {
    Decision::allow_if(actor.has(PlatformRole::Coordinator), "Rounds are run by coordinators.")
}
