//! Until when an answer counts. Pure.

use super::model::ProposalStatus;
use crate::kernel::Timestamp;
use chrono::{Datelike as _, TimeDelta, Weekday};

/// An employer answers within so many working days.
const EMPLOYER_WORKING_DAYS: u32 = 5;
/// An invited or recommended side answers within so many days.
const INVITED_DAYS: i64 = 7;
/// The volunteer's final word.
const FINAL_WORD: TimeDelta = TimeDelta::hours(72);
/// A seat that came free.
const OFFER: TimeDelta = TimeDelta::hours(48);
/// Days of a project's time after which it is reminded.
const REMINDERS: [i64; 2] = [2, 5];

/// Until when the answer counts that this state waits for, and when whoever has to give it is reminded for the first time.
/// `response_days` is the need's.
pub(super) fn clock(
    status: ProposalStatus,
    now: Timestamp,
    response_days: i32,
) -> (Option<Timestamp>, Option<Timestamp>) {
    let due = match status {
        ProposalStatus::Submitted => now + TimeDelta::days(INVITED_DAYS),
        ProposalStatus::EmployerPending => after_working_days(now, EMPLOYER_WORKING_DAYS),
        ProposalStatus::UnderReview => now + TimeDelta::days(i64::from(response_days)),
        ProposalStatus::Accepted => now + FINAL_WORD,
        ProposalStatus::Offered => now + OFFER,
        _ => return (None, None),
    };
    let first = match status {
        ProposalStatus::Submitted | ProposalStatus::UnderReview => REMINDERS.first().map(|days| TimeDelta::days(*days)),
        ProposalStatus::EmployerPending => Some(TimeDelta::days(2)),
        _ => Some(TimeDelta::hours(24)),
    };
    (Some(due), first.map(|pause| now + pause).filter(|at| *at < due))
}

/// The reminder after the one that was due at `reminded`; none when there is no more before the answer is due.
pub(super) fn next_reminder(status: ProposalStatus, reminded: Timestamp, due: Timestamp) -> Option<Timestamp> {
    let [first, second] = REMINDERS;
    let pause = match status {
        ProposalStatus::Submitted | ProposalStatus::UnderReview => TimeDelta::days(second - first),
        _ => return None,
    };
    // Only one more: what comes after the second one is due first.
    Some(reminded + pause).filter(|at| *at < due && due - *at > TimeDelta::days(1))
}

/// The same time of day so many working days (Monday to Friday, UTC) later.
fn after_working_days(from: Timestamp, days: u32) -> Timestamp {
    let (mut at, mut left) = (from, days);
    while left > 0 {
        at = at + TimeDelta::days(1);
        left -= u32::from(!matches!(at.date_naive().weekday(), Weekday::Sat | Weekday::Sun));
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn weekends_are_no_working_days() {
        // 2026-11-23 is a Monday.
        for (from, to) in [
            ("2026-11-23T09:00:00Z", "2026-11-30T09:00:00Z"),
            ("2026-11-20T09:00:00Z", "2026-11-27T09:00:00Z"),
            ("2026-11-21T09:00:00Z", "2026-11-27T09:00:00Z"),
            ("2026-11-22T23:59:59Z", "2026-11-27T23:59:59Z"),
        ] {
            assert_eq!(after_working_days(at(from), 5), at(to), "{from}");
        }
    }

    #[test]
    fn a_project_is_reminded_on_the_second_and_the_fifth_day() {
        let now = at("2026-11-23T09:00:00Z");
        let (due, first) = clock(ProposalStatus::UnderReview, now, 7);
        assert_eq!((due, first), (Some(at("2026-11-30T09:00:00Z")), Some(at("2026-11-25T09:00:00Z"))));
        let second = next_reminder(ProposalStatus::UnderReview, first.unwrap(), due.unwrap());
        assert_eq!(second, Some(at("2026-11-28T09:00:00Z")));
        assert_eq!(next_reminder(ProposalStatus::UnderReview, second.unwrap(), due.unwrap()), None);
        assert_eq!(clock(ProposalStatus::UnderReview, now, 1), (Some(at("2026-11-24T09:00:00Z")), None));
        assert_eq!(clock(ProposalStatus::Waitlisted, now, 7), (None, None));
        assert_eq!(clock(ProposalStatus::Accepted, now, 7).0, Some(at("2026-11-26T09:00:00Z")));
    }
}
