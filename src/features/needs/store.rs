//! All queries on needs.

use super::finder::{NO_END, NO_SCORE, NeedFilter};
use super::model::{Moved, Need, NeedGist, NeedSkill, NeedSort, NeedStatus, NeedVisibility, Wanted};
use crate::features::projects::{Project, ProjectStatus};
use crate::infra::db::schema::{assignments, need_skills, needs, project_packages, projects};
use crate::infra::db::{Among, Conn, MultiBackend, among, each, lock_row};
use crate::kernel::{Allowed, Cursor, Error, NeedId, Page, ProjectId, Result, Timestamp, like_pattern};
use chrono::{Datelike as _, NaiveDate};
use diesel::dsl::{InnerJoin, IntoBoxed, sql};
use diesel::prelude::*;
use diesel::sql_types::Text;
use std::collections::HashMap;

/// The need, or 404.
pub fn get_need(conn: &mut Conn, id: NeedId) -> Result<Need> {
    let found = needs::table.find(id).select(Need::as_select()).first(conn).optional()?;
    found.ok_or_else(|| Error::not_found("need"))
}

/// The need, kept from others' changes until the transaction ends. Lock its project first.
pub fn lock_need(conn: &mut Conn, id: NeedId) -> Result<Need> {
    lock_row!(conn, needs::table.find(id).select(Need::as_select()))?.ok_or_else(|| Error::not_found("need"))
}

/// The skills of these needs, each need's in its own order.
pub fn list_need_skills(conn: &mut Conn, ids: &[NeedId]) -> Result<HashMap<NeedId, Vec<NeedSkill>>> {
    let rows: Vec<NeedSkill> = need_skills::table
        .filter(need_skills::need_id.eq_any(ids))
        .order((need_skills::position, need_skills::skill))
        .select(NeedSkill::as_select())
        .load(conn)?;
    let mut groups: HashMap<NeedId, Vec<NeedSkill>> = HashMap::new();
    for row in rows {
        groups.entry(row.need_id).or_default().push(row);
    }
    Ok(groups)
}

/// Every need that looks for people, after this id, for loading them all in a stream.
pub fn list_open_needs(conn: &mut Conn, after: Option<NeedId>, rows: i64) -> Result<Vec<NeedGist>> {
    let live = [NeedStatus::Open, NeedStatus::InProgress];
    let mut query = needs::table.filter(needs::status.eq_any(live)).into_boxed();
    if let Some(after) = after {
        query = query.filter(needs::id.gt(after));
    }
    Ok(query.order(needs::id).limit(rows).select(NeedGist::as_select()).load(conn)?)
}

/// The same of the needs with these ids, whether they look for people or not.
pub fn list_gists(conn: &mut Conn, ids: &[NeedId]) -> Result<Vec<NeedGist>> {
    Ok(needs::table.filter(needs::id.eq_any(ids)).order(needs::id).select(NeedGist::as_select()).load(conn)?)
}

/// What these needs ask for, in the order of their ids; those that ask for nothing are left out.
pub fn list_wanted(conn: &mut Conn, whose: Among<'_, NeedId>) -> Result<Vec<Wanted>> {
    let packed = sql::<Text>(
        "string_agg((position * 20 + level * 2 + case when required then 1 else 0 end) || ' ' || skill, '\n')",
    );
    let query = need_skills::table
        .group_by(need_skills::need_id)
        .order(need_skills::need_id)
        .select((need_skills::need_id, packed));
    Ok(among!(query.into_boxed(), need_skills::need_id, whose).load(conn)?)
}

/// Every need that is more than a draft and its project, after this id, for loading them all in a stream.
pub fn list_stated_needs(conn: &mut Conn, after: Option<NeedId>, rows: i64) -> Result<Vec<(Need, Project)>> {
    let mut query = needs::table.inner_join(projects::table).filter(needs::status.ne(NeedStatus::Draft)).into_boxed();
    if let Some(after) = after {
        query = query.filter(needs::id.gt(after));
    }
    Ok(query.order(needs::id).limit(rows).select((Need::as_select(), Project::as_select())).load(conn)?)
}

/// All needs of these projects.
pub fn list_need_ids(conn: &mut Conn, projects: &[ProjectId]) -> Result<Vec<NeedId>> {
    let of_them = needs::table.filter(needs::project_id.eq_any(projects));
    Ok(of_them.order(needs::id).select(needs::id).load(conn)?)
}

/// The needs with these ids and their projects, in no particular order.
pub fn list_needs_by_id(conn: &mut Conn, ids: &[NeedId]) -> Result<Vec<(Need, Project)>> {
    Ok(needs::table
        .inner_join(projects::table)
        .filter(needs::id.eq_any(ids))
        .select((Need::as_select(), Project::as_select()))
        .load(conn)?)
}

/// Which needs of these projects look for people.
pub fn list_open_need_ids(conn: &mut Conn, projects: &[ProjectId]) -> Result<Vec<NeedId>> {
    let live = [NeedStatus::Open, NeedStatus::InProgress];
    let of_them = needs::table.filter(needs::project_id.eq_any(projects)).filter(needs::status.eq_any(live));
    Ok(of_them.order(needs::id).select(needs::id).load(conn)?)
}

/// Hours a week, over all seats, of a project's needs that look for people; `except` is left out.
pub fn open_hours(conn: &mut Conn, project: ProjectId, except: Option<NeedId>) -> Result<f64> {
    let live = [NeedStatus::Open, NeedStatus::InProgress];
    let rows: Vec<(NeedId, f64, i32)> = needs::table
        .filter(needs::project_id.eq(project))
        .filter(needs::status.eq_any(live))
        .select((needs::id, needs::hours_per_week, needs::seats))
        .load(conn)?;
    Ok(rows
        .iter()
        .filter(|(id, _, _)| Some(*id) != except)
        .map(|(_, hours, seats)| hours * f64::from(*seats))
        .fold(0.0, |sum, hours| sum + hours))
}

/// Seats of a project's needs that look for people and that everybody may see.
pub(super) fn seats_wanted(conn: &mut Conn, project: ProjectId) -> Result<i64> {
    let live = [NeedStatus::Open, NeedStatus::InProgress];
    let seats: Vec<(i32, i32)> = needs::table
        .filter(needs::project_id.eq(project))
        .filter(needs::status.eq_any(live))
        .filter(needs::visibility.eq(NeedVisibility::Public))
        .select((needs::seats, needs::seats_taken))
        .load(conn)?;
    Ok(seats.into_iter().map(|(all, taken)| i64::from(all - taken)).sum())
}

/// Hours a week that a need's assignments take; they are given under the need's lock.
pub(super) fn given_hours(conn: &mut Conn, id: NeedId) -> Result<f64> {
    let live = assignments::table.filter(assignments::need_id.eq(id)).filter(assignments::ended_at.is_null());
    let sum: Option<f64> = live.select(diesel::dsl::sum(assignments::hours_per_week)).first(conn)?;
    Ok(sum.unwrap_or(0.0))
}

/// Takes a seat of the need, unless all are taken: the one statement decides among those who want the last one.
pub(super) fn take_seat(conn: &mut Conn, id: NeedId) -> Result<bool> {
    let free = needs::table.find(id).filter(needs::seats_taken.lt(needs::seats));
    Ok(diesel::update(free).set(needs::seats_taken.eq(needs::seats_taken + 1)).execute(conn)? == 1)
}

/// Gives a seat back.
pub(super) fn free_seat(conn: &mut Conn, id: NeedId) -> Result<bool> {
    let taken = needs::table.find(id).filter(needs::seats_taken.gt(0));
    Ok(diesel::update(taken).set(needs::seats_taken.eq(needs::seats_taken - 1)).execute(conn)? == 1)
}

pub(super) fn insert_need(conn: &mut Conn, need: &Need, skills: &[NeedSkill]) -> Result<()> {
    diesel::insert_into(needs::table).values(need).execute(conn)?;
    insert_skills(conn, skills)
}

fn insert_skills(conn: &mut Conn, skills: &[NeedSkill]) -> Result<()> {
    if !skills.is_empty() {
        each!(conn, c => diesel::insert_into(need_skills::table).values(skills).execute(c))?;
    }
    Ok(())
}

/// Writes the whole row anew, and its skills.
pub(super) fn replace_need(conn: &mut Conn, old: &Allowed<Need>, new: &Need, skills: &[NeedSkill]) -> Result<()> {
    use needs::dsl;
    diesel::update(dsl::needs.find(old.id))
        .set((
            (
                dsl::title.eq(&new.title),
                dsl::search.eq(&new.search),
                dsl::kind.eq(new.kind),
                dsl::description.eq(&new.description),
                dsl::size.eq(new.size),
                dsl::hours_per_week.eq(new.hours_per_week),
                dsl::weeks.eq(new.weeks),
                dsl::seats.eq(new.seats),
                dsl::urgency.eq(new.urgency),
                dsl::access_level.eq(new.access_level),
                dsl::visibility.eq(new.visibility),
            ),
            (
                dsl::time_zones.eq(&new.time_zones),
                dsl::overlap_hours.eq(new.overlap_hours),
                dsl::starts_on.eq(new.starts_on),
                dsl::apply_until.eq(new.apply_until),
                dsl::links.eq(&new.links),
                dsl::response_days.eq(new.response_days),
                dsl::revision.eq(new.revision),
                dsl::version.eq(old.version + 1),
                dsl::updated_at.eq(new.updated_at),
            ),
        ))
        .execute(conn)?;
    diesel::delete(need_skills::table.filter(need_skills::need_id.eq(old.id))).execute(conn)?;
    insert_skills(conn, skills)
}

pub(super) fn move_need(conn: &mut Conn, need: &Need, moved: &Moved, now: Timestamp) -> Result<()> {
    diesel::update(needs::table.find(need.id))
        .set((moved, needs::version.eq(need.version + 1), needs::updated_at.eq(now)))
        .execute(conn)?;
    Ok(())
}

/// Live needs that nobody confirmed until then.
pub(super) fn list_overdue(conn: &mut Conn, before: Timestamp, rows: i64) -> Result<Vec<(NeedId, ProjectId)>> {
    Ok(needs::table
        .filter(needs::status.eq(NeedStatus::Open))
        .filter(needs::renew_by.lt(before))
        .order(needs::id)
        .limit(rows)
        .select((needs::id, needs::project_id))
        .load(conn)?)
}

pub(super) fn list_needs(conn: &mut Conn, filter: &NeedFilter) -> Result<Page<(Need, Project)>> {
    let mut query = needs::table.inner_join(projects::table).into_boxed();
    if let Some(text) = &filter.text {
        query = query.filter(needs::search.like(like_pattern(text)).escape('\\'));
    }
    for skill in &filter.skills {
        let asking = need_skills::table.filter(need_skills::skill.eq(skill.clone())).select(need_skills::need_id);
        query = query.filter(needs::id.eq_any(asking));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(needs::kind.eq(kind));
    }
    if let Some(ecosystem) = &filter.ecosystem {
        let publishing = project_packages::table
            .filter(project_packages::ecosystem.eq(ecosystem.clone()))
            .select(project_packages::project_id);
        query = query.filter(needs::project_id.eq_any(publishing));
    }
    if let Some(size) = filter.size {
        query = query.filter(needs::size.eq(size));
    }
    if let Some(urgency) = filter.urgency {
        query = query.filter(needs::urgency.eq(urgency));
    }
    if let Some(hours) = filter.max_hours {
        query = query.filter(needs::hours_per_week.le(hours));
    }
    if let Some(project) = filter.project {
        query = query.filter(needs::project_id.eq(project));
    }
    if let Some(tier) = filter.tier {
        query = query.filter(projects::criticality_tier.eq(tier));
    }
    query = query.filter(needs::status.eq_any(filter.statuses.clone()));
    if !filter.own {
        query =
            query.filter(needs::status.ne(NeedStatus::Draft)).filter(projects::status.eq_any(ProjectStatus::PUBLIC));
        if !filter.signed_in {
            query = query.filter(needs::visibility.eq(NeedVisibility::Public));
        }
    }
    sorted(conn, query, filter)
}

diesel::define_sql_function! {
    /// The score, or the stand-in where there is none.
    #[sql_name = "coalesce"]
    fn score_or(score: diesel::sql_types::Nullable<diesel::sql_types::Double>, other: diesel::sql_types::Double) -> diesel::sql_types::Double;
}

diesel::define_sql_function! {
    /// The day, or the stand-in where there is none.
    #[sql_name = "coalesce"]
    fn day_or(day: diesel::sql_types::Nullable<diesel::sql_types::Date>, other: diesel::sql_types::Date) -> diesel::sql_types::Date;
}

type Query<'a> = IntoBoxed<'a, InnerJoin<needs::table, projects::table>, MultiBackend>;

fn sorted(conn: &mut Conn, mut query: Query<'_>, filter: &NeedFilter) -> Result<Page<(Need, Project)>> {
    let bad_cursor =
        || Error::field("?cursor", "invalid_cursor", "This cursor belongs to another sort; start again without it.");
    let score = || score_or(projects::criticality_score, NO_SCORE);
    let day = || day_or(needs::apply_until, NO_END);
    if let Some(after) = &filter.after {
        let id = NeedId(after.id);
        query = match filter.sort {
            NeedSort::Newest | NeedSort::Relevance => query.filter(needs::id.lt(id)),
            NeedSort::ClosingSoon => {
                let key: NaiveDate = after.key.parse().map_err(|_e| bad_cursor())?;
                // Beyond these neither database compares days as we do.
                if !(0..=9999).contains(&key.year()) {
                    return Err(bad_cursor());
                }
                query.filter(day().gt(key).or(day().eq(key).and(needs::id.lt(id))))
            }
            NeedSort::MostCritical => {
                let key: f64 = after.key.parse().map_err(|_e| bad_cursor())?;
                query.filter(score().lt(key).or(score().eq(key).and(needs::id.lt(id))))
            }
        };
    }
    query = match filter.sort {
        NeedSort::Newest | NeedSort::Relevance => query.order(needs::id.desc()),
        NeedSort::ClosingSoon => query.order((day().asc(), needs::id.desc())),
        NeedSort::MostCritical => query.order((score().desc(), needs::id.desc())),
    };
    let rows = query.limit(filter.limit.rows_and_one()).select((Need::as_select(), Project::as_select())).load(conn)?;
    Ok(Page::cut(rows, filter.limit, |(need, project): &(Need, Project)| Cursor {
        key: match filter.sort {
            NeedSort::Newest | NeedSort::Relevance => String::new(),
            NeedSort::ClosingSoon => need.apply_until.unwrap_or(NO_END).to_string(),
            NeedSort::MostCritical => project.criticality_score.unwrap_or(NO_SCORE).to_string(),
        },
        id: need.id.into(),
    }))
}
