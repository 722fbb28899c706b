//! Changes to a listing.

use super::create::refuse_double;
use super::input::{self, Repository, Words, package_rows, skill_rows};
use super::read::{ProjectCard, card};
use super::transitions::step;
use super::{By, write_or_look_again};
use crate::features::accounts::policy::require_verified;
use crate::features::projects::model::{Project, ProjectAction, ProjectChanges, ProjectSource, ProjectStatus};
use crate::features::projects::policy::{Standing, may_maintain, may_move};
use crate::features::projects::problems::HOURS_GIVEN;
use crate::features::projects::{PROJECT_CHANGED, lock_visible, store};
use crate::infra::Ctx;
use crate::infra::db::{Conn, feed};
use crate::infra::queue::{self, NewJob};
use crate::kernel::{
    Actor, AiPolicy, Allowed, Check, Cla, Decision, Error, HttpsUrl, IfMatch, ProjectId, Purl, Result, SpdxId, fold,
};

/// The job that tells later features that `project_id` asks for something else than those have agreed to who applied or are at
/// work.
pub const TERMS_CHANGED: &str = "project_terms_changed";

/// Changes to a project, as typed.
#[derive(Debug, Clone)]
#[expect(clippy::option_option, reason = "the three cases of a merge patch")]
pub(in crate::features::projects) struct Edit {
    pub name: Option<String>,
    pub description: Option<String>,
    pub repository_url: Option<String>,
    pub homepage_url: Option<Option<String>>,
    pub license: Option<Option<String>>,
    pub packages: Option<Vec<String>>,
    pub languages: Option<Vec<String>>,
    pub tags: Option<Vec<String>>,
    pub review_hours_per_week: Option<f64>,
    pub ai_policy: Option<AiPolicy>,
    pub cla: Option<Cla>,
}

struct Checked {
    changes: ProjectChanges,
    repository: Option<Repository>,
    packages: Option<Vec<Purl>>,
    languages: Option<Vec<String>>,
    tags: Option<Vec<String>>,
}

fn check(edit: &Edit) -> Result<Checked> {
    let mut check = Check::default();
    let name = edit.name.as_deref().map(|text| input::name(&mut check, text)).transpose();
    let description = edit.description.as_deref().map(|text| input::description(&mut check, text)).transpose();
    let repository = check.optional("/repository_url", edit.repository_url.as_deref().map(input::repository));
    let homepage = edit.homepage_url.as_ref();
    let homepage = homepage.map(|url| check.optional("/homepage_url", url.as_deref().map(HttpsUrl::parse))).transpose();
    let license = edit.license.as_ref();
    let license = license.map(|id| check.optional("/license", id.as_deref().map(SpdxId::parse))).transpose();
    let packages = edit.packages.as_deref().map(|list| input::packages(&mut check, list)).transpose();
    let languages = edit.languages.as_deref().map(|list| input::languages(&mut check, list)).transpose();
    let tags = edit.tags.as_deref().map(|list| input::tags(&mut check, list)).transpose();
    let hours = edit.review_hours_per_week.map(|hours| input::hours(&mut check, hours)).transpose();
    check.done()?;
    let repository = repository?;
    let changes = ProjectChanges {
        name: name?,
        description: description?,
        repository_url: repository.as_ref().map(|new| new.url.clone()),
        repository_key: repository.as_ref().map(|new| new.key.clone()),
        homepage_url: homepage?.map(|url| url.map(HttpsUrl::into_string)),
        license: license?.map(|id| id.map(SpdxId::into_string)),
        review_hours_per_week: hours?,
        ai_policy: edit.ai_policy,
        cla: edit.cla,
        ..ProjectChanges::default()
    };
    Ok(Checked { changes, repository, packages: packages?, languages: languages?, tags: tags? })
}

/// Changes what a listing says.
pub(in crate::features::projects) async fn update(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    if_match: IfMatch,
    edit: Edit,
) -> Result<ProjectCard> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    write_or_look_again(ctx, move |conn| {
        let (project, standing) = lock_visible(conn, &actor, &slug)?;
        let project = may_maintain(&standing).prove(project, "project")?;
        require_verified(&actor)?;
        if_match.require(project.version)?;
        let checked = check(&edit)?;
        let moves = checked.repository.as_ref().is_some_and(|new| new.key != project.repository_key);
        let project = if moves { may_move(&standing).prove(project.into_inner(), "project")? } else { project };
        if let Some(new) = checked.repository.as_ref().filter(|_| moves) {
            refuse_double(conn, &new.key)?;
        }
        if let Some(hours) = checked.changes.review_hours_per_week {
            require_room(conn, &project, hours)?;
        }
        let asks_else = edit.cla.is_some_and(|cla| cla != project.cla)
            || edit.ai_policy.is_some_and(|policy| policy != project.ai_policy);
        apply(conn, &inner, &project, &standing, checked)?;
        if asks_else {
            revise_needs(conn, &inner, &project)?;
        }
        if moves && !standing.coordinator {
            ask_again(conn, &inner, &project, &actor)?;
        }
        feed::note(conn, inner.ids(), PROJECT_CHANGED, project.id)?;
        let project = store::get_project(conn, project.id)?;
        card(conn, project)
    })
    .await
}

/// The budget covers whoever is at work already.
fn require_room(conn: &mut Conn, project: &Project, hours: f64) -> Result<()> {
    let given = store::given_hours(conn, project.id)?;
    if given <= hours || hours >= project.review_hours_per_week {
        return Ok(());
    }
    let detail = format!("Assignments take {given} hours a week; {hours} would be reviewed.");
    Err(Error::new(&HOURS_GIVEN, detail).with_extra("hours_given", given))
}

/// Whoever applied agreed to another agreement, or to another policy on AI.
fn revise_needs(conn: &mut Conn, ctx: &Ctx, project: &Allowed<Project>) -> Result<()> {
    store::revise_needs(conn, project, ctx.now())?;
    let payload = serde_json::json!({ "project_id": project.id });
    let job = NewJob { kind: TERMS_CHANGED, payload, run_at: ctx.now(), unique_key: None };
    queue::enqueue(conn, ctx.ids(), ctx.now(), job)?;
    Ok(())
}

/// Whatever was proven was so for the repository of before.
fn ask_again(conn: &mut Conn, ctx: &Ctx, before: &Allowed<Project>, actor: &Actor) -> Result<()> {
    store::unverify_leads(conn, before)?;
    if before.status != ProjectStatus::Listed {
        return Ok(());
    }
    let now = Decision::Allow.prove(store::get_project(conn, before.id)?, "project")?;
    let by = By { account: Some(actor.account_id), request_id: &actor.request_id };
    step(conn, ctx, &now, ProjectAction::Lapse, ProjectChanges::default(), Some("repository_moved"), by)
}

fn apply(conn: &mut Conn, ctx: &Ctx, project: &Allowed<Project>, standing: &Standing, checked: Checked) -> Result<()> {
    let mut changes = checked.changes;
    let words = Words {
        name: changes.name.as_deref().unwrap_or(&project.name),
        slug: &project.slug,
        repository_key: changes.repository_key.as_deref().unwrap_or(&project.repository_key),
        description: changes.description.as_deref().unwrap_or(&project.description),
    };
    changes.search = Some(words.folded());
    changes.name_folded = changes.name.as_deref().map(fold);
    changes.source = Some(whose_words(project, standing));
    if let Some(packages) = &checked.packages {
        store::replace_packages(conn, project, &package_rows(project.id, packages))?;
    }
    if checked.languages.is_some() || checked.tags.is_some() {
        let (languages, tags) = skills_now(conn, project.id)?;
        let rows = skill_rows(project.id, &checked.languages.unwrap_or(languages), &checked.tags.unwrap_or(tags));
        store::replace_skills(conn, project, &rows)?;
    }
    store::update_project(conn, project, &changes, ctx.now())
}

/// From now on the words are those of whoever wrote last, except that a coordinator's touch does not take a project's own
/// words from it.
fn whose_words(project: &Project, standing: &Standing) -> ProjectSource {
    let own = standing.role.is_some() || project.source == ProjectSource::Member;
    if own && project.status != ProjectStatus::Unclaimed { ProjectSource::Member } else { ProjectSource::Curated }
}

fn skills_now(conn: &mut Conn, id: ProjectId) -> Result<(Vec<String>, Vec<String>)> {
    let rows = store::list_skill_rows(conn, &[id])?.remove(&id).unwrap_or_default();
    let (languages, tags): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.is_language);
    Ok((languages.into_iter().map(|row| row.skill).collect(), tags.into_iter().map(|row| row.skill).collect()))
}
