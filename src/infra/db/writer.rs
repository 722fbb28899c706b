//! SQLite's one writer: a thread that runs what waits in one transaction and answers after the one fsync.

use super::conn::Conn;
use super::place::Place;
use super::pool::{Gate, Use, connect, panic_text};
use super::tx::{Manager, depth, unfit, unwind};
use crate::kernel::{Error, Result};
use diesel::connection::{AnsiTransactionManager as Ansi, TransactionManager as _};
use diesel::result::Error as Db;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// At most so many writes share a commit.
const MOST: usize = 512;
/// A group takes no more writes after this long, so that the first does not wait for a crowd.
const LONGEST: Duration = Duration::from_millis(10);
/// At most so many writes wait.
const QUEUE: u32 = 4096;

/// Tells the caller, once it is known whether the group is on disk; `Some` says why it is not.
type Answer = Box<dyn FnOnce(Option<&str>) + Send>;
/// One write: runs in its own savepoint.
type Work = Box<dyn FnOnce(&mut Conn) -> Ran + Send>;

struct Ran {
    answer: Answer,
    /// Why the transaction around the savepoint is gone, if it is.
    lost: Option<String>,
}

/// The writer's inbox.
#[derive(Clone)]
pub(super) struct Writer {
    inbox: mpsc::Sender<Work>,
    gate: Gate,
}

impl Writer {
    /// Starts the thread; it ends when the last handle is dropped.
    pub(super) fn start(place: Place, conn: Conn) -> Result<Self> {
        let (inbox, waiting) = mpsc::channel();
        std::thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || serve(&place, conn, &waiting))
            .map_err(Error::unavailable)?;
        Ok(Self { inbox, gate: Gate::new(QUEUE) })
    }

    /// Runs the closure in the next group. Its own error rolls back its own savepoint only; a panic does the same.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let permit = self.gate.enter().await?;
        let (sender, receiver) = oneshot::channel();
        let work: Work = Box::new(move |conn| {
            let (result, lost) = in_savepoint(conn, f);
            let answer: Answer = Box::new(move |lost| {
                drop(permit);
                // Nobody may be listening any more: the client went away, its write stands all the same.
                let _gone = sender.send(match (result, lost) {
                    (Ok(_), Some(why)) => Err(Error::unavailable(why.to_owned())),
                    (result, _) => result,
                });
            });
            Ran { answer, lost }
        });
        self.inbox.send(work).map_err(|_gone| Error::unavailable("the database's writer has stopped"))?;
        receiver.await.unwrap_or_else(|_dropped| Err(Error::unavailable("the write was not begun; the log says why")))
    }
}

fn serve(place: &Place, first: Conn, waiting: &mpsc::Receiver<Work>) {
    let mut conn = Some(first);
    while let Ok(work) = waiting.recv() {
        let ready = match conn.take() {
            Some(ready) => Ok(ready),
            None => connect(place, Use::Write),
        };
        let begun = ready.and_then(|mut ready| match begin(&mut ready) {
            Ok(()) => Ok(ready),
            Err(why) => Err(why.to_string()),
        });
        match begun {
            Ok(mut ready) => {
                if group(&mut ready, work, waiting) {
                    conn = Some(ready);
                }
            }
            Err(why) => {
                // Each dropped write is answered 503. The rest would only wait for the same lock, one after the other.
                let dropped = 1 + waiting.try_iter().count();
                tracing::error!(why, dropped, "the database takes no write");
            }
        }
    }
}

fn begin(conn: &mut Conn) -> Result<(), Db> {
    match conn {
        // A deferred transaction that reads first fails at once when it then writes beside another process.
        Conn::Sqlite(conn) => Ansi::begin_transaction_sql(conn, "BEGIN IMMEDIATE"),
        Conn::Postgres(conn) => Ansi::begin_transaction(conn),
    }
}

/// Runs a group to its end; whether the connection can be used again.
fn group(conn: &mut Conn, first: Work, waiting: &mpsc::Receiver<Work>) -> bool {
    let start = Instant::now();
    let mut answers = Vec::new();
    let mut next = Some(first);
    let mut lost = None;
    while let Some(work) = next.take() {
        let ran = work(conn);
        answers.push(ran.answer);
        lost = ran.lost;
        if lost.is_none() && answers.len() < MOST && start.elapsed() < LONGEST {
            next = waiting.try_recv().ok();
        }
    }
    if lost.is_none() {
        lost = Manager::commit_transaction(conn).err().map(|why| why.to_string());
    }
    if let Some(why) = &lost {
        tracing::error!(why, writes = answers.len(), "a group of writes was lost and is answered so");
    }
    for answer in answers {
        answer(lost.as_deref());
    }
    // After a loss nobody knows what the connection still holds; closing it rolls back.
    lost.is_none()
}

/// Runs the closure in a savepoint. The second value says why the whole transaction is gone, if it is: SQLite rolls all
/// of it back by itself when the disk is full or fails, which shows when the savepoint can't be found again.
fn in_savepoint<T>(conn: &mut Conn, f: impl FnOnce(&mut Conn) -> Result<T>) -> (Result<T>, Option<String>) {
    if let Err(why) = Manager::begin_transaction(conn) {
        let lost = why.to_string();
        return (Err(why.into()), Some(lost));
    }
    let result = catch_unwind(AssertUnwindSafe(|| f(conn)))
        .unwrap_or_else(|panic| Err(Error::internal(panic_text(panic.as_ref()))))
        .and_then(|value| unfit(conn, 2).map_or(Ok(value), Err));
    let ended = match (&result, depth(conn)) {
        (Ok(_), _) => Manager::commit_transaction(conn),
        // Savepoints that a panic left open go with ours.
        (Err(_), Some(2..)) => unwind(conn, 1),
        (Err(_), _) => Err(Db::BrokenTransactionManager),
    };
    match (ended, result) {
        (Ok(()), result) => (result, None),
        (Err(why), Err(first)) => (Err(first), Some(why.to_string())),
        (Err(why), Ok(_)) => {
            let lost = why.to_string();
            (Err(why.into()), Some(lost))
        }
    }
}
