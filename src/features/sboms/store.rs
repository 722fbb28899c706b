//! All queries on bills of materials.

use super::model::{Sbom, SbomComponent, SbomDependency};
use crate::infra::db::schema::{sbom_components, sbom_dependencies, sboms};
use crate::infra::db::{Conn, apart};
use crate::kernel::{Cursor, Error, Limit, OrganizationId, Page, Result, SbomId, Timestamp};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, Nullable, Text};

/// How many rows go into one statement of SQLite.
const CHUNK: usize = 900;

pub(super) fn insert_sbom(conn: &mut Conn, sbom: &Sbom) -> Result<()> {
    diesel::insert_into(sboms::table).values(sbom).execute(conn)?;
    Ok(())
}

/// Adds components of one bill of materials.
pub(super) fn insert_components(conn: &mut Conn, id: SbomId, rows: &[SbomComponent]) -> Result<()> {
    apart!(conn, postgres => postgres_components(postgres, id, rows), sqlite => {
        let mut some = rows.chunks(CHUNK);
        some.try_for_each(|rows| diesel::insert_into(sbom_components::table).values(rows).execute(sqlite).map(drop))
    })?;
    Ok(())
}

/// Adds dependencies of one bill of materials.
pub(super) fn insert_dependencies(conn: &mut Conn, id: SbomId, rows: &[SbomDependency]) -> Result<()> {
    apart!(conn, postgres => postgres_dependencies(postgres, id, rows), sqlite => {
        let mut some = rows.chunks(CHUNK);
        some.try_for_each(|rows| diesel::insert_into(sbom_dependencies::table).values(rows).execute(sqlite).map(drop))
    })?;
    Ok(())
}

/// A column at a time: thousands of single values cost PostgreSQL more than the rows that they make.
fn postgres_components(conn: &mut PgConnection, id: SbomId, rows: &[SbomComponent]) -> QueryResult<()> {
    type Texts = Array<Nullable<Text>>;
    let texts = |column: fn(&SbomComponent) -> Option<&String>| -> Vec<Option<&str>> {
        rows.iter().map(|row| column(row).map(String::as_str)).collect()
    };
    let insert = diesel::sql_query(
        "insert into sbom_components (sbom_id, position, depth, reference, name, version, purl, package, repository_key, license) \
         select $1::uuid, * from unnest($2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind::<Text, _>(id.to_string())
    .bind::<Array<Integer>, _>(rows.iter().map(|row| row.position).collect::<Vec<_>>())
    .bind::<Array<Nullable<Integer>>, _>(rows.iter().map(|row| row.depth).collect::<Vec<_>>())
    .bind::<Texts, _>(texts(|row| Some(&row.reference)))
    .bind::<Texts, _>(texts(|row| Some(&row.name)))
    .bind::<Texts, _>(texts(|row| row.version.as_ref()))
    .bind::<Texts, _>(texts(|row| row.purl.as_ref()))
    .bind::<Texts, _>(texts(|row| row.package.as_ref()))
    .bind::<Texts, _>(texts(|row| row.repository_key.as_ref()))
    .bind::<Texts, _>(texts(|row| row.license.as_ref()));
    insert.execute(conn)?;
    Ok(())
}

fn postgres_dependencies(conn: &mut PgConnection, id: SbomId, rows: &[SbomDependency]) -> QueryResult<()> {
    diesel::sql_query(
        "insert into sbom_dependencies (sbom_id, needing, needed) select $1::uuid, * from unnest($2, $3)",
    )
    .bind::<Text, _>(id.to_string())
    .bind::<Array<Integer>, _>(rows.iter().map(|row| row.needing).collect::<Vec<_>>())
    .bind::<Array<Integer>, _>(rows.iter().map(|row| row.needed).collect::<Vec<_>>())
    .execute(conn)?;
    Ok(())
}

/// The organization's bill of materials with this id, once it is ready.
pub(super) fn get_sbom(conn: &mut Conn, organization: OrganizationId, id: SbomId) -> Result<Sbom> {
    let found = sboms::table
        .find(id)
        .filter(sboms::organization_id.eq(organization))
        .filter(sboms::is_ready.eq(true))
        .select(Sbom::as_select())
        .first(conn)
        .optional()?;
    found.ok_or_else(|| Error::not_found("bill of materials"))
}

/// What to list.
#[derive(Debug)]
pub(super) struct Filter {
    pub product: Option<String>,
    pub current: Option<bool>,
    pub limit: Limit,
    pub after: Option<Cursor>,
}

pub(super) fn list_sboms(conn: &mut Conn, organization: OrganizationId, filter: &Filter) -> Result<Page<Sbom>> {
    let mut query =
        sboms::table.filter(sboms::organization_id.eq(organization)).filter(sboms::is_ready.eq(true)).into_boxed();
    if let Some(product) = &filter.product {
        query = query.filter(sboms::product_folded.eq(product.clone()));
    }
    if let Some(current) = filter.current {
        query = query.filter(sboms::is_current.eq(current));
    }
    if let Some(after) = &filter.after {
        query = query.filter(sboms::id.lt(SbomId(after.id)));
    }
    let rows = query.order(sboms::id.desc()).limit(filter.limit.rows_and_one()).select(Sbom::as_select()).load(conn)?;
    Ok(Page::cut(rows, filter.limit, |row: &Sbom| Cursor::by_id(row.id)))
}

/// The newest bill of materials of each product.
pub fn list_current(conn: &mut Conn, organization: OrganizationId) -> Result<Vec<Sbom>> {
    Ok(sboms::table
        .filter(sboms::organization_id.eq(organization))
        .filter(sboms::is_ready.eq(true))
        .filter(sboms::is_current.eq(true))
        .order((sboms::product_folded, sboms::id))
        .select(Sbom::as_select())
        .load(conn)?)
}

/// The newest bill of materials of this product other than this one.
pub(super) fn find_newest(
    conn: &mut Conn,
    organization: OrganizationId,
    product: &str,
    other_than: SbomId,
) -> Result<Option<SbomId>> {
    Ok(sboms::table
        .filter(sboms::organization_id.eq(organization))
        .filter(sboms::product_folded.eq(product))
        .filter(sboms::is_ready.eq(true))
        .filter(sboms::id.ne(other_than))
        .order(sboms::id.desc())
        .select(sboms::id)
        .first(conn)
        .optional()?)
}

/// Says which of a product's bills of materials is the newest.
pub(super) fn set_current(
    conn: &mut Conn,
    organization: OrganizationId,
    product: &str,
    current: Option<SbomId>,
) -> Result<()> {
    diesel::update(
        sboms::table.filter(sboms::organization_id.eq(organization)).filter(sboms::product_folded.eq(product)),
    )
    .set(sboms::is_current.eq(false))
    .execute(conn)?;
    if let Some(current) = current {
        diesel::update(sboms::table.find(current)).set(sboms::is_current.eq(true)).execute(conn)?;
    }
    Ok(())
}

/// Shows a bill of materials whose components are all there.
pub(super) fn make_ready(conn: &mut Conn, id: SbomId, replaces: Option<SbomId>) -> Result<()> {
    diesel::update(sboms::table.find(id))
        .set((sboms::is_ready.eq(true), sboms::replaces.eq(replaces)))
        .execute(conn)?;
    Ok(())
}

/// Uploads of an organization that broke off before this instant.
pub(super) fn list_broken(conn: &mut Conn, organization: OrganizationId, before: Timestamp) -> Result<Vec<SbomId>> {
    Ok(sboms::table
        .filter(sboms::organization_id.eq(organization))
        .filter(sboms::is_ready.eq(false))
        .filter(sboms::created_at.lt(before))
        .select(sboms::id)
        .load(conn)?)
}

/// Deletes a bill of materials for good. Those that replaced it name none any more.
pub(super) fn delete_sbom(conn: &mut Conn, id: SbomId) -> Result<()> {
    diesel::update(sboms::table.filter(sboms::replaces.eq(id)))
        .set(sboms::replaces.eq(None::<SbomId>))
        .execute(conn)?;
    diesel::delete(sbom_dependencies::table.filter(sbom_dependencies::sbom_id.eq(id))).execute(conn)?;
    diesel::delete(sbom_components::table.filter(sbom_components::sbom_id.eq(id))).execute(conn)?;
    diesel::delete(sboms::table.find(id)).execute(conn)?;
    Ok(())
}

/// Components in the order of the document, those behind this place, so many.
pub(super) fn list_components(conn: &mut Conn, id: SbomId, after: i32, rows: i64) -> Result<Vec<SbomComponent>> {
    Ok(sbom_components::table
        .filter(sbom_components::sbom_id.eq(id))
        .filter(sbom_components::position.gt(after))
        .order(sbom_components::position)
        .limit(rows)
        .select(SbomComponent::as_select())
        .load(conn)?)
}

/// All components of these bills of materials that can be found among listings, the products themselves left out.
pub fn list_traceable(conn: &mut Conn, ids: &[SbomId]) -> Result<Vec<SbomComponent>> {
    Ok(sbom_components::table
        .filter(sbom_components::sbom_id.eq_any(ids))
        .filter(sbom_components::depth.is_null().or(sbom_components::depth.ne(0).assume_not_null()))
        .filter(sbom_components::package.is_not_null().or(sbom_components::repository_key.is_not_null()))
        .order((sbom_components::sbom_id, sbom_components::position))
        .select(SbomComponent::as_select())
        .load(conn)?)
}
