//! RustSec's own ranges against OSV's, on every advisory, and the examples of the OSV schema.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::PathBuf;

use flate2::read::GzDecoder;
use serde::Deserialize;

use super::super::versions::{Version, VersionOrder};
use super::{AffectingError, OsvIndex, OsvRecord, read_records};
use crate::kernel::Purl;

fn data(name: &str) -> Option<PathBuf> {
    crate::published::published(&format!("advisories/{name}"))
}

#[derive(Deserialize)]
struct Native {
    id: String,
    package: String,
    patched: Vec<String>,
    unaffected: Vec<String>,
}

fn version(text: &str) -> Version {
    VersionOrder::SemVer.parse(text).unwrap()
}

/// The version after the last one that a caret requirement takes: the leftmost number that is not 0 is one more.
fn caret_end(text: &str) -> String {
    let numbers: Vec<u64> = text.split(['-', '+']).next().unwrap().split('.').map(|n| n.parse().unwrap()).collect();
    let place = numbers.iter().position(|n| *n > 0).unwrap_or(numbers.len() - 1);
    let mut end = [0; 3];
    end[..place].copy_from_slice(&numbers[..place]);
    end[place] = numbers[place] + 1;
    format!("{}.{}.{}-0", end[0], end[1], end[2])
}

/// Whether a version fulfils one of RustSec's requirements, `>= 1.2.3, < 2`.
fn fulfils(requirement: &str, at: &Version) -> bool {
    requirement.split(',').all(|part| {
        let part = part.trim();
        let bare = part.trim_start_matches(['<', '>', '=', '^']).trim();
        match part.strip_suffix(bare).unwrap().trim() {
            ">=" => *at >= version(bare),
            ">" => *at > version(bare),
            "<" => *at < version(bare),
            "<=" => *at <= version(bare),
            "=" => *at == version(bare),
            "" | "^" => *at >= version(bare) && *at < version(&caret_end(bare)),
            other => panic!("unknown operator {other:?} in {requirement:?}"),
        }
    })
}

/// The version itself, and versions next to it on both sides.
fn neighbours(text: &str) -> Vec<String> {
    let bare = text.trim().trim_start_matches(['<', '>', '=', '^', ' ']);
    let numbers: Vec<u64> = bare.split(['-', '+']).next().unwrap().split('.').map(|n| n.parse().unwrap()).collect();
    let [a, b, c] = [0, 1, 2].map(|at| numbers.get(at).copied().unwrap_or(0));
    let pre = bare.split_once('-').map(|(_, pre)| pre.split('+').next().unwrap());
    let mut all = vec![
        format!("{a}.{b}.{c}"),
        format!("{a}.{b}.{c}-0"),
        format!("{a}.{b}.{c}-zzz"),
        format!("{a}.{b}.{}", c + 1),
        format!("{a}.{}.0", b + 1),
        format!("{}.0.0", a + 1),
        format!("{}.0.0-0", a + 1),
        "0.0.0".to_owned(),
        "0.0.1".to_owned(),
        "999.0.0".to_owned(),
    ];
    all.extend(c.checked_sub(1).map(|c| format!("{a}.{b}.{c}")));
    all.extend(b.checked_sub(1).map(|b| format!("{a}.{b}.99")));
    all.extend(a.checked_sub(1).map(|a| format!("{a}.99.99")));
    all.extend(pre.map(|pre| format!("{a}.{b}.{c}-{pre}")));
    all
}

#[test]
fn every_advisory_of_rustsec_affects_what_its_own_ranges_say() {
    let (Some(osv), Some(native)) = (data("rustsec-osv-2026-08-21.jsonl.gz"), data("rustsec-native-ranges.jsonl.gz"))
    else {
        return;
    };
    let mut index = OsvIndex::default();
    let mut withdrawn = BTreeSet::new();
    for record in read_records(BufReader::new(File::open(osv).unwrap())) {
        let record = record.unwrap();
        withdrawn.extend(record.withdrawn.as_ref().map(|_| record.id.clone()));
        index.insert(record);
    }
    let mut text = String::new();
    GzDecoder::new(File::open(native).unwrap()).read_to_string(&mut text).unwrap();
    let natives: HashMap<String, Native> = text
        .lines()
        .map(|line| serde_json::from_str::<Native>(line).unwrap())
        .map(|native| (native.id.clone(), native))
        .collect();
    assert_eq!(index.len(), natives.len());
    let mut compared = 0;
    for native in natives.values() {
        let requirements = || native.patched.iter().chain(&native.unaffected);
        let bounds = requirements()
            .flat_map(|requirement| requirement.split(','))
            .map(str::to_owned)
            .chain(["1.0.0".to_owned()]);
        for text in bounds.flat_map(|bound| neighbours(&bound)).collect::<BTreeSet<_>>() {
            let at = version(&text);
            let expected = !requirements().any(|requirement| fulfils(requirement, &at));
            let purl: Purl = format!("pkg:cargo/{}@{text}", native.package).parse().unwrap();
            let answer = index.affecting(&purl).unwrap();
            assert!(answer.exact_only.is_empty() && answer.unreadable.is_empty());
            let ids = if withdrawn.contains(&native.id) { &answer.withdrawn } else { &answer.ids };
            assert_eq!(ids.contains(&native.id), expected, "{} at {text}: {:?}", native.id, native.patched);
            compared += 1;
        }
    }
    eprintln!("RustSec: {} advisories agree at {compared} versions", natives.len());
}

#[test]
fn every_example_of_the_schema_reads_and_writes() {
    let Some(path) = data("osv-testdata.tar.gz") else { return };
    let mut archive = tar::Archive::new(GzDecoder::new(File::open(path).unwrap()));
    let (mut seen, mut refused) = (0, Vec::new());
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        if text.is_empty() {
            continue;
        }
        match serde_json::from_str::<OsvRecord>(&text) {
            Ok(record) => {
                let again: OsvRecord = serde_json::from_str(&serde_json::to_string(&record).unwrap()).unwrap();
                assert_eq!(again, record);
                seen += 1;
            }
            Err(error) => refused.push(format!("{}: {error}", entry.path().unwrap().display())),
        }
    }
    assert!(seen > 10 && refused.is_empty(), "{seen} read; {refused:#?}");
}

fn index(records: &[&str]) -> OsvIndex {
    let mut index = OsvIndex::default();
    for record in records {
        let text = format!("{{\"id\": \"{}\", \"modified\": \"2026-01-01T00:00:00Z\", {record}}}", index.len());
        index.insert(serde_json::from_str(&text).unwrap());
    }
    index
}

fn ids(index: &OsvIndex, purl: &str) -> Vec<String> {
    index.affecting(&purl.parse().unwrap()).unwrap().ids.into_iter().collect()
}

#[test]
fn each_ecosystem_has_its_own_order() {
    let index = index(&[
        r#""affected": [{"package": {"ecosystem": "PyPI", "name": "Django"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.11.1"}]}], "versions": ["3.0"]}]"#,
        r#""affected": [{"package": {"ecosystem": "Maven", "name": "a:b"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "2.0-beta9"}, {"fixed": "2.15.0"}]}]}]"#,
        r#""affected": [{"package": {"ecosystem": "Debian:12", "name": "curl"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "7.88.1-10+deb12u1"}]}]}]"#,
        r#""affected": [{"package": {"ecosystem": "Red Hat:enterprise_linux:9::baseos", "name": "openssl"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1:3.0.7-24"}]}]}]"#,
    ]);
    assert_eq!(ids(&index, "pkg:pypi/django@1.11.1.dev1"), ["0"]);
    assert_eq!(ids(&index, "pkg:pypi/django@3.0.0"), ["0"], "listed, though written differently");
    assert!(ids(&index, "pkg:pypi/django@1.11.1").is_empty());
    assert_eq!(ids(&index, "pkg:maven/a/b@2.0-rc1"), ["1"]);
    assert!(ids(&index, "pkg:maven/a/b@2.0-beta8").is_empty());
    assert_eq!(ids(&index, "pkg:deb/debian/curl@7.88.1-10?distro=bookworm"), ["2"]);
    assert!(ids(&index, "pkg:deb/debian/curl@7.88.1-10?distro=trixie").is_empty(), "another release");
    assert_eq!(ids(&index, "pkg:deb/debian/curl@7.88.1-10~"), ["2"], "every release, when the purl tells none");
    assert_eq!(ids(&index, "pkg:rpm/redhat/openssl@3.0.7-18?epoch=1"), ["3"]);
    assert!(ids(&index, "pkg:rpm/redhat/openssl@3.0.7-24?epoch=1").is_empty());
    assert!(ids(&index, "pkg:npm/nobody@1.0.0").is_empty());
}

#[test]
fn what_cannot_be_ordered_is_said() {
    let index = index(&[
        r#""affected": [{"package": {"ecosystem": "Packagist", "name": "a/b"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2"}]}], "versions": ["1.0"]}]"#,
        r#""affected": [{"package": {"ecosystem": "Packagist", "name": "a/evil"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}]"#,
        r#""affected": [{"package": {"ecosystem": "npm", "name": "c"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "one"}]}]}]"#,
    ]);
    let answer = |purl: &str| index.affecting(&purl.parse().unwrap());
    assert_eq!(ids(&index, "pkg:composer/a/b@1.0"), ["0"]);
    let unknown = answer("pkg:composer/a/b@1.5").unwrap();
    assert!(unknown.ids.is_empty() && unknown.exact_only.contains("0"));
    assert_eq!(ids(&index, "pkg:composer/a/evil@dev-main"), ["1"], "all versions need no order");
    assert_eq!(answer("pkg:npm/c@1.0.0").unwrap().unreadable[0].0, "2");
    assert!(matches!(answer("pkg:npm/c@latest"), Err(AffectingError::Version(_))));
    assert_eq!(answer("pkg:npm/c"), Err(AffectingError::NoVersion));
    assert!(answer("pkg:npm/unknown@latest").unwrap().ids.is_empty(), "nothing to compare with");
}

#[test]
fn withdrawn_records_affect_nothing() {
    let index = index(&[
        r#""withdrawn": "2026-02-01T00:00:00Z", "affected": [{"package": {"ecosystem": "npm", "name": "a"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}]}]"#,
    ]);
    let answer = index.affecting(&"pkg:npm/a@1.0.0".parse().unwrap()).unwrap();
    assert!(answer.ids.is_empty() && answer.withdrawn.contains("0"));
}
