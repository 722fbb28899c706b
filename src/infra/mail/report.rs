//! Reading what mail servers say of mails that they could not bring (RFC 3464), and which mail of ours they mean.

use super::MessageId;
use super::message::RECEIPT;
use crate::kernel::Email;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Parts of a report that are looked at.
const MOST_PARTS: usize = 20;
/// Receivers of a report that are looked at; our mails have one.
const MOST_RECEIVERS: usize = 20;

/// What is said of one receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The addresses by which the report calls the receiver: the one that the mail went to, and where it was led.
    pub addresses: Vec<Email>,
    /// Whether no server tries any more.
    pub failed: bool,
    /// The class of the failure (RFC 3463), such as `5.1.1`.
    pub status: String,
    /// What the last server said.
    pub said: Option<String>,
}

/// A report, whoever it comes from: anybody can write one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What became of the mail, by receiver.
    pub outcomes: Vec<Outcome>,
    /// The name of the mail that came back, if the report has its head or its envelope id and it is one of ours.
    pub id: Option<MessageId>,
    /// What we gave that mail along to be known by.
    pub receipt: Option<String>,
    /// Whom that mail was written to.
    pub to: Option<Email>,
}

/// The lines of a head, unfolded, with names in lower case; and what comes after it.
fn split(text: &str) -> (Vec<(String, String)>, &str) {
    let (head, body) = match text.strip_prefix('\n') {
        Some(body) => ("", body),
        None => text.split_once("\n\n").unwrap_or((text, "")),
    };
    let mut lines: Vec<(String, String)> = Vec::new();
    for line in head.lines() {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = lines.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            lines.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    (lines, body)
}

fn value<'a>(head: &'a [(String, String)], name: &str) -> Option<&'a str> {
    head.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// A media type in lower case.
fn media_type(head: &[(String, String)]) -> String {
    let whole = value(head, "content-type").unwrap_or("text/plain");
    whole.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// A parameter of the content type, with or without quotation marks.
fn parameter(head: &[(String, String)], name: &str) -> Option<String> {
    let mut rest = value(head, "content-type")?.split_once(';')?.1;
    loop {
        let (key, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let (found, next) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => after.split_once(';').map_or((after, ""), |(found, next)| (found, next)),
        };
        if key.trim().trim_start_matches(';').trim().eq_ignore_ascii_case(name) {
            return Some(found.trim().to_owned());
        }
        rest = next;
    }
}

/// The parts between the boundary's lines.
fn parts<'a>(body: &'a str, boundary: &str) -> Vec<&'a str> {
    let (mut found, mut begun, mut at) = (Vec::new(), None, 0);
    for line in body.split_inclusive('\n') {
        let bare = line.trim_end();
        let rest = bare.strip_prefix("--").and_then(|rest| rest.strip_prefix(boundary));
        if matches!(rest, Some("" | "--")) {
            if let Some(part) = begun.and_then(|begun| body.get(begun..at)) {
                found.push(part);
            }
            begun = (rest == Some("")).then_some(at + line.len());
        }
        at += line.len();
        if found.len() >= MOST_PARTS {
            return found;
        }
    }
    found.extend(begun.and_then(|begun| body.get(begun..)));
    found
}

/// The address of a field such as `rfc822; ada@example.org`.
fn address(field: &str) -> Option<Email> {
    let bare = field.split_once(';').map_or(field, |(_, address)| address).trim();
    let bare = bare.rsplit_once('<').map_or(bare, |(_, inner)| inner).trim_end_matches('>');
    Email::parse(bare.trim()).ok()
}

fn outcome(fields: &[(String, String)]) -> Option<Outcome> {
    let action = value(fields, "action")?;
    let status = value(fields, "status").unwrap_or_default();
    let status = status.split(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    let addresses = ["original-recipient", "final-recipient"].into_iter().filter_map(|name| value(fields, name));
    let said = value(fields, "diagnostic-code").map(|said| said.split_once(';').map_or(said, |(_, said)| said).trim());
    Some(Outcome {
        addresses: addresses.filter_map(address).collect(),
        failed: action.eq_ignore_ascii_case("failed"),
        status: status.to_owned(),
        said: said.map(str::to_owned),
    })
}

impl Report {
    /// Reads a whole message; none when it is no delivery report.
    pub fn read(source: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(source).replace("\r\n", "\n");
        let (head, body) = split(&text);
        if media_type(&head) != "multipart/report" {
            return None;
        }
        let mut report = Self { outcomes: Vec::new(), id: None, receipt: None, to: None };
        let (mut told, mut envelope_id) = (false, None);
        for part in parts(body, &parameter(&head, "boundary")?) {
            let (head, body) = split(part);
            match media_type(&head).as_str() {
                "message/delivery-status" | "message/global-delivery-status" => {
                    told = true;
                    let body = decoded(&head, body);
                    for block in body.split("\n\n").take(MOST_RECEIVERS + 1) {
                        let fields = split(block.trim_start_matches('\n')).0;
                        report.outcomes.extend(outcome(&fields));
                        envelope_id = envelope_id.or_else(|| value(&fields, "original-envelope-id").map(str::to_owned));
                    }
                }
                "message/rfc822"
                | "message/global"
                | "text/rfc822-headers"
                | "message/rfc822-headers"
                | "message/global-headers" => report.take_head(&split(&decoded(&head, body)).0),
                _ => {}
            }
        }
        // Only where the head says less: the receipt is of one name.
        if let (None, Some((id, receipt))) =
            (&report.receipt, envelope_id.as_deref().and_then(MessageId::in_envelope_id))
        {
            (report.id, report.receipt) = (Some(id), Some(receipt.to_owned()));
        }
        told.then_some(report)
    }

    fn take_head(&mut self, head: &[(String, String)]) {
        let id = value(head, "message-id").and_then(|id| id.trim_matches(['<', '>', ' ']).split('@').next());
        self.id = id.and_then(|id| id.parse().ok()).map(MessageId);
        self.receipt = value(head, &RECEIPT.to_ascii_lowercase()).map(|receipt| receipt.split_whitespace().collect());
        self.to = value(head, "to").and_then(address);
    }
}

fn decoded(head: &[(String, String)], body: &str) -> String {
    let encoding = value(head, "content-transfer-encoding").unwrap_or_default();
    if !encoding.eq_ignore_ascii_case("base64") {
        return body.to_owned();
    }
    let packed: String = body.split_whitespace().collect();
    let bytes = STANDARD.decode(packed).unwrap_or_default();
    String::from_utf8_lossy(&bytes).replace("\r\n", "\n")
}

/// Whether a failure of this class (RFC 3463) says that nobody is reached at the address, rather than that this one mail was
/// not wanted, was too large, or that its sender is not trusted.
pub fn means_nobody(status: &str) -> bool {
    let Some(rest) = status.strip_prefix("5.") else { return false };
    let (subject, detail) = rest.split_once('.').unwrap_or((rest, "0"));
    match subject {
        "0" => true,
        // The sender's own address is also of subject 1.
        "1" => !matches!(detail, "7" | "8"),
        "2" => matches!(detail, "0" | "1"),
        "4" => matches!(detail, "3" | "4"),
        _ => false,
    }
}

/// The class of a failure in a server's own words.
pub(super) fn class_in(words: &str) -> Option<&str> {
    let is_class = |word: &&str| {
        let mut numbers = word.split('.');
        let short = |part: Option<&str>| {
            part.is_some_and(|part| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()))
        };
        numbers.next() == Some("5") && short(numbers.next()) && short(numbers.next()) && numbers.next().is_none()
    };
    words.split(|c: char| !(c.is_ascii_digit() || c == '.')).find(is_class)
}
