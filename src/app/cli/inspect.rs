//! `mainstay inspect`: what the readers of the supply chain make of an input, for people and for other programs.
//!
//! One input a line on standard input, one JSON object a line out, in the same order; a line that is not understood has
//! an answer too, with `error`. Empty lines have none.

use std::fs::File;
use std::io::{BufRead, BufReader, Read as _, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::failure::Failure;
use super::inspect_credential::{self, CredentialArgs};
use super::inspect_rules::{RangesArgs, SsvcArgs, VersionsArgs, inspect_range, inspect_ssvc};
use super::inspect_sbom::{self, SbomArgs};
use crate::features::advisories::cvss::Cvss;
use crate::features::advisories::osv::{Affecting, OsvIndex, read_records};
use crate::kernel::{Purl, Timestamp};

/// Check package URLs, versions, severities, advisories, decisions, bills of materials and credentials without a server.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  echo 'pkg:PyPI/Django_Package@1.11' | mainstay inspect purl
  echo 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H' | mainstay inspect cvss
  echo '1.0-rc1 1.0' | mainstay inspect versions --ecosystem Maven
  echo 'active,yes,total,high' | mainstay inspect ssvc
  mainstay inspect ranges < questions.jsonl
  mainstay inspect advisories --osv advisories.jsonl.gz < purls.txt
  mainstay inspect sbom bom.json --strict
  mainstay inspect credential credential.jwt --jwks jwks.json")]
pub struct InspectArgs {
    #[command(subcommand)]
    command: InspectCommand,
}

#[derive(Debug, Subcommand)]
enum InspectCommand {
    Purl(PurlArgs),
    Cvss(CvssArgs),
    Versions(VersionsArgs),
    Ranges(RangesArgs),
    Ssvc(SsvcArgs),
    Advisories(AdvisoriesArgs),
    Sbom(SbomArgs),
    Credential(CredentialArgs),
}

/// Read package URLs from standard input, one a line, and write their canonical form and components.
///
/// Answers {input, purl, type, namespace, name, version, qualifiers, subpath}, or {input, error}. Where only the case of
/// letters is wrong, `purl` stands beside the error and says how to write it.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  echo 'pkg:npm/@angular/core@17.0.0' | mainstay inspect purl")]
struct PurlArgs {}

/// Read CVSS vectors (v3.0, v3.1, v4.0) from standard input, one a line, and write their scores.
///
/// Answers {vector, version, `base_score`, `temporal_score`?, `environmental_score`?, severity}, or {vector, error}. The
/// temporal and environmental scores are those of v3; in v4.0 all that a vector states is in its one score.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  echo 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N' | mainstay inspect cvss")]
struct CvssArgs {}

/// Read package URLs with versions from standard input, one a line, and write the advisories that affect each.
///
/// Answers {purl, advisories} with the ids, or {purl, error}. `withdrawn` lists advisories that would, had they not been taken
/// back; `notes` say what could not be looked at, such as ranges of an ecosystem whose order of versions is not known.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  echo 'pkg:cargo/time@0.1.40' | mainstay inspect advisories --osv rustsec.jsonl.gz")]
struct AdvisoriesArgs {
    /// OSV records, one JSON object a line, compressed by gzip or not. May be given more than once.
    #[arg(long, value_name = "FILE.jsonl", required = true)]
    osv: Vec<PathBuf>,
}

/// Runs the command; `now` is what the clock shows.
///
/// # Errors
/// Where a file cannot be read or is not in its format, or the output cannot be written. A faulty line of the input is no
/// failure: its answer says what is wrong with it.
pub fn run(
    args: &InspectArgs,
    now: Timestamp,
    mut input: &mut dyn BufRead,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    match &args.command {
        InspectCommand::Purl(PurlArgs {}) => answer(input, out, "input", |_, text| inspect_purl(text)),
        InspectCommand::Cvss(CvssArgs {}) => answer(input, out, "vector", |_, text| inspect_cvss(text)),
        InspectCommand::Versions(args) => answer(input, out, "pair", |_, text| args.inspect(text)),
        InspectCommand::Ranges(RangesArgs {}) => answer(input, out, "question", inspect_range),
        InspectCommand::Ssvc(SsvcArgs {}) => answer(input, out, "row", |_, text| inspect_ssvc(text)),
        InspectCommand::Advisories(args) => {
            let index = read_osv(&args.osv)?;
            answer(input, out, "purl", |_, text| inspect_advisories(&index, text))
        }
        InspectCommand::Sbom(args) => inspect_sbom::run(args, input, out),
        InspectCommand::Credential(args) => inspect_credential::run(args, now, &mut input, out),
    }
}

/// The longest line that is read, in bytes; the longest purl has 2,048.
const MAX_LINE: u64 = 64 << 10;

/// Where a text stands in the input.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// Its line, from 1.
    pub(super) line: u64,
    /// The bytes before it on that line.
    pub(super) before: usize,
}

/// Answers each line: what `inspect` says, with the line itself in front under `name`.
fn answer(
    input: &mut dyn BufRead,
    out: &mut dyn Write,
    name: &str,
    inspect: impl Fn(Place, &str) -> Map<String, Value>,
) -> Result<(), Failure> {
    let mut bytes = Vec::new();
    for number in 1_u64.. {
        bytes.clear();
        if input.take(MAX_LINE).read_until(b'\n', &mut bytes)? == 0 {
            break;
        }
        if !bytes.ends_with(b"\n") && u64::try_from(bytes.len()).is_ok_and(|length| length >= MAX_LINE) {
            return Err(Failure::failed(format!(
                "line {number} is longer than {MAX_LINE} bytes; write one input a line"
            )));
        }
        let whole = String::from_utf8_lossy(&bytes);
        let line = whole.trim();
        if line.is_empty() {
            continue;
        }
        let place = Place { line: number, before: whole.len() - whole.trim_start().len() };
        let mut object = Map::from_iter([(name.to_owned(), json!(line))]);
        let is_text = std::str::from_utf8(&bytes).is_ok();
        object.extend(if is_text { inspect(place, line) } else { error(&"the line is no UTF-8") });
        serde_json::to_writer(&mut *out, &object).map_err(std::io::Error::from)?;
        out.write_all(b"\n")?;
    }
    Ok(out.flush()?)
}

pub(super) fn object<const N: usize>(pairs: [(&str, Value); N]) -> Map<String, Value> {
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

pub(super) fn error(problem: &impl ToString) -> Map<String, Value> {
    object([("error", json!(problem.to_string()))])
}

fn inspect_purl(text: &str) -> Map<String, Value> {
    match text.parse::<Purl>() {
        Ok(purl) => object([
            ("purl", json!(purl.as_str())),
            ("type", json!(purl.ty())),
            ("namespace", json!(purl.namespace())),
            ("name", json!(purl.name())),
            ("version", json!(purl.version())),
            ("qualifiers", if purl.qualifiers().is_empty() { Value::Null } else { json!(purl.qualifiers()) }),
            ("subpath", json!(purl.subpath())),
        ]),
        Err(fault) => {
            let mut answer = error(&fault);
            answer.extend(fault.meant().map(|meant| ("purl".to_owned(), json!(meant))));
            answer
        }
    }
}

fn inspect_cvss(text: &str) -> Map<String, Value> {
    let cvss = match text.parse::<Cvss>() {
        Ok(cvss) => cvss,
        Err(fault) => return error(&fault),
    };
    let scores = cvss.scores();
    let mut answer = object([("version", json!(cvss.version().as_str())), ("base_score", json!(scores.base))]);
    let rest = [("temporal_score", scores.temporal), ("environmental_score", scores.environmental)];
    answer.extend(rest.into_iter().filter_map(|(key, score)| Some((key.to_owned(), json!(score?)))));
    answer.insert("severity".to_owned(), json!(cvss.severity().to_string()));
    answer
}

fn read_osv(paths: &[PathBuf]) -> Result<OsvIndex, Failure> {
    let mut index = OsvIndex::default();
    for path in paths {
        let file = File::open(path).map_err(|error| unreadable(path, &error))?;
        for record in read_records(BufReader::new(file)) {
            index.insert(record.map_err(|error| Failure::failed(format!("{}, {error}", path.display())))?);
        }
    }
    Ok(index)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::failed(format!("{} cannot be read: {error}", path.display()))
}

fn inspect_advisories(index: &OsvIndex, text: &str) -> Map<String, Value> {
    let purl = match Purl::read_leniently(text) {
        Ok(purl) => purl,
        Err(fault) => return error(&fault),
    };
    let affecting = match index.affecting(&purl) {
        Ok(affecting) => affecting,
        Err(fault) => return error(&fault),
    };
    let notes = notes(&purl, &affecting);
    let mut answer = object([("advisories", json!(affecting.ids))]);
    if !affecting.withdrawn.is_empty() {
        answer.insert("withdrawn".to_owned(), json!(affecting.withdrawn));
    }
    if !notes.is_empty() {
        answer.insert("notes".to_owned(), json!(notes));
    }
    answer
}

fn notes(purl: &Purl, affecting: &Affecting) -> Vec<String> {
    let mut notes = Vec::new();
    if !affecting.exact_only.is_empty() {
        let ids = affecting.exact_only.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        notes.push(format!(
            "the order of {} versions is not known here: only the versions listed were compared, not the ranges of {ids}",
            purl.ty()
        ));
    }
    notes.extend(affecting.unreadable.iter().map(|(id, fault)| format!("a range of {id} was not looked at: {fault}")));
    notes
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        args: InspectArgs,
    }

    fn ran(arguments: &[&str], input: &[u8]) -> Result<Vec<Value>, Failure> {
        let cli = Cli::try_parse_from([&["x"], arguments].concat()).unwrap();
        let mut out = Vec::new();
        run(&cli.args, "2026-11-28T12:00:00Z".parse().unwrap(), &mut &*input, &mut out)?;
        Ok(out
            .split(|b| *b == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice(line).unwrap())
            .collect())
    }

    #[test]
    fn purls_are_taken_apart() {
        let answers =
            ran(&["purl"], b"pkg:PYPI/Django_package@1.11?file_name=a#b\r\n\nnpm/x\npkg:gem/a?Platform=java\n")
                .unwrap();
        assert_eq!(
            answers[0],
            json!({"input": "pkg:PYPI/Django_package@1.11?file_name=a#b", "purl": "pkg:pypi/django-package@1.11?file_name=a#b", "type": "pypi", "namespace": null,
                "name": "django-package", "version": "1.11", "qualifiers": {"file_name": "a"}, "subpath": "b"})
        );
        assert_eq!(
            answers[1],
            json!({"input": "npm/x", "error": "scheme at column 1: a purl begins with pkg:; write pkg:<type>/<name>"})
        );
        assert_eq!(answers[2]["purl"], "pkg:gem/a?platform=java");
        assert!(answers[2]["error"].as_str().unwrap().contains("capital letters"));
        assert_eq!(answers.len(), 3);
    }

    #[test]
    fn vectors_are_scored() {
        let answers = ran(&["cvss"], b"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H/E:U\nCVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N\nCVSS:3.1/AV:N\n\xff\n").unwrap();
        assert_eq!(
            answers[0],
            json!({"vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H/E:U", "version": "3.1", "base_score": 10.0, "temporal_score": 9.1, "environmental_score": 9.1, "severity": "Critical"})
        );
        assert_eq!(answers[1]["base_score"], 9.3);
        assert!(answers[1].get("temporal_score").is_none());
        assert!(answers[2]["error"].as_str().unwrap().contains("mandatory metrics are missing"));
        assert_eq!(answers[3]["error"], "the line is no UTF-8");
    }

    #[test]
    fn advisories_are_found_from_files() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("osv.jsonl");
        std::fs::write(
            &path,
            r#"{"id":"A","modified":"2026-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"crates.io","name":"time"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"0.2.0"}]}]}]}
{"id":"B","modified":"2026-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"Packagist","name":"a/b"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"2"}]}]}]}
"#,
        )
        .unwrap();
        let osv = path.to_str().unwrap();
        let answers = ran(
            &["advisories", "--osv", osv],
            b"pkg:cargo/time@0.1.40\npkg:cargo/time@0.2.0\npkg:composer/a/b@1\npkg:cargo/time\nx\n",
        )
        .unwrap();
        assert_eq!(answers[0], json!({"purl": "pkg:cargo/time@0.1.40", "advisories": ["A"]}));
        assert_eq!(answers[1], json!({"purl": "pkg:cargo/time@0.2.0", "advisories": []}));
        assert!(answers[2]["notes"][0].as_str().unwrap().contains("not the ranges of B"));
        assert!(answers[3]["error"].as_str().unwrap().contains("names no version"));
        assert!(answers[4]["error"].as_str().unwrap().contains("begins with pkg:"));
        std::fs::write(&path, "{}\n").unwrap();
        assert!(
            ran(&["advisories", "--osv", osv], b"").unwrap_err().to_string().contains("osv.jsonl, line 1: column 2")
        );
    }

    #[test]
    fn json_that_is_wrong_is_told_with_line_and_column_of_the_input() {
        let right =
            r#"{"ecosystem":"npm","version":"1.5.0","range":{"type":"SEMVER","events":[{"introduced":"1.0.0"}]}}"#;
        let input = format!("\n{right}\n  {{\"ecosystem\":7}}\r\n{{\n{right}");
        let answers = ran(&["ranges"], input.as_bytes()).unwrap();
        assert_eq!((answers.len(), &answers[0]["affected"], &answers[3]["affected"]), (4, &json!(true), &json!(true)));
        let told = |at: usize| answers[at]["error"].as_str().unwrap();
        assert_eq!(told(1), "line 3, column 16: invalid type: integer `7`, expected a string");
        assert_eq!(told(2), "line 4, column 1: EOF while parsing an object");
    }

    #[test]
    fn endless_lines_are_refused() {
        assert!(ran(&["purl"], &vec![b'a'; 100_000]).unwrap_err().to_string().starts_with("line 1 is longer"));
    }
}
