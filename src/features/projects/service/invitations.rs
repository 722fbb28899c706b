//! Invitations to maintain a project: a verified lead sends them, and nobody is with a project who did not accept.

use super::people::record;
use super::read::Person;
use super::{By, write_or_look_again};
use crate::features::accounts::policy::require_verified;
use crate::features::accounts::{self, Account, AccountStatus};
use crate::features::audit;
use crate::features::organizations::InvitationStatus;
use crate::features::projects::letters::{InvitationLetter, Notice};
use crate::features::projects::model::{Maintainer, Project, ProjectInvitation, ProjectRole, ProjectStatus};
use crate::features::projects::problems::{
    ALREADY_MAINTAINER, DISPUTED, INVITATION_ENDED, TOO_MANY_INVITATIONS, WRONG_INVITATION,
};
use crate::features::projects::{PROJECT_CHANGED, find_visible, lock_visible, policy, store};
use crate::infra::crypto::{Purpose, Token};
use crate::infra::db::{Conn, feed};
use crate::infra::{Ctx, outbox};
use crate::kernel::{
    AccountId, Actor, Allowed, Caller, Cursor, Decision, Error, InvitationId, Limit, Page, RequestId, Result,
};
use chrono::TimeDelta;
use secrecy::{ExposeSecret as _, SecretString};

/// What the mailed token is good for.
const PURPOSE: Purpose = Purpose::new("maintain");
/// How long an invitation holds, in days.
const DAYS: i64 = 7;
/// Most invitations of one project that wait for an answer.
const MOST_PENDING: i64 = 50;
/// Most invitations an hour to one person, from whomever.
const MAILS_PER_HOUR: i64 = 3;

fn wrong() -> Error {
    let detail = "This invitation is unknown, answered already, taken back, older than 7 days, or another person's.";
    Error::new(&WRONG_INVITATION, detail)
}

/// An invitation with the names to show.
#[derive(Debug, Clone)]
pub(in crate::features::projects) struct InvitationCard {
    pub invitation: ProjectInvitation,
    pub project: Project,
    pub handle: String,
    pub invited_by: String,
}

fn card(conn: &mut Conn, invitation: ProjectInvitation, project: Project) -> Result<InvitationCard> {
    let handle = accounts::get_account(conn, invitation.account_id)?.handle;
    let invited_by = accounts::get_account(conn, invitation.invited_by)?.handle;
    Ok(InvitationCard { invitation, project, handle, invited_by })
}

/// Invites this person, within a transaction at hand; an open invitation of the same person is replaced. The answer shows
/// the place that the person would have.
pub(super) fn invite(
    conn: &mut Conn,
    ctx: &Ctx,
    project: &Allowed<Project>,
    account: Account,
    role: ProjectRole,
    actor: &Actor,
) -> Result<Person> {
    let now = ctx.now();
    if store::count_pending(conn, project.id, now)? >= MOST_PENDING {
        let detail = format!("{MOST_PENDING} invitations wait for an answer; revoke some first.");
        return Err(Error::new(&TOO_MANY_INVITATIONS, detail));
    }
    if store::count_mailed(conn, account.id, now - TimeDelta::hours(1))? >= MAILS_PER_HOUR {
        let detail = "Several invitations went to this person within the hour.";
        return Err(Error::new(&TOO_MANY_INVITATIONS, detail).retry_after(3600));
    }
    let inviter = accounts::get_account(conn, actor.account_id)?;
    store::replace_invitation(conn, project.id, account.id, inviter.id, now)?;
    let token = Token::new(PURPOSE, ctx.entropy());
    let invitation = ProjectInvitation {
        id: ctx.ids().make(),
        project_id: project.id,
        account_id: account.id,
        role,
        hash: token.hash_hex(),
        invited_by: inviter.id,
        created_at: now,
        expires_at: now + TimeDelta::days(DAYS),
        ended_as: None,
        ended_at: None,
        ended_by: None,
    };
    store::insert_invitation(conn, &invitation)?;
    // Who may not be written to, or has not proven to read that mail, finds it in the list of the own invitations.
    if account.status == AccountStatus::Active && account.email_verified_at.is_some() {
        let letter = InvitationLetter { project, inviter: &inviter, role, token: token.expose(), days: DAYS };
        outbox::post(conn, ctx, &letter.letter(ctx, &account)?)?;
    }
    let by = (Some(actor.account_id), &actor.request_id);
    note(conn, ctx, &invitation, (None, InvitationStatus::Pending), &account.handle, by)?;
    let row = Maintainer { project_id: project.id, account_id: account.id, role, verified_at: None, since: now };
    Ok(Person { pending: true, ..Person::new(row, account) })
}

fn note(
    conn: &mut Conn,
    ctx: &Ctx,
    invitation: &ProjectInvitation,
    (from, to): (Option<InvitationStatus>, InvitationStatus),
    about: &str,
    (actor, request_id): (Option<AccountId>, &RequestId),
) -> Result<()> {
    let change = audit::Change {
        machine: "project_invitation",
        entity: invitation.project_id.into(),
        actor,
        from: from.map(InvitationStatus::as_str),
        to: to.as_str(),
        reason: Some(about),
        request_id,
    };
    audit::record(conn, ctx, change)
}

/// The project's invitations, for whoever may invite.
pub(in crate::features::projects) async fn list_invitations(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    limit: Limit,
    after: Option<Cursor>,
) -> Result<Page<InvitationCard>> {
    let actor = actor.clone();
    ctx.store()
        .read(move |conn| {
            let (project, standing) = find_visible(conn, Some(&actor), &slug)?;
            let project = policy::may_decide(&standing).prove(project, "project")?;
            let page = store::list_invitations(conn, &project, limit, after.as_ref())?;
            let project = project.into_inner();
            let items = page.items.into_iter().map(|row| card(conn, row, project.clone())).collect::<Result<_>>()?;
            Ok(Page { items, next: page.next })
        })
        .await
}

/// Takes an invitation back.
pub(in crate::features::projects) async fn revoke_invitation(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    id: InvitationId,
) -> Result<()> {
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store_handle = ctx.store().clone();
    store_handle
        .write(move |conn| {
            let (project, standing) = lock_visible(conn, &actor, &slug)?;
            let project = policy::may_decide(&standing).prove(project, "project")?;
            let found = store::find_invitation(conn, id)?.filter(|row| row.project_id == project.id);
            let invitation = found.ok_or_else(|| Error::not_found("invitation"))?;
            let (now, status) = (ctx.now(), invitation.status(ctx.now()));
            let revoked = InvitationStatus::Revoked;
            if status != InvitationStatus::Pending || !store::end_invitation(conn, id, revoked, actor.account_id, now)?
            {
                return Err(Error::new(&INVITATION_ENDED, format!("It is {status} already.")).with_allowed(Vec::new()));
            }
            let handle = accounts::get_account(conn, invitation.account_id)?.handle;
            let by = (Some(actor.account_id), &actor.request_id);
            note(conn, &ctx, &invitation, (Some(InvitationStatus::Pending), revoked), &handle, by)
        })
        .await
}

/// What waits for the caller's answer.
pub(in crate::features::projects) async fn own_invitations(
    ctx: &Ctx,
    actor: &Actor,
    limit: Limit,
    after: Option<Cursor>,
) -> Result<Page<InvitationCard>> {
    let (id, now) = (actor.account_id, ctx.now());
    ctx.store()
        .read(move |conn| {
            let page = store::list_invitations_to(conn, id, now, limit, after.as_ref())?;
            let items = page.items.into_iter().map(|(row, project)| card(conn, row, project)).collect::<Result<_>>()?;
            Ok(Page { items, next: page.next })
        })
        .await
}

/// How somebody names the invitation that they answer.
#[derive(Debug, Clone)]
pub(in crate::features::projects) enum Which {
    /// By the mailed token.
    Token(SecretString),
    /// By its id, as listed to the person.
    Id(InvitationId),
}

/// The caller accepts or declines.
pub(in crate::features::projects) async fn answer_invitation(
    ctx: &Ctx,
    actor: &Actor,
    which: Which,
    joins: bool,
) -> Result<InvitationCard> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    write_or_look_again(ctx, move |conn| {
        let invitation = match &which {
            Which::Token(token) => by_token(conn, token)?.filter(|row| row.account_id == actor.account_id),
            // By id it exists only for whom it is meant.
            Which::Id(id) => {
                let own = store::find_invitation(conn, *id)?.filter(|row| row.account_id == actor.account_id);
                Some(own.ok_or_else(|| Error::not_found("invitation"))?)
            }
        };
        require_verified(&actor)?;
        let account = accounts::get_account(conn, actor.account_id)?;
        settle(conn, &inner, &invitation.ok_or_else(wrong)?, &account, joins, &actor.request_id)
    })
    .await
}

/// The same by the button behind the mailed link: the token proves that whoever presses it reads the invited person's mail.
pub(in crate::features::projects) async fn answer_by_mail(
    ctx: &Ctx,
    caller: &Caller,
    token: SecretString,
    joins: bool,
) -> Result<InvitationCard> {
    let (inner, request_id) = (ctx.clone(), caller.request_id.clone());
    write_or_look_again(ctx, move |conn| {
        let invitation = by_token(conn, &token)?.ok_or_else(wrong)?;
        let account = accounts::get_account(conn, invitation.account_id)?;
        if account.status != AccountStatus::Active {
            return Err(wrong());
        }
        settle(conn, &inner, &invitation, &account, joins, &request_id)
    })
    .await
}

fn by_token(conn: &mut Conn, token: &SecretString) -> Result<Option<ProjectInvitation>> {
    let Ok(token) = Token::parse(PURPOSE, token.expose_secret()) else { return Ok(None) };
    store::find_invitation_by_hash(conn, &token.hash_hex())
}

/// Whether whoever invited could still do so: somebody who was sent away can't leave people behind.
fn still_stands(conn: &mut Conn, project: &Project, inviter: &Account) -> Result<bool> {
    let place = store::find_maintainer(conn, project.id, inviter.id)?;
    let leads = place.is_some_and(|row| row.role == ProjectRole::Lead && row.verified_at.is_some());
    Ok(leads && inviter.status == AccountStatus::Active)
}

fn settle(
    conn: &mut Conn,
    ctx: &Ctx,
    invitation: &ProjectInvitation,
    account: &Account,
    joins: bool,
    request_id: &RequestId,
) -> Result<InvitationCard> {
    let now = ctx.now();
    let project = store::lock_project(conn, invitation.project_id)?;
    let how = if joins { InvitationStatus::Accepted } else { InvitationStatus::Declined };
    let pending = invitation.status(now) == InvitationStatus::Pending;
    if !pending || !store::end_invitation(conn, invitation.id, how, account.id, now)? {
        return Err(wrong());
    }
    let inviter = accounts::get_account(conn, invitation.invited_by)?;
    if joins {
        if matches!(project.status, ProjectStatus::OptedOut | ProjectStatus::Suspended)
            || !still_stands(conn, &project, &inviter)?
        {
            return Err(wrong());
        }
        if store::find_open_dispute(conn, project.id)?.is_some() {
            return Err(Error::new(&DISPUTED, "Two people say that this project is theirs; a moderator decides."));
        }
        if store::find_maintainer(conn, project.id, account.id)?.is_some() {
            return Err(Error::new(&ALREADY_MAINTAINER, "You are with this project already."));
        }
        // The invitation is the permission: it was checked to be open and this person's.
        let project = Decision::Allow.prove(project.clone(), "project")?;
        let (role, verified_at) = (invitation.role, Some(now));
        let row = Maintainer { project_id: project.id, account_id: account.id, role, verified_at, since: now };
        store::insert_maintainer(conn, &row)?;
        record(conn, ctx, &project, None, role.as_str(), By { account: Some(account.id), request_id })?;
        feed::note(conn, ctx.ids(), PROJECT_CHANGED, project.id)?;
        outbox::post(conn, ctx, &Notice::Joined(&account.handle).letter(ctx, &project, &inviter)?)?;
    }
    let by = (Some(account.id), request_id);
    note(conn, ctx, invitation, (Some(InvitationStatus::Pending), how), &account.handle, by)?;
    let invitation = store::find_invitation(conn, invitation.id)?.ok_or_else(wrong)?;
    card(conn, invitation, project)
}
