//! What is asked when needs are looked for by words. Who answers comes after this feature: it is handed in.

use super::model::{NeedSize, NeedSort, NeedStatus};
use crate::infra::Ctx;
use crate::kernel::search::Found;
use crate::kernel::{Cursor, Limit, NeedId, NeedKind, ProjectId, Result, Urgency};
use async_trait::async_trait;
use chrono::NaiveDate;

/// Which needs.
#[derive(Debug)]
pub struct NeedFilter {
    /// Words.
    pub text: Option<String>,
    /// That ask for all of these.
    pub skills: Vec<String>,
    /// Of this kind.
    pub kind: Option<NeedKind>,
    /// Of projects that publish packages of this type.
    pub ecosystem: Option<String>,
    /// Of this size.
    pub size: Option<NeedSize>,
    /// This urgent.
    pub urgency: Option<Urgency>,
    /// At most so many hours a week.
    pub max_hours: Option<f64>,
    /// Of this project.
    pub project: Option<ProjectId>,
    /// Of projects of this tier.
    pub tier: Option<i16>,
    /// In any of these states.
    pub statuses: Vec<NeedStatus>,
    /// Also what only those see who are signed in.
    pub signed_in: bool,
    /// Also what only the project sees; for its own list, which knows no relevance.
    pub own: bool,
    /// In which order.
    pub sort: NeedSort,
    /// How many.
    pub limit: Limit,
    /// After which.
    pub after: Option<Cursor>,
}

/// Needs without a last day come after those with one.
pub const NO_END: NaiveDate = match NaiveDate::from_ymd_opt(9999, 12, 31) {
    Some(day) => day,
    None => NaiveDate::MAX,
};

/// Needs of projects without a score come after those with one.
pub const NO_SCORE: f64 = -1.0;

/// Finds needs by words, among those that strangers to their projects may see.
#[async_trait]
pub trait NeedFinder: Send + Sync {
    /// The ids of a page, and what there is on all pages.
    async fn find_needs(&self, ctx: &Ctx, filter: NeedFilter) -> Result<Found<NeedId>>;
}
