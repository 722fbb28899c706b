//! Invitations to maintain a project, and reminders of proofs that are about to lapse.

use crate::app::TestApp;
use crate::client::{Answer, Client};
use crate::db::on_both;
use crate::{market, seed};
use chrono::TimeDelta;
use mainstay::features::projects;
use mainstay::kernel::PlatformRole;
use reqwest::Method;
use serde_json::json;

const PEOPLE: &str = "/api/v1/projects/parser/maintainers";
const SENT: &str = "/api/v1/projects/parser/maintainer-invitations";
const OWN: &str = "/api/v1/me/project-invitations";

async fn invite(by: &Client, handle: &str) -> Answer {
    by.post(PEOPLE, json!({"handle": handle})).await
}

/// The newest mail to this person.
async fn mail(app: &TestApp, handle: &str) -> mainstay::infra::mail::Message {
    app.run_jobs().await;
    let to = mainstay::kernel::Email::parse(&format!("{handle}@example.org")).unwrap();
    app.mailbox.to(&to).pop().expect("a mail")
}

async fn mailed_token(app: &TestApp, handle: &str) -> String {
    let mail = mail(app, handle).await;
    mail.text.lines().find(|line| line.starts_with("mst_maintain_")).expect("a token").to_owned()
}

async fn people(app: &TestApp) -> Vec<String> {
    let page = app.anonymous().get(PEOPLE).await.expect(200);
    page["items"].as_array().unwrap().iter().map(|item| item["handle"].as_str().unwrap().to_owned()).collect()
}

async fn accept(by: &Client, token: &str) -> Answer {
    by.post(&format!("{OWN}/accept"), json!({"token": token})).await
}

async fn first_id(by: &Client, path: &str) -> String {
    by.get(path).await.expect(200)["items"][0]["id"].as_str().unwrap().to_owned()
}

/// Ada leads the listed parser.
async fn parser(app: &TestApp) -> (Client, Client) {
    let (ada, coordinator) = (app.person("ada").await, app.coordinator().await);
    market::project(&ada, &coordinator, "parser", json!({})).await;
    (ada, coordinator)
}

on_both! {
    async fn nobody_is_with_a_project_who_did_not_accept(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, coordinator) = parser(&app).await;
        let (bob, eve) = (app.person("bob").await, app.person("eve").await);
        let invited = invite(&ada, "bob").await.expect(201);
        assert_eq!((&invited["handle"], &invited["pending"], &invited["verified"]), (&json!("bob"), &json!(true), &json!(false)));
        assert_eq!(people(&app).await, ["ada"]);
        bob.patch("/api/v1/projects/parser", json!({"name": "Mine"})).await.problem(403, "forbidden");
        let (token, letter) = (mailed_token(&app, "bob").await, mail(&app, "bob").await);
        assert!(letter.text.contains("Person ada invites you to Project parser at Mainstay, as a maintainer."), "{}", letter.text);
        assert!(letter.html.as_ref().is_some_and(|html| html.contains(&token)), "{:?}", letter.html);

        // Scanners look at the link; only the button does anything.
        for _ in 0..2 {
            let page = app.anonymous().get(&format!("/project-invitation?token={token}")).await;
            assert!(page.status == 200 && page.text.contains(&token), "{}", page.text);
        }
        assert_eq!(people(&app).await, ["ada"]);
        for wrong in ["", "mst_maintain_x", "mst_invite_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8k2aOCA"] {
            accept(&bob, wrong).await.problem(422, "project.invalid_invitation");
        }
        accept(&eve, &token).await.problem(422, "project.invalid_invitation");
        assert_eq!(eve.get(OWN).await.expect(200)["items"], json!([]));
        let id = first_id(&bob, OWN).await;
        for answer in ["accept", "decline"] {
            eve.act(&format!("{OWN}/{id}/{answer}")).await.problem(404, "not_found");
        }
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let press = |answer: &'static str| {
            let (anonymous, body) = (app.anonymous(), format!("token={token}&answer={answer}"));
            async move { anonymous.send(Method::POST, "/project-invitation", &form, Some(body)).await }
        };
        press("perhaps").await.problem(422, "input.invalid");
        assert_eq!(press("accept").await.status, 200);
        press("accept").await.problem(422, "project.invalid_invitation");
        assert_eq!(people(&app).await, ["ada", "bob"]);
        assert!(mail(&app, "ada").await.text.contains("bob accepted your invitation"));
        bob.patch("/api/v1/projects/parser", json!({"review_hours_per_week": 6})).await.expect(200);
        assert_eq!(ada.get(SENT).await.expect(200)["items"][0]["status"], "accepted");
        invite(&ada, "bob").await.problem(409, "project.already_maintainer");
        // Maintainers invite nobody, and see no invitations; a coordinator adds people at once.
        invite(&bob, "eve").await.problem(403, "forbidden");
        bob.get(SENT).await.problem(403, "forbidden");
        app.anonymous().get(SENT).await.problem(401, "auth.required");
        assert_eq!(invite(&coordinator, "eve").await.expect(201)["pending"], false);
        assert_eq!(people(&app).await, ["ada", "bob", "eve"]);
        let exported = bob.get("/api/v1/me/export").await.expect(200);
        assert_eq!((&exported["project_invitations"][0]["ended_as"], &exported["project_invitations"][0]["sent"]), (&json!("accepted"), &json!(false)));
        app.stop().await;
    }

    async fn an_invitation_ends_after_a_week_by_a_newer_one_and_by_its_sender(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, _) = parser(&app).await;
        let bob = app.person("bob").await;
        invite(&ada, "bob").await.expect(201);
        let old = mailed_token(&app, "bob").await;
        app.clock.advance(TimeDelta::minutes(1));
        invite(&ada, "bob").await.expect(201);
        let new = mailed_token(&app, "bob").await;
        accept(&bob, &old).await.problem(422, "project.invalid_invitation");
        let place = format!("{SENT}/{}", first_id(&ada, SENT).await);
        bob.send(Method::DELETE, &place, &[], None).await.problem(403, "forbidden");
        ada.send(Method::DELETE, &place.replace("/parser/", "/lexer/"), &[], None).await.problem(404, "not_found");
        ada.send(Method::DELETE, &place, &[], None).await.expect(204);
        ada.send(Method::DELETE, &place, &[], None).await.problem(409, "project.invitation_ended");
        accept(&bob, &new).await.problem(422, "project.invalid_invitation");
        app.clock.advance(TimeDelta::minutes(1));
        invite(&ada, "bob").await.expect(201);
        invite(&ada, "bob").await.problem(429, "project.too_many_invitations");
        let (token, id) = (mailed_token(&app, "bob").await, first_id(&bob, OWN).await);
        app.clock.advance(TimeDelta::days(7));
        let (ada, bob) = (app.sign_in("ada@example.org", "ada").await, app.sign_in("bob@example.org", "bob").await);
        accept(&bob, &token).await.problem(422, "project.invalid_invitation");
        bob.act(&format!("{OWN}/{id}/accept")).await.problem(422, "project.invalid_invitation");
        let items = ada.get(SENT).await.expect(200);
        let statuses: Vec<&str> = items["items"].as_array().unwrap().iter().map(|item| item["status"].as_str().unwrap()).collect();
        assert_eq!(statuses, ["expired", "revoked", "replaced"]);
        invite(&ada, "bob").await.expect(201);
        let id = first_id(&bob, OWN).await;
        bob.act(&format!("{OWN}/{id}/decline")).await.expect(204);
        bob.act(&format!("{OWN}/{id}/accept")).await.problem(422, "project.invalid_invitation");
        assert_eq!(people(&app).await, ["ada"]);
        app.stop().await;
    }

    async fn whoever_was_sent_away_leaves_nobody_behind(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, coordinator) = parser(&app).await;
        let (mallory, bob) = (app.person("mallory").await, app.person("bob").await);
        coordinator.post(PEOPLE, json!({"handle": "mallory", "role": "lead"})).await.expect(201);
        invite(&mallory, "bob").await.expect(201);
        let token = mailed_token(&app, "bob").await;
        ada.send(Method::DELETE, &format!("{PEOPLE}/mallory"), &[], None).await.expect(204);
        accept(&bob, &token).await.problem(422, "project.invalid_invitation");
        assert_eq!(people(&app).await, ["ada"]);
        app.stop().await;
    }

    async fn of_two_answers_at_once_one_counts(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, _) = parser(&app).await;
        let bob = app.person("bob").await;
        invite(&ada, "bob").await.expect(201);
        let token = mailed_token(&app, "bob").await;
        let (one, two) = tokio::join!(accept(&bob, &token), accept(&bob, &token));
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 422]);
        assert_eq!(people(&app).await, ["ada", "bob"]);
        app.stop().await;
    }

    async fn leads_are_reminded_a_month_and_a_week_before_their_proof_lapses(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, lead) = (app.person("ada").await, app.person("lead").await);
        seed::listed_project(&app, "parser", &ada).await;
        seed::listed_project(&app, "lexer", &lead).await;
        let remind = || projects::remind_of_proofs(&app.ctx);
        let lapses = |app: &TestApp| {
            let to = mainstay::kernel::Email::parse("ada@example.org").unwrap();
            app.mailbox.to(&to).iter().filter(|mail| mail.subject.as_str() == "Prove again that you lead parser at Mainstay").count()
        };
        app.clock.advance(TimeDelta::days(335));
        assert_eq!(remind().await.unwrap(), 0, "there are thirty days left");
        // A project that is not shown reminds nobody.
        let sheriff = app.person_with("sheriff", &[PlatformRole::Moderator]).await;
        sheriff.post("/api/v1/projects/lexer/suspend", json!({"reason": "It is no lexer."})).await.expect(200);
        app.clock.advance(TimeDelta::hours(1));
        assert_eq!((remind().await.unwrap(), remind().await.unwrap()), (1, 0));
        let letter = mail(&app, "ada").await;
        assert!(letter.text.contains("lapses on 2027-11-22") && letter.text.contains("/api/v1/projects/parser/verification"), "{}", letter.text);
        app.clock.advance(TimeDelta::days(22));
        assert_eq!(remind().await.unwrap(), 0);
        app.clock.advance(TimeDelta::days(1));
        assert_eq!((remind().await.unwrap(), remind().await.unwrap()), (1, 0));
        app.run_jobs().await;
        assert_eq!(lapses(&app), 2);
        app.clock.advance(TimeDelta::days(7));
        assert!(projects::lapse_verifications(&app.ctx, market::request_id()).await.unwrap() >= 1);
        assert_eq!(remind().await.unwrap(), 0, "it has lapsed");
        // Verified anew it is reminded of anew.
        let coordinator = app.coordinator().await;
        coordinator.send(Method::DELETE, &format!("{PEOPLE}/ada"), &[], None).await.expect(204);
        coordinator.post(PEOPLE, json!({"handle": "ada", "role": "lead"})).await.expect(201);
        coordinator.act("/api/v1/projects/parser/restore").await.expect(200);
        app.clock.advance(TimeDelta::days(336));
        assert_eq!(remind().await.unwrap(), 1);
        app.stop().await;
    }
}
