//! The caller's own passkeys: listed, renamed, removed.

use crate::features::accounts::letters::Notice;
use crate::features::accounts::model::Passkey;
use crate::features::accounts::service::{factor, mailed, trail};
use crate::features::accounts::{policy, store};
use crate::http::page::Window;
use crate::infra::Ctx;
use crate::kernel::{Actor, Check, Error, IfMatch, Line, Page, PasskeyId, Result};

fn missing() -> Error {
    Error::not_found("passkey")
}

/// The caller's passkeys, newest first.
pub(in crate::features::accounts) async fn list(ctx: &Ctx, actor: &Actor, window: Window) -> Result<Page<Passkey>> {
    let account = actor.account_id;
    ctx.store().read(move |conn| store::list_passkeys(conn, account, window.limit, window.after.as_ref())).await
}

/// One of the caller's passkeys.
pub(in crate::features::accounts) async fn get(ctx: &Ctx, actor: &Actor, id: PasskeyId) -> Result<Passkey> {
    let account = actor.account_id;
    ctx.store().read(move |conn| store::find_own_passkey(conn, account, id)).await?.ok_or_else(missing)
}

/// Gives one of the caller's passkeys another name.
pub(in crate::features::accounts) async fn rename(
    ctx: &Ctx,
    actor: &Actor,
    id: PasskeyId,
    if_match: IfMatch,
    name: Option<String>,
) -> Result<Passkey> {
    policy::require_fresh_factor(actor, ctx.now())?;
    let mut check = Check::default();
    let name = check.optional("/name", name.map(|name| Line::parse(&name, 1, 80)));
    check.done()?;
    let (account, name) = (actor.account_id, name?);
    ctx.store()
        .write(move |conn| {
            store::lock_account(conn, account)?;
            let passkey = store::find_own_passkey(conn, account, id)?.ok_or_else(missing)?;
            if_match.require(passkey.version)?;
            if let Some(name) = &name {
                store::rename_passkey(conn, &passkey, name.as_str())?;
            }
            store::find_own_passkey(conn, account, id)?.ok_or_else(missing)
        })
        .await
}

/// Removes one of the caller's passkeys, unless nobody could sign in any more. With the last second factor its recovery
/// codes go, too.
pub(in crate::features::accounts) async fn remove(ctx: &Ctx, actor: &Actor, id: PasskeyId) -> Result<()> {
    policy::require_fresh_factor(actor, ctx.now())?;
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let owner = actor.account_id;
            let account = store::lock_account(conn, owner)?;
            let passkey = store::find_own_passkey(conn, owner, id)?.ok_or_else(missing)?;
            let others = store::list_all_passkeys(conn, owner)?.into_iter().filter(|other| other.id != id);
            let others: Vec<Passkey> = others.collect();
            let verifying = others.iter().any(|other| other.user_verified);
            policy::require_way_in(account.password_hash.is_some(), verifying)?;
            store::delete_passkey(conn, id)?;
            if others.is_empty() && !store::has_totp(conn, owner)? {
                store::delete_recovery_codes(conn, owner)?;
                factor::set_since(conn, &ctx, owner, None)?;
            }
            mailed::tell(conn, &ctx, &account, &Notice::PasskeyRemoved(passkey.name))?;
            trail::note(conn, &ctx, owner, Some(owner), "passkey_removed", &actor.request_id)
        })
        .await
}
