//! Rows, words and the state machine of pledges.

use super::ledger::EntryKind;
use super::problems::TRANSITION_REFUSED;
use crate::features::organizations::Approval;
use crate::infra::db::schema::{ledger_entries, pledge_balances, pledges};
use crate::infra::db::sql::Json;
use crate::infra::db::text_column;
use crate::kernel::machine::{Machine, tried};
use crate::kernel::{
    EntityId, Error, LedgerEntryId, NeedKind, OrganizationId, PledgeId, ProjectId, Result, Timestamp, words,
};
use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

words! {
    /// Where a pledge stands.
    PledgeStatus {
        /// Being written; it grants nothing yet.
        Draft = "draft",
        /// Its hours can be reserved.
        Active = "active",
        /// Resting; no more hours are reserved until it is resumed.
        Paused = "paused",
        /// Every granted hour is reserved or confirmed.
        Exhausted = "exhausted",
        /// Its last day is over.
        Ended = "ended",
        /// Taken back by its organization, after notice.
        Withdrawn = "withdrawn",
    }
}

impl PledgeStatus {
    /// Whether nothing can come after.
    pub fn is_ended(self) -> bool {
        matches!(self, Self::Ended | Self::Withdrawn)
    }

    /// Whether it has been activated and not ended since.
    pub fn is_running(self) -> bool {
        matches!(self, Self::Active | Self::Paused | Self::Exhausted)
    }
}

words! {
    /// What can happen to a pledge.
    PledgeAction {
        /// Grant the hours of a draft.
        Activate = "activate",
        /// Let it rest.
        Pause = "pause",
        /// Take it up again.
        Resume = "resume",
        /// Give notice; a draft is dropped at once.
        Withdraw = "withdraw",
        /// The last free hour is taken.
        Exhaust = "exhaust",
        /// Hours are free again.
        Replenish = "replenish",
        /// The last day is over.
        End = "end",
        /// The notice is over.
        Leave = "leave",
    }
}

impl PledgeAction {
    /// Whether people ask for it; the others follow from the ledger and the clock.
    pub fn is_asked_for(self) -> bool {
        matches!(self, Self::Activate | Self::Pause | Self::Resume | Self::Withdraw)
    }
}

text_column!(PledgeStatus, EntryKind);

/// Every transition there is: from, action, to. Withdrawing what runs leaves the state as it is and starts the notice.
pub(super) const TRANSITIONS: &[(PledgeStatus, PledgeAction, PledgeStatus)] = {
    use PledgeAction::{Activate, End, Exhaust, Leave, Pause, Replenish, Resume, Withdraw};
    use PledgeStatus::{Active, Draft, Ended, Exhausted, Paused, Withdrawn};
    &[
        (Draft, Activate, Active),
        (Draft, Withdraw, Withdrawn),
        (Active, Pause, Paused),
        (Active, Withdraw, Active),
        (Active, Exhaust, Exhausted),
        (Active, End, Ended),
        (Active, Leave, Withdrawn),
        (Paused, Resume, Active),
        (Paused, Withdraw, Paused),
        (Paused, End, Ended),
        (Paused, Leave, Withdrawn),
        (Exhausted, Pause, Paused),
        (Exhausted, Withdraw, Exhausted),
        (Exhausted, Replenish, Active),
        (Exhausted, End, Ended),
        (Exhausted, Leave, Withdrawn),
    ]
};

/// The state after the action, or 409 with the actions that people may ask for now. `notice` says whether a withdrawal is
/// under way: it is given once, and ends only what has it.
pub(super) fn advance(from: PledgeStatus, notice: bool, action: PledgeAction) -> Result<PledgeStatus> {
    let open = |action: PledgeAction| match action {
        PledgeAction::Withdraw => !notice,
        PledgeAction::Leave => notice,
        _ => true,
    };
    let mut rows = TRANSITIONS.iter().filter(|(state, act, _)| *state == from && open(*act));
    if let Some((_, _, to)) = rows.clone().find(|(_, act, _)| *act == action) {
        return Ok(*to);
    }
    let allowed = rows.by_ref().filter(|(_, act, _)| act.is_asked_for()).map(|(_, act, _)| act.as_str()).collect();
    let given = if notice { " and whose withdrawal is under way" } else { "" };
    let detail = format!("A pledge that is {from}{given} does not allow {action}.");
    Err(Error::new(&TRANSITION_REFUSED, detail).with_allowed(allowed))
}

/// The machine as it is drawn.
pub fn machine() -> Machine {
    let about = "What an organization commits. Withdrawing one that runs gives fourteen days of notice: it leaves when they are over.";
    Machine::of(("Pledge", about), (PledgeStatus::Draft, TRANSITIONS), PledgeAction::is_asked_for, |from, action| {
        tried(from, action, |from, action| {
            [false, true].into_iter().filter_map(move |notice| advance(from, notice, action).ok())
        })
    })
}

/// Where a pledge's hours may go. An empty list allows everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Focus {
    /// These projects.
    pub projects: Vec<ProjectId>,
    /// Projects with packages of these package URL types, e.g. `npm`.
    pub ecosystems: Vec<String>,
    /// Needs of these kinds.
    pub kinds: Vec<NeedKind>,
    /// Projects under these licenses (SPDX ids).
    pub licenses: Vec<String>,
}

/// An organization's commitment of engineer time.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = pledges, treat_none_as_default_value = false)]
pub struct Pledge {
    /// Its id.
    pub id: PledgeId,
    /// Whose time it is.
    pub organization_id: OrganizationId,
    /// Hours a week of all its people together, in halves, 0.5 to 10,000.
    pub hours_per_week: f64,
    /// The first day.
    pub starts_on: NaiveDate,
    /// The last day.
    pub ends_on: NaiveDate,
    /// Who agrees to a use of its hours.
    pub approval: Approval,
    /// Where its hours may go.
    pub focus: Json<Focus>,
    /// Hours a week of each person, in halves, 0.5 to 60.
    pub max_hours_per_person: f64,
    /// Whether its people may be called for swarms.
    pub on_call: bool,
    /// Where it stands.
    pub status: PledgeStatus,
    /// When the notice of its withdrawal is over; none while nobody withdrew it.
    pub withdraws_at: Option<Timestamp>,
    /// Rises with each change of this row.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What the ledger of a pledge sums up to, in minutes. Never `reserved + confirmed > granted`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = pledge_balances, treat_none_as_default_value = false)]
pub struct Balance {
    /// The pledge.
    pub pledge_id: PledgeId,
    /// Granted so far, less what expired.
    pub granted_minutes: i64,
    /// Promised to assignments and not confirmed yet.
    pub reserved_minutes: i64,
    /// Logged as work so far.
    pub delivered_minutes: i64,
    /// Confirmed by projects.
    pub confirmed_minutes: i64,
}

impl Balance {
    /// The balance of a pledge that has not granted anything.
    pub fn zero(pledge_id: PledgeId) -> Self {
        Self { pledge_id, granted_minutes: 0, reserved_minutes: 0, delivered_minutes: 0, confirmed_minutes: 0 }
    }

    /// What can still be reserved.
    pub fn available_minutes(&self) -> i64 {
        self.granted_minutes - self.reserved_minutes - self.confirmed_minutes
    }
}

/// A movement of a pledge's minutes; rows are added, never changed.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = ledger_entries, treat_none_as_default_value = false)]
pub struct LedgerEntry {
    /// Its id, which also orders the entries.
    pub id: LedgerEntryId,
    /// The pledge.
    pub pledge_id: PledgeId,
    /// What kind of movement.
    pub kind: EntryKind,
    /// How many minutes; below zero where hours are adjusted downwards or an entry is reversed.
    pub minutes: i64,
    /// What it was for, such as an assignment.
    pub reference: Option<EntityId>,
    /// A sentence on why.
    pub note: Option<String>,
    /// When.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_reached_and_the_ended_ones_are_final() {
        for status in PledgeStatus::ALL {
            let reached = *status == PledgeStatus::Draft || TRANSITIONS.iter().any(|(_, _, to)| to == status);
            let left = TRANSITIONS.iter().any(|(from, _, _)| from == status);
            assert!(reached, "{status} can't be reached");
            assert_eq!(left, !status.is_ended(), "{status}");
        }
    }

    #[test]
    fn each_pair_leads_to_one_state_and_all_others_are_refused() {
        for (from, action, notice) in PledgeStatus::ALL.iter().flat_map(|from| {
            PledgeAction::ALL.iter().flat_map(move |action| [(*from, *action, false), (*from, *action, true)])
        }) {
            let rows: Vec<_> = TRANSITIONS.iter().filter(|row| row.0 == from && row.1 == action).collect();
            let open = (action != PledgeAction::Withdraw || !notice) && (action != PledgeAction::Leave || notice);
            match (rows.as_slice(), open, advance(from, notice, action)) {
                ([(_, _, to)], true, Ok(reached)) => assert_eq!(*to, reached),
                ([], _, Err(refused)) | ([_], false, Err(refused)) => {
                    assert_eq!(refused.code(), "pledge.transition_refused");
                    assert!(!refused.allowed().contains(&action.as_str()), "{from} {action} {notice}");
                }
                other => panic!("{from} {action} {notice}: {other:?}"),
            }
        }
    }

    #[test]
    fn what_is_allowed_is_what_people_may_ask_for() {
        use PledgeAction::{Activate, Resume};
        use PledgeStatus::{Active, Draft, Exhausted, Withdrawn};
        assert_eq!(advance(Draft, false, Resume).unwrap_err().allowed(), ["activate", "withdraw"]);
        assert_eq!(advance(Active, false, Activate).unwrap_err().allowed(), ["pause", "withdraw"]);
        assert_eq!(advance(Active, true, Activate).unwrap_err().allowed(), ["pause"]);
        assert_eq!(advance(Exhausted, true, Activate).unwrap_err().allowed(), ["pause"]);
        assert_eq!(advance(Withdrawn, true, Activate).unwrap_err().allowed(), [""; 0]);
    }
}
