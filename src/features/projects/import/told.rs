//! Documents about single projects as rows: Scorecards, and a SECURITY-INSIGHTS file.

use super::report::Reason;
use super::{ImportFormat, Listing, Reading, Row, Said, check_repository};
use crate::features::projects::statements::{self, Insights, StatementKind, Told};
use crate::kernel::{Error, Result, Timestamp};

/// Reads a file. A Scorecard that can't be used is a row; a SECURITY-INSIGHTS file that can't be used is no file.
pub(super) fn read(format: ImportFormat, bytes: &[u8], now: Timestamp) -> Result<Reading> {
    let rows = if format == ImportFormat::Scorecard {
        let row = |(line, told): (u64, Result<Told>)| {
            let listing = told.map_err(|error| reason(&error)).and_then(|told| scorecard(line, told));
            listing.map_or_else(|why| Row::Unfit { line, why }, |listing| Row::Fit(Box::new(listing)))
        };
        statements::read_scorecards(bytes, now)?.into_iter().map(row).collect()
    } else {
        let told = statements::read(StatementKind::SecurityInsights, bytes, now)?;
        vec![insights(told).map_or_else(|why| Row::Unfit { line: 1, why }, |listing| Row::Fit(Box::new(listing)))]
    };
    Ok(Reading { rows, ..Reading::default() })
}

/// All that is wrong with a document as one reason.
fn reason(error: &Error) -> Reason {
    let faults: Vec<String> =
        error.fields().iter().map(|fault| format!("{}: {}", fault.pointer, fault.detail)).collect();
    match error.fields().first() {
        Some(first) => Reason::new(first.code, faults.join(" ")),
        None => Reason::new("malformed", error.detail()),
    }
}

fn listing(line: u64, told: Told, name: Option<String>) -> Result<Listing, Reason> {
    let key = told.repositories.first().cloned().unwrap_or_default();
    let repository = check_repository(&format!("https://{key}"))?;
    let last = repository.key.rsplit('/').next().unwrap_or_default().to_owned();
    Ok(Listing {
        line,
        repository_url: repository.url,
        repository_key: repository.key,
        name: name.unwrap_or(last),
        words: None,
        languages: Vec::new(),
        tags: Vec::new(),
        score: None,
        license: None,
        told: Some(told),
        note: None,
    })
}

/// A Scorecard holds no words about the project.
fn scorecard(line: u64, told: Told) -> Result<Listing, Reason> {
    listing(line, told, None)
}

fn insights(told: Told) -> Result<Listing, Reason> {
    let facts: Insights =
        serde_json::from_value(told.facts.clone()).map_err(|cause| Reason::new("malformed", cause.to_string()))?;
    let words = Said { description: String::new(), homepage_url: facts.homepage_url };
    let listing = listing(1, told, facts.name)?;
    Ok(Listing { words: Some(words), license: facts.license, ..listing })
}
