//! Who may do what with an organization.

use super::model::{Organization, OrganizationRole};
use super::problems::SUSPENDED;
use crate::kernel::{Decision, Error, Result};

/// A suspended organization is seen by its members, coordinators and moderators only.
pub fn may_see(suspended: bool, role: Option<OrganizationRole>, staff: bool) -> Decision {
    if !suspended || role.is_some() || staff { Decision::Allow } else { Decision::Hide }
}

/// Acting towards others (inviting, pledging) is for organizations that no moderator has suspended.
pub fn require_unsuspended(organization: &Organization) -> Result<()> {
    if organization.suspended_at.is_none() {
        return Ok(());
    }
    Err(Error::new(&SUSPENDED, format!("A moderator has suspended {}.", organization.name)))
}

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

/// What the organization allows is for its members' eyes.
pub fn may_see_policy(role: Option<OrganizationRole>) -> Decision {
    Decision::allow_if(role.is_some(), "Only members of the organization may see its policy.")
}

/// How domains are proven is for its members' eyes.
pub fn may_see_domains(role: Option<OrganizationRole>) -> Decision {
    Decision::allow_if(role.is_some(), "Only members of the organization may see how its domains are proven.")
}

/// Owners handle everybody, managers everybody but owners; nobody else handles anybody.
fn may_handle(role: Option<OrganizationRole>, theirs: OrganizationRole) -> Decision {
    match (role, theirs) {
        (Some(OrganizationRole::Owner), _) => Decision::Allow,
        (Some(OrganizationRole::Manager), OrganizationRole::Owner) => {
            Decision::Deny("Only an owner of the organization may do this with an owner's place.")
        }
        _ => may_manage(role),
    }
}

/// Managers invite managers and members; only owners make owners.
pub fn may_invite(role: Option<OrganizationRole>, invited: OrganizationRole) -> Decision {
    may_handle(role, invited)
}

/// Nobody gives a role above their own, or takes one that is.
pub fn may_set_role(role: Option<OrganizationRole>, from: OrganizationRole, to: OrganizationRole) -> Decision {
    match may_handle(role, from) {
        Decision::Allow => may_handle(role, to),
        refused => refused,
    }
}

/// Everybody may leave.
pub fn may_remove(role: Option<OrganizationRole>, theirs: OrganizationRole, oneself: bool) -> Decision {
    if oneself && role.is_some() { Decision::Allow } else { may_handle(role, theirs) }
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
        assert_eq!(allows(may_see_policy), [false, true, true, true]);
        assert_eq!(allows(may_see_domains), [false, true, true, true]);
    }
    #[test]
    fn a_suspended_organization_is_hidden_from_strangers_only() {
        assert_eq!(may_see(false, None, false), Decision::Allow);
        assert_eq!(may_see(true, None, false), Decision::Hide);
        assert_eq!(may_see(true, Some(Member), false), Decision::Allow);
        assert_eq!(may_see(true, None, true), Decision::Allow);
    }

    #[test]
    fn managers_never_touch_owners_and_everybody_may_leave() {
        let roles = [None, Some(Member), Some(Manager), Some(Owner)];
        let allows =
            |policy: &dyn Fn(Option<OrganizationRole>) -> Decision| roles.map(|role| policy(role) == Decision::Allow);
        for theirs in [Manager, Member] {
            assert_eq!(allows(&|role| may_invite(role, theirs)), [false, false, true, true]);
            assert_eq!(allows(&|role| may_remove(role, theirs, false)), [false, false, true, true]);
        }
        assert_eq!(allows(&|role| may_invite(role, Owner)), [false, false, false, true]);
        assert_eq!(allows(&|role| may_remove(role, Owner, false)), [false, false, false, true]);
        for (from, to) in [(Owner, Member), (Member, Owner), (Manager, Owner), (Owner, Owner)] {
            assert_eq!(allows(&|role| may_set_role(role, from, to)), [false, false, false, true], "{from} {to}");
        }
        assert_eq!(allows(&|role| may_set_role(role, Manager, Member)), [false, false, true, true]);
        assert_eq!(allows(&|role| may_remove(role, Owner, true)), [false, true, true, true]);
    }
}
