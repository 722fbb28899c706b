//! The security baseline: what projects say of it, the level they reach, and needs made of what is unmet.

use crate::app::TestApp;
use crate::client::Client;
use crate::db::{TestDb, on_both};
use crate::market;
use reqwest::Method;
use serde_json::{Value, json};

const BASELINE: &str = "/api/v1/projects/parser/baseline";

/// A server with `ada`, who leads the listed `parser` with 20 hours of review a week.
async fn parser(db: TestDb) -> (TestApp, Client) {
    let app = TestApp::start(db).await;
    let ada = app.person("ada").await;
    market::project(&ada, &app.coordinator().await, "parser", json!({})).await;
    (app, ada)
}

/// Every requirement in force, with its levels.
async fn requirements(client: &Client) -> Vec<(String, Vec<i64>)> {
    let catalog = client.get("/api/v1/baseline").await.expect(200);
    let controls = catalog["controls"].as_array().unwrap().iter();
    let all = controls.flat_map(|control| control["requirements"].as_array().unwrap());
    all.filter(|one| one["is_retired"] == false)
        .map(|one| {
            let levels = one["levels"].as_array().unwrap().iter().map(|level| level.as_i64().unwrap()).collect();
            (one["id"].as_str().unwrap().to_owned(), levels)
        })
        .collect()
}

fn met(id: &str) -> Value {
    json!({"requirement": id, "status": "met", "evidence_url": "https://github.com/example/parser/blob/main/README.md"})
}

on_both! {
    async fn the_catalog_is_told_in_full(db: TestDb) {
        let app = TestApp::start(db).await;
        let answer = app.anonymous().get("/api/v1/baseline").await;
        assert_eq!(answer.header("cache-control"), Some("public, max-age=60"));
        let catalog = answer.expect(200);
        let controls = catalog["controls"].as_array().unwrap();
        let asked: Vec<&Value> = controls.iter().flat_map(|one| one["requirements"].as_array().unwrap()).collect();
        assert_eq!((controls.len(), asked.len()), (41, 65));
        assert!(asked.iter().all(|one| one["is_retired"] == one["help"].is_null()));
        assert_eq!(asked[0]["url"], "https://baseline.openssf.org/versions/2026-02-19#osps-ac-01");
    }

    async fn a_project_rises_level_by_level(db: TestDb) {
        let (app, ada) = parser(db).await;
        let all = requirements(&ada).await;
        let anonymous = app.anonymous();
        let fresh = anonymous.get(BASELINE).await;
        let etag = fresh.etag();
        let fresh = fresh.expect(200);
        assert_eq!((&fresh["level"], &fresh["met"], &fresh["applicable"], &fresh["updated_at"]), (&json!(0), &json!(0), &json!(64), &Value::Null));
        assert_eq!(fresh["next"]["level"], 1);
        assert_eq!(anonymous.get("/api/v1/projects/parser").await.expect(200)["baseline"], Value::Null);

        let of = |most: i64| all.iter().filter(|(_, levels)| levels.iter().any(|level| *level <= most)).map(|(id, _)| met(id)).collect::<Vec<_>>();
        for level in 1..=3 {
            let answers = of(level);
            let body = json!({"assessments": answers});
            let (status, now) = if level == 1 {
                let answer = ada.send(Method::PUT, BASELINE, &[("if-match", &etag)], Some(body.to_string())).await;
                (answer.status, answer.json)
            } else {
                let answer = ada.put(BASELINE, body).await;
                (answer.status, answer.json)
            };
            assert_eq!((status, &now["level"], &now["met"]), (200, &json!(level), &json!(answers.len())));
            let shown = json!({"level": level, "met": answers.len(), "applicable": 64});
            assert_eq!(anonymous.get("/api/v1/projects/parser").await.expect(200)["baseline"], shown);
        }
        assert_eq!(ada.get(BASELINE).await.expect(200)["next"], Value::Null);
        ada.send(Method::PUT, BASELINE, &[("if-match", &etag)], Some(json!({"assessments": []}).to_string())).await.problem(412, "precondition.stale");
        let fallen = ada.put(&format!("{BASELINE}/OSPS-BR-06.01"), json!({"status": "unmet"})).await.expect(200);
        assert_eq!((&fallen["status"], &fallen["assessed_by"], &fallen["source"]), (&json!("unmet"), &json!("ada"), &json!("person")));
        let now = anonymous.get(BASELINE).await.expect(200);
        assert_eq!((&now["level"], &now["next"]), (&json!(1), &json!({"level": 2, "missing": ["OSPS-BR-06.01"], "hours": 24.0})));
        let aside = json!({"status": "not_applicable", "note": "Nothing is ever released."});
        ada.put(&format!("{BASELINE}/osps-br-06.01"), aside).await.expect(200);
        let now = anonymous.get(BASELINE).await.expect(200);
        assert_eq!((&now["level"], &now["met"], &now["applicable"]), (&json!(3), &json!(63), &json!(63)));
        let emptied = ada.put(BASELINE, json!({"assessments": []})).await.expect(200);
        assert_eq!((&emptied["level"], &emptied["met"], &emptied["applicable"]), (&json!(0), &json!(0), &json!(64)));
    }

    async fn every_answer_stays_in_the_history(db: TestDb) {
        let (app, ada) = parser(db).await;
        let address = format!("{BASELINE}/OSPS-VM-02.01");
        let answer = json!({"status": "met", "evidence_url": "https://example.org/security", "assessed_on": "2026-11-20"});
        for _ in 0..2 {
            ada.put(&address, answer.clone()).await.expect(200);
        }
        ada.put(&address, json!({"status": "unmet", "note": "The mailbox is dead."})).await.expect(200);
        ada.put(&format!("{BASELINE}/OSPS-LE-03.01"), json!({"status": "met", "note": "See COPYING."})).await.expect(200);
        let history = app.anonymous().get(&format!("{BASELINE}/history?requirement=osps-vm-02.01")).await.expect(200);
        let told: Vec<_> = history["items"].as_array().unwrap().iter().map(|one| (one["status"].as_str().unwrap(), one["is_current"].as_bool().unwrap())).collect();
        assert_eq!(told, [("unmet", true), ("met", false)], "the repeat says nothing new");
        assert_eq!(history["items"][1]["assessed_on"], "2026-11-20");
        let page = app.anonymous().get(&format!("{BASELINE}/history?limit=2")).await.expect(200);
        let next = format!("{BASELINE}/history?limit=2&cursor={}", page["next_cursor"].as_str().unwrap());
        assert_eq!(app.anonymous().get(&next).await.expect(200)["items"].as_array().unwrap().len(), 1);
        let own = ada.get("/api/v1/me/export").await.expect(200);
        assert_eq!(own["baseline_assessments"].as_array().map(Vec::len), Some(3), "{own}");
    }

    async fn refused_answers_leave_no_trace(db: TestDb) {
        let (app, ada) = parser(db).await;
        let long = "x".repeat(2001);
        for (body, fault) in [
            (json!({"status": "met"}), "/evidence_url missing"),
            (json!({"status": "met", "note": "  "}), "/evidence_url missing"),
            (json!({"status": "not_applicable"}), "/note missing"),
            (json!({"status": "met", "evidence_url": "http://example.org"}), "/evidence_url invalid_url"),
            (json!({"status": "met", "note": long}), "/note too_long"),
            (json!({"status": "unmet", "assessed_on": "2026-11-23"}), "/assessed_on in_future"),
            (json!({"status": "unmet", "assessed_on": "2019-01-01"}), "/assessed_on out_of_range"),
            (json!({"status": "maybe"}), "/status unknown_word"),
            (json!({"status": "unmet", "sure": true}), "/sure unknown_field"),
        ] {
            let answer = ada.put(&format!("{BASELINE}/OSPS-VM-02.01"), body.clone()).await;
            assert_eq!((answer.status, answer.faults()), (422, vec![fault.to_owned()]), "{body}");
        }
        let several = json!({"assessments": [met("OSPS-VM-02.01"), met("OSPS-BR-01.02"), met("osps-vm-02.01"), {"requirement": "OSPS-LE-03.01", "status": "not_applicable"}]});
        let answer = ada.put(BASELINE, several).await;
        assert_eq!((answer.status, answer.faults()), (422, ["/assessments/1/requirement unknown_requirement", "/assessments/2/requirement repeated", "/assessments/3/note missing"].map(str::to_owned).to_vec()));
        for id in ["OSPS-BR-01.02", "OSPS-XX-01.01", "x"] {
            ada.put(&format!("{BASELINE}/{id}"), json!({"status": "unmet"})).await.problem(404, "not_found");
            app.anonymous().get(&format!("{BASELINE}/{id}")).await.problem(404, "not_found");
        }
        assert_eq!(ada.get(&format!("{BASELINE}/history")).await.expect(200)["items"], json!([]));
    }

    async fn an_unmet_requirement_becomes_a_need_and_its_end_asks_again(db: TestDb) {
        let (app, ada) = parser(db).await;
        let address = format!("{BASELINE}/OSPS-BR-06.01");
        ada.act(&format!("{address}/need")).await.problem(409, "baseline.not_unmet");
        ada.put(&address, json!({"status": "unmet"})).await.expect(200);
        let answer = ada.act(&format!("{address}/need")).await;
        let location = answer.header("location").unwrap().to_owned();
        let made = answer.expect(201);
        assert_eq!((&made["requirement"], &made["status"], &made["kind"]), (&json!("OSPS-BR-06.01"), &json!("draft"), &json!("provenance_and_signing")));
        let need = ada.get(&location).await.expect(200);
        assert_eq!((&need["size"], &need["hours_per_week"], &need["weeks"], &need["access_level"]), (&json!("medium"), &json!(4.0), &json!(6), &json!(3)));
        let skills = json!([{"skill": "provenance-and-signing", "level": 3, "required": true}, {"skill": "release-engineering", "level": 3, "required": false}]);
        assert_eq!(need["skills"], skills);
        assert!(need["description"].as_str().unwrap().contains("OSPS-BR-06.01"));
        ada.act(&format!("{address}/need")).await.problem(409, "baseline.need_exists");

        let shown = |client: Client| { let address = address.clone(); async move { client.get(&address).await.expect(200) } };
        assert_eq!(shown(ada.clone()).await["need"], made["id"]);
        assert_eq!(shown(app.anonymous()).await["need"], Value::Null, "drafts are for the project's own eyes");
        ada.act(&format!("{location}/publish")).await.expect(200);
        assert_eq!(shown(app.person("stranger").await).await["need"], made["id"]);
        ada.act(&format!("{location}/fulfil")).await.expect(200);
        app.run_jobs().await;
        assert_eq!(shown(app.anonymous()).await["asked_again_at"], "2026-11-22T09:00:00Z");
        let standing = app.anonymous().get(BASELINE).await.expect(200);
        assert_eq!((&standing["asked_again"], &standing["met"]), (&json!(1), &json!(0)));
        ada.put(&address, json!({"status": "met", "evidence_url": "https://example.org/keys"})).await.expect(200);
        let standing = app.anonymous().get(BASELINE).await.expect(200);
        assert_eq!((&standing["asked_again"], &standing["met"]), (&json!(0), &json!(1)));
    }

    async fn a_cancelled_need_makes_room_and_strangers_change_nothing(db: TestDb) {
        let (app, ada) = parser(db).await;
        let address = format!("{BASELINE}/OSPS-DO-01.01");
        ada.put(&address, json!({"status": "unmet"})).await.expect(200);
        let first = ada.act(&format!("{address}/need")).await.expect(201);
        ada.act(&format!("/api/v1/needs/{}/cancel", first["id"].as_str().unwrap())).await.expect(200);
        assert_eq!(ada.get(&address).await.expect(200)["need"], Value::Null);
        ada.act(&format!("{address}/need")).await.expect(201);
        let stranger = app.person("stranger").await;
        for path in [BASELINE.to_owned(), address.clone()] {
            let body = if path == BASELINE { json!({"assessments": []}) } else { json!({"status": "unmet"}) };
            stranger.put(&path, body.clone()).await.problem(403, "forbidden");
            assert_eq!(app.anonymous().put(&path, body).await.status, 401);
        }
        stranger.act(&format!("{address}/need")).await.problem(403, "forbidden");
        app.anonymous().get("/api/v1/projects/nowhere/baseline").await.problem(404, "not_found");
    }
}
