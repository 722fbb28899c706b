//! Work for later, as rows in the database: enqueued in the transaction that wants it done, done at least once.
//!
//! A worker leases a job for a while; when the worker dies, the lease lapses and another one takes the job. A job that
//! fails comes again after a growing pause and is laid out as dead when nothing helped. Nobody waits for the queue and
//! nothing is lost with a process: mail, webhooks and sweeps go this way, and a receiver must be able to tell a repeat.

mod backoff;
mod store;
mod worker;

pub use backoff::backoff;
pub use store::{
    Counts, DeadJob, Enqueued, Job, KindCounts, NewJob, claim, counts, counts_by_kind, discard, done, enqueue,
    enqueue_urgent, fail, find_dead, list_dead, release, renew, revive,
};
pub use worker::{Limits, Ran, Registry, Waker, Worker};
