//! Pledges on the wire.

use super::input::{FocusInput, PledgeInput};
use super::ledger::{EntryKind, hours};
use super::model::{Balance, LedgerEntry, PledgeStatus};
use super::service::PledgeCard;
use crate::features::organizations::Approval;
use crate::http::patch;
use crate::kernel::{EntityId, LedgerEntryId, NeedKind, PledgeId, Timestamp};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a pledge's hours may go. A list that is empty or left out allows everything.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({"projects": ["openssl", "curl"], "ecosystems": ["cargo"], "kinds": ["fuzzing", "security_audit"], "licenses": ["Apache-2.0", "MIT"]}))]
pub(super) struct PledgeFocus {
    /// Slugs of projects.
    #[schema(max_items = 100)]
    pub projects: Vec<String>,
    /// Package URL types, such as `npm`.
    #[schema(max_items = 40)]
    pub ecosystems: Vec<String>,
    /// Kinds of needs.
    #[schema(max_items = 18)]
    pub kinds: Vec<NeedKind>,
    /// SPDX ids of licenses.
    #[schema(max_items = 50)]
    pub licenses: Vec<String>,
}

impl From<PledgeFocus> for FocusInput {
    fn from(PledgeFocus { projects, ecosystems, kinds, licenses }: PledgeFocus) -> Self {
        Self { projects, ecosystems, kinds, licenses }
    }
}

/// A pledge to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"hours_per_week": 40, "starts_on": "2026-12-01", "ends_on": "2027-05-31", "approval": "manager",
    "focus": {"projects": ["openssl"], "ecosystems": [], "kinds": ["fuzzing"], "licenses": []}, "max_hours_per_person": 8, "on_call": false}))]
pub(super) struct CreatePledgeRequest {
    /// The organization's slug; it may be left out, since the address says it, and must be the same.
    #[serde(default)]
    #[schema(max_length = 64)]
    pub organization: Option<String>,
    /// Hours a week of all its people together, in halves.
    #[schema(minimum = 0.5, maximum = 10000)]
    pub hours_per_week: f64,
    /// The first day.
    pub starts_on: NaiveDate,
    /// The last day, at most five years after the first.
    pub ends_on: NaiveDate,
    /// Who agrees to a use of its hours.
    pub approval: Approval,
    /// Where its hours may go; anywhere when left out.
    #[serde(default)]
    pub focus: PledgeFocus,
    /// Hours a week of each person, in halves, no more than the whole; as many as that allows when left out.
    #[serde(default)]
    #[schema(minimum = 0.5, maximum = 60)]
    pub max_hours_per_person: Option<f64>,
    /// Whether its people may be called for swarms.
    #[serde(default)]
    #[schema(default = false)]
    pub on_call: bool,
}

impl From<CreatePledgeRequest> for PledgeInput {
    fn from(body: CreatePledgeRequest) -> Self {
        Self {
            hours_per_week: body.hours_per_week,
            starts_on: body.starts_on,
            ends_on: body.ends_on,
            approval: body.approval,
            focus: body.focus.into(),
            max_hours_per_person: body.max_hours_per_person,
            on_call: body.on_call,
        }
    }
}

/// Changes to a focus; null empties a list.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kinds": ["fuzzing"], "projects": null}))]
#[expect(clippy::option_option, reason = "the three cases of a merge patch")]
pub(super) struct UpdatePledgeFocus {
    /// All projects anew.
    #[serde(default, deserialize_with = "patch::nullable")]
    #[schema(value_type = Option<Vec<String>>, max_items = 100)]
    pub projects: Option<Option<Vec<String>>>,
    /// All ecosystems anew.
    #[serde(default, deserialize_with = "patch::nullable")]
    #[schema(value_type = Option<Vec<String>>, max_items = 40)]
    pub ecosystems: Option<Option<Vec<String>>>,
    /// All kinds anew.
    #[serde(default, deserialize_with = "patch::nullable")]
    #[schema(value_type = Option<Vec<NeedKind>>, max_items = 18)]
    pub kinds: Option<Option<Vec<NeedKind>>>,
    /// All licenses anew.
    #[serde(default, deserialize_with = "patch::nullable")]
    #[schema(value_type = Option<Vec<String>>, max_items = 50)]
    pub licenses: Option<Option<Vec<String>>>,
}

impl UpdatePledgeFocus {
    fn over(self, old: FocusInput) -> FocusInput {
        let text = |new: Option<Option<Vec<String>>>, old| new.map_or(old, Option::unwrap_or_default);
        FocusInput {
            projects: text(self.projects, old.projects),
            ecosystems: text(self.ecosystems, old.ecosystems),
            kinds: self.kinds.map_or(old.kinds, Option::unwrap_or_default),
            licenses: text(self.licenses, old.licenses),
        }
    }
}

/// Changes to a pledge (JSON Merge Patch). Other hours or dates adjust what is granted for the days to come.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"hours_per_week": 60, "ends_on": "2027-11-30", "focus": {"kinds": ["fuzzing", "testing"]}}))]
#[expect(clippy::option_option, reason = "the three cases of a merge patch")]
pub(super) struct UpdatePledgeRequest {
    /// Other hours a week.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(minimum = 0.5, maximum = 10000, nullable = false)]
    pub hours_per_week: Option<f64>,
    /// Another first day.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub starts_on: Option<NaiveDate>,
    /// Another last day.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub ends_on: Option<NaiveDate>,
    /// Another way of approval.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub approval: Option<Approval>,
    /// Changes to the focus; null lets the hours go anywhere.
    #[serde(default, deserialize_with = "patch::nullable")]
    #[schema(value_type = Option<UpdatePledgeFocus>)]
    pub focus: Option<Option<UpdatePledgeFocus>>,
    /// Other hours a week of each person.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(minimum = 0.5, maximum = 60, nullable = false)]
    pub max_hours_per_person: Option<f64>,
    /// Whether its people may be called for swarms.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub on_call: Option<bool>,
}

impl UpdatePledgeRequest {
    /// Lays the changes over what is there.
    pub(super) fn over(&self, old: PledgeInput) -> PledgeInput {
        let new = self.clone();
        PledgeInput {
            hours_per_week: new.hours_per_week.unwrap_or(old.hours_per_week),
            starts_on: new.starts_on.unwrap_or(old.starts_on),
            ends_on: new.ends_on.unwrap_or(old.ends_on),
            approval: new.approval.unwrap_or(old.approval),
            focus: match new.focus {
                None => old.focus,
                Some(None) => FocusInput::default(),
                Some(Some(changes)) => changes.over(old.focus),
            },
            max_hours_per_person: new.max_hours_per_person.or(old.max_hours_per_person),
            on_call: new.on_call.unwrap_or(old.on_call),
        }
    }
}

/// What a pledge's ledger sums up to, in hours.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"granted": 1040.0, "reserved": 120.0, "delivered": 40.0, "confirmed": 32.0, "available": 888.0}))]
pub(super) struct PledgeBalance {
    /// Granted so far, less what expired.
    pub granted: f64,
    /// Promised to assignments and not confirmed yet.
    pub reserved: f64,
    /// Logged as work so far.
    pub delivered: f64,
    /// Confirmed by projects.
    pub confirmed: f64,
    /// What can still be reserved: granted less reserved and confirmed.
    pub available: f64,
}

impl From<Balance> for PledgeBalance {
    fn from(balance: Balance) -> Self {
        Self {
            granted: hours(balance.granted_minutes),
            reserved: hours(balance.reserved_minutes),
            delivered: hours(balance.delivered_minutes),
            confirmed: hours(balance.confirmed_minutes),
            available: hours(balance.available_minutes()),
        }
    }
}

/// A pledge.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "organization": "example-freight", "hours_per_week": 40.0,
    "starts_on": "2026-12-01", "ends_on": "2027-05-31", "approval": "manager",
    "focus": {"projects": ["openssl"], "ecosystems": [], "kinds": ["fuzzing"], "licenses": []}, "max_hours_per_person": 8.0, "on_call": false,
    "status": "active", "withdraws_at": null, "balance": {"granted": 1040.0, "reserved": 120.0, "delivered": 40.0, "confirmed": 32.0, "available": 888.0},
    "created_at": "2026-11-22T09:00:00Z", "updated_at": "2026-11-22T09:00:00Z"}))]
pub(super) struct PledgeResponse {
    /// Its id.
    pub id: PledgeId,
    /// The slug of the organization whose time it is.
    pub organization: String,
    /// Hours a week of all its people together.
    pub hours_per_week: f64,
    /// The first day.
    pub starts_on: NaiveDate,
    /// The last day.
    pub ends_on: NaiveDate,
    /// Who agrees to a use of its hours.
    pub approval: Approval,
    /// Where its hours may go.
    pub focus: PledgeFocus,
    /// Hours a week of each person.
    pub max_hours_per_person: f64,
    /// Whether its people may be called for swarms.
    pub on_call: bool,
    /// Where it stands.
    pub status: PledgeStatus,
    /// When the notice of its withdrawal is over; null while nobody withdrew it.
    #[schema(required = true)]
    pub withdraws_at: Option<Timestamp>,
    /// What its ledger sums up to.
    pub balance: PledgeBalance,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl From<PledgeCard> for PledgeResponse {
    fn from(PledgeCard { pledge, organization, balance, projects }: PledgeCard) -> Self {
        let focus = pledge.focus.0;
        Self {
            id: pledge.id,
            organization,
            hours_per_week: pledge.hours_per_week,
            starts_on: pledge.starts_on,
            ends_on: pledge.ends_on,
            approval: pledge.approval,
            focus: PledgeFocus { projects, ecosystems: focus.ecosystems, kinds: focus.kinds, licenses: focus.licenses },
            max_hours_per_person: pledge.max_hours_per_person,
            on_call: pledge.on_call,
            status: pledge.status,
            withdraws_at: pledge.withdraws_at,
            balance: balance.into(),
            created_at: pledge.created_at,
            updated_at: pledge.updated_at,
        }
    }
}

/// A movement in a pledge's ledger.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "kind": "grant", "minutes": 62400, "reference": null, "note": null, "at": "2026-11-22T09:00:00Z"}))]
pub(super) struct LedgerEntryResponse {
    /// Its id.
    pub id: LedgerEntryId,
    /// What kind of movement.
    pub kind: EntryKind,
    /// How many minutes; below zero where hours are adjusted downwards or an entry is reversed.
    pub minutes: i64,
    /// What it was for, such as an assignment.
    #[schema(required = true)]
    pub reference: Option<EntityId>,
    /// Why.
    #[schema(required = true)]
    pub note: Option<String>,
    /// When.
    pub at: Timestamp,
}

impl From<LedgerEntry> for LedgerEntryResponse {
    fn from(entry: LedgerEntry) -> Self {
        Self {
            id: entry.id,
            kind: entry.kind,
            minutes: entry.minutes,
            reference: entry.reference,
            note: entry.note,
            at: entry.at,
        }
    }
}
