//! Assignments on the wire.

mod access;
mod requests;

pub(super) use access::{AccessResponse, AskAccessRequest, HandOverRequest, HandOverResponse};
pub(super) use requests::{
    CheckInRequest, CheckInResponse, EndAssignmentRequest, PauseAssignmentRequest, TickTaskRequest, line,
};

use super::model::{Assignment, AssignmentStatus, EndReason, OnboardingTask};
use super::service::AssignmentCard;
use crate::features::proposals::Capacity;
use crate::kernel::{AccessId, AssignmentId, Cla, NeedId, PledgeId, ProposalId, Timestamp};
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

/// The project of an assignment.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"slug": "openssl", "name": "OpenSSL"}))]
pub(super) struct AssignmentProject {
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
}

/// The need of an assignment.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "title": "Fuzz the parser", "project": {"slug": "openssl", "name": "OpenSSL"}}))]
pub(super) struct AssignmentNeed {
    /// Its id.
    pub id: NeedId,
    /// What it is, in a line.
    pub title: String,
    /// The project that states it.
    pub project: AssignmentProject,
}

/// Whoever does the work.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"handle": "ada", "display_name": "Ada L."}))]
pub(super) struct AssignmentVolunteer {
    /// The public name.
    pub handle: String,
    /// The name as shown.
    pub display_name: String,
}

/// Something to be done before the work begins.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"task": "cla", "done_at": "2026-11-23T10:00:00Z"}))]
pub(super) struct OnboardingItem {
    /// What.
    pub task: OnboardingTask,
    /// When it was ticked off; null while it is open.
    #[schema(required = true)]
    pub done_at: Option<Timestamp>,
}

/// Somebody of the project, and how to reach them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"handle": "lin", "display_name": "Lin M.", "email": "lin@example.org"}))]
pub(super) struct MaintainerContact {
    /// The public name.
    pub handle: String,
    /// The name as shown.
    pub display_name: String,
    /// The mail address.
    pub email: String,
}

/// Access that has to be taken back.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "what": "Write access to the repository", "level": 2}))]
pub(super) struct AccessToRevoke {
    /// Its id.
    pub id: AccessId,
    /// What it opens.
    pub what: String,
    /// How far it goes, L0 to L4.
    pub level: i16,
}

/// How the two sides reach each other.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"volunteer_email": "ada@example.org", "maintainers": [{"handle": "lin", "display_name": "Lin M.", "email": "lin@example.org"}]}))]
pub(super) struct AssignmentContacts {
    /// The volunteer's mail address.
    pub volunteer_email: String,
    /// The project's people, its leads first.
    pub maintainers: Vec<MaintainerContact>,
}

/// An agreed pairing: a lease on somebody's hours.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "proposal_id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3e",
    "need": {"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "title": "Fuzz the parser", "project": {"slug": "openssl", "name": "OpenSSL"}},
    "volunteer": {"handle": "ada", "display_name": "Ada L."}, "status": "active", "capacity": "employer_time", "pledge": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3f",
    "employer": "example-freight", "hours_per_week": 4.0, "access_level": 1, "cla": "dco", "license": "Apache-2.0", "starts_on": "2026-11-23", "ends_on": "2027-01-17",
    "start_by": null, "started_at": "2026-11-24T09:00:00Z", "next_check_in_at": "2026-12-08T09:00:00Z", "paused_until": null, "notice_ends_at": null,
    "volunteer_done_at": null, "project_done_at": null, "completes_at": "2027-02-01T00:00:00Z", "ended_at": null, "reason_code": null, "reason": null, "minutes_confirmed": 240,
    "onboarding": [{"task": "cla", "done_at": "2026-11-23T10:00:00Z"}], "access_to_revoke": [], "contacts": null, "created_at": "2026-11-22T09:00:00Z", "updated_at": "2026-11-24T09:00:00Z"}))]
pub(super) struct AssignmentResponse {
    /// Its id.
    pub id: AssignmentId,
    /// The proposal that it was made of; null where a colleague took over.
    #[schema(required = true)]
    pub proposal_id: Option<ProposalId>,
    /// What the work is.
    pub need: AssignmentNeed,
    /// Whoever does it.
    pub volunteer: AssignmentVolunteer,
    /// Where it stands.
    pub status: AssignmentStatus,
    /// Whose hours they are.
    pub capacity: Capacity,
    /// The pledge that they come out of; null in one's own time, and for those who may not know it.
    #[schema(required = true)]
    pub pledge: Option<PledgeId>,
    /// The slug of the employer as of its start; null where the hours were never an employer's.
    #[schema(required = true)]
    pub employer: Option<String>,
    /// Hours a week.
    pub hours_per_week: f64,
    /// Access that the work wants, L0 to L4.
    #[schema(minimum = 0, maximum = 4)]
    pub access_level: i16,
    /// The contributor agreement that the project asked for at its start.
    pub cla: Cla,
    /// The project's license at its start.
    #[schema(required = true)]
    pub license: Option<String>,
    /// Its first day.
    pub starts_on: NaiveDate,
    /// Its last day.
    pub ends_on: NaiveDate,
    /// While onboarding: by when it has to start, else it is released.
    #[schema(required = true)]
    pub start_by: Option<Timestamp>,
    /// When the work began.
    #[schema(required = true)]
    pub started_at: Option<Timestamp>,
    /// By when the volunteer has to check in; three days later it is overdue, seven days later released.
    #[schema(required = true)]
    pub next_check_in_at: Option<Timestamp>,
    /// When the pause is over.
    #[schema(required = true)]
    pub paused_until: Option<Timestamp>,
    /// When it ends since the employer's hours are gone, unless the volunteer goes on in their own time.
    #[schema(required = true)]
    pub notice_ends_at: Option<Timestamp>,
    /// When the volunteer said that the work is done.
    #[schema(required = true)]
    pub volunteer_done_at: Option<Timestamp>,
    /// When the project said so.
    #[schema(required = true)]
    pub project_done_at: Option<Timestamp>,
    /// When it is completed if nobody says anything more.
    #[schema(required = true)]
    pub completes_at: Option<Timestamp>,
    /// When it ended.
    #[schema(required = true)]
    pub ended_at: Option<Timestamp>,
    /// Why it ended, or is about to.
    #[schema(required = true)]
    pub reason_code: Option<EndReason>,
    /// The same in somebody's words.
    #[schema(required = true)]
    pub reason: Option<String>,
    /// Work that the project has confirmed.
    pub minutes_confirmed: i64,
    /// What has to be done before the work begins.
    pub onboarding: Vec<OnboardingItem>,
    /// Once it has ended: access that the project has not ticked off as revoked.
    pub access_to_revoke: Vec<AccessToRevoke>,
    /// How the two sides reach each other: while it lasts, for them alone, and not in lists.
    #[schema(required = true)]
    pub contacts: Option<AssignmentContacts>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl From<AssignmentCard> for AssignmentResponse {
    fn from(card: AssignmentCard) -> Self {
        let AssignmentCard { row, need, project, volunteer, employer, tasks, left, shows_pledge, contacts } = card;
        let onboarding = row.status == AssignmentStatus::Onboarding;
        let completes_at = row.completes_at();
        let Assignment { id, proposal_id, status, capacity, hours_per_week, access_level, cla, license, .. } = row;
        Self {
            id,
            proposal_id,
            need: AssignmentNeed {
                id: need.id,
                title: need.title,
                project: AssignmentProject { slug: project.slug, name: project.name },
            },
            volunteer: AssignmentVolunteer { handle: volunteer.handle, display_name: volunteer.display_name },
            status,
            capacity,
            pledge: row.pledge_id.filter(|_| shows_pledge),
            employer: employer.map(|employer| employer.slug),
            hours_per_week,
            access_level,
            cla,
            license,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            start_by: row.next_check_in_at.filter(|_| onboarding),
            started_at: row.started_at,
            next_check_in_at: row.next_check_in_at.filter(|_| !onboarding),
            paused_until: row.paused_until,
            notice_ends_at: row.notice_ends_at,
            volunteer_done_at: row.volunteer_done_at,
            project_done_at: row.project_done_at,
            completes_at,
            ended_at: row.ended_at,
            reason_code: row.reason_code,
            reason: row.reason,
            minutes_confirmed: row.confirmed_minutes,
            onboarding: tasks.iter().map(|row| OnboardingItem { task: row.task, done_at: row.done_at }).collect(),
            access_to_revoke: left
                .into_iter()
                .map(|row| AccessToRevoke { id: row.id, what: row.what, level: row.level })
                .collect(),
            contacts: contacts.map(|contacts| AssignmentContacts {
                volunteer_email: contacts.volunteer,
                maintainers: contacts
                    .maintainers
                    .into_iter()
                    .map(|account| MaintainerContact {
                        handle: account.handle,
                        display_name: account.display_name,
                        email: account.email,
                    })
                    .collect(),
            }),
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}
