//! Registering, signing in and out.

use crate::app::{PASSWORD, TestApp};
use crate::client::Client;
use crate::db::on_both;
use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};

fn person(handle: &str) -> Value {
    json!({"email": format!("{handle}@example.org"), "password": PASSWORD, "handle": handle, "display_name": "Ada L."})
}

/// The token in the newest mail to this person.
fn mailed_token(app: &TestApp, handle: &str) -> String {
    let to = mainstay::kernel::Email::parse(&format!("{handle}@example.org")).unwrap();
    let mail = app.mailbox.to(&to).pop().expect("a mail");
    mail.text.lines().find(|line| line.starts_with("mst_verify_")).expect("a token").to_owned()
}

async fn log_in(app: &TestApp, handle: &str) -> Value {
    let body = json!({"email": format!("{handle}@example.org"), "password": PASSWORD});
    app.anonymous().post("/api/v1/auth/login", body).await.expect(200)
}

fn holder(app: &TestApp, tokens: &Value) -> Client {
    app.anonymous().with_token(tokens["access_token"].as_str().unwrap(), "ada")
}

on_both! {
    async fn a_person_registers_verifies_and_signs_in(db: TestDb) {
        let app = TestApp::start(db).await;
        let anonymous = app.anonymous();
        anonymous.post("/api/v1/auth/register", person("ada")).await.expect(202);
        let ada = holder(&app, &log_in(&app, "ada").await);
        assert_eq!(ada.get("/api/v1/me").await.expect(200)["email_verified"], false);
        ada.post("/api/v1/organizations", json!({"name": "Early", "kind": "company"})).await.problem(403, "account.email_unverified");

        app.run_jobs().await;
        let token = mailed_token(&app, "ada");
        anonymous.post("/api/v1/auth/verify-email", json!({"token": token})).await.expect(200);
        let me = ada.get("/api/v1/me").await.expect(200);
        assert_eq!((me["email_verified"].as_bool(), me["handle"].as_str()), (Some(true), Some("ada")));
        anonymous.post("/api/v1/auth/verify-email", json!({"token": token})).await.problem(422, "auth.invalid_verification_token");
        app.stop().await;
    }

    async fn of_many_who_race_with_one_verification_link_one_wins(db: TestDb) {
        let app = TestApp::start(db).await;
        app.anonymous().post("/api/v1/auth/register", person("ada")).await.expect(202);
        app.run_jobs().await;
        let body = json!({"token": mailed_token(&app, "ada")});
        let clients: Vec<Client> = (0..6).map(|_| app.anonymous()).collect();
        let answers = join_all(clients.iter().map(|client| client.post("/api/v1/auth/verify-email", body.clone()))).await;
        let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
        assert_eq!((won.len(), lost.len()), (1, 5));
        for answer in lost {
            answer.problem(422, "auth.invalid_verification_token");
        }
        let ada = holder(&app, &log_in(&app, "ada").await);
        assert_eq!(ada.get("/api/v1/me").await.expect(200)["email_verified"], true);
        app.stop().await;
    }

    async fn looking_at_the_mailed_link_changes_nothing_and_its_button_verifies(db: TestDb) {
        let app = TestApp::start(db).await;
        let anonymous = app.anonymous();
        anonymous.post("/api/v1/auth/register", person("ada")).await.expect(202);
        app.run_jobs().await;
        let token = mailed_token(&app, "ada");
        let ada = holder(&app, &log_in(&app, "ada").await);
        for _ in 0..2 {
            let page = anonymous.get(&format!("/verify-email?token={token}")).await;
            assert!(page.status == 200 && page.text.contains(&token), "{}", page.text);
        }
        assert_eq!(ada.get("/api/v1/me").await.expect(200)["email_verified"], false);
        let hostile = anonymous.get("/verify-email?token=%22%3E%3Cscript%3E").await;
        assert!(!hostile.text.contains("<script>"), "{}", hostile.text);
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let press = || anonymous.send(reqwest::Method::POST, "/verify-email", &form, Some(format!("token={token}")));
        assert_eq!(press().await.status, 200);
        assert_eq!(ada.get("/api/v1/me").await.expect(200)["email_verified"], true);
        press().await.problem(422, "auth.invalid_verification_token");
    }

    async fn links_end_after_a_day_and_can_be_sent_again_but_not_often(db: TestDb) {
        let app = TestApp::start(db).await;
        app.anonymous().post("/api/v1/auth/register", person("ada")).await.expect(202);
        app.run_jobs().await;
        let old = mailed_token(&app, "ada");
        app.clock.advance(TimeDelta::hours(25));
        app.anonymous().post("/api/v1/auth/verify-email", json!({"token": old})).await.problem(422, "auth.invalid_verification_token");
        for _ in 0..5 {
            app.anonymous().post("/api/v1/auth/verify-email/resend", json!({"email": "ada@example.org"})).await.expect(202);
        }
        app.anonymous().post("/api/v1/auth/verify-email/resend", json!({"email": "nobody@example.org"})).await.expect(202);
        app.run_jobs().await;
        assert_eq!(app.mailbox.messages().len(), 4, "the first, and three an hour");
        let token = mailed_token(&app, "ada");
        app.anonymous().post("/api/v1/auth/verify-email", json!({"token": token})).await.expect(200);
    }

    async fn a_known_address_gets_the_same_answer_and_its_owner_a_mail(db: TestDb) {
        let app = TestApp::start(db).await;
        app.person("ada").await;
        let known = app.anonymous().post("/api/v1/auth/register", json!({"email": "ADA@example.org", "password": PASSWORD, "handle": "other", "display_name": "X"})).await;
        let unknown = app.anonymous().post("/api/v1/auth/register", person("grace")).await;
        assert_eq!((known.status, &known.text), (unknown.status, &unknown.text));
        app.run_jobs().await;
        let mails = app.mailbox.messages();
        assert_eq!(mails.iter().filter(|mail| mail.subject.as_str().contains("already have")).count(), 1);
        app.anonymous().post("/api/v1/auth/register", person("ada")).await.problem(409, "account.handle_taken");
    }

    async fn wrong_credentials_never_say_what_is_wrong(db: TestDb) {
        let app = TestApp::start(db).await;
        app.person("ada").await;
        let mut answers = Vec::new();
        for (email, password) in [("ada@example.org", "not the password"), ("nobody@example.org", PASSWORD), ("no address", PASSWORD)] {
            let answer = app.anonymous().post("/api/v1/auth/login", json!({"email": email, "password": password})).await;
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
            answers.push(answer.problem(401, "auth.wrong_credentials")["detail"].clone());
        }
        answers.dedup();
        assert_eq!(answers.len(), 1);
    }

    async fn refresh_tokens_rotate_and_reuse_ends_the_session(db: TestDb) {
        let app = TestApp::start(db).await;
        app.person("ada").await;
        let first = log_in(&app, "ada").await;
        let refresh = |tokens: &Value| {
            let (client, body) = (app.anonymous(), json!({"refresh_token": tokens["refresh_token"]}));
            async move { client.post("/api/v1/auth/refresh", body).await }
        };
        let second = refresh(&first).await.expect(200);
        assert_ne!(first["refresh_token"], second["refresh_token"]);
        holder(&app, &second).get("/api/v1/me").await.expect(200);
        refresh(&first).await.problem(401, "auth.invalid_refresh_token");
        refresh(&second).await.problem(401, "auth.invalid_refresh_token");
        holder(&app, &second).get("/api/v1/me").await.problem(401, "auth.invalid_token");
    }

    async fn of_many_who_race_with_one_refresh_token_at_most_one_wins(db: TestDb) {
        let app = TestApp::start(db).await;
        app.person("ada").await;
        let tokens = log_in(&app, "ada").await;
        let tries = (0..8).map(|_| {
            let (client, body) = (app.anonymous(), json!({"refresh_token": tokens["refresh_token"]}));
            tokio::spawn(async move { client.post("/api/v1/auth/refresh", body).await.status })
        });
        let mut won = 0;
        for each in tries.collect::<Vec<_>>() {
            match each.await.unwrap() {
                200 => won += 1,
                status => assert_eq!(status, 401),
            }
        }
        assert_eq!(won, 1);
    }

    async fn signing_out_and_time_end_access(db: TestDb) {
        let app = TestApp::start(db).await;
        let ada = app.person("ada").await;
        ada.get("/api/v1/me").await.expect(200);
        assert_eq!(ada.act("/api/v1/auth/logout").await.status, 204);
        ada.get("/api/v1/me").await.problem(401, "auth.invalid_token");
        let again = app.sign_in("ada@example.org", "ada").await;
        app.clock.advance(TimeDelta::minutes(16));
        again.get("/api/v1/me").await.problem(401, "auth.invalid_token");
    }

    async fn one_of_many_gets_the_handle(db: TestDb) {
        let app = TestApp::start(db).await;
        let tries = (0..8).map(|n| {
            let mut body = person("ada");
            body["email"] = json!(format!("ada{n}@example.org"));
            let client = app.anonymous();
            tokio::spawn(async move { client.post("/api/v1/auth/register", body).await.status })
        });
        let mut statuses = Vec::new();
        for each in tries.collect::<Vec<_>>() {
            statuses.push(each.await.unwrap());
        }
        statuses.sort_unstable();
        assert_eq!(statuses, [202, 409, 409, 409, 409, 409, 409, 409]);
    }

    async fn the_own_account_changes_under_a_guard(db: TestDb) {
        let app = TestApp::start(db).await;
        let ada = app.person("ada").await;
        app.person("grace").await;
        let read = ada.get("/api/v1/me").await;
        let (etag, patch) = (read.etag(), json!({"display_name": "Ada Lovelace"}).to_string());
        ada.send(reqwest::Method::PATCH, "/api/v1/me", &[], Some(patch.clone())).await.problem(428, "precondition.required");
        let changed = ada.send(reqwest::Method::PATCH, "/api/v1/me", &[("if-match", &etag)], Some(patch.clone())).await;
        assert_eq!(changed.expect(200)["display_name"], "Ada Lovelace");
        ada.send(reqwest::Method::PATCH, "/api/v1/me", &[("if-match", &etag)], Some(patch)).await.problem(412, "precondition.stale");
        ada.patch("/api/v1/me", json!({"handle": "grace"})).await.problem(409, "account.handle_taken");
        ada.patch("/api/v1/me", json!({"handle": null})).await.problem(422, "input.invalid");
        let now = ada.get("/api/v1/me").await.etag();
        let same = ada.send(reqwest::Method::GET, "/api/v1/me", &[("if-none-match", &now)], None).await;
        assert_eq!((same.status, same.text.as_str()), (304, ""));
    }

    async fn bad_input_names_every_fault(db: TestDb) {
        let app = TestApp::start(db).await;
        let answer = app.anonymous().post("/api/v1/auth/register", json!({"email": "no", "password": "short", "handle": "A\u{202E}b", "display_name": "a\u{0}b"})).await;
        assert_eq!(answer.status, 422);
        assert_eq!(answer.faults(), ["/email invalid_email", "/handle invalid_character", "/display_name control_character", "/password too_short"]);
        for (password, code) in [("x".repeat(129), "too_long"), ("passwordpassword".to_owned(), "common"), ("example-org-ada1".to_owned(), "own_word")] {
            let mut body = person("ada");
            body["password"] = json!(password);
            let answer = app.anonymous().post("/api/v1/auth/register", body).await;
            assert_eq!((answer.status, answer.faults().len()), (422, 1), "{code}: {}", answer.text);
        }
        app.anonymous().post("/api/v1/auth/register", json!({"email": "a@example.org", "password": PASSWORD, "handle": "ada", "display_name": "A", "admin": true})).await.problem(422, "input.invalid");
        app.run_jobs().await;
        assert!(app.mailbox.messages().is_empty(), "refused input leaves no trace");
    }
}
