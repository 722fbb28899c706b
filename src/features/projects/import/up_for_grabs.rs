//! Files as up-for-grabs.net lists projects: one JSON object a line with name, desc, site, tags, label, link and dates.

use super::report::Reason;
use super::repository::repository_of;
use super::{ImportFormat, Listing, Reading, Row, Said, wrong_file};
use crate::features::projects::service::tag;
use crate::kernel::{Fault, HttpsUrl, Line, Markdown, Result};
use serde::Deserialize;

const MOST_DESCRIPTION: usize = 5000;
const MOST_TAGS: usize = 100;

/// What of an object is used; the rest is its own affair.
#[derive(Debug, Deserialize)]
struct Entry {
    name: String,
    desc: Option<String>,
    site: Option<String>,
    link: Option<String>,
    tags: Option<Vec<String>>,
}

/// Why a line is no entry, and at which column.
struct Unread {
    column: u64,
    why: Reason,
}

/// Reads a file. Refuses it when not one of its lines is an entry.
pub(super) fn read(bytes: &[u8]) -> Result<Reading> {
    let bytes = bytes.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(bytes);
    let mut reading = Reading::default();
    let mut first: Option<(u64, u64, String)> = None;
    let mut entries = 0_usize;
    for (line, text) in (1_u64..).zip(bytes.split(|byte| *byte == b'\n')) {
        if text.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        match entry(text) {
            Ok(entry) => {
                entries += 1;
                let row = listing(line, &entry, &mut reading);
                reading
                    .rows
                    .push(row.map_or_else(|why| Row::Unfit { line, why }, |listing| Row::Fit(Box::new(listing))));
            }
            Err(Unread { column, why }) => {
                first.get_or_insert_with(|| (line, column, why.detail.clone()));
                let detail = format!("Column {column}: {}.", why.detail);
                reading.rows.push(Row::Unfit { line, why: Reason { code: why.code, detail } });
            }
        }
    }
    match first {
        Some((line, column, detail)) if entries == 0 => Err(wrong_file(ImportFormat::UpForGrabs, line, column, detail)),
        None if entries == 0 => {
            Err(wrong_file(ImportFormat::UpForGrabs, 1, 1, "the file is empty; a JSON object a line is wanted"))
        }
        _ => Ok(reading),
    }
}

fn entry(text: &[u8]) -> Result<Entry, Unread> {
    let start = text.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(0);
    if text.get(start) != Some(&b'{') {
        let why = Reason::new("no_object", "a JSON object with at least a name is wanted");
        return Err(Unread { column: u64::try_from(start + 1).unwrap_or(1), why });
    }
    let mut reader = serde_json::Deserializer::from_slice(text);
    let read: Result<Entry, _> = serde_path_to_error::deserialize(&mut reader);
    let entry = read.map_err(|error| {
        let path = error.path().to_string();
        unread(error.inner(), if path == "." { "" } else { &path })
    })?;
    reader.end().map_err(|error| unread(&error, ""))?;
    Ok(entry)
}

fn unread(error: &serde_json::Error, path: &str) -> Unread {
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or(&message);
    let code = if error.is_data() { "wrong_shape" } else { "malformed" };
    let detail = if path.is_empty() { message.to_owned() } else { format!("`{path}`: {message}") };
    Unread { column: u64::try_from(error.column()).unwrap_or(1).max(1), why: Reason { code, detail } }
}

fn listing(line: u64, entry: &Entry, reading: &mut Reading) -> Result<Listing, Reason> {
    let tags = entry.tags.as_deref().unwrap_or_default();
    let (mut languages, mut others, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
    for text in tags.iter().take(MOST_TAGS) {
        reading.tag_uses += 1;
        match tag(text) {
            Ok((skill, known)) => {
                reading.tag_uses_resolved += u64::from(known.is_some());
                let list = if known == Some(true) { &mut languages } else { &mut others };
                if !list.contains(&skill) {
                    list.push(skill);
                }
            }
            Err(why) => left_out.push(format!("{text:?} ({why})")),
        }
    }
    if tags.len() > MOST_TAGS {
        left_out.push(format!("{} tags beyond the first {MOST_TAGS}", tags.len() - MOST_TAGS));
    }
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = Line::parse(&one_line(&entry.name), 1, 100).map_err(|fault| at("name", fault))?;
    let description = entry.desc.as_deref().unwrap_or_default();
    let description = Markdown::parse(description, MOST_DESCRIPTION).map_err(|fault| at("desc", fault))?;
    let (repository_url, repository_key) = repository_of(entry.link.as_deref(), entry.site.as_deref())?;
    let note =
        (!left_out.is_empty()).then(|| Reason::new("tags_left_out", format!("Left out: {}.", left_out.join(", "))));
    Ok(Listing {
        line,
        name: name.into_string(),
        words: Some(Said {
            description: description.into_string(),
            homepage_url: entry.site.as_deref().and_then(|site| homepage(site, &repository_key)),
        }),
        repository_url,
        repository_key,
        languages,
        tags: others,
        score: None,
        license: None,
        told: None,
        note,
    })
}

fn at(field: &str, fault: Fault) -> Reason {
    let Fault { code, detail } = fault;
    Reason { code, detail: format!("`{field}`: {detail}") }
}

/// The site, where it is one that can be linked and not the repository itself.
fn homepage(site: &str, repository_key: &str) -> Option<String> {
    let url = HttpsUrl::parse(site).ok()?;
    let key = crate::kernel::repository_key(url.as_str()).ok();
    (key.as_deref() != Some(repository_key)).then(|| url.into_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(row: &Row) -> &Listing {
        match row {
            Row::Fit(listing) => listing,
            Row::Unfit { line, why } => panic!("line {line}: {why:?}"),
        }
    }

    fn unfit(row: &Row) -> (u64, &'static str) {
        match row {
            Row::Fit(listing) => panic!("{listing:?}"),
            Row::Unfit { line, why } => (*line, why.code),
        }
    }

    const ENTRY: &str = r#"{"name":"Parser","desc":"Reads.","site":"https://parser.example.org/","tags":["C#","rust","Rust","hot stuff","🚀"],
        "label":"x","link":"https://github.com/example/parser/labels/x","last_updated":null}"#;

    #[test]
    fn an_entry_becomes_a_listing() {
        let reading = read(ENTRY.replace('\n', "").as_bytes()).unwrap();
        let listing = fit(&reading.rows[0]);
        assert_eq!((listing.name.as_str(), listing.repository_key.as_str()), ("Parser", "github.com/example/parser"));
        assert_eq!(listing.languages, ["csharp", "rust"]);
        assert_eq!(listing.tags, ["hot-stuff"]);
        assert_eq!(listing.words.as_ref().unwrap().homepage_url.as_deref(), Some("https://parser.example.org/"));
        assert_eq!(listing.note.as_ref().unwrap().code, "tags_left_out");
        assert_eq!((reading.tag_uses, reading.tag_uses_resolved), (5, 3));
    }

    #[test]
    fn a_bad_line_is_told_and_the_rest_goes_on() {
        let good = r#"{"name":"Parser","link":"https://github.com/example/parser"}"#;
        let bad = [
            (r#"{"name":"Parser"}"#, "no_repository"),
            (r#"{"name":7,"link":"https://github.com/example/p"}"#, "wrong_shape"),
            (r#"{"link":"https://github.com/example/p"}"#, "wrong_shape"),
            (r#"{"name":"x","link":"#, "malformed"),
            (r#"["Parser",null,null,"https://github.com/example/p",[]]"#, "no_object"),
            ("{\"name\":\"a\\u0000b\",\"link\":\"https://github.com/example/p\"}", "control_character"),
            ("{\"name\":\"a\\u202Eb\",\"link\":\"https://github.com/example/p\"}", "hidden_character"),
            (r#"{"name":"x","link":"https://github.com/example/p"} {}"#, "malformed"),
            (r#"{"name":"  ","link":"https://github.com/example/p"}"#, "too_short"),
        ];
        let lines: Vec<&str> = bad.iter().map(|(line, _)| *line).chain(["", good]).collect();
        let reading = read(format!("\u{FEFF}{}\r\n", lines.join("\r\n")).as_bytes()).unwrap();
        assert_eq!(reading.rows.len(), bad.len() + 1);
        for (n, ((_, code), row)) in (1..).zip(bad.iter().zip(&reading.rows)) {
            assert_eq!(unfit(row), (n, *code));
        }
        assert_eq!(fit(reading.rows.last().unwrap()).line, 11);
    }

    #[test]
    fn a_file_of_another_kind_is_refused_with_line_and_column() {
        for (file, place) in [
            ("repo.url,score\nhttps://github.com/example/parser,0.5\n", "line 1, column 1:"),
            ("\n  [\n{\"name\":\"x\"},\n]", "line 2, column 3:"),
            ("", "line 1, column 1: the file is empty"),
            (" \n\n", "line 1, column 1: the file is empty"),
            (r#"{"nom":"x"}"#, "line 1, column 11: missing field `name`"),
            ("\u{0}\u{1}\u{2}", "line 1, column 1:"),
        ] {
            let error = read(file.as_bytes()).unwrap_err();
            assert!(error.code() == "import.not_this_format" && error.detail().contains(place), "{file:?}: {error}");
        }
        let mut latin = br#"{"name":"Gr"#.to_vec();
        latin.extend([0xF6, b'"', b'}']);
        assert!(read(&latin).unwrap_err().detail().contains("line 1, column"));
    }
}
