//! Systemic risk: graphs imported, joined with the listings, worked out and explained.

use crate::app::TestApp;
use crate::client::Client;
use crate::db::{TestDb, on_both};
use crate::market;
use mainstay::features::risk::{self, GraphImport};
use reqwest::Method;
use serde_json::{Value, json};

const GRAPH: &str =
    "N\tapp\t\thttps://github.com/example/app\nN\tbroker\nN\tlibrary\torphan\nE\tapp\tbroker\nE\tbroker\tlibrary\n";

/// Listed projects `app`, which is critical, `library`, on which it depends by way of a package that is not listed, and `tool`.
async fn listed(db: TestDb) -> (TestApp, Client, Client) {
    let app = TestApp::start(db).await;
    let (ada, coordinator) = (app.person("ada").await, app.coordinator().await);
    market::project(&ada, &coordinator, "app", json!({})).await;
    market::project(&ada, &coordinator, "library", json!({"packages": ["pkg:deb/debian/library"]})).await;
    market::project(&ada, &coordinator, "tool", json!({})).await;
    for (slug, score) in [("app", 0.8), ("tool", 0.4)] {
        let body = json!({"score": score, "algorithm": "original_pike", "as_of": "2026-11-01T00:00:00Z", "reason": "Collected."});
        coordinator.put(&format!("/api/v1/projects/{slug}/criticality"), body).await.expect(200);
    }
    (app, ada, coordinator)
}

async fn import(app: &TestApp, text: &str) -> risk::Imported {
    let input = GraphImport {
        name: "debian".to_owned(),
        ecosystem: Some("deb/debian".to_owned()),
        bytes: text.as_bytes().to_vec(),
    };
    let done = risk::import(&app.ctx, input, None, market::request_id()).await.unwrap();
    app.run_jobs().await;
    done
}

on_both! {
    async fn what_depends_on_a_project_makes_its_risk(db: TestDb) {
        let (app, ada, coordinator) = listed(db).await;
        let before = app.anonymous().get("/api/v1/projects/library/risk").await.expect(200);
        assert_eq!((&before["risk"], &before["need_for_help"], &before["fragility"]), (&Value::Null, &Value::Null, &json!(0.6)), "one person leads it");
        let done = import(&app, GRAPH).await;
        assert_eq!((done.nodes, done.edges, done.is_same), (3, 2, false));
        assert!(import(&app, GRAPH).await.is_same);
        let known = app.anonymous().get("/api/v1/projects/library/risk").await.expect(200);
        assert_eq!((&known["reach"], &known["place"], &known["of"], &known["graph"]), (&json!(0.2), &json!(3), &json!(3), &json!("debian")));
        let rings = known["by_distance"].as_array().unwrap();
        assert_eq!((rings.len(), &rings[2]), (3, &json!({"distance": 2, "projects": 1, "criticality": 0.8})));
        let risk = 0.2_f64.ln_1p() / 0.8_f64.ln_1p();
        assert!((known["risk"].as_f64().unwrap() - risk).abs() < 1e-9);
        let shown = app.anonymous().get("/api/v1/projects/library").await.expect(200)["systemic_risk"].as_f64().unwrap();
        assert!((shown - risk).abs() < 1e-9);
        assert_eq!(app.anonymous().get("/api/v1/projects/tool").await.expect(200)["systemic_risk"], Value::Null, "it stands in no graph");
        assert_eq!(known["signals"][1]["source"], "debian");
        assert!((known["fragility"].as_f64().unwrap() - 0.92).abs() < 1e-9, "alone and orphaned");
        assert!((known["need_for_help"].as_f64().unwrap() - risk * known["fragility"].as_f64().unwrap()).abs() < 1e-9);
        let assurance = &known["assurance"];
        assert_eq!((&assurance["level_wanted"], &assurance["level_reached"]), (&json!(1), &json!(0)));
        let hours: f64 = assurance["skills"].as_array().unwrap().iter().map(|one| one["hours"].as_f64().unwrap()).sum();
        assert!(hours > 0.0 && (hours - assurance["hours"].as_f64().unwrap()).abs() < 1e-9);

        let scorecard = json!({"date": "2026-11-01", "repo": {"name": "github.com/example/library"}, "score": 2.0, "checks": [{"name": "Maintained", "score": 2}]});
        ada.put("/api/v1/projects/library/scorecard", scorecard).await.expect(200);
        let worse = app.anonymous().get("/api/v1/projects/library/risk").await.expect(200);
        assert_eq!(worse["signals"][2], json!({"name": "maintained", "weight": 0.48, "most": 0.6, "text": "Its Scorecard gives Maintained 2 of 10.", "source": "scorecard", "as_of": "2026-11-01T00:00:00Z"}));
        assert!(worse["need_for_help"].as_f64() > known["need_for_help"].as_f64());

        let advisory = |id: &str, end: Value| {
            let events = [json!([{"introduced": "0"}]), end].map(|list| list.as_array().cloned().unwrap_or_default()).concat();
            json!({"id": id, "modified": "2026-11-01T00:00:00Z", "aliases": ["CVE-2026-0001"], "affected": [
                {"package": {"ecosystem": "Debian:12", "name": "library"}, "ranges": [{"type": "ECOSYSTEM", "events": events}]}]})
        };
        coordinator.post("/api/v1/advisories", advisory("DSA-1-1", json!([{"fixed": "1.2-1"}]))).await.expect(201);
        let mended = app.anonymous().get("/api/v1/projects/library/risk").await.expect(200);
        assert_eq!((&mended["signals"][3]["text"], &mended["need_for_help"]), (&json!("No advisory is open."), &worse["need_for_help"]));
        for id in ["DSA-2-1", "DSA-3-1"] {
            coordinator.post("/api/v1/advisories", advisory(id, json!([]))).await.expect(201);
        }
        let open = app.anonymous().get("/api/v1/projects/library/risk").await.expect(200);
        let signal = &open["signals"][3];
        assert_eq!((&signal["name"], &signal["weight"], &signal["source"]), (&json!("open_advisories"), &json!(0.1), &json!("advisories")), "one vulnerability by two names");
        assert!(open["need_for_help"].as_f64() > worse["need_for_help"].as_f64());
    }

    async fn what_five_organizations_show_makes_risk_and_what_four_show_does_not(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, coordinator) = (app.person("ada").await, app.coordinator().await);
        for (slug, package) in [("app", "pkg:cargo/app"), ("library", "pkg:cargo/library")] {
            market::project(&ada, &coordinator, slug, json!({"packages": [package]})).await;
        }
        let score = json!({"score": 0.8, "algorithm": "original_pike", "as_of": "2026-11-01T00:00:00Z", "reason": "Collected."});
        coordinator.put("/api/v1/projects/app/criticality", score).await.expect(200);
        let package = |name: &str| json!({"type": "library", "bom-ref": name, "name": name, "purl": format!("pkg:cargo/{name}@1.0.0")});
        let product = json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": [package("app"), package("library")],
            "dependencies": [{"ref": "app", "dependsOn": ["library"]}]}).to_string();
        let (mut known, mut last) = (Value::Null, None);
        for number in 1..=5 {
            let owner = app.person(&format!("owner{number}")).await;
            let slug = format!("company{number}");
            market::organization(&owner, &slug).await;
            // However many products of one organization show it, they are one organization's.
            for name in ["shop", "ship"] {
                let path = format!("/api/v1/organizations/{slug}/sboms?product={name}");
                owner.send(Method::POST, &path, &[], Some(product.clone())).await.expect(201);
            }
            risk::refresh(app.ctx.clone(), json!({})).await.unwrap();
            known = app.anonymous().get("/api/v1/projects/library/risk").await.expect(200);
            let shown = app.anonymous().get("/api/v1/projects/library").await.expect(200)["systemic_risk"].clone();
            assert_eq!((known["risk"].is_null(), &shown), (number < 5, &known["risk"]), "{number} organizations show it");
            last = Some((owner, slug));
        }
        assert_eq!((&known["reach"], &known["place"], &known["of"]), (&json!(0.4), &json!(2), &json!(2)));
        assert_eq!(known["by_distance"][1], json!({"distance": 1, "projects": 1, "criticality": 0.8}));
        assert!((known["risk"].as_f64().unwrap() - 0.4_f64.ln_1p() / 0.8_f64.ln_1p()).abs() < 1e-9, "{known}");
        assert_eq!(known["graph"], Value::Null, "it is known from bills of materials alone");
        assert!(known["need_for_help"].as_f64() > Some(0.0), "{known}");
        assert!(!known.to_string().contains("company"), "nobody is told who shows it: {known}");

        let (owner, slug) = last.unwrap();
        let path = format!("/api/v1/organizations/{slug}/sboms");
        for item in owner.get(&path).await.expect(200)["items"].as_array().unwrap() {
            owner.send(Method::DELETE, &format!("{path}/{}", item["id"].as_str().unwrap()), &[], None).await.expect(204);
        }
        risk::refresh(app.ctx.clone(), json!({})).await.unwrap();
        let gone = app.anonymous().get("/api/v1/projects/library/risk").await.expect(200);
        assert_eq!((&gone["risk"], &gone["need_for_help"]), (&Value::Null, &Value::Null), "four are left");
        app.stop().await;
    }

    async fn a_plan_shows_what_it_would_change(db: TestDb) {
        let (app, ada, _) = listed(db).await;
        ada.get("/api/v1/projects/app/risk/planned?needs=library").await.problem(409, "risk.not_known");
        import(&app, GRAPH).await;
        let plan = ada.get("/api/v1/projects/app/risk/planned?needs=library").await.expect(200);
        assert_eq!(plan["changed"].as_array().map(Vec::len), Some(1));
        assert_eq!((&plan["changed"][0]["slug"], &plan["changed"][0]["reach"], &plan["changed"][0]["planned_reach"]), (&json!("library"), &json!(0.2), &json!(0.4)));
        ada.get("/api/v1/projects/app/risk/planned?needs=tool").await.problem(409, "risk.not_known");
        let answer = ada.get("/api/v1/projects/app/risk/planned?needs=nowhere").await;
        assert_eq!((answer.status, answer.faults()), (422, vec!["?needs/0 unknown_project".to_owned()]));
        assert_eq!(ada.get("/api/v1/projects/app/risk/planned").await.faults(), ["?needs missing"]);
        assert_eq!(app.anonymous().get("/api/v1/projects/app/risk/planned?needs=library").await.status, 401);
    }

    async fn declared_plans_show_in_the_planned_risk_alone(db: TestDb) {
        const PLANS: &str = "/api/v1/projects/app/risk/plans";
        let (app, ada, _) = listed(db).await;
        import(&app, GRAPH).await;
        let before = app.anonymous().get("/api/v1/projects/library/risk").await.expect(200);
        assert_eq!((&before["planned_reach"], &before["planned_risk"]), (&Value::Null, &Value::Null));
        let plans = json!({"plans": [{"needs": "library", "note": "For reading backups."}, {"needs": "tool"}, {"needs": "tool"}]});
        let kept = ada.put(PLANS, plans).await.expect(200);
        assert_eq!(kept["plans"].as_array().map(Vec::len), Some(2), "each once");
        assert_eq!((&kept["plans"][0]["slug"], &kept["plans"][0]["note"]), (&json!("library"), &json!("For reading backups.")));
        assert_eq!(app.anonymous().get(PLANS).await.expect(200), kept);
        app.run_jobs().await;
        let after = app.anonymous().get("/api/v1/projects/library/risk").await.expect(200);
        assert_eq!((&after["reach"], &after["planned_reach"]), (&before["reach"], &json!(0.4)), "one step instead of two");
        assert!(after["planned_risk"].as_f64() > after["risk"].as_f64());
        let tool = app.anonymous().get("/api/v1/projects/tool/risk").await.expect(200);
        assert_eq!((&tool["reach"], &tool["planned_reach"]), (&json!(0.4), &json!(0.8)), "it stands in no graph, but in a plan");
        assert_eq!(ada.get("/api/v1/me/export").await.expect(200)["plans_declared"].as_array().map(Vec::len), Some(2));

        for (plan, fault) in [
            (json!({"needs": "nowhere"}), "/plans/0 unknown_project"),
            (json!({"needs": "app"}), "/plans/0 not_here"),
            (json!({"needs": "tool", "note": ""}), "/plans/0 too_short"),
        ] {
            assert_eq!(ada.put(PLANS, json!({"plans": [plan]})).await.faults(), [fault]);
        }
        app.person("stranger").await.put(PLANS, json!({"plans": []})).await.problem(403, "forbidden");
        ada.put(PLANS, json!({"plans": []})).await.expect(200);
        app.run_jobs().await;
        assert_eq!(app.anonymous().get("/api/v1/projects/library/risk").await.expect(200)["planned_reach"], Value::Null);
    }

    async fn what_is_no_graph_is_refused_whole(db: TestDb) {
        let (app, ..) = listed(db).await;
        let input = GraphImport { name: "debian".to_owned(), ecosystem: None, bytes: b"N\tapp\nE\t0\t7\n".to_vec() };
        let error = risk::import(&app.ctx, input, None, market::request_id()).await.unwrap_err();
        assert!(error.detail().contains("line 2: \"7\" is neither"), "{error}");
        app.run_jobs().await;
        assert_eq!(app.anonymous().get("/api/v1/projects/app/risk").await.expect(200)["risk"], Value::Null);
        assert!(risk::ask_daily(&app.ctx).await.unwrap());
        app.run_jobs().await;
        assert!(!risk::ask_daily(&app.ctx).await.unwrap(), "it was worked out just now");
    }
}
