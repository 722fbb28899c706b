//! The mail address: proven, and changed. A known and an unknown address get the same answer.

use super::{mailed, password, trail};
use crate::features::accounts::letters::{self, Notice};
use crate::features::accounts::model::MailPurpose;
use crate::features::accounts::problems::{TOO_MANY_MAILS, WRONG_LINK};
use crate::features::accounts::{policy, store};
use crate::infra::crypto::{Purpose, Token};
use crate::infra::db::unique_violation_on;
use crate::infra::{Ctx, outbox};
use crate::kernel::{Actor, Caller, Check, Email, Error, Result};
use secrecy::{ExposeSecret as _, SecretString};

/// Mails a new link if the address waits for its verification; says nothing about whether it does.
pub(in crate::features::accounts) async fn resend_verification(ctx: &Ctx, email: &str) -> Result<()> {
    let mut check = Check::default();
    let email = check.value("/email", Email::parse(email));
    check.done()?;
    mailed::request(ctx, MailPurpose::VerifyEmail, &email?).await
}

fn wrong() -> Error {
    Error::new(&WRONG_LINK, "This token is unknown, used already, or older than it may be.")
}

/// Takes the token from a mail as the proof of the address, be it the account's first one or its next.
pub(in crate::features::accounts) async fn verify_email(ctx: &Ctx, caller: &Caller, token: SecretString) -> Result<()> {
    if let Ok(token) = Token::parse(Purpose::CHANGE_EMAIL, token.expose_secret()) {
        return confirm_change(ctx, caller, &token).await;
    }
    let token = Token::parse(Purpose::VERIFY_EMAIL, token.expose_secret()).map_err(|_fault| wrong())?;
    let (now, hash) = (ctx.now(), token.hash_hex());
    ctx.store()
        .write(move |conn| {
            let (_, account) = mailed::redeem(conn, MailPurpose::VerifyEmail, &hash, now)?.ok_or_else(wrong)?;
            store::mark_verified(conn, account.id, now)
        })
        .await
}

/// Asks for another address: a link goes to the new one, a notice to the old one.
pub(in crate::features::accounts) async fn ask_change(
    ctx: &Ctx,
    actor: &Actor,
    new: &str,
    password: SecretString,
) -> Result<()> {
    policy::require_fresh_factor(actor, ctx.now())?;
    let id = actor.account_id;
    let account = ctx.store().read(move |conn| store::get_account(conn, id)).await?;
    let mut check = Check::default();
    let new = check.value("/new_email", Email::parse(new));
    let same = new.as_ref().is_ok_and(|new| new.folded() == account.email_folded);
    check.require(!same, "/new_email", "unchanged", "This is the address that the account has already.");
    check.done()?;
    let new = new?;
    password::require_current(ctx, &account, password, "/password", &actor.request_id).await?;
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let issued = mailed::issue(conn, &ctx, &account, MailPurpose::ChangeEmail, new.as_str())?;
            let token = issued.ok_or_else(|| {
                Error::new(&TOO_MANY_MAILS, "Three links were sent within the hour; try again later.").retry_after(3600)
            })?;
            if let Some(owner) = store::find_account_by_email(conn, &new.folded())? {
                mailed::tell(conn, &ctx, &owner, &Notice::AddressWanted)?;
            } else {
                let letter = letters::change_email(&ctx, new.clone(), &account.display_name, token.expose())?;
                outbox::post(conn, &ctx, &letter)?;
            }
            mailed::tell(conn, &ctx, &account, &Notice::AddressAsked(new.masked()))?;
            trail::note(conn, &ctx, account.id, Some(account.id), "email_change_asked", &actor.request_id)
        })
        .await
}

async fn confirm_change(ctx: &Ctx, caller: &Caller, token: &Token) -> Result<()> {
    let (ctx, hash, request_id) = (ctx.clone(), token.hash_hex(), caller.request_id.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let now = ctx.now();
            let (row, account) = mailed::redeem(conn, MailPurpose::ChangeEmail, &hash, now)?.ok_or_else(wrong)?;
            let new = Email::parse(&row.email).map_err(|_fault| wrong())?;
            store::set_email(conn, account.id, &new, now).map_err(|error| {
                // Somebody registered with it since: the same answer as for any other useless link.
                if unique_violation_on(&error, "accounts", "email_folded") { wrong() } else { error }
            })?;
            store::void_mail_tokens(conn, account.id, &[MailPurpose::ResetPassword, MailPurpose::ChangeEmail], now)?;
            mailed::tell(conn, &ctx, &account, &Notice::AddressChanged(new.masked()))?;
            trail::note(conn, &ctx, account.id, Some(account.id), "email_changed", &request_id)
        })
        .await
}
