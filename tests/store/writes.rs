//! What `Ok` and `Err` of a write mean, whatever happens inside.

use crate::db::{TestDb, on_both};
use crate::ids;
use diesel::connection::Connection as _;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as Db};
use mainstay::infra::db::schema::changes;
use mainstay::infra::db::{Conn, unique_violation_on};
use mainstay::kernel::{ChangeId, EntityId, Error, Result};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier};

fn insert(conn: &mut Conn, id: ChangeId) -> Result<()> {
    diesel::insert_into(changes::table)
        .values((changes::id.eq(id), changes::tick.eq(0), changes::kind.eq("test"), changes::entity.eq(EntityId(id.0))))
        .execute(conn)?;
    Ok(())
}

async fn is_there(db: &TestDb, id: ChangeId) -> bool {
    let found = db.store.read(move |conn| Ok(changes::table.find(id).count().get_result::<i64>(conn)?));
    found.await.unwrap() == 1
}

async fn count(db: &TestDb) -> i64 {
    db.store.read(|conn| Ok(changes::table.count().get_result(conn)?)).await.unwrap()
}

fn cause(error: &Error) -> String {
    std::error::Error::source(error).map(ToString::to_string).unwrap_or_default()
}

on_both! {
    async fn ok_keeps_everything_and_err_nothing(db: TestDb) {
        let ids = ids();
        let (kept, dropped): (ChangeId, ChangeId) = (ids.make(), ids.make());
        let seven = db.store.write(move |conn| insert(conn, kept).map(|()| 7)).await.unwrap();
        let refused = db.store.write(move |conn| {
            insert(conn, dropped)?;
            Err::<(), _>(Error::not_found("need"))
        });
        assert_eq!(refused.await.unwrap_err().code(), "not_found");
        assert_eq!((seven, is_there(&db, kept).await, is_there(&db, dropped).await), (7, true, false));
    }

    async fn a_failed_statement_in_a_savepoint_leaves_the_rest_usable(db: TestDb) {
        let ids = ids();
        let (first, second): (ChangeId, ChangeId) = (ids.make(), ids.make());
        db.store.write(move |conn| {
            insert(conn, first)?;
            let again = conn.transaction(|conn| insert(conn, first)).unwrap_err();
            assert!(unique_violation_on(&again, "changes", "id"), "{again:?}");
            insert(conn, second)
        }).await.unwrap();
        assert_eq!(count(&db).await, 2);
    }

    async fn a_closure_that_ends_too_few_transactions_is_refused(db: TestDb) {
        use diesel::connection::TransactionManager;
        let ids = ids();
        for fails in [false, true] {
            let (id, next): (ChangeId, ChangeId) = (ids.make(), ids.make());
            let result = db.store.write(move |conn| {
                insert(conn, id)?;
                <Conn as diesel::Connection>::TransactionManager::begin_transaction(conn)?;
                if fails { Err(Error::not_found("need")) } else { Ok(()) }
            });
            let error = result.await.unwrap_err();
            assert_eq!(error.code(), if fails { "not_found" } else { "internal" });
            db.store.write(move |conn| insert(conn, next)).await.unwrap();
            assert_eq!((is_there(&db, id).await, is_there(&db, next).await), (false, true));
        }
    }

    async fn a_swallowed_failure_does_not_become_a_success(db: TestDb) {
        let id: ChangeId = ids().make();
        let result = db.store.write(move |conn| {
            insert(conn, id)?;
            let _swallowed = insert(conn, id);
            Ok(())
        }).await;
        // PostgreSQL calls the whole transaction dead, SQLite only the statement; in both the answer is the truth.
        assert_eq!(result.is_ok(), is_there(&db, id).await, "{result:?}");
    }

    async fn a_panic_is_an_internal_error_and_the_store_goes_on(db: TestDb) {
        let ids = ids();
        for depth in 0..3 {
            let id: ChangeId = ids.make();
            let boom = db.store.write(move |conn| {
                insert(conn, id)?;
                let dig = |conn: &mut Conn| -> Result<()> {
                    insert(conn, ChangeId(uuid::Uuid::from_u128(id.0.as_u128() + 1)))?;
                    panic!("boom {depth}")
                };
                match depth {
                    0 => dig(conn),
                    1 => conn.transaction(dig),
                    _ => conn.transaction(|conn| conn.transaction(dig)),
                }
            });
            let error = boom.await.unwrap_err();
            assert_eq!((error.code(), cause(&error)), ("internal", format!("panicked: boom {depth}")));
            assert_eq!(count(&db).await, i64::from(depth));
            db.store.write(move |conn| insert(conn, id)).await.unwrap();
        }
        let error = db.store.read(|_conn| if true { panic!("in a read") } else { Ok(()) }).await.unwrap_err();
        assert_eq!((error.code(), cause(&error).as_str()), ("internal", "panicked: in a read"));
        for _ in 0..20 {
            db.store.ping().await.unwrap();
        }
    }

    async fn hundreds_of_writers_get_each_their_own_answer(db: TestDb) {
        let ids = ids();
        let mut writers = tokio::task::JoinSet::new();
        for n in 0..300 {
            let (store, ids) = (db.store.clone(), ids.clone());
            writers.spawn(async move {
                let id: ChangeId = ids.make();
                let result = store.write(move |conn| {
                    insert(conn, id)?;
                    match n % 50 {
                        1 => panic!("boom"),
                        2 => insert(conn, id),
                        n if n % 3 == 0 => Err(Error::not_found("need")),
                        _ => Ok(()),
                    }
                });
                let result = result.await;
                let there = store.read(move |conn| Ok(changes::table.find(id).count().get_result::<i64>(conn)?)).await.unwrap();
                match (result, there) {
                    (Ok(()), 1) => 0,
                    (Err(error), 0) if error.code() == "not_found" => 1,
                    (Err(error), 0) if cause(&error).contains("boom") => 2,
                    (Err(error), 0) if unique_violation_on(&error, "changes", "id") => 3,
                    other => panic!("{other:?}"),
                }
            });
        }
        let mut tally = [0; 4];
        while let Some(outcome) = writers.join_next().await {
            tally[outcome.unwrap()] += 1;
        }
        let counted = [0, 1, 2, 3].map(|class| (0..300).filter(|n| class == match n % 50 { 1 => 2, 2 => 3, n if n % 3 == 0 => 1, _ => 0 }).count());
        assert_eq!(tally, counted);
    }

    async fn conditional_updates_never_overdraw(db: TestDb) {
        let id: ChangeId = ids().make();
        db.store.write(move |conn| {
            insert(conn, id)?;
            diesel::update(changes::table.find(id)).set(changes::tick.eq(10)).execute(conn)?;
            Ok(())
        }).await.unwrap();
        let mut takers = tokio::task::JoinSet::new();
        for _ in 0..40 {
            let store = db.store.clone();
            takers.spawn(async move {
                store.write(move |conn| {
                    let left = changes::table.find(id).filter(changes::tick.ge(1));
                    Ok(diesel::update(left).set(changes::tick.eq(changes::tick - 1)).execute(conn)?)
                }).await.unwrap()
            });
        }
        let taken: usize = takers.join_all().await.into_iter().sum();
        let left: i64 = db.store.read(move |conn| Ok(changes::table.find(id).select(changes::tick).first(conn)?)).await.unwrap();
        assert_eq!((taken, left), (10, 0));
    }

    async fn two_that_lock_crosswise_both_get_through(db: TestDb) {
        let ids = ids();
        let rows: [ChangeId; 2] = [ids.make(), ids.make()];
        db.store.write(move |conn| rows.into_iter().try_for_each(|id| insert(conn, id))).await.unwrap();
        let runs = Arc::new(AtomicU32::new(0));
        // PostgreSQL runs both at once, and one of them must lose; SQLite's writer runs one after the other.
        let both_hold_one = (db.store.kind() == mainstay::infra::db::Backend::Postgres).then(|| Arc::new(Barrier::new(2)));
        let crosswise = |order: [ChangeId; 2]| {
            let (runs, barrier, mut first) = (runs.clone(), both_hold_one.clone(), true);
            db.store.write(move |conn| {
                runs.fetch_add(1, Ordering::Relaxed);
                for (n, id) in order.into_iter().enumerate() {
                    diesel::update(changes::table.find(id)).set(changes::tick.eq(changes::tick + 1)).execute(conn)?;
                    if let (0, true, Some(barrier)) = (n, first, &barrier) {
                        first = false;
                        barrier.wait();
                    }
                }
                Ok(())
            })
        };
        let (one, other) = tokio::join!(crosswise(rows), crosswise([rows[1], rows[0]]));
        one.unwrap();
        other.unwrap();
        let ticks: Vec<i64> = db.store.read(|conn| Ok(changes::table.select(changes::tick).load(conn)?)).await.unwrap();
        assert_eq!(ticks, [2, 2]);
        let wanted = if both_hold_one.is_some() { 3 } else { 2 };
        assert_eq!(runs.load(Ordering::Relaxed), wanted, "the loser of the deadlock runs again");
    }

    async fn a_write_outlives_the_caller_that_went_away(db: TestDb) {
        let ids = ids();
        let id: ChangeId = ids.make();
        let (begun, seen) = std::sync::mpsc::channel();
        let store = db.store.clone();
        let caller = tokio::spawn(async move {
            store.write(move |conn| {
                begun.send(()).unwrap();
                std::thread::sleep(std::time::Duration::from_millis(50));
                insert(conn, id)
            }).await
        });
        tokio::task::spawn_blocking(move || seen.recv().unwrap()).await.unwrap();
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
        for _ in 0..100 {
            if is_there(&db, id).await {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("the write was begun, and is not there");
    }
}

/// What loses again and again is given up after five more tries, and the caller may come back later.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_gives_up_after_five_retries() {
    let Some(db) = TestDb::postgres() else { return };
    let runs = Arc::new(AtomicU32::new(0));
    let counted = runs.clone();
    let error = db.store.write(move |_conn| {
        counted.fetch_add(1, Ordering::Relaxed);
        Err::<(), _>(Db::DatabaseError(DatabaseErrorKind::SerializationFailure, Box::new("again".to_owned())).into())
    });
    let error = error.await.unwrap_err();
    assert_eq!((runs.load(Ordering::Relaxed), error.code(), error.retry_after_seconds()), (6, "unavailable", Some(2)));
}
