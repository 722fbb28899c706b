//! A database that goes away and comes back.

use crate::db::TestDb;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::Integer;
use mainstay::infra::db::Store;
use mainstay::kernel::Error;
use tokio::task::JoinSet;

fn one(conn: &mut mainstay::infra::db::Conn) -> mainstay::kernel::Result<i32> {
    Ok(diesel::select(diesel::dsl::sql::<Integer>("1")).get_result(conn)?)
}

/// What a restart of the server does to the pooled connections.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_died_in_the_pool_are_replaced() {
    let Some(db) = TestDb::postgres() else { return };
    let warm = || async {
        let mut all = JoinSet::new();
        for _ in 0..4 {
            let store = db.store.clone();
            all.spawn(async move { store.read(|conn| Ok(conn.batch_execute("select pg_sleep(0.05)")?)).await });
        }
        all.join_all().await
    };
    let kill = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";
    let killer = PgConnection::establish(&db.url);
    let mut killer = killer.unwrap();

    assert!(warm().await.iter().all(Result::is_ok));
    killer.batch_execute(kill).unwrap();
    // A write notices before anything was done, and takes another connection.
    assert_eq!(db.store.write(one).await.unwrap(), 1);

    assert!(warm().await.iter().all(Result::is_ok));
    killer.batch_execute(kill).unwrap();
    // A read may fail once a connection, honestly; none of them is used again.
    let failed: Vec<Error> = warm().await.into_iter().filter_map(Result::err).collect();
    assert!(failed.iter().all(|error| error.code() == "unavailable"), "{failed:?}");
    assert!(warm().await.iter().all(Result::is_ok));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_time_outs_are_unavailable_not_internal() {
    let Some(db) = TestDb::postgres() else { return };
    let slow =
        db.store.write(|conn| Ok(conn.batch_execute("set local statement_timeout = '20ms'; select pg_sleep(2)")?));
    assert_eq!(slow.await.unwrap_err().code(), "unavailable");
}

#[test]
fn a_database_that_is_not_there_shows_at_open_and_without_the_password() {
    for (url, sentence) in [
        ("sqlite:/no/such/directory/a.db", "does its directory exist"),
        ("postgres://ada:hunter2@127.0.0.1:9/db", "127.0.0.1"),
        ("nonsense", "neither sqlite: nor postgres://"),
    ] {
        let error = Store::open(url, 1).err().unwrap();
        let text = format!("{error} {error:?}");
        assert!(text.contains(sentence) && !text.contains("hunter2"), "{text}");
    }
}
