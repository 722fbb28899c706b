//! The `Log4Shell` drill: from an advisory to the report, with two hundred organizations. What it shows stands in
//! `docs/log4shell-drill.md`.

use crate::app::TestApp;
use crate::client::Client;
use crate::db::on_both;
use crate::{market, seed};
use chrono::TimeDelta;
use mainstay::features::organizations::OrganizationRole::Member;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

const ORGANIZATIONS: usize = 200;
/// So many organizations belong to one person of the drill.
const EACH: usize = 10;
const CORE: &str = "pkg:maven/org.apache.logging.log4j/log4j-core";
/// Versions in use, and whether they are affected: the fix is 2.15.0, and 1.x never was.
const VERSIONS: [(&str, bool); 8] = [
    ("2.14.1", true),
    ("2.17.1", false),
    ("2.11.0", true),
    ("2.15.0", false),
    ("2.0-beta9", true),
    ("1.2.17", false),
    ("2.3", true),
    ("2.0-beta8", false),
];

/// How many components each bill of materials has: fewer in the everyday test than in `just drill`.
fn size() -> usize {
    std::env::var("DRILL_COMPONENTS").ok().and_then(|text| text.parse().ok()).unwrap_or(60)
}

/// A product of the `at`-th organization: its own mix of libraries, every third two levels down, and log4j at the end of a chain.
fn product(at: usize) -> Value {
    let count = size();
    let mut components = Vec::with_capacity(count);
    let mut dependencies = Vec::with_capacity(count);
    for index in 0..count - 1 {
        let (name, version) =
            (format!("lib-{}", (at * 31 + index) % 4_000), format!("{}.{}.0", 1 + index % 9, at % 30));
        let purl = format!("pkg:maven/org.example.g{}/{name}@{version}", index % 40);
        components.push(json!({"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}));
    }
    let version = VERSIONS[at % VERSIONS.len()].0;
    let log4j = format!("{CORE}@{version}");
    components
        .push(json!({"type": "library", "bom-ref": log4j, "name": "log4j-core", "version": version, "purl": log4j}));
    for pair in components.windows(2) {
        dependencies.push(json!({"ref": pair[0]["bom-ref"], "dependsOn": [pair[1]["bom-ref"]]}));
    }
    json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": components, "dependencies": dependencies,
        "metadata": {"component": {"type": "application", "bom-ref": "product", "name": format!("product-{at}"), "version": "1.0"}}})
}

fn slug(at: usize) -> String {
    format!("org-{at:03}")
}

/// The record as osv.dev has it, in what counts here.
fn log4shell() -> Value {
    let range = json!({"type": "ECOSYSTEM", "events": [{"introduced": "2.0-beta9"}, {"fixed": "2.15.0"}]});
    json!({"schema_version": "1.7.0", "id": "GHSA-jfh8-c2jp-5v3q", "modified": "2026-01-01T00:00:00Z", "published": "2021-12-10T00:40:56Z",
        "aliases": ["CVE-2021-44228"], "summary": "Remote code injection in Log4j",
        "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"}],
        "affected": [{"package": {"ecosystem": "Maven", "name": "org.apache.logging.log4j:log4j-core"}, "ranges": [range]}]})
}

/// Two hundred organizations of twenty people, each with a bill of materials.
async fn organizations(app: &TestApp) -> Vec<Client> {
    let mut owners = Vec::new();
    for number in 0..ORGANIZATIONS / EACH {
        owners.push(app.person(&format!("owner-{number:02}")).await);
    }
    let mut work = tokio::task::JoinSet::new();
    for (number, owner) in owners.iter().cloned().enumerate() {
        work.spawn(async move {
            for at in number * EACH..(number + 1) * EACH {
                market::organization(&owner, &slug(at)).await;
                let path = format!("/api/v1/organizations/{}/sboms", slug(at));
                let made = owner.send(Method::POST, &path, &[], Some(product(at).to_string())).await.expect(201);
                assert_eq!(made["components"], size());
            }
        });
    }
    while let Some(done) = work.join_next().await {
        done.unwrap();
    }
    owners
}

fn minutes(seen: &Value, clock: &str) -> i64 {
    seen["clocks"][clock]["minutes"].as_i64().unwrap_or(-1)
}

/// The plan, the notices, containment, the fix and the report; how many were told, and how long that took.
async fn work(app: &TestApp, path: &str, lead: &Client, engineer: &Client, owners: &[Client]) -> (usize, Duration) {
    app.clock.advance(TimeDelta::minutes(1));
    for (title, owner) in [("Switch lookups off", "engineer"), ("Release 2.15.0", "lead")] {
        let step = json!({"title": title, "owner": owner, "due_at": "2026-11-22T15:00:00Z"});
        lead.post(&format!("{path}/plan"), step).await.expect(201);
    }
    lead.act(&format!("{path}/activate")).await.expect(200);
    let clock = Instant::now();
    lead.act(&format!("{path}/notices")).await.expect(202);
    app.run_jobs().await;
    let notified = clock.elapsed();
    let told: BTreeSet<String> = app.mailbox.take().iter().map(|mail| mail.to.as_str().to_owned()).collect();
    app.clock.advance(TimeDelta::minutes(1));
    let steps = engineer.get(&format!("{path}/plan")).await.expect(200);
    let step = steps["items"][0]["id"].as_str().unwrap();
    engineer.put(&format!("{path}/plan/{step}"), json!({"status": "done"})).await.expect(200);
    lead.act(&format!("{path}/contain")).await.expect(200);
    app.clock.advance(TimeDelta::minutes(1));
    for milestone in ["fix", "release"] {
        lead.post(&format!("{path}/milestones"), json!({"milestone": milestone})).await.expect(200);
    }
    owners[3].post(&format!("{path}/consent"), json!({"accept": true, "terms_version": 1})).await.expect(200);
    owners[3].post(&format!("{path}/status"), json!({"finding": "fixed", "organization": "org-030"})).await.expect(200);
    lead.act(&format!("{path}/resolve")).await.expect(200);
    let report = json!({"summary": "What was logged was looked up and run.", "went_well": "The first answer came after a minute."});
    lead.put(&format!("{path}/report"), report).await.expect(200);
    lead.act(&format!("{path}/review")).await.expect(200);
    (told.len(), notified)
}

/// Nobody outside knew, until the embargo is lifted; then everybody reads the report.
async fn publish(app: &TestApp, path: &str, lead: &Client) {
    let outsider = app.anonymous();
    outsider.get(&format!("{path}/report")).await.problem(404, "not_found");
    lead.put(&format!("{path}/terms"), json!({"embargo_until": null})).await.expect(200);
    let report = outsider.get(&format!("{path}/report")).await.expect(200);
    let clocks = ["first_responder", "plan", "containment", "fix", "release"].map(|clock| minutes(&report, clock));
    assert_eq!(clocks, [1, 2, 3, 4, 4]);
    assert_eq!(
        (&report["notices"]["exposed"], &report["notices"]["notified"], &report["notices"]["last"]["minutes"]),
        (&json!(100), &json!(100), &json!(2))
    );
    let fixed = report["findings"].as_array().unwrap().iter().find(|one| one["finding"] == "fixed").unwrap();
    assert_eq!(fixed["organizations"], 1);
    assert!(!report.to_string().contains("org-0"), "{report}");
}

on_both! {
    async fn log4shell_from_the_advisory_to_the_report(db: TestDb) {
        let kind = db.url.split(':').next().unwrap().to_owned();
        let app = TestApp::start(db).await;
        let started = Instant::now();
        let (lead, coordinator) = (app.person("lead").await, app.coordinator().await);
        market::project(&lead, &coordinator, "log4j", json!({"packages": [CORE]})).await;
        let owners = organizations(&app).await;
        let (engineer, vetted) = (app.person("engineer").await, app.person("vetted").await);
        market::join(&app, "org-001", "engineer", Member).await;
        market::project(&vetted, &coordinator, "other", json!({})).await;
        seed::offer(&vetted, json!({"interests": ["vulnerability_response"]})).await;
        let pledge = json!({"hours_per_week": 20, "starts_on": "2026-11-01", "ends_on": "2027-05-31", "approval": "auto", "on_call": true,
            "focus": {"projects": [], "ecosystems": ["maven"], "kinds": ["vulnerability_response"], "licenses": []}});
        let pledge = owners[0].post("/api/v1/organizations/org-001/pledges", pledge).await.expect(201);
        owners[0].act(&format!("/api/v1/pledges/{}/activate", pledge["id"].as_str().unwrap())).await.expect(200);
        let ready = started.elapsed();

        // The advisory, and who is affected.
        let clock = Instant::now();
        coordinator.post("/api/v1/advisories", log4shell()).await.expect(201);
        let imported = clock.elapsed();
        let clock = Instant::now();
        let found = coordinator.get("/api/v1/advisories/CVE-2021-44228/exposed").await.expect(200);
        let listed = clock.elapsed();
        let want: BTreeSet<String> = (0..ORGANIZATIONS).filter(|at| VERSIONS[at % VERSIONS.len()].1).map(slug).collect();
        let have: BTreeSet<String> = found["organizations"].as_array().unwrap().iter().map(|one| one["organization"].as_str().unwrap().to_owned()).collect();
        assert_eq!(have, want);
        assert_eq!(found["count"], ORGANIZATIONS / 2);
        assert!(listed < Duration::from_secs(1), "listing took {listed:?}");
        let own = owners[0].get("/api/v1/organizations/org-000/advisories").await.expect(200);
        assert_eq!((&own["items"][0]["id"], &own["items"][0]["component_count"]), (&json!("GHSA-jfh8-c2jp-5v3q"), &json!(1)));
        assert_eq!(owners[0].get("/api/v1/organizations/org-001/advisories").await.expect(200)["items"], json!([]));

        // The call, and who hears it.
        app.run_jobs().await;
        app.mailbox.take();
        let call = json!({"title": "Log4j runs what it logs", "advisory": "CVE-2021-44228", "project": "log4j", "terms": "Tell nobody outside of the swarm.",
            "embargo_until": "2026-11-29T09:00:00Z"});
        let clock = Instant::now();
        let swarm = lead.post("/api/v1/swarms", call).await.expect(201);
        app.run_jobs().await;
        let alerted = clock.elapsed();
        let path = format!("/api/v1/swarms/{}", swarm["id"].as_str().unwrap());
        let mut mailed: Vec<String> = app.mailbox.take().iter().map(|mail| mail.to.as_str().to_owned()).collect();
        mailed.sort();
        assert_eq!(mailed, ["engineer@example.org", "owner-00@example.org", "vetted@example.org"]);
        app.clock.advance(TimeDelta::minutes(1));
        let consent = json!({"accept": true, "terms_version": 1});
        for helper in [&engineer, &vetted] {
            helper.post(&format!("{path}/consent"), consent.clone()).await.expect(200);
        }

        let (told, notified) = work(&app, &path, &lead, &engineer, &owners).await;
        assert_eq!(told, ORGANIZATIONS / EACH, "everybody who runs an organization that is affected");
        publish(&app, &path, &lead).await;
        eprintln!(
            "Log4Shell drill on {kind}: {ORGANIZATIONS} organizations with {} components in {ready:?}; advisory imported in {imported:?}, {} affected listed in {listed:?}, \
             called and mailed in {alerted:?}, {} told in {notified:?}; all in {:?}",
            ORGANIZATIONS * size(), ORGANIZATIONS / 2, told, started.elapsed()
        );
        app.stop().await;
    }
}
