//! Rows and words of advisories.

use super::cvss::Severity;
use super::osv::OsvRecord;
use super::ssvc::{Automatable, Exploitation, MissionAndWellBeing, TechnicalImpact};
use crate::infra::db::schema::{advisories, advisory_packages, exploit_predictions, exploited_vulnerabilities};
use crate::infra::db::sql::Json;
use crate::infra::db::text_column;
use crate::kernel::{AccountId, AdvisoryId, Timestamp, words};
use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

words! {
    /// How severe a vulnerability is, by its CVSS score or its database's word.
    SeverityLevel {
        /// 0.0
        None = "none",
        /// 0.1 to 3.9
        Low = "low",
        /// 4.0 to 6.9
        Medium = "medium",
        /// 7.0 to 8.9
        High = "high",
        /// 9.0 to 10.0
        Critical = "critical",
    }
}

text_column!(SeverityLevel);

impl From<Severity> for SeverityLevel {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::None => Self::None,
            Severity::Low => Self::Low,
            Severity::Medium => Self::Medium,
            Severity::High => Self::High,
            Severity::Critical => Self::Critical,
        }
    }
}

/// A record of a vulnerability, as it was brought in.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = advisories, treat_none_as_default_value = false)]
pub struct Advisory {
    /// Its id here.
    pub id: AdvisoryId,
    /// Its id everywhere: `GHSA-jfh8-c2jp-5v3q`.
    pub osv_id: String,
    /// When its database last changed it.
    pub modified: Timestamp,
    /// When its database published it.
    pub published: Option<Timestamp>,
    /// When its database took it back.
    pub withdrawn: Option<Timestamp>,
    /// One line.
    pub summary: String,
    /// Ids and summary, folded, for searching.
    pub search: String,
    /// How severe it is, where anybody says so.
    pub severity: Option<SeverityLevel>,
    /// The highest base score of its vectors.
    pub base_score: Option<f64>,
    /// The vector of that score.
    pub vector: Option<String>,
    /// The record.
    pub record: Json<OsvRecord>,
    /// SHA-256 of the record as it is kept.
    pub digest: String,
    /// What coordinators answered of the decision's questions.
    pub judgment: Option<Json<Judgment>>,
    /// Until then it is for its circle alone.
    pub embargo_until: Option<Timestamp>,
    /// Who put it in; none for imports at the machine.
    pub created_by: Option<AccountId>,
    /// Rises with each change of this row.
    pub version: i64,
    /// When it came in.
    pub created_at: Timestamp,
    /// When this row last changed.
    pub updated_at: Timestamp,
}

/// An advisory without its record, for lists.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = advisories)]
pub(super) struct Head {
    pub id: AdvisoryId,
    pub osv_id: String,
    pub modified: Timestamp,
    pub published: Option<Timestamp>,
    pub withdrawn: Option<Timestamp>,
    pub summary: String,
    pub severity: Option<SeverityLevel>,
    pub base_score: Option<f64>,
    pub embargo_until: Option<Timestamp>,
}

/// What coordinators answered themselves; what they left out follows from the record.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgment {
    /// Whether it is exploited.
    pub exploitation: Option<Exploitation>,
    /// Whether an attack can be automated.
    pub automatable: Option<Automatable>,
    /// What an attacker gains.
    pub technical_impact: Option<TechnicalImpact>,
    /// What it does to those who depend on it.
    pub mission_and_well_being: Option<MissionAndWellBeing>,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub at: Option<Timestamp>,
}

/// A package that a record is about, as OSV and as bills of materials name it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = advisory_packages, treat_none_as_default_value = false)]
pub struct AdvisoryPackage {
    /// The advisory.
    pub advisory_id: AdvisoryId,
    /// Its place among the advisory's packages.
    pub position: i32,
    /// OSV's name of the ecosystem, without release.
    pub ecosystem: String,
    /// The package's name there.
    pub name: String,
    /// The package URL without version by which components are found; several rows where a package has several spellings.
    pub package: Option<String>,
}

/// A vulnerability that is known to be exploited (CISA's KEV catalog).
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = exploited_vulnerabilities, treat_none_as_default_value = false)]
pub(super) struct Exploited {
    pub cve: String,
    pub title: String,
    pub vendor: String,
    pub product: String,
    pub added_on: NaiveDate,
    pub due_on: Option<NaiveDate>,
    pub required_action: String,
    pub ransomware: bool,
}

/// How probable it is that a vulnerability is exploited within 30 days (FIRST's EPSS).
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = exploit_predictions, treat_none_as_default_value = false)]
pub(super) struct Prediction {
    pub cve: String,
    pub probability: f64,
    pub percentile: f64,
    pub as_of: NaiveDate,
}
