//! All queries on advisories.

mod affected;
mod list;
mod signals;

pub(super) use affected::{Joined, list_found, list_joined};
pub(super) use list::{Filter, Place, list_about, list_advisories};
pub(super) use signals::{
    delete_exploited, find_exploited, find_prediction, list_exploited, list_predictions, replace_exploited,
    replace_predictions,
};

use super::model::{Advisory, AdvisoryPackage, Head, Judgment};
use crate::infra::db::schema::{advisories, advisory_names, advisory_packages, project_packages, projects};
use crate::infra::db::sql::Json;
use crate::infra::db::{Conn, each, lock_row};
use crate::kernel::{AdvisoryId, Allowed, Error, ProjectId, Result, Timestamp};
use diesel::prelude::*;
use std::collections::{BTreeMap, HashMap};

/// So many rows go into one statement.
pub(super) const CHUNK: usize = 500;

/// The advisory, or 404.
pub fn get_advisory(conn: &mut Conn, id: AdvisoryId) -> Result<Advisory> {
    let found = advisories::table.find(id).select(Advisory::as_select()).first(conn).optional()?;
    found.ok_or_else(|| Error::not_found("advisory"))
}

/// The advisory with this id, or else the one in force that changed last among those that have it as an alias.
pub fn find_by_name(conn: &mut Conn, name: &str) -> Result<Option<Advisory>> {
    let own = advisories::table.filter(advisories::osv_id.eq(name)).select(Advisory::as_select());
    if let Some(found) = own.first(conn).optional()? {
        return Ok(Some(found));
    }
    let named = advisory_names::table.filter(advisory_names::name.eq(name)).select(advisory_names::advisory_id);
    let mut rows: Vec<Advisory> =
        advisories::table.filter(advisories::id.eq_any(named)).select(Advisory::as_select()).load(conn)?;
    rows.sort_by_key(|row| {
        (row.embargo_until.is_some(), row.withdrawn.is_some(), std::cmp::Reverse(row.modified), row.id)
    });
    Ok(rows.into_iter().next())
}

/// The advisory with this very id, kept from others' changes until the transaction ends.
pub(super) fn lock_by_osv_id(conn: &mut Conn, osv_id: &str) -> Result<Option<Advisory>> {
    Ok(lock_row!(conn, advisories::table.filter(advisories::osv_id.eq(osv_id)).select(Advisory::as_select()))?)
}

/// What of an advisory decides over a re-import.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = advisories)]
pub(super) struct Known {
    pub id: AdvisoryId,
    pub osv_id: String,
    pub modified: Timestamp,
    pub digest: String,
    pub embargo_until: Option<Timestamp>,
}

/// Those of these ids that are there.
pub(super) fn list_known(conn: &mut Conn, osv_ids: &[String]) -> Result<HashMap<String, Known>> {
    let rows: Vec<Known> =
        advisories::table.filter(advisories::osv_id.eq_any(osv_ids)).select(Known::as_select()).load(conn)?;
    Ok(rows.into_iter().map(|row| (row.osv_id.clone(), row)).collect())
}

pub(super) fn insert_advisory(conn: &mut Conn, _by: &Allowed<()>, row: &Advisory) -> Result<()> {
    diesel::insert_into(advisories::table).values(row).execute(conn)?;
    Ok(())
}

/// Writes a newer record over the one that is there.
pub(super) fn replace_advisory(conn: &mut Conn, _by: &Allowed<()>, row: &Advisory) -> Result<()> {
    diesel::update(advisories::table.find(row.id))
        .set((
            advisories::modified.eq(row.modified),
            advisories::published.eq(row.published),
            advisories::withdrawn.eq(row.withdrawn),
            advisories::summary.eq(&row.summary),
            advisories::search.eq(&row.search),
            advisories::severity.eq(row.severity),
            advisories::base_score.eq(row.base_score),
            advisories::vector.eq(&row.vector),
            advisories::record.eq(&row.record),
            advisories::digest.eq(&row.digest),
            advisories::version.eq(advisories::version + 1),
            advisories::updated_at.eq(row.updated_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Writes the packages and names of an advisory anew.
pub(super) fn replace_parts(
    conn: &mut Conn,
    id: AdvisoryId,
    packages: &[AdvisoryPackage],
    names: &[String],
) -> Result<()> {
    diesel::delete(advisory_packages::table.filter(advisory_packages::advisory_id.eq(id))).execute(conn)?;
    diesel::delete(advisory_names::table.filter(advisory_names::advisory_id.eq(id))).execute(conn)?;
    for rows in packages.chunks(CHUNK) {
        each!(conn, c => diesel::insert_into(advisory_packages::table).values(rows).execute(c))?;
    }
    let names: Vec<_> =
        names.iter().map(|name| (advisory_names::advisory_id.eq(id), advisory_names::name.eq(name))).collect();
    for rows in names.chunks(CHUNK) {
        each!(conn, c => diesel::insert_into(advisory_names::table).values(rows).execute(c))?;
    }
    Ok(())
}

pub(super) fn set_judgment(
    conn: &mut Conn,
    row: &Allowed<Advisory>,
    judgment: Option<Judgment>,
    now: Timestamp,
) -> Result<()> {
    diesel::update(advisories::table.find(row.id))
        .set((
            advisories::judgment.eq(judgment.map(Json)),
            advisories::version.eq(advisories::version + 1),
            advisories::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Moves the end of an advisory's embargo.
pub fn set_embargo(conn: &mut Conn, id: AdvisoryId, until: Option<Timestamp>, now: Timestamp) -> Result<()> {
    diesel::update(advisories::table.find(id))
        .set((
            advisories::embargo_until.eq(until),
            advisories::version.eq(advisories::version + 1),
            advisories::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// All names of these advisories, their ids among them.
pub(super) fn list_names(conn: &mut Conn, ids: &[AdvisoryId]) -> Result<HashMap<AdvisoryId, Vec<String>>> {
    let mut groups: HashMap<AdvisoryId, Vec<String>> = HashMap::new();
    for some in ids.chunks(CHUNK) {
        let rows: Vec<(AdvisoryId, String)> = advisory_names::table
            .filter(advisory_names::advisory_id.eq_any(some))
            .order((advisory_names::advisory_id, advisory_names::name))
            .select((advisory_names::advisory_id, advisory_names::name))
            .load(conn)?;
        for (id, name) in rows {
            groups.entry(id).or_default().push(name);
        }
    }
    Ok(groups)
}

/// Other advisories that have one of these names.
pub(super) fn list_kin(conn: &mut Conn, id: AdvisoryId, names: &[String]) -> Result<Vec<Head>> {
    let kin = advisory_names::table.filter(advisory_names::name.eq_any(names)).select(advisory_names::advisory_id);
    Ok(advisories::table
        .filter(advisories::id.eq_any(kin))
        .filter(advisories::id.ne(id))
        .order(advisories::osv_id)
        .select(Head::as_select())
        .load(conn)?)
}

/// The packages of an advisory.
pub(super) fn list_packages(conn: &mut Conn, id: AdvisoryId) -> Result<Vec<AdvisoryPackage>> {
    Ok(advisory_packages::table
        .filter(advisory_packages::advisory_id.eq(id))
        .order(advisory_packages::position)
        .select(AdvisoryPackage::as_select())
        .load(conn)?)
}

/// Which projects publish packages of an advisory, whatever their listings' state.
pub fn list_project_ids(conn: &mut Conn, id: AdvisoryId) -> Result<Vec<ProjectId>> {
    let packages = advisory_packages::table
        .filter(advisory_packages::advisory_id.eq(id))
        .filter(advisory_packages::package.is_not_null())
        .select(advisory_packages::package.assume_not_null());
    Ok(project_packages::table
        .inner_join(projects::table)
        .filter(project_packages::package.eq_any(packages))
        .order(projects::id)
        .select(projects::id)
        .distinct()
        .load(conn)?)
}

/// Advisories with their records, in no particular order.
pub(super) fn list_advisories_by_id(conn: &mut Conn, ids: &[AdvisoryId]) -> Result<BTreeMap<AdvisoryId, Advisory>> {
    let mut found = BTreeMap::new();
    for some in ids.chunks(CHUNK) {
        let rows: Vec<Advisory> =
            advisories::table.filter(advisories::id.eq_any(some)).select(Advisory::as_select()).load(conn)?;
        found.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    Ok(found)
}
