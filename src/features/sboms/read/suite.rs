//! The formats' own documents, valid and invalid ones, and what hostile documents look like.

#![allow(
    clippy::case_sensitive_file_extension_comparisons,
    clippy::string_slice,
    reason = "names of the archives and cuts in ASCII documents are known here"
)]

use std::collections::BTreeMap;
use std::io::Read as _;

use flate2::read::GzDecoder;
use proptest::prelude::*;

use super::super::document::Document;
use super::read;

/// The documents of an archive: name and content.
fn documents(archive: &str) -> Vec<(String, Vec<u8>)> {
    let Some(path) = crate::published::published(&format!("sbom/{archive}")) else { return Vec::new() };
    let mut archive = tar::Archive::new(GzDecoder::new(std::fs::File::open(path).unwrap()));
    let mut found = Vec::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().to_string_lossy().into_owned();
        if entry.header().entry_type().is_file() {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            found.push((name, bytes));
        }
    }
    found
}

/// The official documents of CycloneDX 1.2 to 1.7 whose name begins so.
fn official(begin: &str) -> Vec<(String, Vec<u8>)> {
    let mut found = documents("cyclonedx-official-tests-1.2-1.7.tar.gz");
    found.retain(|(name, _)| {
        let file = name.rsplit('/').next().unwrap();
        let is_old = ["1.0.", "1.1."].iter().any(|old| name.contains(&format!("-{old}")));
        file.starts_with(begin) && !is_old && (file.ends_with(".json") || file.ends_with(".xml"))
    });
    found
}

fn failures(found: &[(String, Vec<u8>)], judge: impl Fn(&str, &[u8]) -> Result<(), String>) {
    let judged = found.iter().filter_map(|(name, bytes)| judge(name, bytes).err().map(|why| format!("{name}: {why}")));
    let wrong: Vec<_> = judged.collect();
    assert!(wrong.is_empty(), "{} of {} fail:\n{}", wrong.len(), found.len(), wrong.join("\n"));
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (name, _) in found {
        let version = name.split('/').next().unwrap_or_default();
        *counts.entry((version, name.rsplit('.').next().unwrap_or_default())).or_default() += 1;
    }
    let counts: Vec<_> =
        counts.into_iter().map(|((version, kind), count)| format!("{version} {kind} {count}")).collect();
    eprintln!("{} of {0} documents as they should be: {}", found.len(), counts.join(", "));
}

#[test]
fn every_valid_document_of_cyclonedx_is_read_and_is_strictly_valid() {
    failures(&official("valid"), |_, bytes| {
        let lenient = read(bytes, false).map_err(|refusal| format!("lenient: {refusal}"))?;
        let strict = read(bytes, true).map_err(|refusal| format!("strict: {refusal}"))?;
        (lenient == strict).then_some(()).ok_or_else(|| "strict reads something else".to_owned())
    });
}

#[test]
fn every_invalid_document_of_cyclonedx_is_refused_with_its_place() {
    failures(&official("invalid"), |name, bytes| match read(bytes, true) {
        Ok(_) => Err("was taken".to_owned()),
        Err(refusal) => {
            let has_place = |pointer: bool| {
                let of = |fault: &super::Fault| if pointer { fault.pointer.is_some() } else { fault.line.is_some() };
                refusal.faults.iter().all(of)
            };
            has_place(name.ends_with(".json")).then_some(()).ok_or_else(|| refusal.to_string())
        }
    });
}

#[test]
fn every_document_of_spdx_is_read() {
    let mut found = documents("spdx-examples-documents.tar.gz");
    found.extend(documents("spdx-2.3-spec-examples-and-schema.tar.gz"));
    found.retain(|(name, _)| (name.ends_with(".json") || name.ends_with(".spdx")) && !name.contains("schema"));
    failures(&found, |name, bytes| {
        let document = read(bytes, false).map_err(|refusal| refusal.to_string())?;
        let packages = String::from_utf8_lossy(bytes).matches("PackageName:").count();
        (!name.ends_with(".spdx") || document.components.len() == packages)
            .then_some(())
            .ok_or_else(|| format!("{} of {packages} packages", document.components.len()))
    });
}

fn taken(text: &str) -> Document {
    read(text.as_bytes(), false).unwrap()
}

fn refused(text: &[u8], strict: bool) -> String {
    read(text, strict).unwrap_err().to_string()
}

const SMALL: &str = r#"{"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
    "metadata": {"component": {"type": "application", "bom-ref": "shop", "name": "shop", "version": "2"}},
    "components": [
        {"type": "library", "bom-ref": "a", "group": "g", "name": "a", "version": "1", "purl": "pkg:npm/%40g/a@1",
         "licenses": [{"license": {"id": "MIT"}}, {"license": {"name": "Other"}}],
         "externalReferences": [{"type": "vcs", "url": "https://example.org/a.git"}]},
        {"type": "library", "bom-ref": "b", "name": "b", "components": [{"type": "library", "bom-ref": "c", "name": "c"}]}],
    "dependencies": [{"ref": "shop", "dependsOn": ["a"]}, {"ref": "a", "dependsOn": ["b"]}, {"ref": "b", "dependsOn": ["c", "b"]},
        {"ref": "c", "dependsOn": ["a"]}]}"#;

#[test]
fn components_dependencies_and_distances_are_read() {
    let document = taken(SMALL);
    assert_eq!(document.subject.as_ref().map(|subject| subject.name.as_str()), Some("shop"));
    let [a, b, c] = document.components.as_slice() else { panic!("{document:?}") };
    assert_eq!((a.name.as_str(), a.license.as_deref()), ("g/a", Some("MIT AND Other")));
    assert_eq!(a.purl.as_ref().map(crate::kernel::Purl::package), Some("pkg:npm/%40g/a"));
    assert_eq!(a.repository.as_deref(), Some("https://example.org/a.git"));
    assert_eq!((b.version.as_deref(), c.name.as_str()), (None, "c"));
    assert_eq!(
        (document.direct.as_slice(), document.edges.as_slice()),
        ([0].as_slice(), [(0, 1), (1, 2), (2, 0)].as_slice())
    );
    assert_eq!(document.depths(), [Some(1), Some(2), Some(3)]);
    assert!(document.warnings.is_empty(), "{:?}", document.warnings);
    read(SMALL.as_bytes(), true).unwrap();
}

#[test]
fn lenient_reading_warns_and_goes_on() {
    let text = r#"{"bomFormat": "CycloneDX", "specVersion": "1.9", "components": [
        {"type": "x", "bom-ref": "a", "name": "a", "purl": "nonsense"}, {"bom-ref": "a", "name": "again"}, {"type": "library"}, 7],
        "dependencies": [{"ref": "a", "dependsOn": ["nowhere"]}, {"ref": "missing"}, {}]}"#;
    let document = taken(text);
    assert_eq!(document.components.len(), 1);
    let codes: Vec<_> =
        document.warnings.iter().map(|warning| (warning.pointer.clone().unwrap(), warning.code)).collect();
    for expected in [
        ("/components/0/purl", "invalid_purl"),
        ("/components/1", "twice"),
        ("/components/2/name", "required"),
        ("/dependencies/0/dependsOn/0", "unknown_reference"),
        ("/dependencies/1/ref", "unknown_reference"),
        ("/dependencies/2/ref", "required"),
        ("/specVersion", "unknown_version"),
    ] {
        assert!(codes.iter().any(|(pointer, code)| (pointer.as_str(), *code) == expected), "{expected:?} in {codes:?}");
    }
}

#[test]
fn strict_points_at_everything_that_is_wrong() {
    let text = r#"{"bomFormat": "CycloneDX", "specVersion": "1.4", "version": 0, "serialNumber": "urn:uuid:1", "extra/~": 1,
        "components": [{"type": "platform", "bom-ref": "a", "tags": [], "hashes": [{"alg": "MD5", "content": "x"}], "modified": "yes"}],
        "dependencies": [{"ref": "nowhere"}, {"ref": "nowhere"}]}"#;
    let refusal = read(text.as_bytes(), true).unwrap_err();
    let found: Vec<_> = refusal.faults.iter().map(|fault| (fault.pointer.as_deref().unwrap(), fault.code)).collect();
    for expected in [
        ("/version", "out_of_range"),
        ("/serialNumber", "wrong_form"),
        ("/extra~1~0", "unknown_field"),
        ("/components/0/type", "unknown_word"),
        ("/components/0/tags", "unknown_field"),
        ("/components/0/hashes/0/content", "wrong_form"),
        ("/components/0/modified", "wrong_type"),
        ("/components/0/name", "required"),
        ("/dependencies/1", "twice"),
        ("/dependencies/0/ref", "unknown_reference"),
    ] {
        assert!(found.contains(&expected), "{expected:?} in {found:?}");
    }
}

#[test]
fn what_is_hostile_is_refused() {
    let deep = format!("{{\"bomFormat\":\"CycloneDX\",\"components\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
    assert!(refused(deep.as_bytes(), false).contains("too deep"));
    let nested = "{\"name\":\"a\",\"components\":[".repeat(5000);
    assert!(refused(format!("{{\"components\":[{nested}").as_bytes(), false).contains("too deep"));
    let deep = format!("<bom xmlns=\"http://cyclonedx.org/schema/bom/1.4\">{}", "<components>".repeat(5000));
    assert!(refused(deep.as_bytes(), false).contains("too deep"));
    let bomb = "<!DOCTYPE bom [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><bom xmlns=\"http://cyclonedx.org/schema/bom/1.4\">&b;</bom>";
    assert!(refused(bomb.as_bytes(), false).contains("DOCTYPE"));
    let entity = "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.4\">\n <components>&lol;</components></bom>";
    assert!(refused(entity.as_bytes(), false).starts_with("line 2, column 14: Entities"));
    assert!(refused(&vec![b' '; 33 << 20], false).contains("32 MiB"));
    let many = format!("{{\"bomFormat\":\"CycloneDX\",\"components\":[{}1]}}", "1,".repeat(4_000_000));
    assert!(refused(many.as_bytes(), false).contains("too many values"));
    assert!(refused(b"{\"bomFormat\": \"CycloneDX\", \"spec", false).starts_with("line 1, column"));
    assert!(refused(b"<bom xmlns=\"http://cyclonedx.org/schema/bom/1.4\"><components>", false).contains("ends before"));
    assert!(refused(b"\xff\xfe{", false).contains("UTF-8"));
    assert!(refused(b"", false).contains("no bill of materials"));
    assert!(refused(b"SPDXVersion: SPDX-2.3\nPackageName <text>", false).starts_with("line 2"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_document_that_is_cut_or_bent_never_panics(
        at in 0_usize..1000,
        junk in "[a-z{}\\[\\]\",:<>&0-9]{0,6}",
        which in 0_usize..3,
        strict in any::<bool>(),
    ) {
        let xml = "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\"><components><component type=\"library\" bom-ref=\"a\"><name>a</name>\
                   <licenses><license><id>MIT</id></license></licenses></component></components><dependencies><dependency ref=\"a\"/></dependencies></bom>";
        let tags = "SPDXVersion: SPDX-2.3\nDocumentName: x\nPackageName: a\nSPDXID: SPDXRef-a\nPackageComment: <text>b\nc</text>\nRelationship: SPDXRef-a DEPENDS_ON SPDXRef-b\n";
        let text = [SMALL, xml, tags][which];
        let at = at.min(text.len());
        let bent = format!("{}{junk}{}", &text[..at], &text[at..]);
        let _ = read(bent.as_bytes(), strict);
        let _ = read(&text.as_bytes()[..at], strict);
    }
}
