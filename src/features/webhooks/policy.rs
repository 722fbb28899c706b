//! Who may handle an organization's webhooks.

use crate::features::organizations::{OrganizationRole, policy as organizations};
use crate::kernel::Decision;

/// Owners and managers: a webhook carries the organization's affairs out of the house, and its address may hold a secret.
pub fn may_handle_webhooks(role: Option<OrganizationRole>) -> Decision {
    organizations::may_manage(role)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_and_strangers_see_none() {
        for (role, may) in [
            (None, false),
            (Some(OrganizationRole::Member), false),
            (Some(OrganizationRole::Manager), true),
            (Some(OrganizationRole::Owner), true),
        ] {
            assert_eq!(may_handle_webhooks(role) == Decision::Allow, may, "{role:?}");
        }
    }
}
