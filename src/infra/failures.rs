//! Which accounts wrong passwords were tried on, in memory until the log tells: one entry for each account and window, however
//! many are tried. Kept apart from the attempt itself, so that its answer takes as long whether or not there is an account.

use crate::kernel::{AccountId, RequestId, Timestamp};
use chrono::TimeDelta;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// So long one entry stands for all that follow.
pub const WINDOW: TimeDelta = TimeDelta::minutes(15);

#[derive(Debug)]
struct Entry {
    at: Timestamp,
    /// The first attempt's request; none once it was taken.
    request_id: Option<RequestId>,
}

/// The accounts that wrong passwords were tried on lately.
#[derive(Debug, Default)]
pub struct Failures(Mutex<HashMap<AccountId, Entry>>);

impl Failures {
    /// A wrong password was tried on this account.
    pub fn add(&self, account: AccountId, request_id: &RequestId, now: Timestamp) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known_since = known.get(&account).map(|entry| entry.at);
        if known_since.is_none_or(|at| now - at >= WINDOW) {
            known.insert(account, Entry { at: now, request_id: Some(request_id.clone()) });
        }
    }

    /// What is to be told now, and told once; forgets what no longer stands for anything.
    pub fn take(&self, now: Timestamp) -> Vec<(AccountId, RequestId)> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = known.iter_mut().filter_map(|(id, entry)| Some((*id, entry.request_id.take()?))).collect();
        known.retain(|_, entry| now - entry.at < WINDOW);
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_entry_stands_for_all_of_its_window() {
        let (failures, start): (_, Timestamp) = (Failures::default(), "2026-11-22T09:00:00Z".parse().unwrap());
        let [ada, bob] = [1, 2].map(|n| AccountId(uuid::Uuid::from_u128(n)));
        let request = |text: &str| RequestId::accept(text).unwrap();
        failures.add(ada, &request("first-try"), start);
        failures.add(ada, &request("second-try"), start);
        failures.add(bob, &request("other-try"), start);
        let mut taken = failures.take(start);
        taken.sort_unstable_by_key(|(id, _)| *id);
        assert_eq!(taken, [(ada, request("first-try")), (bob, request("other-try"))]);
        failures.add(ada, &request("third-try"), start + WINDOW - TimeDelta::seconds(1));
        assert_eq!(failures.take(start + WINDOW), []);
        assert!(failures.0.lock().unwrap().is_empty(), "nobody is remembered for longer");
        failures.add(ada, &request("fourth-try"), start + WINDOW);
        assert_eq!(failures.take(start + WINDOW), [(ada, request("fourth-try"))]);
    }
}
