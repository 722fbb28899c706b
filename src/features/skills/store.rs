//! All queries on suggestions; the taxonomy itself ships with the program.

use super::model::NewSuggestion;
use crate::infra::db::Conn;
use crate::infra::db::schema::skill_suggestions;
use crate::kernel::Result;
use diesel::prelude::*;

pub(super) fn insert_suggestion(conn: &mut Conn, suggestion: &NewSuggestion) -> Result<()> {
    diesel::insert_into(skill_suggestions::table).values(suggestion).execute(conn)?;
    Ok(())
}
