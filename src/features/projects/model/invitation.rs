//! Invitations to maintain a project.

use super::ProjectRole;
use crate::features::organizations::InvitationStatus;
use crate::infra::db::schema::project_invitations;
use crate::kernel::{AccountId, InvitationId, ProjectId, Timestamp};
use diesel::prelude::*;

/// An invitation of somebody who has an account. Its token is stored hashed.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = project_invitations, treat_none_as_default_value = false)]
pub(in crate::features::projects) struct ProjectInvitation {
    pub id: InvitationId,
    pub project_id: ProjectId,
    pub account_id: AccountId,
    pub role: ProjectRole,
    pub hash: String,
    pub invited_by: AccountId,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    /// How it ended; none while it is open. That it ran out is told by the clock alone.
    pub ended_as: Option<InvitationStatus>,
    pub ended_at: Option<Timestamp>,
    pub ended_by: Option<AccountId>,
}

impl ProjectInvitation {
    /// Where it stands at this instant.
    pub(in crate::features::projects) fn status(&self, now: Timestamp) -> InvitationStatus {
        let open = if self.expires_at > now { InvitationStatus::Pending } else { InvitationStatus::Expired };
        self.ended_as.unwrap_or(open)
    }
}
