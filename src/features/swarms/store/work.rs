//! The plan and the log.

use crate::features::swarms::model::{Entry, Step};
use crate::infra::db::Conn;
use crate::infra::db::schema::{swarm_entries, swarm_steps};
use crate::kernel::{Cursor, Limit, Page, Result, StepId, SwarmEntryId, SwarmId};
use diesel::prelude::*;

pub(in crate::features::swarms) fn insert_step(conn: &mut Conn, step: &Step) -> Result<()> {
    diesel::insert_into(swarm_steps::table).values(step).execute(conn)?;
    Ok(())
}

pub(in crate::features::swarms) fn find_step(conn: &mut Conn, swarm: SwarmId, id: StepId) -> Result<Option<Step>> {
    Ok(swarm_steps::table
        .find(id)
        .filter(swarm_steps::swarm_id.eq(swarm))
        .select(Step::as_select())
        .first(conn)
        .optional()?)
}

pub(in crate::features::swarms) fn update_step(conn: &mut Conn, step: &Step) -> Result<()> {
    diesel::update(swarm_steps::table.find(step.id))
        .set((
            swarm_steps::title.eq(&step.title),
            swarm_steps::details.eq(&step.details),
            swarm_steps::owner_id.eq(step.owner_id),
            swarm_steps::due_at.eq(step.due_at),
            swarm_steps::status.eq(step.status),
            swarm_steps::closed_at.eq(step.closed_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// The plan, in the order in which its steps were added.
pub(in crate::features::swarms) fn list_steps(
    conn: &mut Conn,
    swarm: SwarmId,
    limit: Limit,
    after: Option<&Cursor>,
) -> Result<Page<Step>> {
    let mut query = swarm_steps::table.filter(swarm_steps::swarm_id.eq(swarm)).into_boxed();
    if let Some(after) = after {
        query = query.filter(swarm_steps::id.gt(StepId(after.id)));
    }
    let rows = query.order(swarm_steps::id).limit(limit.rows_and_one()).select(Step::as_select()).load(conn)?;
    Ok(Page::cut(rows, limit, |row: &Step| Cursor::by_id(row.id)))
}

pub(in crate::features::swarms) fn insert_entry(conn: &mut Conn, entry: &Entry) -> Result<()> {
    diesel::insert_into(swarm_entries::table).values(entry).execute(conn)?;
    Ok(())
}

/// The log, oldest first.
pub(in crate::features::swarms) fn list_entries(
    conn: &mut Conn,
    swarm: SwarmId,
    limit: Limit,
    after: Option<&Cursor>,
) -> Result<Page<Entry>> {
    let mut query = swarm_entries::table.filter(swarm_entries::swarm_id.eq(swarm)).into_boxed();
    if let Some(after) = after {
        query = query.filter(swarm_entries::id.gt(SwarmEntryId(after.id)));
    }
    let rows = query.order(swarm_entries::id).limit(limit.rows_and_one()).select(Entry::as_select()).load(conn)?;
    Ok(Page::cut(rows, limit, |row: &Entry| Cursor::by_id(row.id)))
}
