//! Tokens by which programs act, and how far each scope reaches.

use crate::app::TestApp;
use crate::client::Client;
use crate::db::on_both;
use chrono::TimeDelta;
use mainstay::kernel::{Clock as _, PlatformRole};
use reqwest::Method;
use serde_json::{Value, json};

async fn token(app: &TestApp, owner: &Client, scopes: &[&str]) -> (Client, String) {
    let made = owner.post("/api/v1/me/api-tokens", json!({"name": "ci", "scopes": scopes})).await.expect(201);
    (
        app.anonymous().with_token(made["token"].as_str().unwrap(), &owner.handle),
        made["id"].as_str().unwrap().to_owned(),
    )
}

fn organization(name: &str) -> Value {
    json!({"name": name, "kind": "company"})
}

on_both! {
    async fn a_token_is_shown_once_used_listed_and_revoked(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, grace) = (app.person("ada").await, app.person("grace").await);
        let made = ada.post("/api/v1/me/api-tokens", json!({"name": " nightly ", "scopes": ["write", "read", "read"], "expires_in_days": 7})).await;
        let location = made.header("location").unwrap().to_owned();
        let made = made.expect(201);
        let text = made["token"].as_str().unwrap();
        assert!(text.starts_with("mst_api_") && text.len() == 57, "{text}");
        assert_eq!((&made["name"], &made["scopes"], &made["last_used_at"]), (&json!("nightly"), &json!(["read", "write"]), &Value::Null));
        assert_eq!(made["expires_at"], (app.clock.now() + TimeDelta::days(7)).to_string());
        let program = app.anonymous().with_token(text, "ada");
        assert_eq!(program.get("/api/v1/me").await.expect(200)["handle"], "ada");
        let first = ada.get(&location).await.expect(200);
        assert!(first.get("token").is_none());
        app.clock.advance(TimeDelta::seconds(59));
        program.get("/api/v1/me").await.expect(200);
        assert_eq!(ada.get(&location).await.expect(200)["last_used_at"], first["last_used_at"], "kept to the minute");
        app.clock.advance(TimeDelta::seconds(1));
        program.get("/api/v1/me").await.expect(200);
        assert_eq!(ada.get(&location).await.expect(200)["last_used_at"], app.clock.now().to_string());
        let list = ada.get("/api/v1/me/api-tokens?limit=1").await.expect(200);
        assert_eq!((list["items"].as_array().unwrap().len(), list["next_cursor"].is_null()), (1, true));
        grace.get(&location).await.problem(404, "not_found");
        grace.send(Method::DELETE, &location, &[], None).await.problem(404, "not_found");
        assert_eq!(ada.send(Method::DELETE, &location, &[], None).await.status, 204);
        program.get("/api/v1/me").await.problem(401, "auth.invalid_token");
        ada.send(Method::DELETE, &location, &[], None).await.problem(404, "not_found");
        ada.get(&location).await.problem(404, "not_found");
        app.run_jobs().await;
        assert!(app.mailbox.messages()[0].text.contains("\"nightly\""));
        app.stop().await;
    }

    async fn each_scope_reaches_as_far_as_it_says(db: TestDb) {
        let app = TestApp::start(db).await;
        let ada = app.person("ada").await;
        let (read, _) = token(&app, &ada, &["read"]).await;
        let (write, _) = token(&app, &ada, &["write"]).await;
        let (needs, _) = token(&app, &ada, &["needs", "read"]).await;
        let (pledges, _) = token(&app, &ada, &["pledges"]).await;
        read.get("/api/v1/me").await.expect(200);
        let refused = read.post("/api/v1/organizations", organization("One")).await.problem(403, "auth.insufficient_scope");
        assert_eq!(refused["scopes"], json!(["write", "pledges"]));
        read.patch("/api/v1/me", json!({"display_name": "Not by this"})).await.problem(403, "auth.insufficient_scope");
        write.get("/api/v1/me").await.problem(403, "auth.insufficient_scope");
        write.post("/api/v1/organizations", organization("Two")).await.expect(201);
        needs.post("/api/v1/organizations", organization("Three")).await.problem(403, "auth.insufficient_scope");
        needs.patch("/api/v1/me", json!({"display_name": "Not by this"})).await.problem(403, "auth.insufficient_scope");
        pledges.post("/api/v1/organizations", organization("Four")).await.expect(201);
        read.send(Method::POST, "/api/v1/organizations", &[], Some("{".to_owned())).await.problem(403, "auth.insufficient_scope");
    }

    async fn no_token_decides_over_the_account_also_not_by_an_escaped_path(db: TestDb) {
        let app = TestApp::start(db).await;
        let ada = app.person_with("ada", &[PlatformRole::Admin]).await;
        let (all, id) = token(&app, &ada, &["read", "write", "needs", "pledges", "admin"]).await;
        for path in ["/api/v1/me/sessions", "/api/v1/me/api-tokens", "/api/v1/me/%61pi-tokens", "/api/v1/me/api%2Dtokens", "/api/v1/m%65/sessions", "/%61pi/v1/me/sessions"] {
            all.get(path).await.problem(403, "auth.insufficient_scope");
        }
        for path in ["/api/v1/auth/logout", "/api/v1/%61uth/logout", "/api/v1/me/totp", "/api/v1/me/totp/confirm", "/api/v1/me/recovery-codes", "/api/v1/me/password", "/api/v1/me/email", "/api/v1/me/api-tokens", "/api/v1/auth/step-up"] {
            assert_eq!(all.act(path).await.problem(403, "auth.insufficient_scope")["scopes"], json!([]));
        }
        all.send(Method::DELETE, &format!("/api/v1/me/api-tokens/{id}"), &[], None).await.problem(403, "auth.insufficient_scope");
        all.send(Method::DELETE, "/api/v1/me/totp", &[], None).await.problem(403, "auth.insufficient_scope");
        all.get("/api/v1/me").await.expect(200);
    }

    async fn tokens_expire_and_changed_ones_are_refused(db: TestDb) {
        let app = TestApp::start(db).await;
        let ada = app.person("ada").await;
        let (program, _) = token(&app, &ada, &["read"]).await;
        let mut text = program.token().to_owned();
        let last = text.pop().unwrap();
        text.push(if last == 'A' { 'B' } else { 'A' });
        for wrong in [text.as_str(), "mst_api_", "mst_refresh_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8k2aOCA"] {
            app.anonymous().with_token(wrong, "ada").get("/api/v1/me").await.problem(401, "auth.invalid_token");
        }
        app.clock.advance(TimeDelta::days(90) - TimeDelta::seconds(1));
        program.get("/api/v1/me").await.expect(200);
        app.clock.advance(TimeDelta::seconds(1));
        program.get("/api/v1/me").await.problem(401, "auth.invalid_token");
    }

    async fn bad_wishes_name_every_fault(db: TestDb) {
        let app = TestApp::start(db).await;
        let ada = app.person("ada").await;
        let wish = |body: Value| { let client = ada.clone(); async move { client.post("/api/v1/me/api-tokens", body).await } };
        assert_eq!(wish(json!({"name": "a\u{0}b", "scopes": [], "expires_in_days": 367})).await.faults(), ["/name control_character", "/scopes empty", "/expires_in_days out_of_range"]);
        assert_eq!(wish(json!({"name": "x".repeat(81), "scopes": ["admin"], "expires_in_days": 0})).await.faults(), ["/name too_long", "/scopes no_role", "/expires_in_days out_of_range"]);
        for body in [json!({}), json!({"name": "x", "scopes": ["root"]}), json!({"name": "x", "scopes": "read"}), json!({"name": "x", "scopes": ["read"], "expires_in_days": -1}), json!({"name": "x", "scopes": ["read"], "admin": true})] {
            wish(body).await.problem(422, "input.invalid");
        }
        app.anonymous().post("/api/v1/me/api-tokens", json!({})).await.problem(401, "auth.required");
        for _ in 0..50 {
            wish(json!({"name": "many", "scopes": ["read"]})).await.expect(201);
        }
        wish(json!({"name": "many", "scopes": ["read"]})).await.problem(409, "api_token.too_many");
    }
}
