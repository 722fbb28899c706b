//! What the bending begins with: small documents of each format, and the formats' own ones where they are at hand.

use crate::published::published;
use flate2::read::GzDecoder;
use std::fs::File;
use std::io::{Read as _, Write as _};

/// Larger documents are bent too slowly to be worth it.
const LARGEST: usize = 16 << 10;
const MOST: usize = 150;

pub(crate) fn texts(all: &[&str]) -> Vec<Vec<u8>> {
    all.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// These, and the small ones of these archives whose name ends so.
pub(crate) fn documents(all: &[&str], archives: &[&str], end: &str) -> Vec<Vec<u8>> {
    let mut found = texts(all);
    for name in archives {
        // Without the formats' own documents only small ones are bent.
        let Some(path) = published(&format!("sbom/{name}")) else { continue };
        for entry in tar::Archive::new(GzDecoder::new(File::open(path).unwrap())).entries().unwrap() {
            let mut entry = entry.unwrap();
            let fits = entry.path().unwrap().to_string_lossy().ends_with(end)
                && usize::try_from(entry.size()).unwrap() <= LARGEST;
            if fits && found.len() < MOST {
                let mut bytes = Vec::new();
                entry.read_to_end(&mut bytes).unwrap();
                found.push(bytes);
            }
        }
    }
    found
}

/// Lists and lines of records, and one compressed by gzip.
pub(crate) fn archives() -> Vec<Vec<u8>> {
    let mut found = texts(OSV);
    found.push(format!("[{}]", OSV.join(",")).into_bytes());
    found.push(OSV.join("\n").into_bytes());
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(OSV[0].as_bytes()).unwrap();
    found.push(gzip.finish().unwrap());
    // An archive with one stored file: local header, central directory, end.
    let body = OSV[0].as_bytes();
    let size = u32::try_from(body.len()).unwrap().to_le_bytes();
    let mut crc = flate2::Crc::new();
    crc.update(body);
    let sum = crc.sum().to_le_bytes();
    let common = [&[20, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &sum, &size, &size, &[6, 0, 0, 0]].concat();
    let mut zip = [&b"PK\x03\x04"[..], &common, b"a.json", body].concat();
    let directory = u32::try_from(zip.len()).unwrap().to_le_bytes();
    let central = [&b"PK\x01\x02\x14\x00"[..], &common, &[0; 14], b"a.json"].concat();
    let length = u32::try_from(central.len()).unwrap().to_le_bytes();
    zip.extend(central);
    zip.extend([&b"PK\x05\x06\0\0\0\0\x01\0\x01\0"[..], &length, &directory, &[0, 0]].concat());
    found.push(zip);
    found
}

pub(crate) const CYCLONEDX_JSON: &[&str] = &[
    r#"{"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
    "metadata": {"component": {"type": "application", "bom-ref": "shop", "name": "shop", "version": "2"}},
    "components": [{"type": "library", "bom-ref": "a", "group": "g", "name": "a", "version": "1", "purl": "pkg:npm/%40g/a@1",
        "hashes": [{"alg": "SHA-1", "content": "da39a3ee5e6b4b0d3255bfef95601890afd80709"}],
        "licenses": [{"license": {"id": "MIT"}}], "externalReferences": [{"type": "vcs", "url": "https://example.org/a.git"}]},
        {"type": "library", "bom-ref": "b", "name": "b", "components": [{"type": "library", "bom-ref": "c", "name": "c"}]}],
    "dependencies": [{"ref": "shop", "dependsOn": ["a"]}, {"ref": "a", "dependsOn": ["b"]}, {"ref": "b", "dependsOn": ["c", "b"]}]}"#,
    r#"{"bomFormat": "CycloneDX", "specVersion": "1.2", "version": 1}"#,
    r#"{"bomFormat": "CycloneDX", "specVersion": "1.7", "version": 1, "components": [{"type": "library", "name": "a", "licenses": [{"expression": "MIT OR Apache-2.0"}]}]}"#,
];

pub(crate) const CYCLONEDX_WORDS: &[&str] = &[
    "\"bomFormat\"",
    "\"specVersion\"",
    "\"1.2\"",
    "\"1.3\"",
    "\"1.4\"",
    "\"1.5\"",
    "\"1.6\"",
    "\"1.7\"",
    "\"components\": [",
    "\"dependencies\"",
    "\"dependsOn\"",
    "\"provides\"",
    "\"bom-ref\"",
    "\"purl\"",
    "\"licenses\"",
    "\"expression\"",
    "\"hashes\"",
    "\"services\"",
    "\"vulnerabilities\"",
    "\"metadata\"",
    "\"component\"",
    "\"evidence\"",
    "\"signature\"",
    "\"compositions\"",
    "\"formulation\"",
    "\"properties\"",
    "\"externalReferences\"",
];

pub(crate) const CYCLONEDX_XML: &[&str] = &[
    r#"<?xml version="1.0" encoding="UTF-8"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.5" version="1"><components><component type="library" bom-ref="a"><name>a</name><version>1</version>
<licenses><license><id>MIT</id></license></licenses><purl>pkg:npm/a@1</purl></component></components>
<dependencies><dependency ref="a"><dependency ref="a"/></dependency></dependencies></bom>"#,
    r#"<!DOCTYPE bom [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><bom xmlns="http://cyclonedx.org/schema/bom/1.4"><components><component type="library"><name>&b;</name></component></components></bom>"#,
];

pub(crate) const XML_WORDS: &[&str] = &[
    "xmlns=\"http://cyclonedx.org/schema/bom/1.2\"",
    "xmlns:x=\"http://cyclonedx.org/schema/bom/1.6\"",
    "<components>",
    "</components>",
    "<component type=\"library\">",
    "</component>",
    "<name>",
    "</name>",
    "<dependency ref=\"a\">",
    "</dependency>",
    "<license>",
    "<hashes>",
    "<hash alg=\"MD5\">",
    "&lt;",
    "&amp;",
    "&quot;",
    "&#x41;",
    "xml:space=\"preserve\"",
    " bom-ref=\"a\"",
    "<?pi?>",
    "<x:y/>",
];

pub(crate) const SPDX_JSON: &[&str] = &[
    r#"{"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": "x", "documentNamespace": "https://example.org/x",
    "creationInfo": {"created": "2026-01-01T00:00:00Z", "creators": ["Tool: x"]}, "documentDescribes": ["SPDXRef-a"],
    "packages": [{"SPDXID": "SPDXRef-a", "name": "a", "versionInfo": "1", "downloadLocation": "git+https://example.org/a.git", "licenseConcluded": "MIT",
        "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:npm/a@1"}]},
        {"SPDXID": "SPDXRef-b", "name": "b", "downloadLocation": "NOASSERTION"}],
    "relationships": [{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-a"},
        {"spdxElementId": "SPDXRef-a", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "SPDXRef-b"}]}"#,
];

pub(crate) const SPDX_TAGS: &[&str] = &[
    "SPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0\nSPDXID: SPDXRef-DOCUMENT\nDocumentName: x\nDocumentNamespace: https://example.org/x\nCreator: Tool: x\nCreated: 2026-01-01T00:00:00Z\n\nPackageName: a\nSPDXID: SPDXRef-a\nPackageVersion: 1\nPackageDownloadLocation: NOASSERTION\nExternalRef: PACKAGE-MANAGER purl pkg:npm/a@1\nPackageComment: <text>b\nc</text>\nPackageLicenseConcluded: MIT\nRelationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-a\nRelationship: SPDXRef-a DEPENDS_ON SPDXRef-a\n",
];

pub(crate) const SPDX_3: &[&str] = &[r#"{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [
    {"type": "CreationInfo", "@id": "_:c", "specVersion": "3.0.1", "created": "2026-01-01T00:00:00Z", "createdBy": ["https://example.org/p"]},
    {"type": "SpdxDocument", "spdxId": "https://example.org/d", "creationInfo": "_:c", "rootElement": ["https://example.org/b"]},
    {"type": "software_Sbom", "spdxId": "https://example.org/b", "creationInfo": "_:c", "rootElement": ["https://example.org/a"]},
    {"type": "software_Package", "spdxId": "https://example.org/a", "creationInfo": "_:c", "name": "a", "software_packageVersion": "1", "software_packageUrl": "pkg:npm/a@1"},
    {"type": "software_Package", "spdxId": "https://example.org/e", "creationInfo": "_:c", "name": "e", "externalIdentifier": [{"type": "ExternalIdentifier", "externalIdentifierType": "packageUrl", "identifier": "pkg:npm/e@1"}]},
    {"type": "Relationship", "spdxId": "https://example.org/r", "creationInfo": "_:c", "from": "https://example.org/a", "relationshipType": "dependsOn", "to": ["https://example.org/e"]}]}"#];

pub(crate) const SPDX_WORDS: &[&str] = &[
    "\"@graph\"",
    "\"@context\"",
    "\"type\": \"Relationship\"",
    "\"spdxId\"",
    "\"from\"",
    "\"to\": [",
    "\"rootElement\"",
    "\"software_Package\"",
    "SPDXRef-a",
    "SPDXRef-DOCUMENT",
    "NOASSERTION",
    "NONE",
    "DEPENDS_ON",
    "DEPENDENCY_OF",
    "DESCRIBED_BY",
    "CONTAINS",
    "DocumentRef-x:SPDXRef-y",
    "\"packages\": [",
    "\"relationships\": [",
    "\"hasFiles\"",
    "PackageName: ",
    "Relationship: ",
    "FileName: ",
    "SPDXID: ",
    "ExternalRef: ",
    "SPDX-2.2",
    "SPDX-2.3",
    "LicenseRef-1",
    " AND ",
    " OR ",
    " WITH ",
    "(",
    ")",
];

pub(crate) const PURLS: &[&str] = &[
    "pkg:npm/%40angular/animation@12.3.1",
    "pkg:maven/org.apache.commons/io@1.3.4?classifier=sources#a/b",
    "pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie",
    "pkg:golang/github.com/a/b@v1#api",
    "pkg:pypi/Django_x@1.11.1.dev1",
    "pkg:docker/customer/dockerimage@sha256:244fd47e07d10?repository_url=gcr.io",
    "pkg:generic/openssl@1.1.10g?download_url=https://openssl.org/source/openssl-1.1.0g.tar.gz&checksum=sha256:de4d501267da",
    "pkg:rpm/fedora/curl@7.50.3-1.fc25?arch=i386&epoch=1",
    "pkg:swift/github.com/Alamofire/Alamofire@5.4.3",
    "pkg:huggingface/distilbert@043235d6088ecd3dd5fb5ca3592b6913fd516027",
    "pkg:mlflow/x@3?repository_url=https://adb.azuredatabricks.net/api",
    "pkg:conan/bincrafters/openssl@1.0.2?channel=stable&user=x",
    "pkg:cpan/OALDERS/Acme@1",
    "pkg:cran/A3@1.0.0",
    "PKG://NuGet/EnterpriseLibrary.Common@6.0",
    "pkg:github/a/b@1?vers=x",
];

pub(crate) const PURL_WORDS: &[&str] = &[
    "pkg:",
    "pkg://",
    "npm/",
    "%40",
    "%2F",
    "%3A",
    "%25",
    "%20",
    "@",
    "?a=b",
    "&c=d",
    "#x/../y",
    "//",
    "/./",
    "checksum=",
    "repository_url=",
    "K",
    "İ",
    "ß",
    "+",
    ":",
];

pub(crate) const VERSIONS: &[&str] = &[
    "1.0.0\n1.0.0-alpha.1\n1.0.0+build",
    "1.0.dev1\n1.0a1.post2.dev3\n1!1.0+local.7",
    "1.0-alpha-1\n1.0-SNAPSHOT\n1.0.ga",
    "1:2.3~rc1-4\n2.3-4+b1\n0:1.0",
    "1.0~rc1^git1-1\n1.0-1.fc38\n2:1.0",
    "1.0.0.0\n1.0.0-BETA\n1.0",
    "1.a.2\n1.0.0.pre\n1.b1",
    "v1.2\nv01.2.3\n=1.2",
    "2.0.1-xyz\n2-1-1\n2.x",
    "1.0-1\n1.0.1\n1.0-sp",
    "99999999999999999999.1\n1.0rc\n1.0c1",
];

pub(crate) const VERSION_WORDS: &[&str] = &[
    "-",
    ".",
    "+",
    "~",
    "^",
    "!",
    ":",
    "_",
    "alpha",
    "beta",
    "a",
    "b",
    "m",
    "rc",
    "c",
    "cr",
    "snapshot",
    "SNAPSHOT",
    "ga",
    "final",
    "release",
    "sp",
    "pre",
    "preview",
    "dev",
    "post",
    "rev",
    "r",
    "v",
    "0",
    "00",
    "01",
    "1",
    "10",
    "18446744073709551616",
    "x",
    "z",
    "fc38",
    "el8_1",
    "-0",
    ".0",
    "\n",
    "é",
];

pub(crate) const OSV: &[&str] = &[
    r#"{"schema_version":"1.7.5","id":"X-1","modified":"2026-01-01T00:00:00Z","aliases":["CVE-2026-1"],"severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],"affected":[{"package":{"ecosystem":"npm","name":"parser","purl":"pkg:npm/parser"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.2.4"},{"introduced":"2.0.0"},{"last_affected":"2.1.0"}]}],"versions":["1.2.3"]}],"references":[{"type":"WEB","url":"https://example.org"}]}"#,
    r#"{"id":"X-2","modified":"2026-01-01T00:00:00Z","withdrawn":"2026-01-02T00:00:00Z","affected":[{"package":{"ecosystem":"Debian:12","name":"parser"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1:1.2~rc1-3"}]}]},{"package":{"ecosystem":"PyPI","name":"parser"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"1.0"},{"limit":"2"}]}]},{"package":{"ecosystem":"Maven","name":"org.example:parser"},"ranges":[{"type":"GIT","repo":"https://example.org","events":[{"introduced":"0"},{"fixed":"abc"}]}]}]}"#,
];

pub(crate) const OSV_WORDS: &[&str] = &[
    "\"affected\":[",
    "\"ranges\":[",
    "\"events\":[",
    "{\"introduced\":\"0\"}",
    "{\"fixed\":\"1\"}",
    "{\"last_affected\":\"1.2.3\"}",
    "{\"limit\":\"*\"}",
    "\"SEMVER\"",
    "\"ECOSYSTEM\"",
    "\"GIT\"",
    "\"PyPI\"",
    "\"Maven\"",
    "\"crates.io\"",
    "\"Debian:12\"",
    "\"Red Hat:x\"",
    "\"withdrawn\"",
    "\"versions\":[",
    "\"package\":",
    "1.2.3",
    "\n",
];

pub(crate) const CVSS: &[&str] = &[
    "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
    "CVSS:3.1/AV:P/AC:H/PR:L/UI:R/S:C/C:L/I:N/A:N/E:U/RL:O/RC:U/CR:H/IR:M/AR:L/MAV:A/MS:U",
    "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
    "CVSS:4.0/AV:A/AC:H/AT:P/PR:L/UI:A/VC:L/VI:L/VA:L/SC:L/SI:L/SA:L/E:P/CR:M/MSI:S/S:P/AU:Y/R:I/V:C/RE:H/U:Red",
];

pub(crate) const CVSS_WORDS: &[&str] = &[
    "CVSS:2.0/",
    "CVSS:3.0/",
    "CVSS:3.1/",
    "CVSS:4.0/",
    "/AV:N",
    "/AC:L",
    "/PR:H",
    "/UI:R",
    "/S:C",
    "/C:H",
    "/I:L",
    "/A:N",
    "/E:X",
    "/RL:T",
    "/RC:C",
    "/MSI:S",
    "/MSA:S",
    "/MAT:P",
    "/U:Clear",
    "/",
    ":",
];

pub(crate) const INSIGHTS: &[&str] = &[
    "header:\n  schema-version: 2.0.0\n  last-reviewed: '2026-11-01'\n  url: https://example.org/si.yml\nproject:\n  name: x\n  homepage: https://example.org\n  funding: https://example.org/fund\n  vulnerability-reporting:\n    reports-accepted: true\n    bug-bounty-available: false\n  repositories:\n    - name: x\n      url: https://github.com/example/x\n      comment: y\nrepository:\n  url: https://github.com/example/x\n  status: active\n  license:\n    url: https://example.org/l\n    expression: Apache-2.0\n  release:\n    automated-pipeline: true\n    distribution-points:\n      - uri: pkg:npm/x\n        comment: z\n  security:\n    assessments:\n      self:\n        comment: none\n",
];

pub(crate) const INSIGHTS_WORDS: &[&str] = &[
    "header:",
    "schema-version: 2.1.0",
    "repository:",
    "url: https://github.com/example/x",
    "&a [*a]",
    "*a",
    "<<: *a",
    "- ",
    "  ",
    "!!int ",
    "? ",
    ": ",
    "null",
    "{a: b}",
    "[[[[",
    "- - - - ",
];

pub(crate) const SCORECARDS: &[&str] = &[
    r#"{"date":"2026-11-01","repo":{"name":"github.com/example/x","commit":"abc"},"scorecard":{"version":"5.0"},"score":6.7,"checks":[{"name":"Maintained","score":5,"reason":"a"},{"name":"SAST","score":10},{"name":"Fuzzing","score":-1}]}"#,
    r#"[{"repo":{"name":"github.com/example/x"},"score":10.0,"checks":[{"name":"License","score":10}]}]"#,
];

pub(crate) const SCORECARD_WORDS: &[&str] = &[
    "\"checks\":[",
    "\"score\":",
    "\"Maintained\"",
    "\"Webhooks\"",
    "-1",
    "11",
    "10",
    "0.05",
    "\"repo\":{\"name\":\"gitlab.com/a/b\"}",
    "\"date\":\"2026-13-01\"",
    "\n",
];

pub(crate) const FUNDING_YML: &[&str] = &[
    "# these are supported\ngithub: [ada, grace]\npatreon: ada\nopen_collective: parser\nko_fi: x\ntidelift: npm/parser\ncommunity_bridge: y\nliberapay: z\nissuehunt: w\ncustom: ['https://example.org/donate', example.com]\n",
];

pub(crate) const FUNDING_JSON: &[&str] = &[
    r#"{"version":"v1.0.0","entity":{"type":"individual","name":"A"},"funding":{"channels":[{"guid":"a","type":"payment-provider","address":"https://opencollective.com/parser"}],"plans":[{"guid":"p","status":"active","amount":10,"currency":"EUR","frequency":"monthly","channels":["a"]}]}}"#,
];

pub(crate) const FUNDING_WORDS: &[&str] = &[
    "github: ",
    "custom: ",
    "tidelift: npm/",
    "https://",
    "http://",
    "javascript:",
    "- ",
    "[a, b]",
    "&a ",
    "*a",
    "\"channels\":[",
    "\"address\":",
    "\"type\":\"bank\"",
    "\n",
];

pub(crate) const GRAPHS: &[&str] = &[
    "# comment\nN\tapp\t\thttps://example.org\nN\tbroker\nN\tlibrary\torphan\nE\tapp\tbroker\nE\t1\t2\nE\tlibrary\tlibrary\nE\t2\t0\n",
    "N\ta\nN\ta\nE\t0\t1\n",
];

pub(crate) const GRAPH_WORDS: &[&str] =
    &["N\t", "E\t", "\torphan", "\t", "\n", "0", "1", "2", "99999999999", "app", "E\t0\t1\nE\t1\t0\n", "\r\n", "#"];

pub(crate) const PARAMETERS: &[&str] = &[
    "inputs:\n  - field: legacy.org_count\n    weight: 1\n    bounds:\n      upper: 10\n    distribution: zipfian\n  - field: legacy.created_since\n    weight: 1.5\n    bounds:\n      lower: 0\n      upper: 120\n      smaller_is_better: yes\n    condition:\n      not:\n        field_exists: depsdev.dependent_count\n    distribution: linear\n    tags:\n      - x\n",
];

pub(crate) const PARAMETER_WORDS: &[&str] = &[
    "weight: ",
    "bounds:",
    "upper: ",
    "lower: ",
    "smaller_is_better: yes",
    "zipfian",
    "linear",
    "condition:",
    "not:",
    "field_exists: ",
    "- field: ",
    "1e308",
    "-1",
    ".inf",
    ".nan",
    "&a ",
    "*a",
];

pub(crate) const SIGNALS: &[&str] =
    &["legacy.org_count,url,legacy.created_since\n3,\"a,\nb\",\n,x,1e2\n", "\u{feff}depsdev.dependent_count\n1\nNaN\n"];
