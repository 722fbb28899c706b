//! The row of a feed token.

use crate::infra::db::schema::feed_tokens;
use crate::kernel::{AccountId, FeedTokenId, Timestamp};
use diesel::prelude::*;

/// A token by which a feed reader sees one person's matches, by its hash.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = feed_tokens, treat_none_as_default_value = false)]
pub(super) struct FeedToken {
    pub id: FeedTokenId,
    pub account_id: AccountId,
    pub name: String,
    pub hash: String,
    pub created_at: Timestamp,
    /// To the hour.
    pub last_used_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}
