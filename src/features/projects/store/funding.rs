//! Where projects can be funded.

use crate::features::projects::funding::Link;
use crate::features::projects::model::Project;
use crate::infra::db::schema::project_funding_links;
use crate::infra::db::{Conn, each};
use crate::kernel::{Allowed, ProjectId, Result};
use diesel::prelude::*;
use std::collections::HashMap;

/// A link as a row.
#[derive(Debug, Insertable)]
#[diesel(table_name = project_funding_links, treat_none_as_default_value = false)]
struct Row<'a> {
    project_id: ProjectId,
    position: i16,
    platform: &'a str,
    url: &'a str,
}

/// Where these projects can be funded, platform and address, in each project's own order.
pub fn list_funding_links(conn: &mut Conn, ids: &[ProjectId]) -> Result<HashMap<ProjectId, Vec<(String, String)>>> {
    use project_funding_links::dsl;
    let rows: Vec<(ProjectId, String, String)> = dsl::project_funding_links
        .filter(dsl::project_id.eq_any(ids))
        .order((dsl::project_id, dsl::position))
        .select((dsl::project_id, dsl::platform, dsl::url))
        .load(conn)?;
    let mut links: HashMap<ProjectId, Vec<(String, String)>> = HashMap::new();
    for (id, platform, url) in rows {
        links.entry(id).or_default().push((platform, url));
    }
    Ok(links)
}

/// Puts these in place of what is there; the project must be locked.
pub(in crate::features::projects) fn replace_funding_links(
    conn: &mut Conn,
    project: &Allowed<Project>,
    links: &[Link],
) -> Result<()> {
    let old = project_funding_links::table.filter(project_funding_links::project_id.eq(project.id));
    diesel::delete(old).execute(conn)?;
    let row = |(position, link): (i16, &'_ Link)| (position, link.platform.clone(), link.url.clone());
    let kept: Vec<(i16, String, String)> = (0..).zip(links).map(row).collect();
    let rows: Vec<Row<'_>> = kept
        .iter()
        .map(|(position, platform, url)| Row { project_id: project.id, position: *position, platform, url })
        .collect();
    if !rows.is_empty() {
        each!(conn, c => diesel::insert_into(project_funding_links::table).values(&rows).execute(c))?;
    }
    Ok(())
}
