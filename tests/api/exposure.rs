//! The report of what an organization depends on: every figure of a row, in each of its three forms, and where a pledge would be
//! spent best.

use crate::app::TestApp;
use crate::client::Client;
use crate::db::on_both;
use crate::{market, seed};
use mainstay::features::risk::{self, GraphImport};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::HashMap;

const EXPOSURE: &str = "/api/v1/organizations/freight/exposure";
const GRAPH: &str = "N\tapp\t\thttps://github.com/example/app\nN\tparser\t\thttps://github.com/example/parser\nN\tlogger\t\thttps://github.com/example/logger\nE\tapp\tparser\nE\tparser\tlogger\n";

/// A product that uses the first of these itself, and each next one through the one before.
async fn upload(owner: &Client, product: &str, purls: &[&str]) {
    let component = |purl: &&str| json!({"type": "library", "bom-ref": purl, "name": purl.rsplit('/').next().unwrap(), "purl": purl});
    let chain: Vec<&str> = std::iter::once("itself").chain(purls.iter().copied()).collect();
    let document = json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": "itself", "name": product}},
        "components": purls.iter().map(component).collect::<Vec<_>>(),
        "dependencies": chain.windows(2).map(|pair| json!({"ref": pair[0], "dependsOn": [pair[1]]})).collect::<Vec<_>>()});
    let path = "/api/v1/organizations/freight/sboms";
    owner.send(Method::POST, path, &[], Some(document.to_string())).await.expect(201);
}

/// `parser` of one person: risky, with an open need, an advisory and level 1 of the baseline; used directly by both products. `logger`
/// of two people, of which nothing of all that is true, and which is used through the parser by one.
async fn market_of(app: &TestApp) -> Client {
    let (lead, helper, coordinator) = (app.person("lead").await, app.person("helper").await, app.coordinator().await);
    let owner = app.person("owner").await;
    market::project(&lead, &coordinator, "parser", json!({"packages": ["pkg:cargo/parser"]})).await;
    market::project(&lead, &coordinator, "logger", json!({"packages": ["pkg:cargo/logger"]})).await;
    market::project(&lead, &coordinator, "app", json!({})).await;
    market::maintain(&lead, &helper, "logger").await;
    for (slug, score) in [("app", 0.9), ("parser", 0.85)] {
        let body = json!({"score": score, "algorithm": "original_pike", "as_of": "2026-11-01T00:00:00Z", "reason": "Collected."});
        coordinator.put(&format!("/api/v1/projects/{slug}/criticality"), body).await.expect(200);
    }
    let graph = GraphImport { name: "sources".to_owned(), ecosystem: None, bytes: GRAPH.as_bytes().to_vec() };
    risk::import(&app.ctx, graph, None, market::request_id()).await.unwrap();
    let catalog = lead.get("/api/v1/baseline").await.expect(200);
    let controls = catalog["controls"].as_array().unwrap().iter();
    let first = controls
        .flat_map(|control| control["requirements"].as_array().unwrap())
        .filter(|one| one["is_retired"] == false && one["levels"].as_array().unwrap().contains(&json!(1)));
    let met = |one: &Value| json!({"requirement": one["id"], "status": "met", "evidence_url": "https://example.org/evidence"});
    let answers = json!({"assessments": first.map(met).collect::<Vec<_>>()});
    assert_eq!(lead.put("/api/v1/projects/parser/baseline", answers).await.expect(200)["level"], 1);
    seed::open_need(&lead, "parser", "Fuzz the parser", json!({})).await;
    let advisory = json!({"id": "RUSTSEC-2026-0001", "modified": "2026-11-01T00:00:00Z", "summary": "It reads beyond the end",
        "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"}],
        "affected": [{"package": {"ecosystem": "crates.io", "name": "parser"}, "ranges": [
            {"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.2.0"}]}]}]});
    coordinator.post("/api/v1/advisories", advisory).await.expect(201);
    market::organization(&owner, "freight").await;
    upload(&owner, "Planner", &["pkg:cargo/parser@1.1.0", "pkg:cargo/logger@3.0.0"]).await;
    upload(&owner, "Tracker", &["pkg:cargo/parser@1.2.0"]).await;
    app.run_jobs().await;
    owner
}

fn assert_parser(row: &Value) {
    let is = |name: &str, value: Value| assert_eq!(row[name], value, "{name}");
    is("slug", json!("parser"));
    is("found_by", json!("package"));
    is("direct", json!(true));
    is("depth", json!(1));
    is("product_count", json!(2));
    is("products", json!(["Planner", "Tracker"]));
    is("versions", json!(["1.1.0", "1.2.0"]));
    is("criticality", json!(0.85));
    is("criticality_tier", json!(1));
    is("baseline_level", json!(1));
    is("open_needs", json!(1));
    is("maintainers", json!(1));
    is("one_maintainer", json!(true));
    is("advisories", json!([{"id": "RUSTSEC-2026-0001", "severity": "high", "certainty": "affected"}]));
    // Itself, and the app at one step.
    let risk = (0.85 + 0.9 / 2.0_f64).ln_1p() / (0.85 + 0.9_f64).ln_1p();
    assert!((row["systemic_risk"].as_f64().unwrap() - risk).abs() < 1e-9, "{row}");
}

fn assert_logger(row: &Value, lead_of_parser: f64) {
    let is = |name: &str, value: Value| assert_eq!(row[name], value, "{name}");
    is("slug", json!("logger"));
    is("direct", json!(false));
    is("depth", json!(2));
    is("product_count", json!(1));
    is("criticality", Value::Null);
    is("baseline_level", Value::Null);
    is("open_needs", json!(0));
    is("maintainers", json!(2));
    is("one_maintainer", json!(false));
    is("advisories", json!([]));
    let risk = (0.85 / 2.0 + 0.9 / 4.0_f64).ln_1p() / (0.85 + 0.9_f64).ln_1p();
    assert!((row["systemic_risk"].as_f64().unwrap() - risk).abs() < 1e-9, "{row}");
    assert!(row["priority"]["score"].as_f64().unwrap() < lead_of_parser);
}

/// The table: its rows by slug, each a cell by heading.
fn table(text: &str) -> Vec<HashMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|row| row.unwrap()).collect()
}

on_both! {
    async fn every_figure_of_a_row_is_there_in_each_form(db: TestDb) {
        let app = TestApp::start(db).await;
        let owner = market_of(&app).await;
        let found = owner.get(EXPOSURE).await.expect(200);
        assert_eq!((&found["products"], &found["components"], &found["traced_components"]), (&json!(2), &json!(3), &json!(3)));
        let rows = found["projects"].as_array().unwrap();
        assert_eq!(rows.len(), 2);
        assert_parser(&rows[0]);
        assert_logger(&rows[1], rows[0]["priority"]["score"].as_f64().unwrap());

        let csv = owner.get(&format!("{EXPOSURE}?format=csv")).await;
        assert!(csv.header("content-type").unwrap().starts_with("text/csv"));
        let lines = table(&csv.text);
        for (line, row) in lines.iter().zip(rows) {
            assert_eq!(line["project"], row["slug"].as_str().unwrap());
            let number = |name: &str| row[name].as_f64().map(|value| value.to_string()).unwrap_or_default();
            for (heading, name) in [("criticality", "criticality"), ("tier", "criticality_tier"), ("systemic_risk", "systemic_risk"),
                ("baseline_level", "baseline_level"), ("open_needs", "open_needs"), ("maintainers", "maintainers"), ("depth", "depth")] {
                assert_eq!(line[heading], number(name), "{heading}");
            }
            assert_eq!(line["priority"], format!("{:.1}", row["priority"]["score"].as_f64().unwrap()));
        }
        let of = |heading: &str| lines.iter().map(|line| line[heading].clone()).collect::<Vec<_>>();
        assert_eq!(of("use"), ["direct", "transitive"]);
        assert_eq!((of("products"), of("versions")), (vec!["Planner; Tracker".to_owned(), "Planner".to_owned()], vec!["1.1.0; 1.2.0".to_owned(), "3.0.0".to_owned()]));
        assert_eq!((of("advisories"), of("baseline_level")), (vec!["RUSTSEC-2026-0001".to_owned(), String::new()], vec!["1".to_owned(), String::new()]));

        let page = owner.get(&format!("{EXPOSURE}?format=html")).await;
        assert!(page.header("content-type").unwrap().starts_with("text/html"));
        assert!(page.text.contains("2 products with 3 components, of which 3 belong to 2 projects that are listed"), "{}", page.text);
        // Each heading of the table is one of the page, and each cell of it as well, in the same order.
        let mut at = 0;
        let headings = csv.text.lines().next().unwrap().split(',').map(|heading| format!("<th scope=\"col\">{heading}</th>"));
        let mut reader = csv::Reader::from_reader(csv.text.as_bytes());
        let cells: Vec<String> = reader.records().flat_map(|row| row.unwrap().iter().map(|cell| format!("<td>{cell}</td>")).collect::<Vec<_>>()).collect();
        for part in headings.chain(cells) {
            let found = page.text[at..].find(&part).unwrap_or_else(|| panic!("{part} is not after {at} in {}", page.text));
            at += found + part.len();
        }
        app.stop().await;
    }

    async fn a_pledge_is_best_spent_on_what_is_risky_near_fragile_and_asks_for_help(db: TestDb) {
        let app = TestApp::start(db).await;
        let owner = market_of(&app).await;
        let found = owner.get(EXPOSURE).await.expect(200);
        let points = |at: usize| {
            let reasons = found["projects"][at]["priority"]["reasons"].as_array().unwrap();
            let told: Vec<(String, f64, String)> = reasons.iter().map(|one| (one["factor"].as_str().unwrap().to_owned(), one["points"].as_f64().unwrap(), one["text"].as_str().unwrap().to_owned())).collect();
            assert!((told.iter().map(|one| one.1).sum::<f64>() - found["projects"][at]["priority"]["score"].as_f64().unwrap()).abs() < 1e-9);
            told
        };
        let risk = |at: usize| found["projects"][at]["systemic_risk"].as_f64().unwrap();
        let told = |at: usize| points(at).into_iter().map(|(factor, points, text)| format!("{factor} {points:.1} {text}")).collect::<Vec<_>>();
        assert_eq!(told(0), [
            format!("importance {:.1} Its systemic risk is {:.2} of 1.", 30.0 * risk(0), risk(0)),
            "reach 20.0 2 of your 2 products contain it.".to_owned(),
            "distance 15.0 Your code uses it itself.".to_owned(),
            "fragility 20.0 One person maintains it.".to_owned(),
            "openings 15.0 It has an open need.".to_owned(),
        ]);
        assert_eq!(told(1), [
            format!("importance {:.1} Its systemic risk is {:.2} of 1.", 30.0 * risk(1), risk(1)),
            "reach 10.0 1 of your 2 products contain it.".to_owned(),
            "distance 7.5 It comes in through other packages.".to_owned(),
            "fragility 10.0 Two people maintain it.".to_owned(),
            "openings 0.0 It has no open need at the moment: hours would have nowhere to go.".to_owned(),
        ]);
        let why = &table(&owner.get(&format!("{EXPOSURE}?format=csv")).await.text)[0]["why"];
        assert!(why.ends_with("Your code uses it itself. One person maintains it. It has an open need."), "{why}");
        app.stop().await;
    }
}
