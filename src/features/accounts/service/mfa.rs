//! The second half of a sign-in: the factor.

use super::factor::{self, Evidence, Proof};
use super::session::{Opening, Tokens};
use crate::features::accounts::model::{Account, AccountStatus, Challenge};
use crate::features::accounts::problems::{MFA_REQUIRED, WRONG_MFA};
use crate::features::accounts::store;
use crate::infra::Ctx;
use crate::infra::crypto::{Purpose, Token};
use crate::kernel::{Caller, Error, Result};
use chrono::TimeDelta;
use secrecy::{ExposeSecret as _, SecretString};

/// How long the first half of a sign-in waits for the factor.
const WAITS: TimeDelta = TimeDelta::minutes(5);

/// Keeps that the first half is proven, as `proven` says in words, and answers with what is wanted next.
pub(super) async fn challenge(ctx: &Ctx, account: &Account, proven: &str) -> Result<Error> {
    let token = Token::new(Purpose::MFA, ctx.entropy());
    let now = ctx.now();
    let row = Challenge {
        hash: token.hash_hex(),
        account_id: account.id,
        created_at: now,
        expires_at: now + WAITS,
        used_at: None,
    };
    let methods = ctx
        .store()
        .write(move |conn| {
            store::insert_challenge(conn, &row)?;
            factor::methods(conn, row.account_id)
        })
        .await?;
    let detail = format!("{proven}; send a proof of your second factor to POST /api/v1/auth/mfa.");
    Ok(Error::new(&MFA_REQUIRED, detail).with_extra("mfa_token", token.expose()).with_extra("methods", methods))
}

/// The failure of whoever shows the token of a sign-in that does not wait (any more).
pub(super) fn gone() -> Error {
    Error::new(&WRONG_MFA, "This sign-in is unknown, finished, or older than five minutes; begin again.")
}

/// The hash under which the sign-in of this token waits.
pub(super) fn token_hash(token: &SecretString) -> Result<String> {
    Ok(Token::parse(Purpose::MFA, token.expose_secret()).map_err(|_fault| gone())?.hash_hex())
}

/// What became of the attempt; a wrong code must still be counted.
enum Outcome {
    Opened,
    Gone,
    Refused(Proof),
}

/// Opens the session that waited for this factor.
pub(in crate::features::accounts) async fn finish(
    ctx: &Ctx,
    caller: &Caller,
    token: SecretString,
    evidence: Evidence,
) -> Result<Tokens> {
    let (hash, now) = (token_hash(&token)?, ctx.now());
    let seek = hash.clone();
    let found = ctx.store().read(move |conn| store::find_challenge(conn, &seek, now)).await?;
    let (_, account) = found.ok_or_else(gone)?;
    let opening = Opening::new(ctx, caller, account.id, Some(now));
    let (own, inside, refused) = (ctx.clone(), opening.rows(), evidence.refused());
    let request_id = caller.request_id.clone();
    let outcome = ctx
        .store()
        .write(move |conn| {
            let Some((_, account)) = store::find_challenge(conn, &hash, now)? else { return Ok(Outcome::Gone) };
            if account.status != AccountStatus::Active {
                return Ok(Outcome::Gone);
            }
            let proof = factor::prove(conn, &own, &account, &evidence, &request_id)?;
            if proof != Proof::Good {
                return Ok(Outcome::Refused(proof));
            }
            if !store::use_challenge(conn, &hash, now)? {
                return Ok(Outcome::Gone);
            }
            inside.insert(conn, &own, &request_id)?;
            Ok(Outcome::Opened)
        })
        .await?;
    match outcome {
        Outcome::Opened => opening.tokens(ctx),
        Outcome::Refused(Proof::TooMany) => Err(factor::too_many()),
        Outcome::Refused(_) => Err(refused),
        Outcome::Gone => Err(gone()),
    }
}
