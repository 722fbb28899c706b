//! All queries on suggestions; the taxonomy itself ships with the program.

use super::model::NewSuggestion;
use crate::infra::db::Conn;
use crate::infra::db::schema::skill_suggestions;
use crate::kernel::{AccountId, Result};
use diesel::prelude::*;

pub(super) fn insert_suggestion(conn: &mut Conn, suggestion: &NewSuggestion) -> Result<()> {
    diesel::insert_into(skill_suggestions::table).values(suggestion).execute(conn)?;
    Ok(())
}

pub(super) fn list_suggestions_by(conn: &mut Conn, account: AccountId) -> Result<Vec<NewSuggestion>> {
    Ok(skill_suggestions::table
        .filter(skill_suggestions::account_id.eq(account))
        .order(skill_suggestions::id)
        .select(NewSuggestion::as_select())
        .load(conn)?)
}
