//! Rows, words and the state machine of money pledges.

use super::problems::TRANSITION_REFUSED;
use crate::infra::db::schema::money_pledges;
use crate::infra::db::text_column;
use crate::kernel::machine::{Machine, tried};
use crate::kernel::{AccountId, Error, MoneyPledgeId, OrganizationId, ProjectId, Result, Timestamp, words};
use chrono::NaiveDate;
use diesel::prelude::*;

words! {
    /// How often the amount is promised.
    MoneyPeriod {
        /// One time.
        Once = "once",
        /// Each month.
        Monthly = "monthly",
        /// Each quarter of a year.
        Quarterly = "quarterly",
        /// Each year.
        Yearly = "yearly",
    }
}

words! {
    /// Where a money pledge stands, by what the organization says.
    MoneyStatus {
        /// Meant, not begun.
        Planned = "planned",
        /// Being paid, elsewhere.
        Active = "active",
        /// Paid as promised, elsewhere.
        Fulfilled = "fulfilled",
        /// Given up.
        Cancelled = "cancelled",
    }
}

words! {
    /// What can happen to a money pledge.
    MoneyAction {
        /// It is being paid from now on.
        Activate = "activate",
        /// It was paid as promised.
        Fulfil = "fulfil",
        /// It is given up.
        Cancel = "cancel",
    }
}

text_column!(MoneyPeriod, MoneyStatus);

/// Every transition there is: from, action, to.
pub(super) const TRANSITIONS: &[(MoneyStatus, MoneyAction, MoneyStatus)] = {
    use MoneyAction::{Activate, Cancel, Fulfil};
    use MoneyStatus::{Active, Cancelled, Fulfilled, Planned};
    &[
        (Planned, Activate, Active),
        (Planned, Cancel, Cancelled),
        (Active, Fulfil, Fulfilled),
        (Active, Cancel, Cancelled),
    ]
};

/// The state after the action, or 409 with the actions that this state allows.
pub(super) fn advance(from: MoneyStatus, action: MoneyAction) -> Result<MoneyStatus> {
    if let Some((_, _, to)) = TRANSITIONS.iter().find(|(state, act, _)| *state == from && *act == action) {
        return Ok(*to);
    }
    let allowed = TRANSITIONS.iter().filter(|(state, _, _)| *state == from).map(|(_, act, _)| act.as_str());
    let detail = format!("A money pledge that is {from} does not allow {action}.");
    Err(Error::new(&TRANSITION_REFUSED, detail).with_allowed(allowed.collect()))
}

/// The machine as it is drawn.
pub fn machine() -> Machine {
    let about = "What an organization says of the money that it promises. Payments happen elsewhere.";
    Machine::of(
        ("Money pledge", about),
        (MoneyStatus::Planned, TRANSITIONS),
        |_| true,
        |from, action| tried(from, action, advance),
    )
}

/// What an organization promises in money.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = money_pledges, treat_none_as_default_value = false)]
pub(super) struct MoneyPledge {
    pub id: MoneyPledgeId,
    pub organization_id: OrganizationId,
    /// The project that it is for; none where it is for open source at large.
    pub project_id: Option<ProjectId>,
    /// In the smallest unit of the currency.
    pub amount_minor: i64,
    /// ISO 4217.
    pub currency: String,
    pub period: MoneyPeriod,
    pub starts_on: NaiveDate,
    pub ends_on: Option<NaiveDate>,
    pub note: Option<String>,
    pub status: MoneyStatus,
    pub recorded_by: AccountId,
    /// Rises with each change.
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_reached_and_two_are_final() {
        for status in MoneyStatus::ALL {
            let reached = *status == MoneyStatus::Planned || TRANSITIONS.iter().any(|(_, _, to)| to == status);
            let left = TRANSITIONS.iter().any(|(from, _, _)| from == status);
            assert!(reached, "{status} can't be reached");
            assert_eq!(left, matches!(status, MoneyStatus::Planned | MoneyStatus::Active), "{status}");
        }
        assert_eq!(advance(MoneyStatus::Planned, MoneyAction::Fulfil).unwrap_err().allowed(), ["activate", "cancel"]);
    }
}
