//! A record, checked and taken apart into rows. Pure.

use super::cvss::Cvss;
use super::model::SeverityLevel;
use super::osv::{OsvRecord, PackageKey, Rating};
use super::packages;
use crate::kernel::{Fault, Timestamp, fold, hex};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;

/// The longest id, in characters.
const LONGEST_ID: usize = 200;
/// So many packages of one record are kept for finding components; the record itself is kept whole.
const MOST_PACKAGES: usize = 5_000;
/// So many other names of a record are taken.
const MOST_NAMES: usize = 1_000;
/// So many characters of a summary are shown in lists.
const SUMMARY: usize = 300;

/// What a record is kept as, besides itself.
#[derive(Debug)]
pub(super) struct Prepared {
    pub record: OsvRecord,
    pub modified: Timestamp,
    pub published: Option<Timestamp>,
    pub withdrawn: Option<Timestamp>,
    pub summary: String,
    pub search: String,
    pub severity: Option<SeverityLevel>,
    pub base_score: Option<f64>,
    pub vector: Option<String>,
    pub digest: String,
    /// Ecosystem, name, package URL.
    pub packages: Vec<(String, String, Option<String>)>,
    /// Its id and all its aliases.
    pub names: BTreeSet<String>,
}

/// A field and what is wrong with it.
pub(super) type Wrong = (String, Fault);

fn id(text: &str) -> Result<(), Fault> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "._:+~@-".contains(c);
    if text.is_empty() || text.chars().count() > LONGEST_ID || !text.chars().all(fits) {
        let detail =
            format!("An id is 1 to {LONGEST_ID} of A to Z, a to z, 0 to 9 and ._:+~@-, such as GHSA-jfh8-c2jp-5v3q.");
        return Err(Fault::new("invalid_id", detail));
    }
    Ok(())
}

fn instant(text: &str) -> Result<Timestamp, Fault> {
    let wrong = |_| Fault::new("invalid_instant", "Write an instant as RFC 3339 has it, such as 2026-11-22T09:00:00Z.");
    text.parse().map_err(wrong)
}

/// Checks a record.
///
/// # Errors
/// All that is wrong with it, by JSON Pointer.
pub(super) fn prepare(record: OsvRecord) -> Result<Prepared, Vec<Wrong>> {
    let mut wrong: Vec<Wrong> = Vec::new();
    let mut note = |pointer: &str, fault: Fault| wrong.push((pointer.to_owned(), fault));
    id(&record.id).unwrap_or_else(|fault| note("/id", fault));
    let modified = instant(&record.modified).map_err(|fault| note("/modified", fault)).ok();
    let published = record.published.as_deref().map(instant).transpose().unwrap_or_else(|fault| {
        note("/published", fault);
        None
    });
    let withdrawn = record.withdrawn.as_deref().map(instant).transpose().unwrap_or_else(|fault| {
        note("/withdrawn", fault);
        None
    });
    if record.aliases.len() > MOST_NAMES {
        note("/aliases", Fault::new("too_many", format!("At most {MOST_NAMES} aliases are taken.")));
    }
    for (at, alias) in record.aliases.iter().enumerate() {
        id(alias).unwrap_or_else(|fault| note(&format!("/aliases/{at}"), fault));
    }
    let text = serde_json::to_string(&record).unwrap_or_default();
    if text.contains("\\u0000") {
        note("", Fault::new("control_character", "Holds the character U+0000, which no database keeps; remove it."));
    }
    let (Some(modified), true) = (modified, wrong.is_empty()) else { return Err(wrong) };
    let (severity, base_score, vector) = rate(&record);
    let names: BTreeSet<String> = record.aliases.iter().chain([&record.id]).cloned().collect();
    let summary = summarize(&record);
    let search = names.iter().map(String::as_str).chain([summary.as_str()]).collect::<Vec<_>>().join(" ");
    Ok(Prepared {
        modified,
        published,
        withdrawn,
        search: fold(&search),
        summary,
        severity,
        base_score,
        vector,
        digest: hex(&Sha256::digest(text.as_bytes())),
        packages: taken_apart(&record),
        names,
        record,
    })
}

fn summarize(record: &OsvRecord) -> String {
    let details = || record.details.as_deref().and_then(|text| text.lines().find(|line| !line.trim().is_empty()));
    let text = record.summary.as_deref().filter(|text| !text.trim().is_empty()).or_else(details).unwrap_or_default();
    text.trim().chars().filter(|c| !c.is_control()).take(SUMMARY).collect()
}

fn taken_apart(record: &OsvRecord) -> Vec<(String, String, Option<String>)> {
    let mut all = BTreeSet::new();
    for package in record.affected.iter().filter_map(|affected| affected.package.as_ref()) {
        let key = PackageKey::of_package(package);
        let purls = packages::purls(package);
        if purls.is_empty() {
            all.insert((key.ecosystem.clone(), package.name.clone(), None));
        }
        all.extend(purls.into_iter().map(|purl| (key.ecosystem.clone(), package.name.clone(), Some(purl))));
        if all.len() >= MOST_PACKAGES {
            break;
        }
    }
    all.into_iter().collect()
}

/// The highest rating of the record: by vector where there is one that can be read, else by its database's word.
fn rate(record: &OsvRecord) -> (Option<SeverityLevel>, Option<f64>, Option<String>) {
    let all = record.severity.iter().chain(record.affected.iter().flat_map(|affected| &affected.severity));
    let read = |rating: &Rating| rating.score.parse::<Cvss>().ok().map(|cvss| (cvss.scores().base, cvss));
    let best = all.filter_map(read).max_by(|(one, _), (other, _)| one.total_cmp(other));
    if let Some((score, cvss)) = best {
        return (Some(cvss.severity().into()), Some(score), Some(cvss.to_string()));
    }
    let specific = record.affected.iter().filter_map(|affected| affected.database_specific.as_ref());
    let words = record.database_specific.iter().chain(specific).filter_map(|own| own.get("severity")?.as_str());
    let level = |word: &str| match word.to_lowercase().as_str() {
        "low" => Some(SeverityLevel::Low),
        "medium" | "moderate" => Some(SeverityLevel::Medium),
        "high" | "important" => Some(SeverityLevel::High),
        "critical" => Some(SeverityLevel::Critical),
        _ => None,
    };
    (words.filter_map(level).max(), None, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(changes: serde_json::Value) -> Result<Prepared, Vec<String>> {
        let mut body = json!({"id": "A-1", "modified": "2026-01-01T00:00:00Z"});
        for (name, value) in changes.as_object().unwrap() {
            body[name] = value.clone();
        }
        let faults = |wrong: Vec<Wrong>| wrong.into_iter().map(|(at, fault)| format!("{at} {}", fault.code)).collect();
        prepare(serde_json::from_value(body).unwrap()).map_err(faults)
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let wrong = json!({"id": "a b", "modified": "yesterday", "published": "x", "withdrawn": "y", "aliases": ["", "CVE-1"], "details": "\0"});
        let faults = [
            "/id invalid_id",
            "/modified invalid_instant",
            "/published invalid_instant",
            "/withdrawn invalid_instant",
            "/aliases/0 invalid_id",
            " control_character",
        ];
        assert_eq!(read(wrong).unwrap_err(), faults);
    }

    #[test]
    fn the_highest_vector_counts_and_else_the_word() {
        let low = json!({"type": "CVSS_V3", "score": "CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N"});
        let high = json!({"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"});
        let rated = read(json!({"severity": [low, high, {"type": "Ubuntu", "score": "high"}]})).unwrap();
        assert_eq!((rated.severity, rated.base_score), (Some(SeverityLevel::Critical), Some(10.0)));
        let word = read(json!({"database_specific": {"severity": "MODERATE"}})).unwrap();
        assert_eq!((word.severity, word.base_score), (Some(SeverityLevel::Medium), None));
        assert_eq!(read(json!({})).unwrap().severity, None);
    }

    #[test]
    fn a_record_without_a_summary_is_summed_up_by_its_first_line() {
        assert_eq!(read(json!({"details": "\n\nFirst line.\nMore."})).unwrap().summary, "First line.");
        assert_eq!(read(json!({"summary": "Said."})).unwrap().search, "a-1 said.");
    }
}
