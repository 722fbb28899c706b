//! The caller's signed-in devices.

use super::trail;
use crate::features::accounts::model::Session;
use crate::features::accounts::policy::require_fresh_sign_in;
use crate::features::accounts::store;
use crate::http::page::Window;
use crate::infra::Ctx;
use crate::kernel::{Actor, Email, Error, Page, RequestId, Result, SessionId};

/// The caller's sessions that can still be used, newest first.
pub(in crate::features::accounts) async fn list_sessions(
    ctx: &Ctx,
    actor: &Actor,
    window: Window,
) -> Result<Page<Session>> {
    let (account, now) = (actor.account_id, ctx.now());
    ctx.store().read(move |conn| store::list_sessions(conn, account, now, window.limit, window.after.as_ref())).await
}

/// Ends one of the caller's sessions. Somebody else's, and one that has ended, is not there.
pub(in crate::features::accounts) async fn end_session(ctx: &Ctx, actor: &Actor, id: SessionId) -> Result<()> {
    // The one at hand is left like any door; whoever got hold of a token is not to shut the owner out.
    if id != actor.session_id {
        require_fresh_sign_in(actor, ctx.now())?;
    }
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let (account, now) = (actor.account_id, ctx.now());
            let session =
                store::find_own_session(conn, account, id, now)?.ok_or_else(|| Error::not_found("session"))?;
            if store::end_session(conn, session.id, "revoked", now)? {
                trail::note(conn, &ctx, account, Some(account), "session_revoked", &actor.request_id)?;
            }
            Ok(())
        })
        .await
}

/// Ends all of the caller's sessions but the one at hand.
pub(in crate::features::accounts) async fn end_other_sessions(ctx: &Ctx, actor: &Actor) -> Result<()> {
    require_fresh_sign_in(actor, ctx.now())?;
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let account = actor.account_id;
            store::end_sessions(conn, account, Some(actor.session_id), "revoked", ctx.now())?;
            trail::note(conn, &ctx, account, Some(account), "other_sessions_revoked", &actor.request_id)
        })
        .await
}

/// Whose sessions end by an administrator's word.
#[derive(Debug, Clone)]
pub enum SignOut {
    /// Those of the account with this address.
    One(Email),
    /// Everybody's.
    Everybody,
}

/// Ends sessions at the machine: their owners sign in again. Returns of how many accounts, or none when there is no such
/// account.
pub async fn sign_out(ctx: &Ctx, whose: SignOut, request_id: RequestId) -> Result<Option<usize>> {
    let now = ctx.now();
    let accounts = match whose {
        SignOut::One(email) => {
            let folded = email.folded();
            let account = ctx.store().read(move |conn| store::find_account_by_email(conn, &folded)).await?;
            let Some(account) = account else { return Ok(None) };
            vec![account.id]
        }
        SignOut::Everybody => ctx.store().read(move |conn| store::list_signed_in(conn, now)).await?,
    };
    for id in &accounts {
        let (ctx, id, request_id) = (ctx.clone(), *id, request_id.clone());
        let store = ctx.store().clone();
        store
            .write(move |conn| {
                store::end_sessions(conn, id, None, "ended_by_administrator", ctx.now())?;
                trail::note(conn, &ctx, id, None, "all_sessions_revoked", &request_id)
            })
            .await?;
    }
    Ok(Some(accounts.len()))
}
