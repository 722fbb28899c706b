//! Money pledges on the wire.

use super::currency::Currency;
use super::model::{MoneyPeriod, MoneyStatus};
use super::service::{MoneyInput, Total};
use super::store::Shown;
use crate::kernel::{MoneyPledgeId, Timestamp};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Money that an organization promises. It is paid elsewhere; this is for its report.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"project": null, "amount": 2500.0, "currency": "EUR", "period": "monthly", "starts_on": "2027-01-01", "ends_on": "2027-12-31", "note": "Through the foundation."}))]
pub(super) struct MoneyPledgeRequest {
    /// The project that it is for, by its slug; open source at large when left out.
    #[serde(default)]
    #[schema(max_length = 64)]
    pub project: Option<String>,
    /// How much, in whole units of the currency, with no more digits than it has.
    #[schema(exclusive_minimum = 0, maximum = 1_000_000_000_000_f64)]
    pub amount: f64,
    /// The currency's code by ISO 4217.
    #[schema(min_length = 3, max_length = 3, pattern = "^[A-Z]{3}$")]
    pub currency: String,
    /// How often.
    pub period: MoneyPeriod,
    /// The first day.
    pub starts_on: NaiveDate,
    /// The last day; none for what is promised once, or without an end.
    #[serde(default)]
    pub ends_on: Option<NaiveDate>,
    /// A line for the report.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500)]
    pub note: Option<String>,
}

impl From<MoneyPledgeRequest> for MoneyInput {
    fn from(body: MoneyPledgeRequest) -> Self {
        let MoneyPledgeRequest { project, amount, currency, period, starts_on, ends_on, note } = body;
        Self { project, amount, currency, period, starts_on, ends_on, note }
    }
}

/// Money that an organization promises, and where it stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "project": "parser", "amount": 2500.0, "currency": "EUR", "period": "monthly",
    "starts_on": "2027-01-01", "ends_on": null, "note": null, "status": "planned", "created_at": "2026-11-22T09:00:00Z", "updated_at": "2026-11-22T09:00:00Z"}))]
pub(super) struct MoneyPledgeResponse {
    /// Its id.
    pub id: MoneyPledgeId,
    /// The project that it is for, by its slug.
    #[schema(required = true)]
    pub project: Option<String>,
    /// How much, in whole units of the currency.
    pub amount: f64,
    /// The currency's code by ISO 4217.
    pub currency: String,
    /// How often.
    pub period: MoneyPeriod,
    /// The first day.
    pub starts_on: NaiveDate,
    /// The last day.
    #[schema(required = true)]
    pub ends_on: Option<NaiveDate>,
    /// A line for the report.
    #[schema(required = true)]
    pub note: Option<String>,
    /// Where it stands, by what the organization says.
    pub status: MoneyStatus,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

fn amount(currency: &str, minor: i64) -> f64 {
    // What is kept was checked, so there is no other case.
    Currency::parse(currency).map_or(0.0, |currency| currency.amount(minor))
}

impl From<Shown> for MoneyPledgeResponse {
    fn from((row, project): Shown) -> Self {
        Self {
            id: row.id,
            project,
            amount: amount(&row.currency, row.amount_minor),
            currency: row.currency,
            period: row.period,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            note: row.note,
            status: row.status,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// What an organization promises in one currency and period, by where it stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"currency": "EUR", "period": "monthly", "planned": 0.0, "active": 2500.0, "fulfilled": 12000.0}))]
pub(super) struct MoneyTotal {
    /// The currency's code by ISO 4217.
    pub currency: String,
    /// How often.
    pub period: MoneyPeriod,
    /// Meant, not begun.
    pub planned: f64,
    /// Being paid.
    pub active: f64,
    /// Paid as promised.
    pub fulfilled: f64,
}

/// What an organization promises.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"totals": [{"currency": "EUR", "period": "monthly", "planned": 0.0, "active": 2500.0, "fulfilled": 12000.0}]}))]
pub(super) struct MoneyTotalsResponse {
    /// By currency and period; never added up over either.
    pub totals: Vec<MoneyTotal>,
}

impl From<Vec<Total>> for MoneyTotalsResponse {
    fn from(totals: Vec<Total>) -> Self {
        let total = |one: Total| MoneyTotal {
            planned: amount(&one.currency, one.planned_minor),
            active: amount(&one.currency, one.active_minor),
            fulfilled: amount(&one.currency, one.fulfilled_minor),
            currency: one.currency,
            period: one.period,
        };
        Self { totals: totals.into_iter().map(total).collect() }
    }
}
