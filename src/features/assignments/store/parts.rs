//! What goes with an assignment: its list, its check-ins, and when it was at work.

use crate::features::assignments::model::{CheckIn, OnboardingTask, Spell, Terms, ToDo};
use crate::infra::db::schema::{
    assignment_check_ins, assignment_spells, assignment_tasks, assignment_terms, assignments,
};
use crate::infra::db::{Among, Conn, among, each};
use crate::kernel::{AccountId, AssignmentId, CheckInId, Cursor, Limit, Page, ProjectId, Result, Timestamp};
use diesel::prelude::*;
use std::collections::HashMap;

pub(in crate::features::assignments) fn insert_tasks(conn: &mut Conn, tasks: &[ToDo]) -> Result<()> {
    if !tasks.is_empty() {
        each!(conn, c => diesel::insert_into(assignment_tasks::table).values(tasks).execute(c))?;
    }
    Ok(())
}

/// The lists of these assignments, in their order.
pub(in crate::features::assignments) fn list_tasks(
    conn: &mut Conn,
    ids: &[AssignmentId],
) -> Result<HashMap<AssignmentId, Vec<ToDo>>> {
    let rows: Vec<ToDo> = assignment_tasks::table
        .filter(assignment_tasks::assignment_id.eq_any(ids))
        .order((assignment_tasks::position, assignment_tasks::task))
        .select(ToDo::as_select())
        .load(conn)?;
    let mut groups: HashMap<AssignmentId, Vec<ToDo>> = HashMap::new();
    for row in rows {
        groups.entry(row.assignment_id).or_default().push(row);
    }
    Ok(groups)
}

/// Says who has done a task, or that nobody has.
pub(in crate::features::assignments) fn tick_task(
    conn: &mut Conn,
    id: AssignmentId,
    task: OnboardingTask,
    done: Option<(AccountId, Timestamp)>,
) -> Result<()> {
    let (by, at) = done.unzip();
    diesel::update(assignment_tasks::table.find((id, task)))
        .set((assignment_tasks::done_at.eq(at), assignment_tasks::done_by.eq(by)))
        .execute(conn)?;
    Ok(())
}

pub(in crate::features::assignments) fn insert_terms(conn: &mut Conn, row: &Terms) -> Result<()> {
    diesel::insert_into(assignment_terms::table).values(row).execute(conn)?;
    Ok(())
}

/// What its people were last told of.
pub(in crate::features::assignments) fn find_terms(conn: &mut Conn, id: AssignmentId) -> Result<Option<Terms>> {
    Ok(assignment_terms::table.find(id).select(Terms::as_select()).first(conn).optional()?)
}

pub(in crate::features::assignments) fn update_terms(conn: &mut Conn, row: &Terms) -> Result<()> {
    diesel::update(assignment_terms::table.find(row.assignment_id)).set(row).execute(conn)?;
    Ok(())
}

/// Takes what is not done from the list.
pub(in crate::features::assignments) fn drop_open_task(
    conn: &mut Conn,
    id: AssignmentId,
    task: OnboardingTask,
) -> Result<()> {
    let open = assignment_tasks::table.find((id, task)).filter(assignment_tasks::done_at.is_null());
    diesel::delete(open).execute(conn)?;
    Ok(())
}

pub(in crate::features::assignments) fn insert_check_in(conn: &mut Conn, row: &CheckIn) -> Result<()> {
    diesel::insert_into(assignment_check_ins::table).values(row).execute(conn)?;
    Ok(())
}

/// The check-ins of an assignment, newest first.
pub(in crate::features::assignments) fn list_check_ins(
    conn: &mut Conn,
    id: AssignmentId,
    limit: Limit,
    after: Option<&Cursor>,
) -> Result<Page<CheckIn>> {
    let mut query = assignment_check_ins::table.filter(assignment_check_ins::assignment_id.eq(id)).into_boxed();
    if let Some(after) = after {
        query = query.filter(assignment_check_ins::id.lt(CheckInId(after.id)));
    }
    let rows: Vec<CheckIn> = query
        .order(assignment_check_ins::id.desc())
        .limit(limit.rows_and_one())
        .select(CheckIn::as_select())
        .load(conn)?;
    Ok(Page::cut(rows, limit, |row: &CheckIn| Cursor::by_id(row.id)))
}

/// From now on it is at work.
pub(in crate::features::assignments) fn open_spell(conn: &mut Conn, id: AssignmentId, at: Timestamp) -> Result<()> {
    let spell = Spell { assignment_id: id, from_at: at, until_at: None };
    diesel::insert_into(assignment_spells::table).values(&spell).execute(conn)?;
    Ok(())
}

/// It is not any more. A spell of no length leaves no row, since another one may begin at the same instant.
pub(in crate::features::assignments) fn close_spell(conn: &mut Conn, id: AssignmentId, at: Timestamp) -> Result<()> {
    let open = assignment_spells::table
        .filter(assignment_spells::assignment_id.eq(id))
        .filter(assignment_spells::until_at.is_null());
    diesel::delete(open.filter(assignment_spells::from_at.ge(at))).execute(conn)?;
    diesel::update(open).set(assignment_spells::until_at.eq(at)).execute(conn)?;
    Ok(())
}

/// When this person was at work for the project.
pub(in crate::features::assignments) fn list_spells(
    conn: &mut Conn,
    project: ProjectId,
    account: AccountId,
) -> Result<Vec<(Timestamp, Option<Timestamp>)>> {
    Ok(assignment_spells::table
        .inner_join(assignments::table)
        .filter(assignments::project_id.eq(project))
        .filter(assignments::account_id.eq(account))
        .select((assignment_spells::from_at, assignment_spells::until_at))
        .load(conn)?)
}

/// Whose spell at work, on which project, from when until when.
pub(in crate::features::assignments) type SpellRow = (AccountId, ProjectId, Timestamp, Option<Timestamp>);

/// All times at work of these people.
pub(in crate::features::assignments) fn list_spells_of(
    conn: &mut Conn,
    whose: Among<'_, AccountId>,
) -> Result<Vec<SpellRow>> {
    let query = assignment_spells::table.inner_join(assignments::table).select((
        assignments::account_id,
        assignments::project_id,
        assignment_spells::from_at,
        assignment_spells::until_at,
    ));
    Ok(among!(query.into_boxed(), assignments::account_id, whose).load(conn)?)
}

/// Everything that this person ever reported, oldest first.
pub(in crate::features::assignments) fn list_check_ins_of(conn: &mut Conn, account: AccountId) -> Result<Vec<CheckIn>> {
    Ok(assignment_check_ins::table
        .filter(assignment_check_ins::account_id.eq(account))
        .order(assignment_check_ins::id)
        .select(CheckIn::as_select())
        .load(conn)?)
}

/// Takes out what this person wrote: notes, and why they ended something.
pub(in crate::features::assignments) fn clear_words(conn: &mut Conn, account: AccountId) -> Result<()> {
    diesel::update(assignment_check_ins::table.filter(assignment_check_ins::account_id.eq(account)))
        .set(assignment_check_ins::note.eq(None::<String>))
        .execute(conn)?;
    diesel::update(assignments::table.filter(assignments::ended_by.eq(account)))
        .set(assignments::reason.eq(None::<String>))
        .execute(conn)?;
    Ok(())
}
