//! Whether the time of an answer tells that an address has an account. Slow, and worth little on a machine that does other
//! things meanwhile: `just timing` runs it.

use crate::app::TestApp;
use crate::db::TestDb;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// So many of each.
const ROUNDS: usize = 200;
/// Each is the fastest of so many questions in a row, as whoever measures from outside would do it: what else the machine
/// does meanwhile only ever slows down.
const TRIES: usize = 3;
/// How far the medians may be apart.
const APART: f64 = 0.05;

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64()
}

/// Asks for the known and for unknown addresses in turns, so that whatever else slows the machine slows both.
async fn compare(app: &TestApp, path: &str, body: impl Fn(&str) -> Value, status: u16) {
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    let client = app.anonymous();
    for round in 0..ROUNDS * 2 + 8 {
        // Known, unknown, unknown, known: neither always comes first.
        let is_known = matches!(round % 4, 0 | 3);
        let email = if is_known { "ada@example.org".to_owned() } else { format!("bob{:03}@example.org", round % 1000) };
        let mut took = Duration::MAX;
        for _ in 0..TRIES {
            let begun = Instant::now();
            let answer = client.post(path, body(&email)).await;
            took = took.min(begun.elapsed());
            assert_eq!(answer.status, status, "{}", answer.text);
        }
        // The first ones find cold caches.
        if round >= 8 {
            if is_known { known.push(took) } else { unknown.push(took) }
        }
    }
    assert_eq!((known.len(), unknown.len()), (ROUNDS, ROUNDS));
    let (known, unknown) = (median(known), median(unknown));
    let apart = (known - unknown).abs() / known.min(unknown);
    println!("{path}: known {:.3} ms, unknown {:.3} ms, {:.1}% apart", known * 1e3, unknown * 1e3, apart * 100.0);
    assert!(apart <= APART, "{path}: known {known} s, unknown {unknown} s");
}

async fn both(db: TestDb) {
    // Hashes as expensive as they are in earnest.
    let earnest = mainstay::infra::config::load(&mainstay::infra::config::Sources::default()).unwrap().settings.auth;
    let app = TestApp::start_with(db, |settings| {
        settings.auth.argon2_memory_kib = earnest.argon2_memory_kib;
        settings.auth.argon2_iterations = earnest.argon2_iterations;
        settings.auth.argon2_parallelism = earnest.argon2_parallelism;
    })
    .await;
    app.person("ada").await;
    let log_in = |email: &str| json!({"email": email, "password": "not the right passphrase"});
    compare(&app, "/api/v1/auth/login", log_in, 401).await;
    compare(&app, "/api/v1/auth/password/forgot", |email: &str| json!({"email": email}), 202).await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures time: `just timing`"]
async fn a_known_address_takes_as_long_as_an_unknown_one_sqlite() {
    both(TestDb::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures time: `just timing`"]
async fn a_known_address_takes_as_long_as_an_unknown_one_postgres() {
    if let Some(db) = TestDb::postgres() {
        both(db).await;
    }
}
