//! Who may do what with a pledge. Pure: facts in, a decision out.

use crate::features::organizations::{OrganizationRole, policy as organizations};
use crate::kernel::Decision;

/// What an organization pledges is for its members and coordinators; others don't learn that a pledge exists.
pub fn may_see(role: Option<OrganizationRole>, coordinator: bool) -> Decision {
    if role.is_some() || coordinator { Decision::Allow } else { Decision::Hide }
}

/// The list itself stands at a public organization's address, so it is denied, not hidden.
pub fn may_list(role: Option<OrganizationRole>, coordinator: bool) -> Decision {
    let may = may_see(role, coordinator) == Decision::Allow;
    Decision::allow_if(may, "Only members of the organization and coordinators see what it pledges.")
}

/// Owners and managers of the organization make pledges and change them.
pub fn may_manage(role: Option<OrganizationRole>, coordinator: bool) -> Decision {
    match may_see(role, coordinator) {
        Decision::Allow => organizations::may_manage(role),
        hidden => hidden,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use OrganizationRole::{Manager, Member, Owner};

    #[test]
    fn strangers_learn_nothing_and_members_change_nothing() {
        for (role, coordinator, sees, manages) in [
            (None, false, false, false),
            (None, true, true, false),
            (Some(Member), false, true, false),
            (Some(Member), true, true, false),
            (Some(Manager), false, true, true),
            (Some(Owner), false, true, true),
        ] {
            assert_eq!(may_see(role, coordinator) == Decision::Allow, sees, "{role:?} {coordinator}");
            assert_eq!(may_list(role, coordinator) == Decision::Allow, sees, "{role:?} {coordinator}");
            assert_eq!(may_manage(role, coordinator) == Decision::Allow, manages, "{role:?} {coordinator}");
        }
        assert_eq!(may_see(None, false), Decision::Hide);
        assert_eq!(may_manage(None, false), Decision::Hide);
        assert!(matches!(may_list(None, false), Decision::Deny(_)));
        assert!(matches!(may_manage(Some(Member), false), Decision::Deny(_)));
    }
}
