//! The whole story through HTTP, the clock moved by the test: a company's pledge becomes confirmed hours on a project, and a
//! credential that anybody can check. docs/story.md tells the same by `curl`.

use crate::app::TestApp;
use crate::client::{Answer, Client};
use crate::db::on_both;
use crate::{market, seed};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use mainstay::app::worker;
use mainstay::features::credentials::{Against, Fault, KeySet, Verdict, verify};
use mainstay::kernel::{Clock as _, Email, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};
use std::path::Path;

const SITE: &str = "https://mainstay.example.org";

/// The people of the story: `lin` leads the parser; `olga` owns freight, which `max` manages and `ada` works for.
struct Story {
    app: TestApp,
    lin: Client,
    olga: Client,
    max: Client,
    ada: Client,
}

fn text<'a>(of: &'a Value, field: &str) -> &'a str {
    of[field].as_str().unwrap_or_else(|| panic!("no {field} in {of}"))
}

/// The path of an address of this installation.
fn path(address: &Value) -> String {
    address.as_str().unwrap().strip_prefix(SITE).unwrap().to_owned()
}

impl Story {
    async fn new(db: crate::db::TestDb) -> Self {
        let app = TestApp::start(db).await;
        let (lin, olga) = (app.person("lin").await, app.person("olga").await);
        let (max, ada) = (app.person("max").await, app.person("ada").await);
        market::project(&lin, &app.coordinator().await, "parser", json!({"license": "MIT"})).await;
        Self { app, lin, olga, max, ada }
    }

    /// The clock moves on; every chore and every job is done, and everybody signs in anew.
    async fn later(&mut self, by: TimeDelta) {
        self.app.clock.advance(by);
        worker::round(&self.app.ctx).await.unwrap();
        self.app.run_jobs().await;
        for client in [&mut self.lin, &mut self.olga, &mut self.max, &mut self.ada] {
            *client = self.app.sign_in(&format!("{}@example.org", client.handle), &client.handle).await;
        }
    }

    /// The owner invites this person, who says yes.
    async fn employ(&self, person: &Client, role: &str) {
        let body = json!({"email": format!("{}@example.org", person.handle), "role": role});
        self.olga.post("/api/v1/organizations/freight/invitations", body).await.expect(201);
        let open = person.get("/api/v1/me/organization-invitations").await.expect(200);
        let id = text(&open["items"][0], "id");
        let accepted = person.act(&format!("/api/v1/me/organization-invitations/{id}/accept")).await;
        assert!(matches!(accepted.status, 200 | 204), "{}", accepted.text);
    }

    /// Freight is founded, says what it allows, and pledges ten hours a week for four weeks; gives the pledge's id.
    async fn company_pledges(&self) -> String {
        market::organization(&self.olga, "freight").await;
        self.employ(&self.max, "manager").await;
        self.employ(&self.ada, "member").await;
        let rules = json!({"approval": "manager", "projects": [], "licenses": ["MIT"], "kinds": ["fuzzing"], "cla_kinds": ["dco"], "max_hours_per_person": 4});
        let put = self
            .olga
            .send(Method::PUT, "/api/v1/organizations/freight/policy", &[("if-match", "*")], Some(rules.to_string()))
            .await;
        put.expect(200);
        let pledge =
            json!({"hours_per_week": 10, "starts_on": "2026-11-22", "ends_on": "2026-12-19", "approval": "manager"});
        let pledge = self.olga.post("/api/v1/organizations/freight/pledges", pledge).await.expect(201);
        let id = text(&pledge, "id").to_owned();
        let active = self.olga.act(&format!("/api/v1/pledges/{id}/activate")).await.expect(200);
        assert_eq!((text(&active, "status"), &active["balance"]["granted"]), ("active", &json!(40.0)));
        id
    }

    /// The engineer finds the need among her matches, and applies in her employer's time; gives the proposal's path.
    async fn engineer_applies(&self, need: &str, pledge: &str) -> String {
        seed::offer(&self.ada, json!({"hours_per_week": 6})).await;
        let matches = self.ada.get("/api/v1/me/matches").await.expect(200);
        let found = matches["items"].as_array().unwrap().iter().find(|one| one["need"]["id"] == need);
        let found = found.unwrap_or_else(|| panic!("the need is among the matches: {matches}"));
        let points: f64 = found["reasons"].as_array().unwrap().iter().map(|one| one["points"].as_f64().unwrap()).sum();
        assert!((points - found["score"].as_f64().unwrap()).abs() < 1e-6, "{found}");
        let body = json!({"capacity": "employer_time", "message": "We run this parser in production."});
        let made = self.ada.post(&format!("/api/v1/needs/{need}/applications"), body).await.expect(201);
        assert_eq!(
            (text(&made, "status"), text(&made, "pledge"), &made["waiting_for"]),
            ("employer_pending", pledge, &json!(["employer"]))
        );
        format!("/api/v1/proposals/{}", text(&made, "id"))
    }

    /// The employer approves, the project accepts, the engineer has the last word; gives the assignment's path.
    async fn everybody_agrees(&self, proposal: &str) -> String {
        self.lin.act(&format!("{proposal}/accept")).await.problem(409, "proposal.transition_refused");
        let asked = self.max.get("/api/v1/organizations/freight/approvals").await.expect(200);
        assert_eq!(asked["items"].as_array().unwrap().len(), 1);
        let approved = self.max.act(&format!("{proposal}/approve")).await.expect(200);
        assert_eq!((text(&approved, "status"), &approved["waiting_for"]), ("under_review", &json!(["project"])));
        assert_eq!(
            self.lin.get(proposal).await.expect(200)["volunteer"]["email"],
            Value::Null,
            "no address before the yes"
        );
        let accepted = self.lin.act(&format!("{proposal}/accept")).await.expect(200);
        assert_eq!((text(&accepted, "status"), text(&accepted["volunteer"], "email")), ("accepted", "ada@example.org"));
        let made = self.ada.act(&format!("{proposal}/confirm")).await.expect(200);
        assert_eq!(text(&made, "status"), "converted");
        format!("/api/v1/assignments/{}", text(&made, "assignment"))
    }

    /// The list of onboarding is ticked off by both sides, and the work begins.
    async fn work_begins(&self, assignment: &str) {
        self.ada.act(&format!("{assignment}/start")).await.problem(409, "assignment.onboarding_open");
        let listed = self.lin.get(assignment).await.expect(200);
        for item in listed["onboarding"].as_array().unwrap() {
            self.lin.post(&format!("{assignment}/onboarding"), json!({"task": item["task"]})).await.expect(200);
        }
        let started = self.ada.act(&format!("{assignment}/start")).await.expect(200);
        assert_eq!((text(&started, "status"), text(&started, "next_check_in_at")), ("active", "2026-12-06T09:00:00Z"));
    }

    /// The engineer logs minutes on a day; gives the entry's path.
    async fn logged(&self, assignment: &str, day: &str, minutes: i64) -> String {
        let body = json!({"worked_on": day, "minutes": minutes, "note": "Fuzz targets for the lexer."});
        let made = self.ada.post(&format!("{assignment}/time-entries"), body).await;
        assert_eq!(made.status, 201, "{}", made.text);
        made.header("location").unwrap().to_owned()
    }

    /// Subjects of the mails to this person so far, about proposals and assignments.
    async fn mails(&self, handle: &str) -> Vec<String> {
        self.app.run_jobs().await;
        let address = Email::parse(&format!("{handle}@example.org")).unwrap();
        let subjects = self.app.mailbox.to(&address).into_iter().map(|mail| mail.subject.as_str().to_owned());
        subjects.filter(|subject| subject.contains("Fuzz the parser")).collect()
    }

    /// The public parts that a check needs: the keys and the list of what was taken back.
    async fn published(&self, credential: &Value) -> (String, String) {
        let anyone = self.app.anonymous();
        let list = path(&credential["credential"]["credentialStatus"]["statusListCredential"]);
        (anyone.get("/.well-known/jwks.json").await.text, anyone.get(&list).await.text)
    }
}

/// What anybody makes of it offline.
fn checked(jwt: &str, (keys, list): &(String, String), at: Timestamp) -> Verdict {
    let keys = KeySet::read(keys).unwrap();
    verify(jwt, Against { keys: Some(&keys), status_list: Some(list), at })
}

/// The same credential with more hours in it, under the old signature.
fn tampered(jwt: &str) -> String {
    let [head, body, signature] = jwt.split('.').collect::<Vec<_>>().try_into().expect("three parts");
    let body: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).unwrap()).unwrap();
    let more = body.to_string().replace("\"210\"", "\"2100\"");
    assert_ne!(more, body.to_string(), "the minutes stand in it");
    format!("{head}.{}.{signature}", URL_SAFE_NO_PAD.encode(more))
}

/// What `mainstay inspect credential` says of files: its exit code and its answer.
fn inspected(folder: &Path, jwt: &str, (keys, list): &(String, String), at: Timestamp) -> (Option<i32>, Value) {
    let file = |name: &str, text: &str| {
        std::fs::write(folder.join(name), text).unwrap();
        folder.join(name).display().to_string()
    };
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_mainstay"))
        .args(["inspect", "credential", &file("credential.jwt", jwt), "--jwks", &file("jwks.json", keys)])
        .args(["--status-list", &file("list.jwt", list), "--at", &at.to_string()])
        .output()
        .unwrap();
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap())
}

/// The sum of a report's table.
fn confirmed_in(table: &str) -> i64 {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let at = reader.headers().unwrap().iter().position(|name| name == "confirmed_minutes").unwrap();
    reader.records().map(|row| row.unwrap()[at].parse::<i64>().unwrap()).sum()
}

fn svg(badge: Answer) -> String {
    assert_eq!((badge.status, badge.header("content-type")), (200, Some("image/svg+xml")), "{}", badge.text);
    badge.text
}

on_both! {
    async fn a_pledge_becomes_confirmed_hours_and_a_credential_that_verifies(db: TestDb) {
        let mut story = Story::new(db).await;
        let pledge = story.company_pledges().await;
        let need = seed::open_need(&story.lin, "parser", "Fuzz the parser", json!({"hours_per_week": 4, "weeks": 3})).await;
        assert!(svg(story.app.anonymous().get("/api/v1/projects/parser/badge.svg").await).contains("helpers wanted: 1"));

        let proposal = story.engineer_applies(&need, &pledge).await;
        let assignment = story.everybody_agrees(&proposal).await;
        let held = story.lin.get(&format!("/api/v1/needs/{need}")).await.expect(200);
        assert_eq!((text(&held, "status"), &held["seats_left"]), ("in_progress", &json!(0)));
        let balance = story.olga.get(&format!("/api/v1/pledges/{pledge}")).await.expect(200)["balance"].clone();
        assert_eq!(balance, json!({"granted": 40.0, "reserved": 12.0, "delivered": 0.0, "confirmed": 0.0, "available": 28.0}));
        assert_eq!(story.mails("max").await, ["Person ada asks for 4 hours a week of your pledge for \"Fuzz the parser\" of Project parser; an answer is due by 2026-11-27."]);
        assert_eq!(story.mails("ada").await, [
            "Your organization approved your hours for \"Fuzz the parser\" of Project parser.",
            "Project parser says yes to you for \"Fuzz the parser\", and waits for your final word until 2026-11-25.",
        ]);
        assert_eq!(story.mails("lin").await, [
            "Person ada offers 4 hours a week of their employer's time for \"Fuzz the parser\", and expects an answer by 2026-11-29.",
            "Person ada and Project parser agreed on \"Fuzz the parser\". Agreement, access and a first contact come next.",
        ]);
        story.work_begins(&assignment).await;

        // Thirteen days later a check-in is due tomorrow, of which she is reminded; it gives her two weeks more.
        let first = story.logged(&assignment, "2026-11-22", 90).await;
        story.later(TimeDelta::days(13)).await;
        let told = story.ada.get("/api/v1/me/notifications").await.expect(200);
        assert!(told["items"].as_array().unwrap().iter().any(|one| one["topic"] == "assignment.reminder"), "{told}");
        let kept = story.ada.post(&format!("{assignment}/check-in"), json!({"note": "Two of three targets run.", "on_track": true})).await.expect(200);
        assert_eq!(text(&kept, "next_check_in_at"), "2026-12-19T09:00:00Z");

        // The hours: one entry is confirmed as it is, one after the project set it right.
        let second = story.logged(&assignment, "2026-12-04", 150).await;
        story.ada.act(&format!("{first}/confirm")).await.problem(403, "forbidden");
        story.lin.act(&format!("{first}/confirm")).await.expect(200);
        story.lin.post(&format!("{second}/dispute"), json!({"reason": "We talked for two hours of it."})).await.expect(200);
        let right = story.lin.post(&format!("{second}/adjust"), json!({"minutes": 120, "reason": "As agreed."})).await.expect(200);
        assert_eq!((text(&right, "status"), &right["confirmed_minutes"]), ("adjusted", &json!(120)));
        let done = story.ada.act(&format!("{assignment}/complete")).await.expect(200);
        assert_eq!(text(&done, "status"), "active", "the other side is asked");
        assert_eq!(text(&story.lin.act(&format!("{assignment}/complete")).await.expect(200), "status"), "completed");
        story.later(TimeDelta::hours(1)).await;

        // The reports of all three sides show the same, and so does the ledger.
        let impact = story.olga.get("/api/v1/organizations/freight/impact").await.expect(200);
        let figures = &impact["figures"];
        assert_eq!((&figures["delivered_minutes"], &figures["confirmed_minutes"], &figures["automatic_minutes"]), (&json!(210), &json!(210), &json!(0)));
        assert_eq!((text(&impact["by_project"][0], "slug"), text(&impact["by_person"][0], "handle")), ("parser", "ada"));
        for (person, at) in [(&story.lin, "/api/v1/projects/parser/impact"), (&story.ada, "/api/v1/me/impact")] {
            assert_eq!(person.get(at).await.expect(200)["figures"]["confirmed_minutes"], 210, "{at}");
        }
        let table = story.olga.get("/api/v1/organizations/freight/impact?format=csv").await;
        assert_eq!(confirmed_in(&table.text), 210, "{}", table.text);
        let balance = story.olga.get(&format!("/api/v1/pledges/{pledge}")).await.expect(200)["balance"].clone();
        assert_eq!(balance, json!({"granted": 40.0, "reserved": 0.0, "delivered": 3.5, "confirmed": 3.5, "available": 36.5}));
        let anyone = story.app.anonymous();
        for at in ["/api/v1/organizations/freight/badge.svg", "/api/v1/projects/parser/badge.svg?kind=hours"] {
            assert!(svg(anyone.get(at).await).contains("hours given: 3"), "{at}");
        }

        // The credential, offline: it holds; with other minutes in it, it does not.
        let mine = story.ada.get("/api/v1/me/credentials").await.expect(200);
        let credential = &mine["items"][0];
        assert_eq!((&credential["minutes"], text(credential, "status"), text(credential, "project")), (&json!(210), "issued", "parser"));
        let public = anyone.get(&path(&credential["id"])).await.expect(200);
        let (jwt, parts, now) = (text(&public, "jwt"), story.published(&public).await, story.app.clock.now());
        assert!(checked(jwt, &parts, now).is_valid(), "{:#?}", checked(jwt, &parts, now));
        let forged = tampered(jwt);
        let refused = checked(&forged, &parts, now);
        assert_eq!((refused.is_valid(), refused.fault()), (false, Some(Fault::SignatureMismatch)));
        let folder = tempfile::tempdir().unwrap();
        let (code, answer) = inspected(folder.path(), jwt, &parts, now);
        assert_eq!((code, &answer["valid"]), (Some(0), &json!(true)), "{answer}");
        let (code, answer) = inspected(folder.path(), &forged, &parts, now);
        assert_eq!((code, &answer["valid"], &answer["credential"]), (Some(1), &json!(false), &Value::Null), "{answer}");
        let company = story.olga.get("/api/v1/organizations/freight/credentials").await.expect(200)["items"][0].clone();
        assert!(company["minutes"] == 210 && checked(text(&company, "jwt"), &parts, now).is_valid(), "{company}");
        story.app.stop().await;
    }
}
