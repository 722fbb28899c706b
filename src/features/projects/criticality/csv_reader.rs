//! Signals from a CSV file in the shape of upstream's collector: one project a line, columns named with namespaces.

use std::collections::BTreeSet;
use std::fmt;
use std::io::Read;

use csv::{ErrorKind, ReaderBuilder, StringRecord};

use super::signals::Signals;

/// Why a file of signals cannot be read on: where, what is wrong, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignalsError {
    line: u64,
    column: Option<(usize, String)>,
    problem: String,
}

impl SignalsError {
    /// The line, from 1, on which the faulty row begins.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The faulty column's place, from 1, and name; `None` where the whole row is at fault.
    pub fn column(&self) -> Option<(usize, &str)> {
        self.column.as_ref().map(|(place, name)| (*place, name.as_str()))
    }
}

impl fmt::Display for SignalsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some((place, name)) = &self.column {
            write!(f, ", column {place} ({name})")?;
        }
        write!(f, ": {}", self.problem)
    }
}

impl std::error::Error for SignalsError {}

/// Reads rows one after the other; nothing of the file is kept but the row at hand.
#[derive(Debug)]
pub struct SignalsReader<R> {
    rows: csv::Reader<R>,
    header: StringRecord,
    wanted: Vec<(usize, String)>,
}

/// One project of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct SignalsRow {
    /// The line, from 1, on which it begins.
    pub line: u64,
    /// All its cells, as they stand there, in the order of the header.
    pub cells: StringRecord,
    /// The wanted columns that hold a number.
    pub signals: Signals,
}

impl<R: Read> SignalsReader<R> {
    /// Reads the header and looks for the columns named in `fields`. Not all need be there, and others may be.
    ///
    /// # Errors
    /// Where the header cannot be read, holds a wanted column twice, or none of them.
    pub fn new(input: R, fields: &BTreeSet<&str>) -> Result<Self, SignalsError> {
        let mut rows = ReaderBuilder::new().from_reader(input);
        let header = rows.headers().map_err(|error| broken(&error, 1))?.clone();
        let mut wanted: Vec<(usize, String)> = Vec::new();
        for (place, name) in header.iter().enumerate() {
            if !fields.contains(name.trim()) {
                continue;
            }
            if wanted.iter().any(|(_, known)| known == name.trim()) {
                return Err(SignalsError {
                    line: 1,
                    column: Some((place + 1, name.to_owned())),
                    problem: "this column is there twice; keep one of them".to_owned(),
                });
            }
            wanted.push((place, name.trim().to_owned()));
        }
        if wanted.is_empty() {
            let names = fields.iter().copied().collect::<Vec<_>>().join(", ");
            return Err(SignalsError {
                line: 1,
                column: None,
                problem: format!(
                    "the first line names none of the columns that are scored; name them, with their namespaces: {names}"
                ),
            });
        }
        Ok(Self { rows, header, wanted })
    }

    /// The names of all columns.
    pub fn header(&self) -> &StringRecord {
        &self.header
    }

    fn row(&self, line: u64, cells: StringRecord) -> Result<SignalsRow, SignalsError> {
        let mut signals = Signals::default();
        for (place, name) in &self.wanted {
            let cell = cells.get(*place).unwrap_or_default().trim();
            if cell.is_empty() {
                continue;
            }
            let value = cell.parse::<f64>().ok().filter(|value| value.is_finite()).ok_or_else(|| SignalsError {
                line,
                column: Some((place + 1, name.clone())),
                problem: format!("{cell:?} is no number; write one such as 12.5, or nothing where it is not known"),
            })?;
            signals.insert(name.as_str(), value);
        }
        Ok(SignalsRow { line, cells, signals })
    }
}

impl<R: Read> Iterator for SignalsReader<R> {
    type Item = Result<SignalsRow, SignalsError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut cells = StringRecord::new();
        match self.rows.read_record(&mut cells) {
            Ok(false) => None,
            Ok(true) => {
                let line = cells.position().map_or(0, csv::Position::line);
                Some(self.row(line, cells))
            }
            Err(error) => Some(Err(broken(&error, self.rows.position().line()))),
        }
    }
}

fn broken(error: &csv::Error, line: u64) -> SignalsError {
    let line = error.position().map_or(line, csv::Position::line);
    let problem = match error.kind() {
        ErrorKind::UnequalLengths { expected_len, len, .. } => format!(
            "the row has {len} cells and the header {expected_len}; add or remove commas, or quote a cell that holds one"
        ),
        ErrorKind::Utf8 { err, .. } => format!("cell {} is no UTF-8; save the file as UTF-8", err.field() + 1),
        ErrorKind::Io(cause) => format!("the file cannot be read on: {cause}"),
        _ => error.to_string(),
    };
    SignalsError { line, column: None, problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<SignalsRow>, String> {
        let fields = BTreeSet::from(["legacy.org_count", "legacy.created_since"]);
        let rows = SignalsReader::new(text.as_bytes(), &fields).map_err(|error| error.to_string())?;
        rows.collect::<Result<_, _>>().map_err(|error: SignalsError| error.to_string())
    }

    #[test]
    fn wanted_columns_are_read_and_others_kept() {
        let rows = read("\u{feff}legacy.org_count,url,legacy.created_since\n 3 ,\"a,\nb\",\n,x,1e2\n").unwrap();
        assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 4]);
        assert_eq!(rows[0].signals, Signals::from_iter([("legacy.org_count", 3.0)]));
        assert_eq!(rows[1].signals, Signals::from_iter([("legacy.created_since", 100.0)]));
        assert_eq!(rows[0].cells.get(1), Some("a,\nb"));
        assert!(read("legacy.org_count\n").unwrap().is_empty());
    }

    #[test]
    fn errors_say_where_and_what_to_do() {
        let head = "url,legacy.org_count\n";
        assert_eq!(
            read(&format!("{head}a,1\nb,many\n")).unwrap_err(),
            "line 3, column 2 (legacy.org_count): \"many\" is no number; write one such as 12.5, or nothing where it is not known"
        );
        assert!(read(&format!("{head}a,NaN\n")).unwrap_err().starts_with("line 2, column 2"));
        assert!(
            read(&format!("{head}a,1\nb\n")).unwrap_err().starts_with("line 3: the row has 1 cells and the header 2")
        );
        assert!(read("org_count\n1\n").unwrap_err().contains("legacy.created_since, legacy.org_count"));
        assert!(read("").unwrap_err().starts_with("line 1: the first line names none"));
        assert!(read("legacy.org_count,legacy.org_count\n").unwrap_err().contains("twice"));
        let fields = BTreeSet::from(["a"]);
        let mut rows = SignalsReader::new(&b"a,b\n1,\xff\n"[..], &fields).unwrap();
        assert_eq!(rows.next().unwrap().unwrap_err().to_string(), "line 2: cell 2 is no UTF-8; save the file as UTF-8");
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic_or_let_what_is_no_number_through(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let text = [&b"legacy.org_count,x\n"[..], &bytes].concat();
            for row in SignalsReader::new(text.as_slice(), &BTreeSet::from(["legacy.org_count"])).unwrap().take(300).flatten() {
                proptest::prop_assert!(row.signals.iter().all(|(_, value)| value.is_finite()));
            }
        }
    }
}
