//! The ways in which this feature fails.

use crate::kernel::{Kind, Problem};

/// As many webhooks as there may be.
pub(super) static TOO_MANY: Problem = Problem::new(
    "webhook.too_many",
    Kind::Conflict,
    "The organization has as many webhooks as it may.",
    "Remove one that is not used any more; one webhook can listen to every topic.",
);
/// The state does not allow it.
pub(super) static TRANSITION_REFUSED: Problem = Problem::new(
    "webhook.transition_refused",
    Kind::Conflict,
    "The webhook's state does not allow this.",
    "Look at its `status` and at `allowed`.",
);
/// The delivery is still under way.
pub(super) static STILL_PENDING: Problem = Problem::new(
    "webhook.delivery_pending",
    Kind::Conflict,
    "This delivery is still being tried.",
    "Wait for its `next_attempt_at`, or until it has failed for good.",
);
/// Nothing is sent by a webhook that rests.
pub(super) static NOT_ACTIVE: Problem = Problem::new(
    "webhook.not_active",
    Kind::Conflict,
    "This webhook is not active.",
    "Set its `status` to `active` first, at PATCH /api/v1/organizations/{slug}/webhooks/{webhook_id}.",
);

/// The catalogue of this feature.
pub static PROBLEMS: &[&Problem] = &[&TOO_MANY, &TRANSITION_REFUSED, &STILL_PENDING, &NOT_ACTIVE];
