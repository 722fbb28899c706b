//! Forgotten passwords, changed passwords, changed addresses.

use crate::app::{PASSWORD, TestApp};
use crate::client::Answer;
use crate::db::on_both;
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

const NEW: &str = "seven unlikely paper boats";

/// The token of this kind in the newest mail to the address that holds one.
fn mailed(app: &TestApp, email: &str, head: &str) -> Option<String> {
    let to = mainstay::kernel::Email::parse(email).unwrap();
    let mails = app.mailbox.to(&to);
    mails.iter().rev().find_map(|mail| mail.text.lines().find(|line| line.starts_with(head)).map(str::to_owned))
}

fn subjects(app: &TestApp, email: &str) -> Vec<String> {
    let to = mainstay::kernel::Email::parse(email).unwrap();
    app.mailbox.to(&to).iter().map(|mail| mail.subject.as_str().to_owned()).collect()
}

async fn forgot(app: &TestApp, email: &str) -> Answer {
    let answer = app.anonymous().post("/api/v1/auth/password/forgot", json!({"email": email})).await;
    app.run_jobs().await;
    answer
}

async fn reset(app: &TestApp, token: &str, password: &str) -> Answer {
    app.anonymous().post("/api/v1/auth/password/reset", json!({"token": token, "new_password": password})).await
}

async fn log_in(app: &TestApp, email: &str, password: &str) -> Answer {
    app.anonymous().post("/api/v1/auth/login", json!({"email": email, "password": password})).await
}

on_both! {
    async fn a_forgotten_password_is_set_anew_once_and_ends_all_sessions(db: TestDb) {
        let app = TestApp::start(db).await;
        let ada = app.person("ada").await;
        forgot(&app, "Ada@Example.org").await.expect(202);
        let token = mailed(&app, "ada@example.org", "mst_reset_").unwrap();
        let weak = reset(&app, &token, "ada@example.org").await;
        assert_eq!((weak.status, weak.faults()), (422, vec!["/new_password own_word".to_owned()]));
        ada.get("/api/v1/me").await.expect(200);
        reset(&app, &token, NEW).await.expect(200);
        ada.get("/api/v1/me").await.problem(401, "auth.invalid_token");
        log_in(&app, "ada@example.org", PASSWORD).await.problem(401, "auth.wrong_credentials");
        log_in(&app, "ada@example.org", NEW).await.expect(200);
        reset(&app, &token, "eight unlikely paper boats").await.problem(422, "auth.invalid_reset_token");
        app.run_jobs().await;
        assert_eq!(subjects(&app, "ada@example.org"), ["Set a new password for Mainstay", "Your Mainstay password was changed"]);
        app.stop().await;
    }

    async fn the_mailed_link_leads_to_a_page_whose_button_sets_the_password(db: TestDb) {
        let app = TestApp::start(db).await;
        app.person("ada").await;
        forgot(&app, "ada@example.org").await.expect(202);
        let token = mailed(&app, "ada@example.org", "mst_reset_").unwrap();
        let to = mainstay::kernel::Email::parse("ada@example.org").unwrap();
        let letter = app.mailbox.to(&to).pop().unwrap();
        let link = letter.text.lines().find_map(|line| line.strip_prefix("https://mainstay.example.org/")).expect("a link");
        let anyone = app.anonymous();
        let page = anyone.get(&format!("/{link}")).await;
        assert!(page.status == 200 && page.text.contains(&token) && page.text.contains("type=\"password\""), "{}", page.text);
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let press = async |password: &str| {
            let body = format!("token={token}&new_password={password}");
            anyone.send(Method::POST, "/reset-password", &form, Some(body)).await
        };
        let weak = press("password1234").await;
        assert!(weak.status == 422 && weak.text.contains("common words") && weak.text.contains(&token), "{}", weak.text);
        log_in(&app, "ada@example.org", PASSWORD).await.expect(200);
        let set = press("seven+unlikely+paper+boats").await;
        assert!(set.status == 200 && set.text.contains("is set") && !set.text.contains(&token), "{}", set.text);
        log_in(&app, "ada@example.org", "seven unlikely paper boats").await.expect(200);
        press("eight+unlikely+paper+boats").await.problem(422, "auth.invalid_reset_token");
        let evil = anyone.get("/reset-password?token=%22%3E%3Cscript%3E").await;
        assert!(evil.status == 200 && !evil.text.contains("<script"), "{}", evil.text);
        app.stop().await;
    }

    async fn an_unknown_address_gets_the_same_answer_and_nobody_a_mail(db: TestDb) {
        let app = TestApp::start(db).await;
        app.person("ada").await;
        let known = forgot(&app, "ada@example.org").await;
        let mails = app.mailbox.messages().len();
        let unknown = forgot(&app, "nobody@example.org").await;
        assert_eq!((known.status, &known.text), (unknown.status, &unknown.text));
        assert_eq!((mails, app.mailbox.messages().len()), (1, 1));
        let names = |answer: &Answer| { let mut names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect(); names.sort(); names };
        assert_eq!(names(&known), names(&unknown));
    }

    async fn links_for_a_new_password_hold_an_hour_and_come_three_an_hour(db: TestDb) {
        let app = TestApp::start(db).await;
        app.person("ada").await;
        for _ in 0..5 {
            forgot(&app, "ada@example.org").await.expect(202);
        }
        assert_eq!(app.mailbox.messages().len(), 3);
        let token = mailed(&app, "ada@example.org", "mst_reset_").unwrap();
        app.clock.advance(TimeDelta::minutes(61));
        reset(&app, &token, NEW).await.problem(422, "auth.invalid_reset_token");
        forgot(&app, "ada@example.org").await.expect(202);
        let newest = mailed(&app, "ada@example.org", "mst_reset_").unwrap();
        assert_ne!(newest, token);
        app.clock.advance(TimeDelta::minutes(59));
        reset(&app, &newest, NEW).await.expect(200);
    }

    async fn of_many_who_race_with_one_link_one_wins_and_the_other_links_are_void(db: TestDb) {
        let app = TestApp::start(db).await;
        app.person("ada").await;
        forgot(&app, "ada@example.org").await.expect(202);
        let older = mailed(&app, "ada@example.org", "mst_reset_").unwrap();
        forgot(&app, "ada@example.org").await.expect(202);
        let token = mailed(&app, "ada@example.org", "mst_reset_").unwrap();
        let tries = (0..6).map(|n| {
            let (client, body) = (app.anonymous(), json!({"token": token, "new_password": format!("{NEW} number {n}")}));
            tokio::spawn(async move { client.post("/api/v1/auth/password/reset", body).await })
        });
        let mut won = 0;
        for each in tries.collect::<Vec<_>>() {
            let answer = each.await.unwrap();
            if answer.status == 200 {
                won += 1;
            } else {
                answer.problem(422, "auth.invalid_reset_token");
            }
        }
        assert_eq!(won, 1);
        reset(&app, &older, NEW).await.problem(422, "auth.invalid_reset_token");
    }

    async fn tokens_of_another_kind_or_changed_ones_are_refused(db: TestDb) {
        let app = TestApp::start(db).await;
        let body = json!({"email": "ada@example.org", "password": PASSWORD, "handle": "ada", "display_name": "Ada"});
        app.anonymous().post("/api/v1/auth/register", body).await.expect(202);
        app.run_jobs().await;
        let verify = mailed(&app, "ada@example.org", "mst_verify_").unwrap();
        forgot(&app, "ada@example.org").await.expect(202);
        let token = mailed(&app, "ada@example.org", "mst_reset_").unwrap();
        let verify_by = |token: String| { let client = app.anonymous(); async move { client.post("/api/v1/auth/verify-email", json!({"token": token})).await } };
        reset(&app, &verify, NEW).await.problem(422, "auth.invalid_reset_token");
        reset(&app, &verify.replace("mst_verify_", "mst_reset_"), NEW).await.problem(422, "auth.invalid_reset_token");
        verify_by(token.clone()).await.problem(422, "auth.invalid_verification_token");
        reset(&app, "", NEW).await.problem(422, "auth.invalid_reset_token");
        reset(&app, &"x".repeat(100_000), NEW).await.problem(422, "auth.invalid_reset_token");
        let answer = reset(&app, &token, "short").await;
        assert_eq!(answer.faults(), ["/new_password too_short"]);
        reset(&app, &token, &"x".repeat(200_000)).await.problem(422, "input.invalid");
        for body in [json!({"token": token}), json!({"token": token, "new_password": 7}), json!({"token": token, "new_password": NEW, "x": 1})] {
            app.anonymous().post("/api/v1/auth/password/reset", body).await.problem(422, "input.invalid");
        }
        for email in ["", "no address", "ada@example.org\r\nBcc: eve@example.org", "a\u{0}@example.org"] {
            app.anonymous().post("/api/v1/auth/password/forgot", json!({"email": email})).await.problem(422, "input.invalid");
        }
        reset(&app, &token, NEW).await.expect(200);
        let tokens = log_in(&app, "ada@example.org", NEW).await.expect(200);
        let ada = app.anonymous().with_token(tokens["access_token"].as_str().unwrap(), "ada");
        assert_eq!(ada.get("/api/v1/me").await.expect(200)["email_verified"], true, "the mail proves the address");
    }

    async fn whoever_knows_the_password_changes_it(db: TestDb) {
        let app = TestApp::start(db).await;
        let ada = app.person("ada").await;
        let other = app.sign_in("ada@example.org", "ada").await;
        forgot(&app, "ada@example.org").await.expect(202);
        let pending = mailed(&app, "ada@example.org", "mst_reset_").unwrap();
        let change = |current: &str, new: &str| { let (client, body) = (ada.clone(), json!({"current_password": current, "new_password": new})); async move { client.post("/api/v1/me/password", body).await } };
        assert_eq!(change("not my password", NEW).await.faults(), ["/current_password wrong_password"]);
        assert_eq!(change(PASSWORD, "short").await.faults(), ["/new_password too_short"]);
        assert_eq!(change(PASSWORD, NEW).await.status, 204);
        ada.get("/api/v1/me").await.expect(200);
        other.get("/api/v1/me").await.problem(401, "auth.invalid_token");
        log_in(&app, "ada@example.org", NEW).await.expect(200);
        reset(&app, &pending, "eight unlikely paper boats").await.problem(422, "auth.invalid_reset_token");
        app.run_jobs().await;
        assert_eq!(subjects(&app, "ada@example.org").last().unwrap(), "Your Mainstay password was changed");
        app.anonymous().post("/api/v1/me/password", json!({})).await.problem(401, "auth.required");
    }

    async fn an_address_changes_once_the_new_one_is_proven_and_both_are_told(db: TestDb) {
        let app = TestApp::start(db).await;
        let ada = app.person("ada").await;
        let ask = |new: &str, password: &str| { let (client, body) = (ada.clone(), json!({"new_email": new, "password": password})); async move { client.post("/api/v1/me/email", body).await } };
        assert_eq!(ask("new@lovelace.example", "not my password").await.faults(), ["/password wrong_password"]);
        assert_eq!(ask("no address", PASSWORD).await.faults(), ["/new_email invalid_email"]);
        assert_eq!(ask("ADA@example.org", PASSWORD).await.faults(), ["/new_email unchanged"]);
        ask("New@lovelace.example", PASSWORD).await.expect(202);
        app.run_jobs().await;
        assert_eq!(subjects(&app, "ada@example.org"), ["A new address for your Mainstay account"]);
        assert!(!app.mailbox.messages().iter().any(|mail| mail.text.contains("New@lovelace.example")), "the notice shows it masked");
        assert_eq!(ada.get("/api/v1/me").await.expect(200)["email"], "ada@example.org");
        let token = mailed(&app, "New@lovelace.example", "mst_email_").unwrap();
        app.anonymous().post("/api/v1/auth/verify-email", json!({"token": token})).await.expect(200);
        let me = ada.get("/api/v1/me").await.expect(200);
        assert_eq!((me["email"].as_str(), me["email_verified"].as_bool()), (Some("New@lovelace.example"), Some(true)));
        app.run_jobs().await;
        assert_eq!(subjects(&app, "ada@example.org").last().unwrap(), "The address of your Mainstay account was changed");
        log_in(&app, "new@lovelace.example", PASSWORD).await.expect(200);
        log_in(&app, "ada@example.org", PASSWORD).await.problem(401, "auth.wrong_credentials");
        app.anonymous().post("/api/v1/auth/verify-email", json!({"token": token})).await.problem(422, "auth.invalid_verification_token");
    }

    async fn an_address_of_somebody_else_gets_the_same_answer_and_stays_theirs(db: TestDb) {
        let app = TestApp::start(db).await;
        let ada = app.person("ada").await;
        app.person("grace").await;
        let ask = |new: &str| { let (client, body): (_, Value) = (ada.clone(), json!({"new_email": new, "password": PASSWORD})); async move { client.post("/api/v1/me/email", body).await } };
        let (taken, free) = (ask("grace@example.org").await, ask("free@example.org").await);
        assert_eq!((taken.status, &taken.text), (free.status, &free.text));
        app.run_jobs().await;
        assert_eq!(subjects(&app, "grace@example.org"), ["Somebody asked for your address at Mainstay"]);
        assert!(mailed(&app, "grace@example.org", "mst_").is_none());
        let token = mailed(&app, "free@example.org", "mst_email_").unwrap();
        let body = json!({"email": "free@example.org", "password": PASSWORD, "handle": "free", "display_name": "Free"});
        app.anonymous().post("/api/v1/auth/register", body).await.expect(202);
        app.anonymous().post("/api/v1/auth/verify-email", json!({"token": token})).await.problem(422, "auth.invalid_verification_token");
        ask("another@example.org").await.expect(202);
        let refused = ask("yet-another@example.org").await;
        assert_eq!(refused.header("retry-after"), Some("3600"));
        refused.problem(429, "auth.too_many_mails");
    }
}
