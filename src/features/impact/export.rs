//! Reports as tables for spreadsheets: a row for each month, project, person and kind of work, whose sums are the report's.

use super::service::Report;
use super::tally::Minutes;
use crate::kernel::{Error, Result};

/// A cell that no spreadsheet takes for a formula.
fn cell(text: &str) -> String {
    let risky = text.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r']);
    if risky { format!("'{text}") } else { text.to_owned() }
}

/// Which columns of minutes there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Columns {
    /// An organization's: as its ledgers hold them.
    Pledges,
    /// A project's or a person's.
    Work,
}

const PLEDGES: [&str; 6] = [
    "pledged_minutes",
    "reserved_minutes",
    "delivered_minutes",
    "confirmed_minutes",
    "automatic_minutes",
    "own_time_minutes",
];
const WORK: [&str; 5] =
    ["logged_minutes", "confirmed_minutes", "automatic_minutes", "employer_minutes", "own_time_minutes"];

fn figures(columns: Columns, minutes: &Minutes) -> Vec<i64> {
    let own = minutes.confirmed - minutes.pledged;
    match columns {
        Columns::Pledges => {
            vec![minutes.granted, minutes.reserved, minutes.delivered, minutes.pledged, minutes.automatic_pledged, own]
        }
        Columns::Work => vec![minutes.logged, minutes.confirmed, minutes.automatic, minutes.pledged, own],
    }
}

/// The table as CSV.
pub(super) fn csv(report: &Report, columns: Columns) -> Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let minutes: &[&str] = match columns {
        Columns::Pledges => &PLEDGES,
        Columns::Work => &WORK,
    };
    let heading = ["month", "project", "person", "organization", "kind"].iter().chain(minutes);
    writer.write_record(heading).map_err(Error::internal)?;
    let names = &report.names;
    for (key, minutes) in report.tally.cells() {
        let text = |found: Option<&(String, String)>| found.map(|(key, _)| cell(key)).unwrap_or_default();
        let mut row = vec![
            key.month.to_string(),
            text(key.project.and_then(|id| names.projects.get(&id))),
            text(key.account.and_then(|id| names.people.get(&id))),
            text(key.employer.and_then(|id| names.organizations.get(&id))),
            key.kind.map(|kind| kind.to_string()).unwrap_or_default(),
        ];
        row.extend(figures(columns, minutes).iter().map(ToString::to_string));
        writer.write_record(row).map_err(Error::internal)?;
    }
    let bytes = writer.into_inner().map_err(|error| Error::internal(error.to_string()))?;
    String::from_utf8(bytes).map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for text in ["=1+1", "+1", "-1", "@x", " =1", "\t=1"] {
            assert!(cell(text).starts_with('\''), "{text:?}");
        }
        assert_eq!(cell("a-b"), "a-b");
    }
}
