//! Access and hand-overs on the wire.

use super::{AssignmentNeed, AssignmentProject, AssignmentVolunteer};
use crate::features::accounts::Account;
use crate::features::assignments::model::{AccessStatus, HandOverStatus};
use crate::features::assignments::service::access::AccessCard;
use crate::features::assignments::service::hand_over::HandOverCard;
use crate::kernel::{AccessId, AssignmentId, HandOverId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Access that is wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"what": "Write access to the repository", "level": 2}))]
pub(in crate::features::assignments) struct AskAccessRequest {
    /// What it opens.
    #[schema(min_length = 2, max_length = 120)]
    pub what: String,
    /// How far it goes, L0 to L4; from L3 on it is earned, and two people approve it.
    #[schema(minimum = 0, maximum = 4)]
    pub level: i64,
}

/// A yes to access.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"handle": "lin", "at": "2026-11-24T09:00:00Z"}))]
pub(in crate::features::assignments) struct AccessApproval {
    /// Whose.
    pub handle: String,
    /// When.
    pub at: Timestamp,
}

/// Something that a volunteer is let into.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "assignment_id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3e", "what": "Write access to the repository",
    "level": 2, "status": "granted", "asked_by": "lin", "asked_at": "2026-11-24T09:00:00Z", "approvals": [], "granted_at": "2026-11-24T09:00:00Z", "ended_at": null, "alert_at": null}))]
pub(in crate::features::assignments) struct AccessResponse {
    /// Its id.
    pub id: AccessId,
    /// The assignment.
    pub assignment_id: AssignmentId,
    /// What it opens.
    pub what: String,
    /// How far it goes, L0 to L4.
    #[schema(minimum = 0, maximum = 4)]
    pub level: i16,
    /// Where it stands.
    pub status: AccessStatus,
    /// The handle of whoever asked.
    pub asked_by: String,
    /// When.
    pub asked_at: Timestamp,
    /// Who said yes; empty where the project gave it by itself.
    pub approvals: Vec<AccessApproval>,
    /// When it was given.
    #[schema(required = true)]
    pub granted_at: Option<Timestamp>,
    /// When it was refused or revoked.
    #[schema(required = true)]
    pub ended_at: Option<Timestamp>,
    /// After the assignment's end: when the project is reminded that it has to be revoked.
    #[schema(required = true)]
    pub alert_at: Option<Timestamp>,
}

impl From<AccessCard> for AccessResponse {
    fn from(AccessCard { row, asked_by, approvals }: AccessCard) -> Self {
        Self {
            id: row.id,
            assignment_id: row.assignment_id,
            what: row.what,
            level: row.level,
            status: row.status,
            asked_by,
            asked_at: row.asked_at,
            approvals: approvals.into_iter().map(|(handle, at)| AccessApproval { handle, at }).collect(),
            granted_at: row.granted_at,
            ended_at: row.ended_at,
            alert_at: row.alert_at,
        }
    }
}

/// A colleague to be asked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"handle": "grace"}))]
pub(in crate::features::assignments) struct HandOverRequest {
    /// The colleague's handle.
    #[schema(min_length = 1, max_length = 64)]
    pub handle: String,
}

/// A colleague is asked to take over.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "assignment_id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3e",
    "need": {"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "title": "Fuzz the parser", "project": {"slug": "openssl", "name": "OpenSSL"}}, "hours_per_week": 4.0,
    "from": {"handle": "ada", "display_name": "Ada L."}, "to": {"handle": "grace", "display_name": "Grace H."}, "status": "asked", "next_assignment_id": null,
    "due_at": "2026-12-01T09:00:00Z", "created_at": "2026-11-24T09:00:00Z", "answered_at": null}))]
pub(in crate::features::assignments) struct HandOverResponse {
    /// Its id.
    pub id: HandOverId,
    /// The assignment.
    pub assignment_id: AssignmentId,
    /// What the work is.
    pub need: AssignmentNeed,
    /// Hours a week.
    pub hours_per_week: f64,
    /// Whoever does it now.
    pub from: AssignmentVolunteer,
    /// The colleague.
    pub to: AssignmentVolunteer,
    /// Where it stands.
    pub status: HandOverStatus,
    /// The colleague's assignment, once they took over.
    #[schema(required = true)]
    pub next_assignment_id: Option<AssignmentId>,
    /// Until when the question stands.
    #[schema(required = true)]
    pub due_at: Option<Timestamp>,
    /// When it was asked.
    pub created_at: Timestamp,
    /// When it was answered.
    #[schema(required = true)]
    pub answered_at: Option<Timestamp>,
}

impl From<HandOverCard> for HandOverResponse {
    fn from(card: HandOverCard) -> Self {
        let HandOverCard { row, from, to, hours_per_week, need, project } = card;
        let person =
            |account: Account| AssignmentVolunteer { handle: account.handle, display_name: account.display_name };
        Self {
            id: row.id,
            assignment_id: row.assignment_id,
            need: AssignmentNeed {
                id: need.id,
                title: need.title,
                project: AssignmentProject { slug: project.slug, name: project.name },
            },
            hours_per_week,
            from: person(from),
            to: person(to),
            status: row.status,
            next_assignment_id: row.next_id,
            due_at: row.due_at,
            created_at: row.created_at,
            answered_at: row.answered_at,
        }
    }
}
