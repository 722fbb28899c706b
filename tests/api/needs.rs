//! Needs: stated, opened within the review budget, changed, renewed, ended.

use crate::app::TestApp;
use crate::client::{Answer, Client};
use crate::db::{TestDb, on_both};
use crate::market::{self, but, without};
use chrono::TimeDelta;
use mainstay::features::{accounts, needs};
use reqwest::Method;
use serde_json::{Value, json};

/// A need that is accepted: 2 hours a week for one person.
fn need() -> Value {
    json!({
        "title": "Fuzz the parser", "kind": "fuzzing", "description": "It has no fuzz targets yet.",
        "skills": [{"skill": "rust", "level": 3, "required": true}, {"skill": "fuzzing", "level": 2, "required": false}],
        "size": "medium", "hours_per_week": 2, "weeks": 8, "seats": 1, "urgency": "normal", "access_level": 0, "visibility": "public"
    })
}

/// A server with `ada`, who leads the listed `parser` with 20 hours of review a week.
async fn parser(db: TestDb) -> (TestApp, Client) {
    let app = TestApp::start(db).await;
    let ada = app.person("ada").await;
    market::project(&ada, &app.coordinator().await, "parser", json!({})).await;
    (app, ada)
}

async fn state(client: &Client, changes: Value) -> Answer {
    client.post("/api/v1/projects/parser/needs", but(need(), &changes)).await
}

/// The address of a new draft.
async fn draft(client: &Client, changes: Value) -> String {
    let made = state(client, changes).await.expect(201);
    format!("/api/v1/needs/{}", made["id"].as_str().unwrap())
}

async fn act(client: &Client, path: &str, action: &str) -> Answer {
    client.act(&format!("{path}/{action}")).await
}

/// The address of a new, open need.
async fn open(client: &Client, changes: Value) -> String {
    let path = draft(client, changes).await;
    assert_eq!(act(client, &path, "publish").await.expect(200)["status"], "open");
    path
}

async fn again(app: &TestApp, by: TimeDelta) -> Client {
    app.clock.advance(by);
    accounts::keys::refresh(&app.ctx).await.unwrap();
    app.sign_in("ada@example.org", "ada").await
}

on_both! {
    async fn a_need_is_a_draft_until_it_is_published(db: TestDb) {
        let (app, ada) = parser(db).await;
        let changes = json!({"time_zones": ["Europe/Berlin", "UTC"], "overlap_hours": 1.5, "starts_on": "2026-12-01", "apply_until": "2027-01-31",
            "links": ["https://github.com/example/parser/issues/7"], "response_days": 3});
        let answer = state(&ada, changes.clone()).await;
        let (location, etag) = (answer.header("location").unwrap().to_owned(), answer.etag());
        let made = answer.expect(201);
        assert_eq!(location, format!("/api/v1/needs/{}", made["id"].as_str().unwrap()));
        for (name, value) in but(need(), &changes).as_object().unwrap() {
            let same = value.as_f64().map_or(&made[name] == value, |number| made[name].as_f64() == Some(number));
            assert!(same, "{name}: {} for {value}", made[name]);
        }
        assert_eq!((&made["status"], &made["revision"], &made["seats_left"]), (&json!("draft"), &json!(1), &json!(1)));
        assert_eq!(made["project"], json!({"slug": "parser", "name": "Project parser", "funding": []}));
        assert_eq!((&made["opened_at"], &made["renew_by"], &made["sample_note"]), (&Value::Null, &Value::Null, &Value::Null));
        let same = ada.send(Method::GET, &location, &[("if-none-match", &etag)], None).await;
        assert_eq!((same.status, same.text.as_str()), (304, ""));

        let opened = ada.post(&format!("{location}/publish"), json!({"reason": "Now we have the time."})).await.expect(200);
        assert_eq!((&opened["status"], &opened["opened_at"]), (&json!("open"), &json!("2026-11-22T09:00:00Z")));
        assert_eq!(opened["renew_by"], "2026-12-22T09:00:00Z");
        assert_eq!(app.anonymous().get(&location).await.expect(200), opened);
        assert_eq!(app.anonymous().get("/api/v1/projects/parser").await.expect(200)["open_needs"], 1);
    }

    async fn what_is_left_out_has_a_default(db: TestDb) {
        let (_app, ada) = parser(db).await;
        let made = state(&ada, json!({})).await.expect(201);
        assert_eq!((&made["response_days"], &made["time_zones"], &made["links"]), (&json!(7), &json!([]), &json!([])));
        for name in ["overlap_hours", "starts_on", "apply_until"] {
            assert!(made[name].is_null(), "{name}");
        }
        for name in ["title", "kind", "description", "skills", "size", "hours_per_week", "weeks", "seats", "urgency", "access_level", "visibility"] {
            let refused = ada.post("/api/v1/projects/parser/needs", without(need(), name)).await.problem(422, "input.invalid");
            assert!(refused["detail"].as_str().unwrap().contains(&format!("`{name}`")), "{refused}");
        }
    }

    async fn every_fault_is_named_at_once(db: TestDb) {
        let (_app, ada) = parser(db).await;
        let answer = state(&ada, json!({
            "title": "no", "description": "re\u{202E}order", "hours_per_week": 0, "weeks": 0, "seats": 101, "access_level": 5,
            "skills": [{"skill": "rsut", "level": 3, "required": true}, {"skill": "rust", "level": 6, "required": true},
                {"skill": "rust", "level": 1, "required": true}, {"skill": "Rustlang", "level": 2, "required": false}],
            "time_zones": ["UTC", "Mars/Olympus"], "overlap_hours": 8.5, "links": ["http://example.org", "javascript:alert(1)"], "response_days": 31,
            "starts_on": "2030-01-01", "apply_until": "2031-06-01"
        })).await;
        assert_eq!((answer.status, answer.faults()), (422, [
            "/title too_short", "/description hidden_character", "/skills/0/skill unknown_skill", "/skills/1/level out_of_range",
            "/skills/3/skill repeated", "/hours_per_week out_of_range", "/weeks out_of_range", "/seats out_of_range", "/access_level out_of_range",
            "/time_zones/1 unknown_time_zone", "/overlap_hours out_of_range", "/links/0 invalid_url", "/links/1 invalid_url",
            "/response_days out_of_range", "/starts_on out_of_range", "/apply_until out_of_range", "/apply_until out_of_order",
        ].map(str::to_owned).to_vec()));
        let skill = answer.json["errors"][2]["detail"].as_str().unwrap();
        assert!(skill.contains("did you mean `rust`"), "{skill}");
        assert!(ada.get("/api/v1/projects/parser/needs").await.expect(200)["items"].as_array().unwrap().is_empty(), "refused input leaves no trace");
    }

    async fn each_field_has_its_bounds(db: TestDb) {
        let (_app, ada) = parser(db).await;
        let skills = |count| vec![json!({"skill": "rust", "level": 1, "required": true}); count];
        for (changes, faults) in [
            (json!({"title": "a\u{0}bcdef"}), "/title control_character"),
            (json!({"title": "zero\u{200B}width"}), "/title hidden_character"),
            (json!({"title": "two\nlines"}), "/title control_character"),
            (json!({"title": "x".repeat(121)}), "/title too_long"),
            (json!({"title": 7}), "/title wrong_type"),
            (json!({"description": "a\u{0}b"}), "/description control_character"),
            (json!({"description": "x".repeat(20_001)}), "/description too_long"),
            (json!({"kind": "knitting"}), "/kind unknown_word"),
            (json!({"skills": []}), "/skills missing"),
            (json!({"skills": skills(13)}), "/skills too_many"),
            (json!({"skills": [{"skill": "", "level": 1, "required": true}]}), "/skills/0/skill unknown_skill"),
            (json!({"skills": [{"skill": "a\u{0}b", "level": 1, "required": true}]}), "/skills/0/skill unknown_skill"),
            (json!({"skills": [{"skill": "rust", "level": 0, "required": true}]}), "/skills/0/level out_of_range"),
            (json!({"skills": [{"skill": "rust", "level": 1.5, "required": true}]}), "/skills/0/level wrong_type"),
            (json!({"skills": [{"skill": "rust", "level": 1}]}), "/skills/0 missing"),
            (json!({"skills": [{"skill": "rust", "level": 1, "required": true, "years": 3}]}), "/skills/0/years unknown_field"),
            (json!({"size": "huge"}), "/size unknown_word"),
            (json!({"hours_per_week": -1}), "/hours_per_week out_of_range"),
            (json!({"hours_per_week": 60.5}), "/hours_per_week out_of_range"),
            (json!({"hours_per_week": 1.2}), "/hours_per_week not_in_halves"),
            (json!({"hours_per_week": "2"}), "/hours_per_week wrong_type"),
            (json!({"weeks": 105}), "/weeks out_of_range"),
            (json!({"weeks": 9_007_199_254_740_993i64}), "/weeks out_of_range"),
            (json!({"weeks": 2.5}), "/weeks wrong_type"),
            (json!({"seats": 0}), "/seats out_of_range"),
            (json!({"urgency": "now"}), "/urgency unknown_word"),
            (json!({"access_level": -1}), "/access_level out_of_range"),
            (json!({"visibility": "secret"}), "/visibility unknown_word"),
            (json!({"time_zones": vec!["UTC"; 11]}), "/time_zones too_many"),
            (json!({"time_zones": "UTC"}), "/time_zones wrong_type"),
            (json!({"overlap_hours": -0.5}), "/overlap_hours out_of_range"),
            (json!({"overlap_hours": 0.7}), "/overlap_hours not_in_halves"),
            (json!({"links": vec!["https://example.org"; 11]}), "/links too_many"),
            (json!({"links": [format!("https://example.org/{}", "x".repeat(500))]}), "/links/0 invalid_url"),
            (json!({"links": ["https://u:p@example.org"]}), "/links/0 invalid_url"),
            (json!({"response_days": 0}), "/response_days out_of_range"),
            (json!({"starts_on": "2026-02-30"}), "/starts_on wrong_type"),
            (json!({"starts_on": "2026-11-22T09:00:00Z"}), "/starts_on wrong_type"),
            (json!({"apply_until": "2030-01-01"}), "/apply_until out_of_range"),
            (json!({"starts_on": "-9999-01-01"}), "/starts_on out_of_range"),
            (json!({"apply_until": "-262143-01-01"}), "/apply_until out_of_range"),
            (json!({"starts_on": "+262142-12-31", "apply_until": "2026-12-01"}), "/starts_on out_of_range"),
            (json!({"starts_on": "2026-12-01", "apply_until": "2028-01-01"}), "/apply_until out_of_order"),
            (json!({"status": "open"}), "/status unknown_field"),
            (json!({"sample_note": "x"}), "/sample_note unknown_field"),
        ] {
            let answer = state(&ada, changes.clone()).await;
            assert_eq!((answer.status, answer.faults().join(" ").as_str()), (422, faults), "{changes}");
        }
        for largest in [
            json!({"title": "x".repeat(120), "description": "é".repeat(20_000), "hours_per_week": 60, "weeks": 104, "seats": 100, "access_level": 4, "response_days": 30}),
            json!({"title": "12345", "description": "", "hours_per_week": 0.5, "weeks": 1, "overlap_hours": 0, "response_days": 1}),
        ] {
            state(&ada, largest).await.expect(201);
        }
    }

    async fn skills_are_known_by_all_their_names(db: TestDb) {
        let (_app, ada) = parser(db).await;
        let names = ["c++", "golang", "Node.js", "C#", ".NET", " Continuous   Integration "];
        let skills: Vec<Value> = names.iter().map(|name| json!({"skill": name, "level": 2, "required": true})).collect();
        let made = state(&ada, json!({"skills": skills})).await.expect(201);
        let slugs: Vec<&str> = made["skills"].as_array().unwrap().iter().map(|skill| skill["skill"].as_str().unwrap()).collect();
        assert_eq!(slugs, ["cpp", "go", "nodejs", "csharp", "dotnet", "build-and-ci"]);
        let twice = json!([{"skill": "c++", "level": 2, "required": true}, {"skill": "CPlusPlus", "level": 2, "required": true}]);
        assert_eq!(state(&ada, json!({"skills": twice})).await.faults(), ["/skills/1/skill repeated"]);
    }

    async fn drafts_are_for_the_projects_own_eyes(db: TestDb) {
        let (app, ada) = parser(db).await;
        let (eve, mia) = (app.person("eve").await, app.person("mia").await);
        let coordinator = app.sign_in("coordinator@example.org", "coordinator").await;
        market::maintain(&ada, &mia, "parser").await;
        let path = draft(&mia, json!({})).await;
        let (events, list) = (format!("{path}/events"), "/api/v1/projects/parser/needs");
        for insider in [&ada, &mia, &coordinator] {
            insider.get(&path).await.expect(200);
            insider.get(&events).await.expect(200);
            assert_eq!(insider.get(list).await.expect(200)["items"].as_array().unwrap().len(), 1);
        }
        for stranger in [&eve, &app.anonymous()] {
            stranger.get(&path).await.problem(404, "not_found");
            assert_eq!(stranger.get(list).await.expect(200)["items"], json!([]));
            assert_eq!(stranger.get(&format!("{list}?status=draft")).await.expect(200)["items"], json!([]));
            assert_eq!(stranger.get("/api/v1/needs?status=draft").await.expect(200)["items"], json!([]));
        }
        eve.patch(&path, json!({"seats": 2})).await.problem(404, "not_found");
        eve.get(&events).await.problem(404, "not_found");
        act(&eve, &path, "publish").await.problem(404, "not_found");
        act(&mia, &path, "publish").await.expect(200);

        eve.get(&path).await.expect(200);
        eve.get(&events).await.problem(403, "forbidden");
        eve.patch(&path, json!({"seats": 2})).await.problem(403, "forbidden");
        state(&eve, json!({"seats": 0})).await.problem(403, "forbidden");
        for action in ["publish", "pause", "resume", "renew", "fulfil", "close", "cancel"] {
            act(&eve, &path, action).await.problem(403, "forbidden");
            act(&app.anonymous(), &path, action).await.problem(401, "auth.required");
        }
        app.anonymous().patch(&path, json!({})).await.problem(401, "auth.required");
        app.anonymous().get(&events).await.problem(401, "auth.required");
        state(&app.anonymous(), json!({})).await.problem(401, "auth.required");
        ada.post("/api/v1/projects/none-such/needs", need()).await.problem(404, "not_found");
        ada.get("/api/v1/needs/01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d").await.problem(404, "not_found");
        ada.get("/api/v1/needs/none").await.problem(422, "input.invalid");
    }

    async fn only_what_can_be_looked_after_is_opened(db: TestDb) {
        let (app, ada) = parser(db).await;
        let coordinator = app.sign_in("coordinator@example.org", "coordinator").await;
        open(&ada, json!({"hours_per_week": 5, "seats": 3})).await;
        let second = draft(&ada, json!({"hours_per_week": 5.5})).await;
        let refused = act(&ada, &second, "publish").await.problem(409, "need.review_budget_spent");
        assert!(refused["detail"].as_str().unwrap().contains("5.5 hours a week over its seats, and 15 of the 20"), "{refused}");
        ada.patch(&second, json!({"hours_per_week": 2.5, "seats": 2})).await.expect(200);
        act(&ada, &second, "publish").await.expect(200);
        ada.patch(&second, json!({"seats": 3})).await.problem(409, "need.review_budget_spent");
        let third = draft(&ada, json!({"hours_per_week": 0.5})).await;
        act(&ada, &third, "publish").await.problem(409, "need.review_budget_spent");
        act(&ada, &second, "pause").await.expect(200);
        ada.patch(&second, json!({"seats": 3})).await.expect(200);
        act(&ada, &second, "resume").await.problem(409, "need.review_budget_spent");

        let late = draft(&ada, json!({"hours_per_week": 1, "apply_until": "2026-11-21"})).await;
        act(&ada, &late, "publish").await.problem(409, "need.window_passed");
        ada.patch(&late, json!({"apply_until": "2026-11-22"})).await.expect(200);
        act(&ada, &late, "publish").await.expect(200);

        market::claimed_project(&ada, "other", json!({})).await;
        let made = ada.post("/api/v1/projects/other/needs", need()).await.expect(201);
        let early = format!("/api/v1/needs/{}", made["id"].as_str().unwrap());
        let refused = act(&ada, &early, "publish").await.problem(409, "need.project_not_listed");
        assert!(refused["detail"].as_str().unwrap().contains("claim_pending"), "{refused}");
        coordinator.act("/api/v1/projects/other/list").await.expect(200);
        act(&ada, &early, "publish").await.expect(200);
    }

    async fn each_state_allows_what_its_row_says(db: TestDb) {
        let (app, ada) = parser(db).await;
        let all = ["publish", "pause", "resume", "renew", "fulfil", "close", "cancel"];
        let check = async |client: &Client, path: &str, allowed: &[&str]| {
            for action in all.iter().filter(|action| !allowed.contains(action)) {
                let refused = act(client, path, action).await.problem(409, "need.transition_refused");
                assert_eq!(refused["allowed"], json!(allowed), "{action}");
            }
        };
        let go = async |client: &Client, path: &str, action: &str, status: &str| {
            assert_eq!(act(client, path, action).await.expect(200)["status"], status, "{action}");
        };
        let path = draft(&ada, json!({})).await;
        check(&ada, &path, &["publish", "cancel"]).await;
        go(&ada, &path, "publish", "open").await;
        check(&ada, &path, &["pause", "renew", "fulfil", "cancel"]).await;
        go(&ada, &path, "renew", "open").await;
        go(&ada, &path, "pause", "paused").await;
        check(&ada, &path, &["resume", "cancel"]).await;
        go(&ada, &path, "resume", "open").await;
        go(&ada, &path, "fulfil", "fulfilled").await;
        check(&ada, &path, &["close"]).await;
        go(&ada, &path, "close", "closed").await;
        check(&ada, &path, &[]).await;
        for (before, status) in [(&[][..], "cancelled"), (&["publish"], "cancelled"), (&["publish", "pause"], "cancelled")] {
            let path = draft(&ada, json!({})).await;
            for action in before {
                act(&ada, &path, action).await.expect(200);
            }
            go(&ada, &path, "cancel", status).await;
            check(&ada, &path, &[]).await;
            ada.patch(&path, json!({"seats": 2})).await.problem(409, "need.ended");
        }
        let stale = open(&ada, json!({})).await;
        let ada = again(&app, TimeDelta::days(38)).await;
        assert_eq!(needs::expire_overdue(&app.ctx, market::request_id()).await.unwrap(), 1);
        check(&ada, &stale, &["renew", "cancel"]).await;
        go(&ada, &stale, "cancel", "cancelled").await;
        let answer = ada.post(&format!("{path}/close"), json!({"reason": "two\nlines"})).await;
        assert_eq!(answer.faults(), ["/reason control_character"]);
        assert_eq!(ada.post(&format!("{path}/close"), json!({"reason": "x".repeat(501)})).await.faults(), ["/reason too_long"]);
        assert_eq!(ada.post(&format!("{path}/close"), json!({"because": "x"})).await.faults(), ["/because unknown_field"]);
    }

    async fn changes_are_guarded_merged_and_checked_as_a_whole(db: TestDb) {
        let (_app, ada) = parser(db).await;
        let path = draft(&ada, json!({"apply_until": "2026-12-24", "overlap_hours": 2})).await;
        let etag = ada.get(&path).await.etag();
        let guarded = |method: Method, path: String, tag: Option<String>, body: Value| {
            let client = ada.clone();
            async move {
                let headers: Vec<(&str, &str)> = tag.iter().map(|tag| ("if-match", tag.as_str())).collect();
                client.send(method, &path, &headers, Some(body.to_string())).await
            }
        };
        let (patch, post) = (Method::PATCH, Method::POST);
        guarded(patch.clone(), path.clone(), None, json!({"seats": 2})).await.problem(428, "precondition.required");
        let changed = guarded(patch.clone(), path.clone(), Some(etag.clone()), json!({"seats": 2, "apply_until": null, "urgency": "critical"})).await;
        let (new_tag, changed) = (changed.etag(), changed.expect(200));
        assert_eq!((&changed["seats"], &changed["apply_until"], &changed["urgency"]), (&json!(2), &Value::Null, &json!("critical")));
        assert_eq!((&changed["title"], &changed["overlap_hours"]), (&json!("Fuzz the parser"), &json!(2.0)));
        guarded(patch.clone(), path.clone(), Some(etag.clone()), json!({"seats": 3})).await.problem(412, "precondition.stale");
        guarded(post.clone(), format!("{path}/publish"), Some(etag), json!({})).await.problem(412, "precondition.stale");
        guarded(post, format!("{path}/publish"), Some(new_tag), json!({})).await.expect(200);
        for (body, fault) in [
            (json!({"title": null}), "/title wrong_type"),
            (json!({"skills": null}), "/skills wrong_type"),
            (json!({"seats": 0}), "/seats out_of_range"),
            (json!({"skills": [{"skill": "rsut", "level": 1, "required": true}]}), "/skills/0/skill unknown_skill"),
            (json!({"starts_on": "2026-11-31"}), "/starts_on wrong_type"),
            (json!({"revision": 7}), "/revision unknown_field"),
            (json!({"project": "other"}), "/project unknown_field"),
        ] {
            let answer = ada.patch(&path, body.clone()).await;
            assert_eq!((answer.status, answer.faults()), (422, vec![fault.to_owned()]), "{body}");
        }
        let merged = ada.send(Method::PATCH, &path, &[("if-match", "*"), ("content-type", "application/merge-patch+json")], Some("{\"weeks\": 9}".to_owned())).await;
        assert_eq!(merged.expect(200)["weeks"], 9);
    }

    async fn only_what_applicants_must_look_at_again_makes_a_revision(db: TestDb) {
        let (_app, ada) = parser(db).await;
        let path = open(&ada, json!({})).await;
        let (rust, fuzzing) = (json!({"skill": "rust", "level": 3, "required": true}), json!({"skill": "fuzzing", "level": 2, "required": false}));
        for (changes, revision) in [
            (json!({"title": "Another title", "seats": 2, "hours_per_week": 1, "urgency": "low", "links": ["https://example.org/a"]}), 1),
            (json!({"skills": [rust, fuzzing]}), 1),
            (json!({"skills": [fuzzing, rust]}), 1),
            (json!({"skills": [rust]}), 2),
            (json!({"skills": [{"skill": "rust", "level": 4, "required": true}]}), 3),
            (json!({"skills": [{"skill": "rust", "level": 4, "required": false}]}), 4),
            (json!({"skills": [{"skill": "Rustlang", "level": 4, "required": false}]}), 4),
            (json!({"access_level": 1}), 5),
            (json!({"access_level": 1, "weeks": 9}), 5),
        ] {
            assert_eq!(ada.patch(&path, changes.clone()).await.expect(200)["revision"], revision, "{changes}");
        }
    }

    async fn what_happened_stays_on_record(db: TestDb) {
        let (app, ada) = parser(db).await;
        let path = draft(&ada, json!({})).await;
        ada.send(Method::POST, &format!("{path}/publish"), &[("x-request-id", "publish-it-1")], Some("{\"reason\": \"At last.\"}".to_owned())).await.expect(200);
        act(&ada, &path, "publish").await.problem(409, "need.transition_refused");
        app.clock.advance(TimeDelta::minutes(1));
        act(&ada, &path, "cancel").await.expect(200);
        let mut told = Vec::new();
        let mut next = format!("{path}/events?limit=2");
        loop {
            let page = ada.get(&next).await.expect(200);
            told.extend(page["items"].as_array().unwrap().clone());
            match page["next_cursor"].as_str() {
                Some(cursor) => next = format!("{path}/events?limit=2&cursor={cursor}"),
                None => break,
            }
        }
        let steps: Vec<_> = told.iter().map(|event| (event["from"].as_str(), event["to"].as_str().unwrap(), event["reason"].as_str())).collect();
        assert_eq!(steps, [(None, "draft", None), (Some("draft"), "open", Some("At last.")), (Some("open"), "cancelled", None)]);
        assert_eq!((&told[1]["request_id"], &told[2]["at"]), (&json!("publish-it-1"), &json!("2026-11-22T09:01:00Z")));
        assert!(told.iter().all(|event| event["actor"] == told[0]["actor"] && event["actor"].is_string()));
        assert_eq!(ada.get(&format!("{path}/events?limit=0")).await.faults(), ["?limit out_of_range"]);
    }

    async fn needs_that_nobody_confirms_expire_and_one_call_opens_them_again(db: TestDb) {
        let (app, ada) = parser(db).await;
        let (kept, left) = (open(&ada, json!({})).await, open(&ada, json!({})).await);
        let resting = open(&ada, json!({})).await;
        act(&ada, &resting, "pause").await.expect(200);
        let ada = again(&app, TimeDelta::days(30)).await;
        assert_eq!(act(&ada, &kept, "renew").await.expect(200)["renew_by"], "2027-01-21T09:00:00Z");
        let ada = again(&app, TimeDelta::days(7)).await;
        assert_eq!(needs::expire_overdue(&app.ctx, market::request_id()).await.unwrap(), 0, "the last instant of the grace");
        app.clock.advance(TimeDelta::seconds(1));
        assert_eq!(needs::expire_overdue(&app.ctx, market::request_id()).await.unwrap(), 1);
        assert_eq!(needs::expire_overdue(&app.ctx, market::request_id()).await.unwrap(), 0);
        for (path, status) in [(&kept, "open"), (&left, "expired"), (&resting, "paused")] {
            assert_eq!(ada.get(path).await.expect(200)["status"], status);
        }
        assert_eq!(app.anonymous().get("/api/v1/needs").await.expect(200)["items"].as_array().unwrap().len(), 1);
        let events = ada.get(&format!("{left}/events")).await.expect(200)["items"].clone();
        let last = events.as_array().unwrap().last().unwrap();
        assert_eq!((&last["to"], &last["actor"], &last["reason"]), (&json!("expired"), &Value::Null, &json!("not_confirmed_in_time")));
        let renewed = act(&ada, &left, "renew").await.expect(200);
        assert_eq!((&renewed["status"], &renewed["renew_by"], &renewed["opened_at"]), (&json!("open"), &json!("2027-01-28T09:00:01Z"), &json!("2026-11-22T09:00:00Z")));
    }

    async fn of_publishes_that_together_ask_too_much_one_wins(db: TestDb) {
        let (_app, ada) = parser(db).await;
        for _ in 0..3 {
            let mut paths = Vec::new();
            for _ in 0..4 {
                paths.push(draft(&ada, json!({"hours_per_week": 12})).await);
            }
            let tries: Vec<_> = paths.iter().cloned().map(|path| {
                let client = ada.clone();
                tokio::spawn(async move { act(&client, &path, "publish").await })
            }).collect();
            let mut won = 0;
            for each in tries {
                let answer = each.await.unwrap();
                if answer.status == 200 {
                    won += 1;
                } else {
                    answer.problem(409, "need.review_budget_spent");
                }
            }
            assert_eq!(won, 1);
            for path in paths {
                act(&ada, &path, "cancel").await.expect(200);
            }
        }
    }

    async fn opening_one_and_growing_another_keep_to_the_budget_together(db: TestDb) {
        let (_app, ada) = parser(db).await;
        for _ in 0..3 {
            let (small, other) = (open(&ada, json!({"hours_per_week": 2})).await, draft(&ada, json!({"hours_per_week": 11})).await);
            let (grown, opened) = tokio::join!(ada.patch(&small, json!({"seats": 5})), act(&ada, &other, "publish"));
            let mut statuses = [grown.status, opened.status];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 409], "{} {}", grown.text, opened.text);
            act(&ada, &small, "cancel").await.expect(200);
            act(&ada, &other, "cancel").await.expect(200);
        }
    }
}
