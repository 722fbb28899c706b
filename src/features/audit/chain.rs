//! The chain of events: what is stamped, how events are linked, and how tampering shows. Pure but for the keys.

use super::model::{Event, Head};
use crate::infra::crypto::{Sealer, Stamped};
use crate::kernel::{EventId, Result};
use serde::Serialize;

const EVENT: &str = "audit event";
const LINK: &str = "audit link";
const HEAD: &str = "audit head";

/// All fields of an event in one unambiguous form: for each a byte that says whether it is there, its length, its bytes.
fn content(event: &Event) -> Vec<u8> {
    let at = event.at.timestamp_micros().to_string();
    let (id, entity) = (event.id.0, event.entity.0);
    let actor = event.actor.map(|actor| actor.0);
    fields(&[
        Some(id.as_bytes()),
        Some(event.machine.as_bytes()),
        Some(entity.as_bytes()),
        actor.as_ref().map(|actor| actor.as_bytes().as_slice()),
        event.from_state.as_deref().map(str::as_bytes),
        Some(event.to_state.as_bytes()),
        event.reason.as_deref().map(str::as_bytes),
        Some(event.request_id.as_bytes()),
        Some(at.as_bytes()),
    ])
}

fn fields(parts: &[Option<&[u8]>]) -> Vec<u8> {
    let mut whole = Vec::new();
    for part in parts {
        whole.push(u8::from(part.is_some()));
        let bytes = part.unwrap_or_default();
        whole.extend(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        whole.extend(bytes);
    }
    whole
}

fn place(seq: i64, previous: &str, stamp: &str) -> Vec<u8> {
    fields(&[Some(&seq.to_be_bytes()), Some(previous.as_bytes()), Some(stamp.as_bytes())])
}

/// The stamp of an event's content.
pub(super) fn stamp(sealer: &Sealer, event: &Event) -> Result<String> {
    sealer.stamp(EVENT, &content(event))
}

/// The event in its place after the head, and the head that it makes. None when it bears no genuine stamp: it was not written
/// by this program and stays out of the chain. When the chain `begins`, what is older than it is taken in.
pub(super) fn link(sealer: &Sealer, head: &Head, event: &Event, begins: bool) -> Result<Option<(Event, Head)>> {
    let stamp = match &event.stamp {
        None if begins => stamp(sealer, event)?,
        Some(stamp) if sealer.check_stamp(EVENT, &content(event), stamp) == Stamped::Genuine => stamp.clone(),
        _ => return Ok(None),
    };
    let seq = head.seq.saturating_add(1);
    let link = sealer.stamp(LINK, &place(seq, &head.link, &stamp))?;
    let next = Head { seq, stamp: stamp_head(sealer, seq, &link)?, link: link.clone() };
    let linked = Event {
        stamp: Some(stamp),
        seq: Some(seq),
        previous: Some(head.link.clone()),
        link: Some(link),
        ..event.clone()
    };
    Ok(Some((linked, next)))
}

fn stamp_head(sealer: &Sealer, seq: i64, link: &str) -> Result<String> {
    sealer.stamp(HEAD, &fields(&[Some(&seq.to_be_bytes()), Some(link.as_bytes())]))
}

/// How a row was tampered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tampering {
    /// A field is not what was written.
    Edited,
    /// Rows are gone.
    Removed,
    /// The row was not written by this program.
    Inserted,
    /// The row is not in its place.
    Moved,
    /// The head of the chain was changed, or an older state of the database was put back.
    Head,
    /// It can't be told: the row was stamped under a master key that is not configured.
    UnknownKey,
}

/// A row that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was done.
    pub kind: Tampering,
    /// Its place in the chain, if it has one; of the first, where several rows are gone.
    pub seq: Option<i64>,
    /// The row's id, where there is a row.
    pub event: Option<EventId>,
    /// A sentence for people.
    pub detail: String,
}

/// Walks the chain from its beginning.
pub(super) struct Verifier<'a> {
    sealer: &'a Sealer,
    head: Head,
    last: i64,
    /// The link of the last row; none when that row is out of place, so that the row after it isn't blamed.
    link: Option<String>,
    /// What was found so far.
    pub findings: Vec<Finding>,
    /// How many events were looked at.
    pub events: u64,
    /// How many of them are not chained yet.
    pub unchained: u64,
}

impl<'a> Verifier<'a> {
    /// A walk of a chain that has this head, read before its events.
    pub(super) fn new(sealer: &'a Sealer, head: Option<Head>) -> Self {
        let missing = head.is_none();
        let head = head.unwrap_or(Head { seq: 0, link: String::new(), stamp: String::new() });
        let mut walk =
            Self { sealer, head, last: 0, link: Some(String::new()), findings: Vec::new(), events: 0, unchained: 0 };
        if missing {
            walk.find(Tampering::Head, None, None, "The row of the chain's head is gone.".to_owned());
        }
        walk
    }

    fn find(&mut self, kind: Tampering, seq: Option<i64>, event: Option<EventId>, detail: String) {
        self.findings.push(Finding { kind, seq, event, detail });
    }

    /// The next event in the order of the chain.
    pub(super) fn chained(&mut self, event: &Event, seq: i64) {
        self.events += 1;
        let gap = seq > self.last.saturating_add(1);
        if gap {
            self.removed(self.last.saturating_add(1), seq - 1);
        }
        let (previous, link) = (event.previous.clone().unwrap_or_default(), event.link.clone().unwrap_or_default());
        let stamp = event.stamp.clone().unwrap_or_default();
        let content = self.sealer.check_stamp(EVENT, &content(event), &stamp);
        let in_place = self.sealer.check_stamp(LINK, &place(seq, &previous, &stamp), &link);
        let id = Some(event.id);
        match (content, in_place) {
            (Stamped::UnknownKey, _) | (_, Stamped::UnknownKey) => {
                let detail =
                    "It was stamped under a master key that is not configured; add it to secrets.previous_master_keys.";
                self.find(Tampering::UnknownKey, Some(seq), id, detail.to_owned());
            }
            (Stamped::Wrong, Stamped::Genuine) => {
                let detail = format!("A field of event {} is not what was written.", event.id);
                self.find(Tampering::Edited, Some(seq), id, detail);
            }
            (Stamped::Wrong, Stamped::Wrong) => {
                let detail = format!("Event {} was not written by this program, or not so.", event.id);
                self.find(Tampering::Inserted, Some(seq), id, detail);
            }
            (Stamped::Genuine, Stamped::Wrong) => {
                let detail = format!("Event {} does not belong into place {seq}.", event.id);
                self.find(Tampering::Moved, Some(seq), id, detail);
            }
            (Stamped::Genuine, Stamped::Genuine)
                if !gap && self.link.as_ref().is_some_and(|link| *link != previous) =>
            {
                let detail =
                    format!("Event {} does not follow the one before it: one of the two is of another copy.", event.id);
                self.find(Tampering::Moved, Some(seq), id, detail);
            }
            (Stamped::Genuine, Stamped::Genuine) => {}
        }
        (self.last, self.link) = (seq, (in_place == Stamped::Genuine).then_some(link));
    }

    fn removed(&mut self, first: i64, last: i64) {
        let detail = if first == last {
            format!("The event in place {first} is gone.")
        } else {
            format!("The events in the places {first} to {last} are gone.")
        };
        self.find(Tampering::Removed, Some(first), None, detail);
    }

    /// An event that is not chained.
    pub(super) fn loose(&mut self, event: &Event) {
        self.events += 1;
        let genuine = match &event.stamp {
            Some(stamp) => self.sealer.check_stamp(EVENT, &content(event), stamp),
            None if self.head.seq == 0 => Stamped::Genuine,
            None => Stamped::Wrong,
        };
        match genuine {
            Stamped::Genuine => self.unchained += 1,
            Stamped::UnknownKey => {
                let detail =
                    "It was stamped under a master key that is not configured; add it to secrets.previous_master_keys.";
                self.find(Tampering::UnknownKey, None, Some(event.id), detail.to_owned());
            }
            Stamped::Wrong => {
                let detail = format!("Event {} was not written by this program, or not so.", event.id);
                self.find(Tampering::Inserted, None, Some(event.id), detail);
            }
        }
    }

    /// After the last event: whether the end is where the head says.
    pub(super) fn end(&mut self) {
        let (seq, link) = (self.head.seq, self.head.link.clone());
        let blank = seq == 0 && link.is_empty() && self.head.stamp.is_empty();
        let content = fields(&[Some(&seq.to_be_bytes()), Some(link.as_bytes())]);
        match self.sealer.check_stamp(HEAD, &content, &self.head.stamp) {
            Stamped::Genuine => {}
            Stamped::UnknownKey => {
                let detail = "The head of the chain was stamped under a master key that is not configured.".to_owned();
                self.find(Tampering::UnknownKey, Some(seq), None, detail);
            }
            Stamped::Wrong if blank && self.last == 0 => {}
            Stamped::Wrong => {
                self.find(Tampering::Head, Some(seq), None, "The head of the chain was changed.".to_owned());
                return;
            }
        }
        if self.last < seq {
            self.removed(self.last.saturating_add(1), seq);
        }
    }

    /// Where the chain ends: what to note down elsewhere.
    pub(super) fn into_head(self) -> Head {
        self.head
    }
}

#[cfg(test)]
#[path = "chain_tests.rs"]
mod tests;
