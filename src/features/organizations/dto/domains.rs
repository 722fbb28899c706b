//! Domains and affiliations on the wire.

use crate::features::organizations::domain::{file_address, record_name, statement};
use crate::features::organizations::model::{DomainMethod, DomainRow, DomainStatus};
use crate::features::organizations::service::Affiliation;
use crate::kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A domain to be claimed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"domain": "freight.example.org"}))]
pub(in crate::features::organizations) struct AddDomainRequest {
    /// The name, without a scheme. Public suffixes and providers of free mail are refused.
    #[schema(max_length = 200)]
    pub domain: String,
}

/// What proves a domain: either of the two is enough, and stays where it is.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::features::organizations) struct DomainProof {
    /// Name of the text record.
    pub record_name: String,
    /// What the record says.
    pub record_value: String,
    /// Or: address of a file.
    pub file_url: String,
    /// A line of the file.
    pub file_line: String,
}

/// A domain of an organization.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"domain": "freight.example.org", "status": "pending", "method": null, "verified_at": null, "checked_at": null, "check_at": null,
    "failing_since": null, "created_at": "2026-11-22T09:00:00Z",
    "proof": {"record_name": "_mainstay.freight.example.org", "record_value": "mainstay-verification=00112233445566778899aabbccddeeff",
        "file_url": "https://freight.example.org/.well-known/mainstay.txt", "file_line": "mainstay-verification=00112233445566778899aabbccddeeff"}}))]
pub(in crate::features::organizations) struct DomainResponse {
    /// The name, in ASCII.
    pub domain: String,
    /// Where it stands.
    pub status: DomainStatus,
    /// How it was proven last.
    #[schema(required = true)]
    pub method: Option<DomainMethod>,
    /// Since when it is the organization's.
    #[schema(required = true)]
    pub verified_at: Option<Timestamp>,
    /// When the proof was last looked for.
    #[schema(required = true)]
    pub checked_at: Option<Timestamp>,
    /// When it is looked for again.
    #[schema(required = true)]
    pub check_at: Option<Timestamp>,
    /// Since when it can't be found; after 7 days the domain lapses.
    #[schema(required = true)]
    pub failing_since: Option<Timestamp>,
    /// When it was claimed.
    pub created_at: Timestamp,
    /// What proves it.
    pub proof: DomainProof,
}

impl From<DomainRow> for DomainResponse {
    fn from(row: DomainRow) -> Self {
        Self {
            proof: DomainProof {
                record_name: record_name(&row.domain),
                record_value: statement(&row.token),
                file_url: file_address("https", &row.domain),
                file_line: statement(&row.token),
            },
            domain: row.domain,
            status: row.status,
            method: row.method,
            verified_at: row.verified_at,
            checked_at: row.checked_at,
            check_at: row.check_at,
            failing_since: row.failing_since,
            created_at: row.created_at,
        }
    }
}

/// An organization that the caller may join, since the own verified address is of its domain.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"organization": "example-freight", "organization_name": "Example Freight", "domain": "freight.example.org"}))]
pub(in crate::features::organizations) struct AffiliationResponse {
    /// The organization's slug.
    pub organization: String,
    /// The organization's name.
    pub organization_name: String,
    /// The domain of the caller's address.
    pub domain: String,
}

impl From<Affiliation> for AffiliationResponse {
    fn from((organization, domain): Affiliation) -> Self {
        Self { organization: organization.slug, organization_name: organization.name, domain }
    }
}
