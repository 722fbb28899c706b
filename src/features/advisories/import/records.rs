//! Records out of whatever they come in.

use super::{wrong_file, zip};
use crate::features::advisories::osv::OsvRecord;
use crate::kernel::Result;
use serde::de::DeserializeOwned;

/// A record with its place, or why there is none at it.
type Item = (u64, std::result::Result<OsvRecord, String>);

/// The records of a file, unpacked, one after the other.
pub(super) fn read<'a>(bytes: &'a [u8]) -> Result<Box<dyn Iterator<Item = Item> + Send + 'a>> {
    if zip::is_archive(bytes) {
        let files = zip::files(bytes).map_err(|why| wrong_file("zip", why))?;
        let json = files.into_iter().filter(|file| file.name.to_ascii_lowercase().ends_with(".json"));
        return Ok(Box::new(json.zip(1..).map(move |(file, at)| {
            let record =
                file.unpack(bytes).and_then(|text| parse(&text)).map_err(|why| format!("{}: {why}", file.name));
            (at, record)
        })));
    }
    let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes).trim_ascii_start();
    match text.first() {
        Some(b'[') => {
            let list: Vec<serde_json::Value> = whole(text).map_err(|why| wrong_file("OSV", why))?;
            Ok(Box::new((1..).zip(list).map(|(at, value)| (at, from_value(&value)))))
        }
        Some(b'{') if !is_lines(text) => {
            let record = whole(text).map_err(|why| wrong_file("OSV", why))?;
            Ok(Box::new(std::iter::once((1, Ok(record)))))
        }
        Some(b'{') => Ok(Box::new(
            (1..)
                .zip(bytes.split(|byte| *byte == b'\n'))
                .filter(|(_, line)| !line.trim_ascii().is_empty())
                .map(|(at, line)| (at, parse(line))),
        )),
        Some(_) => Err(wrong_file("OSV", "it begins with something else than an object or a list")),
        None => Ok(Box::new(std::iter::empty())),
    }
}

/// Whether the first line is an object of its own; else the file is one object over many lines.
fn is_lines(text: &[u8]) -> bool {
    let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    serde_json::from_slice::<serde::de::IgnoredAny>(first).is_ok()
}

fn whole<T: DeserializeOwned>(text: &[u8]) -> std::result::Result<T, String> {
    let mut json = serde_json::Deserializer::from_slice(text);
    let value = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| format!("at {}: {}", error.path(), error.inner()))?;
    json.end().map_err(|_more| "there is more after its end".to_owned())?;
    Ok(value)
}

fn parse(line: &[u8]) -> std::result::Result<OsvRecord, String> {
    whole(line.trim_ascii())
}

fn from_value(value: &serde_json::Value) -> std::result::Result<OsvRecord, String> {
    serde_path_to_error::deserialize(value).map_err(|error| format!("at {}: {}", error.path(), error.inner()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = r#"{"id":"A-1","modified":"2026-01-01T00:00:00Z"}"#;
    const TWO: &str = r#"{"id":"A-2","modified":"2026-01-01T00:00:00Z"}"#;

    fn ids(text: &[u8]) -> Vec<(u64, Option<String>)> {
        read(text).unwrap().map(|(at, record)| (at, record.ok().map(|record| record.id))).collect()
    }

    #[test]
    fn records_come_by_line_alone_and_in_lists() {
        let (one, two) = (Some("A-1".to_owned()), Some("A-2".to_owned()));
        let lines = format!("{ONE}\n\n{{\"id\": 3}}\n{TWO}\n");
        assert_eq!(ids(lines.as_bytes()), [(1, one.clone()), (3, None), (4, two.clone())]);
        assert_eq!(ids(format!("[{ONE}, 7, {TWO}]").as_bytes()), [(1, one.clone()), (2, None), (3, two)]);
        assert_eq!(ids(ONE.replace(',', ",\n").as_bytes()), [(1, one)]);
        assert!(ids(b" \n").is_empty());
    }

    #[test]
    fn what_is_no_such_file_is_refused_with_its_place() {
        for text in ["id,modified\n", "[{\"id\":", "{\n\"id\":", "{\n\"id\": 1\n}"] {
            assert_eq!(read(text.as_bytes()).err().unwrap().code(), "advisory.not_this_format", "{text}");
        }
    }
}
