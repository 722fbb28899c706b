//! Whether a version lies in the affected ranges of an OSV record, by the evaluation algorithm of its specification
//! (ossf.github.io/osv-schema, "Evaluation").

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser::SerializeMap};

use super::versions::{Version, VersionError, VersionOrder};

/// By what the events of a range are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RangeKind {
    /// Semantic versions, whatever the ecosystem.
    #[serde(rename = "SEMVER")]
    SemVer,
    /// The versions of the package's ecosystem.
    #[serde(rename = "ECOSYSTEM")]
    Ecosystem,
    /// Commits, which have no order without their repository.
    #[serde(rename = "GIT")]
    Git,
}

/// What happens at a version, a text as in the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// From here on affected; `0` is before all versions.
    Introduced(String),
    /// From here on no longer.
    Fixed(String),
    /// The last one that is.
    LastAffected(String),
    /// The range says nothing about this version and those after it; `*` is after all versions.
    Limit(String),
}

/// A stretch of versions, by the events at which it begins and ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// By what the events are ordered.
    #[serde(rename = "type")]
    pub kind: RangeKind,
    /// The repository whose commits they are; for [`RangeKind::Git`] alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repo: Option<String>,
    /// In any order.
    pub events: Vec<Event>,
}

/// What a range says of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The version is in it, or is not.
    Known(bool),
    /// The versions have no order that is known here.
    NoOrder,
    /// An event's version cannot be read.
    Unreadable(VersionError),
}

/// A version of the range, or the place before all of them.
enum Bound {
    Zero,
    At(Version),
}

impl Bound {
    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Zero, Self::Zero) => Ordering::Equal,
            (Self::Zero, Self::At(_)) => Ordering::Less,
            (Self::At(_), Self::Zero) => Ordering::Greater,
            (Self::At(left), Self::At(right)) => left.partial_cmp(right).unwrap_or(Ordering::Equal),
        }
    }
}

impl Range {
    /// The order of its versions, in a package of an ecosystem whose order is `ecosystem`.
    pub fn order(&self, ecosystem: Option<VersionOrder>) -> Option<VersionOrder> {
        match self.kind {
            RangeKind::SemVer => Some(VersionOrder::SemVer),
            RangeKind::Ecosystem => ecosystem,
            RangeKind::Git => None,
        }
    }

    /// Whether the range is from the first version to the last, so that no order is needed to tell what lies in it.
    fn is_everything(&self) -> bool {
        self.kind != RangeKind::Git
            && !self.events.is_empty()
            && self.events.iter().all(|event| matches!(event, Event::Introduced(version) if version == "0"))
    }

    /// Whether `version`, read by the range's [`order`](Self::order), is affected.
    ///
    /// Events count in the order of their versions alone: where two share a version the record's own order decides, and
    /// ordering by what happens as well gives wrong answers.
    pub fn judge(&self, version: Option<&Version>, order: Option<VersionOrder>) -> Verdict {
        if self.is_everything() {
            return Verdict::Known(true);
        }
        let (Some(version), Some(order)) = (version, order) else {
            return Verdict::NoOrder;
        };
        self.evaluate(version, order).map_or_else(Verdict::Unreadable, Verdict::Known)
    }

    /// The specification sorts the events and goes through them; the state it ends in is that of the last event which
    /// applies to the version. Looking for that one needs no sorting, and so no order without contradictions: Maven's
    /// has some, at which sorting may panic.
    fn evaluate(&self, version: &Version, order: VersionOrder) -> Result<bool, VersionError> {
        let (mut limited, mut before_a_limit) = (false, false);
        let mut last: Option<(Bound, bool)> = None;
        for event in &self.events {
            let (bound, affected, applies) = match event {
                Event::Limit(text) => {
                    limited = true;
                    before_a_limit |= text == "*" || order.parse(text)? > *version;
                    continue;
                }
                Event::Introduced(text) if text == "0" => (Bound::Zero, true, true),
                Event::Introduced(text) => {
                    let bound = order.parse(text)?;
                    let applies = bound <= *version;
                    (Bound::At(bound), true, applies)
                }
                Event::Fixed(text) => {
                    let bound = order.parse(text)?;
                    let applies = bound <= *version;
                    (Bound::At(bound), false, applies)
                }
                Event::LastAffected(text) => {
                    let bound = order.parse(text)?;
                    let applies = bound < *version;
                    (Bound::At(bound), false, applies)
                }
            };
            if applies && last.as_ref().is_none_or(|(known, _)| bound.compare(known).is_ge()) {
                last = Some((bound, affected));
            }
        }
        Ok((!limited || before_a_limit) && last.is_some_and(|(_, affected)| affected))
    }
}

impl Event {
    fn parts(&self) -> (&'static str, &str) {
        match self {
            Self::Introduced(version) => ("introduced", version),
            Self::Fixed(version) => ("fixed", version),
            Self::LastAffected(version) => ("last_affected", version),
            Self::Limit(version) => ("limit", version),
        }
    }
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (name, version) = self.parts();
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(name, version)?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EventVisitor)
    }
}

struct EventVisitor;

impl<'de> de::Visitor<'de> for EventVisitor {
    type Value = Event;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "an event: an object with one of introduced, fixed, last_affected and limit, whose value is a version",
        )
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Event, A::Error> {
        let mut event = None;
        while let Some(name) = map.next_key::<String>()? {
            let make: fn(String) -> Event = match name.as_str() {
                "introduced" => Event::Introduced,
                "fixed" => Event::Fixed,
                "last_affected" => Event::LastAffected,
                "limit" => Event::Limit,
                _ => {
                    map.next_value::<de::IgnoredAny>()?;
                    continue;
                }
            };
            if event.replace(make(map.next_value()?)).is_some() {
                return Err(de::Error::custom("an event says one thing; write an object for each"));
            }
        }
        event.ok_or_else(|| de::Error::custom("an event without introduced, fixed, last_affected or limit"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(events: &str) -> Range {
        serde_json::from_str(&format!("{{\"type\": \"SEMVER\", \"events\": {events}}}")).unwrap()
    }

    fn affected(events: &str, versions: &[&str]) -> Vec<bool> {
        let judge = |text: &&str| {
            let version = VersionOrder::SemVer.parse(text).unwrap();
            match range(events).judge(Some(&version), Some(VersionOrder::SemVer)) {
                Verdict::Known(affected) => affected,
                other => panic!("{other:?}"),
            }
        };
        versions.iter().map(judge).collect()
    }

    #[test]
    fn events_may_come_in_any_order() {
        let events =
            r#"[{"fixed": "2.0.0"}, {"introduced": "3.0.0"}, {"introduced": "1.0.0"}, {"last_affected": "3.5.0"}]"#;
        let versions = ["0.9.0", "1.0.0", "2.0.0-rc.1", "2.0.0", "3.0.0", "3.5.0", "3.5.1"];
        assert_eq!(affected(events, &versions), [false, true, true, false, true, true, false]);
    }

    #[test]
    fn events_of_one_version_keep_the_order_of_the_record() {
        let again = r#"[{"introduced": "0"}, {"fixed": "1.0.0"}, {"introduced": "1.0.0"}, {"fixed": "2.0.0"}]"#;
        assert_eq!(affected(again, &["0.1.0", "1.0.0", "2.0.0"]), [true, true, false]);
        let never = r#"[{"introduced": "1.0.0"}, {"fixed": "1.0.0"}]"#;
        assert_eq!(affected(never, &["0.1.0", "1.0.0", "2.0.0"]), [false, false, false]);
    }

    #[test]
    fn limits_end_what_the_range_says() {
        let limited = r#"[{"introduced": "0"}, {"limit": "2.0.0"}]"#;
        assert_eq!(affected(limited, &["1.9.9", "2.0.0", "3.0.0"]), [true, false, false]);
        assert_eq!(affected(r#"[{"introduced": "0"}, {"limit": "*"}]"#, &["9.0.0"]), [true]);
        assert_eq!(affected("[]", &["1.0.0"]), [false]);
        assert_eq!(affected(r#"[{"fixed": "1.0.0"}]"#, &["0.1.0"]), [false]);
    }

    #[test]
    fn without_an_order_only_everything_can_be_told() {
        let all = range(r#"[{"introduced": "0"}]"#);
        assert_eq!(all.judge(None, None), Verdict::Known(true));
        assert_eq!(range(r#"[{"introduced": "0"}, {"fixed": "1"}]"#).judge(None, None), Verdict::NoOrder);
        let git: Range =
            serde_json::from_str(r#"{"type": "GIT", "repo": "x", "events": [{"introduced": "0"}]}"#).unwrap();
        assert_eq!((git.order(Some(VersionOrder::SemVer)), git.judge(None, None)), (None, Verdict::NoOrder));
        let version = VersionOrder::SemVer.parse("1").unwrap();
        let verdict = range(r#"[{"introduced": "x"}]"#).judge(Some(&version), Some(VersionOrder::SemVer));
        assert!(matches!(verdict, Verdict::Unreadable(error) if error.to_string().contains("\"x\"")));
    }

    #[test]
    fn events_read_and_write_as_the_schema_has_them() {
        let text = r#"{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.0.0"}]}"#;
        assert_eq!(serde_json::to_string(&serde_json::from_str::<Range>(text).unwrap()).unwrap(), text);
        for wrong in [
            r#"{"type":"SEMVER","events":[{}]}"#,
            r#"{"type":"SEMVER","events":[{"introduced":"0","fixed":"1"}]}"#,
            r#"{"type":"X","events":[]}"#,
        ] {
            assert!(serde_json::from_str::<Range>(wrong).is_err(), "{wrong}");
        }
    }

    proptest::proptest! {
        /// What the specification says, word by word: sort, go through, see where one ends.
        #[test]
        fn the_last_event_that_applies_decides(
            events in proptest::collection::vec((0..3, "[0-3]\\.[0-2](-a)?"), 0..8),
            at in "[0-3]\\.[0-2](-a)?",
        ) {
            let order = VersionOrder::SemVer;
            let events: Vec<Event> = events
                .into_iter()
                .map(|(kind, text)| [Event::Introduced, Event::Fixed, Event::LastAffected][usize::try_from(kind).unwrap()](text))
                .collect();
            let version = order.parse(&at).unwrap();
            let mut sorted: Vec<(Version, &Event)> = events.iter().map(|event| (order.parse(event.parts().1).unwrap(), event)).collect();
            sorted.sort_by(|(left, _), (right, _)| left.partial_cmp(right).unwrap());
            let mut affected = false;
            for (bound, event) in sorted {
                match event {
                    Event::Introduced(_) if version >= bound => affected = true,
                    Event::Fixed(_) if version >= bound => affected = false,
                    Event::LastAffected(_) if version > bound => affected = false,
                    _ => {}
                }
            }
            let range = Range { kind: RangeKind::SemVer, repo: None, events };
            proptest::prop_assert_eq!(range.judge(Some(&version), Some(order)), Verdict::Known(affected));
        }
    }
}
