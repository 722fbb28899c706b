//! Invitations to maintain projects on the wire.

use crate::features::organizations::InvitationStatus;
use crate::features::projects::model::ProjectRole;
use crate::features::projects::service::InvitationCard;
use crate::kernel::{InvitationId, Timestamp};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An invitation as its project sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "handle": "grace", "role": "maintainer", "status": "pending",
    "invited_by": "ada", "created_at": "2026-11-22T09:00:00Z", "expires_at": "2026-11-29T09:00:00Z"}))]
pub(in crate::features::projects) struct ProjectInvitationResponse {
    /// Its id.
    pub id: InvitationId,
    /// Who was invited.
    pub handle: String,
    /// What they would be to the project.
    pub role: ProjectRole,
    /// Where it stands.
    pub status: InvitationStatus,
    /// The handle of whoever invited.
    pub invited_by: String,
    /// When it was sent.
    pub created_at: Timestamp,
    /// Until when it can be answered.
    pub expires_at: Timestamp,
}

impl ProjectInvitationResponse {
    /// The invitation as of this instant.
    pub(in crate::features::projects) fn at(now: Timestamp, card: InvitationCard) -> Self {
        let InvitationCard { invitation, handle, invited_by, .. } = card;
        Self {
            id: invitation.id,
            handle,
            role: invitation.role,
            status: invitation.status(now),
            invited_by,
            created_at: invitation.created_at,
            expires_at: invitation.expires_at,
        }
    }
}

/// An invitation as the invited person sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "project": "parser-of-everything", "project_name": "Parser of everything",
    "role": "maintainer", "status": "pending", "invited_by": "ada", "created_at": "2026-11-22T09:00:00Z", "expires_at": "2026-11-29T09:00:00Z"}))]
pub(in crate::features::projects) struct OwnProjectInvitationResponse {
    /// Its id.
    pub id: InvitationId,
    /// The project's slug.
    pub project: String,
    /// The project's name.
    pub project_name: String,
    /// What you would be to the project.
    pub role: ProjectRole,
    /// Where it stands.
    pub status: InvitationStatus,
    /// The handle of whoever invited.
    pub invited_by: String,
    /// When it was sent.
    pub created_at: Timestamp,
    /// Until when it can be answered.
    pub expires_at: Timestamp,
}

impl OwnProjectInvitationResponse {
    /// The invitation as of this instant.
    pub(in crate::features::projects) fn at(now: Timestamp, card: InvitationCard) -> Self {
        let InvitationCard { invitation, project, invited_by, .. } = card;
        Self {
            id: invitation.id,
            project: project.slug,
            project_name: project.name,
            role: invitation.role,
            status: invitation.status(now),
            invited_by,
            created_at: invitation.created_at,
            expires_at: invitation.expires_at,
        }
    }
}

/// The answer to a mailed invitation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"token": "mst_maintain_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8k2aOCA"}))]
pub(in crate::features::projects) struct AcceptProjectInvitationRequest {
    /// The token from the mail.
    #[schema(value_type = String, max_length = 200)]
    pub token: SecretString,
}
