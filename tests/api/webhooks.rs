//! Webhooks against a receiver on loopback: what is sent and how it is signed, tried again, given up and replayed.

use crate::app::TestApp;
use crate::client::Client;
use crate::db::{TestDb, on_both};
use crate::market::{self, but};
use crate::receiver::{Got, Receiver};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use mainstay::features::organizations::OrganizationRole;
use mainstay::features::webhooks;
use mainstay::infra::outbox;
use mainstay::kernel::Clock as _;
use reqwest::Method;
use serde_json::{Value, json};

const WEBHOOKS: &str = "/api/v1/organizations/acme/webhooks";
/// The receiver's address alone counts as public.
const PUBLIC: &str = "127.0.0.41";

async fn start(db: TestDb) -> TestApp {
    TestApp::start_with(db, |settings| {
        settings.fetch.allow_networks = vec![format!("{PUBLIC}/32").parse().unwrap()];
        settings.fetch.allow_http = true;
    })
    .await
}

async fn hook(by: &Client, receiver: &Receiver, topics: &[&str]) -> Value {
    by.post(WEBHOOKS, json!({"url": receiver.url(), "topics": topics})).await.expect(201)
}

/// A draft of a pledge, made active: news of the organization.
async fn activate_pledge(by: &Client) -> String {
    let body = json!({"hours_per_week": 8, "starts_on": "2026-12-01", "ends_on": "2027-05-31", "approval": "auto"});
    let id = by.post("/api/v1/organizations/acme/pledges", body).await.expect(201)["id"].as_str().unwrap().to_owned();
    by.act(&format!("/api/v1/pledges/{id}/activate")).await.expect(200);
    id
}

/// As a receiver does it by the specification; says which of the signatures is right.
fn verified(got: &Got, secret: &str) -> Option<usize> {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let signed = format!("{}.{}.{}", got.header("webhook-id"), got.header("webhook-timestamp"), got.body);
    got.header("webhook-signature").split(' ').position(|signature| {
        let tag = STANDARD.decode(signature.strip_prefix("v1,").unwrap()).unwrap();
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&key).unwrap();
        mac.update(signed.as_bytes());
        mac.verify_slice(&tag).is_ok()
    })
}

fn place(made: &Value) -> String {
    format!("{WEBHOOKS}/{}", made["id"].as_str().unwrap())
}

async fn deliveries(by: &Client, made: &Value) -> Vec<Value> {
    by.get(&format!("{}/deliveries", place(made))).await.expect(200)["items"].as_array().unwrap().clone()
}

on_both! {
    async fn an_organizations_program_learns_of_its_pledge_signed_and_only_what_it_asked_for(db: TestDb) {
        let (app, receiver) = (start(db).await, Receiver::start(PUBLIC).await);
        let (ada, rival) = (app.person("ada").await, app.person("rival").await);
        market::organization(&ada, "acme").await;
        market::organization(&rival, "rivals").await;
        let made = hook(&ada, &receiver, &["pledge.*"]).await;
        let deaf = hook(&ada, &receiver, &["swarm.called"]).await;
        let theirs = rival.post("/api/v1/organizations/rivals/webhooks", json!({"url": receiver.url()})).await.expect(201);
        let secret = made["secret"].as_str().unwrap();
        assert!(secret.starts_with("whsec_") && secret.len() == 50, "{secret}");
        let pledge = activate_pledge(&ada).await;
        assert!(receiver.take().is_empty(), "nothing leaves before a worker sends it");
        app.run_jobs().await;

        let [got] = receiver.take().try_into().expect("one message");
        assert_eq!(verified(&got, secret), Some(0));
        assert_eq!(verified(&got, deaf["secret"].as_str().unwrap()), None);
        assert_eq!(got.header("content-type"), "application/json");
        let now: DateTime<Utc> = app.clock.now().into();
        assert_eq!(got.header("webhook-timestamp"), now.timestamp().to_string());
        let body = got.json();
        assert_eq!((body["type"].as_str(), body["timestamp"].as_str()), (Some("pledge.activated"), Some("2026-11-22T09:00:00Z")));
        assert_eq!((body["data"]["id"].as_str(), body["data"]["status"].as_str(), body["data"]["organization"].as_str()),
            (Some(pledge.as_str()), Some("active"), Some("acme")));

        let [delivery] = deliveries(&ada, &made).await.try_into().unwrap();
        assert_eq!((delivery["status"].as_str(), delivery["attempts"].as_i64(), delivery["response_code"].as_i64(), delivery["response_excerpt"].as_str()),
            (Some("delivered"), Some(1), Some(200), Some("ok")));
        assert_eq!(delivery["webhook_id"].as_str(), Some(got.header("webhook-id")));
        assert!(deliveries(&ada, &deaf).await.is_empty());
        let none = rival.get(&format!("/api/v1/organizations/rivals/webhooks/{}/deliveries", theirs["id"].as_str().unwrap())).await.expect(200);
        assert_eq!(none["items"], json!([]));
        let shown = ada.get(&place(&made)).await.expect(200);
        assert!(shown.get("secret").is_none(), "{shown}");
        let listed = ada.get(WEBHOOKS).await.expect(200);
        assert!(listed["items"].as_array().unwrap().len() == 2 && !listed.to_string().contains("whsec_"), "{listed}");
        app.stop().await;
    }

    async fn everybody_hears_of_public_needs_and_nobody_of_vetted_ones(db: TestDb) {
        let (app, receiver) = (start(db).await, Receiver::start(PUBLIC).await);
        let (ada, lead, coordinator) = (app.person("ada").await, app.person("lead").await, app.coordinator().await);
        market::organization(&ada, "acme").await;
        hook(&ada, &receiver, &["need.opened"]).await;
        market::project(&lead, &coordinator, "parser", json!({})).await;
        let need = crate::seed::open_need(&lead, "parser", "Fuzz the parser", json!({})).await;
        crate::seed::open_need(&lead, "parser", "A hidden hole", json!({"visibility": "vetted"})).await;
        app.run_jobs().await;
        let [got] = receiver.take().try_into().expect("one message");
        assert_eq!((got.json()["data"]["id"].as_str(), got.json()["data"]["project"]["slug"].as_str()), (Some(need.as_str()), Some("parser")));
        app.stop().await;
    }

    async fn hearing_the_same_news_again_sends_nothing_twice(db: TestDb) {
        let (app, receiver) = (start(db).await, Receiver::start(PUBLIC).await);
        let ada = app.person("ada").await;
        market::organization(&ada, "acme").await;
        let made = hook(&ada, &receiver, &[]).await;
        let news = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "at": "2026-11-22T09:00:00Z", "topic": "swarm.called", "title": "x", "path": "/x",
            "data": {}, "by": null, "accounts": [], "maintainers_of": [], "managers_of": [], "webhooks_of": [], "public": true});
        for _ in 0..2 {
            let (ctx, news) = (app.ctx.clone(), outbox::read_news(news.clone()).unwrap());
            app.ctx.store().write(move |conn| webhooks::hear(conn, &ctx, &news)).await.unwrap();
        }
        app.run_jobs().await;
        assert_eq!((receiver.take().len(), deliveries(&ada, &made).await.len()), (1, 1));
        app.stop().await;
    }

    async fn for_a_day_after_a_rotation_both_secrets_are_right(db: TestDb) {
        let (app, receiver) = (start(db).await, Receiver::start(PUBLIC).await);
        let ada = app.person("ada").await;
        market::organization(&ada, "acme").await;
        let made = hook(&ada, &receiver, &["pledge.activated"]).await;
        let rotated = ada.act(&format!("{}/rotate-secret", place(&made))).await.expect(200);
        let (old, new) = (made["secret"].as_str().unwrap(), rotated["secret"].as_str().unwrap());
        assert_ne!(old, new);
        assert_eq!(rotated["previous_secret_until"].as_str(), Some("2026-11-23T09:00:00Z"));
        activate_pledge(&ada).await;
        app.run_jobs().await;
        let [got] = receiver.take().try_into().unwrap();
        assert_eq!((verified(&got, new), verified(&got, old)), (Some(0), Some(1)));
        app.clock.advance(TimeDelta::hours(24));
        let ada = app.sign_in("ada@example.org", "ada").await;
        activate_pledge(&ada).await;
        app.run_jobs().await;
        let [got] = receiver.take().try_into().unwrap();
        assert_eq!((verified(&got, new), verified(&got, old)), (Some(0), None));
        app.stop().await;
    }

    async fn a_receiver_that_is_away_for_three_days_is_given_up_and_what_it_missed_can_be_replayed(db: TestDb) {
        let (app, receiver) = (start(db).await, Receiver::start(PUBLIC).await);
        let ada = app.person("ada").await;
        market::organization(&ada, "acme").await;
        app.person("bob").await;
        market::join(&app, "acme", "bob", OrganizationRole::Manager).await;
        let made = hook(&ada, &receiver, &["pledge.activated"]).await;
        receiver.answers(503, &format!("\r\n{}", "sorry ".repeat(200)));
        activate_pledge(&ada).await;
        app.run_jobs().await;
        app.mailbox.take();
        let (mut tries, mut waits) = (receiver.take(), Vec::new());
        let began = app.clock.now();
        loop {
            let ada = app.sign_in("ada@example.org", "ada").await;
            let [delivery] = deliveries(&ada, &made).await.try_into().unwrap();
            assert_eq!((delivery["attempts"].as_u64(), delivery["response_code"].as_i64()), (Some(u64::try_from(tries.len()).unwrap()), Some(503)));
            assert_eq!(delivery["response_excerpt"].as_str().unwrap().len(), 299, "an excerpt, no more");
            if delivery["status"] == "failed" {
                break;
            }
            let next: DateTime<Utc> = delivery["next_attempt_at"].as_str().unwrap().parse().unwrap();
            let pause = next - DateTime::<Utc>::from(app.clock.now());
            waits.push(pause.num_seconds());
            app.clock.advance(pause - TimeDelta::milliseconds(1));
            app.run_jobs().await;
            assert!(receiver.take().is_empty(), "not before its time");
            app.clock.advance(TimeDelta::milliseconds(1));
            app.run_jobs().await;
            tries.extend(receiver.take());
        }
        assert_eq!(tries.len(), 10, "{waits:?}");
        assert!(app.clock.now() - began >= TimeDelta::days(3));
        assert!(tries.iter().all(|one| one.body == tries[0].body && one.header("webhook-id") == tries[0].header("webhook-id")), "a repeat is the same");
        assert!(tries.iter().all(|one| verified(one, made["secret"].as_str().unwrap()) == Some(0)), "each is signed anew");

        let ada = app.sign_in("ada@example.org", "ada").await;
        let given_up = ada.get(&place(&made)).await;
        assert_eq!((given_up.json["status"].as_str(), given_up.json["failing_since"].as_str()), (Some("disabled"), Some("2026-11-22T09:00:00Z")));
        app.run_jobs().await;
        let letters: Vec<_> = app.mailbox.take().into_iter().filter(|mail| mail.subject.as_str().contains("webhook")).collect();
        assert_eq!(letters.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["ada@example.org"], "owners alone");
        assert!(letters[0].text.contains(PUBLIC) && !letters[0].text.contains("/hook\n"), "{}", letters[0].text);
        activate_pledge(&ada).await;
        app.run_jobs().await;
        assert!(receiver.take().is_empty(), "a disabled webhook is not called");

        let missed = deliveries(&ada, &made).await[0]["id"].as_str().unwrap().to_owned();
        let again = format!("{}/deliveries/{missed}/replay", place(&made));
        ada.act(&again).await.problem(409, "webhook.not_active");
        receiver.answers(200, "\r\n");
        let active = ada.patch(&place(&made), json!({"status": "active"})).await.expect(200);
        assert_eq!((active["status"].as_str(), &active["failing_since"]), (Some("active"), &Value::Null));
        ada.act(&again).await.expect(202);
        ada.act(&again).await.problem(409, "webhook.delivery_pending");
        app.run_jobs().await;
        let [replayed] = receiver.take().try_into().unwrap();
        assert_eq!((replayed.header("webhook-id"), &replayed.body), (tries[0].header("webhook-id"), &tries[0].body));
        let delivery = deliveries(&ada, &made).await.remove(0);
        assert_eq!((delivery["status"].as_str(), delivery["attempts"].as_i64()), (Some("delivered"), Some(11)));
        app.clock.advance(TimeDelta::days(31));
        assert_eq!(webhooks::prune_deliveries(&app.ctx).await.unwrap(), 1);
        app.stop().await;
    }

    async fn one_success_gives_all_the_patience_back(db: TestDb) {
        let (app, receiver) = (start(db).await, Receiver::start(PUBLIC).await);
        let ada = app.person("ada").await;
        market::organization(&ada, "acme").await;
        let made = hook(&ada, &receiver, &["pledge.activated"]).await;
        receiver.answers_next(302, "Location: http://127.0.0.1/elsewhere\r\n\r\n");
        receiver.answers_next(429, "Retry-After: 600\r\n\r\n");
        activate_pledge(&ada).await;
        app.run_jobs().await;
        let redirected = deliveries(&ada, &made).await.remove(0);
        assert_eq!((redirected["status"].as_str(), redirected["response_code"].as_i64()), (Some("pending"), Some(302)), "redirects are not followed");
        assert!(ada.get(&place(&made)).await.json["failing_since"].is_string());
        app.clock.advance(TimeDelta::seconds(6));
        app.run_jobs().await;
        let asked = deliveries(&ada, &made).await.remove(0);
        let next: DateTime<Utc> = asked["next_attempt_at"].as_str().unwrap().parse().unwrap();
        let pause = (next - DateTime::<Utc>::from(app.clock.now())).num_seconds();
        assert!((600..=660).contains(&pause), "the receiver's own wish counts: {pause}");
        app.clock.advance(TimeDelta::seconds(660));
        app.run_jobs().await;
        assert_eq!(deliveries(&ada, &made).await[0]["status"], "delivered");
        assert_eq!(ada.get(&place(&made)).await.json["failing_since"], Value::Null);
        app.stop().await;
    }

    async fn a_receiver_that_is_gone_is_left_alone_at_once(db: TestDb) {
        let (app, receiver) = (start(db).await, Receiver::start(PUBLIC).await);
        let ada = app.person("ada").await;
        market::organization(&ada, "acme").await;
        let made = hook(&ada, &receiver, &[]).await;
        receiver.answers(410, "\r\n");
        activate_pledge(&ada).await;
        app.run_jobs().await;
        assert_eq!(ada.get(&place(&made)).await.json["status"], "disabled");
        assert!(app.mailbox.messages().iter().any(|mail| mail.text.contains("wants no more")), "{:?}", app.mailbox.messages());
        app.stop().await;
    }

    async fn only_managers_handle_webhooks_and_bad_ones_are_refused(db: TestDb) {
        let (app, receiver) = (start(db).await, Receiver::start(PUBLIC).await);
        let (ada, bob, carol, rival) = (app.person("ada").await, app.person("bob").await, app.person("carol").await, app.person("rival").await);
        market::organization(&ada, "acme").await;
        market::organization(&rival, "rivals").await;
        market::join(&app, "acme", "bob", OrganizationRole::Manager).await;
        market::join(&app, "acme", "carol", OrganizationRole::Member).await;
        let made = hook(&bob, &receiver, &[]).await;
        for other in [&carol, &rival] {
            other.get(WEBHOOKS).await.problem(403, "forbidden");
            other.get(&place(&made)).await.problem(403, "forbidden");
            other.post(WEBHOOKS, json!({"url": receiver.url()})).await.problem(403, "forbidden");
        }
        app.anonymous().get(WEBHOOKS).await.problem(401, "auth.required");
        let theirs = rival.post("/api/v1/organizations/rivals/webhooks", json!({"url": receiver.url()})).await.expect(201);
        ada.get(&format!("{WEBHOOKS}/{}", theirs["id"].as_str().unwrap())).await.problem(404, "not_found");

        let good = json!({"url": receiver.url(), "topics": ["pledge.*", "need.opened"]});
        for (change, fault) in [
            (json!({"url": "ftp://example.org/x"}), "/url invalid_url"),
            (json!({"url": "http://127.0.0.1/x"}), "/url invalid_url"),
            (json!({"url": "http://169.254.169.254/latest"}), "/url invalid_url"),
            (json!({"url": "http://[::1]/x"}), "/url invalid_url"),
            (json!({"url": "https://u:p@example.org/x"}), "/url invalid_url"),
            (json!({"url": "https://example.org/x#y"}), "/url invalid_url"),
            (json!({"url": "x"}), "/url invalid_url"),
            (json!({"url": format!("https://example.org/{}", "x".repeat(500))}), "/url too_long"),
            (json!({"topics": ["pledge.made_up"]}), "/topics/0 unknown_topic"),
            (json!({"topics": ["pledge.*", "*"]}), "/topics/1 unknown_topic"),
            (json!({"description": "x".repeat(501)}), "/description too_long"),
        ] {
            assert_eq!(ada.post(WEBHOOKS, but(good.clone(), &change)).await.faults(), [fault], "{change}");
        }
        assert_eq!(ada.patch(&place(&made), json!({"status": "disabled"})).await.faults(), ["/status not_settable"]);
        let stale = ada.send(Method::PATCH, &place(&made), &[("if-match", "\"7-x\"")], Some("{}".to_owned())).await;
        stale.problem(412, "precondition.stale");
        let absent = ada.send(Method::PATCH, &place(&made), &[], Some("{}".to_owned())).await;
        absent.problem(428, "precondition.required");
        for _ in 1..20 {
            ada.post(WEBHOOKS, good.clone()).await.expect(201);
        }
        ada.post(WEBHOOKS, good).await.problem(409, "webhook.too_many");

        ada.patch(&place(&made), json!({"status": "paused", "description": "rests"})).await.expect(200);
        ada.send(Method::DELETE, &place(&made), &[("if-match", "*")], None).await.expect(204);
        ada.get(&place(&made)).await.problem(404, "not_found");
        ada.act(&format!("{}/rotate-secret", place(&made))).await.problem(404, "not_found");
        app.stop().await;
    }
}

#[tokio::test]
async fn plain_http_is_refused_unless_it_is_configured() {
    let app = TestApp::start(TestDb::sqlite()).await;
    let ada = app.person("ada").await;
    market::organization(&ada, "acme").await;
    assert_eq!(ada.post(WEBHOOKS, json!({"url": "http://hooks.example.org/x"})).await.faults(), ["/url invalid_url"]);
    ada.post(WEBHOOKS, json!({"url": "https://hooks.example.org/x"})).await.expect(201);
    app.stop().await;
}
