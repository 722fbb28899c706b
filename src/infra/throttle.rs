//! Slows down whoever guesses secrets: the more often a key failed, the longer it waits. Kept in memory, by each node for
//! itself: it is a brake, not a lock.

use crate::kernel::Timestamp;
use chrono::TimeDelta;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// Keys kept at most; beyond it those that wait for nothing are forgotten.
const MOST_KEYS: usize = 100_000;

/// Who is slowed down.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// Attempts on one account from one network address, so that a guesser elsewhere never slows its owner down. A device
    /// that signed in from there before counts for itself.
    Pair {
        /// Names the account, also one that does not exist.
        account: String,
        /// Where the attempts come from.
        network: IpAddr,
        /// Whether the device is known.
        known: bool,
    },
    /// Attempts on any account from one network address.
    Network(IpAddr),
}

impl Key {
    /// Failures that cost nothing.
    fn free(&self) -> u32 {
        match self {
            Self::Pair { .. } => 5,
            Self::Network(_) => 30,
        }
    }

    /// The longest wait in seconds; short for whole networks, since many people may share one.
    fn longest(&self) -> i64 {
        match self {
            Self::Pair { .. } => 900,
            Self::Network(_) => 60,
        }
    }

    /// The seconds to wait after the last of so many failures: 1, 2, 4, …
    fn delay(&self, failures: u32) -> i64 {
        match failures.checked_sub(self.free()) {
            None | Some(0) => 0,
            Some(over) => 1i64.checked_shl(over.min(20) - 1).unwrap_or(i64::MAX).min(self.longest()),
        }
    }
}

/// After this much quiet a key's failures are forgotten.
const QUIET: TimeDelta = TimeDelta::hours(1);

/// The failures of each key.
#[derive(Debug, Default)]
pub struct Throttle(Mutex<HashMap<Key, (u32, Timestamp)>>);

impl Throttle {
    /// The seconds that this key still has to wait; none when it may try now.
    pub fn wait(&self, key: &Key, now: Timestamp) -> Option<u64> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (failures, last) = *known.get(key)?;
        let left = last + TimeDelta::seconds(key.delay(failures)) - now;
        // A part of a second counts as a whole one.
        (left > TimeDelta::zero()).then(|| u64::try_from(left.num_milliseconds()).unwrap_or(0).div_ceil(1000).max(1))
    }

    /// Counts a failure.
    pub fn failed(&self, key: Key, now: Timestamp) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_KEYS {
            known.retain(|key, (failures, last)| *last + TimeDelta::seconds(key.delay(*failures)) > now);
        }
        let entry = known.entry(key).or_insert((0, now));
        let before = if now - entry.1 > QUIET { 0 } else { entry.0 };
        *entry = (before.saturating_add(1), now);
    }

    /// Forgets the failures of a key that got it right.
    pub fn succeeded(&self, key: &Key) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    fn pair(known: bool) -> Key {
        Key::Pair { account: "ada@example.org".into(), network: Ipv4Addr::LOCALHOST.into(), known }
    }

    #[test]
    fn waits_double_after_the_free_failures_up_to_a_quarter_of_an_hour() {
        let throttle = Throttle::default();
        let mut now: Timestamp = "2026-11-22T09:00:00Z".parse().unwrap();
        let mut waits = Vec::new();
        for _ in 0..18 {
            throttle.failed(pair(false), now);
            let wait = throttle.wait(&pair(false), now).unwrap_or(0);
            waits.push(wait);
            now = now + TimeDelta::seconds(i64::try_from(wait).unwrap());
            assert_eq!(throttle.wait(&pair(false), now), None, "the wait ends");
        }
        assert_eq!(waits, [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
        assert_eq!(throttle.wait(&pair(true), now), None, "a known device counts for itself");
        throttle.failed(pair(false), now);
        throttle.succeeded(&pair(false));
        assert_eq!(throttle.wait(&pair(false), now), None);
    }

    #[test]
    fn quiet_forgets_and_memory_is_bounded() {
        let throttle = Throttle::default();
        let now: Timestamp = "2026-11-22T09:00:00Z".parse().unwrap();
        for _ in 0..10 {
            throttle.failed(pair(false), now);
        }
        let later = now + TimeDelta::minutes(61);
        throttle.failed(pair(false), later);
        assert_eq!(throttle.wait(&pair(false), later), None);
        for n in 0..MOST_KEYS + 10 {
            throttle
                .failed(Key::Pair { account: n.to_string(), network: Ipv4Addr::LOCALHOST.into(), known: false }, now);
        }
        assert!(throttle.0.lock().unwrap().len() <= MOST_KEYS);
    }
}
