//! What documents from elsewhere say of projects.

use crate::features::projects::model::Statement;
use crate::features::projects::statements::StatementKind;
use crate::infra::db::Conn;
use crate::infra::db::schema::{project_statements, projects};
use crate::kernel::{AccountId, ProjectId, Result, StatementId};
use diesel::prelude::*;
use std::collections::HashMap;

/// The statement with this id.
pub fn find_statement(conn: &mut Conn, id: StatementId) -> Result<Option<Statement>> {
    Ok(project_statements::table.find(id).select(Statement::as_select()).first(conn).optional()?)
}

/// The newest statement of a kind about the project.
pub fn find_current_statement(conn: &mut Conn, project: ProjectId, kind: StatementKind) -> Result<Option<Statement>> {
    Ok(project_statements::table
        .filter(project_statements::project_id.eq(project))
        .filter(project_statements::kind.eq(kind))
        .filter(project_statements::is_current.eq(true))
        .select(Statement::as_select())
        .first(conn)
        .optional()?)
}

/// The newest statements of a kind about these projects.
pub fn list_current_statements(
    conn: &mut Conn,
    ids: &[ProjectId],
    kind: StatementKind,
) -> Result<HashMap<ProjectId, Statement>> {
    let rows: Vec<Statement> = project_statements::table
        .filter(project_statements::project_id.eq_any(ids))
        .filter(project_statements::kind.eq(kind))
        .filter(project_statements::is_current.eq(true))
        .select(Statement::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(|row| (row.project_id, row)).collect())
}

/// Puts this one in place of the newest of its kind; the project must be locked, or the row be refused when it is not new.
pub(in crate::features::projects) fn supersede_statement(conn: &mut Conn, row: &Statement) -> Result<()> {
    let replaced = project_statements::table
        .filter(project_statements::project_id.eq(row.project_id))
        .filter(project_statements::kind.eq(row.kind))
        .filter(project_statements::is_current.eq(true));
    diesel::update(replaced).set(project_statements::is_current.eq(false)).execute(conn)?;
    diesel::insert_into(project_statements::table).values(row).execute(conn)?;
    Ok(())
}

/// What this person brought, oldest first, with the project's slug.
pub(in crate::features::projects) fn list_statements_by(
    conn: &mut Conn,
    account: AccountId,
) -> Result<Vec<(Statement, String)>> {
    Ok(project_statements::table
        .inner_join(projects::table)
        .filter(project_statements::imported_by.eq(account))
        .order(project_statements::id)
        .select((Statement::as_select(), projects::slug))
        .load(conn)?)
}
