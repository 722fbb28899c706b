//! Domains of organizations against a name server and a site on loopback, and what they offer to whom.

use crate::app::TestApp;
use crate::client::{Answer, Client};
use crate::db::{TestDb, on_both};
use crate::dns::NameServer;
use crate::market;
use crate::site::{Page, Site};
use chrono::TimeDelta;
use mainstay::features::organizations::{self, OrganizationRole};
use mainstay::kernel::RequestId;
use reqwest::Method;
use serde_json::{Value, json};

const DOMAINS: &str = "/api/v1/organizations/acme/domains";

/// A server whose names and pages are in the test's hand; `ip` alone counts as public.
async fn start(db: TestDb, names: &NameServer, ip: &str) -> TestApp {
    let (address, network) = (names.address.to_string(), format!("{ip}/32"));
    TestApp::start_with(db, move |settings| {
        settings.fetch.name_servers = vec![address.parse().unwrap()];
        settings.fetch.allow_networks = vec![network.parse().unwrap()];
        settings.fetch.allow_http = true;
    })
    .await
}

/// An address on loopback for each database, since both run at once.
fn loopback(db: &TestDb) -> &'static str {
    if db.url.starts_with("sqlite") { "127.0.0.31" } else { "127.0.0.32" }
}

async fn add(by: &Client, domain: &str) -> Value {
    by.post(DOMAINS, json!({"domain": domain})).await.expect(201)
}

async fn verify(by: &Client, domain: &str) -> Answer {
    by.act(&format!("{DOMAINS}/{domain}/verify")).await
}

fn line(added: &Value) -> String {
    added["proof"]["record_value"].as_str().unwrap().to_owned()
}

async fn verified(app: &TestApp) -> Value {
    app.anonymous().get("/api/v1/organizations/acme").await.expect(200)["verified_domains"].clone()
}

async fn recheck(app: &TestApp) -> usize {
    organizations::recheck_domains(&app.ctx, RequestId::accept("test-chore").unwrap()).await.unwrap()
}

on_both! {
    async fn a_text_record_proves_a_domain_and_only_one_organization_has_it(db: TestDb) {
        let names = NameServer::start().await;
        let app = start(db, &names, "127.0.0.30").await;
        let (ada, bob, rival) = (app.person("ada").await, app.person("bob").await, app.person("rival").await);
        market::organization(&ada, "acme").await;
        market::organization(&rival, "rivals").await;
        market::join(&app, "acme", "bob", OrganizationRole::Manager).await;
        let added = add(&ada, "Acme.Example.NET").await;
        assert_eq!((added["domain"].as_str(), added["status"].as_str(), added["proof"]["record_name"].as_str()),
            (Some("acme.example.net"), Some("pending"), Some("_mainstay.acme.example.net")));
        ada.post(DOMAINS, json!({"domain": "acme.example.net"})).await.problem(409, "organization.domain_exists");
        bob.post(DOMAINS, json!({"domain": "other.example.net"})).await.problem(403, "forbidden");
        verify(&bob, "acme.example.net").await.problem(403, "forbidden");
        rival.get(DOMAINS).await.problem(403, "forbidden");
        app.anonymous().get(DOMAINS).await.problem(401, "auth.required");
        assert_eq!(bob.get(DOMAINS).await.expect(200)["items"].as_array().unwrap().len(), 1);

        let unproven = verify(&ada, "acme.example.net").await.problem(409, "organization.domain_unproven");
        assert!(unproven["detail"].as_str().unwrap().contains("_mainstay.acme.example.net"), "{unproven}");
        assert_eq!(verified(&app).await, json!([]));
        let theirs = rival.post("/api/v1/organizations/rivals/domains", json!({"domain": "acme.example.net"})).await.expect(201);
        assert_ne!(line(&theirs), line(&added), "each claim has a token of its own");

        names.texts("_mainstay.acme.example.net", &["v=spf1 -all", &line(&added)]);
        let proven = verify(&ada, "acme.example.net").await.expect(200);
        assert_eq!((proven["status"].as_str(), proven["method"].as_str(), proven["check_at"].as_str()),
            (Some("verified"), Some("dns_txt"), Some("2026-12-22T09:00:00Z")));
        assert_eq!(verified(&app).await, json!(["acme.example.net"]));
        let listed = app.anonymous().get("/api/v1/organizations?q=acme").await.expect(200);
        assert_eq!(listed["items"][0]["verified_domains"], json!(["acme.example.net"]));

        names.texts("_mainstay.acme.example.net", &[&line(&added), &line(&theirs)]);
        rival.act("/api/v1/organizations/rivals/domains/acme.example.net/verify").await.problem(409, "organization.domain_taken");
        let place = format!("{DOMAINS}/acme.example.net");
        bob.send(Method::DELETE, &place, &[], None).await.problem(403, "forbidden");
        ada.send(Method::DELETE, &place, &[], None).await.expect(204);
        ada.send(Method::DELETE, &place, &[], None).await.problem(404, "not_found");
        assert_eq!(verified(&app).await, json!([]));
        rival.act("/api/v1/organizations/rivals/domains/acme.example.net/verify").await.expect(200);
        ada.post(DOMAINS, json!({"domain": "acme.example.net"})).await.problem(409, "organization.domain_taken");
        app.stop().await;
    }

    async fn what_is_nobodys_own_is_refused(db: TestDb) {
        let app = TestApp::start(db).await;
        let ada = app.person("ada").await;
        market::organization(&ada, "acme").await;
        for (domain, code) in [("gmail.com", "free_mail_provider"), ("co.uk", "public_suffix"), ("localhost", "invalid_domain"), ("127.0.0.1", "invalid_domain")] {
            assert_eq!(ada.post(DOMAINS, json!({"domain": domain})).await.faults(), [format!("/domain {code}")]);
        }
        verify(&ada, "none.example.net").await.problem(404, "not_found");
        app.stop().await;
    }

    async fn a_file_on_the_domains_own_site_proves_it(db: TestDb) {
        let ip = loopback(&db);
        // The file is at the usual port of http, which not every machine lets a test listen on.
        if std::net::TcpListener::bind((ip, 80)).is_err() {
            return eprintln!("SKIPPED: a test can't listen on {ip}:80 here; run it as a user who may");
        }
        let (names, site) = (NameServer::start().await, Site::start_at(ip, 80).await);
        let app = start(db, &names, ip).await;
        let ada = app.person("ada").await;
        market::organization(&ada, "acme").await;
        names.host("acme.example.net", &[ip]);
        names.host("evil.example.com", &[ip]);
        let added = add(&ada, "acme.example.net").await;
        let path = "/.well-known/mainstay.txt";
        site.put("/elsewhere", Page::Text(line(&added)));
        for page in [
            Page::Status(404),
            Page::Text("nothing".into()),
            Page::Text(format!("{}0", line(&added))),
            Page::Redirect("http://evil.example.com/elsewhere".into()),
        ] {
            site.put(path, page);
            verify(&ada, "acme.example.net").await.problem(409, "organization.domain_unproven");
        }
        site.put(path, Page::Text(format!("# ours\r\n{}\r\n", line(&added))));
        assert_eq!(verify(&ada, "acme.example.net").await.expect(200)["method"], "well_known_file");
        assert_eq!(verified(&app).await, json!(["acme.example.net"]));

        // A name that leads to the inside is not asked.
        add(&ada, "inner.example.net").await;
        names.host("inner.example.net", &["127.0.0.1"]);
        let refused = verify(&ada, "inner.example.net").await.problem(409, "organization.domain_unproven");
        assert!(refused["detail"].as_str().unwrap().contains("does not lead to a public address"), "{refused}");
        app.stop().await;
    }

    async fn it_is_looked_for_again_and_lapses_after_a_week_without(db: TestDb) {
        let names = NameServer::start().await;
        let app = start(db, &names, "127.0.0.30").await;
        let ada = app.person("ada").await;
        market::organization(&ada, "acme").await;
        let added = add(&ada, "acme.example.net").await;
        let record = "_mainstay.acme.example.net";
        names.texts(record, &[&line(&added)]);
        verify(&ada, "acme.example.net").await.expect(200);
        assert_eq!(recheck(&app).await, 0, "not due");
        app.clock.advance(TimeDelta::days(30));
        assert_eq!((recheck(&app).await, recheck(&app).await), (1, 0));

        names.texts(record, &[]);
        app.clock.advance(TimeDelta::days(30));
        for _ in 0..7 {
            assert_eq!(recheck(&app).await, 1);
            assert_eq!(verified(&app).await, json!(["acme.example.net"]), "there is a week of grace");
            app.clock.advance(TimeDelta::days(1));
        }
        assert_eq!(recheck(&app).await, 1);
        assert_eq!((verified(&app).await, recheck(&app).await), (json!([]), 0));
        app.run_jobs().await;
        let to = mainstay::kernel::Email::parse("ada@example.org").unwrap();
        let told: Vec<String> = app.mailbox.to(&to).into_iter().map(|mail| mail.subject.as_str().to_owned()).collect();
        assert_eq!(told, ["The proof of acme.example.net is gone", "acme.example.net has lapsed"]);

        names.texts(record, &[&line(&added)]);
        let ada = app.sign_in("ada@example.org", "ada").await;
        assert_eq!(verify(&ada, "acme.example.net").await.expect(200)["status"], "verified");
        app.stop().await;
    }

    async fn whoever_has_an_address_there_may_join_and_nobody_must(db: TestDb) {
        let names = NameServer::start().await;
        let app = start(db, &names, "127.0.0.30").await;
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        market::organization(&ada, "acme").await;
        let offers = |by: &Client| { let by = by.clone(); async move { by.get("/api/v1/me/affiliations").await.expect(200)["items"].clone() } };
        let accept = "/api/v1/me/affiliations/acme/accept";
        let added = add(&ada, "example.org").await;
        assert_eq!(offers(&bob).await, json!([]), "a claim is no proof");
        bob.act(accept).await.problem(404, "not_found");
        names.texts("_mainstay.example.org", &[&line(&added)]);
        verify(&ada, "example.org").await.expect(200);
        assert_eq!(offers(&ada).await, json!([]), "she belongs to it already");
        let offered = json!([{"organization": "acme", "organization_name": "acme", "domain": "example.org"}]);
        assert_eq!(offers(&bob).await, offered);
        let members = ada.get("/api/v1/organizations/acme/members").await.expect(200);
        assert_eq!(members["items"].as_array().unwrap().len(), 1, "nobody is joined without an answer");
        assert_eq!(bob.act(accept).await.expect(200)["role"], "member");
        bob.act(accept).await.problem(404, "not_found");
        assert_eq!(offers(&bob).await, json!([]));

        // Who was let go is not offered it again.
        ada.send(Method::DELETE, "/api/v1/organizations/acme/members/bob", &[], None).await.expect(204);
        assert_eq!(offers(&bob).await, json!([]));
        bob.act(accept).await.problem(404, "not_found");

        // Nor is anybody whose address is of another domain, or not verified.
        let body = json!({"email": "eve@sub.example.org", "password": crate::app::PASSWORD, "handle": "eve", "display_name": "Eve"});
        app.anonymous().post("/api/v1/auth/register", body).await.expect(202);
        let body = json!({"email": "carl@example.org", "password": crate::app::PASSWORD, "handle": "carl", "display_name": "Carl"});
        app.anonymous().post("/api/v1/auth/register", body).await.expect(202);
        for (email, handle) in [("eve@sub.example.org", "eve"), ("carl@example.org", "carl")] {
            let person = app.sign_in(email, handle).await;
            assert_eq!(offers(&person).await, json!([]), "{email}");
            person.act(accept).await.problem(404, "not_found");
        }
        app.stop().await;
    }
}
