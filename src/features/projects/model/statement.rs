//! What documents from elsewhere say of projects, as rows.

use crate::features::projects::statements::StatementKind;
use crate::infra::db::schema::project_statements;
use crate::infra::db::sql::Json;
use crate::infra::db::text_column;
use crate::kernel::{AccountId, ProjectId, StatementId, Timestamp};
use diesel::prelude::*;
use serde_json::Value;

text_column!(StatementKind);

/// What one document said of a project.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = project_statements, treat_none_as_default_value = false)]
pub struct Statement {
    /// Its id.
    pub id: StatementId,
    /// The project.
    pub project_id: ProjectId,
    /// What kind of document it was.
    pub kind: StatementKind,
    /// As of when.
    pub as_of: Timestamp,
    /// What it said, in the shape of its kind.
    pub facts: Json<Value>,
    /// Who brought it; none for imports at the machine.
    pub imported_by: Option<AccountId>,
    /// Whether no later one has taken its place.
    pub is_current: bool,
    /// When it was brought.
    pub created_at: Timestamp,
}
