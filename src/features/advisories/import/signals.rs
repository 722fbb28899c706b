//! KEV and EPSS files.

use super::{Keeper, wrong_file};
use crate::features::advisories::model::{Exploited, Prediction};
use crate::features::advisories::store;
use crate::infra::Ctx;
use crate::kernel::Result;
use chrono::NaiveDate;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

/// Rows in one transaction.
const AT_ONCE: usize = 900;

/// What became of a file of signals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SignalReport {
    /// Rows of the file.
    pub rows: u64,
    /// Those that are new.
    pub created: u64,
    /// Those that changed.
    pub updated: u64,
    /// Those that were there as they are.
    pub unchanged: u64,
    /// Those that were there and are not in the file any more.
    pub removed: u64,
}

#[derive(Debug, Deserialize)]
struct Catalog {
    vulnerabilities: Vec<KevEntry>,
}

#[derive(Debug, Deserialize)]
struct KevEntry {
    #[serde(rename = "cveID")]
    cve: String,
    #[serde(rename = "vendorProject", default)]
    vendor: String,
    #[serde(default)]
    product: String,
    #[serde(rename = "vulnerabilityName", default)]
    title: String,
    #[serde(rename = "dateAdded")]
    added_on: NaiveDate,
    #[serde(rename = "dueDate", default)]
    due_on: Option<NaiveDate>,
    #[serde(rename = "requiredAction", default)]
    required_action: String,
    #[serde(rename = "knownRansomwareCampaignUse", default)]
    ransomware: String,
}

fn plain(text: &str) -> String {
    text.chars().filter(|c| *c != '\0').take(2_000).collect()
}

impl From<KevEntry> for Exploited {
    fn from(entry: KevEntry) -> Self {
        Self {
            cve: plain(&entry.cve).trim().to_uppercase(),
            title: plain(&entry.title),
            vendor: plain(&entry.vendor),
            product: plain(&entry.product),
            added_on: entry.added_on,
            due_on: entry.due_on,
            required_action: plain(&entry.required_action),
            ransomware: entry.ransomware.eq_ignore_ascii_case("known"),
        }
    }
}

fn read_kev(bytes: &[u8]) -> Result<BTreeMap<String, Exploited>> {
    let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let entries: Vec<KevEntry> = if text.trim_ascii_start().starts_with(b"{") {
        let mut json = serde_json::Deserializer::from_slice(text);
        let catalog: Catalog = serde_path_to_error::deserialize(&mut json)
            .map_err(|error| wrong_file("KEV", format!("at {}: {}", error.path(), error.inner())))?;
        catalog.vulnerabilities
    } else {
        let rows: std::result::Result<_, _> = csv::Reader::from_reader(text).deserialize().collect();
        rows.map_err(|error| wrong_file("KEV", error))?
    };
    if entries.is_empty() {
        return Err(wrong_file("KEV", "it has no entries, and the whole catalog would be dropped"));
    }
    let rows: BTreeMap<String, Exploited> =
        entries.into_iter().map(Exploited::from).map(|row| (row.cve.clone(), row)).collect();
    match rows.keys().find(|cve| !cve.starts_with("CVE-") || cve.len() > 30) {
        Some(wrong) => Err(wrong_file("KEV", format!("{wrong:?} is no CVE id"))),
        None => Ok(rows),
    }
}

/// Imports the KEV catalog, JSON or CSV, as a whole: what is not in it any more is dropped.
///
/// # Errors
/// Where the file is of another format (nothing is changed then), or the database fails.
pub async fn kev(ctx: &Ctx, _keeper: &Keeper, bytes: &[u8]) -> Result<SignalReport> {
    let rows = read_kev(bytes)?;
    ctx.store()
        .write(move |conn| {
            let mut report =
                SignalReport { rows: u64::try_from(rows.len()).unwrap_or(u64::MAX), ..SignalReport::default() };
            let known: HashMap<String, Exploited> =
                store::list_exploited(conn)?.into_iter().map(|row| (row.cve.clone(), row)).collect();
            let mut changed = Vec::new();
            for (cve, row) in &rows {
                match known.get(cve) {
                    Some(there) if there == row => report.unchanged += 1,
                    Some(_) => report.updated += 1,
                    None => report.created += 1,
                }
                if known.get(cve) != Some(row) {
                    changed.push(row.clone());
                }
            }
            for some in changed.chunks(AT_ONCE) {
                store::replace_exploited(conn, some)?;
            }
            let gone: Vec<String> = known.into_keys().filter(|cve| !rows.contains_key(cve)).collect();
            for some in gone.chunks(AT_ONCE) {
                store::delete_exploited(conn, some)?;
            }
            report.removed = u64::try_from(gone.len()).unwrap_or(u64::MAX);
            Ok(report)
        })
        .await
}

#[derive(Debug, Deserialize)]
struct EpssRow {
    cve: String,
    epss: f64,
    percentile: f64,
}

/// The day of the scores, from the comment on the first line, and where the table begins.
fn day_of(bytes: &[u8]) -> Result<(NaiveDate, &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (first, rest) = bytes.split_at(end);
    let first = String::from_utf8_lossy(first);
    let stated = first.strip_prefix('#').and_then(|line| {
        let date = line.split(',').find_map(|part| part.trim().strip_prefix("score_date:"))?;
        date.get(..10)?.parse().ok()
    });
    match stated {
        Some(day) => Ok((day, rest.trim_ascii_start())),
        None => Err(wrong_file("EPSS", "its first line does not say `#model_version:…,score_date:…`")),
    }
}

fn read_epss(bytes: &[u8]) -> Result<Vec<Prediction>> {
    let (as_of, table) = day_of(bytes)?;
    let mut rows: BTreeMap<String, Prediction> = BTreeMap::new();
    for row in csv::Reader::from_reader(table).deserialize() {
        let row: EpssRow = row.map_err(|error| wrong_file("EPSS", error))?;
        let fits = |share: f64| (0.0..=1.0).contains(&share);
        if !row.cve.starts_with("CVE-") || row.cve.len() > 30 || !fits(row.epss) || !fits(row.percentile) {
            return Err(wrong_file("EPSS", format!("the row of {:?} is no CVE with two shares", row.cve)));
        }
        let (cve, probability, percentile) = (row.cve, row.epss, row.percentile);
        rows.insert(cve.clone(), Prediction { cve, probability, percentile, as_of });
    }
    Ok(rows.into_values().collect())
}

/// Imports EPSS scores of a day; scores of a later day that are there stay. `progress` hears how many rows are done.
///
/// # Errors
/// Where the file is of another format (nothing is changed then), or the database fails: what was done stays, and a repeat
/// goes on.
pub async fn epss(ctx: &Ctx, _keeper: &Keeper, bytes: &[u8], mut progress: impl FnMut(u64)) -> Result<SignalReport> {
    let rows = read_epss(bytes)?;
    let mut report = SignalReport { rows: u64::try_from(rows.len()).unwrap_or(u64::MAX), ..SignalReport::default() };
    for some in rows.chunks(AT_ONCE) {
        let some = some.to_vec();
        let done = ctx
            .store()
            .write(move |conn| {
                let names: Vec<String> = some.iter().map(|row| row.cve.clone()).collect();
                let known: HashMap<String, Prediction> =
                    store::list_predictions(conn, &names)?.into_iter().map(|row| (row.cve.clone(), row)).collect();
                let (mut done, mut changed) = (SignalReport::default(), Vec::new());
                for row in &some {
                    match known.get(&row.cve) {
                        Some(there) if there == row || there.as_of > row.as_of => done.unchanged += 1,
                        there => {
                            *(if there.is_some() { &mut done.updated } else { &mut done.created }) += 1;
                            changed.push(row.clone());
                        }
                    }
                }
                if !changed.is_empty() {
                    store::replace_predictions(conn, &changed)?;
                }
                Ok(done)
            })
            .await?;
        report.created += done.created;
        report.updated += done.updated;
        report.unchanged += done.unchanged;
        progress(report.created + report.updated + report.unchanged);
    }
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalog_is_read_from_json_and_csv() {
        let json = br#"{"title": "KEV", "count": 1, "vulnerabilities": [{"cveID": "CVE-2021-44228", "vendorProject": "Apache", "product": "Log4j2",
            "vulnerabilityName": "Log4Shell", "dateAdded": "2021-12-10", "dueDate": "2021-12-24", "requiredAction": "Update.", "knownRansomwareCampaignUse": "Known"}]}"#;
        let csv = b"cveID,vendorProject,product,vulnerabilityName,dateAdded,shortDescription,requiredAction,dueDate,knownRansomwareCampaignUse\nCVE-2021-44228,Apache,Log4j2,Log4Shell,2021-12-10,x,Update.,2021-12-24,Known\n";
        let (one, other) = (read_kev(json).unwrap(), read_kev(csv).unwrap());
        assert_eq!(one, other);
        assert!(one["CVE-2021-44228"].ransomware);
        for wrong in [
            "{}",
            "{\"vulnerabilities\": []}",
            "cve,epss\n",
            "{\"vulnerabilities\": [{\"cveID\": \"x\", \"dateAdded\": \"2021-12-10\"}]}",
        ] {
            assert_eq!(read_kev(wrong.as_bytes()).unwrap_err().code(), "advisory.not_this_format", "{wrong}");
        }
    }

    #[test]
    fn scores_have_a_day() {
        let text = "#model_version:v2025.03.14,score_date:2026-11-21T00:00:00+0000\ncve,epss,percentile\nCVE-2021-44228,0.97,1\n";
        let rows = read_epss(text.as_bytes()).unwrap();
        assert_eq!((rows[0].probability, rows[0].as_of.to_string().as_str()), (0.97, "2026-11-21"));
        let no_day = "cve,epss,percentile\nCVE-2021-44228,0.97,1\n";
        for wrong in
            [no_day, &text.replace("0.97", "1.97"), &text.replace("CVE-2021", "x"), &text.replace("0.97", "high")]
        {
            assert_eq!(read_epss(wrong.as_bytes()).unwrap_err().code(), "advisory.not_this_format", "{wrong}");
        }
    }
}
