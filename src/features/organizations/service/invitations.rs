//! Invitations to join: sent by mail, answered once by the account whose verified address they went to.

use super::load_by_slug;
use super::members::{join, lock_with_role};
use crate::features::accounts::policy::{require_fresh_factor, require_verified};
use crate::features::accounts::{self, Account, AccountStatus};
use crate::features::audit;
use crate::features::organizations::letters::{InvitationLetter, Notice};
use crate::features::organizations::model::{Invitation, InvitationStatus, Organization, OrganizationRole};
use crate::features::organizations::problems::{
    ALREADY_MEMBER, INVITATION_ENDED, NO_ACCOUNT, OTHER_ADDRESS, TOO_MANY_INVITATIONS, WRONG_INVITATION,
};
use crate::features::organizations::{policy, store};
use crate::infra::crypto::{Purpose, Token};
use crate::infra::db::Conn;
use crate::infra::{Ctx, outbox};
use crate::kernel::{
    Actor, Allowed, Caller, Check, Cursor, Decision, Email, Error, InvitationId, Limit, Page, RequestId, Result,
};
use chrono::TimeDelta;
use secrecy::{ExposeSecret as _, SecretString};

/// What the mailed token is good for.
const PURPOSE: Purpose = Purpose::new("invite");
/// How long an invitation holds, in days.
const DAYS: i64 = 7;
/// Most invitations of one organization that wait for an answer.
const MOST_PENDING: i64 = 100;
/// Most invitations an hour to one address, from whomever.
const MAILS_PER_HOUR: i64 = 3;

fn wrong() -> Error {
    Error::new(&WRONG_INVITATION, "This invitation is unknown, answered already, taken back, or older than 7 days.")
}

/// Invites whoever reads mail at this address. An open invitation to the same address is replaced.
pub(in crate::features::organizations) async fn invite(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    email: String,
    role: OrganizationRole,
) -> Result<store::InvitationRow> {
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let (organization, own) = lock_with_role(conn, &slug, actor.account_id)?;
            let organization = policy::may_invite(own, role).prove(organization, "organization")?;
            require_verified(&actor)?;
            require_fresh_factor(&actor, ctx.now())?;
            policy::require_unsuspended(&organization)?;
            let mut check = Check::default();
            let email = check.value("/email", Email::parse(&email));
            check.done()?;
            let email = email?;
            guard(conn, &ctx, &organization, &email)?;
            let inviter = accounts::get_account(conn, actor.account_id)?;
            let invitation = send(conn, &ctx, &organization, &inviter, email, role)?;
            record(conn, &ctx, &invitation, None, InvitationStatus::Pending, &actor.request_id, &inviter)?;
            Ok((invitation, inviter.handle))
        })
        .await
}

/// Refuses to invite who belongs to it, and to flood a mailbox.
fn guard(conn: &mut Conn, ctx: &Ctx, organization: &Organization, email: &Email) -> Result<()> {
    let now = ctx.now();
    if let Some(known) = accounts::find_account_by_email(conn, &email.folded())?
        && known.email_verified_at.is_some()
        && store::role_in(conn, organization.id, known.id)?.is_some()
    {
        return Err(Error::new(&ALREADY_MEMBER, "The account with this address belongs to the organization already."));
    }
    if store::count_pending(conn, organization.id, now)? >= MOST_PENDING {
        let detail = format!("{MOST_PENDING} invitations wait for an answer; revoke some first.");
        return Err(Error::new(&TOO_MANY_INVITATIONS, detail));
    }
    if store::count_mailed(conn, &email.folded(), now - TimeDelta::hours(1))? >= MAILS_PER_HOUR {
        let detail = "Several invitations went to this address within the hour.";
        return Err(Error::new(&TOO_MANY_INVITATIONS, detail).retry_after(3600));
    }
    Ok(())
}

fn send(
    conn: &mut Conn,
    ctx: &Ctx,
    organization: &Allowed<Organization>,
    inviter: &Account,
    email: Email,
    role: OrganizationRole,
) -> Result<Invitation> {
    let now = ctx.now();
    store::replace_invitation(conn, organization.id, &email.folded(), inviter.id, now)?;
    let token = Token::new(PURPOSE, ctx.entropy());
    let invitation = Invitation {
        id: ctx.ids().make(),
        organization_id: organization.id,
        email: email.as_str().to_owned(),
        email_folded: email.folded(),
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
    let letter = InvitationLetter { organization, inviter, role, token: token.expose(), days: DAYS };
    outbox::post(conn, ctx, &letter.letter(ctx, email)?)?;
    Ok(invitation)
}

fn record(
    conn: &mut Conn,
    ctx: &Ctx,
    invitation: &Invitation,
    from: Option<InvitationStatus>,
    to: InvitationStatus,
    request_id: &RequestId,
    by: &Account,
) -> Result<()> {
    let change = audit::Change {
        machine: "organization_invitation",
        entity: invitation.organization_id.into(),
        actor: Some(by.id),
        from: from.map(InvitationStatus::as_str),
        to: to.as_str(),
        reason: None,
        request_id,
    };
    audit::record(conn, ctx, change)
}

/// The organization's invitations, for whoever may invite.
pub(in crate::features::organizations) async fn list(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    status: Option<InvitationStatus>,
    limit: Limit,
    after: Option<Cursor>,
) -> Result<Page<store::InvitationRow>> {
    let (account, now) = (actor.account_id, ctx.now());
    ctx.store()
        .read(move |conn| {
            let (organization, role) = load_by_slug(conn, &slug, Some(account))?;
            let organization = policy::may_manage(role).prove(organization, "organization")?;
            store::list_invitations(conn, &organization, status, now, limit, after.as_ref())
        })
        .await
}

/// Takes an invitation back.
pub(in crate::features::organizations) async fn revoke(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    id: InvitationId,
) -> Result<()> {
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let now = ctx.now();
            let (organization, role) = lock_with_role(conn, &slug, actor.account_id)?;
            policy::may_manage(role).prove((), "organization")?;
            let found = store::find_invitation(conn, id)?.filter(|row| row.organization_id == organization.id);
            let invitation = found.ok_or_else(|| Error::not_found("invitation"))?;
            policy::may_invite(role, invitation.role).prove((), "invitation")?;
            let status = invitation.status(now);
            let ended = status == InvitationStatus::Pending
                && store::end_invitation(conn, id, InvitationStatus::Revoked, actor.account_id, now)?;
            if !ended {
                return Err(Error::new(&INVITATION_ENDED, format!("It is {status} already.")).with_allowed(Vec::new()));
            }
            let by = accounts::get_account(conn, actor.account_id)?;
            let from = Some(InvitationStatus::Pending);
            record(conn, &ctx, &invitation, from, InvitationStatus::Revoked, &actor.request_id, &by)
        })
        .await
}

/// An invitation to the caller, with the organization and the handle of whoever invited.
pub(in crate::features::organizations) type OwnInvitation = (Invitation, Organization, String);

/// What waits for the caller's answer: whatever went to the own verified address.
pub(in crate::features::organizations) async fn own(
    ctx: &Ctx,
    actor: &Actor,
    limit: Limit,
    after: Option<Cursor>,
) -> Result<Page<OwnInvitation>> {
    let (id, now) = (actor.account_id, ctx.now());
    let verified = actor.email_verified;
    ctx.store()
        .read(move |conn| {
            if !verified {
                return Ok(Page::cut(Vec::new(), limit, |row: &OwnInvitation| Cursor::by_id(row.0.id)));
            }
            let account = accounts::get_account(conn, id)?;
            store::list_invitations_to(conn, &account.email_folded, now, limit, after.as_ref())
        })
        .await
}

/// How somebody names the invitation that they answer.
#[derive(Debug)]
pub(in crate::features::organizations) enum Which {
    /// By the mailed token.
    Token(SecretString),
    /// By its id, as listed to the account with the address.
    Id(InvitationId),
}

/// Who answers, and what.
struct Answer<'a> {
    account: &'a Account,
    joins: bool,
    request_id: &'a RequestId,
}

/// The caller accepts or declines. Gives the organization and the role there.
pub(in crate::features::organizations) async fn answer(
    ctx: &Ctx,
    actor: &Actor,
    which: Which,
    joins: bool,
) -> Result<(Organization, OrganizationRole)> {
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let account = accounts::get_account(conn, actor.account_id)?;
            let invitation = match &which {
                Which::Token(token) => by_token(conn, token)?.ok_or_else(wrong)?,
                // By id it exists only for whom it is meant.
                Which::Id(id) => store::find_invitation(conn, *id)?
                    .filter(|row| row.email_folded == account.email_folded && actor.email_verified)
                    .ok_or_else(|| Error::not_found("invitation"))?,
            };
            require_verified(&actor)?;
            if invitation.email_folded != account.email_folded {
                let detail = "This invitation went to another address than your account's.";
                return Err(Error::new(&OTHER_ADDRESS, detail));
            }
            settle(conn, &ctx, &invitation, &Answer { account: &account, joins, request_id: &actor.request_id })
        })
        .await
}

/// The same by the button behind the mailed link: the token proves that the address is read by whoever presses it, and
/// the answer counts for the account that has proven the address, too.
pub(in crate::features::organizations) async fn answer_by_mail(
    ctx: &Ctx,
    caller: &Caller,
    token: SecretString,
    joins: bool,
) -> Result<(Organization, OrganizationRole)> {
    let (ctx, request_id) = (ctx.clone(), caller.request_id.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let invitation = by_token(conn, &token)?.ok_or_else(wrong)?;
            if invitation.status(ctx.now()) != InvitationStatus::Pending {
                return Err(wrong());
            }
            let account = accounts::find_account_by_email(conn, &invitation.email_folded)?
                .filter(|account| account.status == AccountStatus::Active && account.email_verified_at.is_some());
            let account = account.ok_or_else(|| {
                Error::new(&NO_ACCOUNT, "Register with the invited address and verify it, then follow the link again.")
            })?;
            settle(conn, &ctx, &invitation, &Answer { account: &account, joins, request_id: &request_id })
        })
        .await
}

fn by_token(conn: &mut Conn, token: &SecretString) -> Result<Option<Invitation>> {
    let Ok(token) = Token::parse(PURPOSE, token.expose_secret()) else { return Ok(None) };
    store::find_invitation_by_hash(conn, &token.hash_hex())
}

fn settle(
    conn: &mut Conn,
    ctx: &Ctx,
    invitation: &Invitation,
    answer: &Answer<'_>,
) -> Result<(Organization, OrganizationRole)> {
    let (now, account) = (ctx.now(), answer.account);
    let organization = store::lock_organization_by_id(conn, invitation.organization_id)?;
    let how = if answer.joins { InvitationStatus::Accepted } else { InvitationStatus::Declined };
    let pending = invitation.status(now) == InvitationStatus::Pending;
    if !pending || !store::end_invitation(conn, invitation.id, how, account.id, now)? {
        return Err(wrong());
    }
    // The invitation is the permission: it was checked to be open and this account's.
    let organization = Decision::Allow.prove(organization, "organization")?;
    if answer.joins {
        policy::require_unsuspended(&organization)?;
        if store::role_in(conn, organization.id, account.id)?.is_some() {
            let detail = format!("You belong to {} already.", organization.name);
            return Err(Error::new(&ALREADY_MEMBER, detail));
        }
        join(conn, ctx, &organization, account, invitation.role, answer.request_id)?;
        let inviter = accounts::get_account(conn, invitation.invited_by)?;
        if inviter.status == AccountStatus::Active {
            outbox::post(conn, ctx, &Notice::Joined(&account.handle).letter(ctx, &organization, &inviter)?)?;
        }
    }
    record(conn, ctx, invitation, Some(InvitationStatus::Pending), how, answer.request_id, account)?;
    Ok((organization.into_inner(), invitation.role))
}
