//! The change feed loses nothing, whoever commits when.

use crate::db::{TestDb, on_both};
use crate::ids;
use diesel::prelude::*;
use mainstay::infra::db::feed::{Change, ChangeKind, Follower, News, note, prune};
use mainstay::infra::db::schema::changes;
use mainstay::kernel::{EntityId, Error, NeedId, ProjectId};
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

const NEED: ChangeKind = ChangeKind("need");

/// Notes so many changes, one a transaction.
async fn change(db: &TestDb, count: usize) -> Vec<EntityId> {
    let ids = ids();
    let mut all = Vec::new();
    for _ in 0..count {
        let (ids, need): (_, NeedId) = (ids.clone(), ids.make());
        db.store.write(move |conn| note(conn, &ids, NEED, need)).await.unwrap();
        all.push(need.into());
    }
    all
}

fn entities(news: News) -> Vec<EntityId> {
    match news {
        News::Changes(changes) => changes.into_iter().map(|change| change.entity).collect(),
        News::Reload => panic!("there is nothing to reload"),
    }
}

/// Polls until the horizon has passed every change so far. On PostgreSQL it waits for transactions of the whole server,
/// those of other tests among them.
async fn settle(db: &TestDb, follower: &mut Follower) {
    let last =
        db.store.read(|conn| Ok(changes::table.select(diesel::dsl::max(changes::tick)).first::<Option<i64>>(conn)?));
    let last = last.await.unwrap().unwrap();
    while follower.cursor() <= last {
        tokio::time::sleep(Duration::from_millis(5)).await;
        follower.poll(&db.store).await.unwrap();
    }
}

/// Polls until told to stop, then once more; what it heard.
async fn follow(store: mainstay::infra::db::Store, stop: Arc<AtomicBool>) -> Vec<EntityId> {
    let mut follower = Follower::start(&store).await.unwrap();
    let mut heard = Vec::new();
    loop {
        let last = stop.load(Ordering::SeqCst);
        heard.extend(entities(follower.poll(&store).await.unwrap()));
        if last {
            return heard;
        }
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
}

on_both! {
    async fn a_follower_hears_what_comes_after_its_start_once(db: TestDb) {
        change(&db, 3).await;
        let mut follower = Follower::start(&db.store).await.unwrap();
        settle(&db, &mut follower).await;
        assert_eq!(follower.poll(&db.store).await.unwrap(), News::Changes(vec![]));
        let project: ProjectId = ids().make();
        let (ids, kind) = (ids(), ChangeKind("project"));
        db.store.write(move |conn| note(conn, &ids, kind, project)).await.unwrap();
        let want = Change { kind: "project".into(), entity: project.into() };
        assert_eq!(follower.poll(&db.store).await.unwrap(), News::Changes(vec![want]));
        let more = change(&db, 5).await;
        assert_eq!(entities(follower.poll(&db.store).await.unwrap()), more);
        assert_eq!(follower.poll(&db.store).await.unwrap(), News::Changes(vec![]));
    }

    async fn nothing_is_lost_among_concurrent_writers_and_rollbacks(db: TestDb) {
        let stop = Arc::new(AtomicBool::new(false));
        let followers: Vec<_> = (0..2).map(|_| tokio::spawn(follow(db.store.clone(), stop.clone()))).collect();
        tokio::time::sleep(Duration::from_millis(100)).await;
        let committed = Arc::new(Mutex::new(HashSet::new()));
        let mut writers = tokio::task::JoinSet::new();
        for w in 0..4u64 {
            let (store, committed, ids) = (db.store.clone(), committed.clone(), ids());
            writers.spawn(async move {
                for n in 0..100u64 {
                    let (ids, entity): (_, EntityId) = (ids.clone(), ids.make());
                    let written = store.write(move |conn| {
                        note(conn, &ids, NEED, entity)?;
                        std::thread::sleep(Duration::from_micros((w * 37 + n * 91) % 3000));
                        if n % 7 == 0 { Err(Error::not_found("luck")) } else { Ok(()) }
                    });
                    if written.await.is_ok() {
                        committed.lock().unwrap().insert(entity);
                    }
                }
            });
        }
        writers.join_all().await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        stop.store(true, Ordering::SeqCst);
        for follower in followers {
            let heard = follower.await.unwrap();
            let committed = committed.lock().unwrap().clone();
            assert_eq!((heard.len(), committed.len()), (340, 340), "each once");
            assert_eq!(heard.into_iter().collect::<HashSet<_>>(), committed);
        }
    }

    async fn pruning_keeps_the_newest_and_sends_stragglers_back_to_loading(db: TestDb) {
        let mut straggler = Follower::start(&db.store).await.unwrap();
        change(&db, 10).await;
        let mut current = Follower::start(&db.store).await.unwrap();
        settle(&db, &mut current).await;
        let saved = current.cursor();
        let ids = ids();
        let prune_to = |keep| {
            let ids = ids.clone();
            db.store.write(move |conn| prune(conn, &ids, keep))
        };
        assert_eq!(prune_to(4).await.unwrap(), 6);
        assert_eq!(straggler.poll(&db.store).await.unwrap(), News::Reload);
        assert_eq!(current.poll(&db.store).await.unwrap(), News::Changes(vec![]));
        let more = change(&db, 2).await;
        assert_eq!(entities(straggler.poll(&db.store).await.unwrap()), more);
        assert_eq!(entities(current.poll(&db.store).await.unwrap()), more);
        assert_eq!(entities(Follower::resume(saved).poll(&db.store).await.unwrap()), more);
        assert_eq!(prune_to(100).await.unwrap(), 0);
        // The four and the two, and the mark.
        let rows = || db.store.read(|conn| Ok(changes::table.count().get_result::<i64>(conn)?));
        assert_eq!(rows().await.unwrap(), 7);
        settle(&db, &mut current).await;
        prune_to(0).await.unwrap();
        assert_eq!(rows().await.unwrap(), 2, "the newest stays, so that ticks go on rising");
        assert_eq!(Follower::resume(saved).poll(&db.store).await.unwrap(), News::Reload);
        let more = change(&db, 1).await;
        assert_eq!(entities(current.poll(&db.store).await.unwrap()), more);
    }

    async fn another_database_behind_the_same_url_means_reload(db: TestDb) {
        let mut follower = Follower::resume(i64::MAX);
        assert_eq!(follower.poll(&db.store).await.unwrap(), News::Reload);
        let more = change(&db, 1).await;
        assert_eq!(entities(follower.poll(&db.store).await.unwrap()), more);
    }

    async fn a_failed_poll_leaves_the_follower_where_it_stood(db: TestDb) {
        let mut follower = Follower::start(&db.store).await.unwrap();
        let more = change(&db, 2).await;
        let before = follower.clone();
        let rename = |from: &'static str, to: &'static str| {
            db.store.write(move |conn| Ok(diesel::sql_query(format!("alter table {from} rename to {to}")).execute(conn)?))
        };
        rename("changes", "hidden").await.unwrap();
        assert!(follower.poll(&db.store).await.is_err());
        assert_eq!(follower, before);
        rename("hidden", "changes").await.unwrap();
        assert_eq!(entities(follower.poll(&db.store).await.unwrap()), more);
    }
}

/// Changes committed while an older transaction is still open are told at once, and the older one's too when it ends.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_that_stays_open_hides_nothing() {
    let Some(db) = TestDb::postgres() else { return };
    let mut follower = Follower::start(&db.store).await.unwrap();
    let (go, wait) = mpsc::channel::<()>();
    let (ids, slow): (_, EntityId) = (ids(), ids().make());
    let (store, begun) = (db.store.clone(), Arc::new(AtomicBool::new(false)));
    let seen = begun.clone();
    let held = tokio::spawn(async move {
        store
            .write(move |conn| {
                note(conn, &ids, NEED, slow)?;
                seen.store(true, Ordering::SeqCst);
                wait.recv().unwrap();
                Ok(())
            })
            .await
    });
    while !begun.load(Ordering::SeqCst) {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let mut heard = Vec::new();
    for _ in 0..3 {
        let quick = change(&db, 4).await;
        let news = entities(follower.poll(&db.store).await.unwrap());
        assert_eq!(news, quick);
        heard.extend(news);
    }
    go.send(()).unwrap();
    held.await.unwrap().unwrap();
    assert_eq!(entities(follower.poll(&db.store).await.unwrap()), [slow]);
    assert_eq!(follower.poll(&db.store).await.unwrap(), News::Changes(vec![]));
}

/// A dump restored into a younger server brings ticks that lie ahead of it; pruning takes them away.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ticks_from_another_server_are_pruned() {
    let Some(db) = TestDb::postgres() else { return };
    change(&db, 3).await;
    db.store
        .write(|conn| {
            Ok(diesel::update(changes::table).set(changes::tick.eq(changes::tick + 1_000_000_000)).execute(conn)?)
        })
        .await
        .unwrap();
    let more = change(&db, 2).await;
    let ids = ids();
    assert_eq!(db.store.write(move |conn| prune(conn, &ids, 100)).await.unwrap(), 3);
    let left =
        db.store.read(|conn| Ok(changes::table.order(changes::id).select(changes::entity).load::<EntityId>(conn)?));
    assert_eq!(left.await.unwrap(), more);
}
