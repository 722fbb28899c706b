//! What people type when they log work, checked as a whole.

use super::rules::{Frame, check_minutes, time_of_day};
use crate::kernel::{Check, Failed, Fault, HttpsUrl, Markdown, Result};
use chrono::NaiveDate;

/// Links of an entry, at most.
const MOST_LINKS: usize = 10;
/// Characters of a note, at most.
const MOST_NOTE: usize = 2_000;

/// Logged work as typed.
#[derive(Debug, Clone, Default)]
pub struct EntryInput {
    /// The day, in the person's zone.
    pub worked_on: NaiveDate,
    /// Whole minutes; may be left out where both times are given.
    pub minutes: Option<i64>,
    /// When it began that day, such as `09:30`.
    pub started_at: Option<String>,
    /// When it ended that day.
    pub ended_at: Option<String>,
    /// What was done, 1 to 2,000 characters.
    pub note: String,
    /// Where it shows, at most 10.
    pub links: Vec<String>,
}

/// Logged work in which everything is as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CheckedEntry {
    pub worked_on: NaiveDate,
    pub minutes: i64,
    pub times: Option<(String, String)>,
    pub note: String,
    pub links: Vec<String>,
}

impl EntryInput {
    /// Checks everything within this frame, and names all that is wrong.
    pub(super) fn check(&self, frame: &Frame) -> Result<CheckedEntry> {
        let mut check = Check::default();
        let day = check.value("/worked_on", frame.check_day(self.worked_on));
        let minutes = self.check_length(&mut check, frame, day.is_ok());
        let note = check.value("/note", note(&self.note));
        let links = check.each("/links", &self.links, MOST_LINKS, |link| HttpsUrl::parse(link));
        check.done()?;
        Ok(CheckedEntry {
            worked_on: day?,
            minutes: minutes?,
            times: self.started_at.clone().zip(self.ended_at.clone()),
            note: note?,
            links: links?.into_iter().map(HttpsUrl::into_string).collect(),
        })
    }

    fn check_length(&self, check: &mut Check, frame: &Frame, good_day: bool) -> Result<i64, Failed> {
        let minutes = check.optional("/minutes", self.minutes.map(check_minutes));
        let times = match (&self.started_at, &self.ended_at) {
            (None, None) => None,
            (Some(start), Some(end)) => {
                let start = check.value("/started_at", time_of_day(start));
                let end = check.value("/ended_at", time_of_day(end));
                Some((start?, end?))
            }
            (Some(_), None) => {
                check.fault("/ended_at", "missing", "Say when it ended, too, or leave `started_at` out.");
                return Err(Failed);
            }
            (None, Some(_)) => {
                check.fault("/started_at", "missing", "Say when it began, too, or leave `ended_at` out.");
                return Err(Failed);
            }
        };
        match (minutes?, times) {
            (Some(minutes), None) => Ok(minutes),
            (None, None) => {
                check.fault("/minutes", "missing", "Say how many minutes, or when it began and ended.");
                Err(Failed)
            }
            // On a day that is refused, its times have no meaning.
            (_, Some(_)) if !good_day => Err(Failed),
            (minutes, Some(times)) => match frame.minutes_between(self.worked_on, times, minutes) {
                Ok(length) => check.value("/minutes", check_minutes(length)),
                Err((pointer, fault)) => check.value(pointer, Err(fault)),
            },
        }
    }
}

fn note(text: &str) -> Result<String, Fault> {
    if text.trim().is_empty() {
        return Err(Fault::new("too_short", "Say in a few words what was done."));
    }
    Markdown::parse(text.trim(), MOST_NOTE).map(Markdown::into_string)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::TimeZone;

    fn frame() -> Frame {
        Frame {
            zone: TimeZone::parse("Europe/Berlin").unwrap(),
            now: "2026-11-28T12:00:00Z".parse().unwrap(),
            started_at: "2026-10-01T12:00:00Z".parse().unwrap(),
            ended_at: None,
        }
    }

    fn input() -> EntryInput {
        EntryInput {
            worked_on: "2026-11-27".parse().unwrap(),
            minutes: Some(90),
            note: "Reviewed the lexer.".to_owned(),
            links: vec!["https://code.example.org/1".to_owned()],
            ..EntryInput::default()
        }
    }

    fn faults(input: &EntryInput) -> Vec<String> {
        let error = input.check(&frame()).unwrap_err();
        error.fields().iter().map(|field| format!("{} {}", field.pointer, field.code)).collect()
    }

    #[test]
    fn an_entry_is_checked_as_a_whole() {
        assert_eq!(input().check(&frame()).unwrap().minutes, 90);
        let wrong = EntryInput {
            worked_on: "2026-11-29".parse().unwrap(),
            minutes: Some(1_500),
            note: " ".to_owned(),
            links: vec!["http://x.org".to_owned()],
            ..input()
        };
        assert_eq!(
            faults(&wrong),
            ["/worked_on in_the_future", "/minutes out_of_range", "/note too_short", "/links/0 invalid_url"]
        );
    }

    #[test]
    fn times_stand_in_for_minutes() {
        let times = |start: &str, end: Option<&str>, minutes| EntryInput {
            started_at: Some(start.to_owned()),
            ended_at: end.map(str::to_owned),
            minutes,
            ..input()
        };
        let checked = times("09:00", Some("10:30"), None).check(&frame()).unwrap();
        assert_eq!((checked.minutes, checked.times.unwrap().1.as_str()), (90, "10:30"));
        assert_eq!(faults(&times("09:00", None, None)), ["/ended_at missing"]);
        assert_eq!(faults(&times("9", Some("25:00"), None)), ["/started_at invalid_time", "/ended_at invalid_time"]);
        assert_eq!(faults(&times("09:00", Some("10:00"), Some(61))), ["/minutes longer_than_its_times"]);
        assert_eq!(faults(&times("00:00", Some("23:00"), None)), ["/minutes out_of_range"]);
        assert_eq!(faults(&EntryInput { minutes: None, ..input() }), ["/minutes missing"]);
        let sunday = EntryInput { worked_on: "2026-10-25".parse().unwrap(), ..times("01:30", Some("02:30"), None) };
        assert_eq!(faults(&sunday), ["/minutes ambiguous_hour"]);
    }
}
