//! Every reader of what comes from outside, fed with documents that are bent at random: none may panic, run away, or say what can't be.
//!
//! With every `cargo test` briefly; at length by `just fuzz`. `MAINSTAY_FUZZ_SECONDS` says how long for each reader, `MAINSTAY_FUZZ_SEED`
//! which documents: the same seed bends the same ones.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::needless_pass_by_value,
    clippy::float_cmp,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests may"
)]

#[path = "fuzz/engine.rs"]
mod engine;
#[path = "fuzz/oracles.rs"]
mod oracles;
#[path = "support/published.rs"]
mod published;
#[path = "fuzz/readers.rs"]
mod readers;
#[path = "fuzz/seeds.rs"]
mod seeds;

use std::time::{Duration, Instant};

/// So many documents with every `cargo test`.
const FEW: u64 = 400;

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_no| panic!("{name} is a whole number")))
}

/// The most memory that this process ever held, in MiB; 0 where the system does not tell.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) / 1024
}

fn fuzz(name: &str, read: impl Fn(&[u8]) -> String, seeds: Vec<Vec<u8>>, words: &[&str]) {
    let seed = setting("MAINSTAY_FUZZ_SEED").unwrap_or(20_261_128);
    let until = setting("MAINSTAY_FUZZ_SECONDS").map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let go_on = move |documents: u64| until.map_or(documents < FEW, |until| Instant::now() < until);
    let begin = Instant::now();
    let tally = engine::run(name, &read, &seeds, words, seed, &go_on);
    println!(
        "fuzz {name}: {} documents in {:.0} s, {} answered in a new way, the longest took {:.0} ms, at most {} MiB",
        tally.documents,
        begin.elapsed().as_secs_f64(),
        tally.kept,
        tally.longest.as_secs_f64() * 1000.0,
        peak(),
    );
    assert!(peak() < 1024, "{name}: {} MiB of memory for documents of 64 KiB", peak());
}

macro_rules! readers {
    ($($name:ident: $read:expr, $seeds:expr, $words:expr;)*) => { $(
        #[test]
        fn $name() {
            fuzz(stringify!($name), $read, $seeds, $words);
        }
    )* };
}

readers! {
    cyclonedx_json: readers::sbom, seeds::documents(seeds::CYCLONEDX_JSON, &["cyclonedx-official-tests-1.2-1.7.tar.gz"], ".json"), seeds::CYCLONEDX_WORDS;
    cyclonedx_xml: readers::sbom, seeds::documents(seeds::CYCLONEDX_XML, &["cyclonedx-official-tests-1.2-1.7.tar.gz"], ".xml"), seeds::XML_WORDS;
    spdx_json: readers::sbom, seeds::documents(seeds::SPDX_JSON, &["spdx-examples-documents.tar.gz", "spdx-2.3-spec-examples-and-schema.tar.gz"], ".json"), seeds::SPDX_WORDS;
    spdx_tag_value: readers::sbom, seeds::documents(seeds::SPDX_TAGS, &["spdx-examples-documents.tar.gz"], ".spdx"), seeds::SPDX_WORDS;
    spdx_3: readers::sbom, seeds::texts(seeds::SPDX_3), seeds::SPDX_WORDS;
    purl: readers::purl, seeds::texts(seeds::PURLS), seeds::PURL_WORDS;
    versions_semver: readers::versions(readers::Order::SemVer), seeds::texts(seeds::VERSIONS), seeds::VERSION_WORDS;
    versions_pep440: readers::versions(readers::Order::Pep440), seeds::texts(seeds::VERSIONS), seeds::VERSION_WORDS;
    versions_maven: readers::versions(readers::Order::Maven), seeds::texts(seeds::VERSIONS), seeds::VERSION_WORDS;
    versions_debian: readers::versions(readers::Order::Debian), seeds::texts(seeds::VERSIONS), seeds::VERSION_WORDS;
    versions_rpm: readers::versions(readers::Order::Rpm), seeds::texts(seeds::VERSIONS), seeds::VERSION_WORDS;
    versions_nuget: readers::versions(readers::Order::NuGet), seeds::texts(seeds::VERSIONS), seeds::VERSION_WORDS;
    versions_rubygems: readers::versions(readers::Order::RubyGems), seeds::texts(seeds::VERSIONS), seeds::VERSION_WORDS;
    osv: readers::osv, seeds::texts(seeds::OSV), seeds::OSV_WORDS;
    osv_files: readers::osv_files, seeds::archives(), seeds::OSV_WORDS;
    cvss: readers::cvss, seeds::texts(seeds::CVSS), seeds::CVSS_WORDS;
    security_insights: readers::security_insights, seeds::texts(seeds::INSIGHTS), seeds::INSIGHTS_WORDS;
    scorecard: readers::scorecard, seeds::texts(seeds::SCORECARDS), seeds::SCORECARD_WORDS;
    funding_yml: readers::funding_yml, seeds::texts(seeds::FUNDING_YML), seeds::FUNDING_WORDS;
    funding_json: readers::funding_json, seeds::texts(seeds::FUNDING_JSON), seeds::FUNDING_WORDS;
    graph: readers::graph, seeds::texts(seeds::GRAPHS), seeds::GRAPH_WORDS;
    parameters: readers::parameters, seeds::texts(seeds::PARAMETERS), seeds::PARAMETER_WORDS;
    signals: readers::signals, seeds::texts(seeds::SIGNALS), &[];
}

#[test]
fn a_reader_that_panics_is_found_with_its_document() {
    let read = |bytes: &[u8]| {
        assert!(!bytes.windows(2).any(|pair| pair == b"}}"), "planted");
        String::new()
    };
    let found = std::panic::catch_unwind(|| {
        engine::run("planted", &read, &[b"{\"a\": {}, \"b\": 1}".to_vec()], &[], 1, &|documents| documents < 100_000)
    });
    let told = *found.unwrap_err().downcast::<String>().unwrap();
    let path = told.split("kept at ").nth(1).unwrap().trim_end_matches(": it panicked");
    assert!(std::fs::read(path).unwrap().windows(2).any(|pair| pair == b"}}"));
    std::fs::remove_file(path).unwrap();
}

#[test]
fn the_same_seed_bends_the_same_documents() {
    let bent = |seed| {
        let mut chance = engine::Chance::new(seed);
        (0..100).map(|_| engine::bend(&mut chance, b"{\"a\": [1, 2]}", b"xyz", &["word"])).collect::<Vec<_>>()
    };
    assert_eq!(bent(7), bent(7));
    assert_ne!(bent(7), bent(8));
}
