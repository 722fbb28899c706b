//! A mail server that is away for an hour, by the test's clock: nothing is lost, and all of it arrives after.

use crate::app::{PASSWORD, TestApp};
use crate::db::{TestDb, on_both};
use crate::smtp::Server;
use chrono::TimeDelta;
use mainstay::app::worker;
use mainstay::features::matching::Matcher;
use mainstay::infra::Ctx;
use mainstay::infra::config::{MailTransport, SmtpTls};
use mainstay::infra::mail::Mailer;
use mainstay::infra::queue::{self, Worker};
use mainstay::kernel::{Clock as _, PlatformRole};
use serde_json::json;
use std::collections::BTreeMap;

/// A port that nobody listens on.
fn closed_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A server whose mail goes to this port.
async fn start(db: TestDb, port: u16) -> (TestApp, Worker<Ctx>) {
    let app = TestApp::start_with(db, |settings| {
        settings.mail.transport = MailTransport::Smtp;
        settings.mail.smtp_host = "127.0.0.1".to_owned();
        settings.mail.smtp_port = port;
        settings.mail.smtp_tls = SmtpTls::None;
        settings.mail.smtp_timeout_seconds = 5;
    })
    .await;
    let mailer = Mailer::from_settings(&app.ctx.settings().mail, app.ctx.clock()).unwrap();
    let worker = worker::queue(&app.ctx, mailer, Matcher::new(&app.ctx));
    (app, worker)
}

async fn register(app: &TestApp, handle: &str) -> String {
    let email = format!("{handle}@mail.example");
    let body = json!({"email": email, "password": PASSWORD, "handle": handle, "display_name": handle});
    let answer = app.anonymous().post("/api/v1/auth/register", body).await;
    assert!(matches!(answer.status, 201 | 202), "{}", answer.text);
    email
}

on_both! {
    async fn what_a_mail_server_refuses_for_good_is_dead_at_once(db: TestDb) {
        let server = Server::start(&[("RCPT", "550 no such user")]);
        let (app, worker) = start(db, server.port).await;
        register(&app, "ada").await;
        let ran = worker.run_due_once(app.clock.now()).await.unwrap();
        assert_eq!((ran.done, ran.failed, ran.dead), (0, 0, 1));
        let admin = app.person_with("chief", &[PlatformRole::Admin]).await;
        let dead = admin.get("/api/v1/admin/jobs").await.expect(200)["items"][0].clone();
        assert_eq!((dead["kind"].as_str(), dead["attempts"].as_i64()), (Some("send_mail"), Some(1)));
        assert!(dead["last_error"].as_str().unwrap().contains("550"), "{dead}");
        assert!(!dead.to_string().contains("ada@"), "{dead}");
        app.stop().await;
    }

    async fn what_a_mail_server_puts_off_comes_again(db: TestDb) {
        let server = Server::start(&[("RCPT", "450 come back")]);
        let (app, worker) = start(db, server.port).await;
        register(&app, "ada").await;
        let ran = worker.run_due_once(app.clock.now()).await.unwrap();
        assert_eq!((ran.done, ran.failed, ran.dead), (0, 1, 0));
        let ran = worker.run_due_once(app.clock.advance(TimeDelta::seconds(5))).await.unwrap();
        assert_eq!((ran.failed, ran.dead), (1, 0));
        app.stop().await;
    }

    async fn a_mail_server_away_for_an_hour_costs_no_letter(db: TestDb) {
        let port = closed_port();
        let (app, worker) = start(db, port).await;
        let mut addresses = Vec::new();
        let mut failed = 0;
        for minute in 0..60 {
            if minute % 3 == 0 {
                addresses.push(register(&app, &format!("person{minute}")).await);
            }
            let ran = worker.run_due_once(app.clock.now()).await.unwrap();
            assert_eq!(ran.dead, 0, "given up after {minute} minutes");
            failed += ran.failed;
            app.clock.advance(TimeDelta::minutes(1));
        }
        assert!(failed > 100, "only {failed} tries: the server was not asked");

        let server = Server::start_at(port, &[]);
        let (mut sent, mut minutes) = (0, 0);
        while sent < addresses.len() {
            assert!(minutes < 90, "{sent} of {} letters after {minutes} minutes", addresses.len());
            let ran = worker.run_due_once(app.clock.now()).await.unwrap();
            assert_eq!((ran.failed, ran.dead, ran.lost), (0, 0, 0));
            sent = server.messages().len();
            minutes += 1;
            app.clock.advance(TimeDelta::minutes(1));
        }
        assert!(server.commands().iter().all(|line| !line.starts_with("AUTH")));
        let mut seen: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for message in server.messages() {
            let header = |name: &str| message.lines().find_map(|line| line.strip_prefix(name)).unwrap().to_owned();
            seen.entry(header("To: ")).or_default().push(header("Message-ID: "));
        }
        assert_eq!(seen.keys().cloned().collect::<Vec<_>>(), { addresses.sort(); addresses });
        assert!(seen.values().all(|ids| ids.len() == 1), "{seen:?}");
        let now = app.clock.now();
        let left = app.ctx.store().read(move |conn| queue::counts(conn, now)).await.unwrap();
        assert_eq!((left.scheduled, left.ready, left.leased, left.dead), (0, 0, 0, 0));
        app.stop().await;
    }
}
