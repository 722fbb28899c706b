//! SQLite's writer: many writes a commit, and what becomes of a group whose commit fails.

use crate::db::TestDb;
use crate::ids;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use mainstay::infra::db::Conn;
use mainstay::infra::db::schema::changes;
use mainstay::kernel::{ChangeId, EntityId, Result};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

fn insert(conn: &mut Conn, id: ChangeId, kind: &str) -> Result<()> {
    diesel::insert_into(changes::table)
        .values((changes::id.eq(id), changes::tick.eq(0), changes::kind.eq(kind), changes::entity.eq(EntityId(id.0))))
        .execute(conn)?;
    Ok(())
}

async fn rows(db: &TestDb) -> i64 {
    db.store.read(|conn| Ok(changes::table.count().get_result(conn)?)).await.unwrap()
}

/// Holds the writer inside a write until told to go on, so that what is sent meanwhile makes one group.
fn hold(db: &TestDb) -> (mpsc::Sender<()>, tokio::task::JoinHandle<Result<()>>) {
    let (go, wait) = mpsc::channel::<()>();
    let store = db.store.clone();
    let held =
        tokio::spawn(
            async move { store.write(move |_conn| wait.recv().map_err(mainstay::kernel::Error::internal)).await },
        );
    (go, held)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_answered_before_the_group_is_committed() {
    let db = TestDb::sqlite();
    let ids = ids();
    let (go, held) = hold(&db);
    let mut writers = JoinSet::new();
    for _ in 0..100 {
        let (store, id, other) = (db.store.clone(), ids.make(), db.store.clone());
        writers.spawn(async move {
            store.write(move |conn| insert(conn, id, "test")).await.unwrap();
            // Seen by another connection the moment it is answered.
            let seen = other.read(move |conn| Ok(changes::table.find(id).count().get_result::<i64>(conn)?));
            assert_eq!(seen.await.unwrap(), 1);
        });
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!held.is_finished() && writers.try_join_next().is_none());
    assert_eq!(rows(&db).await, 0);
    go.send(()).unwrap();
    held.await.unwrap().unwrap();
    writers.join_all().await;
    assert_eq!(rows(&db).await, 100);
}

/// SQLite rolls a whole transaction back by itself when the disk is full: then nobody in the group may hear that it worked.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_loses_nothing_that_was_acknowledged() {
    let db = TestDb::sqlite();
    let ids = ids();
    // Lasts as long as the writer's connection.
    db.store.write(|conn| Ok(conn.batch_execute("pragma max_page_count = 40")?)).await.unwrap();
    let (go, held) = hold(&db);
    let mut writers = JoinSet::new();
    for n in 0..60 {
        let (store, id) = (db.store.clone(), ids.make::<ChangeId>());
        // The big one comes in the middle: some have run before it, some come after.
        let kind = if n == 30 { "x".repeat(1_000_000) } else { "small".to_owned() };
        writers.spawn(async move {
            let result = store.write(move |conn| insert(conn, id, &kind)).await;
            (id, result)
        });
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    go.send(()).unwrap();
    let _outcome = held.await.unwrap();
    let (mut kept, mut lost) = (0, 0);
    while let Some(answer) = writers.join_next().await {
        let (id, result) = answer.unwrap();
        let there =
            db.store.read(move |conn| Ok(changes::table.find(id).count().get_result::<i64>(conn)?)).await.unwrap();
        match result {
            Ok(()) => {
                kept += 1;
                assert_eq!(there, 1, "acknowledged, and gone");
            }
            Err(error) => {
                lost += 1;
                assert_eq!((error.code(), there), ("unavailable", 0), "{error:?}");
            }
        }
    }
    assert_eq!((kept + lost, i64::from(kept)), (60, rows(&db).await));
    assert!(lost >= 1, "the big one can't have fitted");
    // The connection was replaced, and with it the limit is gone.
    let id = ids.make();
    db.store.write(move |conn| insert(conn, id, &"x".repeat(1_000_000))).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_another_process_holds_is_answered_in_time() {
    let db = TestDb::sqlite();
    let ids = ids();
    let mut other = SqliteConnection::establish(db.url.strip_prefix("sqlite:").unwrap()).unwrap();
    other.batch_execute("begin immediate").unwrap();
    let began = Instant::now();
    let mut writers = JoinSet::new();
    for _ in 0..20 {
        let (store, id) = (db.store.clone(), ids.make());
        writers.spawn(async move { store.write(move |conn| insert(conn, id, "test")).await });
    }
    for answer in writers.join_all().await {
        assert_eq!(answer.unwrap_err().code(), "unavailable");
    }
    assert!(began.elapsed() < Duration::from_secs(8), "they wait for the lock together, not one after the other");
    other.batch_execute("rollback").unwrap();
    let id = ids.make();
    db.store.write(move |conn| insert(conn, id, "test")).await.unwrap();
    assert_eq!(rows(&db).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_can_not_write() {
    let db = TestDb::sqlite();
    let id = ids().make();
    let error = db.store.read(move |conn| insert(conn, id, "test")).await.unwrap_err();
    assert!(format!("{error:?}").contains("readonly"), "{error:?}");
}
