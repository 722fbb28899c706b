//! Who sees which report. Pure: facts in, a decision out.

use crate::features::organizations::OrganizationRole;
use crate::features::projects::{Standing, policy as projects};
use crate::kernel::Decision;

/// An organization's report is its own people's and coordinators'. It stands at a public address, so it is denied, not hidden.
pub fn may_see_of_organization(role: Option<OrganizationRole>, coordinator: bool) -> Decision {
    let may = role.is_some() || coordinator;
    Decision::allow_if(may, "Only members of the organization and coordinators see its report.")
}

/// Who of the organization gave how much is for those who decide on its hours.
pub fn sees_people(role: Option<OrganizationRole>) -> bool {
    matches!(role, Some(OrganizationRole::Owner | OrganizationRole::Manager))
}

/// A project's report is its own people's and coordinators'.
pub fn may_see_of_project(standing: &Standing) -> Decision {
    projects::may_maintain(standing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use OrganizationRole::{Manager, Member, Owner};

    #[test]
    fn members_see_figures_and_managers_see_people() {
        for (role, coordinator, sees, people) in [
            (None, false, false, false),
            (None, true, true, false),
            (Some(Member), false, true, false),
            (Some(Manager), false, true, true),
            (Some(Owner), false, true, true),
        ] {
            assert_eq!(may_see_of_organization(role, coordinator) == Decision::Allow, sees, "{role:?}");
            assert_eq!(sees_people(role), people, "{role:?}");
        }
    }
}
