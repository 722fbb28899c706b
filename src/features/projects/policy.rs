//! Who may do what with projects. Pure: facts in, a decision out.

use super::model::{Maintainer, Project, ProjectRole, ProjectSource, ProjectStatus};
use crate::kernel::{Actor, Decision, PlatformRole, ProjectId};

/// What the caller is to a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "facts that do not depend on each other")]
pub struct Standing {
    /// The project.
    pub project_id: ProjectId,
    /// Where the listing stands.
    pub status: ProjectStatus,
    /// Whether the listing holds a person's words, not a public list's.
    pub own_words: bool,
    /// The caller's role in the project.
    pub role: Option<ProjectRole>,
    /// Whether that role is known to be true.
    pub verified: bool,
    /// Whether the caller is a coordinator.
    pub coordinator: bool,
    /// Whether the caller is a moderator.
    pub moderator: bool,
    /// Whether two people dispute whose the project is.
    pub frozen: bool,
}

impl Standing {
    /// The standing of this caller, if signed in, whose row in the project is `maintainer`.
    pub fn of(project: &Project, maintainer: Option<&Maintainer>, actor: Option<&Actor>) -> Self {
        let has = |role| actor.is_some_and(|actor| actor.has(role));
        Self {
            project_id: project.id,
            status: project.status,
            own_words: project.source == ProjectSource::Member,
            role: maintainer.map(|row| row.role),
            verified: maintainer.is_some_and(|row| row.verified_at.is_some()),
            coordinator: has(PlatformRole::Coordinator),
            moderator: has(PlatformRole::Moderator),
            frozen: false,
        }
    }

    fn is_verified_lead(&self) -> bool {
        self.role == Some(ProjectRole::Lead) && self.verified
    }

    /// Denies with the sentence, or hides the project from whoever may not see it.
    fn allow_if(&self, holds: bool, else_because: &'static str) -> Decision {
        match may_see(self) {
            Decision::Allow => Decision::allow_if(holds, else_because),
            hidden => hidden,
        }
    }
}

/// Why nobody acts for a disputed project.
const FROZEN: &str = "Two people say that this project is theirs: until a moderator decides, neither acts for it.";

/// Suspended and opted-out listings are seen by their maintainers, coordinators and moderators only.
pub fn may_see(standing: &Standing) -> Decision {
    let insider = standing.role.is_some() || standing.coordinator || standing.moderator;
    if standing.status.is_public() || insider { Decision::Allow } else { Decision::Hide }
}

/// Whether the caller acts for the project: states its needs, answers proposals, changes its words. Somebody who only says
/// that an imported project is theirs does not yet; whoever made the listing does.
pub fn may_maintain(standing: &Standing) -> Decision {
    let acts = standing.role.is_some() && (standing.verified || standing.own_words);
    if standing.frozen && acts && !standing.coordinator {
        return standing.allow_if(false, FROZEN);
    }
    standing.allow_if(acts || standing.coordinator, "Only the project's maintainers and coordinators may do this.")
}

/// A listed project's repository is what its ownership was verified for: its lead moves it, and proves it anew.
pub(super) fn may_move(standing: &Standing) -> Decision {
    let open = matches!(standing.status, ProjectStatus::Unclaimed | ProjectStatus::ClaimPending);
    let lead = standing.role == Some(ProjectRole::Lead);
    let because =
        "The project's ownership was verified for its repository: its lead or a coordinator has to change it.";
    standing.allow_if(open || lead || standing.coordinator, because)
}

/// Archiving, bringing back and opting out are for a lead who is known to be one, and for coordinators.
pub(super) fn may_decide(standing: &Standing) -> Decision {
    if standing.frozen && standing.is_verified_lead() && !standing.coordinator {
        return standing.allow_if(false, FROZEN);
    }
    let may = standing.is_verified_lead() || standing.coordinator;
    standing.allow_if(may, "Only the project's verified lead and coordinators may do this.")
}

/// A coordinator lists a project, but not the one that is their own: nobody approves what they asked for themselves.
pub(super) fn may_list(standing: &Standing) -> Decision {
    match standing.allow_if(standing.coordinator, "Only coordinators decide on listings.") {
        Decision::Allow if standing.role.is_some() => {
            Decision::Deny("You are with this project yourself: another coordinator has to decide on its listing.")
        }
        Decision::Allow if standing.frozen => Decision::Deny(FROZEN),
        decision => decision,
    }
}

/// Who is with the project, coordinators and moderators see who disputes it.
pub(super) fn may_see_dispute(standing: &Standing) -> Decision {
    let may = standing.role.is_some() || standing.coordinator || standing.moderator;
    standing.allow_if(may, "Only the project's people, coordinators and moderators may see this.")
}

/// Moderators decide disputes, but not their own.
pub(super) fn may_settle(standing: &Standing, party: bool) -> Decision {
    match may_moderate(standing) {
        Decision::Allow if party => {
            Decision::Deny("You are a side of this dispute yourself: another moderator has to decide it.")
        }
        decision => decision,
    }
}

/// Coordinators curate how critical a project is.
pub(super) fn may_rate(standing: &Standing) -> Decision {
    standing.allow_if(standing.coordinator, "Only coordinators decide how critical a project is.")
}

/// Whoever acts for the project objects to how critical it is said to be; a coordinator decides instead.
pub(super) fn may_contest(standing: &Standing) -> Decision {
    match may_maintain(standing) {
        Decision::Allow => standing.allow_if(standing.role.is_some(), "Only the project's own people may object."),
        refused => refused,
    }
}

/// Objections are for the project's people and coordinators to see.
pub(super) fn may_see_contests(standing: &Standing) -> Decision {
    may_maintain(standing)
}

/// A coordinator answers an objection, but not one of a project that is their own.
pub(super) fn may_answer_contest(standing: &Standing) -> Decision {
    match may_rate(standing) {
        Decision::Allow if standing.role.is_some() => {
            Decision::Deny("You are with this project yourself: another coordinator has to answer its objection.")
        }
        decision => decision,
    }
}

/// Moderators hide listings and show them again.
pub(super) fn may_moderate(standing: &Standing) -> Decision {
    standing.allow_if(standing.moderator, "Only moderators may do this.")
}

/// Nobody lifts the suspension of what is their own.
pub(super) fn may_lift(standing: &Standing) -> Decision {
    match may_moderate(standing) {
        Decision::Allow if standing.role.is_some() => {
            Decision::Deny("You are with this project yourself: another moderator has to decide.")
        }
        decision => decision,
    }
}

/// A verified lead adds maintainers; who leads is for coordinators to say, and not on their own behalf.
pub(super) fn may_add(standing: &Standing, role: ProjectRole, oneself: bool) -> Decision {
    if oneself && standing.coordinator {
        return Decision::Deny("Nobody approves what they asked for themselves: another coordinator has to add you.");
    }
    match role {
        ProjectRole::Maintainer => may_decide(standing),
        ProjectRole::Lead => standing.allow_if(standing.coordinator, "Only coordinators say who leads a project."),
    }
}

/// Everybody may leave; a verified lead and coordinators may send others away.
pub(super) fn may_remove(standing: &Standing, oneself: bool) -> Decision {
    match oneself {
        true if standing.frozen => standing.allow_if(false, FROZEN),
        true => may_see(standing),
        false => may_decide(standing),
    }
}

/// Coordinators import lists of projects.
pub(super) fn may_import(coordinator: bool) -> Decision {
    Decision::allow_if(coordinator, "Only coordinators import lists of projects.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(status: ProjectStatus) -> Standing {
        let project_id = ProjectId(uuid::Uuid::nil());
        Standing {
            project_id,
            status,
            own_words: true,
            role: None,
            verified: false,
            coordinator: false,
            moderator: false,
            frozen: false,
        }
    }

    #[test]
    fn hidden_listings_are_hidden_from_strangers_only() {
        let stranger = standing(ProjectStatus::Suspended);
        assert_eq!(may_see(&stranger), Decision::Hide);
        assert_eq!(may_decide(&stranger), Decision::Hide);
        assert_eq!(may_see(&Standing { role: Some(ProjectRole::Maintainer), ..stranger }), Decision::Allow);
        assert_eq!(may_see(&Standing { moderator: true, ..stranger }), Decision::Allow);
        assert_eq!(may_see(&standing(ProjectStatus::Unclaimed)), Decision::Allow);
    }

    #[test]
    fn a_claim_alone_gives_no_say_over_an_imported_listing() {
        let claimant =
            Standing { role: Some(ProjectRole::Lead), own_words: false, ..standing(ProjectStatus::ClaimPending) };
        assert!(matches!(may_maintain(&claimant), Decision::Deny(_)));
        assert!(matches!(may_decide(&claimant), Decision::Deny(_)));
        assert_eq!(may_maintain(&Standing { own_words: true, ..claimant }), Decision::Allow);
        assert!(matches!(may_decide(&Standing { own_words: true, ..claimant }), Decision::Deny(_)));
        assert_eq!(may_decide(&Standing { verified: true, ..claimant }), Decision::Allow);
    }

    #[test]
    fn a_dispute_freezes_both_sides_and_is_for_a_moderator_who_is_none() {
        let lead =
            Standing { role: Some(ProjectRole::Lead), verified: true, frozen: true, ..standing(ProjectStatus::Listed) };
        for decision in [may_maintain(&lead), may_decide(&lead), may_remove(&lead, true), may_settle(&lead, true)] {
            assert!(matches!(decision, Decision::Deny(_)));
        }
        let coordinator = Standing { coordinator: true, frozen: true, ..standing(ProjectStatus::ClaimPending) };
        assert_eq!(may_list(&coordinator), Decision::Deny(FROZEN));
        let moderator = Standing { moderator: true, frozen: true, ..standing(ProjectStatus::Listed) };
        assert_eq!(may_settle(&moderator, false), Decision::Allow);
        assert!(matches!(may_settle(&moderator, true), Decision::Deny(_)));
    }

    #[test]
    fn nobody_approves_what_they_asked_for() {
        let coordinator = Standing { coordinator: true, ..standing(ProjectStatus::ClaimPending) };
        assert_eq!(may_list(&coordinator), Decision::Allow);
        assert!(matches!(may_list(&Standing { role: Some(ProjectRole::Lead), ..coordinator }), Decision::Deny(_)));
        assert_eq!(may_add(&coordinator, ProjectRole::Lead, false), Decision::Allow);
        assert!(matches!(may_add(&coordinator, ProjectRole::Maintainer, true), Decision::Deny(_)));
    }
}
