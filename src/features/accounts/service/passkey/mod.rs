//! Passkeys: made, used as the only factor or the second one, renamed, removed.

mod own;
mod proof;
mod registration;
mod sign_in;

pub(in crate::features::accounts) use own::{get, list, remove, rename};
pub(super) use proof::prove;
pub(in crate::features::accounts) use proof::{Answer, Sent};
pub(in crate::features::accounts) use registration::{Made, Making, finish, start};
pub(super) use sign_in::wrong;
pub(in crate::features::accounts) use sign_in::{ask_second_factor, ask_sign_in, ask_step_up, sign_in};

use crate::features::accounts::model::{Passkey, PasskeyChallenge, PasskeyPurpose};
use crate::features::accounts::store;
use crate::infra::Ctx;
use crate::infra::crypto::webauthn::{self, RelyingParty};
use crate::infra::db::Conn;
use crate::kernel::{AccountId, Fault, Result, Timestamp};
use chrono::TimeDelta;

/// How long an authenticator's answer is waited for.
const WAITS: TimeDelta = TimeDelta::minutes(5);

/// What an authenticator is asked.
#[derive(Clone)]
pub(in crate::features::accounts) struct Asked {
    /// What it is to sign.
    pub(in crate::features::accounts) challenge: [u8; 32],
    /// The domain that its passkeys are bound to.
    pub(in crate::features::accounts) rp_id: String,
    /// The passkeys that are meant: those that must not be there yet, or those that may answer.
    pub(in crate::features::accounts) passkeys: Vec<Passkey>,
    /// Until when the answer is waited for.
    pub(in crate::features::accounts) expires_at: Timestamp,
}

impl Asked {
    fn new(ctx: &Ctx) -> Self {
        let mut challenge = [0; 32];
        ctx.entropy().fill(&mut challenge);
        let rp_id = ctx.settings().auth.passkey_rp_id.clone();
        Self { challenge, rp_id, passkeys: Vec::new(), expires_at: ctx.now() + WAITS }
    }

    /// Keeps the challenge by its hash, for its first answer, and forgets those that got none.
    fn keep(&self, conn: &mut Conn, purpose: PasskeyPurpose, account: Option<AccountId>, now: Timestamp) -> Result<()> {
        store::delete_old_passkey_challenges(conn, now)?;
        let challenge = PasskeyChallenge {
            hash: webauthn::challenge_hash(&self.challenge),
            purpose,
            account_id: account,
            created_at: now,
            expires_at: self.expires_at,
        };
        store::insert_passkey_challenge(conn, &challenge)
    }
}

/// Who we are to authenticators.
fn party(ctx: &Ctx) -> RelyingParty {
    let auth = &ctx.settings().auth;
    RelyingParty { id: auth.passkey_rp_id.clone(), origins: auth.passkey_origins.clone() }
}

/// Base64url of 1 to `most` bytes.
fn bytes(text: &str, most: usize) -> Result<Vec<u8>, Fault> {
    if text.len() > most.div_ceil(3) * 4 {
        return Err(Fault::new("too_long", format!("At most {most} bytes are allowed.")));
    }
    match webauthn::decode(text) {
        Some(bytes) if !bytes.is_empty() => Ok(bytes),
        _ => Err(Fault::new("invalid_base64url", "This is no base64url without padding; send what the browser gave.")),
    }
}
