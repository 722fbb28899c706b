//! What is read, and what must hold of whatever comes out.

use mainstay::features::advisories::cvss::Cvss;
use mainstay::features::advisories::import;
use mainstay::features::advisories::osv::{OsvIndex, read_records};
pub(crate) use mainstay::features::advisories::versions::VersionOrder as Order;
use mainstay::features::projects::criticality::{Parameters, Signals, SignalsError, SignalsReader, SignalsRow};
use mainstay::features::projects::funding::{self, FundingFile};
use mainstay::features::projects::statements;
use mainstay::features::risk::graph;
use mainstay::features::sboms::{self, MAX_COMPONENTS, MAX_DEPENDENCIES};
use mainstay::kernel::{Purl, Timestamp};
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::io::BufReader;

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn now() -> Timestamp {
    "2026-11-28T00:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap().into()
}

/// Whatever strict reading takes, lenient reading takes alike; every place is within the document.
pub(crate) fn sbom(bytes: &[u8]) -> String {
    let (lenient, strict) = (sboms::read(bytes, false), sboms::read(bytes, true));
    if let Ok(document) = &lenient {
        let count = document.components.len();
        assert!(count <= MAX_COMPONENTS && document.dependencies() <= MAX_DEPENDENCIES);
        assert!(document.edges.iter().all(|(from, to)| *from < count && *to < count), "an edge to nowhere");
        assert!(document.direct.iter().chain(&document.subject_at).all(|at| *at < count), "a need of nothing");
        assert_eq!(document.depths().len(), count);
    }
    match (lenient, strict) {
        (Ok(lenient), Ok(strict)) => {
            assert_eq!(lenient, strict, "strict reading reads something else");
            format!(
                "ok {} {:?}",
                lenient.version,
                lenient.warnings.iter().map(|warning| warning.code).collect::<Vec<_>>()
            )
        }
        (Ok(lenient), Err(refusal)) => {
            assert!(!refusal.faults.is_empty());
            format!(
                "lenient {} {:?} {refusal}",
                lenient.version,
                lenient.warnings.iter().map(|warning| warning.code).collect::<BTreeSet<_>>()
            )
        }
        (Err(refusal), Err(_)) => {
            assert!(!refusal.faults.is_empty());
            refusal.to_string()
        }
        (Err(refusal), Ok(_)) => panic!("strict reading takes what lenient reading refuses: {refusal}"),
    }
}

/// What was read once is read again alike, and from its parts.
pub(crate) fn purl(bytes: &[u8]) -> String {
    let text = text(bytes);
    let strict = Purl::parse(&text);
    match Purl::read_leniently(&text) {
        Ok(read) => {
            let again =
                Purl::parse(read.as_str()).unwrap_or_else(|error| panic!("{:?} of {text:?}: {error:?}", read.as_str()));
            assert_eq!(again.as_str(), read.as_str(), "of {text:?}");
            let built = Purl::build(read.clone().into_parts()).unwrap();
            assert_eq!(built.as_str(), read.as_str(), "of {text:?}");
            assert!(read.as_str().starts_with(read.package()));
            format!("ok {} {}", read.ty(), strict.is_ok())
        }
        Err(error) => {
            assert!(strict.is_err(), "{text:?} is taken strictly alone");
            error.to_string()
        }
    }
}

/// Any three versions, one a line, stand in one order.
pub(crate) fn versions(order: Order) -> impl Fn(&[u8]) -> String {
    move |bytes| {
        let text = text(bytes);
        let read: Vec<_> = text.lines().take(3).map(|line| (line, order.parse(line))).collect();
        let versions: Vec<_> = read.iter().filter_map(|(line, version)| Some((line, version.as_ref().ok()?))).collect();
        let compare = |one: usize, other: usize| versions[one].1.partial_cmp(versions[other].1).unwrap();
        for one in 0..versions.len() {
            assert_eq!(compare(one, one), Ordering::Equal, "{:?} differs from itself", versions[one].0);
            for other in 0..versions.len() {
                assert_eq!(
                    compare(one, other),
                    compare(other, one).reverse(),
                    "{:?} and {:?}",
                    versions[one].0,
                    versions[other].0
                );
                for third in 0..versions.len() {
                    let (first, second) = (compare(one, other), compare(other, third));
                    if first != Ordering::Greater && second != Ordering::Greater {
                        let both = if first == Ordering::Equal { second } else { first };
                        let told = compare(one, third);
                        assert_eq!(told, both, "{:?} {:?} {:?}", versions[one].0, versions[other].0, versions[third].0);
                    }
                }
            }
        }
        let orders = (1..versions.len()).map(|at| compare(at - 1, at)).collect::<Vec<_>>();
        let faults = read.iter().filter_map(|(_, version)| Some(version.as_ref().err()?.to_string()));
        format!("{orders:?} {}", faults.collect::<Vec<_>>().join(" "))
    }
}

const ASKED: &[&str] = &[
    "pkg:npm/parser@1.2.3",
    "pkg:pypi/parser@1.2.3",
    "pkg:cargo/parser@1.2.3",
    "pkg:maven/org.example/parser@1.2.3",
    "pkg:deb/debian/parser@1.2-3?distro=debian-12",
];

/// A record that was read is written and read alike; which versions are affected is answered.
pub(crate) fn osv(bytes: &[u8]) -> String {
    let mut answer = String::new();
    let mut index = OsvIndex::default();
    for record in read_records(BufReader::new(bytes)).take(20) {
        match record {
            Err(error) => answer.push_str(&error.to_string()),
            Ok(record) => {
                let written = serde_json::to_vec(&record).unwrap();
                let again = read_records(BufReader::new(written.as_slice())).next().unwrap();
                assert_eq!(again.as_ref().ok(), Some(&record), "{again:?}");
                index.insert(record);
                answer.push_str("ok ");
            }
        }
    }
    for purl in ASKED {
        match index.affecting(&Purl::parse(purl).unwrap()) {
            Ok(found) => {
                for count in [found.ids.len(), found.exact_only.len(), found.unreadable.len()] {
                    answer.push_str(&count.to_string());
                    answer.push(';');
                }
            }
            Err(error) => answer.push_str(&error.to_string()),
        }
    }
    answer
}

/// Files of records: lists, archives, single records.
pub(crate) fn osv_files(bytes: &[u8]) -> String {
    match import::read(bytes) {
        Ok(records) => records
            .into_iter()
            .map(|(_, record)| record.map_or_else(|why| why, |_| "ok".to_owned()))
            .collect::<Vec<_>>()
            .join(" "),
        Err(error) => error.detail().to_owned(),
    }
}

/// Scores lie between 0 and 10 and have one decimal.
pub(crate) fn cvss(bytes: &[u8]) -> String {
    match text(bytes).parse::<Cvss>() {
        Ok(read) => {
            let scores = read.scores();
            for score in [Some(scores.base), scores.temporal, scores.environmental].into_iter().flatten() {
                assert!(
                    (0.0..=10.0).contains(&score) && ((score * 10.0).round() / 10.0 - score).abs() < 1e-9,
                    "{score}"
                );
            }
            format!("ok {:?} {}", read.version(), scores.base)
        }
        Err(error) => error.to_string(),
    }
}

pub(crate) fn security_insights(bytes: &[u8]) -> String {
    match statements::read(statements::StatementKind::SecurityInsights, bytes, now()) {
        Ok(told) => {
            assert!(!told.repositories.is_empty(), "of no repository");
            let facts: statements::Insights = serde_json::from_value(told.facts).unwrap();
            format!("ok {} {:?}", facts.schema_version, facts.documents.keys().collect::<Vec<_>>())
        }
        Err(error) => faults(&error),
    }
}

fn faults(error: &mainstay::kernel::Error) -> String {
    let fields = error.fields().iter().map(|field| format!("{} {}", field.pointer, field.code));
    format!("{} {}", error.detail(), fields.collect::<Vec<_>>().join(" "))
}

pub(crate) fn scorecard(bytes: &[u8]) -> String {
    match statements::read_scorecards(bytes, now()) {
        Ok(all) => {
            let one = |told: Result<statements::Told, mainstay::kernel::Error>| match told {
                Ok(told) => {
                    let facts: statements::Scorecard = serde_json::from_value(told.facts).unwrap();
                    assert!(facts.score.is_none_or(|score| (0.0..=10.0).contains(&score)));
                    assert!(facts.checks.iter().filter_map(|check| check.score).all(|score| (0..=10).contains(&score)));
                    "ok".to_owned()
                }
                Err(error) => faults(&error),
            };
            all.into_iter().map(|(_, told)| one(told)).collect::<Vec<_>>().join(" ")
        }
        Err(error) => faults(&error),
    }
}

fn funding(file: FundingFile, bytes: &[u8]) -> String {
    match funding::read(file, bytes) {
        Ok(links) => {
            assert!(links.len() <= 30 && links.iter().all(|link| link.url.starts_with("https://")), "{links:?}");
            format!("ok {:?}", links.iter().map(|link| &link.platform).collect::<BTreeSet<_>>())
        }
        Err(error) => faults(&error),
    }
}

pub(crate) fn funding_yml(bytes: &[u8]) -> String {
    funding(FundingFile::Yml, bytes)
}

pub(crate) fn funding_json(bytes: &[u8]) -> String {
    funding(FundingFile::Json, bytes)
}

/// A graph that was read is written and read alike, and its ranks are numbers.
pub(crate) fn graph(bytes: &[u8]) -> String {
    match graph::read(bytes) {
        Ok(read) => {
            let again = graph::read(graph::written(&read).as_bytes()).unwrap();
            assert_eq!((again.nodes(), again.edges()), (read.nodes(), read.edges()));
            let ranking = graph::rank(&read);
            assert_eq!(ranking.ranked.len(), read.len());
            for row in &ranking.ranked {
                assert!((0.0..=1.0).contains(&row.risk) && row.reach.is_finite() && row.walk.is_finite(), "{row:?}");
            }
            format!("ok {}", read.edges().is_empty())
        }
        Err(error) => error.to_string(),
    }
}

/// A score lies between 0 and 1, or there is none.
pub(crate) fn parameters(bytes: &[u8]) -> String {
    match Parameters::from_yaml("bent", &text(bytes)) {
        Ok(read) => {
            for value in [0.0, 1.0, -5.0, 1e300] {
                let signals: Signals = read.fields().into_iter().map(|field| (field.to_owned(), value)).collect();
                let score = read.score_value(&signals);
                assert!(score.is_none_or(|score| (0.0..=1.0).contains(&score)), "{score:?}");
            }
            format!("ok {}", read.inputs().is_empty())
        }
        Err(error) => error.to_string(),
    }
}

pub(crate) fn signals(bytes: &[u8]) -> String {
    let fields = BTreeSet::from(["legacy.org_count", "legacy.created_since", "depsdev.dependent_count"]);
    match SignalsReader::new(bytes, &fields) {
        Ok(rows) => {
            let row = |row: Result<SignalsRow, SignalsError>| match row {
                Ok(row) => {
                    assert!(row.signals.iter().all(|(_, value): (&str, f64)| value.is_finite()));
                    "ok".to_owned()
                }
                Err(error) => error.to_string(),
            };
            rows.take(100).map(row).collect::<Vec<_>>().join(" ")
        }
        Err(error) => error.to_string(),
    }
}
