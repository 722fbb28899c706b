//! Who may do what with an organization.

use super::model::OrganizationRole;
use crate::kernel::Decision;

/// Owners change the organization itself.
pub fn may_edit(role: Option<OrganizationRole>) -> Decision {
    Decision::allow_if(role == Some(OrganizationRole::Owner), "Only an owner of the organization may change it.")
}

/// Owners and managers handle pledges.
pub fn may_manage(role: Option<OrganizationRole>) -> Decision {
    let may = matches!(role, Some(OrganizationRole::Owner | OrganizationRole::Manager));
    Decision::allow_if(may, "Only an owner or a manager of the organization may do this.")
}

/// Who belongs to it is for its members' eyes.
pub fn may_see_members(role: Option<OrganizationRole>) -> Decision {
    Decision::allow_if(role.is_some(), "Only members of the organization may see who belongs to it.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use OrganizationRole::{Manager, Member, Owner};

    #[test]
    fn each_role_may_do_its_part() {
        let allows = |policy: fn(Option<OrganizationRole>) -> Decision| {
            [None, Some(Member), Some(Manager), Some(Owner)].map(|role| policy(role) == Decision::Allow)
        };
        assert_eq!(allows(may_edit), [false, false, false, true]);
        assert_eq!(allows(may_manage), [false, false, true, true]);
        assert_eq!(allows(may_see_members), [false, true, true, true]);
    }
}
