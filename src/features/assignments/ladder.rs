//! The access ladder: how far into a project's systems somebody may go, and what earns it. Pure.

use crate::kernel::{OrganizationId, Timestamp};
use chrono::TimeDelta;

/// From this level on access is earned, and two people approve it.
pub const EARNED_FROM: i16 = 3;
/// So many active days on the project earn it.
pub const EARNED_BY_DAYS: i64 = 90;

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

/// When the active days that earn it were reached, or will be if the spell that runs goes on; none while nobody is at work.
pub(super) fn earned_at(mut spells: Vec<(Timestamp, Option<Timestamp>)>) -> Option<Timestamp> {
    spells.sort_unstable();
    let mut left = TimeDelta::days(EARNED_BY_DAYS);
    let mut counted: Option<Timestamp> = None;
    for (from, until) in spells {
        let from = counted.map_or(from, |counted| counted.max(from));
        let Some(until) = until else { return Some(from + left) };
        if until > from {
            if until - from >= left {
                return Some(from + left);
            }
            left -= until - from;
            counted = Some(until);
        }
    }
    None
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

    #[test]
    fn the_day_that_earns_it_is_the_one_on_which_the_days_are_full() {
        let day = |day: i64| at(1) + TimeDelta::days(day);
        let earned = |spells: &[(i64, Option<i64>)]| {
            let found = earned_at(spells.iter().map(|(from, until)| (day(*from), until.map(day))).collect());
            found.map(|at| (at - day(0)).num_days())
        };
        assert_eq!(earned(&[]), None);
        assert_eq!(earned(&[(0, Some(89))]), None);
        assert_eq!(earned(&[(0, Some(90))]), Some(90));
        assert_eq!(earned(&[(10, None)]), Some(100), "if they go on");
        assert_eq!(earned(&[(0, Some(60)), (30, Some(80)), (200, None)]), Some(210), "what overlaps counts once");
        for spells in [vec![(0, Some(60)), (30, Some(80)), (200, Some(300))], vec![(0, Some(95))]] {
            let spells: Vec<_> =
                spells.into_iter().map(|(from, until): (i64, Option<i64>)| (day(from), until.map(day))).collect();
            let earned = earned_at(spells.clone()).unwrap();
            assert!(active_days(spells.clone(), earned) >= EARNED_BY_DAYS, "as it is counted when access is asked for");
        }
    }
}
