//! The queue: leases, retries, dead jobs.

use crate::db::{TestDb, on_both};
use crate::{at, ids};
use chrono::TimeDelta;
use mainstay::infra::queue::{
    Counts, Enqueued, Job, NewJob, claim, counts, discard, done, enqueue, enqueue_urgent, fail, list_dead, release,
    renew, revive,
};
use mainstay::kernel::{Ids, JobId, Limit, Timestamp};
use serde_json::json;
use std::collections::HashSet;

fn job(run_at: Timestamp) -> NewJob {
    NewJob { kind: "send_mail", payload: json!({"to": "ada"}), run_at, unique_key: None }
}

async fn put(db: &TestDb, ids: &Ids, job: NewJob) -> Enqueued {
    let ids = ids.clone();
    db.store.write(move |conn| enqueue(conn, &ids, at(0), job.clone())).await.unwrap()
}

async fn take(db: &TestDb, now: Timestamp, until: Timestamp, n: u32) -> Vec<Job> {
    db.store.write(move |conn| claim(conn, now, until, n)).await.unwrap()
}

async fn count(db: &TestDb, now: Timestamp) -> Counts {
    db.store.read(move |conn| counts(conn, now)).await.unwrap()
}

async fn finish(db: &TestDb, job: &Job) -> bool {
    let job = job.clone();
    db.store.write(move |conn| done(conn, &job)).await.unwrap()
}

async fn give_up(db: &TestDb, job: &Job, retry_at: Option<Timestamp>) -> bool {
    let job = job.clone();
    db.store.write(move |conn| fail(conn, &job, at(500), "no\0 luck", retry_at)).await.unwrap()
}

fn seconds(n: i64) -> Timestamp {
    at(n * 1_000_000)
}

on_both! {
    async fn a_job_is_claimed_when_due_and_gone_when_done(db: TestDb) {
        let ids = ids();
        let Enqueued::New(id) = put(&db, &ids, job(at(100))).await else { panic!() };
        assert!(take(&db, at(99), at(1000), 10).await.is_empty());
        let claimed = take(&db, at(100), at(1000), 10).await;
        let [one] = claimed.as_slice() else { panic!("{claimed:?}") };
        assert_eq!((one.id, one.kind.as_str(), one.attempts, one.run_at), (id, "send_mail", 1, at(100)));
        assert_eq!(one.payload.0, json!({"to": "ada"}));
        assert!(take(&db, at(999), at(2000), 10).await.is_empty());
        assert!(finish(&db, one).await);
        assert!(!finish(&db, one).await);
        assert_eq!(count(&db, at(5000)).await, Counts::default());
    }

    async fn urgent_jobs_go_before_all_others_that_are_due(db: TestDb) {
        let ids = ids();
        put(&db, &ids, job(at(1))).await;
        let maker = ids.clone();
        let urgent = db.store.write(move |conn| enqueue_urgent(conn, &maker, at(0), job(at(50)))).await.unwrap();
        let later = ids.clone();
        db.store.write(move |conn| enqueue_urgent(conn, &later, at(0), job(at(900)))).await.unwrap();
        let claimed = take(&db, at(100), at(1000), 1).await;
        let [first] = claimed.as_slice() else { panic!("{claimed:?}") };
        assert_eq!(Enqueued::New(first.id), urgent);
        let claimed = take(&db, at(100), at(1000), 10).await;
        assert_eq!(claimed.iter().map(|job| job.run_at).collect::<Vec<_>>(), [at(1)], "what is urgent and not due waits");
    }

    async fn the_longest_due_come_first(db: TestDb) {
        let ids = ids();
        for n in [5, 3, 9, 1, 7] {
            put(&db, &ids, job(at(n))).await;
        }
        let order = |jobs: Vec<Job>| jobs.into_iter().map(|job| job.run_at).collect::<Vec<_>>();
        assert_eq!(order(take(&db, at(10), at(99), 3).await), [at(1), at(3), at(5)]);
        assert_eq!(order(take(&db, at(10), at(99), 3).await), [at(7), at(9)]);
    }

    async fn a_unique_key_is_taken_while_the_job_lives(db: TestDb) {
        let ids = ids();
        let unique = || NewJob { unique_key: Some("sweep".into()), ..job(at(0)) };
        assert!(matches!(put(&db, &ids, unique()).await, Enqueued::New(_)));
        assert_eq!(put(&db, &ids, unique()).await, Enqueued::AlreadyThere);
        assert!(matches!(put(&db, &ids, job(at(0))).await, Enqueued::New(_)));
        let running = take(&db, at(0), at(10), 1).await.remove(0);
        assert_eq!(put(&db, &ids, unique()).await, Enqueued::AlreadyThere);
        assert!(finish(&db, &running).await);
        assert!(matches!(put(&db, &ids, unique()).await, Enqueued::New(_)));
        for claimed in take(&db, at(0), at(10), 9).await {
            assert!(give_up(&db, &claimed, None).await);
        }
        assert!(matches!(put(&db, &ids, unique()).await, Enqueued::New(_)), "a dead job holds no key");
    }

    async fn a_lapsed_lease_passes_the_job_on_and_the_first_worker_is_told(db: TestDb) {
        put(&db, &ids(), job(at(0))).await;
        let first = take(&db, at(0), at(100), 1).await.remove(0);
        assert!(take(&db, at(100), at(200), 1).await.is_empty());
        let renewed = first.clone();
        assert!(db.store.write(move |conn| renew(conn, &renewed, at(300))).await.unwrap());
        assert!(take(&db, at(299), at(400), 1).await.is_empty());
        let second = take(&db, at(301), at(400), 1).await.remove(0);
        assert_eq!((second.id, second.attempts), (first.id, 2));
        let late = first.clone();
        assert!(!db.store.write(move |conn| renew(conn, &late, at(999))).await.unwrap());
        assert!(!give_up(&db, &first, None).await);
        assert!(!finish(&db, &first).await);
        let back = second.clone();
        assert!(db.store.write(move |conn| release(conn, &back)).await.unwrap());
        let third = take(&db, at(302), at(400), 1).await.remove(0);
        assert_eq!(third.attempts, 2, "a job that was given back unbegun has not been tried");
        assert!(finish(&db, &third).await);
    }

    async fn failures_are_tried_again_or_laid_out_as_dead(db: TestDb) {
        let ids = ids();
        for _ in 0..3 {
            put(&db, &ids, job(at(0))).await;
        }
        let claimed = take(&db, at(0), at(100), 3).await;
        assert!(give_up(&db, &claimed[0], Some(at(700))).await);
        assert!(give_up(&db, &claimed[1], None).await);
        assert_eq!(count(&db, at(50)).await, Counts { scheduled: 1, ready: 0, leased: 1, dead: 1, oldest_due: None });
        assert_eq!(count(&db, at(900)).await, Counts { scheduled: 0, ready: 2, leased: 0, dead: 1, oldest_due: Some(at(0)) });
        let limit = Limit::parse(Some(1)).unwrap();
        let page = db.store.read(move |conn| list_dead(conn, None, limit, None)).await.unwrap();
        let [dead] = page.items.as_slice() else { panic!("{page:?}") };
        assert_eq!((dead.id, dead.last_error.as_deref(), dead.dead_at), (claimed[1].id, Some("no luck"), Some(at(500))));
        assert_eq!(page.next, None);
        let (id, stranger): (JobId, JobId) = (dead.id, ids.make());
        let revived = db.store.write(move |conn| Ok((revive(conn, id, at(50))?, revive(conn, id, at(50))?, revive(conn, stranger, at(50))?)));
        assert_eq!(revived.await.unwrap(), (true, false, false));
        let again = take(&db, at(60), at(99), 9).await;
        assert_eq!(again.iter().map(|job| (job.id, job.attempts)).collect::<Vec<_>>(), [(id, 1)]);
        assert!(!db.store.write(move |conn| discard(conn, id)).await.unwrap(), "a living job is not discarded");
        assert!(give_up(&db, &again[0], None).await);
        assert!(db.store.write(move |conn| discard(conn, id)).await.unwrap());
        assert_eq!(count(&db, at(60)).await.dead, 0);
    }

    async fn dead_jobs_are_paged_newest_first(db: TestDb) {
        let ids = ids();
        let mut all = Vec::new();
        for _ in 0..5 {
            let Enqueued::New(id) = put(&db, &ids, job(at(0))).await else { panic!() };
            all.push(id);
        }
        for claimed in take(&db, at(0), at(1), 9).await {
            give_up(&db, &claimed, None).await;
        }
        let (mut seen, mut cursor) = (Vec::new(), None);
        let limit = Limit::parse(Some(2)).unwrap();
        loop {
            let page = db.store.read(move |conn| list_dead(conn, None, limit, cursor.as_ref())).await.unwrap();
            seen.extend(page.items.iter().map(|job| job.id));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        all.reverse();
        assert_eq!(seen, all);
    }

    async fn workers_never_get_the_same_job(db: TestDb) {
        let ids = ids();
        db.store.write(move |conn| {
            for n in 0..200 {
                enqueue(conn, &ids, at(0), job(at(n)))?;
            }
            Ok(())
        }).await.unwrap();
        let mut workers = tokio::task::JoinSet::new();
        for _ in 0..6 {
            let store = db.store.clone();
            workers.spawn(async move {
                let mut mine = Vec::new();
                loop {
                    let got = store.write(|conn| claim(conn, at(1000), seconds(60), 7)).await.unwrap();
                    if got.is_empty() {
                        return mine;
                    }
                    mine.extend(got.into_iter().map(|job| job.id));
                }
            });
        }
        let claimed: Vec<JobId> = workers.join_all().await.into_iter().flatten().collect();
        assert_eq!(claimed.len(), 200);
        assert_eq!(claimed.iter().collect::<HashSet<_>>().len(), 200);
    }

    async fn a_rolled_back_transaction_enqueues_nothing(db: TestDb) {
        let ids = ids();
        let refused = db.store.write(move |conn| {
            enqueue(conn, &ids, at(0), job(at(0)))?;
            Err::<(), _>(mainstay::kernel::Error::not_found("need"))
        });
        assert!(refused.await.is_err());
        assert_eq!(count(&db, at(0) + TimeDelta::hours(1)).await, Counts::default());
    }
}
