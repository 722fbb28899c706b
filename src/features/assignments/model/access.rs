//! What a volunteer is let into, and colleagues who are asked to take over.

use crate::features::assignments::problems::{ACCESS_REFUSED, HAND_OVER_REFUSED};
use crate::infra::db::schema::{access_approvals, access_grants, hand_overs};
use crate::infra::db::text_column;
use crate::kernel::machine::{Machine, tried};
use crate::kernel::{AccessId, AccountId, AssignmentId, Error, HandOverId, Result, Timestamp, words};
use diesel::prelude::*;

words! {
    /// Where access stands.
    AccessStatus {
        /// Asked for; approvals are missing.
        Asked = "asked",
        /// Given.
        Granted = "granted",
        /// Not given.
        Refused = "refused",
        /// Taken back.
        Revoked = "revoked",
    }
}

words! {
    /// What can happen to access.
    AccessAction {
        /// Somebody of the project agrees; the first of two leaves it as it is.
        Approve = "approve",
        /// Somebody of the project does not, or the assignment ended meanwhile.
        Refuse = "refuse",
        /// It is taken back.
        Revoke = "revoke",
    }
}

words! {
    /// Where a hand-over stands.
    HandOverStatus {
        /// The colleague has not answered.
        Asked = "asked",
        /// The colleague took over.
        Accepted = "accepted",
        /// The colleague did not.
        Declined = "declined",
        /// Taken back, or the assignment ended meanwhile.
        Withdrawn = "withdrawn",
        /// Nobody answered in time.
        Expired = "expired",
    }
}

words! {
    /// What can happen to a hand-over.
    HandOverAction {
        /// The colleague takes over.
        Accept = "accept",
        /// The colleague would rather not.
        Decline = "decline",
        /// Taken back.
        Withdraw = "withdraw",
        /// Nobody answered in time.
        Expire = "expire",
    }
}

text_column!(AccessStatus, HandOverStatus);

/// Every transition of access: from, action, to.
pub const ACCESS_TRANSITIONS: &[(AccessStatus, AccessAction, AccessStatus)] = {
    use AccessAction::{Approve, Refuse, Revoke};
    use AccessStatus::{Asked, Granted, Refused, Revoked};
    &[(Asked, Approve, Asked), (Asked, Approve, Granted), (Asked, Refuse, Refused), (Granted, Revoke, Revoked)]
};

/// Every transition of a hand-over: from, action, to.
pub const HAND_OVER_TRANSITIONS: &[(HandOverStatus, HandOverAction, HandOverStatus)] = {
    use HandOverAction::{Accept, Decline, Expire, Withdraw};
    use HandOverStatus::{Accepted, Asked, Declined, Expired, Withdrawn};
    &[(Asked, Accept, Accepted), (Asked, Decline, Declined), (Asked, Withdraw, Withdrawn), (Asked, Expire, Expired)]
};

impl HandOverAction {
    /// Whether people ask for it.
    pub fn is_asked_for(self) -> bool {
        self != Self::Expire
    }
}

/// The state after the action; `enough` says whether an approval is the last one that is wanted.
pub(in crate::features::assignments) fn advance_access(
    from: AccessStatus,
    action: AccessAction,
    enough: bool,
) -> Result<AccessStatus> {
    let fits = |to: AccessStatus| action != AccessAction::Approve || enough == (to == AccessStatus::Granted);
    let mut rows = ACCESS_TRANSITIONS.iter().filter(|(state, _, _)| *state == from);
    if let Some((_, _, to)) = rows.clone().find(|(_, act, to)| *act == action && fits(*to)) {
        return Ok(*to);
    }
    let mut allowed: Vec<&'static str> = rows.by_ref().map(|(_, act, _)| act.as_str()).collect();
    allowed.dedup();
    Err(Error::new(&ACCESS_REFUSED, format!("Access that is {from} does not allow {action}.")).with_allowed(allowed))
}

/// The state after the action.
pub(in crate::features::assignments) fn advance_hand_over(
    from: HandOverStatus,
    action: HandOverAction,
) -> Result<HandOverStatus> {
    let mut rows = HAND_OVER_TRANSITIONS.iter().filter(|(state, _, _)| *state == from);
    if let Some((_, _, to)) = rows.clone().find(|(_, act, _)| *act == action) {
        return Ok(*to);
    }
    let allowed = rows.by_ref().filter(|(_, act, _)| act.is_asked_for()).map(|(_, act, _)| act.as_str()).collect();
    let detail = format!("A hand-over that is {from} does not allow {action}.");
    Err(Error::new(&HAND_OVER_REFUSED, detail).with_allowed(allowed))
}

/// The machine as it is drawn.
pub fn access_machine() -> Machine {
    let about = "What a volunteer is let into on an assignment. From L3 on it wants two approvals: the first leaves it as it is.";
    Machine::of(
        ("Access", about),
        (AccessStatus::Asked, ACCESS_TRANSITIONS),
        |_| true,
        |from, action| {
            let enough = |from, action| {
                [false, true].into_iter().filter_map(move |enough| advance_access(from, action, enough).ok())
            };
            tried(from, action, enough)
        },
    )
}

/// The machine as it is drawn.
pub fn hand_over_machine() -> Machine {
    let about = "A colleague of the same employer is asked to take an assignment over.";
    let table = (HandOverStatus::Asked, HAND_OVER_TRANSITIONS);
    Machine::of(("Hand-over", about), table, HandOverAction::is_asked_for, |from, action| {
        tried(from, action, advance_hand_over)
    })
}

/// Something that a volunteer is let into.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = access_grants, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(in crate::features::assignments) struct Access {
    pub id: AccessId,
    pub assignment_id: AssignmentId,
    /// What it opens, in the project's words.
    pub what: String,
    /// 0 to 4.
    pub level: i16,
    pub status: AccessStatus,
    pub asked_by: AccountId,
    pub asked_at: Timestamp,
    pub granted_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub ended_by: Option<AccountId>,
    /// When the project is reminded that it has to be revoked; set once the assignment has ended.
    pub alert_at: Option<Timestamp>,
    pub version: i64,
}

/// Somebody's yes to access.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = access_approvals, treat_none_as_default_value = false)]
pub(in crate::features::assignments) struct Approval {
    pub access_id: AccessId,
    pub account_id: AccountId,
    pub at: Timestamp,
}

/// A colleague who is asked to take over.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = hand_overs, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(in crate::features::assignments) struct HandOver {
    pub id: HandOverId,
    pub assignment_id: AssignmentId,
    /// The colleague.
    pub account_id: AccountId,
    pub asked_by: AccountId,
    pub status: HandOverStatus,
    /// The assignment that it became.
    pub next_id: Option<AssignmentId>,
    pub due_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub answered_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_transition_is_taken_from_its_state_and_refused_in_all_others() {
        for from in AccessStatus::ALL {
            for action in AccessAction::ALL {
                for enough in [false, true] {
                    let fits =
                        |to: AccessStatus| *action != AccessAction::Approve || enough == (to == AccessStatus::Granted);
                    let row = ACCESS_TRANSITIONS.iter().find(|row| row.0 == *from && row.1 == *action && fits(row.2));
                    match (row, advance_access(*from, *action, enough)) {
                        (Some((_, _, to)), Ok(reached)) => assert_eq!(*to, reached),
                        (None, Err(refused)) => assert_eq!(refused.code(), "assignment.access_refused"),
                        other => panic!("{from} {action}: {other:?}"),
                    }
                }
            }
        }
        for from in HandOverStatus::ALL {
            for action in HandOverAction::ALL {
                let row = HAND_OVER_TRANSITIONS.iter().find(|row| row.0 == *from && row.1 == *action);
                match (row, advance_hand_over(*from, *action)) {
                    (Some((_, _, to)), Ok(reached)) => assert_eq!(*to, reached),
                    (None, Err(refused)) => assert_eq!(refused.code(), "assignment.hand_over_refused"),
                    other => panic!("{from} {action}: {other:?}"),
                }
            }
        }
        let refused = advance_access(AccessStatus::Asked, AccessAction::Revoke, false).unwrap_err();
        assert_eq!(refused.allowed(), ["approve", "refuse"]);
    }
}
