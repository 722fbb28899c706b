//! The taxonomy of skills, and suggestions for what it lacks.

use crate::app::{PASSWORD, TestApp};
use crate::client::Client;
use crate::db::on_both;
use serde_json::json;

async fn slugs(client: &Client, query: &str) -> Vec<String> {
    let found = client.get(&format!("/api/v1/skills?{query}")).await.expect(200);
    found["items"].as_array().unwrap().iter().map(|skill| skill["slug"].as_str().unwrap().to_owned()).collect()
}

on_both! {
    async fn autocomplete_knows_names_aliases_and_beginnings(db: TestDb) {
        let app = TestApp::start(db).await;
        let anyone = app.anonymous();
        for (typed, first) in [
            ("rust", "rust"), ("Rus", "rust"), ("c%2B%2B", "cpp"), ("CPlusPlus", "cpp"), ("C%23", "csharp"), (".net", "dotnet"), ("node.js", "nodejs"),
            ("Node+JS", "nodejs"), ("golang", "go"), ("continuous+integ", "build-and-ci"), ("SBOM", "sbom"), ("fuzz", "fuzzing"), ("%20rust%20", "rust"),
        ] {
            assert_eq!(slugs(&anyone, &format!("q={typed}")).await.first().map(String::as_str), Some(first), "{typed}");
        }
        assert_eq!(slugs(&anyone, "q=zzzzzz").await, [""; 0]);
        assert_eq!(anyone.get("/api/v1/skills?q=a%00b").await.faults(), ["?q control_character"]);
        let answer = anyone.get("/api/v1/skills?q=rust").await;
        assert_eq!(answer.header("cache-control"), Some("public, max-age=60"));
        let tag = answer.etag();
        let same = anyone.send(reqwest::Method::GET, "/api/v1/skills?q=rust", &[("if-none-match", &tag)], None).await;
        assert_eq!(same.status, 304);
    }

    async fn kinds_and_limits_narrow_the_list(db: TestDb) {
        let app = TestApp::start(db).await;
        let anyone = app.anonymous();
        assert_eq!(slugs(&anyone, "").await.len(), 25);
        assert_eq!(slugs(&anyone, "limit=3").await.len(), 3);
        assert_eq!(slugs(&anyone, "limit=100&q=s").await.len(), 100);
        for kind in ["language", "framework", "platform", "domain", "activity"] {
            let found = anyone.get(&format!("/api/v1/skills?kind={kind}&limit=100")).await.expect(200);
            let items = found["items"].as_array().unwrap();
            assert!(items.len() >= 25 && items.iter().all(|skill| skill["kind"] == kind), "{kind}: {}", items.len());
        }
        assert_eq!(slugs(&anyone, "q=rust&kind=activity").await, [""; 0]);
        for (query, fault) in [
            ("limit=0", "?limit out_of_range"), ("limit=101", "?limit out_of_range"), ("kind=hobby", "?kind unknown_word"), ("cursor=x", "?cursor unknown_field"),
        ] {
            let answer = anyone.get(&format!("/api/v1/skills?{query}")).await;
            assert_eq!((answer.status, answer.faults()), (422, vec![fault.to_owned()]), "{query}");
        }
        let long = anyone.get(&format!("/api/v1/skills?limit=0&q={}", "x".repeat(101))).await;
        assert_eq!(long.faults(), ["?limit out_of_range", "?q too_long"]);
    }

    async fn a_skill_answers_to_all_its_names(db: TestDb) {
        let app = TestApp::start(db).await;
        let anyone = app.anonymous();
        for (name, slug) in [("rust", "rust"), ("Rust", "rust"), ("c%2B%2B", "cpp"), ("c++", "cpp"), ("C%23", "csharp"), (".NET", "dotnet"), ("node.js", "nodejs"), ("code%20review", "code-review")] {
            assert_eq!(anyone.get(&format!("/api/v1/skills/{name}")).await.expect(200)["slug"], slug, "{name}");
        }
        let actix = anyone.get("/api/v1/skills/actix-web").await.expect(200);
        assert!(actix["implies"].as_array().unwrap().contains(&json!("rust")), "{actix}");
        assert_eq!(actix["kind"], "framework");
        for name in ["none-such", "%00", "..", "%F0%9F%9A%80", "%FF"] {
            let answer = anyone.get(&format!("/api/v1/skills/{name}")).await;
            assert!(matches!(answer.status, 404 | 422), "{name}: {} {}", answer.status, answer.text);
        }
        anyone.get("/api/v1/skills/none-such").await.problem(404, "not_found");
    }

    async fn what_the_taxonomy_lacks_can_be_suggested(db: TestDb) {
        let app = TestApp::start(db).await;
        let ada = app.person("ada").await;
        let path = "/api/v1/skills/suggestions";
        let noted = ada.post(path, json!({"name": "Frobnication", "note": "Used by three projects."})).await;
        assert!(noted.header("location").is_some());
        assert!(noted.expect(201)["id"].is_string());
        ada.post(path, json!({"name": "Frobnication"})).await.expect(201);
        for (name, slug) in [("Rust", "rust"), ("c plus plus", "cpp"), ("Golang", "go"), ("Continuous Integration", "build-and-ci")] {
            let known = ada.post(path, json!({"name": name})).await.problem(409, "skill.already_known");
            assert!(known["detail"].as_str().unwrap().contains(&format!("`{slug}`")), "{known}");
        }
        for (body, faults) in [
            (json!({"name": "", "note": "re\u{202E}order"}), &["/name too_short", "/note hidden_character"][..]),
            (json!({"name": "x".repeat(51), "note": "x".repeat(1001)}), &["/name too_long", "/note too_long"]),
            (json!({"name": "a\u{0}b"}), &["/name control_character"]),
            (json!({"name": 7}), &["/name wrong_type"]),
            (json!({"name": "Frobnication", "kind": "domain"}), &["/kind unknown_field"]),
        ] {
            let answer = ada.post(path, body.clone()).await;
            assert_eq!((answer.status, answer.faults()), (422, faults.iter().map(|fault| (*fault).to_owned()).collect()), "{body}");
        }
        app.anonymous().post(path, json!({"name": "Frobnication"})).await.problem(401, "auth.required");
        let nora = json!({"email": "nora@example.org", "password": PASSWORD, "handle": "nora", "display_name": "Nora"});
        app.anonymous().post("/api/v1/auth/register", nora).await.expect(202);
        let nora = app.sign_in("nora@example.org", "nora").await;
        nora.post(path, json!({"name": "Frobnication"})).await.problem(403, "account.email_unverified");
    }
}
