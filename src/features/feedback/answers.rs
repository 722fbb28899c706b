//! Which proposals say how soon somebody answers. Pure.

use crate::features::proposals::{Capacity, DeclineReason, Origin, Proposal, ProposalStatus};
use crate::kernel::Timestamp;

/// Somebody was asked, and answered or did not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Answer {
    pub asked_at: Timestamp,
    /// None where the time ran out.
    pub answered_at: Option<Timestamp>,
}

/// Whether somebody said no, rather than the need being closed or the like.
fn said_no(proposal: &Proposal) -> bool {
    let reason = proposal.reason_code.as_deref().unwrap_or_default();
    proposal.status == ProposalStatus::Declined && reason.parse::<DeclineReason>().is_ok()
}

fn answer(proposal: &Proposal, asked_at: Timestamp, yes: Option<Timestamp>) -> Option<Answer> {
    match (yes, proposal.status) {
        (Some(at), _) => Some(Answer { asked_at, answered_at: Some(at) }),
        (None, ProposalStatus::Expired) => Some(Answer { asked_at, answered_at: None }),
        (None, _) if said_no(proposal) => Some(Answer { asked_at, answered_at: proposal.ended_at }),
        _ => None,
    }
}

/// How a project answered an application. Its time begins once an employer that has to be asked has said yes; before that a
/// no was the employer's.
pub(super) fn of_project(proposal: &Proposal) -> Option<Answer> {
    if proposal.origin != Origin::Application {
        return None;
    }
    let asked_at = match (proposal.capacity, proposal.employer_agreed_at) {
        (Capacity::OwnTime, _) => proposal.created_at,
        (Capacity::EmployerTime, Some(at)) => at.max(proposal.created_at),
        (Capacity::EmployerTime, None) => return None,
    };
    answer(proposal, asked_at, proposal.project_agreed_at)
}

/// How a volunteer answered an invitation or a recommendation.
pub(super) fn of_volunteer(proposal: &Proposal) -> Option<Answer> {
    if proposal.origin == Origin::Application {
        return None;
    }
    answer(proposal, proposal.created_at, proposal.volunteer_agreed_at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{AccountId, NeedId, ProjectId, ProposalId};
    use uuid::Uuid;

    fn at(hour: u32) -> Timestamp {
        format!("2026-11-22T{hour:02}:00:00Z").parse().unwrap()
    }

    fn proposal(origin: Origin, status: ProposalStatus) -> Proposal {
        Proposal {
            id: ProposalId(Uuid::nil()),
            need_id: NeedId(Uuid::nil()),
            project_id: ProjectId(Uuid::nil()),
            account_id: AccountId(Uuid::nil()),
            origin,
            round_id: None,
            status,
            capacity: Capacity::OwnTime,
            pledge_id: None,
            employer_id: None,
            hours_per_week: 2.0,
            message: String::new(),
            need_revision: 1,
            holds_seat: false,
            volunteer_agreed_at: None,
            project_agreed_at: None,
            employer_agreed_at: None,
            employer_agreed_by: None,
            final_word: false,
            assignment_id: None,
            reason_code: None,
            reason: None,
            due_at: None,
            remind_at: None,
            ended_at: None,
            version: 1,
            created_at: at(1),
            updated_at: at(1),
        }
    }

    #[test]
    fn yes_no_and_silence_are_told_apart() {
        use Origin::{Application, Invitation};
        use ProposalStatus::{Declined, Expired, UnderReview, Withdrawn};
        let answered = |hour| Some(Answer { asked_at: at(1), answered_at: Some(at(hour)) });
        let silent = Some(Answer { asked_at: at(1), answered_at: None });
        let yes = Proposal { project_agreed_at: Some(at(5)), ..proposal(Application, Withdrawn) };
        assert_eq!((of_project(&yes), of_volunteer(&yes)), (answered(5), None));
        let no = |code: &str| Proposal {
            reason_code: Some(code.to_owned()),
            ended_at: Some(at(7)),
            ..proposal(Application, Declined)
        };
        assert_eq!((of_project(&no("skills")), of_project(&no("need_closed"))), (answered(7), None));
        assert_eq!(of_project(&proposal(Application, Expired)), silent);
        assert_eq!(
            (of_project(&proposal(Application, UnderReview)), of_project(&proposal(Application, Withdrawn))),
            (None, None)
        );
        assert_eq!(
            (of_volunteer(&proposal(Invitation, Expired)), of_project(&proposal(Invitation, Expired))),
            (silent, None)
        );
    }

    #[test]
    fn an_employers_time_is_not_the_projects() {
        let asked =
            Proposal { capacity: Capacity::EmployerTime, ..proposal(Origin::Application, ProposalStatus::Expired) };
        assert_eq!(of_project(&asked), None);
        let agreed = Proposal { employer_agreed_at: Some(at(3)), project_agreed_at: Some(at(4)), ..asked };
        assert_eq!(of_project(&agreed), Some(Answer { asked_at: at(3), answered_at: Some(at(4)) }));
    }
}
