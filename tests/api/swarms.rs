//! Swarms: who is called, who sees what, how they go on, and that nothing leaks under embargo.

use crate::app::TestApp;
use crate::client::{Answer, Client};
use crate::db::on_both;
use crate::published::published;
use crate::{market, seed};
use chrono::TimeDelta;
use mainstay::features::organizations::OrganizationRole::{Manager, Member};
use mainstay::kernel::PlatformRole;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::Read as _;

const SWARMS: &str = "/api/v1/swarms";
const ADVISORY: &str = "GHSA-jfh8-c2jp-5v3q";
const PURL: &str = "pkg:maven/org.apache.logging.log4j/log4j-core";
const UNTIL: &str = "2026-11-29T09:00:00Z";

/// People around a project with a vulnerability.
struct World {
    app: TestApp,
    lead: Client,
    helper: Client,
    coordinator: Client,
    owner: Client,
    engineer: Client,
    vetted: Client,
    stranger: Client,
}

impl World {
    /// `log4j` of `lead` and `helper`; `acme` of `owner` and `engineer`, whose pledge is on call and whose product is affected;
    /// `vetted`, who leads another project and likes such work; and a stranger who likes it too.
    async fn new(db: crate::db::TestDb) -> Self {
        let app = TestApp::start(db).await;
        let (lead, helper, coordinator) =
            (app.person("lead").await, app.person("helper").await, app.coordinator().await);
        let (owner, engineer) = (app.person("owner").await, app.person("engineer").await);
        let (vetted, stranger) = (app.person("vetted").await, app.person("stranger").await);
        market::project(&lead, &coordinator, "log4j", json!({"packages": [PURL]})).await;
        market::maintain(&lead, &helper, "log4j").await;
        market::project(&vetted, &coordinator, "other", json!({})).await;
        market::organization(&owner, "acme").await;
        market::join(&app, "acme", "engineer", Member).await;
        let pledge = json!({"hours_per_week": 8, "starts_on": "2026-11-01", "ends_on": "2027-05-31", "approval": "auto", "on_call": true});
        let pledge = owner.post("/api/v1/organizations/acme/pledges", pledge).await.expect(201);
        owner.act(&format!("/api/v1/pledges/{}/activate", pledge["id"].as_str().unwrap())).await.expect(200);
        upload(&owner, "acme", "shop", &[&format!("{PURL}@2.14.1")]).await;
        let likes = json!({"interests": ["vulnerability_response"], "visibility": "public"});
        for person in [&vetted, &stranger] {
            seed::offer(person, likes.clone()).await;
        }
        app.run_jobs().await;
        app.mailbox.take();
        Self { app, lead, helper, coordinator, owner, engineer, vetted, stranger }
    }

    fn mailed(&self) -> Vec<String> {
        let mut people: Vec<String> =
            self.app.mailbox.take().iter().map(|mail| mail.to.as_str().split('@').next().unwrap().to_owned()).collect();
        people.sort();
        people
    }
}

fn advisory() -> Value {
    let range = json!({"type": "ECOSYSTEM", "events": [{"introduced": "2.0-beta9"}, {"fixed": "2.15.0"}]});
    json!({"id": ADVISORY, "modified": "2026-01-01T00:00:00Z", "aliases": ["CVE-2021-44228"], "summary": "Lookups run what they are given",
        "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"}],
        "affected": [{"package": {"ecosystem": "Maven", "name": "org.apache.logging.log4j:log4j-core"}, "ranges": [range]}]})
}

async fn upload(client: &Client, slug: &str, product: &str, purls: &[&str]) {
    let component = |purl: &&str| json!({"type": "library", "bom-ref": purl, "name": purl.rsplit('/').next().unwrap(), "purl": purl});
    let document = json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": purls.iter().map(component).collect::<Vec<_>>()});
    let path = format!("/api/v1/organizations/{slug}/sboms?product={product}");
    client.send(Method::POST, &path, &[], Some(document.to_string())).await.expect(201);
}

fn call(changes: Value) -> Value {
    let body = json!({"title": "Help with something that many use", "advisory": ADVISORY, "project": "log4j", "details": "The lookup runs what it is given."});
    market::but(body, &changes)
}

fn embargoed() -> Value {
    call(json!({"embargo_until": UNTIL, "terms": "Tell nobody."}))
}

/// Its address.
async fn called(client: &Client, body: Value) -> String {
    let made = client.post(SWARMS, body).await.expect(201);
    format!("{SWARMS}/{}", made["id"].as_str().unwrap())
}

async fn consent(client: &Client, path: &str) -> Answer {
    client.post(&format!("{path}/consent"), json!({"accept": true, "terms_version": 1})).await
}

async fn names(client: &Client, path: &str) -> Vec<(String, String, String)> {
    let page = client.get(&format!("{path}/participants?limit=100")).await.expect(200);
    let text = |part: &Value, name: &str| part[name].as_str().unwrap().to_owned();
    page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| (text(part, "handle"), text(part, "status"), text(part, "origin")))
        .collect()
}

/// A problem without what differs from request to request.
fn bare(answer: Answer) -> (u16, Value) {
    let mut body = answer.json;
    for name in ["request_id", "instance"] {
        body.as_object_mut().unwrap().remove(name);
    }
    (answer.status, body)
}

/// Every address of this swarm answers as if there were none, to the letter.
async fn finds_nothing(who: &Client, path: &str) {
    let nobody = format!("{SWARMS}/01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d");
    for part in [
        "",
        "/advisory",
        "/participants",
        "/plan",
        "/log",
        "/organizations",
        "/report",
        "/vex",
        "/stream?wait_seconds=0",
    ] {
        let (there, none) = (who.get(&format!("{path}{part}")).await, who.get(&format!("{nobody}{part}")).await);
        assert_eq!(there.status, 404, "{part}: {}", there.text);
        assert_eq!(bare(there), bare(none), "{part}");
    }
    let writes = [
        (Method::PUT, "terms", json!({"embargo_until": null})),
        (Method::PUT, "report", json!({"summary": "x"})),
        (Method::POST, "participants", json!({"handle": "stranger", "role": "analyst"})),
        (Method::POST, "consent", json!({"accept": true, "terms_version": 1})),
        (Method::POST, "status", json!({"finding": "affected"})),
        (Method::POST, "log", json!({"text": "x"})),
        (Method::POST, "milestones", json!({"milestone": "fix"})),
        (Method::POST, "plan", json!({"title": "Look", "owner": "lead", "due_at": UNTIL})),
        (Method::PUT, "plan/01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3e", json!({"status": "done"})),
        (Method::POST, "notices", json!({})),
        (Method::POST, "form", json!({})),
        (Method::POST, "activate", json!({})),
        (Method::POST, "contain", json!({})),
        (Method::POST, "resolve", json!({})),
        (Method::POST, "review", json!({})),
        (Method::POST, "cancel", json!({})),
    ];
    for (method, part, body) in writes {
        let there = who.send(method.clone(), &format!("{path}/{part}"), &[], Some(body.to_string())).await;
        let none = who.send(method, &format!("{nobody}/{part}"), &[], Some(body.to_string())).await;
        assert_eq!(there.status, 404, "{part}: {}", there.text);
        assert_eq!(bare(there), bare(none), "{part}");
    }
}

/// CycloneDX's own schema of this version, where it is at hand.
fn cyclonedx_schema(version: &str) -> Option<jsonschema::Validator> {
    struct Schemas(HashMap<String, Value>);
    impl jsonschema::Retrieve for Schemas {
        fn retrieve(&self, uri: &jsonschema::Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
            let name = uri.as_str().rsplit('/').next().unwrap_or_default();
            self.0.get(name).cloned().ok_or_else(|| format!("there is no {name} in the archive").into())
        }
    }
    let file = std::fs::File::open(published("sbom/cyclonedx-schemas.tar.gz")?).unwrap();
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(file));
    let mut schemas: HashMap<String, Value> = HashMap::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().file_name().unwrap().to_string_lossy().into_owned();
        if name.ends_with(".json") {
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            schemas.insert(name, serde_json::from_str(&text).unwrap());
        }
    }
    let schema = schemas[&format!("bom-{version}.schema.json")].clone();
    let options = jsonschema::options().should_validate_formats(true).with_retriever(Schemas(schemas));
    Some(options.build(&schema).expect("the schema is one"))
}

/// A statement of vulnerabilities as others may read it: by the rules that uploads are held against, and by the official schema.
fn assert_sound_vex(text: &str) {
    let read = mainstay::features::sboms::read(text.as_bytes(), true);
    assert!(read.is_ok(), "{:?}: {text}", read.err());
    let document: Value = serde_json::from_str(text).unwrap();
    let Some(schema) = cyclonedx_schema(document["specVersion"].as_str().unwrap()) else { return };
    let faults: Vec<String> =
        schema.iter_errors(&document).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "{faults:#?}: {text}");
    let mut odd = document;
    odd["vulnerabilities"][0]["analysis"]["state"] = json!("odd");
    assert!(!schema.is_valid(&odd), "the schema finds what is wrong");
}

on_both! {
    async fn a_call_reaches_those_on_call_and_vetted_volunteers_at_once(db: TestDb) {
        let world = World::new(db).await;
        world.coordinator.post("/api/v1/advisories", advisory()).await.expect(201);
        world.app.mailbox.take();
        let path = called(&world.lead, call(json!({}))).await;
        world.app.run_jobs().await;
        let mails = world.app.mailbox.messages();
        assert!(mails.iter().all(|mail| mail.subject.as_str() == "Swarm: Help with something that many use" && mail.text.contains(ADVISORY)));
        assert_eq!(world.mailed(), ["engineer", "helper", "owner", "vetted"]);
        let mut people = names(&world.lead, &path).await;
        people.sort();
        let of = |handle: &str, status: &str, origin: &str| (handle.to_owned(), status.to_owned(), origin.to_owned());
        assert_eq!(people, [of("engineer", "invited", "on_call"), of("helper", "invited", "maintainer"), of("lead", "signatory", "caller"),
            of("owner", "invited", "on_call"), of("vetted", "invited", "matched")]);
        // Doing the job once more asks nobody again.
        let id: mainstay::kernel::SwarmId = path.rsplit('/').next().unwrap().parse().unwrap();
        mainstay::features::swarms::call_out(&world.app.ctx, &json!({"swarm": id, "reach": "on_call_and_vetted"})).await.unwrap();
        world.app.run_jobs().await;
        assert!(world.mailed().is_empty());
        let seen = world.app.anonymous().get(&path).await.expect(200);
        assert_eq!((&seen["advisory"]["id"], &seen["project"], &seen["details"], &seen["called_by"], &seen["notices"]), (&json!(ADVISORY), &json!("log4j"), &Value::Null, &Value::Null, &Value::Null));
        assert_eq!(world.lead.get(&path).await.expect(200)["notices"]["exposed"], 1);
        let listed = world.stranger.get(&format!("{SWARMS}?advisory=CVE-2021-44228&status=called")).await.expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), 1);
        assert_eq!(world.stranger.get(&format!("{SWARMS}?mine=true")).await.expect(200)["items"], json!([]));
        for part in ["participants", "plan", "log", "organizations", "stream?wait_seconds=0", "advisory"] {
            world.stranger.get(&format!("{path}/{part}")).await.problem(403, "forbidden");
            world.app.anonymous().get(&format!("{path}/{part}")).await.expect(401);
            world.engineer.get(&format!("{path}/{part}")).await;
        }
        world.app.stop().await;
    }

    async fn only_maintainers_of_the_project_and_coordinators_call_and_the_input_is_checked(db: TestDb) {
        let world = World::new(db).await;
        world.coordinator.post("/api/v1/advisories", advisory()).await.expect(201);
        world.stranger.post(SWARMS, call(json!({}))).await.problem(403, "forbidden");
        world.stranger.post(SWARMS, call(json!({"project": null}))).await.problem(403, "forbidden");
        world.vetted.post(SWARMS, call(json!({}))).await.problem(403, "forbidden");
        let nowhere = world.coordinator.post(SWARMS, call(json!({"project": "nowhere"}))).await;
        assert_eq!(nowhere.faults(), ["/project unknown_project"]);
        let other = world.vetted.post(SWARMS, call(json!({"project": "other"}))).await;
        assert_eq!(other.faults(), ["/advisory other_project"]);
        let wrong = json!({"title": "x", "embargo_until": "2026-11-01T00:00:00Z"});
        assert_eq!(world.lead.post(SWARMS, call(wrong)).await.faults(), ["/title too_short", "/embargo_until in_the_past", "/terms missing"]);
        assert_eq!(world.lead.post(SWARMS, call(json!({"advisory": "CVE-1"}))).await.faults(), ["/advisory unknown"]);
        let long = world.lead.get(&format!("{SWARMS}?advisory={}", "x".repeat(201))).await;
        assert_eq!(long.faults(), ["?advisory too_long"]);
        assert_eq!(world.lead.get(SWARMS).await.expect(200)["items"], json!([]));
        called(&world.helper, call(json!({"reach": "nobody"}))).await;
        called(&world.coordinator, call(json!({"project": null, "reach": "on_call"}))).await;
        world.app.stop().await;
    }

    async fn under_embargo_nothing_leaks(db: TestDb) {
        let world = World::new(db).await;
        let second = world.app.person_with("second", &[PlatformRole::Coordinator]).await;
        let admin = world.app.person_with("chief", &[PlatformRole::Admin]).await;
        let anonymous = world.app.anonymous();
        world.coordinator.post(&format!("/api/v1/advisories?embargo_until={UNTIL}"), advisory()).await.expect(201);
        let public = ["/api/v1/swarms", "/api/v1/swarms?advisory=CVE-2021-44228", "/api/v1/advisories", "/api/v1/projects/log4j/advisories",
            "/api/v1/projects/log4j", "/api/v1/projects", "/api/v1/statistics", "/api/v1/feeds/needs.atom", "/api/v1/feeds/needs.json", "/api/v1/needs"];
        let outsiders = [&anonymous, &world.stranger, &second, &admin];
        let mut before = Vec::new();
        for who in outsiders {
            for path in public {
                before.push(who.get(path).await.text);
            }
        }
        let badge = anonymous.get("/api/v1/projects/log4j/badge.svg").await.text;
        // A swarm of an embargoed advisory is under embargo too, and its caller is who put the advisory in.
        let open = world.coordinator.post(SWARMS, call(json!({}))).await;
        assert_eq!(open.faults(), ["/embargo_until missing"]);
        assert_eq!(world.lead.post(SWARMS, embargoed()).await.faults(), ["/advisory unknown"]);
        let path = called(&world.coordinator, embargoed()).await;
        world.app.run_jobs().await;
        for who in [&world.stranger, &second, &admin] {
            finds_nothing(who, &path).await;
        }
        for part in ["", "/report", "/vex"] {
            anonymous.get(&format!("{path}{part}")).await.problem(404, "not_found");
        }
        let mut after = Vec::new();
        for who in outsiders {
            for path in public {
                after.push(who.get(path).await.text);
            }
        }
        assert_eq!(before, after);
        assert_eq!(anonymous.get("/api/v1/projects/log4j/badge.svg").await.text, badge);
        assert_eq!(world.owner.get("/api/v1/organizations/acme/advisories").await.expect(200)["items"], json!([]));
        // The mail says no more than the call.
        let mails = world.app.mailbox.messages();
        assert_eq!(mails.len(), 5, "lead, helper, engineer, owner, vetted");
        for mail in mails {
            for secret in [ADVISORY, "CVE-2021-44228", "log4j", "Lookups", "lookup"] {
                assert!(!mail.text.contains(secret), "{}", mail.text);
            }
        }
        // Those who are invited see the call, the terms and the clocks; after their consent all of it.
        let seen = world.engineer.get(&path).await.expect(200);
        assert_eq!((&seen["title"], &seen["embargo"]["terms"]), (&json!("Help with something that many use"), &json!("Tell nobody.")));
        assert_eq!((&seen["advisory"], &seen["project"], &seen["details"], &seen["notices"]), (&Value::Null, &Value::Null, &Value::Null, &Value::Null));
        for part in ["advisory", "participants", "plan", "log", "organizations", "vex", "report", "stream?wait_seconds=0"] {
            world.engineer.get(&format!("{path}/{part}")).await.problem(403, "swarm.consent_wanted");
        }
        assert_eq!(world.engineer.get(&format!("{SWARMS}?advisory=CVE-2021-44228")).await.expect(200)["items"], json!([]));
        assert_eq!(world.engineer.get(&format!("{SWARMS}?mine=true")).await.expect(200)["items"].as_array().unwrap().len(), 1);
        let all = consent(&world.engineer, &path).await.expect(200);
        assert_eq!((&all["advisory"]["id"], &all["project"]), (&json!(ADVISORY), &json!("log4j")));
        assert_eq!(world.engineer.get(&format!("{path}/advisory")).await.expect(200)["record"]["id"], ADVISORY);
        world.engineer.get(&format!("{path}/vex")).await.expect(200);
        let metrics = anonymous.get("/metrics").await.text;
        assert!(metrics.contains("mainstay_http_request_seconds") && !metrics.contains("/api/v1/swarms"), "that a swarm is used can be told by them");
        // Whoever declines is outside from then on.
        world.vetted.post(&format!("{path}/consent"), json!({"accept": false, "terms_version": 1})).await.expect(200);
        world.vetted.get(&path).await.problem(404, "not_found");
        assert_eq!(world.vetted.get(SWARMS).await.expect(200)["items"], json!([]));
        // When the embargo is over everybody may know.
        world.app.clock.advance(TimeDelta::days(7));
        assert_eq!(anonymous.get(SWARMS).await.expect(200)["items"].as_array().unwrap().len(), 1);
        assert_eq!(anonymous.get(&path).await.expect(200)["advisory"]["id"], ADVISORY);
        assert_eq!(anonymous.get("/api/v1/advisories").await.expect(200)["items"].as_array().unwrap().len(), 1);
        world.app.stop().await;
    }

    async fn a_change_of_terms_lapses_every_consent(db: TestDb) {
        let world = World::new(db).await;
        world.coordinator.post("/api/v1/advisories", advisory()).await.expect(201);
        let path = called(&world.lead, embargoed()).await;
        world.app.run_jobs().await;
        for person in [&world.helper, &world.engineer] {
            consent(person, &path).await.expect(200);
        }
        consent(&world.helper, &path).await.problem(409, "swarm.answer_refused");
        world.stranger.post(&format!("{path}/consent"), json!({"accept": true, "terms_version": 1})).await.problem(404, "not_found");
        world.app.mailbox.take();
        let terms = json!({"terms": "Tell nobody, and keep no copies.", "embargo_until": "2026-12-06T09:00:00Z"});
        world.helper.put(&format!("{path}/terms"), terms.clone()).await.problem(403, "forbidden");
        let changed = world.lead.put(&format!("{path}/terms"), terms).await.expect(200);
        assert_eq!((&changed["embargo"]["terms_version"], &changed["embargo"]["until"]), (&json!(2), &json!("2026-12-06T09:00:00Z")));
        world.app.run_jobs().await;
        assert_eq!(world.mailed(), ["engineer", "helper"]);
        for person in [&world.helper, &world.engineer] {
            person.get(&format!("{path}/log")).await.problem(403, "swarm.consent_wanted");
            let old = consent(person, &path).await.problem(409, "swarm.terms_changed");
            assert_eq!(old["terms_version"], 2);
        }
        world.helper.post(&format!("{path}/consent"), json!({"accept": true, "terms_version": 2})).await.expect(200);
        world.helper.get(&format!("{path}/log")).await.expect(200);
        world.lead.put(&format!("{path}/terms"), json!({"embargo_until": null})).await.expect(200);
        world.app.anonymous().get(&path).await.expect(200);
        world.lead.put(&format!("{path}/terms"), json!({"embargo_until": "2026-12-06T09:00:00Z"})).await.problem(409, "swarm.embargo_lifted");
        world.app.stop().await;
    }

    async fn states_follow_the_table_and_clocks_stop_once(db: TestDb) {
        let world = World::new(db).await;
        world.coordinator.post("/api/v1/advisories", advisory()).await.expect(201);
        let path = called(&world.lead, call(json!({}))).await;
        world.app.run_jobs().await;
        let refused = world.lead.act(&format!("{path}/contain")).await.problem(409, "swarm.transition_refused");
        assert_eq!(refused["allowed"], json!(["form", "cancel"]));
        world.app.clock.advance(TimeDelta::minutes(2));
        let seen = consent(&world.engineer, &path).await.expect(200);
        assert_eq!((&seen["status"], &seen["clocks"]["first_responder"]["minutes"]), (&json!("forming"), &json!(2)));
        consent(&world.helper, &path).await.expect(200);
        world.lead.act(&format!("{path}/activate")).await.problem(409, "swarm.no_plan");
        let step = json!({"title": "Switch lookups off", "owner": "engineer", "due_at": "2026-11-22T15:00:00Z"});
        world.engineer.post(&format!("{path}/plan"), step.clone()).await.problem(403, "forbidden");
        assert_eq!(world.lead.post(&format!("{path}/plan"), market::but(step.clone(), &json!({"owner": "stranger"}))).await.faults(), ["/owner unknown"]);
        let step = world.lead.post(&format!("{path}/plan"), step).await;
        let place = step.header("location").unwrap().to_owned();
        step.expect(201);
        let put = |client: &Client, body: Value| { let (client, place) = (client.clone(), place.clone()); async move { client.put(&place, body).await } };
        put(&world.helper, json!({"status": "done"})).await.problem(403, "forbidden");
        put(&world.engineer, json!({"title": "Something else"})).await.problem(403, "forbidden");
        let done = put(&world.engineer, json!({"status": "done"})).await.expect(200);
        assert_eq!((&done["status"], done["closed_at"].is_null()), (&json!("done"), false));
        world.app.clock.advance(TimeDelta::minutes(1));
        world.helper.act(&format!("{path}/activate")).await.problem(403, "forbidden");
        let active = world.lead.act(&format!("{path}/activate")).await;
        let stale = active.etag();
        active.expect(200);
        world.lead.act(&format!("{path}/contain")).await.expect(200);
        world.lead.send(Method::POST, &format!("{path}/resolve"), &[("if-match", &stale)], None).await.problem(412, "precondition.stale");
        world.engineer.post(&format!("{path}/milestones"), json!({"milestone": "fix"})).await.problem(403, "forbidden");
        world.helper.post(&format!("{path}/milestones"), json!({"milestone": "fix"})).await.expect(200);
        world.lead.post(&format!("{path}/milestones"), json!({"milestone": "fix"})).await.problem(409, "swarm.milestone_reached");
        world.lead.post(&format!("{path}/milestones"), json!({"milestone": "release"})).await.expect(200);
        let report = json!({"summary": "A lookup ran what it was given.", "to_improve": "Know who can release."});
        world.lead.put(&format!("{path}/report"), report.clone()).await.problem(409, "swarm.transition_refused");
        world.lead.act(&format!("{path}/resolve")).await.expect(200);
        world.lead.act(&format!("{path}/review")).await.problem(409, "swarm.no_report");
        world.app.anonymous().get(&format!("{path}/report")).await.problem(404, "not_found");
        world.lead.put(&format!("{path}/report"), report).await.expect(200);
        let over = world.lead.act(&format!("{path}/review")).await.expect(200);
        assert_eq!(over["status"], "reviewed");
        world.lead.post(&format!("{path}/plan"), json!({"title": "More", "owner": "lead", "due_at": UNTIL})).await.problem(409, "swarm.ended");
        let report = world.app.anonymous().get(&format!("{path}/report")).await.expect(200);
        let minutes = |clock: &str| report["clocks"][clock]["minutes"].clone();
        assert_eq!((minutes("first_responder"), minutes("plan"), minutes("containment"), minutes("release")), (json!(2), json!(2), json!(3), json!(3)));
        assert!(!report.to_string().contains("engineer") && !report.to_string().contains("acme"), "{report}");
        let log = world.engineer.get(&format!("{path}/log?limit=100")).await.expect(200);
        let states: Vec<_> = log["items"].as_array().unwrap().iter().filter(|entry| entry["kind"] == "state").map(|entry| entry["text"].as_str().unwrap().to_owned()).collect();
        assert_eq!(states, ["It is forming now.", "It is active now.", "It is contained now.", "It is resolved now.", "It is reviewed now."]);
        world.app.stop().await;
    }

    async fn exposed_organizations_are_told_and_say_how_they_stand(db: TestDb) {
        let world = World::new(db).await;
        let (rival, boss) = (world.app.person("rival").await, world.app.person("boss").await);
        market::organization(&rival, "rivals").await;
        market::join(&world.app, "rivals", "boss", Manager).await;
        upload(&rival, "rivals", "ship", &[&format!("{PURL}@2.0")]).await;
        world.coordinator.post("/api/v1/advisories", advisory()).await.expect(201);
        let path = called(&world.lead, call(json!({"embargo_until": UNTIL, "terms": "Tell nobody.", "reach": "nobody"}))).await;
        world.app.run_jobs().await;
        boss.get(&path).await.problem(404, "not_found");
        let found = world.lead.get(&format!("{path}/organizations")).await.expect(200);
        let slugs: Vec<_> = found["organizations"].as_array().unwrap().iter().map(|one| one["organization"].as_str().unwrap()).collect();
        assert_eq!((slugs, &found["notices"]["notified"]), (vec!["acme", "rivals"], &json!(0)));
        consent(&world.helper, &path).await.expect(200);
        world.helper.act(&format!("{path}/notices")).await.problem(403, "forbidden");
        let unknown = world.lead.post(&format!("{path}/notices"), json!({"organizations": ["rivals", "nobody"]})).await;
        assert_eq!(unknown.faults(), ["/organizations/1 unknown"]);
        world.app.mailbox.take();
        world.app.clock.advance(TimeDelta::minutes(3));
        world.lead.post(&format!("{path}/notices"), json!({"organizations": ["rivals"]})).await.expect(202);
        world.app.run_jobs().await;
        assert_eq!(world.mailed(), ["boss", "rival"]);
        world.lead.act(&format!("{path}/notices")).await.expect(202);
        world.app.run_jobs().await;
        assert_eq!(world.mailed(), ["owner"], "nobody is told twice");
        consent(&boss, &path).await.expect(200);
        let own = boss.get(&format!("{path}/organizations")).await.expect(200);
        let slugs: Vec<_> = own["organizations"].as_array().unwrap().iter().map(|one| one["organization"].as_str().unwrap()).collect();
        assert_eq!((slugs, &own["notices"]["exposed"], &own["organizations"][0]["notice"]["minutes"]), (vec!["rivals"], &json!(2), &json!(3)));
        let says = |finding: &str, organization: &str| json!({"finding": finding, "organization": organization});
        boss.post(&format!("{path}/status"), says("affected", "rivals")).await.expect(200);
        assert_eq!(boss.post(&format!("{path}/status"), says("affected", "acme")).await.faults(), ["/organization unknown"]);
        world.lead.post(&format!("{path}/status"), says("fixed", "acme")).await.expect(200);
        boss.post(&format!("{path}/status"), json!({"finding": "checking", "note": "Looking."})).await.expect(200);
        let found = world.lead.get(&format!("{path}/organizations")).await.expect(200);
        let stand: Vec<_> = found["organizations"].as_array().unwrap().iter().map(|one| one["finding"].as_str().unwrap()).collect();
        assert_eq!(stand, ["fixed", "affected"]);
        // That an organization is exposed is its own affair: others in the swarm don't see who its contacts are.
        let seen: Vec<_> = names(&world.helper, &path).await.into_iter().map(|(handle, ..)| handle).collect();
        assert_eq!(seen, ["lead", "helper"]);
        assert_eq!(names(&world.lead, &path).await.len(), 5);
        let vex = boss.get(&format!("{path}/vex?organization=rivals")).await.expect(200);
        assert_eq!(vex["vulnerabilities"][0]["analysis"]["state"], "exploitable");
        assert_eq!(world.helper.get(&format!("{path}/vex?organization=rivals")).await.faults(), ["?organization unknown"]);
        assert_sound_vex(&vex.to_string());
        let vex = world.helper.get(&format!("{path}/vex")).await;
        assert_sound_vex(&vex.text);
        assert_eq!(vex.json["vulnerabilities"][0]["affects"], json!([{"ref": PURL, "versions": [{"range": "vers:maven/>=2.0-beta9|<2.15.0", "status": "affected"}]}]));
        world.app.stop().await;
    }

    async fn what_others_read_of_it_keeps_the_official_schema_in_every_state(db: TestDb) {
        let world = World::new(db).await;
        // Names that are one package elsewhere, the same name in two ecosystems, releases, single versions, and hardly anything said.
        let core = json!({"ecosystem": "Maven", "name": "org.apache.logging.log4j:log4j-core"});
        let range = |events: Value| json!([{"type": "ECOSYSTEM", "events": events}]);
        let odd = json!({"id": "OSV-2026-1", "modified": "2026-01-01T00:00:00Z", "published": "2026-01-01T00:00:00Z", "aliases": ["CVE-2026-1", "GHSA-2222-3333-4444"],
            "severity": [{"type": "CVSS_V4", "score": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"}],
            "affected": [
                {"package": core, "versions": ["2.0"]},
                {"package": {"ecosystem": "PyPI", "name": "Zope.Interface"}, "ranges": range(json!([{"introduced": "0"}])), "versions": ["1.0"]},
                {"package": {"ecosystem": "PyPI", "name": "zope-interface"}, "ranges": range(json!([{"introduced": "1"}, {"last_affected": "2.0"}])), "versions": ["1.0"]},
                {"package": {"ecosystem": "npm", "name": "curl"}, "ranges": range(json!([{"introduced": "0"}, {"fixed": "3.0.0"}]))},
                {"package": {"ecosystem": "Debian:11", "name": "curl"}, "ranges": range(json!([{"introduced": "0"}, {"fixed": "7.1-1"}]))},
                {"package": {"ecosystem": "Debian:12", "name": "curl"}, "ranges": range(json!([{"introduced": "0"}, {"fixed": "7.8-1"}]))}]});
        world.coordinator.post("/api/v1/advisories", odd).await.expect(201);
        let bare = json!({"id": "OSV-2026-2", "modified": "2026-01-01T00:00:00Z", "affected": [{"package": core}]});
        world.coordinator.post("/api/v1/advisories", bare).await.expect(201);
        let mut paths = Vec::new();
        for id in ["OSV-2026-1", "OSV-2026-2"] {
            paths.push(called(&world.lead, call(json!({"advisory": id, "reach": "nobody"}))).await);
        }
        let vex = world.app.anonymous().get(&format!("{}/vex", paths[0])).await.expect(200);
        let affects: HashMap<&str, Vec<&str>> = vex["vulnerabilities"][0]["affects"].as_array().unwrap().iter().map(|one| {
            let versions = one["versions"].as_array().unwrap().iter().map(|one| one["range"].as_str().or(one["version"].as_str()).unwrap());
            (one["ref"].as_str().unwrap(), versions.collect())
        }).collect();
        assert_eq!(affects["pkg:npm/curl"], ["vers:npm/<3.0.0"], "what is said of another ecosystem's curl is not said of it");
        assert_eq!(affects["pkg:deb/debian/curl"], ["vers:deb/<7.1-1", "vers:deb/<7.8-1"]);
        assert_eq!(affects["pkg:pypi/zope-interface"], ["1.0", "vers:pypi/*", "vers:pypi/>=1|<=2.0"], "each once");
        assert_eq!(vex["components"].as_array().map(Vec::len), Some(affects.len()));
        for path in &paths {
            let step = json!({"title": "Look", "owner": "lead", "due_at": UNTIL});
            world.lead.post(&format!("{path}/plan"), step).await.expect(201);
            for step in ["", "form", "activate", "contain", "resolve"] {
                if !step.is_empty() {
                    world.lead.act(&format!("{path}/{step}")).await.expect(200);
                }
                assert_sound_vex(&world.app.anonymous().get(&format!("{path}/vex")).await.expect(200).to_string());
            }
        }
        let path = called(&world.lead, call(json!({"advisory": "OSV-2026-2", "reach": "nobody"}))).await;
        world.lead.act(&format!("{path}/cancel")).await.expect(200);
        assert_sound_vex(&world.app.anonymous().get(&format!("{path}/vex")).await.expect(200).to_string());
        world.app.stop().await;
    }

    async fn the_stream_shows_what_happens_and_ends_with_the_consent(db: TestDb) {
        let world = World::new(db).await;
        world.coordinator.post("/api/v1/advisories", advisory()).await.expect(201);
        let path = called(&world.lead, embargoed()).await;
        world.app.run_jobs().await;
        consent(&world.engineer, &path).await.expect(200);
        let first = world.engineer.get(&format!("{path}/stream?wait_seconds=0")).await;
        assert!(first.header("content-type").unwrap().starts_with("text/event-stream"));
        assert!(first.text.starts_with("retry: 2000\n\n") && first.text.contains("event: called\ndata: {"), "{}", first.text);
        let last = first.text.lines().filter_map(|line| line.strip_prefix("id: ")).next_back().unwrap().to_owned();
        let reading = {
            let (engineer, path, last) = (world.engineer.clone(), format!("{path}/stream?wait_seconds=60"), last.clone());
            tokio::spawn(async move { engineer.send(Method::GET, &path, &[("last-event-id", &last)], None).await })
        };
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        world.lead.post(&format!("{path}/log"), json!({"text": "The second service is clean."})).await.expect(201);
        tokio::time::sleep(std::time::Duration::from_millis(900)).await;
        world.lead.put(&format!("{path}/terms"), json!({"embargo_until": "2026-12-06T09:00:00Z"})).await.expect(200);
        let told = tokio::time::timeout(std::time::Duration::from_secs(20), reading).await.expect("an end").unwrap();
        assert!(told.text.contains("event: note") && told.text.contains("The second service is clean."), "{}", told.text);
        assert!(!told.text.contains("event: called") && !told.text.contains("event: terms"), "{}", told.text);
        let wrong = world.lead.send(Method::GET, &format!("{path}/stream?wait_seconds=301"), &[("last-event-id", "x")], None).await;
        assert_eq!(wrong.faults(), ["?wait_seconds out_of_range", "Last-Event-ID invalid_id"]);
        world.app.stop().await;
    }

    async fn a_second_factor_is_asked_for_anew_to_call_one(db: TestDb) {
        let world = World::new(db).await;
        world.coordinator.post("/api/v1/advisories", advisory()).await.expect(201);
        let ctx = world.app.ctx.clone();
        world.app.ctx.store().write(move |conn| {
            use diesel::prelude::*;
            use mainstay::infra::db::schema::accounts;
            diesel::update(accounts::table.filter(accounts::handle.eq("lead"))).set(accounts::mfa_enabled_at.eq(Some(ctx.now()))).execute(conn)?;
            Ok(())
        }).await.unwrap();
        world.lead.post(SWARMS, call(json!({}))).await.problem(403, "auth.step_up_required");
        world.app.stop().await;
    }
}
