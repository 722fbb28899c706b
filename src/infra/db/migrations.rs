//! The migrations, embedded at build time, and run by [`Conn`] itself.
//!
//! One directory serves both databases: SQLite takes PostgreSQL's type names. What only PostgreSQL gets (storage settings,
//! special indexes) stands in `migrations/postgres-only`, what only SQLite gets (triggers in its words) in `migrations/sqlite-only`;
//! all run in the order of their instants. They run in one
//! transaction, so a file holds no `pragma` and no `create index concurrently`, and no constraint may be deferred: on
//! SQLite its failure would show only at the commit that others share.

use super::conn::{Conn, MultiBackend};
use super::place::Backend;
use crate::kernel::{Error, Result};
use diesel::connection::{BoxableConnection, SimpleConnection as _};
use diesel::migration::{self, Migration, MigrationMetadata, MigrationName, MigrationSource, MigrationVersion};
use diesel::sql_types::{Bool, Text};
use diesel::{QueryableByName, RunQueryDsl as _};
use diesel_migrations::MigrationHarness as _;
use std::collections::HashSet;
use std::fmt;

/// One directory of `migrations/`.
struct File {
    name: &'static str,
    up: &'static str,
    down: &'static str,
    /// The one database that gets it; both, when there is none.
    only: Option<Backend>,
}

static FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

/// "mainstay" in ASCII: the key of the lock under which one node migrates while the others wait.
const LOCK: i64 = i64::from_be_bytes(*b"mainstay");

impl File {
    fn version(&self) -> &'static str {
        self.name.split('_').next().unwrap_or_default()
    }
}

impl fmt::Display for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl MigrationName for File {
    fn version(&self) -> MigrationVersion<'_> {
        MigrationVersion::from(File::version(self))
    }
}

impl MigrationMetadata for File {}

impl Migration<MultiBackend> for &'static File {
    fn run(&self, conn: &mut dyn BoxableConnection<MultiBackend>) -> migration::Result<()> {
        conn.batch_execute(self.up).map_err(|why| format!("migration {}: {why}", self.name).into())
    }

    fn revert(&self, conn: &mut dyn BoxableConnection<MultiBackend>) -> migration::Result<()> {
        conn.batch_execute(self.down).map_err(|why| format!("taking back migration {}: {why}", self.name).into())
    }

    fn metadata(&self) -> &dyn MigrationMetadata {
        *self
    }

    fn name(&self) -> &dyn MigrationName {
        *self
    }
}

struct Source {
    backend: Backend,
}

impl MigrationSource<MultiBackend> for Source {
    fn migrations(&self) -> migration::Result<Vec<Box<dyn Migration<MultiBackend>>>> {
        Ok(files(self.backend)
            .map(|file| {
                let boxed: Box<dyn Migration<MultiBackend>> = Box::new(file);
                boxed
            })
            .collect())
    }
}

/// What this kind of database gets, oldest first.
fn files(backend: Backend) -> impl Iterator<Item = &'static File> {
    let mut files: Vec<_> = FILES.iter().filter(|file| file.only.is_none_or(|only| only == backend)).collect();
    files.sort_by_key(|file| File::version(file));
    files.into_iter()
}

fn backend(conn: &Conn) -> Backend {
    match conn {
        Conn::Postgres(_) => Backend::Postgres,
        Conn::Sqlite(_) => Backend::Sqlite,
    }
}

/// Lets one node migrate while the others wait, however long it takes. SQLite's writer holds its lock already.
fn lock(conn: &mut Conn) -> Result<()> {
    if let Conn::Postgres(conn) = conn {
        conn.batch_execute("set local statement_timeout = 0; set local lock_timeout = 0")?;
        conn.batch_execute(&format!("select pg_advisory_xact_lock({LOCK})"))?;
    }
    Ok(())
}

fn names(backend: Backend, versions: &[String]) -> Vec<String> {
    let name = |version: &String| {
        let file = files(backend).find(|file| File::version(file) == version.as_str());
        file.map_or_else(|| version.clone(), |file| file.name.to_owned())
    };
    versions.iter().map(name).collect()
}

/// Applies what is missing.
pub(super) fn run(conn: &mut Conn) -> Result<Vec<String>> {
    lock(conn)?;
    let backend = backend(conn);
    let applied = conn.run_pending_migrations(Source { backend }).map_err(Error::internal)?;
    let versions: Vec<String> = applied.iter().map(ToString::to_string).collect();
    Ok(names(backend, &versions))
}

/// Takes everything back, newest first.
pub(super) fn revert_all(conn: &mut Conn) -> Result<Vec<String>> {
    lock(conn)?;
    let backend = backend(conn);
    let reverted = conn.revert_all_migrations(Source { backend }).map_err(Error::internal)?;
    let versions: Vec<String> = reverted.iter().map(ToString::to_string).collect();
    Ok(names(backend, &versions))
}

#[derive(QueryableByName)]
struct There {
    #[diesel(sql_type = Bool)]
    there: bool,
}

#[derive(QueryableByName)]
struct Applied {
    #[diesel(sql_type = Text)]
    version: String,
}

/// The names of what is missing. Unlike diesel's own way it changes nothing, so a reader may ask.
pub(super) fn pending(conn: &mut Conn) -> Result<Vec<String>> {
    const TABLE: &str = "__diesel_schema_migrations";
    let there = match conn {
        Conn::Postgres(_) => format!("select to_regclass('{TABLE}') is not null as there"),
        Conn::Sqlite(_) => format!("select count(*) > 0 as there from sqlite_master where name = '{TABLE}'"),
    };
    let mut applied = HashSet::new();
    if diesel::sql_query(there).get_result::<There>(conn)?.there {
        let rows: Vec<Applied> = diesel::sql_query(format!("select version from {TABLE}")).load(conn)?;
        applied.extend(rows.into_iter().map(|row| row.version));
    }
    let missing = files(backend(conn)).filter(|file| !applied.contains(File::version(file)));
    Ok(missing.map(|file| file.name.to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_unique_and_nothing_is_in_a_file_that_one_transaction_can_not_hold() {
        let versions: HashSet<_> = FILES.iter().map(File::version).collect();
        assert_eq!(versions.len(), FILES.len());
        for file in FILES {
            for sql in [file.up, file.down] {
                let sql = sql.to_lowercase();
                for word in ["pragma", "concurrently", "deferrable", "begin;", "commit;", "vacuum;"] {
                    assert!(!sql.contains(word), "{}: `{word}` can't be part of a migration", file.name);
                }
            }
        }
    }
}
