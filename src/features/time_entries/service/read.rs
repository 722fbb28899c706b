//! Reading logged work, as far as the caller may see it.

use crate::features::accounts;
use crate::features::assignments::{self, Assignment, Standing};
use crate::features::projects;
use crate::features::time_entries::model::TimeEntry;
use crate::features::time_entries::{policy, store};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{Actor, AssignmentId, Decision, Page, Result, TimeEntryId};

/// Logged work with what is shown beside it.
#[derive(Debug)]
pub(in crate::features::time_entries) struct EntryCard {
    pub(in crate::features::time_entries) entry: TimeEntry,
    pub(in crate::features::time_entries) volunteer: String,
    /// Whether the caller may know the pledge.
    pub(in crate::features::time_entries) shows_pledge: bool,
}

/// The entry with its assignment and the caller's standing; 404 when there is none or the caller may not know of it.
pub(super) fn find_visible(
    conn: &mut Conn,
    actor: &Actor,
    id: TimeEntryId,
) -> Result<(TimeEntry, Assignment, Standing)> {
    let entry = store::get_entry(conn, id)?;
    let row = assignments::get_assignment(conn, entry.assignment_id)?;
    let project = projects::get_project(conn, row.project_id)?;
    let standing = assignments::standing(conn, actor, &row, &project)?;
    let entry = policy::may_see(&standing).prove(entry, "time entry")?.into_inner();
    Ok((entry, row, standing))
}

pub(super) fn card(conn: &mut Conn, entry: TimeEntry, standing: &Standing) -> Result<EntryCard> {
    let volunteer = accounts::get_account(conn, entry.account_id)?.handle;
    Ok(EntryCard { entry, volunteer, shows_pledge: policy::may_see_pledge(standing) == Decision::Allow })
}

/// One entry.
pub(in crate::features::time_entries) async fn get(ctx: &Ctx, actor: &Actor, id: TimeEntryId) -> Result<EntryCard> {
    let actor = actor.clone();
    ctx.store()
        .read(move |conn| {
            let (entry, _, standing) = find_visible(conn, &actor, id)?;
            card(conn, entry, &standing)
        })
        .await
}

/// What was logged on an assignment.
pub(in crate::features::time_entries) async fn list(
    ctx: &Ctx,
    actor: &Actor,
    id: AssignmentId,
    filter: store::Filter,
) -> Result<Page<EntryCard>> {
    let actor = actor.clone();
    ctx.store()
        .read(move |conn| {
            let (row, _, standing) = assignments::find_visible(conn, &actor, id)?;
            let shows_pledge = policy::may_see_pledge(&standing) == Decision::Allow;
            let page = store::list_entries(conn, row.id, &filter)?;
            let volunteer = accounts::get_account(conn, row.account_id)?.handle;
            Ok(page.map(|entry| EntryCard { entry, volunteer: volunteer.clone(), shows_pledge }))
        })
        .await
}
