//! Who may do what with logged work. Pure: facts in, a decision out.

use super::model::TimeEntryStatus;
use crate::features::assignments::{Standing, policy as assignments};
use crate::kernel::Decision;

/// Everybody who sees the assignment sees the work logged on it.
pub fn may_see(standing: &Standing) -> Decision {
    assignments::may_see(standing)
}

/// The pledge is for those who see the assignment's.
pub fn may_see_pledge(standing: &Standing) -> Decision {
    assignments::may_see_pledge(standing)
}

/// Work is logged by whoever does it.
pub fn may_log(standing: &Standing) -> Decision {
    assignments::may_work(standing)
}

/// The project says whether it happened; nobody confirms their own hours.
pub fn may_decide(standing: &Standing) -> Decision {
    match assignments::may_see(standing) {
        Decision::Allow if standing.volunteer => Decision::Deny("Nobody decides on their own hours."),
        _ => assignments::may_host(standing),
    }
}

/// Whoever did the work may take an entry back at any time, since it only ever counts less by it; the project may once it
/// has been counted, and answers it before.
pub fn may_void(standing: &Standing, status: TimeEntryStatus) -> Decision {
    if standing.volunteer {
        return Decision::Allow;
    }
    match may_decide(standing) {
        Decision::Allow if status.is_pending() => {
            Decision::Deny("Only whoever logged it may take it back before it is confirmed; dispute it instead.")
        }
        decision => decision,
    }
}
