//! Organizations and who belongs to them.

use crate::app::TestApp;
use crate::db::on_both;
use serde_json::json;

on_both! {
    async fn whoever_makes_one_owns_it(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        let made = ada.post("/api/v1/organizations", json!({"name": "Example Freight", "kind": "company", "homepage_url": "https://freight.example.org"})).await;
        assert_eq!(made.header("location"), Some("/api/v1/organizations/example-freight"));
        let made = made.expect(201);
        assert_eq!((made["slug"].as_str(), made["verified_domains"].clone()), (Some("example-freight"), json!([])));
        app.anonymous().get("/api/v1/organizations/example-freight").await.expect(200);
        let members = ada.get("/api/v1/organizations/example-freight/members").await.expect(200);
        assert_eq!(members["items"][0]["handle"], "ada");
        assert_eq!(members["items"][0]["role"], "owner");
        bob.get("/api/v1/organizations/example-freight/members").await.problem(403, "forbidden");
        bob.get("/api/v1/organizations/none-such/members").await.problem(404, "not_found");
        app.anonymous().get("/api/v1/organizations/example-freight/members").await.problem(401, "auth.required");
    }

    async fn only_owners_change_it(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        ada.post("/api/v1/organizations", json!({"slug": "freight", "name": "Freight", "kind": "company"})).await.expect(201);
        bob.patch("/api/v1/organizations/freight", json!({"name": "Mine now"})).await.problem(403, "forbidden");
        let changed = ada.patch("/api/v1/organizations/freight", json!({"name": "Freight & Sons", "homepage_url": null})).await.expect(200);
        assert_eq!((changed["name"].as_str(), changed["homepage_url"].is_null()), (Some("Freight & Sons"), true));
        let found = app.anonymous().get("/api/v1/organizations?q=SONS&kind=company").await.expect(200);
        assert_eq!(found["items"].as_array().unwrap().len(), 1);
        ada.patch("/api/v1/organizations/freight", json!({"slug": "other"})).await.problem(422, "input.invalid");
        ada.patch("/api/v1/organizations/none-such", json!({"name": "Nobody"})).await.problem(404, "not_found");
    }

    async fn bad_input_is_named(db: TestDb) {
        let app = TestApp::start(db).await;
        let ada = app.person("ada").await;
        let answer = ada.post("/api/v1/organizations", json!({"slug": "Bad Slug", "name": "x", "kind": "company", "homepage_url": "http://x"})).await;
        assert_eq!(answer.faults(), ["/name too_short", "/slug invalid_character", "/homepage_url invalid_url"]);
        let answer = ada.post("/api/v1/organizations", json!({"name": "Fine", "kind": "club"})).await;
        assert_eq!(answer.faults(), ["/kind unknown_word"]);
        ada.post("/api/v1/organizations", json!({"slug": "taken", "name": "First", "kind": "company"})).await.expect(201);
        ada.post("/api/v1/organizations", json!({"slug": "taken", "name": "Second", "kind": "company"})).await.problem(409, "organization.slug_taken");
        assert_eq!(app.anonymous().get("/api/v1/organizations?limit=0").await.faults(), ["?limit out_of_range"]);
        assert_eq!(app.anonymous().get("/api/v1/organizations?cursor=x").await.faults(), ["?cursor invalid_cursor"]);
        assert_eq!(app.anonymous().get("/api/v1/organizations?colour=red").await.faults(), ["?colour unknown_field"]);
    }

    async fn pages_stay_right_while_rows_are_added(db: TestDb) {
        let app = TestApp::start(db).await;
        let ada = app.person("ada").await;
        for n in 0..7 {
            ada.post("/api/v1/organizations", json!({"name": format!("Body {n}"), "kind": "community"})).await.expect(201);
        }
        let (mut seen, mut path) = (Vec::new(), "/api/v1/organizations?limit=3".to_owned());
        loop {
            let answer = app.anonymous().get(&path).await;
            let link = answer.header("link").map(str::to_owned);
            let page = answer.expect(200);
            seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()));
            ada.post("/api/v1/organizations", json!({"name": format!("Late {}", seen.len()), "kind": "community"})).await.expect(201);
            match link {
                Some(link) => path = link.trim_start_matches('<').split('>').next().unwrap().to_owned(),
                None => break assert!(page["next_cursor"].is_null()),
            }
        }
        assert_eq!(seen, (0..7).rev().map(|n| format!("Body {n}")).collect::<Vec<_>>());
        let mine = ada.get("/api/v1/organizations?mine=true&limit=100").await.expect(200);
        assert_eq!(mine["items"].as_array().unwrap().len(), 10);
    }
}
