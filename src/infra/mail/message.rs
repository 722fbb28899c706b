//! One message: parts that can't carry a header of their own making.

use super::{MailError, Sender};
use crate::kernel::{Email, HttpsUrl, Timestamp};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lettre::Address;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, MessageBuilder, MultiPart, SinglePart};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::time::SystemTime;
use uuid::Uuid;

/// The header by which a mail that comes back is known to be ours: servers send its head along.
pub(super) const RECEIPT: &str = "X-Mainstay-Receipt";

/// Characters of an envelope id, at most (RFC 3461, section 4.4).
const MOST_OF_ENVELOPE_ID: usize = 100;

/// Names a message for good: the same on each try, so that a repeat is known as one. With the sender's domain behind it
/// it is the message's `Message-ID` (RFC 5322 section 3.6.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageId(pub Uuid);

impl MessageId {
    /// The name and the receipt in an envelope id of ours.
    pub(super) fn in_envelope_id(text: &str) -> Option<(Self, &str)> {
        let (name, receipt) = text.trim().split_once('.')?;
        let name = URL_SAFE_NO_PAD.decode(name).ok()?;
        Some((Self(Uuid::from_slice(&name).ok()?), receipt))
    }
}

impl From<Uuid> for MessageId {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a message is about: one line of at most 200 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String")]
pub struct Subject(String);

impl Subject {
    /// Most characters of a subject.
    const MOST: usize = 200;

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Subject {
    /// Control characters, line breaks among them, become spaces; a text that is too long is cut and ends in `…`.
    fn from(text: &str) -> Self {
        let line = text.chars().map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c });
        let line: String = line.collect();
        let line = line.trim();
        if line.chars().count() <= Self::MOST {
            return Self(line.to_owned());
        }
        let cut: String = line.chars().take(Self::MOST - 1).collect();
        Self(format!("{}…", cut.trim_end()))
    }
}

impl From<String> for Subject {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

/// One message to one address. Nothing in it can start a header of its own: the address is parsed, the subject is freed of
/// control characters, the rest is fixed. It can be kept (sealed) and sent later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// Its name, the same on each try.
    pub id: MessageId,
    /// Who gets it.
    #[serde(with = "address_text")]
    pub to: Email,
    /// What it is about.
    pub subject: Subject,
    /// The text.
    pub text: String,
    /// The same as HTML, if there is such a form.
    pub html: Option<String>,
    /// Where one click ends mails of this kind (RFC 8058); for digests and the like, never for what must arrive.
    #[serde(default, with = "url_text")]
    pub list_unsubscribe: Option<HttpsUrl>,
    /// What nobody else could have written of this message and this address, for when it comes back; given on sending.
    #[serde(skip)]
    pub receipt: Option<String>,
}

impl Message {
    /// A plain message.
    pub fn new(id: MessageId, to: Email, subject: impl Into<Subject>, text: impl Into<String>) -> Self {
        Self { id, to, subject: subject.into(), text: text.into(), html: None, list_unsubscribe: None, receipt: None }
    }

    /// Adds the HTML form.
    #[must_use]
    pub fn with_html(mut self, html: impl Into<String>) -> Self {
        self.html = Some(html.into());
        self
    }

    /// Adds the address that ends mails of this kind.
    #[must_use]
    pub fn with_unsubscribe(mut self, url: HttpsUrl) -> Self {
        self.list_unsubscribe = Some(url);
        self
    }

    /// What a report of its delivery calls it by (RFC 3461): its name and its receipt, so that a report that brings no head
    /// along is known as well. At most 100 characters, and none that has to be written in another way.
    pub(super) fn envelope_id(&self) -> String {
        let name = URL_SAFE_NO_PAD.encode(self.id.0.as_bytes());
        match &self.receipt {
            Some(receipt) if name.len() + 1 + receipt.len() <= MOST_OF_ENVELOPE_ID => format!("{name}.{receipt}"),
            _ => name,
        }
    }

    /// Puts the message together as it goes out.
    pub(super) fn compose(&self, from: &Sender, now: Timestamp) -> Result<lettre::Message, MailError> {
        let mut builder = lettre::Message::builder()
            .from(Mailbox::new(Some(from.name.to_string()), address(&from.address)?))
            .to(Mailbox::new(None, address(&self.to)?))
            .subject(self.subject.0.as_str())
            .date(SystemTime::from(chrono::DateTime::from(now)))
            .message_id(Some(format!("<{}@{}>", self.id, from.domain())));
        // Keeps vacation answers and other machines from replying (RFC 3834).
        builder = raw(builder, "Auto-Submitted", "auto-generated")?;
        if let Some(receipt) = &self.receipt {
            builder = raw(builder, RECEIPT, receipt)?;
        }
        if let Some(url) = &self.list_unsubscribe {
            builder = raw(builder, "List-Unsubscribe", &format!("<{url}>"))?;
            builder = raw(builder, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click")?;
        }
        let plain = part(ContentType::TEXT_PLAIN, &self.text)?;
        let built = match &self.html {
            None => builder.singlepart(plain),
            Some(html) => builder.multipart(
                MultiPart::alternative()
                    .boundary(self.boundary())
                    .singlepart(plain)
                    .singlepart(part(ContentType::TEXT_HTML, html)?),
            ),
        };
        built.map_err(|e| MailError::new(false, format!("the message could not be put together: {e}")))
    }

    /// Where the parts are cut: the same on each try, and not to be guessed into a text by who writes it.
    fn boundary(&self) -> String {
        let mut hash = Sha256::new();
        for part in [self.id.to_string().as_str(), &self.text, self.html.as_deref().unwrap_or_default()] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        let hash = URL_SAFE_NO_PAD.encode(hash.finalize());
        format!("mainstay-{hash}")
    }
}

fn address(email: &Email) -> Result<Address, MailError> {
    email.as_str().parse().map_err(|e| MailError::new(false, format!("{} can't be mailed to: {e}", email.masked())))
}

fn raw(builder: MessageBuilder, name: &'static str, value: &str) -> Result<MessageBuilder, MailError> {
    let name = HeaderName::new_from_ascii(name.to_owned())
        .map_err(|e| MailError::new(false, format!("the header {name} was refused: {e}")))?;
    Ok(builder.raw_header(HeaderValue::new(name, value.to_owned())))
}

/// Plain text stays as it is, so that a link in a file can be clicked; anything else is quoted-printable. Control characters
/// other than line breaks and tabs have no business in a mail and servers choke on some.
fn part(kind: ContentType, text: &str) -> Result<SinglePart, MailError> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    let body = Body::new_with_encoding(text.clone(), ContentTransferEncoding::SevenBit)
        .or_else(|_too_much| Body::new_with_encoding(text, ContentTransferEncoding::QuotedPrintable))
        .map_err(|_e| MailError::new(false, "the text can't be encoded"))?;
    Ok(SinglePart::builder().header(kind).body(body))
}

/// Parsed again when read, so that what was stored is as safe as what was made.
mod address_text {
    use crate::kernel::Email;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(email: &Email, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(email.as_str())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Email, D::Error> {
        Email::parse(&String::deserialize(from)?).map_err(|fault| D::Error::custom(fault.detail))
    }
}

mod url_text {
    use crate::kernel::HttpsUrl;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer, de::Error as _};

    #[expect(clippy::ref_option, reason = "serde hands the field over like this")]
    pub(super) fn serialize<S: Serializer>(url: &Option<HttpsUrl>, to: S) -> Result<S::Ok, S::Error> {
        url.as_ref().map(HttpsUrl::as_str).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<HttpsUrl>, D::Error> {
        let parse = |text: String| HttpsUrl::parse(&text).map_err(|fault| D::Error::custom(fault.detail));
        Option::<String>::deserialize(from)?.map(parse).transpose()
    }
}
