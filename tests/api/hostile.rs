//! What hostile people and careless machines send: scanners of mails, headers in names, made-up forwarders, huge passwords.

use crate::app::{PASSWORD, TestApp};
use crate::contract;
use crate::db::on_both;
use crate::market;
use crate::notifications::tell;
use mainstay::kernel::{PlatformRole, Topic};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Instant;

const SITE: &str = "https://mainstay.example.org";
const LOGIN: &str = "/api/v1/auth/login";

/// The pages that mails lead to, each with its address.
fn links(app: &TestApp) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for mail in app.mailbox.messages() {
        for text in [Some(mail.text.as_str()), mail.html.as_deref()].into_iter().flatten() {
            for rest in text.split(SITE).skip(1) {
                let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>')).unwrap_or(rest.len());
                let link = &rest[..end];
                if let Some((page, _)) = link.split_once('?') {
                    found.insert(page.to_owned(), link.to_owned());
                }
            }
        }
    }
    found
}

fn token(links: &BTreeMap<String, String>, page: &str) -> String {
    links[page].split_once("token=").unwrap().1.to_owned()
}

on_both! {
    async fn a_parameter_that_no_address_knows_is_refused_by_each(db: TestDb) {
        let app = TestApp::start(db).await;
        let chief = app.person_with("chief", &[PlatformRole::Admin]).await;
        let (mut asked, mut let_through) = (0, Vec::new());
        for (template, item) in contract::document()["paths"].as_object().unwrap() {
            // What a provider adds to its answer has to be ignored (RFC 6749, section 4.1.2).
            let Some(read) = item.get("get").filter(|_| !template.ends_with("/callback")) else { continue };
            let parts = template.split('/').map(|part| match part {
                "{number}" => "1",
                _ if part == "{id}" || part.ends_with("_id}") => "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d",
                _ if part.starts_with('{') => "parser",
                fixed => fixed,
            });
            let path = format!("{}?no_such_parameter=1", parts.collect::<Vec<_>>().join("/"));
            let answer = chief.get(&path).await;
            if (answer.status, answer.faults()) != (422, vec!["?no_such_parameter unknown_field".to_owned()]) {
                let_through.push(format!("{path}: {} {}", answer.status, answer.text));
            }
            // Whoever may not read it at all hears that first.
            let anonymous = app.anonymous().get(&path).await.status;
            let open = read["x-roles"].as_array().unwrap().contains(&json!("anonymous"));
            assert_eq!(anonymous, if open { 422 } else { 401 }, "{path}");
            asked += 1;
        }
        assert!(asked > 120, "{asked}");
        assert!(let_through.is_empty(), "{let_through:#?}");
        let several = chief.get("/api/v1/me?limit=1&sort=x&sort=y&=z").await;
        assert_eq!(several.faults(), ["? unknown_field", "?limit unknown_field", "?sort unknown_field"]);
        chief.get("/api/v1/me?").await.expect(200);
        chief.send(Method::HEAD, "/api/v1/me?limit=1", &[], None).await.expect(422);
        app.stop().await;
    }

    async fn a_scanner_that_looks_at_every_link_changes_nothing(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, bob, coordinator) = (app.person("ada").await, app.person("bob").await, app.coordinator().await);
        app.person("cleo").await;
        let sheriff = app.person_with("sheriff", &[PlatformRole::Moderator]).await;
        let admin = app.person_with("chief", &[PlatformRole::Admin]).await;
        app.run_jobs().await;
        app.mailbox.take();
        let anyone = app.anonymous();
        let dora = json!({"email": "dora@example.org", "password": PASSWORD, "handle": "dora", "display_name": "Dora"});
        anyone.post("/api/v1/auth/register", dora).await.expect(202);
        anyone.post("/api/v1/auth/password/forgot", json!({"email": "bob@example.org"})).await.expect(202);
        market::organization(&ada, "acme").await;
        ada.post("/api/v1/organizations/acme/invitations", json!({"email": "bob@example.org", "role": "manager"})).await.expect(201);
        market::project(&ada, &coordinator, "parser", json!({})).await;
        ada.post("/api/v1/projects/parser/maintainers", json!({"handle": "bob"})).await.expect(201);
        sheriff.post("/api/v1/admin/accounts/cleo/suspend", json!({"reason": "It is not a person."})).await.expect(200);
        tell(&app, "bob", Topic::ProposalAccepted, "Your application was accepted.").await;
        app.run_jobs().await;

        let links = links(&app);
        let pages: Vec<&str> = links.keys().map(String::as_str).collect();
        assert_eq!(pages, ["/appeal", "/organization-invitation", "/project-invitation", "/reset-password", "/unsubscribe", "/verify-email"]);
        let log = async || admin.get("/api/v1/admin/audit?limit=100").await.expect(200)["items"].clone();
        let jobs = async || admin.get("/api/v1/admin/jobs").await.expect(200)["counts"].clone();
        let (before, waiting) = (log().await, jobs().await);
        let scanner = anyone.without_redirects();
        for link in links.values() {
            for method in [Method::HEAD, Method::GET, Method::GET, Method::OPTIONS] {
                let headers = [("user-agent", "Scanner/1.0"), ("purpose", "prefetch")];
                let looked = scanner.send(method.clone(), link, &headers, None).await;
                let fine = if method == Method::OPTIONS { looked.status < 500 } else { looked.status == 200 };
                assert!(fine, "{method} {link}: {}", looked.status);
                assert_eq!(looked.header("referrer-policy"), Some("no-referrer"), "{link}");
            }
        }
        app.run_jobs().await;
        assert_eq!((log().await, jobs().await), (before, waiting));
        // Everything is still to be done, once.
        let wishes = bob.get("/api/v1/me/notification-preferences").await.expect(200);
        assert_eq!(wishes["topics"]["proposal"], "at_once");
        let verify = json!({"token": token(&links, "/verify-email")});
        let join = json!({"token": token(&links, "/organization-invitation")});
        let maintain = json!({"token": token(&links, "/project-invitation")});
        let appeal = json!({"token": token(&links, "/appeal"), "text": "I am one all the same."});
        let reset = json!({"token": token(&links, "/reset-password"), "new_password": "another long passphrase"});
        for (by, path, body) in [
            (&anyone, "/api/v1/auth/verify-email", verify),
            (&bob, "/api/v1/me/organization-invitations/accept", join),
            (&bob, "/api/v1/me/project-invitations/accept", maintain),
            (&anyone, "/api/v1/appeals", appeal),
            (&anyone, "/api/v1/auth/password/reset", reset),
        ] {
            let first = by.post(path, body.clone()).await;
            assert!(matches!(first.status, 200..=204), "{path}: {} {}", first.status, first.text);
            let again = by.post(path, body).await;
            assert!(matches!(again.status, 401 | 404 | 409 | 422), "{path}: {} {}", again.status, again.text);
        }
        app.stop().await;
    }

    async fn no_name_starts_a_header_of_a_mail(db: TestDb) {
        let app = TestApp::start(db).await;
        let ada = app.person("ada").await;
        for break_ in ["\r\n", "\n", "\r", "\u{2028}", "\u{85}", "\0"] {
            let evil = format!("Eve{break_}Bcc: victim@example.net");
            let person = |email: &str, name: &str| json!({"email": email, "password": PASSWORD, "handle": "eve", "display_name": name});
            let named = app.anonymous().post("/api/v1/auth/register", person("eve@example.org", &evil)).await;
            assert_eq!((named.status, named.json["errors"][0]["pointer"].as_str()), (422, Some("/display_name")), "{break_:?}: {}", named.text);
            let at = format!("eve@example.org{break_}Bcc:victim@example.net");
            for (path, body, pointer) in [
                ("/api/v1/auth/register", person(&at, "Eve"), "/email"),
                ("/api/v1/auth/password/forgot", json!({"email": at}), "/email"),
            ] {
                let refused = app.anonymous().post(path, body).await;
                assert_eq!((refused.status, refused.json["errors"][0]["pointer"].as_str()), (422, Some(pointer)), "{break_:?}: {}", refused.text);
            }
            let moved = ada.post("/api/v1/me/email", json!({"new_email": at, "password": PASSWORD})).await;
            assert_eq!(moved.status, 422, "{break_:?}: {}", moved.text);
            let company = ada.post("/api/v1/organizations", json!({"name": evil, "kind": "company"})).await;
            assert_eq!((company.status, company.json["errors"][0]["pointer"].as_str()), (422, Some("/name")), "{break_:?}: {}", company.text);
        }
        app.run_jobs().await;
        assert!(app.mailbox.sources().iter().all(|source| !source.contains("victim")));
        app.stop().await;
    }

    async fn whoever_says_to_be_forwarded_is_still_at_their_own_address(db: TestDb) {
        // No proxy is trusted here, so each of these counts as the same guesser.
        let app = TestApp::start_with(db, |settings| {
            settings.rate_limit.enabled = true;
            settings.rate_limit.auth_per_minute = 10_000;
            settings.rate_limit.burst = 10_000;
        })
        .await;
        app.person("ada").await;
        let mut last = 0;
        for n in 0..8 {
            let from = format!("203.0.113.{n}");
            let forwarded = format!("for={from}");
            let headers = [("x-forwarded-for", from.as_str()), ("forwarded", forwarded.as_str()), ("x-real-ip", from.as_str()), ("user-agent", "guesser")];
            let body = json!({"email": "ada@example.org", "password": "not the right passphrase"}).to_string();
            last = app.anonymous().send(Method::POST, LOGIN, &headers, Some(body)).await.status;
        }
        assert_eq!(last, 429);
        let ada = app.person("bob").await;
        let sessions = ada.get("/api/v1/me/sessions").await.expect(200);
        assert_eq!(sessions["items"][0]["address"], "127.0.0.1");
        app.stop().await;
    }

    async fn a_password_of_a_megabyte_is_refused_and_costs_little(db: TestDb) {
        let app = TestApp::start(db).await;
        let ada = app.person("ada").await;
        let huge = "x".repeat(1_000_000);
        let begun = Instant::now();
        let mut told: Vec<Value> = Vec::new();
        for email in ["ada@example.org", "nobody@example.org"] {
            let answer = app.anonymous().post(LOGIN, json!({"email": email, "password": huge})).await;
            told.push(json!([answer.status, answer.json["code"], answer.json["detail"]]));
        }
        assert_eq!(told[0], told[1], "known and unknown are told the same");
        assert!(matches!(told[0][0].as_u64(), Some(401 | 422)), "{told:?}");
        let person = json!({"email": "eve@example.org", "password": huge, "handle": "eve", "display_name": "Eve"});
        assert_eq!(app.anonymous().post("/api/v1/auth/register", person).await.faults(), ["/password too_long"]);
        let change = json!({"current_password": PASSWORD, "new_password": huge});
        assert_eq!(ada.post("/api/v1/me/password", change).await.faults(), ["/new_password too_long"]);
        let change = json!({"current_password": huge, "new_password": "another long passphrase"});
        assert_eq!(ada.post("/api/v1/me/password", change).await.status, 422);
        let larger = json!({"email": "ada@example.org", "password": "x".repeat(1 << 20)});
        app.anonymous().post(LOGIN, larger).await.problem(413, "request.too_large");
        assert!(begun.elapsed().as_secs() < 30, "{:?}", begun.elapsed());
        app.stop().await;
    }
}
