//! One transition of a locked assignment.

use crate::features::assignments::model::{Assignment, AssignmentAction, AssignmentStatus, advance};
use crate::features::assignments::{ASSIGNMENT_CHANGED, store};
use crate::features::audit;
use crate::features::projects::PROJECT_CHANGED;
use crate::features::volunteers::VOLUNTEER_CHANGED;
use crate::infra::Ctx;
use crate::infra::db::{Conn, feed};
use crate::kernel::{AccountId, RequestId, Result};

/// One transition.
pub(super) struct Step<'a> {
    pub action: AssignmentAction,
    pub reason: Option<&'a str>,
    pub by: Option<AccountId>,
    pub request_id: &'a RequestId,
}

impl Step<'_> {
    /// Takes it, with what `change` does beside; returns the assignment as it is then.
    pub(super) fn take(
        &self,
        conn: &mut Conn,
        ctx: &Ctx,
        old: &Assignment,
        change: impl FnOnce(&mut Assignment),
    ) -> Result<Assignment> {
        let mut new = old.clone();
        new.status = advance(old.status, self.action, old.before_suspension())?;
        change(&mut new);
        let new = keep(conn, ctx, new)?;
        let (now, active) = (ctx.now(), AssignmentStatus::Active);
        match (old.status == active, new.status == active) {
            (false, true) => store::open_spell(conn, new.id, now)?,
            (true, false) => store::close_spell(conn, new.id, now)?,
            _ => {}
        }
        record(conn, ctx, Some(old), &new, self.reason, self.by, self.request_id)?;
        Ok(new)
    }
}

/// Writes a changed row, with its earliest clock.
pub(super) fn keep(conn: &mut Conn, ctx: &Ctx, mut row: Assignment) -> Result<Assignment> {
    row.due_at = row.next_due().map(|(at, _)| at);
    row.version += 1;
    row.updated_at = ctx.now();
    store::update_assignment(conn, &row)?;
    Ok(row)
}

/// Writes the event of a change, and tells the board where hours were taken or came free.
pub(super) fn record(
    conn: &mut Conn,
    ctx: &Ctx,
    old: Option<&Assignment>,
    new: &Assignment,
    reason: Option<&str>,
    by: Option<AccountId>,
    request_id: &RequestId,
) -> Result<()> {
    let change = audit::Change {
        machine: "assignment",
        entity: new.id.into(),
        actor: by,
        from: old.map(|old| old.status.as_str()),
        to: new.status.as_str(),
        reason,
        request_id,
    };
    audit::record(conn, ctx, change)?;
    feed::note(conn, ctx.ids(), ASSIGNMENT_CHANGED, new.id)?;
    if old.is_none_or(|old| old.status != new.status) {
        // What they have promised, and the days at work that earn access.
        feed::note(conn, ctx.ids(), VOLUNTEER_CHANGED, new.account_id)?;
    }
    if old.is_none_or(|old| old.status.is_live() != new.status.is_live()) {
        feed::note(conn, ctx.ids(), PROJECT_CHANGED, new.project_id)?;
    }
    Ok(())
}
