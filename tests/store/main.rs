//! The store, the change feed and the queue, each test on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests may")]

#[path = "../support/db.rs"]
mod db;
mod feed;
mod groups;
mod migrations;
mod outages;
mod queue;
mod rules;
mod values;
mod worker;
mod writes;

use mainstay::kernel::{Clock, Entropy, Ids, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

/// A clock that tells true spans from a fixed start, and can be put forward.
pub(crate) struct TestClock {
    began: Instant,
    ahead_micros: AtomicI64,
}

impl TestClock {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { began: Instant::now(), ahead_micros: AtomicI64::new(0) })
    }

    pub(crate) fn advance(&self, span: chrono::TimeDelta) {
        self.ahead_micros.fetch_add(span.num_microseconds().unwrap(), Ordering::Relaxed);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        let micros =
            i64::try_from(self.began.elapsed().as_micros()).unwrap() + self.ahead_micros.load(Ordering::Relaxed);
        at(1_800_000_000_000_000 + micros)
    }
}

/// An instant, in microseconds since 1970.
pub(crate) fn at(micros: i64) -> Timestamp {
    chrono::DateTime::from_timestamp_micros(micros).unwrap().into()
}

/// Bytes that differ each time within this process.
pub(crate) struct TestEntropy;

impl Entropy for TestEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        static COUNT: AtomicI64 = AtomicI64::new(1);
        for byte in buffer {
            let n = COUNT.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9E37_79B9_7F4A_7C15_u64.cast_signed());
            *byte = n.to_be_bytes()[0];
        }
    }
}

/// A source of ids.
pub(crate) fn ids() -> Ids {
    Ids::new(TestClock::new(), Arc::new(TestEntropy))
}
