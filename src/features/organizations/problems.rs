//! The ways in which this feature fails.

use crate::kernel::{Kind, Problem};

/// The slug belongs to another organization.
pub(super) static SLUG_TAKEN: Problem = Problem::new(
    "organization.slug_taken",
    Kind::Conflict,
    "This slug is taken.",
    "Choose another slug, or leave it out to get one made from the name.",
);

/// Somebody has to own it.
pub(super) static LAST_OWNER: Problem = Problem::new(
    "organization.last_owner",
    Kind::Conflict,
    "This is the organization's last owner.",
    "Make somebody else an owner first, at PUT /api/v1/organizations/{slug}/members/{handle}.",
);
/// The person belongs to it already.
pub(super) static ALREADY_MEMBER: Problem = Problem::new(
    "organization.already_member",
    Kind::Conflict,
    "This person belongs to the organization already.",
    "Change the role instead, at PUT /api/v1/organizations/{slug}/members/{handle}.",
);
/// The invitation can't be answered (any more).
pub(super) static WRONG_INVITATION: Problem = Problem::new(
    "organization.invalid_invitation",
    Kind::Invalid,
    "The invitation is not valid.",
    "Invitations work once and for 7 days, and may be taken back. Ask the organization for a new one.",
);
/// The invitation went to an address that the account does not have.
pub(super) static OTHER_ADDRESS: Problem = Problem::new(
    "organization.other_address",
    Kind::Forbidden,
    "The invitation went to another mail address.",
    "Sign in with the account whose verified address was invited, or ask for an invitation to your own.",
);
/// Nobody with this address can join yet.
pub(super) static NO_ACCOUNT: Problem = Problem::new(
    "organization.no_account",
    Kind::Conflict,
    "There is no account with the invited address yet.",
    "Register with this address at POST /api/v1/auth/register and verify it, then follow the link again.",
);
/// Enough invitations are open, or went to this address.
pub(super) static TOO_MANY_INVITATIONS: Problem = Problem::new(
    "organization.too_many_invitations",
    Kind::TooMany,
    "Too many invitations.",
    "Revoke some that nobody answered, or wait an hour before you write to the same address again.",
);
/// The invitation has ended.
pub(super) static INVITATION_ENDED: Problem = Problem::new(
    "organization.invitation_ended",
    Kind::Conflict,
    "The invitation has ended already.",
    "Look at its `status`; a new invitation can be sent to the same address.",
);

/// The domain is proven to be another organization's.
pub(super) static DOMAIN_TAKEN: Problem = Problem::new(
    "organization.domain_taken",
    Kind::Conflict,
    "This domain is another organization's.",
    "A domain belongs to one organization at a time. Whoever holds it can give it up, or it lapses once its proof is gone.",
);
/// The domain is listed already.
pub(super) static DOMAIN_EXISTS: Problem = Problem::new(
    "organization.domain_exists",
    Kind::Conflict,
    "The organization lists this domain already.",
    "Verify it at POST /api/v1/organizations/{slug}/domains/{domain}/verify.",
);
/// The proof was not found.
pub(super) static DOMAIN_UNPROVEN: Problem = Problem::new(
    "organization.domain_unproven",
    Kind::Conflict,
    "The proof of the domain was not found.",
    "Publish the text record or the file that `proof` names, wait until the world sees it, and try again.",
);
/// Too many domains.
pub(super) static TOO_MANY_DOMAINS: Problem = Problem::new(
    "organization.too_many_domains",
    Kind::Conflict,
    "The organization lists as many domains as it may.",
    "Remove one that is not used any more.",
);

/// A moderator keeps it from acting.
pub(super) static SUSPENDED: Problem = Problem::new(
    "organization.suspended",
    Kind::Conflict,
    "This organization is suspended.",
    "Its owners were told why, and how to appeal. Until it is lifted nobody is invited and no pledge runs.",
);
/// It is (not) suspended already.
pub(super) static SUSPENSION_REFUSED: Problem = Problem::new(
    "organization.suspension_refused",
    Kind::Conflict,
    "The organization's state does not allow this.",
    "`allowed` names what its state allows; another moderator may have been faster.",
);

/// The catalogue of this feature.
pub static PROBLEMS: &[&Problem] = &[
    &SLUG_TAKEN,
    &LAST_OWNER,
    &ALREADY_MEMBER,
    &WRONG_INVITATION,
    &OTHER_ADDRESS,
    &NO_ACCOUNT,
    &TOO_MANY_INVITATIONS,
    &INVITATION_ENDED,
    &DOMAIN_TAKEN,
    &DOMAIN_EXISTS,
    &DOMAIN_UNPROVEN,
    &TOO_MANY_DOMAINS,
    &SUSPENDED,
    &SUSPENSION_REFUSED,
];
