//! Reports and badges: what they show is what the ledger holds.

use crate::db::on_both;
use crate::market::{self, request_id};
use crate::work::{self, Acme};
use crate::{app::TestApp, seed};
use mainstay::features::organizations::OrganizationRole::Manager;
use mainstay::features::time_entries;
use reqwest::Method;
use serde_json::{Value, json};

/// Sums of `names` over a list of figures.
fn sums(list: &Value, names: [&str; 4]) -> [i64; 4] {
    names.map(|name| list.as_array().unwrap().iter().map(|row| row["figures"][name].as_i64().unwrap()).sum())
}

const PLEDGE: [&str; 4] = ["reserved_minutes", "delivered_minutes", "confirmed_minutes", "automatic_minutes"];
const WORK: [&str; 4] = ["logged_minutes", "confirmed_minutes", "automatic_minutes", "own_time_minutes"];

/// Sums of the columns of a table, by their names.
fn columns(table: &str, names: [&str; 4]) -> [i64; 4] {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let heading = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    names.map(|name| {
        let at = heading.iter().position(|column| column == name).unwrap();
        rows.iter().map(|row| row[at].parse::<i64>().unwrap()).sum()
    })
}

/// All that may come to hours: confirmed, adjusted, rejected, taken back, lapsed, disputed and waiting ones.
async fn lived_in(db: crate::db::TestDb) -> (Acme, String) {
    let mut acme = Acme::new(db, 10.0, json!({"seats": 2, "hours_per_week": 4})).await;
    let id = acme.pledged_work(2.0).await;
    acme.confirmed(&id, "2026-11-22", 100).await;
    let adjusted = acme.logged(&id, "2026-11-22", 90).await;
    acme.lin.post(&format!("{adjusted}/dispute"), json!({"reason": "Hm."})).await.expect(200);
    acme.lin.post(&format!("{adjusted}/adjust"), json!({"minutes": 50, "reason": "As agreed."})).await.expect(200);
    let rejected = acme.logged(&id, "2026-11-22", 33).await;
    acme.lin.post(&format!("{rejected}/dispute"), json!({"reason": "Hm."})).await.expect(200);
    acme.lin.post(&format!("{rejected}/reject"), json!({"reason": "No."})).await.expect(200);
    let undone = acme.confirmed(&id, "2026-11-22", 70).await;
    acme.ada.act(&format!("{undone}/void")).await.expect(200);
    acme.logged(&id, "2026-11-22", 45).await;
    acme.later(9).await;
    let doubted = acme.logged(&id, "2026-12-01", 25).await;
    acme.lin.post(&format!("{doubted}/dispute"), json!({"reason": "Hm."})).await.expect(200);
    acme.confirmed(&id, "2026-12-01", 61).await;
    acme.later(5).await;
    assert_eq!(time_entries::confirm_silent(&acme.app.ctx, request_id()).await.unwrap(), 1);
    (acme, id)
}

on_both! {
    async fn what_a_report_shows_is_what_the_ledger_holds(db: TestDb) {
        let (acme, _) = lived_in(db).await;
        let report = acme.olga.get("/api/v1/organizations/acme/impact").await.expect(200);
        let [granted, reserved, delivered, confirmed] = acme.balance().await;
        assert_eq!((confirmed, delivered), (100 + 50 + 45 + 61, 100 + 50 + 45 + 61 + 25));
        let figures = &report["figures"];
        assert_eq!((&report["pledged_minutes"], &figures["reserved_minutes"], &figures["delivered_minutes"], &figures["confirmed_minutes"]),
            (&json!(granted), &json!(reserved), &json!(delivered), &json!(confirmed)));
        assert_eq!((&figures["automatic_minutes"], &figures["own_time_minutes"]), (&json!(45), &json!(0)));
        // The ledger itself, summed by hand.
        let ledger = acme.olga.get(&format!("/api/v1/pledges/{}/ledger?limit=100", acme.pledge)).await.expect(200);
        let sum = |kind: &str| -> i64 {
            ledger["items"].as_array().unwrap().iter().filter(|entry| entry["kind"] == kind).map(|entry| entry["minutes"].as_i64().unwrap()).sum()
        };
        assert_eq!((sum("deliver"), sum("confirm"), sum("reserve") - sum("release") - sum("confirm")), (delivered, confirmed, reserved));
        let whole = [reserved, delivered, confirmed, 45];
        for part in ["by_project", "by_person", "by_month", "by_kind"] {
            assert_eq!(sums(&report[part], PLEDGE), whole, "{part}: {}", report[part]);
        }
        assert_eq!(report["by_month"].as_array().unwrap().iter().map(|row| row["pledged_minutes"].as_i64().unwrap()).sum::<i64>(), granted);
        assert_eq!((&report["by_project"][0]["slug"], &report["by_person"][0]["handle"], &report["by_kind"][0]["kind"]), (&json!("parser"), &json!("ada"), &json!("fuzzing")));
        let months: Vec<&str> = report["by_month"].as_array().unwrap().iter().map(|row| row["month"].as_str().unwrap()).collect();
        assert_eq!(months, ["2026-11", "2026-12"]);
        for (path, accept) in [("/api/v1/organizations/acme/impact?format=csv", "*/*"), ("/api/v1/organizations/acme/impact", "text/csv")] {
            let table = acme.olga.send(Method::GET, path, &[("accept", accept)], None).await;
            assert_eq!((table.status, table.header("content-type")), (200, Some("text/csv; charset=utf-8")));
            assert_eq!(columns(&table.text, PLEDGE), whole, "{}", table.text);
        }
        // A part of the time.
        let november = acme.olga.get("/api/v1/organizations/acme/impact?from=2026-11-01&to=2026-11-30").await.expect(200);
        let december = acme.olga.get("/api/v1/organizations/acme/impact?from=2026-12-01").await.expect(200);
        assert_eq!(november["figures"]["confirmed_minutes"], 195);
        let both = |name: &str| november["figures"][name].as_i64().unwrap() + december["figures"][name].as_i64().unwrap();
        assert_eq!(PLEDGE.map(both), whole);
        acme.app.stop().await;
    }

    async fn reports_are_for_their_own_people(db: TestDb) {
        let acme = Acme::new(db, 10.0, json!({})).await;
        let id = acme.pledged_work(2.0).await;
        acme.confirmed(&id, "2026-11-22", 100).await;
        let path = "/api/v1/organizations/acme/impact";
        let member = acme.ada.get(path).await.expect(200);
        assert_eq!((&member["by_person"], &member["figures"]["confirmed_minutes"]), (&json!(null), &json!(100)));
        let table = acme.ada.get(&format!("{path}?format=csv")).await;
        assert!(table.text.contains("parser") && !table.text.contains("ada"), "{}", table.text);
        let boss = acme.app.person("boss").await;
        boss.get(path).await.problem(403, "forbidden");
        market::join(&acme.app, "acme", "boss", Manager).await;
        assert_eq!(boss.get(path).await.expect(200)["by_person"][0]["handle"], "ada");
        acme.app.anonymous().get(path).await.problem(401, "auth.required");
        assert_eq!(acme.olga.get(&format!("{path}?from=2026-12-01&to=2026-11-01")).await.faults(), ["?to out_of_order"]);
        assert_eq!(acme.olga.get(&format!("{path}?from=yesterday")).await.status, 422);
        boss.get("/api/v1/projects/parser/impact").await.problem(403, "forbidden");
        let project = acme.lin.get("/api/v1/projects/parser/impact").await.expect(200);
        assert_eq!(sums(&project["by_person"], WORK), [100, 100, 0, 0]);
        assert_eq!((&project["by_organization"][0]["key"], &project["figures"]["employer_minutes"]), (&json!("acme"), &json!(100)));
        let mine = acme.ada.get("/api/v1/me/impact").await.expect(200);
        assert_eq!((&mine["by_project"][0]["name"], &mine["figures"]["confirmed_minutes"]), (&json!("parser"), &json!(100)));
        assert_eq!(acme.lin.get("/api/v1/me/impact").await.expect(200)["figures"]["logged_minutes"], 0);
        let table = acme.ada.send(Method::GET, "/api/v1/me/impact", &[("accept", "text/csv")], None).await;
        assert_eq!(columns(&table.text, WORK), [100, 100, 0, 0]);
        acme.app.stop().await;
    }

    async fn work_on_what_one_uses_oneself_is_told(db: TestDb) {
        let acme = Acme::new(db, 10.0, json!({})).await;
        seed::listed_project(&acme.app, "lexer", &acme.lin).await;
        let id = acme.pledged_work(2.0).await;
        acme.confirmed(&id, "2026-11-22", 100).await;
        let path = "/api/v1/organizations/acme/impact";
        assert_eq!(acme.olga.get(path).await.expect(200)["own_dependencies"], json!(null));
        let component = |name: &str| json!({"type": "library", "name": name, "version": "1.0.0", "purl": format!("pkg:cargo/{name}@1.0.0"), "bom-ref": name});
        let bom = json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "metadata": {"component": {"type": "application", "name": "router", "bom-ref": "router"}},
            "components": [component("parser"), component("lexer")], "dependencies": [{"ref": "router", "dependsOn": ["parser", "lexer"]}]});
        acme.olga.post("/api/v1/organizations/acme/sboms", bom).await.expect(201);
        let own = acme.olga.get(path).await.expect(200);
        assert_eq!(own["own_dependencies"], json!({"projects_used": 2, "projects_helped": 1, "confirmed_minutes": 100, "without_help": ["lexer"]}));
        assert_eq!(own["by_project"][0]["depth"], 1);
        acme.app.stop().await;
    }

    async fn badges_count_what_projects_confirmed_themselves(db: TestDb) {
        let (acme, id) = lived_in(db).await;
        let anyone = acme.app.anonymous();
        for path in ["/api/v1/organizations/acme/badge.svg", "/api/v1/projects/parser/badge.svg?kind=hours"] {
            // 100 + 50 + 61 minutes are three whole hours; the 45 that nobody looked at are not among them.
            let badge = anyone.get(path).await;
            assert_eq!((badge.header("content-type"), badge.header("cache-control")), (Some("image/svg+xml"), Some("public, max-age=3600")));
            assert!(badge.text.contains("aria-label=\"hours given: 3\""), "{}", badge.text);
            let again = anyone.send(Method::GET, path, &[("if-none-match", badge.etag().as_str())], None).await;
            assert_eq!(again.status, 304);
        }
        acme.confirmed(&id, "2026-12-06", 60).await;
        let badge = anyone.get("/api/v1/organizations/acme/badge.svg").await;
        assert!(badge.text.contains("hours given: 4"), "{}", badge.text);
        assert!(anyone.get("/api/v1/projects/parser/badge.svg").await.text.contains("helpers wanted: 1"));
        anyone.get("/api/v1/organizations/nobody/badge.svg").await.problem(404, "not_found");
        assert_eq!(anyone.get("/api/v1/projects/parser/badge.svg?kind=stars").await.status, 422);
        acme.app.stop().await;
    }

    async fn public_hours_are_those_of_five(db: TestDb) {
        let app = TestApp::start(db).await;
        let lin = app.person("lin").await;
        seed::listed_project(&app, "parser", &lin).await;
        let need = seed::open_need(&lin, "parser", "Fuzz the parser", json!({"seats": 6})).await;
        for (at, handle) in ["ada", "bob", "cyd", "dan", "eve"].into_iter().enumerate() {
            let person = app.person(handle).await;
            seed::offer(&person, json!({})).await;
            let id = work::at_work(&app, &lin, &need, handle, 2.0, None).await;
            let body = json!({"worked_on": "2026-11-22", "minutes": 90, "note": "Fuzzed."});
            let made = person.post(&format!("/api/v1/assignments/{id}/time-entries"), body).await.expect(201);
            lin.act(&format!("/api/v1/time-entries/{}/confirm", made["id"].as_str().unwrap())).await.expect(200);
            let told = app.anonymous().get("/api/v1/statistics").await.expect(200)["confirmed_hours"].clone();
            assert_eq!(told, if at < 4 { json!(null) } else { json!(7.5) }, "{handle}");
        }
        app.stop().await;
    }
}
