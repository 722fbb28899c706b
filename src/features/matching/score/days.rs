//! Days, working hours and zones as plain numbers.

use super::{Commitment, Period};
use crate::kernel::TimeZone;
use chrono::{Datelike as _, NaiveDate, NaiveTime, Offset as _, TimeZone as _};

/// A day, counted from the start of the common era.
pub(crate) type Day = i32;

/// Minutes from 9 to 17, the working day that overlaps are measured on.
const WORKING_MINUTES: i32 = 8 * 60;
const DAY_MINUTES: i32 = 24 * 60;

/// The number of a date.
pub(crate) fn day(date: NaiveDate) -> Day {
    date.num_days_from_ce()
}

/// How far the zone's clocks are ahead of UTC on this day, in minutes; daylight saving as it is at noon UTC.
pub(crate) fn offset_minutes(zone: TimeZone, today: NaiveDate) -> i32 {
    let noon = today.and_time(NaiveTime::MIN) + chrono::Duration::hours(12);
    zone.tz().offset_from_utc_datetime(&noon).fix().local_minus_utc() / 60
}

/// Minutes that two working days, 9 to 17 local, have in common.
pub(crate) fn overlap_minutes(one: i32, other: i32) -> i32 {
    let apart = (one - other).rem_euclid(DAY_MINUTES);
    (WORKING_MINUTES - apart.min(DAY_MINUTES - apart)).max(0)
}

/// The days in which a need's work falls, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    /// First day.
    pub(crate) from: Day,
    /// Last day.
    pub(crate) until: Day,
}

impl Window {
    /// From today, or the later start, for that many weeks.
    pub(crate) fn new(today: NaiveDate, starts_on: Option<NaiveDate>, weeks: u32) -> Self {
        let from = starts_on.map_or(day(today), |date| day(date).max(day(today)));
        let days = i32::try_from(u64::from(weeks.max(1)) * 7).unwrap_or(i32::MAX);
        Self { from, until: from.saturating_add(days - 1) }
    }

    /// Number of days.
    pub(crate) fn days(self) -> i32 {
        self.until.saturating_sub(self.from).saturating_add(1).max(0)
    }
}

/// When a person can work, and how many hours are promised already.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Calendar {
    offered: f64,
    from: Day,
    away: Vec<(Day, Day)>,
    busy: Vec<(Day, Day, f64)>,
}

/// What a person can give within a window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Free {
    /// Hours a week while present: offered less promised.
    pub(crate) hours: f64,
    /// Days of the window on which the person is there.
    pub(crate) days: i32,
    /// Days of the window.
    pub(crate) of: i32,
}

impl Free {
    /// Hours a week, over the whole window.
    pub(crate) fn average(self) -> f64 {
        if self.of <= 0 {
            return 0.0;
        }
        if self.days == self.of { self.hours } else { self.hours * f64::from(self.days) / f64::from(self.of) }
    }
}

impl Calendar {
    /// Puts the periods in order and joins those that touch.
    pub(crate) fn new(
        offered: f64,
        available_from: Option<NaiveDate>,
        unavailable: &[Period],
        commitments: &[Commitment],
    ) -> Self {
        let mut periods: Vec<(Day, Day)> =
            unavailable.iter().map(|p| (day(p.from), day(p.until))).filter(|(from, until)| from <= until).collect();
        periods.sort_unstable();
        let mut away: Vec<(Day, Day)> = Vec::with_capacity(periods.len());
        for (from, until) in periods {
            match away.last_mut() {
                Some(last) if from <= last.1.saturating_add(1) => last.1 = last.1.max(until),
                _ => away.push((from, until)),
            }
        }
        let busy = commitments
            .iter()
            .map(|c| (c.from.map_or(Day::MIN, day), c.until.map_or(Day::MAX, day), c.hours_per_week.max(0.0)))
            .collect();
        Self { offered: offered.max(0.0), from: available_from.map_or(Day::MIN, day), away, busy }
    }

    /// Offered hours a week, before anything is taken off.
    pub(crate) fn offered(&self) -> f64 {
        self.offered
    }

    /// First day on which the person can help.
    pub(crate) fn from(&self) -> Day {
        self.from
    }

    /// What is left for the window: hours count as promised if they are in any week of it.
    pub(crate) fn free(&self, window: Window) -> Free {
        let of = window.days();
        let begin = window.from.max(self.from);
        let mut days = (window.until.saturating_sub(begin)).saturating_add(1).clamp(0, of);
        for (from, until) in &self.away {
            days -= ((*until).min(window.until).saturating_sub((*from).max(begin))).saturating_add(1).max(0);
        }
        Free { hours: (self.offered - self.promised(window)).max(0.0), days: days.max(0), of }
    }

    /// The most hours a week that are promised on one day of the window.
    fn promised(&self, window: Window) -> f64 {
        let on = |at: Day| -> f64 {
            self.busy.iter().filter(|(from, until, _)| *from <= at && at <= *until).map(|(_, _, hours)| hours).sum()
        };
        // The sum only rises where an assignment begins, so those days and the first one are enough.
        let starts =
            self.busy.iter().map(|(from, ..)| *from).filter(|from| window.from < *from && *from <= window.until);
        starts.map(on).fold(if self.busy.is_empty() { 0.0 } else { on(window.from) }, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn overlap(one: &str, other: &str, today: &str) -> i32 {
        let offset = |name| offset_minutes(TimeZone::parse(name).unwrap(), date(today));
        let (a, b) = (offset(one), offset(other));
        assert_eq!(overlap_minutes(a, b), overlap_minutes(b, a));
        overlap_minutes(a, b)
    }

    #[test]
    fn daylight_saving_counts_as_of_today() {
        // Berlin and New York are six hours apart, but five between the second Sunday of March and the last.
        assert_eq!(overlap("Europe/Berlin", "America/New_York", "2026-01-15"), 2 * 60);
        assert_eq!(overlap("Europe/Berlin", "America/New_York", "2026-03-15"), 3 * 60);
        assert_eq!(overlap("Europe/Berlin", "America/New_York", "2026-07-15"), 2 * 60);
        // ... and once more from the last Sunday of October to the first of November.
        assert_eq!(overlap("Europe/Berlin", "America/New_York", "2026-10-28"), 3 * 60);
        // The very days of change: Berlin's clocks go forward at 01:00 UTC on 2026-03-29.
        assert_eq!(overlap("Europe/Berlin", "UTC", "2026-03-28"), 7 * 60);
        assert_eq!(overlap("Europe/Berlin", "UTC", "2026-03-29"), 6 * 60);
        // Kolkata has no daylight saving, London does.
        assert_eq!(overlap("Asia/Kolkata", "Europe/London", "2026-01-15"), 150);
        assert_eq!(overlap("Asia/Kolkata", "Europe/London", "2026-07-15"), 210);
        // The southern summer is the other way round.
        assert_eq!(overlap("Australia/Sydney", "Europe/London", "2026-01-15"), 0);
        assert_eq!(overlap("Australia/Sydney", "Asia/Tokyo", "2026-01-15"), 6 * 60);
        assert_eq!(overlap("Australia/Sydney", "Asia/Tokyo", "2026-07-15"), 7 * 60);
    }

    #[test]
    fn clocks_go_round() {
        assert_eq!(overlap("UTC", "UTC", "2026-01-15"), 480);
        assert_eq!(
            overlap("Pacific/Kiritimati", "Pacific/Honolulu", "2026-01-15"),
            480,
            "24 hours apart, the same clock"
        );
        assert_eq!(overlap("Pacific/Auckland", "America/Los_Angeles", "2026-01-15"), 300, "21 hours apart are 3");
        assert_eq!(overlap("Asia/Kathmandu", "UTC", "2026-01-15"), 135, "quarter hours");
        assert_eq!(overlap_minutes(0, 479), 1);
        assert_eq!(overlap_minutes(0, 480), 0);
        assert_eq!(overlap_minutes(0, 720), 0);
    }

    #[test]
    fn a_window_starts_today_or_later() {
        let today = date("2026-03-02");
        let week = Window::new(today, None, 1);
        assert_eq!((week.days(), week.from), (7, day(today)));
        assert_eq!(
            Window::new(today, Some(date("2026-01-01")), 2).from,
            day(today),
            "help begins now, not in the past"
        );
        assert_eq!(Window::new(today, Some(date("2026-03-09")), 2).until, day(date("2026-03-22")));
        assert_eq!(Window::new(today, None, u32::MAX).until, i32::MAX);
    }

    #[test]
    fn absences_count_once_and_only_within_the_window() {
        let window = Window::new(date("2026-03-02"), None, 4);
        let period = |from: &str, until: &str| Period { from: date(from), until: date(until) };
        let free = |away: &[Period], from: Option<&str>| Calendar::new(8.0, from.map(date), away, &[]).free(window);
        assert_eq!(free(&[], None), Free { hours: 8.0, days: 28, of: 28 });
        assert_eq!(free(&[period("2026-03-09", "2026-03-15")], None).days, 21);
        let overlapping = [
            period("2026-03-12", "2026-03-15"),
            period("2026-03-09", "2026-03-13"),
            period("2026-02-01", "2026-03-02"),
        ];
        assert_eq!(free(&overlapping, None).days, 20);
        assert_eq!(free(&[period("2026-05-01", "2026-06-01")], None).days, 28);
        assert_eq!(free(&[period("2026-03-15", "2026-03-09")], None).days, 28, "an end before its start is no absence");
        assert_eq!(free(&[], Some("2026-03-16")).days, 14);
        assert_eq!(free(&[period("2026-03-09", "2026-03-22")], Some("2026-03-16")).days, 7);
        assert_eq!(free(&[], Some("2027-01-01")).days, 0);
        assert!((free(&[], Some("2026-03-16")).average() - 4.0).abs() < 1e-12);
    }

    #[test]
    fn promised_hours_are_the_most_of_any_day_of_the_window() {
        let window = Window::new(date("2026-03-02"), None, 2);
        let busy = |hours: f64, from: Option<&str>, until: Option<&str>| Commitment {
            hours_per_week: hours,
            from: from.map(date),
            until: until.map(date),
        };
        let free = |all: &[Commitment]| Calendar::new(10.0, None, &[], all).free(window).hours;
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} is not {b}");
        close(free(&[busy(4.0, None, None)]), 6.0);
        close(free(&[busy(4.0, None, Some("2026-03-01"))]), 10.0);
        close(free(&[busy(4.0, None, Some("2026-03-02"))]), 6.0);
        close(free(&[busy(4.0, Some("2026-03-16"), None)]), 10.0);
        close(free(&[busy(4.0, Some("2026-03-15"), None)]), 6.0);
        close(free(&[busy(4.0, None, Some("2026-03-08")), busy(3.0, Some("2026-03-09"), None)]), 6.0);
        close(free(&[busy(4.0, None, Some("2026-03-09")), busy(3.0, Some("2026-03-09"), None)]), 3.0);
        close(free(&[busy(40.0, None, None)]), 0.0);
    }
}
