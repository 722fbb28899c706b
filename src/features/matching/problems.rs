//! The ways in which this feature fails.

use crate::kernel::{Kind, Problem};

/// Nobody can be matched who has not said what they offer.
pub(super) static NO_PROFILE: Problem = Problem::new(
    "matching.no_profile",
    Kind::Conflict,
    "You have not said yet what you offer.",
    "State your skills and hours at PUT /api/v1/me/profile first.",
);

/// The account has as many as it may have.
pub(super) static TOO_MANY_FEED_TOKENS: Problem = Problem::new(
    "matching.too_many_feed_tokens",
    Kind::Conflict,
    "There are as many feed tokens as an account may have.",
    "Revoke one that is no longer used at DELETE /api/v1/me/feed-tokens/{token_id}.",
);

/// Only a pledge that gives hours has a best use.
pub(super) static NOT_RUNNING: Problem = Problem::new(
    "matching.pledge_not_running",
    Kind::Conflict,
    "The pledge gives no hours now.",
    "Activate it first, or look at another pledge.",
);

/// The catalogue of this feature, but for its rounds.
pub static PROBLEMS: &[&Problem] = &[&NO_PROFILE, &TOO_MANY_FEED_TOKENS, &NOT_RUNNING];
