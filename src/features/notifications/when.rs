//! When something is mailed, by the person's own clock. Pure: the rules of the zone come with it.

use super::model::Cadence;
use crate::kernel::{TimeZone, Timestamp};
use chrono::{DateTime, Datelike as _, Days, LocalResult, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};

/// Digests go out at this hour of the person's day, unless it is a quiet one.
const DIGEST_AT: (u32, u32) = (8, 0);
/// After so many digests that nobody reacted to they come weekly, after twice as many monthly.
pub(super) const UNREAD_BEFORE_FEWER: i32 = 3;

/// Hours of a day in which nothing is mailed; they may go over midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Quiet {
    pub from: NaiveTime,
    pub until: NaiveTime,
}

/// A time of day as people write it.
pub(super) fn time_of_day(text: &str) -> Option<NaiveTime> {
    let written = text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b':');
    written.then(|| NaiveTime::parse_from_str(text, "%H:%M").ok()).flatten()
}

/// The instant of a time on this day: the first of two when clocks are set back, the end of the gap when they are set
/// forward.
fn instant(zone: TimeZone, day: NaiveDate, time: NaiveTime) -> Timestamp {
    let mut local = day.and_time(time);
    // No gap known to the zones is longer than a day.
    for _ in 0..=96 {
        match zone.tz().from_local_datetime(&local) {
            LocalResult::Single(found) | LocalResult::Ambiguous(found, _) => return found.with_timezone(&Utc).into(),
            LocalResult::None => local += TimeDelta::minutes(15),
        }
    }
    local.and_utc().into()
}

/// The first instant from this one on that is not quiet.
pub(super) fn not_quiet(at: Timestamp, zone: TimeZone, quiet: Option<Quiet>) -> Timestamp {
    let Some(Quiet { from, until }) = quiet.filter(|quiet| quiet.from != quiet.until) else { return at };
    let local = DateTime::<Utc>::from(at).with_timezone(&zone.tz());
    let (day, time) = (local.date_naive(), local.time());
    let end = if from < until {
        (from..until).contains(&time).then_some(day)
    } else if time >= from {
        day.checked_add_days(Days::new(1))
    } else {
        (time < until).then_some(day)
    };
    // An hour that comes twice may read as quiet still; going back in time would help nobody.
    end.map_or(at, |day| instant(zone, day, until).max(at))
}

/// How far apart digests are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Pace {
    Daily,
    Weekly,
    Monthly,
}

/// When news of `now` is mailed to somebody who has not reacted to so many digests; none for never.
pub(super) fn due(
    cadence: Cadence,
    now: Timestamp,
    zone: TimeZone,
    quiet: Option<Quiet>,
    unread: i32,
) -> Option<Timestamp> {
    let wished = match cadence {
        Cadence::None => return None,
        Cadence::AtOnce => return Some(not_quiet(now, zone, quiet)),
        Cadence::Daily => Pace::Daily,
        Cadence::Weekly => Pace::Weekly,
    };
    let borne = match unread {
        ..UNREAD_BEFORE_FEWER => Pace::Daily,
        UNREAD_BEFORE_FEWER..=5 => Pace::Weekly,
        _ => Pace::Monthly,
    };
    Some(not_quiet(next_digest(wished.max(borne), now, zone), zone, quiet))
}

/// The next morning, Monday morning, or first morning of a month, after this instant.
fn next_digest(pace: Pace, now: Timestamp, zone: TimeZone) -> Timestamp {
    let time = NaiveTime::from_hms_opt(DIGEST_AT.0, DIGEST_AT.1, 0).unwrap_or_default();
    let today = DateTime::<Utc>::from(now).with_timezone(&zone.tz()).date_naive();
    let fits = |day: &NaiveDate| match pace {
        Pace::Daily => true,
        Pace::Weekly => day.weekday() == chrono::Weekday::Mon,
        Pace::Monthly => day.day() == 1,
    };
    today.iter_days().take(40).filter(fits).map(|day| instant(zone, day, time)).find(|at| *at > now).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn zone(name: &str) -> TimeZone {
        TimeZone::parse(name).unwrap()
    }

    #[expect(clippy::unnecessary_wraps, reason = "as a profile has them")]
    fn quiet(from: &str, until: &str) -> Option<Quiet> {
        Some(Quiet { from: time_of_day(from).unwrap(), until: time_of_day(until).unwrap() })
    }

    #[test]
    fn quiet_hours_go_over_midnight_and_follow_the_persons_clock() {
        let night = quiet("22:00", "07:00");
        for (zone_name, now, next) in [
            ("UTC", "2026-11-22T21:59:59Z", "2026-11-22T21:59:59Z"),
            ("UTC", "2026-11-22T22:00:00Z", "2026-11-23T07:00:00Z"),
            ("UTC", "2026-11-22T06:59:59Z", "2026-11-22T07:00:00Z"),
            ("UTC", "2026-11-22T07:00:00Z", "2026-11-22T07:00:00Z"),
            // Winter and summer in Berlin.
            ("Europe/Berlin", "2026-01-10T21:00:00Z", "2026-01-11T06:00:00Z"),
            ("Europe/Berlin", "2026-07-10T20:00:00Z", "2026-07-11T05:00:00Z"),
            // The nights in which clocks are set forward and back.
            ("Europe/Berlin", "2026-03-28T22:00:00Z", "2026-03-29T05:00:00Z"),
            ("Europe/Berlin", "2026-10-24T21:00:00Z", "2026-10-25T06:00:00Z"),
            ("Asia/Kolkata", "2026-11-22T16:30:00Z", "2026-11-23T01:30:00Z"),
        ] {
            assert_eq!(not_quiet(at(now), zone(zone_name), night), at(next), "{zone_name} {now}");
        }
        let noon = quiet("12:00", "13:00");
        assert_eq!(not_quiet(at("2026-11-22T12:30:00Z"), zone("UTC"), noon), at("2026-11-22T13:00:00Z"));
        assert_eq!(not_quiet(at("2026-11-22T13:00:00Z"), zone("UTC"), noon), at("2026-11-22T13:00:00Z"));
        assert_eq!(
            not_quiet(at("2026-11-22T12:30:00Z"), zone("UTC"), quiet("12:00", "12:00")),
            at("2026-11-22T12:30:00Z")
        );
    }

    #[test]
    fn an_end_that_does_not_exist_is_the_end_of_the_gap_and_one_that_comes_twice_the_first() {
        let berlin = zone("Europe/Berlin");
        // 02:30 is skipped on this day: clocks go from 02:00 to 03:00, which is 01:00 UTC.
        assert_eq!(not_quiet(at("2026-03-29T00:30:00Z"), berlin, quiet("01:00", "02:30")), at("2026-03-29T01:00:00Z"));
        // 02:30 comes at 00:30 and at 01:30 UTC.
        assert_eq!(not_quiet(at("2026-10-25T00:00:00Z"), berlin, quiet("01:00", "02:30")), at("2026-10-25T00:30:00Z"));
        // In the second 02:15: quiet by the clock, but the end has been.
        assert_eq!(not_quiet(at("2026-10-25T01:15:00Z"), berlin, quiet("01:00", "02:30")), at("2026-10-25T01:15:00Z"));
    }

    #[test]
    fn digests_come_in_the_morning_and_seldom_to_whoever_does_not_read_them() {
        let berlin = zone("Europe/Berlin");
        // A Sunday, half past eight in Berlin.
        let now = at("2026-11-22T07:30:00Z");
        for (cadence, unread, next) in [
            (Cadence::Daily, 0, Some("2026-11-23T07:00:00Z")),
            (Cadence::Daily, 2, Some("2026-11-23T07:00:00Z")),
            (Cadence::Weekly, 0, Some("2026-11-23T07:00:00Z")),
            (Cadence::Daily, 3, Some("2026-11-23T07:00:00Z")),
            (Cadence::Daily, 6, Some("2026-12-01T07:00:00Z")),
            (Cadence::Weekly, 100, Some("2026-12-01T07:00:00Z")),
            (Cadence::AtOnce, 100, Some("2026-11-22T07:30:00Z")),
            (Cadence::None, 0, None),
        ] {
            assert_eq!(due(cadence, now, berlin, None, unread), next.map(at), "{cadence} {unread}");
        }
        let tuesday = at("2026-11-24T12:00:00Z");
        assert_eq!(due(Cadence::Daily, tuesday, berlin, None, 3), Some(at("2026-11-30T07:00:00Z")), "weekly by then");
        assert_eq!(due(Cadence::Daily, tuesday, berlin, quiet("22:00", "09:30"), 0), Some(at("2026-11-25T08:30:00Z")));
        // Eight in the morning stays eight when clocks change.
        assert_eq!(due(Cadence::Daily, at("2026-03-28T12:00:00Z"), berlin, None, 0), Some(at("2026-03-29T06:00:00Z")));
    }

    #[test]
    fn times_of_day_are_written_with_two_digits_each() {
        assert!(time_of_day("07:05").is_some() && time_of_day("23:59").is_some());
        for text in ["", " 7:05", "7:05", "24:00", "07:60", "07:05:00", "0705", "ab:cd"] {
            assert_eq!(time_of_day(text), None, "{text}");
        }
    }
}
