//! Passkeys at the sign-in: alone, as the second factor, and again within a session.

use super::Asked;
use super::proof::{self, Answer, Refused, Wanted};
use crate::features::accounts::model::{AccountStatus, PasskeyPurpose};
use crate::features::accounts::problems::{NO_FACTOR, WRONG_PASSKEY};
use crate::features::accounts::service::guard::Guard;
use crate::features::accounts::service::mfa;
use crate::features::accounts::service::session::{self, Opening, Tokens};
use crate::features::accounts::store;
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{AccountId, Actor, Caller, Error, Result};
use secrecy::SecretString;

/// Asks for anybody's passkey. It names none, so that it tells nothing about who has one.
pub(in crate::features::accounts) async fn ask_sign_in(ctx: &Ctx) -> Result<Asked> {
    let (asked, now) = (Asked::new(ctx), ctx.now());
    ctx.store()
        .write(move |conn| {
            asked.keep(conn, PasskeyPurpose::SignIn, None, now)?;
            Ok(asked.clone())
        })
        .await
}

/// Asks for one of the account's passkeys after its password was right.
pub(in crate::features::accounts) async fn ask_second_factor(ctx: &Ctx, token: &SecretString) -> Result<Asked> {
    let (hash, now) = (mfa::token_hash(token)?, ctx.now());
    let asked = Asked::new(ctx);
    ctx.store()
        .write(move |conn| {
            let (_, account) = store::find_challenge(conn, &hash, now)?.ok_or_else(mfa::gone)?;
            ask(conn, &asked, account.id)
        })
        .await
}

/// Asks for one of the caller's passkeys within a session.
pub(in crate::features::accounts) async fn ask_step_up(ctx: &Ctx, actor: &Actor) -> Result<Asked> {
    let (asked, id) = (Asked::new(ctx), actor.account_id);
    ctx.store().write(move |conn| ask(conn, &asked, id)).await
}

fn ask(conn: &mut Conn, asked: &Asked, account: AccountId) -> Result<Asked> {
    let passkeys = store::list_all_passkeys(conn, account)?;
    if passkeys.is_empty() {
        return Err(Error::new(&NO_FACTOR, "This account has no passkey; use another of its factors."));
    }
    let made_at = asked.expires_at - super::WAITS;
    asked.keep(conn, PasskeyPurpose::SecondFactor, Some(account), made_at)?;
    Ok(Asked { passkeys, ..asked.clone() })
}

/// The failure of whoever showed a passkey that is not accepted; it does not say why.
pub(in crate::features::accounts::service) fn wrong() -> Error {
    let detail = "This passkey is unknown, or its answer does not fit what was asked, or came too late.";
    Error::new(&WRONG_PASSKEY, detail)
}

/// What became of the attempt; a refused one must still use up its challenge.
enum Outcome {
    Opened(Box<Opening>),
    Suspended,
    Refused(Refused),
}

/// Opens a session for whoever holds a passkey that verified its user: two factors at once.
pub(in crate::features::accounts) async fn sign_in(ctx: &Ctx, caller: &Caller, answer: Answer) -> Result<Tokens> {
    let guard = Guard::network(caller);
    guard.check(ctx)?;
    let (own, caller) = (ctx.clone(), caller.clone());
    let outcome = ctx
        .store()
        .write(move |conn| {
            let passkey = match proof::check(conn, &own, &answer, Wanted::Anybody, &caller.request_id)? {
                Ok(passkey) => passkey,
                Err(refused) => return Ok(Outcome::Refused(refused)),
            };
            match store::get_account(conn, passkey.account_id)?.status {
                AccountStatus::Active => {}
                AccountStatus::Suspended => return Ok(Outcome::Suspended),
                AccountStatus::Deleted => return Ok(Outcome::Refused(Refused::Unknown)),
            }
            let opening = Opening::new(&own, &caller, passkey.account_id, Some(own.now()));
            opening.rows().insert(conn, &own, &caller.request_id)?;
            Ok(Outcome::Opened(Box::new(opening)))
        })
        .await?;
    guard.count(ctx, !matches!(outcome, Outcome::Refused(_)));
    match outcome {
        Outcome::Opened(opening) => opening.tokens(ctx),
        Outcome::Suspended => Err(session::suspended()),
        Outcome::Refused(refused) => {
            refused.log();
            Err(wrong())
        }
    }
}
