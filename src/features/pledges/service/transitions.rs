//! Moving pledges from state to state.

use super::posting::{Posting, post, settle};
use super::read::{PledgeCard, card, find_visible};
use super::write::minutes_of;
use crate::features::accounts::policy::{require_fresh_factor, require_verified};
use crate::features::audit;
use crate::features::organizations;
use crate::features::pledges::ledger::EntryKind;
use crate::features::pledges::model::{Balance, Pledge, PledgeAction, PledgeStatus, advance};
use crate::features::pledges::problems::PERIOD_PASSED;
use crate::features::pledges::{PLEDGE_CHANGED, policy, store};
use crate::infra::Ctx;
use crate::infra::db::{Conn, feed};
use crate::kernel::{AccountId, Actor, Error, IfMatch, OrganizationId, PledgeId, RequestId, Result};
use chrono::TimeDelta;

/// From the withdrawal of a running pledge to its end.
const NOTICE: TimeDelta = TimeDelta::days(14);

/// A transition that a person asks for.
pub(in crate::features::pledges) async fn transition(
    ctx: &Ctx,
    actor: &Actor,
    id: PledgeId,
    if_match: IfMatch,
    action: PledgeAction,
    reason: Option<String>,
) -> Result<PledgeCard> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let (_, organization, standing) = find_visible(conn, &actor, id)?;
            policy::may_manage(standing.role, standing.coordinator).prove((), "pledge")?;
            require_verified(&actor)?;
            require_fresh_factor(&actor, inner.now())?;
            if matches!(action, PledgeAction::Activate | PledgeAction::Resume) {
                organizations::policy::require_unsuspended(&organization)?;
            }
            let pledge = store::lock_pledge(conn, id)?;
            if_match.check(pledge.version)?;
            let by = Some(actor.account_id);
            let step = Step { action, reason: reason.as_deref(), by, request_id: &actor.request_id };
            let pledge = step.take(conn, &inner, &pledge)?;
            card(conn, pledge, organization.slug)
        })
        .await
}

/// Activates a draft within a transaction at hand.
pub fn activate_in(
    conn: &mut Conn,
    ctx: &Ctx,
    pledge: &Pledge,
    by: Option<AccountId>,
    request_id: &RequestId,
) -> Result<Pledge> {
    Step { action: PledgeAction::Activate, reason: None, by, request_id }.take(conn, ctx, pledge)
}

/// Lets every pledge of an organization rest that gives hours or would once some are free, within a transaction at hand.
pub fn pause_all_in(
    conn: &mut Conn,
    ctx: &Ctx,
    organization: OrganizationId,
    reason: &str,
    (by, request_id): (Option<AccountId>, &RequestId),
) -> Result<()> {
    for id in store::list_giving_ids(conn, organization)? {
        let pledge = store::lock_pledge(conn, id)?;
        if matches!(pledge.status, PledgeStatus::Active | PledgeStatus::Exhausted) {
            let step = Step { action: PledgeAction::Pause, reason: Some(reason), by, request_id };
            step.take(conn, ctx, &pledge)?;
        }
    }
    Ok(())
}

/// One transition of a locked pledge.
pub(super) struct Step<'a> {
    pub action: PledgeAction,
    pub reason: Option<&'a str>,
    pub by: Option<AccountId>,
    pub request_id: &'a RequestId,
}

impl Step<'_> {
    /// Takes it, with all that it brings about in the ledger; returns the pledge as it is then.
    pub(super) fn take(&self, conn: &mut Conn, ctx: &Ctx, pledge: &Pledge) -> Result<Pledge> {
        let to = advance(pledge.status, pledge.withdraws_at.is_some(), self.action)?;
        let now = ctx.now();
        if matches!(self.action, PledgeAction::Activate | PledgeAction::Resume) && pledge.ends_on < now.date_naive() {
            return Err(Error::new(&PERIOD_PASSED, format!("Its last day was {}.", pledge.ends_on)));
        }
        let noticed = self.action == PledgeAction::Withdraw && pledge.status.is_running();
        let withdraws_at = if noticed { Some(now + NOTICE) } else { pledge.withdraws_at };
        store::move_pledge(conn, pledge, to, withdraws_at, now)?;
        let change = audit::Change {
            machine: "pledge",
            entity: pledge.id.into(),
            actor: self.by,
            from: Some(pledge.status.as_str()),
            to: to.as_str(),
            reason: self.reason.or_else(|| noticed.then_some("withdrawal_notice")),
            request_id: self.request_id,
        };
        audit::record(conn, ctx, change)?;
        feed::note(conn, ctx.ids(), PLEDGE_CHANGED, pledge.id)?;
        let moved = store::get_pledge(conn, pledge.id)?;
        super::news::tell(conn, ctx, &moved, self.action, self.by)?;
        match self.action {
            PledgeAction::Activate => self.grant(conn, ctx, &moved),
            PledgeAction::Resume | PledgeAction::End | PledgeAction::Leave => {
                settle(conn, ctx, &moved, self.by, self.request_id)
            }
            _ => Ok(moved),
        }
    }

    fn grant(&self, conn: &mut Conn, ctx: &Ctx, pledge: &Pledge) -> Result<Pledge> {
        store::insert_balance(conn, &Balance::zero(pledge.id))?;
        let minutes = minutes_of(pledge, ctx.now().date_naive());
        let posting = Posting { kind: EntryKind::Grant, minutes, reference: None, note: None };
        post(conn, ctx, pledge, posting, self.by, self.request_id)
    }
}
