//! The worker: who gets which job, and what becomes of it.

use crate::db::{TestDb, on_both};
use crate::{TestClock, TestEntropy, at, ids};
use chrono::TimeDelta;
use mainstay::infra::queue::{Limits, NewJob, Ran, Registry, Worker, counts, enqueue, list_dead};
use mainstay::kernel::{Clock as _, Error, Ids, Limit, Result, Timestamp};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;

/// What the handlers share: a list of what they were given.
type Heard = Arc<Mutex<Vec<String>>>;

fn registry() -> Registry<Heard> {
    Registry::default()
        .on("note", |heard: Heard, payload: Value| async move {
            heard.lock().unwrap().push(payload["text"].as_str().unwrap_or_default().to_owned());
            Ok(())
        })
        .on("stumble", |_heard, _payload| async { Err(Error::unavailable("the mail server is away")) })
        .on("later", |_heard, _payload| async { Err(Error::unavailable("busy").retry_after(3600)) })
        .on("refuse", |_heard, _payload| async { Err(Error::field("/to", "missing", "There is no `to`.")) })
        .on("panic", |_heard, _payload| async { panic!("in a handler") })
}

fn worker(db: &TestDb, clock: Arc<TestClock>, registry: Registry<Heard>, limits: Limits) -> (Worker<Heard>, Heard) {
    let heard = Heard::default();
    (Worker::new(db.store.clone(), clock, Arc::new(TestEntropy), heard.clone(), registry, limits), heard)
}

async fn put(db: &TestDb, ids: &Ids, kind: &'static str, run_at: Timestamp) {
    let ids = ids.clone();
    let job = NewJob { kind, payload: json!({"text": kind}), run_at, unique_key: None };
    db.store.write(move |conn| enqueue(conn, &ids, at(0), job.clone())).await.unwrap();
}

async fn alive(db: &TestDb, now: Timestamp) -> i64 {
    let counts = db.store.read(move |conn| counts(conn, now)).await.unwrap();
    counts.scheduled + counts.ready + counts.leased
}

async fn until(mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..500 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("waited five seconds in vain");
}

on_both! {
    async fn each_outcome_is_written_down(db: TestDb) {
        let (ids, clock) = (ids(), TestClock::new());
        let (worker, heard) = worker(&db, clock, registry(), Limits { max_attempts: 3, ..Limits::default() });
        for kind in ["note", "stumble", "refuse", "panic", "unheard_of", "note"] {
            put(&db, &ids, kind, at(0)).await;
        }
        put(&db, &ids, "note", at(5_000_000)).await;
        let ran = worker.run_due_once(at(1)).await.unwrap();
        assert_eq!(ran, Ran { done: 2, failed: 3, dead: 1, lost: 0 });
        assert_eq!(*heard.lock().unwrap(), ["note", "note"]);
        assert_eq!(worker.run_due_once(at(2)).await.unwrap(), Ran::default(), "a pause lies before the next attempt");
        let mut now = at(2);
        for (failed, dead) in [(3, 0), (0, 3)] {
            now = now + TimeDelta::minutes(1);
            let ran = worker.run_due_once(now).await.unwrap();
            assert_eq!((ran.failed, ran.dead), (failed, dead));
        }
        let limit = Limit::parse(None).unwrap();
        let dead = db.store.read(move |conn| list_dead(conn, None, limit, None)).await.unwrap().items;
        let told: Vec<(String, i32, String)> = dead.into_iter().map(|job| (job.kind, job.attempts, job.last_error.unwrap())).collect();
        let tells = |kind: &str, attempts: i32, text: &str| told.iter().any(|(k, n, why)| k == kind && *n == attempts && why.contains(text));
        assert!(tells("refuse", 1, "There is no `to`."), "{told:?}");
        assert!(tells("stumble", 3, "the mail server is away"), "{told:?}");
        assert!(tells("panic", 3, "panicked: in a handler"), "{told:?}");
        assert!(tells("unheard_of", 3, "nothing on this node takes jobs of the kind `unheard_of`"), "{told:?}");
        assert_eq!(alive(&db, now).await, 0);
    }

    async fn a_job_may_ask_to_wait_longer(db: TestDb) {
        let (worker, _heard) = worker(&db, TestClock::new(), registry(), Limits::default());
        put(&db, &ids(), "later", at(0)).await;
        assert_eq!(worker.run_due_once(at(0)).await.unwrap().failed, 1);
        assert_eq!(worker.run_due_once(at(3_599_999_999)).await.unwrap(), Ran::default());
        assert_eq!(worker.run_due_once(at(3_600_000_000)).await.unwrap().failed, 1);
    }

    async fn what_a_job_enqueues_for_now_runs_in_the_same_go(db: TestDb) {
        let (store, ids) = (db.store.clone(), ids());
        let chain = {
            let ids = ids.clone();
            registry().on("chain", move |_heard, _payload| {
                let (store, ids) = (store.clone(), ids.clone());
                async move {
                    let job = NewJob { kind: "note", payload: json!({"text": "next"}), run_at: at(0), unique_key: None };
                    store.write(move |conn| enqueue(conn, &ids, at(0), job.clone())).await.map(|_| ())
                }
            })
        };
        assert_eq!(chain.kinds(), ["chain", "later", "note", "panic", "refuse", "stumble"]);
        let (worker, heard) = worker(&db, TestClock::new(), chain, Limits::default());
        put(&db, &ids, "chain", at(0)).await;
        assert_eq!(worker.run_due_once(at(0)).await.unwrap().done, 2);
        assert_eq!(*heard.lock().unwrap(), ["next"]);
    }

    async fn a_job_that_takes_its_worker_down_each_time_is_given_up(db: TestDb) {
        let (worker, heard) = worker(&db, TestClock::new(), registry(), Limits { max_attempts: 2, ..Limits::default() });
        put(&db, &ids(), "note", at(0)).await;
        for n in 0..2 {
            // A worker that took it and was never heard of again.
            let (now, lapse) = (at(n * 10), at(n * 10 + 5));
            let claimed = db.store.write(move |conn| mainstay::infra::queue::claim(conn, now, lapse, 1)).await.unwrap();
            assert_eq!(claimed.len(), 1);
        }
        let ran = worker.run_due_once(at(100)).await.unwrap();
        assert_eq!((ran, heard.lock().unwrap().len()), (Ran { dead: 1, ..Ran::default() }, 0));
    }

    async fn the_running_worker_takes_what_comes_and_finishes_before_it_stops(db: TestDb) {
        let (ids, clock) = (ids(), TestClock::new());
        let finished = Arc::new(AtomicU32::new(0));
        let count = finished.clone();
        let registry = registry().on("slow", move |_heard, _payload| {
            let count = count.clone();
            async move {
                tokio::time::sleep(Duration::from_millis(300)).await;
                count.fetch_add(1, Ordering::SeqCst);
                Ok(())
            }
        });
        // So long a poll that only waking can bring the job in time.
        let limits = Limits { concurrency: 2, poll: Duration::from_mins(1), ..Limits::default() };
        let (worker, heard) = worker(&db, clock.clone(), registry, limits);
        let (stop, stopping) = watch::channel(false);
        let running = tokio::spawn({ let worker = worker.clone(); async move { worker.run(stopping).await } });
        for _ in 0..5 {
            put(&db, &ids, "note", clock.now()).await;
        }
        worker.waker().wake();
        until(async || heard.lock().unwrap().len() == 5).await;
        put(&db, &ids, "slow", clock.now()).await;
        worker.waker().wake();
        until(async || db.store.read({ let now = clock.now(); move |conn| counts(conn, now) }).await.unwrap().leased == 1).await;
        stop.send(true).unwrap();
        running.await.unwrap();
        assert_eq!(finished.load(Ordering::SeqCst), 1);
        assert_eq!(alive(&db, clock.now()).await, 0);
    }

    async fn a_stop_cuts_off_what_takes_longer_than_the_grace(db: TestDb) {
        let (ids, clock) = (ids(), TestClock::new());
        let registry = Registry::default().on("forever", |_heard, _payload| async {
            std::future::pending::<Result<()>>().await
        });
        let limits = Limits { poll: Duration::from_millis(5), grace: Duration::from_millis(100), ..Limits::default() };
        let (worker, _heard) = worker(&db, clock.clone(), registry, limits);
        let (stop, stopping) = watch::channel(false);
        let running = tokio::spawn(async move { worker.run(stopping).await });
        put(&db, &ids, "forever", clock.now()).await;
        until(async || db.store.read({ let now = clock.now(); move |conn| counts(conn, now) }).await.unwrap().leased == 1).await;
        drop(stop);
        running.await.unwrap();
        clock.advance(TimeDelta::minutes(2));
        let now = clock.now();
        assert_eq!(db.store.read(move |conn| counts(conn, now)).await.unwrap().ready, 1, "it waits for another worker");
    }

    async fn a_job_longer_than_its_lease_keeps_it(db: TestDb) {
        let (ids, clock) = (ids(), TestClock::new());
        let runs = Arc::new(AtomicU32::new(0));
        let limits = Limits { lease: Duration::from_millis(300), poll: Duration::from_millis(5), ..Limits::default() };
        let (stop, stopping) = watch::channel(false);
        let mut workers = tokio::task::JoinSet::new();
        for _ in 0..2 {
            let count = runs.clone();
            let registry = Registry::default().on("long", move |_heard, _payload| {
                count.fetch_add(1, Ordering::SeqCst);
                async { tokio::time::sleep(Duration::from_millis(1200)).await; Ok(()) }
            });
            let (worker, stopping) = (worker(&db, clock.clone(), registry, limits).0, stopping.clone());
            workers.spawn(async move { worker.run(stopping).await });
        }
        put(&db, &ids, "long", clock.now()).await;
        until(async || alive(&db, clock.now()).await == 0).await;
        stop.send(true).unwrap();
        workers.join_all().await;
        assert_eq!(runs.load(Ordering::SeqCst), 1);
    }
}
