//! Assignments on the wire.

use super::model::{AccessStatus, Assignment, AssignmentStatus, CheckIn, EndReason, HandOverStatus, OnboardingTask};
use super::service::AssignmentCard;
use super::service::access::AccessCard;
use super::service::hand_over::HandOverCard;
use crate::features::accounts::Account;
use crate::features::proposals::Capacity;
use crate::kernel::{
    AccessId, AssignmentId, CheckInId, Cla, Error, HandOverId, NeedId, PledgeId, ProposalId, Result, Timestamp, words,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
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

/// A task to be ticked off.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"task": "first_contact"}))]
pub(super) struct TickTaskRequest {
    /// Which one.
    pub task: OnboardingTask,
    /// Whether it is done; false takes that back.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub done: bool,
}

fn yes() -> bool {
    true
}

/// How it goes.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"note": "Two parsers are covered, the third is next.", "on_track": true}))]
pub(super) struct CheckInRequest {
    /// In the volunteer's words, as Markdown.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub note: Option<String>,
    /// Whether it will be done in time.
    #[serde(default)]
    pub on_track: Option<bool>,
}

/// A check-in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "note": "Two parsers are covered.", "on_track": true, "at": "2026-12-06T09:00:00Z"}))]
pub(super) struct CheckInResponse {
    /// Its id.
    pub id: CheckInId,
    /// In the volunteer's words, as Markdown.
    #[schema(required = true)]
    pub note: Option<String>,
    /// Whether it will be done in time; null where the volunteer did not say.
    #[schema(required = true)]
    pub on_track: Option<bool>,
    /// When.
    pub at: Timestamp,
}

impl From<CheckIn> for CheckInResponse {
    fn from(row: CheckIn) -> Self {
        Self { id: row.id, note: row.note, on_track: row.on_track, at: row.at }
    }
}

/// A pause.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Holidays.", "until": "2026-12-14"}))]
pub(super) struct PauseAssignmentRequest {
    /// Why; the other side reads it.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
    /// The first day on which it goes on, at most four weeks away; four weeks when not said.
    #[serde(default)]
    #[schema(example = "2026-12-14")]
    pub until: Option<NaiveDate>,
}

words! {
    /// Why somebody ends an assignment before its time.
    EndingReason {
        /// The volunteer has no time any more.
        NoTime = "no_time",
        /// It did not fit.
        NotAFit = "not_a_fit",
        /// The work is not needed any more.
        NoLongerNeeded = "no_longer_needed",
        /// The other side does not answer.
        Unresponsive = "unresponsive",
        /// Somebody did not behave.
        Conduct = "conduct",
        /// The employer needs the hours elsewhere.
        EmployerNeeds = "employer_needs",
        /// Something else.
        Other = "other",
    }
}

impl From<EndingReason> for EndReason {
    fn from(reason: EndingReason) -> Self {
        match reason {
            EndingReason::NoTime => Self::NoTime,
            EndingReason::NotAFit => Self::NotAFit,
            EndingReason::NoLongerNeeded => Self::NoLongerNeeded,
            EndingReason::Unresponsive => Self::Unresponsive,
            EndingReason::Conduct => Self::Conduct,
            EndingReason::EmployerNeeds => Self::EmployerNeeds,
            EndingReason::Other => Self::Other,
        }
    }
}

/// An end before its time.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason_code": "no_time", "reason": "A new job takes all my evenings."}))]
pub(super) struct EndAssignmentRequest {
    /// Why.
    pub reason_code: EndingReason,
    /// The same in your own words; the other sides read it.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500)]
    pub reason: Option<String>,
}

/// Access that is wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"what": "Write access to the repository", "level": 2}))]
pub(super) struct AskAccessRequest {
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
pub(super) struct AccessApproval {
    /// Whose.
    pub handle: String,
    /// When.
    pub at: Timestamp,
}

/// Something that a volunteer is let into.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "assignment_id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3e", "what": "Write access to the repository",
    "level": 2, "status": "granted", "asked_by": "lin", "asked_at": "2026-11-24T09:00:00Z", "approvals": [], "granted_at": "2026-11-24T09:00:00Z", "ended_at": null, "alert_at": null}))]
pub(super) struct AccessResponse {
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
pub(super) struct HandOverRequest {
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
pub(super) struct HandOverResponse {
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

/// The line that somebody typed as a reason.
pub(super) fn line(text: &str) -> Result<String> {
    use crate::kernel::Line;
    Line::parse(text, 1, 500).map(Line::into_string).map_err(|fault| Error::field("/reason", fault.code, fault.detail))
}
