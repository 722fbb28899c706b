//! The access ladder: how far into a project's systems somebody may go, and what earns it. Pure.

use crate::kernel::{OrganizationId, Timestamp};
use chrono::TimeDelta;

/// From this level on access is earned, and two people approve it.
pub(super) const EARNED_FROM: i16 = 3;
/// So many active days on the project earn it.
pub(super) const EARNED_BY_DAYS: i64 = 90;

/// Whole days on which somebody was at work, counted once where spells overlap. A spell without an end lasts until now.
pub(super) fn active_days(mut spells: Vec<(Timestamp, Option<Timestamp>)>, now: Timestamp) -> i64 {
    spells.sort_unstable();
    let (mut total, mut counted): (TimeDelta, Option<Timestamp>) = (TimeDelta::zero(), None);
    for (from, until) in spells {
        let until = until.unwrap_or(now);
        let from = counted.map_or(from, |counted| counted.max(from));
        if until > from {
            total += until - from;
            counted = Some(until);
        }
    }
    total.num_days()
}

/// Whether two approvers, by the organizations they belong to, look from different sides: none in common, and not both
/// without any.
pub(super) fn are_apart(one: &[OrganizationId], other: &[OrganizationId]) -> bool {
    !(one.is_empty() && other.is_empty()) && one.iter().all(|id| !other.contains(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn approvers_look_from_different_sides() {
        let ids = |ids: &[u128]| ids.iter().map(|id| OrganizationId(uuid::Uuid::from_u128(*id))).collect::<Vec<_>>();
        assert!(
            are_apart(&ids(&[1]), &ids(&[2])) && are_apart(&ids(&[1]), &ids(&[])) && are_apart(&ids(&[]), &ids(&[1]))
        );
        assert!(!are_apart(&ids(&[1, 2]), &ids(&[3, 2])) && !are_apart(&ids(&[]), &ids(&[])));
    }

    fn at(day: u32) -> Timestamp {
        format!("2026-01-{day:02}T12:00:00Z").parse().unwrap()
    }

    #[test]
    fn days_are_counted_once() {
        let days = |spells: &[(u32, Option<u32>)]| {
            active_days(spells.iter().map(|(from, until)| (at(*from), until.map(at))).collect(), at(31))
        };
        assert_eq!(days(&[]), 0);
        assert_eq!(days(&[(1, Some(11))]), 10);
        assert_eq!(days(&[(1, Some(11)), (21, None)]), 20);
        assert_eq!(days(&[(5, Some(8)), (1, Some(11)), (9, Some(12))]), 11, "one within the other, and one across");
        assert_eq!(days(&[(1, Some(1))]), 0);
    }
}
