//! Lists of projects: filters, orders, pages.

use crate::features::projects::model::{Project, ProjectStatus};
use crate::features::projects::service::ProjectSort;
use crate::infra::db::Conn;
use crate::infra::db::schema::{accounts, project_maintainers, project_packages, project_skills, projects};
use crate::kernel::{AccountId, Cursor, Fault, Limit, Page, ProjectId, Result, like_pattern};
use diesel::prelude::*;
use diesel::sql_types::{Double, Nullable, SmallInt};

diesel::define_sql_function! {
    /// The tier, or what stands for none.
    #[sql_name = "coalesce"]
    fn tier_or(tier: Nullable<SmallInt>, none: SmallInt) -> SmallInt;
}
diesel::define_sql_function! {
    /// The score, or what stands for none.
    #[sql_name = "coalesce"]
    fn score_or(score: Nullable<Double>, none: Double) -> Double;
}

/// Where projects without a tier and without a score stand in their order: last.
const NO_TIER: i16 = 4;
const NO_SCORE: f64 = -1.0;

/// Whose eyes a list is for.
#[derive(Debug, Clone, Copy)]
pub(in crate::features::projects) enum Seen {
    /// Everybody's.
    Public,
    /// Everybody's, with what is this person's own.
    PublicAndOf(AccountId),
    /// Those of somebody who sees everything.
    All,
}

/// Where a page begins, in the order of the list.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::features::projects) enum Place {
    Newest(ProjectId),
    Name(String, ProjectId),
    Criticality(i16, f64, ProjectId),
}

impl Place {
    /// Reads a cursor that [`Place::cursor`] wrote for the same order.
    pub(in crate::features::projects) fn read(sort: ProjectSort, cursor: &Cursor) -> Result<Self, Fault> {
        let id = ProjectId(cursor.id);
        let place = match sort {
            ProjectSort::Newest | ProjectSort::Relevance if cursor.key.is_empty() => Some(Self::Newest(id)),
            ProjectSort::Name if !cursor.key.is_empty() && !cursor.key.chars().any(char::is_control) => {
                Some(Self::Name(cursor.key.clone(), id))
            }
            ProjectSort::Criticality => cursor.key.split_once('|').and_then(|(tier, score)| {
                let score = score.parse().ok().filter(|score: &f64| score.is_finite())?;
                Some(Self::Criticality(tier.parse().ok()?, score, id))
            }),
            _ => None,
        };
        place.ok_or_else(|| {
            Fault::new("invalid_cursor", "This cursor belongs to a list in another order; start again without it.")
        })
    }

    fn cursor(sort: ProjectSort, row: &Project) -> Cursor {
        let key = match sort {
            ProjectSort::Newest | ProjectSort::Relevance => String::new(),
            ProjectSort::Name => row.name_folded.clone(),
            ProjectSort::Criticality => {
                let score = row.criticality_score.unwrap_or(NO_SCORE);
                format!("{}|{score}", row.criticality_tier.unwrap_or(NO_TIER))
            }
        };
        Cursor { key, id: row.id.0 }
    }
}

/// Which projects.
#[derive(Debug)]
pub(in crate::features::projects) struct Filter {
    pub words: Vec<String>,
    pub status: Option<ProjectStatus>,
    pub seen_by: Seen,
    pub language: Option<String>,
    pub skill: Option<String>,
    pub ecosystem: Option<String>,
    pub tier: Option<i16>,
    pub member: Option<AccountId>,
    pub handle: Option<String>,
    pub sort: ProjectSort,
    pub limit: Limit,
    pub after: Option<Place>,
}

type Query<'a> = projects::BoxedQuery<'a, crate::infra::db::MultiBackend>;

pub(in crate::features::projects) fn list_projects(conn: &mut Conn, filter: &Filter) -> Result<Page<Project>> {
    let query = ordered(among_people(worded(visible(filter), filter), filter), filter);
    let rows = query.limit(filter.limit.rows_and_one()).select(Project::as_select()).load(conn)?;
    Ok(Page::cut(rows, filter.limit, |row: &Project| Place::cursor(filter.sort, row)))
}

fn visible(filter: &Filter) -> Query<'_> {
    let mut query = projects::table.into_boxed();
    if let Some(status) = filter.status {
        query = query.filter(projects::status.eq(status));
    }
    match filter.seen_by {
        Seen::All => query,
        Seen::Public => query.filter(projects::status.eq_any(ProjectStatus::PUBLIC)),
        Seen::PublicAndOf(account) => {
            let own = project_maintainers::table
                .filter(project_maintainers::account_id.eq(account))
                .select(project_maintainers::project_id);
            query.filter(projects::status.eq_any(ProjectStatus::PUBLIC).or(projects::id.eq_any(own)))
        }
    }
}

fn worded<'a>(mut query: Query<'a>, filter: &'a Filter) -> Query<'a> {
    for word in &filter.words {
        query = query.filter(projects::search.like(like_pattern(word)).escape('\\'));
    }
    if let Some(language) = &filter.language {
        let with = project_skills::table
            .filter(project_skills::skill.eq(language))
            .filter(project_skills::is_language)
            .select(project_skills::project_id);
        query = query.filter(projects::id.eq_any(with));
    }
    if let Some(skill) = &filter.skill {
        let with = project_skills::table.filter(project_skills::skill.eq(skill)).select(project_skills::project_id);
        query = query.filter(projects::id.eq_any(with));
    }
    if let Some(ecosystem) = &filter.ecosystem {
        let with = project_packages::table
            .filter(project_packages::ecosystem.eq(ecosystem))
            .select(project_packages::project_id);
        query = query.filter(projects::id.eq_any(with));
    }
    if let Some(tier) = filter.tier {
        query = query.filter(projects::criticality_tier.eq(tier));
    }
    query
}

fn among_people<'a>(mut query: Query<'a>, filter: &'a Filter) -> Query<'a> {
    if let Some(member) = filter.member {
        let with = project_maintainers::table
            .filter(project_maintainers::account_id.eq(member))
            .select(project_maintainers::project_id);
        query = query.filter(projects::id.eq_any(with));
    }
    if let Some(handle) = &filter.handle {
        let with = project_maintainers::table
            .inner_join(accounts::table)
            .filter(accounts::handle.eq(handle))
            .select(project_maintainers::project_id);
        query = query.filter(projects::id.eq_any(with));
    }
    query
}

fn ordered<'a>(query: Query<'a>, filter: &'a Filter) -> Query<'a> {
    let query = match &filter.after {
        None => query,
        Some(Place::Newest(id)) => query.filter(projects::id.lt(*id)),
        Some(Place::Name(name, id)) => {
            let later = projects::name_folded.gt(name);
            query.filter(later.or(projects::name_folded.eq(name).and(projects::id.gt(*id))))
        }
        Some(Place::Criticality(tier, score, id)) => {
            let (tier_now, score_now) =
                (|| tier_or(projects::criticality_tier, NO_TIER), || score_or(projects::criticality_score, NO_SCORE));
            let lower_score = score_now().lt(*score).or(score_now().eq(*score).and(projects::id.lt(*id)));
            query.filter(tier_now().gt(*tier).or(tier_now().eq(*tier).and(lower_score)))
        }
    };
    match filter.sort {
        ProjectSort::Newest | ProjectSort::Relevance => query.order(projects::id.desc()),
        ProjectSort::Name => query.order((projects::name_folded.asc(), projects::id.asc())),
        ProjectSort::Criticality => query.order((
            tier_or(projects::criticality_tier, NO_TIER).asc(),
            score_or(projects::criticality_score, NO_SCORE).desc(),
            projects::id.desc(),
        )),
    }
}
