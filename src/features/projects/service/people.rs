//! Who maintains a project.

use super::invitations::invite;
use super::read::Person;
use super::transitions::{leads, step};
use super::{By, write_or_look_again};
use crate::features::accounts::policy::{require_fresh_factor, require_verified};
use crate::features::accounts::{self, Account};
use crate::features::audit;
use crate::features::projects::model::{
    Leads, Maintainer, Project, ProjectAction, ProjectChanges, ProjectRole, ProjectStatus,
};
use crate::features::projects::problems::ALREADY_MAINTAINER;
use crate::features::projects::{PROJECT_CHANGED, find_visible, lock_visible, policy, store};
use crate::infra::Ctx;
use crate::infra::db::{Conn, feed};
use crate::kernel::{
    AccountId, Actor, Allowed, Caller, Cursor, Decision, Error, Handle, Limit, Page, ProjectId, RequestId, Result,
};

/// A page of the project's people, leads first.
pub(in crate::features::projects) async fn list_people(
    ctx: &Ctx,
    caller: &Caller,
    slug: String,
    limit: Limit,
    after: Option<Cursor>,
) -> Result<Page<Person>> {
    let actor = caller.actor.clone();
    ctx.store()
        .read(move |conn| {
            let (project, _) = find_visible(conn, actor.as_ref(), &slug)?;
            let people = store::list_people(conn, &[project.id])?.remove(&project.id).unwrap_or_default();
            let from = after.and_then(|last| people.iter().position(|(row, _)| row.account_id.0 == last.id));
            let rest = people.into_iter().skip(from.map_or(0, |at| at + 1)).take(limit.rows() + 1);
            let rest = rest.map(|(row, account)| Person::new(row, account)).collect();
            Ok(Page::cut(rest, limit, |person: &Person| Cursor::by_id(person.maintainer.account_id)))
        })
        .await
}

/// Adds a person who has an account, where a coordinator says so: the place counts as verified then. A lead invites the
/// person, who is with the project once they accept.
pub(in crate::features::projects) async fn add_maintainer(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    handle: String,
    role: ProjectRole,
) -> Result<Person> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    write_or_look_again(ctx, move |conn| {
        let (project, standing) = lock_visible(conn, &actor, &slug)?;
        let account = known(conn, &handle)?;
        let oneself = account.as_ref().is_ok_and(|account| account.id == actor.account_id);
        let project = policy::may_add(&standing, role, oneself).prove(project, "project")?;
        require_verified(&actor)?;
        require_fresh_factor(&actor, inner.now())?;
        let account = account?;
        if store::find_maintainer(conn, project.id, account.id)?.is_some() {
            let detail = format!("{} is with this project already.", account.handle);
            return Err(Error::new(&ALREADY_MAINTAINER, detail));
        }
        if !standing.coordinator {
            return invite(conn, &inner, &project, account, role, &actor);
        }
        let now = inner.now();
        let row =
            Maintainer { project_id: project.id, account_id: account.id, role, verified_at: Some(now), since: now };
        store::insert_maintainer(conn, &row)?;
        let by = By { account: Some(actor.account_id), request_id: &actor.request_id };
        record(conn, &inner, &project, None, role.as_str(), by)?;
        if role == ProjectRole::Lead && project.status == ProjectStatus::Unclaimed {
            step(conn, &inner, &project, ProjectAction::Claim, ProjectChanges::default(), None, by)?;
        }
        feed::note(conn, inner.ids(), PROJECT_CHANGED, project.id)?;
        Ok(Person::new(row, account))
    })
    .await
}

/// Adds a person whose place is known to be true, within a transaction at hand: for sample data and operators.
pub fn add_maintainer_in(
    conn: &mut Conn,
    ctx: &Ctx,
    project_id: ProjectId,
    account_id: AccountId,
    role: ProjectRole,
) -> Result<()> {
    let now = ctx.now();
    store::insert_maintainer(conn, &Maintainer { project_id, account_id, role, verified_at: Some(now), since: now })?;
    feed::note(conn, ctx.ids(), PROJECT_CHANGED, project_id)
}

/// The account with this handle, or what is wrong with it: to be told only to whoever may add people.
fn known(conn: &mut Conn, handle: &str) -> Result<Result<Account>> {
    let handle = match Handle::parse(handle) {
        Ok(handle) => handle,
        Err(fault) => return Ok(Err(Error::field("/handle", fault.code, fault.detail))),
    };
    let found = accounts::find_account_by_handle(conn, handle.as_str())?;
    Ok(found.ok_or_else(|| {
        Error::field("/handle", "unknown_handle", format!("Nobody here has the handle {:?}.", handle.as_str()))
    }))
}

/// Writes down what became of somebody's place in the project.
pub(super) fn record(
    conn: &mut Conn,
    ctx: &Ctx,
    project: &Project,
    from: Option<&'static str>,
    to: &'static str,
    by: By<'_>,
) -> Result<()> {
    let change = audit::Change {
        machine: "project_maintainer",
        entity: project.id.into(),
        actor: by.account,
        from,
        to,
        reason: None,
        request_id: by.request_id,
    };
    audit::record(conn, ctx, change)
}

/// Takes a person off the project, or lets them leave. Without its last lead the project falls back.
pub(in crate::features::projects) async fn remove_maintainer(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    handle: String,
) -> Result<()> {
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store_handle = ctx.store().clone();
    store_handle
        .write(move |conn| {
            let (project, standing) = lock_visible(conn, &actor, &slug)?;
            let account = known(conn, &handle)?.ok();
            let row = match &account {
                Some(account) => store::find_maintainer(conn, project.id, account.id)?,
                None => None,
            };
            let oneself = row.as_ref().is_some_and(|row| row.account_id == actor.account_id);
            let project = policy::may_remove(&standing, oneself).prove(project, "project")?;
            let row = row.ok_or_else(|| Error::not_found("maintainer"))?;
            if !oneself {
                require_fresh_factor(&actor, ctx.now())?;
            }
            let by = By { account: Some(actor.account_id), request_id: &actor.request_id };
            remove(conn, &ctx, &project, &row, by)
        })
        .await
}

/// Takes a person off the project whose account ends, within a transaction at hand.
pub(in crate::features::projects) fn take_off(
    conn: &mut Conn,
    ctx: &Ctx,
    project_id: ProjectId,
    account_id: AccountId,
    request_id: &RequestId,
) -> Result<()> {
    let project = store::lock_project(conn, project_id)?;
    let Some(row) = store::find_maintainer(conn, project_id, account_id)? else { return Ok(()) };
    // Anybody may leave.
    let project = Decision::Allow.prove(project, "project")?;
    remove(conn, ctx, &project, &row, By { account: None, request_id })
}

fn remove(conn: &mut Conn, ctx: &Ctx, project: &Allowed<Project>, row: &Maintainer, by: By<'_>) -> Result<()> {
    store::delete_maintainer(conn, project, row.account_id)?;
    store::delete_claim(conn, project, row.account_id)?;
    record(conn, ctx, project, Some(row.role.as_str()), "removed", by)?;
    fall_back(conn, ctx, project, by)?;
    feed::note(conn, ctx.ids(), PROJECT_CHANGED, project.id)
}

fn fall_back(conn: &mut Conn, ctx: &Ctx, project: &Allowed<Project>, by: By<'_>) -> Result<()> {
    let left = leads(&store::list_maintainers(conn, project.id)?);
    let lapses = match project.status {
        ProjectStatus::Listed => left < Leads::Verified,
        ProjectStatus::ClaimPending => left == Leads::Nobody,
        _ => false,
    };
    if !lapses {
        return Ok(());
    }
    let reason = Some("the last lead left");
    step(conn, ctx, project, ProjectAction::Lapse, ProjectChanges::default(), reason, by)
}
