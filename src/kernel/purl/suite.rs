//! The package-url project's own suite, every example of its type definitions, and what they leave out.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use flate2::read::GzDecoder;
use proptest::prelude::*;
use serde_json::Value;

use super::{Purl, PurlPart, PurlParts};
use crate::published::published;

/// The JSON files of the suite whose path begins with `folder`.
fn files(folder: &str) -> Option<Vec<(String, Value)>> {
    let suite = published("purl/purl-spec-tests-and-types-2026-08-21.tar.gz")?;
    let mut archive = tar::Archive::new(GzDecoder::new(std::fs::File::open(suite).unwrap()));
    let mut files = Vec::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = entry.path().unwrap().to_string_lossy().trim_start_matches("./").to_owned();
        if path.starts_with(folder) && Path::new(&path).extension().is_some_and(|kind| kind == "json") {
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            files.push((path, serde_json::from_str(&text).unwrap()));
        }
    }
    Some(files)
}

fn text(value: &Value, key: &str) -> Option<String> {
    value[key].as_str().map(ToOwned::to_owned)
}

fn parts(value: &Value) -> PurlParts {
    let qualifiers = value["qualifiers"].as_object().cloned().unwrap_or_default();
    PurlParts {
        ty: text(value, "type").unwrap_or_default(),
        namespace: text(value, "namespace"),
        name: text(value, "name").unwrap_or_default(),
        version: text(value, "version"),
        qualifiers: qualifiers.into_iter().map(|(key, value)| (key, value.as_str().unwrap().to_owned())).collect(),
        subpath: text(value, "subpath"),
    }
}

/// The verdict on one test of the suite: what went wrong, or nothing.
fn judge(test: &Value) -> Result<(), String> {
    let input = test["input"].as_str().unwrap_or_default();
    let expected = &test["expected_output"];
    match (test["test_type"].as_str().unwrap(), test["expected_failure"].as_bool().unwrap_or(false)) {
        ("parse", true) => input.parse::<Purl>().map_or(Ok(()), |purl| Err(format!("{purl} was taken"))),
        ("parse", false) => {
            let purl: Purl = input.parse().map_err(|error| format!("{error}"))?;
            (purl.clone().into_parts() == parts(expected)).then_some(()).ok_or(format!("{:?}", purl.into_parts()))
        }
        ("build", fails) => match Purl::build(parts(&test["input"])) {
            Ok(purl) if !fails && Some(purl.as_str()) == expected.as_str() => Ok(()),
            Err(_) if fails => Ok(()),
            other => Err(format!("{other:?}")),
        },
        ("validate", _) => {
            let purl = Purl::read_leniently(input).map_err(|error| format!("{error}"))?;
            (Some(purl.as_str()) == expected.as_str()).then_some(()).ok_or(purl.to_string())
        }
        (other, _) => Err(format!("unknown test type {other}")),
    }
}

#[test]
fn the_whole_suite_passes() {
    let Some(files) = files("tests/") else { return };
    let (mut passed, mut failures) = (0, Vec::new());
    for (path, file) in files {
        for test in file["tests"].as_array().unwrap() {
            match judge(test) {
                Ok(()) => passed += 1,
                Err(why) => failures.push(format!("{path} {} {}: {why}", test["test_type"], test["input"])),
            }
        }
    }
    assert!(failures.is_empty(), "{passed} passed, {} failed:\n{}", failures.len(), failures.join("\n"));
    assert!(passed >= 400, "only {passed} tests were found");
    eprintln!("package-url suite: {passed} of {passed}");
}

/// Not all examples are canonical (some leave slashes unencoded or keys unsorted), but each is a purl of its type.
#[test]
fn every_example_of_the_type_definitions_is_taken() {
    let Some(files) = files("types/") else { return };
    let mut seen = 0;
    for (_, definition) in files {
        for example in definition["examples"].as_array().unwrap() {
            let purl: Purl = example.as_str().unwrap().parse().unwrap();
            assert_eq!(purl.ty(), definition["type"].as_str().unwrap());
            assert!(purl.is_registered_type(), "{purl}");
            assert_eq!(purl.as_str().parse::<Purl>().unwrap(), purl);
            seen += 1;
        }
    }
    assert!(seen > 100, "only {seen} examples were found");
}

fn canonical(text: &str) -> String {
    text.parse::<Purl>().unwrap().to_string()
}

fn refused(text: &str) -> String {
    text.parse::<Purl>().unwrap_err().to_string()
}

#[test]
fn errors_say_where_and_what_to_do() {
    assert_eq!(refused("npm/left-pad"), "scheme at column 1: a purl begins with pkg:; write pkg:<type>/<name>");
    assert_eq!(
        refused("pkg:npm/a%2"),
        "name at column 10: a percent sign without two hexadecimal digits after it; write %25 for the percent sign itself"
    );
    assert!(refused("pkg:npm/é/a?b").starts_with("qualifiers at column 13: \"b\" has no value"));
    assert!(refused("pkg:n&g/x").starts_with("type at column 5"));
    assert!(refused("pkg:maven/io").starts_with("namespace at column 11: packages of type maven have a namespace"));
    assert!(refused("pkg:cargo/a/b").starts_with("namespace at column 11: packages of type cargo have no namespace"));
    assert!(refused("pkg:npm/a\nb").starts_with("scheme at column 10: there is the control character '\\n'"));
    assert!(refused("pkg:npm/a%00").contains("NUL"));
    assert!(refused("pkg:npm/a%2Fb/c").contains("encoded slash"));
    assert!(refused("pkg:npm/a?x=1&X=2").contains("twice"));
    assert!(refused("pkg:julia/Dates").contains("uuid"));
    assert!(refused("pkg:hackage").starts_with("name at column 12"));
    assert!(refused("pkg:swift/github.com/Alamofire/@5.4.3").starts_with("name at column 32: there is no name"));
    let error = "pkg:gem/jruby@1?Platform=java".parse::<Purl>().unwrap_err();
    assert_eq!((error.part(), error.column()), (PurlPart::Qualifiers, Some(17)));
    assert_eq!(error.meant(), Some("pkg:gem/jruby@1?platform=java"));
}

#[test]
fn too_long_is_refused_before_it_reaches_an_index() {
    assert!(refused(&format!("pkg:npm/{}", "a".repeat(3000))).contains("2048"));
}

#[test]
fn canonical_form_of_what_the_suite_leaves_out() {
    assert_eq!(canonical("PKG:npm/@scope/name@1"), "pkg:npm/%40scope/name@1");
    assert_eq!(canonical("pkg:npm//@scope//name/"), "pkg:npm/%40scope/name");
    assert_eq!(canonical("pkg:npm/a@"), "pkg:npm/a");
    assert_eq!(canonical("pkg:npm/a?b=&c=d"), "pkg:npm/a?c=d");
    assert_eq!(canonical("pkg:npm/a#/./b/../c/"), "pkg:npm/a#b/c");
    assert_eq!(
        canonical("pkg:generic/a?download_url=https://x/y?z=1"),
        "pkg:generic/a?download_url=https:%2F%2Fx%2Fy%3Fz%3D1"
    );
    assert_eq!(canonical("pkg:generic/a?checksum=SHA1:AB,md5:CD"), "pkg:generic/a?checksum=sha1:ab%2Cmd5:cd");
    assert_eq!(canonical("pkg:golang/stdlib@1.22.1"), "pkg:golang/stdlib@1.22.1");
    assert_eq!(
        canonical("pkg:golang/github.com/Azure/azure-sdk-for-go"),
        "pkg:golang/github.com/Azure/azure-sdk-for-go"
    );
    assert_eq!(canonical("pkg:git/github.com/Torvalds/Linux"), "pkg:git/github.com/torvalds/linux");
    assert_eq!(canonical("pkg:git/gitlab.gnome.org/GNOME/x"), "pkg:git/gitlab.gnome.org/GNOME/x");
    assert_eq!(canonical("pkg:generic/日本"), "pkg:generic/%E6%97%A5%E6%9C%AC");
    assert_eq!(canonical("pkg:no-such-type/A/B"), "pkg:no-such-type/A/B");
    let purl: Purl = "pkg:npm/%40a/b@1?x=y#z".parse().unwrap();
    assert_eq!(purl.package(), "pkg:npm/%40a/b");
}

#[test]
fn json_is_the_text() {
    let purl: Purl = serde_json::from_str("\"pkg:pypi/A_b@1\"").unwrap();
    assert_eq!(serde_json::to_string(&purl).unwrap(), "\"pkg:pypi/a-b@1\"");
    assert!(serde_json::from_str::<Purl>("\"a\"").unwrap_err().to_string().contains("begins with pkg:"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_text_makes_the_reader_panic_and_what_it_takes_stays_as_it_is(
        text in "(pkg:[/]{0,2}(npm|git|swid|cpan|x.y)/)?[a-zA-Z0-9%@/?#&=:.+ éA-F]{0,40}"
    ) {
        if let Ok(purl) = text.parse::<Purl>() {
            prop_assert!(purl.as_str().is_ascii());
            let again: Purl = purl.as_str().parse().unwrap();
            prop_assert_eq!(&again, &purl);
            prop_assert_eq!(again.into_parts(), purl.into_parts());
        }
    }

    #[test]
    fn what_is_built_reads_back(
        namespace in proptest::option::of("[^/\0]{1,8}(/[^/\0]{1,5})?"),
        name in "[^/\0]{1,12}",
        version in proptest::option::of("[^\0]{1,8}"),
        value in "[^\0]{1,8}",
    ) {
        let qualifiers = BTreeMap::from([("key".to_owned(), value)]);
        let parts = PurlParts { ty: "generic".into(), namespace, name, version, qualifiers, subpath: None };
        let purl = Purl::build(parts.clone()).unwrap();
        prop_assert_eq!(purl.as_str().parse::<Purl>().unwrap().into_parts(), parts);
    }
}
