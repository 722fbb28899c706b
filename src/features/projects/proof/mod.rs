//! Proof that somebody speaks for a project: where it may stand, and what counts as it. Pure.

mod places;

pub(super) use places::{Place, places};

use crate::features::projects::model::AttemptOutcome;
use crate::kernel::{Entropy, Timestamp, has_hidden, hex};
use chrono::TimeDelta;

/// How long a verified lead counts as one before the proof is asked for again.
pub(super) const HOLDS: TimeDelta = TimeDelta::days(365);
/// How long before the end it may be renewed.
pub(super) const RENEWABLE: TimeDelta = TimeDelta::days(30);

/// A token that nobody can guess.
pub(super) fn token(entropy: &dyn Entropy) -> String {
    let mut bytes = [0; 20];
    entropy.fill(&mut bytes);
    hex(&bytes)
}

/// The line, or the text record, that has to be put up.
pub(super) fn line(token: &str) -> String {
    format!("mainstay-verification={token}")
}

/// When the proof of a lead of whom this is known since then is asked for again.
pub(super) fn expires_at(verified_at: Timestamp) -> Timestamp {
    verified_at + HOLDS
}

/// What was fetched from a place, and what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attempt {
    pub place: Place,
    pub outcome: AttemptOutcome,
    pub detail: String,
}

impl Attempt {
    fn new(place: Place, outcome: AttemptOutcome, detail: impl Into<String>) -> Self {
        Self { place, outcome, detail: detail.into() }
    }

    /// From an answer over HTTP.
    pub(super) fn of_file(place: Place, status: u16, text: &str, wanted: &str) -> Self {
        match status {
            200 if text.lines().any(|line| line.trim() == wanted) => {
                Self::new(place, AttemptOutcome::Found, "The line is there.")
            }
            200 if text.trim().is_empty() => {
                Self::new(place, AttemptOutcome::OtherContent, "The file is there, but it is empty.")
            }
            200 => {
                let detail = format!(
                    "The file is there, but none of its lines is the wanted one; it begins with {}.",
                    beginning(text)
                );
                Self::new(place, AttemptOutcome::OtherContent, detail)
            }
            404 | 410 => {
                Self::new(place, AttemptOutcome::Missing, format!("The answer was {status}: there is no such file."))
            }
            _ => Self::new(place, AttemptOutcome::Unreachable, format!("The answer was {status}, not 200.")),
        }
    }

    /// From the text records at a name.
    pub(super) fn of_records(place: Place, records: &[String], wanted: &str) -> Self {
        if records.iter().any(|record| record.trim() == wanted) {
            return Self::new(place, AttemptOutcome::Found, "The text record is there.");
        }
        let Some(first) = records.first() else {
            return Self::new(place, AttemptOutcome::Missing, "There is no text record at this name.");
        };
        let detail = format!(
            "{} text records are there, but none is the wanted one; the first is {}.",
            records.len(),
            beginning(first)
        );
        Self::new(place, AttemptOutcome::OtherContent, detail)
    }

    /// From a failure.
    pub(super) fn failed(place: Place, why: impl std::fmt::Display) -> Self {
        Self::new(place, AttemptOutcome::Unreachable, format!("{why}."))
    }
}

/// The first line of a text, short and harmless.
fn beginning(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let harmless: String = line.chars().filter(|c| !c.is_control() && !has_hidden(&c.to_string())).take(100).collect();
    format!("{harmless:?}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::projects::model::ProofMethod;

    #[test]
    fn the_line_is_found_whole_or_not_at_all() {
        let wanted = line("abc");
        let place = || Place { method: ProofMethod::RepositoryFile, address: "https://x/y".into() };
        for (status, text, outcome) in [
            (200, "mainstay-verification=abc", AttemptOutcome::Found),
            (200, "other\r\n  mainstay-verification=abc \r\n", AttemptOutcome::Found),
            (200, "mainstay-verification=abcd", AttemptOutcome::OtherContent),
            (200, "x mainstay-verification=abc", AttemptOutcome::OtherContent),
            (200, "abc", AttemptOutcome::OtherContent),
            (200, "\n\n", AttemptOutcome::OtherContent),
            (404, "mainstay-verification=abc", AttemptOutcome::Missing),
            (302, "mainstay-verification=abc", AttemptOutcome::Unreachable),
            (500, "mainstay-verification=abc", AttemptOutcome::Unreachable),
        ] {
            assert_eq!(Attempt::of_file(place(), status, text, &wanted).outcome, outcome, "{status} {text:?}");
        }
        let detail = Attempt::of_file(place(), 200, &format!("\n\u{7}<b>\u{202E}{}", "x".repeat(200)), &wanted).detail;
        assert!(detail.ends_with(&format!("it begins with \"<b>{}\".", "x".repeat(97))), "{detail}");
        let records = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        for (texts, outcome) in [
            (records(&[]), AttemptOutcome::Missing),
            (records(&["v=spf1"]), AttemptOutcome::OtherContent),
            (records(&["v=spf1", "mainstay-verification=abc"]), AttemptOutcome::Found),
        ] {
            assert_eq!(Attempt::of_records(place(), &texts, &wanted).outcome, outcome, "{texts:?}");
        }
    }
}
