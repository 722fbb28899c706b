//! Results of the OpenSSF Scorecard, as its `--format json` and its public data have them.

use super::{StatementKind, Told, instant, kept};
use crate::features::projects::problems::WRONG_FILE;
use crate::kernel::{self, Error, Failed, Result, Timestamp, repository_key};
use serde::{Deserialize, Serialize};
use serde_json::Value;

const MOST_CHECKS: usize = 100;
const MOST_REASON: usize = 500;
/// Scorecard tells its aggregate with one decimal.
const ROUNDING: f64 = 0.05 + 1e-9;

/// What a Scorecard says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scorecard {
    /// The aggregate, 0 to 10; none where no check came to a result.
    pub score: Option<f64>,
    /// The version of the tool.
    pub version: Option<String>,
    /// The commit that was looked at.
    pub commit: Option<String>,
    /// Its checks, by name.
    pub checks: Vec<Check>,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// Its name, such as `Maintained`.
    pub name: String,
    /// 0 to 10; none where it came to no result.
    pub score: Option<i16>,
    /// Why, in the tool's words.
    pub reason: Option<String>,
}

impl Scorecard {
    /// The score of a check, where it came to one.
    pub fn check(&self, name: &str) -> Option<i16> {
        self.checks.iter().find(|check| check.name == name)?.score
    }
}

/// How much a check weighs in the aggregate, by the risk that the tool gives it: critical, high, medium or low.
fn weight(name: &str) -> Option<f64> {
    let (critical, high, medium, low) = (10.0, 7.5, 5.0, 2.5);
    Some(match name {
        "Dangerous-Workflow" | "Webhooks" => critical,
        "Binary-Artifacts"
        | "Branch-Protection"
        | "Code-Review"
        | "Dependency-Update-Tool"
        | "Maintained"
        | "Signed-Releases"
        | "Token-Permissions"
        | "Vulnerabilities" => high,
        "Fuzzing" | "Packaging" | "Pinned-Dependencies" | "SAST" | "SBOM" | "Security-Policy" => medium,
        "CI-Tests" | "CII-Best-Practices" | "Contributors" | "License" => low,
        _ => return None,
    })
}

/// The aggregate of these checks: their mean by weight, without those that came to no result. None where none did.
fn aggregate(checks: &[Check]) -> Option<f64> {
    let (mut sum, mut weights) = (0.0, 0.0);
    for check in checks {
        if let (Some(score), Some(weight)) = (check.score, weight(&check.name)) {
            sum += weight * f64::from(score);
            weights += weight;
        }
    }
    (weights > 0.0).then(|| sum / weights)
}

pub(super) fn malformed(error: &serde_json::Error) -> Error {
    let what = error.to_string();
    let what = what.split(" at line ").next().unwrap_or_default().to_owned();
    let detail = format!("This is no scorecard file: line {}, column {}: {what}.", error.line(), error.column().max(1));
    Error::new(&WRONG_FILE, detail)
}

pub(super) fn parse(bytes: &[u8]) -> Result<Value> {
    serde_json::from_slice(bytes).map_err(|error| malformed(&error))
}

/// Reads one result, and works its aggregate out again: one that differs was tampered with or cut short.
pub(super) fn read(value: &Value, now: Timestamp) -> Result<Told> {
    let mut check = kernel::Check::default();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let repository = repository(&mut check, value.pointer("/repo/name"));
    let as_of = value.get("date").filter(|date| !date.is_null()).map(|date| text(date).and_then(|date| instant(&date)));
    if as_of == Some(None) {
        check.fault(
            "/date",
            "invalid_date",
            "Must be a day or an instant, such as 2026-11-01 or 2026-11-01T09:00:00Z.",
        );
    }
    let as_of = as_of.flatten();
    check.require(as_of.is_none_or(|at| at <= now), "/date", "in_future", "Nobody can have looked in the future.");
    let checks = checks(&mut check, value.get("checks"));
    let told = match value.get("score").and_then(Value::as_f64) {
        Some(score) if (-1.0..=10.0).contains(&score) => Some(score),
        _ => {
            check.fault("/score", "out_of_range", "The aggregate is a number from 0 to 10, or -1 where there is none.");
            None
        }
    };
    if let (Ok(checks), Some(told)) = (&checks, told) {
        compare(&mut check, checks, told);
    }
    check.done()?;
    let field = |pointer: &str| value.pointer(pointer).and_then(Value::as_str).map(|text| kept(text, 80));
    let facts = Scorecard {
        score: told.filter(|score| *score >= 0.0),
        version: field("/scorecard/version"),
        commit: field("/repo/commit"),
        checks: checks?,
    };
    let facts = serde_json::to_value(facts).map_err(Error::internal)?;
    Ok(Told { kind: StatementKind::Scorecard, repositories: vec![repository?], as_of, facts })
}

fn repository(check: &mut kernel::Check, name: Option<&Value>) -> Result<String, Failed> {
    let name = name.and_then(Value::as_str).unwrap_or_default();
    let bare = name.trim().trim_start_matches("https://").trim_start_matches("http://");
    check.value("/repo/name", repository_key(&format!("https://{bare}")))
}

fn checks(check: &mut kernel::Check, value: Option<&Value>) -> Result<Vec<Check>, Failed> {
    let all = value.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    check.require(!all.is_empty(), "/checks", "missing", "A result has a list of checks, each with name and score.");
    if all.len() > MOST_CHECKS {
        check.fault("/checks", "too_many", format!("At most {MOST_CHECKS} checks are read; there are {}.", all.len()));
        return Err(Failed);
    }
    let mut found: Vec<Check> = Vec::with_capacity(all.len());
    for (at, one) in all.iter().enumerate() {
        let name = one.get("name").and_then(Value::as_str).unwrap_or_default();
        let score = one.get("score").and_then(Value::as_i64).filter(|score| (-1..=10).contains(score));
        let Some(score) = score else {
            check.fault(
                format!("/checks/{at}/score"),
                "out_of_range",
                "A check's score is -1 to 10, without a fraction.",
            );
            continue;
        };
        let score = i16::try_from(score).ok().filter(|score| *score >= 0);
        if weight(name).is_none() {
            let seen = kept(name, 60);
            let detail =
                format!("{seen:?} is no check of the Scorecard that is known here, so the aggregate can't be checked.");
            check.fault(format!("/checks/{at}/name"), "unknown_check", detail);
            continue;
        }
        if found.iter().any(|other| other.name == name) {
            check.fault(format!("/checks/{at}/name"), "repeated", format!("{name} stands above already."));
        }
        let reason = one.get("reason").and_then(Value::as_str).map(|text| kept(text, MOST_REASON));
        found.push(Check { name: name.to_owned(), score, reason: reason.filter(|text| !text.is_empty()) });
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    if check.is_clean() || found.len() == all.len() { Ok(found) } else { Err(Failed) }
}

fn compare(check: &mut kernel::Check, checks: &[Check], told: f64) {
    match aggregate(checks) {
        Some(worked_out) if (worked_out - told).abs() <= ROUNDING => {}
        Some(worked_out) => {
            let detail = format!("The checks come to {worked_out:.2}, not {told}: the file was changed or cut short.");
            check.fault("/score", "aggregate_differs", detail);
        }
        None => check.require(
            told < 0.0,
            "/score",
            "aggregate_differs",
            "No check came to a result, so there is no aggregate: it should be -1.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;
    use std::io::Read as _;

    fn now() -> Timestamp {
        "2026-11-22T09:00:00Z".parse().unwrap()
    }

    fn result() -> Value {
        json!({"date": "2026-11-01", "repo": {"name": "github.com/Example/Parser", "commit": "0123abc"},
            "scorecard": {"version": "v5.0.0", "commit": "x"}, "score": 6.7,
            "checks": [{"name": "Maintained", "score": 10, "reason": "30 commits"}, {"name": "Fuzzing", "score": 0, "details": null},
                {"name": "License", "score": 10}, {"name": "Packaging", "score": -1}], "metadata": null})
    }

    fn faults(value: &Value) -> Vec<String> {
        let error = read(value, now()).unwrap_err();
        error.fields().iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect()
    }

    fn but(pointer: &str, value: Value) -> Value {
        let mut changed = result();
        *changed.pointer_mut(pointer).unwrap() = value;
        changed
    }

    #[test]
    fn a_result_is_read_and_its_aggregate_checked() {
        let told = read(&result(), now()).unwrap();
        assert_eq!(
            (told.repositories, told.as_of),
            (vec!["github.com/example/parser".to_owned()], instant("2026-11-01"))
        );
        let facts: Scorecard = serde_json::from_value(told.facts).unwrap();
        assert_eq!((facts.score, facts.check("Maintained"), facts.check("Packaging")), (Some(6.7), Some(10), None));
        assert_eq!(facts.version.as_deref(), Some("v5.0.0"));
        assert_eq!(faults(&but("/score", json!(7.1))), ["/score aggregate_differs"]);
        assert_eq!(faults(&but("/checks/0/score", json!(9))), ["/score aggregate_differs"]);
    }

    #[test]
    fn everything_that_is_wrong_is_told() {
        for (pointer, value, fault) in [
            ("/repo/name", json!("example"), "/repo/name invalid_repository"),
            ("/repo/name", json!(7), "/repo/name invalid_repository"),
            ("/date", json!("yesterday"), "/date invalid_date"),
            ("/date", json!("2027-01-01"), "/date in_future"),
            ("/score", json!("6.7"), "/score out_of_range"),
            ("/score", json!(11), "/score out_of_range"),
            ("/checks", json!([]), "/checks missing"),
            ("/checks", json!({}), "/checks missing"),
            ("/checks/0/score", json!(10.5), "/checks/0/score out_of_range"),
            ("/checks/0/score", json!(-2), "/checks/0/score out_of_range"),
            ("/checks/0/name", json!("Charm"), "/checks/0/name unknown_check"),
            ("/checks/2/name", json!("Fuzzing"), "/checks/2/name repeated"),
        ] {
            assert!(faults(&but(pointer, value.clone())).contains(&fault.to_owned()), "{pointer} {value}");
        }
        for value in [json!([]), json!(null), json!("x")] {
            assert_eq!(faults(&value).len(), 3, "{value}");
        }
        let none =
            json!({"repo": {"name": "github.com/a/b"}, "score": -1, "checks": [{"name": "Packaging", "score": -1}]});
        assert_eq!(read(&none, now()).unwrap().facts["score"], Value::Null);
    }

    /// Real results, where they are at hand.
    #[test]
    fn real_results_hold() {
        let name = "scorecard/scorecard-998-critical-projects-2022.jsonl.gz";
        let Some(file) = crate::published::published(name) else { return };
        let packed = std::fs::File::open(file).unwrap();
        let mut text = Vec::new();
        flate2::read::MultiGzDecoder::new(packed).read_to_end(&mut text).unwrap();
        let read = super::super::read_scorecards(&text, now()).unwrap();
        assert_eq!(read.len(), 998);
        assert!(read.iter().all(|(_, told)| told.is_ok()), "{:?}", read.iter().find(|(_, told)| told.is_err()));
        assert_eq!(read.iter().map(|(line, _)| *line).collect::<Vec<_>>(), (1..=998).collect::<Vec<u64>>());
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = super::super::read_scorecards(&bytes, now());
        }

        #[test]
        fn nor_does_a_result_with_something_else_in_it(
            at in proptest::sample::select(vec!["/date", "/repo", "/repo/name", "/score", "/checks", "/checks/0", "/checks/0/name", "/checks/1/score"]),
            text in "\\PC{0,20}", number in any::<f64>(), which in 0..5,
        ) {
            let value = match which { 0 => json!(text), 1 => json!(number), 2 => json!([text]), 3 => json!({"name": text}), _ => Value::Null };
            let _ = read(&but(at, value), now());
        }
    }
}
