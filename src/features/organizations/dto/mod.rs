//! Organizations on the wire.

mod domains;
mod members;
mod rules;

pub(super) use domains::{AddDomainRequest, AffiliationResponse, DomainResponse};
pub(super) use members::{
    AcceptInvitationRequest, InvitationResponse, InviteRequest, JoinedResponse, ListInvitationsQuery, ListMembersQuery,
    MemberResponse, OwnInvitationResponse, SetMemberRoleRequest,
};

pub(super) use rules::{PolicyResponse, PutPolicyRequest};

use super::model::{Organization, OrganizationKind};
use crate::http::patch;
use crate::kernel::{OrganizationId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// An organization to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Example Freight", "kind": "company", "description": "Moves things.", "homepage_url": "https://freight.example.org"}))]
pub(super) struct CreateOrganizationRequest {
    /// Its name in addresses; made from the name when left out.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 64, pattern = "^[a-z0-9][a-z0-9._+-]*[a-z0-9]$")]
    pub slug: Option<String>,
    /// Its name.
    #[schema(min_length = 2, max_length = 120)]
    pub name: String,
    /// What kind of body it is.
    pub kind: OrganizationKind,
    /// What it does, as Markdown.
    #[serde(default)]
    #[schema(max_length = 5000)]
    pub description: String,
    /// Its own site, https.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub homepage_url: Option<String>,
}

/// Changes to an organization (JSON Merge Patch).
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"description": "Moves things, and keeps up what moves them."}))]
#[expect(clippy::option_option, reason = "the three cases of a merge patch")]
pub(super) struct UpdateOrganizationRequest {
    /// A new name.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(min_length = 2, max_length = 120, nullable = false)]
    pub name: Option<String>,
    /// Another kind.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub kind: Option<OrganizationKind>,
    /// A new description.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(max_length = 5000, nullable = false)]
    pub description: Option<String>,
    /// A new site; null removes it.
    #[serde(default, deserialize_with = "patch::nullable")]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub homepage_url: Option<Option<String>>,
}

/// An organization.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "slug": "example-freight", "name": "Example Freight", "kind": "company",
    "description": "Moves things.", "homepage_url": "https://freight.example.org/", "verified_domains": [], "created_at": "2026-11-22T09:00:00Z", "updated_at": "2026-11-22T09:00:00Z", "suspended_at": null}))]
pub(super) struct OrganizationResponse {
    /// Its id.
    pub id: OrganizationId,
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What kind of body it is.
    pub kind: OrganizationKind,
    /// What it does, as Markdown.
    pub description: String,
    /// Its own site.
    #[schema(required = true)]
    pub homepage_url: Option<String>,
    /// Domains proven to be its own.
    pub verified_domains: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Since when a moderator keeps it from acting; null while nobody does.
    #[schema(required = true)]
    pub suspended_at: Option<Timestamp>,
}

impl From<(Organization, Vec<String>)> for OrganizationResponse {
    fn from((row, verified_domains): (Organization, Vec<String>)) -> Self {
        Self {
            id: row.id,
            slug: row.slug,
            name: row.name,
            kind: row.kind,
            description: row.description,
            homepage_url: row.homepage_url,
            verified_domains,
            created_at: row.created_at,
            updated_at: row.updated_at,
            suspended_at: row.suspended_at,
        }
    }
}

/// Which organizations.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListOrganizationsQuery {
    /// Words from name or description.
    #[param(max_length = 100)]
    pub q: Option<String>,
    /// Of this kind.
    #[param(inline)]
    pub kind: Option<OrganizationKind>,
    /// `true`: only those that the caller belongs to.
    pub mine: Option<bool>,
    /// How many items, 1 to 100; 25 when not said.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}
