//! Rows, words and the state machine of assignments.

mod access;
mod clock;
mod machine;

pub use access::{
    ACCESS_TRANSITIONS, AccessAction, AccessStatus, HAND_OVER_TRANSITIONS, HandOverAction, HandOverStatus,
    access_machine, hand_over_machine,
};
pub(super) use access::{Access, Approval, HandOver, advance_access, advance_hand_over};
pub(super) use clock::{Due, LONGEST_PAUSE, START_WITHIN};
pub(super) use machine::advance;
pub use machine::{AssignmentAction, AssignmentStatus, LIVE, TRANSITIONS, machine};

use crate::features::proposals::Capacity;
use crate::infra::db::schema::{
    assignment_check_ins, assignment_spells, assignment_tasks, assignment_terms, assignments,
};
use crate::infra::db::text_column;
use crate::kernel::{
    AccountId, AiPolicy, AssignmentId, CheckInId, Cla, NeedId, OrganizationId, PledgeId, ProjectId, ProposalId,
    Timestamp, words,
};
use chrono::NaiveDate;
use diesel::prelude::*;

words! {
    /// Why an assignment ended.
    EndReason {
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
        /// A colleague took over.
        HandedOver = "handed_over",
        /// The pledge was withdrawn, and the volunteer did not go on in their own time.
        PledgeWithdrawn = "pledge_withdrawn",
        /// The volunteer left the employer, and did not go on in their own time.
        LeftEmployer = "left_employer",
        /// The volunteer's account was deleted.
        AccountDeleted = "account_deleted",
        /// The need was cancelled.
        NeedCancelled = "need_cancelled",
        /// The project is on the marketplace no more.
        ProjectGone = "project_gone",
        /// It was not started in time.
        NeverStarted = "never_started",
        /// Check-ins were missed.
        CheckInMissed = "check_in_missed",
        /// Both sides said that the work is done.
        Agreed = "agreed",
        /// One side said that the work is done, or its last day passed, and nobody objected.
        Silence = "silence",
    }
}

words! {
    /// What has to be done before the work begins.
    OnboardingTask {
        /// The project's contributor agreement is settled.
        Cla = "cla",
        /// The volunteer has the access that the work wants.
        Access = "access",
        /// The two have talked.
        FirstContact = "first_contact",
    }
}

words! {
    /// A side of an assignment.
    Side {
        /// Whoever does the work.
        Volunteer = "volunteer",
        /// Whoever it is for.
        Project = "project",
        /// Whose time it is.
        Employer = "employer",
    }
}

text_column!(EndReason, OnboardingTask);

/// Who may tick off which task. The project keeps the agreements, so their being there is its word.
pub(super) const MAY_TICK: &[(OnboardingTask, Side)] = &[
    (OnboardingTask::Cla, Side::Project),
    (OnboardingTask::Access, Side::Project),
    (OnboardingTask::Access, Side::Volunteer),
    (OnboardingTask::FirstContact, Side::Project),
    (OnboardingTask::FirstContact, Side::Volunteer),
];

/// An agreed pairing: a lease on somebody's hours.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = assignments, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct Assignment {
    /// Its id.
    pub id: AssignmentId,
    /// The proposal that it was made of; none where a colleague took over.
    pub proposal_id: Option<ProposalId>,
    /// The need.
    pub need_id: NeedId,
    /// The project that states the need.
    pub project_id: ProjectId,
    /// The volunteer.
    pub account_id: AccountId,
    /// Where it stands.
    pub status: AssignmentStatus,
    /// Whose hours they are.
    pub capacity: Capacity,
    /// The pledge that the hours come out of; none in one's own time.
    pub pledge_id: Option<PledgeId>,
    /// The employer as of its start; stays when the volunteer goes on in their own time.
    pub employer_id: Option<OrganizationId>,
    /// Hours a week, in halves.
    pub hours_per_week: f64,
    /// Access that the work wants, 0 to 4.
    pub access_level: i16,
    /// The contributor agreement that the project asked for at its start.
    pub cla: Cla,
    /// The project's license at its start.
    pub license: Option<String>,
    /// Its first day.
    pub starts_on: NaiveDate,
    /// Its last day.
    pub ends_on: NaiveDate,
    /// What the pledge's ledger still holds for it.
    pub reserved_minutes: i64,
    /// Work that the project confirmed.
    pub confirmed_minutes: i64,
    /// When the work began.
    pub started_at: Option<Timestamp>,
    /// By when the volunteer has to check in; while onboarding: by when it has to start.
    pub next_check_in_at: Option<Timestamp>,
    /// When the volunteer is reminded of it.
    pub remind_at: Option<Timestamp>,
    /// When the pause is over.
    pub paused_until: Option<Timestamp>,
    /// When it ends, unless the volunteer goes on in their own time.
    pub notice_ends_at: Option<Timestamp>,
    /// When the volunteer said that the work is done.
    pub volunteer_done_at: Option<Timestamp>,
    /// When the project said so.
    pub project_done_at: Option<Timestamp>,
    /// The earliest of its clocks.
    pub due_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Who ended it; none for the clock.
    pub ended_by: Option<AccountId>,
    /// Why it ended, or is about to.
    pub reason_code: Option<EndReason>,
    /// The same in somebody's words.
    pub reason: Option<String>,
    /// Rises with each change.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Assignment {
    /// Where it stood before its project was suspended.
    pub(super) fn before_suspension(&self) -> AssignmentStatus {
        if self.started_at.is_none() {
            AssignmentStatus::Onboarding
        } else if self.paused_until.is_some() || self.waits_for_own_time() {
            AssignmentStatus::Paused
        } else {
            AssignmentStatus::Active
        }
    }

    /// Whether it pauses since the volunteer left the employer whose hours they were.
    pub fn waits_for_own_time(&self) -> bool {
        self.notice_ends_at.is_some() && self.reason_code == Some(EndReason::LeftEmployer)
    }
}

/// What the two sides were last told that the project asks of contributors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = assignment_terms, treat_none_as_default_value = false)]
pub(super) struct Terms {
    pub assignment_id: AssignmentId,
    pub cla: Cla,
    pub ai_policy: AiPolicy,
}

/// Something to be done before the work begins.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = assignment_tasks, treat_none_as_default_value = false)]
pub(super) struct ToDo {
    pub assignment_id: AssignmentId,
    pub task: OnboardingTask,
    pub position: i16,
    pub done_at: Option<Timestamp>,
    pub done_by: Option<AccountId>,
}

/// How it goes, in the volunteer's words.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = assignment_check_ins, treat_none_as_default_value = false)]
pub(super) struct CheckIn {
    pub id: CheckInId,
    pub assignment_id: AssignmentId,
    pub account_id: AccountId,
    pub note: Option<String>,
    pub on_track: Option<bool>,
    pub at: Timestamp,
}

/// A time at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = assignment_spells, treat_none_as_default_value = false)]
pub(super) struct Spell {
    pub assignment_id: AssignmentId,
    pub from_at: Timestamp,
    pub until_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    /// Active since 22 November, to be checked in on 6 December; a pause would be over on 20 December.
    pub(super) fn assignment() -> Assignment {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        Assignment {
            id: AssignmentId(Uuid::from_u128(1)),
            proposal_id: Some(ProposalId(Uuid::from_u128(2))),
            need_id: NeedId(Uuid::from_u128(3)),
            project_id: ProjectId(Uuid::from_u128(4)),
            account_id: AccountId(Uuid::from_u128(5)),
            status: AssignmentStatus::Active,
            capacity: Capacity::OwnTime,
            pledge_id: None,
            employer_id: None,
            hours_per_week: 4.0,
            access_level: 0,
            cla: Cla::None,
            license: None,
            starts_on: day("2026-11-22"),
            ends_on: day("2027-11-21"),
            reserved_minutes: 0,
            confirmed_minutes: 0,
            started_at: Some(at("2026-11-22T09:00:00Z")),
            next_check_in_at: Some(at("2026-12-06T09:00:00Z")),
            remind_at: None,
            paused_until: Some(at("2026-12-20T09:00:00Z")),
            notice_ends_at: None,
            volunteer_done_at: None,
            project_done_at: None,
            due_at: None,
            ended_at: None,
            ended_by: None,
            reason_code: None,
            reason: None,
            version: 1,
            created_at: at("2026-11-22T09:00:00Z"),
            updated_at: at("2026-11-22T09:00:00Z"),
        }
    }

    #[test]
    fn each_task_can_be_ticked_off_by_somebody() {
        for task in OnboardingTask::ALL {
            assert!(MAY_TICK.iter().any(|(of, _)| of == task), "{task}");
        }
        assert!(!MAY_TICK.contains(&(OnboardingTask::Cla, Side::Volunteer)));
    }

    #[test]
    fn back_from_suspension_it_is_where_it_was() {
        let started = assignment();
        assert_eq!(started.before_suspension(), AssignmentStatus::Paused);
        let working = Assignment { paused_until: None, ..assignment() };
        assert_eq!(working.before_suspension(), AssignmentStatus::Active);
        assert_eq!(Assignment { started_at: None, ..assignment() }.before_suspension(), AssignmentStatus::Onboarding);
    }
}
