//! Outgoing mail: one message to one address, over SMTP, into files, or into memory for tests.
//!
//! Sending is at least once: who retries gives the same [`MessageId`] again, so that the receiving side can tell a repeat.

mod file;
mod memory;
mod message;
pub mod report;
mod smtp;

pub use memory::Mailbox;
pub use message::{Message, MessageId, Subject};

use crate::infra::config::{self, MailTransport};
use crate::kernel::{Clock, Email, Error, Line, Result, problems};
use std::fmt;
use std::sync::Arc;

/// Who the mail is from.
#[derive(Debug, Clone)]
pub struct Sender {
    /// The name shown, e.g. `Mainstay`.
    pub name: Line,
    /// The address, which bounces go to as well.
    pub address: Email,
}

impl Sender {
    /// The domain of the address, which also names our messages.
    fn domain(&self) -> &str {
        self.address.as_str().rsplit_once('@').map_or("localhost", |(_, domain)| domain)
    }
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// What the transport said, with addresses masked: the server's answer, or the file's name.
    pub note: String,
}

/// Why a message was not sent.
#[derive(Debug, thiserror::Error)]
#[error("mail was not sent ({}): {detail}", if *.transient { "worth trying again" } else { "final" })]
pub struct MailError {
    /// Whether trying again later makes sense. A refusal of the recipient or of the message is final.
    pub transient: bool,
    /// What went wrong, with addresses masked: for the log and the job's record.
    pub detail: String,
    /// Whether it is the address that is refused, as one at which nobody is reached.
    pub nobody: bool,
}

impl MailError {
    fn new(transient: bool, detail: impl Into<String>) -> Self {
        Self { transient, detail: detail.into(), nobody: false }
    }
}

impl From<MailError> for Error {
    fn from(error: MailError) -> Self {
        if error.transient {
            return Self::unavailable(error);
        }
        // Of a kind that the queue does not try again.
        Self::new(&problems::INVALID, "The mail was refused for good.").with_source(error)
    }
}

/// Sends messages by the transport that the settings name. Clones share it.
#[derive(Clone)]
pub struct Mailer {
    sender: Sender,
    clock: Arc<dyn Clock>,
    transport: Transport,
}

#[derive(Clone)]
enum Transport {
    Smtp(Arc<smtp::Smtp>),
    File(file::Folder),
    Memory(Mailbox),
}

impl Mailer {
    /// The mailer that the settings ask for. Connects to nothing yet; a folder for files is made when it is missing.
    pub fn from_settings(settings: &config::Mail, clock: Arc<dyn Clock>) -> Result<Self> {
        let transport = match settings.transport {
            MailTransport::Smtp => Transport::Smtp(Arc::new(smtp::Smtp::new(settings)?)),
            MailTransport::File => Transport::File(file::Folder::new(&settings.directory)?),
            MailTransport::Memory => Transport::Memory(Mailbox::default()),
        };
        Ok(Self { sender: settings.sender(), clock, transport })
    }

    /// A mailer into memory, and the mailbox to look into.
    pub fn memory(sender: Sender, clock: Arc<dyn Clock>) -> (Self, Mailbox) {
        let mailbox = Mailbox::default();
        (Self { sender, clock, transport: Transport::Memory(mailbox.clone()) }, mailbox)
    }

    /// The mailbox, when mail goes to memory.
    pub fn mailbox(&self) -> Option<&Mailbox> {
        if let Transport::Memory(mailbox) = &self.transport { Some(mailbox) } else { None }
    }

    /// Sends one message; returns once the receiving side has it for good.
    pub async fn send(&self, message: &Message) -> Result<Sent, MailError> {
        let mail = message.compose(&self.sender, self.clock.now())?;
        let sent = match &self.transport {
            Transport::Smtp(smtp) => smtp.send(&mail, &message.envelope_id()).await,
            Transport::File(folder) => folder.send(message.id, mail.formatted()).await,
            Transport::Memory(mailbox) => mailbox.receive(message, &mail.formatted()),
        };
        match sent {
            Ok(note) => Ok(Sent { note: mask(&note, &message.to) }),
            Err(error) => Err(MailError { detail: mask(&error.detail, &message.to), ..error }),
        }
    }

    /// Ends open connections politely; for the end of the process.
    pub async fn close(&self) {
        if let Transport::Smtp(smtp) = &self.transport {
            smtp.close().await;
        }
    }
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let transport = match &self.transport {
            Transport::Smtp(_) => "smtp",
            Transport::File(_) => "file",
            Transport::Memory(_) => "memory",
        };
        f.debug_struct("Mailer").field("sender", &self.sender).field("transport", &transport).finish_non_exhaustive()
    }
}

/// Servers repeat the address in their answers, and answers are logged.
pub(crate) fn mask(text: &str, address: &Email) -> String {
    let found = text.to_ascii_lowercase();
    let (address, masked) = (address.folded(), address.masked());
    let mut clean = String::with_capacity(text.len());
    let mut from = 0;
    for (at, _) in found.match_indices(&address) {
        clean.push_str(text.get(from..at).unwrap_or_default());
        clean.push_str(&masked);
        from = at + address.len();
    }
    clean.push_str(text.get(from..).unwrap_or_default());
    clean
}

#[cfg(test)]
mod tests;
