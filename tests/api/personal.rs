//! What is held of a person, handed out; and leaving.

use crate::app::{PASSWORD, TestApp};
use crate::client::{Answer, Client};
use crate::db::on_both;
use crate::{market, seed};
use chrono::TimeDelta;
use mainstay::app::personal::PARTS;
use mainstay::features::accounts;
use mainstay::features::organizations::OrganizationRole;
use reqwest::Method;
use serde_json::json;

async fn leave(person: &Client) -> Answer {
    person.send(Method::DELETE, "/api/v1/me", &[], None).await
}

async fn erase_due(app: &TestApp) -> usize {
    accounts::erase_due(&app.ctx, PARTS, market::request_id()).await.unwrap()
}

async fn log_in(app: &TestApp, email: &str) -> Answer {
    app.anonymous().post("/api/v1/auth/login", json!({"email": email, "password": PASSWORD})).await
}

fn subjects(app: &TestApp, email: &str) -> Vec<String> {
    let to = mainstay::kernel::Email::parse(email).unwrap();
    app.mailbox.to(&to).iter().map(|mail| mail.subject.as_str().to_owned()).collect()
}

on_both! {
    async fn everything_is_exported_but_no_secret(db: TestDb) {
        let app = TestApp::start_with(db, |settings| settings.auth.terms_version = "2026-11".to_owned()).await;
        let (ada, coordinator) = (app.person("ada").await, app.coordinator().await);
        market::organization(&ada, "acme").await;
        market::project(&ada, &coordinator, "parser", json!({})).await;
        seed::offer(&ada, json!({"visibility": "hidden"})).await;
        ada.post("/api/v1/skills/suggestions", json!({"name": "Frobnication", "note": "for yarn"})).await.expect(201);
        let token = json!({"name": "nightly import", "scopes": ["read"]});
        let token = ada.post("/api/v1/me/api-tokens", token).await.expect(201)["token"].as_str().unwrap().to_owned();
        app.anonymous().post("/api/v1/auth/password/forgot", json!({"email": "ada@example.org"})).await.expect(202);
        app.run_jobs().await;
        let answer = ada.get("/api/v1/me/export").await;
        assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"mainstay-ada.json\""));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        for secret in [token.as_str(), &token[8..40], "argon2", "hash", "sealed"] {
            assert!(!answer.text.contains(secret), "{secret} is in {}", answer.text);
        }
        let all = answer.expect(200);
        assert_eq!(all["account"]["email"], "ada@example.org");
        assert_eq!((&all["consent"][0]["to"], &all["consent"][0]["given_at"]), (&json!("terms"), &all["account"]["created_at"]));
        assert_eq!(all["consent"][0]["version"], "2026-11");
        assert_eq!(all["sessions"][0]["address"], "127.0.0.1");
        assert_eq!((&all["api_tokens"][0]["name"], &all["factors"]["totp"]), (&json!("nightly import"), &json!(null)));
        assert_eq!(all["mailed_links"][0]["purpose"], "reset_password");
        assert_eq!(all["memberships"][0], json!({"organization": {"slug": "acme", "name": "acme"}, "role": "owner",
            "from": all["memberships"][0]["from"], "until": null}));
        assert_eq!((&all["maintainerships"][0]["project"]["slug"], &all["maintainerships"][0]["role"]), (&json!("parser"), &json!("lead")));
        assert_eq!((&all["profile"]["visibility"], &all["skill_suggestions"][0]["note"]), (&json!("hidden"), &json!("for yarn")));
        let machines: Vec<&str> = all["events"].as_array().unwrap().iter().map(|event| event["machine"].as_str().unwrap()).collect();
        assert!(machines.contains(&"account") && machines.contains(&"project"), "{machines:?}");
        // Nothing of hers is in somebody else's, and no program gets at it.
        assert!(!coordinator.get("/api/v1/me/export").await.text.contains("ada@example.org"));
        app.anonymous().with_token(&token, "ada").get("/api/v1/me/export").await.problem(403, "auth.insufficient_scope");
        app.anonymous().get("/api/v1/me/export").await.problem(401, "auth.required");
        app.stop().await;
    }

    async fn after_fourteen_days_nothing_tells_who_it_was(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, grace, coordinator) = (app.person("ada").await, app.person("grace").await, app.coordinator().await);
        let other = app.sign_in("ada@example.org", "ada").await;
        market::organization(&grace, "acme").await;
        market::join(&app, "acme", "ada", OrganizationRole::Member).await;
        market::project(&ada, &coordinator, "parser", json!({})).await;
        seed::offer(&ada, json!({"visibility": "public"})).await;
        let body = leave(&ada).await.expect(202);
        assert_eq!(body["deletes_at"], "2026-12-06T09:00:00Z");
        assert_eq!((&body["consequences"][0]["kind"], &body["consequences"][0]["slug"]), (&json!("project"), &json!("parser")));
        assert_eq!(ada.get("/api/v1/me").await.expect(200)["deletes_at"], "2026-12-06T09:00:00Z");
        other.get("/api/v1/me").await.problem(401, "auth.invalid_token");
        // Asking again does not move the day, and nothing happens before it.
        app.clock.advance(TimeDelta::days(13));
        let ada = app.sign_in("ada@example.org", "ada").await;
        assert_eq!(leave(&ada).await.expect(202)["deletes_at"], "2026-12-06T09:00:00Z");
        assert_eq!(erase_due(&app).await, 0);
        let id = ada.get("/api/v1/me").await.expect(200)["id"].as_str().unwrap().to_owned();
        app.clock.advance(TimeDelta::days(1));
        assert_eq!((erase_due(&app).await, erase_due(&app).await), (1, 0));
        ada.get("/api/v1/me").await.problem(401, "auth.invalid_token");
        log_in(&app, "ada@example.org").await.problem(401, "auth.wrong_credentials");
        app.anonymous().get("/api/v1/volunteers/ada").await.problem(404, "not_found");
        let grace = app.sign_in("grace@example.org", "grace").await;
        let members = grace.get("/api/v1/organizations/acme/members").await.expect(200);
        assert_eq!(members["items"].as_array().unwrap().len(), 1);
        let project = grace.get("/api/v1/projects/parser").await.expect(200);
        assert_eq!((&project["status"], project["maintainers"].as_array().map(Vec::len)), (&json!("dormant"), Some(0)));
        // What is left of the account, as an operator sees it.
        let account_id = id.parse().unwrap();
        let left = app.ctx.store().read(move |conn| accounts::get_account(conn, account_id)).await.unwrap();
        let left = format!("{left:?}").to_lowercase();
        assert!(!left.contains("ada@") && !left.contains("\"ada") && !left.contains("person ada") && !left.contains("argon2") && left.contains("deleted.invalid"), "{left}");
        app.run_jobs().await;
        assert_eq!(subjects(&app, "ada@example.org"), ["Your Mainstay account will be deleted", "Your Mainstay account was deleted"]);
        // Address and handle are free again, for somebody new.
        let again = app.person("ada").await;
        assert_ne!(again.get("/api/v1/me").await.expect(200)["id"], id.as_str());
        assert_eq!(again.get("/api/v1/me/export").await.expect(200)["maintainerships"], json!([]));
        app.stop().await;
    }

    async fn whoever_thinks_again_stays(db: TestDb) {
        let app = TestApp::start(db).await;
        let ada = app.person("ada").await;
        ada.act("/api/v1/me/restore").await.problem(409, "account.not_leaving");
        leave(&ada).await.expect(202);
        app.clock.advance(TimeDelta::days(14) - TimeDelta::minutes(1));
        let ada = app.sign_in("ada@example.org", "ada").await;
        assert_eq!(ada.act("/api/v1/me/restore").await.expect(200)["deletes_at"], json!(null));
        app.clock.advance(TimeDelta::days(1));
        assert_eq!(erase_due(&app).await, 0);
        log_in(&app, "ada@example.org").await.expect(200);
        app.run_jobs().await;
        assert_eq!(subjects(&app, "ada@example.org"), ["Your Mainstay account will be deleted", "Your Mainstay account stays"]);
        app.anonymous().act("/api/v1/me/restore").await.problem(401, "auth.required");
    }

    async fn leaving_wants_a_fresh_sign_in(db: TestDb) {
        let app = TestApp::start(db).await;
        let ada = app.person("ada").await;
        let token = json!({"name": "all", "scopes": ["write"]});
        let token = ada.post("/api/v1/me/api-tokens", token).await.expect(201)["token"].as_str().unwrap().to_owned();
        leave(&app.anonymous().with_token(&token, "ada")).await.problem(403, "auth.insufficient_scope");
        let tokens = log_in(&app, "ada@example.org").await.expect(200);
        app.clock.advance(TimeDelta::minutes(16));
        let body = json!({"refresh_token": tokens["refresh_token"]});
        let renewed = app.anonymous().post("/api/v1/auth/refresh", body).await.expect(200);
        let renewed = app.anonymous().with_token(renewed["access_token"].as_str().unwrap(), "ada");
        leave(&renewed).await.problem(403, "auth.fresh_sign_in_required");
        leave(&app.sign_in("ada@example.org", "ada").await).await.expect(202);
        leave(&app.anonymous()).await.problem(401, "auth.required");
    }

    async fn claims_and_invitations_are_told_and_forgotten(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, lead, grace, coordinator) = (app.person("ada").await, app.person("lead").await, app.person("grace").await, app.coordinator().await);
        market::project(&lead, &coordinator, "parser", json!({})).await;
        market::organization(&grace, "acme").await;
        market::organization(&grace, "waiting").await;
        ada.act("/api/v1/projects/parser/claim").await.expect(200);
        for slug in ["acme", "waiting"] {
            let path = format!("/api/v1/organizations/{slug}/invitations");
            grace.post(&path, json!({"email": "Ada@example.org", "role": "manager"})).await.expect(201);
        }
        let open = ada.get("/api/v1/me/organization-invitations").await.expect(200);
        let of_acme = open["items"].as_array().unwrap().iter().find(|item| item["organization"] == "acme").unwrap();
        ada.act(&format!("/api/v1/me/organization-invitations/{}/accept", of_acme["id"].as_str().unwrap())).await.expect(200);
        ada.post("/api/v1/organizations/acme/invitations", json!({"email": "bob@example.org", "role": "member"})).await.expect(201);
        let all = ada.get("/api/v1/me/export").await.expect(200);
        assert_eq!((&all["project_claims"][0]["project"]["slug"], &all["maintainerships"]), (&json!("parser"), &json!([])));
        let received = all["organization_invitations"]["received"].as_array().unwrap();
        assert_eq!(received.len(), 2, "{received:?}");
        assert_eq!((&received[0]["email"], &received[0]["ended_as"], &received[1]["ended_as"]), (&json!("Ada@example.org"), &json!("accepted"), &json!(null)));
        // Whom she invited is theirs to hand out.
        let sent = &all["organization_invitations"]["sent"];
        assert!(sent.as_array().unwrap().len() == 1 && !sent.to_string().contains("bob@"), "{sent}");
        let theirs = grace.get("/api/v1/me/export").await;
        assert!(theirs.status == 200 && !theirs.text.to_lowercase().contains("ada@example.org"), "{}", theirs.text);

        leave(&ada).await.expect(202);
        app.clock.advance(TimeDelta::days(14));
        assert_eq!(erase_due(&app).await, 1);
        let grace = app.sign_in("grace@example.org", "grace").await;
        for (slug, status) in [("acme", "accepted"), ("waiting", "declined")] {
            let left = grace.get(&format!("/api/v1/organizations/{slug}/invitations")).await;
            assert!(!left.text.to_lowercase().contains("ada@"), "{}", left.text);
            let left = left.expect(200);
            assert!(left["items"].as_array().unwrap().iter().any(|item| item["status"] == status), "{left}");
        }
        let again = app.person("ada").await.get("/api/v1/me/export").await.expect(200);
        assert_eq!((&again["project_claims"], &again["organization_invitations"]["received"]), (&json!([]), &json!([])));
        app.stop().await;
    }

    async fn no_organization_is_left_without_an_owner(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        for handle in ["boss", "clerk"] {
            app.person(handle).await;
        }
        market::organization(&ada, "acme").await;
        market::join(&app, "acme", "bob", OrganizationRole::Owner).await;
        market::join(&app, "acme", "clerk", OrganizationRole::Member).await;
        market::join(&app, "acme", "boss", OrganizationRole::Manager).await;
        leave(&ada).await.expect(202);
        // Within the fourteen days the other owner can't go either.
        let member = "/api/v1/organizations/acme/members/bob";
        bob.send(Method::DELETE, member, &[], None).await.problem(409, "organization.last_owner");
        bob.put(member, json!({"role": "member"})).await.problem(409, "organization.last_owner");
        leave(&bob).await.problem(409, "account.hand_over_first");
        // Whoever leaves may go at once.
        ada.send(Method::DELETE, "/api/v1/organizations/acme/members/ada", &[], None).await.expect(204);
        market::join(&app, "acme", "ada", OrganizationRole::Owner).await;
        // If it comes to it, as by two who ask at the same moment, the one who manages it for longest takes over.
        let inner = app.ctx.clone();
        app.ctx.store().write(move |conn| {
            use diesel::prelude::*;
            use mainstay::infra::db::schema::accounts;
            diesel::update(accounts::table.filter(accounts::handle.eq("bob")))
                .set(accounts::deletes_at.eq(Some(inner.now())))
                .execute(conn)?;
            Ok(())
        }).await.unwrap();
        app.clock.advance(TimeDelta::days(14));
        assert_eq!(erase_due(&app).await, 2);
        let boss = app.sign_in("boss@example.org", "boss").await;
        let members = boss.get("/api/v1/organizations/acme/members").await.expect(200);
        let roles: Vec<(&str, &str)> = members["items"].as_array().unwrap().iter().map(|item| (item["handle"].as_str().unwrap(), item["role"].as_str().unwrap())).collect();
        assert_eq!(roles, [("clerk", "member"), ("boss", "owner")]);
        app.run_jobs().await;
        assert!(subjects(&app, "boss@example.org").iter().any(|subject| subject.contains("Your role in acme")));
        app.stop().await;
    }

    async fn wrong_passwords_are_in_the_log_once_a_window(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, admin) = (app.person("ada").await, app.person_with("chief", &[mainstay::kernel::PlatformRole::Admin]).await);
        let guess = |email: &'static str| {
            let anonymous = app.anonymous();
            async move { anonymous.post("/api/v1/auth/login", json!({"email": email, "password": "not the right passphrase"})).await }
        };
        for _ in 0..4 {
            guess("ada@example.org").await.problem(401, "auth.wrong_credentials");
        }
        guess("nobody@example.org").await.problem(401, "auth.wrong_credentials");
        assert_eq!(accounts::note_failures(&app.ctx).await.unwrap(), 1);
        let change = json!({"current_password": "not the right passphrase", "new_password": "another long passphrase"});
        assert_eq!(ada.post("/api/v1/me/password", change).await.faults(), ["/current_password wrong_password"]);
        assert_eq!(accounts::note_failures(&app.ctx).await.unwrap(), 0, "the window has its record");
        app.clock.advance(TimeDelta::minutes(14));
        guess("ada@example.org").await.problem(401, "auth.wrong_credentials");
        assert_eq!(accounts::note_failures(&app.ctx).await.unwrap(), 0);
        app.clock.advance(TimeDelta::minutes(1));
        guess("ada@example.org").await.problem(401, "auth.wrong_credentials");
        assert_eq!(accounts::note_failures(&app.ctx).await.unwrap(), 1);
        let admin = app.sign_in("chief@example.org", &admin.handle).await;
        let log = admin.get("/api/v1/admin/audit?kind=credentials&action=wrong_password").await.expect(200);
        let ada = app.sign_in("ada@example.org", "ada").await.get("/api/v1/me").await.expect(200)["id"].clone();
        let records = log["items"].as_array().unwrap();
        assert!(records.len() == 2 && records.iter().all(|record| record["entity"] == ada && record["actor"] == json!(null)), "{log}");
        app.stop().await;
    }

    async fn the_last_owner_hands_over_first(db: TestDb) {
        let app = TestApp::start(db).await;
        let owner = app.person("owner").await;
        app.person("clerk").await;
        market::organization(&owner, "alone").await;
        market::organization(&owner, "acme").await;
        market::join(&app, "acme", "clerk", OrganizationRole::Manager).await;
        let refused = leave(&owner).await.problem(409, "account.hand_over_first");
        assert_eq!(refused["hand_over"].as_array().unwrap().len(), 1);
        assert_eq!((&refused["hand_over"][0]["kind"], &refused["hand_over"][0]["slug"]), (&json!("organization"), &json!("acme")));
        assert_eq!(owner.get("/api/v1/me").await.expect(200)["deletes_at"], json!(null));
        app.person("heir").await;
        market::join(&app, "acme", "heir", OrganizationRole::Owner).await;
        let body = leave(&owner).await.expect(202);
        assert_eq!(body["consequences"].as_array().unwrap().len(), 1);
        assert_eq!(body["consequences"][0]["slug"], "alone");
    }
}
