//! Adding up minutes by what they are asked for. Pure.

use crate::kernel::{AccountId, NeedKind, OrganizationId, ProjectId};
use chrono::{Datelike as _, NaiveDate};
use std::collections::BTreeMap;
use std::ops::AddAssign;

/// Minutes of one cell of a report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Minutes {
    /// Granted by pledges, net of what expired or was adjusted.
    pub granted: i64,
    /// Reserved for assignments and not confirmed, by pledges' ledgers.
    pub reserved: i64,
    /// Logged as work and not rejected or taken back.
    pub logged: i64,
    /// Of those, what stands in pledges' ledgers as delivered.
    pub delivered: i64,
    /// Confirmed.
    pub confirmed: i64,
    /// Of the confirmed, what stands in pledges' ledgers.
    pub pledged: i64,
    /// Of the confirmed, what nobody looked at in time.
    pub automatic: i64,
    /// Of the pledged, what nobody looked at in time.
    pub automatic_pledged: i64,
}

impl AddAssign for Minutes {
    fn add_assign(&mut self, more: Self) {
        self.granted += more.granted;
        self.reserved += more.reserved;
        self.logged += more.logged;
        self.delivered += more.delivered;
        self.confirmed += more.confirmed;
        self.pledged += more.pledged;
        self.automatic += more.automatic;
        self.automatic_pledged += more.automatic_pledged;
    }
}

impl Minutes {
    /// Whether there is nothing in it.
    pub(super) fn is_zero(&self) -> bool {
        *self == Self::default()
    }
}

/// A month, as `2026-11`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Month(pub i32, pub u32);

impl From<NaiveDate> for Month {
    fn from(day: NaiveDate) -> Self {
        Self(day.year(), day.month())
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.0, self.1)
    }
}

/// What minutes belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub month: Month,
    /// None for what a pledge grants: it belongs to no project yet.
    pub project: Option<ProjectId>,
    pub account: Option<AccountId>,
    pub kind: Option<NeedKind>,
    /// The organization whose time it was.
    pub employer: Option<OrganizationId>,
}

/// Minutes by everything that they belong to.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally(BTreeMap<Key, Minutes>);

impl Tally {
    /// Adds minutes.
    pub(super) fn add(&mut self, key: Key, minutes: Minutes) {
        *self.0.entry(key).or_default() += minutes;
    }

    /// All cells that hold something.
    pub(super) fn cells(&self) -> impl Iterator<Item = (&Key, &Minutes)> {
        self.0.iter().filter(|(_, minutes)| !minutes.is_zero())
    }

    /// The sum of all.
    pub(super) fn total(&self) -> Minutes {
        let mut total = Minutes::default();
        self.0.values().for_each(|minutes| total += *minutes);
        total
    }

    /// Sums by a part of the key, in its order; cells without that part are in none.
    pub(super) fn by<K: Ord>(&self, part: impl Fn(&Key) -> Option<K>) -> Vec<(K, Minutes)> {
        let mut sums: BTreeMap<K, Minutes> = BTreeMap::new();
        for (key, minutes) in self.cells() {
            if let Some(part) = part(key) {
                *sums.entry(part).or_default() += *minutes;
            }
        }
        sums.into_iter().filter(|(_, minutes)| !minutes.is_zero()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn key(month: u32, project: u128, kind: usize) -> Key {
        Key {
            month: Month(2026, month),
            project: Some(ProjectId(Uuid::from_u128(project))),
            account: None,
            kind: NeedKind::ALL.get(kind).copied(),
            employer: None,
        }
    }

    #[test]
    fn months_read_as_such() {
        assert_eq!(Month::from("2026-01-31".parse::<NaiveDate>().unwrap()).to_string(), "2026-01");
    }

    proptest! {
        #[test]
        fn every_way_of_cutting_it_sums_to_the_same(
            rows in proptest::collection::vec((1u32..13, 0u128..4, 0usize..5, -500i64..500, 0i64..500), 0..60)
        ) {
            let mut tally = Tally::default();
            for (month, project, kind, confirmed, logged) in rows {
                tally.add(key(month, project, kind), Minutes { logged, confirmed, ..Minutes::default() });
            }
            let total = tally.total();
            let sum = |parts: Vec<Minutes>| {
                let mut sum = Minutes::default();
                for part in parts {
                    sum += part;
                }
                sum
            };
            prop_assert_eq!(sum(tally.by(|key| Some(key.month)).into_iter().map(|(_, m)| m).collect()), total);
            prop_assert_eq!(sum(tally.by(|key| key.project).into_iter().map(|(_, m)| m).collect()), total);
            prop_assert_eq!(sum(tally.by(|key| key.kind).into_iter().map(|(_, m)| m).collect()), total);
            prop_assert_eq!(sum(tally.cells().map(|(_, m)| *m).collect()), total);
        }
    }
}
