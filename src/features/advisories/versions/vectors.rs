//! Public vectors of version order, and the standards' own examples.

use std::cmp::Ordering;
use std::io::Read as _;
use std::path::PathBuf;

use flate2::read::GzDecoder;
use proptest::prelude::*;
use serde_json::Value;

use super::VersionOrder::{self, Debian, Maven, NuGet, Pep440, Rpm, RubyGems, SemVer};

fn data(name: &str) -> Option<PathBuf> {
    crate::published::published(&format!("versions/{name}"))
}

/// Each version comes before those after it.
fn ascending(order: VersionOrder, versions: &[&str]) {
    for (at, low) in versions.iter().enumerate() {
        assert_eq!(order.compare(low, low).unwrap(), Ordering::Equal, "{order}: {low}");
        for high in &versions[at + 1..] {
            assert_eq!(order.compare(low, high).unwrap(), Ordering::Less, "{order}: {low} before {high}");
            assert_eq!(order.compare(high, low).unwrap(), Ordering::Greater, "{order}: {high} after {low}");
        }
    }
}

fn equal(order: VersionOrder, pairs: &[(&str, &str)]) {
    for (left, right) in pairs {
        assert_eq!(order.compare(left, right).unwrap(), Ordering::Equal, "{order}: {left} is {right}");
        assert_eq!(order.parse(left).unwrap(), order.parse(right).unwrap());
    }
}

#[test]
fn pep_440_equals_the_sorted_list_of_packaging() {
    let Some(path) = data("pep440-sorted-from-packaging.txt") else { return };
    let text = std::fs::read_to_string(path).unwrap();
    let versions: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert!(versions.len() > 40);
    for pair in versions.windows(2) {
        assert_ne!(Pep440.compare(pair[0], pair[1]).unwrap(), Ordering::Greater, "{pair:?}");
    }
    eprintln!("PEP 440: {} versions in order", versions.len());
}

fn scheme(name: &str) -> Option<VersionOrder> {
    Some(match name {
        "deb" | "debian" => Debian,
        "maven" => Maven,
        "rpm" => Rpm,
        "nuget" => NuGet,
        "gem" => RubyGems,
        "npm" | "semver" | "cargo" | "golang" => SemVer,
        "pypi" => Pep440,
        _ => return None,
    })
}

#[test]
fn every_public_vector_of_an_order_we_have_holds() {
    let Some(path) = data("univers-32.0.1-version-vectors.tar.gz") else { return };
    let mut archive = tar::Archive::new(GzDecoder::new(std::fs::File::open(path).unwrap()));
    let mut seen = 0;
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let mut text = String::new();
        if entry.path().unwrap().extension().is_none_or(|kind| kind != "json") {
            continue;
        }
        entry.read_to_string(&mut text).unwrap();
        let Ok(Value::Array(tests)) = serde_json::from_str(&text) else { continue };
        for test in tests {
            let Some(order) = test["input"]["input_scheme"].as_str().and_then(scheme) else { continue };
            let versions: Vec<&str> =
                test["input"]["versions"].as_array().unwrap().iter().map(|v| v.as_str().unwrap()).collect();
            match test["test_type"].as_str() {
                Some("comparison") => {
                    let mut parsed: Vec<_> = versions.iter().map(|text| (*text, order.parse(text).unwrap())).collect();
                    parsed.sort_by(|a, b| a.1.partial_cmp(&b.1).unwrap());
                    let sorted: Vec<&str> = parsed.iter().map(|(text, _)| *text).collect();
                    assert_eq!(test["expected_output"], serde_json::json!(sorted), "{order}: {versions:?}");
                }
                Some("equality") => {
                    let same = order.compare(versions[0], versions[1]).unwrap().is_eq();
                    assert_eq!(test["expected_output"], same, "{order}: {versions:?}");
                }
                _ => continue,
            }
            seen += 1;
        }
    }
    assert!(seen > 0);
    eprintln!("univers: {seen} vectors hold");
}

#[test]
fn semantic_versions() {
    ascending(
        SemVer,
        &[
            "0.0.0-0",
            "0.0.0",
            "0.9.9",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "1.2.0",
            "1.10.0",
            "1.20191226.0-99999999999999999999.1",
        ],
    );
    equal(SemVer, &[("v1.2.3", "1.2.3+build.5"), ("1.2", "1.2.0"), ("1", "1.0.0"), ("1.2.3+incompatible", "1.2.3")]);
    for text in ["", "x", "1.2.3.4", "1..2", "1.2.3-", "1.2.3-a..b", "1.2.3-ä", "-1"] {
        assert!(SemVer.parse(text).is_err(), "{text}");
    }
}

#[test]
fn nuget_versions() {
    ascending(
        NuGet,
        &["1.0.0-alpha", "1.0.0-Beta", "1.0.0", "1.0.0.1", "1.0.1-aaa", "1.0.1-rc.9", "1.0.1-rc.10", "1.0.1", "2"],
    );
    equal(NuGet, &[("1.0", "1.0.0.0"), ("1.0.0-BETA", "1.0.0-beta"), ("1.0.0+a", "1.0.0+b"), ("01.02", "1.2")]);
    assert!(NuGet.parse("1.2.3.4.5").is_err());
}

/// What NuGet's documentation says of versions, rule by rule: normalization, four parts, pre-releases by SemVer 2.0.0 and
/// without case, metadata that does not count.
#[test]
fn nuget_versions_stand_as_its_documentation_says() {
    // A fourth number counts, a zero there or a missing part does not, and a pre-release of four parts comes before it.
    ascending(NuGet, &["1.0.0.0-beta", "1.0", "1.0.0.1-alpha", "1.0.0.1", "1.0.0.2", "1.0.0.10", "1.0.1", "1.1", "2"]);
    equal(NuGet, &[("1", "1.0.0.0"), ("1.2", "1.2.0"), ("1.2.3.0", "1.2.3"), ("1.0.0.0-rc", "1.0.0-RC")]);
    // Leading zeros are dropped, in numbers of any length.
    equal(NuGet, &[("1.00.0.1", "1.0.0.1"), ("01.01.01", "1.1.1"), ("00.0", "0.0.0.0"), ("1.0.0007", "1.0.7")]);
    ascending(NuGet, &["1.9", "1.010", "1.11", "1.99999999999999999999", "1.100000000000000000000"]);
    // Numeric identifiers by their value and below words; the longer list of identifiers after the one that it begins with.
    ascending(
        NuGet,
        &[
            "1.0.1-0",
            "1.0.1-2",
            "1.0.1-10",
            "1.0.1-10.1",
            "1.0.1--",
            "1.0.1-0a",
            "1.0.1-10a",
            "1.0.1-alpha",
            "1.0.1-ALPHA.1",
            "1.0.1-alpha.2",
            "1.0.1-Alpha.10",
            "1.0.1-alpha.beta",
            "1.0.1-alpha10",
            "1.0.1-alpha2",
            "1.0.1-BETA",
            "1.0.1-open",
            "1.0.1-rc.1",
            "1.0.1-rc.2",
            "1.0.1-rc.10",
            "1.0.1-zzz",
            "1.0.1",
        ],
    );
    // Case is of no matter, whichever side it is on; the hyphens inside of a label belong to it.
    equal(NuGet, &[("1.0-Alpha.B", "1.0-aLPHA.b"), ("1.0-rc-1", "1.0-RC-1"), ("1.0-a+X", "1.0-A+y")]);
    // Metadata never counts, with a pre-release or without, even where it looks like one.
    equal(NuGet, &[("1.0.7+r3456", "1.0.7"), ("1.0.0-beta+2", "1.0.0-beta+1"), ("1.0.0+alpha-1.2", "1.0.0.0")]);
    for text in ["", "1.x", "1.0-", "1.0-a..b", "1.0-ä", "1..0", "-1", "1.0.0.0.0-a"] {
        assert!(NuGet.parse(text).is_err(), "{text}");
    }
}

#[test]
fn gem_versions() {
    ascending(
        RubyGems,
        &[
            "0.0.beta",
            "0.0.1.a",
            "0.0.1",
            "1.0.0.a.1",
            "1.0.0.a.2",
            "1.0.0.a10",
            "1.0.0.b1",
            "1.0.0-x",
            "1.0.0.rc1",
            "1.0.0",
            "1.8.2.a9",
            "1.8.2.a10",
            "1.8.2.b",
            "1.8.2",
            "5.2.4",
            "5.3",
        ],
    );
    equal(RubyGems, &[("1", "1.0.0"), ("1.b1", "1.0.b.1"), ("1-a", "1.pre.a"), ("1.a.0", "1.a")]);
    for text in ["a", "1..2", "1.", "junk", "1.0\n2.0", "1_0"] {
        assert!(RubyGems.parse(text).is_err(), "{text}");
    }
}

#[test]
fn debian_versions() {
    ascending(
        Debian,
        &[
            "0~~",
            "0~~a",
            "0~",
            "0",
            "1.0~rc1-1",
            "1.0~rc1+b1",
            "1.0",
            "1.0-0.1",
            "1.0-1",
            "1.0-1+b1",
            "1.0-1.1",
            "1.0a-1",
            "1.0+dfsg-1",
            "1.0.1-1",
            "1.10-1",
            "20240101000000000000000-1",
            "1:0.1-1",
            "2:0~",
        ],
    );
    equal(Debian, &[("0:1.0", "1.0"), ("1.0", "1.0-0"), ("1.00", "1.0"), ("1.2.", "1.2.0")]);
    for text in ["a:1", "-1", "1 2", "1_2", ":1"] {
        assert!(Debian.parse(text).is_err(), "{text}");
    }
}

#[test]
fn rpm_versions() {
    ascending(
        Rpm,
        &[
            "1.0~rc1",
            "1.0~rc2",
            "1.0",
            "1.0-1",
            "1.0^",
            "1.0^git1~pre",
            "1.0^git1",
            "1.0^git2",
            "1.0a",
            "1.0.1",
            "1.1.a",
            "1.1.1",
            "1.10",
            "2a",
            "2.0",
            "10xyz",
            "10.1xyz",
            "1:0.1",
        ],
    );
    equal(
        Rpm,
        &[("2.0", "2_0"), ("5.5p1", "5.5.p1"), ("1.001", "1.1"), ("0:1-1", "1-1"), ("a+", "a_"), ("1.0^~1", "1.0^~1")],
    );
    ascending(Rpm, &["xyz.4", "2", "8", "8.0"]);
    assert!(Rpm.parse("x:1").is_err() && Rpm.parse("-1").is_err() && Rpm.parse("1 2").is_err());
}

#[test]
fn maven_versions() {
    ascending(
        Maven,
        &[
            "1-alpha2snapshot",
            "1-alpha2",
            "1-alpha-123",
            "1-beta-2",
            "1-beta123",
            "1-m2",
            "1-m11",
            "1-rc",
            "1-cr2",
            "1-rc123",
            "1-SNAPSHOT",
            "1",
            "1-sp",
            "1-sp2",
            "1-sp123",
            "1-abc",
            "1-def",
            "1-pom-1",
            "1-1-snapshot",
            "1-1",
            "1-2",
            "1-123",
        ],
    );
    ascending(
        Maven,
        &[
            "2.0", "2-1", "2.0.a", "2.0.0.a", "2.0.2", "2.0.123", "2.1.0", "2.1-a", "2.1b", "2.1-c", "2.1-1",
            "2.1.0.1", "2.2", "2.123", "11.a2", "11.a11", "11.b2", "11.b11", "11.m2", "11.m11", "11", "11.a", "11b",
            "11c", "11m",
        ],
    );
    ascending(
        Maven,
        &[
            "1.0-alpha-1-SNAPSHOT",
            "1.0-alpha-1",
            "1.0-alpha-2",
            "1.0-beta-1",
            "1.0-SNAPSHOT",
            "1.0",
            "1.0-1",
            "1.0-2",
            "1.0.1",
        ],
    );
    ascending(Maven, &["2.0.1", "2.0.1-klm", "2.0.1-lmn", "2.0.1-1-xyz", "2.0.1-123"]);
    ascending(Maven, &["6.1.0rc3", "6.1.0", "6.1H.5-beta"]);
    ascending(Maven, &["1-0.alpha", "1-0.beta", "1"]);
    ascending(
        Maven,
        &["20190126.230843", "1234567890.12345", "123456789012345.1H.5-beta", "12345678901234567890.1H.5-beta"],
    );
    equal(
        Maven,
        &[
            ("1", "1.0.0"),
            ("1", "1-0"),
            ("1", "1.0-0"),
            ("1a", "1.0.0-a"),
            ("1.0a", "1-a"),
            ("1x", "1.0-x"),
            ("1ga", "1"),
            ("1RELEASE", "1"),
            ("1final", "1"),
            ("1Cr", "1Rc"),
            ("1a1", "1-alpha-1"),
            ("1b2", "1-beta-2"),
            ("1m3", "1-Milestone-3"),
            ("0001", "1"),
            ("0.0", "0"),
            ("1.", "1"),
            ("1-", "1"),
        ],
    );
}

#[test]
fn errors_name_the_order_and_the_fault() {
    assert_eq!(
        SemVer.parse("1.x").unwrap_err().to_string(),
        "\"1.x\" is no semantic version: its parts before the first hyphen must be numbers, as in 1.2.3"
    );
    assert!(Maven.parse(&"1-".repeat(100_000)).unwrap_err().to_string().ends_with("it is longer than 512 characters"));
    assert!(Pep440.parse("2004d").unwrap_err().to_string().starts_with("\"2004d\" is no PEP 440 version"));
    assert_eq!(SemVer.parse("1").unwrap().partial_cmp(&Maven.parse("1").unwrap()), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// An order is one only if going round in it leads nowhere.
    #[test]
    fn orders_are_total(texts in proptest::collection::vec("[v0-9]{0,2}[0-9a-c.~^+-]{1,8}(alpha|rc|\\.pre|-1|\\.0)?[0-9]{0,2}", 3)) {
        for order in [SemVer, Pep440, Maven, Debian, Rpm, NuGet, RubyGems] {
            let versions: Vec<_> = texts.iter().filter_map(|text| order.parse(text).ok()).collect();
            for (a, b) in versions.iter().zip(versions.iter().skip(1)) {
                prop_assert_eq!(a.partial_cmp(b).unwrap(), b.partial_cmp(a).unwrap().reverse());
            }
            // Maven's own order is known to contradict itself.
            if let [a, b, c] = versions.as_slice() && order != Maven && a <= b && b <= c {
                prop_assert!(a <= c, "{}: {:?}", order, texts);
            }
        }
    }
}
