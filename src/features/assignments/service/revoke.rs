//! At the end of an assignment what was opened is closed again, and nobody forgets it.

use super::access::record;
use super::end::lock_whole;
use super::tell::{leads, tell_people};
use crate::features::accounts::{self, Account};
use crate::features::assignments::letters::Notice;
use crate::features::assignments::model::{
    Access, AccessAction, AccessStatus, Assignment, OnboardingTask, advance_access,
};
use crate::features::assignments::store;
use crate::features::projects::Project;
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{AccountId, AssignmentId, PlatformRole, RequestId, Result};
use chrono::TimeDelta;

/// So long after the end the project is reminded of access that nobody revoked, and so often.
const ALERT_EVERY: TimeDelta = TimeDelta::days(7);
/// So many assignments at a time.
const BATCH: i64 = 100;

/// At the end of an assignment: what was asked for is not given any more, and what was given is to be revoked.
pub(super) fn close(
    conn: &mut Conn,
    ctx: &Ctx,
    row: &Assignment,
    by: Option<AccountId>,
    request_id: &RequestId,
) -> Result<()> {
    let now = ctx.now();
    let statuses = [AccessStatus::Asked, AccessStatus::Granted];
    let open = store::list_access_in(conn, &[row.id], &statuses)?.remove(&row.id).unwrap_or_default();
    let given = open.iter().any(|access| access.status == AccessStatus::Granted);
    for old in open {
        let mut new = Access { version: old.version + 1, ..old.clone() };
        if old.status == AccessStatus::Asked {
            new.status = advance_access(old.status, AccessAction::Refuse, false)?;
            new.ended_at = Some(now);
            new.ended_by = by;
            record(conn, ctx, Some(old.status), &new, by, request_id)?;
        } else {
            new.alert_at = Some(now + ALERT_EVERY);
        }
        store::update_access(conn, &new)?;
    }
    if given {
        return Ok(());
    }
    // The list says that there is access, and nobody wrote down which: that has to be revoked all the same.
    let tasks = store::list_tasks(conn, &[row.id])?.remove(&row.id).unwrap_or_default();
    let ticked = tasks.iter().find(|task| task.task == OnboardingTask::Access);
    let Some((by, at)) = ticked.and_then(|task| task.done_by.zip(task.done_at)) else { return Ok(()) };
    let access = Access {
        id: ctx.ids().make(),
        assignment_id: row.id,
        what: format!("Access of level L{}", row.access_level),
        level: row.access_level,
        status: AccessStatus::Granted,
        asked_by: by,
        asked_at: at,
        granted_at: Some(at),
        ended_at: None,
        ended_by: None,
        alert_at: Some(now + ALERT_EVERY),
        version: 1,
    };
    store::insert_access(conn, &access)?;
    record(conn, ctx, None, &access, Some(by), request_id)
}

/// Reminds the leads and the coordinators of access that nobody revoked; returns of how many assignments. Safe to repeat.
pub(super) async fn alert(ctx: &Ctx) -> Result<usize> {
    let now = ctx.now();
    let due = ctx.store().read(move |conn| store::list_alerts(conn, now, BATCH)).await?;
    let mut done = 0;
    for id in due {
        let inner = ctx.clone();
        done += usize::from(ctx.store().write(move |conn| alert_one(conn, &inner, id)).await?);
    }
    Ok(done)
}

fn alert_one(conn: &mut Conn, ctx: &Ctx, id: AssignmentId) -> Result<bool> {
    let locked = lock_whole(conn, id)?;
    let now = ctx.now();
    let left = store::list_access_in(conn, &[id], &[AccessStatus::Granted])?.remove(&id).unwrap_or_default();
    let left: Vec<Access> = left.into_iter().filter(|row| row.alert_at.is_some_and(|at| at <= now)).collect();
    if left.is_empty() {
        return Ok(false);
    }
    for row in &left {
        let next = Access { alert_at: Some(now + ALERT_EVERY), ..row.clone() };
        store::update_access(conn, &next)?;
    }
    let names = left.into_iter().map(|row| row.what).collect();
    let people = watchers(conn, &locked.project)?;
    tell_people(conn, ctx, &locked.row, &people, &Notice::AccessLeft(names))?;
    Ok(true)
}

/// The project's leads and the coordinators, each once.
fn watchers(conn: &mut Conn, project: &Project) -> Result<Vec<Account>> {
    let mut people = leads(conn, project)?;
    for person in accounts::list_holders(conn, PlatformRole::Coordinator)? {
        if people.iter().all(|other| other.id != person.id) {
            people.push(person);
        }
    }
    Ok(people)
}
