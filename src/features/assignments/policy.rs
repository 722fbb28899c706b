//! Who may do what with an assignment. Pure: facts in, a decision out.

use super::model::{HandOverAction, MAY_TICK, OnboardingTask, Side};
use crate::features::organizations::{OrganizationRole, policy as organizations};
use crate::features::projects::{Standing as OfProject, policy as projects};
use crate::kernel::Decision;

/// What the caller is to an assignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Whether it is the caller's own work.
    pub volunteer: bool,
    /// What the caller is to the project.
    pub project: OfProject,
    /// The caller's role at the employer whose time it is.
    pub employer: Option<OrganizationRole>,
}

impl Standing {
    /// Whether the caller is one of the project's own people.
    pub fn is_of_project(&self) -> bool {
        self.project.role.is_some() && (self.project.verified || self.project.own_words)
    }

    /// Whether the caller decides on the employer's hours.
    pub fn is_employer(&self) -> bool {
        matches!(self.employer, Some(OrganizationRole::Owner | OrganizationRole::Manager))
    }

    /// The side for which the caller acts: the volunteer's before the project's, the employer's last.
    pub fn side(&self) -> Option<Side> {
        if self.volunteer {
            Some(Side::Volunteer)
        } else if projects::may_maintain(&self.project) == Decision::Allow {
            Some(Side::Project)
        } else {
            self.is_employer().then_some(Side::Employer)
        }
    }

    fn is_any(&self, sides: &[Side]) -> bool {
        self.side().is_some_and(|side| sides.contains(&side))
    }

    fn allow_if(&self, holds: bool, else_because: &'static str) -> Decision {
        match may_see(self) {
            Decision::Allow => Decision::allow_if(holds, else_because),
            hidden => hidden,
        }
    }
}

/// An assignment is its sides' own business: others don't learn that it is there.
pub fn may_see(standing: &Standing) -> Decision {
    let inside =
        standing.volunteer || standing.is_of_project() || standing.is_employer() || standing.project.coordinator;
    if inside { Decision::Allow } else { Decision::Hide }
}

/// How the volunteer can be reached is for the project's own people, and the other way round.
pub fn may_see_contacts(standing: &Standing) -> Decision {
    standing.allow_if(standing.volunteer || standing.is_of_project(), "Only the two sides see how to reach each other.")
}

/// Which pledge the hours come out of is between the volunteer, the employer and coordinators.
pub fn may_see_pledge(standing: &Standing) -> Decision {
    let may = standing.volunteer || standing.is_employer() || standing.project.coordinator;
    standing.allow_if(may, "Only the volunteer, the employer and coordinators see the pledge.")
}

/// What only whoever does the work can say.
pub fn may_work(standing: &Standing) -> Decision {
    standing.allow_if(standing.volunteer, "Only the volunteer may do this.")
}

/// Both sides start it, let it rest, and say when it is done.
pub fn may_steer(standing: &Standing) -> Decision {
    let may = standing.is_any(&[Side::Volunteer, Side::Project]);
    standing.allow_if(may, "Only the volunteer and the project's maintainers may do this.")
}

/// What the volunteer reports is for the two sides and coordinators.
pub fn may_read_check_ins(standing: &Standing) -> Decision {
    let may = standing.volunteer || standing.is_of_project() || standing.project.coordinator;
    standing.allow_if(may, "Only the volunteer and the project's people read the check-ins.")
}

/// What the project says for itself.
pub fn may_host(standing: &Standing) -> Decision {
    match may_see(standing) {
        Decision::Allow if standing.volunteer => {
            Decision::Deny("Nobody decides on their own assignment for the project.")
        }
        Decision::Allow => projects::may_maintain(&standing.project),
        hidden => hidden,
    }
}

/// Two pairs of eyes are two people's.
pub fn may_approve(own_request: bool) -> Decision {
    Decision::allow_if(
        !own_request,
        "Nobody approves what they asked for themselves: somebody else of the project has to.",
    )
}

/// Whoever does the work hands it over; so does the employer whose time it is.
pub fn may_hand_over(standing: &Standing) -> Decision {
    let may = standing.volunteer || standing.is_employer();
    standing.allow_if(may, "Only the volunteer and the employer may hand it over.")
}

/// The colleague answers, and whoever asked takes the question back; nobody else knows of it.
pub fn may_answer(action: HandOverAction, colleague: bool, asker: bool) -> Decision {
    let answers = matches!(action, HandOverAction::Accept | HandOverAction::Decline);
    match (colleague, asker) {
        (false, false) => Decision::Hide,
        (true, _) if answers => Decision::Allow,
        (_, true) if action == HandOverAction::Withdraw => Decision::Allow,
        _ => Decision::Deny("The colleague who was asked answers, and whoever asked may take it back."),
    }
}

/// Everybody concerned may end it.
pub fn may_end(standing: &Standing) -> Decision {
    let may = standing.is_any(&[Side::Volunteer, Side::Project, Side::Employer]);
    standing.allow_if(may, "Only the volunteer, the project's maintainers and the employer may do this.")
}

/// Who may tick off a task stands in a table.
pub fn may_tick(standing: &Standing, task: OnboardingTask) -> Decision {
    let sides: Vec<Side> = MAY_TICK.iter().filter(|(of, _)| *of == task).map(|(_, side)| *side).collect();
    standing.allow_if(standing.is_any(&sides), "This is for the other side to tick off.")
}

/// Who works for a project is for its maintainers and coordinators.
pub fn may_list_of_project(standing: &OfProject) -> Decision {
    projects::may_maintain(standing)
}

/// Who works in an organization's time is for its owners and managers.
pub fn may_list_of_employer(role: Option<OrganizationRole>) -> Decision {
    organizations::may_manage(role)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::projects::{ProjectRole, ProjectStatus};
    use crate::kernel::ProjectId;

    fn stranger() -> Standing {
        let project = OfProject {
            project_id: ProjectId(uuid::Uuid::nil()),
            status: ProjectStatus::Listed,
            own_words: true,
            role: None,
            verified: false,
            coordinator: false,
            moderator: false,
            frozen: false,
        };
        Standing { volunteer: false, project, employer: None }
    }

    /// Stranger, volunteer, maintainer, manager of the employer, its member, coordinator.
    fn callers() -> [Standing; 6] {
        let stranger = stranger();
        let role = Some(ProjectRole::Maintainer);
        [
            stranger,
            Standing { volunteer: true, ..stranger },
            Standing { project: OfProject { role, ..stranger.project }, ..stranger },
            Standing { employer: Some(OrganizationRole::Manager), ..stranger },
            Standing { employer: Some(OrganizationRole::Member), ..stranger },
            Standing { project: OfProject { coordinator: true, ..stranger.project }, ..stranger },
        ]
    }

    #[test]
    fn each_side_may_do_its_part() {
        let allows =
            |policy: &dyn Fn(&Standing) -> Decision| callers().map(|caller| policy(&caller) == Decision::Allow);
        assert_eq!(allows(&may_see), [false, true, true, true, false, true]);
        assert_eq!(allows(&may_see_contacts), [false, true, true, false, false, false]);
        assert_eq!(allows(&may_see_pledge), [false, true, false, true, false, true]);
        assert_eq!(allows(&may_work), [false, true, false, false, false, false]);
        assert_eq!(allows(&may_steer), [false, true, true, false, false, true]);
        assert_eq!(allows(&may_host), [false, false, true, false, false, true]);
        assert_eq!(allows(&may_end), [false, true, true, true, false, true]);
        let ticks = |task| allows(&|caller| may_tick(caller, task));
        assert_eq!(ticks(OnboardingTask::Cla), [false, false, true, false, false, true]);
        assert_eq!(ticks(OnboardingTask::Access), [false, true, true, false, false, true]);
        assert_eq!(ticks(OnboardingTask::FirstContact), [false, true, true, false, false, true]);
    }

    #[test]
    fn strangers_learn_nothing() {
        for policy in [may_see, may_see_contacts, may_see_pledge, may_work, may_steer, may_host, may_end] {
            assert_eq!(policy(&stranger()), Decision::Hide);
        }
        let member = callers()[4];
        assert_eq!(may_end(&member), Decision::Hide, "its colleagues' work is not every member's business");
    }
}
