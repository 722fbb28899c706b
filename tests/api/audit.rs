//! The audit log: what is in it, who may read it, and that tampering with it is found and named.

use crate::app::TestApp;
use crate::db::{TestDb, on_both};
use crate::market;
use diesel::connection::SimpleConnection as _;
use mainstay::features::audit;
use mainstay::infra::db::{Backend, Conn, Store};
use mainstay::kernel::PlatformRole;
use serde_json::{Value, json};
use std::process::{Command, Output};

const AUDIT: &str = "/api/v1/admin/audit";

/// The program itself, over this database, with the master key of the tests.
pub(crate) fn mainstay(db_url: &str, arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    Command::new(env!("CARGO_BIN_EXE_mainstay"))
        .current_dir(folder.path())
        .env("DATABASE_URL", db_url)
        .env("MAINSTAY_MAIL__TRANSPORT", "memory")
        .env("MAINSTAY_SECRETS__MASTER_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
        .args(arguments)
        .output()
        .unwrap()
}

/// Runs SQL as somebody who owns the database, with the triggers out of the way.
async fn tamper(store: &Store, sql: &str) {
    let sql = sql.to_owned();
    store
        .write(move |conn| {
            match conn {
                Conn::Postgres(_) => conn.batch_execute("alter table events disable trigger all")?,
                Conn::Sqlite(_) => conn.batch_execute(
                    "drop trigger if exists events_not_deleted; drop trigger if exists events_not_changed",
                )?,
            }
            Ok(conn.batch_execute(&sql)?)
        })
        .await
        .unwrap();
}

/// A log of some length, chained; gives the records in the order of the chain.
async fn log(db: TestDb) -> (TestApp, Vec<Value>) {
    let app = TestApp::start(db).await;
    let (lead, coordinator) = (app.person("ada").await, app.coordinator().await);
    let admin = app.person_with("chief", &[PlatformRole::Admin]).await;
    market::project(&lead, &coordinator, "parser", json!({})).await;
    assert!(audit::chain_committed(&app.ctx).await.unwrap() >= 8);
    assert_eq!(audit::chain_committed(&app.ctx).await.unwrap(), 0);
    let mut records = admin.get(&format!("{AUDIT}?limit=100")).await.expect(200)["items"].as_array().unwrap().clone();
    records.reverse();
    (app, records)
}

/// The kinds and places that a walk finds.
async fn found(app: &TestApp) -> Vec<String> {
    let verdict = audit::verify(&app.ctx).await.unwrap();
    verdict
        .findings
        .iter()
        .map(|finding| {
            let kind = serde_json::to_value(finding.kind).unwrap();
            let place = finding.seq.map_or_else(|| "-".to_owned(), |seq| seq.to_string());
            let event = finding.event.map_or_else(|| "-".to_owned(), |event| event.to_string());
            format!("{} {place} {event}", kind.as_str().unwrap())
        })
        .collect()
}

on_both! {
    async fn administrators_read_the_log_and_narrow_it_down(db: TestDb) {
        let (app, records) = log(db).await;
        let admin = app.sign_in("chief@example.org", "chief").await;
        let first = &records[0];
        assert_eq!((first["seq"].as_i64(), first["kind"].as_str(), first["previous"].as_str()), (Some(1), Some("account"), Some("")));
        for pair in records.windows(2) {
            assert_eq!(pair[1]["previous"], pair[0]["link"], "{pair:?}");
        }
        let ada = app.sign_in("ada@example.org", "ada").await;
        let me = ada.get("/api/v1/me").await.expect(200)["id"].as_str().unwrap().to_owned();
        let count = async |query: &str| {
            admin.get(&format!("{AUDIT}?{query}")).await.expect(200)["items"].as_array().unwrap().len()
        };
        assert_eq!(count("kind=platform_role").await, 2);
        assert_eq!(count(&format!("kind=credentials&action=signed_in&actor={me}")).await, 2);
        assert_eq!(count(&format!("entity={me}&kind=account")).await, 1);
        assert_eq!(count("kind=project&action=listed").await, 1);
        assert_eq!(count("until=2026-11-22T09:00:00Z").await, 0);
        assert_eq!(count("from=2026-11-22T09:00:00Z&until=2026-11-22T09:00:01Z&limit=2").await, 2);
        let page = admin.get(&format!("{AUDIT}?limit=1&kind=platform_role")).await.expect(200);
        let next = page["next_cursor"].as_str().unwrap();
        let rest = admin.get(&format!("{AUDIT}?limit=1&kind=platform_role&cursor={next}")).await.expect(200);
        assert_ne!(rest["items"][0]["id"], page["items"][0]["id"]);
        assert_eq!(rest["next_cursor"], Value::Null);

        ada.get(AUDIT).await.problem(403, "forbidden");
        app.anonymous().get(AUDIT).await.problem(401, "auth.required");
        let wrong = admin.get(&format!("{AUDIT}?kind=&from=2026-11-22T09:00:00Z&until=2026-11-22T09:00:00Z&limit=0")).await;
        assert_eq!(wrong.status, 422);
        assert_eq!(wrong.faults(), ["?limit out_of_range", "?kind wrong_length", "?until not_after"]);
        ada.act("/api/v1/auth/logout").await.expect(204);
        assert_eq!(count("action=signed_out").await, 1);
        app.stop().await;
    }

    async fn the_database_keeps_what_was_written(db: TestDb) {
        let store = db.store.clone();
        let (app, _) = log(db).await;
        for sql in [
            "update events set reason = 'harmless' where seq = 2",
            "update events set seq = null, previous = null, link = null where seq = 2",
            "delete from events where seq = 2",
        ] {
            let refused = store.write(move |conn| Ok(conn.batch_execute(sql)?)).await.unwrap_err();
            let cause = std::error::Error::source(&refused).map(ToString::to_string).unwrap_or_default();
            assert!(format!("{refused} {cause}").contains("append-only"), "{sql}: {refused} {cause}");
        }
        assert_eq!(found(&app).await, [""; 0]);
        app.stop().await;
    }

    async fn an_edited_row_is_named(db: TestDb) {
        let url = db.url.clone();
        let (other, fine) = (db.store.clone(), mainstay(&url, &["audit", "verify"]));
        assert!(fine.status.success(), "{}", String::from_utf8_lossy(&fine.stderr));
        let (app, records) = log(db).await;
        assert_eq!(found(&app).await, [""; 0]);
        let target = records[3]["id"].as_str().unwrap();
        tamper(&other, "update events set to_state = 'admin' where seq = 4").await;
        assert_eq!(found(&app).await, [format!("edited 4 {target}")]);

        let told = mainstay(&url, &["audit", "verify"]);
        let text = String::from_utf8_lossy(&told.stdout).into_owned();
        assert_eq!(told.status.code(), Some(1), "{text}");
        assert!(text.contains("#4 ") && text.contains(target), "{text}");
        let told = mainstay(&url, &["audit", "verify", "--format", "json"]);
        let whole: Value = serde_json::from_slice(&told.stdout).unwrap();
        assert_eq!((&whole["findings"][0]["kind"], &whole["findings"][0]["event"]), (&json!("edited"), &json!(target)));
        app.stop().await;
    }

    async fn removed_rows_are_named_in_the_middle_and_at_the_end(db: TestDb) {
        let other = db.store.clone();
        let (app, records) = log(db).await;
        let last = records.len();
        tamper(&other, "delete from events where seq = 3").await;
        assert_eq!(found(&app).await, ["removed 3 -"]);
        tamper(&other, &format!("delete from events where seq >= {}", last - 1)).await;
        assert_eq!(found(&app).await, ["removed 3 -".to_owned(), format!("removed {} -", last - 1)]);
        tamper(&other, &format!("update audit_heads set seq = {}", last - 2)).await;
        assert_eq!(found(&app).await, ["removed 3 -".to_owned(), format!("head {} -", last - 2)]);
        tamper(&other, "delete from audit_heads").await;
        assert_eq!(found(&app).await, ["head - -", "removed 3 -", "head 0 -"]);
        assert_eq!(audit::chain_committed(&app.ctx).await.unwrap(), 0);
        app.stop().await;
    }

    async fn an_inserted_row_is_named_and_never_chained(db: TestDb) {
        let other = db.store.clone();
        let (app, records) = log(db).await;
        // A copy of a genuine row under another id, and one without a stamp.
        let id = "randomblob(16)";
        let id = if matches!(app.ctx.store().kind(), Backend::Sqlite) { id } else { "gen_random_uuid()" };
        tamper(&other, &format!(
            "insert into events (id, machine, entity, actor, from_state, to_state, reason, request_id, at, stamp)
             select {id}, machine, entity, actor, from_state, to_state, reason, request_id, at, stamp from events where seq = 2;
             insert into events (id, machine, entity, actor, from_state, to_state, reason, request_id, at)
             select {id}, machine, entity, actor, from_state, 'admin', reason, request_id, at from events where seq = 2"
        )).await;
        for _ in 0..2 {
            let told = found(&app).await;
            assert_eq!(told.len(), 2, "{told:?}");
            assert!(told.iter().all(|line| line.starts_with("inserted - ")), "{told:?}");
            assert_eq!(audit::chain_committed(&app.ctx).await.unwrap(), 0);
        }
        // What is written after them is chained all the same.
        app.sign_in("ada@example.org", "ada").await;
        assert_eq!(audit::chain_committed(&app.ctx).await.unwrap(), 1);
        assert_eq!(audit::verify(&app.ctx).await.unwrap().head.seq, i64::try_from(records.len()).unwrap() + 1);
        app.stop().await;
    }

    async fn reordered_rows_are_named(db: TestDb) {
        let other = db.store.clone();
        let (app, records) = log(db).await;
        let (two, three) = (records[1]["id"].as_str().unwrap(), records[2]["id"].as_str().unwrap());
        tamper(&other, "update events set seq = -1 where seq = 2; update events set seq = 2 where seq = 3;
            update events set seq = 3 where seq = -1").await;
        assert_eq!(found(&app).await, [format!("moved 2 {three}"), format!("moved 3 {two}")]);
        app.stop().await;
    }

    async fn an_older_state_put_back_shows_by_the_head_noted_down(db: TestDb) {
        let (url, other) = (db.url.clone(), db.store.clone());
        let (app, records) = log(db).await;
        let last = records.last().unwrap();
        let head = format!("{}:{}", last["seq"], last["link"].as_str().unwrap());
        let told = mainstay(&url, &["audit", "verify", "--expect", &head]);
        assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
        assert!(String::from_utf8_lossy(&told.stdout).contains(&format!("head {head}")));
        let exported = mainstay(&url, &["audit", "export", "--after", "2"]);
        let lines: Vec<Value> =
            String::from_utf8_lossy(&exported.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines, records[2..]);

        tamper(&other, "delete from events; update audit_heads set seq = 0, link = '', stamp = ''").await;
        assert_eq!(found(&app).await, [""; 0], "whole by itself");
        assert_eq!(mainstay(&url, &["audit", "verify", "--expect", &head]).status.code(), Some(1));
        assert_eq!(mainstay(&url, &["audit", "verify", "--expect", "nonsense"]).status.code(), Some(2));
        app.stop().await;
    }

    async fn many_write_and_chain_at_once_and_nothing_is_lost(db: TestDb) {
        let app = TestApp::start(db).await;
        app.person("ada").await;
        let writers = (0..6).map(|_| async {
            for _ in 0..5 {
                app.sign_in("ada@example.org", "ada").await;
                audit::chain_committed(&app.ctx).await.unwrap();
            }
        });
        futures_util::future::join_all(writers).await;
        audit::chain_committed(&app.ctx).await.unwrap();
        let verdict = audit::verify(&app.ctx).await.unwrap();
        assert_eq!((verdict.events, verdict.unchained, verdict.head.seq, verdict.findings.len()), (32, 0, 32, 0));
        app.stop().await;
    }
}
