//! Documents fetched from outside and kept for a while, in memory, by each node for itself: so that signing in does not ask
//! a provider for the same thing each time.

use crate::kernel::Timestamp;
use chrono::TimeDelta;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Documents kept at most; beyond it those that are out of date go, and then all.
const MOST: usize = 100;
/// How long a document is kept whose sender does not say.
const USUAL: TimeDelta = TimeDelta::minutes(10);
/// No document is asked for more often, and none is kept longer, whatever its sender says.
const BOUNDS: (TimeDelta, TimeDelta) = (TimeDelta::minutes(1), TimeDelta::hours(24));

/// A document that was fetched.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Its bytes.
    pub body: Arc<[u8]>,
    /// When it was fetched.
    pub at: Timestamp,
    until: Timestamp,
}

/// What was fetched, by its address.
#[derive(Debug, Default)]
pub struct Remembered(Mutex<HashMap<String, Kept>>);

/// For how long a document may be kept, by its `Cache-Control`.
fn holds(cache_control: Option<&str>) -> TimeDelta {
    let mut words = cache_control.unwrap_or_default().split(',').map(str::trim);
    let age = words.find_map(|word| word.strip_prefix("max-age=")?.parse().ok()).map(TimeDelta::seconds);
    age.unwrap_or(USUAL).clamp(BOUNDS.0, BOUNDS.1)
}

impl Remembered {
    /// The document of this address, if it is not too old.
    pub fn find(&self, url: &str, now: Timestamp) -> Option<Kept> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(url).filter(|kept| kept.at <= now && now < kept.until).cloned()
    }

    /// Keeps a document for as long as its `Cache-Control` says, within a minute and a day.
    pub fn keep(&self, url: &str, body: &[u8], cache_control: Option<&str>, now: Timestamp) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.retain(|_, kept| now < kept.until);
        }
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(url.to_owned(), Kept { body: body.into(), at: now, until: now + holds(cache_control) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_kept_as_long_as_its_sender_says_within_bounds() {
        for (header, seconds) in [
            (None, 600),
            (Some("no-cache"), 600),
            (Some("public, max-age=3600"), 3600),
            (Some("max-age=0"), 60),
            (Some("max-age=99999999"), 86_400),
            (Some("max-age=x"), 600),
        ] {
            let (remembered, now) = (Remembered::default(), "2026-11-22T09:00:00Z".parse().unwrap());
            remembered.keep("https://id.example.org/keys", b"{}", header, now);
            let at =
                |seconds| remembered.find("https://id.example.org/keys", now + TimeDelta::seconds(seconds)).is_some();
            assert!(at(0) && at(seconds - 1) && !at(seconds), "{header:?}");
            assert!(remembered.find("https://id.example.org/other", now).is_none());
        }
    }

    #[test]
    fn memory_is_bounded() {
        let (remembered, now) = (Remembered::default(), "2026-11-22T09:00:00Z".parse().unwrap());
        for n in 0..MOST * 3 {
            remembered.keep(&n.to_string(), b"{}", None, now);
        }
        assert!(remembered.0.lock().unwrap().len() <= MOST);
        assert!(remembered.find(&(MOST * 3 - 1).to_string(), now).is_some());
    }
}
