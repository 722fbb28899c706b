//! The access ladder: who is let into what, by whose word, and that it is taken back at the end.

use super::lease::lock_for;
use super::place::require_earned;
use super::read::find_visible;
use super::tell::tell;
use crate::features::accounts;
use crate::features::accounts::policy::{require_fresh_factor, require_verified};
use crate::features::assignments::ladder::{EARNED_FROM, are_apart};
use crate::features::assignments::letters::Notice;
use crate::features::assignments::model::{
    Access, AccessAction, AccessStatus, Approval, Assignment, Side, advance_access,
};
use crate::features::assignments::problems::{APPROVERS_TOO_CLOSE, APPROVES_ALREADY, FACTOR_NEEDED, OVER};
use crate::features::assignments::{policy, store};
use crate::features::audit;
use crate::features::organizations;
use crate::features::projects::Project;
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{
    AccessId, AccessLevel, AccountId, Actor, AssignmentId, Check, Cursor, Error, IfMatch, Limit, Line, Page, RequestId,
    Result, Timestamp,
};
use std::collections::HashMap;

/// Access with the people who said yes.
#[derive(Debug)]
pub(in crate::features::assignments) struct AccessCard {
    pub(in crate::features::assignments) row: Access,
    pub(in crate::features::assignments) asked_by: String,
    /// Handle and instant of each yes.
    pub(in crate::features::assignments) approvals: Vec<(String, Timestamp)>,
}

fn cards(conn: &mut Conn, page: Page<Access>) -> Result<Page<AccessCard>> {
    let ids: Vec<AccessId> = page.items.iter().map(|row| row.id).collect();
    let mut approvals = store::list_approvals(conn, &ids)?;
    let mut people: Vec<AccountId> = page.items.iter().map(|row| row.asked_by).collect();
    people.extend(approvals.values().flatten().map(|row| row.account_id));
    people.sort_unstable();
    people.dedup();
    let people = accounts::list_accounts(conn, &people)?;
    let handles: HashMap<AccountId, String> = people.into_iter().map(|one| (one.id, one.handle)).collect();
    let handle = |id: &AccountId| handles.get(id).cloned().unwrap_or_default();
    Ok(page.map(|row| AccessCard {
        asked_by: handle(&row.asked_by),
        approvals: approvals
            .remove(&row.id)
            .unwrap_or_default()
            .iter()
            .map(|approval| (handle(&approval.account_id), approval.at))
            .collect(),
        row,
    }))
}

fn card(conn: &mut Conn, row: Access) -> Result<AccessCard> {
    let page = cards(conn, Page { items: vec![row], next: None })?;
    page.items.into_iter().next().ok_or_else(|| Error::not_found("access"))
}

/// What the volunteer was ever let into.
pub(in crate::features::assignments) async fn list(
    ctx: &Ctx,
    actor: &Actor,
    id: AssignmentId,
    limit: Limit,
    after: Option<Cursor>,
) -> Result<Page<AccessCard>> {
    let actor = actor.clone();
    ctx.store()
        .read(move |conn| {
            let (_, _, standing) = find_visible(conn, &actor, id)?;
            policy::may_read_check_ins(&standing).prove((), "assignment")?;
            let page = store::list_access(conn, id, limit, after.as_ref())?;
            cards(conn, page)
        })
        .await
}

/// Asks for access, or, where the project does so and one word is enough, gives it at once.
pub(in crate::features::assignments) async fn ask(
    ctx: &Ctx,
    actor: &Actor,
    id: AssignmentId,
    what: String,
    level: i64,
) -> Result<AccessCard> {
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let (row, project, standing) = lock_for(conn, &actor, id, &IfMatch::Absent, policy::may_steer)?;
            let mut check = Check::default();
            let what = check.value("/what", Line::parse(&what, 2, 120));
            let level = check.value("/level", AccessLevel::parse(level));
            check.done()?;
            let (what, level) = (what?.into_string(), i16::from(level?.get()));
            if !row.status.is_live() {
                return Err(Error::new(&OVER, format!("The assignment is {}.", row.status)));
            }
            if level >= EARNED_FROM {
                require_earned(conn, &ctx, &project, row.account_id)?;
            }
            let given = level < EARNED_FROM && standing.side() == Some(Side::Project);
            let now = ctx.now();
            let access = Access {
                id: ctx.ids().make(),
                assignment_id: id,
                what,
                level,
                status: if given { AccessStatus::Granted } else { AccessStatus::Asked },
                asked_by: actor.account_id,
                asked_at: now,
                granted_at: given.then_some(now),
                ended_at: None,
                ended_by: None,
                alert_at: None,
                version: 1,
            };
            store::insert_access(conn, &access)?;
            record(conn, &ctx, None, &access, Some(actor.account_id), &actor.request_id)?;
            if !given {
                let notice = Notice::AccessAsked(access.what.clone(), level);
                tell(conn, &ctx, &row, &[Side::Project], Some(actor.account_id), &notice)?;
            }
            card(conn, access)
        })
        .await
}

pub(super) fn record(
    conn: &mut Conn,
    ctx: &Ctx,
    old: Option<AccessStatus>,
    new: &Access,
    by: Option<AccountId>,
    request_id: &RequestId,
) -> Result<()> {
    let level = format!("L{}", new.level);
    let change = audit::Change {
        machine: "access",
        entity: new.id.into(),
        actor: by,
        from: old.map(AccessStatus::as_str),
        to: new.status.as_str(),
        reason: Some(&level),
        request_id,
    };
    audit::record(conn, ctx, change)
}

/// Somebody of the project decides on access, or ticks off that it was taken back.
pub(in crate::features::assignments) async fn decide(
    ctx: &Ctx,
    actor: &Actor,
    (id, access): (AssignmentId, AccessId),
    action: AccessAction,
) -> Result<AccessCard> {
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let (row, project, _) = lock_for(conn, &actor, id, &IfMatch::Absent, policy::may_host)?;
            let old = store::lock_access(conn, id, access)?;
            let mut new = Access { version: old.version + 1, ..old.clone() };
            let now = ctx.now();
            if action == AccessAction::Approve {
                let enough = approve(conn, &ctx, &actor, (&project, &row), &old)?;
                new.status = advance_access(old.status, action, enough)?;
                new.granted_at = enough.then_some(now);
            } else {
                new.status = advance_access(old.status, action, false)?;
                new.ended_at = Some(now);
                new.ended_by = Some(actor.account_id);
                new.alert_at = None;
            }
            store::update_access(conn, &new)?;
            record(conn, &ctx, Some(old.status), &new, Some(actor.account_id), &actor.request_id)?;
            card(conn, new)
        })
        .await
}

/// Adds the caller's yes; says whether it was the last one that is wanted.
fn approve(
    conn: &mut Conn,
    ctx: &Ctx,
    actor: &Actor,
    (project, row): (&Project, &Assignment),
    access: &Access,
) -> Result<bool> {
    policy::may_approve(access.asked_by == actor.account_id).prove((), "access")?;
    advance_access(access.status, AccessAction::Approve, false)?;
    let earned = access.level >= EARNED_FROM;
    if earned {
        require_factor(actor, ctx.now())?;
        require_earned(conn, ctx, project, row.account_id)?;
    }
    let others = store::list_approvals(conn, &[access.id])?.remove(&access.id).unwrap_or_default();
    if others.iter().any(|other| other.account_id == actor.account_id) {
        return Err(Error::new(&APPROVES_ALREADY, "Your own yes stands already; another approver's is missing."));
    }
    if let (true, Some(first)) = (earned, others.first()) {
        let mine = organizations::list_organization_ids(conn, actor.account_id)?;
        let theirs = organizations::list_organization_ids(conn, first.account_id)?;
        if !are_apart(&mine, &theirs) {
            let detail = "You and the first approver belong to the same organization, or neither of you to any.";
            return Err(Error::new(&APPROVERS_TOO_CLOSE, detail));
        }
    }
    let approval = Approval { access_id: access.id, account_id: actor.account_id, at: ctx.now() };
    store::insert_approval(conn, &approval)?;
    Ok(!earned || !others.is_empty())
}

/// Whoever opens a release or an administration proves who they are, right now.
fn require_factor(actor: &Actor, now: Timestamp) -> Result<()> {
    require_verified(actor)?;
    if !actor.mfa_enabled {
        return Err(Error::new(&FACTOR_NEEDED, "Your account has no second factor yet."));
    }
    require_fresh_factor(actor, now)
}

/// Whether the access that the work wants was given: from L3 on the list can't say so by itself.
pub(super) fn is_given(conn: &mut Conn, row: &Assignment) -> Result<bool> {
    if row.access_level < EARNED_FROM {
        return Ok(true);
    }
    let given = store::list_access_in(conn, &[row.id], &[AccessStatus::Granted])?.remove(&row.id).unwrap_or_default();
    Ok(given.iter().any(|access| access.level >= row.access_level))
}
