//! The caller's signed-in devices.

use super::trail;
use crate::features::accounts::model::Session;
use crate::features::accounts::store;
use crate::http::page::Window;
use crate::infra::Ctx;
use crate::kernel::{Actor, Error, Page, Result, SessionId};

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
