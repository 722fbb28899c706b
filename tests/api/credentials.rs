//! Credentials: issued, published, checked by whoever has them, and taken back.

use crate::client::Client;
use crate::db::on_both;
use crate::market::request_id;
use crate::work::{self, Acme};
use chrono::TimeDelta;
use mainstay::features::credentials::{self, Against, Fault, KeySet, Verdict, verify};
use mainstay::kernel::{Clock as _, PlatformRole};
use reqwest::Method;
use serde_json::{Value, json};

const SITE: &str = "https://mainstay.example.org";

/// The path of an address of this installation.
fn path(address: &Value) -> String {
    address.as_str().unwrap().strip_prefix(SITE).unwrap().to_owned()
}

async fn issue(person: &Client, assignment: &str, subject: &str) -> crate::client::Answer {
    person.post(&format!("/api/v1/assignments/{assignment}/credential"), json!({"subject": subject})).await
}

/// What anybody makes of a credential who has nothing but public addresses.
async fn checked(acme: &Acme, credential: &Value) -> Verdict {
    let anyone = acme.app.anonymous();
    let keys = KeySet::read(&anyone.get("/.well-known/jwks.json").await.text).unwrap();
    let list = path(&credential["credential"]["credentialStatus"]["statusListCredential"]);
    let list = anyone.get(&list).await;
    assert_eq!(
        (list.status, list.header("content-type"), list.header("cache-control")),
        (200, Some("application/vc+jwt"), Some("public, max-age=300"))
    );
    let against = Against { keys: Some(&keys), status_list: Some(&list.text), at: acme.app.clock.now() };
    verify(credential["jwt"].as_str().unwrap(), against)
}

async fn issue_due(acme: &Acme) -> usize {
    credentials::issue_due(&acme.app.ctx, request_id()).await.unwrap()
}

on_both! {
    async fn completed_work_is_certified_and_anybody_can_check_it(db: TestDb) {
        let acme = Acme::new(db, 10.0, json!({})).await;
        let id = acme.pledged_work(2.0).await;
        acme.confirmed(&id, "2026-11-22", 100).await;
        let waits = acme.logged(&id, "2026-11-22", 50).await;
        issue(&acme.ada, &id, "volunteer").await.problem(409, "credential.assignment_not_ended");
        work::complete(&acme.lin, &acme.ada, &id).await;
        issue(&acme.ada, &id, "volunteer").await.problem(409, "credential.hours_pending");
        assert_eq!(issue_due(&acme).await, 0);
        acme.lin.act(&format!("{waits}/confirm")).await.expect(200);
        assert_eq!((issue_due(&acme).await, issue_due(&acme).await), (1, 0));
        let mine = acme.ada.get("/api/v1/me/credentials").await.expect(200);
        assert_eq!(mine["items"].as_array().unwrap().len(), 1);
        let one = &mine["items"][0];
        assert_eq!((&one["minutes"], &one["automatic_minutes"], &one["status"], &one["project"]), (&json!(150), &json!(0), &json!("issued"), &json!("parser")));
        let public = acme.app.anonymous().get(&path(&one["id"])).await;
        assert_eq!(public.header("cache-control"), Some("public, max-age=60"));
        let public = public.expect(200);
        assert_eq!(public["jwt"], one["jwt"]);
        let said = &public["credential"];
        assert_eq!((&said["type"], &said["credentialSubject"]["result"][0]["value"]), (&json!(["VerifiableCredential", "OpenBadgeCredential"]), &json!("150")));
        assert_eq!((&said["id"], &said["issuer"]["id"]), (&public["id"], &json!(SITE)));
        let verdict = checked(&acme, &public).await;
        assert!(verdict.is_valid() && verdict.checks.len() == 5 && verdict.checks.iter().all(|check| check.code.is_none()), "{verdict:#?}");
        // The company's own: what its pledge paid for, without a word of who did it.
        let company = acme.olga.get("/api/v1/organizations/acme/credentials").await.expect(200);
        let company = &company["items"][0];
        assert_eq!((&company["subject"], &company["minutes"]), (&json!("organization"), &json!(150)));
        assert!(!company["credential"].to_string().to_lowercase().contains("ada"), "{company}");
        assert!(checked(&acme, company).await.is_valid());
        acme.lin.get("/api/v1/organizations/acme/credentials").await.problem(403, "forbidden");
        // Asking again gives the same; somebody else's is nobody's to ask for.
        assert_eq!(issue(&acme.ada, &id, "volunteer").await.expect(200)["id"], one["id"]);
        assert_eq!(issue(&acme.olga, &id, "organization").await.expect(200)["id"], company["id"]);
        issue(&acme.lin, &id, "volunteer").await.problem(403, "forbidden");
        issue(&acme.ada, &id, "organization").await.problem(403, "forbidden");
        let stranger = acme.app.person("mallory").await;
        issue(&stranger, &id, "volunteer").await.problem(404, "not_found");
        acme.app.anonymous().get("/api/v1/credentials/AAAAAAAAAAAAAAAAAAAAAA").await.problem(404, "not_found");
        acme.app.anonymous().get("/api/v1/credential-status-lists/7").await.problem(404, "not_found");
        acme.app.stop().await;
    }

    async fn keys_and_tokens_are_each_for_their_own_purpose(db: TestDb) {
        let acme = Acme::new(db, 10.0, json!({})).await;
        let id = acme.own_work(2.0).await;
        acme.confirmed(&id, "2026-11-22", 100).await;
        work::complete(&acme.lin, &acme.ada, &id).await;
        let made = issue(&acme.ada, &id, "volunteer").await;
        assert_eq!(made.header("location").map(str::to_owned), Some(path(&made.json["id"])));
        let made = made.expect(201);
        issue(&acme.olga, &id, "organization").await.problem(404, "not_found");
        let anyone = acme.app.anonymous();
        let keys = anyone.get("/.well-known/jwks.json").await.expect(200);
        let purposes: Vec<&str> = keys["keys"].as_array().unwrap().iter().map(|key| key["purpose"].as_str().unwrap()).collect();
        assert_eq!(purposes, ["access_token", "credential"]);
        let key = &keys["keys"][1];
        assert_eq!(&anyone.get(&path(&key["kid"])).await.expect(200), key, "the key stands at its own address, too");
        assert_eq!(anyone.get("/api/v1/credential-status-lists/x").await.faults(), ["{number} invalid_path"]);
        anyone.get("/api/v1/credential-keys/nobody").await.problem(404, "not_found");
        // Neither passes for the other.
        anyone.with_token(made["jwt"].as_str().unwrap(), "ada").get("/api/v1/me").await.problem(401, "auth.invalid_token");
        let set = KeySet::read(&keys.to_string()).unwrap();
        let against = Against { keys: Some(&set), status_list: None, at: acme.app.clock.now() };
        assert_eq!(verify(acme.ada.token(), against).fault(), Some(Fault::WrongType));
        assert!(verify(made["jwt"].as_str().unwrap(), against).is_valid());
        acme.app.stop().await;
    }

    async fn moderators_take_credentials_back(db: TestDb) {
        let acme = Acme::new(db, 10.0, json!({})).await;
        let id = acme.own_work(2.0).await;
        acme.confirmed(&id, "2026-11-22", 100).await;
        work::complete(&acme.lin, &acme.ada, &id).await;
        let one = issue(&acme.ada, &id, "volunteer").await.expect(201);
        let moderator = acme.app.person_with("sheriff", &[PlatformRole::Moderator]).await;
        let (place, reason) = (format!("{}/revoke", path(&one["id"])), json!({"reason": "The hours were made up."}));
        acme.lin.post(&place, reason.clone()).await.problem(403, "forbidden");
        acme.app.anonymous().post(&place, reason.clone()).await.problem(401, "auth.required");
        assert_eq!(moderator.post(&place, json!({"reason": ""})).await.faults(), ["/reason too_short"]);
        assert!(checked(&acme, &one).await.is_valid());
        let tag = acme.app.anonymous().get(&path(&one["id"])).await.etag();
        let gone = moderator.send(Method::POST, &place, &[("if-match", tag.as_str())], Some(reason.to_string())).await.expect(200);
        assert_eq!((&gone["status"], &gone["reason"]), (&json!("revoked"), &json!("The hours were made up.")));
        assert_eq!(checked(&acme, &one).await.fault(), Some(Fault::Revoked));
        assert_eq!(acme.app.anonymous().get(&path(&one["id"])).await.expect(200)["status"], "revoked");
        let again = moderator.post(&place, reason).await.problem(409, "credential.transition_refused");
        assert_eq!(again["allowed"], json!([]));
        // It does not come back by itself.
        assert_eq!(issue_due(&acme).await, 0);
        issue(&acme.ada, &id, "volunteer").await.problem(409, "credential.was_revoked");
        acme.app.stop().await;
    }

    async fn hours_counted_anew_are_certified_anew(db: TestDb) {
        let acme = Acme::new(db, 10.0, json!({})).await;
        let id = acme.own_work(2.0).await;
        let entry = acme.confirmed(&id, "2026-11-22", 100).await;
        work::complete(&acme.lin, &acme.ada, &id).await;
        assert_eq!(issue_due(&acme).await, 1);
        let first = acme.ada.get("/api/v1/me/credentials").await.expect(200)["items"][0].clone();
        let second = acme.confirmed(&id, "2026-11-22", 20).await;
        assert_eq!(issue_due(&acme).await, 1);
        let all = acme.ada.get("/api/v1/me/credentials").await.expect(200);
        let told: Vec<_> = all["items"].as_array().unwrap().iter().map(|one| (one["minutes"].clone(), one["status"].clone())).collect();
        assert_eq!(told, [(json!(120), json!("issued")), (json!(100), json!("superseded"))]);
        assert_eq!(checked(&acme, &first).await.fault(), Some(Fault::Revoked));
        assert!(checked(&acme, &all["items"][0]).await.is_valid());
        for entry in [entry, second] {
            acme.ada.act(&format!("{entry}/void")).await.expect(200);
        }
        assert_eq!((issue_due(&acme).await, issue_due(&acme).await), (1, 0));
        assert_eq!(checked(&acme, &all["items"][0]).await.fault(), Some(Fault::Revoked));
        issue(&acme.ada, &id, "volunteer").await.problem(409, "credential.no_confirmed_work");
        acme.app.stop().await;
    }

    async fn a_year_later_another_key_signs_and_the_old_one_still_vouches(db: TestDb) {
        let mut acme = Acme::new(db, 10.0, json!({"seats": 2})).await;
        let id = acme.own_work(2.0).await;
        acme.confirmed(&id, "2026-11-22", 100).await;
        work::complete(&acme.lin, &acme.ada, &id).await;
        let one = issue(&acme.ada, &id, "volunteer").await.expect(201);
        acme.later(366).await;
        assert!(checked(&acme, &one).await.is_valid());
        let again = issue(&acme.ada, &id, "volunteer").await.expect(200);
        assert_eq!(again["id"], one["id"]);
        acme.later(4 * 365).await;
        assert_eq!(checked(&acme, &one).await.fault(), Some(Fault::Expired));
        let anew = issue(&acme.ada, &id, "volunteer").await.expect(201);
        assert!(anew["id"] != one["id"] && checked(&acme, &anew).await.is_valid());
        let keys = acme.app.anonymous().get("/.well-known/jwks.json").await.expect(200);
        let ours = keys["keys"].as_array().unwrap().iter().filter(|key| key["purpose"] == "credential").count();
        assert_eq!(ours, 3, "the first, the one of the second year, and the one of today: {keys}");
        acme.app.stop().await;
    }

    async fn whoever_leaves_takes_the_address_along(db: TestDb) {
        let acme = Acme::new(db, 10.0, json!({})).await;
        let id = acme.pledged_work(2.0).await;
        acme.confirmed(&id, "2026-11-22", 100).await;
        work::complete(&acme.lin, &acme.ada, &id).await;
        assert_eq!(issue_due(&acme).await, 1);
        let one = acme.ada.get("/api/v1/me/credentials").await.expect(200)["items"][0].clone();
        assert_eq!(acme.ada.get("/api/v1/me/export").await.expect(200)["credentials"][0]["jwt"], one["jwt"]);
        acme.ada.send(Method::DELETE, "/api/v1/me", &[], None).await.expect(202);
        acme.app.clock.advance(TimeDelta::days(14));
        mainstay::features::accounts::erase_due(&acme.app.ctx, mainstay::app::personal::PARTS, request_id()).await.unwrap();
        acme.app.anonymous().get(&path(&one["id"])).await.problem(404, "not_found");
        assert!(checked(&acme, &one).await.is_valid(), "a copy is as true as it was");
        assert_eq!(issue_due(&acme).await, 0);
        acme.app.stop().await;
    }
}

/// What the program says of files, without a server: its exit code and its answer.
fn inspect(folder: &std::path::Path, at: &str) -> (Option<i32>, Value) {
    let file = |name: &str| folder.join(name).display().to_string();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_mainstay"))
        .args(["inspect", "credential", &file("credential.json"), "--jwks", &file("jwks.json")])
        .args(["--status-list", &file("list.jwt"), "--at", at])
        .output()
        .unwrap();
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_checks_one_from_files_alone() {
    let acme = Acme::new(crate::db::TestDb::sqlite(), 10.0, json!({})).await;
    let id = acme.own_work(2.0).await;
    acme.confirmed(&id, "2026-11-22", 100).await;
    work::complete(&acme.lin, &acme.ada, &id).await;
    let one = issue(&acme.ada, &id, "volunteer").await.expect(201);
    let (anyone, folder) = (acme.app.anonymous(), tempfile::tempdir().unwrap());
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let list = path(&one["credential"]["credentialStatus"]["statusListCredential"]);
    write("jwks.json", &anyone.get("/.well-known/jwks.json").await.text);
    write("list.jwt", &anyone.get(&list).await.text);
    write("credential.json", &anyone.get(&path(&one["id"])).await.text);
    let (now, later) = ("2026-11-23T00:00:00Z", "2032-01-01T00:00:00Z");
    let (code, answer) = inspect(folder.path(), now);
    assert_eq!((code, &answer["valid"], &answer["credential"]["id"]), (Some(0), &json!(true), &one["id"]));
    let fault = |answer: &Value| {
        let checks = answer["checks"].as_array().unwrap().clone();
        checks.iter().find_map(|check| check["code"].as_str().map(str::to_owned))
    };
    let (code, answer) = inspect(folder.path(), later);
    assert_eq!((code, fault(&answer).as_deref()), (Some(1), Some("expired")));
    let moderator = acme.app.person_with("sheriff", &[PlatformRole::Moderator]).await;
    moderator.post(&format!("{}/revoke", path(&one["id"])), json!({"reason": "Made up."})).await.expect(200);
    write("list.jwt", &anyone.get(&list).await.text);
    let (code, answer) = inspect(folder.path(), now);
    assert_eq!((code, fault(&answer).as_deref()), (Some(1), Some("revoked")));
    let mut parts: Vec<&str> = one["jwt"].as_str().unwrap().split('.').collect();
    let other = parts[2].chars().rev().collect::<String>();
    parts[2] = &other;
    write("credential.json", &parts.join("."));
    let (code, answer) = inspect(folder.path(), now);
    assert_eq!((code, &answer["credential"]), (Some(1), &json!(null)));
    assert!(matches!(fault(&answer).as_deref(), Some("signature_mismatch" | "malformed")), "{answer}");
    acme.app.stop().await;
}
