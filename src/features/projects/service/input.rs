//! What people say of a project, checked.

use crate::features::projects::model::{Project, ProjectPackage, ProjectSkill};
use crate::features::skills::known_skill;
use crate::features::skills::taxonomy::{Tag, Taxonomy};
use crate::kernel::{
    AiPolicy, Check, Cla, Failed, Fault, HttpsUrl, Line, Markdown, ProjectId, Purl, Result, Slug, SpdxId, fold,
    half_hours, repository_key,
};

/// A project to be listed, as typed.
#[derive(Debug, Clone)]
pub struct NewProjectInput {
    /// Its name in addresses; made of the name when left out.
    pub slug: Option<String>,
    /// Its name as shown.
    pub name: String,
    /// What it is, in Markdown.
    pub description: String,
    /// Where its source is.
    pub repository_url: String,
    /// Its home page.
    pub homepage_url: Option<String>,
    /// Its license, an SPDX expression.
    pub license: Option<String>,
    /// The packages that it publishes.
    pub packages: Vec<String>,
    /// The languages that it is written in: skills or aliases.
    pub languages: Vec<String>,
    /// What else it is about.
    pub tags: Vec<String>,
    /// Hours a week for helpers, in halves, 0 to 1000.
    pub review_hours_per_week: f64,
    /// What it thinks of AI-assisted contributions.
    pub ai_policy: AiPolicy,
    /// The contributor agreement that it asks for.
    pub cla: Cla,
}

const MOST_DESCRIPTION: usize = 5000;
const MOST_PACKAGES: usize = 50;
const MOST_LANGUAGES: usize = 20;
const MOST_TAGS: usize = 30;
const MOST_HOURS: f64 = 1000.0;

pub(super) struct Checked {
    pub slug: Option<Slug>,
    pub name: String,
    pub description: String,
    pub repository: Repository,
    pub homepage_url: Option<String>,
    pub license: Option<String>,
    pub packages: Vec<Purl>,
    pub languages: Vec<String>,
    pub tags: Vec<String>,
    pub review_hours_per_week: f64,
}

pub(super) fn check(input: &NewProjectInput) -> Result<Checked> {
    let mut check = Check::default();
    let slug = check.optional("/slug", input.slug.as_deref().map(Slug::parse));
    let name = name(&mut check, &input.name);
    let description = description(&mut check, &input.description);
    let repository = check.value("/repository_url", repository(&input.repository_url));
    let homepage_url = check.optional("/homepage_url", input.homepage_url.as_deref().map(HttpsUrl::parse));
    let license = check.optional("/license", input.license.as_deref().map(SpdxId::parse));
    let packages = packages(&mut check, &input.packages);
    let languages = languages(&mut check, &input.languages);
    let tags = tags(&mut check, &input.tags);
    let review_hours_per_week = hours(&mut check, input.review_hours_per_week);
    check.done()?;
    Ok(Checked {
        slug: slug?,
        name: name?,
        description: description?,
        repository: repository?,
        homepage_url: homepage_url?.map(HttpsUrl::into_string),
        license: license?.map(SpdxId::into_string),
        packages: packages?,
        languages: languages?,
        tags: tags?,
        review_hours_per_week: review_hours_per_week?,
    })
}

pub(super) fn name(check: &mut Check, text: &str) -> Result<String, Failed> {
    check.value("/name", Line::parse(text, 1, 100)).map(Line::into_string)
}

pub(super) fn description(check: &mut Check, text: &str) -> Result<String, Failed> {
    check.value("/description", Markdown::parse(text, MOST_DESCRIPTION)).map(Markdown::into_string)
}

pub(super) fn hours(check: &mut Check, hours: f64) -> Result<f64, Failed> {
    check.value("/review_hours_per_week", half_hours(hours, 0.0, MOST_HOURS))
}

/// A repository's address, and the one spelling of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::features::projects) struct Repository {
    pub url: String,
    pub key: String,
}

/// Forges whose repositories have an owner and a name.
const FORGES: &[&str] = &["github.com/", "gitlab.com/", "codeberg.org/", "bitbucket.org/"];

/// Checks a repository's address.
pub(in crate::features::projects) fn repository(text: &str) -> Result<Repository, Fault> {
    let url = HttpsUrl::parse(text)?;
    let key = repository_key(url.as_str())?;
    let owner_only = FORGES.iter().any(|forge| key.strip_prefix(forge).is_some_and(|path| !path.contains('/')));
    if owner_only {
        let detail = "This is an owner's page, no repository; the address should look like https://host/owner/name.";
        return Err(Fault::new("invalid_repository", detail));
    }
    Ok(Repository { url: url.into_string(), key })
}

/// The packages without doubles, in their order.
pub(super) fn packages(check: &mut Check, texts: &[String]) -> Result<Vec<Purl>, Failed> {
    let mut kept: Vec<Purl> = Vec::with_capacity(texts.len());
    for purl in check.each("/packages", texts, MOST_PACKAGES, |text| Purl::parse(text))? {
        if !kept.iter().any(|known| known.package() == purl.package()) {
            kept.push(purl);
        }
    }
    Ok(kept)
}

/// The languages' skills without doubles, in their order.
pub(super) fn languages(check: &mut Check, texts: &[String]) -> Result<Vec<String>, Failed> {
    let found = check.each("/languages", texts, MOST_LANGUAGES, |text| known_skill(text))?;
    Ok(without_doubles(found))
}

/// The tags' skills, or the tags themselves, without doubles, in their order.
pub(super) fn tags(check: &mut Check, texts: &[String]) -> Result<Vec<String>, Failed> {
    let found = check.each("/tags", texts, MOST_TAGS, |text| {
        tag(text).map(|(tag, _)| tag).map_err(|why| Fault::new("invalid_tag", sentence(&why)))
    })?;
    Ok(without_doubles(found))
}

fn sentence(why: &str) -> String {
    let mut letters = why.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str())
}

/// What a tag means: a skill's slug and whether it is a language, or the tag itself and nothing; else why it is no tag.
pub(in crate::features::projects) fn tag(text: &str) -> Result<(String, Option<bool>), String> {
    use crate::features::skills::taxonomy::Kind;
    let taxonomy = Taxonomy::shipped();
    match taxonomy.tag(text) {
        Ok(Tag::Skill(ix)) => {
            let skill = taxonomy.skill(ix);
            Ok((skill.slug.to_string(), Some(skill.kind == Kind::Language)))
        }
        Ok(Tag::Free(free)) => Ok((free.to_string(), None)),
        Err(why) => Err(why.to_string()),
    }
}

fn without_doubles(texts: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::with_capacity(texts.len());
    for text in texts {
        if !kept.contains(&text) {
            kept.push(text);
        }
    }
    kept
}

/// The words by which a project is found.
pub(in crate::features::projects) struct Words<'a> {
    pub name: &'a str,
    pub slug: &'a str,
    pub repository_key: &'a str,
    pub description: &'a str,
}

impl<'a> Words<'a> {
    /// Those that the project has now.
    pub(in crate::features::projects) fn of(project: &'a Project) -> Self {
        Self {
            name: &project.name,
            slug: &project.slug,
            repository_key: &project.repository_key,
            description: &project.description,
        }
    }

    /// The text that searches look at.
    pub(in crate::features::projects) fn folded(&self) -> String {
        fold(&format!("{} {} {} {}", self.name, self.slug, self.repository_key, self.description))
    }
}

fn place(at: usize) -> i16 {
    i16::try_from(at).unwrap_or(i16::MAX)
}

/// The rows of languages and tags; a tag that is among the languages is not kept twice.
pub(in crate::features::projects) fn skill_rows(
    id: ProjectId,
    languages: &[String],
    tags: &[String],
) -> Vec<ProjectSkill> {
    let tags = tags.iter().filter(|tag| !languages.contains(tag));
    let rows = languages.iter().map(|skill| (skill, true)).chain(tags.map(|tag| (tag, false)));
    rows.enumerate()
        .map(|(at, (skill, is_language))| ProjectSkill {
            project_id: id,
            skill: skill.clone(),
            position: place(at),
            is_language,
        })
        .collect()
}

pub(super) fn package_rows(id: ProjectId, packages: &[Purl]) -> Vec<ProjectPackage> {
    let row = |(at, purl): (usize, &Purl)| ProjectPackage {
        project_id: id,
        package: purl.package().to_owned(),
        position: place(at),
        purl: purl.as_str().to_owned(),
        ecosystem: purl.ty().to_owned(),
    };
    packages.iter().enumerate().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_has_an_owner_and_a_name() {
        let found = repository("https://GitHub.com/Example/Parser.git").unwrap();
        assert_eq!(
            (found.url.as_str(), found.key.as_str()),
            ("https://github.com/Example/Parser.git", "github.com/example/parser")
        );
        assert_eq!(repository("https://github.com/example").unwrap_err().code, "invalid_repository");
        assert_eq!(repository("http://github.com/example/parser").unwrap_err().code, "invalid_url");
        assert!(repository("https://git.example.org/parser").is_ok());
    }

    #[test]
    fn languages_come_first_and_nothing_twice() {
        let id = ProjectId(uuid::Uuid::nil());
        let rows = skill_rows(id, &["rust".into(), "c".into()], &["fuzzing".into(), "c".into()]);
        let told: Vec<_> = rows.iter().map(|row| (row.skill.as_str(), row.position, row.is_language)).collect();
        assert_eq!(told, [("rust", 0, true), ("c", 1, true), ("fuzzing", 2, false)]);
    }
}
