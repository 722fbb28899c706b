//! Reading feedback.

use crate::features::assignments::{self, Assignment};
use crate::features::feedback::model::{Feedback, FeedbackSide};
use crate::features::feedback::{policy, store};
use crate::features::projects;
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{Actor, AssignmentId, Error, PlatformRole, Result};
use chrono::TimeDelta;

/// Whoever has not spoken by then reads what the other side said all the same.
const SEALED_FOR: TimeDelta = TimeDelta::days(30);

/// What the reader sees of what was said.
#[derive(Debug)]
pub(in crate::features::feedback) struct Said {
    pub(in crate::features::feedback) by: Vec<Feedback>,
    /// Sides that have spoken, and that the reader does not see yet.
    pub(in crate::features::feedback) sealed: Vec<FeedbackSide>,
    /// The skills that the project confirmed, as far as its part is seen.
    pub(in crate::features::feedback) skills: Vec<String>,
}

pub(super) fn said(
    conn: &mut Conn,
    ctx: &Ctx,
    row: &Assignment,
    reader: Option<FeedbackSide>,
    moderator: bool,
) -> Result<Said> {
    let all = store::list_feedback(conn, row.id)?;
    let (both, now) = (all.len() > 1, ctx.now());
    let waited = row.ended_at.is_some_and(|ended| now > ended + SEALED_FOR);
    let (by, sealed): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|one| policy::sees(reader, moderator, one.side, both, waited));
    let skills = if by.iter().any(|one| one.side == FeedbackSide::Project) {
        store::list_skills_of_work(conn, row.id)?
    } else {
        Vec::new()
    };
    Ok(Said { by, sealed: sealed.into_iter().map(|one| one.side).collect(), skills })
}

/// What the two sides said of each other, as far as the caller may read it.
pub(in crate::features::feedback) async fn read(ctx: &Ctx, actor: &Actor, id: AssignmentId) -> Result<Said> {
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store = ctx.store().clone();
    store
        .read(move |conn| {
            let row = assignments::get_assignment(conn, id)?;
            let project = projects::get_project(conn, row.project_id)?;
            let standing = assignments::standing(conn, &actor, &row, &project)?;
            let moderator = actor.has(PlatformRole::Moderator);
            policy::may_read(&standing, moderator).prove((), "assignment")?;
            let reader = policy::side_of(&standing);
            let moderator = moderator && reader.is_none();
            if reader.is_none() && !moderator {
                return Err(Error::not_found("assignment"));
            }
            said(conn, &ctx, &row, reader, moderator)
        })
        .await
}
