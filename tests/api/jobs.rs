//! The queue for administrators: what was given up is seen, tried again or discarded, and what it carried stays hidden.

use crate::app::TestApp;
use crate::db::on_both;
use chrono::TimeDelta;
use mainstay::infra::mail::{Message, MessageId};
use mainstay::infra::outbox;
use mainstay::kernel::{Email, PlatformRole};
use serde_json::{Value, json};

async fn post_mail(app: &TestApp, to: &'static str) {
    let ctx = app.ctx.clone();
    let queued = app.ctx.store().write(move |conn| {
        let message = Message::new(ctx.ids().make::<MessageId>(), Email::parse(to).unwrap(), "News", "A secret link\n");
        outbox::post(conn, &ctx, &message)
    });
    queued.await.unwrap();
}

fn kinds(listed: &Value) -> Vec<(&str, i64, i64, i64)> {
    let row = |row: &Value, state: &str| row[state].as_i64().unwrap();
    let counts = listed["counts"].as_array().unwrap();
    counts
        .iter()
        .map(|one| (one["kind"].as_str().unwrap(), row(one, "scheduled"), row(one, "ready"), row(one, "dead")))
        .collect()
}

/// Two letters that no server takes, as jobs that nobody tries again.
pub(crate) async fn two_letters_given_up(app: &TestApp) {
    app.run_jobs().await;
    app.mailbox.take();
    for to in ["one@example.net", "two@example.net"] {
        app.mailbox.fail_next(false);
        post_mail(app, to).await;
    }
    app.run_jobs().await;
}

on_both! {
    async fn a_refused_mail_is_dead_at_once_and_an_unlucky_one_comes_again(db: TestDb) {
        let app = TestApp::start(db).await;
        let admin = app.person_with("chief", &[PlatformRole::Admin]).await;
        app.run_jobs().await;
        app.mailbox.take();
        app.mailbox.fail_next(false);
        app.mailbox.fail_next(true);
        post_mail(&app, "gone@example.net").await;
        app.run_jobs().await;
        post_mail(&app, "later@example.net").await;
        app.run_jobs().await;
        let listed = admin.get("/api/v1/admin/jobs").await.expect(200);
        assert_eq!(kinds(&listed), [("send_mail", 1, 0, 1)]);
        let dead = &listed["items"][0];
        assert_eq!((dead["kind"].as_str(), dead["attempts"].as_i64()), (Some("send_mail"), Some(1)));
        assert!(dead["last_error"].as_str().unwrap().contains("mail was not sent (final)"), "{dead}");
        assert!(dead.get("payload").is_none() && !listed.to_string().contains("secret"), "{listed}");
        app.clock.advance(TimeDelta::seconds(5));
        app.run_jobs().await;
        assert_eq!(app.mailbox.messages().len(), 1, "what failed for a moment was sent");
        let nothing = admin.get("/api/v1/admin/jobs?kind=spread_news").await.expect(200);
        assert_eq!((kinds(&nothing), nothing["items"].as_array().unwrap().len()), (vec![("send_mail", 0, 0, 1)], 0));
        app.stop().await;
    }

    async fn only_an_administrator_decides_and_the_log_knows(db: TestDb) {
        let app = TestApp::start(db).await;
        let admin = app.person_with("chief", &[PlatformRole::Admin]).await;
        let ada = app.person("ada").await;
        two_letters_given_up(&app).await;
        let listed = admin.get("/api/v1/admin/jobs?limit=1").await.expect(200);
        let cursor = listed["next_cursor"].as_str().unwrap();
        let second = admin.get(&format!("/api/v1/admin/jobs?limit=1&cursor={cursor}")).await.expect(200);
        let id = |page: &Value| page["items"][0]["id"].as_str().unwrap().to_owned();
        let (newer, older) = (id(&listed), id(&second));
        assert_ne!(newer, older);
        assert_eq!(second["next_cursor"], json!(null));
        ada.get("/api/v1/admin/jobs").await.problem(403, "forbidden");
        ada.act(&format!("/api/v1/admin/jobs/{newer}/retry")).await.problem(403, "forbidden");
        app.anonymous().act(&format!("/api/v1/admin/jobs/{newer}/discard")).await.problem(401, "auth.required");
        assert_eq!(admin.get("/api/v1/admin/jobs?kind=").await.faults(), ["?kind wrong_length"]);

        admin.act(&format!("/api/v1/admin/jobs/{newer}/retry")).await.expect(204);
        admin.act(&format!("/api/v1/admin/jobs/{newer}/retry")).await.problem(404, "not_found");
        admin.act(&format!("/api/v1/admin/jobs/{older}/discard")).await.expect(204);
        admin.act(&format!("/api/v1/admin/jobs/{older}/retry")).await.problem(404, "not_found");
        app.run_jobs().await;
        let sent = app.mailbox.take();
        assert_eq!(sent.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["two@example.net"]);
        let log = admin.get("/api/v1/admin/audit?kind=job").await.expect(200);
        let deeds: Vec<_> = log["items"].as_array().unwrap().iter().map(|one| (one["action"].as_str().unwrap(), one["reason"].as_str().unwrap())).collect();
        assert_eq!(deeds, [("discarded", "send_mail"), ("retried", "send_mail")]);
        app.stop().await;
    }
}
