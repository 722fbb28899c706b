//! Feeds of needs and of matches, and badges.

use crate::app::TestApp;
use crate::client::Client;
use crate::db::on_both;
use crate::{market, seed};
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

fn titles(feed: &Value) -> Vec<&str> {
    feed["items"].as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap()).collect()
}

async fn parser(db: crate::db::TestDb) -> (TestApp, Client) {
    let app = TestApp::start(db).await;
    let ada = app.person("ada").await;
    market::project(&ada, &app.coordinator().await, "parser", json!({})).await;
    (app, ada)
}

on_both! {
    async fn public_needs_are_a_feed_that_caches_may_keep(db: TestDb) {
        let (app, ada) = parser(db).await;
        let anyone = app.anonymous();
        let empty = anyone.get("/api/v1/feeds/needs.atom").await;
        assert_eq!((empty.status, empty.text.contains("<entry>")), (200, false));
        let first = seed::open_need(&ada, "parser", "Fuzz <it> & more", json!({"apply_until": "2026-12-01"})).await;
        seed::open_need(&ada, "parser", "Review the lexer", json!({"kind": "code_review", "seats": 2})).await;
        seed::open_need(&ada, "parser", "For members only", json!({"visibility": "vetted"})).await;
        ada.post("/api/v1/projects/parser/needs", seed::need("Only a draft", json!({}))).await.expect(201);

        let atom = anyone.get("/api/v1/feeds/needs.atom").await;
        assert_eq!(atom.header("content-type"), Some("application/atom+xml; charset=utf-8"));
        assert_eq!(atom.header("cache-control"), Some("public, max-age=300"));
        assert_eq!(atom.text.matches("<entry>").count(), 2, "{}", atom.text);
        assert!(!atom.text.contains("<it>") && !atom.text.contains("members only") && !atom.text.contains("draft"));
        assert!(atom.text.contains(&format!("urn:uuid:{first}")) && atom.text.contains("Apply until 2026-12-01."));
        let etag = atom.etag();
        let again = anyone.send(Method::GET, "/api/v1/feeds/needs.atom", &[("if-none-match", &etag)], None).await;
        assert_eq!((again.status, again.text.as_str()), (304, ""));
        // Whoever asks, it is the same answer: also for the project's own people.
        assert_eq!(ada.get("/api/v1/feeds/needs.atom").await.etag(), etag);

        let json = anyone.get("/api/v1/feeds/needs.json").await;
        assert_eq!(json.header("content-type"), Some("application/feed+json; charset=utf-8"));
        let feed = json.expect(200);
        assert_eq!(titles(&feed), ["Project parser: Review the lexer", "Project parser: Fuzz <it> & more"]);
        assert_eq!(feed["items"][0]["url"].as_str().unwrap().split("/api/").next(), Some("https://mainstay.example.org"));
        assert_eq!(feed["feed_url"], "https://mainstay.example.org/api/v1/feeds/needs.json");

        ada.act(&format!("/api/v1/needs/{first}/cancel")).await.expect(200);
        let changed = anyone.send(Method::GET, "/api/v1/feeds/needs.atom", &[("if-none-match", &etag)], None).await;
        assert_eq!((changed.status, changed.text.matches("<entry>").count()), (200, 1));
    }

    async fn feeds_take_the_filters_of_the_list(db: TestDb) {
        let (app, ada) = parser(db).await;
        for n in 0..3 {
            seed::open_need(&ada, "parser", &format!("Fuzz part {n}"), json!({})).await;
        }
        seed::open_need(&ada, "parser", "Review the lexer", json!({"kind": "code_review"})).await;
        let anyone = app.anonymous();
        let feed = anyone.get("/api/v1/feeds/needs.json?kind=fuzzing&limit=2").await.expect(200);
        assert_eq!(titles(&feed), ["Project parser: Fuzz part 2", "Project parser: Fuzz part 1"]);
        let next = feed["next_url"].as_str().unwrap().strip_prefix("https://mainstay.example.org").unwrap().to_owned();
        let rest = anyone.get(&next).await.expect(200);
        assert_eq!((titles(&rest), rest.get("next_url")), (vec!["Project parser: Fuzz part 0"], None));
        let atom = anyone.get("/api/v1/feeds/needs.atom?kind=fuzzing&limit=2").await;
        assert!(atom.text.contains("<link rel=\"next\" href=\"https://mainstay.example.org/api/v1/feeds/needs.atom?kind=fuzzing&#38;limit=2&#38;cursor="), "{}", atom.text);
        assert_eq!(anyone.get("/api/v1/feeds/needs.atom?project=parser&q=lexer").await.text.matches("<entry>").count(), 1);
        assert_eq!(anyone.get("/api/v1/projects/parser/feed.atom?kind=code_review").await.text.matches("<entry>").count(), 1);
        assert_eq!(anyone.get("/api/v1/feeds/needs.atom?kind=cooking&limit=0").await.status, 422);
        assert_eq!(anyone.get("/api/v1/feeds/needs.json?limit=0").await.faults(), ["?limit out_of_range"]);
        assert_eq!(anyone.get("/api/v1/projects/parser/feed.atom?project=parser").await.faults(), ["?project not_here"]);
        anyone.get("/api/v1/projects/none-such/feed.atom").await.problem(404, "not_found");
        anyone.get("/api/v1/feeds/needs.atom?project=none-such").await.problem(404, "not_found");
    }

    async fn a_badge_counts_the_helpers_that_everybody_may_become(db: TestDb) {
        let (app, ada) = parser(db).await;
        let anyone = app.anonymous();
        assert!(anyone.get("/api/v1/projects/parser/badge.svg").await.text.contains("helpers wanted: 0"));
        seed::open_need(&ada, "parser", "Review the lexer", json!({"seats": 3})).await;
        let rest = seed::open_need(&ada, "parser", "Fuzz the lexer", json!({})).await;
        seed::open_need(&ada, "parser", "For members only", json!({"visibility": "vetted"})).await;
        let badge = anyone.get("/api/v1/projects/parser/badge.svg").await;
        assert!(badge.text.contains("helpers wanted: 4"), "{}", badge.text);
        assert_eq!(badge.header("content-type"), Some("image/svg+xml"));
        assert_eq!(badge.header("cache-control"), Some("public, max-age=300"));
        assert_eq!(badge.header("cross-origin-resource-policy"), Some("cross-origin"), "other sites show it");
        let etag = badge.etag();
        let known = anyone.send(Method::GET, "/api/v1/projects/parser/badge.svg", &[("if-none-match", &etag)], None).await;
        assert_eq!(known.status, 304);
        ada.act(&format!("/api/v1/needs/{rest}/pause")).await.expect(200);
        assert!(anyone.get("/api/v1/projects/parser/badge.svg").await.text.contains("helpers wanted: 3"));
        anyone.get("/api/v1/projects/none-such/badge.svg").await.problem(404, "not_found");
        market::claimed_project(&ada, "lexer", json!({})).await;
        assert!(anyone.get("/api/v1/projects/lexer/badge.svg").await.text.contains("helpers wanted: 0"), "it is not listed yet");
    }

    async fn a_private_token_shows_a_persons_matches_until_it_is_revoked(db: TestDb) {
        let (app, ada) = parser(db).await;
        seed::open_need(&ada, "parser", "Fuzz the lexer", json!({})).await;
        seed::open_need(&ada, "parser", "For members only", json!({"visibility": "vetted"})).await;
        let (bob, anyone) = (app.person("bob").await, app.anonymous());
        let made = bob.post("/api/v1/me/feed-tokens", json!({"name": "phone"})).await;
        let location = made.header("location").unwrap().to_owned();
        let made = made.expect(201);
        let path = |name: &str| made[name].as_str().unwrap().strip_prefix("https://mainstay.example.org").unwrap().to_owned();
        let (atom, feed) = (path("atom_url"), path("json_url"));
        anyone.get(&atom).await.problem(409, "matching.no_profile");
        seed::offer(&bob, json!({})).await;

        let answer = anyone.get(&feed).await;
        assert_eq!(answer.header("cache-control"), Some("private, no-cache"));
        let shown = answer.expect(200);
        let matches = bob.get("/api/v1/me/matches").await.expect(200);
        let ids = |items: &Value, of: fn(&Value) -> String| items.as_array().unwrap().iter().map(of).collect::<Vec<_>>();
        assert_eq!(
            ids(&shown["items"], |item| item["id"].as_str().unwrap().replace("urn:uuid:", "")),
            ids(&matches["items"], |item| item["need"]["id"].as_str().unwrap().to_owned())
        );
        assert!(!ids(&matches["items"], |_| String::new()).is_empty());
        assert!(shown["items"][0]["content_text"].as_str().unwrap().contains("Why it fits:"));
        assert!(shown.get("feed_url").is_none() && !shown.to_string().contains("mst_feed_"), "its address is a secret");
        let text = anyone.get(&atom).await;
        assert_eq!((text.status, text.text.contains("mst_feed_")), (200, false));
        assert_eq!(anyone.get(&format!("{feed}&min_score=100")).await.expect(200)["items"], json!([]));
        assert_eq!(anyone.get(&format!("{feed}&min_score=101&limit=0")).await.faults(), ["?limit out_of_range", "?min_score out_of_range"]);

        // It opens nothing else, and nothing else opens it.
        let token = made["token"].as_str().unwrap();
        anyone.with_token(token, "bob").get("/api/v1/me").await.problem(401, "auth.invalid_token");
        for wrong in [&token[..token.len() - 1], "mst_api_x", "x", bob.token()] {
            anyone.get(&format!("/api/v1/feeds/matches.atom?token={wrong}")).await.problem(404, "not_found");
        }
        let listed = bob.get("/api/v1/me/feed-tokens").await.expect(200);
        assert_eq!((listed["items"].as_array().unwrap().len(), listed.to_string().contains("mst_feed_")), (1, false));
        assert_eq!(bob.get(&location).await.expect(200)["last_used_at"], "2026-11-22T09:00:00Z");
        ada.get(&location).await.problem(404, "not_found");
        ada.send(Method::DELETE, &location, &[], None).await.problem(404, "not_found");
        app.clock.advance(TimeDelta::minutes(5));
        bob.send(Method::DELETE, &location, &[], None).await.expect(204);
        anyone.get(&atom).await.problem(404, "not_found");
        bob.send(Method::DELETE, &location, &[], None).await.problem(404, "not_found");
        assert_eq!(bob.get("/api/v1/me/feed-tokens").await.expect(200)["items"], json!([]));
    }

    async fn feed_tokens_are_few_and_named(db: TestDb) {
        let app = TestApp::start(db).await;
        let bob = app.person("bob").await;
        assert_eq!(bob.post("/api/v1/me/feed-tokens", json!({"name": ""})).await.faults(), ["/name too_short"]);
        app.anonymous().post("/api/v1/me/feed-tokens", json!({"name": "x"})).await.problem(401, "auth.required");
        for n in 0..10 {
            bob.post("/api/v1/me/feed-tokens", json!({"name": format!("reader {n}")})).await.expect(201);
        }
        bob.post("/api/v1/me/feed-tokens", json!({"name": "one more"})).await.problem(409, "matching.too_many_feed_tokens");
    }
}
