//! The rules that the sample keeps: those of the domain, and those of honesty (sample addresses, labeled needs).

use super::{
    SIGN_INS, Sample, SampleFocus, SampleNeed, SampleOrganization, SamplePerson, SamplePledge, SampleProfile,
    SampleProject, Signal,
};
use crate::kernel::{
    AccessLevel, DisplayName, Email, Fault, Handle, HttpsUrl, LanguageTag, Level, Line, Markdown, Purl, Slug, SpdxId,
    TimeZone, repository_key,
};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

/// Every broken rule, each with the file and the entry it is in; empty when all is well.
pub(super) fn faults(sample: &Sample) -> Vec<String> {
    let mut check = Faults::default();
    for project in &sample.projects {
        check.project(sample, project);
    }
    for need in &sample.needs {
        check.need(sample, need);
    }
    check.budgets(sample);
    for person in &sample.people {
        check.person(sample, person);
    }
    for organization in &sample.organizations {
        check.organization(sample, organization);
    }
    for (email, _) in SIGN_INS {
        let known = sample.people.iter().any(|person| person.email == email);
        check.at("people.toml", email);
        check.require(known, "this sign-in is missing");
    }
    check.found
}

#[derive(Default)]
struct Faults {
    found: Vec<String>,
    seen: BTreeSet<(&'static str, String)>,
    file: &'static str,
    entry: String,
}

impl Faults {
    /// Whatever is found from here on is in this entry of this file.
    fn at(&mut self, file: &'static str, entry: &str) {
        self.file = file;
        entry.clone_into(&mut self.entry);
    }

    fn require(&mut self, holds: bool, rule: impl Display) {
        if !holds {
            self.found.push(format!("{}: {}: {rule}", self.file, self.entry));
        }
    }

    fn parsed<T>(&mut self, field: &str, parsed: Result<T, Fault>) -> Option<T> {
        match parsed {
            Ok(value) => Some(value),
            Err(fault) => {
                self.require(false, format!("{field}: {}", fault.detail));
                None
            }
        }
    }

    fn word(&mut self, field: &str, word: &str, known: &[&str]) {
        self.require(known.contains(&word), format!("{field} is {word:?}; use one of {}", known.join(", ")));
    }

    fn hours(&mut self, field: &str, hours: f64, most: f64) {
        let good = hours > 0.0 && hours <= most && (hours * 4.0).fract() == 0.0;
        self.require(good, format!("{field} is {hours}; use quarters of hours, more than 0, at most {most}"));
    }

    fn unique(&mut self, what: &'static str, value: &str) {
        let new = self.seen.insert((what, value.to_owned()));
        self.require(new, format!("{what} {value:?} is there twice"));
    }

    fn skills<'a>(&mut self, names: impl IntoIterator<Item = &'a String>) {
        let mut seen = BTreeSet::new();
        for name in names {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-+#.".contains(c);
            self.require(!name.is_empty() && name.chars().all(plain), format!("{name:?} is no skill's name"));
            self.require(seen.insert(name), format!("names the skill {name:?} twice"));
        }
    }

    fn project(&mut self, sample: &Sample, project: &SampleProject) {
        let entry = project.slug.as_str();
        self.at("projects.toml", entry);
        self.parsed("slug", Slug::parse(entry));
        self.unique("slug", entry);
        self.parsed("name", Line::parse(&project.name, 1, 60));
        self.parsed("description", Line::parse(&project.description, 15, 200));
        self.parsed("repository_url", HttpsUrl::parse(&project.repository_url));
        if let Some(key) = self.parsed("repository_url", repository_key(&project.repository_url)) {
            self.unique("repository", &key);
        }
        if let Some(url) = &project.homepage_url {
            self.parsed("homepage_url", HttpsUrl::parse(url));
        }
        if let Some(license) = &project.license {
            self.parsed("license", SpdxId::parse(license));
        }
        self.require(!project.packages.is_empty(), "has no package");
        for package in &project.packages {
            if let Some(purl) = self.parsed("packages", Purl::parse(package)) {
                let plain = purl.as_str() == package && purl.package() == package;
                self.require(plain, format!("{package} should be {} without a version", purl.package()));
            }
            self.unique("package", package);
        }
        self.require(!project.languages.is_empty(), "has no language");
        self.require(!project.domains.is_empty(), "has no domain");
        self.skills(&project.languages);
        self.skills(&project.domains);
        if let Some(criticality) = &project.criticality {
            self.require((0.0..=1.0).contains(&criticality.score), "its score is not between 0 and 1");
            self.word("algorithm", &criticality.algorithm, &["original_pike"]);
        }
        self.word("status", &project.status, &["listed", "unclaimed"]);
        let leads = sample.maintainers_of(entry).filter(|(_, role)| *role == "lead").count();
        if project.status == "listed" {
            self.require(leads == 1, format!("a listed sample project has one lead; it has {leads}"));
            let budget = project.review_hours_per_week.unwrap_or_default();
            self.require((4.0..=40.0).contains(&budget), "review_hours_per_week is not between 4 and 40");
        } else {
            self.require(leads == 0, "nobody leads an unclaimed project");
            self.require(project.review_hours_per_week.is_none(), "an unclaimed project has no review budget");
        }
    }

    fn need(&mut self, sample: &Sample, need: &SampleNeed) {
        let entry = need.key.as_str();
        self.at("needs.toml", entry);
        self.unique("key", entry);
        let own = entry.strip_prefix(&need.project).is_some_and(|rest| rest.starts_with('/') && rest.len() > 1);
        self.require(own, "the key begins with the project's slug and `/`");
        let listed = sample.projects.iter().any(|project| project.slug == need.project && project.status == "listed");
        self.require(listed, format!("{:?} is no listed project", need.project));
        self.parsed("title", Line::parse(&need.title, 8, 90));
        self.unique("title", &need.title);
        self.parsed("description", Markdown::parse(&need.description, 2_000));
        let text = need.description.to_lowercase();
        let honest = text.contains("sample data") && text.contains("did not ask for");
        self.require(honest, "the description must say that it is sample data nobody asked for");
        self.require((2..=5).contains(&need.skills.len()), "asks for 2 to 5 skills");
        self.require(need.skills.iter().any(|wanted| wanted.required), "requires no skill");
        self.skills(need.skills.iter().map(|wanted| &wanted.skill));
        for wanted in &need.skills {
            self.parsed("skills", Level::parse(i64::from(wanted.level)));
        }
        self.word("size", &need.size, &["session", "small", "medium", "ongoing"]);
        self.hours("hours_per_week", need.hours_per_week, 10.0);
        self.require((1..=52).contains(&need.weeks), "weeks is not between 1 and 52");
        let short = need.size != "session" || (need.weeks == 1 && need.hours_per_week <= 2.0);
        self.require(short, "a session is at most 2 hours in one week");
        self.require((1..=5).contains(&need.seats), "seats is not between 1 and 5");
        self.parsed("access_level", AccessLevel::parse(i64::from(need.access_level)));
        self.word("visibility", &need.visibility, &["public", "vetted"]);
        for zone in &need.time_zones {
            self.parsed("time_zones", TimeZone::parse(zone));
        }
        self.require(need.time_zones.is_empty() == need.overlap_hours.is_none(), "overlap_hours goes with time_zones");
        let overlap = need.overlap_hours.unwrap_or(1.0);
        self.require((1.0..=8.0).contains(&overlap), "overlap_hours is not between 1 and 8");
        let days = [need.starts_in_days, need.apply_within_days].into_iter().flatten();
        self.require(days.max().unwrap_or_default() <= 120, "its dates are more than 120 days away");
        for link in &need.links {
            self.parsed("links", HttpsUrl::parse(link));
        }
        self.require((1..=14).contains(&need.response_days), "response_days is not between 1 and 14");
        self.word("status", &need.status, &["open", "draft", "paused"]);
        self.signal(&need.derived_from);
    }

    fn signal(&mut self, signal: &Signal) {
        self.parsed("derived_from.signal", Line::parse(&signal.signal, 3, 100));
        self.parsed("derived_from.value", Line::parse(&signal.value, 1, 40));
        let parts: Vec<&str> = signal.as_of.split('-').collect();
        let digits = |part: &&str, length: usize| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
        let shaped = match parts.as_slice() {
            [year] => digits(year, 4),
            [year, month] => digits(year, 4) && digits(month, 2),
            [..] => signal.as_of.parse::<chrono::NaiveDate>().is_ok(),
        };
        self.require(shaped, format!("derived_from.as_of is {:?}; use 2022, 2022-06 or 2022-06-17", signal.as_of));
    }

    fn budgets(&mut self, sample: &Sample) {
        let mut open: BTreeMap<&str, f64> = BTreeMap::new();
        for need in sample.needs.iter().filter(|need| need.status == "open") {
            *open.entry(&need.project).or_default() += need.weekly_hours();
        }
        for project in &sample.projects {
            let (hours, budget) = (open.get(project.slug.as_str()).copied(), project.review_hours_per_week);
            let kept = hours.unwrap_or_default() <= budget.unwrap_or_default();
            let rule = format!("open needs take {hours:?} hours a week, the review budget is {budget:?}");
            self.at("projects.toml", &project.slug);
            self.require(kept, rule);
        }
    }

    fn person(&mut self, sample: &Sample, person: &SamplePerson) {
        let entry = person.handle.as_str();
        self.at("people.toml", entry);
        self.parsed("handle", Handle::parse(entry));
        self.unique("handle", entry);
        self.parsed("display_name", DisplayName::parse(&person.display_name));
        self.unique("display name", &person.display_name);
        if let Some(email) = self.parsed("email", Email::parse(&person.email)) {
            let reserved = ["@example.org", "@example.com"].iter().any(|end| email.folded().ends_with(end));
            self.require(reserved, "the address must be at example.org or example.com");
            self.unique("address", &email.folded());
        }
        for part in &person.maintains {
            let listed =
                sample.projects.iter().any(|project| project.slug == part.project && project.status == "listed");
            self.require(listed, format!("{:?} is no listed project", part.project));
            self.word("role", &part.role, &["lead", "maintainer"]);
            self.unique("part", &format!("{entry} in {}", part.project));
        }
        if let Some(profile) = &person.profile {
            self.profile(profile);
        }
    }

    fn profile(&mut self, profile: &SampleProfile) {
        self.require((2..=12).contains(&profile.skills.len()), "offers 2 to 12 skills");
        let offered = profile.skills.iter().map(|offered| &offered.skill);
        self.skills(offered.chain(&profile.learning));
        self.skills(&profile.domains);
        for offered in &profile.skills {
            self.parsed("skills", Level::parse(i64::from(offered.level)));
            self.require(offered.years.unwrap_or_default() <= 30, "more than 30 years of practice");
        }
        self.hours("hours_per_week", profile.hours_per_week, 20.0);
        self.parsed("time_zone", TimeZone::parse(&profile.time_zone));
        self.require(!profile.languages.is_empty(), "speaks no language");
        for tag in &profile.languages {
            let parsed = self.parsed("languages", LanguageTag::parse(tag));
            self.require(
                parsed.is_none_or(|parsed| parsed.as_str() == tag),
                format!("{tag:?} is not in its usual case"),
            );
        }
        let kinds: BTreeSet<_> = profile.interests.iter().collect();
        self.require(kinds.len() == profile.interests.len(), "names an interest twice");
        self.parsed("max_access_level", AccessLevel::parse(i64::from(profile.max_access_level)));
        self.word("visibility", &profile.visibility, &["public", "members", "hidden"]);
        for away in &profile.unavailable {
            self.require(away.from_day <= away.until_day, "is away until before it begins");
        }
    }

    fn organization(&mut self, sample: &Sample, organization: &SampleOrganization) {
        let entry = organization.slug.as_str();
        self.at("organizations.toml", entry);
        self.parsed("slug", Slug::parse(entry));
        self.unique("organization", entry);
        self.parsed("name", Line::parse(&organization.name, 2, 80));
        let kinds = ["company", "foundation", "government", "academic", "community"];
        self.word("kind", &organization.kind, &kinds);
        let invented = organization.description.to_lowercase().contains("invented");
        self.require(invented, "the description must say that it is invented");
        self.parsed("homepage_url", HttpsUrl::parse(&organization.homepage_url));
        let host = organization.homepage_url.trim_start_matches("https://");
        let reserved = [".example.org", ".example.com"].iter().any(|end| host.ends_with(end));
        self.require(reserved, "the homepage must be below example.org or example.com");
        let owners = organization.members.iter().filter(|member| member.role == "owner").count();
        self.require(owners >= 1, "has no owner");
        for member in &organization.members {
            let known = sample.people.iter().any(|person| person.handle == member.handle);
            self.require(known, format!("nobody is called {:?}", member.handle));
            self.word("role", &member.role, &["owner", "manager", "member"]);
            self.unique("member", &member.handle);
        }
        for pledge in &organization.pledges {
            let own = pledge.key.strip_prefix(entry).is_some_and(|rest| rest.starts_with('/') && rest.len() > 1);
            self.at("organizations.toml", &pledge.key);
            self.require(own, "the key begins with the organization's slug and `/`");
            self.pledge(sample, pledge);
        }
    }

    fn pledge(&mut self, sample: &Sample, pledge: &SamplePledge) {
        let entry = pledge.key.as_str();
        self.unique("pledge", entry);
        self.hours("hours_per_week", pledge.hours_per_week, 200.0);
        self.hours("max_hours_per_person", pledge.max_hours_per_person, pledge.hours_per_week);
        self.require(pledge.starts_in_days < pledge.ends_in_days, "ends before it starts");
        self.word("approval", &pledge.approval, &["auto", "manager", "list"]);
        self.word("status", &pledge.status, &["active", "draft"]);
        let SampleFocus { projects, ecosystems, licenses, .. } = &pledge.focus;
        for slug in projects {
            let known = sample.projects.iter().any(|project| project.slug == *slug);
            self.require(known, format!("{slug:?} is no sample project"));
        }
        for ecosystem in ecosystems {
            let start = format!("pkg:{ecosystem}/");
            let used =
                sample.projects.iter().flat_map(|project| &project.packages).any(|package| package.starts_with(&start));
            self.require(used, format!("no sample project publishes to {ecosystem:?}"));
        }
        for license in licenses {
            self.parsed("focus.licenses", SpdxId::parse(license));
        }
    }
}
