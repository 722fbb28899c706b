//! Moving needs from state to state.

use super::read::{NeedCard, card, find_visible};
use crate::features::accounts::policy::require_verified;
use crate::features::audit;
use crate::features::needs::model::{Moved, Need, NeedAction, NeedStatus, advance};
use crate::features::needs::problems::{BUDGET_SPENT, PROJECT_NOT_LISTED, WINDOW_PASSED};
use crate::features::needs::{NEED_CHANGED, policy, store};
use crate::features::projects::{self, Project, ProjectStatus};
use crate::infra::Ctx;
use crate::infra::db::{Conn, feed};
use crate::kernel::{AccountId, Actor, Error, IfMatch, NeedId, ProjectId, RequestId, Result};
use chrono::TimeDelta;

/// The job that tells later features that a need is fulfilled; `need_id` in its payload.
pub const NEED_FULFILLED: &str = "need_fulfilled";

/// The project confirms a need at least this often.
const FRESH_FOR: TimeDelta = TimeDelta::days(30);
/// So long after that an unconfirmed need expires.
const GRACE: TimeDelta = TimeDelta::days(7);

/// A transition that a person asks for.
pub(in crate::features::needs) async fn transition(
    ctx: &Ctx,
    actor: &Actor,
    id: NeedId,
    if_match: IfMatch,
    action: NeedAction,
    reason: Option<String>,
) -> Result<NeedCard> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let (seen, _, standing) = find_visible(conn, Some(&actor), id)?;
            policy::may_edit(&standing, seen.status, seen.visibility).prove((), "need")?;
            require_verified(&actor)?;
            let project = projects::lock_project(conn, seen.project_id)?;
            let need = store::lock_need(conn, id)?;
            if_match.check(need.version)?;
            let step =
                Step { action, reason: reason.as_deref(), by: Some(actor.account_id), request_id: &actor.request_id };
            let need = step.take(conn, &inner, &project, &need)?;
            card(conn, need, project)
        })
        .await
}

/// A transition within a transaction at hand; the project must be locked.
pub fn transition_in(
    conn: &mut Conn,
    ctx: &Ctx,
    (project, need): (&Project, &Need),
    action: NeedAction,
    by: Option<AccountId>,
    request_id: &RequestId,
) -> Result<Need> {
    Step { action, reason: None, by, request_id }.take(conn, ctx, project, need)
}

struct Step<'a> {
    action: NeedAction,
    reason: Option<&'a str>,
    by: Option<AccountId>,
    request_id: &'a RequestId,
}

impl Step<'_> {
    fn take(&self, conn: &mut Conn, ctx: &Ctx, project: &Project, need: &Need) -> Result<Need> {
        let to = advance(need.status, self.action)?;
        let now = ctx.now();
        // Who is at work already was found while it was open.
        if to.is_live() && !matches!(self.action, NeedAction::Begin | NeedAction::Rest) {
            require_openable(conn, ctx, project, need)?;
        }
        let renewed = matches!(self.action, NeedAction::Publish | NeedAction::Resume | NeedAction::Renew);
        let moved = Moved {
            status: to,
            opened_at: need.opened_at.is_none().then_some(now).filter(|_| to.is_live()),
            renew_by: renewed.then_some(now + FRESH_FOR),
        };
        store::move_need(conn, need, &moved, now)?;
        let change = audit::Change {
            machine: "need",
            entity: need.id.into(),
            actor: self.by,
            from: Some(need.status.as_str()),
            to: to.as_str(),
            reason: self.reason,
            request_id: self.request_id,
        };
        audit::record(conn, ctx, change)?;
        if to == NeedStatus::Fulfilled {
            super::seats::tell(conn, ctx, NEED_FULFILLED, need.id)?;
        }
        if matches!(to, NeedStatus::Cancelled | NeedStatus::Fulfilled | NeedStatus::Expired) {
            super::seats::tell(conn, ctx, super::seats::LEFT_THE_MARKET, need.id)?;
        }
        feed::note(conn, ctx.ids(), NEED_CHANGED, need.id)?;
        super::news::tell(conn, ctx, (project, need), (self.action, to), self.by)?;
        let moved = store::get_need(conn, need.id)?;
        if to == NeedStatus::Open && self.action != NeedAction::Rest && store::given_hours(conn, need.id)? > 0.0 {
            // Somebody has been at work all along.
            return Step { action: NeedAction::Begin, reason: None, ..*self }.take(conn, ctx, project, &moved);
        }
        Ok(moved)
    }
}

/// What must hold for a need to look for people.
fn require_openable(conn: &mut Conn, ctx: &Ctx, project: &Project, need: &Need) -> Result<()> {
    if project.status != ProjectStatus::Listed {
        let detail = format!("The project is {}; only a listed one opens needs.", project.status);
        return Err(Error::new(&PROJECT_NOT_LISTED, detail));
    }
    let today = ctx.now().date_naive();
    if let Some(until) = need.apply_until.filter(|until| *until < today) {
        return Err(Error::new(
            &WINDOW_PASSED,
            format!("Applications were taken until {until}, and today is {today}."),
        ));
    }
    require_budget(conn, project, need)
}

/// The hours of all open needs stay within what the project's maintainers can review.
pub(super) fn require_budget(conn: &mut Conn, project: &Project, need: &Need) -> Result<()> {
    let budget = project.review_hours_per_week;
    let others = store::open_hours(conn, project.id, Some(need.id))?;
    let wanted = need.hours_per_week * f64::from(need.seats);
    if others + wanted <= budget {
        return Ok(());
    }
    let detail = format!(
        "This need asks for {wanted} hours a week over its seats, and {others} of the {budget} that the project can review are taken by its other open needs."
    );
    Err(Error::new(&BUDGET_SPENT, detail))
}

/// Pauses what a project that is not listed any more asks for: the job [`projects::LEFT_THE_LIST`].
pub async fn pause_unlisted(ctx: Ctx, payload: serde_json::Value) -> Result<()> {
    let id = payload.get("project_id").cloned().unwrap_or_default();
    let id: ProjectId = serde_json::from_value(id).map_err(Error::internal)?;
    let (inner, request_id) = (ctx.clone(), RequestId::new(ctx.ids().make()));
    ctx.store()
        .write(move |conn| {
            let project = projects::lock_project(conn, id)?;
            if project.status == ProjectStatus::Listed {
                return Ok(());
            }
            for need in store::list_open_need_ids(conn, &[id])? {
                let need = store::lock_need(conn, need)?;
                if need.status.is_live() {
                    let reason = Some("project_not_listed");
                    let step = Step { action: NeedAction::Pause, reason, by: None, request_id: &request_id };
                    step.take(conn, &inner, &project, &need)?;
                }
            }
            Ok(())
        })
        .await
}

/// Expires the needs that nobody confirmed in time, some at a time; returns how many.
pub async fn expire_overdue(ctx: &Ctx, request_id: RequestId) -> Result<usize> {
    let (inner, before) = (ctx.clone(), ctx.now() - GRACE);
    ctx.store()
        .write(move |conn| {
            let overdue = store::list_overdue(conn, before, 100)?;
            let mut expired = 0;
            for (id, project_id) in overdue {
                let project = projects::lock_project(conn, project_id)?;
                let need = store::lock_need(conn, id)?;
                if need.status == NeedStatus::Open && need.renew_by.is_some_and(|by| by < before) {
                    let reason = Some("not_confirmed_in_time");
                    let step = Step { action: NeedAction::Expire, reason, by: None, request_id: &request_id };
                    step.take(conn, &inner, &project, &need)?;
                    expired += 1;
                }
            }
            Ok(expired)
        })
        .await
}
