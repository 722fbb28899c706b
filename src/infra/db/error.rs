//! Database errors as errors of the domain, and the constraints that both databases name in their own ways.

use crate::kernel::Error;
use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error as Db};
use std::error::Error as StdError;

impl From<Db> for Error {
    /// Unavailable (503) when the database can't answer now, else internal (500); the cause stays within reach of
    /// [`violation`] and of the retry. "Not found" is internal too, so that no feature answers 404 by accident: ask for
    /// an `Option` with `.optional()`.
    fn from(cause: Db) -> Self {
        if is_outage(&cause) { Self::unavailable(cause) } else { Self::internal(cause) }
    }
}

/// The messages of a database that is there but can't answer now; [`super::pool`] keeps PostgreSQL's in English.
const OUTAGES: &[&str] = &[
    "database is locked",
    "database or disk is full",
    "disk I/O error",
    "canceling statement due to",
    "terminating connection due to",
    "no connection to the server",
    "No space left on device",
    "too many clients",
    "out of shared memory",
];

fn is_outage(cause: &Db) -> bool {
    match cause {
        Db::DatabaseError(
            DatabaseErrorKind::ClosedConnection
            | DatabaseErrorKind::SerializationFailure
            | DatabaseErrorKind::ReadOnlyTransaction,
            _,
        )
        | Db::BrokenTransactionManager => true,
        Db::DatabaseError(_, info) => {
            is_deadlock(info.as_ref()) || OUTAGES.iter().any(|text| info.message().contains(text))
        }
        Db::RollbackErrorOnCommit { commit_error, .. } => is_outage(commit_error),
        _ => false,
    }
}

fn is_deadlock(info: &(dyn DatabaseErrorInformation + Send + Sync)) -> bool {
    info.message().contains("deadlock detected")
}

/// The database error behind an error of the domain, however deep.
fn database_error(error: &Error) -> Option<&Db> {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(found) = inner.downcast_ref::<Db>() {
            return Some(found);
        }
        cause = inner.source();
    }
    None
}

/// Whether the same transaction may succeed when it is run again: it lost against another one.
pub(super) fn is_retryable(error: &Error) -> bool {
    match database_error(error) {
        Some(Db::DatabaseError(DatabaseErrorKind::SerializationFailure, _)) => true,
        Some(Db::DatabaseError(_, info)) => is_deadlock(info.as_ref()),
        _ => false,
    }
}

/// Whether the connection itself is gone.
pub(super) fn is_closed(cause: &Db) -> bool {
    match cause {
        Db::DatabaseError(DatabaseErrorKind::ClosedConnection, _) | Db::BrokenTransactionManager => true,
        Db::DatabaseError(DatabaseErrorKind::UnableToSendCommand, info) => {
            info.message().contains("no connection to the server")
        }
        _ => false,
    }
}

/// What kind of rule a statement broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ViolationKind {
    /// A row with these values is already there.
    Unique,
    /// A row that is referred to is missing, or one to be removed is still referred to.
    ForeignKey,
    /// A CHECK does not hold.
    Check,
    /// A column must have a value.
    NotNull,
}

/// A broken rule, told alike on both databases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// What kind of rule.
    pub kind: ViolationKind,
    /// The table, for [`Unique`](ViolationKind::Unique) over plain columns and [`NotNull`](ViolationKind::NotNull).
    pub table: Option<String>,
    /// The columns in the order of the index, for the same two kinds.
    pub columns: Vec<String>,
    /// The name of a CHECK, or of a unique index over expressions. Foreign keys have none: SQLite doesn't tell.
    pub constraint: Option<String>,
}

/// The rule that a failed statement broke, if that is why it failed.
pub fn violation(error: &Error) -> Option<Violation> {
    let Db::DatabaseError(kind, info) = database_error(error)? else { return None };
    let info = info.as_ref();
    let (kind, found) = match kind {
        DatabaseErrorKind::UniqueViolation => (ViolationKind::Unique, unique(info)),
        DatabaseErrorKind::NotNullViolation => (ViolationKind::NotNull, not_null(info)),
        DatabaseErrorKind::CheckViolation => (ViolationKind::Check, named(check_name(info))),
        DatabaseErrorKind::ForeignKeyViolation | DatabaseErrorKind::RestrictViolation => {
            (ViolationKind::ForeignKey, Found::default())
        }
        // SQLite reports ON DELETE RESTRICT as a trigger's error, which diesel does not sort.
        DatabaseErrorKind::Unknown if info.message() == "FOREIGN KEY constraint failed" => {
            (ViolationKind::ForeignKey, Found::default())
        }
        _ => return None,
    };
    Some(Violation { kind, table: found.table, columns: found.columns, constraint: found.constraint })
}

/// Whether a row with the same value in `table.columns` is already there. Several columns are written as in the index:
/// `unique_violation_on(&error, "idempotency_keys", "scope, key")`.
pub fn unique_violation_on(error: &Error, table: &str, columns: &str) -> bool {
    violation(error).is_some_and(|broken| {
        broken.kind == ViolationKind::Unique
            && broken.table.as_deref() == Some(table)
            && broken.columns.iter().map(String::as_str).eq(columns.split(',').map(str::trim))
    })
}

#[derive(Default)]
struct Found {
    table: Option<String>,
    columns: Vec<String>,
    constraint: Option<String>,
}

fn named(constraint: Option<String>) -> Found {
    Found { constraint, ..Found::default() }
}

fn plain(name: &str) -> String {
    name.trim().trim_matches('"').to_owned()
}

fn unique(info: &dyn DatabaseErrorInformation) -> Found {
    if let Some(list) = info.message().strip_prefix("UNIQUE constraint failed: ") {
        return match list.strip_prefix("index '") {
            Some(name) => named(Some(name.trim_end_matches('\'').to_owned())),
            None => sqlite_columns(list),
        };
    }
    // PostgreSQL: `Key (scope, key)=(…) already exists.`, in any language; what stands before `)=(` are names, not values.
    let columns = info.details().and_then(|text| text.split_once('(')?.1.split_once(")=(")).map(|(columns, _)| columns);
    match columns {
        Some(columns) if !columns.contains('(') => Found {
            table: info.table_name().map(str::to_owned),
            columns: columns.split(',').map(plain).collect(),
            constraint: None,
        },
        _ => named(info.constraint_name().map(str::to_owned)),
    }
}

fn not_null(info: &dyn DatabaseErrorInformation) -> Found {
    match info.message().strip_prefix("NOT NULL constraint failed: ") {
        Some(column) => sqlite_columns(column),
        None => Found {
            table: info.table_name().map(str::to_owned),
            columns: info.column_name().map(str::to_owned).into_iter().collect(),
            constraint: None,
        },
    }
}

fn check_name(info: &dyn DatabaseErrorInformation) -> Option<String> {
    let name = info.message().strip_prefix("CHECK constraint failed: ").or(info.constraint_name());
    name.map(str::to_owned)
}

/// Reads `idempotency_keys.scope, idempotency_keys.key`.
fn sqlite_columns(list: &str) -> Found {
    let pairs: Vec<_> = list.split(", ").filter_map(|one| one.split_once('.')).collect();
    Found {
        table: pairs.first().map(|(table, _)| plain(table)),
        columns: pairs.iter().map(|(_, column)| plain(column)).collect(),
        constraint: None,
    }
}
