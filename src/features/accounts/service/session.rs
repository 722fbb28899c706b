//! Signing in, staying signed in, signing out.

use crate::features::accounts::model::{Account, AccountStatus, RefreshToken, Session};
use crate::features::accounts::problems::{SUSPENDED, WRONG_CREDENTIALS, WRONG_REFRESH};
use crate::features::accounts::{keys, store};
use crate::http::Authenticator;
use crate::http::authenticate::WRONG;
use crate::infra::Ctx;
use crate::infra::crypto::{Purpose, Refusal, Token};
use crate::infra::db::Conn;
use crate::kernel::{AccountId, Actor, Caller, Email, Error, RequestId, Result, SessionId, Timestamp};
use chrono::TimeDelta;
use secrecy::{ExposeSecret as _, SecretString};

/// What a sign-in gives.
pub(in crate::features::accounts) struct Tokens {
    pub(in crate::features::accounts) access: String,
    pub(in crate::features::accounts) expires_in_seconds: i64,
    pub(in crate::features::accounts) refresh: String,
}

/// Opens a session for the right password. An unknown address costs the same time as a wrong password.
pub(in crate::features::accounts) async fn log_in(
    ctx: &Ctx,
    caller: &Caller,
    email: &str,
    password: SecretString,
) -> Result<Tokens> {
    let folded = Email::parse(email).map(|email| email.folded()).unwrap_or_default();
    let account = ctx.store().read(move |conn| store::find_account_by_email(conn, &folded)).await?;
    let stored = account.as_ref().and_then(|account| account.password_hash.clone());
    let verdict = ctx.hasher().verify(password.clone(), stored).await?;
    let account = account
        .filter(|account| verdict.ok && account.status != AccountStatus::Deleted)
        .ok_or_else(|| Error::new(&WRONG_CREDENTIALS, "There is no account with this address and this password."))?;
    if account.status == AccountStatus::Suspended {
        return Err(Error::new(
            &SUSPENDED,
            "This account is suspended; write to the people who run this installation.",
        ));
    }
    let upgraded = if verdict.needs_rehash { Some(ctx.hasher().hash(password).await?) } else { None };
    let refresh = Token::new(Purpose::REFRESH, ctx.entropy());
    let now = ctx.now();
    let session = Session {
        id: ctx.ids().make(),
        account_id: account.id,
        user_agent: caller.user_agent.clone(),
        address: caller.address.map(|address| address.to_string()),
        created_at: now,
        last_used_at: now,
        expires_at: now + refresh_lifetime(ctx),
        ended_at: None,
        ended_reason: None,
    };
    let (row, account_id, session_id) =
        (token_row(&refresh, session.id, now, session.expires_at), account.id, session.id);
    ctx.store()
        .write(move |conn| {
            if let Some(hash) = &upgraded {
                store::set_password_hash(conn, account_id, hash)?;
            }
            store::insert_session(conn, &session)?;
            store::insert_refresh_token(conn, &row)
        })
        .await?;
    tokens(ctx, account_id, session_id, &refresh)
}

fn refresh_lifetime(ctx: &Ctx) -> TimeDelta {
    TimeDelta::days(i64::from(ctx.settings().auth.refresh_days))
}

fn token_row(token: &Token, session_id: SessionId, now: Timestamp, expires_at: Timestamp) -> RefreshToken {
    RefreshToken { hash: token.hash_hex(), session_id, created_at: now, expires_at, used_at: None }
}

fn tokens(ctx: &Ctx, account: AccountId, session: SessionId, refresh: &Token) -> Result<Tokens> {
    let access = ctx.keyring().issue(account, session, keys::access_lifetime(ctx))?;
    Ok(Tokens {
        access: access.text,
        expires_in_seconds: access.expires_in_seconds,
        refresh: refresh.expose().to_owned(),
    })
}

/// What became of a refresh token; a wrong one must still commit the end of its session.
enum Turn {
    Renewed(AccountId, SessionId),
    Refused,
}

/// Trades a refresh token for a new pair. One that was used before ends its whole session: somebody else has a copy.
pub(in crate::features::accounts) async fn refresh(ctx: &Ctx, token: SecretString) -> Result<Tokens> {
    let wrong = || Error::new(&WRONG_REFRESH, "This refresh token is unknown, used already, or its session has ended.");
    let token = Token::parse(Purpose::REFRESH, token.expose_secret()).map_err(|_fault| wrong())?;
    let (hash, now, expires_at) = (token.hash_hex(), ctx.now(), ctx.now() + refresh_lifetime(ctx));
    let next = Token::new(Purpose::REFRESH, ctx.entropy());
    let next_hash = next.hash_hex();
    let turn = ctx.store().write(move |conn| turn(conn, &hash, &next_hash, now, expires_at)).await?;
    match turn {
        Turn::Renewed(account, session) => tokens(ctx, account, session, &next),
        Turn::Refused => Err(wrong()),
    }
}

fn turn(conn: &mut Conn, hash: &str, next_hash: &str, now: Timestamp, expires_at: Timestamp) -> Result<Turn> {
    let Some(row) = store::find_refresh_token(conn, hash)? else { return Ok(Turn::Refused) };
    let Some((session, account)) = store::find_session(conn, row.session_id)? else { return Ok(Turn::Refused) };
    if !session.is_live(now) || row.expires_at <= now || account.status != AccountStatus::Active {
        return Ok(Turn::Refused);
    }
    if !store::use_refresh_token(conn, hash, now)? {
        store::end_session(conn, session.id, "refresh_token_reused", now)?;
        return Ok(Turn::Refused);
    }
    store::touch_session(conn, session.id, now, expires_at)?;
    let next =
        RefreshToken { hash: next_hash.to_owned(), session_id: session.id, created_at: now, expires_at, used_at: None };
    store::insert_refresh_token(conn, &next)?;
    Ok(Turn::Renewed(account.id, session.id))
}

/// Ends the session at hand; its tokens are refused from now on.
pub(in crate::features::accounts) async fn log_out(ctx: &Ctx, actor: &Actor) -> Result<()> {
    let (session, now) = (actor.session_id, ctx.now());
    ctx.store().write(move |conn| store::end_session(conn, session, "logged_out", now)).await
}

/// Authenticates by access token, and asks the database whether session and account are still good.
pub struct SessionAuthenticator(pub Ctx);

#[async_trait::async_trait]
impl Authenticator for SessionAuthenticator {
    async fn authenticate(&self, bearer: &str, request_id: RequestId) -> Result<Actor> {
        let ctx = &self.0;
        let mut claims = ctx.keyring().verify(bearer);
        if matches!(claims, Err(Refusal::Key)) {
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
                Ok(live.then_some((account, roles)))
            })
            .await?;
        let ended = || Error::new(&WRONG, "The session of this access token has ended; sign in again.");
        let (account, roles) = found.ok_or_else(ended)?;
        if account.status != AccountStatus::Active {
            return Err(ended());
        }
        let email_verified = account.email_verified_at.is_some();
        Ok(Actor { account_id: account.id, session_id, roles, email_verified, request_id })
    }
}

/// An account acting without a session, for commands that are run by an operator.
pub fn verified_actor(account: &Account, roles: Vec<crate::kernel::PlatformRole>, request_id: RequestId) -> Actor {
    let session_id = SessionId(uuid::Uuid::nil());
    Actor { account_id: account.id, session_id, roles, email_verified: account.email_verified_at.is_some(), request_id }
}
