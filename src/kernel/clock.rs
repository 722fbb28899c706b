//! Time, chance and ids, injected so that tests can hold the clock.

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::borrow::Borrow;
use std::fmt;
use std::ops::{Add, Deref, Sub};
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use utoipa::ToSchema;
use uuid::Uuid;

/// An instant in UTC, cut to the microsecond, which is what both databases keep: it equals itself once read back.
///
/// It reads like chrono's `DateTime<Utc>` and is written as RFC 3339 with `Z`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(from = "DateTime<Utc>", into = "DateTime<Utc>")]
#[schema(value_type = DateTime<Utc>, example = "2026-11-22T09:30:00Z")]
pub struct Timestamp(DateTime<Utc>);

impl From<DateTime<Utc>> for Timestamp {
    fn from(instant: DateTime<Utc>) -> Self {
        Self(instant.trunc_subsecs(6))
    }
}

impl From<Timestamp> for DateTime<Utc> {
    fn from(instant: Timestamp) -> Self {
        instant.0
    }
}

impl Deref for Timestamp {
    type Target = DateTime<Utc>;
    fn deref(&self) -> &DateTime<Utc> {
        &self.0
    }
}

impl Borrow<DateTime<Utc>> for Timestamp {
    fn borrow(&self) -> &DateTime<Utc> {
        &self.0
    }
}

impl Add<TimeDelta> for Timestamp {
    type Output = Self;
    fn add(self, span: TimeDelta) -> Self {
        Self::from(self.0 + span)
    }
}

impl Sub<TimeDelta> for Timestamp {
    type Output = Self;
    fn sub(self, span: TimeDelta) -> Self {
        Self::from(self.0 - span)
    }
}

impl Sub for Timestamp {
    type Output = TimeDelta;
    fn sub(self, earlier: Self) -> TimeDelta {
        self.0 - earlier.0
    }
}

impl FromStr for Timestamp {
    type Err = chrono::ParseError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<DateTime<Utc>>().map(Self::from)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now, cut to the microsecond.
    fn now(&self) -> Timestamp;
}

/// Gives unpredictable bytes.
pub trait Entropy: Send + Sync {
    /// Fills the buffer from a cryptographically secure source.
    fn fill(&self, buffer: &mut [u8]);
}

/// Makes `UUIDv7` ids (RFC 9562 section 5.7) that rise strictly within a process, also while the clock stands still.
#[derive(Clone)]
pub struct Ids {
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    last: Arc<Mutex<(u64, u64)>>,
}

/// Bits of the counter behind the milliseconds: `rand_a` and the upper 30 bits of `rand_b`.
const COUNTER_BITS: u32 = 42;

impl Ids {
    /// A source of ids over this clock and entropy.
    pub fn new(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { clock, entropy, last: Arc::new(Mutex::new((0, 0))) }
    }

    /// A new id of any of the typed kinds.
    pub fn make<T: From<Uuid>>(&self) -> T {
        T::from(self.uuid())
    }

    fn uuid(&self) -> Uuid {
        let mut chance = [0u8; 12];
        self.entropy.fill(&mut chance);
        let (head, tail) = chance.split_at(8);
        // The counter starts in the lower half of its range, so that a burst within a millisecond has room to count.
        let seed = u64::from_be_bytes(head.try_into().unwrap_or_default()) >> (64 - COUNTER_BITS + 1);
        let now = u64::try_from(self.clock.now().timestamp_millis()).unwrap_or(0);
        let (millis, counter) = {
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            *last = match *last {
                (then, count) if then >= now && count + 1 < 1 << COUNTER_BITS => (then, count + 1),
                (then, _) if then >= now => (then + 1, seed),
                _ => (now, seed),
            };
            *last
        };
        let high = (u128::from(millis) & 0xFFFF_FFFF_FFFF) << 80;
        let version = 0x7u128 << 76;
        let rand_a = u128::from(counter >> 30) << 64;
        let variant = 0b10u128 << 62;
        let middle = u128::from(counter & 0x3FFF_FFFF) << 32;
        let low = u128::from(u32::from_be_bytes(tail.try_into().unwrap_or_default()));
        Uuid::from_u128(high | version | rand_a | variant | middle | low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Still;
    impl Clock for Still {
        fn now(&self) -> Timestamp {
            DateTime::from_timestamp_millis(1_790_000_000_123).unwrap().into()
        }
    }
    struct Ones;
    impl Entropy for Ones {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(0xFF);
        }
    }

    #[test]
    fn ids_are_version_7_and_rise_while_the_clock_stands() {
        let ids = Ids::new(Arc::new(Still), Arc::new(Ones));
        let made: Vec<Uuid> = (0..1000).map(|_| ids.make()).collect();
        assert!(made.windows(2).all(|pair| pair[0] < pair[1]));
        for id in made {
            assert_eq!((id.get_version_num(), id.get_variant()), (7, uuid::Variant::RFC4122));
            let (seconds, nanos) = id.get_timestamp().unwrap().to_unix();
            assert_eq!((seconds, nanos), (1_790_000_000, 123_000_000));
        }
    }

    #[test]
    fn instants_are_cut_to_what_the_databases_keep() {
        let instant: Timestamp = "2026-11-22T09:30:00.123456789+01:00".parse().unwrap();
        assert_eq!(instant.to_string(), "2026-11-22T08:30:00.123456Z");
        let json = serde_json::to_string(&instant).unwrap();
        assert_eq!(json, "\"2026-11-22T08:30:00.123456Z\"");
        let read: Timestamp = serde_json::from_str("\"2026-11-22T08:30:00.123456999Z\"").unwrap();
        assert_eq!(read, instant);
        assert_eq!((instant + TimeDelta::nanoseconds(1999)) - instant, TimeDelta::microseconds(1));
    }
}
