//! The ways in which this feature fails.

use crate::kernel::{Kind, Problem};

/// The handle belongs to somebody.
pub(super) static HANDLE_TAKEN: Problem =
    Problem::new("account.handle_taken", Kind::Conflict, "This handle is taken.", "Choose another handle.");
/// Wrong address or password; never says which.
pub(super) static WRONG_CREDENTIALS: Problem = Problem::new(
    "auth.wrong_credentials",
    Kind::Unauthenticated,
    "The mail address or the password is wrong.",
    "Check both. If you have no account yet, register at POST /api/v1/auth/register.",
);
/// The account was suspended.
pub(super) static SUSPENDED: Problem = Problem::new(
    "account.suspended",
    Kind::Forbidden,
    "This account is suspended.",
    "Write to the people who run this installation.",
);
/// The refresh token is no good.
pub(super) static WRONG_REFRESH: Problem = Problem::new(
    "auth.invalid_refresh_token",
    Kind::Unauthenticated,
    "The refresh token is not valid.",
    "Sign in again. A refresh token works once; using one twice ends the session.",
);
/// The mailed link is no good (any more).
pub(super) static WRONG_LINK: Problem = Problem::new(
    "auth.invalid_verification_token",
    Kind::Invalid,
    "The verification token is not valid.",
    "Links work once and for 24 hours. POST /api/v1/auth/verify-email/resend sends a new one.",
);
/// The address has to be verified first.
pub(super) static UNVERIFIED: Problem = Problem::new(
    "account.email_unverified",
    Kind::Forbidden,
    "Your mail address is not verified yet.",
    "Follow the link in the mail that was sent to it; POST /api/v1/auth/verify-email/resend sends a new one.",
);

/// The catalogue of this feature.
pub static PROBLEMS: &[&Problem] =
    &[&HANDLE_TAKEN, &WRONG_CREDENTIALS, &SUSPENDED, &WRONG_REFRESH, &WRONG_LINK, &UNVERIFIED];
