//! Scorecards and SECURITY-INSIGHTS files: checked, kept, and taken over into listings and the baseline.

use crate::app::TestApp;
use crate::client::{Answer, Client};
use crate::db::{TestDb, on_both};
use crate::market;
use reqwest::Method;
use serde_json::{Value, json};

const PARSER: &str = "/api/v1/projects/parser";

async fn parser(db: TestDb) -> (TestApp, Client, Client) {
    let app = TestApp::start(db).await;
    let (ada, coordinator) = (app.person("ada").await, app.coordinator().await);
    market::project(&ada, &coordinator, "parser", json!({})).await;
    (app, ada, coordinator)
}

/// 7.5·10 + 7.5·0 + 2.5·10 over 17.5.
fn scorecard(repository: &str, date: &str) -> Value {
    json!({"date": date, "repo": {"name": format!("github.com/{repository}"), "commit": "0123abc"}, "scorecard": {"version": "v5.0.0"}, "score": 5.7,
        "checks": [{"name": "Binary-Artifacts", "score": 10, "reason": "none found"}, {"name": "Signed-Releases", "score": 0}, {"name": "License", "score": 10}, {"name": "Packaging", "score": -1}]})
}

fn insights(repository: &str) -> String {
    format!(
        "header:\n  schema-version: 2.0.0\n  last-reviewed: '2026-11-02'\n  url: https://github.com/{repository}\nproject:\n  name: The Parser\n  homepage: https://parser.example.org\n\
         repository:\n  url: https://github.com/{repository}\n  documentation:\n    governance: https://parser.example.org/governance\n  license:\n    url: https://parser.example.org/LICENSE\n    expression: MIT\n"
    )
}

async fn put_yaml(client: &Client, path: &str, text: String) -> Answer {
    client.send(Method::PUT, path, &[("content-type", "application/yaml")], Some(text)).await
}

async fn import(client: &Client, format: &str, kind: &str, text: String) -> Answer {
    let path = format!("/api/v1/projects/import?format={format}");
    client.send(Method::POST, &path, &[("content-type", kind)], Some(text)).await
}

async fn status(client: &Client, requirement: &str) -> Value {
    client.get(&format!("{PARSER}/baseline/{requirement}")).await.expect(200)["status"].clone()
}

on_both! {
    async fn a_scorecard_answers_what_nobody_has_answered(db: TestDb) {
        let (app, ada, _) = parser(db).await;
        app.anonymous().get(&format!("{PARSER}/scorecard")).await.problem(404, "not_found");
        let said = json!({"status": "met", "note": "Signed since yesterday."});
        ada.put(&format!("{PARSER}/baseline/OSPS-BR-06.01"), said).await.expect(200);
        let kept = ada.put(&format!("{PARSER}/scorecard"), scorecard("Example/parser", "2026-11-01")).await.expect(200);
        assert_eq!((&kept["score"], &kept["as_of"]), (&json!(5.7), &json!("2026-11-01T00:00:00Z")));
        app.run_jobs().await;
        assert_eq!(app.anonymous().get(&format!("{PARSER}/scorecard")).await.expect(200), kept);
        let answered = ada.get(&format!("{PARSER}/baseline/OSPS-QA-05.01")).await.expect(200);
        assert_eq!((&answered["status"], &answered["source"], &answered["assessed_on"]), (&json!("met"), &json!("scorecard"), &json!("2026-11-01")));
        assert_eq!(status(&ada, "OSPS-BR-06.01").await, "met", "a person's word stays");
        assert_eq!(ada.get(PARSER).await.expect(200)["baseline"]["met"], 3);
        let older = ada.put(&format!("{PARSER}/scorecard"), scorecard("example/parser", "2026-10-01")).await.expect(200);
        assert_eq!(older["as_of"], "2026-11-01T00:00:00Z", "the later one stays");
    }

    async fn a_wrong_scorecard_leaves_no_trace(db: TestDb) {
        let (app, ada, coordinator) = parser(db).await;
        let path = format!("{PARSER}/scorecard");
        let mut tampered = scorecard("example/parser", "2026-11-01");
        tampered["score"] = json!(9.9);
        for (body, fault) in [
            (scorecard("example/other", "2026-11-01"), "/repo/name other_repository"),
            (scorecard("example/parser", "2027-11-01"), "/date in_future"),
            (tampered, "/score aggregate_differs"),
        ] {
            let answer = ada.put(&path, body).await;
            assert_eq!((answer.status, answer.faults()), (422, vec![fault.to_owned()]));
        }
        let cut = scorecard("example/parser", "2026-11-01").to_string();
        let cut = ada.send(Method::PUT, &path, &[], Some(cut[..cut.len() / 2].to_owned())).await;
        assert!(cut.problem(422, "import.not_this_format")["detail"].as_str().unwrap().contains("line 1, column"));
        let deep = ada.send(Method::PUT, &path, &[], Some("[".repeat(5_000))).await;
        deep.problem(422, "import.not_this_format");
        assert_eq!(ada.send(Method::PUT, &path, &[("content-type", "text/csv")], Some("x".to_owned())).await.status, 415);
        app.anonymous().get(&path).await.problem(404, "not_found");
        app.person("stranger").await.put(&path, scorecard("example/parser", "2026-11-01")).await.problem(403, "forbidden");
        let rows = format!("{}\n{}\n{}\n", scorecard("example/parser", "2026-11-01"), scorecard("example/lexer", "2026-11-01"), json!({"repo": {"name": "github.com/example/x"}, "score": 1, "checks": []}));
        let report = import(&coordinator, "scorecard", "application/x-ndjson", rows.clone()).await.expect(200);
        let told: Vec<_> = report["rows"].as_array().unwrap().iter().map(|row| (row["line"].as_u64().unwrap(), row["status"].as_str().unwrap().to_owned())).collect();
        assert_eq!(told, [(1, "updated".to_owned()), (2, "created".to_owned()), (3, "refused".to_owned())]);
        let again = import(&coordinator, "scorecard", "application/x-ndjson", rows).await.expect(200);
        assert_eq!((&again["summary"]["unchanged"], &again["summary"]["created"]), (&json!(2), &json!(0)));
        assert_eq!(app.anonymous().get("/api/v1/projects/lexer").await.expect(200)["status"], "unclaimed");
        import(&ada, "scorecard", "application/json", "{}".to_owned()).await.problem(403, "forbidden");
    }

    async fn security_insights_prefill_a_listing(db: TestDb) {
        let (app, ada, coordinator) = parser(db).await;
        let prefill = |text: String| { let ada = ada.clone(); async move { ada.send(Method::POST, "/api/v1/projects/prefill", &[("content-type", "application/yaml")], Some(text)).await } };
        let told = prefill(insights("example/fresh")).await.expect(200);
        assert_eq!(told, json!({"name": "The Parser", "repository_url": "https://github.com/example/fresh", "homepage_url": "https://parser.example.org/", "license": "MIT", "packages": [], "listed_as": null}));
        assert_eq!(prefill(insights("example/parser")).await.expect(200)["listed_as"], "parser");
        prefill("header: [".to_owned()).await.problem(422, "import.not_this_format");

        let path = format!("{PARSER}/security-insights");
        let other = put_yaml(&ada, &path, insights("example/other")).await;
        assert_eq!((other.status, other.faults()), (422, vec!["/repository/url other_repository".to_owned()]));
        let kept = put_yaml(&ada, &path, insights("example/parser")).await.expect(200);
        assert_eq!((&kept["license"], &kept["as_of"]), (&json!("MIT"), &json!("2026-11-02T00:00:00Z")));
        app.run_jobs().await;
        let listing = app.anonymous().get(PARSER).await.expect(200);
        assert_eq!((&listing["homepage_url"], &listing["license"], &listing["name"]), (&json!("https://parser.example.org/"), &json!("MIT"), &json!("Project parser")));
        assert_eq!(status(&ada, "OSPS-GV-01.02").await, "met");
        assert_eq!(status(&ada, "OSPS-LE-03.01").await, "met");
        assert_eq!(app.anonymous().get(&path).await.expect(200), kept);

        let report = import(&coordinator, "security_insights", "application/yaml", insights("example/fresh")).await.expect(200);
        assert_eq!(report["rows"][0]["status"], "created");
        let fresh = app.anonymous().get("/api/v1/projects/the-parser").await.expect(200);
        assert_eq!((&fresh["homepage_url"], &fresh["license"], &fresh["status"]), (&json!("https://parser.example.org/"), &json!("MIT"), &json!("unclaimed")));
        let own = import(&coordinator, "security_insights", "application/yaml", insights("example/parser")).await.expect(200);
        assert_eq!((&own["rows"][0]["status"], &own["rows"][0]["reason"]["code"]), (&json!("unchanged"), &json!("own_words")));
    }
}
