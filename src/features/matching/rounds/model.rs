//! Rows, words and the state machine of rounds.

use super::problems::TRANSITION_REFUSED;
use crate::features::matching::score::{Factor, Reason};
use crate::infra::db::schema::{round_pairs, rounds};
use crate::infra::db::sql::Json;
use crate::infra::db::text_column;
use crate::kernel::machine::{Machine, tried};
use crate::kernel::{AccountId, Error, NeedId, Result, RoundId, Timestamp, words};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

words! {
    /// Where a round stands.
    RoundStatus {
        /// It waits for a worker.
        Queued = "queued",
        /// It is being worked out.
        Running = "running",
        /// There is a plan, which nobody but coordinators sees.
        Done = "done",
        /// Its pairs went out as recommendations.
        Published = "published",
        /// It came to no plan.
        Failed = "failed",
        /// It was called off.
        Cancelled = "cancelled",
    }
}

impl RoundStatus {
    /// Whether it waits or runs.
    pub fn is_active(self) -> bool {
        matches!(self, Self::Queued | Self::Running)
    }
}

words! {
    /// What a round makes the most of.
    RoundPolicy {
        /// The total value of all hours.
        Total = "total",
        /// First the value on tier 1, then on tier 2, then on tier 3.
        CriticalFirst = "critical_first",
        /// First so many hours for every tier-1 need, then the total.
        Floor = "floor",
    }
}

words! {
    /// What can happen to a round.
    RoundAction {
        /// A worker takes it.
        Start = "start",
        /// Its plan is there.
        Finish = "finish",
        /// There will be no plan.
        Fail = "fail",
        /// Somebody calls it off.
        Cancel = "cancel",
        /// Its pairs become recommendations.
        Publish = "publish",
    }
}

text_column!(RoundStatus, RoundPolicy);

/// Every transition there is: from, action, to.
pub(super) const TRANSITIONS: &[(RoundStatus, RoundAction, RoundStatus)] = {
    use RoundAction::{Cancel, Fail, Finish, Publish, Start};
    use RoundStatus::{Cancelled, Done, Failed, Published, Queued, Running};
    &[
        (Queued, Start, Running),
        (Queued, Cancel, Cancelled),
        (Queued, Fail, Failed),
        (Running, Finish, Done),
        (Running, Fail, Failed),
        (Running, Cancel, Cancelled),
        (Done, Publish, Published),
    ]
};

/// The state after the action, or 409 with the actions that people may ask for now.
pub(super) fn advance(from: RoundStatus, action: RoundAction) -> Result<RoundStatus> {
    let rows = || TRANSITIONS.iter().filter(|(state, ..)| *state == from);
    if let Some((_, _, to)) = rows().find(|(_, act, _)| *act == action) {
        return Ok(*to);
    }
    let asked_for = |act: &RoundAction| matches!(act, RoundAction::Cancel | RoundAction::Publish);
    let allowed = rows().filter(|(_, act, _)| asked_for(act)).map(|(_, act, _)| act.as_str()).collect();
    let detail = format!("A round that is {from} does not allow {action}.");
    Err(Error::new(&TRANSITION_REFUSED, detail).with_allowed(allowed))
}

/// The machine as it is drawn.
pub fn machine() -> Machine {
    let asked = |action| matches!(action, RoundAction::Cancel | RoundAction::Publish);
    Machine::of(("Round", "One run of the allocation."), (RoundStatus::Queued, TRANSITIONS), asked, |from, action| {
        tried(from, action, advance)
    })
}

/// A round, without its inputs.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = rounds)]
pub struct Round {
    /// Its id.
    pub id: RoundId,
    /// Where it stands.
    pub status: RoundStatus,
    /// What it makes the most of.
    pub policy: RoundPolicy,
    /// For the floor: hours a week of each tier-1 need.
    pub floor_hours: Option<f64>,
    /// The round whose inputs it uses again.
    pub repeats: Option<RoundId>,
    /// Who asked for it; none: the nightly dry run.
    pub requested_by: Option<AccountId>,
    /// How far it is, an estimate of 0 to 100.
    pub progress: i16,
    /// What it came to.
    pub outcome: Option<Json<Outcome>>,
    /// Why it came to nothing.
    pub failure: Option<String>,
    /// Rises with each change.
    pub version: i64,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When a worker took it.
    pub started_at: Option<Timestamp>,
    /// When its plan was there, or it failed.
    pub finished_at: Option<Timestamp>,
    /// When its pairs went out.
    pub published_at: Option<Timestamp>,
}

/// What a round came to, beyond its pairs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Volunteers with hours to give.
    pub volunteers: usize,
    /// Needs with room.
    pub needs: usize,
    /// Pairs that matching allows.
    pub candidates: usize,
    /// Pairs of the plan.
    pub pairs: usize,
    /// Sum of score times hours a week.
    pub value: f64,
    /// No plan that obeys the rules is worth more.
    pub bound: f64,
    /// `(bound − value) / bound`.
    pub gap: f64,
    /// What each tier got.
    pub tiers: Vec<TierShare>,
    /// Part of all hours that went to the tenth of the projects that got most, 0 to 1.
    pub popular_share: f64,
    /// Tier-1 needs that got nothing, and why.
    pub unserved: Vec<UnservedNeed>,
    /// What is scarce, the dearest first.
    pub shortages: Vec<RoundShortage>,
    /// What room for one more hour at a need would be worth, where that is anything: its congestion.
    pub prices: BTreeMap<NeedId, f64>,
}

impl Outcome {
    /// The price that 95 of 100 needs with a price stay below; none without prices.
    pub fn price_p95(&self) -> Option<f64> {
        let mut prices: Vec<f64> = self.prices.values().copied().collect();
        prices.sort_by(f64::total_cmp);
        prices.get((prices.len() * 95).div_ceil(100).saturating_sub(1)).copied()
    }
}

/// What a round says of congestion.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Prices {
    /// By need; one that is not here has none.
    pub of: HashMap<NeedId, f64>,
    /// The 95th percentile of those that are anything.
    pub p95: Option<f64>,
}

impl From<Outcome> for Prices {
    fn from(outcome: Outcome) -> Self {
        let p95 = outcome.price_p95();
        Self { of: outcome.prices.into_iter().collect(), p95 }
    }
}

/// What one tier of needs got.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TierShare {
    /// 1 (most critical) to 3.
    pub tier: u8,
    /// Needs of the tier in the round.
    pub needs: usize,
    /// Those that got any hours.
    pub served: usize,
    /// Hours a week given to the tier.
    pub hours: f64,
    /// Part of all hours given, 0 to 1.
    pub share: f64,
    /// Value of these hours.
    pub value: f64,
    /// The tier could not get more value than this even if it were alone.
    pub bound: f64,
    /// The fewest hours that any of its needs got.
    pub least_hours: f64,
}

/// A tier-1 need that got nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnservedNeed {
    /// Which.
    pub need: NeedId,
    /// Why.
    pub reason: UnservedReason,
}

words! {
    /// Why a critical need got nothing.
    UnservedReason {
        /// It has no hours, no seats or no review budget.
        NoRoom = "no_room",
        /// Nobody in the round fits it.
        NobodyFits = "nobody_fits",
        /// Nobody who fits it has as many hours as it asks of one person.
        TooFewHours = "too_few_hours",
        /// Its project's review budget went to other needs of the project.
        BudgetUsed = "budget_used",
        /// Those who fit it are worth more elsewhere.
        HelpersElsewhere = "helpers_elsewhere",
    }
}

/// How scarce a skill was at a level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RoundShortage {
    /// Its slug.
    pub skill: String,
    /// At least this level, 1 to 5.
    pub level: u8,
    /// Hours a week that needs requiring it had room for.
    pub wanted_hours: f64,
    /// Hours a week that people with it offered.
    pub offered_hours: f64,
    /// What one more hour of somebody with it would have been worth, on the average over their hours; score times hours.
    pub price: f64,
}

/// A pair of a plan.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = round_pairs, treat_none_as_default_value = false)]
pub struct RoundPair {
    /// Of which round.
    pub round_id: RoundId,
    /// Place in the list: the best score first.
    pub position: i32,
    /// On what.
    pub need_id: NeedId,
    /// Who.
    pub account_id: AccountId,
    /// Hours a week.
    pub hours_per_week: f64,
    /// The pair's score, 0 to 100.
    pub score: f64,
    /// Why: the points sum to the score. Empty when either side changed while the round ran.
    pub reasons: Json<Vec<PairReason>>,
}

/// One factor's part of a pair's score, as it was told then.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairReason {
    /// Which factor.
    pub factor: Factor,
    /// The points it gave.
    pub points: f64,
    /// The most it could give.
    pub max_points: f64,
    /// Why.
    pub text: String,
}

impl From<Reason> for PairReason {
    fn from(reason: Reason) -> Self {
        let Reason { factor, points, max_points, text } = reason;
        Self { factor, points, max_points, text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_transition_is_in_the_table_and_nothing_else() {
        let mut accepted = 0;
        for from in RoundStatus::ALL {
            for action in RoundAction::ALL {
                let row = TRANSITIONS.iter().find(|(state, act, _)| state == from && act == action);
                match (advance(*from, *action), row) {
                    (Ok(to), Some((_, _, wanted))) => {
                        assert_eq!(to, *wanted);
                        accepted += 1;
                    }
                    (Err(refused), None) => assert_eq!(refused.code(), "round.transition_refused"),
                    (answer, row) => panic!("{from} {action}: {answer:?} against {row:?}"),
                }
            }
        }
        assert_eq!(accepted, TRANSITIONS.len());
    }

    #[test]
    fn the_95th_percentile_of_few_prices_is_the_highest() {
        let of = |prices: &[f64]| {
            let ids = (1u128..).map(|id| NeedId(uuid::Uuid::from_u128(id)));
            Outcome { prices: ids.zip(prices.iter().copied()).collect(), ..Outcome::default() }.price_p95()
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[3.0, 9.0, 1.0]), Some(9.0));
        let hundred: Vec<f64> = (1..=100).map(f64::from).collect();
        assert_eq!(of(&hundred), Some(95.0));
    }
}
