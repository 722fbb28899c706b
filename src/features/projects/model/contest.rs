//! How critical a project was said to be, and its objections to that.

use crate::features::projects::problems::CONTEST_TRANSITION_REFUSED;
use crate::infra::db::schema::{criticality_contests, project_criticality_scores};
use crate::infra::db::sql::Json;
use crate::infra::db::text_column;
use crate::kernel::machine::{Machine, tried};
use crate::kernel::{AccountId, ContestId, Error, ProjectId, Result, ScoreId, Timestamp, words};
use diesel::prelude::*;
use serde_json::Value;

words! {
    /// Where a project's objection stands.
    ContestStatus {
        /// A coordinator has to answer it.
        Open = "open",
        /// The project was right.
        Upheld = "upheld",
        /// It was not.
        Rejected = "rejected",
        /// The project took it back.
        Withdrawn = "withdrawn",
    }
}

words! {
    /// What can happen to an objection.
    ContestAction {
        /// A coordinator finds the project right.
        Uphold = "uphold",
        /// A coordinator does not.
        Reject = "reject",
        /// The project takes it back.
        Withdraw = "withdraw",
    }
}

text_column!(ContestStatus);

/// Every transition there is: from, action, to.
pub(in crate::features::projects) const CONTEST_TRANSITIONS: &[(ContestStatus, ContestAction, ContestStatus)] = &[
    (ContestStatus::Open, ContestAction::Uphold, ContestStatus::Upheld),
    (ContestStatus::Open, ContestAction::Reject, ContestStatus::Rejected),
    (ContestStatus::Open, ContestAction::Withdraw, ContestStatus::Withdrawn),
];

/// The state after the action, or 409 with the actions that this state allows.
pub(in crate::features::projects) fn advance_contest(
    from: ContestStatus,
    action: ContestAction,
) -> Result<ContestStatus> {
    if let Some((_, _, to)) = CONTEST_TRANSITIONS.iter().find(|(state, act, _)| *state == from && *act == action) {
        return Ok(*to);
    }
    let allowed = CONTEST_TRANSITIONS.iter().filter(|(state, _, _)| *state == from).map(|(_, act, _)| act.as_str());
    let detail = format!("An objection that is {from} does not allow {action}.");
    Err(Error::new(&CONTEST_TRANSITION_REFUSED, detail).with_allowed(allowed.collect()))
}

/// The machine of objections, as it is drawn.
pub fn contest_machine() -> Machine {
    let about =
        "What a project holds against how critical it is said to be, and how a coordinator who is not with it answers.";
    Machine::of(
        ("Objection to a criticality", about),
        (ContestStatus::Open, CONTEST_TRANSITIONS),
        |_| true,
        |from, action| tried(from, action, advance_contest),
    )
}

/// One score or decision.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = project_criticality_scores, treat_none_as_default_value = false)]
pub(in crate::features::projects) struct CriticalityScore {
    pub id: ScoreId,
    pub project_id: ProjectId,
    /// None where only the tier was decided.
    pub score: Option<f64>,
    pub tier: i16,
    pub algorithm: String,
    /// When the signals were collected.
    pub as_of: Timestamp,
    /// The signals and what each was worth, where the score was made here.
    pub inputs: Option<Json<Value>>,
    /// Whether somebody decided so, instead of a formula.
    pub is_decision: bool,
    pub reason: Option<String>,
    pub decided_by: Option<AccountId>,
    pub created_at: Timestamp,
}

/// An objection of a project to how critical it is said to be.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = criticality_contests, treat_none_as_default_value = false)]
pub(in crate::features::projects) struct Contest {
    pub id: ContestId,
    pub project_id: ProjectId,
    pub status: ContestStatus,
    pub reason: String,
    pub evidence_url: Option<String>,
    pub tier_wanted: Option<i16>,
    pub opened_by: AccountId,
    pub opened_at: Timestamp,
    pub answer: Option<String>,
    pub answered_by: Option<AccountId>,
    pub answered_at: Option<Timestamp>,
    /// Rises with each change.
    pub version: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_objection_is_answered_once() {
        for from in ContestStatus::ALL {
            for action in ContestAction::ALL {
                let open = *from == ContestStatus::Open;
                match advance_contest(*from, *action) {
                    Ok(to) => assert!(open && to != ContestStatus::Open),
                    Err(refused) => {
                        assert!(!open && refused.allowed().is_empty());
                        assert_eq!(refused.code(), "criticality.contest_transition_refused");
                    }
                }
            }
        }
    }
}
