//! Rows, words and the state machine of reports; suspensions.

use super::problems::TRANSITION_REFUSED;
use crate::infra::db::schema::{reports, suspensions};
use crate::infra::db::text_column;
use crate::kernel::machine::{Machine, tried};
use crate::kernel::{AccountId, EntityId, Error, ReportId, Result, SuspensionId, Timestamp, words};
use diesel::prelude::*;

words! {
    /// What a report or a suspension is about.
    SubjectKind {
        /// A project's listing, named by its slug.
        Project = "project",
        /// A need, named by its id.
        Need = "need",
        /// An organization, named by its slug.
        Organization = "organization",
        /// A volunteer profile, named by the person's handle.
        Volunteer = "volunteer",
        /// A whole account, named by its handle.
        Account = "account",
    }
}

words! {
    /// What stands in the moderators' queue.
    ReportKind {
        /// Somebody says that something is wrong with a listing.
        Report = "report",
        /// Somebody asks that a suspension be lifted.
        Appeal = "appeal",
    }
}

words! {
    /// What is said to be wrong.
    ReportCode {
        /// Advertising, or the same thing over and over.
        Spam = "spam",
        /// It passes itself off as somebody else.
        Impersonation = "impersonation",
        /// It does harm: malware, phishing, a trap for contributors.
        Malicious = "malicious",
        /// It attacks or threatens people.
        Harassment = "harassment",
        /// What it says is not so.
        Misleading = "misleading",
        /// It is no open source.
        NotOpenSource = "not_open_source",
        /// It shows what is private to somebody.
        PersonalData = "personal_data",
        /// Something else; the text says what.
        Other = "other",
    }
}

words! {
    /// Where a report or an appeal stands.
    ReportStatus {
        /// It waits for a moderator.
        Open = "open",
        /// A moderator found nothing wrong, or left the suspension as it is.
        Dismissed = "dismissed",
        /// A moderator agrees.
        Upheld = "upheld",
    }
}

words! {
    /// What a moderator can do with a report or an appeal.
    ReportAction {
        /// Nothing comes of it.
        Dismiss = "dismiss",
        /// It is right.
        Uphold = "uphold",
    }
}

text_column!(SubjectKind, ReportKind, ReportCode, ReportStatus);

/// Every transition there is: from, action, to.
pub const TRANSITIONS: &[(ReportStatus, ReportAction, ReportStatus)] = &[
    (ReportStatus::Open, ReportAction::Dismiss, ReportStatus::Dismissed),
    (ReportStatus::Open, ReportAction::Uphold, ReportStatus::Upheld),
];

/// The state after the action, or 409 with what this state allows.
pub(super) fn advance(from: ReportStatus, action: ReportAction) -> Result<ReportStatus> {
    let mut rows = TRANSITIONS.iter().filter(|(state, ..)| *state == from);
    if let Some((.., to)) = rows.clone().find(|(_, act, _)| *act == action) {
        return Ok(*to);
    }
    let allowed = rows.by_ref().map(|(_, act, _)| act.as_str()).collect();
    Err(Error::new(&TRANSITION_REFUSED, format!("It is {from} already.")).with_allowed(allowed))
}

/// The machine as it is drawn.
pub fn machine() -> Machine {
    let about = "A report on something, or an appeal against a suspension, for a moderator to decide.";
    Machine::of(
        ("Report", about),
        (ReportStatus::Open, TRANSITIONS),
        |_| true,
        |from, action| tried(from, action, advance),
    )
}

/// A report or an appeal.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = reports, treat_none_as_default_value = false)]
pub(super) struct Report {
    pub id: ReportId,
    pub kind: ReportKind,
    pub subject_kind: SubjectKind,
    pub subject_id: EntityId,
    /// None for appeals.
    pub code: Option<ReportCode>,
    pub text: String,
    /// None for an appeal of nobody in particular, by the mailed token alone.
    pub author_id: Option<AccountId>,
    /// What an appeal is against.
    pub suspension_id: Option<SuspensionId>,
    pub status: ReportStatus,
    pub opened_at: Timestamp,
    pub decided_at: Option<Timestamp>,
    pub decided_by: Option<AccountId>,
    pub decision: Option<String>,
    pub version: i64,
}

/// A decision on a report or an appeal.
#[derive(Debug)]
pub(super) struct Verdict<'a> {
    pub to: ReportStatus,
    pub by: AccountId,
    pub at: Timestamp,
    pub decision: &'a str,
    /// Whether the text goes, since its author is gone.
    pub forget: bool,
}

/// A moderator keeps something from being seen or from acting.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = suspensions, treat_none_as_default_value = false)]
pub(super) struct Suspension {
    pub id: SuspensionId,
    pub subject_kind: SubjectKind,
    pub subject_id: EntityId,
    pub reason: String,
    pub suspended_by: AccountId,
    pub suspended_at: Timestamp,
    pub appeal_hash: String,
    pub appealed_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub ended_by: Option<AccountId>,
    pub ended_reason: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_decided_once() {
        for action in ReportAction::ALL {
            assert!(advance(ReportStatus::Open, *action).is_ok());
            for status in [ReportStatus::Dismissed, ReportStatus::Upheld] {
                let refused = advance(status, *action).unwrap_err();
                assert!(refused.allowed().is_empty() && refused.code() == "report.already_decided", "{refused}");
            }
        }
    }
}
