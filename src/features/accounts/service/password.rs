//! Passwords: forgotten, set anew, changed.

use super::guard::Guard;
use super::{mailed, trail};
use crate::features::accounts::letters::Notice;
use crate::features::accounts::model::{Account, MailPurpose};
use crate::features::accounts::problems::WRONG_RESET;
use crate::features::accounts::{policy, store};
use crate::infra::Ctx;
use crate::infra::crypto::password::{check_length, check_password};
use crate::infra::crypto::{Purpose, Token};
use crate::infra::db::Conn;
use crate::kernel::{AccountId, Actor, Caller, Check, Email, Error, Fault, RequestId, Result, SessionId, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};

/// Mails a link that sets a new password if the address belongs to an account; says nothing about whether it does, and
/// does the same work either way.
pub(in crate::features::accounts) async fn forgot(ctx: &Ctx, email: &str) -> Result<()> {
    let mut check = Check::default();
    let email = check.value("/email", Email::parse(email));
    check.done()?;
    mailed::request(ctx, MailPurpose::ResetPassword, &email?).await
}

/// Whether the account may have this password.
pub(super) fn check_new(ctx: &Ctx, account: &Account, password: &SecretString) -> Result<(), Fault> {
    let own = [account.email.as_str(), &account.handle, &account.display_name];
    check(ctx, account.mfa_enabled_at.is_some(), password, &own)
}

/// Whether somebody with these names may have this password; without a second factor it has to be as long as the settings
/// say.
pub(super) fn check(ctx: &Ctx, has_factor: bool, password: &SecretString, own: &[&str]) -> Result<(), Fault> {
    let password = password.expose_secret();
    check_password(password, own)?;
    if has_factor {
        return Ok(());
    }
    check_length(password, ctx.settings().auth.password_characters)
}

/// Sets a new password by a mailed token, and ends all sessions. The mail proves the address, too.
pub(in crate::features::accounts) async fn reset(
    ctx: &Ctx,
    caller: &Caller,
    token: SecretString,
    new: SecretString,
) -> Result<()> {
    let wrong = || Error::new(&WRONG_RESET, "This token is unknown, used already, or older than an hour.");
    let token = Token::parse(Purpose::RESET_PASSWORD, token.expose_secret()).map_err(|_fault| wrong())?;
    let (hash, now) = (token.hash_hex(), ctx.now());
    let seek = hash.clone();
    let found = ctx.store().read(move |conn| mailed::find(conn, MailPurpose::ResetPassword, &seek, now)).await?;
    let (_, account) = found.ok_or_else(wrong)?;
    let mut check = Check::default();
    let fit = check.value("/new_password", check_new(ctx, &account, &new));
    check.done()?;
    fit?;
    let password = ctx.hasher().hash(new).await?;
    let (ctx, request_id) = (ctx.clone(), caller.request_id.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let (_, account) = mailed::redeem(conn, MailPurpose::ResetPassword, &hash, now)?.ok_or_else(wrong)?;
            set(conn, account.id, &password, None, now)?;
            store::mark_verified(conn, account.id, now)?;
            mailed::tell(conn, &ctx, &account, &Notice::PasswordReset)?;
            trail::note(conn, &ctx, account.id, Some(account.id), "password_reset", &request_id)
        })
        .await
}

/// Sets the password, ends the sessions but the one to keep, and voids links that whoever knew the old one may hold.
fn set(conn: &mut Conn, account: AccountId, hash: &str, keep: Option<SessionId>, now: Timestamp) -> Result<()> {
    store::set_password_hash(conn, account, Some(hash))?;
    store::end_sessions(conn, account, keep, "password_changed", now)?;
    store::void_mail_tokens(conn, account, &[MailPurpose::ResetPassword, MailPurpose::ChangeEmail], now)
}

/// Fails unless this is the account's password; `pointer` names the field that holds it. Who has no password proved a second
/// factor instead, which the callers ask for.
pub(super) async fn require_current(
    ctx: &Ctx,
    account: &Account,
    password: SecretString,
    pointer: &str,
    request_id: &RequestId,
) -> Result<()> {
    if account.password_hash.is_none() && account.mfa_enabled_at.is_some() {
        return Ok(());
    }
    let guard = Guard::within(account.id);
    guard.check(ctx)?;
    let verdict = ctx.hasher().verify(password, account.password_hash.clone()).await?;
    guard.count(ctx, verdict.ok);
    if verdict.ok {
        return Ok(());
    }
    ctx.failures().add(account.id, request_id, ctx.now());
    Err(Error::field(pointer, "wrong_password", "This is not the password of your account."))
}

/// Changes the password of the caller, who knows the old one, and ends all other sessions.
pub(in crate::features::accounts) async fn change(
    ctx: &Ctx,
    actor: &Actor,
    current: SecretString,
    new: SecretString,
) -> Result<()> {
    policy::require_fresh_factor(actor, ctx.now())?;
    let id = actor.account_id;
    let account = ctx.store().read(move |conn| store::get_account(conn, id)).await?;
    let mut check = Check::default();
    let fit = check.value("/new_password", check_new(ctx, &account, &new));
    check.done()?;
    fit?;
    require_current(ctx, &account, current, "/current_password", &actor.request_id).await?;
    let password = ctx.hasher().hash(new).await?;
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let now = ctx.now();
            set(conn, account.id, &password, Some(actor.session_id), now)?;
            mailed::tell(conn, &ctx, &account, &Notice::PasswordChanged)?;
            trail::note(conn, &ctx, account.id, Some(account.id), "password_changed", &actor.request_id)
        })
        .await
}

/// Takes the caller's password away: a passkey that verifies its user is the way in from now on.
pub(in crate::features::accounts) async fn remove(ctx: &Ctx, actor: &Actor) -> Result<()> {
    policy::require_fresh_factor(actor, ctx.now())?;
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let account = store::lock_account(conn, actor.account_id)?;
            if account.password_hash.is_none() {
                return Err(Error::not_found("password"));
            }
            let verifying = store::list_all_passkeys(conn, account.id)?.iter().any(|passkey| passkey.user_verified);
            policy::require_way_in(false, verifying)?;
            store::set_password_hash(conn, account.id, None)?;
            mailed::tell(conn, &ctx, &account, &Notice::PasswordRemoved)?;
            trail::note(conn, &ctx, account.id, Some(account.id), "password_removed", &actor.request_id)
        })
        .await
}
