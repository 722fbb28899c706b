//! Pooled connections behind a fair gate.

use super::conn::Conn;
use super::place::{Backend, Place};
use super::tx::Watch;
use crate::kernel::{Error, Result};
use diesel::RunQueryDsl as _;
use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::r2d2::{HandleError, ManageConnection, Pool, PooledConnection, R2D2Connection as _};
use diesel::result::Error as Db;
use diesel::sql_types::Text;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{JoinError, spawn_blocking};

/// How long a request waits for its turn before it is answered 503.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a turn waits for a connection that must first be made.
const CONNECT: Duration = Duration::from_secs(5);

/// Settings of each PostgreSQL session: no statement, lock or idle transaction may hold others up for long.
const POSTGRES_SESSION: &str = "set timezone = 'UTC'; set statement_timeout = '15s'; \
     set idle_in_transaction_session_timeout = '30s'; set lock_timeout = '5s'; set client_min_messages = 'warning'";

/// Settings of each SQLite connection: readers beside one writer, durable at each commit.
const SQLITE_SESSION: &str = "pragma busy_timeout = 5000; pragma journal_mode = wal; pragma synchronous = full; \
     pragma foreign_keys = on; pragma cache_size = -16384; pragma mmap_size = 268435456; pragma temp_store = memory; \
     pragma trusted_schema = off";

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// Anything.
    Write,
    /// Reading only, as far as the database can see to it.
    Read,
}

/// A connection that is ready for use, or why there is none.
pub(super) fn connect(place: &Place, purpose: Use) -> std::result::Result<Conn, String> {
    let mut conn = place.connect()?;
    prepare(&mut conn, purpose).map_err(|why| place.scrub(&why.to_string()))?;
    Ok(conn)
}

fn prepare(conn: &mut Conn, purpose: Use) -> std::result::Result<(), Db> {
    match conn {
        Conn::Sqlite(conn) => {
            conn.batch_execute(SQLITE_SESSION)?;
            if purpose == Use::Read {
                conn.batch_execute("pragma query_only = on")?;
            }
        }
        Conn::Postgres(conn) => {
            conn.batch_execute(POSTGRES_SESSION)?;
            conn.set_instrumentation(Watch);
            let language: String =
                diesel::select(diesel::dsl::sql::<Text>("current_setting('lc_messages')")).get_result(conn)?;
            // Deadlocks and time-outs are told from bugs by their message: diesel hands no SQLSTATE on.
            let english = ["C", "POSIX", "en"].iter().any(|start| language.starts_with(start)) || language.is_empty();
            if !english && conn.batch_execute("set lc_messages = 'C'").is_err() {
                tracing::warn!(
                    lc_messages = language,
                    "PostgreSQL speaks no English here, so a deadlock is answered 500 instead of tried again: \
                     run `alter database … set lc_messages = 'C'`, or `grant set on parameter lc_messages to` this user"
                );
            }
        }
    }
    Ok(())
}

/// Makes connections for r2d2.
pub(super) struct Maker {
    place: Place,
    purpose: Use,
}

/// Why there is no connection, without secrets.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct NoConnection(String);

#[derive(Debug)]
struct Logged;

impl HandleError<NoConnection> for Logged {
    fn handle_error(&self, error: NoConnection) {
        tracing::warn!(%error, "no connection to the database");
    }
}

impl ManageConnection for Maker {
    type Connection = Conn;
    type Error = NoConnection;

    fn connect(&self) -> std::result::Result<Conn, NoConnection> {
        connect(&self.place, self.purpose).map_err(NoConnection)
    }

    fn is_valid(&self, conn: &mut Conn) -> std::result::Result<(), NoConnection> {
        conn.ping().map_err(|why| NoConnection(self.place.scrub(&why.to_string())))
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        std::thread::panicking() || conn.is_broken()
    }
}

/// A place in the queue: first come, first served, and nobody waits for ever.
#[derive(Clone)]
pub(super) struct Gate(Arc<Semaphore>);

impl Gate {
    pub(super) fn new(places: u32) -> Self {
        Self(Arc::new(Semaphore::new(usize::try_from(places).unwrap_or(1))))
    }

    pub(super) async fn enter(&self) -> Result<OwnedSemaphorePermit> {
        if let Ok(permit) = Arc::clone(&self.0).try_acquire_owned() {
            return Ok(permit);
        }
        match tokio::time::timeout(PATIENCE, Arc::clone(&self.0).acquire_owned()).await {
            Ok(permit) => permit.map_err(Error::unavailable),
            Err(_elapsed) => Err(Error::unavailable("waited too long for a turn at the database")),
        }
    }
}

/// A pool with its gate. The gate is fair, which r2d2's own queue is not, and keeps waiting requests off the threads.
#[derive(Clone)]
pub(super) struct Lane {
    pool: Pool<Maker>,
    gate: Gate,
}

/// A connection lent from a [`Lane`].
pub(super) type Lent = PooledConnection<Maker>;

/// Where a closure that needs several connections in turn gets them.
pub(super) struct Lender(Pool<Maker>);

impl Lender {
    pub(super) fn lend(&self) -> Result<Lent> {
        self.0.get().map_err(Error::unavailable)
    }

    /// How many connections there may be.
    pub(super) fn size(&self) -> u32 {
        self.0.max_size()
    }
}

impl Lane {
    /// Opens nothing by itself: connections are made when they are first needed.
    pub(super) fn new(place: &Place, purpose: Use, size: u32) -> Self {
        let pool = Pool::builder()
            .max_size(size)
            .min_idle(Some(0))
            .test_on_check_out(false)
            .connection_timeout(CONNECT)
            .error_handler(Box::new(Logged))
            // A SQLite connection does not age; a PostgreSQL server may have been replaced behind its name.
            .max_lifetime((place.backend() == Backend::Postgres).then_some(Duration::from_mins(30)))
            .build_unchecked(Maker { place: place.clone(), purpose });
        Self { pool, gate: Gate::new(size) }
    }

    /// Runs the work on a thread that may block, when its turn has come. A panic in it is answered as internal, and its
    /// connection is thrown away.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Lender) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let permit = self.gate.enter().await?;
        let lender = Lender(self.pool.clone());
        let done = spawn_blocking(move || {
            let done = work(&lender);
            drop(permit);
            done
        });
        done.await.unwrap_or_else(|lost| Err(Error::internal(told(lost))))
    }
}

fn told(lost: JoinError) -> String {
    match lost.try_into_panic() {
        Ok(panic) => panic_text(panic.as_ref()),
        Err(lost) => lost.to_string(),
    }
}

/// What a panic said.
pub(crate) fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("panicked: {}", text.unwrap_or("with something that is no text"))
}
