//! What organizations let their people do, and how matching goes by it.

use crate::app::TestApp;
use crate::client::{Answer, Client};
use crate::db::on_both;
use crate::{market, seed};
use mainstay::features::organizations::OrganizationRole;
use reqwest::Method;
use serde_json::{Value, json};

const POLICY: &str = "/api/v1/organizations/acme/policy";

async fn put(by: &Client, tag: &str, body: Value) -> Answer {
    by.send(Method::PUT, POLICY, &[("if-match", tag)], Some(body.to_string())).await
}

/// The blockers of this pair, to its volunteer.
async fn blockers(person: &Client, need: &str) -> Vec<String> {
    let path = format!("/api/v1/matching/explain?need={need}");
    let told = person.get(&path).await.expect(200);
    told["blockers"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect()
}

on_both! {
    async fn a_policy_is_set_as_a_whole_and_by_its_version(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, bob, cleo, eve) = (app.person("ada").await, app.person("bob").await, app.person("cleo").await, app.person("eve").await);
        market::organization(&ada, "acme").await;
        market::join(&app, "acme", "bob", OrganizationRole::Manager).await;
        market::join(&app, "acme", "cleo", OrganizationRole::Member).await;
        let unset = cleo.get(POLICY).await;
        let tag = unset.etag();
        let unset = unset.expect(200);
        assert_eq!((unset["approval"].as_str(), unset["updated_at"].is_null(), &unset["licenses"]), (Some("manager"), true, &json!([])));
        eve.get(POLICY).await.problem(403, "forbidden");
        app.anonymous().get(POLICY).await.problem(401, "auth.required");
        ada.get("/api/v1/organizations/none-such/policy").await.problem(404, "not_found");

        let body = json!({"approval": "auto", "licenses": ["MIT", "Apache-2.0"], "kinds": ["fuzzing"], "cla_kinds": ["dco"], "max_hours_per_person": 8});
        ada.put(POLICY, body.clone()).await.problem(428, "precondition.required");
        put(&cleo, "*", body.clone()).await.problem(403, "forbidden");
        put(&eve, "*", body.clone()).await.problem(403, "forbidden");
        let set = put(&bob, &tag, body.clone()).await;
        let newer = set.etag();
        assert_eq!(set.expect(200)["max_hours_per_person"], 8.0);
        put(&ada, &tag, body.clone()).await.problem(412, "precondition.stale");
        let less = put(&ada, &newer, json!({"approval": "list", "projects": ["parser"]})).await.expect(200);
        assert_eq!((&less["projects"], &less["licenses"], less["max_hours_per_person"].is_null()), (&json!(["parser"]), &json!([]), true));
        assert_eq!(cleo.get(POLICY).await.expect(200)["approval"], "list");
        app.stop().await;
    }

    async fn what_is_wrong_with_a_policy_is_named(db: TestDb) {
        let app = TestApp::start(db).await;
        let ada = app.person("ada").await;
        market::organization(&ada, "acme").await;
        let wrong = json!({"approval": "auto", "projects": ["parser"], "licenses": ["MIT", "MIT OR ISC", "; drop"], "max_hours_per_person": 0.3});
        assert_eq!(put(&ada, "*", wrong).await.faults(), [
            "/projects not_by_list", "/licenses/1 invalid_license", "/licenses/2 invalid_license", "/max_hours_per_person out_of_range",
        ]);
        let wrong = json!({"approval": "list", "licenses": ["MIT", "MIT"], "kinds": ["fuzzing", "fuzzing"], "cla_kinds": ["dco", "dco"]});
        assert_eq!(put(&ada, "*", wrong).await.faults(), ["/projects missing", "/licenses/1 repeated", "/kinds/1 repeated", "/cla_kinds/1 repeated"]);
        put(&ada, "*", json!({"approval": "auto", "hours": 3})).await.problem(422, "input.invalid");
        put(&ada, "*", json!({"approval": "maybe"})).await.problem(422, "input.invalid");
        app.stop().await;
    }

    async fn members_are_matched_by_the_policy_at_once(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, cleo, lead, free) = (app.person("ada").await, app.person("cleo").await, app.person("lead").await, app.person("free").await);
        let coordinator = app.coordinator().await;
        market::organization(&ada, "acme").await;
        market::join(&app, "acme", "cleo", OrganizationRole::Member).await;
        market::project(&lead, &coordinator, "parser", json!({"license": "GPL-3.0-only"})).await;
        let need = seed::open_need(&lead, "parser", "Fuzz the parser", json!({})).await;
        for person in [&cleo, &free] {
            seed::offer(person, json!({"visibility": "public"})).await;
        }
        assert!(blockers(&cleo, &need).await.is_empty());
        for (policy, found) in [
            (json!({"approval": "auto", "licenses": ["MIT"]}), &["license_not_allowed"][..]),
            (json!({"approval": "auto", "licenses": ["MIT", "GPL-3.0-only"]}), &[]),
            (json!({"approval": "auto", "kinds": ["triage"]}), &["employer_policy"]),
            (json!({"approval": "auto", "kinds": ["triage", "fuzzing"], "cla_kinds": ["dco"]}), &[]),
            (json!({"approval": "auto", "cla_kinds": ["corporate"]}), &["employer_policy"]),
            (json!({"approval": "auto", "max_hours_per_person": 0.5}), &["employer_policy"]),
            (json!({"approval": "list", "projects": ["elsewhere"], "licenses": ["MIT"]}), &["employer_policy", "license_not_allowed"]),
            (json!({"approval": "list", "projects": ["elsewhere", "parser"]}), &[]),
        ] {
            put(&ada, "*", policy.clone()).await.expect(200);
            assert_eq!(blockers(&cleo, &need).await, found, "{policy}");
            assert!(blockers(&free, &need).await.is_empty(), "it binds members alone: {policy}");
            let eligible = cleo.get("/api/v1/me/matches").await.expect(200);
            let listed = eligible["items"].as_array().unwrap().iter().any(|one| one["need"]["id"] == need.as_str());
            assert_eq!(listed, found.is_empty(), "{policy}: {eligible}");
        }
        put(&ada, "*", json!({"approval": "auto", "kinds": ["triage"]})).await.expect(200);
        cleo.send(Method::DELETE, "/api/v1/organizations/acme/members/cleo", &[], None).await.expect(204);
        assert!(blockers(&cleo, &need).await.is_empty(), "who left is free of it");
        app.stop().await;
    }
}
