//! Calendars for those who subscribe to them: iCalendar (RFC 5545, with the names of RFC 7986).

use super::Text;
use crate::kernel::Timestamp;
use chrono::NaiveDate;

/// The media type.
const CALENDAR: &str = "text/calendar; charset=utf-8";
/// Octets of a line, its end not counted; a longer one goes on in the next.
const LONGEST_LINE: usize = 75;

/// When something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// On whole days, both included; nobody is busy by it.
    Days(NaiveDate, NaiveDate),
    /// At an instant, of which the calendar reminds a day before.
    At(Timestamp),
}

/// Something in a calendar.
#[derive(Debug)]
pub struct Event {
    /// Its name for good: a changed event with the same name takes the old one's place.
    pub uid: String,
    /// Rises with each change.
    pub sequence: i64,
    /// Since when it is known.
    pub created: Timestamp,
    /// When it last changed.
    pub changed: Timestamp,
    /// When it is.
    pub when: When,
    /// Whether it is agreed on; what is not is shown as tentative.
    pub certain: bool,
    /// What it is, in a line.
    pub summary: String,
    /// More about it.
    pub description: String,
    /// Where it is to be read.
    pub url: String,
}

/// A calendar of one reader.
#[derive(Debug)]
pub struct Calendar {
    /// What it is.
    pub name: String,
    /// Its events.
    pub events: Vec<Event>,
}

/// Lines as the format wants them: folded, and ended by CRLF.
#[derive(Debug, Default)]
struct Lines(String);

impl Lines {
    fn line(&mut self, line: &str) {
        let mut used = 0;
        for letter in line.chars() {
            if used + letter.len_utf8() > LONGEST_LINE {
                self.0.push_str("\r\n ");
                used = 1;
            }
            self.0.push(letter);
            used += letter.len_utf8();
        }
        self.0.push_str("\r\n");
    }

    /// A property whose value people wrote.
    fn text(&mut self, name: &str, value: &str) {
        self.line(&format!("{name}:{}", escaped(value)));
    }
}

/// A value without anything that the format would read as its own.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | ';' | ',' => out.extend(['\\', letter]),
            '\n' => out.push_str("\\n"),
            letter if letter.is_control() && letter != '\t' => {}
            letter => out.push(letter),
        }
    }
    out
}

fn stamp(at: Timestamp) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

fn day(day: NaiveDate) -> String {
    day.format("%Y%m%d").to_string()
}

impl Event {
    fn write(&self, lines: &mut Lines) {
        lines.line("BEGIN:VEVENT");
        lines.text("UID", &self.uid);
        // Without a method the stamp says when the event was last revised.
        lines.line(&format!("DTSTAMP:{}", stamp(self.changed)));
        lines.line(&format!("CREATED:{}", stamp(self.created)));
        lines.line(&format!("LAST-MODIFIED:{}", stamp(self.changed)));
        lines.line(&format!("SEQUENCE:{}", self.sequence));
        match self.when {
            When::Days(from, until) => {
                lines.line(&format!("DTSTART;VALUE=DATE:{}", day(from)));
                // The end is the first day that is not in it.
                lines.line(&format!("DTEND;VALUE=DATE:{}", day(until.succ_opt().unwrap_or(until))));
            }
            When::At(at) => lines.line(&format!("DTSTART:{}", stamp(at))),
        }
        lines.line("TRANSP:TRANSPARENT");
        lines.line(if self.certain { "STATUS:CONFIRMED" } else { "STATUS:TENTATIVE" });
        lines.text("SUMMARY", &self.summary);
        lines.text("DESCRIPTION", &self.description);
        lines.line(&format!("URL:{}", self.url));
        if matches!(self.when, When::At(_)) {
            lines.line("BEGIN:VALARM");
            lines.line("ACTION:DISPLAY");
            lines.text("DESCRIPTION", &self.summary);
            lines.line("TRIGGER:-P1D");
            lines.line("END:VALARM");
        }
        lines.line("END:VEVENT");
    }
}

/// A calendar has one component at least; this one says nothing.
const NOTHING: [&str; 8] = [
    "BEGIN:VTIMEZONE",
    "TZID:Etc/UTC",
    "BEGIN:STANDARD",
    "DTSTART:19700101T000000",
    "TZOFFSETFROM:+0000",
    "TZOFFSETTO:+0000",
    "END:STANDARD",
    "END:VTIMEZONE",
];

impl Calendar {
    /// The answer.
    pub fn reply(&self) -> Text {
        Text::private(CALENDAR, self.write())
    }

    fn write(&self) -> String {
        let mut lines = Lines::default();
        for line in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Mainstay//Mainstay//EN", "CALSCALE:GREGORIAN"] {
            lines.line(line);
        }
        lines.text("NAME", &self.name);
        lines.text("X-WR-CALNAME", &self.name);
        lines.line("REFRESH-INTERVAL;VALUE=DURATION:PT1H");
        if self.events.is_empty() {
            for line in NOTHING {
                lines.line(line);
            }
        }
        for event in &self.events {
            event.write(&mut lines);
        }
        lines.line("END:VCALENDAR");
        lines.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn event(summary: &str) -> Event {
        Event {
            uid: "assignment-1@mainstay.example.org".to_owned(),
            sequence: 2,
            created: "2026-11-22T09:00:00Z".parse().unwrap(),
            changed: "2026-11-23T09:00:00Z".parse().unwrap(),
            when: When::Days("2026-11-22".parse().unwrap(), "2026-12-31".parse().unwrap()),
            certain: true,
            summary: summary.to_owned(),
            description: "a\nb".to_owned(),
            url: "https://mainstay.example.org/api/v1/assignments/1".to_owned(),
        }
    }

    /// What a reader makes of it: lines put together again, values without their escapes.
    fn read(text: &str) -> Vec<(String, String)> {
        let whole = text.replace("\r\n ", "");
        let lines = whole.strip_suffix("\r\n").unwrap().split("\r\n");
        let pair = |line: &str| {
            let (name, value) = line.split_once(':').unwrap();
            let (mut plain, mut letters) = (String::new(), value.chars());
            while let Some(letter) = letters.next() {
                match letter {
                    '\\' => plain.push(match letters.next().unwrap() {
                        'n' | 'N' => '\n',
                        other => other,
                    }),
                    other => plain.push(other),
                }
            }
            (name.to_owned(), plain)
        };
        lines.map(pair).collect()
    }

    proptest! {
        #[test]
        fn whatever_people_write_is_read_back_and_no_line_is_too_long(summary in "(?s).{0,200}") {
            let text = Calendar { name: "Mine".to_owned(), events: vec![event(&summary)] }.write();
            prop_assert!(text.split("\r\n").all(|line| line.len() <= LONGEST_LINE && !line.contains(['\r', '\n'])));
            let kept: String = summary.chars().filter(|c| !c.is_control() || matches!(c, '\t' | '\n')).collect();
            let read = read(&text);
            prop_assert_eq!(read.iter().filter(|(name, _)| name == "BEGIN").count(), 2);
            let found = read.iter().find(|(name, _)| name == "SUMMARY").unwrap();
            prop_assert_eq!(&found.1, &kept);
        }
    }

    #[test]
    fn the_last_day_is_in_it_and_an_instant_has_an_alarm() {
        let days = Calendar { name: "Mine".to_owned(), events: vec![event("Work")] }.write();
        assert!(days.contains("DTSTART;VALUE=DATE:20261122\r\nDTEND;VALUE=DATE:20270101\r\n"), "{days}");
        assert!(!days.contains("VALARM"));
        let due = Event { when: When::At("2026-12-06T09:00:00Z".parse().unwrap()), ..event("Check in") };
        let due = Calendar { name: "Mine".to_owned(), events: vec![due] }.write();
        assert!(due.contains("DTSTART:20261206T090000Z\r\n") && due.contains("TRIGGER:-P1D\r\n"), "{due}");
    }

    #[test]
    fn a_calendar_without_events_is_one_all_the_same() {
        let text = Calendar { name: "Mine".to_owned(), events: Vec::new() }.write();
        assert!(
            text.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
                && text.ends_with("END:VTIMEZONE\r\nEND:VCALENDAR\r\n"),
            "{text}"
        );
    }
}
