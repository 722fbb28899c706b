//! Invitations to organizations, roles, and leaving.

use crate::app::{PASSWORD, TestApp};
use crate::client::{Answer, Client};
use crate::db::on_both;
use crate::market;
use chrono::TimeDelta;
use mainstay::features::organizations::OrganizationRole;
use reqwest::Method;
use serde_json::{Value, json};

const INVITATIONS: &str = "/api/v1/organizations/acme/invitations";
const OWN: &str = "/api/v1/me/organization-invitations";

async fn invite(by: &Client, handle: &str, role: &str) -> Answer {
    by.post(INVITATIONS, json!({"email": format!("{handle}@example.org"), "role": role})).await
}

/// The newest mail to this person.
async fn mail(app: &TestApp, handle: &str) -> mainstay::infra::mail::Message {
    app.run_jobs().await;
    let to = mainstay::kernel::Email::parse(&format!("{handle}@example.org")).unwrap();
    app.mailbox.to(&to).pop().expect("a mail")
}

async fn mailed_token(app: &TestApp, handle: &str) -> String {
    let mail = mail(app, handle).await;
    mail.text.lines().find(|line| line.starts_with("mst_invite_")).expect("a token").to_owned()
}

async fn remove(by: &Client, handle: &str) -> Answer {
    by.send(Method::DELETE, &format!("/api/v1/organizations/acme/members/{handle}"), &[], None).await
}

async fn set_role(by: &Client, handle: &str, role: &str) -> Answer {
    by.put(&format!("/api/v1/organizations/acme/members/{handle}"), json!({"role": role})).await
}

fn names(page: &Value, field: &str) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|item| item[field].as_str().unwrap().to_owned()).collect()
}

/// Acme with ada as owner, bob as manager and cleo as member.
async fn acme(app: &TestApp) -> (Client, Client, Client) {
    let (ada, bob, cleo) = (app.person("ada").await, app.person("bob").await, app.person("cleo").await);
    market::organization(&ada, "acme").await;
    market::join(app, "acme", "bob", OrganizationRole::Manager).await;
    market::join(app, "acme", "cleo", OrganizationRole::Member).await;
    (ada, bob, cleo)
}

on_both! {
    async fn an_invitation_reaches_somebody_who_has_no_account_yet(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, _, _) = acme(&app).await;
        let made = invite(&ada, "dora", "member").await.expect(201);
        assert_eq!((made["status"].as_str(), made["invited_by"].as_str()), (Some("pending"), Some("ada")));
        let (token, letter) = (mailed_token(&app, "dora").await, mail(&app, "dora").await);
        assert!(letter.text.contains("Person ada invites you to join acme at Mainstay, as a member."), "{}", letter.text);
        assert!(letter.html.as_ref().is_some_and(|html| html.contains(&token)), "{:?}", letter.html);

        // Scanners look at the link; only the button does anything, and only for an account with the address.
        for _ in 0..2 {
            let page = app.anonymous().get(&format!("/organization-invitation?token={token}")).await;
            assert!(page.status == 200 && page.text.contains(&token), "{}", page.text);
        }
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let anonymous = app.anonymous();
        let press = || anonymous.send(Method::POST, "/organization-invitation", &form, Some(format!("token={token}&answer=accept")));
        press().await.problem(409, "organization.no_account");
        let dora = json!({"email": "Dora@example.org", "password": PASSWORD, "handle": "dora", "display_name": "Dora"});
        anonymous.post("/api/v1/auth/register", dora).await.expect(202);
        press().await.problem(409, "organization.no_account");
        let signed_in = app.sign_in("dora@example.org", "dora").await;
        signed_in.post(&format!("{OWN}/accept"), json!({"token": token})).await.problem(403, "account.email_unverified");
        assert_eq!(signed_in.get(OWN).await.expect(200)["items"], json!([]));
        app.run_jobs().await;
        let verify = mail(&app, "Dora").await.text.lines().find(|line| line.starts_with("mst_verify_")).unwrap().to_owned();
        anonymous.post("/api/v1/auth/verify-email", json!({"token": verify})).await.expect(200);
        assert_eq!(names(&signed_in.get(OWN).await.expect(200), "organization"), ["acme"]);

        assert_eq!(press().await.status, 200);
        press().await.problem(422, "organization.invalid_invitation");
        let members = signed_in.get("/api/v1/organizations/acme/members").await.expect(200);
        assert_eq!(names(&members, "handle"), ["ada", "bob", "cleo", "dora"]);
        let notice = mail(&app, "ada").await;
        assert!(notice.text.contains("dora accepted your invitation") && notice.html.is_some(), "{}", notice.text);
        assert_eq!(ada.get(INVITATIONS).await.expect(200)["items"][0]["status"], "accepted");
        invite(&ada, "dora", "owner").await.problem(409, "organization.already_member");
        app.stop().await;
    }

    async fn an_invitation_is_for_its_address_alone_and_ends_after_a_week(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, _, _) = acme(&app).await;
        let (dora, eve) = (app.person("dora").await, app.person("eve").await);
        invite(&ada, "dora", "manager").await.expect(201);
        let token = mailed_token(&app, "dora").await;
        eve.post(&format!("{OWN}/accept"), json!({"token": token})).await.problem(403, "organization.other_address");
        assert_eq!(eve.get(OWN).await.expect(200)["items"], json!([]));
        let id = dora.get(OWN).await.expect(200)["items"][0]["id"].as_str().unwrap().to_owned();
        eve.act(&format!("{OWN}/{id}/accept")).await.problem(404, "not_found");
        eve.act(&format!("{OWN}/{id}/decline")).await.problem(404, "not_found");
        for text in ["", "mst_invite_x", "mst_verify_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8k2aOCA"] {
            dora.post(&format!("{OWN}/accept"), json!({"token": text})).await.problem(422, "organization.invalid_invitation");
        }
        app.clock.advance(TimeDelta::days(7));
        let dora = app.sign_in("dora@example.org", "dora").await;
        dora.post(&format!("{OWN}/accept"), json!({"token": token})).await.problem(422, "organization.invalid_invitation");
        dora.act(&format!("{OWN}/{id}/accept")).await.problem(422, "organization.invalid_invitation");
        let ada = app.sign_in("ada@example.org", "ada").await;
        assert_eq!(names(&ada.get(&format!("{INVITATIONS}?status=expired")).await.expect(200), "email"), ["dora@example.org"]);
        assert_eq!(ada.get(&format!("{INVITATIONS}?status=pending")).await.expect(200)["items"], json!([]));
        app.stop().await;
    }

    async fn a_newer_invitation_replaces_the_older_and_a_revoked_one_is_worthless(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, bob, cleo) = acme(&app).await;
        let dora = app.person("dora").await;
        invite(&ada, "dora", "member").await.expect(201);
        let old = mailed_token(&app, "dora").await;
        app.clock.advance(TimeDelta::minutes(1));
        let made = invite(&bob, "dora", "manager").await.expect(201);
        let new = mailed_token(&app, "dora").await;
        dora.post(&format!("{OWN}/accept"), json!({"token": old})).await.problem(422, "organization.invalid_invitation");
        let place = format!("{INVITATIONS}/{}", made["id"].as_str().unwrap());
        let revoke = |by: &Client| { let (by, place) = (by.clone(), place.clone()); async move { by.send(Method::DELETE, &place, &[], None).await } };
        revoke(&cleo).await.problem(403, "forbidden");
        revoke(&bob).await.expect(204);
        revoke(&bob).await.problem(409, "organization.invitation_ended");
        dora.post(&format!("{OWN}/accept"), json!({"token": new})).await.problem(422, "organization.invalid_invitation");
        let all = ada.get(INVITATIONS).await.expect(200);
        assert_eq!(names(&all, "status"), ["revoked", "replaced"]);

        // The invitations of others don't exist at another organization's address.
        let rival = app.person("rival").await;
        market::organization(&rival, "rivals").await;
        let elsewhere = place.replace("/acme/", "/rivals/");
        rival.send(Method::DELETE, &elsewhere, &[], None).await.problem(404, "not_found");
        rival.get(INVITATIONS).await.problem(403, "forbidden");

        invite(&ada, "dora", "member").await.expect(201);
        invite(&ada, "dora", "member").await.problem(429, "organization.too_many_invitations");
        let id = dora.get(OWN).await.expect(200)["items"][0]["id"].as_str().unwrap().to_owned();
        dora.act(&format!("{OWN}/{id}/decline")).await.expect(204);
        dora.act(&format!("{OWN}/{id}/accept")).await.problem(422, "organization.invalid_invitation");
        app.stop().await;
    }

    async fn managers_handle_everybody_but_owners(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, bob, cleo) = acme(&app).await;
        let faults = ada.post(INVITATIONS, json!({"email": "no address", "role": "member"})).await.faults();
        assert_eq!(faults, ["/email invalid_email"]);
        ada.post(INVITATIONS, json!({"email": "x@example.org", "role": "boss"})).await.problem(422, "input.invalid");
        invite(&bob, "dora", "owner").await.problem(403, "forbidden");
        invite(&cleo, "dora", "member").await.problem(403, "forbidden");
        cleo.get(INVITATIONS).await.problem(403, "forbidden");
        app.anonymous().get(INVITATIONS).await.problem(401, "auth.required");
        set_role(&bob, "cleo", "owner").await.problem(403, "forbidden");
        set_role(&bob, "ada", "member").await.problem(403, "forbidden");
        remove(&bob, "ada").await.problem(403, "forbidden");
        set_role(&cleo, "cleo", "manager").await.problem(403, "forbidden");
        remove(&cleo, "bob").await.problem(403, "forbidden");
        set_role(&ada, "nobody", "member").await.problem(404, "not_found");
        assert_eq!(set_role(&bob, "cleo", "manager").await.expect(200)["role"], "manager");
        let letter = mail(&app, "cleo").await;
        assert!(letter.text.contains("you are a manager of acme"), "{}", letter.text);
        remove(&bob, "cleo").await.expect(204);
        assert!(mail(&app, "cleo").await.text.contains("your membership of acme was ended"));
        cleo.get("/api/v1/organizations/acme/members").await.problem(403, "forbidden");
        app.stop().await;
    }

    async fn the_last_owner_stays_and_memberships_are_kept_with_their_dates(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, bob, _) = acme(&app).await;
        remove(&ada, "ada").await.problem(409, "organization.last_owner");
        set_role(&ada, "ada", "manager").await.problem(409, "organization.last_owner");
        set_role(&ada, "bob", "owner").await.expect(200);
        set_role(&bob, "ada", "member").await.expect(200);
        remove(&bob, "bob").await.problem(409, "organization.last_owner");
        remove(&ada, "ada").await.expect(204);
        let current = bob.get("/api/v1/organizations/acme/members").await.expect(200);
        assert_eq!(names(&current, "handle"), ["bob", "cleo"]);
        let past = bob.get("/api/v1/organizations/acme/members?past=true").await.expect(200);
        assert_eq!((names(&past, "handle"), past["items"][0]["until"].as_str()), (vec!["ada".to_owned()], Some("2026-11-22T09:00:00Z")));
        invite(&bob, "ada", "member").await.expect(201);
        let id = ada.get(OWN).await.expect(200)["items"][0]["id"].as_str().unwrap().to_owned();
        ada.act(&format!("{OWN}/{id}/accept")).await.expect(200);
        assert_eq!(bob.get("/api/v1/organizations/acme/members").await.expect(200)["items"].as_array().unwrap().len(), 3);
        app.stop().await;
    }

    async fn of_two_who_leave_at_once_one_owner_stays(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, bob, _) = acme(&app).await;
        set_role(&ada, "bob", "owner").await.expect(200);
        let (one, two) = tokio::join!(remove(&ada, "ada"), remove(&bob, "bob"));
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 409]);

        let stays = if one.status == 409 { ada } else { bob };
        let dora = app.person("dora").await;
        invite(&stays, "dora", "member").await.expect(201);
        let token = mailed_token(&app, "dora").await;
        let accept = || dora.post("/api/v1/me/organization-invitations/accept", json!({"token": token}));
        let (one, two, three) = tokio::join!(accept(), accept(), accept());
        let mut statuses = [one.status, two.status, three.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 422, 422], "an invitation works once");
        app.stop().await;
    }
}
