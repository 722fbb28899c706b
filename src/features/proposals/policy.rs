//! Who may do what with a proposal. Pure: facts in, a decision out.

use super::model::{Origin, Proposal, ProposalAction};
use crate::kernel::Decision;

/// What the caller is to a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sides {
    /// The volunteer themself.
    pub(super) volunteer: bool,
    /// Whether the caller acts for the project.
    pub(super) project: bool,
    /// Whether the caller is a manager or an owner of the organization whose hours are offered.
    pub(super) employer: bool,
}

/// The sides see it; nobody else learns that it exists.
pub(super) fn may_see(sides: Sides) -> Decision {
    if sides.volunteer || sides.project || sides.employer { Decision::Allow } else { Decision::Hide }
}

/// Who answers. Nobody approves what they asked for themselves.
pub(super) fn may_answer(sides: Sides, proposal: &Proposal, action: ProposalAction) -> Decision {
    let by_project = proposal.origin != Origin::Application && proposal.project_agreed_at.is_some();
    let decision = match action {
        ProposalAction::Approve | ProposalAction::Refuse => match (sides.employer, sides.volunteer) {
            (true, true) => {
                Decision::Deny("Nobody approves what they asked for themselves: another manager has to decide.")
            }
            (employer, _) => {
                Decision::allow_if(employer, "Only managers and owners of the employer answer for its hours.")
            }
        },
        ProposalAction::Confirm => Decision::allow_if(sides.volunteer, "Only the volunteer has the final word."),
        ProposalAction::Accept => match (sides.volunteer, proposal.origin) {
            (true, Origin::Application) => Decision::Deny("It is your own application: the project answers it."),
            (true, _) if proposal.volunteer_agreed_at.is_some() => {
                Decision::Deny("You have said yes already: the other side answers now.")
            }
            (true, _) => Decision::Allow,
            (false, _) if by_project => Decision::Deny("The project has said yes already: the volunteer answers now."),
            (false, _) => Decision::allow_if(sides.project, "Only the project's maintainers answer for it."),
        },
        ProposalAction::Withdraw => {
            let made = match proposal.origin {
                Origin::Application => sides.volunteer,
                Origin::Invitation => sides.project || sides.volunteer && proposal.volunteer_agreed_at.is_some(),
                Origin::Recommendation => sides.volunteer && proposal.volunteer_agreed_at.is_some(),
            };
            Decision::allow_if(made, "Only whoever made it takes it back; the other side declines.")
        }
        _ => Decision::allow_if(
            sides.volunteer || sides.project,
            "Only the volunteer and the project's maintainers decline; an employer refuses.",
        ),
    };
    match may_see(sides) {
        Decision::Allow => decision,
        hidden => hidden,
    }
}
