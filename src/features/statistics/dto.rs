//! Public figures on the wire.

use super::cells::SMALLEST;
use super::service::{Count, Figures};
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

/// One part of a count.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"name": "fuzzing", "count": 12}))]
pub(super) struct StatisticPart {
    /// Which part.
    pub name: String,
    /// How many, five at least.
    #[schema(minimum = 5)]
    pub count: i64,
}

/// A count with its parts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"total": 40, "parts": [{"name": "fuzzing", "count": 12}]}))]
pub(super) struct StatisticCount {
    /// How many in all; null when fewer than the minimum.
    #[schema(required = true)]
    pub total: Option<i64>,
    /// The parts that may be told, the largest first; they need not add up to the total.
    pub parts: Vec<StatisticPart>,
}

impl From<Count> for StatisticCount {
    fn from(count: Count) -> Self {
        let part = |(name, count)| StatisticPart { name, count };
        Self { total: count.total, parts: count.parts.into_iter().map(part).collect() }
    }
}

/// Public figures. Null stands for whatever is of fewer than `minimum_cell_size`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"as_of": "2026-11-22", "minimum_cell_size": 5, "projects": {"total": 300, "parts": [{"name": "1", "count": 40}]},
    "open_needs": {"total": 40, "parts": [{"name": "fuzzing", "count": 12}]}, "seats": 55, "volunteers": 120, "offered_hours_per_week": 480.0, "people_at_work": 31,
    "organizations": {"total": 12, "parts": [{"name": "company", "count": 9}]}, "pledging_organizations": 6, "pledged_hours_per_week": 240.0, "confirmed_hours": null}))]
pub(super) struct StatisticsResponse {
    /// The day.
    pub as_of: NaiveDate,
    /// What is of fewer than so many is not told.
    pub minimum_cell_size: i64,
    /// Listed projects, by criticality tier.
    pub projects: StatisticCount,
    /// Needs that everybody may see and that look for people, by kind.
    pub open_needs: StatisticCount,
    /// The people that these needs look for.
    #[schema(required = true)]
    pub seats: Option<i64>,
    /// People who offer their time and don't hide it.
    #[schema(required = true)]
    pub volunteers: Option<i64>,
    /// Hours a week that they offer.
    #[schema(required = true)]
    pub offered_hours_per_week: Option<f64>,
    /// People who are at work on a need.
    #[schema(required = true)]
    pub people_at_work: Option<i64>,
    /// Organizations, by kind.
    pub organizations: StatisticCount,
    /// Organizations with a running pledge.
    #[schema(required = true)]
    pub pledging_organizations: Option<i64>,
    /// Hours a week of these pledges.
    #[schema(required = true)]
    pub pledged_hours_per_week: Option<f64>,
    /// Hours of work confirmed so far, of pledges and of people's own time.
    #[schema(required = true)]
    pub confirmed_hours: Option<f64>,
}

impl StatisticsResponse {
    pub(super) fn new(as_of: NaiveDate, figures: Figures) -> Self {
        Self {
            as_of,
            minimum_cell_size: SMALLEST,
            projects: figures.projects.into(),
            open_needs: figures.needs.into(),
            seats: figures.seats,
            volunteers: figures.volunteers,
            offered_hours_per_week: figures.offered_hours,
            people_at_work: figures.at_work,
            organizations: figures.organizations.into(),
            pledging_organizations: figures.pledging,
            pledged_hours_per_week: figures.pledged_hours,
            confirmed_hours: figures.confirmed_hours,
        }
    }
}
