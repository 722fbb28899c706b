//! Who may do what as a moderator. Pure: facts in, a decision out.

use crate::kernel::Decision;

/// What the caller is to a report, an appeal or a suspension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "facts that do not depend on each other")]
pub(super) struct Facts {
    /// Whether the caller is a moderator or an administrator.
    pub moderator: bool,
    /// Whether it is about the caller, or something of the caller's own.
    pub concerned: bool,
    /// Whether the caller wrote it.
    pub author: bool,
    /// Whether the caller suspended what the appeal is about.
    pub suspended_it: bool,
}

/// The queue is for moderators and administrators.
pub(super) fn may_moderate(moderator: bool) -> Decision {
    Decision::allow_if(moderator, "Only moderators may do this.")
}

/// What concerns a moderator is hidden from that moderator: it would tell who wrote it.
pub(super) fn may_see(facts: Facts) -> Decision {
    match may_moderate(facts.moderator) {
        Decision::Allow if facts.concerned => Decision::Hide,
        decision => decision,
    }
}

/// Nobody decides what they wrote themselves, nor an appeal against their own decision.
pub(super) fn may_decide(facts: Facts) -> Decision {
    match may_see(facts) {
        Decision::Allow if facts.author => {
            Decision::Deny("You wrote this yourself: another moderator has to decide on it.")
        }
        Decision::Allow if facts.suspended_it => {
            Decision::Deny("You suspended it yourself: another moderator has to decide on the appeal.")
        }
        decision => decision,
    }
}

/// Moderators, who alone are asked, suspend accounts, but neither their own nor, unless they are administrators, those of other staff: nobody gets
/// rid of who watches them.
pub(super) fn may_suspend_account(admin: bool, oneself: bool, staff: bool) -> Decision {
    if oneself {
        return Decision::Deny("This is your own account.");
    }
    Decision::allow_if(!staff || admin, "This account has a platform role: an administrator has to decide on it.")
}

/// Nobody lifts the suspension of what is their own.
pub(super) fn may_lift(moderator: bool, concerned: bool) -> Decision {
    match may_moderate(moderator) {
        Decision::Allow if concerned => {
            Decision::Deny("You are concerned by this suspension yourself: another moderator has to decide.")
        }
        decision => decision,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODERATOR: Facts = Facts { moderator: true, concerned: false, author: false, suspended_it: false };

    #[test]
    fn nobody_judges_in_their_own_cause() {
        assert_eq!(may_decide(MODERATOR), Decision::Allow);
        assert_eq!(may_decide(Facts { concerned: true, ..MODERATOR }), Decision::Hide);
        assert_eq!(may_see(Facts { concerned: true, author: true, ..MODERATOR }), Decision::Hide);
        assert!(matches!(may_decide(Facts { author: true, ..MODERATOR }), Decision::Deny(_)));
        assert!(matches!(may_decide(Facts { suspended_it: true, ..MODERATOR }), Decision::Deny(_)));
        assert_eq!(may_see(Facts { author: true, suspended_it: true, ..MODERATOR }), Decision::Allow);
        assert!(matches!(may_decide(Facts { moderator: false, ..MODERATOR }), Decision::Deny(_)));
        assert!(matches!(may_lift(true, true), Decision::Deny(_)));
        assert_eq!(may_lift(true, false), Decision::Allow);
    }

    #[test]
    fn staff_is_for_administrators() {
        for (admin, oneself, staff, may) in [
            (false, false, false, true),
            (false, false, true, false),
            (true, false, true, true),
            (true, true, true, false),
            (false, true, false, false),
        ] {
            let decision = may_suspend_account(admin, oneself, staff);
            assert_eq!(decision == Decision::Allow, may, "{admin} {oneself} {staff}");
        }
    }
}
