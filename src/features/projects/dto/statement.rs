//! What documents from elsewhere say, on the wire.

use crate::features::projects::model::Statement;
use crate::features::projects::statements::{Insights, Scorecard};
use crate::kernel::{Error, Timestamp};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// One check of a Scorecard.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"name": "Maintained", "score": 10, "reason": "30 commits in the last 90 days"}))]
pub(in crate::features::projects) struct ScorecardCheckResponse {
    /// Its name.
    pub name: String,
    /// 0 to 10; null where it came to no result.
    #[schema(required = true, minimum = 0, maximum = 10)]
    pub score: Option<i16>,
    /// Why, in the tool's words.
    #[schema(required = true)]
    pub reason: Option<String>,
}

/// What the OpenSSF Scorecard says of a project.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"score": 6.7, "version": "v5.0.0", "commit": "0123abc", "checks": [{"name": "Maintained", "score": 10, "reason": null}],
    "as_of": "2026-11-01T00:00:00Z", "imported_at": "2026-11-22T09:00:00Z"}))]
pub(in crate::features::projects) struct ScorecardResponse {
    /// The aggregate, 0 to 10; null where no check came to a result.
    #[schema(required = true, minimum = 0, maximum = 10)]
    pub score: Option<f64>,
    /// The version of the tool.
    #[schema(required = true)]
    pub version: Option<String>,
    /// The commit that was looked at.
    #[schema(required = true)]
    pub commit: Option<String>,
    /// Its checks, by name.
    pub checks: Vec<ScorecardCheckResponse>,
    /// When the project was looked at.
    pub as_of: Timestamp,
    /// When the result was brought here.
    pub imported_at: Timestamp,
}

impl TryFrom<Statement> for ScorecardResponse {
    type Error = Error;
    fn try_from(row: Statement) -> Result<Self, Error> {
        let facts: Scorecard = serde_json::from_value(row.facts.0).map_err(Error::internal)?;
        let checks = facts.checks.into_iter();
        let checks = checks.map(|one| ScorecardCheckResponse { name: one.name, score: one.score, reason: one.reason });
        Ok(Self {
            score: facts.score,
            version: facts.version,
            commit: facts.commit,
            checks: checks.collect(),
            as_of: row.as_of,
            imported_at: row.created_at,
        })
    }
}

/// What a project says of its own security.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"schema_version": "2.0.0", "homepage_url": "https://parser.example.org/", "license": "MIT", "repositories": ["github.com/example/parser"],
    "reports_accepted": true, "has_security_contact": true, "automated_releases": null, "documents": {"security_policy": "https://parser.example.org/security"},
    "as_of": "2026-10-01T00:00:00Z", "imported_at": "2026-11-22T09:00:00Z"}))]
pub(in crate::features::projects) struct SecurityInsightsResponse {
    /// The version of the format.
    pub schema_version: String,
    /// Its home page.
    #[schema(required = true)]
    pub homepage_url: Option<String>,
    /// Its license, an SPDX expression.
    #[schema(required = true)]
    pub license: Option<String>,
    /// Its repositories, in their one spelling.
    pub repositories: Vec<String>,
    /// Whether it takes reports of vulnerabilities.
    #[schema(required = true)]
    pub reports_accepted: Option<bool>,
    /// Whether it names somebody for them.
    pub has_security_contact: bool,
    /// Whether releases are made by an automated pipeline.
    #[schema(required = true)]
    pub automated_releases: Option<bool>,
    /// Its documents, by what they are about.
    pub documents: BTreeMap<String, String>,
    /// When somebody last went through it.
    pub as_of: Timestamp,
    /// When it was brought here.
    pub imported_at: Timestamp,
}

impl TryFrom<Statement> for SecurityInsightsResponse {
    type Error = Error;
    fn try_from(row: Statement) -> Result<Self, Error> {
        let facts: Insights = serde_json::from_value(row.facts.0).map_err(Error::internal)?;
        Ok(Self {
            schema_version: facts.schema_version,
            homepage_url: facts.homepage_url,
            license: facts.license,
            repositories: facts.repositories,
            reports_accepted: facts.reports_accepted,
            has_security_contact: facts.has_security_contact,
            automated_releases: facts.automated_releases,
            documents: facts.documents,
            as_of: row.as_of,
            imported_at: row.created_at,
        })
    }
}

/// What of a listing a file tells; the rest is for a person to say.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"name": "Parser", "repository_url": "https://github.com/example/parser", "homepage_url": "https://parser.example.org/", "license": "MIT",
    "packages": ["pkg:npm/parser"], "listed_as": null}))]
pub(in crate::features::projects) struct PrefilledListingResponse {
    /// Its name.
    #[schema(required = true)]
    pub name: Option<String>,
    /// Where its source is.
    #[schema(required = true)]
    pub repository_url: Option<String>,
    /// Its home page.
    #[schema(required = true)]
    pub homepage_url: Option<String>,
    /// Its license, an SPDX expression.
    #[schema(required = true)]
    pub license: Option<String>,
    /// The packages that it publishes.
    pub packages: Vec<String>,
    /// The slug of the listing that this repository has already.
    #[schema(required = true)]
    pub listed_as: Option<String>,
}

impl From<(Insights, Option<String>)> for PrefilledListingResponse {
    fn from((facts, listed_as): (Insights, Option<String>)) -> Self {
        Self {
            name: facts.name,
            repository_url: facts.repositories.first().map(|key| format!("https://{key}")),
            homepage_url: facts.homepage_url,
            license: facts.license,
            packages: facts.packages,
            listed_as,
        }
    }
}
