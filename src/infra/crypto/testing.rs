//! Time and chance that tests can foretell.

use crate::kernel::{Clock, Entropy, Timestamp};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU8, Ordering};

/// A clock that shows what it is told.
#[derive(Debug)]
pub(crate) struct Told(Mutex<Timestamp>);

impl Told {
    pub(crate) fn at(text: &str) -> Self {
        Self(Mutex::new(text.parse().unwrap()))
    }

    pub(crate) fn advance(&self, seconds: i64) {
        let mut now = self.0.lock().unwrap();
        *now = *now + chrono::TimeDelta::seconds(seconds);
    }
}

impl Clock for Told {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// Bytes that count upwards from the given one.
#[derive(Debug)]
pub(crate) struct Counting(AtomicU8);

impl Counting {
    pub(crate) fn from(first: u8) -> Self {
        Self(AtomicU8::new(first))
    }
}

impl Entropy for Counting {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill_with(|| self.0.fetch_add(1, Ordering::Relaxed));
    }
}
