//! SECURITY-INSIGHTS files, version 2: what a project says of its own security.

use super::{StatementKind, Told, instant, kept};
use crate::features::projects::problems::WRONG_FILE;
use crate::kernel::{Check, Error, HttpsUrl, Purl, Result, SpdxId, Timestamp, repository_key};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

const MAX_BYTES: usize = 1 << 20;
const MOST_REPOSITORIES: usize = 200;
const MOST_PACKAGES: usize = 50;

/// What a SECURITY-INSIGHTS file says, without the people whom it names.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Insights {
    /// The version of the format.
    pub schema_version: String,
    /// The project's name.
    pub name: Option<String>,
    /// Its home page.
    pub homepage_url: Option<String>,
    /// Its license, an SPDX expression.
    pub license: Option<String>,
    /// Where it can be funded.
    pub funding_url: Option<String>,
    /// Its repositories.
    pub repositories: Vec<String>,
    /// The packages that it publishes, by package URLs.
    pub packages: Vec<String>,
    /// Whether it takes reports of vulnerabilities.
    pub reports_accepted: Option<bool>,
    /// Whether it names somebody for them.
    pub has_security_contact: bool,
    /// Whether releases are made by an automated pipeline.
    pub automated_releases: Option<bool>,
    /// Its documents, by what they are about: `security_policy`, `contributing_guide`, …
    pub documents: BTreeMap<String, String>,
}

type Object = serde_json::Map<String, Value>;

/// Reads a file. Fields that are not known here are passed over, as later versions add some.
pub(super) fn read(bytes: &[u8], now: Timestamp) -> Result<Told> {
    let wrong = |what: String| Error::new(&WRONG_FILE, format!("This is no security_insights file: {what}."));
    if bytes.len() > MAX_BYTES {
        return Err(wrong(format!("it is longer than {MAX_BYTES} bytes")));
    }
    let text = std::str::from_utf8(bytes).map_err(|_no| wrong("it is no UTF-8".to_owned()))?;
    let file: Value = serde_saphyr::from_str(text).map_err(|error| {
        let place = error.location().map_or((1, 1), |place| (place.line(), place.column()));
        let what = error.without_snippet().to_string();
        let what = what.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        let what = what.rsplit_once(" at line ").map_or(what.clone(), |(what, _)| what.to_owned());
        wrong(format!("line {}, column {}: {what}", place.0, place.1))
    })?;
    let Some(file) = file.as_object() else {
        return Err(wrong("line 1, column 1: a mapping with header, project and repository is wanted".to_owned()));
    };
    told(file, now)
}

fn told(file: &Object, now: Timestamp) -> Result<Told> {
    let mut check = Check::default();
    let header = part(file, "header");
    let version = word(header, "schema-version").unwrap_or_default();
    let known = version.split('.').next() == Some("2");
    let detail = format!("Version 2 of the format is read; this says {:?}.", kept(&version, 20));
    check.require(known, "/header/schema-version", "unknown_version", detail);
    let as_of = ["last-reviewed", "last-updated"].iter().find_map(|field| instant(&word(header, field)?));
    check.require(as_of.is_some(), "/header/last-reviewed", "invalid_date", "Must be a day such as 2026-11-01.");
    let past = as_of.is_none_or(|at| at <= now);
    check.require(past, "/header/last-reviewed", "in_future", "Nobody can have looked in the future.");
    let (project, repository) = (part(file, "project"), part(file, "repository"));
    let repositories = repositories(&mut check, project, repository);
    let license = part_of(repository, "license").and_then(|license| word(Some(license), "expression"));
    let license = license.map(|text| SpdxId::parse(&text)).transpose();
    let license = check.value("/repository/license/expression", license);
    check.done()?;
    let reporting = part_of(project, "vulnerability-reporting");
    let release = part_of(repository, "release");
    let facts = Insights {
        schema_version: kept(&version, 20),
        name: word(project, "name").map(|text| kept(&text, 100)).filter(|text| !text.is_empty()),
        homepage_url: address(project, "homepage"),
        license: license?.map(SpdxId::into_string),
        funding_url: address(project, "funding"),
        repositories: repositories.clone(),
        packages: packages(release),
        reports_accepted: truth(reporting, "reports-accepted"),
        has_security_contact: part_of(reporting, "contact").is_some() || has_champions(repository),
        automated_releases: truth(release, "automated-pipeline"),
        documents: documents(project, repository, reporting, release),
    };
    let facts = serde_json::to_value(facts).map_err(Error::internal)?;
    Ok(Told { kind: StatementKind::SecurityInsights, repositories, as_of, facts })
}

/// The repository that the file is in, then the others of the project.
fn repositories(check: &mut Check, project: Option<&Object>, repository: Option<&Object>) -> Vec<String> {
    let own = repository.map(|repository| ("/repository/url".to_owned(), word(Some(repository), "url")));
    let others = project.and_then(|project| project.get("repositories")?.as_array());
    let others = others.into_iter().flatten().take(MOST_REPOSITORIES).enumerate();
    let others = others.map(|(at, one)| (format!("/project/repositories/{at}/url"), word(one.as_object(), "url")));
    let mut found: Vec<String> = Vec::new();
    for (pointer, url) in own.into_iter().chain(others) {
        if let Ok(key) = check.value(pointer, repository_key(&url.unwrap_or_default()))
            && !found.contains(&key)
        {
            found.push(key);
        }
    }
    if check.is_clean() && found.is_empty() {
        let detail =
            "The file says of no repository that it is about it: neither repository.url nor project.repositories.";
        check.fault("/repository/url", "missing", detail);
    }
    found
}

fn part<'a>(file: &'a Object, name: &str) -> Option<&'a Object> {
    file.get(name)?.as_object()
}

fn part_of<'a>(outer: Option<&'a Object>, name: &str) -> Option<&'a Object> {
    part(outer?, name)
}

/// A scalar as text; dates and versions may be read as something else than text.
fn word(object: Option<&Object>, name: &str) -> Option<String> {
    match object?.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn truth(object: Option<&Object>, name: &str) -> Option<bool> {
    object?.get(name)?.as_bool()
}

/// An https address; anything else is passed over.
fn address(object: Option<&Object>, name: &str) -> Option<String> {
    HttpsUrl::parse(&word(object, name)?).ok().map(HttpsUrl::into_string)
}

fn has_champions(repository: Option<&Object>) -> bool {
    let champions = part_of(repository, "security").and_then(|security| security.get("champions")?.as_array());
    champions.is_some_and(|list| !list.is_empty())
}

fn packages(release: Option<&Object>) -> Vec<String> {
    let points = release.and_then(|release| release.get("distribution-points")?.as_array());
    let purls = points.into_iter().flatten().filter_map(|point| word(point.as_object(), "uri"));
    let purls = purls.filter(|uri| uri.starts_with("pkg:")).filter_map(|uri| Purl::parse(&uri).ok());
    let mut found: Vec<String> = Vec::new();
    for purl in purls.take(MOST_PACKAGES) {
        if !found.iter().any(|known| known == purl.as_str()) {
            found.push(purl.as_str().to_owned());
        }
    }
    found
}

/// The documents that are named with an address, wherever the format has them.
fn documents(
    project: Option<&Object>,
    repository: Option<&Object>,
    reporting: Option<&Object>,
    release: Option<&Object>,
) -> BTreeMap<String, String> {
    let assessments = part_of(part_of(repository, "security"), "assessments");
    let places: &[(Option<&Object>, &str, &str)] = &[
        (part_of(project, "documentation"), "quickstart-guide", "user_guide"),
        (part_of(project, "documentation"), "detailed-guide", "user_guide"),
        (part_of(project, "documentation"), "code-of-conduct", "code_of_conduct"),
        (part_of(project, "documentation"), "release-process", "release_process"),
        (part_of(project, "documentation"), "support-policy", "support_policy"),
        (part_of(project, "documentation"), "signature-verification", "signature_verification"),
        (part_of(repository, "documentation"), "contributing-guide", "contributing_guide"),
        (part_of(repository, "documentation"), "review-policy", "review_policy"),
        (part_of(repository, "documentation"), "governance", "governance"),
        (part_of(repository, "documentation"), "dependency-management-policy", "dependency_policy"),
        (reporting, "security-policy", "security_policy"),
        (part_of(repository, "documentation"), "security-policy", "security_policy"),
        (part_of(repository, "license"), "url", "license"),
        (release, "changelog", "changelog"),
        (part_of(assessments, "self"), "evidence", "security_assessment"),
    ];
    let mut found = BTreeMap::new();
    for (object, field, name) in places {
        // Some addresses are patterns, with a version to be filled in.
        let text = word(*object, field).map(|text| text.split(['{', '#']).next().unwrap_or_default().to_owned());
        if let Some(url) = text.and_then(|text| HttpsUrl::parse(&text).ok()) {
            found.entry((*name).to_owned()).or_insert_with(|| url.into_string());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FILE: &str = "header:\n  schema-version: 2.0.0\n  last-reviewed: '2026-10-01'\n  url: https://example.org/si.yml\n\
        project:\n  name: Parser\n  homepage: https://parser.example.org\n  administrators: [{name: Ada, email: ada@example.org, primary: true}]\n  \
        repositories: [{name: x, url: 'https://github.com/Example/Parser', comment: y}, {name: z, url: 'https://github.com/example/docs', comment: y}]\n  \
        vulnerability-reporting: {reports-accepted: true, bug-bounty-available: false, security-policy: 'https://parser.example.org/security', contact: {name: Team, primary: true}}\n\
        repository:\n  url: https://github.com/example/parser\n  status: active\n  license: {url: 'https://github.com/example/parser/blob/main/LICENSE', expression: MIT}\n  \
        release: {automated-pipeline: true, changelog: 'https://parser.example.org/{version}#log', distribution-points: [{uri: 'pkg:npm/parser', comment: x}]}\n";

    fn now() -> Timestamp {
        "2026-11-22T09:00:00Z".parse().unwrap()
    }

    fn wrong(text: &str) -> String {
        let error = read(text.as_bytes(), now()).unwrap_err();
        error
            .fields()
            .first()
            .map_or_else(|| error.detail().to_owned(), |fault| format!("{} {}", fault.pointer, fault.code))
    }

    #[test]
    fn what_a_project_says_is_read_and_its_people_are_not_kept() {
        let told = read(FILE.as_bytes(), now()).unwrap();
        assert_eq!(told.repositories, ["github.com/example/parser", "github.com/example/docs"]);
        assert!(!told.facts.to_string().contains("ada@example.org"));
        let facts: Insights = serde_json::from_value(told.facts).unwrap();
        assert_eq!(
            (facts.license.as_deref(), facts.name.as_deref(), facts.reports_accepted),
            (Some("MIT"), Some("Parser"), Some(true))
        );
        assert_eq!(facts.packages, ["pkg:npm/parser"]);
        assert!(facts.has_security_contact);
        let names: Vec<&str> = facts.documents.keys().map(String::as_str).collect();
        assert_eq!(names, ["changelog", "license", "security_policy"]);
    }

    #[test]
    fn what_is_wrong_has_its_place() {
        assert!(wrong("header: [").contains("line 1, column"), "{}", wrong("header: ["));
        assert!(wrong("").contains("is no security_insights file"), "{}", wrong(""));
        assert!(wrong("- x").contains("a mapping"), "{}", wrong("- x"));
        assert_eq!(wrong(&FILE.replace("2.0.0", "1.0.0")), "/header/schema-version unknown_version");
        assert_eq!(wrong(&FILE.replace("2026-10-01", "2027-10-01")), "/header/last-reviewed in_future");
        assert_eq!(wrong(&FILE.replace("2026-10-01", "soon")), "/header/last-reviewed invalid_date");
        assert_eq!(
            wrong(&FILE.replace("expression: MIT", "expression: 'MIT; x'")),
            "/repository/license/expression invalid_license"
        );
        assert_eq!(
            wrong(&FILE.replace("https://github.com/example/parser\n", "nowhere\n")),
            "/repository/url invalid_repository"
        );
        assert_eq!(wrong("header: {schema-version: 2.1.0, last-updated: '2026-10-01'}"), "/repository/url missing");
    }

    #[test]
    fn bombs_and_depths_end_quickly() {
        let levels = ('b'..='z')
            .zip('a'..='z')
            .map(|(outer, inner)| format!("{outer}: &{outer} [{}*{inner}]\n", format!("*{inner},").repeat(8)));
        let bomb = format!("a: &a [1,1,1,1,1,1,1,1,1]\n{}", levels.collect::<String>());
        assert!(wrong(&bomb).contains("is no security_insights file"));
        assert!(wrong(&"{a: ".repeat(5_000)).contains("is no security_insights file"));
        assert!(wrong(&" ".repeat(MAX_BYTES + 1)).contains("longer than"));
    }

    /// Real files and templates, where they are at hand.
    #[test]
    fn real_files_are_read() {
        let Some(folder) = crate::published::published("standards/security-insights") else { return };
        let files: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().path())
            .filter(|path| path.extension().is_some_and(|end| end == "yml"))
            .collect();
        assert!(!files.is_empty());
        for file in files {
            let read = read(&std::fs::read(&file).unwrap(), now());
            assert!(read.is_ok(), "{}: {}", file.display(), read.unwrap_err());
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC{0,120}", cut in 0..FILE.len(), more in "[-a-z:&*!{}\\[\\]|>\"' \n]{0,12}") {
            let _ = read(text.as_bytes(), now());
            let (before, after) = FILE.split_at_checked(cut).unwrap_or((FILE, ""));
            let _ = read(format!("{before}{more}{after}").as_bytes(), now());
        }
    }
}
