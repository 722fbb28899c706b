//! Rows, words and the state machine of time entries.

use super::problems::TRANSITION_REFUSED;
use crate::infra::db::schema::time_entries;
use crate::infra::db::sql::Json;
use crate::infra::db::text_column;
use crate::kernel::machine::{Machine, tried};
use crate::kernel::{
    AccountId, AssignmentId, Error, NeedId, OrganizationId, PledgeId, ProjectId, Result, TimeEntryId, Timestamp, words,
};
use chrono::NaiveDate;
use diesel::prelude::*;

words! {
    /// Where a time entry stands.
    TimeEntryStatus {
        /// Logged; the project has not answered.
        Submitted = "submitted",
        /// It happened, as the project says, or says by not answering.
        Confirmed = "confirmed",
        /// The project doubts it, and says why.
        Disputed = "disputed",
        /// It happened, but took less time.
        Adjusted = "adjusted",
        /// It doesn't count.
        Rejected = "rejected",
        /// Undone by a reversing entry.
        Reversed = "reversed",
        /// Undoes another entry.
        Reversing = "reversing",
    }
}

words! {
    /// What can happen to a time entry.
    TimeEntryAction {
        /// The project confirms that the work happened.
        Confirm = "confirm",
        /// Nobody answered in time: it counts.
        Lapse = "lapse",
        /// The project doubts it.
        Dispute = "dispute",
        /// The project counts less.
        Adjust = "adjust",
        /// The project doesn't count it.
        Reject = "reject",
        /// Undo it by an entry that takes back its minutes.
        Void = "void",
    }
}

words! {
    /// What became of a row of an import.
    ImportOutcome {
        /// It was logged.
        Created = "created",
        /// It was logged by an earlier import.
        AlreadyThere = "already_there",
        /// It was not logged; its errors say why.
        Refused = "refused",
    }
}

text_column!(TimeEntryStatus);

impl TimeEntryAction {
    /// Whether people ask for it; the other follows from the clock.
    pub fn is_asked_for(self) -> bool {
        self != Self::Lapse
    }
}

/// Every transition there is: from, action, to.
pub const TRANSITIONS: &[(TimeEntryStatus, TimeEntryAction, TimeEntryStatus)] = {
    use TimeEntryAction::{Adjust, Confirm, Dispute, Lapse, Reject, Void};
    use TimeEntryStatus::{Adjusted, Confirmed, Disputed, Rejected, Reversed, Submitted};
    &[
        (Submitted, Confirm, Confirmed),
        (Submitted, Lapse, Confirmed),
        (Submitted, Dispute, Disputed),
        (Submitted, Void, Reversed),
        (Disputed, Confirm, Confirmed),
        (Disputed, Adjust, Adjusted),
        (Disputed, Reject, Rejected),
        (Disputed, Void, Reversed),
        (Confirmed, Void, Reversed),
        (Adjusted, Void, Reversed),
    ]
};

/// The states in which an entry waits for the project.
pub(super) const PENDING: &[TimeEntryStatus] = &[TimeEntryStatus::Submitted, TimeEntryStatus::Disputed];

impl TimeEntryStatus {
    /// Whether the project has yet to answer.
    pub fn is_pending(self) -> bool {
        PENDING.contains(&self)
    }
}

/// The state after the action, or 409 with the actions that people may ask for now.
pub(super) fn advance(from: TimeEntryStatus, action: TimeEntryAction) -> Result<TimeEntryStatus> {
    let rows = TRANSITIONS.iter().filter(|(state, ..)| *state == from);
    if let Some((_, _, to)) = rows.clone().find(|(_, act, _)| *act == action) {
        return Ok(*to);
    }
    let allowed = rows.filter(|(_, act, _)| act.is_asked_for()).map(|(_, act, _)| act.as_str()).collect();
    let detail = format!("A time entry that is {from} does not allow {action}.");
    Err(Error::new(&TRANSITION_REFUSED, detail).with_allowed(allowed))
}

/// The machine as it is drawn.
pub fn machine() -> Machine {
    let about =
        "Work logged on an assignment. What undoes another entry is `reversing` from the beginning and stays so.";
    let table = (TimeEntryStatus::Submitted, TRANSITIONS);
    Machine::of(("Time entry", about), table, TimeEntryAction::is_asked_for, |from, action| {
        tried(from, action, advance)
    })
}

/// Work that was logged. What was said stays as it was; what it counts for is in the columns of minutes, whose sums over
/// all rows are the figures of every report and of the pledges' ledgers.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = time_entries, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct TimeEntry {
    /// Its id.
    pub id: TimeEntryId,
    /// What it was done for.
    pub assignment_id: AssignmentId,
    /// The need.
    pub need_id: NeedId,
    /// The project.
    pub project_id: ProjectId,
    /// Who did it.
    pub account_id: AccountId,
    /// The pledge that gives the hours; none where it was the person's own time.
    pub pledge_id: Option<PledgeId>,
    /// Whose time it was then.
    pub employer_id: Option<OrganizationId>,
    /// The day, in the person's zone.
    pub worked_on: NaiveDate,
    /// Minutes as logged; below zero where it undoes another.
    pub minutes: i32,
    /// When it began, by the clock on the person's wall.
    pub started_at: Option<String>,
    /// When it ended.
    pub ended_at: Option<String>,
    /// What was done.
    pub note: String,
    /// Where it shows.
    pub links: Json<Vec<String>>,
    /// Names the row of an import, so that it is not taken twice.
    pub import_key: Option<String>,
    /// The entry that this one undoes.
    pub reverses: Option<TimeEntryId>,
    /// Where it stands.
    pub status: TimeEntryStatus,
    /// Minutes that count as confirmed.
    pub confirmed_minutes: i32,
    /// Whether it was confirmed by the lapse of time alone.
    pub confirmed_auto: bool,
    /// Minutes that stand in the pledge's ledger as delivered.
    pub delivered_minutes: i32,
    /// Minutes that stand in the pledge's ledger as confirmed.
    pub pledged_minutes: i32,
    /// Who answered last; none where it was the clock, or nobody.
    pub decided_by: Option<AccountId>,
    /// Why it was disputed, adjusted, rejected or undone.
    pub reason: Option<String>,
    /// When it counts as confirmed unless the project answers.
    pub due_at: Option<Timestamp>,
    /// When it was answered.
    pub decided_at: Option<Timestamp>,
    /// Rises with each change.
    pub version: i64,
    /// When it was logged.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_reached_and_those_at_the_end_are_final() {
        use TimeEntryStatus::{Rejected, Reversed, Reversing, Submitted};
        for status in TimeEntryStatus::ALL {
            // Work is logged as submitted, and undone by rows that begin and end as reversing.
            let begins = matches!(status, Submitted | Reversing);
            assert!(begins || TRANSITIONS.iter().any(|(_, _, to)| to == status), "{status} can't be reached");
            let left = TRANSITIONS.iter().any(|(from, ..)| from == status);
            assert_eq!(left, !matches!(status, Rejected | Reversed | Reversing), "{status}");
        }
    }

    #[test]
    fn each_pair_leads_to_one_state_and_all_others_are_refused() {
        for from in TimeEntryStatus::ALL {
            for action in TimeEntryAction::ALL {
                let rows: Vec<_> = TRANSITIONS.iter().filter(|row| row.0 == *from && row.1 == *action).collect();
                match (rows.as_slice(), advance(*from, *action)) {
                    ([(_, _, to)], Ok(reached)) => assert_eq!(*to, reached),
                    ([], Err(refused)) => {
                        assert_eq!(refused.code(), "time_entry.transition_refused");
                        assert!(!refused.allowed().contains(&action.as_str()), "{from} {action}");
                    }
                    other => panic!("{from} {action}: {other:?}"),
                }
            }
        }
    }

    #[test]
    fn what_is_allowed_is_what_people_may_ask_for() {
        use TimeEntryAction::{Adjust, Lapse};
        use TimeEntryStatus::{Disputed, Rejected, Submitted};
        assert_eq!(advance(Submitted, Adjust).unwrap_err().allowed(), ["confirm", "dispute", "void"]);
        assert_eq!(advance(Disputed, Lapse).unwrap_err().allowed(), ["confirm", "adjust", "reject", "void"]);
        assert_eq!(advance(Rejected, Lapse).unwrap_err().allowed(), [""; 0]);
    }
}
