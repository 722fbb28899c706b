//! Suspending, and lifting that: what is done to the thing itself is its own feature's; here it is kept why, and told.

use super::{SuspensionCard, record, suspension_card};
use crate::features::accounts::policy::require_fresh_factor;
use crate::features::accounts::{self, Account};
use crate::features::moderation::letters::Notice;
use crate::features::moderation::model::{ReportStatus, SubjectKind, Suspension, Verdict};
use crate::features::moderation::subject::{self, Subject};
use crate::features::moderation::{policy, store};
use crate::features::organizations::{self, Organization};
use crate::features::pledges;
use crate::features::projects::{self, ProjectStatus};
use crate::features::volunteers::{self, Profile};
use crate::infra::crypto::{Purpose, Token};
use crate::infra::db::Conn;
use crate::infra::{Ctx, outbox};
use crate::kernel::{
    AccountId, Actor, Allowed, Check, Decision, Error, IfMatch, Line, PlatformRole, ProjectId, RequestId, Result,
};
use serde_json::Value;

/// What the mailed token is good for.
pub(super) const PURPOSE: Purpose = Purpose::new("appeal");

/// A moderator suspends something by its name.
pub(in crate::features::moderation) async fn suspend_by_hand(
    ctx: &Ctx,
    actor: &Actor,
    kind: SubjectKind,
    name: String,
    if_match: IfMatch,
    reason: String,
) -> Result<SuspensionCard> {
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store_handle = ctx.store().clone();
    store_handle
        .write(move |conn| {
            let subject = find(conn, &actor, kind, &name)?;
            require_fresh_factor(&actor, ctx.now())?;
            let mut check = Check::default();
            let reason = check.value("/reason", Line::parse(&reason, 3, 500));
            check.done()?;
            suspend(conn, &ctx, &actor, &subject, &if_match, reason?.as_str())?;
            let suspension = store::find_open_suspension(conn, subject.kind(), subject.id())?;
            let suspension = suspension.ok_or_else(|| Error::internal("a suspension left no row"))?;
            suspension_card(conn, suspension, &subject)
        })
        .await
}

/// A moderator lifts a suspension by the name of what is suspended.
pub(in crate::features::moderation) async fn lift_by_hand(
    ctx: &Ctx,
    actor: &Actor,
    kind: SubjectKind,
    name: String,
    if_match: IfMatch,
    reason: Option<String>,
) -> Result<SuspensionCard> {
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store_handle = ctx.store().clone();
    store_handle
        .write(move |conn| {
            let subject = find(conn, &actor, kind, &name)?;
            require_fresh_factor(&actor, ctx.now())?;
            let open = store::find_open_suspension(conn, subject.kind(), subject.id())?;
            lift(conn, &ctx, &actor, &subject, &if_match, reason.as_deref())?;
            let open = open.ok_or_else(|| Error::internal("a suspension had no row"))?;
            let suspension = store::get_suspension(conn, open.id)?;
            suspension_card(conn, suspension, &subject)
        })
        .await
}

/// Moderators alone learn whether there is such a thing.
fn find(conn: &mut Conn, actor: &Actor, kind: SubjectKind, name: &str) -> Result<Subject> {
    policy::may_moderate(actor.has(PlatformRole::Moderator)).prove((), "suspension")?;
    if kind == SubjectKind::Volunteer {
        // Also a profile that its person hides.
        let account = accounts::find_account_by_handle(conn, name)?.ok_or_else(|| Error::not_found("profile"))?;
        return Ok(Subject::Volunteer(account));
    }
    subject::find(conn, actor, kind, name)?.ok_or_else(|| Error::not_found("account"))
}

/// Suspends the thing within a transaction at hand.
pub(super) fn suspend(
    conn: &mut Conn,
    ctx: &Ctx,
    actor: &Actor,
    subject: &Subject,
    if_match: &IfMatch,
    reason: &str,
) -> Result<()> {
    let moderator = actor.has(PlatformRole::Moderator);
    match subject {
        // Its row and its mails come by the job that the project leaves.
        Subject::Project(project) => {
            if_match.check(project.version)?;
            return projects::moderate_in(conn, ctx, actor, &project.slug, true, reason);
        }
        Subject::Need(_) => return Err(Error::not_found("suspension")),
        Subject::Organization(organization) => {
            let organization = lock_organization(conn, organization, policy::may_moderate(moderator), if_match)?;
            organizations::suspend_in(conn, ctx, actor, &organization, reason)?;
            let by = (Some(actor.account_id), &actor.request_id);
            pledges::pause_all_in(conn, ctx, organization.id, "organization_suspended", by)?;
        }
        Subject::Volunteer(account) => {
            let profile = lock_profile(conn, account, policy::may_moderate(moderator), if_match)?;
            volunteers::moderate_in(conn, ctx, actor, &profile, true, Some(reason))?;
        }
        Subject::Account(account) => {
            let staff = !accounts::list_roles(conn, account.id)?.is_empty();
            let (admin, oneself) = (actor.has(PlatformRole::Admin), account.id == actor.account_id);
            let decision = match policy::may_moderate(moderator) {
                Decision::Allow => policy::may_suspend_account(admin, oneself, staff),
                refused => refused,
            };
            let account = lock_account(conn, account, decision, if_match)?;
            accounts::suspend_in(conn, ctx, actor, &account, reason)?;
        }
    }
    begin(conn, ctx, subject, actor.account_id, reason)
}

/// Lifts the suspension of the thing within a transaction at hand.
pub(super) fn lift(
    conn: &mut Conn,
    ctx: &Ctx,
    actor: &Actor,
    subject: &Subject,
    if_match: &IfMatch,
    reason: Option<&str>,
) -> Result<()> {
    let concerned = subject.people(conn)?.contains(&actor.account_id);
    let decision = policy::may_lift(actor.has(PlatformRole::Moderator), concerned);
    match subject {
        Subject::Project(project) => {
            if_match.check(project.version)?;
            let reason = reason.unwrap_or("the suspension was lifted");
            return projects::moderate_in(conn, ctx, actor, &project.slug, false, reason);
        }
        Subject::Need(_) => return Err(Error::not_found("suspension")),
        Subject::Organization(organization) => {
            let organization = lock_organization(conn, organization, decision, if_match)?;
            organizations::unsuspend_in(conn, ctx, actor, &organization, reason)?;
        }
        Subject::Volunteer(account) => {
            let profile = lock_profile(conn, account, decision, if_match)?;
            volunteers::moderate_in(conn, ctx, actor, &profile, false, reason)?;
        }
        Subject::Account(account) => {
            let account = lock_account(conn, account, decision, if_match)?;
            accounts::unsuspend_in(conn, ctx, actor, &account, reason)?;
        }
    }
    end(conn, ctx, subject, (actor.account_id, &actor.request_id), reason)
}

fn lock_organization(
    conn: &mut Conn,
    organization: &Organization,
    decision: Decision,
    if_match: &IfMatch,
) -> Result<Allowed<Organization>> {
    let organization = organizations::lock_organization_by_id(conn, organization.id)?;
    let organization = decision.prove(organization, "organization")?;
    if_match.check(organization.version)?;
    Ok(organization)
}

fn lock_profile(
    conn: &mut Conn,
    account: &Account,
    decision: Decision,
    if_match: &IfMatch,
) -> Result<Allowed<Profile>> {
    let profile = volunteers::lock_profile(conn, account.id)?.ok_or_else(|| Error::not_found("profile"))?;
    let profile = decision.prove(profile, "profile")?;
    if_match.check(profile.version)?;
    Ok(profile)
}

fn lock_account(
    conn: &mut Conn,
    account: &Account,
    decision: Decision,
    if_match: &IfMatch,
) -> Result<Allowed<Account>> {
    let account = decision.prove(accounts::lock_account(conn, account.id)?, "account")?;
    if_match.check(account.version)?;
    Ok(account)
}

/// Keeps the suspension, and tells those concerned why and how to appeal.
fn begin(conn: &mut Conn, ctx: &Ctx, subject: &Subject, by: AccountId, reason: &str) -> Result<()> {
    let token = Token::new(PURPOSE, ctx.entropy());
    let row = Suspension {
        id: ctx.ids().make(),
        subject_kind: subject.kind(),
        subject_id: subject.id(),
        reason: reason.to_owned(),
        suspended_by: by,
        suspended_at: ctx.now(),
        appeal_hash: token.hash_hex(),
        appealed_at: None,
        ended_at: None,
        ended_by: None,
        ended_reason: None,
    };
    store::insert_suspension(conn, &row)?;
    let notice = Notice::Suspended { reason, token: token.expose() };
    for person in subject.told(conn)? {
        outbox::post(conn, ctx, &notice.letter(ctx, subject, &person)?)?;
    }
    Ok(())
}

/// Ends the suspension, closes an appeal against it that waits, and tells those concerned.
fn end(
    conn: &mut Conn,
    ctx: &Ctx,
    subject: &Subject,
    (by, request_id): (AccountId, &RequestId),
    reason: Option<&str>,
) -> Result<()> {
    let Some(suspension) = store::find_open_suspension(conn, subject.kind(), subject.id())? else { return Ok(()) };
    let now = ctx.now();
    store::end_suspension(conn, suspension.id, by, reason, now)?;
    if let Some(appeal) = store::find_open_appeal(conn, suspension.id)? {
        let appeal = Decision::Allow.prove(store::lock_report(conn, appeal.id)?, "appeal")?;
        let to = ReportStatus::Upheld;
        let decision = reason.unwrap_or("the suspension was lifted");
        store::decide_report(conn, &appeal, &Verdict { to, by, at: now, decision, forget: false })?;
        let states = (Some(appeal.status.as_str()), to.as_str());
        record(conn, ctx, &appeal, states, Some(decision), (Some(by), request_id))?;
    }
    for person in subject.told(conn)? {
        outbox::post(conn, ctx, &Notice::Lifted { reason }.letter(ctx, subject, &person)?)?;
    }
    Ok(())
}

/// Keeps why a project was suspended, or that it no longer is, and tells its people: the job [`projects::MODERATED`]. Safe
/// to repeat, and in any order: what counts is how the project stands now.
pub async fn project_moderated(ctx: Ctx, payload: Value) -> Result<()> {
    let part = |name: &str| payload.get(name).cloned().unwrap_or_default();
    let id: ProjectId = serde_json::from_value(part("project_id")).map_err(Error::internal)?;
    let by: Option<AccountId> = serde_json::from_value(part("by")).map_err(Error::internal)?;
    let by = by.ok_or_else(|| Error::internal("a project was suspended by nobody"))?;
    let reason: Option<String> = serde_json::from_value(part("reason")).map_err(Error::internal)?;
    let suspended = part("suspended") == Value::Bool(true);
    let request_id = part("request_id").as_str().and_then(RequestId::accept);
    let request_id = request_id.unwrap_or_else(|| RequestId::new(ctx.ids().make()));
    let store_handle = ctx.store().clone();
    store_handle
        .write(move |conn| {
            let project = projects::lock_project(conn, id)?;
            let stands = project.status == ProjectStatus::Suspended;
            let subject = Subject::Project(project);
            let known = store::find_open_suspension(conn, subject.kind(), subject.id())?.is_some();
            match (suspended, stands, known) {
                (true, true, false) => begin(conn, &ctx, &subject, by, reason.as_deref().unwrap_or("not said")),
                (false, false, true) => end(conn, &ctx, &subject, (by, &request_id), reason.as_deref()),
                _ => Ok(()),
            }
        })
        .await
}
