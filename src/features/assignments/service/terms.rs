//! What a project asks of contributors changes while people are at work for it.

use super::end::Locked;
use super::step::{keep, record};
use super::tell::tell;
use crate::features::assignments::letters::Notice;
use crate::features::assignments::model::{Assignment, OnboardingTask, Side, Terms, ToDo};
use crate::features::assignments::store;
use crate::features::audit;
use crate::features::organizations;
use crate::features::projects::Project;
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{AssignmentId, Cla, RequestId, Result};

/// What a project asks of whoever works on this assignment.
pub(super) fn of(id: AssignmentId, project: &Project) -> Terms {
    Terms { assignment_id: id, cla: project.cla, ai_policy: project.ai_policy }
}

/// Takes over what the project asks for now and tells whom it concerns, where they were told something else before; says
/// whether they were. What was agreed on at the start is left as it was.
pub(super) fn follow(conn: &mut Conn, ctx: &Ctx, locked: &Locked, request_id: &RequestId) -> Result<bool> {
    let (old, new) = (store::find_terms(conn, locked.row.id)?, of(locked.row.id, &locked.project));
    let Some(old) = old.filter(|old| *old != new) else { return Ok(false) };
    store::update_terms(conn, &new)?;
    let row = keep(conn, ctx, locked.row.clone())?;
    if old.cla != new.cla {
        settle(conn, ctx, new, request_id)?;
        record(conn, ctx, Some(&row), &row, Some("cla_changed"), None, request_id)?;
        tell(conn, ctx, &row, &[Side::Volunteer], None, &Notice::ClaChanged(new.cla))?;
        if is_not_allowed(conn, &row, new.cla)? {
            tell(conn, ctx, &row, &[Side::Employer], None, &Notice::ClaNotAllowed(new.cla))?;
        }
    }
    if old.ai_policy != new.ai_policy {
        record(conn, ctx, Some(&row), &row, Some("ai_policy_changed"), None, request_id)?;
        tell(conn, ctx, &row, &[Side::Volunteer], None, &Notice::AiPolicyChanged(new.ai_policy))?;
    }
    Ok(true)
}

/// Opens the item of the list again, or takes it from there where nothing is to be signed any more.
fn settle(conn: &mut Conn, ctx: &Ctx, asked: Terms, request_id: &RequestId) -> Result<()> {
    let (id, task) = (asked.assignment_id, OnboardingTask::Cla);
    if asked.cla == Cla::None {
        return store::drop_open_task(conn, id, task);
    }
    let tasks = store::list_tasks(conn, &[id])?.remove(&id).unwrap_or_default();
    match tasks.iter().find(|item| item.task == task) {
        Some(item) if item.done_at.is_none() => return Ok(()),
        Some(_) => store::tick_task(conn, id, task, None)?,
        None => {
            let item = ToDo { assignment_id: id, task, position: 0, done_at: None, done_by: None };
            store::insert_tasks(conn, &[item])?;
        }
    }
    let (machine, reason) = ("assignment_task", Some(task.as_str()));
    let change = audit::Change { machine, entity: id.into(), actor: None, from: None, to: "open", reason, request_id };
    audit::record(conn, ctx, change)
}

/// Whether the employer whose time it is lets nobody sign such an agreement.
fn is_not_allowed(conn: &mut Conn, row: &Assignment, cla: Cla) -> Result<bool> {
    let Some(employer) = row.employer_id.filter(|_| row.pledge_id.is_some()) else { return Ok(false) };
    let policy = organizations::find_policy(conn, employer)?;
    Ok(policy.is_some_and(|policy| !cla.is_allowed(&policy.cla_kinds.0)))
}
