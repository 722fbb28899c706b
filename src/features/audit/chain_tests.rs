use super::*;
use crate::infra::clock::OsEntropy;
use crate::infra::crypto::MasterKey;
use crate::kernel::{AccountId, EntityId};
use std::sync::Arc;
use uuid::Uuid;

fn sealer(byte: u8) -> Sealer {
    use base64::Engine as _;
    let mut key = [byte; 32];
    key[0] = 0;
    let text = base64::engine::general_purpose::STANDARD.encode(key);
    Sealer::new(MasterKey::from_base64(&text.into()).unwrap(), Vec::new(), Arc::new(OsEntropy))
}

fn event(number: u128) -> Event {
    Event {
        id: EventId(Uuid::from_u128(number)),
        machine: "need".to_owned(),
        entity: EntityId(Uuid::from_u128(77)),
        actor: Some(AccountId(Uuid::from_u128(5))),
        from_state: Some("draft".to_owned()),
        to_state: "open".to_owned(),
        reason: None,
        request_id: "a-request".to_owned(),
        at: "2026-11-22T09:00:00.123456Z".parse().unwrap(),
        stamp: None,
        seq: None,
        previous: None,
        link: None,
    }
}

fn blank() -> Head {
    Head { seq: 0, link: String::new(), stamp: String::new() }
}

fn chain(sealer: &Sealer, count: u128) -> (Vec<Event>, Head) {
    let mut head = blank();
    let mut events = Vec::new();
    for number in 1..=count {
        let mut event = event(number);
        event.stamp = Some(stamp(sealer, &event).unwrap());
        let (linked, next) = link(sealer, &head, &event, false).unwrap().unwrap();
        events.push(linked);
        head = next;
    }
    (events, head)
}

fn walk(sealer: &Sealer, events: &[Event], head: Head) -> Vec<(Tampering, Option<i64>)> {
    let mut walk = Verifier::new(sealer, Some(head));
    for event in events {
        match event.seq {
            Some(seq) => walk.chained(event, seq),
            None => walk.loose(event),
        }
    }
    walk.end();
    walk.findings.iter().map(|finding| (finding.kind, finding.seq)).collect()
}

#[test]
fn each_field_is_stamped_and_none_can_be_shifted_into_another() {
    let sealer = sealer(7);
    let good = stamp(&sealer, &event(1)).unwrap();
    let changes: [fn(&mut Event); 10] = [
        |e| e.id = EventId(Uuid::from_u128(2)),
        |e| e.machine = "nee".to_owned(),
        |e| e.entity = EntityId(Uuid::from_u128(78)),
        |e| e.actor = None,
        |e| e.from_state = None,
        |e| e.from_state = Some(String::new()),
        |e| e.to_state = "opened".to_owned(),
        |e| e.reason = Some(String::new()),
        |e| e.request_id = "b-request".to_owned(),
        |e| e.at = "2026-11-22T09:00:00.123457Z".parse().unwrap(),
    ];
    let mut stamps = std::collections::HashSet::from([good]);
    for change in changes {
        let mut other = event(1);
        change(&mut other);
        assert!(stamps.insert(stamp(&sealer, &other).unwrap()), "{other:?}");
    }
    let shifted = |machine: &str, to: &str| {
        stamp(&sealer, &Event { machine: machine.to_owned(), to_state: to.to_owned(), ..event(1) }).unwrap()
    };
    assert_ne!(shifted("ab", "c"), shifted("a", "bc"));
}

#[test]
fn what_was_done_to_a_chain_is_named_with_its_place() {
    use Tampering::{Edited, Head as HeadChanged, Inserted, Moved, Removed, UnknownKey};
    let key = sealer(7);
    let (good, head) = chain(&key, 6);
    assert_eq!(walk(&key, &good, head.clone()), []);
    assert_eq!(walk(&key, &[], blank()), []);

    let mut edited = good.clone();
    edited[2].reason = Some("harmless".to_owned());
    assert_eq!(walk(&key, &edited, head.clone()), [(Edited, Some(3))]);

    let mut removed = good.clone();
    removed.drain(1..3);
    assert_eq!(walk(&key, &removed, head.clone()), [(Removed, Some(2))]);
    assert_eq!(walk(&key, &good[..4], head.clone()), [(Removed, Some(5))]);

    let mut swapped = good.clone();
    let (two, three) = (good[1].clone(), good[2].clone());
    swapped[1] = Event { seq: two.seq, previous: two.previous, link: two.link, ..three.clone() };
    swapped[2] = Event { seq: three.seq, previous: three.previous, link: three.link, ..good[1].clone() };
    assert_eq!(walk(&key, &swapped, head.clone()), [(Moved, Some(2)), (Moved, Some(3))]);

    let mut inserted = good.clone();
    inserted.push(Event { stamp: good[0].stamp.clone(), ..event(9) });
    assert_eq!(walk(&key, &inserted, head.clone()), [(Inserted, None)]);
    inserted[6].stamp = None;
    assert_eq!(walk(&key, &inserted, head.clone()), [(Inserted, None)]);

    let shorter = Head { seq: 4, link: good[3].link.clone().unwrap(), ..head.clone() };
    assert_eq!(walk(&key, &good[..4], shorter), [(HeadChanged, Some(4))]);
    assert_eq!(walk(&key, &good, blank()), [(HeadChanged, Some(0))]);
    let other = walk(&sealer(9), &good[..1], head);
    assert_eq!(other, [(UnknownKey, Some(1)), (UnknownKey, Some(6)), (Removed, Some(2))]);
}

#[test]
fn nothing_without_a_genuine_stamp_is_chained_but_what_is_older_than_the_chain() {
    let key = sealer(7);
    let (_, head) = chain(&key, 1);
    assert_eq!(link(&key, &head, &event(2), false).unwrap(), None);
    let forged = Event { stamp: Some(stamp(&sealer(9), &event(2)).unwrap()), ..event(2) };
    assert_eq!(link(&key, &head, &forged, false).unwrap(), None);
    assert!(link(&key, &blank(), &event(2), true).unwrap().is_some());
}
