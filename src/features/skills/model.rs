//! Rows of suggestions.

use crate::infra::db::schema::skill_suggestions;
use crate::kernel::{AccountId, SuggestionId, Timestamp};
use diesel::prelude::*;

/// A skill that somebody misses in the taxonomy.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = skill_suggestions, treat_none_as_default_value = false)]
pub(super) struct NewSuggestion {
    pub id: SuggestionId,
    pub account_id: AccountId,
    pub name: String,
    pub note: Option<String>,
    pub created_at: Timestamp,
}
