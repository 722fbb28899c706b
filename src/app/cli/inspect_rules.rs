//! `mainstay inspect versions`, `ranges` and `ssvc`: rules by which vulnerabilities are judged, one input a line.

use std::str::FromStr;

use clap::Args;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::failure::Failure;
use super::inspect::{Place, error, object};
use crate::features::advisories::range::{Range, Verdict};
use crate::features::advisories::ssvc::Ssvc;
use crate::features::advisories::versions::{VersionOrder, order_of};

/// Read pairs of versions from standard input, one pair a line with a space or tab between them, and say how they stand.
///
/// Answers {pair, order, comparison: -1, 0 or 1}, or {pair, error}. A single version on a line is read alone.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  echo '1.0-rc1 1.0' | mainstay inspect versions --ecosystem Maven")]
pub(super) struct VersionsArgs {
    /// The ecosystem, as OSV names it: npm, crates.io, Go, Maven, Debian, Red Hat and others.
    #[arg(long, value_name = "NAME")]
    ecosystem: Ecosystem,
}

/// Read ranges of OSV records with a version each from standard input, one JSON object a line, and say whether the version is affected.
///
/// A line is {ecosystem, version, range: {type, events}}. Answers {question, affected}, or {question, error}. Where the order of an
/// ecosystem's versions is not known, `affected` is null.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  echo '{\"ecosystem\":\"PyPI\",\"version\":\"2.0rc1\",\"range\":{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"2.0\"}]}}' | mainstay inspect ranges")]
pub(super) struct RangesArgs {}

/// Read decision points of SSVC from standard input, one row a line, and write what CISA's coordinator table decides.
///
/// A row is exploitation, automatable, technical impact, mission and well-being, with commas between them, in CISA's words. Answers
/// {row, decision}, or {row, error}.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  echo 'active,yes,total,high' | mainstay inspect ssvc")]
pub(super) struct SsvcArgs {}

/// An ecosystem whose versions have an order here.
#[derive(Debug, Clone)]
pub(super) struct Ecosystem(VersionOrder);

impl FromStr for Ecosystem {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let told =
            "the order of its versions is not known here; write it as OSV does, such as npm, PyPI, Maven or Debian";
        order_of(text).map(Self).ok_or_else(|| told.to_owned())
    }
}

impl VersionsArgs {
    pub(super) fn inspect(&self, text: &str) -> Map<String, Value> {
        let Ecosystem(order) = self.ecosystem;
        let mut versions = text.split_whitespace();
        let (one, other) = (versions.next().unwrap_or_default(), versions.next());
        if versions.next().is_some() {
            return error(&"there are more than two versions on the line");
        }
        match order.compare(one, other.unwrap_or(one)) {
            Ok(_) if other.is_none() => object([("order", json!(order.to_string()))]),
            Ok(told) => object([("order", json!(order.to_string())), ("comparison", json!(number(told)))]),
            Err(fault) => error(&fault),
        }
    }
}

fn number(told: std::cmp::Ordering) -> i8 {
    match told {
        std::cmp::Ordering::Less => -1,
        std::cmp::Ordering::Equal => 0,
        std::cmp::Ordering::Greater => 1,
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    ecosystem: String,
    version: String,
    range: Range,
}

pub(super) fn inspect_range(place: Place, text: &str) -> Map<String, Value> {
    let question: Question = match serde_json::from_str(text) {
        Ok(question) => question,
        Err(fault) => {
            // Each line is read by itself, so the parser's own line is always the first.
            let told = fault.to_string();
            let what = told.rsplit_once(" at line ").map_or(told.as_str(), |(what, _place)| what);
            return error(&format!("line {}, column {}: {what}", place.line, place.before + fault.column()));
        }
    };
    let order = question.range.order(order_of(&question.ecosystem));
    let version = order.map(|order| order.parse(&question.version));
    // What affects everything needs no version that can be read.
    match question.range.judge(version.as_ref().and_then(|version| version.as_ref().ok()), order) {
        Verdict::Known(affected) => object([("affected", json!(affected))]),
        Verdict::NoOrder => match version {
            Some(Err(fault)) => error(&fault),
            _ => object([("affected", Value::Null), ("note", json!("the order of these versions is not known here"))]),
        },
        Verdict::Unreadable(fault) => error(&fault),
    }
}

pub(super) fn inspect_ssvc(text: &str) -> Map<String, Value> {
    match ssvc(text) {
        Ok(ssvc) => object([("decision", json!(ssvc.decide().to_string()))]),
        Err(fault) => error(&fault),
    }
}

fn ssvc(text: &str) -> Result<Ssvc, Failure> {
    let cells: Vec<&str> = text.split(',').map(str::trim).collect();
    let &[exploitation, automatable, technical_impact, mission] = cells.as_slice() else {
        return Err(Failure::failed(format!(
            "a row has 4 cells with commas between them; this one has {}",
            cells.len()
        )));
    };
    Ok(Ssvc {
        exploitation: cell(1, exploitation)?,
        automatable: cell(2, automatable)?,
        technical_impact: cell(3, technical_impact)?,
        mission_and_well_being: cell(4, mission)?,
    })
}

fn cell<T: DeserializeOwned>(at: usize, text: &str) -> Result<T, Failure> {
    let word = text.to_lowercase().replace([' ', '-'], "_");
    serde_json::from_value(json!(word)).map_err(|fault| Failure::failed(format!("cell {at}: {fault}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Place = Place { line: 1, before: 0 };

    #[test]
    fn versions_are_compared_by_their_ecosystem() {
        let args = |name: &str| VersionsArgs { ecosystem: name.parse().unwrap() };
        assert_eq!(
            args("Maven").inspect("1.0-rc1\t1.0"),
            object([("order", json!("Maven")), ("comparison", json!(-1))])
        );
        assert_eq!(args("Debian:12").inspect("1.0 1.0~rc1")["comparison"], 1);
        assert_eq!(args("PyPI").inspect("1.0"), object([("order", json!("PEP 440"))]));
        assert!(args("npm").inspect("1.x 1").get("error").unwrap().as_str().unwrap().contains("\"1.x\""));
        assert!(args("npm").inspect("1 2 3").contains_key("error"));
        assert!("Packagist".parse::<Ecosystem>().unwrap_err().contains("not known"));
    }

    #[test]
    fn ranges_are_evaluated() {
        let ask = |ecosystem: &str, version: &str| {
            inspect_range(
                FIRST,
                &json!({"ecosystem": ecosystem, "version": version, "range": {"type": "ECOSYSTEM",
                "events": [{"introduced": "1"}, {"fixed": "2.0"}]}})
                .to_string(),
            )
        };
        assert_eq!(ask("PyPI", "2.0rc1")["affected"], true);
        assert_eq!(ask("PyPI", "2.0.0")["affected"], false);
        assert_eq!(ask("Packagist", "1.5")["affected"], Value::Null);
        assert!(ask("PyPI", "one")["error"].as_str().unwrap().contains("PEP 440"));
        let told = inspect_range(Place { line: 7, before: 2 }, "{");
        assert_eq!(told["error"], "line 7, column 3: EOF while parsing an object");
    }

    #[test]
    fn rows_are_decided() {
        assert_eq!(inspect_ssvc("active, yes, total, high")["decision"], "Act");
        assert_eq!(inspect_ssvc("public poc,no,total,medium")["decision"], "Track*");
        assert!(
            inspect_ssvc("active,maybe,total,high")["error"]
                .as_str()
                .unwrap()
                .starts_with("cell 2: unknown variant `maybe`")
        );
        assert!(inspect_ssvc("active")["error"].as_str().unwrap().contains("this one has 1"));
    }
}
