//! New listings.

use super::input::{self, Checked, NewProjectInput, Words, package_rows, skill_rows};
use super::read::{ProjectCard, card};
use super::{By, record, write_or_look_again};
use crate::features::accounts::policy::require_verified;
use crate::features::projects::model::{Maintainer, Project, ProjectRole, ProjectSource, ProjectStatus};
use crate::features::projects::problems::{OPTED_OUT, REPOSITORY_LISTED, SLUG_TAKEN};
use crate::features::projects::{PROJECT_CHANGED, store};
use crate::infra::Ctx;
use crate::infra::db::{Conn, feed};
use crate::kernel::{AccountId, Actor, Error, RequestId, Result, Slug, fold};

/// How a listing begins.
#[derive(Debug, Clone, Copy, Default)]
pub struct Beginning {
    /// Who leads the project; without anybody it is unclaimed.
    pub lead: Option<AccountId>,
    /// Whether that is known to be true: the project is listed at once then.
    pub verified: bool,
    /// Whether it is sample data.
    pub sample: bool,
}

/// Lists a project of the caller's, who becomes its lead once a coordinator agrees.
pub(in crate::features::projects) async fn create(
    ctx: &Ctx,
    actor: &Actor,
    input: NewProjectInput,
) -> Result<ProjectCard> {
    require_verified(actor)?;
    input::check(&input)?;
    let (inner, actor) = (ctx.clone(), actor.clone());
    write_or_look_again(ctx, move |conn| {
        let beginning = Beginning { lead: Some(actor.account_id), verified: false, sample: false };
        let made = create_in(conn, &inner, &input, beginning, &actor.request_id)?;
        card(conn, made)
    })
    .await
}

/// The same within a transaction at hand.
pub fn create_in(
    conn: &mut Conn,
    ctx: &Ctx,
    input: &NewProjectInput,
    beginning: Beginning,
    request_id: &RequestId,
) -> Result<Project> {
    let checked = input::check(input)?;
    refuse_double(conn, &checked.repository.key)?;
    let slug = slug(conn, &checked)?;
    let project = new_project(ctx, input, checked, slug, beginning);
    store::insert_project(conn, &project.row)?;
    store::insert_packages(conn, &project.packages)?;
    store::insert_skills(conn, &project.skills)?;
    let (row, by) = (project.row, By { account: beginning.lead, request_id });
    if let Some(account_id) = beginning.lead {
        let now = row.created_at;
        let verified_at = beginning.verified.then_some(now);
        let lead = Maintainer { project_id: row.id, account_id, role: ProjectRole::Lead, verified_at, since: now };
        store::insert_maintainer(conn, &lead)?;
    }
    if row.status == ProjectStatus::Listed {
        let pending = ProjectStatus::ClaimPending;
        record(conn, ctx, row.id, None, pending, None, by)?;
        record(conn, ctx, row.id, Some(pending), row.status, None, by)?;
    } else {
        record(conn, ctx, row.id, None, row.status, None, by)?;
    }
    feed::note(conn, ctx.ids(), PROJECT_CHANGED, row.id)?;
    Ok(row)
}

struct Rows {
    row: Project,
    packages: Vec<crate::features::projects::ProjectPackage>,
    skills: Vec<crate::features::projects::model::ProjectSkill>,
}

fn new_project(ctx: &Ctx, input: &NewProjectInput, checked: Checked, slug: String, beginning: Beginning) -> Rows {
    let (now, id) = (ctx.now(), ctx.ids().make());
    let words = Words {
        name: &checked.name,
        slug: &slug,
        repository_key: &checked.repository.key,
        description: &checked.description,
    };
    let status = match (beginning.lead, beginning.verified) {
        (Some(_), true) => ProjectStatus::Listed,
        (Some(_), false) => ProjectStatus::ClaimPending,
        (None, _) => ProjectStatus::Unclaimed,
    };
    let row = Project {
        id,
        name_folded: fold(&checked.name),
        search: words.folded(),
        slug,
        name: checked.name,
        description: checked.description,
        repository_url: checked.repository.url,
        repository_key: checked.repository.key,
        homepage_url: checked.homepage_url,
        license: checked.license,
        review_hours_per_week: checked.review_hours_per_week,
        ai_policy: input.ai_policy,
        cla: input.cla,
        status,
        criticality_score: None,
        criticality_tier: None,
        criticality_algorithm: None,
        criticality_as_of: None,
        criticality_curated: false,
        systemic_risk: None,
        source: if beginning.lead.is_some() { ProjectSource::Member } else { ProjectSource::Curated },
        sample: beginning.sample,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let packages = package_rows(id, &checked.packages);
    Rows { row, packages, skills: skill_rows(id, &checked.languages, &checked.tags) }
}

/// Refuses a repository that is listed already, or whose project does not want to be.
pub(super) fn refuse_double(conn: &mut Conn, key: &str) -> Result<()> {
    let Some(known) = store::find_project_by_repository(conn, key)? else { return Ok(()) };
    Err(match known.status {
        ProjectStatus::OptedOut => {
            Error::new(&OPTED_OUT, format!("The project at {key} does not want to be listed here, and that is final."))
        }
        status if !status.is_public() => Error::new(
            &REPOSITORY_LISTED,
            format!("The repository {key} has a listing that is not open at the moment."),
        ),
        status => {
            let slug = &known.slug;
            let detail = format!("The repository {key} is listed as {slug:?} ({status}): /api/v1/projects/{slug}.");
            Error::new(&REPOSITORY_LISTED, detail)
        }
    })
}

fn slug(conn: &mut Conn, checked: &Checked) -> Result<String> {
    let Some(wanted) = &checked.slug else {
        return free_slug(conn, &slugs(&checked.name, &checked.repository.key));
    };
    if store::find_project_by_slug(conn, wanted.as_str())?.is_some() {
        return Err(Error::new(
            &SLUG_TAKEN,
            format!("The slug {wanted:?} belongs to another project.", wanted = wanted.as_str()),
        ));
    }
    Ok(wanted.as_str().to_owned())
}

/// Slugs that fit, best first: of the name, of the repository, then numbered.
pub(in crate::features::projects) fn slugs(name: &str, repository_key: &str) -> Vec<String> {
    let path: Vec<&str> = repository_key.split('/').skip(1).collect();
    let last = path.last().copied().unwrap_or("project");
    let texts = [name.to_owned(), last.to_owned(), path.join("-")];
    let mut found: Vec<String> =
        texts.iter().filter_map(|text| Slug::derive(text).ok()).map(Slug::into_string).collect();
    found.dedup();
    let base = found.first().cloned().unwrap_or_else(|| "project".to_owned());
    let base: String = base.chars().take(58).collect();
    let base = base.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
    found.extend((2..=200).map(|n| format!("{base}-{n}")));
    found
}

fn free_slug(conn: &mut Conn, wanted: &[String]) -> Result<String> {
    let taken = store::list_taken_slugs(conn, wanted)?;
    let free = wanted.iter().find(|slug| !taken.contains(*slug));
    free.cloned().ok_or_else(|| {
        Error::new(&SLUG_TAKEN, "Every slug that could be made of this name is taken; send a `slug` of your own.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_come_from_name_then_repository_then_count() {
        let found = slugs("Log4j 2", "github.com/apache/logging-log4j2");
        assert_eq!(found[..4], ["log4j-2", "logging-log4j2", "apache-logging-log4j2", "log4j-2-2"]);
        assert_eq!(slugs("日本", "git.example.org/x/import")[..2], ["x-import", "x-import-2"]);
        assert!(slugs(&"x".repeat(90), "git.example.org/y").iter().all(|slug| Slug::parse(slug).is_ok()));
    }
}
