//! Who may see a profile. Pure: facts in, a decision out.

use super::model::ProfileVisibility;
use crate::kernel::{AccountId, Decision};

/// The person always; others as far as the person lets them.
pub fn may_see(visibility: ProfileVisibility, owner: AccountId, caller: Option<AccountId>) -> Decision {
    let seen = match visibility {
        ProfileVisibility::Public => true,
        ProfileVisibility::Members => caller.is_some(),
        ProfileVisibility::Hidden => false,
    };
    if seen || caller == Some(owner) { Decision::Allow } else { Decision::Hide }
}

/// A profile that a moderator hides, or whose person may not sign in, shows to moderators and to the person alone.
pub fn may_look_behind(hides: bool, owner: AccountId, caller: Option<AccountId>, moderator: bool) -> Decision {
    if !hides || moderator || caller == Some(owner) { Decision::Allow } else { Decision::Hide }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_person_decides_who_sees_the_profile() {
        let (owner, other) = (AccountId(Uuid::from_u128(1)), AccountId(Uuid::from_u128(2)));
        let seen = |visibility| {
            [None, Some(other), Some(owner)].map(|caller| may_see(visibility, owner, caller) == Decision::Allow)
        };
        assert_eq!(seen(ProfileVisibility::Public), [true, true, true]);
        assert_eq!(seen(ProfileVisibility::Members), [false, true, true]);
        assert_eq!(seen(ProfileVisibility::Hidden), [false, false, true]);
    }
}
