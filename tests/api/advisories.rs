//! Advisories: bringing them in, finding them, deciding on them, and who is affected.

use crate::app::TestApp;
use crate::client::Client;
use crate::db::on_both;
use crate::market;
use crate::published::published;
use mainstay::features::advisories::import::{self, ImportOutcome, Importer};
use mainstay::features::organizations::OrganizationRole::{Manager, Member};
use mainstay::kernel::PlatformRole;
use reqwest::Method;
use serde_json::{Value, json};

const LOG4SHELL: &str = "GHSA-jfh8-c2jp-5v3q";
const CORE: &str = "org.apache.logging.log4j:log4j-core";
const PURL: &str = "pkg:maven/org.apache.logging.log4j/log4j-core";

/// A record about these versions of a package.
fn record(id: &str, package: (&str, &str), events: Value, changes: Value) -> Value {
    let range = json!({"type": "ECOSYSTEM", "events": events});
    let body = json!({"schema_version": "1.7.0", "id": id, "modified": "2026-01-01T00:00:00Z", "published": "2021-12-10T00:40:56Z",
        "summary": format!("What is wrong with {}", package.1),
        "affected": [{"package": {"ecosystem": package.0, "name": package.1}, "ranges": [range]}]});
    market::but(body, &changes)
}

fn log4shell() -> Value {
    let vector = json!([{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"}]);
    record(
        LOG4SHELL,
        ("Maven", CORE),
        json!([{"introduced": "2.0-beta9"}, {"fixed": "2.15.0"}]),
        json!({"aliases": ["CVE-2021-44228"], "severity": vector}),
    )
}

async fn bring_in(coordinator: &Client, record: &Value) -> Value {
    coordinator.post("/api/v1/advisories", record.clone()).await.expect(201)
}

fn ids(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect()
}

async fn listed(client: &Client, query: &str) -> Vec<String> {
    let page = client.get(&format!("/api/v1/advisories{query}")).await.expect(200);
    ids(&page).into_iter().map(str::to_owned).collect()
}

/// A bill of materials of this organization with components by package URL.
async fn upload(client: &Client, slug: &str, product: &str, purls: &[&str]) {
    let component = |purl: &&str| json!({"type": "library", "bom-ref": purl, "name": purl.rsplit('/').next().unwrap(), "purl": purl});
    let document = json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": purls.iter().map(component).collect::<Vec<_>>()});
    let path = format!("/api/v1/organizations/{slug}/sboms?product={product}");
    client.send(Method::POST, &path, &[], Some(document.to_string())).await.expect(201);
}

on_both! {
    async fn records_are_found_by_every_name_and_filter(db: TestDb) {
        let app = TestApp::start(db).await;
        let (coordinator, anyone) = (app.coordinator().await, app.anonymous());
        let made = bring_in(&coordinator, &log4shell()).await;
        assert_eq!((&made["severity"], &made["base_score"]), (&json!("critical"), &json!(10.0)));
        assert_eq!(made["packages"], json!([{"ecosystem": "Maven", "name": CORE, "purl": PURL}]));
        let zope = json!({"modified": "2026-02-01T00:00:00Z", "database_specific": {"severity": "LOW"}});
        bring_in(&coordinator, &record("PYSEC-1", ("PyPI", "Zope.Interface"), json!([{"introduced": "0"}]), zope)).await;
        for (query, want) in [
            ("", vec!["PYSEC-1", LOG4SHELL]),
            ("?q=LOG4J", vec![LOG4SHELL]),
            ("?q=cve-2021-44228", vec![LOG4SHELL]),
            ("?ecosystem=PyPI", vec!["PYSEC-1"]),
            ("?package=pkg:pypi/zope.interface@5.0", vec!["PYSEC-1"]),
            ("?severity=critical&severity=high", vec![LOG4SHELL]),
            ("?since=2026-02-01T00:00:00Z", vec!["PYSEC-1"]),
            ("?withdrawn=true", vec![]),
            ("?exploited=true", vec![]),
            ("?exploited=false&q=100%25", vec![]),
        ] {
            assert_eq!(listed(&anyone, query).await, want, "{query}");
        }
        let page = anyone.get("/api/v1/advisories?limit=1").await.expect(200);
        let next = page["next_cursor"].as_str().unwrap();
        assert_eq!(listed(&anyone, &format!("?limit=1&cursor={next}")).await, [LOG4SHELL]);
        let by_alias = anyone.get("/api/v1/advisories/CVE-2021-44228").await.expect(200);
        assert_eq!(by_alias["id"], LOG4SHELL);
        assert_eq!(by_alias["aliases"], json!([{"id": "CVE-2021-44228", "is_here": false}]));
        assert_eq!(anyone.get("/api/v1/advisories/CVE-2021-44228/osv").await.expect(200), log4shell());
        anyone.get("/api/v1/advisories/CVE-1999-0001").await.problem(404, "not_found");
        let wrong = anyone.get("/api/v1/advisories?limit=0&package=x&cursor=AZMrfI0-ekGcVS9uihsMPQ&since=2026-02-01T00:00:00Z").await;
        assert_eq!(wrong.faults(), ["?limit out_of_range", "?package invalid_purl"]);
        app.stop().await;
    }

    async fn the_newer_record_counts_and_a_repeat_changes_nothing(db: TestDb) {
        let app = TestApp::start(db).await;
        let coordinator = app.coordinator().await;
        let first = coordinator.post("/api/v1/advisories", log4shell()).await;
        assert_eq!((first.status, first.header("x-advisory-outcome")), (201, Some("created")));
        let etag = first.etag();
        for (changes, outcome) in [
            (json!({}), "unchanged"),
            (json!({"modified": "2025-01-01T00:00:00Z", "summary": "Older"}), "older"),
        ] {
            let again = coordinator.post("/api/v1/advisories", market::but(log4shell(), &changes)).await;
            assert_eq!((again.status, again.header("x-advisory-outcome"), again.etag()), (200, Some(outcome), etag.clone()));
        }
        let newer = json!({"modified": "2026-03-01T00:00:00Z", "summary": "Newer", "aliases": ["CVE-2"], "affected": []});
        let again = coordinator.post("/api/v1/advisories", market::but(log4shell(), &newer)).await;
        assert_eq!((again.status, again.header("x-advisory-outcome")), (200, Some("updated")));
        assert_eq!((&again.json["summary"], &again.json["packages"]), (&json!("Newer"), &json!([])));
        coordinator.get("/api/v1/advisories/CVE-2021-44228").await.problem(404, "not_found");
        coordinator.get("/api/v1/advisories/CVE-2").await.expect(200);

        let wrong = json!({"id": "a b", "modified": "yesterday", "aliases": [""]});
        let faults = coordinator.post("/api/v1/advisories", wrong).await.faults();
        assert_eq!(faults, ["/id invalid_id", "/modified invalid_instant", "/aliases/0 invalid_id"]);
        coordinator.post("/api/v1/advisories", json!({"id": "A-1"})).await.problem(422, "input.invalid");
        let text = coordinator.send(Method::POST, "/api/v1/advisories", &[("content-type", "text/plain")], Some("x".into())).await;
        text.problem(415, "request.unsupported_media_type");
        app.person("eve").await.post("/api/v1/advisories", log4shell()).await.problem(403, "forbidden");
        app.stop().await;
    }

    async fn what_is_no_record_is_refused_with_its_place_and_leaves_nothing(db: TestDb) {
        let app = TestApp::start(db).await;
        let coordinator = app.coordinator().await;
        let whole = log4shell().to_string();
        let deep = |open: &str, close: &str| market::but(log4shell(), &json!({"database_specific": {"at": 0}})).to_string()
            .replace("{\"at\":0}", &format!("{}0{}", open.repeat(5000), close.repeat(5000)));
        for body in [whole[..whole.len() / 2].to_owned(), deep("[", "]"), deep("{\"a\":", "}"), String::new()] {
            let answer = coordinator.send(Method::POST, "/api/v1/advisories", &[], Some(body)).await;
            assert_eq!(answer.status, 400, "{}", answer.text);
            assert!(!answer.json["detail"].as_str().unwrap().is_empty(), "{}", answer.text);
        }
        let rest = whole.replace("\"2.15.0\"", "7");
        let faults = coordinator.send(Method::POST, "/api/v1/advisories", &[], Some(rest)).await.faults();
        assert!(faults[0].starts_with("/affected/0/ranges/0/events/"), "{faults:?}");
        assert_eq!(coordinator.get("/api/v1/advisories").await.expect(200)["items"], json!([]));
        app.stop().await;
    }

    async fn what_is_no_version_is_neither_affected_nor_safe(db: TestDb) {
        let app = TestApp::start(db).await;
        let (coordinator, owner) = (app.coordinator().await, app.person("owner").await);
        market::organization(&owner, "freight").await;
        upload(&owner, "freight", "planner", &["pkg:pypi/odd@one-of-these", "pkg:npm/odd@1.x", "pkg:pypi/even@also-none"]).await;
        let before = json!([{"introduced": "0"}, {"fixed": "2.0"}]);
        for (id, ecosystem, name, events) in [
            ("PYSEC-1", "PyPI", "odd", before.clone()),
            ("NPM-1", "npm", "odd", json!([{"introduced": "0"}, {"fixed": "2.0.0"}])),
            // Its own version is none either.
            ("PYSEC-2", "PyPI", "even", json!([{"introduced": "0"}, {"fixed": "two"}])),
        ] {
            bring_in(&coordinator, &record(id, (ecosystem, name), events, json!({}))).await;
        }
        let found = owner.get("/api/v1/organizations/freight/advisories").await.expect(200);
        let mut told: Vec<_> = found["items"].as_array().unwrap().iter().map(|one| (one["id"].as_str().unwrap(), one["certainty"].as_str().unwrap())).collect();
        told.sort_unstable();
        assert_eq!(told, [("NPM-1", "unknown"), ("PYSEC-1", "unknown"), ("PYSEC-2", "unknown")]);
        app.stop().await;
    }

    async fn withdrawn_records_say_what_took_their_place_and_affect_nobody(db: TestDb) {
        let app = TestApp::start(db).await;
        let (coordinator, owner) = (app.coordinator().await, app.person("owner").await);
        market::organization(&owner, "freight").await;
        upload(&owner, "freight", "planner", &[&format!("{PURL}@2.14.1")]).await;
        let gone = json!({"id": "GHSA-old", "withdrawn": "2026-02-01T00:00:00Z"});
        bring_in(&coordinator, &market::but(log4shell(), &gone)).await;
        let old = coordinator.get("/api/v1/advisories/GHSA-old").await.expect(200);
        assert_eq!((&old["withdrawn"], &old["superseded_by"]), (&json!("2026-02-01T00:00:00Z"), &json!([])));
        bring_in(&coordinator, &log4shell()).await;
        let old = coordinator.get("/api/v1/advisories/GHSA-old").await.expect(200);
        assert_eq!(old["superseded_by"], json!([LOG4SHELL]));
        assert_eq!(coordinator.get("/api/v1/advisories/CVE-2021-44228").await.expect(200)["id"], LOG4SHELL);
        let own = owner.get("/api/v1/organizations/freight/advisories").await.expect(200);
        assert_eq!(ids(&own), [LOG4SHELL]);
        assert_eq!(coordinator.get("/api/v1/advisories/GHSA-old/exposed").await.expect(200)["count"], 0);
        app.stop().await;
    }

    async fn the_decision_shows_its_inputs(db: TestDb) {
        let app = TestApp::start(db).await;
        let (coordinator, lead) = (app.coordinator().await, app.person("lead").await);
        bring_in(&coordinator, &log4shell()).await;
        let path = format!("/api/v1/advisories/{LOG4SHELL}");
        let ssvc = |card: &Value| (card["ssvc"]["decision"].clone(), card["ssvc"]["answers"].as_array().unwrap().iter().map(|answer| answer["source"].clone()).collect::<Vec<_>>());
        assert_eq!(ssvc(&coordinator.get(&path).await.expect(200)), (json!("track"), vec![json!("default"), json!("cvss"), json!("cvss"), json!("default")]));

        let importer = Importer::operator(market::request_id()).unwrap();
        let kev = json!({"vulnerabilities": [{"cveID": "CVE-2021-44228", "vendorProject": "Apache", "product": "Log4j2", "vulnerabilityName": "Log4Shell",
            "dateAdded": "2021-12-10", "dueDate": "2021-12-24", "requiredAction": "Update.", "knownRansomwareCampaignUse": "Known"}]});
        let kev = kev.to_string();
        assert_eq!(import::kev(&app.ctx, &importer, kev.as_bytes()).await.unwrap().created, 1);
        let again = import::kev(&app.ctx, &importer, kev.as_bytes()).await.unwrap();
        assert_eq!((again.created, again.updated, again.unchanged, again.removed), (0, 0, 1, 0));
        let epss = |share: &str, day: &str| format!("#model_version:v1,score_date:{day}T00:00:00+0000\ncve,epss,percentile\nCVE-2021-44228,{share},1.0\n");
        for (share, day, want) in [("0.9", "2026-11-20", (1, 0, 0)), ("0.95", "2026-11-21", (0, 1, 0)), ("0.95", "2026-11-21", (0, 0, 1)), ("0.1", "2026-11-19", (0, 0, 1))] {
            let done = import::epss(&app.ctx, &importer, epss(share, day).as_bytes(), |_| {}).await.unwrap();
            assert_eq!((done.created, done.updated, done.unchanged), want, "{share} {day}");
        }
        market::project(&lead, &coordinator, "log4j", json!({"packages": [PURL]})).await;
        let tier = json!({"tier": 1, "algorithm": "judgment", "as_of": "2026-11-01T00:00:00Z", "reason": "It is everywhere."});
        coordinator.put("/api/v1/projects/log4j/criticality", tier).await.expect(200);
        let card = coordinator.get(&path).await.expect(200);
        assert_eq!(ssvc(&card), (json!("act"), vec![json!("kev"), json!("cvss"), json!("cvss"), json!("criticality")]));
        assert_eq!((&card["projects"], &card["kev"]["ransomware"], &card["epss"]["probability"]), (&json!(["log4j"]), &json!(true), &json!(0.95)));
        assert_eq!(listed(&coordinator, "?exploited=true").await, [LOG4SHELL]);
        let of_project = app.anonymous().get("/api/v1/projects/log4j/advisories").await.expect(200);
        assert_eq!(ids(&of_project), [LOG4SHELL]);

        let judged = json!({"exploitation": "none", "reason": "Not reachable in what is shipped."});
        lead.put(&format!("{path}/judgment"), judged.clone()).await.problem(403, "forbidden");
        let card = coordinator.put(&format!("{path}/judgment"), judged).await.expect(200);
        assert_eq!((&card["ssvc"]["decision"], &card["ssvc"]["answers"][0]["text"]), (&json!("attend"), &json!("Not reachable in what is shipped.")));
        let card = coordinator.put(&format!("{path}/judgment"), json!({})).await.expect(200);
        assert_eq!(card["ssvc"]["decision"], "act");
        assert_eq!(coordinator.put(&format!("{path}/judgment"), json!({"exploitation": "perhaps"})).await.status, 422);
        app.stop().await;
    }

    async fn those_who_run_an_organization_see_what_its_products_are_affected_by(db: TestDb) {
        let app = TestApp::start(db).await;
        let (coordinator, owner) = (app.coordinator().await, app.person("owner").await);
        let (boss, clerk, eve) = (app.person("boss").await, app.person("clerk").await, app.person("eve").await);
        market::organization(&owner, "freight").await;
        market::organization(&eve, "rivals").await;
        market::join(&app, "freight", "boss", Manager).await;
        market::join(&app, "freight", "clerk", Member).await;
        upload(&owner, "freight", "planner", &[&format!("{PURL}@2.14.1"), "pkg:pypi/zope-interface@4.0", "pkg:composer/acme/thing@1.0"]).await;
        upload(&owner, "freight", "tracker", &[&format!("{PURL}@2.15.0"), &format!("{PURL}@2.0")]).await;
        upload(&owner, "freight", "new", &[&format!("{PURL}@2.17.1")]).await;
        upload(&eve, "rivals", "safe", &[&format!("{PURL}@2.17.1")]).await;
        bring_in(&coordinator, &log4shell()).await;
        bring_in(&coordinator, &record("PYSEC-1", ("PyPI", "Zope.Interface"), json!([{"introduced": "0"}, {"fixed": "5.0"}]), json!({}))).await;
        bring_in(&coordinator, &record("PHP-1", ("Packagist", "acme/thing"), json!([{"introduced": "0"}, {"fixed": "2.0"}]), json!({}))).await;

        let path = "/api/v1/organizations/freight/advisories";
        let found = boss.get(path).await.expect(200);
        assert_eq!(ids(&found), [LOG4SHELL, "PHP-1", "PYSEC-1"]);
        let first = &found["items"][0];
        assert_eq!((&first["component_count"], &first["certainty"]), (&json!(2), &json!("affected")));
        let where_: Vec<_> = first["components"].as_array().unwrap().iter().map(|one| (one["product"].as_str().unwrap(), one["purl"].as_str().unwrap())).collect();
        assert_eq!(where_, [("planner", format!("{PURL}@2.14.1").as_str()), ("tracker", format!("{PURL}@2.0").as_str())]);
        // The order of Packagist's versions is not known here, and that is said.
        assert_eq!(found["items"][1]["certainty"], "unknown");
        let page = boss.get(&format!("{path}?limit=2")).await.expect(200);
        let rest = boss.get(&format!("{path}?limit=2&cursor={}", page["next_cursor"].as_str().unwrap())).await.expect(200);
        assert_eq!((ids(&page), ids(&rest)), (vec![LOG4SHELL, "PHP-1"], vec!["PYSEC-1"]));
        assert_eq!(ids(&owner.get(&format!("{path}?severity=critical")).await.expect(200)), [LOG4SHELL]);
        clerk.get(path).await.problem(403, "forbidden");
        eve.get(path).await.problem(404, "not_found");
        coordinator.get(path).await.problem(404, "not_found");

        let exposed = coordinator.get("/api/v1/advisories/CVE-2021-44228/exposed").await.expect(200);
        assert_eq!(exposed, json!({"count": 1, "organizations": [{"organization": "freight", "name": "freight", "products": 2, "certainty": "affected"}]}));
        owner.get(&format!("/api/v1/advisories/{LOG4SHELL}/exposed")).await.problem(403, "forbidden");
        app.stop().await;
    }

    async fn the_exposure_carries_advisories_for_those_who_run_the_organization(db: TestDb) {
        let app = TestApp::start(db).await;
        let (coordinator, owner, clerk, lead) = (app.coordinator().await, app.person("owner").await, app.person("clerk").await, app.person("lead").await);
        market::organization(&owner, "freight").await;
        market::join(&app, "freight", "clerk", Member).await;
        market::project(&lead, &coordinator, "log4j", json!({"packages": [PURL]})).await;
        market::project(&lead, &coordinator, "serde", json!({"packages": ["pkg:cargo/serde"]})).await;
        upload(&owner, "freight", "planner", &[&format!("{PURL}@2.14.1"), "pkg:cargo/serde@1.0.0"]).await;
        bring_in(&coordinator, &log4shell()).await;
        let path = "/api/v1/organizations/freight/exposure";
        let by_slug = |found: &Value, slug: &str| found["projects"].as_array().unwrap().iter().find(|project| project["slug"] == slug).unwrap()["advisories"].clone();
        let found = owner.get(path).await.expect(200);
        assert_eq!(by_slug(&found, "log4j"), json!([{"id": LOG4SHELL, "severity": "critical", "certainty": "affected"}]));
        assert_eq!(by_slug(&found, "serde"), json!([]));
        let csv = owner.get(&format!("{path}?format=csv")).await.text;
        assert!(csv.lines().next().unwrap().contains("maintainers,advisories,priority"), "{csv}");
        assert!(csv.lines().any(|line| line.starts_with("log4j,") && line.contains(LOG4SHELL)), "{csv}");
        assert!(owner.get(&format!("{path}?format=html")).await.text.contains(&format!("<td>{LOG4SHELL}</td>")));
        assert_eq!(by_slug(&clerk.get(path).await.expect(200), "log4j"), Value::Null);
        assert!(!clerk.get(&format!("{path}?format=csv")).await.text.contains(LOG4SHELL));
        app.stop().await;
    }

    async fn an_embargoed_record_is_there_for_its_author_alone_until_it_is_over(db: TestDb) {
        let app = TestApp::start(db).await;
        let (coordinator, owner) = (app.coordinator().await, app.person("owner").await);
        let second = app.person_with("second", &[PlatformRole::Coordinator]).await;
        let lead = app.person("lead").await;
        market::organization(&owner, "freight").await;
        market::project(&lead, &coordinator, "log4j", json!({"packages": [PURL]})).await;
        upload(&owner, "freight", "planner", &[&format!("{PURL}@2.14.1")]).await;
        let path = "/api/v1/advisories?embargo_until=2026-12-01T00:00:00Z";
        let early = coordinator.post("/api/v1/advisories?embargo_until=2026-11-01T00:00:00Z", log4shell()).await;
        assert_eq!(early.faults(), ["?embargo_until in_the_past"]);
        let before = second.get("/api/v1/advisories").await;
        coordinator.post(path, log4shell()).await.expect(201);
        assert_eq!(coordinator.get(&format!("/api/v1/advisories/{LOG4SHELL}")).await.expect(200)["embargo_until"], "2026-12-01T00:00:00Z");
        assert_eq!(listed(&coordinator, "").await, [LOG4SHELL]);
        let importer = Importer::operator(market::request_id()).unwrap();
        let newer = market::but(log4shell(), &json!({"modified": "2026-06-01T00:00:00Z", "summary": "Told"})).to_string();
        assert_eq!(import::osv(&app.ctx, &importer, newer.as_bytes(), |_| {}).await.unwrap().count(ImportOutcome::Kept), 1);
        for (who, name) in [(&second, "second"), (&owner, "owner"), (&lead, "lead"), (&app.anonymous(), "anonymous")] {
            assert_eq!(who.get("/api/v1/advisories").await.text, before.text, "{name}");
            for name in [LOG4SHELL, "CVE-2021-44228"] {
                who.get(&format!("/api/v1/advisories/{name}")).await.problem(404, "not_found");
                who.get(&format!("/api/v1/advisories/{name}/osv")).await.problem(404, "not_found");
            }
            assert_eq!(ids(&who.get("/api/v1/projects/log4j/advisories").await.expect(200)), [""; 0]);
        }
        second.get(&format!("/api/v1/advisories/{LOG4SHELL}/exposed")).await.problem(404, "not_found");
        second.post("/api/v1/advisories", log4shell()).await.problem(409, "advisory.id_taken");
        assert_eq!(ids(&owner.get("/api/v1/organizations/freight/advisories").await.expect(200)), [""; 0]);
        // Another record with the same alias does not give the hidden one away.
        bring_in(&second, &record("PUBLIC-1", ("npm", "x"), json!([{"introduced": "0"}]), json!({"aliases": ["CVE-2021-44228"]}))).await;
        let other = owner.get("/api/v1/advisories/CVE-2021-44228").await.expect(200);
        assert_eq!((&other["id"], &other["aliases"]), (&json!("PUBLIC-1"), &json!([{"id": "CVE-2021-44228", "is_here": false}])));
        app.clock.advance(chrono::TimeDelta::days(9));
        let owner = app.sign_in("owner@example.org", "owner").await;
        assert_eq!(ids(&owner.get("/api/v1/organizations/freight/advisories").await.expect(200)), [LOG4SHELL]);
        assert_eq!(listed(&app.anonymous(), "?q=log4j").await, [LOG4SHELL]);
        app.stop().await;
    }

    async fn files_of_records_are_imported_and_a_repeat_changes_nothing(db: TestDb) {
        let app = TestApp::start(db).await;
        let importer = Importer::operator(market::request_id()).unwrap();
        let other = record("PYSEC-1", ("PyPI", "zope"), json!([{"introduced": "0"}]), json!({}));
        let twice = market::but(other.clone(), &json!({"modified": "2026-02-01T00:00:00Z", "summary": "Newer"}));
        let lines = format!("{}\n{other}\n{{\"id\": 1}}\n{{\"id\": \"x y\", \"modified\": \"2026-01-01T00:00:00Z\"}}\n{twice}\n", log4shell());
        let report = import::osv(&app.ctx, &importer, lines.as_bytes(), |_| {}).await.unwrap();
        assert_eq!((report.total(), report.count(ImportOutcome::Created), report.count(ImportOutcome::Updated)), (5, 2, 1));
        let refused: Vec<_> = report.refused.iter().map(|row| (row.at, row.id.as_deref())).collect();
        assert_eq!(refused, [(3, None), (4, Some("x y"))]);
        let again = import::osv(&app.ctx, &importer, lines.as_bytes(), |_| {}).await.unwrap();
        assert_eq!((again.count(ImportOutcome::Unchanged), again.count(ImportOutcome::Older)), (2, 1));
        assert_eq!(app.anonymous().get("/api/v1/advisories/PYSEC-1").await.expect(200)["summary"], "Newer");
        let list = json!([log4shell(), other]).to_string();
        assert_eq!(import::osv(&app.ctx, &importer, list.as_bytes(), |_| {}).await.unwrap().total(), 2);
        let wrong = import::osv(&app.ctx, &importer, b"id,modified", |_| {}).await.unwrap_err();
        assert_eq!(wrong.code(), "advisory.not_this_format");
        app.stop().await;
    }
}

/// All of RustSec's advisories, where they are at hand: what is found through the database is what the index says.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rustsecs_advisories_are_found_as_the_index_has_them() {
    use mainstay::features::advisories::osv::{OsvIndex, read_records};
    let Some(bytes) = published("advisories/rustsec-osv-2026-08-21.jsonl.gz").map(|path| std::fs::read(path).unwrap())
    else {
        return;
    };
    let plain = mainstay::features::projects::import::unpack(bytes.clone(), 1 << 28).unwrap();
    let app = TestApp::start(crate::db::TestDb::sqlite()).await;
    let importer = Importer::operator(market::request_id()).unwrap();
    let report = import::osv(&app.ctx, &importer, &plain, |_| {}).await.unwrap();
    assert!(report.refused.is_empty() && report.count(ImportOutcome::Created) > 500, "{:?}", report.refused);
    let mut index = OsvIndex::default();
    let mut purls: Vec<String> = Vec::new();
    for record in read_records(bytes.as_slice()) {
        let record = record.unwrap();
        let named = record.affected.iter().filter_map(|affected| affected.package.as_ref());
        purls.extend(
            named
                .filter(|package| package.ecosystem == "crates.io")
                .map(|package| format!("pkg:cargo/{}@0.3.1", package.name)),
        );
        index.insert(record);
    }
    purls.sort();
    purls.dedup();
    let mut want = std::collections::BTreeSet::new();
    for purl in &purls {
        want.extend(index.affecting(&purl.parse().unwrap()).unwrap().ids);
    }
    let owner = app.person("owner").await;
    market::organization(&owner, "freight").await;
    upload(&owner, "freight", "all", &purls.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let (mut found, mut next) = (std::collections::BTreeSet::new(), String::new());
    loop {
        let page = owner.get(&format!("/api/v1/organizations/freight/advisories?limit=100{next}")).await.expect(200);
        found.extend(ids(&page).into_iter().map(str::to_owned));
        match page["next_cursor"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(found, want);
    eprintln!("RustSec: {} advisories imported, {} affect 0.3.1 of {} crates", report.total(), want.len(), purls.len());
    app.stop().await;
}
