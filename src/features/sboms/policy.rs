//! Who may do what with an organization's bills of materials. Pure: facts in, a decision out.

use crate::features::organizations::{OrganizationRole, policy as organizations};
use crate::kernel::Decision;

/// What a company's products are made of is for its own people; nobody else learns that there is anything.
pub fn may_see(role: Option<OrganizationRole>) -> Decision {
    if role.is_some() { Decision::Allow } else { Decision::Hide }
}

/// Owners and managers upload and delete.
pub fn may_manage(role: Option<OrganizationRole>) -> Decision {
    match may_see(role) {
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
        assert_eq!(may_see(None), Decision::Hide);
        assert_eq!(may_manage(None), Decision::Hide);
        assert_eq!(may_see(Some(Member)), Decision::Allow);
        assert!(matches!(may_manage(Some(Member)), Decision::Deny(_)));
        assert_eq!(may_manage(Some(Manager)), Decision::Allow);
        assert_eq!(may_manage(Some(Owner)), Decision::Allow);
    }
}
