//! How the minutes of a pledge are counted. Pure.

use crate::kernel::words;
use chrono::NaiveDate;

words! {
    /// What kind of movement in a pledge's ledger it is.
    EntryKind {
        /// The hours of a pledge that is activated.
        Grant = "grant",
        /// Promised to an assignment.
        Reserve = "reserve",
        /// Not needed by the assignment after all.
        Release = "release",
        /// Logged as work.
        Deliver = "deliver",
        /// Confirmed by the project: what was reserved is spent.
        Confirm = "confirm",
        /// Neither reserved nor confirmed when the pledge came to its end.
        Expire = "expire",
        /// Granted more, or less where below zero, since hours or dates changed.
        Adjust = "adjust",
    }
}

/// What an entry does to a balance, in minutes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Effect {
    /// On what is granted.
    pub granted: i64,
    /// On what is reserved.
    pub reserved: i64,
    /// On what is delivered.
    pub delivered: i64,
    /// On what is confirmed.
    pub confirmed: i64,
}

impl EntryKind {
    /// What so many minutes of this kind do. A balance is the sum over all entries of its pledge; minutes below zero
    /// reverse an entry, so that none is ever changed.
    pub fn effect(self, minutes: i64) -> Effect {
        let none = Effect::default();
        match self {
            Self::Grant | Self::Adjust => Effect { granted: minutes, ..none },
            Self::Expire => Effect { granted: -minutes, ..none },
            Self::Reserve => Effect { reserved: minutes, ..none },
            Self::Release => Effect { reserved: -minutes, ..none },
            Self::Deliver => Effect { delivered: minutes, ..none },
            Self::Confirm => Effect { reserved: -minutes, confirmed: minutes, ..none },
        }
    }
}

/// The minutes that a pledge grants from `today` on: days ÷ 7 × hours × 60, rounded to the nearest minute.
///
/// Both the first and the last day count, so a pledge from Monday to Sunday is a full week of hours. Days before `today`
/// grant nothing; nor does a period that is over. `hours_per_week` is in halves, at most 10,000.
pub fn minutes_from(today: NaiveDate, hours_per_week: f64, starts_on: NaiveDate, ends_on: NaiveDate) -> i64 {
    let days = (ends_on - starts_on.max(today)).num_days() + 1;
    // Thirty minutes for each half hour; doubled, so that adding a half before the division rounds it.
    let sevenths = days.max(0) * halves(hours_per_week) * 30;
    (2 * sevenths + 7) / 14
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "checked hours are at most 10,000, and whole once doubled"
)]
fn halves(hours: f64) -> i64 {
    (hours * 2.0).round() as i64
}

/// Minutes as hours, for people.
pub fn hours(minutes: i64) -> f64 {
    // Five years of 10,000 hours a week are 157 million minutes.
    f64::from(i32::try_from(minutes).unwrap_or(i32::MAX)) / 60.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_period_grants_its_days_share_of_the_weekly_hours() {
        let minutes = |today, hours, from, to| minutes_from(day(today), hours, day(from), day(to));
        for (today, hours, from, to, expected) in [
            ("2026-11-22", 40.0, "2026-11-23", "2026-11-29", 40 * 60),
            ("2026-11-22", 40.0, "2026-11-23", "2026-11-23", 343), // 342.86
            ("2026-11-22", 0.5, "2026-11-23", "2026-11-23", 4),    // 4.29
            ("2026-11-22", 10.0, "2026-12-01", "2027-11-30", 31_286), // 365 days: 31,285.71
            ("2026-11-22", 7.0, "2026-11-01", "2026-11-28", 7 * 60), // only the seven days that are left
            ("2026-11-22", 7.0, "2026-11-01", "2026-11-22", 60),
            ("2026-11-22", 7.0, "2026-11-01", "2026-11-21", 0),
            ("2026-11-22", 10_000.0, "2026-11-22", "2031-11-21", 156_514_286), // 1,826 days
        ] {
            assert_eq!(minutes(today, hours, from, to), expected, "{hours} h from {from} to {to} as of {today}");
        }
    }

    #[test]
    fn minutes_read_as_hours() {
        assert_eq!((hours(90), hours(0), hours(-30)), (1.5, 0.0, -0.5));
    }

    proptest! {
        #[test]
        fn rounding_is_to_the_nearest_minute(halves in 1i64..20_000, days in 1i64..2000) {
            let start = day("2026-11-22");
            let hours = f64::from(i32::try_from(halves).unwrap()) / 2.0;
            let minutes = minutes_from(start, hours, start, start + chrono::TimeDelta::days(days - 1));
            prop_assert!((minutes * 7 - days * halves * 30).abs() * 2 <= 7);
        }
    }

    #[test]
    fn confirming_spends_what_was_reserved() {
        use EntryKind::{Adjust, Confirm, Deliver, Expire, Grant, Release, Reserve};
        let sum = |entries: &[(EntryKind, i64)]| {
            entries.iter().map(|(kind, minutes)| kind.effect(*minutes)).fold(Effect::default(), |sum, effect| Effect {
                granted: sum.granted + effect.granted,
                reserved: sum.reserved + effect.reserved,
                delivered: sum.delivered + effect.delivered,
                confirmed: sum.confirmed + effect.confirmed,
            })
        };
        let whole =
            [(Grant, 600), (Reserve, 300), (Deliver, 120), (Confirm, 120), (Release, 60), (Adjust, -50), (Expire, 310)];
        assert_eq!(sum(&whole), Effect { granted: 240, reserved: 120, delivered: 120, confirmed: 120 });
        assert_eq!(sum(&[(Confirm, 120), (Confirm, -120), (Deliver, 5), (Deliver, -5)]), Effect::default());
    }
}
