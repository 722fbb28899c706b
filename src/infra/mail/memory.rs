//! Mail that stays in memory, for tests and for looking at what would go out.

use super::{MailError, Message};
use crate::kernel::Email;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// What has been sent; clones look into the same box.
#[derive(Debug, Clone, Default)]
pub struct Mailbox(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    kept: Mutex<Kept>,
    arrived: Notify,
}

#[derive(Debug, Default)]
struct Kept {
    messages: Vec<Message>,
    sources: Vec<String>,
    failures: VecDeque<MailError>,
}

impl Mailbox {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every message so far, repeats included, oldest first.
    pub fn messages(&self) -> Vec<Message> {
        self.kept().messages.clone()
    }

    /// The same in the form in which they went out (RFC 5322).
    pub fn sources(&self) -> Vec<String> {
        self.kept().sources.clone()
    }

    /// Every message to this address, oldest first; addresses are compared without regard to case.
    pub fn to(&self, address: &Email) -> Vec<Message> {
        let wanted = address.folded();
        self.kept().messages.iter().filter(|message| message.to.folded() == wanted).cloned().collect()
    }

    /// Takes all messages out.
    pub fn take(&self) -> Vec<Message> {
        let mut kept = self.kept();
        kept.sources.clear();
        std::mem::take(&mut kept.messages)
    }

    /// Waits until this many messages to the address are there, at most so long, and gives what is there then.
    pub async fn wait_for(&self, address: &Email, count: usize, longest: Duration) -> Vec<Message> {
        let enough = async {
            loop {
                // Asked for before looking, so that an arrival in between is not missed.
                let arrived = self.0.arrived.notified();
                if self.to(address).len() >= count {
                    return;
                }
                arrived.await;
            }
        };
        // Too late shows in what is there.
        let _ = tokio::time::timeout(longest, enough).await;
        self.to(address)
    }

    /// Makes the next send fail, once for each call; for good as if nobody were reached at the address.
    pub fn fail_next(&self, transient: bool) {
        let failure = MailError { nobody: !transient, ..MailError::new(transient, "told to fail") };
        self.kept().failures.push_back(failure);
    }

    pub(super) fn receive(&self, message: &Message, source: &[u8]) -> Result<String, MailError> {
        {
            let mut kept = self.kept();
            if let Some(failure) = kept.failures.pop_front() {
                return Err(failure);
            }
            kept.messages.push(message.clone());
            kept.sources.push(String::from_utf8_lossy(source).into_owned());
        }
        self.0.arrived.notify_waiters();
        Ok("kept in memory".into())
    }
}
