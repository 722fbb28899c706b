//! When work may be logged, how long it was, and what of it a pledge pays for. Pure.

use crate::kernel::{Fault, TimeZone, Timestamp};
use chrono::{DateTime, MappedLocalTime, NaiveDate, NaiveTime, TimeDelta, TimeZone as _};
use chrono_tz::Tz;

/// Minutes of one entry, and of one person's day over all assignments, at most: sixteen hours.
pub(super) const MOST_MINUTES: i64 = 960;
/// How far back work may be logged.
pub(super) const OLDEST: TimeDelta = TimeDelta::days(90);
/// The project answers within so long, else an entry counts as confirmed.
pub(super) const ANSWER_WITHIN: TimeDelta = TimeDelta::days(14);
/// So long after its end, work may still be logged on an assignment.
pub(super) const AFTERMATH: TimeDelta = TimeDelta::days(14);

/// What bounds the days on which somebody may have worked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    /// Where the person lives; days are this zone's.
    pub zone: TimeZone,
    /// Now.
    pub now: Timestamp,
    /// When the assignment started.
    pub started_at: Timestamp,
    /// When it ended, if it has.
    pub ended_at: Option<Timestamp>,
}

impl Frame {
    fn day_of(&self, at: Timestamp) -> NaiveDate {
        at.with_timezone(&self.zone.tz()).date_naive()
    }

    /// Checks the day of an entry.
    pub(super) fn check_day(&self, day: NaiveDate) -> Result<NaiveDate, Fault> {
        let (today, first) = (self.day_of(self.now), self.day_of(self.started_at));
        let zone = self.zone;
        if day > today {
            let detail = format!("{day} is still to come: in {zone} it is {today}.");
            return Err(Fault::new("in_the_future", detail));
        }
        if day < first {
            let detail = format!("The assignment started on {first}; work before that can't be logged on it.");
            return Err(Fault::new("before_the_assignment", detail));
        }
        if let Some(last) = self.ended_at.map(|at| self.day_of(at)).filter(|last| day > *last) {
            let detail = format!("The assignment ended on {last}; work after that can't be logged on it.");
            return Err(Fault::new("after_the_assignment", detail));
        }
        if today - day > OLDEST {
            let detail = format!("Work is logged within 90 days; {day} is {} days ago.", (today - day).num_days());
            return Err(Fault::new("too_old", detail));
        }
        Ok(day)
    }

    /// The minutes between two times of day, or those of `minutes` where they fit, less for breaks. What is wrong stands at
    /// one of the three fields.
    pub(super) fn minutes_between(
        &self,
        day: NaiveDate,
        (start, end): (NaiveTime, NaiveTime),
        minutes: Option<i64>,
    ) -> Result<i64, (&'static str, Fault)> {
        let starts = self.instants(day, start).map_err(|fault| ("/started_at", fault))?;
        let ends = self.instants(day, end).map_err(|fault| ("/ended_at", fault))?;
        let mut lengths: Vec<i64> = starts
            .iter()
            .flat_map(|start| ends.iter().map(move |end| (*end - *start).num_minutes()))
            .filter(|minutes| *minutes > 0)
            .collect();
        lengths.sort_unstable();
        lengths.dedup();
        let Some(longest) = lengths.last().copied() else {
            let detail = "It ends before it starts; log work past midnight as an entry for each day.";
            return Err(("/ended_at", Fault::new("out_of_order", detail)));
        };
        if ends.first().is_some_and(|end| *end > *self.now) {
            let detail = format!("{day} {} is still to come in {}.", end.format("%H:%M"), self.zone);
            return Err(("/ended_at", Fault::new("in_the_future", detail)));
        }
        let span = format!("From {} to {}", start.format("%H:%M"), end.format("%H:%M"));
        match (minutes, lengths.as_slice()) {
            (Some(minutes), _) if minutes <= longest => Ok(minutes),
            (Some(minutes), _) => {
                let detail = format!("{span} are at most {longest} minutes; the entry says {minutes}.");
                Err(("/minutes", Fault::new("longer_than_its_times", detail)))
            }
            (None, [one]) => Ok(*one),
            (None, several) => {
                let several: Vec<String> = several.iter().map(ToString::to_string).collect();
                let detail = format!(
                    "An hour comes twice on {day} in {}. {span} may be {} minutes: say which in `minutes`.",
                    self.zone,
                    several.join(" or ")
                );
                Err(("/minutes", Fault::new("ambiguous_hour", detail)))
            }
        }
    }

    /// The instants that a clock on the wall may mean: none in an hour that daylight saving skips, two in one that it repeats.
    fn instants(&self, day: NaiveDate, time: NaiveTime) -> Result<Vec<DateTime<Tz>>, Fault> {
        match self.zone.tz().from_local_datetime(&day.and_time(time)) {
            MappedLocalTime::Single(at) => Ok(vec![at]),
            MappedLocalTime::Ambiguous(first, second) => Ok(vec![first, second]),
            MappedLocalTime::None => {
                let detail = format!(
                    "{day} {} never was in {}: its clocks went forward over it.",
                    time.format("%H:%M"),
                    self.zone
                );
                Err(Fault::new("skipped_hour", detail))
            }
        }
    }
}

/// Reads a time of day such as `09:30`.
pub(super) fn time_of_day(text: &str) -> Result<NaiveTime, Fault> {
    let digits =
        text.len() == 5 && text.bytes().enumerate().all(|(at, b)| if at == 2 { b == b':' } else { b.is_ascii_digit() });
    let wrong =
        || Fault::new("invalid_time", format!("{text:?} is no time of day; write hours and minutes such as 09:30."));
    if digits { NaiveTime::parse_from_str(text, "%H:%M").map_err(|_e| wrong()) } else { Err(wrong()) }
}

/// Checks the length of an entry: whole minutes.
pub(super) fn check_minutes(minutes: i64) -> Result<i64, Fault> {
    if (1..=MOST_MINUTES).contains(&minutes) {
        return Ok(minutes);
    }
    Err(Fault::new("out_of_range", format!("An entry is of 1 to {MOST_MINUTES} whole minutes; it is {minutes}.")))
}

/// Checks that a day holds so much: `others` are the person's other minutes on it, over all assignments.
pub(super) fn check_day_total(day: NaiveDate, others: i64, minutes: i64) -> Result<(), Fault> {
    if others + minutes <= MOST_MINUTES {
        return Ok(());
    }
    let detail = format!(
        "A day holds at most {MOST_MINUTES} minutes over all assignments: {others} are logged on {day} already, and {} are left.",
        (MOST_MINUTES - others).max(0)
    );
    Err(Fault::new("day_full", detail))
}

/// How the confirmed minutes of an entry are paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Share {
    /// Reserved in the pledge beyond what the assignment held.
    pub reserve: i64,
    /// Confirmed out of the pledge.
    pub pledged: i64,
    /// The person's own time, since the pledge had no more.
    pub own: i64,
}

/// Splits confirmed minutes: first what the assignment has reserved, then what the pledge can still reserve, and the rest
/// is the person's own time.
pub(super) fn split(minutes: i64, reserved: i64, available: i64) -> Share {
    let held = minutes.min(reserved).max(0);
    let reserve = (minutes - held).min(available).max(0);
    Share { reserve, pledged: held + reserve, own: minutes - held - reserve }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn frame(zone: &str, now: &str) -> Frame {
        Frame {
            zone: TimeZone::parse(zone).unwrap(),
            now: now.parse().unwrap(),
            started_at: "2026-01-02T12:00:00Z".parse().unwrap(),
            ended_at: None,
        }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn code(frame: &Frame, text: &str) -> Result<(), &'static str> {
        frame.check_day(day(text)).map(|_| ()).map_err(|fault| fault.code)
    }

    #[test]
    fn a_day_is_that_of_the_persons_zone() {
        // 23:30 on the first of March in UTC.
        let at = "2026-03-01T23:30:00Z";
        assert_eq!(code(&frame("UTC", at), "2026-03-02"), Err("in_the_future"));
        assert_eq!(code(&frame("Asia/Tokyo", at), "2026-03-02"), Ok(()));
        assert_eq!(code(&frame("Pacific/Kiritimati", at), "2026-03-02"), Ok(()));
        assert_eq!(code(&frame("America/Los_Angeles", at), "2026-03-02"), Err("in_the_future"));
        assert_eq!(code(&frame("UTC", at), "2026-03-01"), Ok(()));
    }

    #[test]
    fn days_before_and_after_the_assignment_and_old_ones_are_refused() {
        let mut frame = frame("Pacific/Kiritimati", "2026-03-01T12:00:00Z");
        // The assignment started at two in the night of the third there.
        assert_eq!(code(&frame, "2026-01-02"), Err("before_the_assignment"));
        assert_eq!(code(&frame, "2026-01-03"), Ok(()));
        frame.ended_at = Some("2026-02-20T11:00:00Z".parse().unwrap());
        assert_eq!((code(&frame, "2026-02-21"), code(&frame, "2026-02-22")), (Ok(()), Err("after_the_assignment")));
        frame.now = "2026-04-03T00:00:00Z".parse().unwrap();
        assert_eq!((code(&frame, "2026-01-03"), code(&frame, "2026-01-04")), (Ok(()), Ok(())));
        frame.now = "2026-04-03T12:00:00Z".parse().unwrap();
        assert_eq!((code(&frame, "2026-01-03"), code(&frame, "2026-01-04")), (Err("too_old"), Ok(())));
    }

    fn between(
        zone: &str,
        on: &str,
        start: &str,
        end: &str,
        minutes: Option<i64>,
    ) -> Result<i64, (&'static str, &'static str)> {
        let times = (time_of_day(start).unwrap(), time_of_day(end).unwrap());
        let frame = frame(zone, "2026-12-31T12:00:00Z");
        frame.minutes_between(day(on), times, minutes).map_err(|(at, fault)| (at, fault.code))
    }

    #[test]
    fn clocks_that_go_forward_leave_out_an_hour() {
        let spring = "2026-03-29";
        assert_eq!(between("Europe/Berlin", spring, "01:30", "03:30", None), Ok(60));
        assert_eq!(between("Europe/Berlin", spring, "02:15", "03:30", None), Err(("/started_at", "skipped_hour")));
        assert_eq!(between("Europe/Berlin", spring, "01:30", "02:59", None), Err(("/ended_at", "skipped_hour")));
        assert_eq!(between("Europe/Berlin", spring, "02:00", "02:59", Some(9)), Err(("/started_at", "skipped_hour")));
        assert_eq!(between("Asia/Kolkata", spring, "02:15", "03:30", None), Ok(75));
        // Half an hour is skipped where Lord Howe Island is.
        assert_eq!(between("Australia/Lord_Howe", "2026-10-04", "01:45", "02:45", None), Ok(30));
    }

    #[test]
    fn clocks_that_go_back_repeat_an_hour() {
        let autumn = "2026-10-25";
        assert_eq!(between("Europe/Berlin", autumn, "01:30", "03:30", None), Ok(180));
        assert_eq!(between("Europe/Berlin", autumn, "01:30", "02:30", None), Err(("/minutes", "ambiguous_hour")));
        assert_eq!(between("Europe/Berlin", autumn, "01:30", "02:30", Some(60)), Ok(60));
        assert_eq!(between("Europe/Berlin", autumn, "01:30", "02:30", Some(120)), Ok(120));
        assert_eq!(between("Europe/Berlin", autumn, "02:50", "02:10", None), Ok(20));
        assert_eq!(
            between("Europe/Berlin", autumn, "01:30", "02:30", Some(121)),
            Err(("/minutes", "longer_than_its_times"))
        );
    }

    #[test]
    fn times_are_in_order_and_over() {
        assert_eq!(between("UTC", "2026-12-30", "09:00", "17:00", Some(420)), Ok(420), "an hour of breaks");
        assert_eq!(between("UTC", "2026-12-30", "22:00", "02:00", None), Err(("/ended_at", "out_of_order")));
        assert_eq!(between("UTC", "2026-12-30", "22:00", "22:00", None), Err(("/ended_at", "out_of_order")));
        assert_eq!(between("UTC", "2026-12-31", "11:00", "12:01", None), Err(("/ended_at", "in_the_future")));
        assert_eq!(between("UTC", "2026-12-31", "11:00", "12:00", None), Ok(60));
        for text in ["9:00", "24:00", "09:60", "09.00", "0900", "+9:00", "09:000", ""] {
            assert_eq!(time_of_day(text).unwrap_err().code, "invalid_time", "{text}");
        }
    }

    #[test]
    fn an_entry_and_a_day_hold_sixteen_hours() {
        for (minutes, good) in [(0, false), (-1, false), (1, true), (960, true), (961, false), (1500, false)] {
            assert_eq!(check_minutes(minutes).is_ok(), good, "{minutes}");
        }
        assert!(check_day_total(day("2026-03-01"), 900, 60).is_ok());
        let full = check_day_total(day("2026-03-01"), 900, 61).unwrap_err();
        assert!(full.code == "day_full" && full.detail.contains("60 are left"), "{full:?}");
    }

    proptest! {
        #[test]
        fn every_minute_is_paid_for_once(minutes in 1i64..=960, reserved in 0i64..2_000, available in -10i64..2_000) {
            let share = split(minutes, reserved, available);
            prop_assert_eq!(share.pledged + share.own, minutes);
            prop_assert!(share.own >= 0 && share.reserve >= 0 && share.reserve <= available.max(0));
            prop_assert!(share.pledged <= reserved + share.reserve);
            prop_assert!(share.own == 0 || share.pledged == reserved + available.max(0));
        }
    }
}
