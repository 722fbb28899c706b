//! Reports, the moderators' queue, suspensions and appeals.

use crate::app::{PASSWORD, TestApp};
use crate::client::{Answer, Client};
use crate::db::on_both;
use crate::{market, seed};
use chrono::TimeDelta;
use futures_util::future::join_all;
use mainstay::app::personal::PARTS;
use mainstay::features::accounts;
use mainstay::features::organizations::OrganizationRole;
use mainstay::infra::mail::Message;
use mainstay::kernel::PlatformRole;
use reqwest::Method;
use serde_json::{Value, json};

const QUEUE: &str = "/api/v1/admin/reports";
const TEXT: &str = "This is not what it says it is.";

async fn report(by: &Client, kind: &str, subject: &str) -> Answer {
    let body = json!({"subject_kind": kind, "subject": subject, "reason": "misleading", "text": TEXT});
    by.post("/api/v1/reports", body).await
}

async fn moderator(app: &TestApp, handle: &str) -> Client {
    app.person_with(handle, &[PlatformRole::Moderator]).await
}

fn id(item: &Value) -> String {
    item["id"].as_str().unwrap().to_owned()
}

async fn decide(by: &Client, item: &Value, action: &str, body: Value) -> Answer {
    by.post(&format!("{QUEUE}/{}/{action}", id(item)), body).await
}

/// The newest mail to this person that is no news to which people subscribe.
async fn mail(app: &TestApp, handle: &str) -> Message {
    app.run_jobs().await;
    let to = mainstay::kernel::Email::parse(&format!("{handle}@example.org")).unwrap();
    let own = |mail: &Message| !mail.text.contains("You get this since news about");
    app.mailbox.to(&to).into_iter().rfind(own).expect("a mail")
}

async fn appeal_token(app: &TestApp, handle: &str) -> String {
    let mail = mail(app, handle).await;
    mail.text.lines().find(|line| line.starts_with("mst_appeal_")).expect("a token").to_owned()
}

async fn appeal(app: &TestApp, token: &str) -> Answer {
    app.anonymous().post("/api/v1/appeals", json!({"token": token, "text": "We did nothing of the kind."})).await
}

fn names_eve(text: &str) -> bool {
    ["\"eve\"", "eve@", "Person eve"].iter().any(|name| text.contains(name))
}

fn titles(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|item| item["subject"]["title"].as_str().unwrap()).collect()
}

on_both! {
    async fn any_listing_is_reported_once_and_never_by_a_name(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, eve, coordinator) = (app.person("ada").await, app.person("eve").await, app.coordinator().await);
        let sheriff = moderator(&app, "sheriff").await;
        market::organization(&ada, "acme").await;
        market::project(&ada, &coordinator, "parser", json!({})).await;
        let need = seed::open_need(&ada, "parser", "Fuzz the parser", json!({})).await;
        seed::offer(&ada, json!({"visibility": "members"})).await;
        for (kind, subject) in [("project", "parser"), ("need", need.as_str()), ("organization", "acme"), ("volunteer", "ada")] {
            let made = report(&eve, kind, subject).await.expect(201);
            assert_eq!((&made["subject"]["kind"], &made["subject"]["name"], &made["status"]), (&json!(kind), &json!(subject), &json!("open")));
            report(&eve, kind, subject).await.problem(409, "report.already_open");
        }
        // What can't be seen is as unknown as what isn't there.
        seed::offer(&ada, json!({"visibility": "hidden"})).await;
        for (kind, subject) in [("project", "nothing"), ("need", "nonsense"), ("organization", "nobody"), ("volunteer", "ada"), ("volunteer", "nobody")] {
            let answer = report(&coordinator, kind, subject).await;
            assert_eq!((answer.status, answer.faults()), (422, vec!["/subject unknown_subject".to_owned()]), "{kind} {subject}");
        }
        let answer = eve.post("/api/v1/reports", json!({"subject_kind": "account", "subject": "ada", "reason": "spam", "text": "short"})).await;
        assert_eq!(answer.faults(), ["/text too_short", "/subject_kind not_reportable"]);
        eve.post("/api/v1/reports", json!({"subject_kind": "project", "subject": "parser", "reason": "ugly", "text": TEXT})).await.problem(422, "input.invalid");
        report(&app.anonymous(), "project", "parser").await.problem(401, "auth.required");
        let dora = json!({"email": "dora@example.org", "password": PASSWORD, "handle": "dora", "display_name": "Dora"});
        app.anonymous().post("/api/v1/auth/register", dora).await.expect(202);
        let dora = app.sign_in("dora@example.org", "dora").await;
        report(&dora, "project", "parser").await.problem(403, "account.email_unverified");

        // The queue is for moderators, the longest waiting first, with filters.
        eve.get(QUEUE).await.problem(403, "forbidden");
        coordinator.get(QUEUE).await.problem(403, "forbidden");
        app.anonymous().get(QUEUE).await.problem(401, "auth.required");
        let queue = sheriff.get(QUEUE).await.expect(200);
        assert_eq!(titles(&queue), ["Project parser", "Fuzz the parser", "acme", "Person ada"]);
        assert_eq!((&queue["items"][0]["author"], &queue["items"][0]["text"]), (&json!("eve"), &json!(TEXT)));
        for (query, found) in [("subject_kind=need", 1), ("reason=misleading", 4), ("reason=spam", 0), ("status=upheld", 0), ("kind=appeal", 0)] {
            let page = sheriff.get(&format!("{QUEUE}?{query}")).await.expect(200);
            assert_eq!(page["items"].as_array().unwrap().len(), found, "{query}");
        }
        let first = sheriff.get(&format!("{QUEUE}?limit=3")).await.expect(200);
        let rest = sheriff.get(&format!("{QUEUE}?limit=3&cursor={}", first["next_cursor"].as_str().unwrap())).await.expect(200);
        assert_eq!(titles(&rest), ["Person ada"]);

        // Ada learns nothing of it: not as the project's lead, not from her data, and not when she is a moderator herself.
        let ada_too = app.ctx.clone();
        app.ctx.store().write(move |conn| {
            let ada = accounts::find_account_by_handle(conn, "ada")?.unwrap();
            accounts::grant_role(conn, &ada_too, ada.id, PlatformRole::Moderator, None, &market::request_id())
        }).await.unwrap();
        assert_eq!(ada.get(QUEUE).await.expect(200)["items"], json!([]));
        for item in queue["items"].as_array().unwrap() {
            ada.get(&format!("{QUEUE}/{}", id(item))).await.problem(404, "not_found");
            decide(&ada, item, "dismiss", json!({"reason": "It is fine."})).await.problem(404, "not_found");
        }
        for path in ["/api/v1/me/export".to_owned(), format!("/api/v1/needs/{need}/events"), "/api/v1/me/reports".to_owned()] {
            let answer = ada.get(&path).await;
            assert!(answer.status == 200 && !names_eve(&answer.text) && !answer.text.contains(TEXT), "{path}: {}", answer.text);
        }
        assert_eq!(eve.get("/api/v1/me/reports").await.expect(200)["items"].as_array().unwrap().len(), 4);
        let exported = eve.get("/api/v1/me/export").await.expect(200);
        assert_eq!((&exported["reports"][0]["text"], &exported["reports"][0]["reason"]), (&json!(TEXT), &json!("misleading")));
        app.stop().await;
    }

    async fn ten_reports_a_day_and_of_two_at_once_one(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, eve, coordinator) = (app.person("ada").await, app.person("eve").await, app.coordinator().await);
        let slugs: Vec<String> = (0..11).map(|n| format!("parser-{n}")).collect();
        for slug in &slugs {
            market::project(&ada, &coordinator, slug, json!({})).await;
        }
        let (one, two) = tokio::join!(report(&eve, "project", "parser-0"), report(&eve, "project", "parser-0"));
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409]);
        app.clock.advance(TimeDelta::hours(1));
        let eve = app.sign_in("eve@example.org", "eve").await;
        for slug in &slugs[1..10] {
            report(&eve, "project", slug).await.expect(201);
        }
        let refused = report(&eve, "project", "parser-10").await;
        assert_eq!(refused.header("retry-after"), Some("82800"), "a day after the first");
        refused.problem(429, "report.too_many");
        app.clock.advance(TimeDelta::hours(23));
        let eve = app.sign_in("eve@example.org", "eve").await;
        report(&eve, "project", "parser-10").await.expect(201);
        app.stop().await;
    }

    async fn a_report_that_is_right_suspends_and_another_moderator_hears_the_appeal(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, eve, coordinator) = (app.person("ada").await, app.person("eve").await, app.coordinator().await);
        let (sheriff, deputy) = (moderator(&app, "sheriff").await, moderator(&app, "deputy").await);
        market::project(&ada, &coordinator, "parser", json!({})).await;
        let need = seed::open_need(&ada, "parser", "Fuzz the parser", json!({})).await;
        report(&eve, "need", &need).await.expect(201);
        report(&eve, "project", "parser").await.expect(201);
        report(&sheriff, "project", "parser").await.expect(201);
        let queue = sheriff.get(QUEUE).await.expect(200);
        let [of_need, of_project, own] = [0, 1, 2].map(|at| queue["items"][at].clone());
        let because = json!({"reason": "It ships another project's code.", "suspend": true});
        assert_eq!(decide(&sheriff, &of_need, "uphold", because.clone()).await.faults(), ["/suspend not_suspendable"]);
        assert_eq!(decide(&sheriff, &of_need, "dismiss", json!({"reason": "x"})).await.faults(), ["/reason too_short"]);
        decide(&sheriff, &own, "uphold", because.clone()).await.problem(403, "forbidden");
        decide(&eve, &of_project, "uphold", because.clone()).await.problem(403, "forbidden");
        let stale = sheriff.send(Method::POST, &format!("{QUEUE}/{}/dismiss", id(&of_need)), &[("if-match", "\"7-x\"")], Some(json!({"reason": "All is well."}).to_string())).await;
        stale.problem(412, "precondition.stale");
        decide(&sheriff, &of_need, "dismiss", json!({"reason": "All is well."})).await.expect(200);
        assert!(mail(&app, "eve").await.text.contains("found nothing that has to be done"));
        decide(&sheriff, &of_need, "uphold", json!({"reason": "After all."})).await.problem(409, "report.already_decided");
        let upheld = decide(&sheriff, &of_project, "uphold", because.clone()).await.expect(200);
        assert_eq!((&upheld["status"], &upheld["decided_by"]), (&json!("upheld"), &json!("sheriff")));
        app.anonymous().get("/api/v1/projects/parser").await.problem(404, "not_found");
        assert_eq!(ada.get("/api/v1/projects/parser").await.expect(200)["status"], "suspended");
        assert!(mail(&app, "eve").await.text.contains("you reported the listing of Project parser. A moderator looked at it and agrees with you."));
        let told = mail(&app, "ada").await;
        assert!(told.text.contains("suspended the listing of Project parser") && told.text.contains("The reason given: It ships another project's code."), "{}", told.text);
        assert!(!names_eve(&told.text) && !told.text.contains(TEXT) && told.html.as_ref().is_some_and(|html| html.contains("/appeal?token=mst_appeal_")));

        // Scanners look at the link; only the form does anything, once.
        let token = appeal_token(&app, "ada").await;
        for _ in 0..2 {
            let page = app.anonymous().get(&format!("/appeal?token={token}")).await;
            assert!(page.status == 200 && page.text.contains(&token), "{}", page.text);
        }
        assert_eq!(sheriff.get(&format!("{QUEUE}?kind=appeal")).await.expect(200)["items"], json!([]));
        for wrong in ["", "mst_appeal_x", "mst_invite_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8k2aOCA"] {
            appeal(&app, wrong).await.problem(422, "appeal.invalid_token");
        }
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let words = format!("token={token}&text=It+is+our+own+code%2C+look+at+the+history.");
        let pressed = app.anonymous().send(Method::POST, "/appeal", &form, Some(words)).await;
        assert_eq!(pressed.status, 200, "{}", pressed.text);
        appeal(&app, &token).await.problem(409, "appeal.not_open");
        let appeals = deputy.get(&format!("{QUEUE}?kind=appeal&status=open")).await.expect(200);
        let open = &appeals["items"][0];
        assert_eq!((&open["suspension"]["suspended_by"], &open["suspension"]["reason"], &open["author"]),
            (&json!("sheriff"), &because["reason"], &json!(null)));
        decide(&sheriff, open, "dismiss", json!({"reason": "I was right."})).await.problem(403, "forbidden");
        decide(&deputy, open, "uphold", json!({"reason": "The history shows it.", "suspend": true})).await.problem(422, "input.invalid");
        decide(&deputy, open, "uphold", json!({"reason": "The history shows it."})).await.expect(200);
        assert_eq!(app.anonymous().get("/api/v1/projects/parser").await.expect(200)["status"], "listed");
        let told = mail(&app, "ada").await;
        assert!(told.text.contains("lifted the suspension of the listing of Project parser") && told.text.contains("The history shows it."), "{}", told.text);

        // Suspended by hand it is told, too; nobody lifts what is their own.
        let again = json!({"reason": "Once more."});
        sheriff.post("/api/v1/projects/parser/suspend", again).await.expect(200);
        let token = appeal_token(&app, "ada").await;
        appeal(&app, &token).await.expect(202);
        let inner = app.ctx.clone();
        app.ctx.store().write(move |conn| {
            let ada = accounts::find_account_by_handle(conn, "ada")?.unwrap();
            accounts::grant_role(conn, &inner, ada.id, PlatformRole::Moderator, None, &market::request_id())
        }).await.unwrap();
        ada.act("/api/v1/projects/parser/unsuspend").await.problem(403, "forbidden");
        sheriff.act("/api/v1/projects/parser/unsuspend").await.expect(200);
        app.run_jobs().await;
        let closed = deputy.get(&format!("{QUEUE}?kind=appeal")).await.expect(200);
        assert_eq!((&closed["items"][1]["status"], &closed["items"][1]["decided_by"]), (&json!("upheld"), &json!("sheriff")));

        let admin = app.person_with("chief", &[PlatformRole::Admin]).await;
        for (kind, action) in [("report", "open"), ("report", "dismissed"), ("report", "upheld"), ("appeal", "open"), ("appeal", "upheld"), ("project", "suspended")] {
            let log = admin.get(&format!("/api/v1/admin/audit?kind={kind}&action={action}")).await.expect(200);
            assert!(!log["items"].as_array().unwrap().is_empty(), "{kind} {action}");
        }
        app.stop().await;
    }

    async fn of_many_who_race_with_one_appeal_link_one_wins(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, coordinator) = (app.person("ada").await, app.coordinator().await);
        let (sheriff, deputy) = (moderator(&app, "sheriff").await, moderator(&app, "deputy").await);
        market::project(&ada, &coordinator, "parser", json!({})).await;
        sheriff.post("/api/v1/projects/parser/suspend", json!({"reason": "It is made up."})).await.expect(200);
        let token = appeal_token(&app, "ada").await;
        let answers = join_all((0..6).map(|_| appeal(&app, &token))).await;
        let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 202);
        assert_eq!((won.len(), lost.len()), (1, 5));
        for answer in lost {
            assert_eq!(answer.problem(409, "appeal.not_open")["allowed"], json!([]));
        }
        let heard = deputy.get(&format!("{QUEUE}?kind=appeal")).await.expect(200);
        assert_eq!(heard["items"].as_array().unwrap().len(), 1, "{heard}");
        app.stop().await;
    }

    async fn a_suspended_organization_neither_invites_nor_pledges_nor_shows(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, bob, eve) = (app.person("ada").await, app.person("bob").await, app.person("eve").await);
        let (sheriff, coordinator) = (moderator(&app, "sheriff").await, app.coordinator().await);
        market::organization(&ada, "acme").await;
        market::join(&app, "acme", "bob", OrganizationRole::Member).await;
        let pledge = json!({"hours_per_week": 8, "starts_on": "2026-11-01", "ends_on": "2027-05-31", "approval": "auto"});
        let mut pledges = Vec::new();
        for _ in 0..2 {
            pledges.push(id(&ada.post("/api/v1/organizations/acme/pledges", pledge.clone()).await.expect(201)));
        }
        ada.act(&format!("/api/v1/pledges/{}/activate", pledges[0])).await.expect(200);
        let invitation = json!({"email": "eve@example.org", "role": "member"});
        ada.post("/api/v1/organizations/acme/invitations", invitation.clone()).await.expect(201);
        let because = json!({"reason": "It offers work that it does not do."});
        for (caller, status) in [(&ada, 403), (&coordinator, 403), (&app.anonymous(), 401)] {
            assert_eq!(caller.post("/api/v1/organizations/acme/suspend", because.clone()).await.status, status);
        }
        sheriff.post("/api/v1/organizations/nobody/suspend", because.clone()).await.problem(404, "not_found");
        sheriff.post("/api/v1/organizations/acme/suspend", json!({"reason": ""})).await.problem(422, "input.invalid");
        sheriff.act("/api/v1/organizations/acme/unsuspend").await.problem(409, "organization.suspension_refused");
        let made = sheriff.post("/api/v1/organizations/acme/suspend", because.clone()).await.expect(200);
        assert_eq!((&made["subject"], &made["suspended_by"], &made["ended_at"]), (&json!("acme"), &json!("sheriff"), &json!(null)));
        let again = sheriff.post("/api/v1/organizations/acme/suspend", because).await.problem(409, "organization.suspension_refused");
        assert_eq!(again["allowed"], json!(["unsuspend"]));

        let told = mail(&app, "ada").await;
        assert!(told.text.contains("The reason given: It offers work that it does not do."), "{}", told.text);
        assert_eq!(ada.get(&format!("/api/v1/pledges/{}", pledges[0])).await.expect(200)["status"], "paused");
        ada.act(&format!("/api/v1/pledges/{}/resume", pledges[0])).await.problem(409, "organization.suspended");
        ada.act(&format!("/api/v1/pledges/{}/activate", pledges[1])).await.problem(409, "organization.suspended");
        ada.post("/api/v1/organizations/acme/invitations", json!({"email": "zoe@example.org", "role": "member"})).await.problem(409, "organization.suspended");
        let waiting = eve.get("/api/v1/me/organization-invitations").await.expect(200);
        let accept = format!("/api/v1/me/organization-invitations/{}/accept", id(&waiting["items"][0]));
        eve.act(&accept).await.problem(409, "organization.suspended");
        for stranger in [&eve, &app.anonymous()] {
            stranger.get("/api/v1/organizations/acme").await.problem(404, "not_found");
            assert_eq!(stranger.get("/api/v1/organizations").await.expect(200)["items"], json!([]));
        }
        report(&eve, "organization", "acme").await.problem(422, "input.invalid");
        for insider in [&ada, &bob, &sheriff, &coordinator] {
            let seen = insider.get("/api/v1/organizations/acme").await;
            assert_ne!(seen.header("cache-control"), Some("public, max-age=60"));
            assert_eq!(seen.expect(200)["suspended_at"], "2026-11-22T09:00:00Z");
        }
        assert_eq!(ada.get("/api/v1/organizations?mine=true").await.expect(200)["items"][0]["slug"], "acme");

        let lifted = sheriff.post("/api/v1/organizations/acme/unsuspend", json!({"reason": "They do it now."})).await.expect(200);
        assert_eq!((&lifted["ended_by"], &lifted["ended_reason"]), (&json!("sheriff"), &json!("They do it now.")));
        eve.act(&accept).await.expect(200);
        ada.act(&format!("/api/v1/pledges/{}/resume", pledges[0])).await.expect(200);
        app.anonymous().get("/api/v1/organizations/acme").await.expect(200);
        app.stop().await;
    }

    async fn a_suspended_account_is_locked_out_and_appeals_by_its_mail(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, eve) = (app.person("ada").await, app.person("eve").await);
        let (sheriff, deputy, admin) = (moderator(&app, "sheriff").await, moderator(&app, "deputy").await, app.person_with("chief", &[PlatformRole::Admin]).await);
        seed::offer(&ada, json!({"visibility": "public"})).await;
        let token = json!({"name": "nightly import", "scopes": ["read"]});
        let token = ada.post("/api/v1/me/api-tokens", token).await.expect(201)["token"].as_str().unwrap().to_owned();
        let program = app.anonymous().with_token(&token, "ada");
        let login = json!({"email": "ada@example.org", "password": PASSWORD});
        let refresh = app.anonymous().post("/api/v1/auth/login", login.clone()).await.expect(200)["refresh_token"].clone();
        let suspend = |by: &Client, handle: &str| {
            let (by, path) = (by.clone(), format!("/api/v1/admin/accounts/{handle}/suspend"));
            async move { by.post(&path, json!({"reason": "It threatens maintainers."})).await }
        };
        suspend(&eve, "ada").await.problem(403, "forbidden");
        suspend(&eve, "nobody").await.problem(403, "forbidden");
        suspend(&sheriff, "nobody").await.problem(404, "not_found");
        suspend(&sheriff, "sheriff").await.problem(403, "forbidden");
        suspend(&sheriff, "deputy").await.problem(403, "forbidden");
        suspend(&admin, "chief").await.problem(403, "forbidden");
        suspend(&admin, "deputy").await.expect(200);
        admin.act("/api/v1/admin/accounts/deputy/unsuspend").await.expect(200);
        let deputy = app.sign_in("deputy@example.org", &deputy.handle).await;

        suspend(&sheriff, "ada").await.expect(200);
        suspend(&sheriff, "ada").await.problem(409, "account.suspension_refused");
        ada.get("/api/v1/me").await.problem(401, "auth.invalid_token");
        program.get("/api/v1/me").await.problem(401, "auth.invalid_token");
        app.anonymous().post("/api/v1/auth/login", login.clone()).await.problem(403, "account.suspended");
        app.anonymous().post("/api/v1/auth/refresh", json!({"refresh_token": refresh})).await.problem(401, "auth.invalid_refresh_token");
        for stranger in [&eve, &app.anonymous()] {
            stranger.get("/api/v1/volunteers/ada").await.problem(404, "not_found");
        }
        sheriff.get("/api/v1/volunteers/ada").await.expect(200);
        let token = appeal_token(&app, "ada").await;
        appeal(&app, &token).await.expect(202);
        let open = deputy.get(&format!("{QUEUE}?kind=appeal")).await.expect(200)["items"][0].clone();
        assert_eq!((&open["author"], &open["subject"]["kind"]), (&json!("ada"), &json!("account")));
        decide(&deputy, &open, "dismiss", json!({"reason": "The messages are there to read."})).await.expect(200);
        let told = mail(&app, "ada").await;
        assert!(told.text.contains("your account stays suspended") && told.text.contains("The messages are there to read."), "{}", told.text);
        appeal(&app, &token).await.problem(409, "appeal.not_open");

        sheriff.act("/api/v1/admin/accounts/ada/unsuspend").await.expect(200);
        let ada = app.sign_in("ada@example.org", "ada").await;
        program.get("/api/v1/me").await.expect(200);
        app.anonymous().get("/api/v1/volunteers/ada").await.expect(200);
        let all = ada.get("/api/v1/me/export").await.expect(200);
        assert_eq!((&all["suspensions"][0]["of"], &all["reports"][0]["kind"]), (&json!("account"), &json!("appeal")));

        // The words go with their author.
        ada.send(Method::DELETE, "/api/v1/me", &[], None).await.expect(202);
        app.clock.advance(TimeDelta::days(14));
        assert_eq!(accounts::erase_due(&app.ctx, PARTS, market::request_id()).await.unwrap(), 1);
        let deputy = app.sign_in("deputy@example.org", "deputy").await;
        assert_eq!(deputy.get(&format!("{QUEUE}/{}", id(&open))).await.expect(200)["text"], "");
        app.stop().await;
    }

    async fn a_suspended_profile_shows_nowhere(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, eve, coordinator) = (app.person("ada").await, app.person("eve").await, app.coordinator().await);
        let (sheriff, lead) = (moderator(&app, "sheriff").await, app.person("lead").await);
        market::project(&lead, &coordinator, "parser", json!({})).await;
        let need = seed::open_need(&lead, "parser", "Fuzz the parser", json!({})).await;
        seed::offer(&ada, json!({"visibility": "public"})).await;
        let matches = format!("/api/v1/needs/{need}/matches");
        assert_eq!(lead.get(&matches).await.expect(200)["items"].as_array().unwrap().len(), 1);
        report(&eve, "volunteer", "ada").await.expect(201);
        let open = sheriff.get(QUEUE).await.expect(200)["items"][0].clone();
        decide(&sheriff, &open, "uphold", json!({"reason": "The evidence is made up.", "suspend": true})).await.expect(200);
        assert_eq!(lead.get(&matches).await.expect(200)["items"], json!([]));
        lead.get(&format!("/api/v1/matching/explain?need={need}&volunteer=ada")).await.problem(404, "not_found");
        for stranger in [&eve, &lead, &coordinator, &app.anonymous()] {
            stranger.get("/api/v1/volunteers/ada").await.problem(404, "not_found");
        }
        // It is shown to no project by an application or an invitation either.
        ada.post(&format!("/api/v1/needs/{need}/applications"), json!({"capacity": "own_time"})).await.problem(409, "proposal.not_eligible");
        lead.post(&format!("/api/v1/needs/{need}/invitations"), json!({"volunteer": "ada"})).await.problem(422, "input.invalid");
        assert_eq!(ada.get("/api/v1/me/profile").await.expect(200)["suspended_at"], "2026-11-22T09:00:00Z");
        // Writing it anew does not show it again.
        seed::offer(&ada, json!({"visibility": "public"})).await;
        eve.get("/api/v1/volunteers/ada").await.problem(404, "not_found");
        assert!(mail(&app, "ada").await.text.contains("suspended your volunteer profile"));
        eve.act("/api/v1/volunteers/ada/unsuspend").await.problem(403, "forbidden");
        sheriff.act("/api/v1/volunteers/ada/unsuspend").await.expect(200);
        sheriff.act("/api/v1/volunteers/ada/unsuspend").await.problem(409, "volunteer.suspension_refused");
        sheriff.act("/api/v1/volunteers/eve/unsuspend").await.problem(404, "not_found");
        eve.get("/api/v1/volunteers/ada").await.expect(200);
        assert_eq!(lead.get(&matches).await.expect(200)["items"].as_array().unwrap().len(), 1);
        sheriff.post("/api/v1/volunteers/ada/suspend", json!({"reason": "It is made up again."})).await.expect(200);
        eve.get("/api/v1/volunteers/ada").await.problem(404, "not_found");
        // Nobody lifts the suspension of what is their own, moderator or not.
        seed::offer(&sheriff, json!({"visibility": "public"})).await;
        let deputy = moderator(&app, "deputy").await;
        deputy.post("/api/v1/volunteers/sheriff/suspend", json!({"reason": "A made-up record."})).await.expect(200);
        sheriff.act("/api/v1/volunteers/sheriff/unsuspend").await.problem(403, "forbidden");
        deputy.act("/api/v1/volunteers/sheriff/unsuspend").await.expect(200);
        app.stop().await;
    }
}
