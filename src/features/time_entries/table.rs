//! Logged work as a table: a file of comma-, semicolon- or tab-separated values, read row by row. Pure.

use super::input::EntryInput;
use crate::kernel::{AssignmentId, Check, Error, Failed, Fault, FieldError, Result, hex};
use chrono::NaiveDate;
use csv::{ReaderBuilder, StringRecord};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;

/// Rows of one file, at most.
pub(super) const MOST_ROWS: usize = 2_000;
/// Characters of a row's own key, at most.
const MOST_KEY: usize = 100;
const COLUMNS: [&str; 8] = ["assignment", "worked_on", "minutes", "started_at", "ended_at", "note", "links", "key"];
const NEEDED: [&str; 3] = ["assignment", "worked_on", "note"];

/// A row: where it stands, and what it says or what is wrong with it.
#[derive(Debug)]
pub(super) struct Row {
    /// Its line in the file, the heading being the first.
    pub line: u64,
    pub read: Result<ReadRow, Vec<FieldError>>,
}

/// What a row says.
#[derive(Debug)]
pub(super) struct ReadRow {
    pub assignment: AssignmentId,
    pub input: EntryInput,
    /// The row's own key, or one made of all that it says: the same file again makes no doubles.
    pub key: String,
}

fn refused(pointer: &str, code: &'static str, detail: impl Into<String>) -> Error {
    Error::field(pointer, code, detail)
}

/// Reads a file.
///
/// # Errors
/// When it is no such file at all: its encoding, its heading, or too many rows. What is wrong with a row stands in the row.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Row>> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|cause| {
        let detail = format!("The file is not in UTF-8: see byte {}. Save it as CSV in UTF-8.", cause.valid_up_to());
        refused("", "not_utf8", detail)
    })?;
    let mut reader = ReaderBuilder::new().delimiter(delimiter(text)).flexible(true).from_reader(text.as_bytes());
    let heading = reader.headers().map_err(|cause| refused("", "unreadable", cause.to_string()))?.clone();
    let columns = columns(&heading)?;
    let (mut rows, mut seen) = (Vec::new(), HashMap::new());
    for record in reader.records() {
        let record = record.map_err(|cause| refused("", "unreadable", cause.to_string()))?;
        let line = record.position().map_or(0, |at| line_of(text, at));
        if rows.len() == MOST_ROWS {
            let detail = format!(
                "At most {MOST_ROWS} rows are taken at a time; the one on line {line} is too many, and none was taken. Split the file."
            );
            return Err(refused("", "too_many_rows", detail));
        }
        let read = row(&columns, &record, heading.len(), &mut seen);
        rows.push(Row { line, read });
    }
    Ok(rows)
}

/// The line on which a record begins: its position is before the line feeds that end what was before it.
fn line_of(text: &str, at: &csv::Position) -> u64 {
    let rest = usize::try_from(at.byte()).ok().and_then(|byte| text.get(byte..)).unwrap_or_default();
    let ends = rest.chars().take_while(|letter| matches!(letter, '\r' | '\n'));
    at.line() + u64::try_from(ends.filter(|letter| *letter == '\n').count()).unwrap_or_default()
}

/// The separator that the heading has most of.
fn delimiter(text: &str) -> u8 {
    let heading = text.lines().next().unwrap_or_default();
    let count = |mark: u8| heading.matches(char::from(mark)).count();
    [b';', b'\t', b','].into_iter().max_by_key(|mark| count(*mark)).unwrap_or(b',')
}

/// Where each known column stands.
fn columns(heading: &StringRecord) -> Result<HashMap<&'static str, usize>> {
    let mut check = Check::default();
    let mut columns = HashMap::new();
    for (at, name) in heading.iter().enumerate() {
        let folded = name.trim().to_lowercase();
        let Some(known) = COLUMNS.into_iter().find(|known| *known == folded) else {
            let shown: String = name.chars().take(40).collect();
            let detail = format!("There is no column {shown:?}; the columns are {}.", COLUMNS.join(", "));
            check.fault(format!("/heading/{at}"), "unknown_column", detail);
            continue;
        };
        if columns.insert(known, at).is_some() {
            check.fault(format!("/heading/{at}"), "repeated", format!("The column {known} is there twice."));
        }
    }
    for needed in NEEDED {
        let there = columns.contains_key(needed);
        check.require(there, "/heading", "missing_column", format!("The column {needed} is missing."));
    }
    check.done()?;
    Ok(columns)
}

fn row(
    columns: &HashMap<&'static str, usize>,
    record: &StringRecord,
    width: usize,
    seen: &mut HashMap<String, usize>,
) -> Result<ReadRow, Vec<FieldError>> {
    let mut check = Check::default();
    let read = cells(columns, record, width, &mut check);
    match (check.done(), read) {
        (Ok(()), Ok(mut read)) => {
            if read.key.is_empty() {
                let print = print(&read);
                let times = seen.entry(print.clone()).or_default();
                *times += 1;
                read.key = format!("row:{print}:{times}");
            }
            Ok(read)
        }
        (Err(error), _) => Err(error.fields().to_vec()),
        (Ok(()), Err(Failed)) => Err(Vec::new()),
    }
}

fn cells(
    columns: &HashMap<&'static str, usize>,
    record: &StringRecord,
    width: usize,
    check: &mut Check,
) -> Result<ReadRow, Failed> {
    if record.len() != width {
        let detail = format!("The row has {} cells, and the heading {width}.", record.len());
        check.fault("", "wrong_width", detail);
        return Err(Failed);
    }
    let cell = |name: &str| columns.get(name).and_then(|at| record.get(*at)).map(str::trim).unwrap_or_default();
    let some = |name: &str| Some(cell(name)).filter(|text| !text.is_empty());
    let assignment = check.value("/assignment", id(cell("assignment")));
    let worked_on = check.value("/worked_on", day(cell("worked_on")));
    let minutes = check.optional("/minutes", some("minutes").map(whole));
    let key = check.value("/key", key(cell("key")));
    Ok(ReadRow {
        assignment: assignment?,
        input: EntryInput {
            worked_on: worked_on?,
            minutes: minutes?,
            started_at: some("started_at").map(str::to_owned),
            ended_at: some("ended_at").map(str::to_owned),
            note: cell("note").to_owned(),
            links: cell("links").split_whitespace().map(str::to_owned).collect(),
        },
        key: key?,
    })
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

fn id(text: &str) -> Result<AssignmentId, Fault> {
    text.parse().map_err(|_e| {
        let detail = format!("{:?} is no assignment's id; copy it from GET /api/v1/me/assignments.", short(text));
        Fault::new("invalid_id", detail)
    })
}

fn day(text: &str) -> Result<NaiveDate, Fault> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .map_err(|_e| Fault::new("invalid_date", format!("{:?} is no day; write it as 2026-11-27.", short(text))))
}

fn whole(text: &str) -> Result<i64, Fault> {
    text.parse()
        .map_err(|_e| Fault::new("not_whole", format!("{:?} is no whole number of minutes, such as 90.", short(text))))
}

fn key(text: &str) -> Result<String, Fault> {
    // Keys that are made here begin so; nobody's own must be taken for one.
    if text.starts_with("row:") || text.len() > MOST_KEY || text.chars().any(char::is_control) {
        let detail = format!("A key is of at most {MOST_KEY} visible characters and does not begin with `row:`.");
        return Err(Fault::new("invalid_key", detail));
    }
    Ok(text.to_owned())
}

/// All that a row says, in one short text.
fn print(row: &ReadRow) -> String {
    let input = &row.input;
    let said = serde_json::json!([
        row.assignment,
        input.worked_on,
        input.minutes,
        input.started_at,
        input.ended_at,
        input.note,
        input.links
    ]);
    hex(&Sha256::digest(said.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d";

    fn notes(text: &str) -> Vec<String> {
        let note = |row: Row| match row.read {
            Ok(row) => format!("{} {:?} {}", row.input.worked_on, row.input.minutes, row.input.note),
            Err(faults) => faults.iter().map(|f| format!("{} {}", f.pointer, f.code)).collect::<Vec<_>>().join(", "),
        };
        read(text.as_bytes()).unwrap().into_iter().map(note).collect()
    }

    fn whole_fault(text: &[u8]) -> Vec<String> {
        let error = read(text).unwrap_err();
        error.fields().iter().map(|field| format!("{} {}", field.pointer, field.code)).collect()
    }

    #[test]
    fn files_of_any_spreadsheet_are_read() {
        let expected = ["2026-11-27 Some(90) Reviewed, \"twice\";\nand again", "2026-11-26 Some(5) b"];
        let comma = format!(
            "assignment,worked_on,minutes,note\n{A},2026-11-27,90,\"Reviewed, \"\"twice\"\";\nand again\"\n{A},2026-11-26,5,b\n"
        );
        assert_eq!(notes(&comma), expected);
        let semicolon = format!(
            "\u{FEFF}Worked_On;Note;Minutes;Assignment\r\n2026-11-27;\"Reviewed, \"\"twice\"\";\nand again\";90;{A}\r\n2026-11-26;b;5;{A}"
        );
        assert_eq!(notes(&semicolon), expected);
        let tabs = format!("note\tassignment\tworked_on\tminutes\nb\t{A}\t2026-11-26\t5\n");
        assert_eq!(notes(&tabs), [expected[1]]);
        assert_eq!(read(semicolon.as_bytes()).unwrap().iter().map(|row| row.line).collect::<Vec<_>>(), [2, 4]);
    }

    #[test]
    fn what_is_wrong_with_a_row_stands_in_the_row() {
        let text = format!(
            "assignment,worked_on,minutes,note,key\nx,27.11.2026,1.5,a,row:1\n{A},2026-11-27,90,a\n{A},2026-11-27,-5,fine,k\n"
        );
        assert_eq!(
            notes(&text),
            [
                "/assignment invalid_id, /worked_on invalid_date, /minutes not_whole, /key invalid_key",
                " wrong_width",
                "2026-11-27 Some(-5) fine"
            ]
        );
    }

    #[test]
    fn what_is_no_such_file_is_refused_whole() {
        assert_eq!(whole_fault(b"assignment,worked_on,note\n\xFF\xFE"), [" not_utf8"]);
        assert_eq!(
            whole_fault(b"assignment,hours,assignment\n"),
            ["/heading/1 unknown_column", "/heading/2 repeated", "/heading missing_column", "/heading missing_column"]
        );
        assert_eq!(whole_fault(b"").len(), 3);
        let many = format!("assignment,worked_on,note\n{}", format!("{A},2026-11-27,x\n").repeat(MOST_ROWS + 1));
        assert_eq!(whole_fault(many.as_bytes()), [" too_many_rows"]);
    }

    #[test]
    fn the_same_file_has_the_same_keys_and_no_two_rows_share_one() {
        let row = format!("{A},2026-11-27,90,a,");
        let text = format!("assignment,worked_on,minutes,note,key\n{row}\n{row}\n{row}mine\n");
        let keys =
            || -> Vec<String> { read(text.as_bytes()).unwrap().into_iter().map(|row| row.read.unwrap().key).collect() };
        let first = keys();
        assert_eq!(first, keys());
        assert!(first[0].ends_with(":1") && first[1].ends_with(":2") && first[2] == "mine", "{first:?}");
    }
}
