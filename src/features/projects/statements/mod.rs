//! What documents from elsewhere say of a project: a result of the OpenSSF Scorecard, a SECURITY-INSIGHTS file. Read here,
//! without trust in either; kept by the service.

mod insights;
mod scorecard;

pub use insights::Insights;
pub use scorecard::{Check as ScorecardCheck, Scorecard};

use crate::kernel::{Error, Result, Timestamp, words};
use serde_json::Value;

words! {
    /// What kind of document it is.
    StatementKind {
        /// A result of the OpenSSF Scorecard (JSON).
        Scorecard = "scorecard",
        /// The project's own SECURITY-INSIGHTS file, version 2 (YAML).
        SecurityInsights = "security_insights",
    }
}

/// A document, read.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// What kind of document it is.
    pub kind: StatementKind,
    /// The repositories that it is about, in their one spelling; the first is the one it names itself after.
    pub repositories: Vec<String>,
    /// As of when; none where it does not say.
    pub as_of: Option<Timestamp>,
    /// What it says, in the shape of [`Scorecard`] or [`Insights`].
    pub facts: Value,
}

/// Reads one document.
///
/// # Errors
/// Where it is no such document.
pub fn read(kind: StatementKind, bytes: &[u8], now: Timestamp) -> Result<Told> {
    match kind {
        StatementKind::Scorecard => scorecard::read(&scorecard::parse(bytes)?, now),
        StatementKind::SecurityInsights => insights::read(bytes, now),
    }
}

/// Reads every Scorecard of a file: one, a list of them, or one a line; each with the line on which it begins.
pub fn read_scorecards(bytes: &[u8], now: Timestamp) -> Result<Vec<(u64, Result<Told>)>> {
    let mut reader = serde_json::Deserializer::from_slice(bytes).into_iter::<Value>();
    let (mut found, mut from, mut at) = (Vec::new(), 0, 1);
    let breaks =
        |from: usize, to: usize| bytes.get(from..to).unwrap_or_default().split(|byte| *byte == b'\n').skip(1).count();
    while let Some(value) = reader.next() {
        let blank = bytes.get(from..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        at += u64::try_from(breaks(from, from + blank)).unwrap_or(0);
        match value {
            Ok(Value::Array(all)) => found.extend(all.iter().map(|one| (at, scorecard::read(one, now)))),
            Ok(one) => found.push((at, scorecard::read(&one, now))),
            Err(error) if found.is_empty() => return Err(scorecard::malformed(&error)),
            Err(error) => {
                found.push((at, Err(scorecard::malformed(&error))));
                break;
            }
        }
        at += u64::try_from(breaks(from + blank, reader.byte_offset())).unwrap_or(0);
        from = reader.byte_offset();
    }
    if found.is_empty() {
        return Err(Error::new(
            &super::problems::WRONG_FILE,
            "This is no scorecard file: line 1, column 1: it is empty.",
        ));
    }
    Ok(found)
}

/// An instant of these days, or the beginning of a day.
fn instant(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    text.parse().or_else(|_no| format!("{text}T00:00:00Z").parse()).ok()
}

/// A line of text that can be kept: without control characters, cut where it is too long.
fn kept(text: &str, most: usize) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().filter(|c| !c.is_control()).take(most).collect()
}
