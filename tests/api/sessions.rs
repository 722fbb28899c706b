//! Signed-in devices: listed, ended, and ended by themselves when a token is used twice.

use crate::app::{PASSWORD, TestApp};
use crate::client::Client;
use crate::db::on_both;
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

async fn delete(client: &Client, path: &str) -> crate::client::Answer {
    client.send(Method::DELETE, path, &[], None).await
}

on_both! {
    async fn sessions_are_listed_newest_first_and_by_page(db: TestDb) {
        let app = TestApp::start(db).await;
        let first = app.person("ada").await;
        let second = app.sign_in("ada@example.org", "ada").await;
        app.person("grace").await;
        let list = second.get("/api/v1/me/sessions").await.expect(200);
        let items = list["items"].as_array().unwrap();
        assert_eq!(items.iter().map(|item| item["current"].as_bool().unwrap()).collect::<Vec<_>>(), [true, false]);
        assert_eq!((items[0]["address"].as_str(), items[0]["user_agent"].is_null()), (Some("127.0.0.1"), true));
        let page = first.get("/api/v1/me/sessions?limit=1").await.expect(200);
        let cursor = page["next_cursor"].as_str().unwrap();
        let rest = first.get(&format!("/api/v1/me/sessions?limit=1&cursor={cursor}")).await.expect(200);
        assert_eq!((rest["items"][0]["current"].as_bool(), rest["next_cursor"].is_null()), (Some(true), true));
        app.anonymous().get("/api/v1/me/sessions").await.problem(401, "auth.required");
        first.get("/api/v1/me/sessions?limit=0&cursor=x").await.problem(422, "input.invalid");
        app.stop().await;
    }

    async fn a_session_is_ended_by_its_owner_alone(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, grace) = (app.person("ada").await, app.person("grace").await);
        let other = app.sign_in("ada@example.org", "ada").await;
        let list = ada.get("/api/v1/me/sessions").await.expect(200);
        let id = list["items"].as_array().unwrap().iter().find(|item| item["current"] == false).unwrap()["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/me/sessions/{id}");
        delete(&grace, &path).await.problem(404, "not_found");
        other.get("/api/v1/me").await.expect(200);
        assert_eq!(delete(&ada, &path).await.status, 204);
        other.get("/api/v1/me").await.problem(401, "auth.invalid_token");
        delete(&ada, &path).await.problem(404, "not_found");
        delete(&ada, "/api/v1/me/sessions/01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d").await.problem(404, "not_found");
        delete(&ada, "/api/v1/me/sessions/nonsense").await.problem(422, "input.invalid");
        delete(&app.anonymous(), &path).await.problem(401, "auth.required");
        ada.get("/api/v1/me").await.expect(200);
    }

    async fn all_others_end_at_once(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, grace) = (app.person("ada").await, app.person("grace").await);
        let others = [app.sign_in("ada@example.org", "ada").await, app.sign_in("ada@example.org", "ada").await];
        assert_eq!(delete(&ada, "/api/v1/me/sessions").await.status, 204);
        for other in others {
            other.get("/api/v1/me").await.problem(401, "auth.invalid_token");
        }
        assert_eq!(ada.get("/api/v1/me/sessions").await.expect(200)["items"].as_array().unwrap().len(), 1);
        grace.get("/api/v1/me").await.expect(200);
    }

    async fn an_expired_session_is_not_listed(db: TestDb) {
        let app = TestApp::start(db).await;
        app.person("ada").await;
        app.clock.advance(TimeDelta::days(31));
        let ada = app.sign_in("ada@example.org", "ada").await;
        assert_eq!(ada.get("/api/v1/me/sessions").await.expect(200)["items"].as_array().unwrap().len(), 1);
    }

    async fn a_token_used_twice_ends_the_session_and_tells_the_owner_once(db: TestDb) {
        let app = TestApp::start(db).await;
        app.person("ada").await;
        let login = json!({"email": "ada@example.org", "password": PASSWORD});
        let tokens = app.anonymous().post("/api/v1/auth/login", login).await.expect(200);
        let body: Value = json!({"refresh_token": tokens["refresh_token"]});
        app.anonymous().post("/api/v1/auth/refresh", body.clone()).await.expect(200);
        for _ in 0..3 {
            app.anonymous().post("/api/v1/auth/refresh", body.clone()).await.problem(401, "auth.invalid_refresh_token");
        }
        app.run_jobs().await;
        let mails = app.mailbox.messages();
        assert_eq!(mails.len(), 1);
        assert!(mails[0].text.contains("used twice"), "{}", mails[0].text);
    }
}
