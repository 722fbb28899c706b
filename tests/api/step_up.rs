//! What asks for the second factor anew of those who have one: refused 16 minutes after it, done once it is proven again.

use crate::app::TestApp;
use crate::client::{Answer, Client};
use crate::db::{TestDb, on_both};
use crate::factors::{App, set_up};
use crate::jobs::two_letters_given_up;
use crate::{market, seed};
use chrono::TimeDelta;
use mainstay::features::organizations::OrganizationRole;
use mainstay::kernel::PlatformRole;
use reqwest::Method;
use serde_json::json;

async fn start(db: TestDb) -> TestApp {
    TestApp::start_with(db, |settings| settings.auth.access_minutes = 60).await
}

/// Gives this person a second factor that was proven 16 minutes ago.
async fn with_an_old_factor(app: &TestApp, person: &Client) -> App {
    let (totp, _) = set_up(app, person).await;
    app.clock.advance(TimeDelta::minutes(16));
    totp
}

async fn prove(app: &TestApp, person: &Client, totp: &App) {
    let body = json!({"method": "totp", "code": totp.code(app)});
    person.post("/api/v1/auth/step-up", body).await.expect(200);
}

#[track_caller]
fn refused(answer: Answer) {
    let problem = answer.problem(403, "auth.step_up_required");
    assert_eq!(problem["methods"], json!(["passkey", "totp", "recovery_code"]));
}

async fn delete(by: &Client, path: &str) -> Answer {
    by.send(Method::DELETE, path, &[], None).await
}

on_both! {
    async fn roles_in_an_organization_want_a_fresh_factor(db: TestDb) {
        let app = start(db).await;
        let (ada, _bob) = (app.person("ada").await, app.person("bob").await);
        market::organization(&ada, "acme").await;
        market::join(&app, "acme", "bob", OrganizationRole::Member).await;
        let (members, bob) = ("/api/v1/organizations/acme/members", "/api/v1/organizations/acme/members/bob");
        let (invitations, invited) = ("/api/v1/organizations/acme/invitations", json!({"email": "eve@example.org", "role": "member"}));
        let totp = with_an_old_factor(&app, &ada).await;
        refused(ada.put(bob, json!({"role": "manager"})).await);
        refused(ada.post(invitations, invited.clone()).await);
        refused(delete(&ada, bob).await);
        let seen = ada.get(members).await.expect(200);
        let role = seen["items"].as_array().unwrap().iter().find(|one| one["handle"] == "bob").unwrap()["role"].clone();
        assert_eq!(role, "member", "what was refused was not done");
        prove(&app, &ada, &totp).await;
        assert_eq!(ada.put(bob, json!({"role": "manager"})).await.expect(200)["role"], "manager");
        ada.post(invitations, invited).await.expect(201);
        delete(&ada, bob).await.expect(204);
        app.stop().await;
    }

    async fn webhooks_want_a_fresh_factor(db: TestDb) {
        let app = start(db).await;
        let ada = app.person("ada").await;
        market::organization(&ada, "acme").await;
        let webhooks = "/api/v1/organizations/acme/webhooks";
        let body = json!({"url": "https://hooks.example.org/in", "topics": ["pledge.*"]});
        let totp = with_an_old_factor(&app, &ada).await;
        refused(ada.post(webhooks, body.clone()).await);
        assert_eq!(ada.get(webhooks).await.expect(200)["items"], json!([]));
        prove(&app, &ada, &totp).await;
        let made = ada.post(webhooks, body).await.expect(201);
        let hook = format!("{webhooks}/{}", made["id"].as_str().unwrap());
        app.clock.advance(TimeDelta::minutes(16));
        refused(ada.patch(&hook, json!({"description": "Mine."})).await);
        refused(ada.act(&format!("{hook}/rotate-secret")).await);
        refused(delete(&ada, &hook).await);
        prove(&app, &ada, &totp).await;
        ada.patch(&hook, json!({"description": "Mine."})).await.expect(200);
        ada.act(&format!("{hook}/rotate-secret")).await.expect(200);
        ada.send(Method::DELETE, &hook, &[("if-match", "*")], None).await.expect(204);
        app.stop().await;
    }

    async fn moderators_decisions_want_a_fresh_factor(db: TestDb) {
        let app = start(db).await;
        let (ada, eve, coordinator) = (app.person("ada").await, app.person("eve").await, app.coordinator().await);
        let sheriff = app.person_with("sheriff", &[PlatformRole::Moderator]).await;
        market::organization(&ada, "acme").await;
        market::project(&ada, &coordinator, "parser", json!({})).await;
        seed::offer(&ada, json!({"visibility": "public"})).await;
        let report = json!({"subject_kind": "project", "subject": "parser", "reason": "misleading", "text": "This is not what it says it is."});
        let made = eve.post("/api/v1/reports", report).await.expect(201);
        let open = format!("/api/v1/admin/reports/{}", made["id"].as_str().unwrap());
        let because = json!({"reason": "It is made up."});
        let things = ["organizations/acme", "projects/parser", "volunteers/ada", "admin/accounts/ada"];
        let totp = with_an_old_factor(&app, &sheriff).await;
        for action in ["dismiss", "uphold"] {
            refused(sheriff.post(&format!("{open}/{action}"), because.clone()).await);
        }
        assert_eq!(sheriff.get(&open).await.expect(200)["status"], "open");
        for thing in things {
            refused(sheriff.post(&format!("/api/v1/{thing}/suspend"), because.clone()).await);
        }
        prove(&app, &sheriff, &totp).await;
        assert_eq!(sheriff.post(&format!("{open}/dismiss"), because.clone()).await.expect(200)["status"], "dismissed");
        for thing in things {
            sheriff.post(&format!("/api/v1/{thing}/suspend"), because.clone()).await.expect(200);
        }
        app.clock.advance(TimeDelta::minutes(16));
        for thing in things {
            refused(sheriff.act(&format!("/api/v1/{thing}/unsuspend")).await);
        }
        prove(&app, &sheriff, &totp).await;
        for thing in things {
            sheriff.act(&format!("/api/v1/{thing}/unsuspend")).await.expect(200);
        }
        app.stop().await;
    }

    async fn jobs_that_were_given_up_want_a_fresh_factor(db: TestDb) {
        let app = start(db).await;
        let admin = app.person_with("chief", &[PlatformRole::Admin]).await;
        let totp = with_an_old_factor(&app, &admin).await;
        two_letters_given_up(&app).await;
        let dead = admin.get("/api/v1/admin/jobs").await.expect(200)["items"].clone();
        let ids: Vec<&str> = dead.as_array().unwrap().iter().map(|job| job["id"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), 2, "{dead}");
        let (retry, discard) = (format!("/api/v1/admin/jobs/{}/retry", ids[0]), format!("/api/v1/admin/jobs/{}/discard", ids[1]));
        refused(admin.act(&retry).await);
        refused(admin.act(&discard).await);
        app.run_jobs().await;
        assert!(app.mailbox.messages().is_empty(), "nothing was tried again");
        prove(&app, &admin, &totp).await;
        admin.act(&retry).await.expect(204);
        admin.act(&discard).await.expect(204);
        app.run_jobs().await;
        assert_eq!(app.mailbox.messages().len(), 1);
        app.stop().await;
    }
}
