//! Reading projects.

use crate::features::accounts::Account;
use crate::features::projects::model::{Maintainer, Project, ProjectStatus};
use crate::features::projects::store::{self, BaselineFigures, Filter};
use crate::features::projects::{ProjectFilter, ProjectFinder, find_visible};
use crate::features::skills::known_skill;
use crate::http::authenticate::MISSING;
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::search::{Found, Highlight, Question};
use crate::kernel::{
    Actor, Caller, Check, Cursor, Error, Fault, Handle, Limit, Line, Page, PlatformRole, ProjectId, Result, words,
};
use std::collections::HashMap;

words! {
    /// In which order projects are listed.
    ProjectSort {
        /// The newest listing first.
        Newest = "newest",
        /// By name.
        Name = "name",
        /// The most critical first; those of which it is not known come last.
        Criticality = "criticality",
        /// Those that answer the words of `q` best first.
        Relevance = "relevance",
    }
}

/// A person of a project.
#[derive(Debug, Clone)]
pub(in crate::features::projects) struct Person {
    pub handle: String,
    pub display_name: String,
    pub maintainer: Maintainer,
    /// Whether they were invited, and have yet to accept.
    pub pending: bool,
}

impl Person {
    pub(super) fn new(maintainer: Maintainer, account: Account) -> Self {
        Self { handle: account.handle, display_name: account.display_name, maintainer, pending: false }
    }
}

/// A project with everything that is shown beside its row.
#[derive(Debug, Clone)]
pub(in crate::features::projects) struct ProjectCard {
    pub project: Project,
    pub packages: Vec<String>,
    pub languages: Vec<String>,
    pub tags: Vec<String>,
    pub people: Vec<Person>,
    pub open_needs: i64,
    pub baseline: Option<BaselineFigures>,
    /// Platform and address of each place where it can be funded.
    pub funding: Vec<(String, String)>,
    /// In what was found by words: where they stand.
    pub highlight: Option<Highlight>,
}

/// The same for many, with one query a table.
fn cards(conn: &mut Conn, projects: Vec<Project>) -> Result<Vec<ProjectCard>> {
    let ids: Vec<_> = projects.iter().map(|project| project.id).collect();
    let mut packages = store::list_project_packages(conn, &ids)?;
    let mut skills = store::list_skill_rows(conn, &ids)?;
    let mut people = store::list_people(conn, &ids)?;
    let open_needs = store::count_open_needs(conn, &ids)?;
    let baselines = store::list_baselines(conn, &ids)?;
    let mut funding = store::list_funding_links(conn, &ids)?;
    let card = |project: Project| {
        let skills = skills.remove(&project.id).unwrap_or_default();
        let (languages, tags): (Vec<_>, Vec<_>) = skills.into_iter().partition(|row| row.is_language);
        let packages = packages.remove(&project.id).unwrap_or_default();
        let people = people.remove(&project.id).unwrap_or_default();
        ProjectCard {
            packages: packages.into_iter().map(|row| row.purl).collect(),
            languages: languages.into_iter().map(|row| row.skill).collect(),
            tags: tags.into_iter().map(|row| row.skill).collect(),
            people: people.into_iter().map(|(row, account)| Person::new(row, account)).collect(),
            open_needs: open_needs.get(&project.id).copied().unwrap_or(0),
            baseline: baselines.get(&project.id).copied(),
            funding: funding.remove(&project.id).unwrap_or_default(),
            highlight: None,
            project,
        }
    };
    Ok(projects.into_iter().map(card).collect())
}

/// The project with everything that is shown beside it.
pub(super) fn card(conn: &mut Conn, project: Project) -> Result<ProjectCard> {
    let card = cards(conn, vec![project])?.pop();
    card.ok_or_else(|| Error::internal("a project gave no card"))
}

/// One project.
pub(in crate::features::projects) async fn get(ctx: &Ctx, caller: &Caller, slug: String) -> Result<ProjectCard> {
    let actor = caller.actor.clone();
    ctx.store()
        .read(move |conn| {
            let (project, _) = find_visible(conn, actor.as_ref(), &slug)?;
            card(conn, project)
        })
        .await
}

/// Which projects, as asked.
#[derive(Debug)]
pub(in crate::features::projects) struct ListInput {
    pub q: Option<String>,
    pub status: Option<ProjectStatus>,
    pub language: Option<String>,
    pub skill: Option<String>,
    pub ecosystem: Option<String>,
    pub criticality_tier: Option<i16>,
    pub maintainer: Option<String>,
    pub sort: Option<ProjectSort>,
}

impl ListInput {
    /// Whether the answer is the same for everybody.
    pub(in crate::features::projects) fn is_public(&self) -> bool {
        self.maintainer.as_deref() != Some("me") && self.status.is_none_or(ProjectStatus::is_public)
    }

    /// Whether it is looked for by words among what everybody may see. What insiders ask goes to the database: nothing hidden is
    /// ever in the index.
    pub(in crate::features::projects) fn is_search(&self) -> bool {
        self.q.is_some() && self.maintainer.is_none() && self.is_public()
    }
}

/// Words of a search that are looked at.
const MOST_WORDS: usize = 10;

/// The public projects that answer the words. `check` holds what was found wrong with the page already.
pub(in crate::features::projects) async fn search(
    ctx: &Ctx,
    finder: &dyn ProjectFinder,
    input: ListInput,
    mut check: Check,
    limit: Limit,
    after: Option<Cursor>,
) -> Result<Found<ProjectCard>> {
    let text = check.optional("?q", input.q.as_deref().map(|text| Line::parse(text, 0, 200)));
    let language = check.optional("?language", input.language.as_deref().map(known_skill));
    let skill = check.optional("?skill", input.skill.as_deref().map(wanted_skill));
    let ecosystem = check.optional("?ecosystem", input.ecosystem.as_deref().map(ecosystem));
    let tier = check.optional("?criticality_tier", input.criticality_tier.map(tier));
    check.done()?;
    let text = text?.map(Line::into_string).unwrap_or_default();
    let question = Question::parse(&text);
    let filter = ProjectFilter {
        text,
        status: input.status,
        language: language?,
        skill: skill?,
        ecosystem: ecosystem?,
        tier: tier?,
        sort: input.sort.unwrap_or(ProjectSort::Relevance),
        limit,
        after,
    };
    let found = finder.find_projects(ctx, filter).await?;
    let ids = found.items.clone();
    let cards = ctx.store().read(move |conn| shown(conn, &ids, &question)).await?;
    Ok(found.with(cards))
}

/// What the database says of these projects, in their order; without those that are not for everybody any more.
fn shown(conn: &mut Conn, ids: &[ProjectId], question: &Question) -> Result<Vec<ProjectCard>> {
    let mut rows = store::list_projects_by_id(conn, ids)?;
    rows.retain(|project| project.status.is_public());
    let place: HashMap<ProjectId, usize> = ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
    rows.sort_by_key(|project| place.get(&project.id).copied());
    let mut cards = cards(conn, rows)?;
    for card in &mut cards {
        card.highlight = Some(question.highlight(&card.project.name, &card.project.description));
    }
    Ok(cards)
}

/// A page of the projects that the caller may see. `check` holds what was found wrong with the page already.
pub(in crate::features::projects) async fn list(
    ctx: &Ctx,
    caller: &Caller,
    input: ListInput,
    mut check: Check,
    limit: Limit,
    after: Option<Cursor>,
) -> Result<Page<ProjectCard>> {
    let mine = input.maintainer.as_deref() == Some("me");
    if mine && caller.actor.is_none() {
        return Err(Error::new(&MISSING, "Sign in to list your own projects."));
    }
    let sort = match input.sort {
        Some(ProjectSort::Relevance) if input.q.is_none() => {
            check.require(
                false,
                "?sort",
                "no_relevance",
                "Relevance is how well a project answers `q`; send it along.",
            );
            ProjectSort::Newest
        }
        None | Some(ProjectSort::Relevance) => ProjectSort::Newest,
        Some(sort) => sort,
    };
    let words = check.optional("?q", input.q.as_deref().map(|text| Line::parse(text, 0, 200)));
    let language = check.optional("?language", input.language.as_deref().map(known_skill));
    let skill = check.optional("?skill", input.skill.as_deref().map(wanted_skill));
    let ecosystem = check.optional("?ecosystem", input.ecosystem.as_deref().map(ecosystem));
    let tier = check.optional("?criticality_tier", input.criticality_tier.map(tier));
    let handle = input.maintainer.as_deref().filter(|_| !mine).map(Handle::parse);
    let handle = check.optional("?maintainer", handle);
    let after = check.optional("?cursor", after.map(|cursor| store::Place::read(sort, &cursor)));
    check.done()?;
    let filter = Filter {
        words: words?
            .iter()
            .flat_map(|line| line.as_str().split_whitespace())
            .take(MOST_WORDS)
            .map(str::to_owned)
            .collect(),
        status: input.status,
        seen_by: visibility(input.status, mine, caller.actor.as_ref()),
        language: language?,
        skill: skill?,
        ecosystem: ecosystem?,
        tier: tier?,
        member: caller.account_id().filter(|_| mine),
        handle: handle?.map(Handle::into_string),
        sort,
        limit,
        after: after?,
    };
    ctx.store()
        .read(move |conn| {
            let page = store::list_projects(conn, &filter)?;
            Ok(Page { items: cards(conn, page.items)?, next: page.next })
        })
        .await
}

/// What is hidden from most is shown only to whoever asks for it by its state or as their own.
fn visibility(status: Option<ProjectStatus>, mine: bool, actor: Option<&Actor>) -> store::Seen {
    let Some(actor) = actor else { return store::Seen::Public };
    let hidden = status.is_some_and(|status| !status.is_public());
    if hidden && (actor.has(PlatformRole::Coordinator) || actor.has(PlatformRole::Moderator)) {
        store::Seen::All
    } else if hidden || mine {
        store::Seen::PublicAndOf(actor.account_id)
    } else {
        store::Seen::Public
    }
}

/// A skill's slug, or the free tag.
fn wanted_skill(text: &str) -> Result<String, Fault> {
    super::input::tag(text).map(|(tag, _)| tag).map_err(|why| Fault::new("invalid_tag", why))
}

fn ecosystem(text: &str) -> Result<String, Fault> {
    let text = text.trim().to_ascii_lowercase();
    let known = text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b".+-".contains(&b));
    if (1..=32).contains(&text.len()) && known {
        return Ok(text);
    }
    Err(Fault::new("invalid_ecosystem", "An ecosystem is the type of a package URL, such as npm, pypi or cargo."))
}

fn tier(tier: i16) -> Result<i16, Fault> {
    if (1..=3).contains(&tier) {
        return Ok(tier);
    }
    Err(Fault::new("out_of_range", format!("A tier is 1, 2 or 3; it is {tier}.")))
}
