//! What others know of vulnerabilities: that they are exploited, and how probable it is that they will be.

use crate::features::advisories::model::{Exploited, Prediction};
use crate::infra::db::schema::{exploit_predictions, exploited_vulnerabilities};
use crate::infra::db::{Conn, each};
use crate::kernel::Result;
use diesel::prelude::*;

/// The one of these names that stands in the catalog of what is exploited.
pub(in crate::features::advisories) fn find_exploited(conn: &mut Conn, names: &[String]) -> Result<Option<Exploited>> {
    Ok(exploited_vulnerabilities::table
        .filter(exploited_vulnerabilities::cve.eq_any(names))
        .order((exploited_vulnerabilities::added_on, exploited_vulnerabilities::cve))
        .select(Exploited::as_select())
        .first(conn)
        .optional()?)
}

/// The highest prediction among these names.
pub(in crate::features::advisories) fn find_prediction(
    conn: &mut Conn,
    names: &[String],
) -> Result<Option<Prediction>> {
    Ok(exploit_predictions::table
        .filter(exploit_predictions::cve.eq_any(names))
        .order((exploit_predictions::probability.desc(), exploit_predictions::cve))
        .select(Prediction::as_select())
        .first(conn)
        .optional()?)
}

/// The whole catalog.
pub(in crate::features::advisories) fn list_exploited(conn: &mut Conn) -> Result<Vec<Exploited>> {
    Ok(exploited_vulnerabilities::table.select(Exploited::as_select()).load(conn)?)
}

/// Writes these entries over those of the same name.
pub(in crate::features::advisories) fn replace_exploited(conn: &mut Conn, rows: &[Exploited]) -> Result<()> {
    let names: Vec<String> = rows.iter().map(|row| row.cve.clone()).collect();
    delete_exploited(conn, &names)?;
    each!(conn, c => diesel::insert_into(exploited_vulnerabilities::table).values(rows).execute(c))?;
    Ok(())
}

pub(in crate::features::advisories) fn delete_exploited(conn: &mut Conn, names: &[String]) -> Result<()> {
    diesel::delete(exploited_vulnerabilities::table.filter(exploited_vulnerabilities::cve.eq_any(names)))
        .execute(conn)?;
    Ok(())
}

/// Those of these names that have a prediction.
pub(in crate::features::advisories) fn list_predictions(conn: &mut Conn, names: &[String]) -> Result<Vec<Prediction>> {
    let of = exploit_predictions::table.filter(exploit_predictions::cve.eq_any(names));
    Ok(of.select(Prediction::as_select()).load(conn)?)
}

/// Writes these predictions over those of the same name.
pub(in crate::features::advisories) fn replace_predictions(conn: &mut Conn, rows: &[Prediction]) -> Result<()> {
    let names: Vec<String> = rows.iter().map(|row| row.cve.clone()).collect();
    diesel::delete(exploit_predictions::table.filter(exploit_predictions::cve.eq_any(&names))).execute(conn)?;
    each!(conn, c => diesel::insert_into(exploit_predictions::table).values(rows).execute(c))?;
    Ok(())
}
