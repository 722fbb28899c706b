//! Second factors: set up, proven, removed.

use super::passkey::{self, Answer};
use super::{mailed, trail};
use crate::features::accounts::letters::Notice;
use crate::features::accounts::model::{Account, AccountStatus, FactorMethod, RecoveryCode, TotpFactor};
use crate::features::accounts::problems::{FACTOR_EXISTS, NO_FACTOR, NOT_STARTED, TOO_MANY_CODES, WRONG_CODE};
use crate::features::accounts::{ACCOUNT_CHANGED, policy, store};
use crate::infra::Ctx;
use crate::infra::crypto::{Totp, totp};
use crate::infra::db::{Conn, feed};
use crate::kernel::{AccountId, Actor, Error, RequestId, Result, Timestamp, hex};
use chrono::TimeDelta;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// Recovery codes that are made at once.
const CODES: usize = 10;
/// Wrong codes of an app that are put up with in an hour: of 20 tries at three valid codes in a million, one in 16,000
/// hits. Recovery codes stay usable beyond it, so that nobody is locked out by somebody who only knows the password.
const MOST_FAILURES: i64 = 20;

/// The secret of an authenticator app that is being set up.
pub(in crate::features::accounts) struct Setup {
    pub(in crate::features::accounts) secret: Zeroizing<String>,
    pub(in crate::features::accounts) uri: Zeroizing<String>,
}

/// What somebody shows for a second factor.
pub(in crate::features::accounts) enum Evidence {
    /// The code that an authenticator app shows.
    Totp(SecretString),
    /// One of the codes that were shown once.
    RecoveryCode(SecretString),
    /// An authenticator's answer.
    Passkey(Box<Answer>),
}

impl Evidence {
    /// The failure at the sign-in of whoever showed what is no good.
    pub(super) fn refused(&self) -> Error {
        match self {
            Self::Passkey(_) => passkey::wrong(),
            _ => Error::new(&WRONG_CODE, "This code is wrong, used already, or too old."),
        }
    }

    /// The same within a session: a fault of the body.
    fn fault(&self) -> Error {
        match self {
            Self::Passkey(_) => {
                let detail = "This passkey is not yours, or its answer does not fit what was asked, or came too late.";
                Error::field("/credential", "wrong_passkey", detail)
            }
            _ => wrong_code(),
        }
    }
}

/// The ways in which this account can prove a second factor.
pub(super) fn methods(conn: &mut Conn, account: AccountId) -> Result<Vec<&'static str>> {
    let mut methods = Vec::new();
    if !store::list_all_passkeys(conn, account)?.is_empty() {
        methods.push(FactorMethod::Passkey.as_str());
    }
    if store::has_totp(conn, account)? {
        methods.push(FactorMethod::Totp.as_str());
    }
    methods.push(FactorMethod::RecoveryCode.as_str());
    Ok(methods)
}

/// What became of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// It was right, and is used up.
    Good,
    /// It was wrong, or used before.
    Wrong,
    /// It was not looked at, since too many were wrong.
    TooMany,
}

/// The failure of a caller whose account had too many wrong codes.
pub(super) fn too_many() -> Error {
    let detail = "Twenty codes were wrong within the hour; use a recovery code, or wait.";
    Error::new(&TOO_MANY_CODES, detail).retry_after(3600)
}

/// What a secret is sealed for: it opens for no other account.
fn sealed_for(account: AccountId) -> String {
    format!("totp {account}")
}

/// Begins to set up an authenticator app; what was begun before and not confirmed is forgotten.
pub(in crate::features::accounts) async fn start(ctx: &Ctx, actor: &Actor) -> Result<Setup> {
    policy::require_fresh_sign_in(actor, ctx.now())?;
    let (id, now) = (actor.account_id, ctx.now());
    let secret = Totp::generate(ctx.entropy());
    let sealed = ctx.sealer().seal(&sealed_for(id), secret.bytes())?;
    let account = ctx
        .store()
        .write(move |conn| {
            let account = store::lock_account(conn, id)?;
            if store::lock_totp(conn, id)?.is_some_and(|factor| factor.confirmed_at.is_some()) {
                return Err(exists());
            }
            store::delete_totp(conn, id)?;
            let factor = TotpFactor {
                account_id: id,
                sealed: sealed.clone(),
                last_step: 0,
                confirmed_at: None,
                created_at: now,
            };
            store::insert_totp(conn, &factor)?;
            Ok(account)
        })
        .await?;
    Ok(Setup { secret: secret.base32(), uri: secret.uri("Mainstay", &account.email) })
}

fn exists() -> Error {
    Error::new(&FACTOR_EXISTS, "This account has an authenticator app; remove it first to set up another one.")
}

/// Finishes setting up by the app's first code. The session counts as having proven the factor.
pub(in crate::features::accounts) async fn confirm(
    ctx: &Ctx,
    actor: &Actor,
    code: SecretString,
) -> Result<Vec<String>> {
    let codes = recovery_codes(ctx);
    let (ctx, actor, plain) = (ctx.clone(), actor.clone(), codes.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let (id, now) = (actor.account_id, ctx.now());
            let account = store::lock_account(conn, id)?;
            let factor = store::lock_totp(conn, id)?.ok_or_else(|| {
                Error::new(&NOT_STARTED, "No authenticator app is being set up; POST /api/v1/me/totp begins it.")
            })?;
            if factor.confirmed_at.is_some() {
                return Err(exists());
            }
            let totp = Totp::from_bytes(&ctx.sealer().open(&sealed_for(id), &factor.sealed)?);
            let step = totp.accept(code.expose_secret(), now, factor.last_step).ok_or_else(wrong_code)?;
            store::use_step(conn, id, step)?;
            store::confirm_totp(conn, id, now)?;
            set_since(conn, &ctx, id, Some(now))?;
            store::set_second_factor(conn, actor.session_id, now)?;
            replace_codes(conn, id, &plain, now)?;
            mailed::tell(conn, &ctx, &account, &Notice::FactorAdded)?;
            trail::note(conn, &ctx, id, Some(id), "totp_added", &actor.request_id)
        })
        .await?;
    Ok(codes)
}

/// Notes since when the account has a second factor, or that it has none any more; some access wants one.
pub(super) fn set_since(conn: &mut Conn, ctx: &Ctx, id: AccountId, since: Option<Timestamp>) -> Result<()> {
    store::set_mfa(conn, id, since, ctx.now())?;
    feed::note(conn, ctx.ids(), ACCOUNT_CHANGED, id)
}

/// The fault of a code in a body.
pub(super) fn wrong_code() -> Error {
    Error::field("/code", "wrong_code", "This code is wrong, used already, or too old; wait for the next one.")
}

/// Removes the authenticator app, and with the last second factor the recovery codes.
pub(in crate::features::accounts) async fn remove(ctx: &Ctx, actor: &Actor) -> Result<()> {
    policy::require_fresh_factor(actor, ctx.now())?;
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let id = actor.account_id;
            let account = store::lock_account(conn, id)?;
            if !store::has_totp(conn, id)? {
                return Err(Error::not_found("authenticator app"));
            }
            store::delete_totp(conn, id)?;
            if store::list_all_passkeys(conn, id)?.is_empty() {
                store::delete_recovery_codes(conn, id)?;
                set_since(conn, &ctx, id, None)?;
            }
            mailed::tell(conn, &ctx, &account, &Notice::FactorRemoved)?;
            trail::note(conn, &ctx, id, Some(id), "totp_removed", &actor.request_id)
        })
        .await
}

/// Makes new recovery codes; the old ones are worthless from now on.
pub(in crate::features::accounts) async fn renew_codes(ctx: &Ctx, actor: &Actor) -> Result<Vec<String>> {
    policy::require_fresh_factor(actor, ctx.now())?;
    let codes = recovery_codes(ctx);
    let (ctx, actor, plain) = (ctx.clone(), actor.clone(), codes.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let (id, now) = (actor.account_id, ctx.now());
            let account = store::lock_account(conn, id)?;
            if account.mfa_enabled_at.is_none() {
                return Err(none());
            }
            replace_codes(conn, id, &plain, now)?;
            mailed::tell(conn, &ctx, &account, &Notice::CodesMade)?;
            trail::note(conn, &ctx, id, Some(id), "recovery_codes_made", &actor.request_id)
        })
        .await?;
    Ok(codes)
}

/// Codes of 120 random bits each, as six groups of four: too many to try, so that a plain hash keeps them.
pub(super) fn recovery_codes(ctx: &Ctx) -> Vec<String> {
    let one = || {
        let mut chance = Zeroizing::new([0u8; 15]);
        ctx.entropy().fill(&mut *chance);
        let text: Vec<char> = totp::base32(chance.as_slice()).to_lowercase().chars().collect();
        let groups: Vec<String> = text.chunks(4).map(|group| group.iter().collect()).collect();
        groups.join("-")
    };
    std::iter::repeat_with(one).take(CODES).collect()
}

/// The hash under which the account's code is kept; hyphens, spaces and case don't count.
fn code_hash(account: AccountId, code: &str) -> String {
    let code: String = code.chars().take(64).filter(char::is_ascii_alphanumeric).collect();
    let digest = Sha256::digest(format!("recovery code {account} {}", code.to_ascii_lowercase()));
    hex(&digest)
}

/// Makes these the account's recovery codes; the old ones are worthless.
pub(super) fn replace_codes(conn: &mut Conn, id: AccountId, codes: &[String], now: Timestamp) -> Result<()> {
    store::delete_recovery_codes(conn, id)?;
    let rows: Vec<RecoveryCode> = codes
        .iter()
        .map(|code| RecoveryCode { hash: code_hash(id, code), account_id: id, created_at: now, used_at: None })
        .collect();
    store::insert_recovery_codes(conn, &rows)
}

/// Looks at what was shown and uses it up if it is right. What it writes must be committed also when it is wrong.
pub(super) fn prove(
    conn: &mut Conn,
    ctx: &Ctx,
    account: &Account,
    evidence: &Evidence,
    request_id: &RequestId,
) -> Result<Proof> {
    match evidence {
        Evidence::Totp(code) => prove_totp(conn, ctx, account, code),
        Evidence::RecoveryCode(code) => prove_recovery_code(conn, ctx, account, code),
        Evidence::Passkey(answer) => passkey::prove(conn, ctx, answer, account.id, request_id),
    }
}

fn prove_recovery_code(conn: &mut Conn, ctx: &Ctx, account: &Account, code: &SecretString) -> Result<Proof> {
    let (id, now) = (account.id, ctx.now());
    if !store::use_recovery_code(conn, id, &code_hash(id, code.expose_secret()), now)? {
        return Ok(Proof::Wrong);
    }
    let left = store::count_recovery_codes(conn, id)?;
    mailed::tell(conn, ctx, account, &Notice::CodeUsed(left))?;
    Ok(Proof::Good)
}

fn prove_totp(conn: &mut Conn, ctx: &Ctx, account: &Account, code: &SecretString) -> Result<Proof> {
    let (id, now) = (account.id, ctx.now());
    let hour_ago = now - TimeDelta::hours(1);
    let factor = store::lock_totp(conn, id)?.filter(|factor| factor.confirmed_at.is_some());
    let Some(factor) = factor else { return Ok(Proof::Wrong) };
    store::delete_old_attempts(conn, id, hour_ago)?;
    let failures = store::count_failures(conn, id, hour_ago)?;
    if failures >= MOST_FAILURES {
        return Ok(Proof::TooMany);
    }
    let totp = Totp::from_bytes(&ctx.sealer().open(&sealed_for(id), &factor.sealed)?);
    if let Some(step) = totp.accept(code.expose_secret(), now, factor.last_step)
        && store::use_step(conn, id, step)?
    {
        return Ok(Proof::Good);
    }
    store::insert_failure(conn, ctx.ids().make(), id, now)?;
    if failures + 1 == MOST_FAILURES {
        mailed::tell(conn, ctx, account, &Notice::CodesGuessed)?;
    }
    Ok(Proof::Wrong)
}

/// Proves the second factor again within a session, for what can hurt.
pub(in crate::features::accounts) async fn step_up(ctx: &Ctx, actor: &Actor, evidence: Evidence) -> Result<Timestamp> {
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store = ctx.store().clone();
    let (now, fault) = (ctx.now(), evidence.fault());
    let proof = store
        .write(move |conn| {
            let account = store::get_account(conn, actor.account_id)?;
            if account.mfa_enabled_at.is_none() || account.status != AccountStatus::Active {
                return Err(none());
            }
            let proof = prove(conn, &ctx, &account, &evidence, &actor.request_id)?;
            if proof == Proof::Good {
                store::set_second_factor(conn, actor.session_id, now)?;
                trail::note(conn, &ctx, account.id, Some(account.id), "stepped_up", &actor.request_id)?;
            }
            Ok(proof)
        })
        .await?;
    match proof {
        Proof::Good => Ok(now + policy::FRESH),
        Proof::Wrong => Err(fault),
        Proof::TooMany => Err(too_many()),
    }
}

fn none() -> Error {
    let detail = "This account has no second factor; POST /api/v1/me/totp sets up an authenticator app.";
    Error::new(&NO_FACTOR, detail)
}
