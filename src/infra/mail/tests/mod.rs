//! Mail by each transport, and what must not get into it.

mod report;
mod server;

use super::*;
use crate::infra::config::{Flag, Settings, Sources, load};
use crate::kernel::{HttpsUrl, Timestamp};
use server::{Script, Server};
use std::time::Duration;
use uuid::Uuid;

struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        "2026-06-01T12:00:00Z".parse().unwrap()
    }
}

fn settings(flags: &[(&'static str, &str)]) -> Settings {
    let flags = flags.iter().map(|(key, value)| Flag { name: "--test", key, value: (*value).to_owned() }).collect();
    load(&Sources { flags, ..Sources::default() }).unwrap().settings
}

fn mailer(flags: &[(&'static str, &str)]) -> Mailer {
    Mailer::from_settings(&settings(flags).mail, Arc::new(Noon)).unwrap()
}

fn memory() -> (Mailer, Mailbox) {
    let mailer = mailer(&[("mail.transport", "memory"), ("mail.from", "noreply@example.org")]);
    let mailbox = mailer.mailbox().unwrap().clone();
    (mailer, mailbox)
}

fn by_smtp(server: &Server, more: &[(&'static str, &str)]) -> Mailer {
    let port = server.port.to_string();
    let mut flags = vec![
        ("mail.transport", "smtp"),
        ("mail.smtp_host", "127.0.0.1"),
        ("mail.smtp_port", port.as_str()),
        ("mail.smtp_tls", "none"),
        ("mail.from", "noreply@example.org"),
        ("mail.smtp_timeout_seconds", "1"),
    ];
    flags.extend_from_slice(more);
    mailer(&flags)
}

fn message() -> Message {
    let to = Email::parse("Ada@Example.org").unwrap();
    Message::new(
        MessageId(Uuid::from_u128(7)),
        to,
        "Verify your address",
        "Hello Ada,\n\n.\nfollow https://example.org/v?token=abc\n",
    )
}

fn is_header(source: &str, name: &str) -> bool {
    source.split("\r\n\r\n").next().unwrap().lines().any(|line| line.to_ascii_lowercase().starts_with(name))
}

#[tokio::test]
async fn a_message_has_the_headers_it_should_have_and_no_others() {
    let (mailer, mailbox) = memory();
    mailer.send(&message()).await.unwrap();
    let expected = "From: Mainstay <noreply@example.org>\r\nTo: Ada@Example.org\r\nSubject: Verify your address\r\n\
        Date: Mon, 01 Jun 2026 12:00:00 +0000\r\nMessage-ID: <00000000-0000-0000-0000-000000000007@example.org>\r\n\
        Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
        Content-Transfer-Encoding: 7bit\r\n\r\nHello Ada,\r\n\r\n.\r\nfollow https://example.org/v?token=abc\r\n\r\n";
    assert_eq!(mailbox.sources(), [expected]);
}

#[tokio::test]
async fn html_stands_beside_the_text_and_one_click_ends_a_digest() {
    let (mailer, mailbox) = memory();
    let url = HttpsUrl::parse("https://example.org/unsubscribe?t=1").unwrap();
    let message = message().with_html("<p>Größe</p>").with_unsubscribe(url);
    mailer.send(&message).await.unwrap();
    mailer.send(&message).await.unwrap();
    let [first, second] = mailbox.sources().try_into().unwrap();
    assert_eq!(first, second, "each try sends the same");
    assert!(
        first.contains("Content-Type: multipart/alternative;")
            && first.contains("Content-Type: text/html; charset=utf-8"),
        "{first}"
    );
    assert!(first.contains("List-Unsubscribe: <https://example.org/unsubscribe?t=1>\r\n"), "{first}");
    assert!(first.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"), "{first}");
    assert!(first.contains("<p>Gr=C3=B6=C3=9Fe</p>"), "{first}");
    assert!(!memory_source(&self::message()).await.contains("List-Unsubscribe"));
}

async fn memory_source(message: &Message) -> String {
    let (mailer, mailbox) = memory();
    mailer.send(message).await.unwrap();
    mailbox.sources().remove(0)
}

#[tokio::test]
async fn no_text_starts_a_header_of_its_own() {
    for evil in [
        "Hi\r\nBcc: victim@example.com",
        "Hi\nBcc: victim@example.com",
        "Hi\rBcc: victim@example.com",
        "Hi\r\n\r\nBcc: victim@example.com",
        "Hi\u{2028}Bcc: victim@example.com",
        "Hi\0Bcc: x",
        "Hi\u{85}Bcc: x",
        "=?utf-8?q?=0D=0ABcc:_victim@example.com?=",
        &format!("{}\r\nBcc: victim@example.com", "long ".repeat(60)),
    ] {
        let mut message = message();
        message.subject = evil.into();
        let source = memory_source(&message).await;
        assert!(!is_header(&source, "bcc"), "{source}");
        assert!(message.subject.as_str().chars().all(|c| !c.is_control()));
        // A mail written into a file or a database comes back no worse.
        let mut kept = serde_json::to_value(&message).unwrap();
        kept["subject"] = evil.into();
        let read: Message = serde_json::from_value(kept.clone()).unwrap();
        assert!(!is_header(&memory_source(&read).await, "bcc"), "{evil:?}");
        kept["to"] = format!("ada@example.org\r\n{evil}").into();
        assert!(serde_json::from_value::<Message>(kept).is_err());
    }
    assert!(Email::parse("ada@example.org>\r\nRCPT TO:<victim@example.com").is_err());
}

#[tokio::test]
async fn texts_of_any_kind_go_out_in_lines_that_servers_take() {
    for text in ["Größe\n", &"x".repeat(5000), "a\0b", "bare\rreturn", "", "…", &"日本語".repeat(500)] {
        let source = memory_source(
            &Message::new(MessageId(Uuid::nil()), message().to, "Überschrift 日本", text).with_html(text),
        )
        .await;
        assert!(source.is_ascii() && source.lines().all(|line| line.len() <= 998), "{text:?}: {source}");
        assert!(!source.contains('\0'), "{text:?}");
        assert!(source.replace("\r\n", "").find(['\r', '\n']).is_none(), "{text:?}: {source:?}");
    }
}

#[test]
fn subjects_are_cut_at_200_characters() {
    let long = Subject::from("é".repeat(300));
    assert_eq!((long.as_str().chars().count(), long.as_str().chars().last()), (200, Some('…')));
    assert_eq!(Subject::from("é".repeat(200)).as_str().chars().last(), Some('é'));
}

#[test]
fn messages_survive_being_kept() {
    let plain = message();
    let full = message().with_html("<b>x</b>").with_unsubscribe(HttpsUrl::parse("https://example.org/u").unwrap());
    for message in [plain, full] {
        let kept = serde_json::to_string(&message).unwrap();
        assert_eq!(serde_json::from_str::<Message>(&kept).unwrap(), message);
    }
    assert!(serde_json::from_str::<Message>(r#"{"id":"x"}"#).is_err());
}

#[tokio::test]
async fn the_mailbox_waits_fails_and_forgets_as_told() {
    let (mailer, mailbox) = memory();
    let ada = message().to;
    mailbox.fail_next(true);
    mailbox.fail_next(false);
    assert!(mailer.send(&message()).await.unwrap_err().transient);
    assert!(!mailer.send(&message()).await.unwrap_err().transient);
    let waiting = tokio::spawn({
        let (mailbox, ada) = (mailbox.clone(), ada.clone());
        async move { mailbox.wait_for(&ada, 2, Duration::from_secs(10)).await }
    });
    mailer.send(&message()).await.unwrap();
    tokio::task::yield_now().await;
    mailer.send(&message()).await.unwrap();
    assert_eq!(waiting.await.unwrap().len(), 2);
    let other = Email::parse("grace@example.org").unwrap();
    assert!(mailbox.wait_for(&other, 1, Duration::from_millis(10)).await.is_empty());
    assert_eq!((mailbox.to(&Email::parse("ADA@example.ORG").unwrap()).len(), mailbox.to(&other).len()), (2, 0));
    assert_eq!((mailbox.take().len(), mailbox.messages().len(), mailbox.sources().len()), (2, 0, 0));
}

#[tokio::test]
async fn files_are_whole_private_and_one_a_message() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("outgoing/mail");
    let mailer = mailer(&[("mail.directory", path.to_str().unwrap())]);
    for id in [7, 7, 8] {
        let sent = mailer.send(&Message { id: MessageId(Uuid::from_u128(id)), ..message() }).await.unwrap();
        assert!(sent.note.ends_with(&format!("00000000000{id}.eml")), "{}", sent.note);
    }
    let mut names: Vec<_> =
        std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["00000000-0000-0000-0000-000000000007.eml", "00000000-0000-0000-0000-000000000008.eml"]);
    let source = std::fs::read_to_string(path.join(&names[0])).unwrap();
    assert!(
        source.starts_with("From: Mainstay <noreply@mainstay.example>\r\n")
            && source.contains("follow https://example.org/v?token=abc")
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path.join(&names[0])), mode(&path)), (0o600, 0o700));
    }
    std::fs::remove_dir_all(&path).unwrap();
    let failure = mailer.send(&message()).await.unwrap_err();
    assert!(failure.transient && failure.detail.contains("outgoing/mail"), "{failure}");
    std::fs::write(&path, "a file where the folder should be").unwrap();
    assert!(
        Mailer::from_settings(&settings(&[("mail.directory", path.to_str().unwrap())]).mail, Arc::new(Noon)).is_err()
    );
}

#[tokio::test]
async fn a_server_gets_the_message_and_its_answer_is_kept_without_the_address() {
    let server = Server::start(&[(".", "250 queued for <Ada@example.org>")]);
    let mailer = by_smtp(&server, &[]);
    let sent = mailer.send(&message()).await.unwrap();
    assert_eq!(sent.note, "250 queued for <A***@Example.org>");
    // The connection is put back by a task of its own.
    tokio::time::sleep(Duration::from_millis(100)).await;
    mailer.send(&message()).await.unwrap();
    mailer.close().await;
    let commands = server.commands();
    assert_eq!(
        commands.iter().filter(|line| *line == "EHLO example.org").count(),
        2,
        "one connection for both, asked twice what it offers: {commands:?}"
    );
    assert!(commands.iter().any(|line| line.starts_with("MAIL FROM:<noreply@example.org>")), "{commands:?}");
    assert!(commands.contains(&"RCPT TO:<Ada@Example.org>".into()), "{commands:?}");
    let [first, second] = server.messages().try_into().unwrap();
    assert_eq!(first, second);
    assert!(first.contains("\n.\nfollow https://example.org/v?token=abc\n"), "a line of one dot arrives: {first}");
}

/// What a server announces that takes requests for reports.
const WITH_DSN: (&str, &str) = ("EHLO", "250-fake.example.org\r\n250-8BITMIME\r\n250-AUTH PLAIN LOGIN\r\n250 dsn");

#[tokio::test]
async fn a_server_that_can_report_is_asked_to() {
    let server = Server::start(&[WITH_DSN]);
    let login = [("mail.smtp_username", "mainstay"), ("mail.smtp_password", "s3cret")];
    let mailer = by_smtp(&server, &login);
    let receipt = format!("m1.0a1b2c3d.{}", "5f".repeat(32));
    let mut plus = message();
    plus.to = Email::parse("ada+a=b@example.org").unwrap();
    plus.receipt = Some(receipt.clone());
    mailer.send(&plus).await.unwrap();
    mailer.send(&message()).await.unwrap();
    mailer.close().await;
    let commands = server.commands();
    let told: Vec<_> = commands.iter().filter(|line| line.starts_with("MAIL") || line.starts_with("RCPT")).collect();
    let envelope_id = format!("AAAAAAAAAAAAAAAAAAAABw.{receipt}");
    assert!(envelope_id.len() <= 100, "{envelope_id}");
    assert_eq!(
        told,
        [
            format!("MAIL FROM:<noreply@example.org> RET=HDRS ENVID={envelope_id}").as_str(),
            "RCPT TO:<ada+a=b@example.org> NOTIFY=FAILURE,DELAY ORCPT=rfc822;ada+2Ba+3Db@example.org",
            "MAIL FROM:<noreply@example.org> RET=HDRS ENVID=AAAAAAAAAAAAAAAAAAAABw",
            "RCPT TO:<Ada@Example.org> NOTIFY=FAILURE,DELAY ORCPT=rfc822;Ada@Example.org",
        ]
    );
    assert_eq!(commands.iter().filter(|line| line.starts_with("AUTH")).count(), 1, "one connection: {commands:?}");
    assert_eq!(server.messages().len(), 2);
}

#[tokio::test]
async fn a_server_that_only_says_that_it_can_report_gets_its_mail_all_the_same() {
    let server = Server::start(&[WITH_DSN, ("RCPT TO:<ADA@EXAMPLE.ORG> NOTIFY", "555 5.5.4 unsupported option")]);
    let mailer = by_smtp(&server, &[]);
    mailer.send(&message()).await.unwrap();
    mailer.send(&message()).await.unwrap();
    let commands = server.commands();
    assert_eq!(commands.iter().filter(|line| line.contains("NOTIFY")).count(), 1, "asked once: {commands:?}");
    assert_eq!(commands.iter().filter(|line| line.starts_with("MAIL")).count(), 3, "{commands:?}");
    assert_eq!(server.messages().len(), 2);
}

#[tokio::test]
async fn a_server_that_hangs_at_goodbye_has_its_mail_all_the_same() {
    let server = Server::start(&[("QUIT", "HANG")]);
    let mailer = by_smtp(&server, &[("mail.smtp_connections", "1")]);
    let (one, other) = (message(), message());
    // Two connections, of which one may wait for the next message.
    let both = futures_util::future::join(mailer.send(&one), mailer.send(&other)).await;
    assert!(both.0.is_ok() && both.1.is_ok(), "{both:?}");
    assert_eq!(server.messages().len(), 2);
}

#[tokio::test]
async fn refusals_weigh_the_same_where_reports_are_asked_for() {
    let cases: [(Script, bool, bool); 5] = [
        (&[WITH_DSN, ("RCPT", "550 5.1.1 no such user")], false, true),
        (&[WITH_DSN, ("RCPT", "501 5.1.3 bad address")], false, true),
        (&[WITH_DSN, ("MAIL", "452 no room")], true, false),
        (&[WITH_DSN, (".", "554 5.7.1 this is spam")], false, false),
        (&[WITH_DSN, ("DATA", "CUT")], true, false),
    ];
    for (script, transient, nobody) in cases {
        let server = Server::start(script);
        let failure = by_smtp(&server, &[]).send(&message()).await.unwrap_err();
        assert_eq!((failure.transient, failure.nobody), (transient, nobody), "{script:?}: {failure}");
    }
}

#[tokio::test]
async fn refusals_of_the_message_are_final_and_everything_else_is_tried_again() {
    let cases: [(Script, bool); 12] = [
        (&[("RCPT", "550 no such user Ada@Example.org")], false),
        (&[("RCPT", "553 not here")], false),
        (&[("MAIL", "501 bad sender")], false),
        (&[(".", "554 this is spam")], false),
        (&[("RCPT", "450 come back, <ada@example.org>")], true),
        (&[("RCPT", "421 going down")], true),
        (&[(".", "451 disk trouble")], true),
        (&[("GREETING", "554 not today")], false),
        (&[("GREETING", "521 no mail here")], true),
        (&[("DATA", "CUT")], true),
        (&[("GREETING", "HANG")], true),
        (&[("RCPT", "nonsense")], true),
    ];
    let running = cases.map(|(script, transient)| async move {
        let server = Server::start(script);
        let failure = by_smtp(&server, &[]).send(&message()).await.unwrap_err();
        assert_eq!(failure.transient, transient, "{script:?}: {failure}");
        assert!(!failure.detail.to_ascii_lowercase().contains("ada@example.org"), "{failure}");
        assert!(failure.to_string().contains(if transient { "worth trying again" } else { "final" }));
    });
    futures_util::future::join_all(running).await;
}

#[tokio::test]
async fn a_server_that_is_not_there_is_tried_again() {
    let mut server = Server::start(&[]);
    server.port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let failure = by_smtp(&server, &[]).send(&message()).await.unwrap_err();
    assert!(failure.transient, "{failure}");
}

#[tokio::test]
async fn signing_in_comes_first_and_its_failure_keeps_the_mail() {
    let login = [("mail.smtp_username", "mainstay"), ("mail.smtp_password", "s3cret")];
    let server = Server::start(&[]);
    by_smtp(&server, &login).send(&message()).await.unwrap();
    assert!(server.commands().iter().any(|line| line.starts_with("AUTH PLAIN ")), "{:?}", server.commands());

    let server = Server::start(&[("AUTH", "535 wrong password")]);
    let failure = by_smtp(&server, &login).send(&message()).await.unwrap_err();
    assert!(failure.transient && failure.detail.contains("535") && !failure.detail.contains("s3cret"), "{failure}");
    assert!(server.messages().is_empty() && !server.commands().iter().any(|line| line.starts_with("MAIL")));
}

#[tokio::test]
async fn a_server_without_tls_gets_nothing_when_tls_is_asked_for() {
    let login = [("mail.smtp_username", "mainstay"), ("mail.smtp_password", "s3cret")];
    for tls in ["starttls", "tls"] {
        let server = Server::start(&[]);
        let mut flags = login.to_vec();
        flags.push(("mail.smtp_tls", tls));
        let failure = by_smtp(&server, &flags).send(&message()).await.unwrap_err();
        assert!(failure.transient, "{failure}");
        let commands = server.commands();
        assert!(!commands.iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")), "{commands:?}");
    }
}

#[test]
fn an_authority_file_that_is_none_is_refused_at_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    let build = |path: &std::path::Path| {
        let flags = [
            ("mail.transport", "smtp"),
            ("mail.smtp_host", "mail.example.org"),
            ("mail.from", "noreply@example.org"),
            ("mail.smtp_ca_file", path.to_str().unwrap()),
        ];
        Mailer::from_settings(&settings(&flags).mail, Arc::new(Noon))
    };
    let refused = |path: &std::path::Path| {
        let failure = build(path).unwrap_err();
        let cause = std::error::Error::source(&failure).unwrap().to_string();
        assert!(cause.contains("mail.smtp_ca_file"), "{cause}");
    };
    refused(&path);
    for content in [
        "",
        "no certificate",
        "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\n",
    ] {
        std::fs::write(&path, content).unwrap();
        refused(&path);
    }
}

#[test]
fn addresses_are_masked_wherever_a_server_repeats_them() {
    let ada = Email::parse("Ada@Example.org").unwrap();
    for (text, clean) in [
        ("550 <ADA@example.org>: ada@EXAMPLE.org unknown", "550 <A***@Example.org>: A***@Example.org unknown"),
        ("250 ok", "250 ok"),
        ("", ""),
        ("größe ada@example.org ß", "größe A***@Example.org ß"),
    ] {
        assert_eq!(mask(text, &ada), clean);
    }
}

#[test]
fn a_mailer_may_be_made_and_dropped_outside_of_a_runtime() {
    let server = Server::start(&[]);
    let mailer = by_smtp(&server, &[]);
    for _ in 0..2 {
        // Connections of a runtime that has ended are noticed and replaced.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(mailer.send(&message())).unwrap();
    }
    drop(mailer);
    assert_eq!(server.messages().len(), 2);
}

#[test]
fn what_is_shown_of_a_mailer_holds_no_secret() {
    let server = Server::start(&[]);
    let mailer = by_smtp(&server, &[("mail.smtp_username", "mainstay"), ("mail.smtp_password", "s3cret")]);
    assert!(!format!("{mailer:?}").contains("s3cret"), "{mailer:?}");
}
