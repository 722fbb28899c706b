//! Rows, words and the state machine of proposals.

use super::problems::TRANSITION_REFUSED;
use crate::infra::db::schema::proposals;
use crate::infra::db::text_column;
use crate::kernel::machine::{Machine, tried};
use crate::kernel::{
    AccountId, AssignmentId, Error, NeedId, OrganizationId, PledgeId, ProjectId, ProposalId, Result, RoundId,
    Timestamp, words,
};
use diesel::prelude::*;

words! {
    /// How a proposal came about.
    Origin {
        /// A volunteer applied for a need.
        Application = "application",
        /// A project invited a volunteer.
        Invitation = "invitation",
        /// A round of the allocation paired the two.
        Recommendation = "recommendation",
    }
}

words! {
    /// Whose hours they are.
    Capacity {
        /// The volunteer's own.
        OwnTime = "own_time",
        /// Their employer's, out of a pledge.
        EmployerTime = "employer_time",
    }
}

words! {
    /// Where a proposal stands.
    ProposalStatus {
        /// Made; an invited or recommended side has not answered.
        Submitted = "submitted",
        /// The employer has to approve the use of its hours.
        EmployerPending = "employer_pending",
        /// The project looks at it.
        UnderReview = "under_review",
        /// The project said yes; the volunteer's final word is wanted.
        Accepted = "accepted",
        /// An assignment was made of it.
        Converted = "converted",
        /// Somebody said no.
        Declined = "declined",
        /// Taken back by whoever made it.
        Withdrawn = "withdrawn",
        /// Somebody did not answer in time.
        Expired = "expired",
        /// Every seat is taken; the next free one is offered in turn.
        Waitlisted = "waitlisted",
        /// A seat came free for somebody who waited for one.
        Offered = "offered",
        /// A newer one took its place.
        Superseded = "superseded",
    }
}

impl ProposalStatus {
    /// Those that may still come to something: at most one of each need and volunteer.
    pub const LIVE: [Self; 6] =
        [Self::Submitted, Self::EmployerPending, Self::UnderReview, Self::Accepted, Self::Waitlisted, Self::Offered];

    /// Whether it may still come to something.
    pub fn is_live(self) -> bool {
        Self::LIVE.contains(&self)
    }
}

words! {
    /// What can happen to a proposal.
    ProposalAction {
        /// The project, or the invited volunteer, says yes.
        Accept = "accept",
        /// The project, or the asked volunteer, says no.
        Decline = "decline",
        /// Whoever made it takes it back.
        Withdraw = "withdraw",
        /// The volunteer's final word; the yes to an offer or to changed terms.
        Confirm = "confirm",
        /// The employer agrees to the use of its hours.
        Approve = "approve",
        /// The employer does not.
        Refuse = "refuse",
        /// The employer is asked.
        Ask = "ask",
        /// The project is asked.
        Review = "review",
        /// Every seat is taken.
        Wait = "wait",
        /// A seat came free.
        Offer = "offer",
        /// An assignment is made of it.
        Convert = "convert",
        /// Nobody answered in time.
        Expire = "expire",
        /// The need does not look for people any more.
        Close = "close",
        /// A newer one takes its place.
        Supersede = "supersede",
    }
}

impl ProposalAction {
    /// Whether people ask for it; the others follow from what was agreed, from seats and from the clock.
    pub fn is_asked_for(self) -> bool {
        matches!(self, Self::Accept | Self::Decline | Self::Withdraw | Self::Confirm | Self::Approve | Self::Refuse)
    }
}

text_column!(Origin, Capacity, ProposalStatus);

/// Every transition there is: from, action, to. A yes that others' answers are still missing to leaves the state as it is.
pub const TRANSITIONS: &[(ProposalStatus, ProposalAction, ProposalStatus)] = {
    use ProposalAction::{
        Accept, Approve, Ask, Close, Confirm, Convert, Decline, Expire, Offer, Refuse, Review, Supersede, Wait,
        Withdraw,
    };
    use ProposalStatus::{
        Accepted, Converted, Declined, EmployerPending, Expired, Offered, Submitted, Superseded, UnderReview,
        Waitlisted, Withdrawn,
    };
    &[
        (Submitted, Accept, Submitted),
        (Submitted, Wait, Waitlisted),
        (Submitted, Ask, EmployerPending),
        (Submitted, Review, UnderReview),
        (Submitted, Decline, Declined),
        (Submitted, Withdraw, Withdrawn),
        (Submitted, Expire, Expired),
        (Submitted, Close, Declined),
        (Submitted, Supersede, Superseded),
        (EmployerPending, Approve, UnderReview),
        (EmployerPending, Refuse, Declined),
        (EmployerPending, Withdraw, Withdrawn),
        (EmployerPending, Expire, Expired),
        (EmployerPending, Close, Declined),
        (UnderReview, Accept, Accepted),
        (UnderReview, Confirm, UnderReview),
        (UnderReview, Wait, Waitlisted),
        (UnderReview, Decline, Declined),
        (UnderReview, Withdraw, Withdrawn),
        (UnderReview, Expire, Expired),
        (UnderReview, Close, Declined),
        (Accepted, Confirm, Accepted),
        (Accepted, Convert, Converted),
        (Accepted, Decline, Declined),
        (Accepted, Withdraw, Withdrawn),
        (Accepted, Expire, Expired),
        (Accepted, Close, Declined),
        (Waitlisted, Offer, Offered),
        (Waitlisted, Decline, Declined),
        (Waitlisted, Withdraw, Withdrawn),
        (Waitlisted, Close, Declined),
        (Offered, Confirm, Submitted),
        (Offered, Decline, Declined),
        (Offered, Withdraw, Withdrawn),
        (Offered, Expire, Expired),
        (Offered, Close, Declined),
        // A late yes counts while a seat is left.
        (Expired, Confirm, Submitted),
    ]
};

/// The state after the action, or 409 with the actions that this state allows to people.
pub(super) fn advance(from: ProposalStatus, action: ProposalAction) -> Result<ProposalStatus> {
    if let Some((_, _, to)) = TRANSITIONS.iter().find(|(state, act, _)| *state == from && *act == action) {
        return Ok(*to);
    }
    let rows = TRANSITIONS.iter().filter(|(state, act, _)| *state == from && act.is_asked_for());
    let allowed = rows.map(|(_, act, _)| act.as_str()).collect();
    let detail = format!("A proposal that is {from} does not allow {action}.");
    Err(Error::new(&TRANSITION_REFUSED, detail).with_allowed(allowed))
}

/// The machine as it is drawn.
pub fn machine() -> Machine {
    Machine::of(
        ("Proposal", "A pairing that is not agreed yet."),
        (ProposalStatus::Submitted, TRANSITIONS),
        ProposalAction::is_asked_for,
        |from, action| tried(from, action, advance),
    )
}

words! {
    /// Whose answer a proposal waits for.
    Party {
        /// The volunteer.
        Volunteer = "volunteer",
        /// The project.
        Project = "project",
        /// The volunteer's employer.
        Employer = "employer",
    }
}

words! {
    /// Why somebody said no.
    DeclineReason {
        /// Other skills are needed.
        Skills = "skills",
        /// The time does not fit.
        Timing = "timing",
        /// Fewer or other hours are needed.
        Hours = "hours",
        /// No time to bring anybody in.
        NoCapacity = "no_capacity",
        /// Somebody else was chosen.
        SomebodyElse = "somebody_else",
        /// Not of interest now.
        NotInterested = "not_interested",
        /// Rules of one side stand against it.
        Rules = "rules",
        /// Something else.
        Other = "other",
    }
}

impl DeclineReason {
    /// A sentence that can be read by whoever is declined, without hurting.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Skills => "The work turned out to want other skills than those offered.",
            Self::Timing => "The time does not fit this once.",
            Self::Hours => "The hours that are needed and those that were offered don't meet.",
            Self::NoCapacity => "There is no time at present to bring somebody in with the care it deserves.",
            Self::SomebodyElse => "Somebody else was chosen for this; thank you for offering.",
            Self::NotInterested => "It does not fit the plans at present; thank you for asking.",
            Self::Rules => "Rules that one side has to keep stand against it.",
            Self::Other => "It did not work out this time; thank you for offering.",
        }
    }
}

/// A pairing of a need and a volunteer that is not agreed yet.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = proposals, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct Proposal {
    /// Its id.
    pub id: ProposalId,
    /// The need.
    pub need_id: NeedId,
    /// The project that states the need.
    pub project_id: ProjectId,
    /// The volunteer.
    pub account_id: AccountId,
    /// How it came about.
    pub origin: Origin,
    /// The round that recommended it.
    pub round_id: Option<RoundId>,
    /// Where it stands.
    pub status: ProposalStatus,
    /// Whose hours they are; an invited volunteer says so with their yes.
    pub capacity: Capacity,
    /// The pledge that the hours come out of.
    pub pledge_id: Option<PledgeId>,
    /// The organization that pledged them.
    pub employer_id: Option<OrganizationId>,
    /// Hours a week, in halves.
    pub hours_per_week: f64,
    /// What the side that made it says.
    pub message: String,
    /// The need's revision that the volunteer agreed to.
    pub need_revision: i32,
    /// Whether it holds a seat of the need.
    pub holds_seat: bool,
    /// When the volunteer last said yes.
    pub volunteer_agreed_at: Option<Timestamp>,
    /// When the project said yes.
    pub project_agreed_at: Option<Timestamp>,
    /// When the employer said yes, or did not have to be asked.
    pub employer_agreed_at: Option<Timestamp>,
    /// Who said yes for the employer; none where nobody had to be asked.
    pub employer_agreed_by: Option<AccountId>,
    /// Whether the volunteer's yes came after the project's, so that nothing more is asked of them.
    pub final_word: bool,
    /// The assignment that was made of it.
    pub assignment_id: Option<AssignmentId>,
    /// Why it ended or waits, as a word.
    pub reason_code: Option<String>,
    /// The same as a sentence.
    pub reason: Option<String>,
    /// Until when the answer that is missing counts.
    pub due_at: Option<Timestamp>,
    /// When whoever has to answer is reminded.
    pub remind_at: Option<Timestamp>,
    /// When it came to its end.
    pub ended_at: Option<Timestamp>,
    /// Rises with each change.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Proposal {
    /// Whose answers are missing; `revision` is the need's.
    pub fn waiting_for(&self, revision: i32) -> Vec<Party> {
        let stale = self.need_revision != revision;
        match self.status {
            ProposalStatus::Submitted => {
                let asked = [(self.volunteer_agreed_at, Party::Volunteer), (self.project_agreed_at, Party::Project)];
                asked.into_iter().filter(|(at, _)| at.is_none()).map(|(_, party)| party).collect()
            }
            ProposalStatus::EmployerPending => vec![Party::Employer],
            ProposalStatus::UnderReview if stale => vec![Party::Volunteer, Party::Project],
            ProposalStatus::UnderReview => vec![Party::Project],
            ProposalStatus::Accepted | ProposalStatus::Offered => vec![Party::Volunteer],
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_reached_and_the_ended_ones_are_final() {
        for status in ProposalStatus::ALL {
            let reached = *status == ProposalStatus::Submitted || TRANSITIONS.iter().any(|(_, _, to)| to == status);
            let left = TRANSITIONS.iter().any(|(from, _, _)| from == status);
            assert!(reached, "{status} can't be reached");
            assert_eq!(left, status.is_live() || *status == ProposalStatus::Expired, "{status}");
        }
    }

    #[test]
    fn each_pair_leads_to_one_state_and_all_others_are_refused() {
        for from in ProposalStatus::ALL {
            for action in ProposalAction::ALL {
                let rows: Vec<_> = TRANSITIONS.iter().filter(|row| row.0 == *from && row.1 == *action).collect();
                match (rows.as_slice(), advance(*from, *action)) {
                    ([(_, _, to)], Ok(reached)) => assert_eq!(*to, reached),
                    ([], Err(refused)) => {
                        assert_eq!(refused.code(), "proposal.transition_refused");
                        assert!(!refused.allowed().contains(&action.as_str()), "{from} {action}");
                    }
                    other => panic!("{from} {action}: {other:?}"),
                }
            }
        }
        let refused = advance(ProposalStatus::Waitlisted, ProposalAction::Accept).unwrap_err();
        assert_eq!(refused.allowed(), ["decline", "withdraw"]);
    }
}
