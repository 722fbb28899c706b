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
    "Your mail says why, and holds a link by which you may appeal once; or write to the people who run this installation.",
);
/// The account is (not) suspended already.
pub(super) static SUSPENSION_REFUSED: Problem = Problem::new(
    "account.suspension_refused",
    Kind::Conflict,
    "The account's state does not allow this.",
    "`allowed` names what its state allows; another moderator may have been faster.",
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
/// The mailed link to a new password is no good (any more).
pub(super) static WRONG_RESET: Problem = Problem::new(
    "auth.invalid_reset_token",
    Kind::Invalid,
    "The token for a new password is not valid.",
    "Links work once and for an hour. POST /api/v1/auth/password/forgot sends a new one.",
);
/// Enough mails went out for now.
pub(super) static TOO_MANY_MAILS: Problem = Problem::new(
    "auth.too_many_mails",
    Kind::TooMany,
    "Too many links were sent to you within the hour.",
    "Follow the newest one, or try again later.",
);
/// The first half of a sign-in is proven, and a second factor is wanted.
pub(super) static MFA_REQUIRED: Problem = Problem::new(
    "auth.mfa_required",
    Kind::Unauthenticated,
    "This account wants a second factor.",
    "Send `mfa_token` from this answer with one of `methods` to POST /api/v1/auth/mfa within five minutes.",
);
/// The sign-in that waited for a second factor is no good (any more).
pub(super) static WRONG_MFA: Problem = Problem::new(
    "auth.invalid_mfa_token",
    Kind::Unauthenticated,
    "This sign-in does not wait for a second factor (any more).",
    "Begin the sign-in again; the second factor is wanted within five minutes.",
);
/// The code for the second factor is wrong.
pub(super) static WRONG_CODE: Problem = Problem::new(
    "auth.wrong_code",
    Kind::Unauthenticated,
    "The code is wrong.",
    "Each code works once: wait for the app's next one, see that the clocks are right, or use a recovery code.",
);
/// Too many wrong codes.
pub(super) static TOO_MANY_CODES: Problem = Problem::new(
    "auth.too_many_codes",
    Kind::TooMany,
    "Too many codes were wrong.",
    "Use a recovery code, or wait an hour. If it wasn't you, change your password: somebody knows it.",
);
/// Passwords are guessed.
pub(super) static TOO_MANY_ATTEMPTS: Problem = Problem::new(
    "auth.too_many_attempts",
    Kind::TooMany,
    "Too many wrong attempts to sign in.",
    "Wait for the seconds in Retry-After, or set a new password at POST /api/v1/auth/password/forgot.",
);
/// A second factor must be proven again.
pub(super) static STEP_UP: Problem = Problem::new(
    "auth.step_up_required",
    Kind::Forbidden,
    "This wants your second factor again.",
    "Send a code or a passkey's answer to POST /api/v1/auth/step-up and repeat the request within 15 minutes. API tokens can't do this.",
);
/// The sign-in is too old for this.
pub(super) static SIGN_IN_AGAIN: Problem = Problem::new(
    "auth.fresh_sign_in_required",
    Kind::Forbidden,
    "This wants a fresh sign-in.",
    "Sign in again and repeat the request within 15 minutes.",
);
/// There is an authenticator app already.
pub(super) static FACTOR_EXISTS: Problem = Problem::new(
    "factor.already_exists",
    Kind::Conflict,
    "This account has an authenticator app already.",
    "Remove it at DELETE /api/v1/me/totp first.",
);
/// There is nothing to confirm.
pub(super) static NOT_STARTED: Problem = Problem::new(
    "factor.not_started",
    Kind::Conflict,
    "No authenticator app is being set up.",
    "Begin at POST /api/v1/me/totp.",
);
/// The account has no second factor.
pub(super) static NO_FACTOR: Problem = Problem::new(
    "factor.none",
    Kind::Conflict,
    "This account has no second factor.",
    "Set up an authenticator app at POST /api/v1/me/totp, or a passkey at POST /api/v1/me/passkeys/start.",
);
/// The passkey is no good.
pub(super) static WRONG_PASSKEY: Problem = Problem::new(
    "auth.wrong_passkey",
    Kind::Unauthenticated,
    "The passkey is not accepted.",
    "Each challenge works once and for five minutes: begin again. A removed passkey signs nobody in; use the password.",
);
/// The passkey stands in an account already.
pub(super) static PASSKEY_EXISTS: Problem = Problem::new(
    "passkey.already_exists",
    Kind::Conflict,
    "This passkey belongs to an account already.",
    "Make a new one: begin again at POST /api/v1/me/passkeys/start.",
);
/// Too many passkeys.
pub(super) static TOO_MANY_PASSKEYS: Problem = Problem::new(
    "passkey.too_many",
    Kind::Conflict,
    "This account has as many passkeys as it may have.",
    "Remove one that is not used any more; `last_used_at` tells.",
);
/// Nobody could sign in any more.
pub(super) static LAST_WAY_IN: Problem = Problem::new(
    "account.last_way_in",
    Kind::Conflict,
    "This is the last way to sign in to this account.",
    "Add another one first: a passkey that verifies its user, or a password (POST /api/v1/me/password).",
);
/// Too many API tokens.
pub(super) static TOO_MANY_TOKENS: Problem = Problem::new(
    "api_token.too_many",
    Kind::Conflict,
    "This account has as many API tokens as it may have.",
    "Revoke one that is not used any more; `last_used_at` tells.",
);
/// No such provider.
pub(super) static OIDC_UNKNOWN: Problem = Problem::new(
    "auth.oidc_unknown_provider",
    Kind::NotFound,
    "There is no provider of this name.",
    "GET /api/v1/auth/oidc lists those that are set up here.",
);
/// The provider can't be asked.
pub(super) static OIDC_UNREACHABLE: Problem = Problem::new(
    "auth.oidc_unreachable",
    Kind::Unavailable,
    "The provider can't be reached.",
    "Try again later, or sign in another way.",
);
/// What came back does not belong to what was begun.
pub(super) static OIDC_STATE: Problem = Problem::new(
    "auth.oidc_state",
    Kind::Invalid,
    "This sign-in was not begun in this browser.",
    "Begin again at GET /api/v1/auth/oidc/{provider}/start, with cookies on, and finish within ten minutes.",
);
/// What the provider says is not to be believed.
pub(super) static OIDC_REFUSED: Problem = Problem::new(
    "auth.oidc_refused",
    Kind::Unauthenticated,
    "The provider's answer proves nothing.",
    "Begin again. If it stays, the people who run this installation find the cause in the log.",
);
/// An address that nobody verified.
pub(super) static OIDC_ADDRESS: Problem = Problem::new(
    "auth.oidc_address_unverified",
    Kind::Forbidden,
    "The mail address is not verified.",
    "Verify it at the provider, and here if you have an account; or sign in and link at POST /api/v1/me/identities.",
);
/// The identity is another account's.
pub(super) static OIDC_LINKED: Problem = Problem::new(
    "auth.oidc_linked_elsewhere",
    Kind::Conflict,
    "This identity opens another account.",
    "Sign in to that account and unlink it at DELETE /api/v1/me/identities/{identity_id} first.",
);
/// Others rest on this account alone.
pub(super) static HAND_OVER: Problem = Problem::new(
    "account.hand_over_first",
    Kind::Conflict,
    "Others rest on this account alone.",
    "Hand over what `hand_over` names, for example by making another member an owner, and ask again.",
);
/// There is nothing to take back.
pub(super) static NOT_LEAVING: Problem = Problem::new(
    "account.not_leaving",
    Kind::Conflict,
    "This account is not about to be deleted.",
    "There is nothing to do: the account stays.",
);
/// The address has to be verified first.
pub(super) static UNVERIFIED: Problem = Problem::new(
    "account.email_unverified",
    Kind::Forbidden,
    "Your mail address is not verified yet.",
    "Follow the link in the mail that was sent to it; POST /api/v1/auth/verify-email/resend sends a new one.",
);

/// The catalogue of this feature.
pub static PROBLEMS: &[&Problem] = &[
    &HANDLE_TAKEN,
    &WRONG_CREDENTIALS,
    &SUSPENDED,
    &SUSPENSION_REFUSED,
    &WRONG_REFRESH,
    &WRONG_LINK,
    &WRONG_RESET,
    &TOO_MANY_MAILS,
    &MFA_REQUIRED,
    &WRONG_MFA,
    &WRONG_CODE,
    &TOO_MANY_CODES,
    &TOO_MANY_ATTEMPTS,
    &STEP_UP,
    &SIGN_IN_AGAIN,
    &FACTOR_EXISTS,
    &NOT_STARTED,
    &NO_FACTOR,
    &WRONG_PASSKEY,
    &PASSKEY_EXISTS,
    &TOO_MANY_PASSKEYS,
    &LAST_WAY_IN,
    &TOO_MANY_TOKENS,
    &OIDC_UNKNOWN,
    &OIDC_UNREACHABLE,
    &OIDC_STATE,
    &OIDC_REFUSED,
    &OIDC_ADDRESS,
    &OIDC_LINKED,
    &HAND_OVER,
    &NOT_LEAVING,
    &UNVERIFIED,
];
