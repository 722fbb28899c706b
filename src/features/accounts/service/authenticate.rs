//! From a bearer token to the account behind it.

use crate::features::accounts::model::{Account, AccountStatus};
use crate::features::accounts::{keys, store};
use crate::http::Authenticator;
use crate::http::authenticate::WRONG;
use crate::infra::Ctx;
use crate::infra::crypto::{Purpose, Refusal, Token};
use crate::kernel::{Actor, Error, PlatformRole, RequestId, Result, Scope, SessionId};
use chrono::TimeDelta;

/// The last use of an API token is kept to this.
const LAST_USE: TimeDelta = TimeDelta::minutes(1);

/// Authenticates by access token or API token, and asks the database whether it and its account are still good.
pub struct SessionAuthenticator(pub Ctx);

#[async_trait::async_trait]
impl Authenticator for SessionAuthenticator {
    async fn authenticate(&self, bearer: &str, request_id: RequestId) -> Result<Actor> {
        if bearer.starts_with("mst_") {
            return by_api_token(&self.0, bearer, request_id).await;
        }
        by_access_token(&self.0, bearer, request_id).await
    }
}

async fn by_access_token(ctx: &Ctx, bearer: &str, request_id: RequestId) -> Result<Actor> {
    let mut claims = ctx.keyring().verify(bearer);
    if matches!(claims, Err(Refusal::Key)) && ctx.keyring().may_look() {
        // Another node may have made a new key.
        keys::refresh(ctx).await?;
        claims = ctx.keyring().verify(bearer);
    }
    let claims = claims.map_err(|refusal| Error::new(&WRONG, refusal.to_string()))?;
    let now = ctx.now();
    let (account_id, session_id) = (claims.sub, claims.sid);
    let found = ctx
        .store()
        .read(move |conn| {
            let Some((session, account)) = store::find_session(conn, session_id)? else { return Ok(None) };
            let live = session.is_live(now) && account.id == account_id;
            let roles = if live { store::list_roles(conn, account.id)? } else { Vec::new() };
            Ok(live.then_some((session, account, roles)))
        })
        .await?;
    let ended = || Error::new(&WRONG, "The session of this access token has ended; sign in again.");
    let (session, account, roles) = found.ok_or_else(ended)?;
    if account.status != AccountStatus::Active {
        return Err(ended());
    }
    let proven = account.mfa_enabled_at.is_some() && session.second_factor_at.is_some();
    Ok(Actor {
        session_id: session.id,
        second_factor_at: session.second_factor_at,
        signed_in_at: Some(session.created_at),
        ..verified_actor(&account, in_force(ctx, proven, roles), request_id)
    })
}

async fn by_api_token(ctx: &Ctx, bearer: &str, request_id: RequestId) -> Result<Actor> {
    let token = Token::parse(Purpose::API, bearer).map_err(|fault| Error::new(&WRONG, fault.detail))?;
    let (hash, now) = (token.hash_hex(), ctx.now());
    let found = ctx
        .store()
        .read(move |conn| {
            let Some((token, account)) = store::find_api_token(conn, &hash, now)? else { return Ok(None) };
            let privileged = token.scopes.0.contains(&Scope::Admin);
            let roles = if privileged { store::list_roles(conn, account.id)? } else { Vec::new() };
            Ok(Some((token, account, roles)))
        })
        .await?;
    let wrong = || Error::new(&WRONG, "This API token is unknown, revoked or expired; make a new one.");
    let (token, account, roles) =
        found.filter(|(_, account, _)| account.status == AccountStatus::Active).ok_or_else(wrong)?;
    if token.last_used_at.is_none_or(|last| now - last >= LAST_USE) {
        let id = token.id;
        ctx.store().write(move |conn| store::touch_api_token(conn, id, now)).await?;
    }
    let roles = in_force(ctx, account.mfa_enabled_at.is_some(), roles);
    Ok(Actor { scopes: Some(token.scopes.0), ..verified_actor(&account, roles, request_id) })
}

/// Of the platform roles those that count: where the settings ask staff for a second factor, none before it was proven. A
/// session from before there was one has not proven it.
fn in_force(ctx: &Ctx, proven: bool, roles: Vec<PlatformRole>) -> Vec<PlatformRole> {
    if ctx.settings().auth.roles_want_second_factor && !proven { Vec::new() } else { roles }
}

/// An account acting without a session, as an API token or an operator's command does.
pub fn verified_actor(account: &Account, roles: Vec<PlatformRole>, request_id: RequestId) -> Actor {
    Actor {
        account_id: account.id,
        session_id: SessionId(uuid::Uuid::nil()),
        roles,
        email_verified: account.email_verified_at.is_some(),
        mfa_enabled: account.mfa_enabled_at.is_some(),
        second_factor_at: None,
        signed_in_at: None,
        scopes: None,
        request_id,
    }
}
