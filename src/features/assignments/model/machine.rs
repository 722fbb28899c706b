//! The states of an assignment, and how it gets from one to another.

use crate::features::assignments::problems::TRANSITION_REFUSED;
use crate::infra::db::text_column;
use crate::kernel::machine::{Machine, tried};
use crate::kernel::{Error, Result, words};

words! {
    /// Where an assignment stands.
    AssignmentStatus {
        /// Agreed; what has to be done before the work begins is being done.
        Onboarding = "onboarding",
        /// At work.
        Active = "active",
        /// Resting for some weeks.
        Paused = "paused",
        /// A check-in was missed; without one it is released.
        Overdue = "overdue",
        /// Its project is suspended.
        Suspended = "suspended",
        /// Done, as both sides say.
        Completed = "completed",
        /// Ended by itself, since nobody was heard of.
        Released = "released",
        /// Ended by one side before its time.
        EndedEarly = "ended_early",
    }
}

/// The states in which an assignment holds its seat and its hours.
pub const LIVE: [AssignmentStatus; 5] = [
    AssignmentStatus::Onboarding,
    AssignmentStatus::Active,
    AssignmentStatus::Paused,
    AssignmentStatus::Overdue,
    AssignmentStatus::Suspended,
];

impl AssignmentStatus {
    /// Whether it holds its seat and its hours.
    pub fn is_live(self) -> bool {
        LIVE.contains(&self)
    }
}

words! {
    /// What can happen to an assignment.
    AssignmentAction {
        /// The work begins.
        Start = "start",
        /// The volunteer says how it goes.
        CheckIn = "check_in",
        /// Let it rest.
        Pause = "pause",
        /// Take it up again.
        Resume = "resume",
        /// The work is done: the second side says so, or keeps silent.
        Complete = "complete",
        /// End it before its time.
        End = "end",
        /// A colleague takes over.
        HandOver = "hand_over",
        /// No check-in came.
        Miss = "miss",
        /// Nobody was heard of for too long.
        Release = "release",
        /// Its project is suspended.
        Suspend = "suspend",
        /// Its project is back.
        Unsuspend = "unsuspend",
    }
}

impl AssignmentAction {
    /// Whether people ask for it; the others follow from the clock and from the project.
    pub fn is_asked_for(self) -> bool {
        !matches!(self, Self::Miss | Self::Release | Self::Suspend | Self::Unsuspend)
    }
}

text_column!(AssignmentStatus);

/// Every transition there is: from, action, to. Back from suspension it goes where it was: see `advance`.
pub const TRANSITIONS: &[(AssignmentStatus, AssignmentAction, AssignmentStatus)] = {
    use AssignmentAction::{CheckIn, Complete, End, HandOver, Miss, Pause, Release, Resume, Start, Suspend, Unsuspend};
    use AssignmentStatus::{Active, Completed, EndedEarly, Onboarding, Overdue, Paused, Released, Suspended};
    &[
        (Onboarding, Start, Active),
        (Onboarding, Release, Released),
        (Onboarding, End, EndedEarly),
        (Onboarding, Suspend, Suspended),
        (Active, CheckIn, Active),
        (Active, Pause, Paused),
        (Active, Complete, Completed),
        (Active, End, EndedEarly),
        (Active, HandOver, EndedEarly),
        (Active, Miss, Overdue),
        (Active, Suspend, Suspended),
        (Overdue, CheckIn, Active),
        (Overdue, Complete, Completed),
        (Overdue, End, EndedEarly),
        (Overdue, HandOver, EndedEarly),
        (Overdue, Release, Released),
        (Overdue, Suspend, Suspended),
        (Paused, Resume, Active),
        (Paused, Complete, Completed),
        (Paused, End, EndedEarly),
        (Paused, HandOver, EndedEarly),
        (Paused, Suspend, Suspended),
        (Suspended, End, EndedEarly),
        (Suspended, Unsuspend, Onboarding),
        (Suspended, Unsuspend, Paused),
        (Suspended, Unsuspend, Active),
    ]
};

/// The state after the action, or 409 with the actions that people may ask for now. `before` is where a suspended one goes
/// back to.
pub(in crate::features::assignments) fn advance(
    from: AssignmentStatus,
    action: AssignmentAction,
    before: AssignmentStatus,
) -> Result<AssignmentStatus> {
    let fits = |to: AssignmentStatus| action != AssignmentAction::Unsuspend || to == before;
    let mut rows = TRANSITIONS.iter().filter(|(state, _, _)| *state == from);
    if let Some((_, _, to)) = rows.clone().find(|(_, act, to)| *act == action && fits(*to)) {
        return Ok(*to);
    }
    let allowed = rows.by_ref().filter(|(_, act, _)| act.is_asked_for()).map(|(_, act, _)| act.as_str()).collect();
    let detail = format!("An assignment that is {from} does not allow {action}.");
    Err(Error::new(&TRANSITION_REFUSED, detail).with_allowed(allowed))
}

/// The machine as it is drawn.
pub fn machine() -> Machine {
    let about = "A lease on somebody's hours. Back from a suspension it goes where it was.";
    let table = (AssignmentStatus::Onboarding, TRANSITIONS);
    Machine::of(("Assignment", about), table, AssignmentAction::is_asked_for, |from, action| {
        let before =
            |from, action| AssignmentStatus::ALL.iter().filter_map(move |before| advance(from, action, *before).ok());
        tried(from, action, before)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_reached_and_the_ended_ones_are_final() {
        for status in AssignmentStatus::ALL {
            let reached = *status == AssignmentStatus::Onboarding || TRANSITIONS.iter().any(|(_, _, to)| to == status);
            let left = TRANSITIONS.iter().any(|(from, _, _)| from == status);
            assert!(reached, "{status} can't be reached");
            assert_eq!(left, status.is_live(), "{status}");
        }
    }

    #[test]
    fn each_transition_is_taken_from_its_state_and_refused_in_all_others() {
        for from in AssignmentStatus::ALL {
            for action in AssignmentAction::ALL {
                for before in AssignmentStatus::ALL {
                    let back = *action == AssignmentAction::Unsuspend;
                    let row = TRANSITIONS
                        .iter()
                        .find(|row| row.0 == *from && row.1 == *action && (!back || row.2 == *before));
                    match (row, advance(*from, *action, *before)) {
                        (Some((_, _, to)), Ok(reached)) => assert_eq!(*to, reached),
                        (None, Err(refused)) => {
                            assert_eq!(refused.code(), "assignment.transition_refused");
                            assert!(!refused.allowed().contains(&action.as_str()), "{from} {action}");
                        }
                        other => panic!("{from} {action}: {other:?}"),
                    }
                }
            }
        }
        for (from, action, _) in TRANSITIONS {
            let refused = AssignmentStatus::ALL
                .iter()
                .any(|other| TRANSITIONS.iter().all(|row| (row.0, row.1) != (*other, *action)));
            assert!(refused, "{action} of {from} is allowed in every state");
        }
    }

    #[test]
    fn what_is_allowed_is_what_people_may_ask_for() {
        use AssignmentAction::{Resume, Start};
        use AssignmentStatus::{Active, Completed, Onboarding, Suspended};
        let allowed = |from, action| advance(from, action, Active).unwrap_err().allowed().to_vec();
        assert_eq!(allowed(Onboarding, Resume), ["start", "end"]);
        assert_eq!(allowed(Active, Start), ["check_in", "pause", "complete", "end", "hand_over"]);
        assert_eq!(allowed(Suspended, Start), ["end"]);
        assert_eq!(allowed(Completed, Start), [""; 0]);
    }
}
