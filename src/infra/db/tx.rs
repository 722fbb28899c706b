//! Ends transactions so that what is answered is what is on disk.

use super::Conn;
use crate::kernel::Error;
use diesel::connection::{
    Connection, Instrumentation, InstrumentationEvent, SimpleConnection as _, TransactionManager,
};
use diesel::result::Error as Db;
use std::cell::Cell;
use std::num::NonZeroU32;

pub(super) type Manager = <Conn as Connection>::TransactionManager;

thread_local! {
    /// Whether a statement failed on this thread since the last [`forget`].
    static STUMBLED: Cell<bool> = const { Cell::new(false) };
}

/// Notes failed statements; a connection's statements run on the thread that holds it.
pub(super) struct Watch;

impl Instrumentation for Watch {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::FinishQuery { error: Some(_), .. } = event {
            STUMBLED.set(true);
        }
    }
}

/// A new transaction begins.
pub(super) fn forget() {
    STUMBLED.set(false);
}

/// How many transactions and savepoints are open; `None` when there are none or nobody knows.
pub(super) fn depth(conn: &mut Conn) -> Option<u32> {
    Manager::transaction_manager_status_mut(conn).transaction_depth().ok().flatten().map(NonZeroU32::get)
}

/// Rolls back until only so many are open.
pub(super) fn unwind(conn: &mut Conn, left: u32) -> Result<(), Db> {
    while depth(conn).is_some_and(|depth| depth > left) {
        Manager::rollback_transaction(conn)?;
    }
    Ok(())
}

/// Says why a transaction whose closure returned `Ok` must not be committed at this depth, if so.
pub(super) fn unfit(conn: &mut Conn, level: u32) -> Option<Error> {
    if depth(conn) != Some(level) {
        return Some(Error::internal("a transaction opened another one inside and did not end it"));
    }
    // PostgreSQL answers COMMIT in a dead transaction with a silent rollback, and diesel takes that for success.
    if let (Conn::Postgres(conn), true) = (conn, STUMBLED.get())
        && let Err(why) = conn.batch_execute("select 1")
    {
        let told = "a statement failed, and the transaction was to be committed all the same; try it in a savepoint";
        return Some(Error::internal(format!("{told}: {why}")));
    }
    None
}
