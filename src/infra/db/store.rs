//! The store as the rest of the program sees it: `read` and `write`.

use super::conn::Conn;
use super::error::{is_closed, is_retryable};
use super::migrations;
use super::place::{Backend, Place};
use super::pool::{Lane, Lender, Lent, Use, connect};
use super::tx::{Manager, forget, unfit, unwind};
use super::writer::Writer;
use crate::kernel::{Error, Result};
use diesel::connection::TransactionManager as _;
use diesel::r2d2::R2D2Connection as _;
use std::time::Duration;

/// How often a transaction that lost against another one is run again.
const RETRIES: u32 = 5;

#[derive(Clone)]
enum Writes {
    /// PostgreSQL: a transaction each.
    Each(Lane),
    /// SQLite: one writer, many writes a commit.
    Grouped(Writer),
}

/// A cheap handle on the database.
///
/// ```no_run
/// # async fn example() -> mainstay::kernel::Result<()> {
/// use mainstay::infra::db::Store;
/// let store = Store::open("sqlite:mainstay.db", 0)?;
/// store.migrate().await?;
/// store.ping().await
/// # }
/// ```
#[derive(Clone)]
pub struct Store {
    backend: Backend,
    reads: Lane,
    writes: Writes,
}

impl Store {
    /// Connects once, so that a wrong URL or a database that is down shows at start.
    ///
    /// `readers` is the number of connections for reading; 0 means twice the cores. PostgreSQL writes over the same ones.
    pub fn open(url: &str, readers: u32) -> Result<Self> {
        let place = Place::parse(url)?;
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let size = if readers == 0 { u32::try_from(2 * cores).unwrap_or(2) } else { readers };
        let first = connect(&place, Use::Write).map_err(|why| {
            Error::new(&crate::kernel::problems::UNAVAILABLE, format!("The database can't be opened: {}", why.trim()))
        })?;
        let backend = place.backend();
        Ok(match backend {
            // The writer connects first: the file and its WAL mode must exist before the readers do.
            Backend::Sqlite => Self {
                backend,
                reads: Lane::new(&place, Use::Read, size),
                writes: Writes::Grouped(Writer::start(place, first)?),
            },
            Backend::Postgres => {
                let lane = Lane::new(&place, Use::Write, size);
                Self { backend, reads: lane.clone(), writes: Writes::Each(lane) }
            }
        })
    }

    /// Which database it is, for reports only.
    pub fn kind(&self) -> Backend {
        self.backend
    }

    /// Runs queries that change nothing. Each statement sees what was committed when it began.
    ///
    /// A panic in the closure is answered as an internal error.
    pub async fn read<T: Send + 'static>(&self, f: impl FnOnce(&mut Conn) -> Result<T> + Send + 'static) -> Result<T> {
        self.reads.run(move |lender| f(&mut *lender.lend()?)).await
    }

    /// Runs one transaction; `Ok` means that it is on disk, `Err` that nothing of it is, whatever the error was.
    ///
    /// When it loses against another transaction it is run again, at most five times, so the closure may run more than
    /// once: it must change nothing but the database. Nothing slow belongs into it (no mail, no fetch, no hashing): on
    /// SQLite all other writes wait. To go on after a statement that may fail, run that one in `conn.transaction(…)`.
    pub async fn write<T: Send + 'static>(&self, f: impl FnMut(&mut Conn) -> Result<T> + Send + 'static) -> Result<T> {
        match &self.writes {
            Writes::Each(lane) => lane.run(move |lender| transact(lender, f)).await,
            Writes::Grouped(writer) => writer.write(f).await,
        }
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        self.read(|conn| Ok(conn.ping()?)).await
    }

    /// Brings the schema up to date, all in one transaction under a lock, and returns the names of what was applied.
    pub async fn migrate(&self) -> Result<Vec<String>> {
        self.write(migrations::run).await
    }

    /// The names of the migrations that this database still lacks.
    pub async fn pending(&self) -> Result<Vec<String>> {
        self.read(migrations::pending).await
    }

    /// Takes every migration back, newest first, and with them all data; for tests.
    pub async fn revert_all(&self) -> Result<Vec<String>> {
        self.write(migrations::revert_all).await
    }
}

/// One PostgreSQL transaction, run again when it lost against another one.
fn transact<T>(lender: &Lender, mut f: impl FnMut(&mut Conn) -> Result<T>) -> Result<T> {
    let mut tries = 0;
    loop {
        let mut conn = begun(lender)?;
        forget();
        let done = f(&mut conn).and_then(|value| unfit(&mut conn, 1).map_or(Ok(value), Err));
        let done = match done {
            // Under SERIALIZABLE the conflict may show only here.
            Ok(value) => Manager::commit_transaction(&mut *conn).map(|()| value).map_err(Error::from),
            Err(error) => {
                if let Err(why) = unwind(&mut conn, 0) {
                    tracing::warn!(%why, "a rollback failed; the connection is thrown away");
                }
                Err(error)
            }
        };
        match done {
            Err(error) if is_retryable(&error) && tries < RETRIES => {
                drop(conn);
                tries += 1;
                tracing::debug!(%error, tries, "a transaction lost against another one and is run again");
                std::thread::sleep(Duration::from_millis(4 << tries));
            }
            done => return done,
        }
    }
}

/// A connection with a transaction begun. Connections that died while they lay idle, as after a restart of the server, are
/// thrown away: nothing was done on them yet.
fn begun(lender: &Lender) -> Result<Lent> {
    let mut dead = 0;
    loop {
        let mut conn = lender.lend()?;
        match Manager::begin_transaction(&mut *conn) {
            Ok(()) => return Ok(conn),
            Err(why) if is_closed(&why) && dead < lender.size() => {
                dead += 1;
                Manager::transaction_manager_status_mut(&mut *conn).set_in_error();
            }
            Err(why) => return Err(why.into()),
        }
    }
}
