//! Records from a file with one JSON object a line, compressed or not.

use std::fmt;
use std::io::{BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use super::record::OsvRecord;

/// The longest line that is read, in bytes. The largest record of osv.dev is under 10 MiB.
const MAX_LINE: u64 = 32 << 20;

/// Why a file of records cannot be read on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OsvReadError {
    line: u64,
    problem: String,
}

impl OsvReadError {
    /// The line, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }
}

impl fmt::Display for OsvReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.problem)
    }
}

impl std::error::Error for OsvReadError {}

/// Reads OSV records, one a line; empty lines do not count. What is compressed by gzip is seen by its first bytes.
///
/// Only one line is held at a time.
///
/// # Errors
/// As an item, where a line is no record; nothing is read after it.
pub fn read_records<'a>(mut input: impl BufRead + 'a) -> impl Iterator<Item = Result<OsvRecord, OsvReadError>> + 'a {
    let gzip = input.fill_buf().is_ok_and(|start| start.starts_with(&[0x1f, 0x8b]));
    let input: Box<dyn BufRead + 'a> =
        if gzip { Box::new(BufReader::new(MultiGzDecoder::new(input))) } else { Box::new(input) };
    Records { input, line: 0, broken: false }
}

struct Records<'a> {
    input: Box<dyn BufRead + 'a>,
    line: u64,
    broken: bool,
}

impl Records<'_> {
    fn record(&mut self) -> Result<Option<OsvRecord>, String> {
        let mut bytes = Vec::new();
        loop {
            self.line += 1;
            bytes.clear();
            let length = (&mut self.input)
                .take(MAX_LINE + 1)
                .read_until(b'\n', &mut bytes)
                .map_err(|error| format!("the file cannot be read on: {error}"))?;
            if length == 0 {
                return Ok(None);
            }
            if u64::try_from(length).is_ok_and(|length| length > MAX_LINE) {
                return Err(format!("it is longer than {MAX_LINE} bytes; write one record a line"));
            }
            if !bytes.trim_ascii().is_empty() {
                return parse(&bytes).map(Some);
            }
        }
    }
}

impl Iterator for Records<'_> {
    type Item = Result<OsvRecord, OsvReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.broken {
            return None;
        }
        let answer = self.record();
        self.broken = answer.is_err();
        answer.map_err(|problem| OsvReadError { line: self.line, problem }).transpose()
    }
}

fn parse(line: &[u8]) -> Result<OsvRecord, String> {
    let mut json = serde_json::Deserializer::from_slice(line);
    let record = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let (path, error) = (error.path(), error.inner());
        format!("column {}, at {path}: {}; write an OSV record", error.column(), without_place(&error.to_string()))
    })?;
    match json.end() {
        Ok(()) => Ok(record),
        Err(_more) => Err("there is more after the record; write one record a line".to_owned()),
    }
}

/// The parser's own line is always the first: there is one record a line.
fn without_place(message: &str) -> &str {
    message.rsplit_once(" at line ").map_or(message, |(problem, _place)| problem)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    const RECORD: &str = r#"{"id":"A-1","modified":"2026-01-01T00:00:00Z","unknown":1}"#;

    fn read(bytes: &[u8]) -> Vec<Result<String, String>> {
        read_records(bytes).map(|record| record.map(|record| record.id).map_err(|error| error.to_string())).collect()
    }

    #[test]
    fn lines_are_records_and_gzip_is_seen() {
        let text = format!("{RECORD}\n\n{RECORD}");
        assert_eq!(read(text.as_bytes()), [Ok("A-1".to_owned()), Ok("A-1".to_owned())]);
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(text.as_bytes()).unwrap();
        assert_eq!(read(&gzip.finish().unwrap()).len(), 2);
        assert!(read(b"").is_empty());
    }

    #[test]
    fn errors_say_where_and_end_the_reading() {
        let wrong = format!(
            "{RECORD}\n{{\"id\":\"B\",\"modified\":\"x\",\"affected\":[{{\"ranges\":[{{\"type\":\"X\",\"events\":[]}}]}}]}}\n{RECORD}\n"
        );
        let answers = read(wrong.as_bytes());
        assert_eq!(answers.len(), 2);
        let error = answers[1].as_ref().unwrap_err();
        assert!(error.starts_with("line 2: column ") && error.contains("affected[0].ranges[0].type"), "{error}");
        assert!(read(b"{}").pop().unwrap().unwrap_err().contains("missing field `id`"));
        assert!(
            read(format!("{RECORD} {RECORD}").as_bytes()).pop().unwrap().unwrap_err().contains("one record a line")
        );
        assert!(read(b"\x1f\x8bbroken").pop().unwrap().unwrap_err().contains("cannot be read on"));
        assert!(read(&vec![b'['; 200_000]).pop().unwrap().is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(head in "(\u{1f}\u{8b})?[\\[{\"a-z:,0-9\n]{0,60}", tail in proptest::collection::vec(proptest::num::u8::ANY, 0..60)) {
            read(&[head.as_bytes(), &tail].concat());
        }
    }
}
