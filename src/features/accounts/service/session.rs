//! Signing in, staying signed in, signing out.

use super::guard::Guard;
use super::{mailed, mfa, trail};
use crate::features::accounts::letters::Notice;
use crate::features::accounts::model::{Account, AccountStatus, RefreshToken, Session};
use crate::features::accounts::problems::{SUSPENDED, WRONG_CREDENTIALS, WRONG_REFRESH};
use crate::features::accounts::{keys, store};
use crate::infra::Ctx;
use crate::infra::crypto::{Purpose, Token};
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

/// How long a device is remembered after a sign-in.
const KNOWN: TimeDelta = TimeDelta::days(30);

/// Opens a session for the right password, or asks for the second factor. An unknown address costs the same time as a wrong password.
pub(in crate::features::accounts) async fn log_in(
    ctx: &Ctx,
    caller: &Caller,
    email: &str,
    password: SecretString,
) -> Result<Tokens> {
    let folded = Email::parse(email).map(|email| email.folded()).unwrap_or_default();
    let (seek, since) = (folded.clone(), ctx.now() - KNOWN);
    let (address, user_agent) = (caller.address.map(|address| address.to_string()), caller.user_agent.clone());
    let (account, known) = ctx
        .store()
        .read(move |conn| {
            let account = store::find_account_by_email(conn, &seek)?;
            // Asked also for nobody, so that an unknown address takes as long.
            let id = account.as_ref().map_or(AccountId(uuid::Uuid::nil()), |account| account.id);
            let known = store::knows_device(conn, id, address.as_deref(), user_agent.as_deref(), since)?;
            Ok((account, known))
        })
        .await?;
    let guard = Guard::sign_in(caller, &folded, known);
    guard.check(ctx)?;
    let stored = account.as_ref().and_then(|account| account.password_hash.clone());
    let verdict = ctx.hasher().verify(password.clone(), stored).await?;
    guard.count(ctx, verdict.ok);
    if let Some(account) = account.as_ref().filter(|_| !verdict.ok) {
        ctx.failures().add(account.id, &caller.request_id, ctx.now());
    }
    let account = account
        .filter(|account| verdict.ok && account.status != AccountStatus::Deleted)
        .ok_or_else(|| Error::new(&WRONG_CREDENTIALS, "There is no account with this address and this password."))?;
    if account.status == AccountStatus::Suspended {
        return Err(suspended());
    }
    let upgraded = if verdict.needs_rehash { Some(ctx.hasher().hash(password).await?) } else { None };
    if let Some(hash) = upgraded {
        let id = account.id;
        ctx.store().write(move |conn| store::set_password_hash(conn, id, Some(&hash))).await?;
    }
    if account.mfa_enabled_at.is_some() {
        return Err(mfa::challenge(ctx, &account, "The password is right").await?);
    }
    let opening = Opening::new(ctx, caller, account.id, None);
    let rows = opening.rows();
    let (own, request_id) = (ctx.clone(), caller.request_id.clone());
    ctx.store().write(move |conn| rows.insert(conn, &own, &request_id)).await?;
    opening.tokens(ctx)
}

/// The failure of whoever proved to own an account that may not be used.
pub(super) fn suspended() -> Error {
    Error::new(&SUSPENDED, "This account is suspended; write to the people who run this installation.")
}

/// A session that is about to be opened, with its first refresh token.
pub(super) struct Opening {
    rows: Rows,
    refresh: Token,
}

/// What is written of it.
#[derive(Clone)]
pub(super) struct Rows {
    session: Session,
    token: RefreshToken,
}

impl Rows {
    pub(super) fn insert(&self, conn: &mut Conn, ctx: &Ctx, request_id: &RequestId) -> Result<()> {
        store::insert_session(conn, &self.session)?;
        store::insert_refresh_token(conn, &self.token)?;
        let account = self.session.account_id;
        trail::note(conn, ctx, account, Some(account), "signed_in", request_id)
    }
}

impl Opening {
    /// A session of this account on the caller's device, with the instant at which a second factor was proven for it.
    pub(super) fn new(ctx: &Ctx, caller: &Caller, account_id: AccountId, second_factor_at: Option<Timestamp>) -> Self {
        let refresh = Token::new(Purpose::REFRESH, ctx.entropy());
        let now = ctx.now();
        let session = Session {
            id: ctx.ids().make(),
            account_id,
            user_agent: caller.user_agent.clone(),
            address: caller.address.map(|address| address.to_string()),
            created_at: now,
            last_used_at: now,
            expires_at: now + refresh_lifetime(ctx).min(whole_lifetime(ctx)),
            ended_at: None,
            ended_reason: None,
            second_factor_at,
        };
        let token = token_row(&refresh, session.id, now, session.expires_at);
        Self { rows: Rows { session, token }, refresh }
    }

    /// What is to be written.
    pub(super) fn rows(&self) -> Rows {
        self.rows.clone()
    }

    /// What the caller gets once the rows are written.
    pub(super) fn tokens(&self, ctx: &Ctx) -> Result<Tokens> {
        tokens(ctx, self.rows.session.account_id, self.rows.session.id, &self.refresh)
    }
}

fn refresh_lifetime(ctx: &Ctx) -> TimeDelta {
    TimeDelta::days(i64::from(ctx.settings().auth.refresh_days))
}

/// After this a session ends however much it is used.
fn whole_lifetime(ctx: &Ctx) -> TimeDelta {
    TimeDelta::days(i64::from(ctx.settings().auth.session_days))
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
    Reused(Box<Account>),
}

/// Trades a refresh token for a new pair. One that was used before ends its whole session: somebody else has a copy.
pub(in crate::features::accounts) async fn refresh(ctx: &Ctx, caller: &Caller, token: SecretString) -> Result<Tokens> {
    let wrong = || Error::new(&WRONG_REFRESH, "This refresh token is unknown, used already, or its session has ended.");
    let token = Token::parse(Purpose::REFRESH, token.expose_secret()).map_err(|_fault| wrong())?;
    let (hash, now, lifetimes) = (token.hash_hex(), ctx.now(), (refresh_lifetime(ctx), whole_lifetime(ctx)));
    let next = Token::new(Purpose::REFRESH, ctx.entropy());
    let next_hash = next.hash_hex();
    let (own, request_id) = (ctx.clone(), caller.request_id.clone());
    let turn = ctx
        .store()
        .write(move |conn| match turn(conn, &hash, &next_hash, now, lifetimes)? {
            Turn::Reused(account) => {
                mailed::tell(conn, &own, &account, &Notice::TokenReused)?;
                trail::note(conn, &own, account.id, None, "refresh_token_reused", &request_id)?;
                Ok(Turn::Refused)
            }
            turn => Ok(turn),
        })
        .await?;
    match turn {
        Turn::Renewed(account, session) => tokens(ctx, account, session, &next),
        Turn::Refused | Turn::Reused(_) => Err(wrong()),
    }
}

fn turn(
    conn: &mut Conn,
    hash: &str,
    next_hash: &str,
    now: Timestamp,
    (unused, whole): (TimeDelta, TimeDelta),
) -> Result<Turn> {
    let Some(row) = store::find_refresh_token(conn, hash)? else { return Ok(Turn::Refused) };
    let Some((session, account)) = store::find_session(conn, row.session_id)? else { return Ok(Turn::Refused) };
    if !session.is_live(now) || row.expires_at <= now || account.status != AccountStatus::Active {
        return Ok(Turn::Refused);
    }
    if !store::use_refresh_token(conn, hash, now)? {
        // Of several that come too late at once only the one that ends the session says so.
        let ended = store::end_session(conn, session.id, "refresh_token_reused", now)?;
        return Ok(if ended { Turn::Reused(Box::new(account)) } else { Turn::Refused });
    }
    let expires_at = (now + unused).min(session.created_at + whole);
    store::touch_session(conn, session.id, now, expires_at)?;
    let next =
        RefreshToken { hash: next_hash.to_owned(), session_id: session.id, created_at: now, expires_at, used_at: None };
    store::insert_refresh_token(conn, &next)?;
    Ok(Turn::Renewed(account.id, session.id))
}

/// Ends the session at hand; its tokens are refused from now on.
pub(in crate::features::accounts) async fn log_out(ctx: &Ctx, actor: &Actor) -> Result<()> {
    let (session, now, own, actor) = (actor.session_id, ctx.now(), ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            if store::end_session(conn, session, "logged_out", now)? {
                let account = actor.account_id;
                trail::note(conn, &own, account, Some(account), "signed_out", &actor.request_id)?;
            }
            Ok(())
        })
        .await
}
