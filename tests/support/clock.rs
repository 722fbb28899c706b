//! A clock that stands still until a test moves it.

use chrono::TimeDelta;
use mainstay::kernel::{Clock, Timestamp};
use std::sync::{Arc, Mutex, PoisonError};

/// Shows the time it was set to; clones show the same time.
#[derive(Debug, Clone)]
pub(crate) struct ManualClock(Arc<Mutex<Timestamp>>);

impl ManualClock {
    /// A clock that stands at this instant.
    pub(crate) fn at(now: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(now)))
    }

    /// Moves the clock by this much and says what it shows then.
    pub(crate) fn advance(&self, by: TimeDelta) -> Timestamp {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now = *now + by;
        *now
    }
}

impl Default for ManualClock {
    /// 2026-06-01, noon: an ordinary Monday, far from the turns of the year and of daylight saving time.
    fn default() -> Self {
        Self::at("2026-06-01T12:00:00Z".parse().expect("an instant"))
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
