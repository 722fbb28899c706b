//! Guessing passwords is slowed down, and locks nobody out.

use crate::app::{PASSWORD, TestApp};
use crate::client::Answer;
use crate::db::{TestDb, on_both};
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::json;

async fn start(db: TestDb) -> TestApp {
    TestApp::start_with(db, |settings| {
        settings.rate_limit.enabled = true;
        settings.rate_limit.auth_per_minute = 10_000;
        settings.rate_limit.per_address_per_minute = 10_000;
        settings.rate_limit.burst = 10_000;
        settings.server.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
    })
    .await
}

/// An attempt from this address by this program.
async fn attempt(app: &TestApp, from: &str, agent: &str, handle: &str, password: &str) -> Answer {
    let body = json!({"email": format!("{handle}@example.org"), "password": password}).to_string();
    let headers = [("x-forwarded-for", from), ("user-agent", agent)];
    app.anonymous().send(Method::POST, "/api/v1/auth/login", &headers, Some(body)).await
}

on_both! {
    async fn a_guesser_waits_longer_and_longer_while_its_owner_signs_in(db: TestDb) {
        let app = start(db).await;
        app.person("ada").await;
        attempt(&app, "198.51.100.1", "hers", "ada", PASSWORD).await.expect(200);
        for _ in 0..6 {
            attempt(&app, "203.0.113.9", "theirs", "ada", "not the password").await.problem(401, "auth.wrong_credentials");
        }
        let refused = attempt(&app, "203.0.113.9", "theirs", "ada", PASSWORD).await;
        assert_eq!(refused.header("retry-after"), Some("1"));
        refused.problem(429, "auth.too_many_attempts");
        attempt(&app, "198.51.100.1", "hers", "ada", PASSWORD).await.expect(200);
        attempt(&app, "198.51.100.77", "new", "ada", PASSWORD).await.expect(200);
        app.clock.advance(TimeDelta::seconds(1));
        attempt(&app, "203.0.113.9", "theirs", "ada", "not the password").await.problem(401, "auth.wrong_credentials");
        assert_eq!(attempt(&app, "203.0.113.9", "theirs", "ada", PASSWORD).await.header("retry-after"), Some("2"));
        app.clock.advance(TimeDelta::seconds(2));
        attempt(&app, "203.0.113.9", "theirs", "ada", PASSWORD).await.expect(200);
        app.stop().await;
    }

    async fn a_known_device_is_not_slowed_down_by_others_behind_its_address(db: TestDb) {
        let app = start(db).await;
        app.person("ada").await;
        attempt(&app, "203.0.113.9", "hers", "ada", PASSWORD).await.expect(200);
        for n in 0..40 {
            attempt(&app, "203.0.113.9", "theirs", &format!("nobody{n}"), "not the password").await;
            attempt(&app, "203.0.113.9", "theirs", "ada", "not the password").await;
        }
        attempt(&app, "203.0.113.9", "theirs", "ada", PASSWORD).await.problem(429, "auth.too_many_attempts");
        attempt(&app, "203.0.113.9", "theirs", "one-more", PASSWORD).await.problem(429, "auth.too_many_attempts");
        attempt(&app, "203.0.113.9", "hers", "ada", PASSWORD).await.expect(200);
        attempt(&app, "203.0.113.10", "theirs", "ada", PASSWORD).await.expect(200);
    }

    async fn known_and_unknown_accounts_are_slowed_down_alike(db: TestDb) {
        let app = start(db).await;
        app.person("ada").await;
        let mut seen = Vec::new();
        for (from, handle) in [("203.0.113.1", "ada"), ("203.0.113.2", "nobody")] {
            let mut answers = Vec::new();
            for _ in 0..9 {
                let answer = attempt(&app, from, "x", handle, "not the password").await;
                answers.push((answer.status, answer.header("retry-after").map(str::to_owned), answer.json["detail"].clone()));
            }
            seen.push(answers);
        }
        assert_eq!(seen[0], seen[1]);
    }

    async fn a_stolen_session_cannot_try_passwords_at_will(db: TestDb) {
        let app = start(db).await;
        let ada = app.person("ada").await;
        let body = json!({"current_password": "not the password", "new_password": "seven unlikely paper boats"});
        for _ in 0..6 {
            ada.post("/api/v1/me/password", body.clone()).await.problem(422, "input.invalid");
        }
        ada.post("/api/v1/me/password", body).await.problem(429, "auth.too_many_attempts");
    }

    async fn passwords_without_a_factor_are_as_long_as_the_settings_ask(db: TestDb) {
        let app = TestApp::start_with(db, |settings| settings.auth.password_characters = 15).await;
        let person = |password: &str| json!({"email": "ada@example.org", "password": password, "handle": "ada", "display_name": "Ada"});
        let refused = app.anonymous().post("/api/v1/auth/register", person("boat kite plum")).await;
        assert_eq!(refused.faults(), ["/password too_short"]);
        app.anonymous().post("/api/v1/auth/register", person("boat kite plums")).await.expect(202);
    }
}
