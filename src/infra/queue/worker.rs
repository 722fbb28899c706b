//! Takes jobs from the queue and hands them to whoever registered for their kind. It knows no feature.

use super::backoff;
use super::store::{self, Job};
use crate::infra::db::Store;
use crate::kernel::{Clock, Entropy, Error, Kind, Result, Timestamp};
use chrono::TimeDelta;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde_json::Value;
use std::collections::HashMap;
use std::error::Error as StdError;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

type Handler<C> = Box<dyn Fn(C, Value) -> BoxFuture<'static, Result<()>> + Send + Sync>;

/// Who takes which kind of job.
pub struct Registry<C> {
    handlers: HashMap<&'static str, Handler<C>>,
}

impl<C> Default for Registry<C> {
    fn default() -> Self {
        Self { handlers: HashMap::new() }
    }
}

impl<C> Registry<C> {
    /// Registers an `async fn(ctx, payload) -> Result<()>` for a kind; the last one registered for a kind takes it.
    ///
    /// A handler runs at least once for each job, so it must bear repeats. What it returns decides: an error of the kind
    /// malformed or invalid lays the job out as dead at once, since the payload won't get better; any other one is
    /// tried again, not before the error's `retry_after`.
    #[must_use]
    pub fn on<F, Fut>(mut self, kind: &'static str, handler: F) -> Self
    where
        F: Fn(C, Value) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<()>> + Send + 'static,
    {
        self.handlers.insert(kind, Box::new(move |ctx, payload| handler(ctx, payload).boxed()));
        self
    }

    /// The kinds that somebody takes, sorted.
    pub fn kinds(&self) -> Vec<&'static str> {
        let mut kinds: Vec<_> = self.handlers.keys().copied().collect();
        kinds.sort_unstable();
        kinds
    }
}

/// How a worker works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many jobs run at once.
    pub concurrency: u32,
    /// How long a lease lasts; a running job's is renewed at a third of it.
    pub lease: Duration,
    /// How long to wait when nothing is due.
    pub poll: Duration,
    /// After so many attempts a job is dead.
    pub max_attempts: u32,
    /// How long running jobs may take to finish at a stop; what is cut off then is leased anew later.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            concurrency: 4,
            lease: Duration::from_mins(1),
            poll: Duration::from_millis(500),
            max_attempts: 12,
            grace: Duration::from_secs(30),
        }
    }
}

/// What became of the jobs of one go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ran {
    /// Done.
    pub done: u32,
    /// Failed, to be tried again later.
    pub failed: u32,
    /// Failed for good.
    pub dead: u32,
    /// Taken over by another worker meanwhile, or their outcome could not be written down.
    pub lost: u32,
}

enum Outcome {
    Done,
    Failed,
    Dead,
    Lost,
}

/// Tells a waiting worker on the same node to look at once.
#[derive(Clone, Default)]
pub struct Waker(Arc<Notify>);

impl Waker {
    /// Call it after a commit that enqueued something; without it the worker looks at its next poll.
    pub fn wake(&self) {
        self.0.notify_one();
    }
}

/// Works the queue off. `C` is whatever the handlers need, cheap to clone.
pub struct Worker<C>(Arc<Inner<C>>);

impl<C> Clone for Worker<C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

struct Inner<C> {
    store: Store,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    registry: Registry<C>,
    ctx: C,
    limits: Limits,
    waker: Waker,
}

impl<C: Clone + Send + Sync + 'static> Worker<C> {
    /// A worker over these parts; it does nothing until [`Worker::run`].
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        ctx: C,
        registry: Registry<C>,
        limits: Limits,
    ) -> Self {
        Self(Arc::new(Inner { store, clock, entropy, registry, ctx, limits, waker: Waker::default() }))
    }

    /// Wakes this worker.
    pub fn waker(&self) -> Waker {
        self.0.waker.clone()
    }

    /// Works until `stop` says true or its sender is gone, then lets the running jobs finish for at most the grace.
    pub async fn run(&self, mut stop: watch::Receiver<bool>) {
        let mut running = JoinSet::new();
        while !*stop.borrow() && stop.has_changed().is_ok() {
            let free = self.0.limits.concurrency.saturating_sub(u32::try_from(running.len()).unwrap_or(u32::MAX));
            let now = self.0.clock.now();
            let claimed = self.claim(now, free).await.unwrap_or_else(|error| {
                tracing::warn!(error = chain(&error), "the queue can't be read; trying again");
                Vec::new()
            });
            for job in claimed {
                let worker = self.clone();
                running.spawn(async move { worker.work(job, None).await });
            }
            tokio::select! {
                _ = stop.changed() => {}
                () = self.0.waker.0.notified() => {}
                Some(_) = running.join_next() => {}
                () = tokio::time::sleep(self.0.limits.poll) => {}
            }
            while running.try_join_next().is_some() {}
        }
        let finished =
            tokio::time::timeout(self.0.limits.grace, async { while running.join_next().await.is_some() {} });
        if finished.await.is_err() {
            tracing::warn!(
                jobs = running.len(),
                "jobs are cut off at the stop; they run again when their lease has lapsed"
            );
            running.shutdown().await;
        }
    }

    /// Works off everything that is due at `now`, one after the other, also what the jobs themselves enqueue for then,
    /// and says what became of them. For tests and for `--once`.
    pub async fn run_due_once(&self, now: Timestamp) -> Result<Ran> {
        let mut ran = Ran::default();
        loop {
            let claimed = self.claim(now, 100).await?;
            if claimed.is_empty() {
                return Ok(ran);
            }
            for job in claimed {
                match self.work(job, Some(now)).await {
                    Outcome::Done => ran.done += 1,
                    Outcome::Failed => ran.failed += 1,
                    Outcome::Dead => ran.dead += 1,
                    Outcome::Lost => ran.lost += 1,
                }
            }
        }
    }

    async fn claim(&self, now: Timestamp, n: u32) -> Result<Vec<Job>> {
        if n == 0 {
            return Ok(Vec::new());
        }
        let until = now + self.lease();
        self.0.store.write(move |conn| store::claim(conn, now, until, n)).await
    }

    fn lease(&self) -> TimeDelta {
        TimeDelta::from_std(self.0.limits.lease).unwrap_or(TimeDelta::MAX)
    }

    /// Runs one job and writes down what became of it, as of `now` or of the clock.
    async fn work(&self, job: Job, now: Option<Timestamp>) -> Outcome {
        let Some(result) = self.attempt(&job).await else { return Outcome::Lost };
        let now = now.unwrap_or_else(|| self.0.clock.now());
        let (outcome, written) = match result {
            Ok(()) => {
                let job = job.clone();
                (Outcome::Done, self.0.store.write(move |conn| store::done(conn, &job)).await)
            }
            Err(failure) => {
                let retry_at = self.retry_at(&job, &failure, now);
                let outcome = if retry_at.is_some() { Outcome::Failed } else { Outcome::Dead };
                let (text, failed) = (chain(&failure.error), job.clone());
                let dead = retry_at.is_none();
                let (id, kind, attempts) = (job.id, &job.kind, job.attempts);
                tracing::warn!(job = %id, kind, attempts, error = text, dead, "a job failed");
                (outcome, self.0.store.write(move |conn| store::fail(conn, &failed, now, &text, retry_at)).await)
            }
        };
        match written {
            Ok(true) => outcome,
            Ok(false) => Outcome::Lost,
            Err(error) => {
                tracing::warn!(job = %job.id, error = chain(&error), "a job's outcome could not be written down; it runs again");
                Outcome::Lost
            }
        }
    }

    /// Runs the handler while the lease is kept up; `None` when another worker has the job by now.
    async fn attempt(&self, job: &Job) -> Option<Result<(), Failure>> {
        // A job that takes its process down with it never comes to fail: its attempts tell.
        if attempts(job) > self.0.limits.max_attempts {
            return Some(Err(Failure::last(Error::internal("its workers died, or lost it, each time"))));
        }
        let Some(handler) = self.0.registry.handlers.get(job.kind.as_str()) else {
            // Perhaps a newer node knows it, in the middle of an upgrade.
            let unknown = format!("nothing on this node takes jobs of the kind `{}`", job.kind);
            return Some(Err(Failure::once(Error::internal(unknown))));
        };
        let call = AssertUnwindSafe(async { handler(self.0.ctx.clone(), job.payload.0.clone()).await });
        let mut running = std::pin::pin!(call.catch_unwind());
        loop {
            tokio::select! {
                result = &mut running => return Some(match result {
                    Ok(result) => result.map_err(Failure::of),
                    Err(panic) => Err(Failure::once(Error::internal(crate::infra::db::panic_text(panic.as_ref())))),
                }),
                () = tokio::time::sleep(self.0.limits.lease / 3) => {
                    let (kept, until) = (job.clone(), self.0.clock.now() + self.lease());
                    if let Ok(false) = self.0.store.write(move |conn| store::renew(conn, &kept, until)).await {
                        return None;
                    }
                }
            }
        }
    }

    fn retry_at(&self, job: &Job, failure: &Failure, now: Timestamp) -> Option<Timestamp> {
        if failure.last || attempts(job) >= self.0.limits.max_attempts {
            return None;
        }
        let mut chance = [0; 4];
        self.0.entropy.fill(&mut chance);
        let pause = backoff(attempts(job), u32::from_be_bytes(chance));
        let asked = failure.error.retry_after_seconds().and_then(|seconds| i64::try_from(seconds).ok());
        Some(now + pause.max(asked.and_then(TimeDelta::try_seconds).unwrap_or_default()))
    }
}

struct Failure {
    error: Error,
    /// Whether there is no use in trying again.
    last: bool,
}

impl Failure {
    fn of(error: Error) -> Self {
        Self { last: matches!(error.kind(), Kind::Malformed | Kind::Invalid), error }
    }

    fn once(error: Error) -> Self {
        Self { error, last: false }
    }

    fn last(error: Error) -> Self {
        Self { error, last: true }
    }
}

fn attempts(job: &Job) -> u32 {
    u32::try_from(job.attempts).unwrap_or(0)
}

/// The error with all its causes.
fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}
