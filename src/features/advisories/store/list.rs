//! Lists of advisories: filters and pages.

use crate::features::advisories::model::{Advisory, Head, SeverityLevel};
use crate::infra::db::schema::{
    advisories, advisory_names, advisory_packages, exploited_vulnerabilities, project_packages,
};
use crate::infra::db::{Conn, MultiBackend};
use crate::kernel::{AccountId, AdvisoryId, Cursor, Fault, Limit, Page, ProjectId, Result, Timestamp, like_pattern};
use chrono::DateTime;
use diesel::prelude::*;

/// Where a page begins: newest changes come first.
#[derive(Debug, Clone, Copy)]
pub(in crate::features::advisories) struct Place {
    modified: Timestamp,
    id: AdvisoryId,
}

impl Place {
    pub(in crate::features::advisories) fn read(cursor: &Cursor) -> Result<Self, Fault> {
        let wrong = || Fault::new("invalid_cursor", "This cursor belongs to another list; start again without it.");
        let micros = cursor.key.parse().ok().and_then(DateTime::from_timestamp_micros).ok_or_else(wrong)?;
        Ok(Self { modified: micros.into(), id: AdvisoryId(cursor.id) })
    }
}

/// Which advisories.
#[derive(Debug)]
pub(in crate::features::advisories) struct Filter {
    pub words: Vec<String>,
    pub ecosystem: Option<String>,
    pub package: Option<String>,
    pub severities: Vec<SeverityLevel>,
    pub since: Option<Timestamp>,
    pub exploited: Option<bool>,
    pub withdrawn: Option<bool>,
    pub project: Option<ProjectId>,
    pub caller: Option<AccountId>,
    pub now: Timestamp,
    pub limit: Limit,
    pub after: Option<Place>,
}

pub(in crate::features::advisories) fn list_advisories(conn: &mut Conn, filter: &Filter) -> Result<Page<Head>> {
    let mut query = about(visible(filter), filter);
    for word in &filter.words {
        query = query.filter(advisories::search.like(like_pattern(word)).escape('\\'));
    }
    if let Some(after) = filter.after {
        let same = advisories::modified.eq(after.modified).and(advisories::id.lt(after.id));
        query = query.filter(advisories::modified.lt(after.modified).or(same));
    }
    let rows = query
        .order((advisories::modified.desc(), advisories::id.desc()))
        .limit(filter.limit.rows_and_one())
        .select(Head::as_select())
        .load(conn)?;
    let cursor = |row: &Head| Cursor { key: row.modified.timestamp_micros().to_string(), id: row.id.0 };
    Ok(Page::cut(rows, filter.limit, cursor))
}

/// Public advisories about packages of the project, with their records, by id.
pub(in crate::features::advisories) fn list_about(
    conn: &mut Conn,
    project: ProjectId,
    now: Timestamp,
) -> Result<Vec<Advisory>> {
    let published = project_packages::table
        .filter(project_packages::project_id.eq(project))
        .select(project_packages::package.nullable());
    let of = advisory_packages::table
        .filter(advisory_packages::package.eq_any(published))
        .select(advisory_packages::advisory_id);
    Ok(advisories::table
        .filter(advisories::id.eq_any(of))
        .filter(advisories::embargo_until.is_null().or(advisories::embargo_until.le(now).assume_not_null()))
        .order(advisories::osv_id)
        .select(Advisory::as_select())
        .load(conn)?)
}

type Query<'a> = advisories::BoxedQuery<'a, MultiBackend>;

fn visible(filter: &Filter) -> Query<'_> {
    let query = advisories::table.into_boxed();
    let public = advisories::embargo_until.is_null().or(advisories::embargo_until.le(filter.now).assume_not_null());
    match filter.caller {
        None => query.filter(public),
        Some(caller) => query.filter(public.or(advisories::created_by.eq(caller).assume_not_null())),
    }
}

fn about<'a>(mut query: Query<'a>, filter: &'a Filter) -> Query<'a> {
    if let Some(ecosystem) = &filter.ecosystem {
        let of = advisory_packages::table
            .filter(advisory_packages::ecosystem.eq(ecosystem))
            .select(advisory_packages::advisory_id);
        query = query.filter(advisories::id.eq_any(of));
    }
    if let Some(package) = &filter.package {
        let of = advisory_packages::table
            .filter(advisory_packages::package.eq(package))
            .select(advisory_packages::advisory_id);
        query = query.filter(advisories::id.eq_any(of));
    }
    if let Some(project) = filter.project {
        let published = project_packages::table
            .filter(project_packages::project_id.eq(project))
            .select(project_packages::package.nullable());
        let of = advisory_packages::table
            .filter(advisory_packages::package.eq_any(published))
            .select(advisory_packages::advisory_id);
        query = query.filter(advisories::id.eq_any(of));
    }
    if !filter.severities.is_empty() {
        query = query.filter(advisories::severity.eq_any(&filter.severities));
    }
    if let Some(since) = filter.since {
        query = query.filter(advisories::modified.ge(since));
    }
    if let Some(exploited) = filter.exploited {
        let known = exploited_vulnerabilities::table.select(exploited_vulnerabilities::cve);
        let of = advisory_names::table.filter(advisory_names::name.eq_any(known)).select(advisory_names::advisory_id);
        query =
            if exploited { query.filter(advisories::id.eq_any(of)) } else { query.filter(advisories::id.ne_all(of)) };
    }
    match filter.withdrawn {
        Some(true) => query.filter(advisories::withdrawn.is_not_null()),
        Some(false) => query.filter(advisories::withdrawn.is_null()),
        None => query,
    }
}
