use super::*;
use crate::kernel::{NeedKind, PlatformRole};
use std::collections::BTreeMap;
use std::io::Read as _;

fn shipped() -> Sample {
    Sample::shipped().unwrap()
}

/// The text of a published data file, or nothing where this checkout stands alone.
fn published(name: &str) -> Option<String> {
    let packed = std::fs::read(crate::published::published(name)?).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut text).unwrap();
    Some(text)
}

fn json_lines(text: &str) -> Vec<serde_json::Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn the_sample_is_whole_and_large_enough() {
    let sample = shipped();
    let listed = sample.projects.iter().filter(|project| project.status == "listed").count();
    let open = sample.needs.iter().filter(|need| need.status == "open").count();
    let profiles = sample.people.iter().filter(|person| person.profile.is_some()).count();
    let pledges: usize = sample.organizations.iter().map(|organization| organization.pledges.len()).sum();
    assert!(sample.projects.len() >= 70 && listed >= 60, "{} projects, {listed} listed", sample.projects.len());
    assert!(sample.needs.len() >= 170 && open >= 150, "{} needs, {open} open", sample.needs.len());
    assert!(sample.people.len() >= 90 && profiles >= 80, "{} people, {profiles} profiles", sample.people.len());
    assert!(
        sample.organizations.len() >= 8 && pledges >= 8,
        "{} organizations, {pledges} pledges",
        sample.organizations.len()
    );
}

#[test]
fn the_sample_has_something_of_everything() {
    let sample = shipped();
    for kind in NeedKind::ALL {
        assert!(
            sample.needs.iter().any(|need| need.kind == *kind && need.status == "open"),
            "no open need of kind {kind}"
        );
        let liked = |profile: &SampleProfile| profile.interests.contains(kind);
        assert!(sample.people.iter().filter_map(|person| person.profile.as_ref()).any(liked), "nobody likes {kind}");
    }
    for size in ["session", "small", "medium", "ongoing"] {
        assert!(sample.needs.iter().any(|need| need.size == size), "no need of size {size}");
    }
    for status in ["open", "draft", "paused"] {
        assert!(sample.needs.iter().any(|need| need.status == status), "no {status} need");
    }
    for kind in ["company", "foundation", "government", "academic", "community"] {
        assert!(sample.organizations.iter().any(|organization| organization.kind == kind), "no {kind}");
    }
    for approval in ["auto", "manager", "list"] {
        let pledges = sample.organizations.iter().flat_map(|organization| &organization.pledges);
        assert!(pledges.filter(|pledge| pledge.approval == approval).count() > 0, "no pledge approved by {approval}");
    }
    assert!(sample.needs.iter().any(|need| !need.time_zones.is_empty()));
    assert!(sample.needs.iter().any(|need| need.starts_in_days.is_some()));
    assert!(sample.needs.iter().any(|need| need.apply_within_days.is_some()));
    let profiles: Vec<_> = sample.people.iter().filter_map(|person| person.profile.as_ref()).collect();
    assert!(profiles.iter().any(|profile| !profile.unavailable.is_empty()));
    assert!(profiles.iter().any(|profile| profile.available_in_days.is_some()));
    assert!(profiles.iter().any(|profile| profile.visibility == "hidden"));
}

#[test]
fn the_four_sign_ins_are_who_they_are_said_to_be() {
    let sample = shipped();
    let person = |email: &str| sample.people.iter().find(|person| person.email == email).unwrap();
    let [volunteer, maintainer, company, coordinator] = SIGN_INS.map(|(email, _)| person(email));

    let profile = volunteer.profile.as_ref().unwrap();
    let level = |name: &str| profile.skills.iter().find(|offered| offered.skill == name).map(|offered| offered.level);
    assert!(level("rust") >= Some(4) && level("security-audit") >= Some(4) && level("fuzzing") >= Some(3));
    let hers = |need: &&SampleNeed| {
        need.status == "open"
            && need.visibility == "public"
            && need.skills.iter().all(|wanted| !wanted.required || level(&wanted.skill) >= Some(wanted.level))
    };
    let fits = sample.needs.iter().filter(hers).count();
    assert!(fits >= 5, "only {fits} open needs fit the volunteer in full");

    let led = maintainer.maintains.iter().filter(|part| part.role == "lead").count();
    assert!(led >= 3, "the maintainer leads {led} projects");
    let (employer, role) = sample.employer_of(&company.handle).unwrap();
    assert_eq!((employer.kind.as_str(), role), ("company", "owner"));
    assert!(employer.pledges.iter().any(|pledge| pledge.status == "active"));
    assert_eq!(coordinator.platform_roles, [PlatformRole::Coordinator]);
    assert_eq!(sample.people.iter().filter(|person| !person.platform_roles.is_empty()).count(), 1);
}

#[test]
fn people_projects_and_skills_find_each_other() {
    let sample = shipped();
    let curl: Vec<_> = sample.maintainers_of("curl").map(|(person, role)| (person.email.as_str(), role)).collect();
    assert!(curl.contains(&("maintainer@example.org", "lead")), "{curl:?}");
    assert!(sample.maintainers_of("no-such-project").next().is_none());
    assert!(sample.employer_of("nobody").is_none());
    let skills = sample.skills();
    for skill in ["rust", "fuzzing", "cryptography", "formal-verification"] {
        assert!(skills.contains(skill), "{skill}");
    }
}

#[test]
fn criticality_and_needs_agree_with_the_published_signals() {
    let Some(text) = published("projects/seed-critical-999.jsonl.gz") else { return };
    let rows = json_lines(&text);
    let by_key = |url: &str| {
        let key = crate::kernel::repository_key(url).unwrap();
        rows.iter().find(|row| crate::kernel::repository_key(row["url"].as_str().unwrap()).unwrap() == key)
    };
    let sample = shipped();
    let mut scored = 0;
    for project in &sample.projects {
        let published = by_key(&project.repository_url).map(|row| row["pike"].as_f64().unwrap());
        let ours = project.criticality.as_ref().map(|criticality| criticality.score);
        assert_eq!(ours.map(f64::to_bits), published.map(f64::to_bits), "{}", project.slug);
        scored += usize::from(ours.is_some());
    }
    assert!(scored >= 70, "only {scored} projects have a published score");
    let mut compared = 0;
    for need in &sample.needs {
        let signal = &need.derived_from;
        let project = sample.projects.iter().find(|project| project.slug == need.project).unwrap();
        let Some(row) = by_key(&project.repository_url) else { continue };
        let published = match signal.source {
            SignalSource::Scorecard => format!("{} of 10", row["scorecard"]["checks"][&signal.signal]),
            SignalSource::CriticalitySignals => row["signals"][&signal.signal].to_string(),
            _ => continue,
        };
        assert_eq!(signal.value, published, "{}", need.key);
        compared += 1;
    }
    let derived = |need: &&SampleNeed| {
        matches!(need.derived_from.source, SignalSource::Scorecard | SignalSource::CriticalitySignals)
    };
    assert_eq!(compared, sample.needs.iter().filter(derived).count(), "a need names a signal that was never published");
}

#[test]
fn dependents_agree_with_the_package_index() {
    let Some(text) = published("graph/debian-bookworm-source-dependency-graph.tsv.gz") else { return };
    let (mut names, mut dependents) = (Vec::new(), BTreeMap::<usize, usize>::new());
    for line in text.lines() {
        match *line.split('\t').collect::<Vec<_>>() {
            ["N", name, ..] => names.push(name),
            ["E", _, to] => *dependents.entry(to.parse().unwrap()).or_default() += 1,
            _ => {}
        }
    }
    let counts: BTreeMap<&str, usize> = dependents.iter().map(|(at, count)| (names[*at], *count)).collect();
    for need in shipped().needs.iter().filter(|need| need.derived_from.source == SignalSource::Debian) {
        let package = need.derived_from.signal.strip_prefix("source packages that depend on ").unwrap();
        assert_eq!(need.derived_from.value, counts[package].to_string(), "{}", need.key);
    }
}

#[test]
fn advisories_agree_with_the_database() {
    let Some(text) = published("advisories/rustsec-osv-2026-08-21.jsonl.gz") else { return };
    let mut counts = BTreeMap::<String, usize>::new();
    for advisory in json_lines(&text).iter().filter(|advisory| advisory["withdrawn"].is_null()) {
        let affected = advisory["affected"].as_array().unwrap().iter();
        let crates: BTreeSet<_> = affected.map(|affected| affected["package"]["name"].as_str().unwrap()).collect();
        for name in crates {
            *counts.entry(name.to_owned()).or_default() += 1;
        }
    }
    for need in shipped().needs.iter().filter(|need| need.derived_from.source == SignalSource::RustSec) {
        let name = need.derived_from.signal.strip_prefix("advisories for the crate ").unwrap();
        assert_eq!(need.derived_from.value, counts[name].to_string(), "{}", need.key);
    }
}

#[test]
fn every_need_names_its_signal_in_its_description() {
    for need in &shipped().needs {
        let (signal, text) = (&need.derived_from, &need.description);
        let telling = match signal.source {
            SignalSource::Scorecard => format!("check {}: {}", signal.signal, signal.value),
            SignalSource::CriticalitySignals => signal.signal.clone(),
            SignalSource::Debian => "Debian 12".to_owned(),
            SignalSource::RustSec => format!("RustSec database as of {} ({}", signal.as_of, signal.value),
            SignalSource::Cve => signal.value.clone(),
        };
        assert!(text.contains(&telling), "{}: {telling:?} is not in {text:?}", need.key);
        assert!(text.contains(signal.as_of.get(..4).unwrap()) || signal.source == SignalSource::Debian, "{}", need.key);
    }
}

/// The shipped files with one piece of one of them replaced.
fn with(from: &str, to: &str) -> Result<Sample, String> {
    let files = [
        include_str!("../data/projects.toml"),
        include_str!("../data/needs.toml"),
        include_str!("../data/people.toml"),
        include_str!("../data/organizations.toml"),
    ];
    assert!(files.iter().any(|file| file.contains(from)), "{from:?} is in none of the files");
    let [projects, needs, people, organizations] = files.map(|file| file.replacen(from, to, 1));
    Sample::parse(&projects, &needs, &people, &organizations)
}

#[test]
fn mistakes_in_the_shape_are_refused_with_their_place() {
    for (from, to, file, says) in [
        ("slug = \"linux\"", "slug = 7", "projects.toml", "line"),
        ("ai_policy = \"disclose\"", "ai_policy = \"maybe\"", "projects.toml", "maybe"),
        ("kind = \"code_review\"", "kind = \"knitting\"", "needs.toml", "knitting"),
        ("urgency = \"normal\"", "urgent = \"normal\"", "needs.toml", "urgent"),
        ("display_name", "name", "people.toml", "name"),
        ("on_call = true", "on_call = \"yes\"", "organizations.toml", "line"),
    ] {
        let refused = with(from, to).unwrap_err();
        assert!(refused.starts_with(file) && refused.contains(says), "{from} -> {to}: {refused}");
    }
}

#[test]
fn mistakes_in_the_content_are_refused_with_their_entry() {
    for (from, to, says) in [
        ("slug = \"linux\"", "slug = \"Linux\"", "projects.toml: Linux: slug"),
        ("slug = \"git\"", "slug = \"linux\"", "slug \"linux\" is there twice"),
        ("pkg:github/git/git", "pkg:github/torvalds/linux", "package \"pkg:github/torvalds/linux\" is there twice"),
        ("pkg:pypi/django\"", "pkg:pypi/Django\"", "pkg:pypi/Django should be pkg:pypi/django"),
        ("pkg:pypi/django\"", "pkg:pypi/django@5\"", "should be pkg:pypi/django without"),
        ("pkg:pypi/django\"", "pypi/django\"", "projects.toml: django: packages"),
        (
            "github.com/git/git\"",
            "github.com/Torvalds/Linux.git\"",
            "repository \"github.com/torvalds/linux\" is there twice",
        ),
        (
            "homepage_url = \"https://www.kernel.org\"",
            "homepage_url = \"http://www.kernel.org\"",
            "linux: homepage_url",
        ),
        ("algorithm = \"original_pike\"", "algorithm = \"guess\"", "algorithm is \"guess\""),
        ("status = \"unclaimed\"", "status = \"dormant\"", "status is \"dormant\""),
        ("status = \"unclaimed\"", "status = \"listed\"", "has one lead; it has 0"),
        ("project = \"curl\", role = \"lead\"", "project = \"curl\", role = \"maintainer\"", "has one lead; it has 0"),
        ("project = \"curl\", role = \"lead\"", "project = \"wget\", role = \"lead\"", "\"wget\" is no listed project"),
        ("hours_per_week = 3\nweeks", "hours_per_week = 0\nweeks", "hours_per_week is 0"),
        ("hours_per_week = 3\nweeks", "hours_per_week = 3.1\nweeks", "hours_per_week is 3.1"),
        ("seats = 1", "seats = 5", "the review budget is"),
        ("seats = 1", "seats = 0", "seats is not between"),
        ("level = 4, required", "level = 6, required", "A level is 1"),
        ("access_level = 1", "access_level = 5", "An access level is 0"),
        ("did not ask for it", "asked for it", "nobody asked for"),
        ("as_of = \"2022\"", "as_of = \"last year\"", "derived_from.as_of is \"last year\""),
        ("value = \"0 of 10\"", "value = \"\"", "derived_from.value"),
        ("size = \"session\"", "size = \"tiny\"", "size is \"tiny\""),
        ("time_zones = [\"Europe/Berlin\"", "time_zones = [\"Europe/Bonn\"", "\"Europe/Bonn\" is no IANA time zone"),
        ("amara.okafor@example.org", "amara.okafor@example.net", "must be at example.org or example.com"),
        ("amara.okafor@example.org", "Volunteer@Example.org", "address \"volunteer@example.org\" is there twice"),
        (
            "email = \"volunteer@example.org\"",
            "email = \"vera@example.org\"",
            "volunteer@example.org: this sign-in is missing",
        ),
        ("languages = [\"sv\", \"en\"]", "languages = [\"sv\", \"EN\"]", "not in its usual case"),
        ("from_day = 45", "from_day = 60", "away until before it begins"),
        ("https://freight.example.com", "https://freight.example.net", "below example.org or example.com"),
        ("handle = \"claire\", role", "handle = \"clara\", role", "nobody is called \"clara\""),
        ("role = \"owner\"", "role = \"boss\"", "role is \"boss\""),
        ("approval = \"auto\"", "approval = \"luck\"", "approval is \"luck\""),
        ("ends_in_days = 182", "ends_in_days = 0", "ends before it starts"),
        ("\"cargo\"", "\"cobol\"", "no sample project publishes to \"cobol\""),
    ] {
        let refused = with(from, to).map(|_| ()).unwrap_err();
        assert!(refused.contains(says), "{from} -> {to}: {refused}");
    }
}
