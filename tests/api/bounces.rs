//! Mail that comes back: what a server refuses at once, and what one reports later.

use crate::app::TestApp;
use crate::client::Client;
use crate::db::on_both;
use crate::notifications::tell;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use mainstay::kernel::{Email, PlatformRole, Topic};
use serde_json::{Value, json};
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

/// `mainstay mail bounce` over this database, with the master key of the tests.
fn bounce(db_url: &str, message: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_mainstay"))
        .current_dir(folder.path())
        .env("DATABASE_URL", db_url)
        .env("MAINSTAY_SECRETS__MASTER_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
        .args(["mail", "bounce"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    program.stdin.take().unwrap().write_all(message.as_bytes()).unwrap();
    program.wait_with_output().unwrap()
}

/// How a server tells that it could not bring the mail with this head.
fn report(to: &str, action: &str, status: &str, head: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mx.example.net\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"cut\"\n\n--cut\n\
         Content-Type: text/plain\n\nYour mail could not be brought.\n\n--cut\nContent-Type: message/delivery-status\n\n\
         Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822; {to}\nAction: {action}\nStatus: {status}\n\
         Diagnostic-Code: smtp; 550 {status} <{to}>: User unknown\n\n--cut\nContent-Type: text/rfc822-headers\n\n{head}\n--cut--\n"
    )
}

/// The head of the newest mail to this address, as it went out.
fn head(app: &TestApp, to: &str) -> String {
    let sources = app.mailbox.sources();
    let wanted = format!("To: {to}\r\n");
    let source = sources.iter().rfind(|source| source.contains(&wanted)).unwrap();
    source.split("\r\n\r\n").next().unwrap().replace("\r\n", "\n")
}

async fn forgot(app: &TestApp, email: &str) {
    app.anonymous().post("/api/v1/auth/password/forgot", json!({"email": email})).await.expect(202);
    app.run_jobs().await;
}

async fn told(who: &Client) -> (Value, Value) {
    let me = who.get("/api/v1/me").await.expect(200);
    (me["email_undeliverable_since"].clone(), me["email_undeliverable_why"].clone())
}

async fn in_the_log(admin: &Client) -> usize {
    let log = admin.get("/api/v1/admin/audit?kind=credentials&action=address_undeliverable").await.expect(200);
    log["items"].as_array().unwrap().len()
}

const NOTHING: (Value, Value) = (Value::Null, Value::Null);

on_both! {
    async fn an_address_that_a_server_refuses_is_shown_until_it_is_proven_again(db: TestDb) {
        let app = TestApp::start(db).await;
        let admin = app.person_with("chief", &[PlatformRole::Admin]).await;
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        app.run_jobs().await;
        assert_eq!(told(&ada).await, NOTHING);
        app.mailbox.fail_next(false);
        forgot(&app, "ada@example.org").await;
        assert_eq!(told(&ada).await, (json!("2026-11-22T09:00:00Z"), json!("told to fail")));
        assert_eq!((told(&bob).await, in_the_log(&admin).await), (NOTHING, 1));
        assert_eq!(ada.get("/api/v1/me/export").await.expect(200)["account"]["undeliverable_why"], "told to fail");
        let dead = admin.get("/api/v1/admin/jobs?kind=send_mail").await.expect(200);
        assert_eq!(dead["items"].as_array().unwrap().len(), 1);
        // Once more tells the log nothing new; what must arrive is sent all the same, and its link proves the address.
        app.mailbox.fail_next(false);
        forgot(&app, "ada@example.org").await;
        assert_eq!(in_the_log(&admin).await, 1);
        app.mailbox.take();
        forgot(&app, "ada@example.org").await;
        let mail = app.mailbox.to(&Email::parse("ada@example.org").unwrap()).pop().unwrap();
        let token = mail.text.split_whitespace().find(|word| word.starts_with("mst_reset")).unwrap().to_owned();
        let reset = json!({"token": token, "new_password": "another long passphrase"});
        app.anonymous().post("/api/v1/auth/password/reset", reset).await.expect(200);
        let log_in = json!({"email": "ada@example.org", "password": "another long passphrase"});
        let tokens = app.anonymous().post("/api/v1/auth/login", log_in).await.expect(200);
        assert_eq!(told(&app.anonymous().with_token(tokens["access_token"].as_str().unwrap(), "ada")).await, NOTHING);
        // A refusal that another try may mend says nothing of the address.
        app.mailbox.fail_next(true);
        forgot(&app, "bob@example.org").await;
        assert_eq!(told(&bob).await, NOTHING);
        app.stop().await;
    }

    async fn a_report_counts_with_the_receipt_of_the_mail_and_for_its_address_alone(db: TestDb) {
        let url = db.url.clone();
        let app = TestApp::start(db).await;
        let admin = app.person_with("chief", &[PlatformRole::Admin]).await;
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        forgot(&app, "ada@example.org").await;
        let head = head(&app, "ada@example.org");
        let receipt = head.lines().find(|line| line.starts_with("X-Mainstay-Receipt: ")).expect("a receipt").to_owned();
        let id = head.lines().find(|line| line.starts_with("Message-ID: ")).unwrap();
        let name = URL_SAFE_NO_PAD.encode(uuid::Uuid::parse_str(id[13..].split('@').next().unwrap()).unwrap().as_bytes());
        // What came back with the report is somebody's idea of a head; the envelope id is still ours.
        let without_head = |proof: &str| {
            let told = format!("Original-Envelope-Id: {name}.{proof}\nReporting-MTA: ");
            report("ada@example.org", "delayed", "4.4.1", "Subject: x").replacen("Reporting-MTA: ", &told, 1)
        };
        let proof = receipt.trim_start_matches("X-Mainstay-Receipt: ");
        for (what, message, code) in [
            ("by its envelope id", without_head(proof), 0),
            ("with a made-up envelope id", without_head("m1.a52b311a.00"), 1),
            ("no report", "Subject: Away\n\nUntil Monday.\n".to_owned(), 1),
            ("without a receipt", report("ada@example.org", "failed", "5.1.1", &head.replace(&receipt, "X-Other: x")), 1),
            ("with a made-up receipt", report("ada@example.org", "failed", "5.1.1", &head.replace(&receipt, "X-Mainstay-Receipt: m1.a52b311a.00")), 1),
            ("for somebody else", report("bob@example.org", "failed", "5.1.1", &head.replace("To: ada", "To: bob")), 1),
            ("of another mail", report("ada@example.org", "failed", "5.1.1", &head.replace(id, "Message-ID: <01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d@x>")), 1),
            ("late", report("ada@example.org", "delayed", "4.4.1", &head), 0),
            ("taken for spam", report("ada@example.org", "failed", "5.7.1", &head), 0),
            ("too large", report("ada@example.org", "failed", "5.3.4", &head), 0),
        ] {
            let done = bounce(&url, &message);
            assert_eq!(done.status.code(), Some(code), "{what}: {done:?}");
            assert_eq!((told(&ada).await, told(&bob).await), (NOTHING, NOTHING), "{what}");
        }
        // Also when it was led on to another address and came back from there.
        let done = bounce(&url, &report("ada@elsewhere.example", "failed", "5.1.1", &head));
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(done.status.success() && said.starts_with("ada is not reached at "), "{done:?}");
        assert!(!said.contains("ada@"), "{said}");
        let (since, why) = told(&ada).await;
        assert!(since.is_string() && why.as_str().unwrap().contains("5.1.1") && !why.as_str().unwrap().contains("ada@"), "{why}");
        assert_eq!((told(&bob).await, in_the_log(&admin).await), (NOTHING, 1));
        app.stop().await;
    }

    async fn notices_rest_while_nobody_is_reached_and_are_there_to_be_read(db: TestDb) {
        let app = TestApp::start(db).await;
        let ada = app.person("ada").await;
        app.run_jobs().await;
        app.mailbox.fail_next(false);
        forgot(&app, "ada@example.org").await;
        assert!(told(&ada).await.0.is_string());
        app.mailbox.take();
        tell(&app, "ada", Topic::ProposalAccepted, "Your application was accepted.").await;
        assert!(app.mailbox.take().is_empty(), "nobody is there to read it");
        let notices = ada.get("/api/v1/me/notifications").await.expect(200);
        assert_eq!(notices["items"][0]["title"], "Your application was accepted.");
        app.clock.advance(TimeDelta::days(30));
        tell(&app, "ada", Topic::ProposalAccepted, "Another application was accepted.").await;
        assert_eq!(app.mailbox.take().len(), 1, "after 30 days it is tried again");
        app.stop().await;
    }
}
