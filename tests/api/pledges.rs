//! Pledges, their state machine, and the ledger of their minutes.

use crate::app::TestApp;
use crate::client::Client;
use crate::db::on_both;
use crate::market::{self, but, without};
use chrono::TimeDelta;
use diesel::connection::SimpleConnection as _;
use mainstay::features::organizations::OrganizationRole::{Manager, Member};
use mainstay::features::pledges::ledger::EntryKind;
use mainstay::features::pledges::{self, Posting};
use mainstay::infra::db::feed::{Change, Follower, News};
use mainstay::kernel::{Error, PlatformRole, PledgeId};
use reqwest::Method;
use serde_json::{Value, json};

/// Two weeks of 40 hours from today on.
fn fortnight() -> Value {
    json!({"hours_per_week": 40, "starts_on": "2026-11-22", "ends_on": "2026-12-05", "approval": "manager", "max_hours_per_person": 8})
}

/// A server with `ada`, who owns `freight`.
async fn freight(db: crate::db::TestDb) -> (TestApp, Client) {
    let app = TestApp::start(db).await;
    let ada = app.person("ada").await;
    market::organization(&ada, "freight").await;
    (app, ada)
}

/// The address of a new pledge.
async fn draft(client: &Client, body: Value) -> String {
    let made = client.post("/api/v1/organizations/freight/pledges", body).await.expect(201);
    format!("/api/v1/pledges/{}", made["id"].as_str().unwrap())
}

/// The address of a new, active pledge.
async fn active(client: &Client, body: Value) -> String {
    let path = draft(client, body).await;
    assert_eq!(client.act(&format!("{path}/activate")).await.expect(200)["status"], "active");
    path
}

fn id_of(path: &str) -> PledgeId {
    path.rsplit('/').next().unwrap().parse().unwrap()
}

async fn balance(client: &Client, path: &str) -> [f64; 5] {
    let balance = client.get(path).await.expect(200)["balance"].clone();
    ["granted", "reserved", "delivered", "confirmed", "available"].map(|name| balance[name].as_f64().unwrap())
}

/// `kind minutes` of each entry.
async fn entries(client: &Client, path: &str) -> Vec<String> {
    let page = client.get(&format!("{path}/ledger?limit=100")).await.expect(200);
    let entry = |entry: &Value| format!("{} {}", entry["kind"].as_str().unwrap(), entry["minutes"]);
    page["items"].as_array().unwrap().iter().map(entry).collect()
}

/// Moves minutes the way assignments do.
async fn post(app: &TestApp, path: &str, kind: EntryKind, minutes: i64) -> Result<(), Error> {
    let (ctx, id) = (app.ctx.clone(), id_of(path));
    app.ctx
        .store()
        .write(move |conn| {
            let pledge = pledges::lock_pledge(conn, id)?;
            let posting = Posting { kind, minutes, reference: None, note: None };
            pledges::post(conn, &ctx, &pledge, posting, None, &market::request_id()).map(|_| ())
        })
        .await
}

async fn again(app: &TestApp, days: i64) -> Client {
    app.clock.advance(TimeDelta::days(days));
    mainstay::features::accounts::keys::refresh(&app.ctx).await.unwrap();
    app.sign_in("ada@example.org", "ada").await
}

on_both! {
    async fn a_pledge_is_written_activated_and_read(db: TestDb) {
        let (app, ada) = freight(db).await;
        market::project(&ada, &app.coordinator().await, "openssl", json!({})).await;
        let focus = json!({"projects": ["openssl"], "ecosystems": ["Cargo", "npm"], "kinds": ["fuzzing"], "licenses": ["Apache-2.0", "MIT"]});
        let body = but(fortnight(), &json!({"organization": "freight", "focus": focus, "on_call": true}));
        let answer = ada.post("/api/v1/organizations/freight/pledges", body).await;
        let (location, etag) = (answer.header("location").unwrap().to_owned(), answer.etag());
        let made = answer.expect(201);
        assert_eq!(location, format!("/api/v1/pledges/{}", made["id"].as_str().unwrap()));
        assert_eq!((made["status"].as_str(), made["organization"].as_str()), (Some("draft"), Some("freight")));
        assert_eq!(made["focus"], json!({"projects": ["openssl"], "ecosystems": ["cargo", "npm"], "kinds": ["fuzzing"], "licenses": ["Apache-2.0", "MIT"]}));
        assert_eq!((made["on_call"].as_bool(), made["max_hours_per_person"].as_f64(), &made["withdraws_at"]), (Some(true), Some(8.0), &Value::Null));
        assert_eq!(balance(&ada, &location).await, [0.0; 5]);
        assert_eq!(entries(&ada, &location).await, [""; 0]);
        let read = ada.send(Method::GET, &location, &[("if-none-match", &etag)], None).await;
        assert_eq!(read.status, 304);

        let activated = ada.post(&format!("{location}/activate"), json!({"reason": "The board said yes."})).await.expect(200);
        assert_eq!(activated["status"], "active");
        assert_eq!(activated["balance"], json!({"granted": 80.0, "reserved": 0.0, "delivered": 0.0, "confirmed": 0.0, "available": 80.0}));
        assert_eq!(entries(&ada, &location).await, ["grant 4800"]);
        let listed = ada.get("/api/v1/organizations/freight/pledges").await.expect(200);
        assert_eq!(listed["items"], json!([ada.get(&location).await.expect(200)]));
    }

    async fn what_is_left_out_allows_everything(db: TestDb) {
        let (_app, ada) = freight(db).await;
        let body = without(fortnight(), "max_hours_per_person");
        let made = ada.post("/api/v1/organizations/freight/pledges", body.clone()).await.expect(201);
        assert_eq!(made["focus"], json!({"projects": [], "ecosystems": [], "kinds": [], "licenses": []}));
        assert_eq!((made["max_hours_per_person"].as_f64(), made["on_call"].as_bool()), (Some(40.0), Some(false)));
        let large = ada.post("/api/v1/organizations/freight/pledges", but(body, &json!({"hours_per_week": 500}))).await.expect(201);
        assert_eq!(large["max_hours_per_person"], 60.0);
    }

    async fn only_the_days_to_come_grant_hours(db: TestDb) {
        let (_app, ada) = freight(db).await;
        let begun = active(&ada, but(fortnight(), &json!({"hours_per_week": 7, "max_hours_per_person": 7, "starts_on": "2026-10-01", "ends_on": "2026-11-24"}))).await;
        assert_eq!(balance(&ada, &begun).await[0], 3.0, "today and two more days");
        let later = active(&ada, but(fortnight(), &json!({"starts_on": "2027-01-01", "ends_on": "2027-01-01"}))).await;
        assert_eq!(entries(&ada, &later).await, ["grant 343"], "a seventh of 40 hours is 342.86 minutes");
    }

    async fn bad_input_is_named_all_at_once(db: TestDb) {
        let (app, ada) = freight(db).await;
        let coordinator = app.coordinator().await;
        market::project(&ada, &coordinator, "hidden", json!({})).await;
        coordinator.act("/api/v1/projects/hidden/opt-out").await.expect(200);
        app.person("bob").await;
        market::join(&app, "freight", "bob", Manager).await;
        let bob = app.sign_in("bob@example.org", "bob").await;
        let everything = json!({"organization": "other"});
        let answer = bob.post("/api/v1/organizations/freight/pledges", but(fortnight(), &everything)).await;
        assert_eq!((answer.status, answer.faults()), (422, vec!["/organization other_organization".to_owned()]));
        let everything = json!({"hours_per_week": 0, "starts_on": "2026-12-06", "max_hours_per_person": 61,
            "focus": {"projects": ["none-such", "hidden", "a\u{0}b"], "ecosystems": ["npm", "crates.io", "NPM"], "kinds": ["fuzzing", "fuzzing"], "licenses": ["MIT OR GPL-2.0-only", "'; drop", "MIT", "MIT"]}});
        let answer = bob.post("/api/v1/organizations/freight/pledges", but(fortnight(), &everything)).await;
        assert_eq!((answer.status, answer.faults()), (422, [
            "/hours_per_week out_of_range", "/max_hours_per_person out_of_range", "/ends_on out_of_order",
            "/focus/projects/0 unknown_project", "/focus/projects/1 unknown_project", "/focus/projects/2 unknown_project",
            "/focus/ecosystems/1 unknown_ecosystem", "/focus/ecosystems/2 repeated", "/focus/kinds/1 repeated",
            "/focus/licenses/0 invalid_license", "/focus/licenses/1 invalid_license", "/focus/licenses/3 repeated",
        ].map(str::to_owned).to_vec()));
        for (changes, faults) in [
            (json!({"hours_per_week": -1}), "/hours_per_week out_of_range"),
            (json!({"hours_per_week": 40.25}), "/hours_per_week not_in_halves"),
            (json!({"hours_per_week": 10000.5}), "/hours_per_week out_of_range"),
            (json!({"hours_per_week": "40"}), "/hours_per_week wrong_type"),
            (json!({"hours_per_week": null}), "/hours_per_week wrong_type"),
            (json!({"max_hours_per_person": 40.5}), "/max_hours_per_person out_of_range"),
            (json!({"max_hours_per_person": 0}), "/max_hours_per_person out_of_range"),
            (json!({"max_hours_per_person": 1.2}), "/max_hours_per_person not_in_halves"),
            (json!({"starts_on": "2026-11-31"}), "/starts_on wrong_type"),
            (json!({"starts_on": "soon"}), "/starts_on wrong_type"),
            (json!({"starts_on": "-9999-01-01"}), "/ends_on out_of_range"),
            (json!({"starts_on": "+99999-01-01"}), "/starts_on out_of_range /ends_on out_of_order"),
            (json!({"ends_on": "+262142-12-31"}), "/ends_on out_of_range"),
            (json!({"starts_on": "2026-11-01", "ends_on": "2026-11-21"}), "/ends_on in_the_past"),
            (json!({"ends_on": "2031-11-23"}), "/ends_on out_of_range"),
            (json!({"starts_on": "2031-11-23", "ends_on": "2031-12-23"}), "/starts_on out_of_range"),
            (json!({"approval": "nobody"}), "/approval unknown_word"),
            (json!({"focus": {"kinds": ["knitting"]}}), "/focus/kinds/0 unknown_word"),
            (json!({"focus": {"colours": []}}), "/focus/colours unknown_field"),
            (json!({"focus": null}), "/focus wrong_type"),
            (json!({"focus": {"projects": vec!["x"; 101]}}), "/focus/projects too_many"),
            (json!({"focus": {"ecosystems": vec!["npm"; 41]}}), "/focus/ecosystems too_many"),
            (json!({"focus": {"licenses": vec!["MIT"; 51]}}), "/focus/licenses too_many"),
            (json!({"focus": {"licenses": ["MI\u{202E}T"]}}), "/focus/licenses/0 invalid_license"),
            (json!({"on_call": "yes"}), "/on_call wrong_type"),
            (json!({"status": "active"}), "/status unknown_field"),
            (json!({"balance": {}}), "/balance unknown_field"),
        ] {
            let answer = ada.post("/api/v1/organizations/freight/pledges", but(fortnight(), &changes)).await;
            assert_eq!((answer.status, answer.faults().join(" ").as_str()), (422, faults), "{changes}");
        }
        for missing in ["hours_per_week", "starts_on", "ends_on", "approval"] {
            let answer = ada.post("/api/v1/organizations/freight/pledges", without(fortnight(), missing)).await;
            assert!(answer.problem(422, "input.invalid")["detail"].as_str().unwrap().contains(missing));
        }
        ada.get("/api/v1/pledges/none").await.problem(422, "input.invalid");
        let five_years = active(&ada, but(fortnight(), &json!({"ends_on": "2031-11-22", "hours_per_week": 10000}))).await;
        assert_eq!(balance(&ada, &five_years).await[0], 2_610_000.0, "1,827 days");
        assert_eq!(ada.get("/api/v1/organizations/freight/pledges").await.expect(200)["items"].as_array().unwrap().len(), 1, "refused input leaves no trace");
    }

    async fn members_read_managers_write_and_others_learn_nothing(db: TestDb) {
        let (app, ada) = freight(db).await;
        let (mel, max, eve) = (app.person("mel").await, app.person("max").await, app.person("eve").await);
        market::join(&app, "freight", "mel", Member).await;
        market::join(&app, "freight", "max", Manager).await;
        let (coordinator, moderator) = (app.coordinator().await, app.person_with("mo", &[PlatformRole::Moderator]).await);
        let admin = app.person_with("root-admin", &[PlatformRole::Admin]).await;
        let path = draft(&max, fortnight()).await;
        let (ledger, list) = (format!("{path}/ledger"), "/api/v1/organizations/freight/pledges");
        for reader in [&ada, &max, &mel, &coordinator, &admin] {
            for path in [&path, &ledger, list] {
                reader.get(path).await.expect(200);
            }
        }
        for stranger in [&eve, &moderator] {
            stranger.get(&path).await.problem(404, "not_found");
            stranger.get(&ledger).await.problem(404, "not_found");
            stranger.get(list).await.problem(403, "forbidden");
            stranger.patch(&path, json!({})).await.problem(404, "not_found");
            stranger.post(list, json!({"hours_per_week": "nonsense"})).await.problem(422, "input.invalid");
            stranger.post(list, but(fortnight(), &json!({"hours_per_week": 0}))).await.problem(403, "forbidden");
            stranger.act(&format!("{path}/activate")).await.problem(404, "not_found");
        }
        for reader in [&mel, &coordinator] {
            reader.post(list, but(fortnight(), &json!({"hours_per_week": 0}))).await.problem(403, "forbidden");
            reader.patch(&path, json!({"on_call": true})).await.problem(403, "forbidden");
            for action in ["activate", "pause", "resume", "withdraw"] {
                reader.act(&format!("{path}/{action}")).await.problem(403, "forbidden");
            }
        }
        let anonymous = app.anonymous();
        for path in [&path, &ledger, list] {
            anonymous.get(path).await.problem(401, "auth.required");
        }
        anonymous.patch(&path, json!({})).await.problem(401, "auth.required");
        anonymous.post(list, json!({})).await.problem(401, "auth.required");
        anonymous.act(&format!("{path}/activate")).await.problem(401, "auth.required");
        ada.get("/api/v1/organizations/none-such/pledges").await.problem(404, "not_found");
        ada.post("/api/v1/organizations/none-such/pledges", fortnight()).await.problem(404, "not_found");
        ada.get("/api/v1/pledges/01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d").await.problem(404, "not_found");
        max.act(&format!("{path}/activate")).await.expect(200);
    }

    async fn pledging_wants_a_verified_address(db: TestDb) {
        let (app, ada) = freight(db).await;
        let path = draft(&ada, fortnight()).await;
        let body = json!({"email": "nora@example.org", "password": crate::app::PASSWORD, "handle": "nora", "display_name": "New"});
        app.anonymous().post("/api/v1/auth/register", body).await.expect(202);
        market::join(&app, "freight", "nora", Manager).await;
        let new = app.sign_in("nora@example.org", "nora").await;
        new.get(&path).await.expect(200);
        new.post("/api/v1/organizations/freight/pledges", fortnight()).await.problem(403, "account.email_unverified");
        new.patch(&path, json!({"on_call": true})).await.problem(403, "account.email_unverified");
        new.act(&format!("{path}/activate")).await.problem(403, "account.email_unverified");
    }

    async fn changes_are_guarded_and_merged(db: TestDb) {
        let (app, ada) = freight(db).await;
        let (lea, coordinator) = (app.person("lea").await, app.coordinator().await);
        market::project(&lea, &coordinator, "openssl", json!({})).await;
        market::project(&lea, &coordinator, "curl", json!({})).await;
        let path = draft(&ada, but(fortnight(), &json!({"focus": {"projects": ["openssl"], "kinds": ["fuzzing"]}}))).await;
        let etag = ada.get(&path).await.etag();
        let patch = |tag: Option<&str>, body: Value| {
            let (client, path, tag) = (ada.clone(), path.clone(), tag.map(str::to_owned));
            async move {
                let headers: Vec<(&str, &str)> = tag.iter().map(|tag| ("if-match", tag.as_str())).collect();
                client.send(Method::PATCH, &path, &headers, Some(body.to_string())).await
            }
        };
        patch(None, json!({"on_call": true})).await.problem(428, "precondition.required");
        let changed = patch(Some(&etag), json!({"on_call": true, "focus": {"ecosystems": ["cargo"]}})).await.expect(200);
        assert_eq!(changed["focus"], json!({"projects": ["openssl"], "ecosystems": ["cargo"], "kinds": ["fuzzing"], "licenses": []}));
        patch(Some(&etag), json!({"on_call": false})).await.problem(412, "precondition.stale");
        ada.send(Method::POST, &format!("{path}/activate"), &[("if-match", &etag)], None).await.problem(412, "precondition.stale");

        coordinator.act("/api/v1/projects/openssl/opt-out").await.expect(200);
        let changed = ada.patch(&path, json!({"focus": {"projects": ["openssl", "curl"], "kinds": null}, "approval": "list"})).await.expect(200);
        assert_eq!(changed["focus"], json!({"projects": ["openssl", "curl"], "ecosystems": ["cargo"], "kinds": [], "licenses": []}));
        assert_eq!(changed["approval"], "list");
        let changed = ada.patch(&path, json!({"focus": null})).await.expect(200);
        assert_eq!(changed["focus"], json!({"projects": [], "ecosystems": [], "kinds": [], "licenses": []}));

        for (body, fault) in [
            (json!({"hours_per_week": 7.5}), "/max_hours_per_person out_of_range"),
            (json!({"hours_per_week": null}), "/hours_per_week wrong_type"),
            (json!({"ends_on": null}), "/ends_on wrong_type"),
            (json!({"ends_on": "2026-11-21"}), "/ends_on out_of_order"),
            (json!({"focus": {"licenses": [7]}}), "/focus/licenses/0 wrong_type"),
            (json!({"organization": "freight"}), "/organization unknown_field"),
        ] {
            let answer = ada.patch(&path, body.clone()).await;
            assert_eq!((answer.status, answer.faults()), (422, vec![fault.to_owned()]), "{body}");
        }
        assert_eq!(balance(&ada, &path).await, [0.0; 5], "a draft grants nothing, whatever changes");
    }

    async fn other_hours_or_dates_adjust_what_is_granted_for_the_days_to_come(db: TestDb) {
        let (app, ada) = freight(db).await;
        let path = active(&ada, fortnight()).await;
        ada.patch(&path, json!({"hours_per_week": 50})).await.expect(200);
        ada.patch(&path, json!({"on_call": true})).await.expect(200);
        assert_eq!(entries(&ada, &path).await, ["grant 4800", "adjust 1200"]);
        let ada = again(&app, 7).await;
        ada.patch(&path, json!({"ends_on": "2026-12-12"})).await.expect(200);
        ada.patch(&path, json!({"starts_on": "2026-11-01"})).await.expect(200);
        ada.patch(&path, json!({"hours_per_week": 40})).await.expect(200);
        assert_eq!(entries(&ada, &path).await, ["grant 4800", "adjust 1200", "adjust 3000", "adjust -1200"]);
        assert_eq!(balance(&ada, &path).await, [130.0, 0.0, 0.0, 0.0, 130.0], "50 for the week that is over, 40 for each of two");
    }

    async fn promised_hours_cannot_be_taken_back(db: TestDb) {
        let (app, ada) = freight(db).await;
        let path = active(&ada, fortnight()).await;
        post(&app, &path, EntryKind::Reserve, 50 * 60).await.unwrap();
        post(&app, &path, EntryKind::Deliver, 600).await.unwrap();
        post(&app, &path, EntryKind::Confirm, 600).await.unwrap();
        assert_eq!(balance(&ada, &path).await, [80.0, 40.0, 10.0, 10.0, 30.0]);
        let etag = ada.get(&path).await.etag();
        let refused = ada.patch(&path, json!({"hours_per_week": 24.5})).await.problem(409, "pledge.overdrawn");
        assert!(refused["detail"].as_str().unwrap().contains("take back 31 of the 80 hours"), "{refused}");
        assert_eq!(ada.get(&path).await.etag(), etag, "nothing of it is written");
        let changed = ada.patch(&path, json!({"hours_per_week": 25})).await.expect(200);
        assert_eq!((changed["status"].as_str(), changed["balance"]["available"].as_f64()), (Some("exhausted"), Some(0.0)));
        assert_eq!(post(&app, &path, EntryKind::Reserve, 1).await.unwrap_err().code(), "pledge.overdrawn");
        let changed = ada.patch(&path, json!({"hours_per_week": 30})).await.expect(200);
        assert_eq!((changed["status"].as_str(), changed["balance"]["available"].as_f64()), (Some("active"), Some(10.0)));
        post(&app, &path, EntryKind::Reserve, 600).await.unwrap();
        assert_eq!(ada.get(&path).await.expect(200)["status"], "exhausted");
        post(&app, &path, EntryKind::Release, 60).await.unwrap();
        assert_eq!(ada.get(&path).await.expect(200)["status"], "active");
    }

    async fn each_state_allows_what_its_row_says(db: TestDb) {
        let (app, ada) = freight(db).await;
        let refused = async |path: &str, actions: &[&str], allowed: Value| {
            for action in actions {
                let answer = ada.act(&format!("{path}/{action}")).await.problem(409, "pledge.transition_refused");
                assert_eq!(answer["allowed"], allowed, "{action}");
            }
        };
        let go = async |path: &str, action: &str| ada.act(&format!("{path}/{action}")).await.expect(200)["status"].as_str().unwrap().to_owned();
        let path = draft(&ada, fortnight()).await;
        refused(&path, &["pause", "resume"], json!(["activate", "withdraw"])).await;
        assert_eq!(go(&path, "activate").await, "active");
        refused(&path, &["activate", "resume"], json!(["pause", "withdraw"])).await;
        assert_eq!(go(&path, "pause").await, "paused");
        refused(&path, &["activate", "pause"], json!(["resume", "withdraw"])).await;
        assert_eq!(post(&app, &path, EntryKind::Reserve, 60).await.unwrap_err().code(), "pledge.not_active");
        assert_eq!(go(&path, "resume").await, "active");
        post(&app, &path, EntryKind::Reserve, 4800).await.unwrap();
        refused(&path, &["activate", "resume"], json!(["pause", "withdraw"])).await;
        assert_eq!(go(&path, "withdraw").await, "exhausted");
        refused(&path, &["activate", "resume", "withdraw"], json!(["pause"])).await;

        let dropped = draft(&ada, fortnight()).await;
        assert_eq!(go(&dropped, "withdraw").await, "withdrawn");
        refused(&dropped, &["activate", "pause", "resume", "withdraw"], json!([])).await;
        ada.patch(&dropped, json!({"on_call": true})).await.problem(409, "pledge.ended");
        assert_eq!(balance(&ada, &dropped).await, [0.0; 5]);
        assert_eq!(ada.post(&format!("{path}/pause"), json!({"reason": "a\u{0}b"})).await.faults(), ["/reason control_character"]);
        assert_eq!(ada.post(&format!("{path}/pause"), json!({"why": "x"})).await.faults(), ["/why unknown_field"]);
    }

    async fn resuming_without_a_free_hour_is_exhausted(db: TestDb) {
        let (app, ada) = freight(db).await;
        let path = active(&ada, fortnight()).await;
        post(&app, &path, EntryKind::Reserve, 4000).await.unwrap();
        ada.act(&format!("{path}/pause")).await.expect(200);
        ada.patch(&path, json!({"hours_per_week": 33.5})).await.expect(200);
        post(&app, &path, EntryKind::Adjust, -20).await.unwrap();
        assert_eq!(ada.act(&format!("{path}/resume")).await.expect(200)["status"], "exhausted");
    }

    async fn an_exhausted_pledge_of_a_suspended_organization_rests_too(db: TestDb) {
        let (app, ada) = freight(db).await;
        let path = active(&ada, fortnight()).await;
        post(&app, &path, EntryKind::Reserve, 4800).await.unwrap();
        assert_eq!(ada.get(&path).await.expect(200)["status"], "exhausted");
        let sheriff = app.person_with("sheriff", &[mainstay::kernel::PlatformRole::Moderator]).await;
        sheriff.post("/api/v1/organizations/freight/suspend", json!({"reason": "It pays nobody."})).await.expect(200);
        assert_eq!(ada.get(&path).await.expect(200)["status"], "paused");
        post(&app, &path, EntryKind::Release, 60).await.unwrap();
        assert_eq!(ada.get(&path).await.expect(200)["status"], "paused", "hours that come free change nothing");
        ada.act(&format!("{path}/resume")).await.problem(409, "organization.suspended");
        sheriff.post("/api/v1/organizations/freight/unsuspend", json!({"reason": "It pays them."})).await.expect(200);
        assert_eq!(ada.act(&format!("{path}/resume")).await.expect(200)["status"], "active");
    }

    async fn a_withdrawal_has_fourteen_days_notice(db: TestDb) {
        let (app, ada) = freight(db).await;
        let path = active(&ada, but(fortnight(), &json!({"ends_on": "2027-11-21"}))).await;
        post(&app, &path, EntryKind::Reserve, 600).await.unwrap();
        let noticed = ada.post(&format!("{path}/withdraw"), json!({"reason": "Money is short."})).await.expect(200);
        assert_eq!((noticed["status"].as_str(), noticed["withdraws_at"].as_str()), (Some("active"), Some("2026-12-06T09:00:00Z")));
        let refused = ada.act(&format!("{path}/withdraw")).await.problem(409, "pledge.transition_refused");
        assert_eq!(refused["allowed"], json!(["pause"]));
        post(&app, &path, EntryKind::Reserve, 60).await.unwrap();
        let ada = again(&app, 13).await;
        assert_eq!(pledges::work_off_clocks(&app.ctx, market::request_id()).await.unwrap(), 0);
        assert_eq!(ada.get(&path).await.expect(200)["status"], "active");
        let ada = again(&app, 1).await;
        assert_eq!(pledges::work_off_clocks(&app.ctx, market::request_id()).await.unwrap(), 1);
        assert_eq!(pledges::work_off_clocks(&app.ctx, market::request_id()).await.unwrap(), 0);
        assert_eq!(ada.get(&path).await.expect(200)["status"], "withdrawn");
        assert_eq!(balance(&ada, &path).await, [11.0, 11.0, 0.0, 0.0, 0.0], "what was promised stays");
        assert_eq!(entries(&ada, &path).await.last().unwrap(), &format!("expire {}", 40 * 52 * 60 + 343 - 660));
        post(&app, &path, EntryKind::Deliver, 300).await.unwrap();
        post(&app, &path, EntryKind::Confirm, 300).await.unwrap();
        post(&app, &path, EntryKind::Release, 360).await.unwrap();
        assert_eq!(balance(&ada, &path).await, [5.0, 0.0, 5.0, 5.0, 0.0], "what is released after the end expires");
        assert_eq!(post(&app, &path, EntryKind::Reserve, 1).await.unwrap_err().code(), "pledge.not_active");
    }

    async fn the_clock_ends_what_is_over(db: TestDb) {
        let (app, ada) = freight(db).await;
        let (running, paused, kept) = (active(&ada, fortnight()).await, active(&ada, fortnight()).await, draft(&ada, fortnight()).await);
        let noticed = active(&ada, but(fortnight(), &json!({"ends_on": "2026-12-01"}))).await;
        ada.act(&format!("{noticed}/withdraw")).await.expect(200);
        ada.act(&format!("{paused}/pause")).await.expect(200);
        let longer = active(&ada, but(fortnight(), &json!({"ends_on": "2026-12-31"}))).await;
        let _ = again(&app, 13).await;
        assert_eq!(pledges::work_off_clocks(&app.ctx, market::request_id()).await.unwrap(), 1, "on its last day a pledge still holds");
        let ada = again(&app, 1).await;
        ada.act(&format!("{paused}/resume")).await.problem(409, "pledge.period_passed");
        ada.act(&format!("{kept}/activate")).await.problem(409, "pledge.period_passed");
        assert_eq!(pledges::work_off_clocks(&app.ctx, market::request_id()).await.unwrap(), 2);
        for (path, status) in [(&running, "ended"), (&paused, "ended"), (&noticed, "ended"), (&kept, "draft"), (&longer, "active")] {
            assert_eq!(ada.get(path).await.expect(200)["status"], status);
        }
        assert_eq!(entries(&ada, &running).await, ["grant 4800", "expire 4800"]);
        ada.patch(&running, json!({"ends_on": "2027-01-01"})).await.problem(409, "pledge.ended");
        assert_eq!(ada.patch(&kept, json!({"on_call": true})).await.faults(), ["/ends_on in_the_past"]);
        ada.patch(&kept, json!({"ends_on": "2027-01-01"})).await.expect(200);
        assert_eq!(ada.act(&format!("{kept}/activate")).await.expect(200)["status"], "active");
    }

    async fn the_clock_works_off_many(db: TestDb) {
        let (app, ada) = freight(db).await;
        let (ctx, id) = (app.ctx.clone(), id_of(&active(&ada, fortnight()).await));
        app.ctx.store().write(move |conn| {
            let input = pledges::PledgeInput {
                hours_per_week: 1.0,
                starts_on: "2026-11-22".parse().unwrap(),
                ends_on: "2026-11-22".parse().unwrap(),
                approval: pledges::Approval::Auto,
                focus: pledges::FocusInput::default(),
                max_hours_per_person: None,
                on_call: false,
            };
            let organization = pledges::get_pledge(conn, id)?.organization_id;
            for _ in 0..230 {
                let pledge = pledges::create_in(conn, &ctx, organization, &input, None, &market::request_id())?;
                pledges::activate_in(conn, &ctx, &pledge, None, &market::request_id())?;
            }
            Ok(())
        }).await.unwrap();
        app.clock.advance(TimeDelta::days(1));
        let both = tokio::join!(pledges::work_off_clocks(&app.ctx, market::request_id()), pledges::work_off_clocks(&app.ctx, market::request_id()));
        assert_eq!(both.0.unwrap() + both.1.unwrap(), 230);
    }

    async fn of_many_who_race_each_hour_goes_once(db: TestDb) {
        let (app, ada) = freight(db).await;
        let path = active(&ada, fortnight()).await;
        let tries: Vec<_> = (0..50).map(|_| {
            let (ctx, id) = (app.ctx.clone(), id_of(&path));
            tokio::spawn(async move {
                let inner = ctx.clone();
                ctx.store().write(move |conn| {
                    let pledge = pledges::lock_pledge(conn, id)?;
                    let posting = Posting { kind: EntryKind::Reserve, minutes: 600, reference: None, note: None };
                    pledges::post(conn, &inner, &pledge, posting, None, &market::request_id()).map(|_| ())
                }).await
            })
        }).collect();
        let mut won = 0;
        for each in tries {
            match each.await.unwrap() {
                Ok(()) => won += 1,
                Err(error) => assert_eq!(error.code(), "pledge.overdrawn"),
            }
        }
        assert_eq!(won, 8);
        assert_eq!(balance(&ada, &path).await, [80.0, 80.0, 0.0, 0.0, 0.0]);
        assert_eq!(ada.get(&path).await.expect(200)["status"], "exhausted");
        assert_eq!(entries(&ada, &path).await.len(), 9);
    }

    async fn of_many_who_activate_one_does(db: TestDb) {
        let (_app, ada) = freight(db).await;
        let path = draft(&ada, fortnight()).await;
        let tries: Vec<_> = (0..8).map(|_| {
            let (client, path) = (ada.clone(), format!("{path}/activate"));
            tokio::spawn(async move { client.act(&path).await.status })
        }).collect();
        let mut statuses = Vec::new();
        for each in tries {
            statuses.push(each.await.unwrap());
        }
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409, 409, 409, 409, 409, 409, 409]);
        assert_eq!(entries(&ada, &path).await, ["grant 4800"]);
    }

    async fn a_balance_is_the_sum_of_its_ledger(db: TestDb) {
        let (app, ada) = freight(db).await;
        let path = active(&ada, fortnight()).await;
        // Any run of movements, the same each time.
        let (mut state, mut refused) = (42u64, 0);
        for _ in 0..90 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let kind = EntryKind::ALL[usize::try_from(state >> 40).unwrap() % EntryKind::ALL.len()];
            let minutes = i64::try_from((state >> 20) % 900).unwrap() - 200;
            refused += u32::from(post(&app, &path, kind, minutes).await.is_err());
        }
        assert!(refused > 5, "some go too far: {refused}");
        let (mut sum, mut next) = ([0i64; 4], format!("{path}/ledger?limit=7"));
        loop {
            let page = ada.get(&next).await.expect(200);
            for entry in page["items"].as_array().unwrap() {
                let kind: EntryKind = entry["kind"].as_str().unwrap().parse().unwrap();
                let effect = kind.effect(entry["minutes"].as_i64().unwrap());
                sum = [sum[0] + effect.granted, sum[1] + effect.reserved, sum[2] + effect.delivered, sum[3] + effect.confirmed];
            }
            match page["next_cursor"].as_str() {
                Some(cursor) => next = format!("{path}/ledger?limit=7&cursor={cursor}"),
                None => break,
            }
        }
        let id = id_of(&path);
        let kept = app.ctx.store().read(move |conn| pledges::list_balances(conn, &[id])).await.unwrap()[&id];
        assert_eq!([kept.granted_minutes, kept.reserved_minutes, kept.delivered_minutes, kept.confirmed_minutes], sum);
        assert!(sum.iter().all(|minutes| *minutes >= 0) && sum[1] + sum[3] <= sum[0]);
        // The database keeps the entries, and no balance beyond what was granted.
        for (sql, why) in [
            ("update ledger_entries set minutes = 1", "append-only"),
            ("delete from ledger_entries", "append-only"),
            ("update pledge_balances set reserved_minutes = granted_minutes - confirmed_minutes + 1", "never_overdrawn"),
        ] {
            let refused = app.ctx.store().write(move |conn| Ok(conn.batch_execute(sql)?)).await.unwrap_err();
            let cause = std::error::Error::source(&refused).map(ToString::to_string).unwrap_or_default();
            assert!(format!("{refused} {cause}").contains(why), "{sql}: {refused} {cause}");
        }
    }

    async fn lists_are_paged_and_filtered(db: TestDb) {
        let (_app, ada) = freight(db).await;
        let mut made = Vec::new();
        for n in 0..5 {
            made.push(if n % 2 == 0 { active(&ada, fortnight()).await } else { draft(&ada, fortnight()).await });
        }
        made.reverse();
        let list = async |query: &str| {
            let page = ada.get(&format!("/api/v1/organizations/freight/pledges?{query}")).await.expect(200);
            let paths: Vec<String> = page["items"].as_array().unwrap().iter().map(|item| format!("/api/v1/pledges/{}", item["id"].as_str().unwrap())).collect();
            (paths, page["next_cursor"].as_str().map(str::to_owned))
        };
        let (first, cursor) = list("limit=2").await;
        draft(&ada, fortnight()).await;
        let (second, last) = list(&format!("limit=3&cursor={}", cursor.unwrap())).await;
        assert_eq!(([first, second].concat(), last), (made.clone(), None));
        assert_eq!(list("status=active").await.0, [made[0].clone(), made[2].clone(), made[4].clone()]);
        assert_eq!(list("status=paused&status=ended").await.0, [""; 0]);
        for (query, fault) in [
            ("limit=0", "?limit out_of_range"), ("limit=101", "?limit out_of_range"), ("limit=x", "?limit wrong_type"), ("cursor=x", "?cursor invalid_cursor"),
            ("status=lost", "?status/0 unknown_word"), ("q=x", "?q unknown_field"),
        ] {
            let answer = ada.get(&format!("/api/v1/organizations/freight/pledges?{query}")).await;
            assert_eq!((answer.status, answer.faults()), (422, vec![fault.to_owned()]), "{query}");
        }
        let ledger = format!("{}/ledger", made[0]);
        assert_eq!(ada.get(&format!("{ledger}?limit=0&cursor=x")).await.faults(), ["?limit out_of_range", "?cursor invalid_cursor"]);
    }

    async fn matching_hears_of_changes_and_finds_what_is_in_force(db: TestDb) {
        let (app, ada) = freight(db).await;
        let mut follower = Follower::start(app.ctx.store()).await.unwrap();
        let heard = async |follower: &mut Follower, path: &str| {
            let change = Change { kind: pledges::PLEDGE_CHANGED.0.to_owned(), entity: id_of(path).into() };
            matches!(follower.poll(app.ctx.store()).await.unwrap(), News::Changes(changes) if changes.contains(&change))
        };
        let now = draft(&ada, fortnight()).await;
        assert!(heard(&mut follower, &now).await);
        for action in ["activate", "pause", "resume"] {
            ada.act(&format!("{now}/{action}")).await.expect(200);
            assert!(heard(&mut follower, &now).await, "{action}");
        }
        ada.patch(&now, json!({"on_call": true})).await.expect(200);
        assert!(heard(&mut follower, &now).await);
        assert!(!heard(&mut follower, &now).await);
        let later = active(&ada, but(fortnight(), &json!({"starts_on": "2026-11-23"}))).await;
        draft(&ada, fortnight()).await;
        let in_force = async |day: &'static str| {
            let id = id_of(&now);
            let found = app.ctx.store().read(move |conn| {
                let organization = pledges::get_pledge(conn, id)?.organization_id;
                pledges::active_pledges_of(conn, organization, day.parse().unwrap())
            }).await.unwrap();
            found.into_iter().map(|pledge| pledge.id).collect::<Vec<_>>()
        };
        assert_eq!(in_force("2026-11-22").await, [id_of(&now)]);
        assert_eq!(in_force("2026-11-23").await, [id_of(&now), id_of(&later)]);
        assert_eq!(in_force("2026-12-06").await, []);
    }
}
