//! Reports in the forms in which servers write them.

use crate::infra::mail::report::{Outcome, Report, class_in, means_nobody};
use crate::infra::mail::{Message, MessageId};
use crate::kernel::Email;

const ID: &str = "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d";

fn report(content_type: &str, status: &str, returned: &str) -> String {
    format!(
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net\nTo: noreply@mainstay.example\nSubject: Undelivered\n\
         MIME-Version: 1.0\nContent-Type: {content_type}\n\nThis is a MIME-encapsulated message.\n\n--x/y=z\n\
         Content-Description: Notification\nContent-Type: text/plain; charset=utf-8\n\nI'm sorry.\n\n--x/y=z\n{status}\n\
         --x/y=z  \n{returned}\n--x/y=z--\n"
    )
}

fn failed(addresses: &[&str], status: &str, said: Option<&str>) -> Outcome {
    Outcome {
        addresses: addresses.iter().map(|text| Email::parse(text).unwrap()).collect(),
        failed: true,
        status: status.to_owned(),
        said: said.map(str::to_owned),
    }
}

#[test]
fn a_report_with_the_whole_mail_is_read() {
    let text = report(
        "multipart/report; report-type=delivery-status;\n\tboundary=\"x/y=z\"",
        "Content-Description: Delivery report\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\
         Arrival-Date: Sat, 28 Nov 2026 10:00:00 +0000 (UTC)\n\nFinal-Recipient: rfc822; moved@other.example\n\
         Original-Recipient: rfc822;Ada@example.org\nAction: failed\nStatus: 5.1.1\nRemote-MTA: dns; inner.example.net\n\
         Diagnostic-Code: smtp; 550 5.1.1 <moved@other.example>: Recipient address rejected:\n    User unknown\n",
        &format!(
            "Content-Description: Undelivered Message\nContent-Type: message/rfc822\n\nFrom: Mainstay <noreply@mainstay.example>\n\
             To: ada@example.org\nMessage-ID: <{ID}@mainstay.example>\nX-Mainstay-Receipt: m1.0a1b2c3d.\n 5f6a\n\nHello Ada\n"
        ),
    );
    for text in [text.clone(), text.replace('\n', "\r\n")] {
        let read = Report::read(text.as_bytes()).unwrap();
        let said = "550 5.1.1 <moved@other.example>: Recipient address rejected: User unknown";
        assert_eq!(read.outcomes, [failed(&["Ada@example.org", "moved@other.example"], "5.1.1", Some(said))]);
        assert_eq!(read.id.unwrap().to_string(), ID);
        assert_eq!(read.receipt.as_deref(), Some("m1.0a1b2c3d.5f6a"));
        assert_eq!(read.to.unwrap().as_str(), "ada@example.org");
    }
}

#[test]
fn a_report_with_the_head_alone_or_packed_is_read() {
    let status = "Reporting-MTA: dns;x\r\n\r\nFinal-Recipient: RFC822; <ada@example.org>\r\nAction: Failed\r\nStatus: 5.4.4 (unroutable)\r\n";
    let packed = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, status);
    let (one, two) = packed.split_at(40);
    let text = report(
        "multipart/report; boundary=x/y=z; report-type=delivery-status",
        &format!("content-type: message/global-delivery-status\nContent-Transfer-Encoding: BASE64\n\n{one}\n{two}\n"),
        &format!(
            "Content-Type: text/rfc822-headers\n\nmessage-id: <{ID}@mainstay.example>\nx-mainstay-receipt: m1.a.b\n"
        ),
    );
    let read = Report::read(text.as_bytes()).unwrap();
    assert_eq!(read.outcomes, [failed(&["ada@example.org"], "5.4.4", None)]);
    assert_eq!((read.id.unwrap().to_string().as_str(), read.receipt.as_deref()), (ID, Some("m1.a.b")));
}

#[test]
fn a_report_without_the_head_is_known_by_its_envelope_id() {
    let mut mail =
        Message::new(MessageId(ID.parse().unwrap()), Email::parse("ada@example.org").unwrap(), "Hello", "Hello\n");
    mail.receipt = Some(format!("m1.0a1b2c3d.{}", "5f".repeat(32)));
    let status = |envelope_id: &str| {
        format!(
            "Content-Type: message/delivery-status\n\nOriginal-Envelope-Id: {envelope_id}\nReporting-MTA: dns; x\n\n\
             Original-Recipient: rfc822;ada@example.org\nFinal-Recipient: rfc822; ada@example.org\nAction: failed\nStatus: 5.1.1\n"
        )
    };
    let read = |status: &str, returned: &str| {
        Report::read(report("multipart/report; boundary=\"x/y=z\"", status, returned).as_bytes()).unwrap()
    };
    let bare = "Content-Type: text/plain\n\nNothing of the mail.\n";
    let known = read(&status(&mail.envelope_id()), bare);
    assert_eq!((known.id.unwrap().to_string(), known.receipt), (ID.to_owned(), mail.receipt.clone()));
    assert_eq!(known.outcomes, [failed(&["ada@example.org", "ada@example.org"], "5.1.1", None)]);
    for foreign in ["", "QQ314159", "a.b", "AAAA.m1.x.y"] {
        let read = read(&status(foreign), bare);
        assert!(read.id.is_none() && read.receipt.is_none(), "{foreign}");
    }
    // Its head, where it is there, says more.
    let head = format!("Content-Type: text/rfc822-headers\n\nMessage-ID: <{ID}@x>\nX-Mainstay-Receipt: m1.a.b\n");
    assert_eq!(read(&status(&mail.envelope_id()), &head).receipt.as_deref(), Some("m1.a.b"));
}

#[test]
fn delays_are_no_failures_and_other_mails_no_reports() {
    let delayed = report(
        "multipart/report; report-type=delivery-status; boundary=\"x/y=z\"",
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; ada@example.org\nAction: delayed\nStatus: 4.4.1\n",
        "Content-Type: text/rfc822-headers\n\nMessage-ID: <no-id-of-ours@x>\n",
    );
    let read = Report::read(delayed.as_bytes()).unwrap();
    assert!(!read.outcomes[0].failed && read.id.is_none() && read.receipt.is_none());
    for text in [
        "",
        "\n",
        "Subject: Away\n\nI am away until Monday.\n",
        "Content-Type: multipart/report\n\n--x\n",
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=x\n\n--x\nContent-Type: message/disposition-notification\n\nDisposition: displayed\n\n--x--\n",
        "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\nAction: failed\n\n--x--\n",
    ] {
        assert_eq!(Report::read(text.as_bytes()), None, "{text}");
    }
    // Cut anywhere, or full of nonsense, it is read or not, and nothing breaks.
    for end in 0..delayed.len() {
        let _ = Report::read(&delayed.as_bytes()[..end]);
    }
    let _ = Report::read(&[0xff, b'\n', b'\n', 0x00]);
}

#[test]
fn the_class_of_a_failure_tells_whose_fault_it_is() {
    for (status, nobody) in [
        ("5.1.1", true),
        ("5.1.2", true),
        ("5.1.10", true),
        ("5.0.0", true),
        ("5.2.1", true),
        ("5.4.4", true),
        ("5.1.7", false),
        ("5.1.8", false),
        ("5.2.2", false),
        ("5.2.3", false),
        ("5.3.4", false),
        ("5.6.1", false),
        ("5.7.1", false),
        ("5.7.26", false),
        ("4.1.1", false),
        ("2.0.0", false),
        ("", false),
    ] {
        assert_eq!(means_nobody(status), nobody, "{status}");
    }
    assert_eq!(class_in("permanent error (550): 5.1.1 <a@b.c>: unknown"), Some("5.1.1"));
    assert_eq!(class_in("550-5.7.26 This mail, from 5.1.9.4, is unauthenticated"), Some("5.7.26"));
    assert_eq!(class_in("550 no such user here at 10.5.1.1"), None);
}
