//! Notices: who gets which, in the application and by mail, when, and how it is ended.

use crate::app::TestApp;
use crate::client::Client;
use crate::db::on_both;
use crate::market;
use chrono::TimeDelta;
use mainstay::features::notifications;
use mainstay::features::organizations::OrganizationRole;
use mainstay::features::{accounts, projects};
use mainstay::infra::mail::Message;
use mainstay::infra::outbox::{self, News};
use mainstay::kernel::Topic;
use reqwest::Method;
use serde_json::{Value, json};

const LIST: &str = "/api/v1/me/notifications";
const WISHES: &str = "/api/v1/me/notification-preferences";

/// News for this person, spread.
pub(crate) async fn tell(app: &TestApp, handle: &'static str, topic: Topic, title: &'static str) {
    let ctx = app.ctx.clone();
    let announced = app.ctx.store().write(move |conn| {
        let reader = accounts::find_account_by_handle(conn, handle)?.unwrap();
        let news = News::new(topic, title, "/pledges/x", json!({"id": "x"})).to(reader.id);
        outbox::announce(conn, &ctx, news)
    });
    announced.await.unwrap();
    app.run_jobs().await;
}

/// What was mailed since the last time.
async fn mailed(app: &TestApp) -> Vec<Message> {
    notifications::send_due(&app.ctx).await.unwrap();
    app.run_jobs().await;
    app.mailbox.take()
}

async fn wish(by: &Client, wishes: Value) -> Value {
    by.send(Method::PUT, WISHES, &[("if-match", "*")], Some(wishes.to_string())).await.expect(200)
}

async fn titles(by: &Client, query: &str) -> Vec<String> {
    let listed = by.get(&format!("{LIST}{query}")).await.expect(200);
    listed["items"].as_array().unwrap().iter().map(|one| one["title"].as_str().unwrap().to_owned()).collect()
}

/// The address that ends mails, as the letter's text has it.
fn unsubscribe_path(letter: &Message) -> String {
    let link = letter.text.lines().find(|line| line.contains("/unsubscribe?token=")).expect("a link");
    link.strip_prefix("https://mainstay.example.org").unwrap().to_owned()
}

async fn start(db: crate::db::TestDb) -> TestApp {
    let app = TestApp::start(db).await;
    app.mailbox.take();
    app
}

on_both! {
    async fn managers_learn_of_their_pledge_but_not_of_their_own_deed(db: TestDb) {
        let app = start(db).await;
        let (ada, bob, carol) = (app.person("ada").await, app.person("bob").await, app.person("carol").await);
        market::organization(&ada, "acme").await;
        market::join(&app, "acme", "bob", OrganizationRole::Manager).await;
        market::join(&app, "acme", "carol", OrganizationRole::Member).await;
        let body = json!({"hours_per_week": 8, "starts_on": "2026-12-01", "ends_on": "2027-05-31", "approval": "auto"});
        let pledge = ada.post("/api/v1/organizations/acme/pledges", body).await.expect(201)["id"].as_str().unwrap().to_owned();
        ada.act(&format!("/api/v1/pledges/{pledge}/activate")).await.expect(200);
        app.run_jobs().await;
        let listed = bob.get(LIST).await.expect(200);
        let [notice] = listed["items"].as_array().unwrap().as_slice() else { panic!("{listed}") };
        assert_eq!((notice["topic"].as_str(), notice["url"].as_str(), &notice["read_at"]),
            (Some("pledge.activated"), Some(format!("/api/v1/pledges/{pledge}").as_str()), &Value::Null));
        assert!(titles(&ada, "").await.is_empty() && titles(&carol, "").await.is_empty());

        let id = notice["id"].as_str().unwrap();
        carol.act(&format!("{LIST}/{id}/read")).await.problem(404, "not_found");
        bob.act(&format!("{LIST}/{id}/read")).await.expect(204);
        bob.act(&format!("{LIST}/{id}/read")).await.expect(204);
        assert!(titles(&bob, "?unread=true").await.is_empty());
        assert_eq!(titles(&bob, "").await.len(), 1);
        app.clock.advance(TimeDelta::days(8));
        assert!(mailed(&app).await.is_empty(), "what was read is not mailed");
        app.stop().await;
    }

    async fn a_mail_at_once_is_ended_by_one_click_and_by_no_look(db: TestDb) {
        let app = start(db).await;
        let ada = app.person("ada").await;
        tell(&app, "ada", Topic::ProposalAccepted, "Your application was accepted.").await;
        let sources = app.mailbox.sources();
        let [letter] = app.mailbox.take().try_into().expect("one letter");
        assert_eq!((letter.to.as_str(), letter.subject.as_str()), ("ada@example.org", "Your application was accepted."));
        let path = unsubscribe_path(&letter);
        let flat = sources[0].replace("\r\n ", "").replace("\r\n\t", "");
        assert!(flat.contains("List-Unsubscribe: <https://mainstay.example.org/unsubscribe?token="), "{flat}");
        assert!(flat.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"), "{flat}");
        assert!(letter.html.as_deref().unwrap().contains("/unsubscribe?token="), "{:?}", letter.html);

        let anonymous = app.anonymous();
        for method in [Method::GET, Method::HEAD] {
            let page = anonymous.send(method, &path, &[], None).await;
            assert_eq!(page.status, 200);
        }
        assert_eq!(ada.get(WISHES).await.json["topics"]["proposal"], "at_once", "looking changes nothing");
        let wrong = path.replace("~proposal~", "~swarm~");
        for bad in [wrong.as_str(), "/unsubscribe?token=x", "/unsubscribe?token=~~"] {
            let answer = anonymous.send(Method::POST, bad, &[], None).await;
            answer.problem(422, "input.invalid");
        }
        anonymous.send(Method::GET, "/unsubscribe", &[], None).await.problem(422, "input.invalid");
        let form = [("content-type", "application/x-www-form-urlencoded")];
        for _ in 0..2 {
            let done = anonymous.send(Method::POST, &path, &form, Some("List-Unsubscribe=One-Click".to_owned())).await;
            assert_eq!(done.status, 200, "{}", done.text);
        }
        let wishes = ada.get(WISHES).await.json;
        assert_eq!((&wishes["topics"]["proposal"], &wishes["topics"]["swarm"], &wishes["security"]), (&json!("none"), &json!("at_once"), &json!("at_once")));
        tell(&app, "ada", Topic::ProposalDeclined, "Another one.").await;
        assert!(mailed(&app).await.is_empty());
        assert_eq!(titles(&ada, "").await, ["Another one.", "Your application was accepted."], "the list has it all the same");
        app.stop().await;
    }

    async fn at_night_nothing_is_mailed_and_in_the_morning_all_of_it_is(db: TestDb) {
        let app = start(db).await;
        let ada = app.person("ada").await;
        // It is ten in the morning in Berlin.
        wish(&ada, json!({"quiet_hours": {"from": "09:30", "until": "11:00"}, "time_zone": "Europe/Berlin"})).await;
        tell(&app, "ada", Topic::SwarmInvited, "One.").await;
        tell(&app, "ada", Topic::SwarmReminder, "Two.").await;
        app.clock.advance(TimeDelta::minutes(59));
        assert!(mailed(&app).await.is_empty());
        app.clock.advance(TimeDelta::minutes(1));
        let letters = mailed(&app).await;
        assert_eq!(letters.iter().map(|letter| letter.subject.as_str()).collect::<Vec<_>>(), ["One.", "Two."]);
        assert!(mailed(&app).await.is_empty(), "once");
        app.stop().await;
    }

    async fn digests_come_less_often_when_nobody_reads_them_and_again_after_a_sign_in(db: TestDb) {
        let app = start(db).await;
        let ada = app.person("ada").await;
        wish(&ada, json!({"topics": {"pledge": "daily"}, "time_zone": "UTC"})).await;
        let (mut days, mut fewer) = (Vec::new(), Vec::new());
        // From Monday 23 November on: news every day, and a look every day, right after eight.
        app.clock.advance(TimeDelta::hours(23) + TimeDelta::minutes(5));
        for day in 1..=75 {
            tell(&app, "ada", Topic::PledgeExhausted, "A pledge has no free hour left.").await;
            app.clock.advance(TimeDelta::days(1));
            let letters = mailed(&app).await;
            assert!(letters.len() <= 1, "one digest, not one a piece of news");
            for letter in letters {
                days.push(day);
                fewer.push(letter.text.contains("less often"));
                assert!(letter.list_unsubscribe.is_some());
            }
        }
        // On Tuesday to Thursday, then on three Mondays, then on the first of January and of February.
        assert_eq!(days, [1, 2, 3, 7, 14, 21, 39, 70], "{fewer:?}");
        assert_eq!(fewer, [false, false, true, false, false, true, false, false]);
        app.sign_in("ada@example.org", "ada").await;
        tell(&app, "ada", Topic::PledgeExhausted, "News.").await;
        app.clock.advance(TimeDelta::days(1));
        let [letter] = mailed(&app).await.try_into().expect("a digest the next day");
        assert!(letter.subject.as_str().contains("pieces of news"), "what had waited comes along: {}", letter.subject.as_str());
        app.stop().await;
    }

    async fn a_digest_is_ended_as_a_whole_and_leaves_what_comes_at_once(db: TestDb) {
        let app = start(db).await;
        let ada = app.person("ada").await;
        wish(&ada, json!({"topics": {"pledge.exhausted": "weekly", "pledge": "at_once"}})).await;
        tell(&app, "ada", Topic::TimeEntryConfirmed, "Time was confirmed.").await;
        tell(&app, "ada", Topic::NeedExpired, "A need expired.").await;
        app.clock.advance(TimeDelta::days(1));
        let [letter] = mailed(&app).await.try_into().expect("one digest of both");
        assert!(letter.text.contains("Time was confirmed.") && letter.text.contains("A need expired."), "{}", letter.text);
        let done = app.anonymous().send(Method::POST, &unsubscribe_path(&letter), &[], None).await;
        assert_eq!(done.status, 200);
        let ada = app.sign_in("ada@example.org", "ada").await;
        let topics = ada.get(WISHES).await.expect(200)["topics"].clone();
        for (name, cadence) in [("time_entry", "none"), ("need", "none"), ("pledge", "at_once"), ("pledge.exhausted", "none"), ("proposal", "at_once")] {
            assert_eq!(topics[name], cadence, "{name}");
        }
        app.stop().await;
    }

    async fn changed_wishes_hold_for_what_waits(db: TestDb) {
        let app = start(db).await;
        let ada = app.person("ada").await;
        tell(&app, "ada", Topic::NeedExpired, "A need expired.").await;
        wish(&ada, json!({"topics": {"need": "none"}})).await;
        app.clock.advance(TimeDelta::days(40));
        assert!(mailed(&app).await.is_empty());
        app.stop().await;
    }

    async fn wishes_are_checked_as_a_whole(db: TestDb) {
        let app = start(db).await;
        let ada = app.person("ada").await;
        app.anonymous().get(WISHES).await.problem(401, "auth.required");
        let usual = ada.get(WISHES).await;
        assert_eq!((&usual.json["topics"]["need"], &usual.json["time_zone"], &usual.json["updated_at"]), (&json!("weekly"), &json!("UTC"), &Value::Null));
        let tag = usual.etag();
        let put = |wishes: Value, tag: Option<String>| {
            let ada = ada.clone();
            async move {
                let tag = tag.map(|tag| [("if-match".to_owned(), tag)]);
                let headers: Vec<(&str, &str)> = tag.iter().flatten().map(|(name, tag)| (name.as_str(), tag.as_str())).collect();
                ada.send(Method::PUT, WISHES, &headers, Some(wishes.to_string())).await
            }
        };
        put(json!({}), None).await.problem(428, "precondition.required");
        let bad = json!({"topics": {"security": "none", "made_up": "daily", "pledge.made_up": "daily"}, "quiet_hours": {"from": "22:00", "until": "7:00"}, "time_zone": "Mars/Olympus"});
        let mut faults = put(bad, Some(tag.clone())).await.faults();
        faults.sort();
        assert_eq!(faults, ["/quiet_hours/until invalid_time", "/time_zone unknown_time_zone", "/topics/made_up unknown_topic",
            "/topics/pledge.made_up unknown_topic", "/topics/security always_on"]);
        assert_eq!(put(json!({"quiet_hours": {"from": "22:00", "until": "22:00"}}), Some(tag.clone())).await.faults(), ["/quiet_hours/until no_hours"]);
        assert_eq!(put(json!({"topics": {"pledge": "hourly"}}), Some(tag.clone())).await.status, 422);
        let set = put(json!({"topics": {"pledge": "none"}}), Some(tag.clone())).await.expect(200);
        assert_eq!((&set["topics"]["pledge"], &set["topics"]["need"]), (&json!("none"), &json!("weekly")));
        put(json!({}), Some(tag)).await.problem(412, "precondition.stale");
        app.stop().await;
    }

    async fn unclaimed_projects_are_never_written_to(db: TestDb) {
        let app = start(db).await;
        let (lead, coordinator) = (app.person("lead").await, app.coordinator().await);
        market::project(&lead, &coordinator, "parser", json!({})).await;
        app.run_jobs().await;
        let before = titles(&lead, "").await.len();
        app.mailbox.take();
        lead.act("/api/v1/projects/parser/opt-out").await.expect(200);
        let ctx = app.ctx.clone();
        app.ctx.store().write(move |conn| {
            let project = projects::find_project_by_slug(conn, "parser")?.unwrap();
            let news = News::new(Topic::ProjectListed, "Back in the list.", "/projects/parser", json!({})).to_maintainers(project.id);
            outbox::announce(conn, &ctx, news)
        }).await.unwrap();
        app.run_jobs().await;
        assert_eq!(titles(&lead, "").await.len(), before);
        assert!(mailed(&app).await.is_empty());
        app.stop().await;
    }

    async fn all_is_read_up_to_where_it_was_seen_and_exported_and_forgotten(db: TestDb) {
        let app = start(db).await;
        let ada = app.person("ada").await;
        for title in ["One.", "Two.", "Three."] {
            tell(&app, "ada", Topic::PledgeEnded, title).await;
        }
        assert_eq!(titles(&ada, "").await, ["Three.", "Two.", "One."]);
        let second = ada.get(&format!("{LIST}?limit=2")).await.expect(200)["items"][1]["id"].clone();
        ada.post(&format!("{LIST}/read"), json!({"until": second})).await.expect(204);
        assert_eq!(titles(&ada, "?unread=true").await, ["Three."]);
        ada.act(&format!("{LIST}/read")).await.expect(204);
        assert!(titles(&ada, "?unread=true").await.is_empty());
        let export = ada.get("/api/v1/me/export").await.expect(200);
        assert!(export.to_string().contains("Two."), "{export}");
        app.clock.advance(TimeDelta::days(181));
        assert_eq!(notifications::prune_notices(&app.ctx).await.unwrap(), 3);
        app.stop().await;
    }
}
