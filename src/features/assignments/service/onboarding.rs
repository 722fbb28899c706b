//! The list of what has to be done before the work begins.

use super::access::is_given;
use super::lease::lock_for;
use super::read::{AssignmentCard, card};
use super::step::keep;
use crate::features::assignments::model::{AssignmentStatus, OnboardingTask};
use crate::features::assignments::problems::{ACCESS_NOT_GIVEN, NO_SUCH_TASK, TRANSITION_REFUSED};
use crate::features::assignments::{policy, store};
use crate::features::audit;
use crate::infra::Ctx;
use crate::kernel::{Actor, AssignmentId, Error, IfMatch, Result};

/// Ticks a task off, or takes that back.
pub(in crate::features::assignments) async fn tick(
    ctx: &Ctx,
    actor: &Actor,
    id: AssignmentId,
    if_match: IfMatch,
    task: OnboardingTask,
    done: bool,
) -> Result<AssignmentCard> {
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let (row, project, standing) = lock_for(conn, &actor, id, &if_match, policy::may_see)?;
            policy::may_tick(&standing, task).prove((), "assignment")?;
            let tasks = store::list_tasks(conn, &[id])?.remove(&id).unwrap_or_default();
            let old = tasks.iter().find(|row| row.task == task);
            let left_open = row.status.is_live() && done && old.is_some_and(|old| old.done_at.is_none());
            if row.status != AssignmentStatus::Onboarding && !left_open {
                let detail = format!("The assignment is {}; its list is done with.", row.status);
                return Err(Error::new(&TRANSITION_REFUSED, detail).with_allowed(Vec::new()));
            }
            let Some(old) = old else {
                return Err(Error::new(&NO_SUCH_TASK, format!("This assignment does not ask for {task}.")));
            };
            if old.done_at.is_some() == done {
                return card(conn, row, project, &standing);
            }
            if task == OnboardingTask::Access && done && !is_given(conn, &row)? {
                let detail = format!("Nothing of level L{} was granted on this assignment.", row.access_level);
                return Err(Error::new(&ACCESS_NOT_GIVEN, detail));
            }
            store::tick_task(conn, id, task, done.then_some((actor.account_id, ctx.now())))?;
            let change = audit::Change {
                machine: "assignment_task",
                entity: id.into(),
                actor: Some(actor.account_id),
                from: None,
                to: if done { "done" } else { "open" },
                reason: Some(task.as_str()),
                request_id: &actor.request_id,
            };
            audit::record(conn, &ctx, change)?;
            let row = keep(conn, &ctx, row)?;
            card(conn, row, project, &standing)
        })
        .await
}
