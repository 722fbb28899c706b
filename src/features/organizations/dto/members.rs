//! Members and invitations on the wire.

use crate::features::organizations::model::{InvitationStatus, Organization, OrganizationRole};
use crate::features::organizations::service::OwnInvitation;
use crate::features::organizations::store::{InvitationRow, MemberRow};
use crate::kernel::{InvitationId, Timestamp};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which members.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::features::organizations) struct ListMembersQuery {
    /// `true`: those who belonged to it once.
    pub past: Option<bool>,
    /// How many items, 1 to 100; 25 when not said.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// A member, or somebody who was.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"handle": "ada", "display_name": "Ada L.", "role": "owner", "since": "2026-11-22T09:00:00Z", "until": null}))]
pub(in crate::features::organizations) struct MemberResponse {
    /// The public name.
    pub handle: String,
    /// The name as shown.
    pub display_name: String,
    /// What the member may do.
    pub role: OrganizationRole,
    /// Since when.
    pub since: Timestamp,
    /// Until when; null while it lasts.
    #[schema(required = true)]
    pub until: Option<Timestamp>,
}

impl From<MemberRow> for MemberResponse {
    fn from((row, handle, display_name): MemberRow) -> Self {
        Self { handle, display_name, role: row.role, since: row.from_at, until: row.until_at }
    }
}

/// A member's role to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"role": "manager"}))]
pub(in crate::features::organizations) struct SetMemberRoleRequest {
    /// What the member may do from now on.
    pub role: OrganizationRole,
}

/// Somebody to be invited.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "grace@example.org", "role": "member"}))]
pub(in crate::features::organizations) struct InviteRequest {
    /// Where the invitation goes. The account that joins must have this address, verified.
    #[schema(max_length = 254, format = "email")]
    pub email: String,
    /// What the member may do.
    pub role: OrganizationRole,
}

/// Which invitations.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::features::organizations) struct ListInvitationsQuery {
    /// Only those that stand so.
    #[param(inline)]
    pub status: Option<InvitationStatus>,
    /// How many items, 1 to 100; 25 when not said.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// An invitation as its organization sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "email": "grace@example.org", "role": "member", "status": "pending",
    "invited_by": "ada", "created_at": "2026-11-22T09:00:00Z", "expires_at": "2026-11-29T09:00:00Z"}))]
pub(in crate::features::organizations) struct InvitationResponse {
    /// Its id.
    pub id: InvitationId,
    /// Where it went.
    pub email: String,
    /// What the member may do.
    pub role: OrganizationRole,
    /// Where it stands.
    pub status: InvitationStatus,
    /// The handle of whoever invited.
    pub invited_by: String,
    /// When it was sent.
    pub created_at: Timestamp,
    /// Until when it can be answered.
    pub expires_at: Timestamp,
}

impl InvitationResponse {
    /// The invitation as of this instant.
    pub(in crate::features::organizations) fn at(now: Timestamp, (row, invited_by): InvitationRow) -> Self {
        Self {
            status: row.status(now),
            id: row.id,
            email: row.email,
            role: row.role,
            invited_by,
            created_at: row.created_at,
            expires_at: row.expires_at,
        }
    }
}

/// An invitation as the invited person sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "organization": "example-freight", "organization_name": "Example Freight",
    "role": "member", "invited_by": "ada", "created_at": "2026-11-22T09:00:00Z", "expires_at": "2026-11-29T09:00:00Z"}))]
pub(in crate::features::organizations) struct OwnInvitationResponse {
    /// Its id.
    pub id: InvitationId,
    /// The organization's slug.
    pub organization: String,
    /// The organization's name.
    pub organization_name: String,
    /// What the member may do.
    pub role: OrganizationRole,
    /// The handle of whoever invited.
    pub invited_by: String,
    /// When it was sent.
    pub created_at: Timestamp,
    /// Until when it can be answered.
    pub expires_at: Timestamp,
}

impl From<OwnInvitation> for OwnInvitationResponse {
    fn from((row, organization, invited_by): OwnInvitation) -> Self {
        Self {
            id: row.id,
            organization: organization.slug,
            organization_name: organization.name,
            role: row.role,
            invited_by,
            created_at: row.created_at,
            expires_at: row.expires_at,
        }
    }
}

/// The answer to a mailed invitation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"token": "mst_invite_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8k2aOCA"}))]
pub(in crate::features::organizations) struct AcceptInvitationRequest {
    /// The token from the mail.
    #[schema(value_type = String, max_length = 200)]
    pub token: SecretString,
}

/// Where the caller belongs now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"organization": "example-freight", "organization_name": "Example Freight", "role": "member"}))]
pub(in crate::features::organizations) struct JoinedResponse {
    /// The organization's slug.
    pub organization: String,
    /// The organization's name.
    pub organization_name: String,
    /// What the caller may do there.
    pub role: OrganizationRole,
}

impl From<(Organization, OrganizationRole)> for JoinedResponse {
    fn from((organization, role): (Organization, OrganizationRole)) -> Self {
        Self { organization: organization.slug, organization_name: organization.name, role }
    }
}
