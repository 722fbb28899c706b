//! Who may do what with advisories. Pure: facts in, a decision out.

use crate::features::organizations::{OrganizationRole, policy as organizations};
use crate::kernel::{AccountId, Decision, Timestamp};

/// Whether nobody but its circle may know of it yet.
pub fn is_embargoed(until: Option<Timestamp>, now: Timestamp) -> bool {
    until.is_some_and(|until| until > now)
}

/// Records are for everybody; one under embargo is for whoever put it in, and for its swarm, which shows it itself.
pub fn may_see(embargoed: bool, created_by: Option<AccountId>, caller: Option<AccountId>) -> Decision {
    let own = created_by.is_some() && created_by == caller;
    if !embargoed || own { Decision::Allow } else { Decision::Hide }
}

/// Coordinators bring records in and judge them.
pub fn may_write(coordinator: bool) -> Decision {
    Decision::allow_if(coordinator, "Only coordinators bring in advisories and judge them.")
}

/// Which organizations are affected is for coordinators, who tell them.
pub fn may_see_exposed(coordinator: bool) -> Decision {
    Decision::allow_if(coordinator, "Only coordinators see which organizations are affected.")
}

/// What a company is vulnerable to is for its managers and owners; outsiders don't learn that there is anything.
pub fn may_see_own(role: Option<OrganizationRole>) -> Decision {
    if role.is_none() { Decision::Hide } else { organizations::may_manage(role) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use OrganizationRole::{Manager, Member, Owner};

    #[test]
    fn an_embargo_hides_from_everybody_but_its_author() {
        let now: Timestamp = "2026-11-22T09:00:00Z".parse().unwrap();
        assert!(is_embargoed(Some("2026-11-22T09:00:01Z".parse().unwrap()), now));
        assert!(!is_embargoed(Some(now), now) && !is_embargoed(None, now));
        let (author, other) = (AccountId(uuid::Uuid::from_u128(1)), AccountId(uuid::Uuid::from_u128(2)));
        assert_eq!(may_see(true, Some(author), Some(author)), Decision::Allow);
        for (created_by, caller) in
            [(Some(author), Some(other)), (Some(author), None), (None, None), (None, Some(other))]
        {
            assert_eq!(may_see(true, created_by, caller), Decision::Hide);
            assert_eq!(may_see(false, created_by, caller), Decision::Allow);
        }
    }

    #[test]
    fn what_a_company_is_vulnerable_to_is_for_those_who_run_it() {
        assert_eq!(may_see_own(None), Decision::Hide);
        assert!(matches!(may_see_own(Some(Member)), Decision::Deny(_)));
        assert_eq!(may_see_own(Some(Manager)), Decision::Allow);
        assert_eq!(may_see_own(Some(Owner)), Decision::Allow);
    }
}
