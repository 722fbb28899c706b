//! Rows, words and the state machines of swarms.

use super::problems::{ANSWER_REFUSED, TRANSITION_REFUSED};
use crate::infra::db::schema::{swarm_entries, swarm_organizations, swarm_participants, swarm_steps, swarms};
use crate::infra::db::sql::Json;
use crate::infra::db::text_column;
use crate::kernel::machine::{Machine, tried};
use crate::kernel::{
    AccountId, AdvisoryId, Error, OrganizationId, ParticipantId, ProjectId, Result, StepId, SwarmEntryId, SwarmId,
    Timestamp, words,
};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

words! {
    /// Where a swarm stands.
    SwarmStatus {
        /// The call is out; nobody has answered.
        Called = "called",
        /// Somebody has answered; roles and a plan are being made.
        Forming = "forming",
        /// The plan is being carried out.
        Active = "active",
        /// It spreads no further.
        Contained = "contained",
        /// It is mended.
        Resolved = "resolved",
        /// What was learned is written down.
        Reviewed = "reviewed",
        /// It was called for nothing.
        Cancelled = "cancelled",
    }
}

impl SwarmStatus {
    /// Whether work in it is over, but for its report.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Reviewed | Self::Cancelled)
    }

    /// Whether there is something to report of.
    pub fn has_outcome(self) -> bool {
        matches!(self, Self::Resolved | Self::Reviewed)
    }
}

words! {
    /// What can happen to a swarm.
    SwarmAction {
        /// Somebody answered the call.
        Form = "form",
        /// Begin with the plan.
        Activate = "activate",
        /// It spreads no further.
        Contain = "contain",
        /// It is mended.
        Resolve = "resolve",
        /// What was learned is written down.
        Review = "review",
        /// It was called for nothing.
        Cancel = "cancel",
    }
}

/// Every transition there is: from, action, to.
pub(super) const TRANSITIONS: &[(SwarmStatus, SwarmAction, SwarmStatus)] = {
    use SwarmAction::{Activate, Cancel, Contain, Form, Resolve, Review};
    use SwarmStatus::{Active, Called, Cancelled, Contained, Forming, Resolved, Reviewed};
    &[
        (Called, Form, Forming),
        (Called, Cancel, Cancelled),
        (Forming, Activate, Active),
        (Forming, Cancel, Cancelled),
        (Active, Contain, Contained),
        (Active, Cancel, Cancelled),
        (Contained, Resolve, Resolved),
        (Resolved, Review, Reviewed),
    ]
};

/// The state after the action, or 409 with the actions that are possible.
pub(super) fn advance(from: SwarmStatus, action: SwarmAction) -> Result<SwarmStatus> {
    let rows = TRANSITIONS.iter().filter(|(state, _, _)| *state == from);
    if let Some((_, _, to)) = rows.clone().find(|(_, act, _)| *act == action) {
        return Ok(*to);
    }
    let allowed = rows.map(|(_, act, _)| act.as_str()).collect();
    let detail = format!("A swarm that is {from} does not allow {action}.");
    Err(Error::new(&TRANSITION_REFUSED, detail).with_allowed(allowed))
}

/// The machine as it is drawn.
pub fn machine() -> Machine {
    let about = "The call-out around one vulnerability. Its first signatory forms it.";
    let asked = |action| action != SwarmAction::Form;
    Machine::of(("Swarm", about), (SwarmStatus::Called, TRANSITIONS), asked, |from, action| {
        tried(from, action, advance)
    })
}

words! {
    /// Where somebody's consent stands.
    ParticipantStatus {
        /// Asked, and has not answered; or the terms changed since.
        Invited = "invited",
        /// Consented to the terms in force.
        Signatory = "signatory",
        /// Does not take part.
        Declined = "declined",
    }
}

words! {
    /// What can happen to somebody's consent.
    ParticipantAction {
        /// Consent to the terms.
        Consent = "consent",
        /// Decline, or leave.
        Decline = "decline",
        /// The terms changed.
        Lapse = "lapse",
        /// Asked again.
        Invite = "invite",
    }
}

/// Every transition of a consent: from, action, to.
pub(super) const CONSENTS: &[(ParticipantStatus, ParticipantAction, ParticipantStatus)] = {
    use ParticipantAction::{Consent, Decline, Invite, Lapse};
    use ParticipantStatus::{Declined, Invited, Signatory};
    &[
        (Invited, Consent, Signatory),
        (Invited, Decline, Declined),
        (Signatory, Decline, Declined),
        (Signatory, Lapse, Invited),
        (Declined, Invite, Invited),
    ]
};

/// The state of a consent after the action, or 409 with what its owner may answer.
pub(super) fn answer(from: ParticipantStatus, action: ParticipantAction) -> Result<ParticipantStatus> {
    let rows = CONSENTS.iter().filter(|(state, _, _)| *state == from);
    if let Some((_, _, to)) = rows.clone().find(|(_, act, _)| *act == action) {
        return Ok(*to);
    }
    let own = |act: &ParticipantAction| matches!(act, ParticipantAction::Consent | ParticipantAction::Decline);
    let allowed = rows.filter(|(_, act, _)| own(act)).map(|(_, act, _)| act.as_str()).collect();
    let detail = format!("Somebody who is {from} can't {action}.");
    Err(Error::new(&ANSWER_REFUSED, detail).with_allowed(allowed))
}

/// The machine of consents as it is drawn.
pub fn consent_machine() -> Machine {
    let about = "Somebody's consent to the terms of a swarm's embargo. Changed terms are asked for anew.";
    let asked = |action| action != ParticipantAction::Lapse;
    Machine::of(("Participant", about), (ParticipantStatus::Invited, CONSENTS), asked, |from, action| {
        tried(from, action, answer)
    })
}

words! {
    /// What somebody does in a swarm.
    ParticipantRole {
        /// Found it.
        Finder = "finder",
        /// Finds out what it does and where.
        Analyst = "analyst",
        /// Writes the fix.
        RemediationDeveloper = "remediation_developer",
        /// Reviews the fix.
        Reviewer = "reviewer",
        /// Releases it.
        Release = "release",
        /// Leads the swarm.
        Coordinator = "coordinator",
        /// Tells those concerned.
        Communication = "communication",
        /// Speaks for an organization that is exposed.
        Contact = "contact",
    }
}

words! {
    /// How somebody came into a swarm.
    ParticipantOrigin {
        /// Called it.
        Caller = "caller",
        /// Maintains the project.
        Maintainer = "maintainer",
        /// Is on call by an organization's pledge.
        OnCall = "on_call",
        /// A vetted volunteer who fits.
        Matched = "matched",
        /// Was invited by name.
        Invited = "invited",
        /// Runs an organization that is exposed.
        Notified = "notified",
    }
}

words! {
    /// What is known of whether somebody is affected.
    Finding {
        /// Nobody has looked.
        NotChecked = "not_checked",
        /// Somebody is looking.
        Checking = "checking",
        /// Affected.
        Affected = "affected",
        /// Not affected.
        NotAffected = "not_affected",
        /// Was affected, and is not any more.
        Fixed = "fixed",
    }
}

words! {
    /// Where a step of the plan stands.
    StepStatus {
        /// To be done.
        Open = "open",
        /// Done.
        Done = "done",
        /// Not needed any more.
        Dropped = "dropped",
    }
}

words! {
    /// What a line of the log is about.
    SwarmEntryKind {
        /// The call.
        Called = "called",
        /// A transition.
        State = "state",
        /// Who takes part.
        Participant = "participant",
        /// The embargo and its terms.
        Terms = "terms",
        /// The plan.
        Plan = "plan",
        /// What somebody found.
        Finding = "finding",
        /// Organizations were told.
        Notice = "notice",
        /// A fix or a release.
        Milestone = "milestone",
        /// The after-action report.
        Report = "report",
        /// What somebody wrote.
        Note = "note",
    }
}

words! {
    /// What stops a clock besides a transition.
    Milestone {
        /// There is a fix.
        Fix = "fix",
        /// The fix is released.
        Release = "release",
    }
}

text_column!(SwarmStatus, ParticipantStatus, ParticipantRole, ParticipantOrigin, Finding, StepStatus, SwarmEntryKind);

/// The call-out around one vulnerability.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = swarms, treat_none_as_default_value = false)]
pub struct Swarm {
    /// Its id.
    pub id: SwarmId,
    /// Where it stands.
    pub status: SwarmStatus,
    /// The call, which all who are invited read.
    pub title: String,
    /// What it is about.
    pub advisory_id: AdvisoryId,
    /// Whose vulnerability it is, where the project is listed.
    pub project_id: Option<ProjectId>,
    /// What those read who consented (Markdown).
    pub details: String,
    /// What those consent to who take part (Markdown).
    pub terms: String,
    /// Rises with each change of the terms.
    pub terms_version: i32,
    /// Until then nobody outside knows of it.
    pub embargo_until: Option<Timestamp>,
    /// Who called it.
    pub called_by: AccountId,
    /// What was learned.
    pub report: Option<Json<Report>>,
    /// Rises with each change of this row.
    pub version: i64,
    /// When it was called.
    pub called_at: Timestamp,
    /// When somebody else than the caller first consented.
    pub first_responder_at: Option<Timestamp>,
    /// When the plan had its first step.
    pub planned_at: Option<Timestamp>,
    /// When it was contained.
    pub contained_at: Option<Timestamp>,
    /// When there was a fix.
    pub fixed_at: Option<Timestamp>,
    /// When the fix was released.
    pub released_at: Option<Timestamp>,
    /// When it was mended.
    pub resolved_at: Option<Timestamp>,
    /// When it was reviewed.
    pub reviewed_at: Option<Timestamp>,
    /// When it was cancelled.
    pub cancelled_at: Option<Timestamp>,
    /// When this row last changed.
    pub updated_at: Timestamp,
}

/// What was learned (Markdown each).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// What happened.
    pub summary: String,
    /// Why it could happen.
    pub cause: String,
    /// What went well.
    pub went_well: String,
    /// What is to be done better.
    pub to_improve: String,
}

/// Somebody's part in a swarm.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = swarm_participants, treat_none_as_default_value = false)]
pub struct Participant {
    /// Its id.
    pub id: ParticipantId,
    /// The swarm.
    pub swarm_id: SwarmId,
    /// Who.
    pub account_id: AccountId,
    /// What they do.
    pub role: ParticipantRole,
    /// Where their consent stands.
    pub status: ParticipantStatus,
    /// How they came into it.
    pub origin: ParticipantOrigin,
    /// For whom they act.
    pub organization_id: Option<OrganizationId>,
    /// The version of the terms that they consented to.
    pub terms_version: Option<i32>,
    /// What they found.
    pub finding: Finding,
    /// What they say of it.
    pub note: Option<String>,
    /// When they were invited.
    pub invited_at: Timestamp,
    /// When they answered.
    pub answered_at: Option<Timestamp>,
    /// When their finding last changed.
    pub found_at: Option<Timestamp>,
}

/// An organization whose products are affected.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = swarm_organizations, treat_none_as_default_value = false)]
pub struct ExposedRow {
    /// The swarm.
    pub swarm_id: SwarmId,
    /// The organization.
    pub organization_id: OrganizationId,
    /// What it says of itself.
    pub finding: Finding,
    /// In how many of its products the component is.
    pub products: i32,
    /// When its bills of materials gave it away.
    pub found_at: Timestamp,
    /// When it was told.
    pub notified_at: Option<Timestamp>,
    /// When it last said how it stands.
    pub answered_at: Option<Timestamp>,
}

/// A step of the containment plan.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = swarm_steps, treat_none_as_default_value = false)]
pub struct Step {
    /// Its id.
    pub id: StepId,
    /// The swarm.
    pub swarm_id: SwarmId,
    /// What is to be done.
    pub title: String,
    /// More of it (Markdown).
    pub details: String,
    /// Who does it.
    pub owner_id: AccountId,
    /// By when.
    pub due_at: Timestamp,
    /// Where it stands.
    pub status: StepStatus,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was done or dropped.
    pub closed_at: Option<Timestamp>,
}

/// A line of a swarm's log; lines are added, never changed.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = swarm_entries, treat_none_as_default_value = false)]
pub struct Entry {
    /// Its id, which also orders the log.
    pub id: SwarmEntryId,
    /// The swarm.
    pub swarm_id: SwarmId,
    /// Who did it; none for the clock.
    pub account_id: Option<AccountId>,
    /// What it is about.
    pub kind: SwarmEntryKind,
    /// One line.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_reached_and_the_ended_ones_are_final() {
        for status in SwarmStatus::ALL {
            let reached = *status == SwarmStatus::Called || TRANSITIONS.iter().any(|(_, _, to)| to == status);
            let left = TRANSITIONS.iter().any(|(from, _, _)| from == status);
            assert!(reached, "{status} can't be reached");
            assert_eq!(left, !status.is_over(), "{status}");
        }
        for status in ParticipantStatus::ALL {
            let reached = *status == ParticipantStatus::Invited || CONSENTS.iter().any(|(_, _, to)| to == status);
            assert!(reached, "{status} can't be reached");
        }
    }

    #[test]
    fn all_other_pairs_are_refused_with_what_is_allowed() {
        for (from, action) in SwarmStatus::ALL.iter().flat_map(|from| SwarmAction::ALL.iter().map(|act| (*from, *act)))
        {
            let rows: Vec<_> = TRANSITIONS.iter().filter(|row| row.0 == from && row.1 == action).collect();
            match (rows.as_slice(), advance(from, action)) {
                ([(_, _, to)], Ok(reached)) => assert_eq!(*to, reached),
                ([], Err(refused)) => {
                    assert_eq!(refused.code(), "swarm.transition_refused");
                    assert!(!refused.allowed().contains(&action.as_str()));
                }
                other => panic!("{from} {action}: {other:?}"),
            }
        }
        assert_eq!(advance(SwarmStatus::Active, SwarmAction::Review).unwrap_err().allowed(), ["contain", "cancel"]);
        let refused = answer(ParticipantStatus::Declined, ParticipantAction::Consent).unwrap_err();
        assert_eq!((refused.code(), refused.allowed()), ("swarm.answer_refused", &[][..]));
        let refused = answer(ParticipantStatus::Signatory, ParticipantAction::Consent).unwrap_err();
        assert_eq!(refused.allowed(), ["decline"]);
    }
}
