//! What every address has in common.

use crate::app::{PASSWORD, TestApp};
use crate::db::on_both;
use reqwest::Method;
use serde_json::json;

on_both! {
    async fn health_keys_docs_and_problem_pages_answer(db: TestDb) {
        let app = TestApp::start(db).await;
        let anyone = app.anonymous();
        assert_eq!(anyone.get("/health/live").await.expect(200)["status"], "ok");
        assert_eq!(anyone.get("/health/ready").await.expect(200)["status"], "ok");
        assert_eq!(anyone.get("/.well-known/jwks.json").await.expect(200)["keys"].as_array().unwrap().len(), 1);
        assert!(anyone.get("/metrics").await.text.contains("mainstay_http_request_seconds"));
        assert!(anyone.get("/openapi.yaml").await.text.starts_with("openapi: 3.1.0"));
        assert!(anyone.get("/docs/").await.text.contains("swagger"));
        for code in mainstay::app::pages::catalogue().keys() {
            assert_eq!(anyone.get(&format!("/problems/{code}")).await.status, 200, "{code}");
        }
        assert_eq!(anyone.get("/problems/no.such").await.status, 404);
    }

    async fn unknown_addresses_and_methods_are_told_apart(db: TestDb) {
        let app = TestApp::start(db).await;
        app.anonymous().get("/api/v1/nothing").await.problem(404, "route.not_found");
        let answer = app.anonymous().send(Method::DELETE, "/api/v1/organizations", &[], None).await;
        assert_eq!(answer.header("allow"), Some("GET, HEAD, POST"));
        answer.problem(405, "route.method_not_allowed");
        let head = app.anonymous().send(Method::HEAD, "/health/live", &[], None).await;
        assert_eq!((head.status, head.text.as_str()), (200, ""));
    }

    async fn credentials_come_before_the_body(db: TestDb) {
        let app = TestApp::start(db).await;
        let anyone = app.anonymous();
        let broken = Some("{\"name\":".to_owned());
        anyone.send(Method::POST, "/api/v1/organizations", &[], broken.clone()).await.problem(401, "auth.required");
        for value in ["Bearer nonsense", "Bearer ", "Basic YTpi", "Bearer eyJhbGciOiJub25lIn0.e30."] {
            anyone.send(Method::GET, "/health/live", &[("authorization", value)], None).await.problem(401, "auth.invalid_token");
        }
        let ada = app.person("ada").await;
        let answer = ada.send(Method::POST, "/api/v1/organizations", &[], broken).await;
        assert!(answer.problem(400, "request.malformed")["detail"].as_str().unwrap().contains("line 1, column 8"));
    }

    async fn bodies_of_the_wrong_kind_or_size_are_refused(db: TestDb) {
        let app = TestApp::start_with(db, |settings| settings.server.max_body_bytes = 1000).await;
        let login = |kind: &'static str, body: String| {
            let client = app.anonymous();
            async move { client.send(Method::POST, "/api/v1/auth/login", &[("content-type", kind)], Some(body)).await }
        };
        login("text/plain", "{}".into()).await.problem(415, "request.unsupported_media_type");
        login("application/json; charset=latin1", "{}".into()).await.problem(415, "request.unsupported_media_type");
        login("application/json", "x".repeat(1001)).await.problem(413, "request.too_large");
        login("application/json", "[]".into()).await.problem(422, "input.invalid");
        login("application/json; charset=utf-8", json!({"email": "a@b.org", "password": PASSWORD}).to_string()).await.problem(401, "auth.wrong_credentials");
    }

    async fn a_repeated_post_answers_again_what_it_answered_first(db: TestDb) {
        let app = TestApp::start(db).await;
        let ada = app.person("ada").await;
        let body = json!({"name": "Twice", "kind": "company"}).to_string();
        let send = |key: &'static str, body: String| {
            let client = ada.clone();
            async move { client.send(Method::POST, "/api/v1/organizations", &[("idempotency-key", key)], Some(body)).await }
        };
        let first = send("k1", body.clone()).await;
        let again = send("k1", body.clone()).await;
        assert_eq!((again.status, &again.text, again.header("location")), (201, &first.text, first.header("location")));
        assert_eq!((first.header("idempotent-replayed"), again.header("idempotent-replayed")), (None, Some("true")));
        send("k1", json!({"name": "Other", "kind": "company"}).to_string()).await.problem(422, "idempotency.other_request");
        send("k2", body.clone()).await.problem(409, "organization.slug_taken");
        assert_eq!(send("k2", body.clone()).await.header("idempotent-replayed"), Some("true"));
        send("", body.clone()).await.problem(400, "idempotency.invalid_key");
        app.clock.advance(chrono::TimeDelta::hours(25));
        let ada = app.sign_in("ada@example.org", "ada").await;
        let late = ada.send(Method::POST, "/api/v1/organizations", &[("idempotency-key", "k1")], Some(body)).await;
        late.problem(409, "organization.slug_taken");
    }

    async fn limits_tell_what_is_left_and_when_to_come_back(db: TestDb) {
        let app = TestApp::start_with(db, |settings| {
            settings.rate_limit.enabled = true;
            settings.rate_limit.per_address_per_minute = 5;
            settings.rate_limit.burst = 5;
        }).await;
        for _ in 0..5 {
            let answer = app.anonymous().get("/health/live").await;
            assert!(answer.header("ratelimit").is_some() && answer.header("ratelimit-policy").is_some());
            answer.expect(200);
        }
        let refused = app.anonymous().get("/health/live").await;
        assert!(refused.header("retry-after").unwrap().parse::<u32>().unwrap() >= 1);
        refused.problem(429, "rate_limited");
    }

    async fn every_answer_carries_the_security_headers_and_its_request_id(db: TestDb) {
        let app = TestApp::start(db).await;
        let answer = app.anonymous().send(Method::GET, "/health/live", &[("x-request-id", "my-own-id-1")], None).await;
        assert_eq!(answer.header("x-request-id"), Some("my-own-id-1"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        let policy = answer.header("content-security-policy").unwrap();
        for part in ["default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"] {
            assert!(policy.contains(part), "{policy}");
        }
        let answer = app.anonymous().send(Method::GET, "/api/v1/me", &[("x-request-id", "bad id\u{e9}")], None).await;
        assert_ne!(answer.header("x-request-id"), Some("bad id\u{e9}"));
        assert_eq!(answer.header("x-request-id"), answer.json["request_id"].as_str());
    }
}
