//! A spreadsheet as CSV: who wrote it chose the separator, the order of columns and perhaps a byte-order mark.

use super::columns::Column;
use crate::kernel;
use std::fmt;

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    file: String,
    line: u64,
    column: Option<(usize, String)>,
    detail: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, line {}", self.file, self.line)?;
        if let Some((number, name)) = &self.column {
            write!(f, ", column {number} ({name})")?;
        }
        write!(f, ": {}", self.detail)
    }
}

/// A file whose header is understood.
#[derive(Debug)]
pub(super) struct Sheet {
    file: String,
    /// For each known column its place in the rows.
    places: Vec<(&'static str, usize)>,
    rows: Vec<(u64, csv::StringRecord)>,
}

impl Sheet {
    /// Reads a file. Faults of the header and of broken rows are noted; without a usable header there is no sheet.
    pub(super) fn parse(file: &str, bytes: &[u8], columns: &'static [Column], faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fault = |line: u64, column: Option<(usize, String)>, detail: String| {
            faults.push(Fault { file: file.to_owned(), line, column, detail });
        };
        let text = match decode(bytes) {
            Ok(text) => text,
            Err((line, detail)) => {
                fault(line, None, detail);
                return None;
            }
        };
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(separator(text))
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let mut rows: Vec<(u64, csv::StringRecord)> = Vec::new();
        for record in reader.records() {
            match record {
                Ok(record) if record.iter().all(str::is_empty) => {}
                Ok(record) => rows.push((record.position().map_or(0, csv::Position::line), record)),
                Err(error) => fault(error.position().map_or(0, csv::Position::line), None, error.to_string()),
            }
        }
        if rows.is_empty() {
            fault(1, None, format!("The file is empty; its first line names the columns, e.g. {}.", example(columns)));
            return None;
        }
        let (line, header) = rows.remove(0);
        let places = header_places(&header, columns, |at, name, detail| fault(line, Some((at, name)), detail));
        let missing: Vec<&str> = columns
            .iter()
            .filter(|c| c.required && !places.iter().any(|(name, _)| *name == c.name))
            .map(|c| c.name)
            .collect();
        for name in &missing {
            fault(
                line,
                None,
                format!("There is no column {name}; the first line names the columns, e.g. {}.", example(columns)),
            );
        }
        for (line, row) in &rows {
            if row.len() != header.len() {
                let detail = format!(
                    "The row has {} cells, the header {}; quote cells that hold the separator.",
                    row.len(),
                    header.len()
                );
                fault(*line, None, detail);
            }
        }
        rows.retain(|(_, row)| row.len() == header.len());
        missing.is_empty().then(|| Self { file: file.to_owned(), places, rows })
    }

    /// The rows below the header.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|(line, cells)| Row { sheet: self, line: *line, cells })
    }

    /// The file's name.
    pub(super) fn file(&self) -> &str {
        &self.file
    }

    /// Whether the file has the column.
    pub(super) fn has(&self, column: &str) -> bool {
        self.places.iter().any(|(name, _)| *name == column)
    }

    /// A fault of the header line.
    pub(super) fn header_fault(&self, detail: String) -> Fault {
        Fault { file: self.file.clone(), line: 1, column: None, detail }
    }
}

/// A row of a sheet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    sheet: &'a Sheet,
    /// Where it begins in the file.
    pub(super) line: u64,
    cells: &'a csv::StringRecord,
}

impl<'a> Row<'a> {
    /// The cell of a column; nothing when there is no such column or the cell is empty.
    pub(super) fn cell(self, column: &str) -> Option<&'a str> {
        let (_, at) = self.sheet.places.iter().find(|(name, _)| *name == column)?;
        self.cells.get(*at).filter(|text| !text.is_empty())
    }

    /// The parsed cell, or nothing after noting what is wrong with it.
    pub(super) fn parse<T>(
        self,
        column: &str,
        faults: &mut Vec<Fault>,
        parse: impl FnOnce(&'a str) -> Result<T, kernel::Fault>,
    ) -> Option<T> {
        match parse(self.cell(column)?) {
            Ok(value) => Some(value),
            Err(wrong) => {
                faults.push(self.fault(column, wrong.detail));
                None
            }
        }
    }

    /// Parses each entry of a cell that holds a list.
    pub(super) fn list<T>(
        self,
        column: &str,
        faults: &mut Vec<Fault>,
        mut parse: impl FnMut(&'a str) -> Result<T, kernel::Fault>,
    ) -> Vec<T> {
        let entries = self.cell(column).into_iter().flat_map(|cell| cell.split([';', '|', ',']));
        let mut values = Vec::new();
        for entry in entries.map(str::trim).filter(|entry| !entry.is_empty()) {
            match parse(entry) {
                Ok(value) => values.push(value),
                Err(wrong) => faults.push(self.fault(column, wrong.detail)),
            }
        }
        values
    }

    /// A fault of a cell.
    pub(super) fn fault(self, column: &str, detail: impl Into<String>) -> Fault {
        let place =
            self.sheet.places.iter().find(|(name, _)| *name == column).map(|(_, at)| (at + 1, column.to_owned()));
        Fault { file: self.sheet.file.clone(), line: self.line, column: place, detail: detail.into() }
    }

    /// Where the row is, for warnings.
    pub(super) fn place(self) -> String {
        format!("{}, line {}", self.sheet.file, self.line)
    }
}

fn example(columns: &[Column]) -> String {
    let required = columns.iter().filter(|column| column.required || column.name == "skills").map(|column| column.name);
    required.collect::<Vec<_>>().join(",")
}

/// The text without its byte-order mark; else the line at which it stops being UTF-8.
fn decode(bytes: &[u8]) -> Result<&str, (u64, String)> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err((1, "The file is in UTF-16; save it as \"CSV UTF-8\".".to_owned()));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{FEFF}').unwrap_or(text)),
        Err(error) => {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default().split(|byte| *byte == b'\n');
            let line = u64::try_from(before.count()).unwrap_or(1);
            Err((line, "There is text here that is not UTF-8; save the file as \"CSV UTF-8\".".to_owned()))
        }
    }
}

/// The separator that occurs most in the first line, outside of quotes.
fn separator(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut quoted = false;
    let mut counts = [(b',', 0u32), (b';', 0), (b'\t', 0)];
    for byte in first.bytes() {
        quoted ^= byte == b'"';
        for (separator, count) in &mut counts {
            *count += u32::from(!quoted && byte == *separator);
        }
    }
    let [mut best, others @ ..] = counts;
    for other in others {
        if other.1 > best.1 {
            best = other;
        }
    }
    best.0
}

fn header_places(
    header: &csv::StringRecord,
    columns: &'static [Column],
    mut fault: impl FnMut(usize, String, String),
) -> Vec<(&'static str, usize)> {
    let mut places: Vec<(&'static str, usize)> = Vec::new();
    for (at, name) in header.iter().enumerate() {
        let plain: String = name.to_lowercase().chars().map(|c| if c == ' ' || c == '-' { '_' } else { c }).collect();
        let found = columns
            .iter()
            .find(|column| column.name == plain)
            .or_else(|| columns.iter().find(|column| column.aliases.contains(&plain.as_str())));
        match found {
            None if plain.is_empty() => {
                fault(at + 1, "no name".to_owned(), "This column has no name; name or remove it.".to_owned());
            }
            None => {
                let names = columns.iter().map(|column| column.name);
                let hint = match nearest(&plain, names.clone()) {
                    Some(near) => format!("did you mean {near}?"),
                    None => format!("the columns are {}.", names.collect::<Vec<_>>().join(", ")),
                };
                fault(at + 1, name.to_owned(), format!("There is no column {name:?} here; {hint}"));
            }
            Some(column) if places.iter().any(|(name, _)| *name == column.name) => {
                fault(at + 1, name.to_owned(), format!("The column {} is there twice; remove one.", column.name));
            }
            Some(column) => places.push((column.name, at)),
        }
    }
    places
}

/// The nearest of the names, if one is near enough to be meant.
pub(super) fn nearest<'a>(text: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let near = names.map(|name| (edits(text, name), name)).min()?;
    (near.0 <= 2 && near.0 < text.chars().count()).then_some(near.1)
}

/// Letters to insert, remove or change to get from one word to the other (Levenshtein 1965).
fn edits(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut corner = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (b, above) in to.iter().zip(row.iter().skip(1)) {
            left = (corner + usize::from(a != *b)).min(left + 1).min(above + 1);
            corner = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_are_found_outside_of_quotes() {
        for (text, separator) in [
            ("a,b,c", b','),
            ("a;b;c\n1,2,3,4", b';'),
            ("a\tb", b'\t'),
            ("\"a;b;c\",d", b','),
            ("a", b','),
            ("\n\na;b", b';'),
        ] {
            assert_eq!(super::separator(text), separator, "{text}");
        }
    }

    #[test]
    fn near_names_are_found() {
        assert_eq!(
            (edits("kitten", "sitting"), edits("", "abc"), edits("abc", ""), edits("same", "same")),
            (3, 3, 3, 0)
        );
        let names = || ["hours_per_week", "weeks", "skills"].into_iter();
        assert_eq!(nearest("skils", names()), Some("skills"));
        assert_eq!(nearest("hour_per_weeks", names()), Some("hours_per_week"));
        assert_eq!(nearest("x", names()), None);
        assert_eq!(nearest("favourite_color", names()), None);
    }
}
